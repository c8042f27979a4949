//! Due times that fell into days on which a trainee took no part.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Date, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::CohortStaff;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{AssessmentId, CandidateId, EnrolmentId};
use crate::lang::Lang;

/// An assessment for which a trainee handed in nothing, and which is still open or being marked.
#[derive(Clone, Debug, QueryableByName)]
pub struct Missed {
    /// The assessment.
    #[diesel(sql_type = SqlUuid)]
    pub assessment_id: AssessmentId,
    /// The trainee's part in it.
    #[diesel(sql_type = SqlUuid)]
    pub candidate_id: CandidateId,
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub module_code: String,
    /// English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// From when work is taken.
    #[diesel(sql_type = Timestamptz)]
    pub opens_at: DateTime<Utc>,
    /// When it was due for this trainee.
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
}

impl Missed {
    /// Its title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }
}

/// What was due for a trainee on these days, both counted, and can still be given a later due time.
///
/// # Errors
/// The database's.
pub fn missed(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    enrolment: EnrolmentId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Missed>> {
    Ok(sql_query(
        "SELECT * FROM (SELECT a.id AS assessment_id, c.id AS candidate_id, m.code AS module_code, a.title_en, a.title_zh, a.opens_at, \
             greatest(a.due_at, c.extended_to) AS due_at \
           FROM assessment_candidates c JOIN assessments a ON a.id = c.assessment_id JOIN modules m ON m.id = a.module_id \
           WHERE c.enrolment_id = $1 AND c.cohort_id = $2 AND a.state IN ('open', 'marking') \
             AND NOT EXISTS (SELECT FROM submissions s WHERE s.candidate_id = c.id AND s.withdrawn_at IS NULL) \
             AND NOT EXISTS (SELECT FROM scripts k WHERE k.candidate_id = c.id)) q \
         WHERE (due_at AT TIME ZONE 'Asia/Hong_Kong')::date BETWEEN $3 AND $4 ORDER BY due_at, candidate_id",
    )
    .bind::<SqlUuid, _>(enrolment)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .load(conn.pg())?)
}
