//! The room of people.

mod account;
mod entry_rules;
mod links;
mod names;
mod passwords;
mod roles;
mod sign_in;
mod values;
