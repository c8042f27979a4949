//! What trainees are told of their attendance: never before a register is signed off.

use crate::db::Conn;
use crate::error::Result;
use crate::ids::{PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::lang::format;
use crate::mail::outbox::{self, Occasion};
use crate::mail::{Body, Letter, Link, Why};
use crate::people::accounts;
use crate::programmes;
use crate::teaching::mail::when;
use crate::teaching::rules::Slot;

use super::queries;
use super::rules::form::Entry;
use super::rules::{BasisPoints, Presence, Verdict};

/// What a letter tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The register of a session is signed off: absent, or under the threshold, or both.
    Warning {
        /// Was the reader absent without excuse?
        absent: bool,
        /// Is there an apology on which nobody has decided?
        pending: bool,
        /// The rate now, if it has fallen under the threshold that follows it.
        low: Option<(BasisPoints, BasisPoints)>,
    },
    /// An entry was corrected.
    Corrected {
        /// What it said.
        from: Entry,
        /// What it says.
        to: Entry,
        /// Why.
        reason: String,
        /// The rate now, if this has brought it under the threshold that follows it.
        low: Option<(BasisPoints, BasisPoints)>,
    },
    /// An apology was decided.
    Apology {
        /// How.
        verdict: Verdict,
        /// Why, in the office's words.
        reason: String,
    },
}

/// A letter about one session.
#[derive(Clone, Debug)]
pub struct AttendanceLetter {
    /// The reader's name.
    pub name: String,
    /// Code and name of the session, English first.
    pub title: (String, String),
    /// When it is.
    pub slot: Slot,
    /// The address of the programme's office.
    pub office: String,
    /// What it tells.
    pub told: Told,
}

/// An entry in words: `Late, 150 minutes`.
#[must_use]
pub fn in_words(lang: Lang, entry: &Entry) -> String {
    match entry.state {
        Presence::Late => lang.att_late_minutes(entry.minutes),
        Presence::Present | Presence::Excused | Presence::Absent => {
            entry.state.label(lang).to_owned()
        }
    }
}

/// Says that the rate is under the threshold, if it has fallen there.
fn under(body: Body, lang: Lang, low: Option<(BasisPoints, BasisPoints)>) -> Body {
    match low {
        Some((rate, threshold)) => body.para(lang.att_mail_low(&rate.shown(), &threshold.shown())),
        None => body,
    }
}

impl Letter for AttendanceLetter {
    fn kind(&self) -> &'static str {
        match &self.told {
            Told::Warning { absent: true, .. } => "attendance_absent",
            Told::Warning { absent: false, .. } => "attendance_low",
            Told::Corrected { .. } => "attendance_corrected",
            Told::Apology {
                verdict: Verdict::Accept,
                ..
            } => "apology_accepted",
            Told::Apology {
                verdict: Verdict::Decline,
                ..
            } => "apology_declined",
        }
    }

    fn why(&self) -> Why {
        Why::Trainee
    }

    fn subject(&self, lang: Lang) -> String {
        let title = lang.pick(&self.title.0, &self.title.1);
        let day = format::date_long(lang, format::hk_date(self.slot.starts_at));
        match &self.told {
            Told::Warning { absent: true, .. } => lang.att_mail_absent_subject(title, &day),
            Told::Warning { absent: false, .. } => lang.att_mail_low_subject().to_owned(),
            Told::Corrected { .. } => lang.att_mail_corrected_subject(title, &day),
            Told::Apology { verdict, .. } => match verdict {
                Verdict::Accept => lang.att_mail_accepted_subject(title, &day),
                Verdict::Decline => lang.att_mail_declined_subject(title, &day),
            },
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let mut body = Body::new().greeting(lang.mail_dear(&self.name));
        body = match &self.told {
            Told::Warning { pending: true, .. } => body.para(lang.att_mail_absent_pending()),
            Told::Warning { absent: true, .. } => body.para(lang.att_mail_absent()),
            Told::Warning { absent: false, .. } => body.para(lang.att_mail_low_after()),
            Told::Corrected { .. } => body.para(lang.att_mail_corrected()),
            Told::Apology { verdict, .. } => body.para(match verdict {
                Verdict::Accept => lang.att_mail_accepted(),
                Verdict::Decline => lang.att_mail_declined(),
            }),
        };
        body = body
            .fact(
                lang.tt_module(),
                lang.pick(self.title.0.clone(), self.title.1.clone()),
            )
            .fact(lang.tt_time(), when(lang, &self.slot));
        body = match &self.told {
            Told::Warning { low, .. } => {
                under(body, lang, *low).para(lang.att_mail_what_to_do(&self.office))
            }
            Told::Corrected {
                from,
                to,
                reason,
                low,
            } => {
                let body = body
                    .fact(lang.att_was(), in_words(lang, from))
                    .fact(lang.att_is(), in_words(lang, to))
                    .quote(reason);
                let body = under(body, lang, *low);
                match low {
                    Some(_) => body.para(lang.att_mail_what_to_do(&self.office)),
                    None => body,
                }
            }
            Told::Apology { reason, .. } => body.quote(reason),
        };
        body.button(lang.att_mail_open(), Link::path("/me/attendance"))
    }
}

/// Writes to these trainees about one session. `event` makes each letter one that is sent once.
///
/// # Errors
/// The database's.
pub(super) fn tell(
    conn: &mut Conn<'_>,
    programme: ProgrammeId,
    (subject, title, slot): (uuid::Uuid, (String, String), Slot),
    told: &[(PersonId, Told)],
    event: &str,
) -> Result<usize> {
    if told.is_empty() {
        return Ok(0);
    }
    let people: Vec<PersonId> = told.iter().map(|(person, _)| *person).collect();
    let addresses = accounts::recipients(conn, &people)?;
    let office = queries::office(conn, programme)?;
    let occasion = Occasion {
        subject: Some(subject),
        programme: Some(programme),
        programme_name: programmes::queries::name(conn, programme)?.pair(),
    };
    let mut queued = 0;
    for (person, told) in told {
        let Some(to) = addresses.get(person) else {
            continue;
        };
        let letter = AttendanceLetter {
            name: to.name.clone(),
            title: title.clone(),
            slot,
            office: office.clone(),
            told: told.clone(),
        };
        let key = format!("{}:{event}:{person}", letter.kind());
        outbox::put(conn, to, &letter, &occasion, &key)?;
        queued += 1;
    }
    Ok(queued)
}
