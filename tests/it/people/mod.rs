//! The room of people.

mod entry_rules;
mod links;
mod names;
mod passwords;
mod sign_in;
mod values;
