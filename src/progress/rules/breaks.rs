//! Breaks in learning and deferrals: their states, and what they freeze.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::error::{FieldError, Refusal};
use crate::lang::format::date;
use crate::lang::{Lang, Say, words};

words! {
    /// What kind of pause.
    pub enum BreakKind {
        /// The seat stays; the trainee comes back into the same cohort.
        Break = "break" => progress_kind_break,
        /// The seat goes back; the trainee comes back when there is one.
        Deferral = "deferral" => progress_kind_deferral,
    }
}

words! {
    /// Where a request stands.
    pub enum BreakState {
        /// Asked for.
        Asked = "asked" => progress_break_asked,
        /// Taken back by the trainee.
        Withdrawn = "withdrawn" => progress_break_withdrawn,
        /// Granted, and not over.
        Granted = "granted" => progress_break_granted,
        /// Refused.
        Refused = "refused" => progress_break_refused,
        /// Over: the trainee is back.
        Ended = "ended" => progress_break_ended,
    }
}

words! {
    /// What happens to a request.
    pub enum BreakEvent {
        /// The trainee takes it back.
        Withdraw = "withdraw" => progress_break_withdraw,
        /// The office grants it.
        Grant = "grant" => progress_break_grant,
        /// The office refuses it.
        Refuse = "refuse" => progress_break_refuse,
        /// The trainee is back.
        Return = "return" => progress_break_return,
    }
}

/// The longest pause, in days.
pub const LONGEST: i64 = 366;

/// A step that the state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakStepRefused {
    /// The state it is in.
    pub state: BreakState,
    /// The step that was tried.
    pub event: BreakEvent,
}

impl Say for BreakStepRefused {
    fn say(&self, lang: Lang) -> String {
        lang.progress_break_step_refused(self.event.label(lang), self.state.label(lang))
    }
}

impl Refusal for BreakStepRefused {
    fn code(&self) -> &'static str {
        "break_step_refused"
    }
}

/// The state after `event`.
///
/// # Errors
/// [`BreakStepRefused`].
pub fn next(state: BreakState, event: BreakEvent) -> Result<BreakState, BreakStepRefused> {
    match (state, event) {
        (BreakState::Asked, BreakEvent::Withdraw) => Ok(BreakState::Withdrawn),
        (BreakState::Asked, BreakEvent::Grant) => Ok(BreakState::Granted),
        (BreakState::Asked, BreakEvent::Refuse) => Ok(BreakState::Refused),
        (BreakState::Granted, BreakEvent::Return) => Ok(BreakState::Ended),
        (BreakState::Asked, BreakEvent::Return)
        | (BreakState::Granted, BreakEvent::Withdraw | BreakEvent::Grant | BreakEvent::Refuse)
        | (BreakState::Withdrawn | BreakState::Refused | BreakState::Ended, _) => {
            Err(BreakStepRefused { state, event })
        }
    }
}

/// Days of a pause, both part of it; empty when the first lies after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Span {
    /// Does the day lie in it?
    #[must_use]
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }

    /// Have the two a day in common? An empty one has none.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.from.max(other.from) <= self.to.min(other.to)
    }
}

/// Does the day lie in a pause?
#[must_use]
pub fn frozen(breaks: &[Span], day: NaiveDate) -> bool {
    breaks.iter().any(|it| it.holds(day))
}

/// Days from one to another, both counted, without those of a pause: the time that counts.
#[must_use]
pub fn days_counted(from: NaiveDate, to: NaiveDate, breaks: &[Span]) -> usize {
    from.iter_days()
        .take_while(|day| *day <= to)
        .filter(|day| !frozen(breaks, *day))
        .count()
}

/// The first day on which a trainee who is on a break can be back at the latest: it ends by itself.
#[must_use]
pub fn day_after(span: &Span) -> NaiveDate {
    span.to.checked_add_days(Days::new(1)).unwrap_or(span.to)
}

/// The due time that gives a trainee as many days as they had left when the pause began, or the work was
/// given out in it: later by the days from then until they are back.
#[must_use]
pub fn moved(
    due_at: DateTime<Utc>,
    opens_on: NaiveDate,
    from: NaiveDate,
    back: NaiveDate,
) -> DateTime<Utc> {
    let missed = (back - opens_on.max(from)).num_days().max(1);
    due_at + TimeDelta::days(missed)
}

/// Why nobody can be back from such a pause on this day. A deferral lasts until the trainee is back, so
/// its end is noted when it has come.
#[must_use]
pub fn return_problem(
    kind: BreakKind,
    span: &Span,
    on: NaiveDate,
    today: NaiveDate,
) -> Option<FieldError> {
    match kind {
        BreakKind::Break if on > day_after(span) => {
            let last = span.to;
            Some(FieldError::new("on", "range", move |lang| {
                lang.progress_back_late(&date(lang, last))
            }))
        }
        BreakKind::Deferral if on > today => Some(FieldError::new("on", "future", |lang| {
            lang.progress_not_future().to_owned()
        })),
        BreakKind::Break | BreakKind::Deferral => None,
    }
}

/// What is wrong with the days asked for, of a cohort with classes on these days.
#[must_use]
pub fn problems(span: &Span, classes: &Span) -> Vec<FieldError> {
    let days = (span.to - span.from).num_days();
    if !(0..LONGEST).contains(&days) {
        return vec![FieldError::new("ends_on", "range", |lang| {
            lang.progress_bad_span(LONGEST)
        })];
    }
    if classes.holds(span.from) {
        return Vec::new();
    }
    vec![FieldError::new("starts_on", "range", |lang| {
        lang.progress_outside_classes(&date(lang, classes.from), &date(lang, classes.to))
    })]
}
