//! Cohorts: an intake of a programme with its call, its key dates and its pools of seats. A seat
//! is never promised twice and never idle while somebody who fits it waits.
pub mod rules;
pub mod queries;
