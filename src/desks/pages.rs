//! The pages of this room, one file for each kind of reader.

pub mod cohort;
pub mod figures;
pub mod history;
mod learning;
pub mod me;
mod placed;
pub mod placements;
pub mod public;
mod public_parts;
pub mod search;
pub mod teaching;
pub mod today;
