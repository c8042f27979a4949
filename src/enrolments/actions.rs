//! Enrolling into an accepted seat, and leaving it.

use crate::db::sql_query;
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::{self, CohortStaff, OwnEnrolment, OwnOffer};
use crate::applications::rules::Event as Step;
use crate::audit::{self, About, Event};
use crate::cohorts;
use crate::cohorts::rules::CohortState;
use crate::db::{self, Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{CohortId, EnrolmentId, PersonId, ProgrammeId};
use crate::lang::format::hk_date;
use crate::mail::outbox::{self, Occasion};
use crate::offers::actions::{Floor, Held, hold, one, step_application};
use crate::offers::queries::{self as offers, Application, Offer};
use crate::people::accounts;
use crate::programmes;

use super::mail::{EnrolmentLetter, Told};
use super::queries::{self, Enrolment};
use super::rules::{
    self, EnrolRefusal, EnrolmentEvent, EnrolmentForm, EnrolmentState, TraineeNumber,
};

/// What the history keeps.
enum Happened {
    Enrolled {
        number: String,
    },
    Withdrawn {
        reason: Option<String>,
    },
    Settled {
        from: EnrolmentState,
        to: EnrolmentState,
    },
    Deferred,
    Returned,
}

impl Event for Happened {
    fn verb(&self) -> &'static str {
        match self {
            Self::Enrolled { .. } => "enrolment.enrolled",
            Self::Withdrawn { .. } => "enrolment.withdrawn",
            Self::Settled { .. } => "enrolment.settled",
            Self::Deferred => "enrolment.deferred",
            Self::Returned => "enrolment.returned",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Enrolled { number } => json!({ "number": number }),
            Self::Withdrawn { reason } => json!({ "reason": reason }),
            Self::Settled { from, to } => json!({ "from": from.as_str(), "to": to.as_str() }),
            Self::Deferred | Self::Returned => json!({}),
        }
    }
}

/// Enrols the person of an accepted offer: certificate name, consents and emergency contact are
/// kept, a trainee number is given.
///
/// # Errors
/// [`Error::Invalid`] with what is wrong with the form; [`EnrolRefusal`] when the offer was not
/// accepted, its seat was given up, or the person is enrolled already.
pub fn enrol(conn: &mut Conn<'_>, own: &OwnOffer, form: &EnrolmentForm) -> Result<EnrolmentId> {
    let pics = programmes::queries::current_pics(conn, own.programme())?;
    rules::check_form(form, pics.id).map_err(Error::Invalid)?;
    if queries::of_offer(conn, own)?.is_some() {
        return Err(EnrolRefusal::Already.into());
    }
    let id = EnrolmentId::new();
    conn.elevate(Task::Seats, |conn| {
        let held = hold(conn, own.offer())?;
        if !held.offer.holds_taken_seat() {
            return Err(EnrolRefusal::NotAccepted.into());
        }
        step_application(conn, &held.application, Step::AcceptOffer, held.now)?;
        let number = next_number(conn, &held.floor)?;
        insert(conn, id, &held, form, number)?;
        let told = Told::Enrolled {
            number: number.to_string(),
            certificate_name: form.certificate_name.trim().to_owned(),
            starts_on: held.floor.cohort.starts_on,
        };
        let event = Happened::Enrolled {
            number: number.to_string(),
        };
        tell(conn, &held.floor, (id, &held.application), told, &event)
    })?;
    consent(conn, own.programme(), form, &pics.version)?;
    Ok(id)
}

