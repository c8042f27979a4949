//! The organisations room.
mod desk;
