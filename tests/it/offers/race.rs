//! The seat race: 64 clients, connections killed at random, and at the end (and all along) never a
//! seat too many, never a free seat while somebody who fits it waits, never two winners.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use banyan::access;
use banyan::applications::rules::Decision;
use banyan::audit::{self, About, Event};
use banyan::cohorts;
use banyan::db::{Actor, Db, Task, now};
use banyan::error::{Error, Result};
use banyan::ids::{ApplicationId, CohortId, OfferId, PersonId, PoolId};
use banyan::lang::Lang;
use banyan::offers::{actions, jobs, queries};
use chrono::TimeDelta;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Double, Integer, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use serde_json::{Value, json};

use super::Dice;
use super::replay::{Seen, replay};
use crate::support::app::TestApp;
use crate::support::fixtures::offers::{Candidate, Scene, applicant, count};
use crate::support::scale;

const CLIENTS: u64 = 64;

struct CapacityChanged(i32);

impl Event for CapacityChanged {
    fn verb(&self) -> &'static str {
        "pool.capacity_changed"
    }
    fn details(&self) -> Value {
        json!({ "capacity": self.0 })
    }
}

/// What was acknowledged to a client: the offer's state that must then be found.
type Journal = Mutex<Vec<(OfferId, &'static str)>>;

#[derive(Clone, QueryableByName)]
struct Live {
    #[diesel(sql_type = SqlUuid)]
    id: OfferId,
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = Text)]
    state: String,
}

/// A field of play that every client shares.
struct Field {
    db: Db,
    cohort: CohortId,
    staff: Actor,
    pools: Vec<PoolId>,
    people: Vec<Candidate>,
    journal: Journal,
    tally: Mutex<BTreeMap<String, usize>>,
}

impl Field {
    fn offers(&self) -> Result<Vec<Live>> {
        self.db.read(&self.staff, |conn| {
            Ok(sql_query(
                "SELECT id, person_id, state FROM offers WHERE cohort_id = $1 ORDER BY id",
            )
            .bind::<SqlUuid, _>(self.cohort)
            .load(conn.pg())?)
        })
    }

    /// One random step of one client.
    fn step(&self, dice: &mut Dice) -> (&'static str, Result<()>) {
        let offers = match self.offers() {
            Ok(offers) => offers,
            Err(error) => return ("look", Err(error)),
        };
        // Mostly what is open, now and then what has ended: that must be refused.
        let open: Vec<Live> = offers
            .iter()
            .filter(|it| it.state == "open")
            .cloned()
            .collect();
        let from = if dice.roll(8) == 0 { &offers } else { &open };
        let offer = dice.pick(from).cloned();
        match (dice.roll(20), offer) {
            (0..=4, Some(offer)) => ("accept", self.answer(&offer, true)),
            (5..=9, Some(offer)) => ("decline", self.answer(&offer, false)),
            (10..=11, Some(offer)) => ("run out", self.run_out(&offer, dice)),
            (12, Some(offer)) => ("withdraw offer", self.take_back(&offer)),
            (13, Some(offer)) => ("extend", self.extend(&offer)),
            (14..=15, _) => ("capacity", self.capacity(dice)),
            (16, _) => ("end hold", self.end_hold(dice)),
            (17, _) => ("sweep", jobs::sweep(&self.db).map(|_| ())),
            _ => ("withdraw", self.withdraw(dice)),
        }
    }

    fn answer(&self, offer: &Live, accept: bool) -> Result<()> {
        self.db.tx(&applicant(offer.person_id), |conn| {
            let own = access::own_offer(conn, offer.id)?;
            if accept {
                actions::accept(conn, &own)
            } else {
                actions::decline(conn, &own, None)
            }
        })?;
        let state = if accept { "accepted" } else { "declined" };
        self.journal.lock().unwrap().push((offer.id, state));
        Ok(())
    }

    fn take_back(&self, offer: &Live) -> Result<()> {
        self.db.tx(&self.staff, |conn| {
            let staff = access::cohort_staff(conn, self.cohort)?;
            actions::withdraw_offer(conn, &staff, offer.id, "A mistake of ours.")
        })?;
        self.journal.lock().unwrap().push((offer.id, "withdrawn"));
        Ok(())
    }

