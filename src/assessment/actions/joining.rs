//! Who is assessed: when an assessment is opened, and those who come later.

use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Uuid as SqlUuid};

use crate::access::CohortStaff;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{AssessmentId, CandidateId};

use super::super::events::{Noted, about};
use super::super::mail::{self, Told};
use super::super::queries::{self, Assessment};
use super::super::rules::{AssessmentEvent, AssessmentRefusal, AssessmentState, next};
use super::{chance, step};

/// Adds the trainees who are to be assessed and are not yet there, under numbers that tell nothing.
fn join(conn: &mut Conn<'_>, staff: &CohortStaff, it: &Assessment) -> Result<Vec<CandidateId>> {
    let missing = queries::missing_candidates(conn, staff, it.id)?;
    let mut taken = queries::candidate_numbers(conn, staff, it.id)?;
    let mut joined = Vec::new();
    for row in missing {
        let id = CandidateId::new();
        sql_query(
            "INSERT INTO assessment_candidates (id, programme_id, cohort_id, assessment_id, enrolment_id, person_id, number) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<SqlUuid, _>(staff.cohort())
        .bind::<SqlUuid, _>(it.id)
        .bind::<SqlUuid, _>(row.enrolment_id)
        .bind::<SqlUuid, _>(row.person_id)
        .bind::<Integer, _>(chance::number(&mut taken)?)
        .execute(conn.pg())?;
        joined.push(id);
    }
    Ok(joined)
}

/// Shows an assessment to its trainees and writes to them. Returns how many there are.
///
/// # Errors
/// [`super::super::rules::StepRefused`]; [`AssessmentRefusal`]: no rubric, or nobody to assess.
pub fn open(conn: &mut Conn<'_>, staff: &CohortStaff, id: AssessmentId) -> Result<usize> {
    queries::lock(conn, id)?;
    let it = queries::find(conn, staff, id)?;
    next(it.state()?, AssessmentEvent::Open)?;
    if it.rubric()?.is_empty() {
        return Err(AssessmentRefusal::NoRubric.into());
    }
    let joined = join(conn, staff, &it)?;
    if joined.is_empty() {
        return Err(AssessmentRefusal::Nobody.into());
    }
    step(conn, &it, AssessmentEvent::Open)?;
    let event = Noted::Opened {
        candidates: joined.len(),
    };
    audit::note(conn, about(id, staff.programme()), &event)?;
    mail::tell_all(conn, staff, &it, &Told::Opened)?;
    Ok(joined.len())
}

/// Lets trainees in who came to the cohort since, and writes to them. Returns how many.
///
/// # Errors
/// [`AssessmentRefusal::NotPlanned`] unless trainees can still be assessed.
pub fn admit(conn: &mut Conn<'_>, staff: &CohortStaff, id: AssessmentId) -> Result<usize> {
    queries::lock(conn, id)?;
    let it = queries::find(conn, staff, id)?;
    match it.state()? {
        AssessmentState::Open | AssessmentState::Marking => {}
        AssessmentState::Planned | AssessmentState::Moderated | AssessmentState::Released => {
            return Err(AssessmentRefusal::NotPlanned.into());
        }
    }
    let joined = join(conn, staff, &it)?;
    if !joined.is_empty() {
        let event = Noted::Joined {
            candidates: joined.len(),
        };
        audit::note(conn, about(id, staff.programme()), &event)?;
        mail::tell_some(conn, staff, &it, (&joined, None), &Told::Opened)?;
    }
    Ok(joined.len())
}
