//! After the publication: a second round on what is left, and first call for those whose posting is gone.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{MatchRunId, RoundId};
use crate::matching::rest::Placed;

use super::super::events::{self, Noted};
use super::super::mail;
use super::super::queries::{self, Holding, MatchRound, PostingName, Run, Taking};
use super::super::rules::beside::{self, Origin, RunKind};
use super::super::rules::market::{self, Done, TraineeResult};
use super::super::rules::{MatchRefusal, RunState};
use super::publish::{mark_published, may_publish, one_more, sound};
use super::runs::{New, lots, next_number, store};
use super::seats::{end, insert_placements, insert_results, note_ended, placement_row, result_row};

/// A second round to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSecond {
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Until when lists are certified.
    pub list_deadline: DateTime<Utc>,
}

/// What is left of a published match.
#[derive(Debug)]
pub struct Left {
    /// Postings with vacant seats, and how many.
    pub vacant: Vec<(PostingName, i32)>,
    /// Trainees without a placement.
    pub without: Vec<Taking>,
}

impl Left {
    /// Vacant seats in all.
    #[must_use]
    pub fn seats(&self) -> u32 {
        let seats = self
            .vacant
            .iter()
            .map(|it| u32::try_from(it.1).unwrap_or(0));
        seats.fold(0, u32::saturating_add)
    }
}

/// What a second round of this round would be about.
///
/// # Errors
/// The database's.
pub fn left(conn: &mut Conn<'_>, staff: &ProgrammeStaff, round: &MatchRound) -> Result<Left> {
    let held = queries::holdings(conn, staff, round, false)?;
    let mut taken = BTreeMap::new();
    for it in &held {
        one_more(&mut taken, it.posting_id);
    }
    let postings = queries::desk_postings(conn, staff, round.root())?;
    let vacant = postings.into_iter().filter_map(|it| {
        let free = it
            .seats
            .saturating_sub(taken.get(&it.id).copied().unwrap_or(0));
        (free > 0).then_some((it, free))
    });
    // Of no round: whoever is placed in any does not take part.
    let nowhere = MatchRound {
        id: RoundId(Uuid::nil()),
        ..round.clone()
    };
    Ok(Left {
        vacant: vacant.collect(),
        without: queries::taking_part(conn, staff, &nowhere)?,
    })
}

/// May a second round be opened, and on what?
///
/// # Errors
/// A [`MatchRefusal`].
pub fn may_open(conn: &mut Conn<'_>, staff: &ProgrammeStaff, round: &MatchRound) -> Result<Left> {
    beside::after_publication(round.state()?, round.second())?;
    let open = queries::seconds(conn, staff, round.id)?
        .iter()
        .any(|it| it.open);
    let waits = waiting(conn, staff, round.id)?;
    let left = left(conn, staff, round)?;
    beside::may_open_second(left.seats(), left.without.len(), open, waits)?;
    Ok(left)
}

/// Does a first call or a repair wait for approval?
fn waiting(conn: &mut Conn<'_>, staff: &ProgrammeStaff, round: RoundId) -> Result<bool> {
    let runs = queries::runs(conn, staff, round)?;
    let states = runs.iter().map(Run::state).collect::<Result<Vec<_>>>()?;
    Ok(states.contains(&RunState::Frozen))
}

