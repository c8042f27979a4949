//! Rows of offerings and sessions.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, ProgrammeStaff};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ClassId, CohortId, ModuleId, OfferingId, PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::lang::format::hk_instant;
use crate::web::paging::{Cursor, Page};

use super::rules::recurrence::{Closed, Why};
use super::rules::{CancelReason, ClosedKind, OfferingState, SessionState, Slot};

mod busy;
mod closed;
mod people;
mod readers;
pub use busy::{busy, elsewhere};
use closed::CLOSED;
pub use closed::{
    ClosedRow, University, closed_period, closed_periods, lock_closed, programme_of_closed,
    universities,
};
pub use people::{Attending, Module, Placed, attending, instructors, modules, names, placed};
pub use readers::{
    FeedOwner, OwnFeed, attended, feed_of, feed_sessions, next_of_instructor, next_of_trainee,
    of_instructor, of_trainee, own_enrolments, own_feed, taught,
};

/// A module as it is taught to a cohort.
#[derive(Clone, Debug, QueryableByName)]
pub struct Offering {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: OfferingId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its module.
    #[diesel(sql_type = SqlUuid)]
    pub module_id: ModuleId,
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub module_code: String,
    /// What it is called in English: its title, or the module's name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// What it is called in Chinese.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Its own title in English; empty for none.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Its own title in Chinese; empty for none.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// Who teaches it.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub instructor_ids: Vec<PersonId>,
    /// Room; empty for none.
    #[diesel(sql_type = Text)]
    pub room: String,
    /// Address of the meeting; empty for none.
    #[diesel(sql_type = Text)]
    pub link: String,
    /// Places.
    #[diesel(sql_type = Integer)]
    pub capacity: i32,
    /// Does the whole cohort attend?
    #[diesel(sql_type = Bool)]
    pub whole_cohort: bool,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Hours of teaching that the module is to have.
    #[diesel(sql_type = Integer)]
    pub contact_hours: i32,
    /// Sessions that are scheduled or held.
    #[diesel(sql_type = BigInt)]
    pub sessions: i64,
    /// Minutes of these.
    #[diesel(sql_type = BigInt)]
    pub minutes: i64,
    /// Trainees with a place, where not the whole cohort attends.
    #[diesel(sql_type = BigInt)]
    pub places: i64,
    /// Version, for `If-Match`.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

const OFFERING: &str = "SELECT o.id, o.cohort_id, o.programme_id, o.module_id, m.code AS module_code, \
    coalesce(nullif(o.title_en, ''), v.name_en, m.code) AS name_en, coalesce(nullif(o.title_zh, ''), v.name_zh, m.code) AS name_zh, \
    o.title_en, o.title_zh, o.instructor_ids, o.room, o.link, o.capacity, o.whole_cohort, o.state, coalesce(v.contact_hours, 0) AS contact_hours, \
    t.sessions, t.minutes, (SELECT count(*) FROM offering_places p JOIN enrolments e ON e.id = p.enrolment_id \
      WHERE p.offering_id = o.id AND e.state IN ('enrolled', 'active', 'suspended')) AS places, o.version \
    FROM offerings o JOIN modules m ON m.id = o.module_id LEFT JOIN cohorts c ON c.id = o.cohort_id \
    LEFT JOIN LATERAL (SELECT n.name_en, n.name_zh, n.contact_hours FROM module_versions n \
      WHERE n.module_id = m.id AND n.state <> 'draft' \
      ORDER BY n.effective_from <= c.starts_on DESC, n.number DESC LIMIT 1) v ON true \
    CROSS JOIN LATERAL (SELECT count(*) AS sessions, \
      coalesce(sum(extract(epoch FROM s.ends_at - s.starts_at)::bigint / 60), 0)::bigint AS minutes \
      FROM class_sessions s WHERE s.offering_id = o.id AND s.state <> 'cancelled') t";

impl Offering {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<OfferingState> {
        OfferingState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("offering state {}", self.state)))
    }
}

