//! Rows of those who are assessed, what they hand in, their extensions, released marks and appeals.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::{CohortStaff, Instructor, Own};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{
    AppealId, AssessmentId, CandidateId, EnrolmentId, ExtensionId, FileId, ModuleId, PersonId,
    ReleasedId, ScriptId, SubmissionId,
};
use crate::web::paging::Cursor;

use super::super::rules::{AppealState, ExtensionState};
use super::{Script, Tried};

/// A trainee who would be assessed and is not yet among the candidates.
#[derive(Clone, Debug, QueryableByName)]
pub struct Candidate {
    /// The enrolment.
    #[diesel(sql_type = SqlUuid)]
    pub enrolment_id: EnrolmentId,
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
}

/// Trainees of an assessment's offering who are not among its candidates: they take part, attend the
/// offering and are not exempted. Of a resit: those who did not pass what it is for, nor the part since.
///
/// # Errors
/// The database's.
pub fn missing_candidates(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
) -> Result<Vec<Candidate>> {
    Ok(sql_query(
        "SELECT e.id AS enrolment_id, e.person_id FROM assessments a JOIN offerings o ON o.id = a.offering_id \
         JOIN enrolments e ON e.cohort_id = a.cohort_id AND e.state IN ('enrolled', 'active', 'suspended') \
         WHERE a.id = $1 AND a.cohort_id = $2 \
           AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p WHERE p.offering_id = o.id AND p.enrolment_id = e.id)) \
           AND NOT EXISTS (SELECT FROM exemptions x WHERE x.enrolment_id = e.id AND x.module_id = a.module_id AND x.state = 'granted') \
           AND NOT EXISTS (SELECT FROM assessment_candidates c WHERE c.assessment_id = a.id AND c.enrolment_id = e.id) \
           AND (a.resit_of IS NULL OR EXISTS (SELECT FROM released_marks r WHERE r.assessment_id = a.resit_of \
             AND r.enrolment_id = e.id AND (r.mark IS NULL OR r.mark < r.pass_mark))) \
           AND (a.resit_of IS NULL OR NOT EXISTS (SELECT FROM released_marks r WHERE r.enrolment_id = e.id \
             AND r.module_id = a.module_id AND r.part = a.part AND r.mark >= r.pass_mark)) \
         ORDER BY e.id",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Numbered {
    #[diesel(sql_type = Integer)]
    number: i32,
}

/// The candidate numbers that were given.
///
/// # Errors
/// The database's.
pub fn candidate_numbers(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
) -> Result<BTreeSet<i32>> {
    let rows: Vec<Numbered> = sql_query(
        "SELECT number FROM assessment_candidates WHERE assessment_id = $1 AND cohort_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|it| it.number).collect())
}

/// A trainee of an assessment with the work that stands, its script and what was released.
#[derive(Clone, Debug, QueryableByName)]
pub struct Line {
    /// The candidate.
    #[diesel(sql_type = SqlUuid)]
    pub id: CandidateId,
    /// The number that stands for them before markers.
    #[diesel(sql_type = Integer)]
    pub number: i32,
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
    /// Do they still take part, or have completed?
    #[diesel(sql_type = Bool)]
    pub takes_part: bool,
    /// Their own due time.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub extended_to: Option<DateTime<Utc>>,
    /// Is a request of theirs for a later one open?
    #[diesel(sql_type = Bool)]
    pub asks_more_time: bool,
    /// The try that stands.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub submission_id: Option<SubmissionId>,
    /// Its files.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub file_ids: Vec<FileId>,
    /// When it came.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Days begun since the due time.
    #[diesel(sql_type = Integer)]
    pub days_late: i32,
    /// Its script.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub script_id: Option<ScriptId>,
    /// The script's state, as its word.
    #[diesel(sql_type = Nullable<Text>)]
    pub script_state: Option<String>,
    /// Nobody came?
    #[diesel(sql_type = Bool)]
    pub absent: bool,
    /// Who marks it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub first_id: Option<PersonId>,
    /// Who marks it again.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub second_id: Option<PersonId>,
    /// The first marker's mark, once finished.
    #[diesel(sql_type = Nullable<Integer>)]
    pub first_mark: Option<i32>,
    /// The second marker's.
    #[diesel(sql_type = Nullable<Integer>)]
    pub second_mark: Option<i32>,
    /// The agreed mark.
    #[diesel(sql_type = Nullable<Integer>)]
    pub agreed: Option<i32>,
    /// Agreed points by criterion.
    #[diesel(sql_type = Nullable<Jsonb>)]
    pub agreed_points: Option<Value>,
    /// What lateness costs.
    #[diesel(sql_type = Integer)]
    pub penalty: i32,
    /// What was released.
    #[diesel(sql_type = Nullable<Integer>)]
    pub released: Option<i32>,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

const LINE: &str = "SELECT c.id, c.number, c.enrolment_id, c.person_id, e.name_shown, e.trainee_number, \
    e.state IN ('enrolled', 'active', 'suspended', 'completed') AS takes_part, c.extended_to, \
    EXISTS (SELECT FROM assessment_extensions x WHERE x.candidate_id = c.id AND x.state = 'requested') AS asks_more_time, \
    s.id AS submission_id, coalesce(s.file_ids, '{}') AS file_ids, s.submitted_at, coalesce(k.days_late, s.days_late, 0) AS days_late, \
    k.id AS script_id, k.state AS script_state, coalesce(k.absent, false) AS absent, k.first_id, k.second_id, \
    f.mark AS first_mark, g.mark AS second_mark, k.agreed, k.agreed_points, coalesce(k.penalty, 0) AS penalty, \
    r.mark AS released, e.name_sort || ' ' || e.trainee_number AS sort_key \
    FROM assessment_candidates c JOIN enrolments e ON e.id = c.enrolment_id \
    LEFT JOIN LATERAL (SELECT t.id, t.file_ids, t.submitted_at, t.days_late FROM submissions t \
      WHERE t.candidate_id = c.id AND t.withdrawn_at IS NULL ORDER BY t.try DESC LIMIT 1) s ON true \
    LEFT JOIN scripts k ON k.candidate_id = c.id \
    LEFT JOIN script_marks f ON f.script_id = k.id AND f.role = 'first' AND f.done \
    LEFT JOIN script_marks g ON g.script_id = k.id AND g.role = 'second' AND g.done \
    LEFT JOIN released_marks r ON r.candidate_id = c.id";

/// The trainees of an assessment by name, after a row, at most so many.
///
/// # Errors
/// The database's.
pub fn lines(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Line>> {
    Ok(sql_query(format!(
        "SELECT * FROM ({LINE} WHERE c.assessment_id = $1 AND c.cohort_id = $2) q \
         WHERE $3 IS NULL OR (sort_key COLLATE \"C\", id) > ($3, $4) ORDER BY sort_key COLLATE \"C\", id LIMIT $5"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Nullable<Text>, _>(after.map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(limit)
    .load(conn.pg())?)
}

/// These trainees of an assessment.
///
/// # Errors
/// The database's.
pub fn lines_of(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
    candidates: &[CandidateId],
) -> Result<Vec<Line>> {
    Ok(sql_query(format!(
        "{LINE} WHERE c.assessment_id = $1 AND c.cohort_id = $2 AND c.id = ANY ($3) ORDER BY c.id"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Array<SqlUuid>, _>(candidates)
    .load(conn.pg())?)
}

/// One of the trainees of an assessment.
///
/// # Errors
/// [`Error::NotFound`].
pub fn line(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
    candidate: CandidateId,
) -> Result<Line> {
    let found = lines_of(conn, staff, id, &[candidate])?;
    found.into_iter().next().ok_or(Error::NotFound)
}

/// A request for a later due time.
#[derive(Clone, Debug, QueryableByName)]
pub struct Extension {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ExtensionId,
    /// The candidate.
    #[diesel(sql_type = SqlUuid)]
    pub candidate_id: CandidateId,
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Name as lists show it; empty for the trainee's own reading.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// Why.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// Until when.
    #[diesel(sql_type = Timestamptz)]
    pub until_at: DateTime<Utc>,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// What the office says.
    #[diesel(sql_type = Text)]
    pub note: String,
    /// When it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Extension {
    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<ExtensionState> {
        ExtensionState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("extension state {}", self.state)))
    }
}

const EXTENSION: &str = "SELECT x.id, x.candidate_id, x.person_id, coalesce(e.name_shown, '') AS name_shown, x.reason, \
    x.until_at, x.state, x.note, x.created_at, x.version FROM assessment_extensions x \
    JOIN assessment_candidates c ON c.id = x.candidate_id LEFT JOIN enrolments e ON e.id = c.enrolment_id";

/// The requests of an assessment, those that are open first: at most 500.
///
/// # Errors
/// The database's.
pub fn extensions(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
) -> Result<Vec<Extension>> {
    Ok(sql_query(format!(
        "{EXTENSION} WHERE x.assessment_id = $1 AND x.cohort_id = $2 ORDER BY x.state <> 'requested', x.created_at, x.id LIMIT 500"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?)
}

/// A trainee's own requests about an assessment of theirs, the newest first.
///
/// # Errors
/// The database's.
pub fn own_extensions(
    conn: &mut Conn<'_>,
    own: &Own,
    candidate: CandidateId,
) -> Result<Vec<Extension>> {
    Ok(sql_query(format!(
        "{EXTENSION} WHERE x.candidate_id = $1 AND x.person_id = $2 ORDER BY x.created_at DESC, x.id LIMIT 50"
    ))
    .bind::<SqlUuid, _>(candidate)
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// A request about an assessment of the cohort.
///
/// # Errors
/// [`Error::NotFound`].
pub fn extension(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    assessment: AssessmentId,
    id: ExtensionId,
) -> Result<Extension> {
    sql_query(format!(
        "{EXTENSION} WHERE x.id = $1 AND x.assessment_id = $2 AND x.cohort_id = $3"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(assessment)
    .bind::<SqlUuid, _>(staff.cohort())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A file that was handed in.
#[derive(Clone, Debug, QueryableByName)]
pub struct FileRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: FileId,
    /// Where it lies.
    #[diesel(sql_type = Text)]
    pub storage_key: String,
    /// The sender's own name for it: not for markers.
    #[diesel(sql_type = Text)]
    pub label: String,
    /// What its bytes are.
    #[diesel(sql_type = Text)]
    pub media_type: String,
    /// Size in bytes.
    #[diesel(sql_type = BigInt)]
    pub size_bytes: i64,
    /// SHA-256 of its bytes.
    #[diesel(sql_type = Binary)]
    pub sha256: Vec<u8>,
}

/// A person's own files, in the order of the ids given.
///
/// # Errors
/// The database's.
pub fn own_files(conn: &mut Conn<'_>, own: &Own, ids: &[FileId]) -> Result<Vec<FileRow>> {
    Ok(sql_query(
        "SELECT id, storage_key, label, media_type, size_bytes, sha256 FROM files \
         WHERE id = ANY ($1) AND owner_id = $2 AND removed_at IS NULL ORDER BY array_position($1, id)",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// Where work lies, with who was shown to read it.
#[derive(Clone, Copy, Debug)]
pub enum Work<'a> {
    /// A script, for who marks it.
    Script(&'a Instructor, &'a Script),
    /// A try, for its trainee.
    Own(&'a Own, &'a Tried),
    /// What stands, for the office.
    Line(&'a CohortStaff, &'a Line),
}

/// The file at this place of it, from 1.
///
/// # Errors
/// [`Error::NotFound`].
pub fn file_of(conn: &mut Conn<'_>, work: Work<'_>, place: usize) -> Result<FileRow> {
    let ids = match work {
        Work::Script(marker, script) => script
            .role_of(marker.person())
            .map_or(&[][..], |_role| &script.file_ids),
        Work::Own(_, tried) => &tried.file_ids,
        Work::Line(_, line) => &line.file_ids,
    };
    let id = place
        .checked_sub(1)
        .and_then(|at| ids.get(at))
        .copied()
        .ok_or(Error::NotFound)?;
    conn.elevate(Task::Assess, |conn| {
        sql_query(
            "SELECT id, storage_key, label, media_type, size_bytes, sha256 FROM files WHERE id = $1 AND removed_at IS NULL",
        )
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
    })
}

/// A mark that its trainee reads.
#[derive(Clone, Debug, QueryableByName)]
pub struct Released {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ReleasedId,
    /// The candidate.
    #[diesel(sql_type = SqlUuid)]
    pub candidate_id: CandidateId,
    /// The assessment.
    #[diesel(sql_type = SqlUuid)]
    pub assessment_id: AssessmentId,
    /// The module.
    #[diesel(sql_type = SqlUuid)]
    pub module_id: ModuleId,
    /// Pass mark.
    #[diesel(sql_type = Integer)]
    pub pass_mark: i32,
    /// The agreed mark.
    #[diesel(sql_type = Nullable<Integer>)]
    pub raw: Option<i32>,
    /// What lateness cost.
    #[diesel(sql_type = Integer)]
    pub penalty: i32,
    /// The mark.
    #[diesel(sql_type = Nullable<Integer>)]
    pub mark: Option<i32>,
    /// Points by criterion.
    #[diesel(sql_type = Jsonb)]
    pub criteria: Value,
    /// Feedback.
    #[diesel(sql_type = Text)]
    pub feedback: String,
    /// Until when an appeal is taken.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub appeal_until: Option<DateTime<Utc>>,
    /// When it was released.
    #[diesel(sql_type = Timestamptz)]
    pub released_at: DateTime<Utc>,
    /// Version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

/// What was released to candidates of one's own.
///
/// # Errors
/// The database's.
pub(super) fn released(
    conn: &mut Conn<'_>,
    own: &Own,
    candidates: &[CandidateId],
) -> Result<BTreeMap<CandidateId, Released>> {
    let rows: Vec<Released> = sql_query(
        "SELECT id, candidate_id, assessment_id, module_id, pass_mark, raw, penalty, mark, criteria, feedback, \
           appeal_until, released_at, version FROM released_marks WHERE person_id = $1 AND candidate_id = ANY ($2)",
    )
    .bind::<SqlUuid, _>(own.person())
    .bind::<Array<SqlUuid>, _>(candidates)
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|it| (it.candidate_id, it)).collect())
}

/// An appeal.
#[derive(Clone, Debug, QueryableByName)]
pub struct Appeal {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: AppealId,
    /// Its assessment.
    #[diesel(sql_type = SqlUuid)]
    pub assessment_id: AssessmentId,
    /// The candidate.
    #[diesel(sql_type = SqlUuid)]
    pub candidate_id: CandidateId,
    /// The person.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Name as lists show it; empty for the trainee's own reading.
    #[diesel(sql_type = Text)]
    pub name_shown: String,
    /// On what grounds.
    #[diesel(sql_type = Text)]
    pub grounds: String,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Why it was decided so.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// The mark before the decision.
    #[diesel(sql_type = Nullable<Integer>)]
    pub mark_before: Option<i32>,
    /// The mark after it.
    #[diesel(sql_type = Nullable<Integer>)]
    pub mark_after: Option<i32>,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// Version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Appeal {
    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<AppealState> {
        AppealState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("appeal state {}", self.state)))
    }
}

const APPEAL: &str = "SELECT p.id, p.assessment_id, r.candidate_id, p.person_id, coalesce(e.name_shown, '') AS name_shown, \
    p.grounds, p.state, p.reason, p.mark_before, p.mark_after, p.created_at, p.version FROM appeals p \
    JOIN released_marks r ON r.id = p.released_id LEFT JOIN enrolments e ON e.id = r.enrolment_id";

/// The appeals of an assessment of the cohort, those that are open first.
///
/// # Errors
/// The database's.
pub fn appeals(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    assessment: AssessmentId,
) -> Result<Vec<Appeal>> {
    Ok(sql_query(format!(
        "{APPEAL} WHERE p.assessment_id = $1 AND p.cohort_id = $2 ORDER BY p.state <> 'lodged', p.created_at, p.id LIMIT 500"
    ))
    .bind::<SqlUuid, _>(assessment)
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?)
}

/// One of these.
///
/// # Errors
/// [`Error::NotFound`].
pub fn appeal(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    assessment: AssessmentId,
    id: AppealId,
) -> Result<Appeal> {
    sql_query(format!(
        "{APPEAL} WHERE p.id = $1 AND p.assessment_id = $2 AND p.cohort_id = $3"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(assessment)
    .bind::<SqlUuid, _>(staff.cohort())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A trainee's own appeals about an assessment, one that is open first.
///
/// # Errors
/// The database's.
pub fn own_appeals(
    conn: &mut Conn<'_>,
    own: &Own,
    assessment: AssessmentId,
) -> Result<Vec<Appeal>> {
    Ok(sql_query(format!(
        "{APPEAL} WHERE p.assessment_id = $1 AND p.person_id = $2 ORDER BY p.state <> 'lodged', p.created_at, p.id LIMIT 50"
    ))
    .bind::<SqlUuid, _>(assessment)
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}
