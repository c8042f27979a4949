//! A person's own affairs: applications, offers, places on waitlists, enrolments, each by the
//! applicant's own policies.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{Own, Working};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{ApplicationId, CohortId, EnrolmentId, OfferId};

/// An application of one's own, with its latest offer, place on the waitlist and enrolment.
#[derive(Clone, Debug, QueryableByName)]
pub struct Mine {
    /// The application.
    #[diesel(sql_type = SqlUuid)]
    pub id: ApplicationId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// English name of the cohort.
    #[diesel(sql_type = Text)]
    pub cohort_en: String,
    /// Chinese name of the cohort.
    #[diesel(sql_type = Text)]
    pub cohort_zh: String,
    /// The cohort's state.
    #[diesel(sql_type = Text)]
    pub cohort_state: String,
    /// The call opens.
    #[diesel(sql_type = Timestamptz)]
    pub opens_at: DateTime<Utc>,
    /// The call closes.
    #[diesel(sql_type = Timestamptz)]
    pub closes_at: DateTime<Utc>,
    /// The application's reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Its state, as the applicant may know it.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The latest offer.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub offer_id: Option<OfferId>,
    /// Its state.
    #[diesel(sql_type = Nullable<Text>)]
    pub offer_state: Option<String>,
    /// When it expires.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub expires_at: Option<DateTime<Utc>>,
    /// Rank on the waitlist, while waiting.
    #[diesel(sql_type = Nullable<Integer>)]
    pub rank: Option<i32>,
    /// The enrolment.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub enrolment_id: Option<EnrolmentId>,
    /// Its state.
    #[diesel(sql_type = Nullable<Text>)]
    pub enrolment_state: Option<String>,
    /// The trainee's number.
    #[diesel(sql_type = Nullable<Text>)]
    pub trainee_number: Option<String>,
}

/// The person's applications, the newest first.
///
/// # Errors
/// The database's.
pub fn applications(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<Mine>> {
    Ok(sql_query(
        "SELECT a.id, a.cohort_id, c.name_en AS cohort_en, c.name_zh AS cohort_zh, c.state AS cohort_state, \
           c.opens_at, c.closes_at, a.reference, a.state, o.id AS offer_id, o.state AS offer_state, o.expires_at, w.rank, \
           e.id AS enrolment_id, e.state AS enrolment_state, e.trainee_number \
         FROM applications a JOIN cohorts c ON c.id = a.cohort_id \
         LEFT JOIN LATERAL (SELECT id, state, expires_at FROM offers WHERE application_id = a.id AND person_id = $1 \
           ORDER BY id DESC LIMIT 1) o ON true \
         LEFT JOIN waitlist_entries w ON w.application_id = a.id AND w.person_id = $1 AND w.state = 'waiting' \
         LEFT JOIN enrolments e ON e.application_id = a.id AND e.person_id = $1 \
         WHERE a.person_id = $1 ORDER BY a.id DESC",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Position {
    #[diesel(sql_type = BigInt)]
    position: i64,
}

/// The position of a waiting entry: one more than the number of people of the cohort who wait at a
/// smaller rank for at least one of the same pools. Counted under [`crate::db::Task::Report`], for
/// the others' entries are not the reader's to see.
///
/// # Errors
/// The database's.
pub fn waitlist_position(
    conn: &mut Conn<'_>,
    _report: &Working,
    own: &Own,
    application: ApplicationId,
) -> Result<i64> {
    let row: Position = sql_query(
        "SELECT 1 + count(*) AS position FROM waitlist_entries mine JOIN waitlist_entries w \
           ON w.cohort_id = mine.cohort_id AND w.state = 'waiting' AND w.rank < mine.rank AND w.pool_ids && mine.pool_ids \
         WHERE mine.application_id = $1 AND mine.person_id = $2",
    )
    .bind::<SqlUuid, _>(application)
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())?;
    Ok(row.position)
}