/// The offerings of a cohort, by module and title: at most a few dozen.
///
/// # Errors
/// The database's.
pub fn offerings(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<Offering>> {
    Ok(sql_query(format!(
        "{OFFERING} WHERE o.cohort_id = $1 ORDER BY m.position, m.code, o.id LIMIT 500"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?)
}

/// An offering of the cohort.
///
/// # Errors
/// [`Error::NotFound`].
pub fn offering(conn: &mut Conn<'_>, staff: &CohortStaff, id: OfferingId) -> Result<Offering> {
    sql_query(format!("{OFFERING} WHERE o.id = $1 AND o.cohort_id = $2"))
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.cohort())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// A meeting of a class.
#[derive(Clone, Debug, QueryableByName)]
pub struct ClassSession {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ClassId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// The cohort's code.
    #[diesel(sql_type = Text)]
    pub cohort_code: String,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// Its offering.
    #[diesel(sql_type = SqlUuid)]
    pub offering_id: OfferingId,
    /// Its module.
    #[diesel(sql_type = SqlUuid)]
    pub module_id: ModuleId,
    /// The module's code.
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
    /// Room; empty for none.
    #[diesel(sql_type = Text)]
    pub room: String,
    /// Address of the meeting; empty for none.
    #[diesel(sql_type = Text)]
    pub link: String,
    /// Who teaches it.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub instructor_ids: Vec<PersonId>,
    /// Is it shown to trainees and instructors?
    #[diesel(sql_type = Bool)]
    pub published: bool,
    /// Does the whole cohort attend?
    #[diesel(sql_type = Bool)]
    pub whole_cohort: bool,
    /// Is its whole offering called off? Then nothing is made up for.
    #[diesel(sql_type = Bool)]
    pub called_off: bool,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Why it is cancelled, as its word.
    #[diesel(sql_type = Nullable<Text>)]
    pub cancel_reason: Option<String>,
    /// The cancelled session that it replaces.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub made_up_for: Option<ClassId>,
    /// The session that replaces it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub made_up_by: Option<ClassId>,
    /// Counts the changes that calendars are told of.
    #[diesel(sql_type = Integer)]
    pub sequence: i32,
    /// The last of these.
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
    /// Version, for `If-Match`.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// The columns of [`ClassSession`] and where they come from. Whoever may see a session and not its
/// offering (a substitute) sees the module's name.
const CLASS: &str = "SELECT s.id, s.cohort_id, coalesce(c.code, '') AS cohort_code, s.programme_id, s.offering_id, \
    s.module_id, m.code AS module_code, coalesce(nullif(o.title_en, ''), v.name_en, m.code) AS name_en, \
    coalesce(nullif(o.title_zh, ''), v.name_zh, m.code) AS name_zh, s.starts_at, s.ends_at, s.room, s.link, s.instructor_ids, \
    s.published, coalesce(o.whole_cohort, true) AS whole_cohort, \
    coalesce(o.state = 'cancelled', false) AS called_off, s.state, s.cancel_reason, s.made_up_for, \
    (SELECT r.id FROM class_sessions r WHERE r.made_up_for = s.id AND r.state <> 'cancelled') AS made_up_by, \
    s.sequence, s.changed_at, s.version \
    FROM class_sessions s JOIN modules m ON m.id = s.module_id LEFT JOIN offerings o ON o.id = s.offering_id \
    LEFT JOIN cohorts c ON c.id = s.cohort_id \
    LEFT JOIN LATERAL (SELECT n.name_en, n.name_zh, n.contact_hours FROM module_versions n \
      WHERE n.module_id = m.id AND n.state <> 'draft' \
      ORDER BY n.effective_from <= c.starts_on DESC, n.number DESC LIMIT 1) v ON true";

impl ClassSession {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// When it is.
    #[must_use]
    pub fn slot(&self) -> Slot {
        Slot {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }

    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<SessionState> {
        SessionState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("session state {}", self.state)))
    }

    /// Why it is cancelled, if it is.
    #[must_use]
    pub fn reason(&self) -> Option<CancelReason> {
        self.cancel_reason.as_deref().and_then(CancelReason::parse)
    }
}

/// What a timetable is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Sessions that begin at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Sessions that begin before this time.
    pub to: Option<DateTime<Utc>>,
    /// Of this offering.
    pub offering: Option<OfferingId>,
    /// In this state, as its word.
    pub state: Option<String>,
    /// Taught by this person.
    pub instructor: Option<PersonId>,
    /// Part of a name, a code or a room, in any case.
    pub text: Option<String>,
    /// The latest first?
    pub latest_first: bool,
}

/// A page of a cohort's sessions, by time.
///
/// # Errors
/// The database's.
pub fn of_cohort(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    filter: &Filter,
    after: Option<&Cursor>,
    size: i64,
) -> Result<Page<ClassSession>> {
    let (beyond, direction) = if filter.latest_first {
        ("<", "DESC")
    } else {
        (">", "ASC")
    };
    let after_at = after.and_then(|it| it.key.parse::<DateTime<Utc>>().ok());
    let rows: Vec<ClassSession> = sql_query(format!(
        "{CLASS} WHERE s.cohort_id = $1 AND ($2 IS NULL OR s.starts_at >= $2) AND ($3 IS NULL OR s.starts_at < $3) \
           AND ($4 IS NULL OR s.offering_id = $4) AND ($5 IS NULL OR s.state = $5) \
           AND ($6 IS NULL OR $6 = ANY (s.instructor_ids)) \
           AND ($7 IS NULL OR position(lower($7) IN lower(concat_ws(' ', m.code, v.name_en, v.name_zh, o.title_en, \
             o.title_zh, s.room))) > 0) \
           AND ($8 IS NULL OR (s.starts_at, s.id) {beyond} ($8, $9)) \
         ORDER BY s.starts_at {direction}, s.id {direction} LIMIT $10"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<Timestamptz>, _>(filter.from)
    .bind::<Nullable<Timestamptz>, _>(filter.to)
    .bind::<Nullable<SqlUuid>, _>(filter.offering)
    .bind::<Nullable<Text>, _>(&filter.state)
    .bind::<Nullable<SqlUuid>, _>(filter.instructor)
    .bind::<Nullable<Text>, _>(&filter.text)
    .bind::<Nullable<Timestamptz>, _>(after_at)
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: row.starts_at.to_rfc3339(),
        id: row.id.0,
    }))
}

/// A session of the cohort.
///
/// # Errors
/// [`Error::NotFound`].
pub fn session(conn: &mut Conn<'_>, staff: &CohortStaff, id: ClassId) -> Result<ClassSession> {
    sql_query(format!("{CLASS} WHERE s.id = $1 AND s.cohort_id = $2"))
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.cohort())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// Sessions of the programme that begin in a span of time, by time; `state` narrows them.
///
/// # Errors
/// The database's.
pub fn between(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    span: &Slot,
    state: Option<SessionState>,
) -> Result<Vec<ClassSession>> {
    Ok(sql_query(format!(
        "{CLASS} WHERE s.programme_id = $1 AND s.starts_at >= $2 AND s.starts_at < $3 AND ($4 IS NULL OR s.state = $4) \
         ORDER BY s.starts_at, s.id LIMIT 20000"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Timestamptz, _>(span.starts_at)
    .bind::<Timestamptz, _>(span.ends_at)
    .bind::<Nullable<Text>, _>(state.map(SessionState::as_str))
    .load(conn.pg())?)
}

/// The sessions of an offering, by time.
///
/// # Errors
/// The database's.
pub fn of_offering(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    offering: OfferingId,
) -> Result<Vec<ClassSession>> {
    Ok(sql_query(format!(
        "{CLASS} WHERE s.offering_id = $1 AND s.cohort_id = $2 ORDER BY s.starts_at, s.id LIMIT 1000"
    ))
    .bind::<SqlUuid, _>(offering)
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?)
}

/// Takes the programme's timetable for this transaction: two plans that are made at once see each
/// other's clashes.
///
/// # Errors
/// The database's.
pub fn lock_timetable(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<()> {
    sql_query("SELECT pg_advisory_xact_lock(20270112, hashtext($1))")
        .bind::<Text, _>(programme.to_string())
        .execute(conn.pg())?;
    Ok(())
}

/// Takes these sessions for this transaction, in one order: their registers are worked on and signed off
/// under the same lock. Read them again after it.
///
/// # Errors
/// The database's.
pub fn lock_sessions(conn: &mut Conn<'_>, staff: &ProgrammeStaff, ids: &[ClassId]) -> Result<()> {
    sql_query(
        "SELECT id FROM class_sessions WHERE programme_id = $1 AND id = ANY ($2) ORDER BY id FOR NO KEY UPDATE",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Array<SqlUuid>, _>(ids)
    .execute(conn.pg())?;
    Ok(())
}

/// What closes days for a cohort: holidays, and the closed periods of the programme and of the
/// universities that its trainees attend.
///
/// # Errors
/// The database's.
pub fn closed_for(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<Closed>> {
    let mut all: Vec<Closed> = crate::programmes::queries::holidays(conn)?
        .into_iter()
        .map(|row| Closed {
            from: row.observed_on,
            to: row.observed_on,
            why: Why::Holiday,
            name: (row.name_en, row.name_zh),
        })
        .collect();
    let periods: Vec<ClosedRow> = sql_query(format!(
        "{CLOSED} WHERE p.programme_id = $1 AND (p.university_id IS NULL OR EXISTS (SELECT FROM enrolments e \
           WHERE e.cohort_id = $2 AND e.university_id = p.university_id \
           AND e.state IN ('enrolled', 'active', 'suspended'))) ORDER BY p.starts_on, p.id"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?;
    all.extend(periods.into_iter().filter_map(|row| {
        ClosedKind::parse(&row.kind).map(|kind| Closed {
            from: row.starts_on,
            to: row.ends_on,
            why: Why::Period(kind),
            name: (row.name_en, row.name_zh),
        })
    }));
    Ok(all)
}

/// The whole of a day in Hong Kong.
#[must_use]
pub fn whole_day(day: chrono::NaiveDate) -> Slot {
    let next = day.succ_opt().unwrap_or(day);
    Slot {
        starts_at: hk_instant(day, chrono::NaiveTime::MIN),
        ends_at: hk_instant(next, chrono::NaiveTime::MIN),
    }
}

#[derive(QueryableByName)]
struct Contact {
    #[diesel(sql_type = Text)]
    contact_email: String,
}

/// The address of the programme's office, which stands as organiser in calendars.
///
/// # Errors
/// [`Error::NotFound`].
pub fn office(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<String> {
    let row: Option<Contact> = sql_query("SELECT contact_email FROM programmes WHERE id = $1")
        .bind::<SqlUuid, _>(programme)
        .get_result(conn.pg())
        .optional()?;
    Ok(row.ok_or(Error::NotFound)?.contact_email)
}
