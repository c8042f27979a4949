//! From shortlists to a published timetable, its changes, and what came of the interviews.

use crate::support::app::Client;

use super::hall::Hall;

#[actix_web::test]
async fn a_round_goes_from_shortlists_to_interviews_that_were_held() {
    let mut hall = Hall::furnished().await;
    says(&hall).await;
    assert_eq!(hall.publish().await.status, 409, "nothing is drafted");
    let done = hall.compute(&[]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        hall.letters(),
        Vec::<String>::new(),
        "a draft is nobody's news"
    );
    let whole = "SELECT bound || ' ' || used || ' ' || placed || ' ' || unplaced FROM interview_computations WHERE organisation_id IS NULL";
    assert_eq!(hall.one(whole), "3 4 6 0");
    let me = hall.arena.trainee(1).get("/me/interviews").await.text();
    assert!(me.contains("No interview yet"), "{me}");
    let rex = hall.rex().get(&hall.own("/timetable")).await.text();
    assert!(
        rex.contains("TRAINEE 1") && rex.contains("Draft") && !rex.contains("Gamma"),
        "{rex}"
    );
    let desk = hall.arena.staff("Ada").get(&hall.desk("")).await.text();
    for words in [
        "Fewest times possible",
        "There is a gap between two interviews of one trainee",
        "Harbour",
        "Rival Bank",
    ] {
        assert!(desk.contains(words), "{words} in {desk}");
    }
    let done = hall.publish().await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(hall.letters(), ["interview_invited REQUEST 12"]);
    assert_eq!(
        hall.one("SELECT count(DISTINCT (person_id, starts_at))::text FROM interviews"),
        "6"
    );
    let absent = "SELECT count(*)::text FROM interviews i JOIN interview_absences a USING (person_id, starts_at)";
    assert_eq!(hall.one(absent), "0");
    assert_eq!(hall.publish().await.status, 409, "published once");
    published(&hall).await;
    held(&mut hall).await;
}

/// A trainee says when they cannot come.
async fn says(hall: &Hall) {
    let round = hall.arena.market.round.clone();
    let times = format!("/me/interviews/times/{round}");
    {
        let me = hall.arena.trainee(0);
        let page = me.get(&times).await.text();
        assert_eq!(page.matches("type=\"checkbox\"").count(), 4, "{page}");
        let ten = page.split("value=\"18").nth(1).unwrap();
        let ten = format!("18{}", ten.split('"').next().unwrap());
        let saved = me
            .post(&times, &[("cannot_20270210", &ten), ("cannot_x", "1-2")])
            .await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        assert_eq!(
            hall.one("SELECT count(*)::text FROM interview_absences"),
            "1"
        );
        let again = me.get(&times).await.text();
        assert_eq!(again.matches(" checked").count(), 1, "{again}");
    }
}

/// Pages, letters and files of what is published.
async fn published(hall: &Hall) {
    let id = hall.interview(1, hall.bank());
    let page = hall
        .arena
        .trainee(1)
        .get(&format!("/me/interviews/{id}"))
        .await
        .text();
    assert!(
        page.contains("Alpha") && page.contains("Wed 10 Feb 2027"),
        "{page}"
    );
    let other = hall
        .arena
        .trainee(0)
        .get(&format!("/me/interviews/{id}"))
        .await;
    assert_eq!(other.status, 404);
    let letter = hall.one(&format!(
        "SELECT calendar_text FROM letters WHERE subject_id = '{id}' AND person_id IS NOT NULL"
    ));
    for line in [
        &format!("UID:{id}"),
        "METHOD:REQUEST",
        "SEQUENCE:0",
        "LOCATION:Alpha",
    ] {
        assert!(letter.contains(line), "{line} in {letter}");
    }
    let chair = hall.one(&format!(
        "SELECT to_name || ' ' || to_address FROM letters WHERE subject_id = '{id}' AND person_id IS NULL"
    ));
    assert_eq!(chair, "Alpha Chair alpha@example.org");
    let third = hall.one("SELECT subject FROM letters WHERE lang = 'zh-Hant-HK' AND kind = 'interview_invited' LIMIT 1");
    assert!(third.starts_with("面試："), "{third}");
    let file = hall.rex().get(&hall.own("/timetable.csv")).await.text();
    assert_eq!(file.lines().count(), 4, "{file}");
    assert!(!file.contains("Gamma"), "{file}");
    let all = hall
        .arena
        .staff("Ada")
        .get(&hall.desk("/timetable.csv"))
        .await
        .text();
    assert_eq!(all.lines().count(), 7, "{all}");
    let progress = hall
        .arena
        .staff("Ada")
        .get(&hall.desk("/progress.csv"))
        .await
        .text();
    let rival = progress.lines().find(|it| it.contains("Rival")).unwrap();
    assert_eq!(rival, "Rival Bank,3,3,4,0,0,3,0,0,0");
    let own = hall.arena.trainee(1).get("/me/interviews.csv").await.text();
    assert_eq!(own.lines().count(), 3, "{own}");
}

