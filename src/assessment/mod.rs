//! Assessment: parts of a module's plan set for a cohort, work handed in, marks, their release, and
//! the results of modules.
//!
//! Tables: `assessments`, `assessment_candidates`, `assessment_extensions`, `submissions`, `scripts`,
//! `script_marks`, `released_marks`, `appeals`. Promises: the plan is the one with which the cohort
//! began; a marker learns the label of a script and nothing else of whose it is, and a second marker
//! nothing of the first's mark; no trainee reads a mark before all are released in one transaction; each
//! try that was handed in is kept; lateness is counted by the database's clock from one's own due time.
//!
//! Not covered by anonymity: what trainees write into their work themselves, and what a PDF says of its
//! author in compressed or encrypted parts, in notes on its pages, or by another object that it points to.
//! The plain `/Author` and the creators of plain XMP are blanked in what a marker is given.

pub mod actions;
pub mod api;
mod events;
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
