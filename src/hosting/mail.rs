//! Letters about a placement from its offer to the first day.

use crate::access;
use crate::db::{Conn, Task};
use crate::error::Result;
use crate::ids::{PersonId, PlacementId};
use crate::lang::Lang;
use crate::lang::format::{date, deadline};
use crate::mail::outbox::{self, Occasion, Queued};
use crate::mail::{Body, Letter, Link, Why};
use crate::people::accounts;
use crate::placements::queries as placements;
use crate::programmes;

use super::queries::Placement;

/// What a letter of this room tells.
#[derive(Clone, Debug)]
pub enum Told {
    /// The placement is offered again.
    Offered,
    /// The offer is to be answered soon.
    Answer,
    /// The trainee has accepted.
    Accepted,
    /// The trainee has declined, and why.
    Declined(String),
    /// Nobody answered in time.
    Lapsed,
    /// The institution has withdrawn it, and why.
    Withdrawn(String),
    /// An agreement waits for a signature: its number.
    ToSign(i32),
    /// Everybody has signed: the whole text and its hash.
    Signed {
        /// Number of the agreement.
        number: i32,
        /// English and Chinese text.
        text: (String, String),
        /// Hash of both.
        sha256: String,
    },
    /// A declaration waits for the student.
    Declare,
    /// The trainee has reported for duty.
    Reported,
}

/// Who reads a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The trainee.
    Trainee,
    /// Who speaks for the institution.
    Host,
    /// The programme office.
    Office,
}

/// A letter about a placement.
#[derive(Clone, Debug)]
pub struct HostingLetter {
    /// The reader's name.
    pub name: String,
    /// Who it is.
    pub reader: Reader,
    /// Where the placement's page is.
    pub path: String,
    /// The placement.
    pub placement: Placement,
    /// What it tells.
    pub told: Told,
}

impl HostingLetter {
    fn sentence(&self, lang: Lang) -> String {
        let who = self.placement.name_shown.as_str();
        match &self.told {
            Told::Offered => lang.letter_hosting_offered().to_owned(),
            Told::Answer => lang.letter_hosting_answer().to_owned(),
            Told::Accepted => lang.letter_hosting_accepted(who),
            Told::Declined(_) => lang.letter_hosting_declined(who),
            Told::Lapsed => match self.reader {
                Reader::Trainee => lang.letter_hosting_lapsed_own().to_owned(),
                Reader::Host | Reader::Office => lang.letter_hosting_lapsed(who),
            },
            Told::Withdrawn(_) => lang.letter_hosting_withdrawn().to_owned(),
            Told::ToSign(_) => lang.letter_hosting_to_sign().to_owned(),
            Told::Signed { .. } => lang.letter_hosting_signed().to_owned(),
            Told::Declare => lang.letter_hosting_declare().to_owned(),
            Told::Reported => lang.letter_hosting_reported(who),
        }
    }
}