/// The day before, the day itself, and the note after it.
async fn held(hall: &mut Hall) {
    hall.at("2027-02-09T01:00:30Z");
    hall.run_jobs();
    hall.run_jobs();
    let reminded = "SELECT count(*)::text FROM letters WHERE kind = 'interview_reminded'";
    assert_eq!(hall.one(reminded), "6", "once for each interview");
    let id = hall.interview(1, hall.bank());
    let at = hall.own(&format!("/timetable/{id}"));
    let early = hall.rex().post(&format!("{at}/held"), &[]).await;
    assert!(early.status == 409 && early.text().contains("The interview has not begun"));
    hall.at("2027-02-10T06:00:00Z");
    let rex = hall.rex();
    assert_eq!(rex.post(&format!("{at}/held"), &[]).await.status, 303);
    let over = rex.post(&format!("{at}/cancel"), &[("words", "")]).await;
    assert!(over.status == 409 && over.text().contains("over or cancelled"));
    let words = "Quick mind, shy; call the referee";
    let noted = rex
        .post(&format!("{at}/note"), &[("words", words), ("version", "0")])
        .await;
    assert_eq!(noted.status, 303, "{}", noted.text());
    assert!(rex.get(&at).await.text().contains(words));
    let stale = rex
        .post(
            &format!("{at}/note"),
            &[("words", "Other"), ("version", "0")],
        )
        .await;
    assert!(
        stale.status == 412 && stale.text().contains("Other"),
        "nothing typed is lost"
    );
    let missed = hall.own(&format!("/timetable/{}", hall.interview(0, hall.bank())));
    assert_eq!(rex.post(&format!("{missed}/missed"), &[]).await.status, 303);
    assert_eq!(
        hall.texts("SELECT state || ' ' || count(*) FROM interviews GROUP BY state ORDER BY 1"),
        ["held 1", "missed 1", "scheduled 4"]
    );
    let pages = others(hall, &id).await;
    assert!(pages.iter().all(|it| !it.contains("shy")));
    let file = rex.get(&hall.own("/candidates.csv")).await.text();
    assert!(file.contains(words));
}

/// What everybody else reads of an interview: office, trainee, the other institution.
async fn others(hall: &Hall, id: &str) -> Vec<String> {
    let ada = hall.arena.staff("Ada");
    let me = hall.arena.trainee(1);
    let note = hall.desk(&format!("/timetable/{id}/note"));
    assert_eq!(ada.get(&note).await.status, 404);
    let one = hall.desk(&format!("/timetable/{id}"));
    vec![
        ada.get(&hall.desk("/timetable")).await.text(),
        ada.get(&one).await.text(),
        ada.get(&hall.desk("/timetable.csv")).await.text(),
        me.get(&format!("/me/interviews/{id}")).await.text(),
        hall.rae().get(&hall.own("/candidates.csv")).await.text(),
    ]
}

