//! The organisations room.
mod desk;
mod race;
