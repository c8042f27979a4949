//! Rows of registers. What a keeper or a trainee reads of others' tables is read as the house's task
//! `attendance`, after the proof.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{ClassKeeper, CohortStaff, Own, OwnEnrolment, Working};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{
    ApologyId, ClassId, CohortId, EnrolmentId, ModuleId, OfferingId, PersonId, ProgrammeId,
    RecordId,
};
use crate::lang::Lang;
use crate::teaching::rules::{SessionState, Slot};

use super::rules::form::{Entry, Seen};
use super::rules::window::Window;
use super::rules::{
    ApologyState, Away, BasisPoints, ExcusedCount, Policy, Presence, RegisterState, expected,
    register_state,
};

mod apologies;
mod cohort;
mod hours;
mod own;
pub use apologies::{
    Apology, Wanted, apologies, apology, lock_apology, own_apologies, own_apology,
};
pub use cohort::{Rated, RatesWanted, RegisterRow, RegistersWanted, rates, registers, whole};
pub use hours::{ModuleHours, hours, hours_among, hours_of, hours_of_one};
pub use own::{
    OwnRecord, OwnSession, candidates, coming, own_sessions, record_of, taught_registers,
};

/// A session with what its register says of itself.
#[derive(Clone, Debug, QueryableByName)]
pub struct Session {
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
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Shown to trainees?
    #[diesel(sql_type = Bool)]
    pub published: bool,
    /// Does the whole cohort attend?
    #[diesel(sql_type = Bool)]
    pub whole_cohort: bool,
    /// Minutes before the start at which check-in opens.
    #[diesel(sql_type = Integer)]
    pub opens_before: i32,
    /// Minutes after the start at which it closes.
    #[diesel(sql_type = Integer)]
    pub closes_after: i32,
    /// Minutes after which a trainee is late.
    #[diesel(sql_type = Integer)]
    pub late_after: i32,
    /// Part of the secret of its codes.
    #[diesel(sql_type = Integer)]
    pub round: i32,
    /// When the register was signed off.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub signed_off_at: Option<DateTime<Utc>>,
    /// Version of the register; 0 before anybody has worked on it.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// The columns of [`Session`] and where they come from.
const SESSION: &str = "SELECT s.id, s.cohort_id, coalesce(c.code, '') AS cohort_code, s.programme_id, s.offering_id, s.module_id, \
    m.code AS module_code, coalesce(nullif(o.title_en, ''), v.name_en, m.code) AS name_en, \
    coalesce(nullif(o.title_zh, ''), v.name_zh, m.code) AS name_zh, s.starts_at, s.ends_at, s.room, s.state, s.published, \
    coalesce(o.whole_cohort, true) AS whole_cohort, coalesce(g.opens_before, p.opens_before, 15) AS opens_before, \
    coalesce(g.closes_after, p.closes_after, 20) AS closes_after, coalesce(g.late_after, p.late_after, 10) AS late_after, \
    coalesce(g.round, 0) AS round, g.signed_off_at, coalesce(g.version, 0) AS version \
    FROM class_sessions s JOIN modules m ON m.id = s.module_id LEFT JOIN offerings o ON o.id = s.offering_id \
    LEFT JOIN cohorts c ON c.id = s.cohort_id LEFT JOIN registers g ON g.session_id = s.id \
    LEFT JOIN attendance_policies p ON p.cohort_id = s.cohort_id \
    LEFT JOIN LATERAL (SELECT n.name_en, n.name_zh FROM module_versions n \
      WHERE n.module_id = m.id AND n.state <> 'draft' \
      ORDER BY n.effective_from <= c.starts_on DESC, n.number DESC LIMIT 1) v ON true";

impl Session {
    /// Code and name as the reader reads them.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        format!("{} {}", self.module_code, self.name(lang))
    }

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

