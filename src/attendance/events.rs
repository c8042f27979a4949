//! What the history of registers, policies and apologies tells. Words: `lang/attendance.rs`.

use serde_json::{Value, json};

use crate::audit::{About, Event};
use crate::ids::CohortId;

use super::queries::Session;
use super::rules::Verdict;
use super::rules::form::Entry;

/// An event of the room.
pub(super) enum Noted<'a> {
    /// Entries were written.
    Saved { entries: usize },
    /// A trainee checked in.
    CheckedIn { number: &'a str },
    /// The register was signed off.
    SignedOff { trainees: usize, absent: usize },
    /// An entry was corrected after that.
    Corrected {
        number: &'a str,
        from: &'a Entry,
        to: &'a Entry,
        reason: &'a str,
    },
    /// The window of check-in was set, or the codes renewed.
    Window,
    /// The policy of a cohort was set.
    Policy { threshold: u16 },
    /// An apology was sent.
    ApologySent,
    /// It was taken back.
    ApologyWithdrawn,
    /// It was decided.
    ApologyDecided { verdict: Verdict },
}

impl Event for Noted<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Self::Saved { .. } => "register.saved",
            Self::CheckedIn { .. } => "register.checked_in",
            Self::SignedOff { .. } => "register.signed_off",
            Self::Corrected { .. } => "register.corrected",
            Self::Window => "register.window",
            Self::Policy { .. } => "cohort.attendance_policy",
            Self::ApologySent => "apology.sent",
            Self::ApologyWithdrawn => "apology.withdrawn",
            Self::ApologyDecided {
                verdict: Verdict::Accept,
            } => "apology.accepted",
            Self::ApologyDecided {
                verdict: Verdict::Decline,
            } => "apology.declined",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Saved { entries } => json!({ "n": entries }),
            Self::CheckedIn { number } => json!({ "number": number }),
            Self::SignedOff { trainees, absent } => json!({ "n": trainees, "absent": absent }),
            Self::Corrected {
                number,
                from,
                to,
                reason,
            } => json!({
                "number": number,
                "from": from.state.as_str(),
                "from_minutes": from.minutes,
                "to": to.state.as_str(),
                "to_minutes": to.minutes,
                "reason": reason,
            }),
            Self::Policy { threshold } => json!({ "threshold": threshold }),
            Self::Window
            | Self::ApologySent
            | Self::ApologyWithdrawn
            | Self::ApologyDecided { .. } => json!({}),
        }
    }
}

/// The session, as the record that events are about.
pub(super) fn about(session: &Session) -> About {
    About::new("class", session.id.0).within(session.programme_id)
}

/// The cohort, as the record that events are about.
pub(super) fn about_cohort(cohort: CohortId) -> About {
    About::new("cohort", cohort.0)
}
