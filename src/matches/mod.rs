//! The match of a placement round: rank lists and their certification, the lots, dry and official runs,
//! publication, results and the placements that come of them. The match itself is [`crate::matching`].
//!
//! Tables: `rank_lists`, `certified_lists`, `match_seeds`, `match_commitments`, `match_runs`,
//! `match_snapshots`, `match_results`, `placements`, `places_beforehand`, `match_repairs`, `list_people`.
//! Promises: the last certified list counts, and none is certified after the deadline; the lots are fixed and
//! their hash is published before lists close; a run is frozen whole and never changed, and published by two
//! people in one transaction, only if the verifier finds nothing; before that nobody but the office sees
//! anything of it, and afterwards an institution its own placements, a trainee their own reasons. What follows a
//! publication (a second round, first call, a repair) moves nobody who has begun, and takes two people as well.
pub mod actions;
pub mod api;
mod events;
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
