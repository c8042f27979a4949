//! What the history of assessment tells. Words for the verbs: `lang/assessment.rs`.

use serde_json::{Value, json};

use crate::audit::{About, Event};
use crate::ids::{AssessmentId, PersonId, ProgrammeId};

/// An event: its verb and details, never a person's.
pub(super) enum Noted<'a> {
    /// A part of the plan was set.
    Added { title: (&'a str, &'a str) },
    /// Fields of it changed.
    Changed { fields: Vec<&'static str> },
    /// It was removed before anybody saw it.
    Removed { title: (&'a str, &'a str) },
    /// It was shown to its trainees.
    Opened { candidates: usize },
    /// Trainees joined.
    Joined { candidates: usize },
    /// Marking began.
    Marking { scripts: usize },
    /// Work that came since was put before the markers.
    Collected { scripts: usize },
    /// Markers were assigned.
    Assigned { scripts: usize },
    /// The second marking was drawn.
    Drawn { scripts: usize, second: usize },
    /// A marker finished a script.
    Marked { label: &'a str, role: &'static str },
    /// The moderator decided.
    Settled { label: &'a str, mark: Option<i32> },
    /// A script was taken up again.
    Reopened {
        label: &'a str,
        from: &'static str,
        mark: Option<i32>,
        reason: &'a str,
    },
    /// Every mark is agreed.
    Moderated,
    /// Back to marking.
    Returned,
    /// All marks were released.
    Released {
        candidates: usize,
        missing: usize,
        fingerprint: &'a str,
    },
    /// A later due time was asked for.
    ExtensionAsked,
    /// The request was taken back.
    ExtensionWithdrawn,
    /// It was granted, or given unasked.
    ExtensionGranted {
        until: chrono::DateTime<chrono::Utc>,
    },
    /// It was refused.
    ExtensionRefused,
    /// Work was handed in.
    HandedIn {
        number: i32,
        files: usize,
        late: i32,
    },
    /// It was taken back.
    TakenBack { number: i32 },
    /// An appeal was made.
    AppealMade,
    /// It was taken back.
    AppealWithdrawn,
    /// It was upheld.
    AppealUpheld { before: Option<i32>, after: i32 },
    /// It was dismissed.
    AppealDismissed,
}

impl Event for Noted<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Self::Added { .. } => "assessment.added",
            Self::Changed { .. } => "assessment.changed",
            Self::Removed { .. } => "assessment.removed",
            Self::Opened { .. } => "assessment.opened",
            Self::Joined { .. } => "assessment.joined",
            Self::Marking { .. } => "assessment.marking",
            Self::Collected { .. } => "assessment.collected",
            Self::Assigned { .. } => "assessment.assigned",
            Self::Drawn { .. } => "assessment.drawn",
            Self::Marked { .. } => "assessment.marked",
            Self::Settled { .. } => "assessment.settled",
            Self::Reopened { .. } => "assessment.reopened",
            Self::Moderated => "assessment.moderated",
            Self::Returned => "assessment.returned",
            Self::Released { .. } => "assessment.released",
            Self::ExtensionAsked => "extension.asked",
            Self::ExtensionWithdrawn => "extension.withdrawn",
            Self::ExtensionGranted { .. } => "extension.granted",
            Self::ExtensionRefused => "extension.refused",
            Self::HandedIn { .. } => "submission.made",
            Self::TakenBack { .. } => "submission.withdrawn",
            Self::AppealMade => "appeal.made",
            Self::AppealWithdrawn => "appeal.withdrawn",
            Self::AppealUpheld { .. } => "appeal.upheld",
            Self::AppealDismissed => "appeal.dismissed",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Added { title: (en, zh) } | Self::Removed { title: (en, zh) } => {
                json!({ "en": en, "zh": zh })
            }
            Self::Changed { fields } => json!({ "fields": fields }),
            Self::Opened { candidates } | Self::Joined { candidates } => {
                json!({ "n": candidates })
            }
            Self::Marking { scripts }
            | Self::Collected { scripts }
            | Self::Assigned { scripts } => {
                json!({ "n": scripts })
            }
            Self::Drawn { scripts, second } => json!({ "n": scripts, "second": second }),
            Self::Marked { label, role } => json!({ "label": label, "role": role }),
            Self::Settled { label, mark } => json!({ "label": label, "mark": mark }),
            Self::Reopened {
                label,
                from,
                mark,
                reason,
            } => json!({ "label": label, "from": from, "mark": mark, "reason": reason }),
            Self::Released {
                candidates,
                missing,
                fingerprint,
            } => {
                json!({ "n": candidates, "missing": missing, "fingerprint": fingerprint })
            }
            Self::ExtensionGranted { until } => json!({ "until": until }),
            Self::HandedIn {
                number,
                files,
                late,
            } => {
                json!({ "number": number, "files": files, "late": late })
            }
            Self::TakenBack { number } => json!({ "number": number }),
            Self::AppealUpheld { before, after } => json!({ "before": before, "after": after }),
            Self::Moderated
            | Self::Returned
            | Self::ExtensionAsked
            | Self::ExtensionWithdrawn
            | Self::ExtensionRefused
            | Self::AppealMade
            | Self::AppealWithdrawn
            | Self::AppealDismissed => json!({}),
        }
    }

    // Who reads a trainee's own history learns nothing of marks before their release.
    fn confidential(&self) -> bool {
        matches!(
            self,
            Self::Marked { .. } | Self::Settled { .. } | Self::Reopened { .. }
        )
    }
}

/// The assessment, as the record that events are about.
pub(super) fn about(id: AssessmentId, programme: ProgrammeId) -> About {
    About::new("assessment", id.0).within(programme)
}

/// The assessment and one of its trainees.
pub(super) fn about_own(id: AssessmentId, programme: ProgrammeId, person: PersonId) -> About {
    about(id, programme).of(person)
}
