//! An offer ends exactly once, and its deadline has one truth: the instant itself. Who is next on
//! the waitlist and what a release does is in [`plan`].
#![warn(clippy::wildcard_enum_match_arm)]

pub mod plan;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::cohorts::rules::end_of_day;
use crate::lang::format::hk_date;
use crate::lang::{refusals, words};

words! {
    /// Where an offer is in its life: open, then exactly one of the others.
    pub enum OfferState {
        /// It can be answered; it holds a seat.
        Open = "open" => offer_open,
        /// The applicant took the seat.
        Accepted = "accepted" => offer_accepted,
        /// The applicant gave the seat up.
        Declined = "declined" => offer_declined,
        /// Nobody answered in time.
        Expired = "expired" => offer_expired,
        /// The programme took it back, or the applicant withdrew the application.
        Withdrawn = "withdrawn" => offer_withdrawn,
    }
}

/// What happens to an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OfferEvent {
    /// The applicant accepts.
    Accept,
    /// The applicant declines.
    Decline,
    /// The deadline has come.
    Expire,
    /// The offer is taken back.
    Withdraw,
}

impl OfferEvent {
    /// Every event.
    pub const ALL: [Self; 4] = [Self::Accept, Self::Decline, Self::Expire, Self::Withdraw];
}

refusals! {
    /// Why a step of an offer is refused.
    pub enum OfferRefusal {
        /// The deadline has come, whether or not the expiry job has run.
        DeadlinePassed = "offer_deadline_passed" => offer_refuse_expired,
        /// The deadline has not come.
        NotDue = "offer_not_due" => offer_refuse_not_due,
        /// It ended: accepted.
        AlreadyAccepted = "offer_accepted" => offer_refuse_accepted,
        /// It ended: declined.
        AlreadyDeclined = "offer_declined" => offer_refuse_declined,
        /// It ended: expired.
        AlreadyExpired = "offer_expired" => offer_refuse_ended_expired,
        /// It ended: withdrawn.
        AlreadyWithdrawn = "offer_withdrawn" => offer_refuse_withdrawn,
    }
}

/// Can an open offer still be answered at `now`? Strictly before its deadline. This and its
/// negation divide time: whatever the instant, either an answer or the expiry can win, never both.
pub fn is_live(expires_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < expires_at
}

/// The state after `event` at `now` (the database's time, read after the locks).
pub fn next(
    state: OfferState,
    event: OfferEvent,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<OfferState, OfferRefusal> {
    match state {
        OfferState::Open => {}
        OfferState::Accepted => return Err(OfferRefusal::AlreadyAccepted),
        OfferState::Declined => return Err(OfferRefusal::AlreadyDeclined),
        OfferState::Expired => return Err(OfferRefusal::AlreadyExpired),
        OfferState::Withdrawn => return Err(OfferRefusal::AlreadyWithdrawn),
    }
    match (event, is_live(expires_at, now)) {
        (OfferEvent::Accept, true) => Ok(OfferState::Accepted),
        (OfferEvent::Decline, true) => Ok(OfferState::Declined),
        (OfferEvent::Withdraw, true) => Ok(OfferState::Withdrawn),
        (OfferEvent::Expire, false) => Ok(OfferState::Expired),
        (OfferEvent::Accept | OfferEvent::Decline | OfferEvent::Withdraw, false) => {
            Err(OfferRefusal::DeadlinePassed)
        }
        (OfferEvent::Expire, true) => Err(OfferRefusal::NotDue),
    }
}

/// Accepts at `now`, or says why not.
pub fn accept(
    state: OfferState,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<OfferState, OfferRefusal> {
    next(state, OfferEvent::Accept, expires_at, now)
}

/// Expires at `now`, or says why not.
pub fn expire(
    state: OfferState,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<OfferState, OfferRefusal> {
    next(state, OfferEvent::Expire, expires_at, now)
}

/// The deadline of an offer issued at `issued_at`: 23:59:59 in Hong Kong, `reply_days` days after
/// the Hong Kong day of issue, but not past the end of `not_after` (such as the eve of the first
/// class). Neither makes it earlier than the end of the day after the issue, so that nobody gets an
/// offer that is already over.
pub fn expires_at(
    issued_at: DateTime<Utc>,
    reply_days: u32,
    not_after: Option<NaiveDate>,
) -> DateTime<Utc> {
    let issued_on = hk_date(issued_at);
    let in_days = |days: u32| {
        issued_on
            .checked_add_days(Days::new(u64::from(days)))
            .unwrap_or(NaiveDate::MAX)
    };
    let last = not_after.unwrap_or(NaiveDate::MAX);
    end_of_day(in_days(reply_days).min(last).max(in_days(1)))
}
