//! When a trainee may check in, and what that makes of them.

use chrono::{DateTime, Duration, Utc};

use super::codes::TICKET_MINUTES;
use super::{AttendanceRefusal, Presence};

/// The window of a session's self check-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The session begins.
    pub starts_at: DateTime<Utc>,
    /// It ends.
    pub ends_at: DateTime<Utc>,
    /// Minutes before the start at which check-in opens.
    pub opens_before: i32,
    /// Minutes after the start at which it closes.
    pub closes_after: i32,
    /// Minutes after the start from which a trainee is late.
    pub late_after: i32,
}

fn minutes(n: i32) -> Duration {
    Duration::minutes(i64::from(n))
}

impl Window {
    /// Check-in opens.
    #[must_use]
    pub fn opens_at(&self) -> DateTime<Utc> {
        self.starts_at - minutes(self.opens_before)
    }

    /// Check-in closes: never later than the session ends.
    #[must_use]
    pub fn closes_at(&self) -> DateTime<Utc> {
        (self.starts_at + minutes(self.closes_after)).min(self.ends_at)
    }

    /// Minutes of the session.
    #[must_use]
    pub fn held(&self) -> i32 {
        i32::try_from((self.ends_at - self.starts_at).num_minutes()).unwrap_or(i32::MAX)
    }

    /// May a trainee check in at this moment?
    ///
    /// # Errors
    /// [`AttendanceRefusal::TooEarly`], [`AttendanceRefusal::Closed`]; neither is kept against anybody.
    pub fn open_at(&self, at: DateTime<Utc>) -> Result<(), AttendanceRefusal> {
        if at < self.opens_at() {
            Err(AttendanceRefusal::TooEarly)
        } else if at < self.closes_at() {
            Ok(())
        } else {
            Err(AttendanceRefusal::Closed)
        }
    }

    /// What a check-in at this moment makes of a trainee: state and minutes attended, whole minutes
    /// that were left.
    #[must_use]
    pub fn arrival(&self, at: DateTime<Utc>) -> (Presence, i32) {
        let held = self.held();
        if at <= self.starts_at + minutes(self.late_after) {
            return (Presence::Present, held);
        }
        let left = i32::try_from((self.ends_at - at).num_minutes()).unwrap_or(0);
        (Presence::Late, left.clamp(0, held.saturating_sub(1)))
    }

    /// May the register be filled in at this moment? From the opening on, without end.
    ///
    /// # Errors
    /// [`AttendanceRefusal::NotOpen`].
    pub fn fillable_at(&self, at: DateTime<Utc>) -> Result<(), AttendanceRefusal> {
        if at < self.opens_at() {
            Err(AttendanceRefusal::NotOpen)
        } else {
            Ok(())
        }
    }

    /// May it be signed off at this moment? Once nobody can check in any more: a scan of the last
    /// second is still good for its minutes.
    ///
    /// # Errors
    /// [`AttendanceRefusal::CheckInOpen`].
    pub fn signable_at(&self, at: DateTime<Utc>) -> Result<(), AttendanceRefusal> {
        if at < self.closes_at() + Duration::minutes(TICKET_MINUTES) {
            Err(AttendanceRefusal::CheckInOpen)
        } else {
            Ok(())
        }
    }
}
