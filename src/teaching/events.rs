//! What the history of offerings, sessions and closed periods tells. Words: `lang/teaching.rs`.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::audit::{About, Event};
use crate::ids::ProgrammeId;

use super::queries::{ClassSession, Offering};
use super::rules::CancelReason;
use super::rules::Slot;

/// An event of the room.
pub(super) enum Noted<'a> {
    /// A module is offered.
    OfferingAdded { code: &'a str },
    /// What the offering is changed: the names of the fields.
    OfferingChanged { fields: Vec<&'static str> },
    /// Trainees and instructors see it.
    OfferingPublished { sessions: usize },
    /// It does not take place any more.
    OfferingCancelled { sessions: usize },
    /// Sessions were planned.
    Planned {
        sessions: usize,
        minutes: i64,
        clashes: usize,
    },
    /// A trainee has a place.
    PlaceGiven { number: &'a str },
    /// A trainee's place was taken back.
    PlaceTaken { number: &'a str },
    /// A session was moved or changed.
    Changed {
        from: Slot,
        to: Slot,
        fields: Vec<&'static str>,
    },
    /// A session does not take place.
    Cancelled { reason: CancelReason },
    /// A session is made up for.
    MadeUp { at: Slot },
    /// A session in the stead of a cancelled one.
    MakeUp { of: Slot },
    /// A storm took a day.
    Storm {
        day: NaiveDate,
        reason: CancelReason,
        sessions: usize,
    },
    /// Sessions that are over were recorded as held.
    Held { sessions: usize },
    /// Days are closed.
    ClosedAdded { name: (&'a str, &'a str) },
    /// A closed period changed.
    ClosedChanged { name: (&'a str, &'a str) },
    /// A closed period was removed.
    ClosedRemoved { name: (&'a str, &'a str) },
    /// A new private calendar address; an older one stopped.
    FeedMade,
    /// The private calendar address stopped.
    FeedRevoked,
}

impl Event for Noted<'_> {
    fn verb(&self) -> &'static str {
        match self {
            Self::OfferingAdded { .. } => "offering.added",
            Self::OfferingChanged { .. } => "offering.changed",
            Self::OfferingPublished { .. } => "offering.published",
            Self::OfferingCancelled { .. } => "offering.cancelled",
            Self::Planned { .. } => "offering.planned",
            Self::PlaceGiven { .. } => "offering.place_given",
            Self::PlaceTaken { .. } => "offering.place_taken",
            Self::Changed { .. } => "class.changed",
            Self::Cancelled { .. } => "class.cancelled",
            Self::MadeUp { .. } => "class.made_up",
            Self::MakeUp { .. } => "class.make_up",
            Self::Storm { .. } => "programme.storm_day",
            Self::Held { .. } => "cohort.sessions_held",
            Self::ClosedAdded { .. } => "closed.added",
            Self::ClosedChanged { .. } => "closed.changed",
            Self::ClosedRemoved { .. } => "closed.removed",
            Self::FeedMade => "calendar.made",
            Self::FeedRevoked => "calendar.revoked",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::OfferingAdded { code } => json!({ "code": code }),
            Self::OfferingChanged { fields } => json!({ "fields": fields }),
            Self::OfferingPublished { sessions }
            | Self::OfferingCancelled { sessions }
            | Self::Held { sessions } => json!({ "n": sessions }),
            Self::Planned {
                sessions,
                minutes,
                clashes,
            } => json!({ "n": sessions, "minutes": minutes, "clashes": clashes }),
            Self::PlaceGiven { number } | Self::PlaceTaken { number } => {
                json!({ "number": number })
            }
            Self::Changed { from, to, fields } => {
                json!({ "from": from.starts_at, "to": to.starts_at, "fields": fields })
            }
            Self::Cancelled { reason } => json!({ "reason": reason.as_str() }),
            Self::MadeUp { at } => json!({ "at": at.starts_at }),
            Self::MakeUp { of } => json!({ "of": of.starts_at }),
            Self::Storm {
                day,
                reason,
                sessions,
            } => json!({ "day": day, "reason": reason.as_str(), "n": sessions }),
            Self::ClosedAdded { name: (en, zh) }
            | Self::ClosedChanged { name: (en, zh) }
            | Self::ClosedRemoved { name: (en, zh) } => json!({ "en": en, "zh": zh }),
            Self::FeedMade | Self::FeedRevoked => json!({}),
        }
    }
}

/// The offering, as the record that events are about.
pub(super) fn about_offering(offering: &Offering) -> About {
    About::new("offering", offering.id.0).within(offering.programme_id)
}

/// The session, as the record that events are about.
pub(super) fn about(session: &ClassSession) -> About {
    About::new("class", session.id.0).within(session.programme_id)
}

/// The programme, as the record that events are about.
pub(super) fn about_programme(programme: ProgrammeId) -> About {
    About::new("programme", programme.0).within(programme)
}
