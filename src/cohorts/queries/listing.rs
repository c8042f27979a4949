//! The list of cohorts at the desk.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, BigInt, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, Desk};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{CohortId, ProgrammeId};
use crate::web::fields::{Column, Sort};
use crate::web::paging::Cursor;

use super::super::mail::ALIVE;
use super::super::rules::CohortState;

/// The orders of the list. Each key is text of fixed width, so that it pages by key.
pub const SORTS: &[Column] = &[
    ("starts", "c.starts_on"),
    ("code", "c.code"),
    ("name", "lower(c.name_en)"),
    (
        "state",
        "array_position(ARRAY['planned','open','reviewing','offering','running','completed','archived','cancelled'], c.state)",
    ),
    (
        "closes",
        "to_char(c.closes_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')",
    ),
];

/// A row of the list.
#[derive(Clone, Debug, QueryableByName)]
pub struct Listing {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: CohortId,
    /// Its code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The call closes.
    #[diesel(sql_type = Timestamptz)]
    pub closes_at: DateTime<Utc>,
    /// Teaching begins.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Teaching ends.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Seats of all pools.
    #[diesel(sql_type = BigInt)]
    pub seats: i64,
    /// Seats that accepted offers hold.
    #[diesel(sql_type = BigInt)]
    pub taken: i64,
    /// Applications that are no drafts.
    #[diesel(sql_type = BigInt)]
    pub applications: i64,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

/// Which rows, and how many.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only cohorts of this programme.
    pub programme: Option<ProgrammeId>,
    /// Only cohorts in this state.
    pub state: Option<CohortState>,
    /// In this order.
    pub sort: Sort,
    /// After this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// Cohorts of the programmes that the desk reaches.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn<'_>, desk: &Desk, wanted: &Wanted) -> Result<Vec<Listing>> {
    let (beyond, direction) = wanted.sort.direction();
    let key = wanted.sort.sql;
    // A programme out of reach has no cohorts here.
    let reached = desk.programmes().iter().copied();
    let programmes: Vec<ProgrammeId> = reached
        .filter(|id| wanted.programme.is_none_or(|only| only == *id))
        .collect();
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT c.id, c.code, c.name_en, c.name_zh, c.state, c.closes_at, c.starts_on, c.ends_on, \
           coalesce(s.seats, 0) AS seats, coalesce(s.taken, 0) AS taken, \
           (SELECT count(*) FROM applications a WHERE a.cohort_id = c.id AND a.state <> 'draft') AS applications, \
           ({key})::text COLLATE \"C\" AS sort_key \
         FROM cohorts c LEFT JOIN LATERAL (SELECT sum(p.capacity) AS seats, sum(p.taken) AS taken FROM seat_pools p \
           WHERE p.cohort_id = c.id) s ON true \
         WHERE c.programme_id = ANY ($1) AND ($2 IS NULL OR c.state = $2)) q \
         WHERE $3 IS NULL OR (sort_key, id) {beyond} ($3, $4) \
         ORDER BY sort_key {direction}, id {direction} LIMIT $5"
    ))
    .bind::<Array<SqlUuid>, _>(programmes)
    .bind::<Nullable<Text>, _>(wanted.state.map(CohortState::as_str))
    .bind::<Nullable<Text>, _>(wanted.after.as_ref().map(|cursor| &cursor.key))
    .bind::<Nullable<SqlUuid>, _>(wanted.after.as_ref().map(|cursor| cursor.id))
    .bind::<BigInt, _>(wanted.limit)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many people have an application to the cohort that is alive: whom a cancellation would tell.
/// With `state`, only those in that state.
///
/// # Errors
/// The database's.
pub fn applicants_alive(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    state: Option<&str>,
) -> Result<i64> {
    let states: Vec<String> = match state {
        Some(state) => vec![state.to_owned()],
        None => ALIVE.iter().map(|word| (*word).to_owned()).collect(),
    };
    let count: Count = sql_query(
        "SELECT count(DISTINCT person_id) AS n FROM applications \
         WHERE cohort_id = $1 AND programme_id = $2 AND state = ANY ($3)",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Array<Text>, _>(&states)
    .get_result(conn.pg())?;
    Ok(count.n)
}
