//! People: who they are, how they are named, how they are reached and how they sign in; which roles
//! they hold, and who may give them.
//!
//! Tables: `people`, `credentials`, `role_grants`, `sessions`, `api_tokens`, `links`, `consents`, and
//! `throttles` of the ground. Promises: what a public form answers, and how long it takes, tells no
//! one whether an address is known; opening a mailed link changes nothing; a role that ends, a
//! session that is ended and an account that is disabled stop working with the next request.

pub mod rules;
mod account_pages;
pub mod accounts;
pub mod actions;
pub mod api;
mod events;
pub mod knocks;
mod link_pages;
pub mod mail;
mod person_pages;
mod queries;
pub mod role_actions;
mod role_queries;
mod roster_pages;
pub mod sessions;
mod sign_in_pages;
pub mod throttle;

pub use events::PeopleEvent;

use crate::web::Routes;

/// The routes of the room.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .and(sign_in_pages::routes())
        .and(link_pages::routes())
        .and(account_pages::routes())
        .and(roster_pages::routes())
        .and(person_pages::routes())
        .and(api::routes())
}
pub mod bulk;
