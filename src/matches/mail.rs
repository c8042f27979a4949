//! Letters about a match: a reminder of a list, where a trainee is placed, how many came to an institution.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::access;
use crate::db::{Conn, Task};
use crate::error::Result;
use crate::ids::{OrganisationId, PersonId, ProgrammeId, RoundId};
use crate::lang::Lang;
use crate::lang::format::deadline;
use crate::mail::outbox::{self, Occasion, Queued};
use crate::mail::{Body, Letter, Link, Why};
use crate::people::accounts;
use crate::placements::queries as placements;
use crate::programmes;

use super::queries::{MatchRound, PostingName, Taking};
use super::rules::market::TraineeResult;

/// What a letter of this room tells.
#[derive(Clone, Debug)]
pub enum Told {
    /// To a trainee or an institution: a list is not certified as it stands.
    Remind {
        /// Until when.
        until: DateTime<Utc>,
        /// Is it an institution's?
        host: bool,
    },
    /// To a trainee: the posting and its institution, in English and in Chinese.
    Placed((String, String), (String, String)),
    /// To a trainee: not placed.
    NotPlaced,
    /// To an institution: how many of how many seats are filled.
    Filled(u32, u32),
}

/// A letter about a match.
#[derive(Clone, Debug)]
pub struct MatchLetter {
    /// The reader's name.
    pub name: String,
    /// The round.
    pub round: RoundId,
    /// What it is called, in English and in Chinese.
    pub round_name: (String, String),
    /// What it tells.
    pub told: Told,
}

impl MatchLetter {
    fn to_host(&self) -> bool {
        matches!(
            self.told,
            Told::Filled(..) | Told::Remind { host: true, .. }
        )
    }
}

impl Letter for MatchLetter {
    fn kind(&self) -> &'static str {
        match self.told {
            Told::Remind { .. } => "list_reminder",
            Told::Placed(..) => "match_placed",
            Told::NotPlaced => "match_not_placed",
            Told::Filled(..) => "match_filled",
        }
    }

    fn why(&self) -> Why {
        if self.to_host() {
            Why::Partner
        } else {
            Why::Trainee
        }
    }

    fn subject(&self, lang: Lang) -> String {
        let round = lang.pick(&self.round_name.0, &self.round_name.1);
        match self.told {
            Told::Remind { .. } => lang.letter_list_reminder_subject(round),
            Told::Placed(..) | Told::NotPlaced => lang.letter_match_result_subject(round),
            Told::Filled(..) => lang.letter_match_filled_subject(round),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let round = lang.pick(&self.round_name.0, &self.round_name.1);
        let body = Body::new().greeting(lang.mail_dear(&self.name));
        let body = match &self.told {
            Told::Remind { until, .. } => body
                .para(lang.letter_list_reminder(round))
                .fact(lang.mat_deadline(), deadline(lang, *until)),
            Told::Placed(title, institution) => body
                .para(lang.letter_match_placed(round))
                .fact(lang.mat_posting(), lang.pick(&title.0, &title.1))
                .fact(
                    lang.mat_institution(),
                    lang.pick(&institution.0, &institution.1),
                ),
            Told::NotPlaced => body.para(lang.letter_match_not_placed(round)),
            Told::Filled(filled, seats) => {
                body.para(lang.letter_match_filled(*filled, round, *seats))
            }
        };
        let path = match self.to_host() {
            true => format!("/organisation/matches/{}", self.round),
            false => format!("/me/matches/{}", self.round),
        };
        body.button(lang.letter_match_button(), Link::path(path))
    }
}

