//! A worker that is stopped in the middle of a letter, loses its lease, and wakes: what another did
//! meanwhile stands.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use banyan::mail::Limits;
use banyan::mail::outbox::{LEASE, SLOTS};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Double};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::outbox::{number, settings, write};
use crate::support::app::TestApp;
use crate::support::process::{Process, signal, wait_until};
use crate::support::scale;
use crate::support::smtp_sink::{Plan, Sink, Step, Watch};

/// Every change of a letter, written down by the database.
const JOURNAL: &str = "\
    CREATE TABLE journal (n bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), letter uuid NOT NULL, \
      was text NOT NULL, became text NOT NULL, old_token uuid, token uuid, old_lease timestamptz, worker boolean NOT NULL); \
    CREATE FUNCTION journal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN \
      INSERT INTO journal (letter, was, became, old_token, token, old_lease, worker) VALUES (OLD.id, OLD.state, NEW.state, \
        OLD.claim_token, NEW.claim_token, OLD.lease_until, session_user = 'banyan_app'); RETURN NULL; END $$; \
    CREATE TRIGGER journal AFTER UPDATE ON letters FOR EACH ROW EXECUTE FUNCTION journal()";

/// As if the lease had all but run out: it ends in half a second.
const AGE: &str = "UPDATE letters SET lease_until = clock_timestamp() + interval '0.5 seconds' \
    WHERE state = 'queued' AND lease_until IS NOT NULL";

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Seconds {
    #[diesel(sql_type = Double)]
    seconds: f64,
}

fn count(conn: &mut PgConnection, sql: &str) -> i64 {
    sql_query(sql).get_result::<Count>(conn).unwrap().n
}

/// Stops the worker at this step.
type Trap = Arc<Mutex<Option<(Step, u32)>>>;

fn stopping(trap: &Trap) -> Watch {
    let trap = Arc::clone(trap);
    Watch(Arc::new(move |step| {
        let mut set = trap.lock().unwrap();
        if let Some((_, pid)) = set.take_if(|(at, _)| *at == step) {
            signal(pid, "STOP");
        }
    }))
}

const STEPS: [Step; 5] = [
    Step::Mail,
    Step::Data,
    Step::BeforeReply,
    Step::AfterReply,
    Step::Rcpt,
];

/// Some stalls, one after another, in a house of their own; returns twins and the slowest rescue.
fn lane(stalls: usize, from: usize) -> (usize, f64) {
    let trap = Trap::default();
    let sink = Sink::start(Plan {
        watch: Some(stopping(&trap)),
        headers_only: true,
        ..Plan::default()
    });
    let app = TestApp::with_database();
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    conn.batch_execute(JOURNAL).unwrap();
    let queued = || {
        number(
            &app,
            "SELECT count(*) AS n FROM letters WHERE state = 'queued'",
        )
    };
    for stall in 0..stalls {
        let step = STEPS[(from + stall) % STEPS.len()];
        for letter in 0..3 {
            write(&app, stall * 4 + letter).unwrap();
        }
        let mut set = trap.lock().unwrap();
        let sleeper = Process::work(&app, &settings(&sink));
        *set = Some((step, sleeper.id()));
        drop(set);
        wait_until("the worker at its step", || trap.lock().unwrap().is_none());
        let mut other = Process::work(&app, &settings(&sink));
        conn.batch_execute(AGE).unwrap();
        wait_until("the rescue", || {
            assert!(!other.ended(), "it ended by itself: {}", other.log());
            queued() == 0
        });
        // A lease is longer than any claim is trusted for: so is this sleep.
        std::thread::sleep(Duration::from_millis(3_200));
        signal(sleeper.id(), "CONT");
        other.stop();
        // Awake, it does what it still believes to be its own, and then new work like any other.
        write(&app, stall * 4 + 3).unwrap();
        wait_until("the sleeper's next letter", || queued() == 0);
        sleeper.stop();
    }
    check(&mut conn, stalls);
    let copies = sink.copies();
    assert_eq!(copies.len(), stalls * 4, "each letter went, under one name");
    let twins = copies.values().map(|copies| copies - 1).sum();
    assert!(twins <= stalls * SLOTS, "{twins} twins");
    let rescue = "SELECT coalesce(max(extract(epoch FROM at - old_lease)), 0)::float8 AS seconds FROM journal \
        WHERE worker AND old_lease IS NOT NULL AND token <> old_token";
    let slowest = sql_query(rescue).get_result::<Seconds>(&mut conn).unwrap();
    (twins, slowest.seconds)
}

/// What the journal must show.
fn check(conn: &mut PgConnection, stalls: usize) {
    let sent = count(
        conn,
        "SELECT count(*) AS n FROM journal WHERE became = 'sent' AND was = 'queued'",
    );
    assert_eq!(
        sent,
        i64::try_from(stalls * 4).unwrap(),
        "each was finished once"
    );
    let stale = count(
        conn,
        "SELECT count(*) AS n FROM journal WHERE was <> 'queued'",
    );
    assert_eq!(stale, 0, "nothing touches a letter that was finished");
    let strange = count(
        conn,
        "SELECT count(*) AS n FROM journal f WHERE f.became = 'sent' AND f.old_token IS DISTINCT FROM \
           (SELECT c.token FROM journal c WHERE c.letter = f.letter AND c.n < f.n AND c.token IS DISTINCT FROM c.old_token \
            ORDER BY c.n DESC LIMIT 1)",
    );
    assert_eq!(strange, 0, "only the last claim finishes a letter");
    let rescued = count(
        conn,
        "SELECT count(*) AS n FROM (SELECT letter FROM journal \
        WHERE token IS DISTINCT FROM old_token GROUP BY letter HAVING count(*) > 1) twice",
    );
    assert!(
        rescued >= i64::try_from(stalls).unwrap(),
        "each stall was rescued"
    );
}

#[test]
fn a_worker_that_was_stopped_past_its_lease_harms_nothing_when_it_wakes() {
    let lanes = if scale::soaking() { 3 } else { 2 };
    let stalls = scale::of(4, 500).div_ceil(lanes);
    let results: Vec<(usize, f64)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..lanes)
            .map(|lane_number| scope.spawn(move || lane(stalls, lane_number)))
            .collect();
        running.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let twins: usize = results.iter().map(|(twins, _)| twins).sum();
    let slowest = results.iter().map(|(_, s)| *s).fold(0.0, f64::max);
    eprintln!(
        "{} stalls: {twins} twins, 0 stale writes, slowest rescue {slowest:.2} s after the lease",
        stalls * lanes
    );
    // The promise is five seconds; the rest is for a machine with other work.
    assert!(slowest < 20.0, "{slowest} s after the end of the lease");
}

#[test]
fn no_send_may_outlast_the_lease_under_which_it_began() {
    let limits = Limits::default();
    let trusted = Duration::from_secs(3);
    assert!(limits.step < limits.send && limits.send + trusted < LEASE);
}
