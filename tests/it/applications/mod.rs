//! The applications room.
mod decision;
mod desk;
mod desk_acts;
mod form;
mod form_pages;
mod import;
mod import_pages;
mod import_runs;
mod rules;
