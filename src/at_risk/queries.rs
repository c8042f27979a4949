//! Rows of cases, notes and rules.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    BigInt, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{CohortId, EnrolmentId, PersonId, ProgrammeId, RiskCaseId};
use crate::lang::Lang;
use crate::web::fields::{Column, Sort};
use crate::web::paging::Cursor;

use super::rules::{CaseState, Code, DEFAULTS, Outcome, Points, Reason, Rules};

mod figures;
mod readers;

pub use figures::{Ended, Hits, ended, hits};
pub use readers::{Own, Taught, own, own_notes, taught};

/// The orders of the queue; keys are texts that sort as their values do.
pub const SORTS: &[Column] = &[
    ("due", "coalesce(r.due_on::text, '9999-12-31')"),
    (
        "severity",
        "lpad((100 - least(r.severity, 100))::text, 3, '0')",
    ),
    ("name", "e.name_sort"),
    ("opened", "r.opened_at::text"),
];

/// Reads what is kept of reasons.
///
/// # Errors
/// A reason that no rule knows: a mistake of ours.
pub fn reasons_of(value: Value) -> Result<Vec<Reason>> {
    serde_json::from_value(value).map_err(|err| Error::Internal(format!("reasons at risk: {err}")))
}

/// A case, for the office.
#[derive(Clone, Debug, QueryableByName)]
pub struct Case {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: RiskCaseId,
    /// The trainee's enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// The version of the rules by which it was looked at last.
    #[diesel(sql_type = Integer)]
    pub rules_number: i32,
    /// What is found.
    #[diesel(sql_type = Jsonb)]
    pub reasons: Value,
    /// Points.
    #[diesel(sql_type = Integer)]
    pub severity: i32,
    /// Since when nothing is found any more.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub gone_at: Option<DateTime<Utc>>,
    /// Does it rest: does the trainee pause, or take part no more?
    #[diesel(sql_type = Bool)]
    pub resting: bool,
    /// State as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Outcome as its word.
    #[diesel(sql_type = Nullable<Text>)]
    pub outcome: Option<String>,
    /// Who looks after it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub owner_id: Option<PersonId>,
    /// Their name.
    #[diesel(sql_type = Nullable<Text>)]
    pub owner: Option<String>,
    /// Until when.
    #[diesel(sql_type = Nullable<Date>)]
    pub due_on: Option<NaiveDate>,
    /// When the trainee was written to.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub told_at: Option<DateTime<Utc>>,
    /// The case before it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub follows_id: Option<RiskCaseId>,
    /// When it was opened.
    #[diesel(sql_type = Timestamptz)]
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub closed_at: Option<DateTime<Utc>>,
    /// Version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// The trainee's name as lists show it.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// The trainee's number.
    #[diesel(sql_type = Text)]
    pub trainee_number: String,
    /// State of the enrolment.
    #[diesel(sql_type = Text)]
    pub enrolment_state: String,
    /// The cohort's English name.
    #[diesel(sql_type = Text)]
    pub cohort_en: String,
    /// The cohort's Chinese name.
    #[diesel(sql_type = Text)]
    pub cohort_zh: String,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Case {
    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<CaseState> {
        CaseState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("state of a case at risk {}", self.state)))
    }

    /// Its outcome, once closed.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome.as_deref().and_then(Outcome::parse)
    }

    /// What is found.
    ///
    /// # Errors
    /// As [`reasons_of`].
    pub fn reasons(&self) -> Result<Vec<Reason>> {
        reasons_of(self.reasons.clone())
    }

    /// The cohort's name as the reader reads it.
    #[must_use]
    pub fn cohort(&self, lang: Lang) -> &str {
        lang.pick(&self.cohort_en, &self.cohort_zh)
    }
}

const CASE: &str = "r.id, r.enrolment_id, r.cohort_id, r.person_id, r.rules_number, r.reasons, r.severity, r.gone_at, r.resting, r.state, \
    r.outcome, r.owner_id, o.display_name AS owner, r.due_on, r.told_at, r.follows_id, r.opened_at, r.closed_at, r.version, \
    e.name_shown, e.trainee_number, e.state AS enrolment_state, c.name_en AS cohort_en, c.name_zh AS cohort_zh \
    FROM risk_cases r JOIN enrolments e ON e.id = r.enrolment_id JOIN cohorts c ON c.id = r.cohort_id \
    LEFT JOIN people o ON o.id = r.owner_id";

/// Whose cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This person's.
    Of(PersonId),
    /// Nobody's.
    Nobody,
}

/// Which cases by their state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All that are not closed.
    Living,
    /// Those proposed for closing.
    Gone,
    /// Those that rest.
    Resting,
    /// Those in one state.
    In(CaseState),
    /// Every one.
    All,
}

