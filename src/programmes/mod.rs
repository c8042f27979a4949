//! Programmes: what is promised (sourced targets and milestones), the planner that says how many
//! offers the promise takes, and the holidays that everybody's calendar goes around.
pub mod rules;
pub mod queries;
