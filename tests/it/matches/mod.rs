//! The match of a round: lists, runs, publication, and who sees what of it.

mod apart;
pub mod arena;
mod large;
mod lists;
mod rules;
mod runs;
