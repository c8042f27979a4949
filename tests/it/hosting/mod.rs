//! From the match to the first day: pure rules, and the way of a placement over HTTP.
pub mod journey;
mod rules;
