//! What happens to accounts and roles, for the history.

use serde_json::{Value, json};

use crate::audit::Event;
use crate::db::Role;

/// An event of the room of people.
#[derive(Clone, Debug)]
pub enum PeopleEvent {
    /// Signed in: by `password`, or by the purpose of a mailed link.
    SignedIn(&'static str),
    /// Signed out of every other device.
    SignedOutEverywhere,
    /// Set or changed the password.
    PasswordChanged,
    /// Confirmed the address.
    Confirmed,
    /// Changed names or telephone number.
    ProfileChanged,
    /// Made an API token.
    TokenMade(String),
    /// Revoked an API token.
    TokenRevoked(String),
    /// Was given a role.
    RoleGranted(Role),
    /// A role was ended.
    RoleEnded(String),
    /// Was sent an invitation again.
    InvitedAgain,
    /// The account was disabled.
    Disabled,
    /// The account was enabled again.
    Enabled,
}

impl Event for PeopleEvent {
    fn verb(&self) -> &'static str {
        match self {
            Self::SignedIn(_) => "person.signed_in",
            Self::SignedOutEverywhere => "person.signed_out_everywhere",
            Self::PasswordChanged => "person.password_changed",
            Self::Confirmed => "person.confirmed",
            Self::ProfileChanged => "person.profile_changed",
            Self::TokenMade(_) => "person.token_made",
            Self::TokenRevoked(_) => "person.token_revoked",
            Self::RoleGranted(_) => "person.role_granted",
            Self::RoleEnded(_) => "person.role_ended",
            Self::InvitedAgain => "person.invited_again",
            Self::Disabled => "person.disabled",
            Self::Enabled => "person.enabled",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::SignedIn(how) => json!({ "how": how }),
            Self::TokenMade(label) | Self::TokenRevoked(label) => json!({ "label": label }),
            Self::RoleGranted(role) => json!({ "role": role.as_str() }),
            Self::RoleEnded(role) => json!({ "role": role }),
            Self::SignedOutEverywhere
            | Self::PasswordChanged
            | Self::Confirmed
            | Self::ProfileChanged
            | Self::InvitedAgain
            | Self::Disabled
            | Self::Enabled => Value::Null,
        }
    }
}