    fn extend(&self, offer: &Live) -> Result<()> {
        self.db.tx(&self.staff, |conn| {
            let staff = access::cohort_staff(conn, self.cohort)?;
            let later = now(conn)? + TimeDelta::days(30);
            actions::extend(conn, &staff, offer.id, later)
        })
    }

    /// The deadline comes nearer than anybody would do it, and then comes.
    fn run_out(&self, offer: &Live, dice: &mut Dice) -> Result<()> {
        let soon = f64::from(u32::try_from(dice.roll(4)).unwrap()) / 1_000.0;
        self.db.tx(&self.staff, |conn| {
            let staff = access::cohort_staff(conn, self.cohort)?;
            cohorts::queries::lock(conn, &staff)?;
            sql_query("UPDATE offers SET expires_at = banyan_now() + make_interval(secs => $2) WHERE id = $1 AND state = 'open'")
                .bind::<SqlUuid, _>(offer.id)
                .bind::<Double, _>(soon)
                .execute(conn.pg())?;
            Ok(())
        })?;
        let ended = self.db.tx(&Actor::System(Task::Seats), |conn| {
            actions::expire(conn, offer.id)
        })?;
        if ended {
            self.journal.lock().unwrap().push((offer.id, "expired"));
        }
        Ok(())
    }

    fn withdraw(&self, dice: &mut Dice) -> Result<()> {
        let Some(whom) = dice.pick(&self.people) else {
            return Ok(());
        };
        self.db.tx(&whom.actor(), |conn| {
            let own = access::own_application(conn, whom.application)?;
            actions::withdraw_application(conn, &own)
        })
    }

    fn capacity(&self, dice: &mut Dice) -> Result<()> {
        let (pool, by) = (*dice.pick(&self.pools).unwrap(), dice.roll(4));
        self.db.tx(&self.staff, |conn| {
            let staff = access::cohort_staff(conn, self.cohort)?;
            let cohort = cohorts::queries::lock(conn, &staff)?;
            let pools = cohorts::queries::lock_pools(conn, &cohort)?;
            let row = pools.iter().find(|it| it.id == pool).unwrap();
            let by = i32::try_from(by).unwrap() - 1;
            let capacity = (row.capacity + by).max(row.offered + row.taken);
            sql_query("UPDATE seat_pools SET capacity = $2 WHERE id = $1")
                .bind::<SqlUuid, _>(pool)
                .bind::<Integer, _>(capacity)
                .execute(conn.pg())?;
            let about = About::new("pool", pool.0).within(staff.programme());
            audit::note(conn, about, &CapacityChanged(capacity))?;
            actions::fill_free_seats(conn, &cohort).map(|_| ())
        })
    }

    fn end_hold(&self, dice: &mut Dice) -> Result<()> {
        let pool = *dice.pick(&self.pools).unwrap();
        self.db.tx(&self.staff, |conn| {
            let staff = access::cohort_staff(conn, self.cohort)?;
            let cohort = cohorts::queries::lock(conn, &staff)?;
            sql_query("UPDATE seat_pools SET hold_until = banyan_now() WHERE id = $1 AND organisation_id IS NOT NULL")
                .bind::<SqlUuid, _>(pool)
                .execute(conn.pg())?;
            actions::fill_free_seats(conn, &cohort).map(|_| ())
        })
    }

    /// What a client may be told: yes, a rule's no, or that the connection is gone.
    fn judge(&self, what: &str, outcome: &Result<()>) {
        let word = match outcome {
            Ok(()) => "done",
            Err(Error::Refused(_)) => "refused",
            Err(Error::Busy) => "busy",
            Err(Error::Database(err)) => {
                let text = err.to_string();
                let gone = ["terminat", "closed", "connection", "broken", "lock timeout"];
                let known = gone.iter().any(|it| text.to_lowercase().contains(it));
                assert!(known, "{what}: {text}");
                "cut off"
            }
            Err(other) => panic!("{what}: {other:?}"),
        };
        *self
            .tally
            .lock()
            .unwrap()
            .entry(format!("{what} {word}"))
            .or_default() += 1;
    }
}

