//! Attendance: the register of each session, self check-in, apologies, rates by hours and warnings.
//!
//! Tables: `attendance_policies`, `registers`, `attendance_records`, `apologies`.
//! Promises: a trainee stands once in a register; a code is of one session and of seconds; nothing is
//! told to anybody and nothing counts before the register is signed off; after that only a correction
//! with its reason changes it; a cancelled session counts nowhere; rates are of minutes, in whole
//! numbers.
pub mod actions;
mod events;
pub mod mail;
pub mod queries;
pub mod rules;
