//! Letters about a match: a reminder of a list, where a trainee is placed, how many came to an institution.

use std::collections::{BTreeMap, BTreeSet};

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

use super::queries::{Holding, MatchRound, Place, PostingName, Run, Taking};
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
    /// To a trainee: a place was given to them before the match.
    Given((String, String), (String, String)),
    /// To a trainee: it was taken back; their list counts.
    TakenBack((String, String), (String, String)),
    /// To an institution: a trainee was given a place there beforehand, or no more.
    GivenHost {
        /// Who.
        trainee: String,
        /// The posting.
        title: (String, String),
        /// Or taken back?
        back: bool,
    },
    /// A second round is open; to an institution, too.
    Second {
        /// Until when lists are certified.
        until: DateTime<Utc>,
        /// Is it an institution's?
        host: bool,
    },
    /// To a trainee: their posting was withdrawn; the posting that first call gave them.
    Gone(Option<((String, String), (String, String))>),
    /// To an institution: what changed for it by first call or a repair; look at the page.
    Changed,
    /// To a trainee: an error was found; where they are placed now.
    Repaired(Option<((String, String), (String, String))>),
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
            Told::Filled(..)
                | Told::Remind { host: true, .. }
                | Told::Second { host: true, .. }
                | Told::GivenHost { .. }
                | Told::Changed
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
            Told::Given(..) => "place_given",
            Told::TakenBack(..) => "place_taken_back",
            Told::GivenHost { .. } => "place_at_institution",
            Told::Second { .. } => "second_round",
            Told::Gone(_) => "posting_gone",
            Told::Changed => "match_changed",
            Told::Repaired(_) => "match_repaired",
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
            Told::Given(..) | Told::TakenBack(..) | Told::GivenHost { .. } => {
                lang.letter_place_subject(round)
            }
            Told::Second { .. } => lang.letter_second_subject(round),
            Told::Gone(_) => lang.letter_gone_subject(round),
            Told::Changed => lang.letter_changed_subject(round),
            Told::Repaired(_) => lang.letter_repaired_subject(round),
        }
    }

    fn body(&self, lang: Lang) -> Body {
        let round = lang.pick(&self.round_name.0, &self.round_name.1);
        let body = Body::new().greeting(lang.mail_dear(&self.name));
        let body = self.told(body, round, lang);
        let path = match self.to_host() {
            true => format!("/organisation/matches/{}", self.round),
            false => format!("/me/matches/{}", self.round),
        };
        body.button(lang.letter_match_button(), Link::path(path))
    }
}

impl MatchLetter {
    /// What it says.
    fn told(&self, body: Body, round: &str, lang: Lang) -> Body {
        let placed =
            |body: Body, (title, institution): (&_, &_)| place(body, lang, title, institution);
        match &self.told {
            Told::Remind { until, .. } => body
                .para(lang.letter_list_reminder(round))
                .fact(lang.mat_deadline(), deadline(lang, *until)),
            Told::Placed(title, institution) => placed(
                body.para(lang.letter_match_placed(round)),
                (title, institution),
            ),
            Told::Given(title, institution) => placed(
                body.para(lang.letter_place_given(round)),
                (title, institution),
            ),
            Told::TakenBack(title, institution) => placed(
                body.para(lang.letter_place_back(round)),
                (title, institution),
            ),
            Told::GivenHost {
                trainee,
                title,
                back,
            } => body
                .para(match back {
                    false => lang.letter_place_host(round),
                    true => lang.letter_place_host_back(round),
                })
                .fact(lang.mat_trainee(), trainee)
                .fact(lang.mat_posting(), lang.pick(&title.0, &title.1)),
            Told::Second { until, host } => body
                .para(match host {
                    false => lang.letter_second(round),
                    true => lang.letter_second_host(round),
                })
                .fact(lang.mat_deadline(), deadline(lang, *until)),
            Told::Gone(None) => body.para(lang.letter_gone_nothing(round)),
            Told::Gone(Some((title, institution))) => placed(
                body.para(lang.letter_gone_placed(round)),
                (title, institution),
            ),
            Told::Changed => body.para(lang.letter_changed(round)),
            Told::Repaired(None) => body.para(lang.letter_repaired_nothing(round)),
            Told::Repaired(Some((title, institution))) => placed(
                body.para(lang.letter_repaired_placed(round)),
                (title, institution),
            ),
            Told::NotPlaced => body.para(lang.letter_match_not_placed(round)),
            Told::Filled(filled, seats) => {
                body.para(lang.letter_match_filled(*filled, round, *seats))
            }
        }
    }
}