#[actix_web::test]
async fn an_interview_moves_and_is_cancelled_and_everybody_is_told() {
    let hall = Hall::published().await;
    let id = hall.interview(0, hall.bank());
    asks(&hall, &id).await;
    let at = hall.own(&format!("/timetable/{id}"));
    let rex = hall.rex();
    assert!(
        rex.get(&at)
            .await
            .text()
            .contains("A funeral; after noon I can")
    );
    moves(&hall, (&rex, &at, &id)).await;
    cancelled(&hall, (&rex, &at, &id)).await;
}

/// A trainee asks for another time: once, with a reason, and their institution alone is told.
async fn asks(hall: &Hall, id: &str) {
    let mine = format!("/me/interviews/{id}");
    let me = hall.arena.trainee(0);
    let asked = me.post(&format!("{mine}/ask"), &[("words", "")]).await;
    assert_eq!(asked.status, 422);
    let asked = me
        .post(
            &format!("{mine}/ask"),
            &[("words", "A funeral; after noon I can")],
        )
        .await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    let twice = me
        .post(&format!("{mine}/ask"), &[("words", "Please")])
        .await;
    assert!(twice.status == 409 && twice.text().contains("Please"));
    let told = hall.texts("SELECT DISTINCT to_name FROM letters WHERE kind = 'interview_asked'");
    assert_eq!(told, ["Rex"], "the institution, and no other");
}

