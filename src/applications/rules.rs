//! An application's life: which step may follow which, what the applicant sees of it, and what
//! comes next. What the form must hold is in [`form`].
//!
//! A decision stays *pending* until a release shows it: until then the applicant sees "under
//! review", and the decision can be changed or undone. The offer's own state is the truth about
//! the offer.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod form;
mod state;

pub use state::{Decision, Outcome, State};

use chrono::{DateTime, Utc};

use crate::cohorts::rules::CohortState;
use crate::lang::refusals;

/// What happens to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Event {
    /// The applicant hands it in.
    Submit,
    /// The applicant changes it.
    Edit,
    /// The applicant takes a withdrawn application up again.
    Reopen,
    /// Staff send it to reviewers.
    StartReview,
    /// Staff decide, or decide otherwise before the release.
    Decide(Decision),
    /// Staff take a pending decision back.
    UndoDecision,
    /// A release shows the decision, with a seat for whoever is accepted.
    Release,
    /// A release shows an acceptance for which no seat was free: the applicant waits at the top.
    ReleaseWithoutSeat,
    /// A release shows "waitlist" to somebody for whom a seat is free: an offer at once.
    ReleaseWithSeat,
    /// A seat is free: the next on the waitlist gets an offer.
    Promote,
    /// The waitlist ends without a seat for this applicant.
    CloseWaitlist,
    /// The applicant accepts the offer and is enrolled.
    AcceptOffer,
    /// The applicant declines the offer.
    DeclineOffer,
    /// The offer's time is over.
    OfferExpired,
    /// The programme takes the offer back; the application must be decided anew.
    OfferWithdrawn,
    /// The applicant takes the application back.
    Withdraw,
    /// The offered place is deferred to a later cohort.
    Defer,
}

impl Event {
    /// Every event with every detail.
    pub const ALL: [Self; 20] = [
        Self::Submit,
        Self::Edit,
        Self::Reopen,
        Self::StartReview,
        Self::Decide(Decision::Accept),
        Self::Decide(Decision::Waitlist),
        Self::Decide(Decision::Reject),
        Self::Decide(Decision::Ineligible),
        Self::UndoDecision,
        Self::Release,
        Self::ReleaseWithoutSeat,
        Self::ReleaseWithSeat,
        Self::Promote,
        Self::CloseWaitlist,
        Self::AcceptOffer,
        Self::DeclineOffer,
        Self::OfferExpired,
        Self::OfferWithdrawn,
        Self::Withdraw,
        Self::Defer,
    ];
}

refusals! {
    /// Why a step of an application is refused.
    pub enum ApplicationRefusal {
        /// The call does not take applications now.
        CallClosed = "call_closed" => refuse_call_closed,
        /// It was handed in before.
        AlreadySubmitted = "already_submitted" => refuse_already_submitted,
        /// It is with the reviewers or has ended.
        NotEditable = "not_editable" => refuse_not_editable,
        /// Only what was withdrawn can be taken up again.
        NotWithdrawn = "not_withdrawn" => refuse_not_withdrawn,
        /// Only what was submitted can be reviewed.
        NotSubmitted = "not_submitted" => refuse_not_submitted,
        /// Only what is under review, or decided and not released, can be decided.
        NotUnderReview = "not_under_review" => refuse_not_under_review,
        /// There is no pending decision to undo or release.
        NothingPending = "nothing_pending" => refuse_nothing_pending,
        /// The applicant does not wait.
        NotWaitlisted = "not_waitlisted" => refuse_not_waitlisted,
        /// There is no open offer.
        NoOffer = "no_open_offer" => refuse_no_offer,
        /// Somebody enrolled leaves through the enrolment.
        AlreadyEnrolled = "already_enrolled" => refuse_withdraw_enrolled,
        /// It has ended.
        NothingToWithdraw = "nothing_to_withdraw" => refuse_nothing_to_withdraw,
    }
}

/// The state after `event`; `call_open` is [`may_apply`] at the database's time.
///
/// Submitting, editing and taking up again need an open call; nothing else does. Withdrawing is
/// free until enrolment.
pub fn next(state: State, event: Event, call_open: bool) -> Result<State, ApplicationRefusal> {
    use ApplicationRefusal as No;
    match event {
        Event::Submit => {
            writable(state, call_open, State::Draft, No::AlreadySubmitted).map(|_| State::Submitted)
        }
        Event::Edit if state == State::Submitted => {
            writable(state, call_open, State::Submitted, No::NotEditable)
        }
        Event::Edit => writable(state, call_open, State::Draft, No::NotEditable),
        Event::Reopen => {
            writable(state, call_open, State::Withdrawn, No::NotWithdrawn).map(|_| State::Draft)
        }
        Event::StartReview => only_from(
            state,
            State::Submitted,
            State::UnderReview,
            No::NotSubmitted,
        ),
        Event::Decide(decision) => decide(state, decision),
        Event::UndoDecision => pending(state).map(|_| State::UnderReview),
        Event::Release => pending(state).map(|decision| State::Released(outcome(decision))),
        Event::ReleaseWithoutSeat => match pending(state)? {
            Decision::Accept => Ok(State::Released(Outcome::Waitlisted)),
            Decision::Waitlist | Decision::Reject | Decision::Ineligible => Err(No::NothingPending),
        },
        Event::ReleaseWithSeat => match pending(state)? {
            Decision::Waitlist => Ok(State::Released(Outcome::Offered)),
            Decision::Accept | Decision::Reject | Decision::Ineligible => Err(No::NothingPending),
        },
        Event::Promote => from_waitlist(state, Outcome::Offered),
        Event::CloseWaitlist => from_waitlist(state, Outcome::Rejected),
        Event::AcceptOffer => from_offer(state, State::Enrolled),
        Event::DeclineOffer => from_offer(state, State::Declined),
        Event::OfferExpired => from_offer(state, State::Lapsed),
        Event::OfferWithdrawn => from_offer(state, State::UnderReview),
        Event::Defer => from_offer(state, State::Deferred),
        Event::Withdraw => withdraw(state),
    }
}

