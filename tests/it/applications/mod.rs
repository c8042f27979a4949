//! The room of applications.

mod import;
