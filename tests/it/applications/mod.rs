//! The applications room.
mod form;
mod import;
mod import_runs;
mod rules;
