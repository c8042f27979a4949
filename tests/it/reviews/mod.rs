//! The reviews room.
mod desk;
mod rules;
