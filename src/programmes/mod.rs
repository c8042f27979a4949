//! Programmes: what is promised (sourced targets and milestones), the planner that says how many
//! offers the promise takes, and the holidays that everybody's calendar goes around.
//!
//! Tables: `programmes`, `sources`, `targets`, `pics`, `holidays`. All of it is public;
//! only the programme office changes it.
pub mod actions;
pub mod api;
mod events;
pub mod holidays;
mod pages;
pub mod queries;
pub mod rules;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(api::routes())
}
