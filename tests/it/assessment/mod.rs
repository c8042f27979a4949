//! Assessment: rules and their properties, the way of a mark from the plan to the trainee.

mod fair;
mod journey;
mod more;
mod office;
mod reopened;
mod rules;
mod speed;
mod twice;
pub mod world;
