//! Materials: notes and links of a session, when they are released, and who has done with them.
//!
//! Tables: `class_notes`, `note_marks`.
//! Promises: a trainee reads a note of sessions that they attend, from its release on and not before; a
//! release that is told by the session moves with it. Done-marks are the trainee's own: the office and
//! the instructor see how many, never who.
//! Files, courseware and quizzes have their place here when they come.
pub mod actions;
pub mod api;
mod events;
pub mod pages;
pub mod queries;
pub mod rules;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(api::routes())
}
