//! The enrolments room.
mod rules;
