//! What the history of placements tells. Words for the verbs: `lang/placement_mail.rs`. No event names a
//! person; the office's and the institution's own words stay with the record.

use serde_json::{Value, json};

use crate::audit::{About, Event};

use super::queries::{Capacity, Change, HostRow, Posting};

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

/// The record of a posting.
pub(super) fn posting(it: &Posting) -> About {
    About::new("posting", it.id.0)
        .at(it.organisation_id)
        .within(it.programme_id)
}

/// The record of a change of seats.
pub(super) fn change(it: &Change) -> About {
    About::new("seat_change", it.id.0)
        .at(it.organisation_id)
        .within(it.programme_id)
}

/// The record of a question about capacity.
pub(super) fn capacity(it: &Capacity) -> About {
    About::new("capacity", it.id.0)
        .at(it.organisation_id)
        .within(it.programme_id)
}

/// The record of a partnership.
pub(super) fn host(it: &HostRow) -> About {
    About::new("placement_partnership", it.id.0)
        .at(it.organisation_id)
        .within(it.programme_id)
}
