//! The lease protocol as a model, all its interleavings looked at, and the model beside the real thing.
//!
//! Three workers, three jobs. A worker may claim, crash, extend, finish, bury, give back; a lease may run
//! out at any moment. A stalled worker is one that takes no step meanwhile, a resumed one takes its next.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use banyan::db::{Actor, Task};
use banyan::jobs::lease::{self, Claim};
use banyan::jobs::{JOBS, later};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::{Bool, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use uuid::Uuid;

use crate::support::app::TestApp;
use crate::support::scale;

const WORKERS: usize = 3;
const COUNT: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Job {
    /// Nobody's.
    Free,
    /// Somebody's, until its lease runs out.
    Leased,
    /// Somebody's whose lease has run out.
    RunOut,
    Done,
    Dead,
}

/// What a worker believes to be its own, and whether its token is still the job's.
type Hand = Option<(usize, bool)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    jobs: [Job; COUNT],
    hands: [Hand; WORKERS],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Claim(usize, usize),
    Crash(usize),
    Extend(usize),
    Finish(usize),
    Bury(usize),
    GiveBack(usize),
    LeaseEnds(usize),
}

/// The rules of the protocol, as values, so that wrong ones can be tried.
#[derive(Clone, Copy)]
struct Rules {
    /// May this job be claimed?
    claimable: fn(Job) -> bool,
    /// May a worker change this job? True: its token is the job's.
    may_write: fn(Job, bool) -> bool,
    /// Does a claim make the tokens before it worthless?
    fences: bool,
}

const RULES: Rules = Rules {
    claimable: |job| matches!(job, Job::Free | Job::RunOut),
    may_write: |job, token| token && !matches!(job, Job::Done | Job::Dead),
    fences: true,
};

const START: World = World {
    jobs: [Job::Free; COUNT],
    hands: [None; WORKERS],
};

/// Every step that could come next.
fn steps(world: &World, rules: Rules) -> Vec<Step> {
    let mut steps = Vec::new();
    for (worker, hand) in world.hands.iter().enumerate() {
        if hand.is_some() {
            steps.extend([
                Step::Crash(worker),
                Step::Extend(worker),
                Step::Finish(worker),
                Step::Bury(worker),
                Step::GiveBack(worker),
            ]);
            continue;
        }
        let free = (0..COUNT).filter(|job| (rules.claimable)(world.jobs[*job]));
        steps.extend(free.map(|job| Step::Claim(worker, job)));
    }
    let leased = (0..COUNT).filter(|job| world.jobs[*job] == Job::Leased);
    steps.extend(leased.map(Step::LeaseEnds));
    steps
}

/// The world after a step, or what the protocol must never do.
fn after(mut world: World, step: Step, rules: Rules) -> Result<World, &'static str> {
    let write = |world: &mut World, worker: usize, becomes: Job, keeps: bool| {
        let Some((job, token)) = world.hands[worker] else {
            return Ok(());
        };
        if (rules.may_write)(world.jobs[job], token) {
            if !token {
                return Err("a stale write");
            }
            if matches!(world.jobs[job], Job::Done | Job::Dead) {
                return Err("a job that ended was changed");
            }
            world.jobs[job] = becomes;
        } else if keeps {
            world.hands[worker] = None;
        }
        if !keeps {
            world.hands[worker] = None;
        }
        Ok(())
    };
    match step {
        Step::Claim(worker, job) => {
            match world.jobs[job] {
                Job::Leased => return Err("a running lease was taken over"),
                Job::Done | Job::Dead => return Err("a job that ended was changed"),
                Job::Free | Job::RunOut => world.jobs[job] = Job::Leased,
            }
            for hand in &mut world.hands {
                if let Some((its, token)) = hand
                    && *its == job
                    && rules.fences
                {
                    *token = false;
                }
            }
            world.hands[worker] = Some((job, true));
        }
        Step::Crash(worker) => world.hands[worker] = None,
        Step::Extend(worker) => write(&mut world, worker, Job::Leased, true)?,
        Step::Finish(worker) => write(&mut world, worker, Job::Done, false)?,
        Step::Bury(worker) => write(&mut world, worker, Job::Dead, false)?,
        Step::GiveBack(worker) => write(&mut world, worker, Job::Free, false)?,
        Step::LeaseEnds(job) => world.jobs[job] = Job::RunOut,
    }
    for job in 0..COUNT {
        let owners = world.hands.iter().filter(|it| **it == Some((job, true)));
        if owners.count() > 1 {
            return Err("two workers own one job");
        }
    }
    Ok(world)
}

