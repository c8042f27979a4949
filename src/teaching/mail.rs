//! What trainees and instructors are told about their sessions, with a part for their calendars.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::ProgrammeStaff;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::PersonId;
use crate::lang::Lang;
use crate::lang::format;
use crate::mail::outbox::{self, Occasion};
use crate::mail::{Body, CalendarPart, Letter, Link, Why};
use crate::people::accounts;
use crate::programmes;

use super::queries::{self, Attending, ClassSession};
use super::rules::calendar::{self, Entry, Party};
use super::rules::{CancelReason, SessionState, Slot};

/// What a letter tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// An offering's sessions are published, or more of them.
    Published,
    /// The reader attends an offering from now on. `mark` tells one such change from the next.
    Joined {
        /// What is different each time.
        mark: String,
    },
    /// The reader does not attend an offering any more.
    Left {
        /// What is different each time.
        mark: String,
    },
    /// A session was moved, from this time, or its place changed.
    Changed {
        /// When it was to be.
        from: Slot,
    },
    /// A session or all sessions of an offering do not take place.
    Cancelled {
        /// Why.
        reason: CancelReason,
    },
    /// A session takes place, and the reader no longer teaches it.
    HandedOver,
    /// A session takes the place of one that was cancelled.
    MakeUp {
        /// When that was to be.
        of: Slot,
    },
}

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Attends.
    Trainee,
    /// Teaches.
    Instructor,
}

/// A letter about sessions.
#[derive(Clone, Debug)]
pub struct TeachingLetter {
    /// The reader: name and address.
    pub reader: Party,
    /// As what they read it.
    pub audience: Audience,
    /// The programme's name, English first, and its office's address.
    pub office: ((String, String), String),
    /// The sessions, in order of time.
    pub sessions: Vec<ClassSession>,
    /// What it tells.
    pub told: Told,
}

/// A session's time in words: `Mon 22 Feb 2027, 19:00–22:00 HKT`.
#[must_use]
pub fn when(lang: Lang, slot: &Slot) -> String {
    let at = |time: chrono::DateTime<chrono::Utc>| {
        time.with_timezone(&format::hkt())
            .format("%H:%M")
            .to_string()
    };
    let day = format::date_long(lang, format::hk_date(slot.starts_at));
    let (from, to) = (at(slot.starts_at), at(slot.ends_at));
    lang.pick(
        format!("{day}, {from}–{to} HKT"),
        format!("{day}{from}至{to}（香港時間）"),
    )
}

/// Where a session is, in words: the room, the address of the meeting, or both.
#[must_use]
pub fn place(lang: Lang, session: &ClassSession) -> String {
    match (session.room.as_str(), session.link.as_str()) {
        ("", "") => lang.tt_no_place().to_owned(),
        (room, "") => room.to_owned(),
        ("", link) => link.to_owned(),
        (room, link) => format!("{room}\n{link}"),
    }
}

impl TeachingLetter {
    fn first(&self, lang: Lang) -> String {
        self.sessions
            .first()
            .map(|it| it.name(lang).to_owned())
            .unwrap_or_default()
    }

    fn intro(&self, lang: Lang) -> String {
        let name = self.first(lang);
        match &self.told {
            Told::Published | Told::Joined { .. } => lang.tt_mail_published(&name),
            Told::Left { .. } => lang.tt_mail_left(&name),
            Told::Changed { from } => lang.tt_mail_changed(&name, &when(lang, from)),
            Told::Cancelled { reason } if self.sessions.len() > 1 => {
                lang.tt_mail_cancelled_many(&name, reason.label(lang))
            }
            Told::Cancelled { reason } => lang.tt_mail_cancelled(&name, reason.label(lang)),
            Told::HandedOver => lang.tt_mail_handed_over(&name),
            Told::MakeUp { of } => lang.tt_mail_make_up(&name, &when(lang, of)),
        }
    }
}

