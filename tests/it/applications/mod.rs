//! The applications room.
mod form;
mod rules;
