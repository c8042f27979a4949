//! The roll-ups of a cohort: always the same as counting, whoever changes what and whenever it is folded.

use std::sync::atomic::{AtomicBool, Ordering};

use banyan::applications::rules::Decision;
use banyan::cohorts::tallies;
use banyan::lang::Lang;
use diesel::pg::PgConnection;
use diesel::sql_types::BigInt;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;
use crate::support::fixtures::offers::Scene;
use crate::support::scale;

/// Cohorts whose roll-up differs from a count of the rows.
const WRONG: &str = "SELECT count(*) AS n FROM cohorts c \
    CROSS JOIN LATERAL (SELECT coalesce(sum(started), 0) AS started, coalesce(sum(submitted), 0) AS submitted, \
      coalesce(sum(decided), 0) AS decided, coalesce(sum(pending), 0) AS pending, \
      coalesce(sum(reviews_open), 0) AS reviews_open FROM cohort_tallies WHERE cohort_id = c.id) t \
    CROSS JOIN LATERAL (SELECT count(*) AS started, count(submitted_at) AS submitted FROM applications WHERE cohort_id = c.id) a \
    CROSS JOIN LATERAL (SELECT count(decision) AS decided, \
      count(*) FILTER (WHERE decision IS NOT NULL AND released_at IS NULL) AS pending FROM application_cases WHERE cohort_id = c.id) k \
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state IN ('assigned', 'draft')) AS reviews_open FROM reviews WHERE cohort_id = c.id) r \
    WHERE (t.started, t.submitted, t.decided, t.pending, t.reviews_open) IS DISTINCT FROM \
      (a.started, a.submitted, k.decided, k.pending, r.reviews_open)";

/// Counts past every policy; one statement, so one snapshot.
fn count(app: &TestApp, sql: &str) -> i64 {
    #[derive(QueryableByName)]
    struct N {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    sql_query(sql).get_result::<N>(&mut conn).unwrap().n
}

fn wrong(app: &TestApp) -> i64 {
    count(app, WRONG)
}

#[test]
fn a_roll_up_is_the_count_after_every_step_and_after_folding() {
    let app = TestApp::with_database();
    let scene = Scene::new(&app, 2, &[1]);
    let people: Vec<_> = (0..6)
        .map(|n| scene.candidate(&app, &format!("Counted {n}"), Lang::En, None, Some(n * 100)))
        .collect();
    assert_eq!(wrong(&app), 0);
    for (whom, decision) in people.iter().zip([
        Decision::Accept,
        Decision::Waitlist,
        Decision::Reject,
        Decision::Accept,
    ]) {
        scene.decide(&app, *whom, decision, None);
    }
    assert_eq!(wrong(&app), 0);
    tallies::fold(&app.site.db).unwrap();
    assert_eq!(wrong(&app), 0);
    scene.release(&app);
    assert_eq!(wrong(&app), 0);
    app.as_owner(
        "UPDATE applications SET submitted_at = NULL WHERE reference = (SELECT min(reference) FROM applications)",
    );
    assert_eq!(wrong(&app), 0);
    tallies::fold(&app.site.db).unwrap();
    let rows = "SELECT count(*) AS n FROM cohort_tallies";
    assert_eq!(count(&app, rows), 1);
    assert_eq!(tallies::fold(&app.site.db).unwrap(), 0, "nothing to fold");
    assert_eq!(wrong(&app), 0);
}

#[test]
fn folding_while_others_write_loses_no_step() {
    let app = TestApp::with_database();
    let scene = Scene::new(&app, 2, &[]);
    let people: Vec<_> = (0..8)
        .map(|n| scene.candidate(&app, &format!("Counted {n}"), Lang::En, None, None))
        .collect();
    let over = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let (app, scene, over) = (&app, &scene, &over);
        let folders: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        tallies::fold(&app.site.db).unwrap();
                        assert_eq!(wrong(app), 0, "a reader saw a step missing or twice");
                    }
                })
            })
            .collect();
        let writers: Vec<_> = people
            .iter()
            .map(|whom| {
                threads.spawn(move || {
                    for step in 0..scale::of(6, 200) {
                        let decision = [Decision::Accept, Decision::Reject][step % 2];
                        scene.decide(app, *whom, decision, None);
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
        for folder in folders {
            folder.join().unwrap();
        }
    });
    assert_eq!(wrong(&app), 0);
}