impl Letter for HostingLetter {
    fn kind(&self) -> &'static str {
        match self.told {
            Told::Offered => "placement_offered",
            Told::Answer => "placement_answer",
            Told::Accepted => "placement_accepted",
            Told::Declined(_) => "placement_declined",
            Told::Lapsed => "placement_lapsed",
            Told::Withdrawn(_) => "placement_withdrawn",
            Told::ToSign(_) => "agreement_to_sign",
            Told::Signed { .. } => "agreement_signed",
            Told::Declare => "declaration_to_sign",
            Told::Reported => "placement_reported",
        }
    }

    fn why(&self) -> Why {
        match self.reader {
            Reader::Trainee => Why::Trainee,
            Reader::Host => Why::Partner,
            Reader::Office => Why::Staff,
        }
    }

    fn subject(&self, lang: Lang) -> String {
        let title = self.placement.title(lang).unwrap_or_default();
        match self.told {
            Told::Offered | Told::Answer => lang.letter_hosting_offer_subject(&title),
            Told::ToSign(_) => lang.letter_hosting_sign_subject(&title),
            Told::Signed { .. } => lang.letter_hosting_signed_subject(&title),
            Told::Declare => lang.letter_hosting_declare_subject(&title),
            Told::Accepted
            | Told::Declined(_)
            | Told::Lapsed
            | Told::Withdrawn(_)
            | Told::Reported => lang.letter_hosting_subject(&title),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let it = &self.placement;
        let mut body = Body::new()
            .greeting(lang.mail_dear(&self.name))
            .para(self.sentence(lang))
            .fact(lang.hst_posting(), it.title(lang).unwrap_or_default())
            .fact(lang.hst_institution(), it.organisation(lang));
        if let (Some(from), Some(to)) = (it.starts_on, it.ends_on) {
            body = body.fact(
                lang.hst_period(),
                lang.hst_from_to(&date(lang, from), &date(lang, to)),
            );
        }
        if let (Told::Offered | Told::Answer, Some(until)) = (&self.told, it.answer_by) {
            body = body.fact(lang.hst_answer_by(), deadline(lang, until));
        }
        match &self.told {
            Told::Declined(reason) | Told::Withdrawn(reason) if !reason.is_empty() => {
                body = body.quote(reason);
            }
            Told::Signed { text, sha256, .. } => {
                let both = format!("{}\n\n{}", text.0, text.1);
                for line in both.lines().filter(|line| !line.trim().is_empty()) {
                    body = body.para(line);
                }
                body = body.fact(lang.hst_hash(), sha256);
            }
            _ => {}
        }
        body.button(lang.letter_hosting_button(), Link::path(self.path.clone()))
    }
}

fn queue(
    conn: &mut Conn<'_>,
    it: &Placement,
    (people, reader): (&[PersonId], Reader),
    told: &Told,
) -> Result<()> {
    let addresses = accounts::recipients(conn, people)?;
    let occasion = Occasion {
        subject: Some(it.id.0),
        programme: Some(it.programme_id),
        programme_name: programmes::queries::name(conn, it.programme_id)?.pair(),
    };
    let letters: Vec<(PersonId, HostingLetter)> = people
        .iter()
        .filter_map(|person| {
            let letter = HostingLetter {
                name: addresses.get(person)?.name.clone(),
                reader,
                path: path(it, reader),
                placement: it.clone(),
                told: told.clone(),
            };
            Some((*person, letter))
        })
        .collect();
    let queued: Vec<Queued<'_>> = letters
        .iter()
        .filter_map(|(person, letter)| {
            // The same event never writes twice to the same person; the row's version tells events apart.
            let mark = match told {
                Told::ToSign(n) | Told::Signed { number: n, .. } => format!("n{n}"),
                _ => format!("v{}", it.version),
            };
            Some(Queued {
                to: addresses.get(person)?,
                letter,
                occasion: &occasion,
                dedupe_key: format!("{}:{}:{mark}:{person}", letter.kind(), it.id),
            })
        })
        .collect();
    outbox::put_all(conn, &queued)?;
    Ok(())
}

fn path(it: &Placement, reader: Reader) -> String {
    let id: PlacementId = it.id;
    match reader {
        Reader::Trainee => format!("/me/placed/{id}"),
        Reader::Host => format!("/organisation/placed/{id}"),
        Reader::Office => format!("/programmes/{}/placements/placed/{id}", it.programme_id),
    }
}

/// Writes to the trainee.
pub(super) fn tell_trainee(conn: &mut Conn<'_>, it: &Placement, told: &Told) -> Result<()> {
    queue(conn, it, (&[it.person_id], Reader::Trainee), told)
}

/// Writes to those who speak for the institution.
pub(super) fn tell_host(conn: &mut Conn<'_>, it: &Placement, told: &Told) -> Result<()> {
    let people = conn.elevate(Task::Placements, |conn| {
        let work = access::working(conn, Task::Placements)?;
        placements::readers(conn, &work, it.programme_id, Some(it.organisation_id))
    })?;
    queue(conn, it, (&people, Reader::Host), told)
}

/// Writes to the office.
pub(super) fn tell_office(conn: &mut Conn<'_>, it: &Placement, told: &Told) -> Result<()> {
    let people = conn.elevate(Task::Placements, |conn| {
        let work = access::working(conn, Task::Placements)?;
        placements::readers(conn, &work, it.programme_id, None)
    })?;
    queue(conn, it, (&people, Reader::Office), told)
}
