//! Due times: what counts for whom, how late a submission is, and what that costs.

use chrono::{DateTime, Duration, Utc};

use super::AssessmentRefusal;

/// How late work is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateRule {
    /// Hours after the due time in which it is still taken; nought takes none.
    pub hours: i32,
    /// What each day begun costs, in hundredths of a per cent.
    pub per_day: i32,
    /// The most that lateness costs.
    pub cap: i32,
}

/// The times of one trainee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// From when work is taken.
    pub opens_at: DateTime<Utc>,
    /// When it is due, an extension counted in.
    pub due_at: DateTime<Utc>,
    /// How late work is taken.
    pub late: LateRule,
}

impl Times {
    /// The last moment at which work is taken.
    #[must_use]
    pub fn hard_end(&self) -> DateTime<Utc> {
        self.due_at + Duration::hours(i64::from(self.late.hours))
    }
}

/// The due time that counts: the later one of everybody's and one's own.
#[must_use]
pub fn effective(due_at: DateTime<Utc>, extended_to: Option<DateTime<Utc>>) -> DateTime<Utc> {
    extended_to.map_or(due_at, |own| own.max(due_at))
}

/// Days begun since the due time; the due time itself is in time.
#[must_use]
pub fn days_late(due_at: DateTime<Utc>, at: DateTime<Utc>) -> i32 {
    let over = at - due_at;
    if over <= Duration::zero() {
        return 0;
    }
    let whole = over.num_days();
    let begun = if over > Duration::days(whole) {
        whole + 1
    } else {
        whole
    };
    i32::try_from(begun).unwrap_or(i32::MAX)
}

/// What so many days cost.
#[must_use]
pub fn penalty(rule: &LateRule, days: i32) -> i32 {
    rule.per_day.saturating_mul(days.max(0)).min(rule.cap)
}

/// May work be handed in at this moment? Until the due time any try replaces the one before; after it,
/// only who has handed in nothing may. Answers with the days begun since the due time.
///
/// # Errors
/// [`AssessmentRefusal`]: not open yet, over, or work stands.
pub fn may_submit(
    times: &Times,
    standing: bool,
    now: DateTime<Utc>,
) -> Result<i32, AssessmentRefusal> {
    if now < times.opens_at {
        return Err(AssessmentRefusal::NotOpenYet);
    }
    if now <= times.due_at {
        return Ok(0);
    }
    if standing {
        return Err(AssessmentRefusal::HandedIn);
    }
    if now > times.hard_end() {
        return Err(AssessmentRefusal::TooLate);
    }
    Ok(days_late(times.due_at, now))
}
