//! Official runs, the lots' secret, and what is stored of a run.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::{ProgrammeStaff, Working};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{MatchRunId, PersonId, ProgrammeId, RoundId};
use crate::matching::Summary;

use super::super::rules::RunState;
use super::super::rules::beside::RunKind;

#[derive(QueryableByName)]
struct SeedOnly {
    #[diesel(sql_type = Text)]
    seed: String,
}

/// The lots' secret of a round, once it is fixed.
///
/// # Errors
/// The database's.
pub fn seed(conn: &mut Conn<'_>, _match: &Working, round: RoundId) -> Result<Option<String>> {
    let found: Option<SeedOnly> = sql_query("SELECT seed FROM match_seeds WHERE round_id = $1")
        .bind::<SqlUuid, _>(round)
        .get_result(conn.pg())
        .optional()?;
    Ok(found.map(|it| it.seed))
}

/// An official run.
#[derive(Clone, Debug, QueryableByName)]
pub struct Run {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: MatchRunId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its round.
    #[diesel(sql_type = SqlUuid)]
    pub round_id: RoundId,
    /// Its number in the round.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// Its id in the match.
    #[diesel(sql_type = Text)]
    pub run_id: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    kind: String,
    /// How many stand apart from it: placed beforehand, or already.
    #[diesel(sql_type = Integer)]
    pub apart: i32,
    /// What a first call or a repair is about.
    #[diesel(sql_type = Jsonb)]
    pub details: Value,
    /// Hash of what went in.
    #[diesel(sql_type = Text)]
    pub input_sha256: String,
    /// Hash of what came out.
    #[diesel(sql_type = Text)]
    pub output_sha256: String,
    #[diesel(sql_type = Jsonb)]
    summary: Value,
    #[diesel(sql_type = Jsonb)]
    findings: Value,
    /// Who froze it.
    #[diesel(sql_type = SqlUuid)]
    pub frozen_by: PersonId,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub frozen_at: DateTime<Utc>,
    /// When it was published.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub published_at: Option<DateTime<Utc>>,
    /// Why it was voided.
    #[diesel(sql_type = Text)]
    pub void_reason: String,
}

impl Run {
    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<RunState> {
        RunState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("run state {}", self.state)))
    }

    /// What it is for.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn kind(&self) -> Result<RunKind> {
        RunKind::parse(&self.kind).ok_or_else(|| Error::Internal(format!("run kind {}", self.kind)))
    }

    /// The figures.
    ///
    /// # Errors
    /// A row that cannot be read: a mistake of ours.
    pub fn summary(&self) -> Result<Summary> {
        serde_json::from_value(self.summary.clone())
            .map_err(|err| Error::Internal(format!("a run's row: {err}")))
    }

    /// What the verifier found: the check, and what it says. Something that cannot be read is a finding.
    #[must_use]
    pub fn findings(&self) -> Vec<(String, String)> {
        serde_json::from_value(self.findings.clone())
            .unwrap_or_else(|err| vec![("V6".to_owned(), err.to_string())])
    }
}

const RUN: &str = "SELECT id, programme_id, round_id, number, run_id, state, kind, apart, details, input_sha256, output_sha256, summary, findings, frozen_by, \
    frozen_at, published_at, void_reason FROM match_runs";

/// The official runs of a round, the latest first.
///
/// # Errors
/// The database's.
pub fn runs(conn: &mut Conn<'_>, staff: &ProgrammeStaff, round: RoundId) -> Result<Vec<Run>> {
    Ok(sql_query(format!(
        "{RUN} WHERE round_id = $1 AND programme_id = $2 ORDER BY number DESC"
    ))
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// One official run of a round.
///
/// # Errors
/// [`Error::NotFound`].
pub fn run(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, MatchRunId),
) -> Result<Run> {
    let all = runs(conn, staff, round)?;
    all.into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)
}

/// A run whole.
#[derive(Clone, Debug, QueryableByName)]
pub struct StoredRun {
    /// The canonical form of what went in.
    #[diesel(sql_type = Text)]
    pub input: String,
    /// `assignment.csv`.
    #[diesel(sql_type = Text)]
    pub assignment: String,
    /// `cutoffs.csv`.
    #[diesel(sql_type = Text)]
    pub cutoffs: String,
    /// `bank_cutoffs.csv`.
    #[diesel(sql_type = Text)]
    pub bank_cutoffs: String,
    /// `reasons.csv`.
    #[diesel(sql_type = Text)]
    pub reasons: String,
}

/// A run whole, with the secret of its lots: whoever shows it leaves that out until it is published.
///
/// # Errors
/// [`Error::NotFound`].
pub fn stored(conn: &mut Conn<'_>, staff: &ProgrammeStaff, run: &Run) -> Result<StoredRun> {
    conn.elevate(Task::Match, |conn| {
        sql_query(
            "SELECT input, assignment, cutoffs, bank_cutoffs, reasons FROM match_snapshots WHERE run_id = $1 AND programme_id = $2",
        )
        .bind::<SqlUuid, _>(run.id)
        .bind::<SqlUuid, _>(staff.programme())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
    })
}

/// How many letters of a kind about this round were queued so far: numbers the next reminder.
///
/// # Errors
/// The database's.
pub fn reminders(conn: &mut Conn<'_>, _staff: &ProgrammeStaff, round: RoundId) -> Result<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let count: Count = sql_query(
        "SELECT count(*) AS n FROM audit_events WHERE subject_id = $1 AND verb = 'match.reminded'",
    )
    .bind::<SqlUuid, _>(round)
    .get_result(conn.pg())?;
    Ok(count.n)
}
