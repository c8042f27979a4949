//! Offers: decisions are released together, an open offer holds a seat until its deadline, and a
//! freed seat goes to the next on the waitlist who fits its pool.
//!
//! Tables: `offers`, `waitlist_entries`, `releases`; the decision stands in `application_cases`, the
//! counters in `seat_pools`. Promises: never a seat too many, never a free seat while somebody who
//! fits it waits, never two winners; each ended offer tells its reader once.
pub mod actions;
pub mod api;
pub mod events;
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
