//! Stored files: in a folder, in a bucket.
mod bucket;
mod kept;
mod settings;
mod sign;
