//! Trainees at risk, from the first day, by plain rules with stated reasons.
//!
//! Tables: `at_risk_rules`, `risk_looks`, `risk_cases`, `risk_notes`, `risk_standings`.
//! Promises: nobody is accused by a machine: a look opens a case for the office, and only a coordinator
//! writes to the trainee; the trainee sees what is said of them, in `risk_standings` and those notes that
//! are meant for them; a case whose reasons are gone is proposed for closing and closed by a person.
pub mod actions;
pub mod api;
mod events;
pub mod jobs;
pub mod mail;
pub mod pages;
pub mod queries;
pub mod rules;
mod signals;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(api::routes())
}
