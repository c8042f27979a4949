//! The applications room.
mod form;
mod import;
mod rules;
