//! Later due times: asked for by the trainee, decided or given by the office.

use chrono::{DateTime, Days, NaiveDate, Utc};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Integer, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{Connection as _, RunQueryDsl};

use crate::access::{CohortStaff, Own};
use crate::audit;
use crate::cohorts::queries as cohorts;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{AssessmentId, CandidateId, ExtensionId};
use crate::lang::format::{date, hk_date};

use super::super::events::{Noted, about_own};
use super::super::mail::{self, Told};
use super::super::queries::{self, Assessment, Extension, Line};
use super::super::rules::late::{days_late, penalty};
use super::super::rules::{AssessmentRefusal, AssessmentState, ExtensionState};
use super::now;

/// While it is open or being marked, due times can move.
fn movable(it: &Assessment) -> Result<()> {
    match it.state()? {
        AssessmentState::Open | AssessmentState::Marking => Ok(()),
        AssessmentState::Planned => Err(AssessmentRefusal::NotOpenYet.into()),
        AssessmentState::Moderated | AssessmentState::Released => {
            Err(AssessmentRefusal::NotMarking.into())
        }
    }
}

/// Days after the due time for which a trainee may ask in any case.
const ALWAYS: Days = Days::new(30);

/// Days after the due time for which the office may grant: a break in learning is no longer than a year.
const MOST: Days = Days::new(366);

/// The last day for which a trainee may ask: that of the cohort's classes, or some days after the due time.
fn last_day(conn: &mut Conn<'_>, it: &Assessment) -> Result<NaiveDate> {
    let cohort = cohorts::published(conn, it.cohort_id)?;
    let due = hk_date(it.due_at);
    let after = due.checked_add_days(ALWAYS).unwrap_or(due);
    Ok(after.max(cohort.ends_on))
}

fn not_after(until: DateTime<Utc>, last: NaiveDate) -> Result<()> {
    if hk_date(until) <= last {
        return Ok(());
    }
    Err(Error::field("until_at", "range", |lang| {
        lang.asm_until_end(&date(lang, last))
    }))
}

/// Asks for a later due time; returns the request's id.
///
/// # Errors
/// [`AssessmentRefusal`]: a request is open, the time is not later, work was handed in after the due
/// time, or it is over.
pub fn ask_extension(
    conn: &mut Conn<'_>,
    own: &Own,
    candidate: CandidateId,
    until: DateTime<Utc>,
    reason: &str,
) -> Result<ExtensionId> {
    let it = queries::own_one(conn, own, candidate)?;
    queries::lock_shared(conn, it.assessment.id, candidate)?;
    let it = queries::own_one(conn, own, candidate)?;
    movable(&it.assessment)?;
    let now = now(conn)?;
    let times = it.assessment.times(it.extended_to);
    if until <= times.due_at {
        return Err(AssessmentRefusal::NotLater.into());
    }
    not_after(until, last_day(conn, &it.assessment)?)?;
    if now > times.hard_end() {
        return Err(AssessmentRefusal::TooLate.into());
    }
    if now > times.due_at && it.standing().is_some() {
        return Err(AssessmentRefusal::HandedIn.into());
    }
    let id = ExtensionId::new();
    let made = conn.pg().transaction(|pg| {
        sql_query(
            "INSERT INTO assessment_extensions (id, programme_id, cohort_id, assessment_id, candidate_id, person_id, reason, \
               until_at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'requested')",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(it.programme_id)
        .bind::<SqlUuid, _>(it.cohort_id)
        .bind::<SqlUuid, _>(it.assessment.id)
        .bind::<SqlUuid, _>(candidate)
        .bind::<SqlUuid, _>(own.person())
        .bind::<Text, _>(reason)
        .bind::<Timestamptz, _>(until)
        .execute(pg)
    });
    match made {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(AssessmentRefusal::AskedAlready.into());
        }
        other => _ = other?,
    }
    let about = about_own(it.assessment.id, it.programme_id, own.person());
    audit::note(conn, about, &Noted::ExtensionAsked)?;
    Ok(id)
}

