//! The pure values of a person: addresses, numbers, names, passwords, and the detector of
//! identity-card numbers. Nothing here reads a database, a clock or a setting.

use crate::error::FieldError;
use crate::lang::Say;

pub mod emails;
pub mod entry;
pub mod identity_cards;
pub mod names;
pub mod passwords;
pub mod phones;
pub mod roles;
pub mod search;

pub use emails::{Email, EmailFault};
pub use identity_cards::find_identity_card_numbers;
pub use names::{NameFault, NamePart, Names};
pub use passwords::{PasswordFault, check_password, normalise_password};
pub use phones::{Phone, PhoneFault};
pub use search::{matches, search_terms, search_tokens};

/// What is wrong with one value, in words. It belongs to a field of a form or a cell of a file;
/// unlike a [`crate::error::Refusal`] it is about what was typed, not about a state.
pub trait Fault: Say {
    /// A stable name for the API, such as `email_malformed`.
    fn code(&self) -> &'static str;

    /// The fault as an error of the form field `field`.
    fn on(&self, field: &str) -> FieldError {
        FieldError::new(field, self.code(), |lang| self.say(lang))
    }
}
