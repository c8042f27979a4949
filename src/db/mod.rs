//! The database: the private PostgreSQL that runs when no other is named.

pub mod private;
