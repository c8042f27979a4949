//! Who sees what: an institution and a trainee only their own, and nothing of a run before it is published.

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, RunQueryDsl as _};

use super::arena::Arena;

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

/// A page, but for what differs at every request.
fn quiet(page: &str) -> String {
    let fresh = ["name=\"_key\"", "name=\"grant\"", "@example.org"];
    let lines = page
        .lines()
        .filter(|it| fresh.iter().all(|fresh| !it.contains(fresh)));
    lines.collect::<Vec<_>>().join("\n")
}

async fn reads_trainee(arena: &Arena) -> String {
    quiet(&arena.trainee(2).get(&arena.mine()).await.text())
}

async fn reads_host(arena: &Arena) -> String {
    let round = format!("/organisation/matches/{}", arena.market.round);
    let rae = arena.host("Rae", arena.market.rival);
    quiet(&rae.get(&round).await.text())
}

#[actix_web::test]
async fn lists_and_runs_of_others_change_nothing_of_what_one_sees() {
    let mut arena = Arena::new().await;
    let beta = arena.postings[1].clone();
    let bank = arena.market.school.world.bank;
    {
        // The lots are fixed before: their hash is everybody's.
        let ada = arena.staff("Ada");
        assert_eq!(ada.post(&arena.desk("/commit"), &[]).await.status, 303);
        assert_eq!(ada.post(&arena.desk("/commit"), &[]).await.status, 409);
    }
    let (me, rae) = (reads_trainee(&arena).await, reads_host(&arena).await);
    Arena::give(&arena.trainee(0), &arena.mine(), &[(&beta, "1")]).await;
    let rex = arena.host("Rex", bank);
    let one = arena.trainees[0].1.to_string();
    Arena::give(&rex, &arena.of_posting(1), &[(&one, "1")]).await;
    drop(rex);
    assert_eq!(me, reads_trainee(&arena).await);
    assert_eq!(rae, reads_host(&arena).await);
    arena.close();
    let (me, rae) = (reads_trainee(&arena).await, reads_host(&arena).await);
    let ada = arena.staff("Ada");
    let run = arena.freeze(&ada).await;
    assert_eq!(me, reads_trainee(&arena).await);
    assert_eq!(rae, reads_host(&arena).await);
    // Addresses of the office's are nobody else's.
    for path in [
        arena.desk(""),
        arena.desk("/dry-run"),
        run.clone(),
        format!("{run}/files/assignment.csv"),
    ] {
        assert_ne!(arena.trainee(0).get(&path).await.status, 200, "{path}");
        let rex = arena.host("Rex", bank);
        assert_ne!(rex.get(&path).await.status, 200, "{path}");
    }
    // The seed stays where it is, for the office too.
    let seed = arena.one("SELECT seed FROM match_seeds");
    for path in [arena.desk(""), run.clone(), format!("{run}/files/run.json")] {
        assert!(!ada.get(&path).await.text().contains(&seed), "{path}");
    }
    let ben = arena.staff("Ben");
    assert_eq!(arena.approve(&ben, &run).await.status, 303);
    assert!(reads_trainee(&arena).await.contains(&seed));
    let rae = reads_host(&arena).await;
    assert!(rae.contains("Nobody was placed here.") && !rae.contains("Beta desk"));
}

#[actix_web::test]
async fn rows_are_apart_under_row_level_security() {
    let mut arena = Arena::new().await;
    arena.give_all().await;
    arena.close();
    let ada = arena.staff("Ada");
    let run = arena.freeze(&ada).await;
    let counts = |arena: &Arena, kind: &str, person: &str, organisation: &str| -> Vec<String> {
        let programme = arena.market.school.world.programme;
        let tables = [
            "rank_lists",
            "certified_lists",
            "match_seeds",
            "match_runs",
            "match_snapshots",
            "match_results",
            "placements",
        ];
        let counted = tables.map(|it| format!("(SELECT count(*) FROM {it})"));
        let sql = format!("SELECT {}", counted.join(" || ' ' || "));
        let url = arena.market.school.world.app.app_url();
        let mut conn = diesel::PgConnection::establish(&url).unwrap();
        conn.batch_execute(&format!(
            "SET banyan.kind = '{kind}'; SET banyan.person = '{person}'; SET banyan.organisations = '{{{organisation}}}'; \
             SET banyan.programmes = '{{{programme}}}'"
        ))
        .unwrap();
        let found: Text = diesel::sql_query(format!("SELECT q.v AS value FROM ({sql}) q (v)"))
            .get_result(&mut conn)
            .unwrap();
        found.value.split(' ').map(str::to_owned).collect()
    };
    let person = arena.trainees[0].0.to_string();
    let nobody = uuid::Uuid::now_v7().to_string();
    let bank = arena.market.school.world.bank.to_string();
    assert_eq!(
        counts(&arena, "applicant", &person, "").join(" "),
        "1 1 0 0 0 0 0"
    );
    assert_eq!(
        counts(&arena, "representative", &nobody, &bank).join(" "),
        "2 2 0 0 0 0 0"
    );
    assert_eq!(
        counts(&arena, "liaison", &nobody, &bank).join(" "),
        "0 0 0 0 0 0 0"
    );
    assert_eq!(
        counts(&arena, "coordinator", &nobody, "").join(" "),
        "6 6 0 1 0 0 0"
    );
    let ben = arena.staff("Ben");
    assert_eq!(arena.approve(&ben, &run).await.status, 303);
    assert_eq!(
        counts(&arena, "applicant", &person, "").join(" "),
        "1 1 0 0 0 1 1"
    );
    assert_eq!(
        counts(&arena, "representative", &nobody, &bank).join(" "),
        "2 2 0 0 0 0 1"
    );
    assert_eq!(
        counts(&arena, "coordinator", &nobody, "").join(" "),
        "6 6 0 1 0 3 2"
    );
}
