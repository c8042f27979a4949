//! What happens to decisions, offers and seats. Each verb is one transaction and says all of it:
//! locks in the order cohort → pools → application → offer, the database's time after them, the
//! rule, the rows, the history, the letter; and when a seat becomes free, the next on the waitlist
//! who fits it has an offer in the same transaction.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, OwnApplication, OwnOffer};
use crate::applications::rules::{Event as Step, Outcome, State};
use crate::cohorts::queries::Cohort;
use crate::db::{self, Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{LinkId, OfferId};

use super::events::Happened;
use super::mail::Told;
use super::queries::{self, Application, Offer};
use super::rules::{self, OfferEvent, OfferRefusal, OfferState};

mod cancelled;
mod decide;
mod floor;
mod preview;
mod release;
mod rows;

pub use cancelled::close_cancelled;
pub use decide::{decide, undo_decision};
pub(crate) use floor::Floor;
pub use preview::{Line, Movement, Preview, preview_release};
pub use release::{Released, release};
pub(crate) use rows::{one, step_application};

/// The job that ends an offer at its deadline.
pub const EXPIRE_OFFER: &str = "expire_offer";
/// The job that reminds of an unanswered offer.
pub const REMIND_OFFER: &str = "remind_offer";

/// Everything about one offer, locked in order.
pub(crate) struct Held {
    pub(crate) floor: Floor,
    pub(crate) application: Application,
    pub(crate) offer: Offer,
    pub(crate) now: DateTime<Utc>,
}

/// Reads the offer's ids, locks cohort, pools, application and offer in that order, reads again, and
/// only then asks for the time.
pub(crate) fn hold(conn: &mut Conn<'_>, id: OfferId) -> Result<Held> {
    let seats = crate::access::working(conn, Task::Seats)?;
    let ids = queries::by_id(conn, &seats, id)?;
    let floor = Floor::lock(conn, ids.cohort_id)?;
    let application = queries::lock_application(conn, ids.cohort_id, ids.application_id)?;
    let offer = queries::lock_offer(conn, &seats, id)?;
    let now = db::now(conn)?;
    Ok(Held {
        floor,
        application,
        offer,
        now,
    })
}

fn ended_key(offer: &Offer) -> String {
    format!("offer:{}:ended", offer.id)
}

/// The applicant takes the seat. Enrolment is the next step and another action.
///
/// # Errors
/// [`OfferRefusal`]: the deadline has come, or the offer has ended.
pub fn accept(conn: &mut Conn<'_>, own: &OwnOffer) -> Result<()> {
    conn.elevate(Task::Seats, |conn| {
        let held = hold(conn, own.offer())?;
        let Held {
            floor,
            application,
            offer,
            now,
        } = &held;
        floor.end(conn, offer, OfferEvent::Accept, None, *now)?;
        let told = Told::Accepted { offer: offer.id };
        floor.tell(conn, application, told, &ended_key(offer))
    })
}

/// The applicant gives the seat up; it goes to the next who fits.
///
/// # Errors
/// As [`accept`].
pub fn decline(conn: &mut Conn<'_>, own: &OwnOffer, reason: Option<&str>) -> Result<()> {
    conn.elevate(Task::Seats, |conn| {
        let held = hold(conn, own.offer())?;
        end_and_fill(conn, held, OfferEvent::Decline, reason)
    })
}

/// The deadline has come: ends the offer if it is still open. `false`, and nothing done, when it has
/// ended or its deadline was moved.
///
/// # Errors
/// The database's.
pub fn expire(conn: &mut Conn<'_>, offer: OfferId) -> Result<bool> {
    conn.elevate(Task::Seats, |conn| {
        let held = hold(conn, offer)?;
        match rules::expire(held.offer.state()?, held.offer.expires_at, held.now) {
            Ok(_) => end_and_fill(conn, held, OfferEvent::Expire, None).map(|()| true),
            Err(
                OfferRefusal::NotDue
                | OfferRefusal::AlreadyAccepted
                | OfferRefusal::AlreadyDeclined
                | OfferRefusal::AlreadyExpired
                | OfferRefusal::AlreadyWithdrawn,
            ) => Ok(false),
            Err(other) => Err(other.into()),
        }
    })
}

/// The programme takes an open offer back, with a reason that the applicant reads; the application
/// is under review again.
///
/// # Errors
/// [`OfferRefusal`]; [`Error::NotFound`] for an offer of another cohort.
pub fn withdraw_offer(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    offer: OfferId,
    reason: &str,
) -> Result<()> {
    queries::of_cohort(conn, staff.cohort(), offer)?;
    conn.elevate(Task::Seats, |conn| {
        let held = hold(conn, offer)?;
        end_and_fill(conn, held, OfferEvent::Withdraw, Some(reason))
    })
}

fn end_and_fill(
    conn: &mut Conn<'_>,
    held: Held,
    event: OfferEvent,
    reason: Option<&str>,
) -> Result<()> {
    let Held {
        mut floor,
        application,
        offer,
        now,
    } = held;
    floor.end(conn, &offer, event, reason, now)?;
    let (step, told) = match event {
        OfferEvent::Accept => {
            return Err(Error::Internal("an accepted seat is not free".to_owned()));
        }
        OfferEvent::Decline => (Step::DeclineOffer, Told::Declined),
        OfferEvent::Expire => (Step::OfferExpired, Told::Expired),
        OfferEvent::Withdraw => (
            Step::OfferWithdrawn,
            Told::Withdrawn {
                reason: reason.map(str::to_owned),
            },
        ),
    };
    step_application(conn, &application, step, now)?;
    if event == OfferEvent::Withdraw {
        rows::clear_decision(conn, &application)?;
    }
    floor.tell(conn, &application, told, &ended_key(&offer))?;
    floor.fill(conn, now)?;
    Ok(())
}

/// Moves the deadline of an open offer to a later instant and tells the applicant.
///
/// # Errors
/// [`OfferRefusal`]; [`Error::NotFound`] for an offer of another cohort.
pub fn extend(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    offer: OfferId,
    later: DateTime<Utc>,
) -> Result<()> {
    queries::of_cohort(conn, staff.cohort(), offer)?;
    conn.elevate(Task::Seats, |conn| {
        let held = hold(conn, offer)?;
        let before = held.offer;
        rules::extend(before.state()?, before.expires_at, later, held.now)?;
        let offer = Offer {
            expires_at: later,
            version: before.version.saturating_add(1),
            ..before.clone()
        };
        let moved = sql_query(
            "UPDATE offers SET expires_at = $2, version = version + 1 WHERE id = $1 AND state = 'open' AND version = $3",
        )
        .bind::<SqlUuid, _>(offer.id)
        .bind::<Timestamptz, _>(later)
        .bind::<diesel::sql_types::Integer, _>(before.version)
        .execute(conn.pg())?;
        one(moved)?;
        let link = link_of(conn, &offer)?;
        rows::schedule(conn, &offer, held.now)?;
        let note = Some(later.to_rfc3339());
        held.floor.note_offer(conn, &offer, "offer.extended", note)?;
        let told = Told::Extended(held.floor.facts(&offer, link)?);
        let key = format!("offer:{}:extended:{}", offer.id, offer.version);
        held.floor.tell(conn, &held.application, told, &key)
    })
}

#[derive(QueryableByName)]
struct Link {
    #[diesel(sql_type = SqlUuid)]
    id: LinkId,
}

/// The offer's private link, which lives as long as the offer can be answered.
fn link_of(conn: &mut Conn<'_>, offer: &Offer) -> Result<LinkId> {
    conn.elevate(Task::SignIn, |conn| {
        let link: Link = sql_query(
            "SELECT id FROM links WHERE subject_id = $1 AND person_id = $2 AND purpose = 'offer' ORDER BY id DESC LIMIT 1",
        )
        .bind::<SqlUuid, _>(offer.id)
        .bind::<SqlUuid, _>(offer.person_id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)?;
        sql_query("UPDATE links SET expires_at = $2 WHERE id = $1")
            .bind::<SqlUuid, _>(link.id)
            .bind::<Timestamptz, _>(offer.expires_at)
            .execute(conn.pg())?;
        Ok(link.id)
    })
}

/// Reminds of an offer that is still open within [`rules::REMIND_HOURS`] of its deadline; once for
/// each deadline. `false` when there is nothing to remind of.
///
/// # Errors
/// The database's.
pub fn remind(conn: &mut Conn<'_>, offer: OfferId) -> Result<bool> {
    conn.elevate(Task::Seats, |conn| {
        let held = hold(conn, offer)?;
        let offer = &held.offer;
        let hours = (offer.expires_at - held.now).num_hours();
        let due = offer.state()? == OfferState::Open
            && rules::is_live(offer.expires_at, held.now)
            && hours <= rules::REMIND_HOURS;
        if !due {
            return Ok(false);
        }
        let link = link_of(conn, offer)?;
        let told = Told::Reminder(held.floor.facts(offer, link)?);
        let key = format!("offer:{}:reminder:{}", offer.id, offer.version);
        held.floor.tell(conn, &held.application, told, &key)?;
        held.floor.note_offer(conn, offer, "offer.reminded", None)?;
        Ok(true)
    })
}

/// The applicant takes the application back, in whatever state it is: an offer ends, an accepted
/// seat is given up, a place on the waitlist is left, and a freed seat goes to the next who fits.
///
/// # Errors
/// [`crate::applications::rules::ApplicationRefusal`] when it has ended or is enrolled;
/// [`OfferRefusal`] when its offer's deadline has come.
pub fn withdraw_application(conn: &mut Conn<'_>, own: &OwnApplication) -> Result<()> {
    conn.elevate(Task::Seats, |conn| {
        let mut floor = Floor::lock(conn, own.cohort())?;
        let application = queries::lock_application(conn, own.cohort(), own.application())?;
        let live = queries::lock_live(conn, &floor.seats, application.id)?;
        let now = db::now(conn)?;
        let from = application.state()?;
        step_application(conn, &application, Step::Withdraw, now)?;
        let mut key = format!(
            "application:{}:withdrawn:{}",
            application.id, application.version
        );
        if let Some(offer) = &live {
            if offer.holds_taken_seat() {
                floor.vacate(conn, offer, now)?;
            } else {
                floor.end(conn, offer, OfferEvent::Withdraw, None, now)?;
                key = ended_key(offer);
            }
        }
        rows::leave_waitlist(conn, &application, "left", now)?;
        if let State::Decided(_) = from {
            rows::clear_decision(conn, &application)?;
        }
        let event = Happened::ApplicationWithdrawn {
            from: queries::word_of(from),
        };
        floor.note(conn, &application, &event)?;
        if from != State::Draft {
            floor.tell(conn, &application, Told::ApplicationWithdrawn, &key)?;
        }
        if matches!(from, State::Released(Outcome::Offered)) {
            floor.fill(conn, now)?;
        }
        Ok(())
    })
}

/// Gives unused seats of ended holds back and offers every free seat to the next on the waitlist who
/// fits it; returns how many were promoted. Called after whatever may free a seat: a larger
/// capacity, the end of a hold. Does nothing while the cohort is not offering.
///
/// # Errors
/// The database's.
pub fn fill_free_seats(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<usize> {
    conn.elevate(Task::Seats, |conn| {
        let mut floor = Floor::lock(conn, cohort.id)?;
        let now = db::now(conn)?;
        floor.fill(conn, now)
    })
}
