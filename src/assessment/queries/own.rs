//! What a trainee reads: what is due, what they handed in, what was released.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Integer, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::Own;
use crate::db::{Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{
    AssessmentId, CandidateId, CohortId, EnrolmentId, FileId, ProgrammeId, SubmissionId,
};

use super::work::{Released, released};
use super::{Assessment, some};

#[derive(QueryableByName)]
struct OwnRow {
    #[diesel(sql_type = SqlUuid)]
    id: CandidateId,
    #[diesel(sql_type = SqlUuid)]
    assessment_id: AssessmentId,
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    cohort_id: CohortId,
    #[diesel(sql_type = SqlUuid)]
    programme_id: ProgrammeId,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    extended_to: Option<DateTime<Utc>>,
}

/// An assessment as its trainee sees it.
#[derive(Clone, Debug)]
pub struct OwnLine {
    /// The candidate.
    pub id: CandidateId,
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// The cohort.
    pub cohort_id: CohortId,
    /// The programme.
    pub programme_id: ProgrammeId,
    /// Their own due time, where an extension moved it.
    pub extended_to: Option<DateTime<Utc>>,
    /// The assessment.
    pub assessment: Assessment,
    /// The tries, the newest first.
    pub tries: Vec<Tried>,
    /// What was released.
    pub released: Option<Released>,
}

impl OwnLine {
    /// The try that stands: the last one that was not taken back.
    #[must_use]
    pub fn standing(&self) -> Option<&Tried> {
        self.tries.iter().find(|it| it.withdrawn_at.is_none())
    }
}

/// A try.
#[derive(Clone, Debug, QueryableByName)]
pub struct Tried {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: SubmissionId,
    /// The candidate.
    #[diesel(sql_type = SqlUuid)]
    pub candidate_id: CandidateId,
    /// Its number, from 1.
    #[diesel(sql_type = Integer)]
    pub number: i32,
    /// Its files.
    #[diesel(sql_type = Array<SqlUuid>)]
    pub file_ids: Vec<FileId>,
    /// When it came.
    #[diesel(sql_type = Timestamptz)]
    pub submitted_at: DateTime<Utc>,
    /// Days begun since the due time.
    #[diesel(sql_type = Integer)]
    pub days_late: i32,
    /// When it was taken back.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// The tries of candidates of one's own, the newest first.
///
/// # Errors
/// The database's.
pub fn own_tries(conn: &mut Conn<'_>, own: &Own, candidates: &[CandidateId]) -> Result<Vec<Tried>> {
    Ok(sql_query(
        "SELECT id, candidate_id, try AS number, file_ids, submitted_at, days_late, withdrawn_at FROM submissions \
         WHERE person_id = $1 AND candidate_id = ANY ($2) ORDER BY candidate_id, try DESC",
    )
    .bind::<SqlUuid, _>(own.person())
    .bind::<Array<SqlUuid>, _>(candidates)
    .load(conn.pg())?)
}

/// Everything that a person is assessed by, what is due next first, then what is over: at most 200.
///
/// # Errors
/// The database's.
pub fn own_all(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<OwnLine>> {
    lines(conn, own, None)
}

/// One of these.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own_one(conn: &mut Conn<'_>, own: &Own, id: CandidateId) -> Result<OwnLine> {
    let found = lines(conn, own, Some(id))?;
    found.into_iter().next().ok_or(Error::NotFound)
}

fn lines(conn: &mut Conn<'_>, own: &Own, only: Option<CandidateId>) -> Result<Vec<OwnLine>> {
    let rows: Vec<OwnRow> = sql_query(
        "SELECT c.id, c.assessment_id, c.enrolment_id, c.cohort_id, c.programme_id, c.extended_to \
         FROM assessment_candidates c WHERE c.person_id = $1 AND ($2 IS NULL OR c.id = $2) ORDER BY c.id DESC LIMIT 200",
    )
    .bind::<SqlUuid, _>(own.person())
    .bind::<Nullable<SqlUuid>, _>(only)
    .load(conn.pg())?;
    let ids: Vec<AssessmentId> = rows.iter().map(|it| it.assessment_id).collect();
    let candidates: Vec<CandidateId> = rows.iter().map(|it| it.id).collect();
    let assessments = conn.elevate(Task::Assess, |conn| some(conn, &ids))?;
    let tries = own_tries(conn, own, &candidates)?;
    let mut marks = released(conn, own, &candidates)?;
    let mut all = Vec::new();
    for row in rows {
        let assessment = assessments.iter().find(|it| it.id == row.assessment_id);
        let Some(assessment) = assessment else {
            continue;
        };
        all.push(OwnLine {
            id: row.id,
            enrolment_id: row.enrolment_id,
            cohort_id: row.cohort_id,
            programme_id: row.programme_id,
            extended_to: row.extended_to,
            assessment: assessment.clone(),
            tries: tries
                .iter()
                .filter(|it| it.candidate_id == row.id)
                .cloned()
                .collect(),
            released: marks.remove(&row.id),
        });
    }
    all.sort_by_key(|it| (it.assessment.times(it.extended_to).due_at, it.id));
    Ok(all)
}
