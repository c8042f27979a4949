//! What the history of interviews tells. No event names a person or says what is noted of one.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::{About, Event};
use crate::ids::{OrganisationId, ProgrammeId, RoundId};

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

/// A record of an institution's: a candidate, a panel, a day, an interview.
pub(super) fn own(
    kind: &'static str,
    id: Uuid,
    (programme, organisation): (ProgrammeId, OrganisationId),
) -> About {
    About::new(kind, id).at(organisation).within(programme)
}

/// The record of a round.
pub(super) fn round(programme: ProgrammeId, id: RoundId) -> About {
    About::new("placement_round", id.0).within(programme)
}