/// A posting and its institution, as facts.
fn place(body: Body, lang: Lang, title: &(String, String), institution: &(String, String)) -> Body {
    body.fact(lang.mat_posting(), lang.pick(&title.0, &title.1))
        .fact(
            lang.mat_institution(),
            lang.pick(&institution.0, &institution.1),
        )
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
    // A second round tells the institutions to which somebody comes; the first tells all.
    let received: BTreeSet<Uuid> = results.iter().filter_map(|it| it.posting).collect();
    for it in postings.values() {
        if round.second() && !received.contains(&it.id) {
            continue;
        }
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

/// What is told about a place given beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlaceTold {
    /// It is given.
    Given,
    /// It was taken back.
    TakenBack,
}

/// Tells the trainee and the institution of a place given beforehand, or that it was taken back.
pub(super) fn beforehand(
    conn: &mut Conn<'_>,
    round: &MatchRound,
    it: &Place,
    what: PlaceTold,
) -> Result<()> {
    let title = (it.title_en.clone(), it.title_zh.clone());
    let institution = (it.organisation_en.clone(), it.organisation_zh.clone());
    let back = what == PlaceTold::TakenBack;
    let told = match back {
        false => Told::Given(title.clone(), institution),
        true => Told::TakenBack(title.clone(), institution),
    };
    let mark = it.id.to_string();
    queue(conn, round, &[(it.person_id, told)], &mark)?;
    let hosts = speakers(conn, round.programme_id, &[it.organisation_id])?;
    let told: Vec<(PersonId, Told)> = hosts
        .into_iter()
        .map(|(_, person)| {
            let told = Told::GivenHost {
                trainee: format!("{} ({})", it.name_shown, it.trainee_number),
                title: title.clone(),
                back,
            };
            (person, told)
        })
        .collect();
    queue(conn, round, &told, &format!("{mark}:{back}"))?;
    Ok(())
}

/// Tells trainees without a placement and institutions with a vacant seat that a second round is open.
pub(super) fn second_opened(
    conn: &mut Conn<'_>,
    round: &MatchRound,
    people: &[PersonId],
    organisations: &[OrganisationId],
) -> Result<()> {
    let until = round.list_deadline;
    let to = |host| Told::Second { until, host };
    let told: Vec<(PersonId, Told)> = people.iter().map(|it| (*it, to(false))).collect();
    queue(conn, round, &told, "opened")?;
    let hosts: BTreeSet<PersonId> = speakers(conn, round.programme_id, organisations)?
        .into_iter()
        .map(|(_, person)| person)
        .collect();
    let told: Vec<(PersonId, Told)> = hosts.into_iter().map(|it| (it, to(true))).collect();
    queue(conn, round, &told, "opened:host")?;
    Ok(())
}

/// Who is who in a publication: results, trainees and postings.
type Published<'a> = (
    &'a [TraineeResult],
    &'a BTreeMap<Uuid, Taking>,
    &'a BTreeMap<Uuid, PostingName>,
);

/// The posting of a result in both languages, with its institution.
fn named(
    it: &TraineeResult,
    postings: &BTreeMap<Uuid, PostingName>,
) -> Option<((String, String), (String, String))> {
    let it = postings.get(&it.posting?)?;
    Some((
        (it.title_en.clone(), it.title_zh.clone()),
        (it.organisation_en.clone(), it.organisation_zh.clone()),
    ))
}

/// Tells those whose posting is gone what first call gave them, and every institution that it concerns.
pub(super) fn first_call(
    conn: &mut Conn<'_>,
    round: &MatchRound,
    (run, gone): (&Run, &BTreeSet<Uuid>),
    published: Published<'_>,
) -> Result<()> {
    let (results, who, postings) = published;
    let told: Vec<(PersonId, Told)> = results
        .iter()
        .filter_map(|it| {
            let person = who.get(&it.enrolment)?.person_id;
            Some((person, Told::Gone(named(it, postings))))
        })
        .collect();
    queue(conn, round, &told, &run.id.to_string())?;
    let touched = gone.iter().copied();
    let touched = touched.chain(results.iter().filter_map(|it| it.posting));
    changed(conn, round, run, &touched.collect(), postings)
}

/// Tells those whom a repair moves where they are now, and every institution that it concerns.
pub(super) fn repaired(
    conn: &mut Conn<'_>,
    round: &MatchRound,
    (run, held): (&Run, &[Holding]),
    published: Published<'_>,
) -> Result<()> {
    let (results, who, postings) = published;
    let told: Vec<(PersonId, Told)> = results
        .iter()
        .filter_map(|it| {
            let person = who.get(&it.enrolment)?.person_id;
            Some((person, Told::Repaired(named(it, postings))))
        })
        .collect();
    queue(conn, round, &told, &run.id.to_string())?;
    let moved: BTreeSet<Uuid> = results.iter().map(|it| it.enrolment).collect();
    let before = held
        .iter()
        .filter(|it| moved.contains(&it.enrolment_id))
        .map(|it| it.posting_id);
    let touched = before.chain(results.iter().filter_map(|it| it.posting));
    changed(conn, round, run, &touched.collect(), postings)
}

/// Tells the institutions of these postings that something has changed for them.
fn changed(
    conn: &mut Conn<'_>,
    round: &MatchRound,
    run: &Run,
    touched: &BTreeSet<Uuid>,
    postings: &BTreeMap<Uuid, PostingName>,
) -> Result<()> {
    let organisations: BTreeSet<OrganisationId> = touched
        .iter()
        .filter_map(|it| Some(postings.get(it)?.organisation_id))
        .collect();
    let organisations: Vec<OrganisationId> = organisations.into_iter().collect();
    let hosts: BTreeSet<PersonId> = speakers(conn, round.programme_id, &organisations)?
        .into_iter()
        .map(|(_, person)| person)
        .collect();
    let told: Vec<(PersonId, Told)> = hosts.into_iter().map(|it| (it, Told::Changed)).collect();
    queue(conn, round, &told, &format!("{}:host", run.id))?;
    Ok(())
}
