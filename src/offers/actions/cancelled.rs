//! The cohort will not take place: what is still open ends.

use crate::applications::rules::Event as Step;
use crate::cohorts::rules::CohortState;
use crate::db::{self, Conn, Task};
use crate::error::Result;
use crate::ids::{ApplicationId, CohortId};
use crate::offers::events::Happened;
use crate::offers::queries;
use crate::offers::rules::{self, OfferEvent};

use super::floor::Floor;
use super::rows::{clear_decision, leave_waitlist, one, step_application};

/// Withdraws every open offer of a cancelled cohort and closes its waitlist; returns how many
/// applications changed. Safe to run twice; does nothing while the cohort is not cancelled. No
/// letter: the cancellation itself was told to each of them.
///
/// # Errors
/// The database's.
pub fn close_cancelled(conn: &mut Conn<'_>, cohort: CohortId) -> Result<usize> {
    conn.elevate(Task::Seats, |conn| {
        let floor = Floor::lock(conn, cohort)?;
        if floor.cohort.state()? != CohortState::Cancelled {
            return Ok(0);
        }
        let offered = queries::with_open_offer(conn, &floor.seats, cohort)?;
        let waiting: Vec<ApplicationId> = queries::waiting(conn, cohort)?
            .into_iter()
            .map(|entry| entry.application)
            .collect();
        let both: Vec<ApplicationId> = offered.into_iter().chain(waiting).collect();
        let applications = queries::lock_applications(conn, cohort, &both)?;
        let mut changed = 0;
        for application in &applications {
            let offer = queries::lock_live(conn, &floor.seats, application.id)?;
            let now = db::now(conn)?;
            match offer {
                Some(offer) => {
                    // Its deadline may have come before anybody noticed.
                    let live = rules::is_live(offer.expires_at, now);
                    let (event, step) = if live {
                        (OfferEvent::Withdraw, Step::OfferWithdrawn)
                    } else {
                        (OfferEvent::Expire, Step::OfferExpired)
                    };
                    floor.end(conn, &offer, event, None, now)?;
                    step_application(conn, application, step, now)?;
                    if live {
                        clear_decision(conn, application)?;
                    }
                }
                None => {
                    one(leave_waitlist(conn, application, "left", now)?)?;
                    step_application(conn, application, Step::CloseWaitlist, now)?;
                    let event = Happened::WaitlistClosed;
                    floor.note(conn, application, &event)?;
                }
            }
            changed += 1;
        }
        Ok(changed)
    })
}
