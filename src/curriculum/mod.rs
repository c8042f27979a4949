//! The curriculum: modules and their versions, prerequisites, competencies, references to frameworks,
//! and exemption for prior learning.
//!
//! Tables: `modules` (code and place), `module_versions`, `competencies`, `framework_references`,
//! `exemptions`, `exemption_cases`. Promises: a published version is never changed, by us or by SQL: it is
//! replaced by the next, and a cohort keeps the one that was in force when it began; prerequisites
//! never go in a circle; nothing is called a QF level without an entry of the register that holds on
//! the day; a trainee learns of a decision when it is made, never of its draft.

pub mod actions;
pub mod api;
pub mod events;
pub mod exemption_actions;
pub mod exemption_queries;
pub mod facts;
pub mod lists_actions;
pub mod mail;
mod pages;
pub mod queries;
pub mod rules;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(api::routes())
}