/// What a release makes of a decision.
fn outcome(decision: Decision) -> Outcome {
    match decision {
        Decision::Accept => Outcome::Offered,
        Decision::Waitlist => Outcome::Waitlisted,
        Decision::Reject => Outcome::Rejected,
        Decision::Ineligible => Outcome::Ineligible,
    }
}

/// The step from exactly one state to another.
fn only_from(
    state: State,
    from: State,
    to: State,
    otherwise: ApplicationRefusal,
) -> Result<State, ApplicationRefusal> {
    if state == from {
        Ok(to)
    } else {
        Err(otherwise)
    }
}

/// The applicant's pen: the state must be `from`, and the call open. A step that the state forbids
/// anyway is refused for that reason, which helps more than "closed".
fn writable(
    state: State,
    call_open: bool,
    from: State,
    otherwise: ApplicationRefusal,
) -> Result<State, ApplicationRefusal> {
    let state = only_from(state, from, from, otherwise)?;
    if call_open {
        Ok(state)
    } else {
        Err(ApplicationRefusal::CallClosed)
    }
}

/// The pending decision.
fn pending(state: State) -> Result<Decision, ApplicationRefusal> {
    match state {
        State::Decided(decision) => Ok(decision),
        State::Draft
        | State::Submitted
        | State::UnderReview
        | State::Released(_)
        | State::Enrolled
        | State::Withdrawn
        | State::Declined
        | State::Lapsed
        | State::Deferred => Err(ApplicationRefusal::NothingPending),
    }
}

/// A first decision, or another one before the release.
fn decide(state: State, decision: Decision) -> Result<State, ApplicationRefusal> {
    match state {
        State::UnderReview | State::Decided(_) => Ok(State::Decided(decision)),
        State::Draft
        | State::Submitted
        | State::Released(_)
        | State::Enrolled
        | State::Withdrawn
        | State::Declined
        | State::Lapsed
        | State::Deferred => Err(ApplicationRefusal::NotUnderReview),
    }
}

/// A waiting applicant learns how the waiting ended.
fn from_waitlist(state: State, then: Outcome) -> Result<State, ApplicationRefusal> {
    let waiting = State::Released(Outcome::Waitlisted);
    only_from(
        state,
        waiting,
        State::Released(then),
        ApplicationRefusal::NotWaitlisted,
    )
}

/// An offer ended.
fn from_offer(state: State, then: State) -> Result<State, ApplicationRefusal> {
    let offered = State::Released(Outcome::Offered);
    only_from(state, offered, then, ApplicationRefusal::NoOffer)
}

/// Free until enrolment; afterwards the enrolment is what one leaves.
fn withdraw(state: State) -> Result<State, ApplicationRefusal> {
    match state {
        State::Draft
        | State::Submitted
        | State::UnderReview
        | State::Decided(_)
        | State::Released(Outcome::Offered | Outcome::Waitlisted)
        | State::Deferred => Ok(State::Withdrawn),
        State::Enrolled => Err(ApplicationRefusal::AlreadyEnrolled),
        State::Released(Outcome::Rejected | Outcome::Ineligible)
        | State::Withdrawn
        | State::Declined
        | State::Lapsed => Err(ApplicationRefusal::NothingToWithdraw),
    }
}

/// May this applicant write at `now`? The call's own instants (from the opening, until just before
/// the closing), or a later deadline that was granted to this one person; an extension outlives the
/// call into review and no further.
pub fn may_apply(
    cohort: CohortState,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    extended_to: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> bool {
    let deadline = extended_to.map_or(closes_at, |until| until.max(closes_at));
    let taking = match cohort {
        CohortState::Open => true,
        CohortState::Reviewing => extended_to.is_some(),
        CohortState::Planned
        | CohortState::Offering
        | CohortState::Running
        | CohortState::Completed
        | CohortState::Archived
        | CohortState::Cancelled => false,
    };
    taking && opens_at <= now && now < deadline
}
