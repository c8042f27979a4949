//! Funding schemes that reimburse institutions for trainees placed with them: their dates and caps, the
//! placements verified for them, the claims of each month, and the meter that says how much is left.
//!
//! Tables: `funding_schemes`, `funded_placements`, `funding_claims`.
//! Promises: a scheme's terms are rows, never constants; nothing is claimed for a placement that was verified
//! after it began, for too few hours, twice, too late, or beyond a cap; staff of the programme alone see it.
pub mod actions;
mod events;
pub mod pages;
pub mod queries;
pub mod rules;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
}
