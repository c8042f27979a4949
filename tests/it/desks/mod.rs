//! Desks: rules of what is shown, the public site, homes, figures, search, probes.
mod doctor;
mod faults;
pub mod histories;
mod homes;
mod probes;
mod public;
mod rules;
mod teaching;
