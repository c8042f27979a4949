//! What the history of a programme tells. Words for the verbs: `lang/programme_pages.rs`.

use serde_json::{Value, json};

use crate::audit::Event;

/// An event of a programme.
pub(super) enum Noted<'a> {
    /// It was set up.
    Created { code: &'a str },
    /// Names, summaries, status or contact changed.
    Changed { fields: Vec<&'static str> },
    /// It was closed.
    Closed,
    /// It was opened again.
    Reopened,
    /// The planner's assumptions, in basis points.
    Assumed { completion: i32, acceptance: i32 },
    /// A target was added.
    TargetAdded { wording: (&'a str, &'a str) },
    /// A target changed.
    TargetChanged { wording: (&'a str, &'a str) },
    /// A target was removed.
    TargetRemoved { wording: (&'a str, &'a str) },
    /// A source was added.
    SourceAdded { title: (&'a str, &'a str) },
    /// A figure from outside was recorded.
    ObservationAdded { label: (&'a str, &'a str) },
    /// A version of the statement was published.
    PicsPublished { version: &'a str },
    /// Holidays were set.
    Holidays { days: usize },
}

impl Event for Noted<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Self::Created { .. } => "programme.created",
            Self::Changed { .. } => "programme.changed",
            Self::Closed => "programme.closed",
            Self::Reopened => "programme.reopened",
            Self::Assumed { .. } => "programme.assumed",
            Self::TargetAdded { .. } => "target.added",
            Self::TargetChanged { .. } => "target.changed",
            Self::TargetRemoved { .. } => "target.removed",
            Self::SourceAdded { .. } => "source.added",
            Self::ObservationAdded { .. } => "observation.added",
            Self::PicsPublished { .. } => "pics.published",
            Self::Holidays { .. } => "holidays.set",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Created { code } => json!({"code": code}),
            Self::Changed { fields } => json!({"fields": fields}),
            Self::Closed | Self::Reopened => json!({}),
            Self::Assumed {
                completion,
                acceptance,
            } => json!({"completion": completion, "acceptance": acceptance}),
            Self::TargetAdded { wording: (en, zh) }
            | Self::TargetChanged { wording: (en, zh) }
            | Self::TargetRemoved { wording: (en, zh) }
            | Self::SourceAdded { title: (en, zh) }
            | Self::ObservationAdded { label: (en, zh) } => json!({"en": en, "zh": zh}),
            Self::PicsPublished { version } => json!({"version": version}),
            Self::Holidays { days } => json!({"n": days}),
        }
    }
}
