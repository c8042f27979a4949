//! The offers room.
mod plan;
mod rules;
