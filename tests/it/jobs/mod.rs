//! The queue: claims, leases, tokens, and what becomes of jobs that fail.

mod model;
mod sweep;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use banyan::db::{Actor, Conn, Db, Task};
use banyan::error::{Error, Result};
use banyan::jobs::lease::{self, Claim};
use banyan::jobs::{JOBS, Runner, later, run_due};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::{Integer, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use serde_json::Value;
use uuid::Uuid;

use crate::support::app::TestApp;

const SYSTEM: Actor = Actor::System(Task::RunJobs);
const LEASE: Duration = Duration::from_secs(60);

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Job {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    dedupe_key: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Nullable<Text>)]
    last_error: Option<String>,
}

fn queue(app: &TestApp, kind: &str, keys: &[&str]) {
    let put = app.site.db.tx(&SYSTEM, |conn| {
        let now = banyan::db::now(conn)?;
        keys.iter()
            .try_for_each(|key| later(conn, kind, None, key, now))
    });
    put.unwrap();
}

fn jobs(app: &TestApp) -> Vec<Job> {
    let all = app.site.db.read(&SYSTEM, |conn| {
        let sql =
            "SELECT id, dedupe_key, state, attempts, last_error FROM jobs ORDER BY dedupe_key";
        Ok(sql_query(sql).load(conn.pg())?)
    });
    all.unwrap()
}

