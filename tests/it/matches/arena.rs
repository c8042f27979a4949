//! A round with three postings at two institutions and three trainees who are interested in all of them.

use banyan::db::Role;
use banyan::ids::{EnrolmentId, OrganisationId, PersonId};

use crate::placements::market::Market;
use crate::support::app::{Answer, Client};

/// After the deadline of lists.
pub const AFTER: &str = "2027-03-13T02:00:00Z";

pub struct Arena {
    pub market: Market,
    pub trainees: Vec<(PersonId, EnrolmentId)>,
    /// Two of the bank's, one of its rival's.
    pub postings: Vec<String>,
}

impl Arena {
    pub async fn new() -> Self {
        let market = Market::new().await;
        let (bank, rival) = (market.school.world.bank, market.rival);
        let mut postings = Vec::new();
        for (of, title) in [
            (bank, "Alpha desk"),
            (bank, "Beta desk"),
            (rival, "Gamma desk"),
        ] {
            let changes = [("title_en", title), ("seats", "1")];
            postings.push(market.approved(of, &changes).await);
        }
        let mut trainees = market.school.trainees.clone();
        trainees.push(
            market
                .school
                .enrol(market.school.world.cohort, 3, "zh-Hant-HK"),
        );
        let desk = market.desk();
        assert_eq!(market.step(&desk, &market.round, "open").await.status, 303);
        drop(desk);
        market.school.world.app.as_owner(
            "UPDATE people SET lang = 'en' WHERE id IN (SELECT person_id FROM enrolments)",
        );
        let arena = Self {
            market,
            trainees,
            postings,
        };
        arena.all_are_interested();
        arena
    }

    /// Every trainee is interested in every posting.
    pub fn all_are_interested(&self) {
        self.owner(
            "INSERT INTO posting_interests (id, programme_id, organisation_id, round_id, posting_id, cohort_id, enrolment_id, person_id, \
               name_shown, trainee_number) SELECT gen_random_uuid(), p.programme_id, p.organisation_id, p.round_id, p.id, e.cohort_id, e.id, \
               e.person_id, e.name_shown, e.trainee_number FROM postings p JOIN placement_rounds r ON r.id = p.round_id \
               JOIN enrolments e ON e.cohort_id = ANY (r.cohort_ids)",
        );
    }

    pub fn owner(&self, sql: &str) {
        self.market.school.world.app.as_owner(sql);
    }

    pub fn one(&self, sql: &str) -> String {
        self.market.one(sql)
    }

    pub fn texts(&self, sql: &str) -> Vec<String> {
        self.market.school.world.texts(sql)
    }

    pub fn trainee(&self, at: usize) -> Client<'_> {
        let app = &self.market.school.world.app;
        app.sign_in(self.trainees[at].0, None)
    }

    pub fn host(&self, name: &str, of: OrganisationId) -> Client<'_> {
        self.market.representative(name, of)
    }

    pub fn staff(&self, name: &str) -> Client<'_> {
        let app = &self.market.school.world.app;
        let programme = Some(self.market.school.world.programme);
        app.acting(name, Role::Coordinator, programme, None)
    }

    /// Where a trainee's page of the round is.
    pub fn mine(&self) -> String {
        format!("/me/matches/{}", self.market.round)
    }

    /// Where the list of a posting is.
    pub fn of_posting(&self, at: usize) -> String {
        let (round, posting) = (&self.market.round, &self.postings[at]);
        format!("/organisation/matches/{round}/lists/{posting}")
    }

    /// Below the office's desk of the round.
    pub fn desk(&self, rest: &str) -> String {
        self.market
            .office(&format!("matches/{}{rest}", self.market.round))
    }

    /// Saves numbers beside items.
    pub async fn save(
        client: &Client<'_>,
        at: &str,
        version: &str,
        ranks: &[(&str, &str)],
    ) -> Answer {
        let named: Vec<(String, &str)> = ranks
            .iter()
            .map(|(id, rank)| match *id {
                "move" => ((*id).to_owned(), *rank),
                _ => (format!("rank-{id}"), *rank),
            })
            .collect();
        let mut fields: Vec<(&str, &str)> = named.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        fields.push(("version", version));
        client.post(at, &fields).await
    }

    /// Saves and certifies a first list.
    pub async fn give(client: &Client<'_>, at: &str, ranks: &[(&str, &str)]) {
        let saved = Self::save(client, at, "0", ranks).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let done = client
            .post(&format!("{at}/certify"), &[("version", "1")])
            .await;
        assert_eq!(done.status, 303, "{}", done.text());
    }

    /// Trainee 1 wants Alpha, Gamma; 2 wants Alpha, Beta; 3 wants Alpha. Alpha wants 2 before 1, Beta 2 and 1
    /// equally, Gamma 1 before 3: so 2 comes to Alpha, 1 to Gamma, 3 nowhere, and Beta stays empty.
    pub async fn give_all(&self) {
        let ids: Vec<String> = self.trainees.iter().map(|it| it.1.to_string()).collect();
        let [alpha, beta, gamma] = [&self.postings[0], &self.postings[1], &self.postings[2]];
        let at = self.mine();
        Self::give(&self.trainee(0), &at, &[(alpha, "1"), (gamma, "2")]).await;
        Self::give(&self.trainee(1), &at, &[(alpha, "1"), (beta, "2")]).await;
        Self::give(&self.trainee(2), &at, &[(alpha, "4")]).await;
        let bank = self.host("Rex", self.market.school.world.bank);
        Self::give(
            &bank,
            &self.of_posting(0),
            &[(&ids[1], "1"), (&ids[0], "2")],
        )
        .await;
        Self::give(
            &bank,
            &self.of_posting(1),
            &[(&ids[1], "1"), (&ids[0], "1")],
        )
        .await;
        let rival = self.host("Rae", self.market.rival);
        Self::give(
            &rival,
            &self.of_posting(2),
            &[(&ids[0], "1"), (&ids[2], "2")],
        )
        .await;
    }

    /// The deadline passes while the round is ranked.
    pub fn close(&mut self) {
        self.owner("UPDATE postings SET state = 'ranking' WHERE state = 'open'; UPDATE placement_rounds SET state = 'ranking'");
        let app = &mut self.market.school.world.app;
        app.site.db = app.site.db.as_of(AFTER.parse().unwrap());
    }

    /// Freezes a run; returns its page.
    pub async fn freeze(&self, staff: &Client<'_>) -> String {
        let done = staff.post(&self.desk("/freeze"), &[]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        done.location().to_owned()
    }

    pub fn hash(&self) -> String {
        self.one("SELECT output_sha256 FROM match_runs WHERE state = 'frozen'")
    }

    /// Approves a run as somebody.
    pub async fn approve(&self, staff: &Client<'_>, run: &str) -> Answer {
        let hash = self.hash();
        staff
            .post(&format!("{run}/approve"), &[("output", &hash)])
            .await
    }
}
