//! Completion: rules, a cohort in every standing, what would be if, pauses in learning.

mod breaks;
mod desk;
mod entered;
mod properties;
mod rules;
mod speed;
pub mod world;
