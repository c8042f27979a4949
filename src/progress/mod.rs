//! Completion: what it takes, where each trainee stands, who confirms it, and pauses in learning.
//!
//! Tables: `completion_rules` (a version is one row), `cohort_rules` (which version a cohort follows),
//! `completion_forms`, `completions`, `learning_breaks`. Promises: a published version is never changed,
//! by us or by SQL, and a cohort keeps its own when a newer one is published; each line of a verdict
//! says why it stands as it does; what a coordinator confirms is what was shown, and it is kept as it
//! was; a pause takes its classes out of every sum.
pub mod actions;
pub mod api;
mod events;
pub mod facts;
pub mod mail;
pub mod pages;
pub mod queries;
pub mod rules;
pub mod say;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(api::routes())
}
