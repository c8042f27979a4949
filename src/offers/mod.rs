//! Offers: decisions are released together, an open offer holds a seat until its deadline, and a
//! freed seat goes to the next on the waitlist who fits its pool.
pub mod rules;
