//! Worlds that tests begin in.
pub mod cohorts;
