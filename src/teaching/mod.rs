//! Teaching: which modules a cohort is offered, when and where its classes meet, and the calendars
//! that tell everybody.
//!
//! Tables: `closed_periods`, `offerings`, `offering_places`, `class_sessions`, `calendar_feeds`.
//! Promises: a session is planned or moved only after its clashes have been shown; whoever attends or
//! teaches it is told of each change in the same transaction, with a calendar entry under the id that
//! it keeps for ever; a cancelled session counts nowhere and comes back only as a make-up session.
pub mod actions;
pub mod api;
mod events;
pub mod mail;
pub mod pages;
pub mod queries;
pub mod rules;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(api::routes())
}
