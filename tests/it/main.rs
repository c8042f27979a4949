//! Every test of the house but the browser's: one binary, one module for each room.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that meets the unexpected should stop there, and a journey reads best whole"
)]

mod supervision;
mod support;

mod api;
mod applications;
mod architecture;
mod assessment;
mod attendance;
mod at_risk;
mod audit;
mod cohorts;
mod curriculum;
mod desks;
mod doors;
mod durability;
mod enrolments;
mod files;
mod funding;
mod hosting;
mod jobs;
mod mail;
mod matching;
mod materials;
mod migrations;
mod offers;
mod organisations;
mod overload;
mod people;
mod interviews;
mod matches;
mod placements;
mod policies;
mod private_postgres;
mod programmes;
mod progress;
mod reviews;
mod sample;
mod security;
mod sharing;
mod tables;
mod teaching;
mod term;
mod web;
mod words;
mod worlds;
