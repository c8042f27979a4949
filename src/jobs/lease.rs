//! Lease and fencing, the same for letters and jobs.
//!
//! A claim sets a fresh token and a time by the database's clock; it can be taken over when that
//! time has passed, without a leader. Every later write names the token: a worker that lost its
//! claim changes nothing.

use std::time::Duration;

use crate::db::sql_query;
use diesel::sql_types::{Array, BigInt, Double, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel::{OptionalExtension as _, QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::db::Conn;
use crate::error::Result;

/// A table that is a queue: `state`, `attempts`, `run_at`, `lease_until`,
/// `claim_token`, `last_error`.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    /// Its name.
    pub table: &'static str,
    /// The state of finished rows.
    pub done: &'static str,
    /// The column with the time of finishing.
    pub finished_at: &'static str,
    /// Does a claim count as a try from its beginning? So it must where work may end its worker. Where
    /// many rows are claimed at once, a try counts when it has an end: a killed worker costs none.
    pub counts_claims: bool,
}

/// A claim on a row.
#[derive(Clone, Debug, QueryableByName)]
pub struct Claim {
    /// The row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// The fencing token.
    #[diesel(sql_type = SqlUuid)]
    pub claim_token: Uuid,
    /// Tries, the one of this claim included.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

/// Claims at most `most` due rows for `lease`, the oldest first: two letters to one person arrive in
/// the order in which they were written. They are chosen in a materialised step of their own:
/// as a plain subquery the planner may run it once for each row, and claim more.
///
/// # Errors
/// The database's.
pub fn claim(conn: &mut Conn<'_>, queue: Queue, most: i64, lease: Duration) -> Result<Vec<Claim>> {
    let table = queue.table;
    Ok(sql_query(format!(
        "WITH due AS MATERIALIZED (SELECT id FROM {table} \
           WHERE state = 'queued' AND run_at <= (SELECT banyan_now()) \
           AND (lease_until IS NULL OR lease_until < (SELECT clock_timestamp())) \
           ORDER BY run_at, id LIMIT $3 FOR UPDATE SKIP LOCKED), \
         claimed AS (UPDATE {table} SET claim_token = $1, \
           lease_until = clock_timestamp() + make_interval(secs => $2), attempts = attempts + $4 \
           WHERE id IN (SELECT id FROM due) RETURNING id, claim_token, attempts + 1 - $4 AS attempts, run_at) \
         SELECT id, claim_token, attempts FROM claimed ORDER BY run_at, id"
    ))
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Double, _>(lease.as_secs_f64())
    .bind::<BigInt, _>(most)
    .bind::<Integer, _>(i32::from(queue.counts_claims))
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The rows that [`claim`] would take now, without taking them.
///
/// # Errors
/// The database's.
pub fn due(conn: &mut Conn<'_>, queue: Queue, most: i64) -> Result<Vec<Uuid>> {
    let table = queue.table;
    let ids: Vec<Id> = sql_query(format!(
        "SELECT id FROM {table} WHERE state = 'queued' AND run_at <= (SELECT banyan_now()) \
         AND (lease_until IS NULL OR lease_until < (SELECT clock_timestamp())) ORDER BY run_at, id LIMIT $1"
    ))
    .bind::<BigInt, _>(most)
    .load(conn.pg())?;
    Ok(ids.into_iter().map(|row| row.id).collect())
}

/// Claims this one row, if it is due and nobody else's.
///
/// # Errors
/// The database's.
pub fn claim_one(
    conn: &mut Conn<'_>,
    queue: Queue,
    id: Uuid,
    lease: Duration,
) -> Result<Option<Claim>> {
    let table = queue.table;
    Ok(sql_query(format!(
        "UPDATE {table} SET claim_token = $1, lease_until = clock_timestamp() + make_interval(secs => $2), \
           attempts = attempts + 1 WHERE id = $3 AND state = 'queued' AND run_at <= banyan_now() \
           AND (lease_until IS NULL OR lease_until < clock_timestamp()) RETURNING id, claim_token, attempts"
    ))
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Double, _>(lease.as_secs_f64())
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?)
}

/// Ids and tokens of claims, side by side.
fn pairs(claims: &[Claim]) -> (Vec<Uuid>, Vec<Uuid>) {
    claims.iter().map(|c| (c.id, c.claim_token)).unzip()
}

/// Their tries, in the same order.
fn tries(claims: &[Claim]) -> Vec<i32> {
    claims.iter().map(|c| c.attempts).collect()
}

/// Lets claims hold for `lease` from now; returns the rows whose claims still held.
///
/// # Errors
/// The database's.
pub fn extend(
    conn: &mut Conn<'_>,
    queue: Queue,
    claims: &[Claim],
    lease: Duration,
) -> Result<Vec<Uuid>> {
    let (ids, tokens) = pairs(claims);
    let held: Vec<Id> = sql_query(format!(
        "UPDATE {} q SET lease_until = clock_timestamp() + make_interval(secs => $3) \
         FROM unnest($1, $2) AS c(id, token) WHERE q.id = c.id AND q.claim_token = c.token AND q.state = 'queued' \
         RETURNING q.id",
        queue.table
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<SqlUuid>, _>(tokens)
    .bind::<Double, _>(lease.as_secs_f64())
    .load(conn.pg())?;
    Ok(held.into_iter().map(|row| row.id).collect())
}

/// Finishes a row. False: the claim was lost, and somebody else's word counts.
///
/// # Errors
/// The database's.
pub fn finish(conn: &mut Conn<'_>, queue: Queue, claim: &Claim) -> Result<bool> {
    let changed = sql_query(format!(
        "UPDATE {} SET state = '{}', {} = banyan_now(), lease_until = NULL, last_error = NULL, attempts = $3 \
         WHERE id = $1 AND claim_token = $2 AND state = 'queued'",
        queue.table, queue.done, queue.finished_at
    ))
    .bind::<SqlUuid, _>(claim.id)
    .bind::<SqlUuid, _>(claim.claim_token)
    .bind::<Integer, _>(claim.attempts)
    .execute(conn.pg())?;
    Ok(changed == 1)
}

/// Finishes several rows, as a statement that can travel alone ([`crate::db::Db::at_once`]). A lost
/// claim changes nothing, unseen.
#[must_use]
pub fn finishing(queue: Queue, claims: &[Claim]) -> String {
    fn list<T: std::fmt::Display>(values: &[T]) -> String {
        let words: Vec<String> = values.iter().map(T::to_string).collect();
        words.join(",")
    }
    let (ids, tokens) = pairs(claims);
    format!(
        "UPDATE {} q SET state = '{}', {} = banyan_now(), lease_until = NULL, last_error = NULL, attempts = c.attempts \
         FROM unnest('{{{}}}'::uuid[], '{{{}}}'::uuid[], '{{{}}}'::int[]) AS c(id, token, attempts) \
         WHERE q.id = c.id AND q.claim_token = c.token AND q.state = 'queued'",
        queue.table,
        queue.done,
        queue.finished_at,
        list(&ids),
        list(&tokens),
        list(&tries(claims))
    )
}

/// Puts a row back, to be tried again after a pause, with the reason.
///
/// # Errors
/// The database's.
pub fn retry(
    conn: &mut Conn<'_>,
    queue: Queue,
    claim: &Claim,
    pause: Duration,
    reason: &str,
) -> Result<bool> {
    let changed = sql_query(format!(
        "UPDATE {} SET run_at = clock_timestamp() + make_interval(secs => $3), lease_until = NULL, last_error = $4, attempts = $5 \
         WHERE id = $1 AND claim_token = $2 AND state = 'queued'",
        queue.table
    ))
    .bind::<SqlUuid, _>(claim.id)
    .bind::<SqlUuid, _>(claim.claim_token)
    .bind::<Double, _>(pause.as_secs_f64())
    .bind::<Text, _>(reason)
    .bind::<Integer, _>(claim.attempts)
    .execute(conn.pg())?;
    Ok(changed == 1)
}

/// Lays a row aside as dead, with the reason; an operator may send it round again.
///
/// # Errors
/// The database's.
pub fn bury(conn: &mut Conn<'_>, queue: Queue, claim: &Claim, reason: &str) -> Result<bool> {
    let changed = sql_query(format!(
        "UPDATE {} SET state = 'dead', lease_until = NULL, last_error = $3, attempts = $4 \
         WHERE id = $1 AND claim_token = $2 AND state = 'queued'",
        queue.table
    ))
    .bind::<SqlUuid, _>(claim.id)
    .bind::<SqlUuid, _>(claim.claim_token)
    .bind::<Text, _>(reason)
    .bind::<Integer, _>(claim.attempts)
    .execute(conn.pg())?;
    Ok(changed == 1)
}

/// Gives rows back untouched: the attempt does not count. Returns how many claims still held.
///
/// # Errors
/// The database's.
pub fn give_back(conn: &mut Conn<'_>, queue: Queue, claims: &[Claim]) -> Result<usize> {
    let (ids, tokens) = pairs(claims);
    Ok(sql_query(format!(
        "UPDATE {} q SET lease_until = NULL, attempts = c.attempts - 1 \
         FROM unnest($1, $2, $3) AS c(id, token, attempts) WHERE q.id = c.id AND q.claim_token = c.token AND q.state = 'queued'",
        queue.table
    ))
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<SqlUuid>, _>(tokens)
    .bind::<Array<Integer>, _>(tries(claims))
    .execute(conn.pg())?)
}

/// As [`give_back`], with the reason why nothing could be tried: it waits its turn as before.
///
/// # Errors
/// The database's.
pub fn wait(conn: &mut Conn<'_>, queue: Queue, claim: &Claim, reason: &str) -> Result<bool> {
    let changed = sql_query(format!(
        "UPDATE {} SET lease_until = NULL, attempts = $4 - 1, last_error = $3 \
         WHERE id = $1 AND claim_token = $2 AND state = 'queued'",
        queue.table
    ))
    .bind::<SqlUuid, _>(claim.id)
    .bind::<SqlUuid, _>(claim.claim_token)
    .bind::<Text, _>(reason)
    .bind::<Integer, _>(claim.attempts)
    .execute(conn.pg())?;
    Ok(changed == 1)
}

/// Puts dead rows back into the queue, of one kind or of all, to be tried at once and as often as new
/// ones; returns which. Done twice, the second time finds nothing.
///
/// # Errors
/// The database's.
pub fn redrive(conn: &mut Conn<'_>, queue: Queue, kind: Option<&str>) -> Result<Vec<Uuid>> {
    let rows: Vec<Id> = sql_query(format!(
        "UPDATE {} SET state = 'queued', attempts = 0, run_at = banyan_now(), lease_until = NULL \
         WHERE state = 'dead' AND ($1 IS NULL OR kind = $1) RETURNING id",
        queue.table
    ))
    .bind::<Nullable<Text>, _>(kind)
    .load(conn.pg())?;
    conn.work_queued();
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Dead rows of one kind that died of the same reason.
#[derive(Debug, PartialEq, Eq, QueryableByName)]
pub struct Dead {
    /// Their kind.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Why.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub n: i64,
}

/// What lies dead in a queue, the most frequent first.
///
/// # Errors
/// The database's.
pub fn dead(conn: &mut Conn<'_>, queue: Queue) -> Result<Vec<Dead>> {
    Ok(sql_query(format!(
        "SELECT kind, coalesce(last_error, '') AS reason, count(*) AS n FROM {} WHERE state = 'dead' \
         GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 50",
        queue.table
    ))
    .load(conn.pg())?)
}

/// The pause before the next try: doubling from five seconds to an hour, with full jitter drawn from
/// the claim's own token, so that a crowd that failed together does not return together.
#[must_use]
pub fn pause(claim: &Claim) -> Duration {
    let doublings = u32::try_from(claim.attempts.clamp(1, 11) - 1).unwrap_or_default();
    let ceiling = (5_u64 << doublings).min(3_600);
    let random = claim.claim_token.as_u64_pair().1 ^ claim.id.as_u64_pair().1;
    Duration::from_secs(1 + random % ceiling)
}
