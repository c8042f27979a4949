//! Handing in and taking back.

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Integer, Timestamptz, Uuid as SqlUuid};

use crate::access::Own;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::files;
use crate::files::queries::NewFile;
use crate::ids::{CandidateId, FileId, SubmissionId};

use super::super::events::{Noted, about_own};
use super::super::mail;
use super::super::queries::{self, OwnLine};
use super::super::rules::late::may_submit;
use super::super::rules::{AssessmentRefusal, AssessmentState};
use super::now;

/// May this trainee hand in now? Answers with the days begun since their due time.
///
/// # Errors
/// [`AssessmentRefusal`].
pub fn may_hand_in(conn: &mut Conn<'_>, it: &OwnLine) -> Result<i32> {
    if !it.assessment.takes_files {
        return Err(AssessmentRefusal::NoFiles.into());
    }
    match it.assessment.state()? {
        AssessmentState::Open | AssessmentState::Marking => {}
        AssessmentState::Planned => return Err(AssessmentRefusal::NotOpenYet.into()),
        AssessmentState::Moderated | AssessmentState::Released => {
            return Err(AssessmentRefusal::TooLate.into());
        }
    }
    let times = it.assessment.times(it.extended_to);
    Ok(may_submit(&times, it.standing().is_some(), now(conn)?)?)
}

/// Hands these files in, in their order; what was handed in before is kept, and counts no more. A
/// receipt with time and digests goes to the trainee. Returns the try's id.
///
/// # Errors
/// [`AssessmentRefusal`]; [`Error::Invalid`] for too many files or none.
pub fn hand_in(
    conn: &mut Conn<'_>,
    own: &Own,
    candidate: CandidateId,
    new: &[NewFile<'_>],
) -> Result<SubmissionId> {
    let it = queries::own_one(conn, own, candidate)?;
    queries::lock_shared(conn, it.assessment.id, candidate)?;
    let it = queries::own_one(conn, own, candidate)?;
    let late = may_hand_in(conn, &it)?;
    let most = usize::try_from(it.assessment.max_files).unwrap_or(1);
    if new.is_empty() || new.len() > most {
        return Err(Error::field("files", "number", |lang| {
            lang.asm_need_files(it.assessment.max_files)
        }));
    }
    let at = now(conn)?;
    let mut ids: Vec<FileId> = Vec::new();
    for file in new {
        ids.push(files::queries::insert(conn, own, file)?);
    }
    let number = it.tries.first().map_or(0, |last| last.number) + 1;
    let id = SubmissionId::new();
    sql_query(
        "INSERT INTO submissions (id, programme_id, cohort_id, assessment_id, candidate_id, person_id, try, file_ids, \
           submitted_at, days_late) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(it.cohort_id)
    .bind::<SqlUuid, _>(it.assessment.id)
    .bind::<SqlUuid, _>(candidate)
    .bind::<SqlUuid, _>(own.person())
    .bind::<Integer, _>(number)
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<Timestamptz, _>(at)
    .bind::<Integer, _>(late)
    .execute(conn.pg())?;
    let event = Noted::HandedIn {
        number,
        files: ids.len(),
        late,
    };
    let about = about_own(it.assessment.id, it.programme_id, own.person());
    audit::note(conn, about, &event)?;
    let stored = queries::own_files(conn, own, &ids)?;
    mail::receipt(conn, own, &it, (number, at, late), &stored)?;
    Ok(id)
}

/// Takes back what stands, before the due time.
///
/// # Errors
/// [`AssessmentRefusal`]: nothing stands, or the due time is past.
pub fn take_back(conn: &mut Conn<'_>, own: &Own, candidate: CandidateId) -> Result<()> {
    let it = queries::own_one(conn, own, candidate)?;
    queries::lock_shared(conn, it.assessment.id, candidate)?;
    let it = queries::own_one(conn, own, candidate)?;
    let Some(standing) = it.standing() else {
        return Err(AssessmentRefusal::NothingSent.into());
    };
    if now(conn)? > it.assessment.times(it.extended_to).due_at {
        return Err(AssessmentRefusal::NoReturn.into());
    }
    let done = sql_query(
        "UPDATE submissions SET withdrawn_at = banyan_now() WHERE id = $1 AND withdrawn_at IS NULL",
    )
    .bind::<SqlUuid, _>(standing.id)
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    let about = about_own(it.assessment.id, it.programme_id, own.person());
    let number = standing.number;
    audit::note(conn, about, &Noted::TakenBack { number })
}
