//! Asking for a break or a deferral, taking it back, deciding, coming back.

use chrono::{Days, NaiveDate};
use diesel::Connection as _;
use diesel::RunQueryDsl;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Date, Integer, Text, Uuid as SqlUuid};

use crate::access::{self, CohortStaff, OwnEnrolment};
use crate::audit::{self, About};
use crate::cohorts;
use crate::db::{self, Conn, Task, sql_query};
use crate::enrolments::actions::{defer, take_back};
use crate::enrolments::queries as enrolments;
use crate::enrolments::rules::EnrolmentState;
use crate::error::{Error, Result};
use crate::ids::{BreakId, CohortId, EnrolmentId, PersonId, ProgrammeId};
use crate::lang::format::hk_date;

use super::super::events::Noted;
use super::super::mail::{Told, tell};
use super::super::queries::{self, Pause};
use super::super::rules::ProgressRefusal;
use super::super::rules::breaks::{
    BreakEvent, BreakKind, BreakState, Span, next, problems, return_problem,
};

/// What a trainee asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// A break, or a deferral.
    pub kind: BreakKind,
    /// The days.
    pub span: Span,
    /// Why.
    pub reason: String,
}

pub(super) fn about(id: BreakId, person: PersonId, programme: ProgrammeId) -> About {
    About::new("learning_break", id.0)
        .of(person)
        .within(programme)
}

fn takes_part(state: EnrolmentState) -> Result<()> {
    match state {
        EnrolmentState::Enrolled | EnrolmentState::Active => Ok(()),
        EnrolmentState::Completed
        | EnrolmentState::Withdrawn
        | EnrolmentState::Failed
        | EnrolmentState::Deferred
        | EnrolmentState::Suspended => Err(ProgressRefusal::NotTrainee.into()),
    }
}

/// May this trainee ask for a pause now?
///
/// # Errors
/// [`ProgressRefusal::NotTrainee`].
pub fn may_ask(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<()> {
    takes_part(enrolments::own(conn, own)?.state()?)
}

/// Locks a trainee's cohort, then their enrolment: what is asked for and what is decided wait for each
/// other, in the order of every step that moves a seat.
fn lock_own(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<()> {
    conn.elevate(Task::Seats, |conn| {
        let seats = access::working(conn, Task::Seats)?;
        cohorts::queries::lock_for_seats(conn, &seats, own.cohort())?;
        enrolments::lock(conn, &seats, own.enrolment()).map(|_locked| ())
    })
}

/// Judges the days of a request against those of the cohort.
fn judged(conn: &mut Conn<'_>, cohort: CohortId, days: &Span) -> Result<()> {
    let cohort = cohorts::queries::published(conn, cohort)?;
    let classes = Span {
        from: cohort.starts_on,
        to: cohort.ends_on,
    };
    let problems = problems(days, &classes);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(problems))
    }
}

/// Refuses days that meet another pause of the same trainee than this one.
fn clear(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (enrolment, but): (EnrolmentId, Option<BreakId>),
    days: Span,
    today: NaiveDate,
) -> Result<()> {
    for other in queries::pauses_of(conn, staff, enrolment)? {
        let frozen = queries::frozen_days(&other, today)?;
        if Some(other.id) != but && frozen.is_some_and(|it| it.overlaps(&days)) {
            return Err(ProgressRefusal::Overlaps.into());
        }
    }
    Ok(())
}

