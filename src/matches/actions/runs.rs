//! Runs: a dry one on the spot, the official one frozen whole, and voided.

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{MatchRunId, RoundId};
use crate::matching::fault::Table;
use crate::matching::rest::NotPlaceable;
use crate::matching::snapshot::Snapshot;
use crate::matching::{Fault, files};

use super::super::events::{self, Noted};
use super::super::queries::{self, MatchRound, Run};
use super::super::rules::beside::RunKind;
use super::super::rules::market::{self, Done};
use super::super::rules::{self, MatchRefusal};

/// The lots of a dry run before they are fixed: all alike, which is said on the page.
const NO_LOTS: &str = "00";

/// The id of a round's run of this number: the lots are drawn anew with each.
fn run_id(round: RoundId, number: i32) -> String {
    format!("{round}-{number}")
}

/// The number of the round's next run.
pub(super) fn next_number(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: RoundId,
) -> Result<i32> {
    let runs = queries::runs(conn, staff, round)?;
    let last = runs.iter().map(|it| it.number).max().unwrap_or(0);
    Ok(last.saturating_add(1))
}

/// The lots' secret of a round, once it is fixed.
pub(super) fn lots(conn: &mut Conn<'_>, round: RoundId) -> Result<Option<String>> {
    conn.elevate(Task::Match, |conn| {
        let work = access::working(conn, Task::Match)?;
        queries::seed(conn, &work, round)
    })
}

/// What the certified lists of this moment make, under the id of the round's next official run.
struct Now {
    number: i32,
    id: String,
    apart: usize,
    snapshot: Snapshot,
}

fn now(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
    usual: Option<&str>,
) -> Result<Now> {
    let number = next_number(conn, staff, round.id)?;
    let seed = lots(conn, round.id)?.or(usual.map(str::to_owned));
    let market = queries::market(conn, staff, round)?;
    let apart = queries::apart(conn, staff, round)?;
    let id = run_id(round.id, number);
    let mut snapshot = market.snapshot(&id, seed);
    if !apart.is_empty() {
        if !round.second() {
            snapshot
                .may_place(&apart)
                .map_err(|why| not_placeable(&why))?;
        }
        snapshot = snapshot.beside(&id, &apart);
    }
    Ok(Now {
        number,
        id,
        apart: apart.len(),
        snapshot,
    })
}

/// What is in the way of a place given beforehand.
pub(super) fn not_placeable(why: &NotPlaceable) -> MatchRefusal {
    match why {
        NotPlaceable::Twice(_) => MatchRefusal::PlacedAlready,
        NotPlaceable::BankFull(_) | NotPlaceable::GroupFull { .. } => MatchRefusal::CapUsedUp,
        NotPlaceable::UnknownTrainee(_)
        | NotPlaceable::UnknownPosting(_)
        | NotPlaceable::NoSeat(_) => MatchRefusal::NoSeatLeft,
    }
}

/// What might be otherwise, on a dry run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WhatIf {
    /// A posting has so many seats more or fewer.
    pub seats: Option<(uuid::Uuid, i32)>,
    /// An institution takes at most so many; `None` inside: it has no cap.
    pub cap: Option<(uuid::Uuid, Option<u32>)>,
}

impl WhatIf {
    /// Is anything otherwise?
    #[must_use]
    pub fn asks(&self) -> bool {
        self.seats.is_some() || self.cap.is_some()
    }

    fn apply(&self, to: &mut Snapshot) {
        if let Some((posting, by)) = self.seats {
            let posting = posting.to_string();
            for it in to.postings.iter_mut().filter(|it| it.posting == posting) {
                it.seats = it.seats.saturating_add_signed(by);
                let seats = it.seats;
                if let Some((_, held)) = &mut it.reserve {
                    *held = (*held).min(seats);
                }
                it.reserve = it.reserve.take().filter(|it| it.1 > 0);
            }
        }
        if let Some((bank, cap)) = self.cap {
            let bank = bank.to_string();
            for it in to.banks.iter_mut().filter(|it| it.bank == bank) {
                it.cap = cap;
            }
        }
    }
}

