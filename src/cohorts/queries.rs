//! Rows of cohorts and seat pools. Locks are taken in the order cohort → pool → application → offer
//! everywhere; pools of a cohort in the order of their ids.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, Working};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{CohortId, CriterionId, OrganisationId, PoolId, ProgrammeId};
use crate::lang::Lang;

use super::rules::CohortState;
use super::rules::changes::Hold;
use super::rules::seats::{Pool, PoolKind, Seats};

mod listing;
pub use listing::{Listing, SORTS, Wanted, applicants_alive, list};

/// A cohort with its call.
#[derive(Clone, Debug, QueryableByName)]
pub struct Cohort {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: CohortId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Code of cohort and call: `2027H1`.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// What the call says, in English.
    #[diesel(sql_type = Text)]
    pub intro_en: String,
    /// What the call says, in Chinese.
    #[diesel(sql_type = Text)]
    pub intro_zh: String,
    /// State, as its word; see [`Cohort::state`].
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The call opens.
    #[diesel(sql_type = Timestamptz)]
    pub opens_at: DateTime<Utc>,
    /// The call closes: the deadline, exclusive.
    #[diesel(sql_type = Timestamptz)]
    pub closes_at: DateTime<Utc>,
    /// Decisions are told by this day.
    #[diesel(sql_type = Date)]
    pub decisions_on: NaiveDate,
    /// Offers of the release are answered by then.
    #[diesel(sql_type = Timestamptz)]
    pub reply_by: DateTime<Utc>,
    /// Teaching begins.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Teaching ends.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Days that a promoted applicant has to answer.
    #[diesel(sql_type = Integer)]
    pub reply_days: i32,
    /// Version, for `If-Match`.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// The columns of [`Cohort`], with the table named `c`.
pub const COHORT: &str = "c.id, c.programme_id, c.code, c.name_en, c.name_zh, c.intro_en, c.intro_zh, c.state, \
    c.opens_at, c.closes_at, c.decisions_on, c.reply_by, c.starts_on, c.ends_on, c.reply_days, c.version";

impl Cohort {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// What its call says.
    #[must_use]
    pub fn intro(&self, lang: Lang) -> &str {
        lang.pick(&self.intro_en, &self.intro_zh)
    }

    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<CohortState> {
        CohortState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("cohort state {}", self.state)))
    }
}