/// Opens a second round: vacant seats and whoever is without; lists are certified anew. Everybody whom it
/// concerns is told. Returns its id.
///
/// # Errors
/// [`Error::Invalid`] for a deadline that is past; a [`MatchRefusal`].
pub fn open_second(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RoundId,
    new: &NewSecond,
) -> Result<RoundId> {
    let round = queries::office_round(conn, staff, id, Some(true))?;
    let now = db::now(conn)?;
    let left = may_open(conn, staff, &round)?;
    if new.list_deadline <= now {
        return Err(Error::field("list_deadline", "past", |lang| {
            lang.mat_need_future().to_owned()
        }));
    }
    let second = RoundId::new();
    sql_query(
        "INSERT INTO placement_rounds (id, programme_id, name_en, name_zh, cohort_ids, state, opens_at, closes_at, seat_deadline, \
           list_deadline, starts_on, ends_on, parent_id, disclosure) \
         SELECT $2, programme_id, $3, $4, cohort_ids, 'ranking', $5, $6, $6, $6, starts_on, ends_on, id, disclosure \
         FROM placement_rounds WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(second)
    .bind::<Text, _>(&new.name_en)
    .bind::<Text, _>(&new.name_zh)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(new.list_deadline)
    .execute(conn.pg())?;
    let details = json!({ "seats": left.seats(), "trainees": left.without.len() });
    audit::note(
        conn,
        events::round(staff.programme(), id),
        &Noted("match.second_opened", details.clone()),
    )?;
    audit::note(
        conn,
        events::round(staff.programme(), second),
        &Noted("match.second_opened", details),
    )?;
    let opened = queries::office_round(conn, staff, second, None)?;
    let people: Vec<_> = left.without.iter().map(|it| it.person_id).collect();
    let organisations: BTreeSet<_> = left.vacant.iter().map(|it| it.0.organisation_id).collect();
    let organisations: Vec<_> = organisations.into_iter().collect();
    mail::second_opened(conn, &opened, &people, &organisations)?;
    Ok(second)
}

/// What first call would do for those whose postings are gone.
#[derive(Debug)]
pub struct Call {
    /// The postings that the institution withdraws.
    pub gone: Vec<PostingName>,
    /// Who loses a placement by it: directly harmed.
    pub lost: Vec<Holding>,
    /// The small run on what is vacant.
    pub done: Done,
    number: i32,
    run_id: String,
}

impl Call {
    /// The posting that somebody receives by it.
    #[must_use]
    pub fn receives(&self, enrolment: Uuid) -> Option<Uuid> {
        let trainee = self.done.run.find_trainee(&enrolment.to_string())?;
        let posting = self.done.outcome.of(trainee)?;
        Some(market::parsed(self.done.run.posting_id(posting)))
    }
}

/// Works out first call: the lists are those that were certified for the published match.
///
/// # Errors
/// [`MatchRefusal::NotPublished`], [`MatchRefusal::ThereAlready`]; [`Error::Invalid`] without a posting.
pub fn call(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
    gone: &[Uuid],
) -> Result<Call> {
    beside::after_publication(round.state()?, round.second())?;
    let postings = queries::desk_postings(conn, staff, round.id)?;
    let gone: Vec<PostingName> = postings
        .into_iter()
        .filter(|it| gone.contains(&it.id) && it.seats > 0)
        .collect();
    if gone.is_empty() {
        return Err(Error::field("posting", "required", |lang| {
            lang.form_required().to_owned()
        }));
    }
    let ids: Vec<String> = gone.iter().map(|it| it.id.to_string()).collect();
    let held = queries::holdings(conn, staff, round, false)?;
    let mut lost = Vec::new();
    for it in &held {
        if gone.iter().any(|gone| gone.id == it.posting_id) {
            if beside::fixed(it.state()?) {
                return Err(MatchRefusal::ThereAlready.into());
            }
            lost.push(it.clone());
        }
    }
    let number = next_number(conn, staff, round.id)?;
    let run_id = format!("{}-{number}", round.id);
    let seed = lots(conn, round.id)?;
    let placed: Vec<Placed> = held.iter().map(Holding::seated).collect();
    let market = queries::market(conn, staff, round)?;
    let snapshot = market
        .snapshot(&run_id, seed)
        .first_call(&run_id, &placed, &ids);
    Ok(Call {
        gone,
        lost,
        done: market::run(&snapshot).map_err(|_fault| MatchRefusal::NoRun)?,
        number,
        run_id,
    })
}

/// Freezes first call; another person publishes it, and only then the postings are withdrawn.
///
/// # Errors
/// As [`call`]; [`MatchRefusal::CallWaits`].
pub fn freeze_call(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RoundId,
    (gone, reason): (&[Uuid], &str),
) -> Result<MatchRunId> {
    let round = queries::office_round(conn, staff, id, Some(true))?;
    let at = db::now(conn)?;
    if waiting(conn, staff, id)? {
        return Err(MatchRefusal::CallWaits.into());
    }
    let call = call(conn, staff, &round, gone)?;
    let gone: Vec<Uuid> = call.gone.iter().map(|it| it.id).collect();
    let lost: Vec<Uuid> = call.lost.iter().map(|it| it.id).collect();
    let new = New {
        kind: RunKind::FirstCall,
        number: call.number,
        run_id: call.run_id.clone(),
        apart: call
            .done
            .outcome
            .assignment
            .len()
            .saturating_sub(call.lost.len()),
        details: json!({ "gone": gone, "lost": lost, "reason": reason }),
    };
    let run = store(conn, staff, (id, at), &new, &call.done)?;
    let details = json!({ "number": call.number, "harmed": lost.len() });
    audit::note(
        conn,
        events::round(staff.programme(), id),
        &Noted("match.call_frozen", details),
    )?;
    Ok(run)
}

/// Ids that a run's details name.
fn named(run: &Run, name: &str) -> BTreeSet<Uuid> {
    let list = run.details.get(name).and_then(|it| it.as_array());
    let ids = list.into_iter().flatten();
    ids.filter_map(|it| it.as_str()?.parse().ok()).collect()
}

/// Says in the histories of `postings` that they are withdrawn.
fn note_withdrawn<'a>(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    postings: impl Iterator<Item = &'a PostingName>,
) -> Result<()> {
    for posting in postings {
        let about = events::posting(staff.programme(), posting);
        audit::note(conn, about, &Noted::plain("posting.withdrawn"))?;
    }
    Ok(())
}

