//! What the history of notes tells. Words: `lang/materials.rs`.

use serde_json::{Value, json};

use crate::audit::Event;

/// An event of the room.
pub(super) enum Noted<'a> {
    /// A note was written.
    Added { title: (&'a str, &'a str) },
    /// A note was changed.
    Changed { title: (&'a str, &'a str) },
    /// A note was moved before the one above it.
    Moved { title: (&'a str, &'a str) },
    /// A note was removed, with its done-marks.
    Removed {
        title: (&'a str, &'a str),
        done: i64,
    },
}

impl Event for Noted<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Self::Added { .. } => "class.note_added",
            Self::Changed { .. } => "class.note_changed",
            Self::Moved { .. } => "class.note_moved",
            Self::Removed { .. } => "class.note_removed",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Added { title: (en, zh) }
            | Self::Changed { title: (en, zh) }
            | Self::Moved { title: (en, zh) } => {
                json!({ "en": en, "zh": zh })
            }
            Self::Removed {
                title: (en, zh),
                done,
            } => json!({ "en": en, "zh": zh, "n": done }),
        }
    }
}
