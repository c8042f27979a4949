//! Rows of exemptions: a trainee's own, and a programme's for its staff.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{OwnEnrolment, ProgrammeStaff};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{CohortId, EnrolmentId, ExemptionId, FileId, ModuleId, PersonId};
use crate::lang::Lang;
use crate::web::fields::{Column, Sort};
use crate::web::paging::Cursor;

use super::rules::exemption::{Decision, ExemptionState};

/// The orders of the list; keys are texts that sort as their values do.
pub const SORTS: &[Column] = &[
    ("asked", "x.created_at::text"),
    ("name", "e.name_sort"),
    ("module", "m.code"),
];

/// A request for exemption.
#[derive(Clone, Debug, QueryableByName)]
pub struct Exemption {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ExemptionId,
    /// The trainee's enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// The trainee.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// The module.
    #[diesel(sql_type = SqlUuid)]
    pub module_id: ModuleId,
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// The module's English name.
    #[diesel(sql_type = Text)]
    pub module_en: String,
    /// The module's Chinese name.
    #[diesel(sql_type = Text)]
    pub module_zh: String,
    /// What the trainee says.
    #[diesel(sql_type = Text)]
    pub statement: String,
    /// The evidence.
    #[diesel(sql_type = SqlUuid)]
    pub evidence_id: FileId,
    /// The trainee's own name for it.
    #[diesel(sql_type = Text)]
    pub evidence: String,
    /// State as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Why, once decided.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// When it was decided.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Version, for the `ETag`.
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

impl Exemption {
    /// The module's code and name as the reader reads it.
    #[must_use]
    pub fn module(&self, lang: Lang) -> String {
        format!(
            "{} {}",
            self.code,
            lang.pick(&self.module_en, &self.module_zh)
        )
    }

    /// The cohort's name as the reader reads it.
    #[must_use]
    pub fn cohort(&self, lang: Lang) -> &str {
        lang.pick(&self.cohort_en, &self.cohort_zh)
    }

    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<ExemptionState> {
        ExemptionState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("exemption state {}", self.state)))
    }
}

const EXEMPTION: &str = "x.id, x.enrolment_id, x.cohort_id, x.person_id, x.module_id, m.code, v.name_en AS module_en, \
    v.name_zh AS module_zh, x.statement, x.evidence_id, f.label AS evidence, x.state, x.reason, x.decided_at, x.created_at, \
    x.version, e.name_shown, e.trainee_number, e.state AS enrolment_state, c.name_en AS cohort_en, c.name_zh AS cohort_zh \
    FROM exemptions x JOIN modules m ON m.id = x.module_id JOIN module_versions v ON v.module_id = m.id AND v.state = 'published' \
    JOIN enrolments e ON e.id = x.enrolment_id JOIN cohorts c ON c.id = x.cohort_id JOIN files f ON f.id = x.evidence_id";

/// Which requests, and how many.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only in this state.
    pub state: Option<ExemptionState>,
    /// Only for this module.
    pub module: Option<ModuleId>,
    /// Only of trainees whose name or number contains this.
    pub text: Option<String>,
    /// In this order.
    pub sort: Sort,
    /// After this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// A programme's requests.
///
/// # Errors
/// The database's.
pub fn list(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    wanted: &Wanted,
) -> Result<Vec<Exemption>> {
    let (beyond, direction) = wanted.sort.direction();
    let key = wanted.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT ({key}) COLLATE \"C\" AS sort_key, {EXEMPTION} \
           WHERE x.programme_id = $1 AND ($2 IS NULL OR x.state = $2) AND ($3 IS NULL OR x.module_id = $3) \
             AND ($4 IS NULL OR strpos(lower(concat_ws(' ', e.name_shown, e.trainee_number, \
               (SELECT z.name_zh FROM applications z WHERE z.id = e.application_id))), lower($4)) > 0)) q \
         WHERE $5 IS NULL OR (sort_key, id) {beyond} ($5, $6) ORDER BY sort_key {direction}, id {direction} LIMIT $7"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Nullable<Text>, _>(wanted.state.map(ExemptionState::as_str))
    .bind::<Nullable<SqlUuid>, _>(wanted.module)
    .bind::<Nullable<Text>, _>(&wanted.text)
    .bind::<Nullable<Text>, _>(wanted.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(wanted.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(wanted.limit)
    .load(conn.pg())?)
}

/// One of a programme's, for its staff.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: ExemptionId) -> Result<Exemption> {
    sql_query(format!(
        "SELECT '' AS sort_key, {EXEMPTION} WHERE x.id = $1 AND x.programme_id = $2"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A trainee's own, the newest first.
///
/// # Errors
/// The database's.
pub fn own_all(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Vec<Exemption>> {
    Ok(sql_query(format!(
        "SELECT '' AS sort_key, {EXEMPTION} WHERE x.enrolment_id = $1 AND x.person_id = $2 ORDER BY x.created_at DESC, x.id"
    ))
    .bind::<SqlUuid, _>(own.enrolment())
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// One of a trainee's own.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own_one(conn: &mut Conn<'_>, own: &OwnEnrolment, id: ExemptionId) -> Result<Exemption> {
    own_all(conn, own)?
        .into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct Module {
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
}

/// The modules from which an enrolment is exempted: for completion, and for prerequisites.
///
/// # Errors
/// The database's.
pub fn exempted(conn: &mut Conn<'_>, enrolment: EnrolmentId) -> Result<Vec<ModuleId>> {
    let rows: Vec<Module> = sql_query(
        "SELECT module_id FROM exemptions WHERE enrolment_id = $1 AND state = 'granted' ORDER BY module_id",
    )
    .bind::<SqlUuid, _>(enrolment)
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|it| it.module_id).collect())
}

/// The office's draft of a decision.
#[derive(Clone, Debug, QueryableByName)]
pub struct Case {
    /// Decision as its word.
    #[diesel(sql_type = Text)]
    pub decision: String,
    /// The reason that the trainee will read.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Case {
    /// The decision.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn decision(&self) -> Result<Decision> {
        Decision::parse(&self.decision)
            .ok_or_else(|| Error::Internal(format!("exemption decision {}", self.decision)))
    }
}

/// The draft of the decision on a request, if there is one.
///
/// # Errors
/// The database's.
pub fn case(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: ExemptionId) -> Result<Option<Case>> {
    Ok(sql_query(
        "SELECT decision, reason, version FROM exemption_cases WHERE exemption_id = $1 AND programme_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?)
}

/// Locks a request until the transaction ends.
///
/// # Errors
/// The database's.
pub fn lock(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: ExemptionId) -> Result<()> {
    sql_query("SELECT id FROM exemptions WHERE id = $1 AND programme_id = $2 FOR UPDATE")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .execute(conn.pg())?;
    Ok(())
}
