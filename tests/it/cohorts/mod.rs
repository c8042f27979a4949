//! The cohorts room.
mod desk;
mod holds;
mod rules;
mod seats;
mod tallies;
mod warnings;
