//! During a placement: weekly logs that a supervisor answers by a private link, hours against the contract,
//! evaluations both ways, visits, incidents, breaks, and the end.
//!
//! Tables: `weekly_logs`, `log_decisions`, `evaluations`, `host_reviews`, `visits`, `visit_minutes`,
//! `incidents`, `placement_breaks`, `early_ends`, `placement_levels`.
//! Promises: a link answers one log, once, and shows nothing else; what was approved counts until a correction
//! is approved in its turn; an institution never reads what a trainee says of it, nor an incident; nothing is
//! deleted.
pub mod actions;
pub mod api;
mod events;
pub mod jobs;
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
