//! Placements: rounds, postings, capacity, changes of seats, trainees.

mod apart;
pub mod market;
mod postings;
mod rules;
mod seats;
mod trainees;
