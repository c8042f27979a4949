//! The cohort at a glance, and the same counts for every cohort of a desk.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, Desk};
use crate::cohorts::queries::Cohort;
use crate::db::Conn;
use crate::desks::rules::{Counts, EXPIRING_HOURS, SOON_DAYS, UNREAD_COUNTED, When};
use crate::error::Result;
use crate::ids::{CohortId, ProgrammeId};

/// A pool with the people who wait for it.
#[derive(Clone, Debug, QueryableByName)]
pub struct PoolSeats {
    /// English name of the organisation; none for the open pool.
    #[diesel(sql_type = Nullable<Text>)]
    pub organisation_en: Option<String>,
    /// Chinese name of the organisation.
    #[diesel(sql_type = Nullable<Text>)]
    pub organisation_zh: Option<String>,
    /// Seats.
    #[diesel(sql_type = Integer)]
    pub capacity: i32,
    /// Held by open offers.
    #[diesel(sql_type = Integer)]
    pub offered: i32,
    /// Held by accepted offers.
    #[diesel(sql_type = Integer)]
    pub taken: i32,
    /// Persons on the waitlist for whom the pool fits.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// Until when unused seats are held.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub hold_until: Option<DateTime<Utc>>,
    /// When unused seats went to the open pool.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub released_at: Option<DateTime<Utc>>,
}