/// A dry run, and how many stand apart from it.
#[derive(Debug)]
pub struct Dry {
    /// What the match would be.
    pub done: Result<Done, Fault>,
    /// What it would be if something were otherwise.
    pub what_if: Option<Result<Done, Fault>>,
    /// Placed beforehand, or already.
    pub apart: usize,
}

/// A dry run: what the match would be if the lists stayed as they are certified now. Nothing is stored.
///
/// # Errors
/// The database's. What the match refuses comes inside.
pub fn dry_run(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
    what_if: WhatIf,
) -> Result<Dry> {
    let now = now(conn, staff, round, Some(NO_LOTS))?;
    let other = what_if.asks().then(|| {
        let mut other = now.snapshot.clone();
        what_if.apply(&mut other);
        market::run(&other)
    });
    Ok(Dry {
        done: market::run(&now.snapshot),
        what_if: other,
        apart: now.apart,
    })
}

/// A table of a run's or a result's file form.
fn table(done: &Done, table: Table) -> Result<String> {
    let mut bytes = Vec::new();
    let written = match Table::RESULT.contains(&table) {
        true => files::write_result(&done.run, &done.outcome, table, &mut bytes),
        false => files::write_run(&done.run, table, &mut bytes),
    };
    written.map_err(|err| Error::Internal(format!("writing a run: {err}")))?;
    String::from_utf8(bytes).map_err(|err| Error::Internal(format!("writing a run: {err}")))
}

fn json_of(value: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|err| Error::Internal(format!("a run: {err}")))
}

/// Freezes an official run: everything that counts, its result and what the verifier says of it, in one
/// transaction under the lock of the round.
///
/// # Errors
/// A [`MatchRefusal`].
pub fn freeze(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: RoundId) -> Result<MatchRunId> {
    let round = queries::office_round(conn, staff, id, Some(true))?;
    let at = db::now(conn)?;
    let runs = queries::runs(conn, staff, id)?;
    let voided = |it: &Run| it.state().map(|it| it == rules::RunState::Voided);
    let mut stands = false;
    for it in &runs {
        stands |= it.kind()? == RunKind::Official && !voided(it)?;
    }
    rules::may_freeze(round.state()?, round.list_deadline, at, stands)?;
    let now = now(conn, staff, &round, None)?;
    let done = market::run(&now.snapshot).map_err(|_fault| MatchRefusal::NoRun)?;
    let new = New {
        kind: RunKind::Official,
        number: now.number,
        run_id: now.id,
        apart: now.apart,
        details: json!({}),
    };
    let run = store(conn, staff, (id, at), &new, &done)?;
    let details = json!({ "number": now.number, "input": done.summary.input_sha256, "output": done.summary.output_sha256 });
    audit::note(
        conn,
        events::round(staff.programme(), id),
        &Noted("match.frozen", details),
    )?;
    Ok(run)
}

/// What a run is stored as.
pub(super) struct New {
    pub kind: RunKind,
    pub number: i32,
    pub run_id: String,
    pub apart: usize,
    pub details: serde_json::Value,
}