/// Looks at every world that can be reached; returns how many, or the first fault.
fn explore(rules: Rules) -> Result<usize, &'static str> {
    let mut before: BTreeMap<World, Vec<World>> = BTreeMap::from([(START, Vec::new())]);
    let mut next = VecDeque::from([START]);
    while let Some(world) = next.pop_front() {
        for step in steps(&world, rules) {
            let then = after(world, step, rules)?;
            if !before.contains_key(&then) {
                next.push_back(then);
            }
            before.entry(then).or_default().push(world);
        }
    }
    // Nothing is lost: from everywhere there is a way to the end of all jobs.
    let ended = |world: &&World| {
        world
            .jobs
            .iter()
            .all(|job| matches!(job, Job::Done | Job::Dead))
    };
    let mut good: BTreeSet<World> = before.keys().filter(ended).copied().collect();
    let mut back: Vec<World> = good.iter().copied().collect();
    while let Some(world) = back.pop() {
        for earlier in &before[&world] {
            if good.insert(*earlier) {
                back.push(*earlier);
            }
        }
    }
    if good.len() == before.len() {
        Ok(before.len())
    } else {
        Err("a job is lost")
    }
}

#[test]
fn in_every_interleaving_each_job_is_finished_once_by_its_last_claim() {
    let worlds = explore(RULES).unwrap();
    eprintln!("{worlds} worlds, no violation");
    assert!(worlds > 5_000, "{worlds}");
}

#[test]
fn the_model_sees_every_wrong_rule() {
    let wrong: [(&str, Rules, &str); 6] = [
        (
            "a write without a token",
            Rules {
                may_write: |job, _| !matches!(job, Job::Done | Job::Dead),
                ..RULES
            },
            "a stale write",
        ),
        (
            "a heartbeat that revives a lost lease",
            Rules {
                may_write: |job, token| token || job == Job::RunOut,
                ..RULES
            },
            "a stale write",
        ),
        (
            "a claim without a fresh token",
            Rules {
                fences: false,
                ..RULES
            },
            "two workers own one job",
        ),
        (
            "a lease that nobody respects",
            Rules {
                claimable: |job| !matches!(job, Job::Done | Job::Dead),
                ..RULES
            },
            "a running lease was taken over",
        ),
        (
            "a lease that never ends",
            Rules {
                claimable: |job| job == Job::Free,
                ..RULES
            },
            "a job is lost",
        ),
        (
            "an end that does not last",
            Rules {
                claimable: |job| job != Job::Leased,
                ..RULES
            },
            "a job that ended was changed",
        ),
    ];
    for (name, rules, fault) in wrong {
        assert_eq!(explore(rules), Err(fault), "{name}");
    }
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Bool)]
    leased: bool,
    #[diesel(sql_type = Bool)]
    running: bool,
}

const SYSTEM: Actor = Actor::System(Task::RunJobs);
const LEASE: Duration = Duration::from_secs(3_600);

/// The real queue, brought into the words of the model.
struct Real {
    app: TestApp,
    conn: PgConnection,
    ids: Vec<Uuid>,
    hands: [Option<Claim>; WORKERS],
}

impl Real {
    fn new() -> Self {
        let app = TestApp::with_database();
        let conn = PgConnection::establish(&app.super_url()).unwrap();
        let mut real = Self {
            app,
            conn,
            ids: Vec::new(),
            hands: Default::default(),
        };
        real.fresh(0);
        real
    }

    fn fresh(&mut self, walk: usize) {
        self.conn.batch_execute("DELETE FROM jobs").unwrap();
        let put = self.app.site.db.tx(&SYSTEM, |conn| {
            let now = banyan::db::now(conn)?;
            (0..COUNT).try_for_each(|n| later(conn, "x", None, &format!("{walk}/{n}"), now))
        });
        put.unwrap();
        self.hands = Default::default();
        self.ids = self.rows().into_iter().map(|row| row.id).collect();
    }

    fn rows(&mut self) -> Vec<Row> {
        let sql = "SELECT id, state, lease_until IS NOT NULL AS leased, \
            coalesce(lease_until > clock_timestamp(), false) AS running FROM jobs ORDER BY dedupe_key";
        sql_query(sql).load(&mut self.conn).unwrap()
    }

