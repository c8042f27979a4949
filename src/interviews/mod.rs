//! Interviews of a placement round: shortlists, panels and their days, when trainees can come, the computed
//! timetable, its publication, what came of each interview.
//!
//! Tables: `interview_rules`, `interview_blackouts`, `interview_panels`, `interview_days`, `interview_slots`,
//! `interview_candidates`, `interview_absences`, `interview_drafts`, `interview_computations`, `interviews`,
//! `interview_notes`.
//! Promises: nobody books, so nobody is too late: all times are computed at once, shown as a draft and published
//! in one transaction; no slot is given twice and no trainee has two interviews at once, whatever the
//! institutions; an institution learns that a trainee cannot come, never why or where else they are; its notes
//! are its own; what is published changes only by moving, cancelling, or at the office's express word.
pub mod actions;
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
    pages::routes()
}
