//! Completion: rules, a cohort in every standing, what would be if, pauses in learning.

mod breaks;
mod desk;
mod properties;
mod rules;
pub mod world;
