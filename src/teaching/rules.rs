//! Words, refusals and plain decisions of teaching; the larger ones have files of their own.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, NaiveDate, Utc};

use crate::error::FieldError;
use crate::lang::{refusals, words};

pub mod calendar;
pub mod clashes;
pub mod recurrence;
pub mod storm;

words! {
    /// Where an offering stands.
    pub enum OfferingState {
        /// Being prepared; trainees and instructors do not see it.
        Planned = "planned" => offering_planned,
        /// Shown to its trainees and instructors.
        Published = "published" => offering_published,
        /// Will not take place, or no more.
        Cancelled = "cancelled" => offering_cancelled,
    }
}

words! {
    /// Where a session stands.
    pub enum SessionState {
        /// Will take place.
        Scheduled = "scheduled" => session_scheduled,
        /// Does not take place and counts in no attendance; only a make-up session comes in its stead.
        Cancelled = "cancelled" => session_cancelled,
        /// Has taken place.
        Held = "held" => session_held,
    }
}

words! {
    /// Why a session is cancelled.
    pub enum CancelReason {
        /// Tropical cyclone warning signal no. 8 or above.
        Signal8 = "signal_8" => cancel_signal_8,
        /// Black rainstorm warning.
        BlackRain = "black_rain" => cancel_black_rain,
        /// Extreme conditions announced by the Government.
        Extreme = "extreme_conditions" => cancel_extreme,
        /// The instructor cannot come.
        Instructor = "instructor" => cancel_instructor,
        /// The room cannot be used.
        Room = "room" => cancel_room,
        /// Another reason.
        Other = "other" => cancel_other,
    }
}

impl CancelReason {
    /// Those that suspend the classes of a whole day.
    pub const WEATHER: [Self; 3] = [Self::Signal8, Self::BlackRain, Self::Extreme];

    /// Is it the weather?
    pub fn is_weather(self) -> bool {
        Self::WEATHER.contains(&self)
    }
}

words! {
    /// Why a span of days has no classes.
    pub enum ClosedKind {
        /// Examinations.
        Examination = "examination" => closed_examination,
        /// A reading week.
        ReadingWeek = "reading_week" => closed_reading_week,
        /// A break.
        Break = "break" => closed_break,
    }
}

refusals! {
    /// Why something about teaching is refused.
    pub enum TeachingRefusal {
        /// The cohort is over or called off.
        CohortOver = "teaching_cohort_over" => teaching_refuse_cohort_over,
        /// The offering is cancelled.
        OfferingCancelled = "offering_is_cancelled" => teaching_refuse_offering_cancelled,
        /// It is shown already.
        AlreadyPublished = "offering_published_already" => teaching_refuse_published,
        /// An offering without sessions has nothing to show.
        NoSessions = "offering_without_sessions" => teaching_refuse_no_sessions,
        /// Only a session that is still to come can be changed.
        NotScheduled = "session_not_scheduled" => teaching_refuse_not_scheduled,
        /// A make-up session is for a cancelled one.
        NotCancelled = "session_not_cancelled" => teaching_refuse_not_cancelled,
        /// It has been made up for.
        MadeUp = "session_made_up" => teaching_refuse_made_up,
        /// Clashes have not been accepted.
        Clashes = "session_clashes" => teaching_refuse_clashes,
        /// What was previewed is not what would happen now.
        Changed = "preview_out_of_date" => teaching_refuse_changed,
        /// The pattern gives no session.
        Nothing = "no_session_planned" => teaching_refuse_nothing,
        /// Every place is taken.
        Full = "offering_full" => teaching_refuse_full,
        /// A whole cohort needs no places.
        Whole = "offering_whole_cohort" => teaching_refuse_whole,
        /// Somebody has checked in: the session is taking place.
        Attended = "session_attended" => teaching_refuse_attended,
        /// No session is left on that day.
        QuietDay = "day_without_sessions" => teaching_refuse_quiet_day,
    }
}

/// The shortest and the longest session, in minutes.
pub const MINUTES: std::ops::RangeInclusive<i32> = 15..=600;
/// Most sessions that one pattern makes.
pub const MOST_SESSIONS: usize = 200;

/// A span of time, its end not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    /// Begins.
    pub starts_at: DateTime<Utc>,
    /// Ends.
    pub ends_at: DateTime<Utc>,
}

impl Slot {
    /// Do the two have a moment in common? What ends at seven leaves seven free.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }

    /// Its length in minutes.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        (self.ends_at - self.starts_at).num_minutes()
    }
}

/// May sessions still be planned and changed in a cohort of this state?
///
/// # Errors
/// [`TeachingRefusal::CohortOver`].
pub fn teachable(state: crate::cohorts::rules::CohortState) -> Result<(), TeachingRefusal> {
    use crate::cohorts::rules::CohortState as S;
    match state {
        S::Planned | S::Open | S::Reviewing | S::Offering | S::Running => Ok(()),
        S::Completed | S::Archived | S::Cancelled => Err(TeachingRefusal::CohortOver),
    }
}

/// What is wrong with the time of a session: it has a length, and lies within the cohort's dates.
#[must_use]
pub fn slot_problems(slot: &Slot, dates: (NaiveDate, NaiveDate)) -> Vec<FieldError> {
    let day = crate::lang::format::hk_date(slot.starts_at);
    let mut problems = Vec::new();
    if !(i64::from(*MINUTES.start())..=i64::from(*MINUTES.end())).contains(&slot.minutes()) {
        problems.push(FieldError::new("minutes", "length", |lang| {
            lang.teaching_bad_minutes(*MINUTES.start(), *MINUTES.end())
        }));
    }
    // Clashes are sought day by day.
    if crate::lang::format::hk_date(slot.ends_at - chrono::Duration::seconds(1)) != day {
        problems.push(FieldError::new("minutes", "next_day", |lang| {
            lang.teaching_one_day().to_owned()
        }));
    }
    if day < dates.0 || day > dates.1 {
        problems.push(FieldError::new("day", "outside_cohort", |lang| {
            lang.teaching_outside(
                &crate::lang::format::date(lang, dates.0),
                &crate::lang::format::date(lang, dates.1),
            )
        }));
    }
    problems
}

/// What is wrong with a meeting link: it is an https or http address without spaces.
#[must_use]
pub fn link_ok(link: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"');
    link.is_empty()
        || (link.starts_with("https://") || link.starts_with("http://"))
            && link.len() <= 400
            && link.chars().all(plain)
}
