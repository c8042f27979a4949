//! The worker: letters, jobs and the seal, each in a thread of its own.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::audit::seal;
use crate::db::Bell;
use crate::error::{Error, Result};
use crate::house;
use crate::jobs::{self, sweep};
use crate::mail::outbox::Courier;
use crate::web::Site;

/// How often the queues are looked at when they were empty, in a process of one's own.
pub(super) const ALONE: Duration = Duration::from_millis(500);
/// The same beside a server: its bell tells of most work at once.
pub(super) const BESIDE_SERVER: Duration = Duration::from_secs(1);
/// How often history is sealed.
const SEAL: Duration = Duration::from_secs(3);
/// How often the steps of cohorts' figures are folded.
const FOLD: Duration = Duration::from_secs(20);
/// How often offers are looked through whose deadline came and whose job was lost.
const LATE: Duration = Duration::from_secs(60);
/// How often what has expired is removed.
const SWEEP: Duration = Duration::from_secs(3_600);
/// How often it is asked whether today's look for trainees at risk has been done.
const AT_RISK: Duration = Duration::from_secs(900);
/// The pause after a failure, such as a database that is away.
const TROUBLE: Duration = Duration::from_secs(2);

/// The worker at work.
pub struct Worker {
    stop: Arc<AtomicBool>,
    bell: Arc<Bell>,
    threads: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Starts working beside a server of the same process.
    ///
    /// # Errors
    /// The mail server's settings cannot be used.
    pub fn start(site: &Site) -> Result<Self> {
        Self::pausing(site, BESIDE_SERVER)
    }

    /// Starts working; `pause` is how often the queues are looked at when nothing rings.
    pub(super) fn pausing(site: &Site, pause: Duration) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let bell = site.db.bell();
        let beat = |name, pause, work: Work| beat(&stop, &bell, name, pause, work);
        let mut courier = Courier::new(site.db.clone(), site.keys.clone(), &site.config)?;
        let (db, keys, runners) = (site.db.clone(), site.keys.clone(), house::runners());
        let (queue, offers) = (site.db.clone(), site.db.clone());
        let tallies = site.db.clone();
        let late = (site.db.clone(), site.keys.clone());
        let (swept, store) = (site.db.clone(), site.files.clone());
        let at_risk = site.db.clone();
        let (hosting, supervision) = (site.db.clone(), site.db.clone());
        let threads = vec![
            beat("letters", pause, Box::new(move || courier.deliver_due())),
            beat(
                "jobs",
                pause,
                Box::new(move || jobs::run_due(&queue, &runners, 20)),
            ),
            beat("seal", SEAL, Box::new(move || seal::seal(&db, &keys))),
            beat(
                "late events",
                SWEEP,
                Box::new(move || seal::seal_late(&late.0, &late.1)),
            ),
            beat(
                "tallies",
                FOLD,
                // Whatever was folded, the next look can wait.
                Box::new(move || crate::cohorts::tallies::fold(&tallies).map(|_folded| 0)),
            ),
            beat(
                "late offers",
                LATE,
                Box::new(move || crate::offers::jobs::sweep(&offers)),
            ),
            beat(
                "late placements",
                LATE,
                Box::new(move || crate::hosting::jobs::sweep(&hosting)),
            ),
            beat(
                "placements under way",
                SWEEP,
                Box::new(move || crate::supervision::jobs::look(&supervision)),
            ),
            beat(
                "at risk",
                AT_RISK,
                Box::new(move || crate::at_risk::jobs::daily(&at_risk)),
            ),
            beat(
                "sweep",
                SWEEP,
                // Whatever was found, the next look is an hour away.
                Box::new(move || sweep::sweep(&swept, &store).map(|_swept| 0)),
            ),
        ];
        Ok(Self {
            stop,
            bell,
            threads,
        })
    }

    /// Finishes what is at hand and stops.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.bell.ring();
        for thread in self.threads {
            // A thread that panicked has told so already.
            let _ = thread.join();
        }
    }
}

/// One look at what there is to do; returns how much was done.
type Work = Box<dyn FnMut() -> Result<usize> + Send>;

/// Runs `work` again and again: at once while there is work, else after a pause. The bell ends the
/// pause of those who look at the queues often anyway.
fn beat(
    stop: &Arc<AtomicBool>,
    bell: &Arc<Bell>,
    name: &'static str,
    pause: Duration,
    mut work: Work,
) -> JoinHandle<()> {
    let (stop, bell) = (Arc::clone(stop), Arc::clone(bell));
    let rings = pause <= BESIDE_SERVER;
    std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            let rung = bell.rung();
            // What panics once must not keep every later letter from leaving.
            let done = std::panic::catch_unwind(AssertUnwindSafe(&mut work))
                .unwrap_or_else(|_panic| Err(Error::Internal("a panic".to_owned())));
            match done {
                Ok(0) if rings => bell.wait(rung, pause),
                Ok(0) => rest(&stop, &bell, pause),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, name, "the worker pauses");
                    rest(&stop, &bell, TROUBLE);
                }
            }
        }
    })
}

/// Sleeps, whatever rings, but wakes when told to stop.
fn rest(stop: &AtomicBool, bell: &Bell, pause: Duration) {
    let until = Instant::now() + pause;
    loop {
        let rung = bell.rung();
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || stop.load(Ordering::Relaxed) {
            return;
        }
        bell.wait(rung, left);
    }
}