    fn jobs(&mut self) -> Vec<Job> {
        let rows = self.rows().into_iter();
        rows.map(|row| match (row.state.as_str(), row.leased, row.running) {
            ("done", false, _) => Job::Done,
            ("dead", false, _) => Job::Dead,
            ("queued", false, _) => Job::Free,
            ("queued", true, true) => Job::Leased,
            ("queued", true, false) => Job::RunOut,
            other => panic!("{other:?}"),
        })
        .collect()
    }

    /// Takes a step; true: it changed the job.
    fn step(&mut self, step: Step) -> bool {
        let hand = |worker: usize| self.hands[worker].clone().unwrap();
        let db = self.app.site.db.clone();
        match step {
            Step::Claim(worker, job) => {
                let id = self.ids[job];
                self.hands[worker] = db
                    .tx(&SYSTEM, |conn| lease::claim_one(conn, JOBS, id, LEASE))
                    .unwrap();
                self.hands[worker].is_some()
            }
            Step::Crash(worker) => self.hands[worker].take().is_none(),
            Step::Extend(worker) => {
                let claim = hand(worker);
                let mine = std::slice::from_ref(&claim);
                let held = db.tx(&SYSTEM, |conn| lease::extend(conn, JOBS, mine, LEASE));
                let held = held.unwrap() == [claim.id];
                if !held {
                    self.hands[worker] = None;
                }
                held
            }
            Step::Finish(worker) | Step::Bury(worker) | Step::GiveBack(worker) => {
                let claim = hand(worker);
                self.hands[worker] = None;
                let changed = db.tx(&SYSTEM, |conn| match step {
                    Step::Finish(_) => lease::finish(conn, JOBS, &claim),
                    Step::Bury(_) => lease::bury(conn, JOBS, &claim, "why"),
                    _ => Ok(lease::give_back(conn, JOBS, std::slice::from_ref(&claim))? == 1),
                });
                changed.unwrap()
            }
            Step::LeaseEnds(job) => {
                let end =
                    "UPDATE jobs SET lease_until = lease_until - interval '2 hours' WHERE id = $1";
                let changed = sql_query(end)
                    .bind::<SqlUuid, _>(self.ids[job])
                    .execute(&mut self.conn);
                changed.unwrap() == 1
            }
        }
    }
}

#[test]
fn the_real_queue_walks_as_the_model_does() {
    let walks = scale::of(12, 1_000);
    let mut random = 0x5EED_2027_u64;
    let mut below = move |end: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % u64::try_from(end).unwrap()).unwrap()
    };
    let mut real = Real::new();
    let mut stale = 0;
    for walk in 0..walks {
        real.fresh(walk + 1);
        let mut world = START;
        for _ in 0..40 {
            let choices = steps(&world, RULES);
            if choices.is_empty() {
                break;
            }
            let step = choices[below(choices.len())];
            let then = after(world, step, RULES).unwrap();
            let changed = real.step(step);
            if let Step::Finish(w) | Step::Bury(w) | Step::GiveBack(w) | Step::Extend(w) = step {
                let (job, token) = world.hands[w].unwrap();
                assert_eq!(
                    changed,
                    (RULES.may_write)(world.jobs[job], token),
                    "{world:?} {step:?}"
                );
                stale += usize::from(!changed);
            }
            assert_eq!(real.jobs(), then.jobs, "{world:?} {step:?}");
            let hands = real.hands.clone().map(|hand| hand.map(|it| it.id));
            let wanted = then.hands.map(|hand| hand.map(|(job, _)| real.ids[job]));
            assert_eq!(hands, wanted, "{world:?} {step:?}");
            world = then;
        }
    }
    eprintln!("{walks} walks, {stale} stale writes refused");
    assert!(stale > 0, "some came too late");
}

/// Is a job that takes its worker down with it each time laid aside in the end, alone?
#[test]
fn a_job_that_ends_its_worker_each_time_is_laid_aside_and_its_neighbours_are_not() {
    let mut real = Real::new();
    for _ in 0..12 {
        assert!(real.step(Step::Claim(0, 0)));
        real.step(Step::Crash(0));
        real.step(Step::LeaseEnds(0));
    }
    let runners: [(&'static str, banyan::jobs::Runner); 1] = [("x", |_, _, _| Ok(()))];
    assert_eq!(
        banyan::jobs::run_due(&real.app.site.db, &runners, 20).unwrap(),
        3
    );
    assert_eq!(real.jobs(), [Job::Dead, Job::Done, Job::Done]);
}
