//! Organisations: universities and institutions (banks, digital banks, insurers, fintech firms,
//! others), their contacts, members and partnerships.
//!
//! Tables: `organisations`, `organisation_contacts`, `partnerships`. Names are public; everything
//! else of an organisation is seen by the programme office and by its own members.

pub mod actions;
pub mod api;
mod pages;
pub mod queries;
pub mod rules;

use crate::web::Routes;

/// Routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(api::routes())
}
