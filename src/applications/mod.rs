//! Applications: a person's way from the first draft to a released decision. What an applicant sees
//! never runs ahead of a release, and what was submitted in time is never lost.

pub mod import;
pub mod import_actions;
mod import_queries;
mod reference;
pub mod route;
pub mod rules;

pub use route::Route;