    /// Is it cancelled?
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.state == SessionState::Cancelled.as_str()
    }

    /// The window of its check-in.
    #[must_use]
    pub fn window(&self) -> Window {
        Window {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            opens_before: self.opens_before,
            closes_after: self.closes_after,
            late_after: self.late_after,
        }
    }

    /// Where its register stands.
    #[must_use]
    pub fn register(&self, now: DateTime<Utc>) -> RegisterState {
        register_state(
            (self.cancelled(), self.signed_off_at.is_some()),
            (self.window().opens_at(), self.ends_at),
            now,
        )
    }
}

/// The session of the keeper.
///
/// # Errors
/// [`Error::NotFound`].
pub fn session(conn: &mut Conn<'_>, keeper: &ClassKeeper) -> Result<Session> {
    let id = keeper.class();
    conn.elevate(Task::Attendance, |conn| one(conn, id))
}

fn one(conn: &mut Conn<'_>, id: ClassId) -> Result<Session> {
    sql_query(format!("{SESSION} WHERE s.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// A session that shows a code to whoever comes by: published, whatever its cohort.
///
/// # Errors
/// [`Error::NotFound`].
pub fn public_session(conn: &mut Conn<'_>, _task: &Working, id: ClassId) -> Result<Session> {
    let found = one(conn, id)?;
    if found.published {
        Ok(found)
    } else {
        Err(Error::NotFound)
    }
}

/// Takes the session for this transaction: its keeper alone, or shared by those who check in.
///
/// # Errors
/// [`Error::NotFound`].
pub fn lock(conn: &mut Conn<'_>, _task: &Working, id: ClassId, alone: bool) -> Result<Session> {
    let sql = if alone {
        "SELECT id FROM class_sessions WHERE id = $1 FOR NO KEY UPDATE"
    } else {
        "SELECT id FROM class_sessions WHERE id = $1 FOR SHARE"
    };
    let found = sql_query(sql).bind::<SqlUuid, _>(id).execute(conn.pg())?;
    if found == 0 {
        return Err(Error::NotFound);
    }
    // In a statement of its own: it sees what was committed while we waited.
    one(conn, id)
}

/// A trainee in a register, with the entry if there is one.
#[derive(Clone, Debug, QueryableByName)]
pub struct Row {
    /// The enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// When they joined the cohort.
    #[diesel(sql_type = Timestamptz)]
    pub joined_at: DateTime<Utc>,
    /// Do they take part no more?
    #[diesel(sql_type = Bool)]
    pub gone: bool,
    /// When they were given a place.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub placed_at: Option<DateTime<Utc>>,
    /// Why they are not expected though they take part, as its word.
    #[diesel(sql_type = Nullable<Text>)]
    pub away: Option<String>,
    /// The entry.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub record_id: Option<RecordId>,
    /// Its state, as its word.
    #[diesel(sql_type = Nullable<Text>)]
    pub state: Option<String>,
    /// Minutes attended.
    #[diesel(sql_type = Nullable<Integer>)]
    pub minutes: Option<i32>,
    /// A remark.
    #[diesel(sql_type = Nullable<Text>)]
    pub note: Option<String>,
    /// Who made it: `register`, `check_in`, `apology`.
    #[diesel(sql_type = Nullable<Text>)]
    pub source: Option<String>,
    /// When they checked in.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub checked_in_at: Option<DateTime<Utc>>,
    /// Version of the entry; 0 for none.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Their apology for this session.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub apology_id: Option<ApologyId>,
    /// Where it stands, as its word.
    #[diesel(sql_type = Nullable<Text>)]
    pub apology_state: Option<String>,
    /// Its words.
    #[diesel(sql_type = Nullable<Text>)]
    pub apology_reason: Option<String>,
}

const ROW: &str = "SELECT (SELECT CASE WHEN u.module_id IS NULL THEN 'break' ELSE 'exempted' END \
      FROM class_sessions s JOIN banyan_uncounted(ARRAY[e.id]) u ON (u.module_id IS NULL OR u.module_id = s.module_id) \
        AND ((s.starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN u.from_on AND u.to_on \
      WHERE s.id = $1 ORDER BY u.module_id IS NULL LIMIT 1) AS away, e.id AS enrolment_id, e.person_id, e.name_shown, e.trainee_number, e.created_at AS joined_at, \
    e.state NOT IN ('enrolled', 'active', 'completed') AS gone, l.created_at AS placed_at, r.id AS record_id, r.state, r.minutes, \
    r.note, r.source, r.checked_in_at, coalesce(r.version, 0) AS version, a.id AS apology_id, a.state AS apology_state, a.reason AS apology_reason \
    FROM enrolments e LEFT JOIN attendance_records r ON r.session_id = $1 AND r.enrolment_id = e.id \
    LEFT JOIN offering_places l ON l.offering_id = $3 AND l.enrolment_id = e.id \
    LEFT JOIN apologies a ON a.session_id = $1 AND a.enrolment_id = e.id AND a.state <> 'withdrawn'";

impl Row {
    /// The state of the entry.
    #[must_use]
    pub fn presence(&self) -> Option<Presence> {
        self.state.as_deref().and_then(Presence::parse)
    }

    /// Is there an apology on which nobody has decided?
    #[must_use]
    pub fn apology_pending(&self) -> bool {
        self.apology_state.as_deref() == Some(ApologyState::Sent.as_str())
    }

    /// The row as a form shows it.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen {
            version: self.version,
            entry: self.presence().map(|state| Entry {
                state,
                minutes: self.minutes.unwrap_or(0),
                note: self.note.clone().unwrap_or_default(),
            }),
        }
    }

    /// Does the trainee belong into this session's register? An entry that stands is never lost.
    #[must_use]
    pub fn belongs(&self, session: &Session) -> bool {
        self.record_id.is_some() || self.away.is_none() && self.takes_part(session)
    }

    fn takes_part(&self, session: &Session) -> bool {
        expected(
            self.joined_at,
            self.gone,
            (session.whole_cohort, self.placed_at),
            session.starts_at,
        )
    }

    /// Why a trainee of this session has no place in its register, if that is so.
    #[must_use]
    pub fn away(&self, session: &Session) -> Option<Away> {
        let away = self.away.as_deref().and_then(Away::parse)?;
        (self.record_id.is_none() && self.takes_part(session)).then_some(away)
    }
}

/// The trainees of a session's register, by name.
///
/// # Errors
/// The database's.
pub fn rows(conn: &mut Conn<'_>, keeper: &ClassKeeper, session: &Session) -> Result<Vec<Row>> {
    let mut rows = all_rows(conn, keeper, session)?;
    rows.retain(|it| it.belongs(session));
    Ok(rows)
}

/// The trainees of a session who are not expected at it, by name, and why: exempted from the module, or
/// on a break.
///
/// # Errors
/// The database's.
pub fn not_expected(
    conn: &mut Conn<'_>,
    keeper: &ClassKeeper,
    session: &Session,
) -> Result<Vec<(Row, Away)>> {
    let rows = all_rows(conn, keeper, session)?.into_iter();
    let away = rows.filter_map(|it| it.away(session).map(|why| (it, why)));
    Ok(away.collect())
}

fn all_rows(conn: &mut Conn<'_>, keeper: &ClassKeeper, session: &Session) -> Result<Vec<Row>> {
    debug_assert_eq!(keeper.class(), session.id);
    conn.elevate(Task::Attendance, |conn| {
        Ok(sql_query(format!(
            "{ROW} WHERE e.cohort_id = $2 ORDER BY e.name_sort, e.id LIMIT 2000"
        ))
        .bind::<SqlUuid, _>(session.id)
        .bind::<SqlUuid, _>(session.cohort_id)
        .bind::<SqlUuid, _>(session.offering_id)
        .load(conn.pg())?)
    })
}

/// The row of a person in a session's register, if they belong there.
///
/// # Errors
/// The database's.
pub fn row_of(
    conn: &mut Conn<'_>,
    _task: &Working,
    own: &Own,
    session: &Session,
) -> Result<Option<Row>> {
    let row: Option<Row> = sql_query(format!(
        "{ROW} WHERE e.cohort_id = $2 AND e.person_id = $4 ORDER BY e.created_at DESC LIMIT 1"
    ))
    .bind::<SqlUuid, _>(session.id)
    .bind::<SqlUuid, _>(session.cohort_id)
    .bind::<SqlUuid, _>(session.offering_id)
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())
    .optional()?;
    Ok(row.filter(|it| it.belongs(session)))
}

