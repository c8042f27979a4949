//! The applications room.
mod desk;
mod form;
mod import;
mod rules;
