//! Attendance: rules, registers, check-in, apologies, rates and warnings.

mod apologies;
mod away;
mod check_in;
mod moved;
mod plans;
mod properties;
mod race;
mod register;
mod rules;
pub mod world;
