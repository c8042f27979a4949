//! What the history of completion tells. Words for the verbs: `lang/progress.rs`.

use serde_json::{Value, json};

use crate::audit::Event;
use crate::curriculum::rules::Pair;

/// An event: its verb and details.
pub(super) enum Noted<'a> {
    /// A draft of the rules was begun.
    DraftBegun { number: i32 },
    /// It changed.
    DraftChanged { number: i32 },
    /// It was thrown away.
    DraftDiscarded { number: i32 },
    /// It was published.
    Published { number: i32 },
    /// A cohort follows a version.
    Follows {
        number: i32,
        reason: Option<&'a str>,
    },
    /// A completion was confirmed by a version of the rules.
    Confirmed { number: i32 },
    /// A completion was revoked.
    Revoked { reason: &'a str },
    /// An enrolment ended without completion.
    Failed { reason: &'a str },
    /// An enrolment that had ended is open again.
    Reopened { reason: &'a str },
    /// A form is in.
    FormIn { form: &'a str, name: &'a Pair },
    /// A form was recorded by mistake.
    FormGone { form: &'a str, name: &'a Pair },
    /// Due times that fell in a break are later.
    DueMoved { assessments: usize },
    /// A step of a break: its verb and kind.
    Pause { verb: &'static str, kind: &'a str },
}

impl Event for Noted<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Self::DraftBegun { .. } => "rules.draft_begun",
            Self::DraftChanged { .. } => "rules.draft_changed",
            Self::DraftDiscarded { .. } => "rules.draft_discarded",
            Self::Published { .. } => "rules.published",
            Self::Follows { .. } => "cohort.rules_chosen",
            Self::Confirmed { .. } => "completion.confirmed",
            Self::Revoked { .. } => "completion.revoked",
            Self::Failed { .. } => "completion.failed",
            Self::Reopened { .. } => "completion.reopened",
            Self::FormIn { .. } => "completion.form_in",
            Self::FormGone { .. } => "completion.form_gone",
            Self::DueMoved { .. } => "break.due_moved",
            Self::Pause { verb, .. } => verb,
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::DraftBegun { number }
            | Self::DraftChanged { number }
            | Self::DraftDiscarded { number }
            | Self::Published { number }
            | Self::Confirmed { number } => json!({ "number": number }),
            Self::Follows { number, reason } => json!({ "number": number, "reason": reason }),
            Self::Revoked { reason } | Self::Failed { reason } | Self::Reopened { reason } => {
                json!({ "reason": reason })
            }
            Self::FormIn { form, name } | Self::FormGone { form, name } => {
                json!({ "form": form, "en": name.en, "zh": name.zh })
            }
            Self::DueMoved { assessments } => json!({ "number": assessments }),
            Self::Pause { kind, .. } => json!({ "kind": kind }),
        }
    }
}