/// Stores a run whole: what went in, what came out, what the verifier says.
pub(super) fn store(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, at): (RoundId, DateTime<Utc>),
    new: &New,
    done: &Done,
) -> Result<MatchRunId> {
    let run = MatchRunId::new();
    sql_query(
        "INSERT INTO match_runs (id, programme_id, round_id, number, run_id, input_sha256, output_sha256, seed_sha256, summary, findings, \
           frozen_by, frozen_at, kind, apart, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind::<SqlUuid, _>(run)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(round)
    .bind::<Integer, _>(new.number)
    .bind::<Text, _>(&new.run_id)
    .bind::<Text, _>(&done.summary.input_sha256)
    .bind::<Text, _>(&done.summary.output_sha256)
    .bind::<Nullable<Text>, _>(&done.summary.seed_sha256)
    .bind::<Jsonb, _>(json_of(&done.summary)?)
    .bind::<Jsonb, _>(json_of(&done.findings)?)
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Timestamptz, _>(at)
    .bind::<Text, _>(new.kind.as_str())
    .bind::<Integer, _>(i32::try_from(new.apart).unwrap_or(i32::MAX))
    .bind::<Jsonb, _>(&new.details)
    .execute(conn.pg())?;
    let input = serde_json::to_string(&Snapshot::of(&done.run))
        .map_err(|err| Error::Internal(format!("a snapshot: {err}")))?;
    sql_query(
        "INSERT INTO match_snapshots (run_id, programme_id, input, assignment, cutoffs, bank_cutoffs, reasons) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(run)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Text, _>(input)
    .bind::<Text, _>(table(done, Table::Assignment)?)
    .bind::<Text, _>(table(done, Table::Cutoffs)?)
    .bind::<Text, _>(table(done, Table::BankCutoffs)?)
    .bind::<Text, _>(table(done, Table::Reasons)?)
    .execute(conn.pg())?;
    let details = json!({
        "number": new.number, "kind": new.kind.as_str(), "input": done.summary.input_sha256, "output": done.summary.output_sha256,
    });
    audit::note(
        conn,
        events::run(staff, run),
        &Noted("match_run.frozen", details),
    )?;
    Ok(run)
}

/// Voids a run that is not published, with a reason; a new one has another id and other lots.
///
/// # Errors
/// [`MatchRefusal::RunStep`].
pub fn void(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, MatchRunId),
    reason: &str,
) -> Result<()> {
    queries::office_round(conn, staff, round, Some(true))?;
    let at = db::now(conn)?;
    let run = queries::run(conn, staff, (round, id))?;
    rules::may_void(run.state()?)?;
    sql_query(
        "UPDATE match_runs SET state = 'voided', voided_by = $2, voided_at = $3, void_reason = $4 WHERE id = $1 AND state = 'frozen'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Timestamptz, _>(at)
    .bind::<Text, _>(reason)
    .execute(conn.pg())?;
    sql_query("UPDATE match_repairs SET state = 'open', run_id = NULL, version = version + 1 WHERE run_id = $1 AND state = 'frozen'")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    let event = Noted("match_run.voided", json!({ "number": run.number }));
    audit::note(conn, events::run(staff, id), &event)?;
    let event = Noted("match.voided", json!({ "number": run.number }));
    audit::note(conn, events::round(staff.programme(), round), &event)
}

/// A file of the file form of a stored run, by its name; the seed only once it is published.
///
/// # Errors
/// [`Error::NotFound`] for another name.
pub fn file(conn: &mut Conn<'_>, staff: &ProgrammeStaff, run: &Run, name: &str) -> Result<String> {
    let stored = queries::stored(conn, staff, run)?;
    let snapshot: Snapshot = serde_json::from_str(&stored.input)
        .map_err(|err| Error::Internal(format!("a snapshot: {err}")))?;
    let pretty = |value: &serde_json::Value| {
        serde_json::to_string(value).map_err(|err| Error::Internal(format!("a run: {err}")))
    };
    match name {
        "run.json" => {
            let mut head =
                json!({ "run_id": snapshot.run_id, "policy_version": snapshot.policy_version });
            if let (Some(seed), Some(head)) = (
                snapshot.seed.filter(|_| run.published_at.is_some()),
                head.as_object_mut(),
            ) {
                head.insert("seed".to_owned(), json!(seed));
            }
            pretty(&head)
        }
        "summary.json" => pretty(&json_of(&run.summary()?)?),
        "assignment.csv" => Ok(stored.assignment),
        "cutoffs.csv" => Ok(stored.cutoffs),
        "bank_cutoffs.csv" => Ok(stored.bank_cutoffs),
        "reasons.csv" => Ok(stored.reasons),
        _ => {
            let table = Table::RUN.into_iter().find(|it| it.file() == name);
            let table = table.ok_or(Error::NotFound)?;
            let (run, _) = snapshot
                .instance()
                .map_err(|fault| Error::Internal(format!("a snapshot: {fault}")))?;
            let mut bytes = Vec::new();
            files::write_run(&run, table, &mut bytes)?;
            String::from_utf8(bytes).map_err(|err| Error::Internal(format!("a run: {err}")))
        }
    }
}
