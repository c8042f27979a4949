//! A trainee's own attendance.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{Instructor, Own, OwnEnrolment, Working};
use crate::db::{Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{ClassId, ModuleId};
use crate::lang::Lang;
use crate::teaching::rules::Slot;

use super::super::rules::Presence;
use super::{SESSION, Session};

/// A session of a trainee, with what the register says once it is signed off, or their own check-in.
#[derive(Clone, Debug, QueryableByName)]
pub struct OwnSession {
    /// The session.
    #[diesel(sql_type = SqlUuid)]
    pub id: ClassId,
    /// The module.
    #[diesel(sql_type = SqlUuid)]
    pub module_id: ModuleId,
    /// Its code.
    #[diesel(sql_type = Text)]
    pub module_code: String,
    /// What it is called in English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// What it is called in Chinese.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Begins.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// Ends.
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    /// Is it cancelled?
    #[diesel(sql_type = Bool)]
    pub cancelled: bool,
    /// Is the register signed off?
    #[diesel(sql_type = Bool)]
    pub signed_off: bool,
    /// The entry that the trainee may know of.
    #[diesel(sql_type = Nullable<Text>)]
    pub state: Option<String>,
    /// Minutes attended.
    #[diesel(sql_type = Nullable<Integer>)]
    pub minutes: Option<i32>,
    /// Minutes held.
    #[diesel(sql_type = Nullable<Integer>)]
    pub held: Option<i32>,
    /// The state of the apology for it, if there is one.
    #[diesel(sql_type = Nullable<Text>)]
    pub apology: Option<String>,
}

impl OwnSession {
    /// Code and name as the reader reads them.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        let name = lang.pick(&self.name_en, &self.name_zh);
        format!("{} {name}", self.module_code)
    }

    /// When it is.
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }

    /// The entry.
    #[must_use]
    pub fn presence(&self) -> Option<Presence> {
        self.state.as_deref().and_then(Presence::parse)
    }
}

