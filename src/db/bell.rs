//! A bell in the process: it rings when a transaction that queued work has committed, so that a
//! worker beside it need not wait for its next look. A hint only: whoever misses it looks again soon.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Shared by everybody who uses the same pool.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Mutex<u64>,
    heard: Condvar,
}

impl Bell {
    /// Rings it.
    pub fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.heard.notify_all();
    }

    /// How often it has rung. Asked before the queue is looked at, so that no ring is missed between
    /// the look and the wait.
    #[must_use]
    pub fn rung(&self) -> u64 {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has rung more often than `rung`, for `at_most` at the longest.
    pub fn wait(&self, rung: u64, at_most: Duration) {
        let now = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        // Who is woken has nothing to read: the queue itself says what is due.
        drop(
            self.heard
                .wait_timeout_while(now, at_most, |now| *now == rung),
        );
    }
}
