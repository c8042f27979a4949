//! The room of people.

mod names;
mod passwords;
mod values;
