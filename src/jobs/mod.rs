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

/// Runs what is due, at most `most` jobs; returns how many were taken up.
///
/// # Errors
/// The database's. A job's own failure is noted on its row, not returned.
pub fn run_due(db: &Db, runners: &[(&'static str, Runner)], most: i64) -> Result<usize> {
    let system = Actor::System(Task::RunJobs);
    let claims = db.tx(&system, |conn| lease::claim(conn, JOBS, most, LEASE))?;
    for claim in &claims {
        // Jobs run one after another: by now this claim may have run out, and be another worker's.
        if !db.tx(&system, |conn| lease::extend(conn, JOBS, claim, LEASE))? {
            continue;
        }
        let job: Job = db.read(&system, |conn| {
            Ok(
                sql_query("SELECT kind, subject_id, payload FROM jobs WHERE id = $1")
                    .bind::<SqlUuid, _>(claim.id)
                    .get_result(conn.pg())?,
            )
        })?;
        let outcome = match runners.iter().find(|(kind, _)| *kind == job.kind) {
            Some((_, run)) => guarded(*run, db, &job),
            None => Err(crate::error::Error::Internal(format!(
                "no one runs jobs of kind {}",
                job.kind
            ))),
        };
        settle(db, claim, outcome)?;
    }
    Ok(claims.len())
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