/// The sessions of a trainee, by time: at most 2,000. What an instructor has noted is told only when
/// the register is signed off; the trainee's own check-in and accepted apology at once.
///
/// # Errors
/// The database's.
pub fn own_sessions(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Vec<OwnSession>> {
    let (cohort, enrolment) = (own.cohort(), own.enrolment());
    conn.elevate(Task::Attendance, |conn| {
        Ok(sql_query(
            "SELECT s.id, s.module_id, m.code AS module_code, coalesce(nullif(o.title_en, ''), v.name_en, m.code) AS name_en, \
               coalesce(nullif(o.title_zh, ''), v.name_zh, m.code) AS name_zh, s.starts_at, s.ends_at, \
               s.state = 'cancelled' AS cancelled, g.signed_off_at IS NOT NULL AS signed_off, r.state, r.minutes, r.held, \
               a.state AS apology \
             FROM class_sessions s JOIN modules m ON m.id = s.module_id LEFT JOIN offerings o ON o.id = s.offering_id \
             LEFT JOIN cohorts c ON c.id = s.cohort_id LEFT JOIN registers g ON g.session_id = s.id \
             JOIN enrolments e ON e.id = $2 \
             LEFT JOIN offering_places l ON l.offering_id = s.offering_id AND l.enrolment_id = $2 \
             LEFT JOIN attendance_records r ON r.session_id = s.id AND r.enrolment_id = $2 \
               AND (g.signed_off_at IS NOT NULL OR r.source <> 'register') \
             LEFT JOIN apologies a ON a.session_id = s.id AND a.enrolment_id = $2 AND a.state <> 'withdrawn' \
             LEFT JOIN LATERAL (SELECT n.name_en, n.name_zh FROM module_versions n \
               WHERE n.module_id = m.id AND n.state <> 'draft' \
               ORDER BY n.effective_from <= c.starts_on DESC, n.number DESC LIMIT 1) v ON true \
             WHERE s.cohort_id = $1 AND s.published AND (r.id IS NOT NULL OR e.created_at <= s.starts_at \
               AND (coalesce(o.whole_cohort, true) OR l.created_at <= s.starts_at)) \
             ORDER BY s.starts_at, s.id LIMIT 2000",
        )
        .bind::<SqlUuid, _>(cohort)
        .bind::<SqlUuid, _>(enrolment)
        .load(conn.pg())?)
    })
}

/// The sessions that an instructor teaches, with their registers, the cancelled ones left out.
///
/// # Errors
/// The database's.
pub fn taught_registers(
    conn: &mut Conn<'_>,
    instructor: &Instructor,
    span: &Slot,
) -> Result<Vec<Session>> {
    let programmes: Vec<uuid::Uuid> = instructor.programmes().iter().map(|id| id.0).collect();
    let person = instructor.person();
    conn.elevate(Task::Attendance, |conn| {
        Ok(sql_query(format!(
            "{SESSION} WHERE $1 = ANY (s.instructor_ids) AND s.published AND s.programme_id = ANY ($2) \
               AND s.state <> 'cancelled' AND s.starts_at >= $3 AND s.starts_at < $4 ORDER BY s.starts_at, s.id LIMIT 2000"
        ))
        .bind::<SqlUuid, _>(person)
        .bind::<Array<SqlUuid>, _>(programmes)
        .bind::<Timestamptz, _>(span.starts_at)
        .bind::<Timestamptz, _>(span.ends_at)
        .load(conn.pg())?)
    })
}

/// Sessions in which a code that a person types may be meant: of their cohorts, begun or about to.
///
/// # Errors
/// The database's.
pub fn candidates(
    conn: &mut Conn<'_>,
    _task: &Working,
    own: &Own,
    now: DateTime<Utc>,
) -> Result<Vec<Session>> {
    Ok(sql_query(format!(
        "{SESSION} WHERE s.cohort_id IN (SELECT e.cohort_id FROM enrolments e WHERE e.person_id = $1 \
             AND e.state IN ('enrolled', 'active', 'completed')) \
           AND s.published AND s.state <> 'cancelled' AND s.starts_at > $2 - interval '11 hours' \
           AND s.starts_at < $2 + interval '4 hours' ORDER BY s.starts_at, s.id LIMIT 20"
    ))
    .bind::<SqlUuid, _>(own.person())
    .bind::<Timestamptz, _>(now)
    .load(conn.pg())?)
}

/// The next session of a person that is not over, within a week.
///
/// # Errors
/// The database's.
pub fn coming(
    conn: &mut Conn<'_>,
    _task: &Working,
    own: &Own,
    now: DateTime<Utc>,
) -> Result<Option<Session>> {
    Ok(sql_query(format!(
        "{SESSION} WHERE s.cohort_id IN (SELECT e.cohort_id FROM enrolments e WHERE e.person_id = $1 \
             AND e.state IN ('enrolled', 'active', 'completed')) \
           AND s.published AND s.state = 'scheduled' AND s.starts_at < $2 + interval '7 days' \
           AND s.starts_at > $2 - interval '12 hours' AND s.ends_at > $2 \
         ORDER BY s.starts_at, s.id LIMIT 1"
    ))
    .bind::<SqlUuid, _>(own.person())
    .bind::<Timestamptz, _>(now)
    .get_result(conn.pg())
    .optional()?)
}

/// A trainee's own entry for a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnRecord {
    /// State.
    pub state: Presence,
    /// Minutes attended.
    pub minutes: i32,
    /// Did an instructor or the office make it?
    pub kept: bool,
}

/// A trainee's entry for a session, if there is one.
///
/// # Errors
/// The database's.
pub fn record_of(conn: &mut Conn<'_>, own: &Own, session: ClassId) -> Result<Option<OwnRecord>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        state: String,
        #[diesel(sql_type = Integer)]
        minutes: i32,
        #[diesel(sql_type = Bool)]
        kept: bool,
    }
    let person = own.person();
    let row: Option<Found> = conn.elevate(Task::Attendance, |conn| {
        Ok(sql_query(
            "SELECT state, minutes, source = 'register' AS kept FROM attendance_records \
             WHERE session_id = $1 AND person_id = $2",
        )
        .bind::<SqlUuid, _>(session)
        .bind::<SqlUuid, _>(person)
        .get_result(conn.pg())
        .optional()?)
    })?;
    Ok(row.and_then(|it| {
        Presence::parse(&it.state).map(|state| OwnRecord {
            state,
            minutes: it.minutes,
            kept: it.kept,
        })
    }))
}
