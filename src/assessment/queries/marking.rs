//! Rows of scripts and of what markers give. An instructor reaches scripts that are theirs, and of
//! marks their own alone; neither names a person.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::{CohortStaff, Instructor};
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{AssessmentId, CandidateId, CohortId, FileId, PersonId, ScriptId};
use crate::lang::Lang;
use crate::web::paging::Cursor;

use super::super::rules::{MarkRole, ScriptState};
use super::{Assessment, some};

/// Work that is marked.
#[derive(Clone, Debug, QueryableByName)]
pub struct Script {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ScriptId,
    /// Its assessment.
    #[diesel(sql_type = SqlUuid)]
    pub assessment_id: AssessmentId,
    /// The candidate; nobody who marks can look them up.
    #[diesel(sql_type = SqlUuid)]
    pub candidate_id: CandidateId,
    /// What a marker is told of whose it is.
    #[diesel(sql_type = Text)]
    pub label: String,
    /// Its files.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub file_ids: Vec<FileId>,
    /// Days begun since the due time.
    #[diesel(sql_type = Integer)]
    pub days_late: i32,
    /// What that costs.
    #[diesel(sql_type = Integer)]
    pub penalty: i32,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Nobody came?
    #[diesel(sql_type = Bool)]
    pub absent: bool,
    /// Who marks it.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub first_id: Option<PersonId>,
    /// Who marks it again.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub second_id: Option<PersonId>,
    /// The agreed mark.
    #[diesel(sql_type = Nullable<Integer>)]
    pub agreed: Option<i32>,
    /// Version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Script {
    /// Its state.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<ScriptState> {
        ScriptState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("script state {}", self.state)))
    }

    /// As what this person marks it.
    #[must_use]
    pub fn role_of(&self, person: PersonId) -> Option<MarkRole> {
        if self.first_id == Some(person) {
            Some(MarkRole::First)
        } else if self.second_id == Some(person) {
            Some(MarkRole::Second)
        } else {
            None
        }
    }
}

const SCRIPT: &str = "SELECT k.id, k.assessment_id, k.candidate_id, k.label, k.file_ids, k.days_late, k.penalty, k.state, \
    k.absent, k.first_id, k.second_id, k.agreed, k.version FROM scripts k";

