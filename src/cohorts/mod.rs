//! Cohorts: an intake of a programme with its call, its key dates and its pools of seats. A seat
//! is never promised twice and never idle while somebody who fits it waits.
//!
//! Tables: `cohorts`, `seat_pools`, `rubric_criteria`, `cohort_tallies`. Locks: cohort, then its pools by id.
//! Job: `release_hold`, at the end of a hold. Uses of other rooms: `programmes::queries`,
//! `organisations::queries`, `people::accounts`.
pub mod actions;
pub mod api;
mod events;
pub mod mail;
pub mod pages;
pub mod queries;
pub mod rules;
pub mod tallies;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(api::routes())
}
