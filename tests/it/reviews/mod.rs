//! The reviews room.
mod assign;
mod desk;
mod rules;
