//! Appeals against a released mark.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Integer, Nullable, Text, Uuid as SqlUuid};
use diesel::{Connection as _, RunQueryDsl};

use crate::access::{CohortStaff, Own};
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{AppealId, AssessmentId, CandidateId};

use super::super::events::{Noted, about_own};
use super::super::mail::{self, Told};
use super::super::queries::{self, Appeal};
use super::super::rules::{AppealState, AssessmentRefusal};
use super::now;

/// Makes an appeal against one's own mark; returns its id.
///
/// # Errors
/// [`AssessmentRefusal`]: the days are over, or one was made; [`Error::NotFound`] before the release.
pub fn lodge_appeal(
    conn: &mut Conn<'_>,
    own: &Own,
    candidate: CandidateId,
    grounds: &str,
) -> Result<AppealId> {
    let it = queries::own_one(conn, own, candidate)?;
    let released = it.released.as_ref().ok_or(Error::NotFound)?;
    let now = now(conn)?;
    if released.appeal_until.is_none_or(|until| now > until) {
        return Err(AssessmentRefusal::AppealLate.into());
    }
    let id = AppealId::new();
    let made = conn.pg().transaction(|pg| {
        sql_query(
            "INSERT INTO appeals (id, programme_id, cohort_id, assessment_id, released_id, person_id, grounds, state, mark_before) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'lodged', $8)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(it.programme_id)
        .bind::<SqlUuid, _>(it.cohort_id)
        .bind::<SqlUuid, _>(it.assessment.id)
        .bind::<SqlUuid, _>(released.id)
        .bind::<SqlUuid, _>(own.person())
        .bind::<Text, _>(grounds)
        .bind::<Nullable<Integer>, _>(released.mark)
        .execute(pg)
    });
    match made {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(AssessmentRefusal::AppealMade.into());
        }
        other => _ = other?,
    }
    let about = about_own(it.assessment.id, it.programme_id, own.person());
    audit::note(conn, about, &Noted::AppealMade)?;
    Ok(id)
}

/// The trainee takes an appeal back.
///
/// # Errors
/// [`AssessmentRefusal::AppealOver`]; [`Error::NotFound`].
pub fn withdraw_appeal(
    conn: &mut Conn<'_>,
    own: &Own,
    candidate: CandidateId,
    id: AppealId,
) -> Result<()> {
    let it = queries::own_one(conn, own, candidate)?;
    let appeal = queries::own_appeals(conn, own, it.assessment.id)?
        .into_iter()
        .find(|it| it.id == id && it.candidate_id == candidate)
        .ok_or(Error::NotFound)?;
    if appeal.state()? != AppealState::Lodged {
        return Err(AssessmentRefusal::AppealOver.into());
    }
    set(conn, &appeal, (AppealState::Withdrawn, None), "")?;
    let about = about_own(it.assessment.id, it.programme_id, own.person());
    audit::note(conn, about, &Noted::AppealWithdrawn)
}

fn set(
    conn: &mut Conn<'_>,
    it: &Appeal,
    (to, mark): (AppealState, Option<i32>),
    reason: &str,
) -> Result<()> {
    let done = sql_query(
        "UPDATE appeals SET state = $2, reason = $3, mark_after = $4, decided_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND state = 'lodged' AND version = $5",
    )
    .bind::<SqlUuid, _>(it.id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(reason)
    .bind::<Nullable<Integer>, _>(mark)
    .bind::<Integer, _>(it.version)
    .execute(conn.pg())?;
    if done == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Decides an appeal: upheld with another mark, or dismissed. The trainee is written to; the appeal keeps
/// both marks.
///
/// # Errors
/// [`AssessmentRefusal::AppealOver`]; [`Error::Stale`].
pub fn decide_appeal(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (assessment, id, seen): (AssessmentId, AppealId, i32),
    upheld: Option<i32>,
    reason: &str,
) -> Result<()> {
    queries::lock(conn, assessment)?;
    let it = queries::find(conn, staff, assessment)?;
    let appeal = queries::appeal(conn, staff, assessment, id)?;
    if appeal.state()? != AppealState::Lodged {
        return Err(AssessmentRefusal::AppealOver.into());
    }
    if appeal.version != seen {
        return Err(Error::Stale);
    }
    let about = about_own(it.id, staff.programme(), appeal.person_id);
    let told = match upheld {
        Some(mark) => {
            // Of a capped resit no appeal makes more than the pass mark.
            let mark = it.cap().map_or(mark, |cap| mark.min(cap));
            set(conn, &appeal, (AppealState::Upheld, Some(mark)), reason)?;
            sql_query(
                "UPDATE released_marks SET mark = $2, version = version + 1 WHERE candidate_id = $1",
            )
            .bind::<SqlUuid, _>(appeal.candidate_id)
            .bind::<Integer, _>(mark)
            .execute(conn.pg())?;
            let event = Noted::AppealUpheld {
                before: appeal.mark_before,
                after: mark,
            };
            audit::note(conn, about, &event)?;
            Told::Upheld {
                mark,
                reason: reason.to_owned(),
            }
        }
        None => {
            set(conn, &appeal, (AppealState::Dismissed, None), reason)?;
            audit::note(conn, about, &Noted::AppealDismissed)?;
            Told::Dismissed {
                reason: reason.to_owned(),
            }
        }
    };
    let reader = (&[appeal.candidate_id][..], Some(appeal.id.0));
    mail::tell_some(conn, staff, &it, reader, &told)
}
