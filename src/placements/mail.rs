//! Letters about placements: to the office what was handed in or asked, to an institution what was decided
//! or is asked of it.

use chrono::NaiveDate;

use crate::access;
use crate::db::{Conn, Task};
use crate::error::Result;
use crate::ids::{CapacityId, OrganisationId, PersonId, PostingId, ProgrammeId, SeatChangeId};
use crate::lang::Lang;
use crate::lang::format::date;
use crate::mail::outbox::{self, Occasion, Queued};
use crate::mail::{Body, Letter, Link, Why};
use crate::people::accounts;
use crate::programmes;

use super::queries;
use super::rules::{ChangeKind, ChangeState};

/// Names in both languages, English first.
pub type Names = (String, String);

/// What a letter of this room tells.
#[derive(Clone, Debug)]
pub enum Told {
    /// To the office: a posting was handed in.
    Submitted,
    /// To the institution: a posting comes back, with the office's words.
    Returned(String),
    /// To the institution: a posting is approved.
    Approved,
    /// To the office: a change of seats waits.
    ChangeAsked(ChangeKind, i32, i32),
    /// To the institution: what became of a change.
    ChangeDecided(ChangeKind, ChangeState, i32, i32, String),
    /// To the institution: how many trainees can it take?
    CapacityAsked {
        /// Days of the period.
        period: (NaiveDate, NaiveDate),
        /// Until when.
        due_on: NaiveDate,
        /// The office's words.
        words: String,
    },
    /// To the office: an answer about capacity.
    CapacityAnswered(i32),
}

/// What a letter is about.
#[derive(Clone, Copy, Debug)]
pub enum Matter {
    /// A posting.
    Posting(PostingId),
    /// A change of seats.
    Change(SeatChangeId),
    /// A question about capacity.
    Capacity(CapacityId),
}

impl Matter {
    fn id(self) -> uuid::Uuid {
        match self {
            Self::Posting(id) => id.0,
            Self::Change(id) => id.0,
            Self::Capacity(id) => id.0,
        }
    }

    fn place(self) -> (&'static str, String) {
        match self {
            Self::Posting(id) => ("postings", id.to_string()),
            Self::Change(id) => ("changes", id.to_string()),
            Self::Capacity(id) => ("capacity", id.to_string()),
        }
    }
}

/// A letter about placements.
#[derive(Clone, Debug)]
pub struct PlacementLetter {
    /// The reader's name.
    pub name: String,
    /// The programme.
    pub programme: ProgrammeId,
    /// The institution.
    pub organisation: Names,
    /// The posting's title; empty for what is about none.
    pub title: Names,
    /// What it is about.
    pub matter: Matter,
    /// What it tells.
    pub told: Told,
}

impl PlacementLetter {
    fn to_office(&self) -> bool {
        matches!(
            self.told,
            Told::Submitted | Told::ChangeAsked(..) | Told::CapacityAnswered(_)
        )
    }

    fn link(&self) -> Link {
        let (list, id) = self.matter.place();
        Link::path(if self.to_office() {
            format!("/programmes/{}/placements/{list}/{id}", self.programme)
        } else {
            format!("/organisation/{list}/{id}")
        })
    }

    fn change(lang: Lang, kind: ChangeKind, before: i32, after: i32) -> String {
        match kind {
            ChangeKind::Seats => lang.plc_change_from_to(before, after),
            ChangeKind::Withdraw => lang.plc_change_withdraw().to_owned(),
        }
    }
}

