//! The programmes room.
mod desk;
mod planner;
mod rules;
mod setup;