/// The cohort, for its staff.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Cohort> {
    sql_query(format!(
        "SELECT {COHORT} FROM cohorts c WHERE c.id = $1 AND c.programme_id = $2"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// The cohort as anybody may see it: row-level security leaves out those still planned.
///
/// # Errors
/// [`Error::NotFound`].
pub fn published(conn: &mut Conn<'_>, id: CohortId) -> Result<Cohort> {
    sql_query(format!("SELECT {COHORT} FROM cohorts c WHERE c.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// The cohort of a call's code, as anybody may see it.
///
/// # Errors
/// [`Error::NotFound`].
pub fn published_by_code(conn: &mut Conn<'_>, code: &str) -> Result<Cohort> {
    sql_query(format!(
        "SELECT {COHORT} FROM cohorts c WHERE c.code = upper($1)"
    ))
    .bind::<Text, _>(code)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// Locks the cohort for staff: the first lock of every change to its seats.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Cohort> {
    sql_query(format!(
        "SELECT {COHORT} FROM cohorts c WHERE c.id = $1 AND c.programme_id = $2 FOR UPDATE"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// Locks the cohort for the house, under [`crate::db::Task::Seats`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock_for_seats(conn: &mut Conn<'_>, _seats: &Working, id: CohortId) -> Result<Cohort> {
    sql_query(format!(
        "SELECT {COHORT} FROM cohorts c WHERE c.id = $1 FOR UPDATE"
    ))
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A seat pool.
#[derive(Clone, Debug, QueryableByName)]
pub struct PoolRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PoolId,
    /// The organisation for which its seats are held; none for the open pool.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub organisation_id: Option<OrganisationId>,
    /// The organisation's name in English.
    #[diesel(sql_type = Nullable<Text>)]
    pub organisation_en: Option<String>,
    /// The organisation's name in Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub organisation_zh: Option<String>,
    /// Seats.
    #[diesel(sql_type = Integer)]
    pub capacity: i32,
    /// Seats that open offers hold.
    #[diesel(sql_type = Integer)]
    pub offered: i32,
    /// Seats that accepted offers hold.
    #[diesel(sql_type = Integer)]
    pub taken: i32,
    /// Until when unused seats are held.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub hold_until: Option<DateTime<Utc>>,
    /// When unused seats went to the open pool.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub released_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl PoolRow {
    /// For whom its seats are.
    #[must_use]
    pub fn kind(&self) -> PoolKind {
        self.organisation_id
            .map_or(PoolKind::Open, |organisation| PoolKind::Held {
                organisation,
            })
    }

    /// The pool, as rules know it.
    ///
    /// # Errors
    /// Counters that break the promise of seats: the database's CHECKs keep the same promise.
    pub fn pool(&self) -> Result<Pool> {
        Ok(Pool {
            id: self.id,
            kind: self.kind(),
            held_until: self.released_at.or(self.hold_until),
            seats: Seats::from_counts(self.capacity, self.offered, self.taken)?,
        })
    }

    /// Its hold.
    #[must_use]
    pub fn hold(&self) -> Hold {
        Hold::from_columns(self.hold_until, self.released_at)
    }

    /// Its name as the reader reads it: the organisation's, or "Open seats".
    #[must_use]
    pub fn name(&self, lang: Lang) -> String {
        match (&self.organisation_en, &self.organisation_zh) {
            (Some(en), Some(zh)) => lang.pick(en, zh).clone(),
            _ => lang.pool_open().to_owned(),
        }
    }

    /// Seats that nobody holds.
    #[must_use]
    pub fn free(&self) -> i32 {
        self.capacity - self.offered - self.taken
    }
}

const POOLS: &str = "SELECT p.id, p.organisation_id, o.name_en AS organisation_en, o.name_zh AS organisation_zh, \
    p.capacity, p.offered, p.taken, p.hold_until, p.released_at, p.version \
    FROM seat_pools p LEFT JOIN organisations o ON o.id = p.organisation_id WHERE p.cohort_id = $1";

/// The pools of a cohort, the open pool first, for its staff.
///
/// # Errors
/// The database's.
pub fn pools(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<PoolRow>> {
    Ok(sql_query(format!(
        "{POOLS} ORDER BY p.organisation_id IS NOT NULL, o.name_en, p.id"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?)
}

/// Locks the pools of a cohort whose row is locked already, for staff or for the house's own work
/// on seats; in the order of their ids.
///
/// # Errors
/// The database's.
pub fn lock_pools(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<Vec<PoolRow>> {
    Ok(sql_query(format!("{POOLS} ORDER BY p.id FOR UPDATE OF p"))
        .bind::<SqlUuid, _>(cohort.id)
        .load(conn.pg())?)
}

/// A criterion of a rubric.
#[derive(Clone, Debug, QueryableByName)]
pub struct CriterionRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: CriterionId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// What to look for, in English.
    #[diesel(sql_type = Text)]
    pub hint_en: String,
    /// What to look for, in Chinese.
    #[diesel(sql_type = Text)]
    pub hint_zh: String,
    /// Weight.
    #[diesel(sql_type = Integer)]
    pub weight: i32,
}

/// The rubric of a cohort in its order, for its staff.
///
/// # Errors
/// The database's.
pub fn rubric(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<CriterionRow>> {
    Ok(sql_query(
        "SELECT id, name_en, name_zh, hint_en, hint_zh, weight FROM rubric_criteria \
         WHERE cohort_id = $1 AND programme_id = $2 ORDER BY position",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Start {
    #[diesel(sql_type = Date)]
    starts_on: NaiveDate,
}

/// When teaching begins in the programme's other cohorts that are not called off.
///
/// # Errors
/// The database's.
pub fn other_starts(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<NaiveDate>> {
    let rows: Vec<Start> = sql_query(
        "SELECT starts_on FROM cohorts WHERE programme_id = $1 AND id <> $2 AND state <> 'cancelled' ORDER BY starts_on",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|row| row.starts_on).collect())
}

#[derive(QueryableByName)]
struct ClassDays {
    #[diesel(sql_type = Nullable<Date>)]
    first: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    last: Option<NaiveDate>,
}

/// The first and the last day in Hong Kong with a class of the cohort, if any is planned.
///
/// # Errors
/// The database's.
pub fn class_days(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
) -> Result<(Option<NaiveDate>, Option<NaiveDate>)> {
    let it: ClassDays = sql_query(
        "SELECT min(((starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date) AS first, \
           max(((starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date) AS last \
         FROM class_sessions WHERE cohort_id = $1 AND state <> 'cancelled'",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .get_result(conn.pg())?;
    Ok((it.first, it.last))
}
