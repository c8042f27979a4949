//! Reviews: who reads which application, on which rubric, and who must not. A reviewer sees no
//! file in which they have an interest, never another's scores, never the staff's notes.
//!
//! Table: `reviews`; and, under tasks of their own, the columns that follow from it:
//! `applications.reviewer_ids` and `files.reader_ids` (who may read), `application_cases` (mean and
//! spread of what was handed in). Uses `applications` (rules, queries, `share_documents`) and
//! `people` (accounts).
pub mod actions;
pub mod api;
pub mod assign;
pub mod mail;
pub mod pages;
pub mod queries;
pub mod rules;
pub mod staff_pages;

use crate::web::Routes;

/// The routes of the room.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
        .and(staff_pages::routes())
        .and(api::routes())
}