#[derive(QueryableByName)]
struct PolicyRow {
    #[diesel(sql_type = Integer)]
    threshold: i32,
    #[diesel(sql_type = Text)]
    excused: String,
    #[diesel(sql_type = Integer)]
    late_after: i32,
    #[diesel(sql_type = Integer)]
    opens_before: i32,
    #[diesel(sql_type = Integer)]
    closes_after: i32,
    #[diesel(sql_type = Integer)]
    apology_grace: i32,
    #[diesel(sql_type = Integer)]
    correct_days: i32,
    #[diesel(sql_type = Integer)]
    version: i32,
}

fn policy_row(conn: &mut Conn<'_>, cohort: CohortId) -> Result<(Policy, i32)> {
    let row: Option<PolicyRow> = sql_query(
        "SELECT threshold, excused, late_after, opens_before, closes_after, apology_grace, correct_days, version \
         FROM attendance_policies WHERE cohort_id = $1",
    )
    .bind::<SqlUuid, _>(cohort)
    .get_result(conn.pg())
    .optional()?;
    let Some(row) = row else {
        return Ok((Policy::default(), 0));
    };
    let excused = ExcusedCount::parse(&row.excused)
        .ok_or_else(|| Error::Internal(format!("excused counts {}", row.excused)))?;
    let policy = Policy {
        threshold: BasisPoints(u16::try_from(row.threshold).unwrap_or(10_000)),
        excused,
        late_after: row.late_after,
        opens_before: row.opens_before,
        closes_after: row.closes_after,
        apology_grace: row.apology_grace,
        correct_days: row.correct_days,
    };
    Ok((policy, row.version))
}

