//! Letters about interviews, with a part for the calendars of those who are there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::access;
use crate::db::{Conn, Task};
use crate::error::Result;
use crate::ids::{PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::mail::outbox::{self, Occasion, Queued, Recipient};
use crate::mail::{Body, CalendarPart, Letter, Link, Why};
use crate::people::accounts;
use crate::placements::queries as placements;
use crate::programmes;
use crate::teaching::mail::when;
use crate::teaching::queries as teaching;
use crate::teaching::rules::Slot;
use crate::teaching::rules::calendar::{self, Entry, Party};

use super::queries::{self, Interview, PanelRow};
use super::rules::InterviewState;

/// What a letter tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// An interview has a time.
    Invited,
    /// It has another one, or another place; this was its time.
    Moved(Slot),
    /// It does not take place; a word about why, which may be empty.
    Cancelled(String),
    /// It takes place, without the reader: another panel holds it.
    HandedOver,
    /// It is tomorrow.
    Reminded,
    /// The trainee asks for another time, and why.
    Asked(String),
}

/// As what somebody reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Is interviewed.
    Trainee,
    /// Interviews.
    Panel,
    /// Speaks for the institution.
    Host,
}

/// A letter about an interview.
#[derive(Clone, Debug)]
pub struct InterviewLetter {
    /// The reader.
    pub reader: Party,
    /// As what they read it.
    pub audience: Audience,
    /// The programme's name, English first, and its office's address.
    pub office: ((String, String), String),
    /// The interview.
    pub interview: Interview,
    /// What it tells.
    pub told: Told,
}

/// Where an interview is, in words: room, address of the meeting, or both.
#[must_use]
pub fn place(room: &str, link: &str) -> String {
    match (room, link) {
        (room, "") => room.to_owned(),
        ("", link) => link.to_owned(),
        (room, link) => format!("{room}\n{link}"),
    }
}

impl InterviewLetter {
    /// With whom the reader meets.
    fn other(&self, lang: Lang) -> String {
        match self.audience {
            Audience::Trainee => self.interview.organisation(lang).to_owned(),
            Audience::Panel | Audience::Host => self.interview.name_shown.clone(),
        }
    }

    fn intro(&self, lang: Lang) -> String {
        let other = self.other(lang);
        match &self.told {
            Told::Invited => lang.letter_itv_invited(&other),
            Told::Moved(from) => lang.letter_itv_moved(&other, &when(lang, from)),
            Told::Cancelled(_) => lang.letter_itv_cancelled(&other),
            Told::HandedOver => lang.letter_itv_handed_over(&other),
            Told::Reminded => lang.letter_itv_reminded(&other),
            Told::Asked(_) => lang.letter_itv_asked(&other),
        }
    }
}

