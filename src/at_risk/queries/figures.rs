//! Hits and misses of the rules, once outcomes are known.

use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::Result;

/// The cases in which a rule found something, by how they ended.
#[derive(Clone, Debug, QueryableByName)]
pub struct Hits {
    /// The rule's code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// Cases.
    #[diesel(sql_type = BigInt)]
    pub cases: i64,
    /// Not closed yet: their outcome is not known.
    #[diesel(sql_type = BigInt)]
    pub open: i64,
    /// Closed: back on track.
    #[diesel(sql_type = BigInt)]
    pub recovered: i64,
    /// Closed: left.
    #[diesel(sql_type = BigInt)]
    pub withdrew: i64,
    /// Closed: pauses.
    #[diesel(sql_type = BigInt)]
    pub deferred: i64,
    /// Closed: failed.
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    /// Closed: false alarm.
    #[diesel(sql_type = BigInt)]
    pub false_alarm: i64,
    /// Of all of them, those whose trainee completed in the end.
    #[diesel(sql_type = BigInt)]
    pub completed: i64,
}

/// Each rule's cases.
///
/// # Errors
/// The database's.
pub fn hits(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<Hits>> {
    Ok(sql_query(
        "SELECT code, count(*) AS cases, count(*) FILTER (WHERE r.state <> 'closed') AS open, \
           count(*) FILTER (WHERE r.outcome = 'recovered') AS recovered, \
           count(*) FILTER (WHERE r.outcome = 'withdrew') AS withdrew, \
           count(*) FILTER (WHERE r.outcome = 'deferred') AS deferred, \
           count(*) FILTER (WHERE r.outcome = 'failed') AS failed, \
           count(*) FILTER (WHERE r.outcome = 'false_alarm') AS false_alarm, \
           count(*) FILTER (WHERE e.state = 'completed') AS completed \
         FROM risk_cases r JOIN enrolments e ON e.id = r.enrolment_id, unnest(r.codes) code \
         WHERE r.programme_id = $1 GROUP BY code ORDER BY code",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// Trainees whose end is known, with and without a case before it.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct Ended {
    /// Withdrew or failed, and there had been a case.
    #[diesel(sql_type = BigInt)]
    pub lost_seen: i64,
    /// Withdrew or failed, and there had been none: misses.
    #[diesel(sql_type = BigInt)]
    pub lost_missed: i64,
    /// Completed, and there had been a case.
    #[diesel(sql_type = BigInt)]
    pub completed_seen: i64,
    /// Completed without any.
    #[diesel(sql_type = BigInt)]
    pub completed_quiet: i64,
}

/// How the trainees ended. Who left before teaching began was never looked at, and counts nowhere.
///
/// # Errors
/// The database's.
pub fn ended(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Ended> {
    Ok(sql_query(
        "SELECT count(*) FILTER (WHERE lost AND seen) AS lost_seen, count(*) FILTER (WHERE lost AND NOT seen) AS lost_missed, \
           count(*) FILTER (WHERE NOT lost AND seen) AS completed_seen, \
           count(*) FILTER (WHERE NOT lost AND NOT seen) AS completed_quiet \
         FROM (SELECT e.state IN ('withdrawn', 'failed') AS lost, \
             EXISTS (SELECT FROM risk_cases r WHERE r.enrolment_id = e.id) AS seen \
           FROM enrolments e JOIN cohorts c ON c.id = e.cohort_id JOIN offers o ON o.id = e.offer_id \
           WHERE e.programme_id = $1 AND (e.state IN ('completed', 'failed') OR e.state = 'withdrawn' \
             AND (o.vacated_at AT TIME ZONE 'Asia/Hong_Kong')::date >= c.starts_on)) q",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())?)
}
