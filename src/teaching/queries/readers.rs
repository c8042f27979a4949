//! What trainees and instructors read: their own timetable, and the feed of their calendar.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::{Instructor, Own, OwnEnrolment, Working};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ClassId, EnrolmentId, FeedId, PersonId};

use super::super::rules::Slot;
use super::{CLASS, ClassSession};

#[derive(QueryableByName)]
struct OwnId {
    #[diesel(sql_type = SqlUuid)]
    id: EnrolmentId,
}

/// The enrolments of a person that have a timetable: they take part, or have completed.
///
/// # Errors
/// The database's.
pub fn own_enrolments(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<EnrolmentId>> {
    let rows: Vec<OwnId> = sql_query(
        "SELECT id FROM enrolments WHERE person_id = $1 AND state IN ('enrolled', 'active', 'suspended', 'completed') \
         ORDER BY id DESC LIMIT 20",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The sessions of a trainee's cohort that they attend and may know of, by time: at most 2,000.
///
/// # Errors
/// The database's.
pub fn of_trainee(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    own: &OwnEnrolment,
    span: &Slot,
) -> Result<Vec<ClassSession>> {
    Ok(sql_query(format!(
        "{CLASS} WHERE s.cohort_id = $1 AND s.published AND s.starts_at >= $3 AND s.starts_at < $4 \
           AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p \
             WHERE p.offering_id = s.offering_id AND p.enrolment_id = $2)) \
         ORDER BY s.starts_at, s.id LIMIT 2000"
    ))
    .bind::<SqlUuid, _>(own.cohort())
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<Timestamptz, _>(span.starts_at)
    .bind::<Timestamptz, _>(span.ends_at)
    .load(conn.pg())?)
}

/// The next session of a trainee that is still to end, if there is one.
///
/// # Errors
/// The database's.
pub fn next_of_trainee(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    own: &OwnEnrolment,
    now: DateTime<Utc>,
) -> Result<Option<ClassSession>> {
    Ok(sql_query(format!(
        "{CLASS} WHERE s.cohort_id = $1 AND s.published AND s.state = 'scheduled' AND s.ends_at > $3 \
           AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p \
             WHERE p.offering_id = s.offering_id AND p.enrolment_id = $2)) \
           AND NOT EXISTS (SELECT FROM exemptions x WHERE x.enrolment_id = $2 AND x.module_id = s.module_id AND x.state = 'granted') \
         ORDER BY s.starts_at, s.id LIMIT 1"
    ))
    .bind::<SqlUuid, _>(own.cohort())
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<Timestamptz, _>(now)
    .get_result(conn.pg())
    .optional()?)
}

/// The sessions that an instructor teaches in their programmes, by time: at most 2,000.
///
/// # Errors
/// The database's.
pub fn of_instructor(
    conn: &mut Conn<'_>,
    instructor: &Instructor,
    span: &Slot,
) -> Result<Vec<ClassSession>> {
    let programmes: Vec<Uuid> = instructor.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(format!(
        "{CLASS} WHERE $1 = ANY (s.instructor_ids) AND s.published AND s.programme_id = ANY ($2) \
           AND s.starts_at >= $3 AND s.starts_at < $4 ORDER BY s.starts_at, s.id LIMIT 2000"
    ))
    .bind::<SqlUuid, _>(instructor.person())
    .bind::<Array<SqlUuid>, _>(programmes)
    .bind::<Timestamptz, _>(span.starts_at)
    .bind::<Timestamptz, _>(span.ends_at)
    .load(conn.pg())?)
}

/// The next session of an instructor that is still to end, if there is one.
///
/// # Errors
/// The database's.
pub fn next_of_instructor(
    conn: &mut Conn<'_>,
    instructor: &Instructor,
    now: DateTime<Utc>,
) -> Result<Option<ClassSession>> {
    let programmes: Vec<Uuid> = instructor.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(format!(
        "{CLASS} WHERE $1 = ANY (s.instructor_ids) AND s.published AND s.programme_id = ANY ($2) \
           AND s.state = 'scheduled' AND s.ends_at > $3 AND s.starts_at > $3 - interval '12 hours' \
         ORDER BY s.starts_at, s.id LIMIT 1"
    ))
    .bind::<SqlUuid, _>(instructor.person())
    .bind::<Array<SqlUuid>, _>(programmes)
    .bind::<Timestamptz, _>(now)
    .get_result(conn.pg())
    .optional()?)
}

/// A person's own calendar address, if they have one.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct OwnFeed {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: FeedId,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When a calendar read it last, to the hour.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub read_at: Option<DateTime<Utc>>,
}