fn only(app: &TestApp) -> Job {
    let mut all = jobs(app);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn tx<T>(app: &TestApp, work: impl Fn(&mut Conn<'_>) -> Result<T>) -> T {
    app.site.db.tx(&SYSTEM, work).unwrap()
}

fn claim(app: &TestApp, most: i64) -> Vec<Claim> {
    tx(app, |conn| lease::claim(conn, JOBS, most, LEASE))
}

/// As if a minute and more had passed: leases run out, pauses end.
fn a_while_passes(app: &TestApp) {
    PgConnection::establish(&app.super_url())
        .unwrap()
        .batch_execute("UPDATE jobs SET lease_until = lease_until - interval '2 hours', run_at = run_at - interval '2 hours'")
        .unwrap();
}

#[test]
fn the_same_dedupe_key_is_queued_once() {
    let app = TestApp::with_database();
    queue(&app, "x", &["one", "one", "two"]);
    queue(&app, "x", &["two"]);
    let keys: Vec<String> = jobs(&app).into_iter().map(|job| job.dedupe_key).collect();
    assert_eq!(keys, ["one", "two"]);
}

#[test]
fn a_job_put_in_a_transaction_that_fails_is_not_queued() {
    let app = TestApp::with_database();
    let failed: Result<()> = app.site.db.tx(&SYSTEM, |conn| {
        let now = banyan::db::now(conn)?;
        later(conn, "x", None, "never", now)?;
        Err(Error::NotFound)
    });
    assert!(failed.is_err());
    assert_eq!(jobs(&app), []);
}

#[test]
fn a_job_is_not_claimed_before_its_time_nor_twice() {
    let app = TestApp::with_database();
    tx(&app, |conn| {
        let soon = banyan::db::now(conn)? + chrono::Duration::minutes(30);
        later(conn, "x", None, "soon", soon)
    });
    assert_eq!(claim(&app, 10).len(), 0);
    a_while_passes(&app);
    assert_eq!(claim(&app, 10).len(), 1);
    assert_eq!(claim(&app, 10).len(), 0, "it is leased");
}

#[test]
fn a_claim_takes_no_more_than_asked_and_the_oldest_first() {
    let app = TestApp::with_database();
    let keys: Vec<String> = (0..50).map(|n| format!("{n:02}")).collect();
    for key in &keys {
        queue(&app, "x", &[key]);
    }
    let first: BTreeSet<Uuid> = claim(&app, 7).iter().map(|claim| claim.id).collect();
    let oldest: BTreeSet<Uuid> = jobs(&app)[..7].iter().map(|job| job.id).collect();
    assert_eq!(first, oldest);
}

#[test]
fn workers_side_by_side_never_take_the_same_row() {
    let app = TestApp::with_database();
    let keys: Vec<String> = (0..300).map(|n| n.to_string()).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    queue(&app, "x", &keys);
    let taken: Vec<Uuid> = std::thread::scope(|scope| {
        let one = || {
            let mut mine = Vec::new();
            loop {
                let claims = claim(&app, 7);
                if claims.is_empty() {
                    return mine;
                }
                mine.extend(claims.iter().map(|claim| claim.id));
            }
        };
        let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        all.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    let distinct: BTreeSet<&Uuid> = taken.iter().collect();
    assert_eq!((taken.len(), distinct.len()), (300, 300));
}

#[test]
fn a_worker_that_slept_past_its_lease_changes_nothing() {
    let app = TestApp::with_database();
    queue(&app, "x", &["one"]);
    let sleeper = claim(&app, 1).remove(0);
    a_while_passes(&app);
    let other = claim(&app, 1).remove(0);
    assert_eq!((sleeper.id, other.attempts), (other.id, 2));
    let before = only(&app);
    let late = tx(&app, |conn| {
        let mine = std::slice::from_ref(&sleeper);
        Ok([
            !lease::extend(conn, JOBS, mine, LEASE)?.is_empty(),
            lease::finish(conn, JOBS, &sleeper)?,
            lease::retry(conn, JOBS, &sleeper, LEASE, "late")?,
            lease::bury(conn, JOBS, &sleeper, "late")?,
            lease::wait(conn, JOBS, &sleeper, "late")?,
            lease::give_back(conn, JOBS, mine)? > 0,
        ])
    });
    assert_eq!(late, [false; 6]);
    let alone = lease::finishing(JOBS, std::slice::from_ref(&sleeper));
    app.site.db.at_once(&SYSTEM, &alone).unwrap();
    assert_eq!(only(&app), before);
    assert_eq!(claim(&app, 1).len(), 0, "the other's lease stands");
    assert!(tx(&app, |conn| lease::finish(conn, JOBS, &other)));
    assert_eq!(only(&app).state, "done");
    assert!(!tx(&app, |conn| lease::finish(conn, JOBS, &other)), "once");
}

#[test]
fn five_hundred_stalls_leave_each_job_to_its_last_claim() {
    let app = TestApp::with_database();
    let keys: Vec<String> = (0..500).map(|n| n.to_string()).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    queue(&app, "x", &keys);
    let stalled = claim(&app, 500);
    a_while_passes(&app);
    let fresh = claim(&app, 500);
    assert_eq!((stalled.len(), fresh.len()), (500, 500));
    let stale = tx(&app, |conn| {
        let mut changed = 0;
        for claim in &stalled {
            changed += usize::from(lease::finish(conn, JOBS, claim)?);
            changed += usize::from(lease::bury(conn, JOBS, claim, "stalled")?);
        }
        Ok(changed)
    });
    assert_eq!(stale, 0);
    assert!(jobs(&app).iter().all(|job| job.state == "queued"));
    let finished = tx(&app, |conn| {
        let mut changed = 0;
        for claim in &fresh {
            changed += usize::from(lease::finish(conn, JOBS, claim)?);
        }
        Ok(changed)
    });
    assert_eq!(finished, 500);
}

#[test]
fn a_lease_that_is_extended_holds() {
    let app = TestApp::with_database();
    queue(&app, "x", &["one"]);
    let mine = claim(&app, 1).remove(0);
    a_while_passes(&app);
    let held = tx(&app, |conn| {
        lease::extend(conn, JOBS, std::slice::from_ref(&mine), LEASE)
    });
    assert_eq!(held, [mine.id]);
    assert_eq!(claim(&app, 1).len(), 0);
    assert!(tx(&app, |conn| lease::finish(conn, JOBS, &mine)));
}

#[test]
fn what_is_given_back_costs_no_attempt_and_what_is_retried_waits() {
    let app = TestApp::with_database();
    queue(&app, "x", &["one"]);
    let first = claim(&app, 1).remove(0);
    let back = tx(&app, |conn| {
        lease::give_back(conn, JOBS, std::slice::from_ref(&first))
    });
    assert_eq!(back, 1);
    let second = claim(&app, 1).remove(0);
    assert_eq!((first.attempts, second.attempts), (1, 1));
    assert!(tx(&app, |conn| lease::retry(
        conn,
        JOBS,
        &second,
        LEASE,
        "no answer"
    )));
    assert_eq!(claim(&app, 1).len(), 0, "it waits");
    assert_eq!(only(&app).last_error.as_deref(), Some("no answer"));
    a_while_passes(&app);
    assert_eq!(claim(&app, 1).remove(0).attempts, 2);
}

#[test]
fn what_is_buried_stays_with_its_reason_until_an_operator_acts() {
    let app = TestApp::with_database();
    queue(&app, "x", &["one"]);
    let mine = claim(&app, 1).remove(0);
    assert!(tx(&app, |conn| lease::bury(conn, JOBS, &mine, "hopeless")));
    a_while_passes(&app);
    assert_eq!(claim(&app, 1).len(), 0);
    let job = only(&app);
    assert_eq!(
        (job.state.as_str(), job.last_error.as_deref()),
        ("dead", Some("hopeless"))
    );
}

#[test]
fn pauses_grow_to_an_hour_and_no_further() {
    for attempts in [-1, 0, 1, 2, 5, 11, 12, 1_000, i32::MAX] {
        for _ in 0..50 {
            let claim = Claim {
                id: Uuid::now_v7(),
                claim_token: Uuid::now_v7(),
                attempts,
            };
            let ceiling =
                (5_u64 << attempts.clamp(1, 11).unsigned_abs().saturating_sub(1)).min(3_600);
            let pause = lease::pause(&claim).as_secs();
            assert!((1..=ceiling).contains(&pause), "{attempts}: {pause}");
        }
    }
}

static RUNS: AtomicUsize = AtomicUsize::new(0);

fn good(_: &Db, _: Option<Uuid>, _: &Value) -> Result<()> {
    RUNS.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

fn refusing(_: &Db, _: Option<Uuid>, _: &Value) -> Result<()> {
    Err(Error::Internal("no such record".to_owned()))
}

fn panicking(_: &Db, _: Option<Uuid>, _: &Value) -> Result<()> {
    panic!("poison")
}

const RUNNERS: &[(&str, Runner)] = &[
    ("good", good),
    ("refusing", refusing),
    ("panicking", panicking),
];

#[test]
fn poison_is_laid_aside_with_its_reason_and_hurts_no_other_job() {
    let app = TestApp::with_database();
    queue(&app, "panicking", &["1 panics"]);
    queue(&app, "refusing", &["2 refuses"]);
    queue(&app, "nobody's", &["3 unknown"]);
    queue(&app, "good", &["4 good"]);
    assert_eq!(run_due(&app.site.db, RUNNERS, 20).unwrap(), 4);
    assert_eq!(jobs(&app)[3].state, "done");
    assert_eq!(RUNS.load(Ordering::SeqCst), 1);
    for _ in 1..12 {
        a_while_passes(&app);
        assert_eq!(run_due(&app.site.db, RUNNERS, 20).unwrap(), 3);
    }
    a_while_passes(&app);
    assert_eq!(run_due(&app.site.db, RUNNERS, 20).unwrap(), 0);
    let ends: Vec<(String, i32, String)> = jobs(&app)
        .into_iter()
        .map(|job| (job.state, job.attempts, job.last_error.unwrap_or_default()))
        .collect();
    let end = |state: &str, attempts, reason: &str| (state.to_owned(), attempts, reason.to_owned());
    assert_eq!(
        ends,
        [
            end("dead", 12, "the job panicked"),
            end("dead", 12, "no such record"),
            end("dead", 12, "no one runs jobs of kind nobody's"),
            end("done", 1, ""),
        ]
    );
}

/// Lets every lease of the queue run out, and another worker take over, while it runs.
fn slow(db: &Db, _: Option<Uuid>, _: &Value) -> Result<()> {
    db.tx(&SYSTEM, |conn| {
        sql_query("UPDATE jobs SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'queued'")
            .execute(conn.pg())?;
        lease::claim(conn, JOBS, 10, LEASE).map(|_| ())
    })
}

fn never(_: &Db, _: Option<Uuid>, _: &Value) -> Result<()> {
    panic!("this job was another worker's when its turn came")
}

#[test]
fn a_job_whose_claim_ran_out_behind_a_slow_one_is_left_to_its_new_worker() {
    let app = TestApp::with_database();
    queue(&app, "slow", &["1"]);
    queue(&app, "never", &["2"]);
    run_due(&app.site.db, &[("slow", slow), ("never", never)], 20).unwrap();
    let all = jobs(&app);
    assert!(
        all.iter()
            .all(|job| job.state == "queued" && job.last_error.is_none())
    );
    // A job is claimed when its turn comes, so the second was only ever the other worker's.
    let attempts: Vec<i32> = all.iter().map(|job| job.attempts).collect();
    assert_eq!(attempts, [2, 1]);
}