/// The pools of a cohort, the open pool first.
///
/// # Errors
/// The database's.
pub fn pools(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<PoolSeats>> {
    Ok(sql_query(
        "SELECT o.name_en AS organisation_en, o.name_zh AS organisation_zh, p.capacity, p.offered, p.taken, \
           p.hold_until, p.released_at, (SELECT count(*) FROM waitlist_entries w WHERE w.cohort_id = p.cohort_id \
             AND w.state = 'waiting' AND p.id = ANY (w.pool_ids)) AS waiting \
         FROM seat_pools p LEFT JOIN organisations o ON o.id = p.organisation_id \
         WHERE p.cohort_id = $1 AND p.programme_id = $2 ORDER BY p.organisation_id IS NOT NULL, o.name_en, p.id",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// Everything that is counted about a cohort, in one row.
#[derive(Clone, Debug, QueryableByName)]
pub struct Figures {
    /// The cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// Applications begun.
    #[diesel(sql_type = BigInt)]
    pub started: i64,
    /// Applications that were ever handed in.
    #[diesel(sql_type = BigInt)]
    pub submitted: i64,
    /// Applications with a decision, pending or released.
    #[diesel(sql_type = BigInt)]
    pub decided: i64,
    /// Applications that were ever made an offer.
    #[diesel(sql_type = BigInt)]
    pub offered: i64,
    /// Offers accepted.
    #[diesel(sql_type = BigInt)]
    pub accepted: i64,
    /// Trainees enrolled.
    #[diesel(sql_type = BigInt)]
    pub enrolled: i64,
    /// Handed in, undecided, assigned to nobody; counted up to [`UNREAD_COUNTED`].
    #[diesel(sql_type = BigInt)]
    pub unassigned: i64,
    /// Decided, not released.
    #[diesel(sql_type = BigInt)]
    pub pending: i64,
    /// Open offers.
    #[diesel(sql_type = BigInt)]
    pub open_offers: i64,
    /// Open offers that end soon.
    #[diesel(sql_type = BigInt)]
    pub expiring: i64,
    /// Reviews assigned and not handed in.
    #[diesel(sql_type = BigInt)]
    pub reviews_open: i64,
    /// Persons waiting.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// Of them, those for whom a fitting seat is free.
    #[diesel(sql_type = BigInt)]
    pub waiting_beside_free: i64,
    /// Seats in all pools.
    #[diesel(sql_type = BigInt)]
    pub seats: i64,
    /// Seats that accepted offers hold.
    #[diesel(sql_type = BigInt)]
    pub taken: i64,
    /// Seats that open offers hold.
    #[diesel(sql_type = BigInt)]
    pub on_offer: i64,
    /// Unused seats of holds that end soon.
    #[diesel(sql_type = BigInt)]
    pub falling: i64,
    /// Requests for a break or a deferral that wait for an answer.
    #[diesel(sql_type = BigInt)]
    pub breaks: i64,
    /// Apologies that wait for an answer.
    #[diesel(sql_type = BigInt)]
    pub apologies: i64,
    /// Sessions of the last 90 days, over for two, whose register is not signed off.
    #[diesel(sql_type = BigInt)]
    pub registers: i64,
    /// Requests for a later due time that wait for an answer.
    #[diesel(sql_type = BigInt)]
    pub extensions: i64,
    /// Appeals that wait for an answer.
    #[diesel(sql_type = BigInt)]
    pub appeals: i64,
    /// Requests for an exemption that wait for an answer.
    #[diesel(sql_type = BigInt)]
    pub exemptions: i64,
    /// Assessments whose due time is over and whose marking has not begun.
    #[diesel(sql_type = BigInt)]
    pub unmarked: i64,
    /// Assessments whose marks are agreed and not released.
    #[diesel(sql_type = BigInt)]
    pub unreleased: i64,
    /// The database's time at which all this was counted.
    #[diesel(sql_type = Timestamptz)]
    pub now: DateTime<Utc>,
}

impl Figures {
    /// The counts on which needs are decided.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            unassigned: self.unassigned,
            reviews_open: self.reviews_open,
            pending: self.pending,
            expiring: self.expiring,
            falling: self.falling,
            waiting_beside_free: self.waiting_beside_free,
            breaks: self.breaks,
            apologies: self.apologies,
            registers: self.registers,
            extensions: self.extensions,
            appeals: self.appeals,
            exemptions: self.exemptions,
            unmarked: self.unmarked,
            unreleased: self.unreleased,
        }
    }
}

const FIGURES: &str = "SELECT c.id AS cohort_id, a.*, u.*, o.*, e.*, w.*, p.*, k.*, l.*, t.now FROM cohorts c \
    CROSS JOIN (SELECT banyan_now() AS now) t \
    CROSS JOIN LATERAL (SELECT coalesce(sum(started), 0) AS started, coalesce(sum(submitted), 0) AS submitted, \
      coalesce(sum(decided), 0) AS decided, coalesce(sum(pending), 0) AS pending, \
      coalesce(sum(reviews_open), 0) AS reviews_open FROM cohort_tallies WHERE cohort_id = c.id) a \
    CROSS JOIN LATERAL (SELECT count(*) AS unassigned FROM (SELECT FROM applications a WHERE a.cohort_id = c.id \
      AND a.state IN ('submitted', 'under_review') AND a.reviewer_ids = '{}' \
      AND NOT EXISTS (SELECT FROM application_cases k WHERE k.application_id = a.id AND k.decision IS NOT NULL) \
      LIMIT $4) u) u \
    CROSS JOIN LATERAL (SELECT count(DISTINCT application_id) AS offered, \
      count(*) FILTER (WHERE state = 'accepted') AS accepted, count(*) FILTER (WHERE state = 'open') AS open_offers, \
      count(*) FILTER (WHERE state = 'open' AND expires_at <= t.now + make_interval(hours => $2)) AS expiring \
      FROM offers WHERE cohort_id = c.id) o \
    CROSS JOIN LATERAL (SELECT count(*) AS enrolled FROM enrolments WHERE cohort_id = c.id) e \
    CROSS JOIN LATERAL (SELECT coalesce(sum(capacity), 0)::bigint AS seats, coalesce(sum(taken), 0)::bigint AS taken, \
      coalesce(sum(offered), 0)::bigint AS on_offer, \
      coalesce(sum(capacity - offered - taken) FILTER (WHERE released_at IS NULL \
        AND hold_until <= t.now + make_interval(days => $3)), 0)::bigint AS falling, \
      coalesce(array_agg(id) FILTER (WHERE offered + taken < capacity), '{}') AS free_ids \
      FROM seat_pools WHERE cohort_id = c.id) p \
    CROSS JOIN LATERAL (SELECT count(*) AS waiting, count(*) FILTER (WHERE pool_ids && p.free_ids) AS waiting_beside_free \
      FROM waitlist_entries WHERE cohort_id = c.id AND state = 'waiting') w \
    CROSS JOIN LATERAL (SELECT count(*) AS breaks FROM learning_breaks WHERE cohort_id = c.id AND state = 'asked') k \
    CROSS JOIN LATERAL (SELECT (SELECT count(*) FROM apologies WHERE cohort_id = c.id AND state = 'sent') AS apologies, \
      (SELECT count(*) FROM class_sessions s WHERE s.cohort_id = c.id AND s.published AND s.state <> 'cancelled' \
        AND s.starts_at > t.now - interval '90 days' AND s.starts_at < t.now AND s.ends_at < t.now - interval '2 days' \
        AND NOT EXISTS (SELECT FROM registers g WHERE g.session_id = s.id AND g.signed_off_at IS NOT NULL)) AS registers, \
      (SELECT count(*) FROM assessment_extensions WHERE cohort_id = c.id AND state = 'requested') AS extensions, \
      (SELECT count(*) FROM appeals WHERE cohort_id = c.id AND state = 'lodged') AS appeals, \
      (SELECT count(*) FROM exemptions WHERE cohort_id = c.id AND state = 'requested') AS exemptions, \
      (SELECT count(*) FROM assessments WHERE cohort_id = c.id AND state = 'open' AND due_at < t.now) AS unmarked, \
      (SELECT count(*) FROM assessments WHERE cohort_id = c.id AND state = 'moderated') AS unreleased) l";

/// The counts of one cohort, for its staff.
///
/// # Errors
/// The database's.
pub fn figures(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Figures> {
    Ok(sql_query(format!("{FIGURES} WHERE c.id = $1"))
        .bind::<SqlUuid, _>(staff.cohort())
        .bind::<Integer, _>(hours())
        .bind::<Integer, _>(days())
        .bind::<BigInt, _>(UNREAD_COUNTED)
        .get_result(conn.pg())?)
}

/// The counts of every cohort of the desk that is not put away.
///
/// # Errors
/// The database's.
pub fn all_figures(conn: &mut Conn<'_>, desk: &Desk) -> Result<Vec<Figures>> {
    let ids: Vec<uuid::Uuid> = desk.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(format!(
        "{FIGURES} WHERE c.programme_id = ANY ($1) AND c.state NOT IN ('archived', 'cancelled')"
    ))
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<Integer, _>(hours())
    .bind::<Integer, _>(days())
    .bind::<BigInt, _>(UNREAD_COUNTED)
    .load(conn.pg())?)
}

fn hours() -> i32 {
    i32::try_from(EXPIRING_HOURS).unwrap_or(i32::MAX)
}

fn days() -> i32 {
    i32::try_from(SOON_DAYS).unwrap_or(i32::MAX)
}

/// When things happen in a cohort, for the rules.
///
/// # Errors
/// A state that no rule knows.
pub fn when(cohort: &Cohort) -> Result<When> {
    Ok(When {
        state: cohort.state()?,
        opens_at: cohort.opens_at,
        closes_at: cohort.closes_at,
        decisions_on: cohort.decisions_on,
        starts_on: cohort.starts_on,
    })
}

/// A yearly target of a programme with what has been reached.
#[derive(Clone, Debug, QueryableByName)]
pub struct Year {
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// `trained` or `enrolled`.
    #[diesel(sql_type = Text)]
    pub metric: String,
    /// `>` or `>=`.
    #[diesel(sql_type = Text)]
    pub operator: String,
    /// The figure as the source words it.
    #[diesel(sql_type = Integer)]
    pub value: i32,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Assumed completion rate in basis points.
    #[diesel(sql_type = Integer)]
    pub completion_bp: i32,
    /// Assumed acceptance rate in basis points.
    #[diesel(sql_type = Integer)]
    pub acceptance_bp: i32,
    /// Persons who completed in the period.
    #[diesel(sql_type = BigInt)]
    pub trained: i64,
    /// Persons enrolled whose cohort begins in the period.
    #[diesel(sql_type = BigInt)]
    pub enrolled: i64,
}

/// The columns and tables of [`Year`], for staff and for counting under
/// [`crate::db::Task::Report`].
pub(super) const YEAR: &str = "SELECT t.programme_id, t.metric, t.operator, t.value, t.starts_on, t.ends_on, g.completion_bp, g.acceptance_bp, \
      (SELECT count(DISTINCT e.person_id) FROM enrolments e WHERE e.programme_id = g.id AND e.state = 'completed' \
        AND e.completed_on BETWEEN t.starts_on AND t.ends_on) AS trained, \
      (SELECT count(DISTINCT e.person_id) FROM enrolments e JOIN cohorts c ON c.id = e.cohort_id WHERE e.programme_id = g.id \
        AND e.state NOT IN ('withdrawn', 'deferred') AND c.starts_on BETWEEN t.starts_on AND t.ends_on) AS enrolled \
    FROM targets t JOIN programmes g ON g.id = t.programme_id WHERE t.metric IN ('trained', 'enrolled')";

/// The target of the year in which the cohort ends, or the next one: the headline (people trained)
/// before an operating figure.
///
/// # Errors
/// The database's.
pub fn year(conn: &mut Conn<'_>, staff: &CohortStaff, day: NaiveDate) -> Result<Option<Year>> {
    Ok(sql_query(format!(
        "{YEAR} AND g.id = $1 AND t.ends_on >= $2 ORDER BY t.metric <> 'trained', t.starts_on, t.id LIMIT 1"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Date, _>(day)
    .get_result(conn.pg())
    .optional()?)
}

/// Of each programme of the desk the target of the year that runs on `day`, or the next one: the
/// headline before an operating figure.
///
/// # Errors
/// The database's.
pub fn running_years(conn: &mut Conn<'_>, desk: &Desk, day: NaiveDate) -> Result<Vec<Year>> {
    let ids: Vec<uuid::Uuid> = desk.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(format!(
        "SELECT DISTINCT ON (y.programme_id) y.* FROM ({YEAR} AND g.id = ANY ($1) AND t.ends_on >= $2) y \
         ORDER BY y.programme_id, y.metric <> 'trained', y.starts_on"
    ))
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<Date, _>(day)
    .load(conn.pg())?)
}
