//! Desks: pages that look across rooms and own nothing. Each role's home, the cohort at a glance,
//! search, the public site, and the addresses that operators watch.

pub mod bulk;
mod deciding;
pub mod record;