/// The trainee asks for a pause; returns its id.
///
/// # Errors
/// [`ProgressRefusal`] when the trainee takes no part, another request waits or the days meet another
/// break; [`Error::Invalid`] for days in the wrong order.
pub fn ask(conn: &mut Conn<'_>, own: &OwnEnrolment, asked: &Asked) -> Result<BreakId> {
    judged(conn, own.cohort(), &asked.span)?;
    lock_own(conn, own)?;
    may_ask(conn, own)?;
    let today = hk_date(db::now(conn)?);
    for pause in queries::pauses_own(conn, own)? {
        let meets = queries::frozen_days(&pause, today)?.is_some_and(|it| it.overlaps(&asked.span));
        if meets {
            return Err(ProgressRefusal::Overlaps.into());
        }
    }
    let id = BreakId::new();
    let made = conn.pg().transaction(|pg| {
        sql_query(
            "INSERT INTO learning_breaks (id, programme_id, cohort_id, enrolment_id, person_id, kind, starts_on, ends_on, reason) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(own.programme())
        .bind::<SqlUuid, _>(own.cohort())
        .bind::<SqlUuid, _>(own.enrolment())
        .bind::<SqlUuid, _>(own.person())
        .bind::<Text, _>(asked.kind.as_str())
        .bind::<Date, _>(asked.span.from)
        .bind::<Date, _>(asked.span.to)
        .bind::<Text, _>(&asked.reason)
        .execute(pg)
    });
    match made {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(ProgressRefusal::Asked.into());
        }
        other => _ = other?,
    }
    let noted = Noted::Pause {
        verb: "break.asked",
        kind: asked.kind.as_str(),
    };
    audit::note(conn, about(id, own.person(), own.programme()), &noted)?;
    Ok(id)
}