/// A cohort's policy and its version; the defaults under version 0.
///
/// # Errors
/// The database's.
pub fn policy(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<(Policy, i32)> {
    policy_row(conn, staff.cohort())
}

/// The policy of the keeper's cohort.
///
/// # Errors
/// The database's.
pub fn policy_kept(conn: &mut Conn<'_>, keeper: &ClassKeeper) -> Result<Policy> {
    let cohort = keeper.cohort();
    conn.elevate(Task::Attendance, |conn| Ok(policy_row(conn, cohort)?.0))
}

/// The policy of a trainee's cohort.
///
/// # Errors
/// The database's.
pub fn policy_of(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Policy> {
    let cohort = own.cohort();
    conn.elevate(Task::Attendance, |conn| Ok(policy_row(conn, cohort)?.0))
}

#[derive(QueryableByName)]
struct Office {
    #[diesel(sql_type = Text)]
    contact_email: String,
}

/// The address of the programme's office, for letters.
///
/// # Errors
/// [`Error::NotFound`].
pub fn office(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<String> {
    let row: Option<Office> = sql_query("SELECT contact_email FROM programmes WHERE id = $1")
        .bind::<SqlUuid, _>(programme)
        .get_result(conn.pg())
        .optional()?;
    Ok(row.ok_or(Error::NotFound)?.contact_email)
}

/// State of an apology.
///
/// # Errors
/// A word that no rule knows: a mistake of ours.
pub(super) fn apology_state(word: &str) -> Result<ApologyState> {
    ApologyState::parse(word).ok_or_else(|| Error::Internal(format!("apology state {word}")))
}