fn set(
    conn: &mut Conn<'_>,
    it: &Extension,
    to: ExtensionState,
    note: &str,
    until: DateTime<Utc>,
) -> Result<()> {
    let done = sql_query(
        "UPDATE assessment_extensions SET state = $2, note = $3, until_at = $4, decided_at = banyan_now(), \
           version = version + 1 WHERE id = $1 AND state = 'requested' AND version = $5",
    )
    .bind::<SqlUuid, _>(it.id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(note)
    .bind::<Timestamptz, _>(until)
    .bind::<Integer, _>(it.version)
    .execute(conn.pg())?;
    if done == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// The trainee takes a request back.
///
/// # Errors
/// [`AssessmentRefusal::RequestOver`]; [`Error::NotFound`].
pub fn withdraw_extension(
    conn: &mut Conn<'_>,
    own: &Own,
    candidate: CandidateId,
    id: ExtensionId,
) -> Result<()> {
    let it = queries::own_one(conn, own, candidate)?;
    let request = queries::own_extensions(conn, own, candidate)?
        .into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)?;
    if request.state()? != ExtensionState::Requested {
        return Err(AssessmentRefusal::RequestOver.into());
    }
    set(
        conn,
        &request,
        ExtensionState::Withdrawn,
        "",
        request.until_at,
    )?;
    let about = about_own(it.assessment.id, it.programme_id, own.person());
    audit::note(conn, about, &Noted::ExtensionWithdrawn)
}

/// Moves a trainee's due time. Work that is before the markers already is not replaced any more: its
/// lateness is counted anew.
fn extend(
    conn: &mut Conn<'_>,
    it: &Assessment,
    (line, until): (&Line, DateTime<Utc>),
) -> Result<()> {
    sql_query("UPDATE assessment_candidates SET extended_to = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(line.id)
        .bind::<Timestamptz, _>(until)
        .execute(conn.pg())?;
    if let (Some(script), Some(at)) = (line.script_id, line.submitted_at) {
        let late = days_late(it.times(Some(until)).due_at, at);
        sql_query(
            "UPDATE scripts SET days_late = $2, penalty = $3, version = version + 1 WHERE id = $1",
        )
        .bind::<SqlUuid, _>(script)
        .bind::<Integer, _>(late)
        .bind::<Integer, _>(penalty(&it.late(), late))
        .execute(conn.pg())?;
    }
    Ok(())
}

/// The trainee, and the time that is granted: later than the one that holds for them or, to mend a slip,
/// earlier than it but still to come. Where their work is before the markers, it is at most now.
fn later(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    it: &Assessment,
    candidate: CandidateId,
    until: DateTime<Utc>,
) -> Result<(Line, DateTime<Utc>)> {
    let line = queries::line(conn, staff, it.id, candidate)?;
    let collected = line.submission_id.is_some() && line.script_id.is_some();
    let until = if collected {
        until.min(now(conn)?)
    } else {
        until
    };
    let (holds, now) = (it.times(line.extended_to).due_at, now(conn)?);
    let shorter = until < holds && until > it.due_at.max(now);
    if until <= holds && !shorter {
        return Err(AssessmentRefusal::NotLater.into());
    }
    let due = hk_date(it.due_at);
    not_after(until, due.checked_add_days(MOST).unwrap_or(due))?;
    Ok((line, until))
}

/// Decides a request, and writes to the trainee. What is granted may be another time than was asked for.
///
/// # Errors
/// [`AssessmentRefusal`]: over already, or not later; [`Error::Stale`] for another version.
pub fn decide_extension(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (assessment, id, seen): (AssessmentId, ExtensionId, i32),
    grant: Option<DateTime<Utc>>,
    note: &str,
) -> Result<()> {
    queries::lock(conn, assessment)?;
    let it = queries::find(conn, staff, assessment)?;
    let request = queries::extension(conn, staff, assessment, id)?;
    if request.state()? != ExtensionState::Requested {
        return Err(AssessmentRefusal::RequestOver.into());
    }
    if request.version != seen {
        return Err(Error::Stale);
    }
    let about = about_own(it.id, staff.programme(), request.person_id);
    let reader = (&[request.candidate_id][..], Some(request.id.0));
    match grant {
        Some(until) => {
            movable(&it)?;
            let (line, until) = later(conn, staff, &it, request.candidate_id, until)?;
            set(conn, &request, ExtensionState::Granted, note, until)?;
            extend(conn, &it, (&line, until))?;
            audit::note(conn, about, &Noted::ExtensionGranted { until })?;
            let told = Told::Extended {
                until,
                note: note.to_owned(),
            };
            mail::tell_some(conn, staff, &it, reader, &told)
        }
        None => {
            set(
                conn,
                &request,
                ExtensionState::Refused,
                note,
                request.until_at,
            )?;
            audit::note(conn, about, &Noted::ExtensionRefused)?;
            let told = Told::NotExtended {
                note: note.to_owned(),
            };
            mail::tell_some(conn, staff, &it, reader, &told)
        }
    }
}

/// Gives a trainee a later due time unasked, and writes to them.
///
/// # Errors
/// [`AssessmentRefusal::NotLater`] and the like.
pub fn give_extension(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    assessment: AssessmentId,
    candidate: CandidateId,
    (until, note): (DateTime<Utc>, &str),
) -> Result<()> {
    queries::lock(conn, assessment)?;
    let it = queries::find(conn, staff, assessment)?;
    movable(&it)?;
    let (line, until) = later(conn, staff, &it, candidate, until)?;
    let (id, person) = (ExtensionId::new(), line.person_id);
    sql_query(
        "INSERT INTO assessment_extensions (id, programme_id, cohort_id, assessment_id, candidate_id, person_id, reason, \
           until_at, state, note, decided_at) VALUES ($1, $2, $3, $4, $5, $6, '', $7, 'granted', $8, banyan_now())",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(assessment)
    .bind::<SqlUuid, _>(candidate)
    .bind::<SqlUuid, _>(person)
    .bind::<Timestamptz, _>(until)
    .bind::<Text, _>(note)
    .execute(conn.pg())?;
    extend(conn, &it, (&line, until))?;
    let about = about_own(assessment, staff.programme(), person);
    audit::note(conn, about, &Noted::ExtensionGranted { until })?;
    let told = Told::Extended {
        until,
        note: note.to_owned(),
    };
    mail::tell_some(conn, staff, &it, (&[candidate], Some(id.0)), &told)
}
