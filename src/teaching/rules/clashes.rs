//! What cannot be at the same time: one room, one link, one instructor, one trainee.
#![warn(clippy::wildcard_enum_match_arm)]

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::ids::{CohortId, PersonId};
use crate::lang::words;

use super::Slot;

words! {
    /// What two engagements share.
    pub enum ClashKind {
        /// The room.
        Room = "room" => clash_room,
        /// The address of the meeting.
        Link = "link" => clash_link,
        /// An instructor.
        Instructor = "instructor" => clash_instructor,
        /// A trainee.
        Trainee = "trainee" => clash_trainee,
        /// A trainee who is at a placement then.
        Placement = "placement" => clash_placement,
    }
}

/// What somebody is engaged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engagement {
    /// A session of a module.
    Session,
    /// Work at a host institution.
    Placement,
}

/// Who takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendance {
    /// The cohort.
    pub cohort: CohortId,
    /// All of it? Then anything else of the cohort is in the way.
    pub whole: bool,
    /// The trainees.
    pub people: BTreeSet<PersonId>,
}

/// Something that takes time, a place and people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Busy {
    /// The session or placement; one that is being planned has a fresh id.
    pub id: Uuid,
    /// What it is called, English first.
    pub name: (String, String),
    /// When.
    pub slot: Slot,
    /// What.
    pub engagement: Engagement,
    /// The room; empty for none.
    pub room: String,
    /// The meeting's address; empty for none.
    pub link: String,
    /// Who teaches.
    pub instructors: BTreeSet<PersonId>,
    /// Who attends.
    pub attends: Attendance,
}

/// Two engagements that cannot both be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// What they share.
    pub kind: ClashKind,
    /// The one that is planned, and when.
    pub planned: (Uuid, (String, String), Slot),
    /// The one that stands in its way, and when.
    pub standing: (Uuid, (String, String), Slot),
    /// The room or link that is shared; empty for persons.
    pub place: String,
    /// The persons who are shared.
    pub people: Vec<PersonId>,
}

/// A room as it is compared: `Room 3` and ` room  3` are one.
#[must_use]
pub fn place(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// What these two share, if they are at the same time. Nothing clashes with itself.
#[must_use]
pub fn between(planned: &Busy, standing: &Busy) -> Vec<Clash> {
    if planned.id == standing.id || !planned.slot.overlaps(&standing.slot) {
        return Vec::new();
    }
    let clash = |kind, place: String, people: Vec<PersonId>| Clash {
        kind,
        planned: (planned.id, planned.name.clone(), planned.slot),
        standing: (standing.id, standing.name.clone(), standing.slot),
        place,
        people,
    };
    let mut found = Vec::new();
    let room = place(&planned.room);
    if !room.is_empty() && room == place(&standing.room) {
        found.push(clash(ClashKind::Room, planned.room.clone(), Vec::new()));
    }
    if !planned.link.is_empty() && planned.link.trim() == standing.link.trim() {
        found.push(clash(ClashKind::Link, planned.link.clone(), Vec::new()));
    }
    let shared: Vec<PersonId> = planned
        .instructors
        .intersection(&standing.instructors)
        .copied()
        .collect();
    if !shared.is_empty() {
        found.push(clash(ClashKind::Instructor, String::new(), shared));
    }
    let (a, b) = (&planned.attends, &standing.attends);
    let people: Vec<PersonId> = a.people.intersection(&b.people).copied().collect();
    let placed = [planned, standing]
        .iter()
        .any(|it| it.engagement == Engagement::Placement);
    let together = !placed && a.cohort == b.cohort && (a.whole || b.whole);
    if together || !people.is_empty() {
        let kind = if placed {
            ClashKind::Placement
        } else {
            ClashKind::Trainee
        };
        found.push(clash(kind, String::new(), people));
    }
    found
}

/// Every clash of what is planned with what stands and among itself, by time.
#[must_use]
pub fn clashes(planned: &[Busy], standing: &[Busy]) -> Vec<Clash> {
    let mut found = Vec::new();
    for (at, one) in planned.iter().enumerate() {
        let others = standing.iter().chain(planned.iter().skip(at + 1));
        found.extend(others.flat_map(|other| between(one, other)));
    }
    found.sort_by_key(|it| (it.planned.2, it.standing.2, it.kind));
    found
}
