//! Who sees what: an institution learns nothing of another's shortlists, times and interviews.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, RunQueryDsl as _};

use super::hall::Hall;

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

/// A page, but for what differs at every request, and ids and moments that differ between two worlds.
fn quiet(hall: &Hall, page: &str) -> String {
    let fresh = ["name=\"_key\"", "name=\"grant\"", "@example.org"];
    let lines = page
        .lines()
        .filter(|it| fresh.iter().all(|fresh| !it.contains(fresh)));
    let mut text = lines.collect::<Vec<_>>().join("\n");
    let kinds = "SELECT id::text FROM interview_slots WHERE organisation_id = '";
    for id in hall.texts(&format!("{kinds}{}' ORDER BY starts_at", hall.bank())) {
        text = text.replace(&id, "slot");
    }
    text
}

/// Every page and file of an institution that tells of interviews.
async fn reads(hall: &Hall) -> Vec<(String, String)> {
    let rex = hall.rex();
    let mut paths: Vec<String> = [
        "",
        "/candidates",
        "/candidates.csv",
        "/timetable",
        "/timetable.csv",
    ]
    .iter()
    .map(|it| hall.own(it))
    .collect();
    paths.push("/organisation/interviews".to_owned());
    for trainee in 0..3 {
        let interest = hall.interest(trainee, 0);
        paths.push(hall.own(&format!("/candidates/{interest}")));
    }
    let ids = hall.texts(&format!(
        "SELECT id::text FROM interviews WHERE organisation_id = '{}' ORDER BY id",
        hall.bank()
    ));
    for id in ids {
        paths.push(hall.own(&format!("/timetable/{id}")));
        paths.push(hall.own(&format!("/timetable/{id}/move")));
    }
    let mut all = Vec::new();
    for path in paths {
        let answer = rex.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        all.push((path, quiet(hall, &answer.text())));
    }
    all
}

/// With and without the rival's panels, shortlist and drafts an institution reads the same, byte for byte.
#[actix_web::test]
async fn what_others_do_changes_nothing_of_what_an_institution_reads() {
    let hall = Hall::new().await;
    let rex = hall.rex();
    let panel = hall.panel(&rex, "Alpha", &[&hall.arena.postings[0]]).await;
    assert_eq!(
        hall.hours(&rex, &panel, &[("room", "Alpha")]).await.status,
        303
    );
    assert_eq!(hall.mark(&rex, "list", &[(0, 0), (1, 0)]).await.status, 303);
    drop(rex);
    assert_eq!(hall.compute(&[]).await.status, 303);
    assert_eq!(hall.publish().await.status, 303);
    let before = reads(&hall).await;
    // The rival wants the same trainees, at times at which they are not with the bank nor could be.
    let rae = hall.rae();
    let gamma = hall.panel(&rae, "Gamma", &[&hall.arena.postings[2]]).await;
    let afternoon = [("starts", "15:00"), ("ends", "17:00"), ("room", "Gamma")];
    assert_eq!(hall.hours(&rae, &gamma, &afternoon).await.status, 303);
    assert_eq!(
        hall.mark(&rae, "list", &[(0, 2), (1, 2), (2, 2)])
            .await
            .status,
        303
    );
    drop(rae);
    assert_eq!(before, reads(&hall).await);
    let rival = hall.rival().to_string();
    assert_eq!(hall.compute(&[("organisation", &rival)]).await.status, 303);
    assert_eq!(before, reads(&hall).await, "a draft of another");
    assert_eq!(hall.publish().await.status, 303);
    assert_eq!(before, reads(&hall).await, "what another has published");
    assert_eq!(hall.one("SELECT count(*)::text FROM interviews"), "5");
    // Addresses of the rival's are nobody else's.
    let id = hall.interview(0, hall.rival());
    let interest = hall.interest(0, 2);
    let day = hall.one(&format!(
        "SELECT id::text FROM interview_days WHERE panel_id = '{gamma}'"
    ));
    let rex = hall.rex();
    for rest in [
        format!("/timetable/{id}"),
        format!("/timetable/{id}/move"),
        format!("/timetable/{id}/note"),
        format!("/candidates/{interest}"),
        format!("/panels/{gamma}"),
        format!("/days/{day}"),
    ] {
        assert_eq!(rex.get(&hall.own(&rest)).await.status, 404, "{rest}");
    }
    let moved = rex
        .post(
            &hall.own(&format!("/timetable/{id}/cancel")),
            &[("words", "")],
        )
        .await;
    assert_eq!(moved.status, 404);
}

