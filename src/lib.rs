//! Banyan (榕) runs an AI talent programme, from the public call to the alumni survey.
//!
//! The modules are the rooms of the house, in the order in which a new person should read them; a
//! room uses only those above it (`tests/it/architecture.rs` holds us to that). `ARCHITECTURE.md`
//! is the map.
#![forbid(unsafe_code)]

pub mod config;
pub mod clock;
pub mod ids;
pub mod lang;
pub mod error;
pub mod telemetry;
pub mod tables;
pub mod db;
pub mod access;
pub mod files;
pub mod web;
pub mod audit;
pub mod jobs;
pub mod mail;
pub mod people;
pub mod organisations;
pub mod programmes;
pub mod cohorts;
pub mod applications;
pub mod reviews;
pub mod offers;
pub mod enrolments;
pub mod curriculum;
pub mod teaching;
pub mod materials;
pub mod attendance;
pub mod assessment;
pub mod progress;
pub mod at_risk;
pub mod sharing;
pub mod matching;
pub mod placements;
pub mod interviews;
pub mod matches;
pub mod hosting;
pub mod supervision;
pub mod funding;
pub mod desks;
pub mod sample;
pub mod house;
pub mod cli;
