//! Banyan (榕) runs an AI talent programme, from the public call to the alumni survey.
//!
//! The modules are the rooms of the house, in the order in which a new person should read them; a
//! room uses only those above it (`tests/it/architecture.rs` holds us to that). `ARCHITECTURE.md`
//! is the map.
#![forbid(unsafe_code)]

pub mod clock;
pub mod config;
pub mod error;
pub mod ids;
pub mod lang;
pub mod tables;

pub mod people;

pub mod applications;
