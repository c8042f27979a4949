//! An offer ends exactly once, and its deadline has one truth: the instant itself. Who is next on
//! the waitlist and what a release does is in [`plan`].
#![warn(clippy::wildcard_enum_match_arm)]

pub mod plan;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::cohorts::rules::{CohortState, end_of_day};
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
        /// A new deadline must be later than the old one.
        NotLater = "offer_not_later" => offer_refuse_not_later,
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

/// May the deadline of an offer be moved to `later` at `now`? Only while it is open and in time,
/// and never to an earlier instant: nobody loses time that was promised.
pub fn extend(
    state: OfferState,
    expires_at: DateTime<Utc>,
    later: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), OfferRefusal> {
    next(state, OfferEvent::Withdraw, expires_at, now)?;
    if later > expires_at {
        Ok(())
    } else {
        Err(OfferRefusal::NotLater)
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

/// The deadline of an offer that a release makes at `issued_at`: the cohort's own reply-by instant
/// (exclusive), unless that leaves less than the day after the issue; then the deadline of a
/// promoted offer, [`expires_at`].
pub fn release_expires_at(
    issued_at: DateTime<Utc>,
    reply_by: DateTime<Utc>,
    reply_days: u32,
    not_after: Option<NaiveDate>,
) -> DateTime<Utc> {
    if reply_by >= expires_at(issued_at, 1, None) {
        reply_by
    } else {
        expires_at(issued_at, reply_days, not_after)
    }
}

/// How long before its deadline an unanswered offer is remembered to its reader, in hours.
pub const REMIND_HOURS: i64 = 72;

/// When to remind of an offer made at `issued_at`; `None` when the offer lives for little longer
/// than that anyway, so that the letter itself is still fresh.
pub fn remind_at(issued_at: DateTime<Utc>, expires_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at = expires_at - TimeDelta::hours(REMIND_HOURS);
    (at >= issued_at + TimeDelta::hours(24)).then_some(at)
}

refusals! {
    /// Why decisions cannot be released.
    pub enum ReleaseRefusal {
        /// The call is still open, or the cohort is past its offers.
        NotNow = "release_not_now" => release_refuse_not_now,
        /// Nothing is decided that has not been released.
        Nothing = "release_nothing" => release_refuse_nothing,
        /// The plan is not the one that was shown.
        Changed = "release_changed" => release_refuse_changed,
        /// Somebody would get a place on the waitlist, and no pool of seats fits them.
        NoPool = "release_no_pool" => release_refuse_no_pool,
    }
}

/// May decisions of a cohort in this state be released? Yes with `true` when it is the release
/// that begins its offering.
pub fn release_begins(cohort: CohortState) -> Result<bool, ReleaseRefusal> {
    match cohort {
        CohortState::Reviewing => Ok(true),
        CohortState::Offering => Ok(false),
        CohortState::Planned
        | CohortState::Open
        | CohortState::Running
        | CohortState::Completed
        | CohortState::Archived
        | CohortState::Cancelled => Err(ReleaseRefusal::NotNow),
    }
}

/// Does a free seat of a cohort in this state go to the next on the waitlist? Only while offers are
/// out: before, nobody waits; once teaching has begun nobody joins.
pub fn promotes(cohort: CohortState) -> bool {
    match cohort {
        CohortState::Offering => true,
        CohortState::Planned
        | CohortState::Open
        | CohortState::Reviewing
        | CohortState::Running
        | CohortState::Completed
        | CohortState::Archived
        | CohortState::Cancelled => false,
    }
}
