//! Funding schemes: what is paid for a month and why it may not be, and the desk that claims it.
mod rules;
