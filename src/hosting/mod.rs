//! From the match to the first day: offer and answer, the agreement of trainee, institution and programme,
//! the checklist, the standing under the minimum-wage law, and "reported for duty".
//!
//! Tables: `agreement_wordings`, `agreements`, `agreement_signatures`, `checklist_items`, `placement_tasks`,
//! `work_standings`; and the columns of `placements` from its offer on.
//! Promises: nobody starts before everything that is needed is done; what was signed is kept to the letter
//! with its hash, and who signs signs that hash; a person has one exempt period of work experience in a
//! calendar year, in whatever programme; nothing is deleted.
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