impl Which {
    /// From its word in the address; those not closed for any other.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match (word, CaseState::parse(word)) {
            ("gone", _) => Self::Gone,
            ("resting", _) => Self::Resting,
            ("all", _) => Self::All,
            (_, Some(state)) => Self::In(state),
            (_, None) => Self::Living,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Living => "living",
            Self::Gone => "gone",
            Self::Resting => "resting",
            Self::All => "all",
            Self::In(state) => state.as_str(),
        }
    }
}

/// Which cases, and how many.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// By state.
    pub which: Which,
    /// By owner.
    pub owner: Option<Owner>,
    /// With a reason of this code now.
    pub code: Option<Code>,
    /// Of this cohort.
    pub cohort: Option<CohortId>,
    /// Of trainees whose name or number contains this.
    pub text: Option<String>,
    /// In this order.
    pub sort: Sort,
    /// After this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// A programme's cases.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn<'_>, staff: &ProgrammeStaff, wanted: &Wanted) -> Result<Vec<Case>> {
    let (beyond, direction) = wanted.sort.direction();
    let key = wanted.sort.sql;
    let owner = match wanted.owner {
        Some(Owner::Of(person)) => Some(person),
        Some(Owner::Nobody) | None => None,
    };
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT ({key}) COLLATE \"C\" AS sort_key, {CASE} \
           WHERE r.programme_id = $1 \
             AND ($2 = 'all' OR $2 = 'living' AND r.state <> 'closed' OR $2 = r.state \
               OR $2 = 'gone' AND r.gone_at IS NOT NULL AND NOT r.resting AND r.state <> 'closed' \
               OR $2 = 'resting' AND r.resting AND r.state <> 'closed') \
             AND ($3 IS NULL OR r.owner_id = $3) AND (NOT $4 OR r.owner_id IS NULL) \
             AND ($5 IS NULL OR r.reasons @> jsonb_build_array(jsonb_build_object('code', $5))) \
             AND ($6 IS NULL OR r.cohort_id = $6) \
             AND ($7 IS NULL OR strpos(lower(concat_ws(' ', e.name_shown, e.trainee_number, \
               (SELECT z.name_zh FROM applications z WHERE z.id = e.application_id))), lower($7)) > 0)) q \
         WHERE $8 IS NULL OR (sort_key, id) {beyond} ($8, $9) ORDER BY sort_key {direction}, id {direction} LIMIT $10"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Text, _>(wanted.which.word())
    .bind::<Nullable<SqlUuid>, _>(owner)
    .bind::<Bool, _>(wanted.owner == Some(Owner::Nobody))
    .bind::<Nullable<Text>, _>(wanted.code.map(Code::as_str))
    .bind::<Nullable<SqlUuid>, _>(wanted.cohort)
    .bind::<Nullable<Text>, _>(&wanted.text)
    .bind::<Nullable<Text>, _>(wanted.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(wanted.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(wanted.limit)
    .load(conn.pg())?)
}

