//! What the history of a case tells. Words for the verbs: `lang/at_risk.rs`.

use serde_json::{Value, json};

use crate::audit::Event;

/// An event, never with a note's words.
pub(super) enum Noted {
    /// A look found reasons.
    Opened { codes: Vec<&'static str> },
    /// A look found other reasons than before.
    Found { codes: Vec<&'static str> },
    /// A look found none any more.
    Gone,
    /// The trainee pauses or takes part no more.
    Rests,
    /// The case has an owner and a day.
    Assigned { owner: String, due_on: String },
    /// A note was written.
    NoteAdded { shown: bool },
    /// The trainee was written to.
    Told,
    /// The case was closed.
    Closed { outcome: &'static str },
    /// Its outcome was wrong.
    Corrected {
        was: &'static str,
        outcome: &'static str,
        reason: String,
    },
    /// The rules changed.
    RulesSet { number: i32 },
}

impl Event for Noted {
    fn verb(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "risk.opened",
            Self::Found { .. } => "risk.found",
            Self::Gone => "risk.gone",
            Self::Rests => "risk.rests",
            Self::Assigned { .. } => "risk.assigned",
            Self::NoteAdded { .. } => "risk.note_added",
            Self::Told => "risk.told",
            Self::Closed { .. } => "risk.closed",
            Self::Corrected { .. } => "risk.corrected",
            Self::RulesSet { .. } => "risk.rules_set",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Opened { codes } | Self::Found { codes } => json!({ "codes": codes }),
            Self::Assigned { owner, due_on } => json!({ "owner": owner, "due_on": due_on }),
            Self::NoteAdded { shown } => json!({ "shown": shown }),
            Self::Closed { outcome } => json!({ "outcome": outcome }),
            Self::Corrected {
                was,
                outcome,
                reason,
            } => json!({ "was": was, "outcome": outcome, "reason": reason }),
            Self::RulesSet { number } => json!({ "number": number }),
            Self::Gone | Self::Rests | Self::Told => Value::Null,
        }
    }

    /// What the office does with a case is its own affair; what is found and told is the trainee's, too.
    fn confidential(&self) -> bool {
        match self {
            Self::Opened { .. } | Self::Found { .. } | Self::Gone | Self::Rests | Self::Told => {
                false
            }
            Self::NoteAdded { shown } => !shown,
            Self::Assigned { .. }
            | Self::Closed { .. }
            | Self::Corrected { .. }
            | Self::RulesSet { .. } => true,
        }
    }
}