/// Nobody is moved to where another is, or to another institution's time.
async fn moves(hall: &Hall, (rex, at, id): (&Client<'_>, &str, &str)) {
    // The free slot is the one that no interview of the bank has.
    let free = hall.one(&format!(
        "SELECT id::text FROM interview_slots s WHERE organisation_id = '{}' AND NOT EXISTS (SELECT FROM interviews i WHERE i.slot_id = s.id)",
        hall.bank()
    ));
    let taken = hall.one(&format!(
        "SELECT slot_id::text FROM interviews WHERE id = '{}'",
        hall.interview(1, hall.bank())
    ));
    let refused = rex.post(&format!("{at}/move"), &[("slot", &taken)]).await;
    assert!(refused.status == 409 && refused.text().contains("Another interview has this time"));
    let others = hall.one(&format!(
        "SELECT id::text FROM interview_slots WHERE organisation_id = '{}' LIMIT 1",
        hall.rival()
    ));
    assert_eq!(
        rex.post(&format!("{at}/move"), &[("slot", &others)])
            .await
            .status,
        409
    );
    let before = hall.letters().len();
    let moved = rex.post(&format!("{at}/move"), &[("slot", &free)]).await;
    let busy = hall.one(&format!(
        "SELECT count(*)::text FROM interviews i JOIN interview_slots s ON s.id = '{free}' AND i.starts_at < s.ends_at + interval '15 minutes' \
         AND s.starts_at < i.ends_at + interval '15 minutes' WHERE i.person_id = '{}' AND i.id <> '{id}'",
        hall.arena.trainees[0].0
    ));
    if busy == "0" {
        assert_eq!(moved.status, 303, "{}", moved.text());
        let entry = hall.one("SELECT calendar_text FROM letters WHERE kind = 'interview_moved' AND person_id IS NOT NULL");
        assert!(
            entry.contains("SEQUENCE:1") && entry.contains("METHOD:REQUEST"),
            "{entry}"
        );
        assert!(
            hall.letters()
                .contains(&"interview_moved REQUEST 2".to_owned())
        );
    } else {
        assert!(moved.status == 409 && moved.text().contains("The trainee cannot come then"));
        assert_eq!(hall.letters().len(), before);
    }
}

/// A calendar drops what is cancelled, and nobody is planned again by themselves.
async fn cancelled(hall: &Hall, (rex, at, id): (&Client<'_>, &str, &str)) {
    let done = rex
        .post(&format!("{at}/cancel"), &[("words", "We closed the desk")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(
        hall.letters()
            .contains(&"interview_cancelled CANCEL 2".to_owned()),
        "{:?}",
        hall.letters()
    );
    let entry =
        hall.one("SELECT calendar_text FROM letters WHERE kind = 'interview_cancelled' LIMIT 1");
    assert!(
        entry.contains("STATUS:CANCELLED") && entry.contains(&format!("UID:{id}")),
        "{entry}"
    );
    let body = hall.one("SELECT body_text FROM letters WHERE kind = 'interview_cancelled' LIMIT 1");
    assert!(body.contains("We closed the desk"), "{body}");
    // Who is cancelled is not planned again until they are shortlisted again.
    assert_eq!(hall.compute(&[]).await.status, 303);
    assert_eq!(hall.one("SELECT count(*)::text FROM interview_drafts"), "0");
    assert_eq!(hall.mark(rex, "list", &[(0, 0)]).await.status, 303);
    assert_eq!(hall.compute(&[]).await.status, 303);
    assert_eq!(
        hall.one("SELECT count(*)::text FROM interview_drafts WHERE slot_id IS NOT NULL"),
        "1"
    );
}

#[actix_web::test]
async fn what_is_published_stands_unless_it_is_computed_afresh() {
    let hall = Hall::published().await;
    let times = "SELECT id || ' ' || starts_at || ' ' || sequence FROM interviews ORDER BY id";
    let before = hall.texts(times);
    // A second posting of the bank's, with a panel of its own.
    let rex = hall.rex();
    let beta = hall.arena.postings[1].clone();
    let panel = hall.panel(&rex, "Beta", &[&beta]).await;
    assert_eq!(
        hall.hours(
            &rex,
            &panel,
            &[("room", "Beta"), ("starts", "14:00"), ("ends", "16:00")]
        )
        .await
        .status,
        303
    );
    assert_eq!(hall.mark(&rex, "list", &[(0, 1), (1, 1)]).await.status, 303);
    assert_eq!(hall.compute(&[]).await.status, 303);
    let done = hall.publish().await;
    assert_eq!(done.status, 303, "{}", done.text());
    let after = hall.texts(times);
    assert!(
        before.iter().all(|it| after.contains(it)),
        "{before:?} {after:?}"
    );
    assert_eq!(after.len(), 8);
    afresh(&hall).await;
}

/// Computed afresh, what is published gets other times; nobody loses theirs.
async fn afresh(hall: &Hall) {
    // The office puts the first hour out of bounds: what is published stands, until it is computed afresh.
    let ada = hall.arena.staff("Ada");
    let fields = [
        ("earliest", "10:30"),
        ("latest", "18:00"),
        ("gap", "0"),
        ("most_a_day", "3"),
        ("version", "0"),
    ];
    assert_eq!(ada.post(&hall.desk("/rules"), &fields).await.status, 303);
    assert_eq!(hall.compute(&[("afresh", "yes")]).await.status, 303);
    let done = hall.publish().await;
    assert_eq!(done.status, 303, "{}", done.text());
    let early = "SELECT count(*)::text FROM interviews WHERE starts_at < '2027-02-10T02:30:00Z'";
    assert_eq!(hall.one(early), "0");
    assert_eq!(
        hall.one("SELECT count(*)::text FROM interviews"),
        "8",
        "the same, at other times"
    );
    let moved = hall.one("SELECT count(*)::text FROM interviews WHERE sequence = 1");
    assert_ne!(moved, "0");
    let told = hall
        .one("SELECT count(DISTINCT subject_id)::text FROM letters WHERE kind = 'interview_moved'");
    assert_eq!(told, moved);
    // With one hour less there is no room for all: nobody loses a time by it.
    let fields = [
        ("earliest", "11:30"),
        ("latest", "18:00"),
        ("gap", "0"),
        ("most_a_day", "3"),
        ("version", "1"),
    ];
    assert_eq!(ada.post(&hall.desk("/rules"), &fields).await.status, 303);
    let lost = hall.compute(&[("afresh", "yes")]).await;
    assert!(
        lost.status == 409 && lost.text().contains("would be left without one"),
        "{}",
        lost.text()
    );
}

#[actix_web::test]
async fn hours_are_refused_where_nobody_is_interviewed() {
    let hall = Hall::new().await;
    let ada = hall.arena.staff("Ada");
    let exams = [
        ("name_en", "Examinations"),
        ("name_zh", "考試"),
        ("starts_at", "2027-02-10T11:00"),
        ("ends_at", "2027-02-10T13:00"),
    ];
    let wrong = ada
        .post(
            &hall.desk("/blackouts/new"),
            &[
                exams[0],
                exams[1],
                exams[3],
                ("starts_at", "2027-02-10T14:00"),
            ],
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert_eq!(
        ada.post(&hall.desk("/blackouts/new"), &exams).await.status,
        303
    );
    let rex = hall.rex();
    let panel = hall.panel(&rex, "Alpha", &[&hall.arena.postings[0]]).await;
    mistakes(&hall, &rex, &panel).await;
    apart(&hall, &rex, &panel).await;
    changed(&hall, &panel).await;
}

/// Each mistake is told beside its field.
async fn mistakes(hall: &Hall, rex: &Client<'_>, panel: &str) {
    let cases: [(&[(&str, &str)], &str); 9] = [
        (&[], "No interviews take place then: Examinations."),
        (
            &[("held_on", "2027-03-26")],
            "No interviews take place then: Good Friday.",
        ),
        (
            &[("held_on", "2027-02-11"), ("starts", "08:00")],
            "The office allows interviews from 09:00 to 18:00.",
        ),
        (
            &[("held_on", "2027-02-11"), ("ends", "10:15")],
            "room for at least one interview",
        ),
        (
            &[("held_on", "2027-01-11")],
            "Interviews begin in the future",
        ),
        (&[("held_on", "2027-02-11"), ("room", "")], "Name a room"),
        (
            &[("held_on", "2027-02-11"), ("link", "http://example.org")],
            "A link begins with https://",
        ),
        (
            &[("held_on", "2027-02-11"), ("starts", "ten")],
            "Enter a time of day as 09:30.",
        ),
        (
            &[
                ("held_on", "2027-02-11"),
                ("panel", &hall.arena.postings[0]),
            ],
            "",
        ),
    ];
    for (changes, words) in cases {
        let refused = hall.hours(rex, panel, changes).await;
        let text = refused.text();
        assert!(
            matches!(refused.status, 404 | 422) && text.contains(words),
            "{words}: {text}"
        );
    }
}

/// A panel sits in one room at a time, and a room holds one panel of an institution.
async fn apart(hall: &Hall, rex: &Client<'_>, panel: &str) {
    let free = [("held_on", "2027-02-11")];
    assert_eq!(hall.hours(rex, panel, &free).await.status, 303);
    let twice = hall.hours(rex, panel, &free).await.text();
    assert!(
        twice.contains("This panel sits elsewhere at that time."),
        "{twice}"
    );
    let beta = hall.panel(rex, "Beta", &[&hall.arena.postings[1]]).await;
    let same = hall
        .hours(rex, &beta, &[free[0], ("room", panel)])
        .await
        .text();
    assert!(
        same.contains("Another panel of yours is there at that time: Alpha."),
        "{same}"
    );
    // Another institution may well have a room of that name.
    let rae = hall.rae();
    let gamma = hall.panel(&rae, "Gamma", &[&hall.arena.postings[2]]).await;
    assert_eq!(
        hall.hours(&rae, &gamma, &[free[0], ("room", panel)])
            .await
            .status,
        303
    );
    let strange = [
        ("name", "X"),
        ("members", "me"),
        ("lang", "en"),
        ("postings", hall.arena.postings[2].as_str()),
    ];
    let refused = rex.post(&hall.own("/panels/new"), &strange).await.text();
    assert!(refused.contains("Line 1 cannot be read"), "{refused}");
}

/// Hours can be changed and taken away until one of their times is published.
async fn changed(hall: &Hall, panel: &str) {
    let rex = hall.rex();
    let day = hall.one(&format!(
        "SELECT id::text FROM interview_days WHERE panel_id = '{panel}'"
    ));
    let at = hall.own(&format!("/days/{day}"));
    let fields = [
        ("panel", panel),
        ("held_on", "2027-02-12"),
        ("starts", "14:00"),
        ("ends", "15:00"),
        ("length", "30"),
        ("pause", "0"),
        ("room", "Tower"),
        ("link", "https://meet.example.org/a"),
        ("version", "1"),
    ];
    assert_eq!(rex.post(&at, &fields).await.status, 303);
    assert_eq!(
        rex.post(&at, &fields).await.status,
        412,
        "another version by now"
    );
    assert_eq!(hall.mark(&rex, "list", &[(0, 0)]).await.status, 303);
    assert_eq!(hall.compute(&[]).await.status, 303);
    assert_eq!(rex.post(&format!("{at}/remove"), &[]).await.status, 303);
    assert_eq!(
        hall.one("SELECT count(*)::text FROM interview_drafts"),
        "0",
        "its draft is gone with it"
    );
    assert_eq!(
        hall.hours(&rex, panel, &[("held_on", "2027-02-12")])
            .await
            .status,
        303
    );
    assert_eq!(hall.compute(&[]).await.status, 303);
    assert_eq!(hall.publish().await.status, 303);
    let day = hall.one(&format!(
        "SELECT id::text FROM interview_days WHERE panel_id = '{panel}'"
    ));
    let kept = rex
        .post(&hall.own(&format!("/days/{day}/remove")), &[])
        .await;
    assert!(
        kept.status == 409 && kept.text().contains("have been published"),
        "{}",
        kept.text()
    );
    let off = hall.mark(&rex, "take_off", &[(0, 0)]).await;
    assert!(
        off.status == 409 && off.text().contains("Cancel it first"),
        "{}",
        off.text()
    );
}

#[actix_web::test]
async fn a_draft_that_is_not_true_any_more_is_not_published() {
    let hall = Hall::furnished().await;
    assert_eq!(hall.compute(&[]).await.status, 303);
    let ada = hall.arena.staff("Ada");
    let wrong = ada.post(&hall.desk("/publish"), &[("print", "0")]).await;
    assert!(wrong.status == 409 && wrong.text().contains("Something has changed"));
    // Classes count by themselves: one now stands at the time of every interview of the first trainee.
    let who = hall.arena.trainees[0].0;
    hall.arena.owner(&format!(
        "INSERT INTO interview_absences (id, programme_id, round_id, enrolment_id, person_id, starts_at, ends_at) \
         SELECT gen_random_uuid(), d.programme_id, d.round_id, c.enrolment_id, d.person_id, d.starts_at, d.ends_at \
         FROM interview_drafts d JOIN interview_candidates c ON c.id = d.candidate_id WHERE d.person_id = '{who}'"
    ));
    let refused = hall.publish().await;
    assert!(
        refused.status == 409 && refused.text().contains("Something has changed"),
        "{}",
        refused.text()
    );
    assert_eq!(hall.one("SELECT count(*)::text FROM interviews"), "0");
    assert_eq!(hall.compute(&[]).await.status, 303);
    assert_eq!(hall.publish().await.status, 303);
    // An interest that is taken back is not interviewed for.
    hall.arena.owner(&format!(
        "UPDATE posting_interests SET state = 'taken_back', taken_back_at = now() WHERE person_id = '{who}' AND posting_id = '{}'",
        hall.arena.postings[1]
    ));
    let gone = hall.mark(&hall.rex(), "list", &[(0, 1)]).await;
    assert!(gone.status == 409 && gone.text().contains("not interested any more"));
}
