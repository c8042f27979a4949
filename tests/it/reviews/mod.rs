//! The reviews room.
mod rules;