impl Letter for InterviewLetter {
    fn kind(&self) -> &'static str {
        match self.told {
            Told::Invited => "interview_invited",
            Told::Moved(_) => "interview_moved",
            Told::Cancelled(_) => "interview_cancelled",
            Told::HandedOver => "interview_handed_over",
            Told::Reminded => "interview_reminded",
            Told::Asked(_) => "interview_asked",
        }
    }

    fn why(&self) -> Why {
        match self.audience {
            Audience::Trainee => Why::Trainee,
            Audience::Panel | Audience::Host => Why::Partner,
        }
    }

    fn subject(&self, lang: Lang) -> String {
        let other = self.other(lang);
        match self.told {
            Told::Invited => lang.letter_itv_invited_subject(&other),
            Told::Moved(_) => lang.letter_itv_moved_subject(&other),
            Told::Cancelled(_) | Told::HandedOver => lang.letter_itv_cancelled_subject(&other),
            Told::Reminded => lang.letter_itv_reminded_subject(&other),
            Told::Asked(_) => lang.letter_itv_asked_subject(&other),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let it = &self.interview;
        let mut body = Body::new()
            .greeting(lang.mail_dear(&self.reader.name))
            .para(self.intro(lang))
            .fact(lang.tt_time(), when(lang, &it.when()))
            .fact(lang.tt_place(), place(&it.room, &it.link))
            .fact(lang.itv_posting(), it.title(lang));
        if self.audience != Audience::Trainee {
            body = body.fact(
                lang.itv_trainee(),
                format!("{} ({})", it.name_shown, it.trainee_number),
            );
        }
        match &self.told {
            Told::Cancelled(words) | Told::Asked(words) if !words.is_empty() => {
                body = body.quote(words);
            }
            _ => {}
        }
        body = match self.audience {
            Audience::Trainee => body.button(
                lang.letter_itv_button(),
                Link::path(format!("/me/interviews/{}", it.id)),
            ),
            Audience::Host => body.button(
                lang.letter_itv_button(),
                Link::path(format!(
                    "/organisation/interviews/{}/timetable/{}",
                    it.round_id, it.id
                )),
            ),
            // Those who sit on a panel need no account.
            Audience::Panel => body,
        };
        match self.told {
            Told::Reminded | Told::Asked(_) => body,
            _ => body.note(lang.tt_mail_calendar()),
        }
    }

    fn calendar(&self, lang: Lang) -> Option<CalendarPart> {
        let cancelled = match self.told {
            Told::Invited | Told::Moved(_) => false,
            Told::Cancelled(_) | Told::HandedOver => true,
            Told::Reminded | Told::Asked(_) => return None,
        };
        let it = &self.interview;
        let entry = Entry {
            id: it.id.0,
            sequence: it.sequence,
            slot: it.when(),
            changed_at: it.changed_at,
            summary: lang.itv_calendar(&self.other(lang)),
            room: it.room.clone(),
            link: it.link.clone(),
            description: it.title(lang).to_owned(),
            cancelled,
        };
        let (name, address) = &self.office;
        let organizer = Party {
            name: lang.pick(&name.0, &name.1).clone(),
            address: address.clone(),
        };
        let (method, text) = calendar::part(lang, &[entry], &organizer, &self.reader)?;
        Some(CalendarPart {
            method: method.as_str(),
            text,
        })
    }
}

/// A change of an interview, of which people are told.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// The interview as it is now.
    pub interview: Interview,
    /// What is told of it.
    pub told: Told,
    /// The panel that held it before, if it is another one.
    pub left: Option<Uuid>,
}

fn member_lang(panel: &PanelRow) -> Lang {
    Lang::parse(&panel.lang).unwrap_or_default()
}

/// Everybody on a panel, as readers.
fn members(panel: &PanelRow) -> Result<Vec<Recipient>> {
    let lang = member_lang(panel);
    let members = panel.members()?;
    Ok(members
        .into_iter()
        .map(|it| Recipient {
            person: None,
            address: it.email,
            name: it.name,
            lang,
        })
        .collect())
}

/// Whom a change concerns, and what each is told: the trainee, the panel, the panel that it leaves.
fn readers(
    change: &Change,
    trainees: &BTreeMap<PersonId, Recipient>,
    panels: &BTreeMap<Uuid, PanelRow>,
) -> Result<Vec<(Recipient, Audience, Told)>> {
    let mut readers = Vec::new();
    if let Some(to) = trainees.get(&change.interview.person_id) {
        readers.push((to.clone(), Audience::Trainee, change.told.clone()));
    }
    if change.told == Told::Reminded {
        return Ok(readers);
    }
    let mut now: BTreeSet<String> = BTreeSet::new();
    let before: BTreeSet<String> = match change.left.and_then(|it| panels.get(&it)) {
        Some(panel) => members(panel)?.into_iter().map(|it| it.address).collect(),
        None => BTreeSet::new(),
    };
    if let Some(panel) = panels.get(&change.interview.panel_id.0) {
        for to in members(panel)? {
            now.insert(to.address.clone());
            let told = match change.left {
                Some(_) if !before.contains(&to.address) => Told::Invited,
                _ => change.told.clone(),
            };
            readers.push((to, Audience::Panel, told));
        }
    }
    if let Some(panel) = change.left.and_then(|it| panels.get(&it)) {
        let gone = members(panel)?.into_iter();
        let gone = gone.filter(|it| !now.contains(&it.address));
        readers.extend(gone.map(|to| (to, Audience::Panel, Told::HandedOver)));
    }
    Ok(readers)
}

