//! What the history of funding tells. Words for the verbs: `lang/funding.rs`. No event names a person.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit::{About, Event};

/// An event of this room: its verb and details.
pub(super) struct Noted(pub &'static str, pub Value);

impl Noted {
    /// An event without details.
    pub(super) fn plain(verb: &'static str) -> Self {
        Self(verb, json!({}))
    }
}

impl Event for Noted {
    fn verb(&self) -> &'static str {
        self.0
    }

    fn details(&self) -> Value {
        self.1.clone()
    }
}

/// The record of a scheme, or of a claim.
pub(super) fn about(staff: &ProgrammeStaff, kind: &'static str, id: Uuid) -> About {
    About::new(kind, id).within(staff.programme())
}
