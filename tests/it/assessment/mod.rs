//! Assessment: rules and their properties, the way of a mark from the plan to the trainee.

mod journey;
mod more;
mod rules;
mod twice;
pub mod world;