/// One of a programme's.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: RiskCaseId) -> Result<Case> {
    sql_query(format!(
        "SELECT '' AS sort_key, {CASE} WHERE r.id = $1 AND r.programme_id = $2"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// Locks a case until the transaction ends.
///
/// # Errors
/// The database's.
pub fn lock(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: RiskCaseId) -> Result<()> {
    sql_query("SELECT id FROM risk_cases WHERE id = $1 AND programme_id = $2 FOR UPDATE")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .execute(conn.pg())?;
    Ok(())
}

/// A note on a case.
#[derive(Clone, Debug, QueryableByName)]
pub struct Note {
    /// Who wrote it.
    #[diesel(sql_type = Text)]
    pub author_name: String,
    /// What it says.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// May the trainee read it?
    #[diesel(sql_type = Bool)]
    pub shown: bool,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// The notes on a case, the newest first: at most 500.
///
/// # Errors
/// The database's.
pub fn notes(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: RiskCaseId) -> Result<Vec<Note>> {
    Ok(sql_query(
        "SELECT author_name, body, shown, created_at FROM risk_notes WHERE case_id = $1 AND programme_id = $2 \
         ORDER BY id DESC LIMIT 500",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    id: PersonId,
    #[diesel(sql_type = Text)]
    display_name: String,
}

/// Who may own a case: the office of the programme, by name.
///
/// # Errors
/// The database's.
pub fn owners(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<(PersonId, String)>> {
    let rows: Vec<Named> = sql_query(
        "SELECT DISTINCT p.id, p.display_name FROM role_grants g JOIN people p ON p.id = g.person_id AND p.disabled_at IS NULL \
         WHERE g.programme_id = $1 AND g.role IN ('coordinator', 'administrator') AND g.revoked_at IS NULL \
           AND g.starts_on <= (SELECT banyan_today()) AND (g.ends_on IS NULL OR g.ends_on >= (SELECT banyan_today())) \
         ORDER BY p.display_name, p.id",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.display_name))
        .collect())
}

#[derive(QueryableByName)]
struct CohortName {
    #[diesel(sql_type = SqlUuid)]
    id: CohortId,
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
}

/// The cohorts of the programme that have or had trainees, the newest first, with both names.
///
/// # Errors
/// The database's.
pub fn cohorts(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
) -> Result<Vec<(CohortId, (String, String))>> {
    let rows: Vec<CohortName> = sql_query(
        "SELECT c.id, c.name_en, c.name_zh FROM cohorts c WHERE c.programme_id = $1 \
           AND EXISTS (SELECT FROM enrolments e WHERE e.cohort_id = c.id) ORDER BY c.starts_on DESC, c.id LIMIT 200",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, (row.name_en, row.name_zh)))
        .collect())
}

#[derive(QueryableByName)]
struct RulesRow {
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Integer)]
    attendance_below: i32,
    #[diesel(sql_type = Integer)]
    attendance_after: i32,
    #[diesel(sql_type = Integer)]
    overdue_from: i32,
    #[diesel(sql_type = Integer)]
    silent_days: i32,
    #[diesel(sql_type = Integer)]
    mark_below: i32,
    #[diesel(sql_type = Integer)]
    trend_drop: i32,
    #[diesel(sql_type = Integer)]
    trend_of: i32,
    #[diesel(sql_type = Integer)]
    points_attendance: i32,
    #[diesel(sql_type = Integer)]
    points_overdue: i32,
    #[diesel(sql_type = Integer)]
    points_silence: i32,
    #[diesel(sql_type = Integer)]
    points_marks: i32,
    #[diesel(sql_type = Integer)]
    points_attendance_trend: i32,
    #[diesel(sql_type = Integer)]
    points_marks_trend: i32,
    #[diesel(sql_type = Integer)]
    case_from: i32,
}

/// The rules in force: the newest version, or the defaults. Who looks and who is staff may read them.
///
/// # Errors
/// The database's.
pub(super) fn rules_in_force(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Rules> {
    let row: Option<RulesRow> = sql_query(
        "SELECT number, attendance_below, attendance_after, overdue_from, silent_days, mark_below, trend_drop, trend_of, \
           points_attendance, points_overdue, points_silence, points_marks, points_attendance_trend, points_marks_trend, case_from \
         FROM at_risk_rules WHERE programme_id = $1 ORDER BY number DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(programme)
    .get_result(conn.pg())
    .optional()?;
    Ok(row.map_or(DEFAULTS, |row| Rules {
        number: row.number,
        attendance_below: row.attendance_below,
        attendance_after: row.attendance_after,
        overdue_from: row.overdue_from,
        silent_days: row.silent_days,
        mark_below: row.mark_below,
        trend_drop: row.trend_drop,
        trend_of: row.trend_of,
        points: Points {
            attendance: row.points_attendance,
            overdue: row.points_overdue,
            silence: row.points_silence,
            low_marks: row.points_marks,
            attendance_trend: row.points_attendance_trend,
            marks_trend: row.points_marks_trend,
        },
        case_from: row.case_from,
    }))
}

/// The rules of a programme, for its staff.
///
/// # Errors
/// The database's.
pub fn rules(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Rules> {
    rules_in_force(conn, staff.programme())
}

/// The last look at a programme's trainees.
#[derive(Clone, Copy, Debug, QueryableByName)]
pub struct LastLook {
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// How many trainees were looked at.
    #[diesel(sql_type = Integer)]
    pub trainees: i32,
}

/// The last look, if there was one.
///
/// # Errors
/// The database's.
pub fn last_look(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Option<LastLook>> {
    Ok(sql_query(
        "SELECT created_at, trainees FROM risk_looks WHERE programme_id = $1 ORDER BY id DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?)
}

#[derive(QueryableByName)]
struct Contact {
    #[diesel(sql_type = Text)]
    contact_email: String,
}

/// Where a trainee can write to the programme.
///
/// # Errors
/// [`Error::NotFound`].
pub fn contact(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<String> {
    let row: Option<Contact> = sql_query("SELECT contact_email FROM programmes WHERE id = $1")
        .bind::<SqlUuid, _>(staff.programme())
        .get_result(conn.pg())
        .optional()?;
    Ok(row.ok_or(Error::NotFound)?.contact_email)
}
