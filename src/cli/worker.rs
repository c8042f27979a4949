//! The worker: letters, jobs and the seal, each in a thread of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::audit::seal;
use crate::error::Result;
use crate::house;
use crate::jobs::{self, sweep};
use crate::mail::outbox::Courier;
use crate::web::Site;

/// How often the queues are looked at when they were empty.
const PAUSE: Duration = Duration::from_millis(500);
/// How often history is sealed.
const SEAL: Duration = Duration::from_secs(3);
/// How often the steps of cohorts' figures are folded.
const FOLD: Duration = Duration::from_secs(20);
/// How often offers are looked through whose deadline came and whose job was lost.
const LATE: Duration = Duration::from_secs(60);
/// How often what has expired is removed.
const SWEEP: Duration = Duration::from_secs(3_600);
/// The pause after a failure, such as a database that is away.
const TROUBLE: Duration = Duration::from_secs(2);

/// The worker at work.
pub struct Worker {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Starts working.
    ///
    /// # Errors
    /// The mail server's settings cannot be used.
    pub fn start(site: &Site) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut courier = Courier::new(site.db.clone(), site.keys.clone(), &site.config)?;
        let (db, keys, runners) = (site.db.clone(), site.keys.clone(), house::runners());
        let (queue, offers) = (site.db.clone(), site.db.clone());
        let tallies = site.db.clone();
        let (swept, store) = (site.db.clone(), site.files.clone());
        let threads = vec![
            beat(&stop, "letters", PAUSE, move || courier.deliver_due()),
            beat(&stop, "jobs", PAUSE, move || {
                jobs::run_due(&queue, &runners, 20)
            }),
            beat(&stop, "seal", SEAL, move || {
                // A checkpoint every few seconds, however busy the house; at once only behind a backlog.
                let sealed = seal::seal(&db, &keys)?;
                Ok(if sealed < seal::AT_ONCE { 0 } else { sealed })
            }),
            beat(&stop, "tallies", FOLD, move || {
                // Whatever was folded, the next look can wait.
                crate::cohorts::tallies::fold(&tallies).map(|_folded| 0)
            }),
            beat(&stop, "late offers", LATE, move || {
                crate::offers::jobs::sweep(&offers)
            }),
            beat(&stop, "sweep", SWEEP, move || {
                // Whatever was found, the next look is an hour away.
                sweep::sweep(&swept, &store).map(|_swept| 0)
            }),
        ];
        Ok(Self { stop, threads })
    }

    /// Finishes what is at hand and stops.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            // A thread that panicked has told so already.
            let _ = thread.join();
        }
    }
}

/// Runs `work` again and again: at once while there is work, else after a pause.
fn beat(
    stop: &Arc<AtomicBool>,
    name: &'static str,
    pause: Duration,
    mut work: impl FnMut() -> Result<usize> + Send + 'static,
) -> JoinHandle<()> {
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            match work() {
                Ok(0) => rest(&stop, pause),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, name, "the worker pauses");
                    rest(&stop, TROUBLE);
                }
            }
        }
    })
}

/// Sleeps, but wakes soon after being told to stop.
fn rest(stop: &AtomicBool, pause: Duration) {
    let until = Instant::now() + pause;
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(pause.min(Duration::from_millis(100)));
    }
}