/// A script that this instructor marks, with its assessment.
///
/// # Errors
/// [`Error::NotFound`].
pub fn script(
    conn: &mut Conn<'_>,
    instructor: &Instructor,
    id: ScriptId,
) -> Result<(Script, Assessment)> {
    let programmes: Vec<uuid::Uuid> = instructor.programmes().iter().map(|it| it.0).collect();
    let script: Script = sql_query(format!(
        "{SCRIPT} WHERE k.id = $1 AND $2 IN (k.first_id, k.second_id) AND k.programme_id = ANY ($3)"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(instructor.person())
    .bind::<Array<SqlUuid>, _>(programmes)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)?;
    let assessment = some(conn, &[script.assessment_id])?
        .into_iter()
        .next()
        .ok_or(Error::NotFound)?;
    Ok((script, assessment))
}

/// A script of the cohort.
///
/// # Errors
/// [`Error::NotFound`].
pub fn script_of(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    assessment: AssessmentId,
    id: ScriptId,
) -> Result<Script> {
    sql_query(format!(
        "{SCRIPT} WHERE k.id = $1 AND k.assessment_id = $2 AND k.cohort_id = $3"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(assessment)
    .bind::<SqlUuid, _>(staff.cohort())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// All scripts of an assessment, in the order of their labels.
///
/// # Errors
/// The database's.
pub fn scripts(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    assessment: AssessmentId,
) -> Result<Vec<Script>> {
    Ok(sql_query(format!(
        "{SCRIPT} WHERE k.assessment_id = $1 AND k.cohort_id = $2 ORDER BY k.label, k.id"
    ))
    .bind::<SqlUuid, _>(assessment)
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?)
}

/// What a marker gives.
#[derive(Clone, Debug, QueryableByName)]
pub struct Mark {
    /// The script.
    #[diesel(sql_type = SqlUuid)]
    pub script_id: ScriptId,
    /// As what, as its word.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub marker_id: PersonId,
    /// Points by criterion; empty places are not given yet.
    #[diesel(sql_type = Jsonb)]
    pub points: Value,
    /// A comment for each criterion.
    #[diesel(sql_type = Jsonb)]
    pub comments: Value,
    /// Feedback for the trainee.
    #[diesel(sql_type = Text)]
    pub feedback: String,
    /// The mark, once all points are given.
    #[diesel(sql_type = Nullable<Integer>)]
    pub mark: Option<i32>,
    /// Finished?
    #[diesel(sql_type = Bool)]
    pub done: bool,
    /// Version.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// When it was saved.
    #[diesel(sql_type = Timestamptz)]
    pub saved_at: DateTime<Utc>,
}

impl Mark {
    /// Points that are given.
    ///
    /// # Errors
    /// A document that no rule knows: a mistake of ours.
    pub fn points(&self) -> Result<Vec<Option<i32>>> {
        serde_json::from_value(self.points.clone())
            .map_err(|err| Error::Internal(format!("points: {err}")))
    }

    /// Whole points of a finished mark.
    ///
    /// # Errors
    /// As [`Mark::points`].
    pub fn whole(&self) -> Result<Vec<i32>> {
        Ok(self
            .points()?
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect())
    }

    /// Comments.
    ///
    /// # Errors
    /// A document that no rule knows: a mistake of ours.
    pub fn comments(&self) -> Result<Vec<String>> {
        serde_json::from_value(self.comments.clone())
            .map_err(|err| Error::Internal(format!("comments: {err}")))
    }
}

const MARK: &str = "SELECT k.script_id, k.role, k.marker_id, k.points, k.comments, k.feedback, k.mark, k.done, k.version, \
    k.saved_at FROM script_marks k";

/// Who reads marks.
#[derive(Clone, Copy, Debug)]
pub enum Reader<'a> {
    /// The office, those of its cohort.
    Office(&'a CohortStaff),
    /// Who marks, those of their scripts.
    Marker(&'a Instructor),
}

impl Reader<'_> {
    /// The cohort of the one, the person of the other.
    fn keys(self) -> (Option<CohortId>, Option<PersonId>) {
        match self {
            Self::Office(staff) => (Some(staff.cohort()), None),
            Self::Marker(instructor) => (None, Some(instructor.person())),
        }
    }
}

/// What was given to a script in this role; a marker is shown what they gave themselves.
///
/// # Errors
/// The database's.
pub fn mark_of(
    conn: &mut Conn<'_>,
    reader: Reader<'_>,
    script: ScriptId,
    role: MarkRole,
) -> Result<Option<Mark>> {
    let (cohort, person) = reader.keys();
    Ok(sql_query(format!(
        "{MARK} WHERE k.script_id = $1 AND k.role = $2 AND ($3 IS NULL OR k.cohort_id = $3) AND ($4 IS NULL OR k.marker_id = $4)"
    ))
    .bind::<SqlUuid, _>(script)
    .bind::<Text, _>(role.as_str())
    .bind::<Nullable<SqlUuid>, _>(cohort)
    .bind::<Nullable<SqlUuid>, _>(person)
    .get_result(conn.pg())
    .optional()?)
}

/// Everything that was given to these scripts: for the office, and for a marker who has finished.
///
/// # Errors
/// The database's.
pub fn marks_of(
    conn: &mut Conn<'_>,
    reader: Reader<'_>,
    scripts: &[ScriptId],
) -> Result<Vec<Mark>> {
    let (cohort, person) = reader.keys();
    conn.elevate(Task::Assess, |conn| {
        Ok(sql_query(format!(
            "{MARK} JOIN scripts s ON s.id = k.script_id WHERE k.script_id = ANY ($1) AND ($2 IS NULL OR k.cohort_id = $2) \
               AND ($3 IS NULL OR $3 IN (s.first_id, s.second_id)) ORDER BY k.script_id, k.role"
        ))
        .bind::<Array<SqlUuid>, _>(scripts)
        .bind::<Nullable<SqlUuid>, _>(cohort)
        .bind::<Nullable<SqlUuid>, _>(person)
        .load(conn.pg())?)
    })
}

/// A script in a marker's queue.
#[derive(Clone, Debug, QueryableByName)]
pub struct Queued {
    /// The script.
    #[diesel(sql_type = SqlUuid)]
    pub id: ScriptId,
    /// Its label.
    #[diesel(sql_type = Text)]
    pub label: String,
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub module_code: String,
    /// English title of the assessment.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// As what, as its word.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Is this marker's part done?
    #[diesel(sql_type = Bool)]
    pub done: bool,
    /// Has this marker begun?
    #[diesel(sql_type = Bool)]
    pub begun: bool,
    /// Their own mark.
    #[diesel(sql_type = Nullable<Integer>)]
    pub mark: Option<i32>,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Queued {
    /// The assessment's title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }
}

/// What an instructor marks: what is to be done first. Only while its assessment is being marked, unless
/// all is asked for; only of one assessment, if it is named.
///
/// # Errors
/// The database's.
pub fn queue(
    conn: &mut Conn<'_>,
    instructor: &Instructor,
    (open, of): (bool, Option<AssessmentId>),
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Queued>> {
    let programmes: Vec<uuid::Uuid> = instructor.programmes().iter().map(|it| it.0).collect();
    Ok(sql_query(
        "SELECT * FROM (SELECT k.id, k.label, m.code AS module_code, a.title_en, a.title_zh, \
             CASE WHEN k.first_id = $1 THEN 'first' ELSE 'second' END AS role, \
             coalesce(g.done, false) OR k.state = 'agreed' AS done, g.id IS NOT NULL AS begun, g.mark, \
             (CASE WHEN coalesce(g.done, false) OR k.state = 'agreed' THEN '1' ELSE '0' END || to_char(a.due_at AT TIME ZONE 'UTC', \
               'YYYYMMDDHH24MISS') || a.id::text || k.label) COLLATE \"C\" AS sort_key \
           FROM scripts k JOIN assessments a ON a.id = k.assessment_id JOIN modules m ON m.id = a.module_id \
           LEFT JOIN script_marks g ON g.script_id = k.id AND g.marker_id = $1 AND g.role IN ('first', 'second') \
           WHERE $1 IN (k.first_id, k.second_id) AND k.programme_id = ANY ($2) AND (NOT $3 OR a.state = 'marking') \
             AND ($7 IS NULL OR k.assessment_id = $7)) q \
         WHERE (NOT $3 OR NOT done) AND ($4 IS NULL OR (sort_key, id) > ($4, $5)) ORDER BY sort_key, id LIMIT $6",
    )
    .bind::<SqlUuid, _>(instructor.person())
    .bind::<Array<SqlUuid>, _>(programmes)
    .bind::<Bool, _>(open)
    .bind::<Nullable<Text>, _>(after.map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(limit)
    .bind::<Nullable<SqlUuid>, _>(of)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many scripts an instructor has still to mark.
///
/// # Errors
/// The database's.
pub fn queue_counts(conn: &mut Conn<'_>, instructor: &Instructor) -> Result<i64> {
    let row: Count = sql_query(
        "SELECT count(*) AS n FROM scripts k JOIN assessments a ON a.id = k.assessment_id \
         LEFT JOIN script_marks g ON g.script_id = k.id AND g.marker_id = $1 AND g.role IN ('first', 'second') \
         WHERE $1 IN (k.first_id, k.second_id) AND a.state = 'marking' AND k.state <> 'agreed' AND NOT coalesce(g.done, false)",
    )
    .bind::<SqlUuid, _>(instructor.person())
    .get_result(conn.pg())?;
    Ok(row.n)
}
