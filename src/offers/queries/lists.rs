//! Lists of offers and of the waitlist, as the desk shows them.

use crate::db::sql_query;
use chrono::{DateTime, SecondsFormat, Utc};
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::CohortStaff;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{ApplicationId, OfferId, PoolId};
use crate::web::paging::{Cursor, Page};

/// An offer in a list.
#[derive(Clone, Debug, QueryableByName)]
pub struct OfferRow {
    /// The offer.
    #[diesel(sql_type = SqlUuid)]
    pub id: OfferId,
    /// The application.
    #[diesel(sql_type = SqlUuid)]
    pub application_id: ApplicationId,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The key by which lists sort.
    #[diesel(sql_type = Text)]
    pub name_sort: String,
    /// The application's reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// State as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The pool.
    #[diesel(sql_type = SqlUuid)]
    pub pool_id: PoolId,
    /// The deadline.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
    /// Rank from which it was promoted.
    #[diesel(sql_type = Nullable<Integer>)]
    pub promoted_rank: Option<i32>,
    /// Why it ended.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it ended.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ended_at: Option<DateTime<Utc>>,
    /// The trainee's enrolment, as its word.
    #[diesel(sql_type = Nullable<Text>)]
    pub enrolment: Option<String>,
}

/// The orders of the list of offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The nearest deadline first.
    #[default]
    Deadline,
    /// By name.
    Name,
}

impl Order {
    /// From the address; anything else is the usual order.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        if word == "name" {
            Self::Name
        } else {
            Self::Deadline
        }
    }
}

/// What the list of offers is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct OfferFilter {
    /// State, as its word.
    pub state: Option<String>,
    /// The pool.
    pub pool: Option<PoolId>,
    /// Part of a name or reference.
    pub text: Option<String>,
    /// The order.
    pub order: Order,
}

const KEY: &str = "to_char(o.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

/// A page of a cohort's offers.
///
/// # Errors
/// The database's.
pub fn offers(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    filter: &OfferFilter,
    after: Option<&Cursor>,
    size: i64,
) -> Result<Page<OfferRow>> {
    let key = match filter.order {
        Order::Deadline => KEY,
        Order::Name => "a.name_sort",
    };
    let rows: Vec<OfferRow> = sql_query(format!(
        "SELECT o.id, o.application_id, a.name_shown, a.name_sort, a.reference, o.state, o.pool_id, o.expires_at, \
           o.promoted_rank, o.reason, o.created_at, o.ended_at, e.state AS enrolment \
         FROM offers o JOIN applications a ON a.id = o.application_id LEFT JOIN enrolments e ON e.offer_id = o.id \
         WHERE o.cohort_id = $1 AND ($2 IS NULL OR o.state = $2) AND ($3 IS NULL OR o.pool_id = $3) \
           AND ($4 IS NULL OR position(lower($4) IN lower(a.name_shown || ' ' || coalesce(a.name_zh, '') || ' ' || a.reference)) > 0) \
           AND ($5 IS NULL OR ({key} COLLATE \"C\", o.id) > ($5, $6)) \
         ORDER BY {key} COLLATE \"C\", o.id LIMIT $7"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<Text>, _>(&filter.state)
    .bind::<Nullable<SqlUuid>, _>(filter.pool)
    .bind::<Nullable<Text>, _>(&filter.text)
    .bind::<Nullable<Text>, _>(after.map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    let order = filter.order;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: match order {
            Order::Deadline => row.expires_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            Order::Name => row.name_sort.clone(),
        },
        id: row.id.0,
    }))
}

/// Somebody who waits, in a list.
#[derive(Clone, Debug, QueryableByName)]
pub struct WaitingRow {
    /// The entry.
    #[diesel(sql_type = SqlUuid)]
    pub id: uuid::Uuid,
    /// The application.
    #[diesel(sql_type = SqlUuid)]
    pub application_id: ApplicationId,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The application's reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// The rank: lower is sooner.
    #[diesel(sql_type = Integer)]
    pub rank: i32,
    /// The place among those who wait: 1 for the next.
    #[diesel(sql_type = BigInt)]
    pub place: i64,
    /// Pools that fit, in the order in which they are tried.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub pool_ids: Vec<PoolId>,
    /// The decision behind it: `accept` when no seat was free, otherwise `waitlist`.
    #[diesel(sql_type = Nullable<Text>)]
    pub decision: Option<String>,
    /// Reviewers' mean in thousandths.
    #[diesel(sql_type = Nullable<Integer>)]
    pub score_milli: Option<i32>,
    /// Since when.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// A page of those who wait, the next first; narrowed to a pool that fits and part of a name.
///
/// # Errors
/// The database's.
pub fn waiting(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (pool, text): (Option<PoolId>, Option<&str>),
    after: Option<&Cursor>,
    size: i64,
) -> Result<Page<WaitingRow>> {
    let after: i32 = after.and_then(|it| it.key.parse().ok()).unwrap_or(0);
    let rows: Vec<WaitingRow> = sql_query(
        "SELECT w.*, a.name_shown, a.reference, c.decision, c.score_milli FROM ( \
           SELECT id, application_id, rank, pool_ids, created_at, row_number() OVER (ORDER BY rank) AS place \
           FROM waitlist_entries WHERE cohort_id = $1 AND state = 'waiting') w \
         JOIN applications a ON a.id = w.application_id LEFT JOIN application_cases c ON c.application_id = a.id \
         WHERE w.rank > $2 AND ($3 IS NULL OR $3 = ANY (w.pool_ids)) \
           AND ($4 IS NULL OR position(lower($4) IN lower(a.name_shown || ' ' || coalesce(a.name_zh, '') || ' ' || a.reference)) > 0) \
         ORDER BY w.rank LIMIT $5",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Integer, _>(after)
    .bind::<Nullable<SqlUuid>, _>(pool)
    .bind::<Nullable<Text>, _>(text)
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: row.rank.to_string(),
        id: row.id,
    }))
}