impl Letter for PlacementLetter {
    fn kind(&self) -> &'static str {
        match self.told {
            Told::Submitted => "posting_submitted",
            Told::Returned(_) => "posting_returned",
            Told::Approved => "posting_approved",
            Told::ChangeAsked(..) => "seat_change_asked",
            Told::ChangeDecided(..) => "seat_change_decided",
            Told::CapacityAsked { .. } => "capacity_asked",
            Told::CapacityAnswered(_) => "capacity_answered",
        }
    }

    fn why(&self) -> Why {
        if self.to_office() {
            Why::Staff
        } else {
            Why::Partner
        }
    }

    fn subject(&self, lang: Lang) -> String {
        let title = lang.pick(&self.title.0, &self.title.1);
        let institution = lang.pick(&self.organisation.0, &self.organisation.1);
        match &self.told {
            Told::Submitted => lang.letter_posting_submitted_subject(title),
            Told::Returned(_) => lang.letter_posting_returned_subject(title),
            Told::Approved => lang.letter_posting_approved_subject(title),
            Told::ChangeAsked(..) => lang.letter_change_asked_subject(title),
            Told::ChangeDecided(_, ChangeState::Approved, ..) => {
                lang.letter_change_approved_subject(title)
            }
            Told::ChangeDecided(..) => lang.letter_change_refused_subject(title),
            Told::CapacityAsked { .. } => lang.letter_capacity_asked_subject().to_owned(),
            Told::CapacityAnswered(_) => lang.letter_capacity_answered_subject(institution),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let title = lang.pick(&self.title.0, &self.title.1);
        let institution = lang.pick(&self.organisation.0, &self.organisation.1);
        let body = Body::new().greeting(lang.mail_dear(&self.name));
        let body = match &self.told {
            Told::Submitted => body.para(lang.letter_posting_submitted(institution, title)),
            Told::Returned(words) => body.para(lang.letter_posting_returned(title)).quote(words),
            Told::Approved => body.para(lang.letter_posting_approved(title)),
            Told::ChangeAsked(kind, before, after) => body
                .para(lang.letter_change_asked(institution, title))
                .fact(
                    lang.plc_change(),
                    Self::change(lang, *kind, *before, *after),
                ),
            Told::ChangeDecided(kind, state, before, after, words) => {
                let body = body
                    .para(match state {
                        ChangeState::Approved => lang.letter_change_approved(title),
                        _ => lang.letter_change_refused(title),
                    })
                    .fact(
                        lang.plc_change(),
                        Self::change(lang, *kind, *before, *after),
                    );
                if words.is_empty() {
                    body
                } else {
                    body.quote(words)
                }
            }
            Told::CapacityAsked {
                period,
                due_on,
                words,
            } => {
                let body = body
                    .para(lang.letter_capacity_asked(institution))
                    .fact(
                        lang.plc_period(),
                        lang.plc_from_to(&date(lang, period.0), &date(lang, period.1)),
                    )
                    .fact(lang.plc_due_on(), date(lang, *due_on));
                if words.is_empty() {
                    body
                } else {
                    body.quote(words)
                }
            }
            Told::CapacityAnswered(seats) => body
                .para(lang.letter_capacity_answered(institution))
                .fact(lang.plc_seats(), seats.to_string()),
        };
        body.button(lang.letter_placement_button(), self.link())
    }
}

/// What is written about, of which institution in which programme.
pub(super) struct About {
    pub programme: ProgrammeId,
    pub organisation: (OrganisationId, Names),
    pub title: Names,
    pub matter: Matter,
    /// What is different each time: the record's version, or the step.
    pub mark: String,
}

/// Writes to everybody whom it concerns, but not to whoever did it.
pub(super) fn write(conn: &mut Conn<'_>, about: &About, told: &Told, but: PersonId) -> Result<()> {
    let mut letter = PlacementLetter {
        name: String::new(),
        programme: about.programme,
        organisation: about.organisation.1.clone(),
        title: about.title.clone(),
        matter: about.matter,
        told: told.clone(),
    };
    let to = (!letter.to_office()).then_some(about.organisation.0);
    let people = conn.elevate(Task::Placements, |conn| {
        let placements = access::working(conn, Task::Placements)?;
        queries::readers(conn, &placements, about.programme, to)
    })?;
    let people: Vec<PersonId> = people.into_iter().filter(|it| *it != but).collect();
    let addresses = accounts::recipients(conn, &people)?;
    let occasion = Occasion {
        subject: Some(about.matter.id()),
        programme: Some(about.programme),
        programme_name: programmes::queries::name(conn, about.programme)?.pair(),
    };
    let letters: Vec<(PersonId, PlacementLetter)> = addresses
        .iter()
        .map(|(person, to)| {
            letter.name.clone_from(&to.name);
            (*person, letter.clone())
        })
        .collect();
    let queued: Vec<Queued<'_>> = letters
        .iter()
        .filter_map(|(person, letter)| {
            Some(Queued {
                to: addresses.get(person)?,
                letter,
                occasion: &occasion,
                dedupe_key: format!(
                    "{}:{}:{}:{person}",
                    letter.kind(),
                    about.matter.id(),
                    about.mark
                ),
            })
        })
        .collect();
    outbox::put_all(conn, &queued)
}
