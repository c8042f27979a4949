//! The cohorts room.
mod rules;
mod seats;
