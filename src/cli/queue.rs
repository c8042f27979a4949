//! `banyan queue`: what was laid aside as dead, and back into the queue.

use clap::{Subcommand, ValueEnum};

use crate::db::{Actor, Task};
use crate::error::Result;
use crate::house::House;
use crate::jobs::{self, JOBS, lease};
use crate::mail::{self, outbox::LETTERS};

use super::say;

/// Dead letters and jobs.
#[derive(Subcommand)]
pub(super) enum Queue {
    /// List what is dead, by kind and reason.
    Dead,
    /// Put dead ones back into the queue, to be tried at once and as often as new ones.
    ///
    /// Mend the cause first. Run twice, the second run finds nothing to do. A letter goes out under the
    /// Message-ID that it has had from the beginning; each is noted in history.
    Retry {
        /// Which queue.
        what: What,
        /// Only those of this kind.
        #[arg(long)]
        kind: Option<String>,
    },
}

/// A queue.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum What {
    /// Letters.
    Letters,
    /// Jobs.
    Jobs,
}

/// Runs it.
pub(super) fn run(house: &House, command: &Queue) -> Result<()> {
    house.check_schema()?;
    let db = &house.site.db;
    match command {
        Queue::Dead => {
            let mut none = true;
            for (things, task, queue) in [
                ("letters", Task::DeliverMail, LETTERS),
                ("jobs", Task::RunJobs, JOBS),
            ] {
                let dead = db.read(&Actor::System(task), |conn| lease::dead(conn, queue))?;
                for it in &dead {
                    say(&format!("{:>6} {things} {}: {}", it.n, it.kind, it.reason));
                }
                none &= dead.is_empty();
            }
            if none {
                say("Nothing is dead.");
            }
        }
        Queue::Retry { what, kind } => {
            let n = match what {
                What::Letters => mail::redrive(db, kind.as_deref())?,
                What::Jobs => jobs::redrive(db, kind.as_deref())?,
            };
            say(&format!("{n} put back into the queue."));
        }
    }
    Ok(())
}
