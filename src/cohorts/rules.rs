//! A cohort's life, its key dates and the call; its seats are in [`seats`].
#![warn(clippy::wildcard_enum_match_arm)]

pub mod changes;
pub mod seats;
pub mod warnings;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::error::{FieldError, Refusal};
use crate::lang::format::{hk_date, hk_instant};
use crate::lang::{Lang, Say, words};

words! {
    /// Where a cohort is in its life (`design.md` section 4).
    pub enum CohortState {
        /// Being prepared; not public.
        Planned = "planned" => cohort_planned,
        /// The call is public; applications are taken between its two instants.
        Open = "open" => cohort_open,
        /// The call is closed and applications are read.
        Reviewing = "reviewing" => cohort_reviewing,
        /// Decisions are released and offers are out.
        Offering = "offering" => cohort_offering,
        /// Teaching has begun.
        Running = "running" => cohort_running,
        /// Teaching is over and results are settled.
        Completed = "completed" => cohort_completed,
        /// Kept for the record only.
        Archived = "archived" => cohort_archived,
        /// Called off. Nothing follows.
        Cancelled = "cancelled" => cohort_cancelled,
    }
}

words! {
    /// What a coordinator does to a cohort.
    pub enum CohortEvent {
        /// Publishes the call.
        Open = "open" => cohort_event_open,
        /// Closes the call and begins review.
        CloseCall = "close_call" => cohort_event_close,
        /// Begins to release decisions.
        BeginOffers = "begin_offers" => cohort_event_offer,
        /// Starts teaching.
        Start = "start" => cohort_event_start,
        /// Ends it with results settled.
        Complete = "complete" => cohort_event_complete,
        /// Puts it away.
        Archive = "archive" => cohort_event_archive,
        /// Calls it off.
        Cancel = "cancel" => cohort_event_cancel,
    }
}

/// A step that the cohort's state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepRefused {
    /// The state it is in.
    pub state: CohortState,
    /// The step that was tried.
    pub event: CohortEvent,
}

impl Say for StepRefused {
    fn say(&self, lang: Lang) -> String {
        lang.cohort_step_refused(self.state.label(lang), self.event.label(lang))
    }
}

impl Refusal for StepRefused {
    fn code(&self) -> &'static str {
        "cohort_step_refused"
    }
}

/// The state after `event`.
///
/// A cohort goes forward one step at a time. It can be cancelled until it is completed: before,
/// nobody has a result that a cancellation could take away.
pub fn next(state: CohortState, event: CohortEvent) -> Result<CohortState, StepRefused> {
    use CohortEvent as E;
    use CohortState as S;
    let refused = Err(StepRefused { state, event });
    match (state, event) {
        (S::Planned, E::Open) => Ok(S::Open),
        (S::Open, E::CloseCall) => Ok(S::Reviewing),
        (S::Reviewing, E::BeginOffers) => Ok(S::Offering),
        (S::Offering, E::Start) => Ok(S::Running),
        (S::Running, E::Complete) => Ok(S::Completed),
        (S::Completed, E::Archive) => Ok(S::Archived),
        (S::Planned | S::Open | S::Reviewing | S::Offering | S::Running, E::Cancel) => {
            Ok(S::Cancelled)
        }
        (S::Planned, E::CloseCall | E::BeginOffers | E::Start | E::Complete | E::Archive)
        | (S::Open, E::Open | E::BeginOffers | E::Start | E::Complete | E::Archive)
        | (S::Reviewing, E::Open | E::CloseCall | E::Start | E::Complete | E::Archive)
        | (S::Offering, E::Open | E::CloseCall | E::BeginOffers | E::Complete | E::Archive)
        | (S::Running, E::Open | E::CloseCall | E::BeginOffers | E::Start | E::Archive)
        | (
            S::Completed,
            E::Open | E::CloseCall | E::BeginOffers | E::Start | E::Complete | E::Cancel,
        )
        | (
            S::Archived | S::Cancelled,
            E::Open
            | E::CloseCall
            | E::BeginOffers
            | E::Start
            | E::Complete
            | E::Archive
            | E::Cancel,
        ) => refused,
    }
}

/// A cohort's key dates. Instants are UTC; dates are Hong Kong calendar dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyDates {
    /// The call opens (inclusive).
    pub opens_at: DateTime<Utc>,
    /// The call closes (exclusive); make it with [`end_of_day`].
    pub closes_at: DateTime<Utc>,
    /// Decisions are announced by this day.
    pub decisions_on: NaiveDate,
    /// Offers are answered by this day.
    pub reply_on: NaiveDate,
    /// First day of teaching.
    pub starts_on: NaiveDate,
    /// Last day of teaching.
    pub ends_on: NaiveDate,
}

/// Are the dates in order: opens < closes ≤ decisions ≤ reply ≤ starts ≤ ends? Every pair that is
/// out of order is an error on the later field, so that a form shows them all at once.
pub fn check_dates(dates: &KeyDates) -> Result<(), Vec<FieldError>> {
    let closes_on = hk_date(dates.closes_at);
    type Text = fn(Lang) -> &'static str;
    let order: [(bool, &str, Text); 5] = [
        (
            dates.opens_at < dates.closes_at,
            "closes_at",
            Lang::date_closes_after_opens,
        ),
        (
            closes_on <= dates.decisions_on,
            "decisions_on",
            Lang::date_decisions_after_closes,
        ),
        (
            dates.decisions_on <= dates.reply_on,
            "reply_on",
            Lang::date_reply_after_decisions,
        ),
        (
            dates.reply_on <= dates.starts_on,
            "starts_on",
            Lang::date_starts_after_reply,
        ),
        (
            dates.starts_on <= dates.ends_on,
            "ends_on",
            Lang::date_ends_after_starts,
        ),
    ];
    let errors: Vec<_> = order
        .into_iter()
        .filter(|(in_order, _, _)| !in_order)
        .map(|(_, field, text)| {
            FieldError::new(field, "out_of_order", |lang| text(lang).to_owned())
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// The last second of a day in Hong Kong, 23:59:59. A deadline is the first instant that is too
/// late, so what comes before this second is in time; what people read is "23:59 HKT".
pub fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    hk_instant(day, NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default())
}

/// Does the call take applications at `now` (the database's time)? From the opening instant until
/// just before the closing one, and only while the cohort is open.
pub fn is_open(
    state: CohortState,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    state == CohortState::Open && opens_at <= now && now < closes_at
}
