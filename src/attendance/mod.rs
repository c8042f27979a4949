//! Attendance: the register of each session, self check-in, apologies, rates by hours and warnings.
//!
//! Tables: `attendance_policies`, `registers`, `attendance_records`, `apologies`.
//! Promises: a trainee stands once in a register; a code is of one session and of seconds; nothing is
//! told to anybody and nothing counts before the register is signed off; after that only a correction
//! with its reason changes it; a cancelled session counts nowhere; rates are of minutes, in whole
//! numbers.
//!
//! What check-in shows is that a code was on somebody's screen seconds ago. A scan is sealed for the
//! person who had signed in, or before sign-in for the browser, for two minutes and one use. What it
//! cannot prevent: somebody in the room who reads the short code out, or sends the address on, to a
//! person elsewhere who is quick enough; and a browser's cookies handed over by hand. A second look,
//! the board on which the instructor sees who is in, is what answers these.
//!
//! Who is suspended keeps the enrolment but is not expected: no row in the register, nothing that
//! counts. A session that is moved keeps its apologies, and who comes after all checks in; once
//! somebody has checked in its start stays (`banyan_keep_attended`).
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
