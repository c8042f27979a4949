//! A placement from its offer to the first day, by those who take part; nobody else sees it.

use crate::matches::arena::Arena;
use crate::support::app::Client;

/// A published match: the second trainee is placed with the bank.
pub struct Placed {
    pub arena: Arena,
    pub id: String,
}

impl Placed {
    pub async fn new() -> Self {
        let mut arena = Arena::new().await;
        arena.give_all().await;
        arena.close();
        {
            let ada = arena.staff("Ada");
            let run = arena.freeze(&ada).await;
            let ben = arena.staff("Ben");
            assert_eq!(arena.approve(&ben, &run).await.status, 303);
        }
        let bank = arena.market.school.world.bank;
        let id = arena.one(&format!(
            "SELECT id::text FROM placements WHERE organisation_id = '{bank}'"
        ));
        Self { arena, id }
    }

    pub fn trainee(&self) -> Client<'_> {
        self.arena.trainee(1)
    }

    pub fn host(&self) -> Client<'_> {
        self.arena.host("Rex", self.arena.market.school.world.bank)
    }

    pub fn mine(&self, rest: &str) -> String {
        format!("/me/placed/{}{rest}", self.id)
    }

    pub fn theirs(&self, rest: &str) -> String {
        format!("/organisation/placed/{}{rest}", self.id)
    }

    pub fn office(&self, rest: &str) -> String {
        self.arena
            .market
            .office(&format!("placed/{}{rest}", self.id))
    }

    pub fn state(&self) -> String {
        self.one("state")
    }

    pub fn one(&self, column: &str) -> String {
        self.arena.one(&format!(
            "SELECT ({column})::text FROM placements WHERE id = '{}'",
            self.id
        ))
    }

    pub fn at(&mut self, day: &str) {
        let app = &mut self.arena.market.school.world.app;
        app.site.db = app
            .site
            .db
            .as_of(format!("{day}T02:00:00Z").parse().unwrap());
    }

    /// Everything up to the first day.
    pub async fn begin(&mut self) {
        self.accept().await;
        self.sign().await;
        let staff = self.arena.staff("Ada");
        let facts = [
            ("studies", "none"),
            ("endorsed", "no"),
            ("component", "no"),
            ("under_26", "no"),
            ("kind", "employee"),
        ];
        let done = staff.post(&self.office("/standing"), &facts).await;
        assert_eq!(done.status, 303, "{}", done.text());
        drop(staff);
        self.arena.owner("UPDATE placement_tasks SET state = 'done', note = 'seen', settled_at = now() WHERE code <> 'nda'");
        let nda = self.task("nda");
        let trainee = self.trainee();
        let done = trainee
            .post(
                &self.mine(&format!("/tasks/{nda}")),
                &[("state", "done"), ("version", "1")],
            )
            .await;
        assert_eq!(done.status, 303, "{}", done.text());
        drop(trainee);
        let early = self.host().post(&self.theirs("/steps/report"), &[]).await;
        assert_eq!(early.status, 409, "the first day has not come");
        let first = self.one("starts_on");
        self.at(&first);
        let done = self.host().post(&self.theirs("/steps/report"), &[]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        assert_eq!(self.state(), "reported_for_duty");
    }

    pub fn task(&self, code: &str) -> String {
        self.arena.one(&format!(
            "SELECT id::text FROM placement_tasks WHERE placement_id = '{}' AND code = '{code}'",
            self.id
        ))
    }

    async fn accept(&self) {
        let done = self.trainee().post(&self.mine("/steps/accept"), &[]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        assert_eq!(self.state(), "accepted");
    }

    /// The agreement is made and signed by the three.
    async fn sign(&self) {
        let staff = self.arena.staff("Ada");
        let (from, to) = (self.one("starts_on"), self.one("ends_on"));
        let terms = [
            ("starts_on", from.as_str()),
            ("ends_on", to.as_str()),
            ("hours_week", "35"),
            ("pay", "HK$12,000 a month"),
        ];
        let made = staff.post(&self.office("/terms"), &terms).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let sha256 = self
            .arena
            .one("SELECT sha256 FROM agreements WHERE state = 'signing'");
        let name = self.one("name_shown");
        let other = self
            .trainee()
            .post(
                &self.mine("/agreement"),
                &[("name", "Somebody Else"), ("sha256", &sha256)],
            )
            .await;
        assert_eq!(other.status, 422);
        assert!(
            other
                .text()
                .contains("Type your name as it stands in your record")
        );
        let stale = self
            .trainee()
            .post(
                &self.mine("/agreement"),
                &[("name", &name), ("sha256", &"0".repeat(64))],
            )
            .await;
        assert_eq!(stale.status, 409, "another text");
        let trainee = self.trainee();
        let mine = trainee
            .post(
                &self.mine("/agreement"),
                &[("name", &name), ("sha256", &sha256)],
            )
            .await;
        assert_eq!(mine.status, 303, "{}", mine.text());
        let twice = trainee
            .post(
                &self.mine("/agreement"),
                &[("name", &name), ("sha256", &sha256)],
            )
            .await;
        assert_eq!(twice.status, 409);
        let host = self.host();
        let page = host.get(&self.theirs("/agreement")).await.text();
        assert!(page.contains("PLACEMENT AGREEMENT") && page.contains("實習協議"));
        assert!(page.contains("for 35 hours a week") && page.contains("HK$12,000 a month"));
        // Nobody signs under another name than their own.
        let (ours, theirs) = (self.office("/agreement"), self.theirs("/agreement"));
        let wrong = [(&host, &theirs), (&staff, &ours)];
        for (client, place) in wrong {
            let form = [("name", "Somebody Else"), ("sha256", &sha256)];
            let other = client.post(place, &form).await;
            assert_eq!(other.status, 422, "{place}");
            assert!(other.text().contains("Type your name as it stands"));
        }
        let theirs = host
            .post(&theirs, &[("name", "Rex"), ("sha256", &sha256)])
            .await;
        assert_eq!(theirs.status, 303, "{}", theirs.text());
        assert_eq!(self.state(), "accepted");
        let ours = staff
            .post(&ours, &[("name", "Ada"), ("sha256", &sha256)])
            .await;
        assert_eq!(ours.status, 303, "{}", ours.text());
        assert_eq!(self.state(), "onboarding");
        assert_eq!(self.one("hours_week"), "35");
    }
}

#[actix_web::test]
async fn a_placement_is_accepted_agreed_prepared_and_begun() {
    let mut placed = Placed::new().await;
    let offered = placed.trainee().get(&placed.mine("")).await.text();
    assert!(offered.contains("You are placed here"), "{offered}");
    // Nobody else sees it.
    let elsewhere = placed.arena.trainee(0).get(&placed.mine("")).await;
    assert_eq!(elsewhere.status, 404);
    let rival = placed.arena.host("Rae", placed.arena.market.rival);
    assert_eq!(rival.get(&placed.theirs("")).await.status, 404);
    assert!(
        !rival
            .get("/organisation/placed")
            .await
            .text()
            .contains("TRAINEE 2")
    );
    assert_eq!(
        rival
            .post(&placed.theirs("/steps/withdraw"), &[("reason", "x")])
            .await
            .status,
        404
    );
    drop(rival);
    placed.begin().await;
    let letters = placed.arena.texts("SELECT DISTINCT kind FROM letters WHERE kind LIKE 'placement%' OR kind LIKE 'agreement%' ORDER BY 1");
    assert_eq!(
        letters,
        [
            "agreement_signed",
            "agreement_to_sign",
            "placement_accepted",
            "placement_reported"
        ]
    );
    let copy = placed.arena.one(
        "SELECT body_text FROM letters WHERE kind = 'agreement_signed' ORDER BY to_address LIMIT 1",
    );
    let sha256 = placed
        .arena
        .one("SELECT sha256 FROM agreements WHERE state = 'signed'");
    assert!(
        copy.contains("實習協議") && copy.contains(&sha256),
        "{copy}"
    );
    let changed = placed.arena.texts("SELECT count(*)::text FROM agreement_signatures s JOIN agreements a ON a.id = s.agreement_id AND a.sha256 = s.sha256");
    assert_eq!(changed, ["3"]);
}

#[actix_web::test]
async fn items_are_done_by_their_owners_and_waived_by_the_office_with_a_reason() {
    let placed = Placed::new().await;
    placed.accept().await;
    let insurance = placed.task("insurance");
    let at = placed.mine(&format!("/tasks/{insurance}"));
    let trainee = placed.trainee();
    assert_eq!(trainee.get(&at).await.status, 404, "the institution's");
    let host = placed.host();
    let at = placed.theirs(&format!("/tasks/{insurance}"));
    let bare = host.post(&at, &[("state", "done"), ("version", "1")]).await;
    assert_eq!(bare.status, 422, "a note is asked for");
    let waived = host
        .post(
            &at,
            &[("state", "waived"), ("note", "why"), ("version", "1")],
        )
        .await;
    assert_eq!(waived.status, 409);
    let done = host
        .post(
            &at,
            &[("state", "done"), ("note", "EC policy 7"), ("version", "1")],
        )
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    let stale = host.post(&at, &[("state", "open"), ("version", "1")]).await;
    assert_eq!(stale.status, 412);
    let staff = placed.arena.staff("Ada");
    let nda = placed.office(&format!("/tasks/{}", placed.task("nda")));
    let bare = staff
        .post(&nda, &[("state", "waived"), ("version", "1")])
        .await;
    assert_eq!(bare.status, 422, "a reason is asked for");
    let waived = staff
        .post(
            &nda,
            &[
                ("state", "waived"),
                ("note", "Covered by the contract"),
                ("version", "1"),
            ],
        )
        .await;
    assert_eq!(waived.status, 303);
    let record = staff.get(&placed.office("")).await.text();
    assert!(
        record.contains("Covered by the contract") && record.contains("waived “"),
        "{record}"
    );
}

#[actix_web::test]
async fn an_offer_lapses_and_can_be_offered_again_while_the_seat_is_free() {
    let mut placed = Placed::new().await;
    placed.at("2027-05-01");
    let late = placed
        .trainee()
        .post(&placed.mine("/steps/accept"), &[])
        .await;
    assert_eq!(late.status, 409);
    let db = placed.arena.market.school.world.app.site.db.clone();
    let ended = banyan::hosting::jobs::sweep(&db).unwrap();
    assert_eq!(ended, 2, "both offers");
    assert_eq!(banyan::hosting::jobs::sweep(&db).unwrap(), 0);
    assert_eq!(placed.state(), "withdrawn_by_trainee");
    assert_eq!(placed.one("reason"), "lapsed");
    let staff = placed.arena.staff("Ada");
    let again = staff.post(&placed.office("/steps/offer-again"), &[]).await;
    assert_eq!(again.status, 303, "{}", again.text());
    assert_eq!(placed.state(), "offered");
    let declined = placed
        .trainee()
        .post(&placed.mine("/steps/decline"), &[("reason", "Found work")])
        .await;
    assert_eq!(declined.status, 303, "{}", declined.text());
    placed
        .arena
        .owner("UPDATE postings SET seats = 0, reserve_seats = 0");
    let gone = staff.post(&placed.office("/steps/offer-again"), &[]).await;
    assert_eq!(gone.status, 409, "no seat is left");
}

#[actix_web::test]
async fn a_second_exempt_period_in_a_calendar_year_is_refused_in_whatever_programme() {
    let placed = Placed::new().await;
    placed.accept().await;
    placed
        .arena
        .owner("UPDATE placements SET ends_on = starts_on + 58");
    // Another placement of the same person, as another programme has it.
    placed.arena.owner(
        "INSERT INTO work_standings (id, programme_id, placement_id, organisation_id, person_id, kind, facts, starts_on, ends_on, calendar_year, \
           decided_by, decided_at) SELECT gen_random_uuid(), x.programme_id, y.id, y.organisation_id, x.person_id, 'work_experience', '{}', x.starts_on, \
           x.ends_on, extract(year FROM x.starts_on)::integer, x.person_id, now() FROM placements x, placements y WHERE y.id <> x.id AND x.id = (SELECT id FROM placements \
           WHERE state = 'accepted')",
    );
    let staff = placed.arena.staff("Ada");
    let facts = |kind| {
        [
            ("studies", "local"),
            ("endorsed", "yes"),
            ("component", "no"),
            ("under_26", "yes"),
            ("kind", kind),
        ]
    };
    let intern = staff
        .post(&placed.office("/standing"), &facts("student_intern"))
        .await;
    assert_eq!(intern.status, 422, "it is no component of the programme");
    let second = staff
        .post(&placed.office("/standing"), &facts("work_experience"))
        .await;
    assert_eq!(second.status, 409);
    assert!(
        second
            .text()
            .contains("exempt period in this calendar year already")
    );
    placed.arena.owner("UPDATE work_standings SET void = true");
    let first = staff
        .post(&placed.office("/standing"), &facts("work_experience"))
        .await;
    assert_eq!(first.status, 303, "{}", first.text());
    drop(staff);
    // The student declares, by their own name and under that text.
    let trainee = placed.trainee();
    let page = trainee.get(&placed.mine("/declaration")).await.text();
    let sha256 = page
        .split("name=\"sha256\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let name = placed.one("name_shown");
    let done = trainee
        .post(
            &placed.mine("/declaration"),
            &[("name", &name), ("sha256", sha256)],
        )
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    let twice = trainee
        .post(
            &placed.mine("/declaration"),
            &[("name", &name), ("sha256", sha256)],
        )
        .await;
    assert_eq!(twice.status, 409);
}
