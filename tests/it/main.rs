//! All tests but the browser's, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

mod applications;
mod people;
mod tables;