/// Queues one letter for each person; `mark` is what is different each time.
fn queue(
    conn: &mut Conn<'_>,
    round: &MatchRound,
    told: &[(PersonId, Told)],
    mark: &str,
) -> Result<usize> {
    let people: Vec<PersonId> = told.iter().map(|it| it.0).collect();
    let addresses = accounts::recipients(conn, &people)?;
    let occasion = Occasion {
        subject: Some(round.id.0),
        programme: Some(round.programme_id),
        programme_name: programmes::queries::name(conn, round.programme_id)?.pair(),
    };
    let letters: Vec<(PersonId, MatchLetter)> = told
        .iter()
        .filter_map(|(person, told)| {
            let letter = MatchLetter {
                name: addresses.get(person)?.name.clone(),
                round: round.id,
                round_name: (round.name_en.clone(), round.name_zh.clone()),
                told: told.clone(),
            };
            Some((*person, letter))
        })
        .collect();
    let queued: Vec<Queued<'_>> = letters
        .iter()
        .filter_map(|(person, letter)| {
            Some(Queued {
                to: addresses.get(person)?,
                letter,
                occasion: &occasion,
                dedupe_key: format!("{}:{}:{mark}:{person}", letter.kind(), round.id),
            })
        })
        .collect();
    outbox::put_all(conn, &queued)?;
    Ok(queued.len())
}

/// Who speaks for these institutions.
fn speakers(
    conn: &mut Conn<'_>,
    programme: ProgrammeId,
    organisations: &[OrganisationId],
) -> Result<Vec<(OrganisationId, PersonId)>> {
    conn.elevate(Task::Placements, |conn| {
        let work = access::working(conn, Task::Placements)?;
        let mut all = Vec::new();
        for it in organisations {
            let people = placements::readers(conn, &work, programme, Some(*it))?;
            all.extend(people.into_iter().map(|person| (*it, person)));
        }
        Ok(all)
    })
}

/// Reminds trainees and institutions of their lists; returns how many letters were queued.
pub(super) fn remind(
    conn: &mut Conn<'_>,
    round: &MatchRound,
    (people, organisations): (&[PersonId], &[OrganisationId]),
    before: i64,
) -> Result<usize> {
    let until = round.list_deadline;
    let to = |host| Told::Remind { until, host };
    let mut told: Vec<(PersonId, Told)> = people.iter().map(|it| (*it, to(false))).collect();
    let mut hosts: Vec<PersonId> = speakers(conn, round.programme_id, organisations)?
        .into_iter()
        .map(|(_, person)| person)
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    told.extend(hosts.into_iter().map(|it| (it, to(true))));
    queue(conn, round, &told, &before.to_string())
}

/// Writes to every trainee of a published run where they are placed, or that they are not, and to every
/// institution how many of its seats are filled.
pub(super) fn published(
    conn: &mut Conn<'_>,
    round: &MatchRound,
    results: &[TraineeResult],
    (trainees, postings): (&BTreeMap<Uuid, Taking>, &BTreeMap<Uuid, PostingName>),
) -> Result<()> {
    let mut filled: BTreeMap<OrganisationId, (u32, u32)> = BTreeMap::new();
    for it in postings.values() {
        let seats = &mut filled.entry(it.organisation_id).or_default().1;
        *seats = seats.saturating_add(u32::try_from(it.seats).unwrap_or(0));
    }
    let mut told = Vec::new();
    for result in results {
        let Some(who) = trainees.get(&result.enrolment) else {
            continue;
        };
        let posting = result.posting.and_then(|it| postings.get(&it));
        told.push((
            who.person_id,
            match posting {
                Some(it) => Told::Placed(
                    (it.title_en.clone(), it.title_zh.clone()),
                    (it.organisation_en.clone(), it.organisation_zh.clone()),
                ),
                None => Told::NotPlaced,
            },
        ));
        if let Some(it) = posting {
            let count = &mut filled.entry(it.organisation_id).or_default().0;
            *count = count.saturating_add(1);
        }
    }
    queue(conn, round, &told, "result")?;
    let organisations: Vec<OrganisationId> = filled.keys().copied().collect();
    for (organisation, person) in speakers(conn, round.programme_id, &organisations)? {
        let (taken, seats) = filled.get(&organisation).copied().unwrap_or_default();
        let mark = format!("result:{organisation}");
        queue(conn, round, &[(person, Told::Filled(taken, seats))], &mark)?;
    }
    Ok(())
}
