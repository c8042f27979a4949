//! When a note is released, and what makes a note.
#![warn(clippy::wildcard_enum_match_arm)]

use chrono::{DateTime, Utc};

use crate::error::FieldError;
use crate::lang::{refusals, words};
use crate::teaching::rules::{Slot, link_ok};

words! {
    /// When trainees see a note.
    pub enum Release {
        /// As soon as the session is published.
        Now = "now" => material_release_now,
        /// When the session begins, whenever that is.
        Start = "start" => material_release_start,
        /// When the session ends, whenever that is.
        End = "end" => material_release_end,
        /// At a time of its own.
        At = "at" => material_release_at,
    }
}

refusals! {
    /// Why something about materials is refused.
    pub enum MaterialRefusal {
        /// A session holds no more.
        TooMany = "notes_full" => material_refuse_many,
        /// Nobody marks what they cannot read yet.
        NotReleased = "note_not_released" => material_refuse_early,
    }
}

/// Most notes and links of one session.
pub const MOST: usize = 50;
/// Most characters of a title.
pub const TITLE_MOST: usize = 160;
/// Most characters of a note.
pub const BODY_MOST: usize = 8_000;
/// Most characters of an address.
pub const URL_MOST: usize = 400;

/// When a note is released; `None` for one without any time, which is at once. `own` is the time of
/// [`Release::At`].
#[must_use]
pub fn released_at(
    release: Release,
    own: Option<DateTime<Utc>>,
    session: &Slot,
) -> Option<DateTime<Utc>> {
    match release {
        Release::Now => None,
        Release::Start => Some(session.starts_at),
        Release::End => Some(session.ends_at),
        Release::At => own,
    }
}

/// May trainees read it at this time?
#[must_use]
pub fn is_released(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    at.is_none_or(|at| at <= now)
}

/// What is written about a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteDetails {
    /// English title; empty when there is only a Chinese one.
    pub title_en: String,
    /// Chinese title; empty when there is only an English one.
    pub title_zh: String,
    /// The note; may be empty beside a link.
    pub body: String,
    /// The link; may be empty beside a note.
    pub url: String,
    /// When trainees see it.
    pub release: Release,
    /// The time of [`Release::At`]; none for the others.
    pub release_at: Option<DateTime<Utc>>,
}

/// What is wrong with a note: it needs a title in one language, and a text or a link.
#[must_use]
pub fn problems(note: &NoteDetails) -> Vec<FieldError> {
    let mut problems = Vec::new();
    if note.title_en.is_empty() && note.title_zh.is_empty() {
        problems.push(FieldError::new("title_en", "required", |lang| {
            lang.material_need_title().to_owned()
        }));
    }
    if note.body.is_empty() && note.url.is_empty() {
        problems.push(FieldError::new("body", "required", |lang| {
            lang.material_need_body().to_owned()
        }));
    }
    if !link_ok(&note.url) {
        problems.push(FieldError::new("url", "link", |lang| {
            lang.tt_bad_link().to_owned()
        }));
    }
    if note.release == Release::At && note.release_at.is_none() {
        problems.push(FieldError::new("release_at", "required", |lang| {
            lang.material_need_time().to_owned()
        }));
    }
    problems
}
