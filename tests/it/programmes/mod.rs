//! The programmes room.
mod planner;
mod rules;
