//! What may be changed about a cohort, and when.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Timelike, Utc};

use crate::lang::format::{hk_date, hkt};
use crate::lang::refusals;

use super::{CohortState, end_of_day};

/// Criteria of a rubric: more than this nobody scores with care.
pub const MAX_CRITERIA: usize = 12;

refusals! {
    /// Why a change to a cohort is refused.
    pub enum ChangeRefusal {
        /// It is completed, archived or cancelled.
        Over = "cohort_over" => cohort_refuse_over,
        /// The code stands in addresses and letters once the call is public.
        CodeFixed = "cohort_code_fixed" => cohort_refuse_code,
        /// A call without seats.
        NoSeats = "cohort_without_seats" => cohort_refuse_no_seats,
        /// A call without a Personal Information Collection Statement.
        NoPics = "cohort_without_pics" => cohort_refuse_no_pics,
        /// The organisation has a pool already.
        PoolExists = "pool_exists" => cohort_refuse_pool_exists,
        /// A hold that would be over before it begins.
        HoldPast = "hold_in_past" => cohort_refuse_hold_past,
        /// Unused seats have gone to the open pool; the held pool does not come back.
        HoldOver = "hold_over" => cohort_refuse_hold_over,
        /// The open pool is held for nobody.
        NotHeld = "pool_not_held" => cohort_refuse_not_held,
        /// A review has been submitted on the rubric as it is.
        RubricFrozen = "rubric_frozen" => cohort_refuse_rubric_frozen,
        /// No criterion, or too many.
        RubricSize = "rubric_size" => cohort_refuse_rubric_size,
    }
}

/// May dates, texts and seats of a cohort in this state still change? Until it is over.
pub fn changeable(state: CohortState) -> Result<(), ChangeRefusal> {
    use CohortState as S;
    match state {
        S::Planned | S::Open | S::Reviewing | S::Offering | S::Running => Ok(()),
        S::Completed | S::Archived | S::Cancelled => Err(ChangeRefusal::Over),
    }
}

/// May the code become another one? Only while nobody outside knows it.
pub fn code_change(state: CohortState, changes: bool) -> Result<(), ChangeRefusal> {
    if changes && state != CohortState::Planned {
        Err(ChangeRefusal::CodeFixed)
    } else {
        Ok(())
    }
}

/// May the call be published? It promises seats, and it collects personal data.
pub fn may_open(seats: i64, has_pics: bool) -> Result<(), ChangeRefusal> {
    if seats < 1 {
        Err(ChangeRefusal::NoSeats)
    } else if !has_pics {
        Err(ChangeRefusal::NoPics)
    } else {
        Ok(())
    }
}

/// What a pool's hold is, for a change to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// An open pool has none.
    None,
    /// Held until then.
    Until(DateTime<Utc>),
    /// Over: unused seats were given back.
    Over,
}

impl Hold {
    /// From the two columns.
    pub fn from_columns(until: Option<DateTime<Utc>>, released: Option<DateTime<Utc>>) -> Self {
        match (until, released) {
            (None, _) => Self::None,
            (Some(_), Some(_)) => Self::Over,
            (Some(until), None) => Self::Until(until),
        }
    }

    /// Is the hold still on, so that its end can be moved or brought about?
    pub fn is_on(self) -> Result<DateTime<Utc>, ChangeRefusal> {
        match self {
            Self::None => Err(ChangeRefusal::NotHeld),
            Self::Over => Err(ChangeRefusal::HoldOver),
            Self::Until(until) => Ok(until),
        }
    }

    /// Do unused seats go back by themselves at `now` (the database's time)? A job that comes early
    /// or again finds nothing to do.
    pub fn ends(self, now: DateTime<Utc>) -> bool {
        match self {
            Self::None | Self::Over => false,
            Self::Until(until) => until <= now,
        }
    }
}

/// May seats be held until then? Only if that is still ahead.
pub fn hold_until(until: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), ChangeRefusal> {
    if now < until {
        Ok(())
    } else {
        Err(ChangeRefusal::HoldPast)
    }
}

/// May the rubric become one of this many criteria, after so many submitted reviews?
pub fn rubric_change(submitted_reviews: i64, criteria: usize) -> Result<(), ChangeRefusal> {
    if submitted_reviews > 0 {
        Err(ChangeRefusal::RubricFrozen)
    } else if !(1..=MAX_CRITERIA).contains(&criteria) {
        Err(ChangeRefusal::RubricSize)
    } else {
        Ok(())
    }
}

/// A deadline as people type it. "23:59" means the whole day: see [`end_of_day`]. Any other time
/// is meant to the minute.
pub fn as_deadline(typed: DateTime<Utc>) -> DateTime<Utc> {
    let local = typed.with_timezone(&hkt());
    if (local.hour(), local.minute()) == (23, 59) {
        end_of_day(hk_date(typed))
    } else {
        typed
    }
}
