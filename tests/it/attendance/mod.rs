//! Attendance: rules, registers, check-in, apologies, rates and warnings.

mod check_in;
mod plans;
mod properties;
mod race;
mod register;
mod rules;
pub mod world;