fn play(field: &Arc<Field>, seed: u64, steps: usize) {
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let field = Arc::clone(field);
            std::thread::spawn(move || {
                let mut dice = Dice::new(seed * 1_000 + client);
                for _ in 0..steps {
                    let (what, outcome) = field.step(&mut dice);
                    field.judge(what, &outcome);
                }
            })
        })
        .collect();
    for client in clients {
        client.join().unwrap();
    }
}

/// Ends backends at random until told to stop; returns how many.
fn kill(super_url: &str, over: &AtomicBool, seed: u64) -> usize {
    #[derive(QueryableByName)]
    struct N {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let mut conn = PgConnection::establish(super_url).unwrap();
    conn.batch_execute(&format!("SELECT setseed(0.{})", seed % 1_000))
        .unwrap();
    let mut killed = 0;
    while !over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(70));
        let done: N = sql_query(
            "WITH victim AS (SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'banyan_app' \
               AND state <> 'idle' ORDER BY random() LIMIT 1) \
             SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) AS n FROM victim",
        )
        .get_result(&mut conn)
        .unwrap();
        killed += usize::try_from(done.n).unwrap();
    }
    killed
}

/// Looks at the counters all along; each look is one snapshot.
fn watch(url: &str, over: &AtomicBool) -> usize {
    let db = Db::connect(url, 1).unwrap();
    let mut looks = 0;
    while !over.load(Ordering::Relaxed) {
        let seen = db.read(&Actor::System(Task::Seats), |conn| {
            let wrong = queries::reconcile(conn)?;
            let oversold = count(
                conn,
                "SELECT count(*) AS n FROM seat_pools WHERE offered + taken > capacity",
            )?;
            let twice = count(conn, TWICE)?;
            let idle = count(conn, IDLE)?;
            Ok((wrong, oversold, twice, idle))
        });
        if let Ok(seen) = seen {
            assert_eq!(seen, (Vec::new(), 0, 0, 0));
            looks += 1;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    looks
}

const TWICE: &str = "SELECT count(*) AS n FROM (SELECT application_id FROM offers \
    WHERE state IN ('open', 'accepted') AND vacated_at IS NULL GROUP BY 1 HAVING count(*) > 1) t";
const IDLE: &str = "SELECT count(*) AS n FROM seat_pools p JOIN waitlist_entries w ON w.cohort_id = p.cohort_id \
    AND w.state = 'waiting' AND p.id = ANY (w.pool_ids) WHERE p.offered + p.taken < p.capacity";

fn round(app: &TestApp, db: &Db, seed: u64) -> (Seen, BTreeMap<String, usize>, usize) {
    let mut dice = Dice::new(seed);
    let scene = Scene::new(app, 6, &[3, 2]);
    let people: Vec<Candidate> = (0..60)
        .map(|n| {
            let employer = match dice.roll(3) {
                0 => None,
                other => scene
                    .banks
                    .get(usize::try_from(other).unwrap() - 1)
                    .map(|it| it.0),
            };
            let lang = *dice.pick(&Lang::ALL).unwrap();
            let score = i32::try_from(dice.roll(5_000)).unwrap();
            let whom = scene.candidate(app, &format!("Racer {n}"), lang, employer, Some(score));
            let decision = match dice.roll(10) {
                0..=3 => Decision::Accept,
                4 => Decision::Reject,
                _ => Decision::Waitlist,
            };
            scene.decide(app, whom, decision, None);
            whom
        })
        .collect();
    scene.release(app);
    let begin: Vec<(uuid::Uuid, i32)> = std::iter::once((scene.open.0, 6))
        .chain(scene.banks.iter().map(|(_, pool)| pool.0).zip([3, 2]))
        .collect();
    let field = Arc::new(Field {
        db: db.clone(),
        cohort: scene.cohort,
        staff: scene.staff.clone(),
        pools: begin.iter().map(|(id, _)| PoolId(*id)).collect(),
        people,
        journal: Mutex::default(),
        tally: Mutex::default(),
    });
    let over = AtomicBool::new(false);
    let (killed, looks) = std::thread::scope(|threads| {
        let (super_url, url) = (app.super_url(), app.app_url());
        let over = &over;
        let killer = threads.spawn(move || kill(&super_url, over, seed));
        let watcher = threads.spawn(move || watch(&url, over));
        play(&field, seed, 4);
        over.store(true, Ordering::Relaxed);
        (killer.join().unwrap(), watcher.join().unwrap())
    });
    assert!(looks > 0, "nobody watched");
    let seen = at_rest(app, &field, &begin);
    let tally = field.tally.lock().unwrap().clone();
    (seen, tally, killed)
}

#[derive(QueryableByName)]
struct Ended {
    #[diesel(sql_type = SqlUuid)]
    application_id: ApplicationId,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    letters: i64,
    #[diesel(sql_type = BigInt)]
    made: i64,
}

/// After the last client has left.
fn at_rest(app: &TestApp, field: &Field, begin: &[(uuid::Uuid, i32)]) -> Seen {
    let db = &app.site.db;
    db.read(&Actor::System(Task::Seats), |conn| {
        assert_eq!(queries::reconcile(conn)?, Vec::new());
        assert_eq!(count(conn, TWICE)?, 0);
        assert_eq!(
            count(conn, IDLE)?,
            0,
            "a seat is free while somebody who fits it waits"
        );
        Ok(())
    })
    .unwrap();
    let states: BTreeMap<OfferId, String> = field
        .offers()
        .unwrap()
        .into_iter()
        .map(|it| (it.id, it.state))
        .collect();
    let mut told = BTreeMap::new();
    for (offer, state) in field.journal.lock().unwrap().iter() {
        assert_eq!(states[offer], *state, "what was acknowledged is kept");
        assert_eq!(told.insert(*offer, *state), None, "two winners");
    }
    db.tx(&field.staff, |conn| {
        let rows: Vec<Ended> = sql_query(
            "SELECT o.application_id, o.state, \
               (SELECT count(*) FROM letters l WHERE l.dedupe_key = 'offer:' || o.id || ':ended') AS letters, \
               (SELECT count(*) FROM letters l WHERE l.dedupe_key = 'offer:' || o.id || ':made') AS made \
             FROM offers o WHERE o.cohort_id = $1",
        )
        .bind::<SqlUuid, _>(field.cohort)
        .load(conn.pg())?;
        for row in rows {
            let ended = i64::from(row.state != "open");
            assert_eq!((row.letters, row.made), (ended, 1), "letters of {}", row.application_id);
        }
        let staff = access::cohort_staff(conn, field.cohort)?;
        let cohort = cohorts::queries::lock(conn, &staff)?;
        assert_eq!(actions::fill_free_seats(conn, &cohort)?, 0, "nothing was left to do");
        replay(conn, field.cohort, begin)
    })
    .unwrap()
}

#[test]
fn sixty_four_clients_and_killed_connections_never_oversell_nor_leave_a_seat_idle() {
    let rounds = u64::try_from(scale::of(4, 1_000)).unwrap();
    let app = TestApp::with_database();
    let db = Db::connect(&app.app_url(), 20).unwrap();
    let (mut promotions, mut kills) = (0, 0);
    let mut all: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 1..=rounds {
        let (seen, tally, killed) = round(&app, &db, seed);
        promotions += seen.promotions;
        kills += killed;
        for (what, n) in tally {
            *all.entry(what).or_default() += n;
        }
    }
    eprintln!("{rounds} rounds, {kills} backends ended, {promotions} promotions: {all:?}");
    // The campaign is one only if everything really happened.
    for what in [
        "accept", "decline", "withdraw", "run out", "capacity", "end hold",
    ] {
        assert!(
            all.contains_key(&format!("{what} done")),
            "no {what} succeeded: {all:?}"
        );
    }
    assert!(
        kills > 0 && promotions > 0,
        "{kills} kills, {promotions} promotions"
    );
}
