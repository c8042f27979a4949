//! Applications: a person's way from the first draft to a released decision. What an applicant sees
//! never runs ahead of a release, and what was submitted in time is never lost.

pub mod form_actions;
pub mod form_api;
pub mod form_pages;
pub mod form_queries;
pub mod desk_actions;
pub mod desk_api;
mod desk_bar;
pub mod desk_list;
pub mod desk_pages;
pub mod desk_queries;
pub mod desk_record;
pub mod import;
pub mod import_actions;
pub mod import_api;
pub mod import_pages;
mod import_queries;
mod import_runs;
pub mod mail;
mod reference;
pub mod route;
pub mod rules;

pub use route::Route;
