//! A worker that is killed exactly between two steps of claim → send → finish, at each of them in turn:
//! the mail server and the database on the other side kill it, so nothing in it knows of the test.

use std::sync::{Arc, Mutex};

use banyan::mail::outbox::SLOTS;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::outbox::{courier_to, hours_pass, settings, states, write};
use crate::support::app::TestApp;
use crate::support::process::{Process, signal, wait_until};
use crate::support::smtp_sink::{Plan, Sink, Step, Watch};

/// Where the worker is killed, and at which passing of that place.
#[derive(Clone, Copy, Debug)]
struct Trap {
    step: Step,
    passing: usize,
}

/// Kills the worker at its trap, once.
#[derive(Default)]
struct Killer {
    armed: Mutex<Option<(Trap, u32)>>,
}

impl Killer {
    fn watch(self: &Arc<Self>) -> Watch {
        let killer = Arc::clone(self);
        Watch(Arc::new(move |step| {
            let mut armed = killer.armed.lock().unwrap();
            let Some((trap, pid)) = armed.as_mut().filter(|(trap, _)| trap.step == step) else {
                return;
            };
            trap.passing -= 1;
            if trap.passing == 0 {
                signal(*pid, "KILL");
                *armed = None;
            }
        }))
    }
}

fn traps() -> Vec<Trap> {
    let at = |step, passing| Trap { step, passing };
    let mut traps = vec![at(Step::Connected, 1), at(Step::Hello, 1)];
    for step in [
        Step::Mail,
        Step::Rcpt,
        Step::Data,
        Step::BeforeReply,
        Step::AfterReply,
    ] {
        traps.extend([at(step, 1), at(step, 2), at(step, 3)]);
    }
    traps
}

#[test]
fn a_kill_at_any_step_of_the_conversation_loses_nothing() {
    for offers in [vec!["PIPELINING", "8BITMIME", "SMTPUTF8"], vec!["8BITMIME"]] {
        let killer = Arc::new(Killer::default());
        let sink = Sink::start(Plan {
            offers: offers.clone(),
            watch: Some(killer.watch()),
            ..Plan::default()
        });
        let app = TestApp::with_database();
        let (mut number, mut twins) = (0, 0);
        for trap in traps() {
            let before = sink.count();
            for _ in 0..3 {
                number += 1;
                write(&app, number).unwrap();
            }
            // Whoever comes to the trap waits for it to be set.
            let mut armed = killer.armed.lock().unwrap();
            let worker = Process::work(&app, &settings(&sink));
            *armed = Some((trap, worker.id()));
            drop(armed);
            let log = worker.wait();
            let met = killer.armed.lock().unwrap().is_none();
            assert!(met, "{trap:?} was not met: {log}");
            hours_pass(&app);
            let mut courier = courier_to(&app, &sink);
            while courier.deliver_due().unwrap() > 0 {}
            assert!(states(&app).iter().all(|state| state == "sent"), "{trap:?}");
            let more = sink.count() - before - 3;
            // The letter that was kept without an answer goes again, and so may those before it that
            // were not noted yet; a letter that had not gone out whole cannot have a twin.
            let kept = match trap.step {
                Step::Connected | Step::Hello => 0,
                Step::Mail | Step::Rcpt | Step::Data => trap.passing - 1,
                Step::BeforeReply | Step::AfterReply => trap.passing,
            };
            assert!(more <= kept, "{trap:?}: {more} twins");
            if trap.step == Step::BeforeReply {
                assert!(more >= 1, "{trap:?}: nobody had said that it was taken");
            }
            twins += more;
        }
        let copies = sink.copies();
        assert_eq!(copies.len(), number, "every letter has one name");
        eprintln!(
            "{} kills, {twins} twins, none lost, {offers:?}",
            traps().len()
        );
        assert!(twins <= traps().len() * SLOTS);
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Somebody waits for a lock that this test holds.
fn somebody_waits(conn: &mut PgConnection) -> bool {
    let sql = "SELECT count(*) AS n FROM pg_locks l JOIN pg_class c ON c.oid = l.relation \
        WHERE c.relname = 'letters' AND NOT l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    sql_query(sql).get_result::<Count>(conn).unwrap().n > 0
}

const LOCK: &str = "BEGIN; LOCK TABLE letters IN SHARE MODE";

#[test]
fn a_kill_in_the_middle_of_a_claim_or_of_a_note_loses_nothing() {
    for at_note in [false, true] {
        let app = TestApp::with_database();
        let session = Arc::new(Mutex::new(
            PgConnection::establish(&app.super_url()).unwrap(),
        ));
        let locking = Arc::clone(&session);
        let watch = Watch(Arc::new(move |step| {
            if at_note && step == Step::BeforeReply {
                // Only the first time: the lock is held from then on.
                let _ = locking.lock().unwrap().batch_execute(LOCK);
            }
        }));
        let plan = Plan {
            watch: Some(watch),
            ..Plan::default()
        };
        let sink = Sink::start(plan);
        write(&app, 1).unwrap();
        if !at_note {
            session.lock().unwrap().batch_execute(LOCK).unwrap();
        }
        let worker = Process::work(&app, &settings(&sink));
        wait_until("a worker that waits for the lock", || {
            sink.count() >= usize::from(at_note) && somebody_waits(&mut session.lock().unwrap())
        });
        worker.kill();
        let mut session = session.lock().unwrap();
        session.batch_execute("COMMIT").unwrap();
        // Its server process may still finish the statement at hand, or give up: both are right.
        wait_until("the end of its server processes", || {
            !somebody_waits(&mut session)
        });
        drop(session);
        let after = Sink::start(Plan::default());
        wait_until("the letter", || {
            hours_pass(&app);
            let mut courier = courier_to(&app, &after);
            courier.deliver_due().unwrap();
            states(&app) == ["sent"]
        });
        let copies = sink.count() + after.count();
        let most = if at_note { 2 } else { 1 };
        assert!((1..=most).contains(&copies), "{copies} copies");
    }
}
