//! The match of a round: lists, runs, publication, and who sees what of it.

mod after;
mod apart;
pub mod arena;
mod beside;
mod killed;
pub mod large;
mod lists;
mod rules;
mod runs;
