//! The applications room.
mod form;
mod rules;

//! The room of applications.

mod import;