/// A person's own calendar address.
///
/// # Errors
/// The database's.
pub fn own_feed(conn: &mut Conn<'_>, own: &Own) -> Result<Option<OwnFeed>> {
    Ok(sql_query(
        "SELECT id, created_at, read_at FROM calendar_feeds WHERE person_id = $1 AND revoked_at IS NULL",
    )
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())
    .optional()?)
}

/// Whose a calendar address is.
#[derive(Clone, Debug, QueryableByName)]
pub struct FeedOwner {
    /// The address's row.
    #[diesel(sql_type = SqlUuid)]
    pub id: FeedId,
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Their language.
    #[diesel(sql_type = Text)]
    pub lang: String,
    /// Has nobody read it within the hour?
    #[diesel(sql_type = Bool)]
    pub unread: bool,
}

/// The owner of the address with this digest; none when it is unknown or revoked, or the account is
/// disabled.
///
/// # Errors
/// The database's.
pub fn feed_of(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    digest: &[u8],
) -> Result<Option<FeedOwner>> {
    Ok(sql_query(
        "SELECT f.id, f.person_id, p.lang, coalesce(f.read_at < banyan_now() - interval '1 hour', true) AS unread \
         FROM calendar_feeds f JOIN people p ON p.id = f.person_id \
         WHERE f.token_hash = $1 AND f.revoked_at IS NULL AND p.disabled_at IS NULL",
    )
    .bind::<Binary, _>(digest)
    .get_result(conn.pg())
    .optional()?)
}

/// Every session that a person attends or teaches and may know of, by time: at most 5,000.
///
/// # Errors
/// The database's.
pub fn feed_sessions(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    person: PersonId,
) -> Result<Vec<ClassSession>> {
    // The latest count when there are too many; a calendar gets them in their order.
    let mut found: Vec<ClassSession> = sql_query(format!(
        "{CLASS} WHERE s.published AND s.id IN ( \
             SELECT t.id FROM class_sessions t WHERE t.instructor_ids @> ARRAY[$1] AND EXISTS (SELECT FROM role_grants g \
               WHERE g.person_id = $1 AND g.role = 'instructor' AND g.programme_id = t.programme_id AND g.revoked_at IS NULL \
               AND (g.ends_on IS NULL OR g.ends_on >= (SELECT banyan_today()))) \
             UNION ALL SELECT a.id FROM enrolments e JOIN class_sessions a ON a.cohort_id = e.cohort_id \
               JOIN offerings w ON w.id = a.offering_id \
             WHERE e.person_id = $1 AND e.state IN ('enrolled', 'active', 'suspended', 'completed') \
               AND (w.whole_cohort OR EXISTS (SELECT FROM offering_places p \
                 WHERE p.offering_id = a.offering_id AND p.person_id = $1)) \
               AND NOT EXISTS (SELECT FROM exemptions x WHERE x.enrolment_id = e.id AND x.module_id = a.module_id AND x.state = 'granted')) \
         ORDER BY s.starts_at DESC, s.id DESC LIMIT 5000"
    ))
    .bind::<SqlUuid, _>(person)
    .load(conn.pg())?;
    found.reverse();
    Ok(found)
}

/// A published session that an instructor teaches in one of their programmes.
///
/// # Errors
/// [`Error::NotFound`].
pub fn taught(conn: &mut Conn<'_>, instructor: &Instructor, id: ClassId) -> Result<ClassSession> {
    let programmes: Vec<Uuid> = instructor.programmes().iter().map(|id| id.0).collect();
    sql_query(format!(
        "{CLASS} WHERE s.id = $1 AND $2 = ANY (s.instructor_ids) AND s.published AND s.programme_id = ANY ($3)"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(instructor.person())
    .bind::<Array<SqlUuid>, _>(programmes)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A published session that a trainee attends.
///
/// # Errors
/// [`Error::NotFound`].
pub fn attended(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    own: &OwnEnrolment,
    id: ClassId,
) -> Result<ClassSession> {
    sql_query(format!(
        "{CLASS} WHERE s.id = $3 AND s.cohort_id = $1 AND s.published \
           AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p \
             WHERE p.offering_id = s.offering_id AND p.enrolment_id = $2))"
    ))
    .bind::<SqlUuid, _>(own.cohort())
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}