fn occasion(conn: &mut Conn<'_>, programme: ProgrammeId, subject: Uuid) -> Result<Occasion> {
    Ok(Occasion {
        subject: Some(subject),
        programme: Some(programme),
        programme_name: programmes::queries::name(conn, programme)?.pair(),
    })
}

/// Writes to everybody whom these changes concern. The same change never writes twice to one reader: the next
/// has another sequence.
pub(super) fn tell(
    conn: &mut Conn<'_>,
    programme: ProgrammeId,
    changes: &[Change],
) -> Result<usize> {
    let people: BTreeSet<PersonId> = changes.iter().map(|it| it.interview.person_id).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let trainees = accounts::recipients(conn, &people)?;
    let ids: BTreeSet<Uuid> = changes
        .iter()
        .flat_map(|it| [Some(it.interview.panel_id.0), it.left])
        .flatten()
        .collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let panels = queries::at_task(conn, |conn, task| queries::panels_of(conn, task, &ids))?;
    let panels: BTreeMap<Uuid, PanelRow> = panels.into_iter().map(|it| (it.id.0, it)).collect();
    let name = programmes::queries::name(conn, programme)?.pair();
    let office = (name, teaching::office(conn, programme)?);
    let mut letters: Vec<(Recipient, InterviewLetter, Occasion, String)> = Vec::new();
    for change in changes {
        let it = &change.interview;
        let occasion = occasion(conn, programme, it.id.0)?;
        for (to, audience, told) in readers(change, &trainees, &panels)? {
            let key = format!(
                "interview:{}:{}:{}:{}",
                it.id,
                it.sequence,
                to.address,
                matches!(told, Told::Reminded)
            );
            let letter = InterviewLetter {
                reader: Party {
                    name: to.name.clone(),
                    address: to.address.clone(),
                },
                audience,
                office: office.clone(),
                interview: it.clone(),
                told,
            };
            letters.push((to, letter, occasion.clone(), key));
        }
    }
    let queued: Vec<Queued<'_>> = letters
        .iter()
        .map(|(to, letter, occasion, key)| Queued {
            to,
            letter,
            occasion,
            dedupe_key: key.clone(),
        })
        .collect();
    outbox::put_all(conn, &queued)?;
    Ok(queued.len())
}

/// Tells an institution that a trainee asks for another time.
pub(super) fn asked(
    conn: &mut Conn<'_>,
    it: &Interview,
    words: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let speakers = conn.elevate(Task::Placements, |conn| {
        let work = access::working(conn, Task::Placements)?;
        placements::readers(conn, &work, it.programme_id, Some(it.organisation_id))
    })?;
    let addresses = accounts::recipients(conn, &speakers)?;
    let name = programmes::queries::name(conn, it.programme_id)?.pair();
    let office = (name, teaching::office(conn, it.programme_id)?);
    let occasion = occasion(conn, it.programme_id, it.id.0)?;
    for (person, to) in &addresses {
        let letter = InterviewLetter {
            reader: Party {
                name: to.name.clone(),
                address: to.address.clone(),
            },
            audience: Audience::Host,
            office: office.clone(),
            interview: it.clone(),
            told: Told::Asked(words.to_owned()),
        };
        let key = format!(
            "interview_asked:{}:{}:{person}",
            it.id,
            at.timestamp_micros()
        );
        outbox::put(conn, to, &letter, &occasion, &key)?;
    }
    Ok(())
}

/// Is there anything to remind of?
#[must_use]
pub fn is_due(it: &Interview, sequence: Option<i64>, now: DateTime<Utc>) -> bool {
    it.state().ok() == Some(InterviewState::Scheduled)
        && sequence.is_none_or(|seen| seen == i64::from(it.sequence))
        && now < it.starts_at
}
