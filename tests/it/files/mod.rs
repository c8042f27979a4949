//! Stored files: in a folder, in a bucket.
mod bucket;
mod settings;
mod sign;