/// Three causes, one word: elsewhere, in a class, or for a reason of the trainee's own.
#[actix_web::test]
async fn why_a_trainee_cannot_come_is_not_told() {
    let mut seen = Vec::new();
    for cause in ["said", "elsewhere", "class"] {
        let hall = Hall::new().await;
        let rex = hall.rex();
        let panel = hall.panel(&rex, "Alpha", &[&hall.arena.postings[0]]).await;
        let hours = [("ends", "11:00"), ("room", "Alpha")];
        assert_eq!(hall.hours(&rex, &panel, &hours).await.status, 303);
        assert_eq!(hall.mark(&rex, "list", &[(0, 0)]).await.status, 303);
        assert_eq!(hall.compute(&[]).await.status, 303);
        assert_eq!(hall.publish().await.status, 303);
        let first = hall.one("SELECT starts_at::text FROM interviews");
        assert!(
            first.starts_with("2027-02-10 02:00"),
            "the first of two: {first}"
        );
        busy(&hall, cause).await;
        let id = hall.interview(0, hall.bank());
        let at = hall.own(&format!("/timetable/{id}/move"));
        let page = rex.get(&at).await.text();
        assert!(page.contains("cannot come"), "{cause}: {page}");
        let slot = hall.one(
            "SELECT s.id::text FROM interview_slots s JOIN interview_panels p ON p.id = s.panel_id \
           WHERE p.name = 'Alpha' ORDER BY s.starts_at DESC LIMIT 1",
        );
        let refused = rex.post(&at, &[("slot", &slot)]).await;
        assert_eq!(refused.status, 409, "{cause}");
        let told = |text: &str| {
            let text = quiet(&hall, text);
            let round = hall.arena.market.round.clone();
            text.replace(&id, "interview").replace(&round, "round")
        };
        seen.push((told(&page), told(&refused.text())));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
}

/// The trainee is not free at 10:30.
async fn busy(hall: &Hall, cause: &str) {
    let (person, enrolment) = hall.arena.trainees[0];
    let time = "'2027-02-10T02:30:00Z', '2027-02-10T02:50:00Z'";
    match cause {
        "said" => hall.arena.owner(&format!(
            "INSERT INTO interview_absences (id, programme_id, round_id, enrolment_id, person_id, starts_at, ends_at) \
             SELECT gen_random_uuid(), programme_id, '{}', id, person_id, {time} FROM enrolments WHERE id = '{enrolment}'",
            hall.arena.market.round
        )),
        "elsewhere" => {
            let rae = hall.rae();
            let gamma = hall.panel(&rae, "Gamma", &[&hall.arena.postings[2]]).await;
            let hours = [("starts", "10:30"), ("ends", "11:00"), ("room", "Gamma")];
            assert_eq!(hall.hours(&rae, &gamma, &hours).await.status, 303);
            assert_eq!(hall.mark(&rae, "list", &[(0, 2)]).await.status, 303);
            let free = [("earliest", "09:00"), ("latest", "18:00"), ("gap", "0"), ("most_a_day", "3"), ("version", "0")];
            assert_eq!(hall.arena.staff("Ada").post(&hall.desk("/rules"), &free).await.status, 303);
            assert_eq!(hall.compute(&[]).await.status, 303);
            assert_eq!(hall.publish().await.status, 303);
            let there = hall.one(&format!("SELECT count(*)::text FROM interviews WHERE person_id = '{person}'"));
            assert_eq!(there, "2");
        }
        _ => hall.arena.owner(&format!(
            "INSERT INTO offerings (id, programme_id, cohort_id, module_id, capacity, whole_cohort, state) \
               SELECT gen_random_uuid(), programme_id, cohort_id, '{0}', 30, true, 'published' FROM enrolments WHERE id = '{enrolment}'; \
             INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, published, changed_at) \
               SELECT gen_random_uuid(), programme_id, cohort_id, id, module_id, {time}, true, now() FROM offerings WHERE module_id = '{0}'",
            hall.arena.market.school.module
        )),
    }
}

#[actix_web::test]
async fn rows_are_apart_under_row_level_security() {
    let hall = Hall::published().await;
    let rex = hall.rex();
    let at = hall.own(&format!("/candidates/{}/note", hall.interest(0, 0)));
    let noted = rex
        .post(&at, &[("words", "A private thought"), ("version", "0")])
        .await;
    assert_eq!(noted.status, 303, "{}", noted.text());
    let counts = |kind: &str, person: &str, organisation: &str| -> String {
        let tables = [
            "interview_panels",
            "interview_days",
            "interview_slots",
            "interview_candidates",
            "interviews",
            "interview_notes",
        ];
        let counted = tables.map(|it| format!("(SELECT count(*) FROM {it})"));
        let sql = format!("SELECT {} AS value", counted.join(" || ' ' || "));
        let mut conn =
            diesel::PgConnection::establish(&hall.arena.market.school.world.app.app_url()).unwrap();
        conn.batch_execute(&format!(
            "SET banyan.kind = '{kind}'; SET banyan.person = '{person}'; SET banyan.organisations = '{{{organisation}}}'; \
             SET banyan.programmes = '{{{}}}'",
            hall.arena.market.school.world.programme
        ))
        .unwrap();
        let found: Text = diesel::sql_query(sql).get_result(&mut conn).unwrap();
        found.value
    };
    let nobody = uuid::Uuid::now_v7().to_string();
    let me = hall.arena.trainees[0].0.to_string();
    let (bank, rival) = (hall.bank().to_string(), hall.rival().to_string());
    assert_eq!(counts("representative", &nobody, &bank), "1 1 4 3 3 1");
    assert_eq!(counts("representative", &nobody, &rival), "1 1 4 3 3 0");
    assert_eq!(counts("liaison", &nobody, &bank), "0 0 0 0 0 0");
    assert_eq!(counts("applicant", &me, ""), "0 0 0 0 2 0");
    assert_eq!(
        counts("coordinator", &nobody, ""),
        "0 0 0 0 6 0",
        "the office reads no note, panel or shortlist"
    );
    assert_eq!(
        counts("task:interviews", &nobody, ""),
        "2 2 8 6 6 0",
        "nor does the task read a note"
    );
}