/// Approves and publishes first call: the postings are withdrawn, who was there is told, and receives what the
/// run found.
///
/// # Errors
/// A [`MatchRefusal`]; then nothing is written.
pub fn publish_call(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, MatchRunId),
    seen: &str,
) -> Result<()> {
    let round = queries::office_round(conn, staff, round, Some(true))?;
    let now = db::now(conn)?;
    let run = queries::run(conn, staff, (round.id, id))?;
    may_publish(staff, &run, seen, RunKind::FirstCall)?;
    let (instance, outcome) = sound(&run, &queries::stored(conn, staff, &run)?)?;
    let (gone, lost) = (named(&run, "gone"), named(&run, "lost"));
    let held = queries::holdings(conn, staff, &round, true)?;
    let affected: Vec<&Holding> = held
        .iter()
        .filter(|it| gone.contains(&it.posting_id))
        .collect();
    let postings: BTreeMap<Uuid, PostingName> = queries::desk_postings(conn, staff, round.id)?
        .into_iter()
        .map(|it| (it.id, it))
        .collect();
    let mine: BTreeSet<Uuid> = affected.iter().map(|it| it.enrolment_id).collect();
    let mut results = market::results(&instance, &outcome, round.tells().disclosure());
    results.retain(|it| mine.contains(&it.enrolment));
    let fresh = affected.iter().map(|it| it.id).collect::<BTreeSet<_>>() == lost;
    if !fresh || !room(&held, &gone, &results, &postings) {
        return Err(MatchRefusal::Overtaken.into());
    }
    mark_published(conn, staff, id, now)?;
    let who: BTreeMap<Uuid, Taking> = affected
        .iter()
        .map(|it| (it.enrolment_id, Taking::of(it)))
        .collect();
    conn.elevate(Task::Match, |conn| {
        access::working(conn, Task::Match)?;
        let ids: Vec<Uuid> = lost.iter().copied().collect();
        let reason = run.details.get("reason").and_then(|it| it.as_str());
        if end(conn, &ids, reason.unwrap_or_default(), now)? != ids.len() {
            return Err(MatchRefusal::ThereAlready.into());
        }
        sql_query(
            "UPDATE postings SET state = 'withdrawn', version = version + 1 WHERE id = ANY ($1)",
        )
        .bind::<Array<SqlUuid>, _>(gone.iter().copied().collect::<Vec<_>>())
        .execute(conn.pg())?;
        write_moves(
            conn,
            (&round, id),
            (&results, &who, &postings),
            (Origin::FirstCall, now),
        )
    })?;
    note_ended(conn, staff.programme(), &affected)?;
    note_withdrawn(conn, staff, gone.iter().filter_map(|id| postings.get(id)))?;
    mail::first_call(conn, &round, (&run, &gone), (&results, &who, &postings))?;
    let details = json!({ "number": run.number, "harmed": lost.len() });
    audit::note(
        conn,
        events::run(staff, id),
        &Noted("match_run.published", details.clone()),
    )?;
    audit::note(
        conn,
        events::round(staff.programme(), round.id),
        &Noted("match.call_published", details),
    )
}

/// Results, and a placement for each that has a posting.
pub(super) fn write_moves(
    conn: &mut Conn<'_>,
    to: (&MatchRound, MatchRunId),
    (results, who, postings): (
        &[TraineeResult],
        &BTreeMap<Uuid, Taking>,
        &BTreeMap<Uuid, PostingName>,
    ),
    (origin, now): (Origin, DateTime<Utc>),
) -> Result<()> {
    let rows = results
        .iter()
        .filter_map(|it| Some(result_row(it, who.get(&it.enrolment)?)));
    insert_results(conn, to, &rows.collect::<Vec<_>>(), now)?;
    let rows = results.iter().filter_map(|it| {
        let posting = postings.get(&it.posting?)?;
        Some(placement_row(who.get(&it.enrolment)?, posting, origin))
    });
    insert_placements(conn, to, &rows.collect::<Vec<_>>(), now)
}

/// Is there still room for all who receive a posting?
fn room(
    held: &[Holding],
    gone: &BTreeSet<Uuid>,
    results: &[TraineeResult],
    postings: &BTreeMap<Uuid, PostingName>,
) -> bool {
    let mut taken = BTreeMap::new();
    for it in held.iter().filter(|it| !gone.contains(&it.posting_id)) {
        one_more(&mut taken, it.posting_id);
    }
    for posting in results.iter().filter_map(|it| it.posting) {
        one_more(&mut taken, posting);
        let seats = postings.get(&posting).map_or(0, |it| it.seats);
        if gone.contains(&posting) || taken.get(&posting).is_some_and(|it| *it > seats) {
            return false;
        }
    }
    true
}
