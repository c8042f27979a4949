//! What desks read, one file for each kind of reader.

pub mod cohort;
pub mod figures;
pub mod me;
pub mod placements;
pub mod public;
pub mod search;
pub mod today;
pub mod teaching;
