//! Placements: rounds, focus areas, institutions' partnerships and capacity, postings and their approval,
//! changes of seats, and what trainees make of the postings.
//!
//! Tables: `focus_areas`, `placement_rounds`, `round_terms`, `placement_partnerships`, `capacity_asks`,
//! `postings`, `seat_changes`, `wage_rates`, `placement_profiles`, `posting_saves`, `posting_interests`.
//! Promises: an institution reads and writes its own rows alone, and nothing tells of another's; a draft is
//! its institution's, the office sees it from its submission; nobody approves what they wrote; a trainee
//! sees open postings of rounds that their cohort takes part in, and an institution of a trainee what that
//! trainee sent to it, while it stands.
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