fn next_number(conn: &mut Conn<'_>, floor: &Floor) -> Result<TraineeNumber> {
    let (year, last) = queries::last_number(conn, &floor.seats, floor.cohort.starts_on)?;
    let number = TraineeNumber::new(year, last.saturating_add(1))
        .ok_or_else(|| Error::Internal(format!("no trainee number is left in {year}")))?;
    let kept = sql_query("UPDATE cohorts SET last_trainee = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(floor.cohort.id)
        .bind::<Integer, _>(i32::try_from(last.saturating_add(1)).unwrap_or(i32::MAX))
        .execute(conn.pg())?;
    one(kept)?;
    Ok(number)
}

fn insert(
    conn: &mut Conn<'_>,
    id: EnrolmentId,
    held: &Held,
    form: &EnrolmentForm,
    number: TraineeNumber,
) -> Result<()> {
    let Held {
        application, offer, ..
    } = held;
    sql_query(
        "INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, university_id, \
           employer_id, trainee_number, certificate_name, name_shown, name_sort) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(offer.cohort_id)
    .bind::<SqlUuid, _>(offer.programme_id)
    .bind::<SqlUuid, _>(offer.person_id)
    .bind::<SqlUuid, _>(application.id)
    .bind::<SqlUuid, _>(offer.id)
    .bind::<SqlUuid, _>(offer.pool_id)
    .bind::<Nullable<SqlUuid>, _>(application.university_id)
    .bind::<Nullable<SqlUuid>, _>(application.employer_id)
    .bind::<Text, _>(number.to_string())
    .bind::<Text, _>(form.certificate_name.trim())
    .bind::<Text, _>(&application.name_shown)
    .bind::<Text, _>(&application.name_sort)
    .execute(conn.pg())?;
    sql_query(
        "INSERT INTO emergency_contacts (enrolment_id, person_id, programme_id, name, relationship, phone) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(offer.person_id)
    .bind::<SqlUuid, _>(offer.programme_id)
    .bind::<Text, _>(form.contact.name.trim())
    .bind::<Text, _>(form.contact.relationship.trim())
    .bind::<Text, _>(&form.contact.phone)
    .execute(conn.pg())?;
    Ok(())
}

/// Notes what was consented to and what not, by the person themselves.
fn consent(
    conn: &mut Conn<'_>,
    programme: ProgrammeId,
    form: &EnrolmentForm,
    pics: &str,
) -> Result<()> {
    let given = [
        ("pics", pics, true),
        ("trainee_agreement", "1", form.accepts_agreement),
        ("photographs", "1", form.allows_photographs),
    ];
    for (kind, version, yes) in given {
        sql_query(
            "INSERT INTO consents (id, person_id, programme_id, kind, version, given) \
             VALUES ($1, banyan_person(), $2, $3, $4, $5)",
        )
        .bind::<SqlUuid, _>(uuid::Uuid::now_v7())
        .bind::<SqlUuid, _>(programme)
        .bind::<Text, _>(kind)
        .bind::<Text, _>(version)
        .bind::<Bool, _>(yes)
        .execute(conn.pg())?;
    }
    Ok(())
}

/// History and letter of a step.
fn tell(
    conn: &mut Conn<'_>,
    floor: &Floor,
    (id, application): (EnrolmentId, &Application),
    told: Told,
    event: &Happened,
) -> Result<()> {
    let cohort = &floor.cohort;
    let about = About::new("enrolment", id.0)
        .of(application.person_id)
        .within(cohort.programme_id);
    audit::note(conn, about, event)?;
    let to = accounts::recipient(conn, application.person_id)?;
    let letter = EnrolmentLetter {
        name: to.name.clone(),
        cohort: (cohort.name_en.clone(), cohort.name_zh.clone()),
        enrolment: id,
        told,
    };
    let occasion = Occasion {
        subject: Some(application.id.0),
        programme: Some(cohort.programme_id),
        programme_name: programmes::queries::name(conn, cohort.programme_id)?.pair(),
    };
    let key = format!("{}:{id}", event.verb());
    outbox::put(conn, &to, &letter, &occasion, &key)
}

/// The trainee leaves; the seat goes back and, while offers are out, to the next who fits.
///
/// # Errors
/// [`rules::StepRefused`].
pub fn withdraw(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<()> {
    let enrolment = queries::own(conn, own)?;
    leave(conn, &enrolment, None)
}

/// Staff record that a trainee has left, with a reason that the trainee reads.
///
/// # Errors
/// [`rules::StepRefused`]; [`Error::NotFound`] for an enrolment of another cohort.
pub fn withdraw_by_staff(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: EnrolmentId,
    reason: &str,
) -> Result<()> {
    let enrolment = queries::of_cohort(conn, staff, id)?;
    leave(conn, &enrolment, Some(reason))
}

/// Staff take an enrolment a step on that moves no seat: it begins, ends well or not, pauses.
/// Withdrawals go through [`withdraw_by_staff`], which frees the seat.
///
/// # Errors
/// [`rules::StepRefused`]; [`Error::NotFound`] for an enrolment of another cohort.
pub fn settle(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: EnrolmentId,
    event: EnrolmentEvent,
) -> Result<()> {
    settle_all(conn, staff, &[id], event)
}

/// [`settle`] of a set, each id once, in one statement for each thing that is written.
///
/// # Errors
/// As [`settle`]; then nothing is done to any of them.
pub fn settle_all(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    ids: &[EnrolmentId],
    event: EnrolmentEvent,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let found = queries::some_of_cohort(conn, staff, ids)?;
    let today = hk_date(db::now(conn)?);
    let (mut whose, mut before, mut after) = (Vec::new(), Vec::new(), Vec::new());
    let mut records = Vec::new();
    for it in &found {
        let from = it.state()?;
        let to = rules::next(from, event)?;
        whose.push(it.id);
        before.push(from.as_str());
        after.push(to.as_str());
        let about = About::new("enrolment", it.id.0)
            .of(it.person_id)
            .within(staff.programme());
        records.push((about, Happened::Settled { from, to }));
    }
    let settled = sql_query(
        "UPDATE enrolments e SET state = s.after, version = version + 1, \
           completed_on = CASE WHEN s.after = 'completed' THEN $4 END \
         FROM unnest($1, $2, $3) AS s (id, before, after) WHERE e.id = s.id AND e.state = s.before",
    )
    .bind::<Array<SqlUuid>, _>(whose)
    .bind::<Array<Text>, _>(before)
    .bind::<Array<Text>, _>(after)
    .bind::<Date, _>(today)
    .execute(conn.pg())?;
    if settled != found.len() {
        return Err(Error::Stale);
    }
    audit::note_each(conn, &records)
}

/// What a step that moves a seat works on, all of it locked.
struct Seated {
    floor: Floor,
    application: Application,
    offer: Offer,
    enrolment: Enrolment,
}

/// Locks cohort, pools, application, offer and enrolment, in this order; under [`Task::Seats`].
fn seated(conn: &mut Conn<'_>, enrolment: &Enrolment) -> Result<Seated> {
    let floor = Floor::lock(conn, enrolment.cohort_id)?;
    let application =
        offers::lock_application(conn, enrolment.cohort_id, enrolment.application_id)?;
    let offer: Offer = offers::lock_offer(conn, &floor.seats, enrolment.offer_id)?;
    let enrolment = queries::lock(conn, &floor.seats, enrolment.id)?;
    Ok(Seated {
        floor,
        application,
        offer,
        enrolment,
    })
}

/// Takes a locked enrolment a step on; returns the states before and after.
fn step(
    conn: &mut Conn<'_>,
    enrolment: &Enrolment,
    event: EnrolmentEvent,
) -> Result<(EnrolmentState, EnrolmentState)> {
    let from = enrolment.state()?;
    let to = rules::next(from, event)?;
    let stepped = sql_query(
        "UPDATE enrolments SET state = $2, version = version + 1 WHERE id = $1 AND state = $3",
    )
    .bind::<SqlUuid, _>(enrolment.id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(from.as_str())
    .execute(conn.pg())?;
    one(stepped)?;
    Ok((from, to))
}

fn leave(conn: &mut Conn<'_>, enrolment: &Enrolment, reason: Option<&str>) -> Result<()> {
    conn.elevate(Task::Seats, |conn| {
        let mut held = seated(conn, enrolment)?;
        let now = db::now(conn)?;
        let (from, to) = step(conn, &held.enrolment, EnrolmentEvent::Withdraw)?;
        let told = Told::Left {
            reason: reason.map(str::to_owned),
        };
        let event = Happened::Withdrawn {
            reason: reason.map(str::to_owned),
        };
        let whose = (held.enrolment.id, &held.application);
        tell(conn, &held.floor, whose, told, &event)?;
        if rules::holds_seat(from) && !rules::holds_seat(to) {
            held.floor.vacate(conn, &held.offer, now)?;
            held.floor.fill(conn, now)?;
        }
        Ok(())
    })
}

fn about(floor: &Floor, enrolment: &Enrolment) -> About {
    About::new("enrolment", enrolment.id.0)
        .of(enrolment.person_id)
        .within(floor.cohort.programme_id)
}

fn is_over(state: CohortState) -> bool {
    match state {
        CohortState::Completed | CohortState::Archived | CohortState::Cancelled => true,
        CohortState::Planned
        | CohortState::Open
        | CohortState::Reviewing
        | CohortState::Offering
        | CohortState::Running => false,
    }
}

#[derive(QueryableByName)]
struct Begun {
    #[diesel(sql_type = SqlUuid)]
    id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
}

/// Everybody enrolled in a cohort that has started begins to take part; under [`Task::Seats`]. Run again
/// it finds nobody.
///
/// # Errors
/// The database's.
pub fn begin(conn: &mut Conn<'_>, cohort: CohortId) -> Result<()> {
    let seats = access::working(conn, Task::Seats)?;
    let cohort = cohorts::queries::lock_for_seats(conn, &seats, cohort)?;
    if cohort.state()? != CohortState::Running {
        return Ok(());
    }
    let from = EnrolmentState::Enrolled;
    let to = rules::next(from, EnrolmentEvent::Activate)?;
    let begun: Vec<Begun> = sql_query(
        "UPDATE enrolments SET state = $2, version = version + 1 WHERE cohort_id = $1 AND state = $3 \
         RETURNING id, person_id",
    )
    .bind::<SqlUuid, _>(cohort.id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(from.as_str())
    .load(conn.pg())?;
    for it in begun {
        let about = About::new("enrolment", it.id.0)
            .of(it.person_id)
            .within(cohort.programme_id);
        audit::note(conn, about, &Happened::Settled { from, to })?;
    }
    Ok(())
}

/// A trainee is deferred: the seat goes back and, while offers are out, to the next who fits. The letter
/// is written by whoever grants it.
///
/// # Errors
/// [`rules::StepRefused`]; [`Error::NotFound`] for an enrolment of another cohort.
pub fn defer(conn: &mut Conn<'_>, staff: &CohortStaff, id: EnrolmentId) -> Result<()> {
    let enrolment = queries::of_cohort(conn, staff, id)?;
    conn.elevate(Task::Seats, |conn| {
        let mut held = seated(conn, &enrolment)?;
        let now = db::now(conn)?;
        step(conn, &held.enrolment, EnrolmentEvent::Defer)?;
        audit::note(
            conn,
            about(&held.floor, &held.enrolment),
            &Happened::Deferred,
        )?;
        held.floor.vacate(conn, &held.offer, now)?;
        held.floor.fill(conn, now)?;
        Ok(())
    })
}

/// A deferred trainee comes back into a free seat of the pool that the first one came from.
///
/// # Errors
/// [`EnrolRefusal::CohortOver`]; [`rules::StepRefused`]; [`crate::cohorts::rules::seats::SeatRefusal`] without a free seat;
/// [`Error::NotFound`] for an enrolment of another cohort.
pub fn take_back(conn: &mut Conn<'_>, staff: &CohortStaff, id: EnrolmentId) -> Result<()> {
    let enrolment = queries::of_cohort(conn, staff, id)?;
    conn.elevate(Task::Seats, |conn| {
        let held = seated(conn, &enrolment)?;
        let today = hk_date(db::now(conn)?);
        if today > held.floor.cohort.ends_on || is_over(held.floor.cohort.state()?) {
            return Err(EnrolRefusal::CohortOver.into());
        }
        step(conn, &held.enrolment, EnrolmentEvent::Return)?;
        held.floor.reoccupy(conn, &held.offer)?;
        audit::note(
            conn,
            about(&held.floor, &held.enrolment),
            &Happened::Returned,
        )
    })
}
