//! Every test but the browser's, in one binary.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected must fail at once"
)]

mod tables;

mod applications;
mod cohorts;
mod enrolments;
mod offers;
mod programmes;
mod reviews;
