//! What the history of the curriculum tells. Words for the verbs: `lang/curriculum.rs`.

use serde_json::{Value, json};

use crate::audit::Event;

/// An event: its verb and details, never a person's.
pub(super) enum Noted<'a> {
    /// A module was added.
    ModuleAdded { code: &'a str },
    /// A draft was begun.
    DraftBegun { number: i32 },
    /// A draft changed.
    DraftChanged { number: i32 },
    /// A draft was thrown away.
    DraftDiscarded { number: i32 },
    /// A version was published in the place of another.
    Published { number: i32, replaces: Option<i32> },
    /// A module was put in another place.
    Moved { place: i32 },
    /// A module was put away.
    PutAway,
    /// It was taken out again.
    TakenOut,
    /// A competency or a reference was added.
    Added { what: &'static str, code: &'a str },
    /// It changed.
    Changed { what: &'static str, code: &'a str },
    /// It was archived.
    Archived { what: &'static str, code: &'a str },
}

impl Event for Noted<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Self::ModuleAdded { .. } => "module.added",
            Self::DraftBegun { .. } => "module.draft_begun",
            Self::DraftChanged { .. } => "module.draft_changed",
            Self::DraftDiscarded { .. } => "module.draft_discarded",
            Self::Published { .. } => "module.published",
            Self::Moved { .. } => "module.moved",
            Self::PutAway => "module.archived",
            Self::TakenOut => "module.restored",
            Self::Added { .. } => "curriculum.added",
            Self::Changed { .. } => "curriculum.changed",
            Self::Archived { .. } => "curriculum.archived",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::ModuleAdded { code } => json!({"code": code}),
            Self::DraftBegun { number }
            | Self::DraftChanged { number }
            | Self::DraftDiscarded { number } => json!({"number": number}),
            Self::Published { number, replaces } => json!({"number": number, "replaces": replaces}),
            Self::Moved { place } => json!({"number": place}),
            Self::PutAway | Self::TakenOut => json!({}),
            Self::Added { what, code }
            | Self::Changed { what, code }
            | Self::Archived { what, code } => json!({"what": what, "code": code}),
        }
    }
}