/// The office enters a pause for a trainee who has not asked for it: granted at once, with the reason that
/// the trainee reads in a letter. A deferral gives the seat back. Returns its id.
///
/// # Errors
/// [`ProgressRefusal`] when the trainee takes no part, a request of theirs waits, the days meet another
/// pause, or a deferral has not come to its first day; [`Error::Invalid`] for days in the wrong order;
/// [`Error::NotFound`].
pub fn enter(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    enrolment: EnrolmentId,
    asked: &Asked,
) -> Result<BreakId> {
    queries::lock(conn, staff, &[enrolment])?;
    let trainee = enrolments::of_cohort(conn, staff, enrolment)?;
    judged(conn, staff.cohort(), &asked.span)?;
    takes_part(trainee.state()?)?;
    let today = hk_date(db::now(conn)?);
    let waits = BreakState::Asked.as_str();
    let before = queries::pauses_of(conn, staff, enrolment)?;
    if before.iter().any(|it| it.state == waits) {
        return Err(ProgressRefusal::Asked.into());
    }
    clear(conn, staff, (enrolment, None), asked.span, today)?;
    if asked.kind == BreakKind::Deferral {
        if today < asked.span.from {
            return Err(ProgressRefusal::NotYet.into());
        }
        defer(conn, staff, enrolment)?;
    }
    let (id, person) = (BreakId::new(), trainee.person_id);
    sql_query(
        "INSERT INTO learning_breaks (id, programme_id, cohort_id, enrolment_id, person_id, kind, starts_on, ends_on, reason, state, \
           decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'granted', banyan_now())",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(enrolment)
    .bind::<SqlUuid, _>(person)
    .bind::<Text, _>(asked.kind.as_str())
    .bind::<Date, _>(asked.span.from)
    .bind::<Date, _>(asked.span.to)
    .bind::<Text, _>(&asked.reason)
    .execute(conn.pg())?;
    let noted = Noted::Pause {
        verb: "break.entered",
        kind: asked.kind.as_str(),
    };
    audit::note(conn, about(id, person, staff.programme()), &noted)?;
    let told = Told::Entered(asked.kind, asked.span, asked.reason.clone());
    tell(conn, staff, (person, enrolment), &told, &id.to_string())?;
    Ok(id)
}

/// The trainee takes a request back.
///
/// # Errors
/// [`super::super::rules::breaks::BreakStepRefused`]; [`Error::NotFound`].
pub fn withdraw(conn: &mut Conn<'_>, own: &OwnEnrolment, id: BreakId) -> Result<()> {
    let it = queries::pause_own(conn, own, id)?;
    let to = next(it.state()?, BreakEvent::Withdraw)?;
    let done = sql_query(
        "UPDATE learning_breaks SET state = $2, version = version + 1 WHERE id = $1 AND state = 'asked'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(to.as_str())
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    let noted = Noted::Pause {
        verb: "break.withdrawn",
        kind: &it.kind,
    };
    audit::note(conn, about(id, own.person(), own.programme()), &noted)
}

/// A request, after its cohort, its enrolment and itself are locked.
fn locked(conn: &mut Conn<'_>, staff: &CohortStaff, id: BreakId) -> Result<Pause> {
    let it = queries::pause(conn, staff, id)?;
    queries::lock(conn, staff, &[it.enrolment_id])?;
    queries::lock_pause(conn, staff, id)?;
    queries::pause(conn, staff, id)
}

/// The office grants or refuses a request, with an answer that the trainee reads. A deferral gives the
/// seat back, and the next who fits is offered it while offers are out.
///
/// # Errors
/// [`super::super::rules::breaks::BreakStepRefused`] when it is answered already; [`Error::Stale`] when
/// `seen` is not its version; [`ProgressRefusal`] when the trainee takes no part, the days meet another
/// pause by now, or a deferral has not come to its first day.
pub fn decide(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, seen): (BreakId, i32),
    grant: bool,
    answer: &str,
) -> Result<()> {
    let it = locked(conn, staff, id)?;
    let event = if grant {
        BreakEvent::Grant
    } else {
        BreakEvent::Refuse
    };
    let to = next(it.state()?, event)?;
    if grant {
        let enrolment = enrolments::of_cohort(conn, staff, it.enrolment_id)?;
        takes_part(enrolment.state()?)?;
        let today = hk_date(db::now(conn)?);
        let whose = (it.enrolment_id, Some(id));
        clear(conn, staff, whose, it.span(), today)?;
        if it.kind()? == BreakKind::Deferral {
            if today < it.starts_on {
                return Err(ProgressRefusal::NotYet.into());
            }
            defer(conn, staff, it.enrolment_id)?;
        }
    }
    let done = sql_query(
        "UPDATE learning_breaks SET state = $3, answer = $4, decided_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND version = $2 AND state = 'asked'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(seen)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(answer)
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    let (verb, told) = if grant {
        let told = Told::Granted(it.kind()?, it.span(), answer.to_owned());
        ("break.granted", told)
    } else {
        let told = Told::Refused(it.kind()?, answer.to_owned());
        ("break.refused", told)
    };
    let noted = Noted::Pause {
        verb,
        kind: &it.kind,
    };
    let whose = about(id, it.person_id, staff.programme());
    audit::note(conn, whose, &noted)?;
    let whom = (it.person_id, it.enrolment_id);
    tell(conn, staff, whom, &told, &id.to_string())
}

/// The trainee takes part again from this day: what was frozen ends on the eve. Who was deferred takes a
/// free seat of the cohort.
///
/// # Errors
/// [`super::super::rules::breaks::BreakStepRefused`]; [`ProgressRefusal::NotBegun`] for a day before the
/// pause; [`Error::Invalid`] for a day after a break has ended by itself, or a deferral's that lies ahead;
/// [`ProgressRefusal::Overlaps`]; [`crate::cohorts::rules::seats::SeatRefusal`] without a free seat; [`Error::Stale`].
pub fn come_back(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, seen): (BreakId, i32),
    on: NaiveDate,
) -> Result<()> {
    let it: Pause = locked(conn, staff, id)?;
    let to: BreakState = next(it.state()?, BreakEvent::Return)?;
    if on < it.starts_on {
        return Err(ProgressRefusal::NotBegun.into());
    }
    let (kind, today) = (it.kind()?, hk_date(db::now(conn)?));
    if let Some(problem) = return_problem(kind, &it.span(), on, today) {
        return Err(Error::Invalid(vec![problem]));
    }
    let eve = on.checked_sub_days(Days::new(1)).unwrap_or(on);
    let days = Span {
        from: it.starts_on,
        to: eve,
    };
    clear(conn, staff, (it.enrolment_id, Some(id)), days, today)?;
    match kind {
        BreakKind::Deferral => take_back(conn, staff, it.enrolment_id)?,
        BreakKind::Break => {
            takes_part(enrolments::of_cohort(conn, staff, it.enrolment_id)?.state()?)?;
        }
    }
    let done = sql_query(
        "UPDATE learning_breaks SET state = $3, ends_on = $4, version = version + 1 \
         WHERE id = $1 AND version = $2 AND state = 'granted'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(seen)
    .bind::<Text, _>(to.as_str())
    .bind::<Date, _>(eve)
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    let noted = Noted::Pause {
        verb: "break.returned",
        kind: &it.kind,
    };
    let whose = about(id, it.person_id, staff.programme());
    audit::note(conn, whose, &noted)?;
    let whom = (it.person_id, it.enrolment_id);
    tell(conn, staff, whom, &Told::Returned(on), &id.to_string())
}
