//! What a trainee lets their university and their institution see, and every look at it.
//!
//! Tables: `sharing_consents`, `looks`. Promises: an organisation sees nothing of a trainee without a
//! consent that stands, and nothing once it is theirs no more; what it sees is shown only together with the note of the look, in one
//! transaction, which is why looking is a POST; the trainee sees every look and withdraws at any time.
pub mod actions;
pub mod api;
mod events;
pub mod pages;
pub mod queries;
pub mod rules;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(api::routes())
}