impl Letter for TeachingLetter {
    fn kind(&self) -> &'static str {
        match &self.told {
            Told::Published | Told::Joined { .. } => "timetable_published",
            Told::Left { .. } => "offering_left",
            Told::Changed { .. } => "session_changed",
            Told::Cancelled { .. } => "session_cancelled",
            Told::HandedOver => "session_handed_over",
            Told::MakeUp { .. } => "session_make_up",
        }
    }

    fn why(&self) -> Why {
        match self.audience {
            Audience::Trainee => Why::Trainee,
            Audience::Instructor => Why::Staff,
        }
    }

    fn subject(&self, lang: Lang) -> String {
        let name = self.first(lang);
        let day = self.sessions.first().map_or_else(String::new, |it| {
            format::date_long(lang, format::hk_date(it.starts_at))
        });
        match &self.told {
            Told::Published | Told::Joined { .. } => lang.tt_mail_published_subject(&name),
            Told::Left { .. } => lang.tt_mail_left_subject(&name),
            Told::Changed { .. } => lang.tt_mail_changed_subject(&name, &day),
            Told::Cancelled { .. } if self.sessions.len() > 1 => {
                lang.tt_mail_cancelled_many_subject(&name)
            }
            Told::Cancelled { .. } => lang.tt_mail_cancelled_subject(&name, &day),
            Told::HandedOver => lang.tt_mail_handed_over_subject(&name, &day),
            Told::MakeUp { .. } => lang.tt_mail_make_up_subject(&name, &day),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let mut body = Body::new()
            .greeting(lang.mail_dear(&self.reader.name))
            .para(self.intro(lang));
        let one_place = self
            .sessions
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if a.room == b.room && a.link == b.link));
        for (number, session) in (1..).zip(&self.sessions) {
            // A number counts those of this letter; one alone needs none.
            let label = if self.sessions.len() == 1 {
                lang.tt_time().to_owned()
            } else {
                lang.tt_mail_session(number)
            };
            let time = when(lang, &session.slot());
            if one_place {
                body = body.fact(label, time);
            } else {
                body = body.fact(label, format!("{time}\n{}", place(lang, session)));
            }
        }
        if let Some(first) = self.sessions.first().filter(|_| one_place) {
            body = body.fact(lang.tt_place(), place(lang, first));
        }
        let page = match self.audience {
            Audience::Trainee => "/me/timetable",
            Audience::Instructor => "/timetable",
        };
        if matches!(&self.told, Told::Cancelled { reason } if reason.is_weather()) {
            body = body.para(lang.tt_mail_storm_more());
        }
        body.button(lang.tt_mail_open(), Link::path(page))
            .note(lang.tt_mail_calendar())
    }

    fn calendar(&self, lang: Lang) -> Option<CalendarPart> {
        let entries: Vec<Entry> = self.sessions.iter().map(|it| entry(lang, it)).collect();
        let (name, address) = &self.office;
        let organizer = Party {
            name: lang.pick(&name.0, &name.1).clone(),
            address: address.clone(),
        };
        let (method, text) = calendar::part(lang, &entries, &organizer, &self.reader)?;
        Some(CalendarPart {
            method: method.as_str(),
            text,
        })
    }
}

/// A session as calendars keep it.
#[must_use]
pub fn entry(lang: Lang, session: &ClassSession) -> Entry {
    let cancelled = session.state == SessionState::Cancelled.as_str();
    let mut description = String::new();
    if let Some(reason) = session.reason() {
        description.push_str(&lang.tt_calendar_cancelled(reason.label(lang)));
        description.push('\n');
    }
    if session.made_up_for.is_some() {
        description.push_str(lang.tt_make_up_session());
        description.push('\n');
    }
    if !session.link.is_empty() {
        description.push_str(&lang.before(lang.tt_link()));
        description.push_str(&session.link);
        description.push('\n');
    }
    Entry {
        id: session.id.0,
        sequence: session.sequence,
        slot: session.slot(),
        changed_at: session.changed_at,
        summary: format!("{} {}", session.module_code, session.name(lang)),
        room: session.room.clone(),
        link: session.link.clone(),
        description: description.trim_end().to_owned(),
        cancelled,
    }
}

/// Everybody whom a change of this session concerns: those who attend and have no break then, and those
/// who teach.
#[must_use]
pub fn audience(session: &ClassSession, attending: &Attending) -> BTreeMap<PersonId, Audience> {
    let attends = attending.of(
        session.cohort_id,
        session.offering_id,
        session.module_id,
        session.whole_cohort,
    );
    let day = format::hk_date(session.starts_at);
    let mut all: BTreeMap<PersonId, Audience> = attends
        .people
        .into_iter()
        .filter(|person| !attending.away(*person, day))
        .map(|person| (person, Audience::Trainee))
        .collect();
    all.extend(
        session
            .instructor_ids
            .iter()
            .map(|person| (*person, Audience::Instructor)),
    );
    all
}

/// Writes to these people about these sessions; a session that is not published is nobody's news.
/// Returns how many letters were queued.
///
/// # Errors
/// The database's.
pub(super) fn tell(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    sessions: &[ClassSession],
    readers: &BTreeMap<PersonId, Audience>,
    told: &Told,
) -> Result<usize> {
    let sessions: Vec<ClassSession> = sessions.iter().filter(|it| it.published).cloned().collect();
    let Some(first) = sessions.first() else {
        return Ok(0);
    };
    let people: BTreeSet<PersonId> = readers.keys().copied().collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let addresses = accounts::recipients(conn, &people)?;
    let name = programmes::queries::name(conn, staff.programme())?.pair();
    let office = queries::office(conn, staff.programme())?;
    let occasion = Occasion {
        subject: Some(if sessions.len() == 1 {
            first.id.0
        } else {
            first.offering_id.0
        }),
        programme: Some(staff.programme()),
        programme_name: name.clone(),
    };
    // The same change never writes twice to one person; the next change has another sequence.
    let event = match told {
        Told::Joined { mark } | Told::Left { mark } => mark.clone(),
        Told::Published
        | Told::Changed { .. }
        | Told::Cancelled { .. }
        | Told::HandedOver
        | Told::MakeUp { .. } => format!("{}:{}:{}", first.id, first.sequence, sessions.len()),
    };
    for (person, to) in &addresses {
        let letter = TeachingLetter {
            reader: Party {
                name: to.name.clone(),
                address: to.address.clone(),
            },
            audience: readers.get(person).copied().unwrap_or(Audience::Trainee),
            office: (name.clone(), office.clone()),
            sessions: sessions.clone(),
            told: told.clone(),
        };
        let key = format!("{}:{event}:{person}", letter.kind());
        outbox::put(conn, to, &letter, &occasion, &key)?;
    }
    Ok(addresses.len())
}
