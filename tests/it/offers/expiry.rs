//! An offer's deadline has one truth: whoever comes in the same instant, exactly one of answer and
//! expiry wins, by the database's clock.

use std::sync::Barrier;
use std::time::Duration;

use banyan::access;
use banyan::applications::rules::Decision;
use banyan::db::{Actor, Db, Task};
use banyan::error::Error;
use banyan::ids::OfferId;
use banyan::lang::Lang;
use banyan::offers::actions;
use diesel::sql_types::{Double, Uuid as SqlUuid};
use diesel::{RunQueryDsl as _, sql_query};

use super::Dice;
use crate::support::app::TestApp;
use crate::support::fixtures::offers::{Candidate, Scene};
use crate::support::scale;

/// Accept and expire start together, a few milliseconds before, at or after a deadline that is
/// `after` microseconds away. True when the acceptance won.
fn trial(
    db: &Db,
    scene: &Scene,
    whom: Candidate,
    offer: OfferId,
    (after, lead): (u32, u32),
) -> bool {
    let deadline = f64::from(after) / 1_000_000.0;
    let lead = Duration::from_micros(lead.into());
    db.tx(&scene.staff, |conn| {
        sql_query(
            "UPDATE offers SET expires_at = banyan_now() + make_interval(secs => $2) WHERE id = $1",
        )
        .bind::<SqlUuid, _>(offer)
        .bind::<Double, _>(deadline)
        .execute(conn.pg())?;
        Ok(())
    })
    .unwrap();
    let start = Barrier::new(2);
    let seats = Actor::System(Task::Seats);
    let expire = || db.tx(&seats, |conn| actions::expire(conn, offer)).unwrap();
    let (accepted, expired) = std::thread::scope(|threads| {
        let accepting = threads.spawn(|| {
            start.wait();
            std::thread::sleep(lead);
            let outcome = db.tx(&whom.actor(), |conn| {
                let own = access::own_offer(conn, offer)?;
                actions::accept(conn, &own)
            });
            match outcome {
                Ok(()) => true,
                Err(Error::Refused(refusal)) => {
                    let code = refusal.code();
                    let lost = ["offer_deadline_passed", "offer_expired"].contains(&code);
                    assert!(lost, "{code}");
                    false
                }
                Err(other) => panic!("{other:?}"),
            }
        });
        start.wait();
        let mut expired = false;
        for _ in 0..4 {
            expired |= expire();
            std::thread::sleep(Duration::from_millis(2));
        }
        (accepting.join().unwrap(), expired)
    });
    // What was not due in time is due now, unless it was accepted.
    let expired = expired | expire();
    assert_ne!(accepted, expired, "exactly one wins");
    let state = scene.word_with(db, "SELECT state AS t FROM offers WHERE id = $1", offer.0);
    assert_eq!(state, if accepted { "accepted" } else { "expired" });
    accepted
}

#[test]
fn an_answer_and_the_deadline_at_the_same_instant_have_exactly_one_winner() {
    let (batches, each) = (scale::of(2, 50), scale::of(100, 200));
    let app = TestApp::with_database();
    let mut dice = Dice::new(6);
    let (mut won, mut after) = (0, 8_000);
    for _ in 0..batches {
        let scene = Scene::new(&app, i32::try_from(each).unwrap(), &[]);
        let people: Vec<Candidate> = (0..each)
            .map(|n| {
                let whom = scene.candidate(&app, &format!("Racer {n}"), Lang::En, None, None);
                scene.decide(&app, whom, Decision::Accept, None);
                whom
            })
            .collect();
        scene.release(&app);
        for whom in people {
            let offer = scene.offer(&app, whom);
            let lead = u32::try_from(dice.roll(3_000)).unwrap();
            let accepted = trial(&app.site.db, &scene, whom, offer, (after, lead));
            won += u32::from(accepted);
            // However fast the machine is, the deadline stays about where the two meet.
            after = if accepted {
                after * 9 / 10
            } else {
                after + 500
            }
            .max(1_000);
        }
    }
    let trials = u32::try_from(batches * each).unwrap();
    eprintln!("{won} of {trials} accepted in time");
    assert!(won > 0 && won < trials, "both sides must win sometimes");
}
