//! What the history of a placement tells. Words for the verbs: `lang/hosting.rs`. No event names a person.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit::{About, Event};
use crate::lang::Lang;

use super::queries::Placement;

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

/// A word in both languages, as the history keeps it.
pub(super) fn named(label: impl Fn(Lang) -> String) -> Value {
    json!({ "en": label(Lang::En), "zh": label(Lang::Zh) })
}

/// The record of a placement.
pub(super) fn placement(it: &Placement) -> About {
    About::new("placement", it.id.0)
        .of(it.person_id)
        .at(it.organisation_id)
        .within(it.programme_id)
}

/// A record of the programme's own: an item of its checklist, a wording.
pub(super) fn of_programme(staff: &ProgrammeStaff, kind: &'static str, id: Uuid) -> About {
    About::new(kind, id).within(staff.programme())
}
