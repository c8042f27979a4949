//! Work for later: a queue in PostgreSQL, filled in the transaction that causes the work.
//!
//! Table: `jobs`. Expiry of offers, ends of holds, retention: each is a row with its time. A worker
//! claims rows for a while ([`lease`]), works outside any transaction of the queue, and finishes
//! them with the token of its claim, so that a worker that has slept past its lease cannot do harm.
//! At least once: a job may run again after a crash, so every job is written to be run twice.

use std::time::Duration;

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::audit::{self, About};
use crate::db::{Actor, Conn, Db, Task};
use crate::error::Result;
use crate::ids::JobId;

pub mod lease;
pub mod sweep;

use lease::{Claim, Queue};

/// The queue of jobs.
pub const JOBS: Queue = Queue {
    table: "jobs",
    done: "done",
    finished_at: "done_at",
    counts_claims: true,
};

/// Tries before a job is laid aside as dead, with its reason.
const TRIES: i32 = 12;

/// How long a claim on a job holds.
const LEASE: Duration = Duration::from_secs(60);

/// What runs a kind of job: subject and payload. It opens its own transactions.
pub type Runner = fn(&Db, Option<Uuid>, &Value) -> Result<()>;

/// Puts a job into the queue, in this transaction. The same dedupe key is queued once.
///
/// # Errors
/// The database's.
pub fn later(
    conn: &mut Conn<'_>,
    kind: &str,
    subject: Option<Uuid>,
    dedupe_key: &str,
    run_at: DateTime<Utc>,
) -> Result<()> {
    later_with(
        conn,
        kind,
        subject,
        &Value::Object(serde_json::Map::new()),
        dedupe_key,
        run_at,
    )
}

/// As [`later`], with what the runner needs to know beside the subject.
///
/// # Errors
/// The database's.
pub fn later_with(
    conn: &mut Conn<'_>,
    kind: &str,
    subject: Option<Uuid>,
    payload: &Value,
    dedupe_key: &str,
    run_at: DateTime<Utc>,
) -> Result<()> {
    // No conflict target: naming one would ask for the right to read the queue.
    sql_query(
        "INSERT INTO jobs (id, kind, subject_id, payload, dedupe_key, run_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(JobId::new())
    .bind::<Text, _>(kind)
    .bind::<Nullable<SqlUuid>, _>(subject)
    .bind::<Jsonb, _>(payload)
    .bind::<Text, _>(dedupe_key)
    .bind::<Timestamptz, _>(run_at)
    .execute(conn.pg())?;
    conn.work_queued();
    Ok(())
}

#[derive(QueryableByName)]
struct Job {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    subject_id: Option<Uuid>,
    #[diesel(sql_type = Jsonb)]
    payload: Value,
}

/// Runs what is due, at most `most` jobs; returns how many were taken up. Each is claimed when its turn
/// comes: a job that brings the whole process down costs no attempt but its own.
///
/// # Errors
/// The database's. A job's own failure is noted on its row, not returned.
pub fn run_due(db: &Db, runners: &[(&'static str, Runner)], most: i64) -> Result<usize> {
    let system = Actor::System(Task::RunJobs);
    let due = db.read(&system, |conn| lease::due(conn, JOBS, most))?;
    let mut taken = 0;
    for id in due {
        let claimed = db.tx(&system, |conn| {
            let Some(claim) = lease::claim_one(conn, JOBS, id, LEASE)? else {
                return Ok(None);
            };
            let job: Job = sql_query("SELECT kind, subject_id, payload FROM jobs WHERE id = $1")
                .bind::<SqlUuid, _>(id)
                .get_result(conn.pg())?;
            Ok(Some((claim, job)))
        })?;
        // Another worker was quicker.
        let Some((claim, job)) = claimed else {
            continue;
        };
        taken += 1;
        if claim.attempts > TRIES {
            abandon(db, &claim)?;
            continue;
        }
        let outcome = match runners.iter().find(|(kind, _)| *kind == job.kind) {
            Some((_, run)) => guarded(*run, db, &job),
            None => Err(crate::error::Error::Internal(format!(
                "no one runs jobs of kind {}",
                job.kind
            ))),
        };
        settle(db, &claim, outcome)?;
    }
    Ok(taken)
}

/// A job whose every try ended without a word, as when it takes the process with it.
fn abandon(db: &Db, claim: &Claim) -> Result<()> {
    let reason =
        format!("{TRIES} tries ended without an answer: the worker ended, or slept past its lease");
    db.tx(&Actor::System(Task::RunJobs), |conn| {
        lease::bury(conn, JOBS, claim, &reason).map(|_| ())
    })
}

/// A job that panics has failed; the worker and the other jobs go on.
fn guarded(run: Runner, db: &Db, job: &Job) -> Result<()> {
    let job = std::panic::AssertUnwindSafe(|| run(db, job.subject_id, &job.payload));
    std::panic::catch_unwind(job)
        .unwrap_or_else(|_panic| Err(crate::error::Error::Internal("the job panicked".to_owned())))
}

fn settle(db: &Db, claim: &Claim, outcome: Result<()>) -> Result<()> {
    db.tx(&Actor::System(Task::RunJobs), |conn| {
        match &outcome {
            Ok(()) => lease::finish(conn, JOBS, claim)?,
            Err(error) if claim.attempts >= TRIES => {
                lease::bury(conn, JOBS, claim, &error.to_string())?
            }
            Err(error) => lease::retry(conn, JOBS, claim, lease::pause(claim), &error.to_string())?,
        };
        Ok(())
    })?;
    if let Err(error) = outcome {
        tracing::warn!(job = %claim.id, attempt = claim.attempts, %error, "a job failed");
    }
    Ok(())
}

struct Retried;

impl audit::Event for Retried {
    fn verb(&self) -> &'static str {
        "job.retried"
    }

    fn confidential(&self) -> bool {
        true
    }
}

/// Puts dead jobs back into the queue, of one kind or of all; returns how many.
///
/// # Errors
/// The database's.
pub fn redrive(db: &Db, kind: Option<&str>) -> Result<usize> {
    db.tx(&Actor::System(Task::RunJobs), |conn| {
        let ids = lease::redrive(conn, JOBS, kind)?;
        for id in &ids {
            audit::note(conn, About::new("job", *id), &Retried)?;
        }
        Ok(ids.len())
    })
}
