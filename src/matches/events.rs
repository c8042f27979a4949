//! What the history of a match tells. No event names a person or says what stands on a list.

use serde_json::{Value, json};

use crate::access::ProgrammeStaff;
use crate::audit::{About, Event};
use crate::ids::{MatchRunId, ProgrammeId, RoundId};
use crate::lang::Lang;

use super::queries::{Holding, Owned, Place, PostingName};
use super::rules::PlacementState;

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

/// The record of a list.
pub(super) fn list(owned: &Owned, id: uuid::Uuid) -> About {
    let about = About::new("rank_list", id).within(owned.programme());
    let about = match owned.person() {
        Some(person) => about.of(person),
        None => about,
    };
    match owned.organisation() {
        Some(organisation) => about.at(organisation),
        None => about,
    }
}

/// The record of a run.
pub(super) fn run(staff: &ProgrammeStaff, id: MatchRunId) -> About {
    About::new("match_run", id.0).within(staff.programme())
}

/// The record of a round.
pub(super) fn round(programme: ProgrammeId, id: RoundId) -> About {
    About::new("placement_round", id.0).within(programme)
}

/// The record of a place given beforehand.
pub(super) fn place(staff: &ProgrammeStaff, it: &Place) -> About {
    About::new("place_beforehand", it.id)
        .within(staff.programme())
        .of(it.person_id)
        .at(it.organisation_id)
}

/// The record of a placement that somebody holds.
pub(super) fn placement(programme: ProgrammeId, it: &Holding) -> About {
    About::new("placement", it.id)
        .of(it.person_id)
        .at(it.organisation_id)
        .within(programme)
}

/// That a placement has come to a state: the same event as when its parties take it there.
pub(super) fn stepped(to: PlacementState) -> Noted {
    Noted(
        "placement.stepped",
        json!({ "en": to.label(Lang::En), "zh": to.label(Lang::Zh) }),
    )
}

/// The record of a posting.
pub(super) fn posting(programme: ProgrammeId, it: &PostingName) -> About {
    About::new("posting", it.id)
        .at(it.organisation_id)
        .within(programme)
}
