//! What an instructor reads of the assessments of the modules that they teach, or mark for.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::Instructor;
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{AssessmentId, CohortId};
use crate::lang::Lang;
use crate::web::fields::{Column, Sort};
use crate::web::paging::Cursor;

use super::super::rules::AssessmentState;

/// The orders of the list: what is to be marked first, then what is not over, each by its due time.
pub const TAUGHT_SORTS: &[Column] = &[
    (
        "work",
        "CASE WHEN t.to_mark > 0 THEN '0' WHEN t.state <> 'released' THEN '1' ELSE '2' END \
         || to_char(t.due_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')",
    ),
    (
        "due",
        "to_char(t.due_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')",
    ),
    ("title", "lower(t.title_en)"),
    ("module", "t.module_code"),
    ("cohort", "t.cohort_code"),
];

/// An assessment as who teaches it sees it: no trainee, and of the scripts their own alone.
#[derive(Clone, Debug, QueryableByName)]
pub struct Taught {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: AssessmentId,
    /// Its cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// The cohort's code.
    #[diesel(sql_type = Text)]
    pub cohort_code: String,
    /// The cohort's English name.
    #[diesel(sql_type = Text)]
    pub cohort_en: String,
    /// The cohort's Chinese name.
    #[diesel(sql_type = Text)]
    pub cohort_zh: String,
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub module_code: String,
    /// English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// A resit?
    #[diesel(sql_type = Bool)]
    pub resit: bool,
    /// When it is due, or happens.
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
    /// Are files handed in?
    #[diesel(sql_type = Bool)]
    pub takes_files: bool,
    /// State, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Trainees who are assessed.
    #[diesel(sql_type = BigInt)]
    pub candidates: i64,
    /// Of these, who have handed in.
    #[diesel(sql_type = BigInt)]
    pub handed_in: i64,
    /// Scripts that wait for this instructor's mark.
    #[diesel(sql_type = BigInt)]
    pub to_mark: i64,
    /// Scripts that have it.
    #[diesel(sql_type = BigInt)]
    pub marked: i64,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Taught {
    /// Its title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
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
    pub fn state(&self) -> Result<AssessmentState> {
        AssessmentState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("assessment state {}", self.state)))
    }
}

/// Which of them, and how many.
#[derive(Clone, Debug)]
pub struct TaughtWanted {
    /// Only in this state.
    pub state: Option<AssessmentState>,
    /// Only of this cohort.
    pub cohort: Option<CohortId>,
    /// In this order.
    pub sort: Sort,
    /// After this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// Whose they are: of offerings that $1 teaches, and those of which $1 marks a script, in the programmes
/// $2. What the office still prepares for a module that it has not published is not told.
const TAUGHT_BY: &str = "SELECT a.id FROM offerings o JOIN assessments a ON a.offering_id = o.id \
    WHERE o.programme_id = ANY ($2) AND (o.state <> 'planned' OR a.state <> 'planned') AND $1 = ANY (o.instructor_ids) \
    UNION SELECT k.assessment_id FROM scripts k WHERE k.first_id = $1 AND k.programme_id = ANY ($2) \
    UNION SELECT k.assessment_id FROM scripts k WHERE k.second_id = $1 AND k.programme_id = ANY ($2)";

fn programmes(instructor: &Instructor) -> Vec<uuid::Uuid> {
    instructor.programmes().iter().map(|it| it.0).collect()
}

/// The assessments of the modules that an instructor teaches or marks for, over all cohorts.
///
/// # Errors
/// The database's.
pub fn taught(
    conn: &mut Conn<'_>,
    instructor: &Instructor,
    wanted: &TaughtWanted,
) -> Result<Vec<Taught>> {
    let (beyond, direction) = wanted.sort.direction();
    let key = wanted.sort.sql;
    // How many have handed in is told; who has, no instructor reads.
    conn.elevate(Task::Assess, |conn| {
        Ok(sql_query(format!(
            "SELECT * FROM (SELECT ({key}) COLLATE \"C\" AS sort_key, t.* FROM (SELECT a.id, a.cohort_id, c.code AS cohort_code, \
               c.name_en AS cohort_en, c.name_zh AS cohort_zh, m.code AS module_code, a.title_en, a.title_zh, \
               a.resit_of IS NOT NULL AS resit, a.due_at, a.takes_files, a.state, \
               (SELECT count(*) FROM assessment_candidates x WHERE x.assessment_id = a.id) AS candidates, \
               (SELECT count(DISTINCT s.candidate_id) FROM submissions s WHERE s.assessment_id = a.id AND s.withdrawn_at IS NULL) AS handed_in, \
               CASE WHEN a.state = 'marking' THEN w.waiting ELSE 0 END AS to_mark, w.done AS marked \
               FROM assessments a JOIN cohorts c ON c.id = a.cohort_id JOIN modules m ON m.id = a.module_id \
               CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE NOT d) AS waiting, count(*) FILTER (WHERE d) AS done FROM ( \
                 SELECT coalesce(g.done, false) OR k.state = 'agreed' AS d FROM scripts k LEFT JOIN script_marks g ON g.script_id = k.id \
                   AND g.marker_id = $1 AND g.role IN ('first', 'second') \
                 WHERE k.assessment_id = a.id AND $1 IN (k.first_id, k.second_id)) own) w \
               WHERE a.id IN ({TAUGHT_BY}) AND ($3 IS NULL OR a.state = $3) AND ($4 IS NULL OR a.cohort_id = $4)) t) q \
             WHERE $5 IS NULL OR (sort_key, id) {beyond} ($5, $6) ORDER BY sort_key {direction}, id {direction} LIMIT $7"
        ))
        .bind::<SqlUuid, _>(instructor.person())
        .bind::<Array<SqlUuid>, _>(programmes(instructor))
        .bind::<Nullable<Text>, _>(wanted.state.map(AssessmentState::as_str))
        .bind::<Nullable<SqlUuid>, _>(wanted.cohort)
        .bind::<Nullable<Text>, _>(wanted.after.as_ref().map(|it| it.key.as_str()))
        .bind::<Nullable<SqlUuid>, _>(wanted.after.as_ref().map(|it| it.id))
        .bind::<BigInt, _>(wanted.limit)
        .load(conn.pg())?)
    })
}

/// A cohort of which an instructor has assessments.
#[derive(Clone, Debug, QueryableByName)]
pub struct TaughtCohort {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: CohortId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

/// The cohorts of [`taught`], the latest first.
///
/// # Errors
/// The database's.
pub fn taught_cohorts(conn: &mut Conn<'_>, instructor: &Instructor) -> Result<Vec<TaughtCohort>> {
    conn.elevate(Task::Assess, |conn| {
        Ok(sql_query(format!(
            "SELECT c.id, c.name_en, c.name_zh FROM cohorts c WHERE c.id IN \
               (SELECT a.cohort_id FROM assessments a WHERE a.id IN ({TAUGHT_BY})) ORDER BY c.starts_on DESC, c.id"
        ))
        .bind::<SqlUuid, _>(instructor.person())
        .bind::<Array<SqlUuid>, _>(programmes(instructor))
        .load(conn.pg())?)
    })
}
