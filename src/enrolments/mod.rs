//! Enrolments: the trainee's record from accepting a seat to completing, with its number, the name
//! on the certificate, an emergency contact and the consents given at the start.
//!
//! Tables: `enrolments`, `emergency_contacts`. Promise: an enrolment holds the seat of its accepted
//! offer until the trainee leaves, and then the seat goes back in the same transaction.
pub mod actions;
pub mod api;
pub mod jobs;
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
