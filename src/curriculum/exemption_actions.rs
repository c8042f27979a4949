//! Asking for an exemption, taking it back, deciding.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Integer, Text, Uuid as SqlUuid};
use diesel::{Connection as _, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::{self, OwnEnrolment, ProgrammeStaff};
use crate::audit::{self, About, Event};
use crate::db::{Conn, sql_query};
use crate::enrolments::queries as enrolments;
use crate::enrolments::rules::EnrolmentState;
use crate::error::{Error, Result};
use crate::files;
use crate::files::queries::NewFile;
use crate::ids::{ExemptionId, ModuleId};
use crate::mail::outbox::{self, Occasion};
use crate::people::accounts;
use crate::programmes;

use super::exemption_queries::{self as queries, Exemption};
use super::mail::ExemptionLetter;
use super::queries::book;
use super::rules::exemption::{Decision, ExemptionEvent, ExemptionRefusal, ExemptionState, next};

/// What happened to a request. Its words stay with the request: the history names the module alone.
struct Happened<'a> {
    verb: &'static str,
    code: &'a str,
    confidential: bool,
}

impl Event for Happened<'_> {
    fn verb(&self) -> &'static str {
        self.verb
    }

    fn details(&self) -> Value {
        json!({ "code": self.code })
    }

    fn confidential(&self) -> bool {
        self.confidential
    }
}

fn told<'a>(verb: &'static str, code: &'a str) -> Happened<'a> {
    Happened {
        verb,
        code,
        confidential: false,
    }
}

/// May this trainee ask for an exemption now?
///
/// # Errors
/// [`ExemptionRefusal::NotTrainee`].
pub fn may_ask(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<()> {
    takes_part(enrolments::own(conn, own)?.state()?)
}

fn takes_part(state: EnrolmentState) -> Result<()> {
    match state {
        EnrolmentState::Enrolled | EnrolmentState::Active => Ok(()),
        EnrolmentState::Completed
        | EnrolmentState::Withdrawn
        | EnrolmentState::Failed
        | EnrolmentState::Deferred
        | EnrolmentState::Suspended => Err(ExemptionRefusal::NotTrainee.into()),
    }
}

/// Asks for exemption from a module, with a statement and a stored file as evidence; returns its id.
///
/// # Errors
/// [`ExemptionRefusal`]; [`Error::Invalid`] for a module that is not the programme's.
pub fn ask(
    conn: &mut Conn<'_>,
    own: &OwnEnrolment,
    module: ModuleId,
    statement: &str,
    evidence: &NewFile<'_>,
) -> Result<ExemptionId> {
    may_ask(conn, own)?;
    let book = book(conn, own.programme())?;
    let Some(module) = book.module(module).filter(|it| it.published) else {
        return Err(Error::field("module", "choice", |lang| {
            lang.form_choice().to_owned()
        }));
    };
    let whose = access::own(conn)?;
    let file = files::queries::insert(conn, &whose, evidence)?;
    let id = ExemptionId::new();
    let made = conn.pg().transaction(|pg| {
        sql_query(
            "INSERT INTO exemptions (id, programme_id, cohort_id, enrolment_id, person_id, module_id, statement, evidence_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(own.programme())
        .bind::<SqlUuid, _>(own.cohort())
        .bind::<SqlUuid, _>(own.enrolment())
        .bind::<SqlUuid, _>(own.person())
        .bind::<SqlUuid, _>(module.id)
        .bind::<Text, _>(statement)
        .bind::<SqlUuid, _>(file)
        .execute(pg)
    });
    match made {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(ExemptionRefusal::Already.into());
        }
        other => _ = other?,
    }
    let about = About::new("exemption", id.0)
        .of(own.person())
        .within(own.programme());
    audit::note(conn, about, &told("exemption.asked", &module.code))?;
    Ok(id)
}

/// The trainee takes a request back.
///
/// # Errors
/// [`super::rules::exemption::ExemptionStepRefused`]; [`Error::NotFound`].
pub fn withdraw(conn: &mut Conn<'_>, own: &OwnEnrolment, id: ExemptionId) -> Result<()> {
    let it = queries::own_one(conn, own, id)?;
    let to = next(it.state()?, ExemptionEvent::Withdraw)?;
    let done = sql_query(
        "UPDATE exemptions SET state = $2, version = version + 1 WHERE id = $1 AND state = 'requested'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(to.as_str())
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    let about = About::new("exemption", id.0)
        .of(own.person())
        .within(own.programme());
    audit::note(conn, about, &told("exemption.withdrawn", &it.code))
}

fn about(staff: &ProgrammeStaff, it: &Exemption) -> About {
    About::new("exemption", it.id.0)
        .of(it.person_id)
        .within(staff.programme())
}

/// Drafts the decision: nobody but the office sees it. `seen` is the version of the draft that the
/// editor saw, 0 when there was none.
///
/// # Errors
/// [`super::rules::exemption::ExemptionStepRefused`] when it is decided or withdrawn;
/// [`Error::Stale`]; [`Error::NotFound`].
pub fn draft(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: ExemptionId,
    seen: i32,
    (decision, reason): (Decision, &str),
) -> Result<()> {
    queries::lock(conn, staff, id)?;
    let it = queries::find(conn, staff, id)?;
    next(it.state()?, event(decision))?;
    let standing = queries::case(conn, staff, id)?;
    if standing.as_ref().map_or(0, |case| case.version) != seen {
        return Err(Error::Stale);
    }
    let sql = if standing.is_some() {
        "UPDATE exemption_cases SET decision = $3, reason = $4, decided_by = $5, version = version + 1 \
         WHERE exemption_id = $1 AND programme_id = $2"
    } else {
        "INSERT INTO exemption_cases (exemption_id, programme_id, decision, reason, decided_by) VALUES ($1, $2, $3, $4, $5)"
    };
    sql_query(sql)
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<Text, _>(decision.as_str())
        .bind::<Text, _>(reason)
        .bind::<SqlUuid, _>(staff.person())
        .execute(conn.pg())?;
    let drafted = Happened {
        verb: "exemption.drafted",
        code: &it.code,
        confidential: true,
    };
    audit::note(conn, about(staff, &it), &drafted)
}

fn event(decision: Decision) -> ExemptionEvent {
    match decision {
        Decision::Grant => ExemptionEvent::Grant,
        Decision::Refuse => ExemptionEvent::Refuse,
    }
}

/// Makes the drafted decision: the trainee sees it and is written to. `seen` is the version of the
/// draft that was confirmed.
///
/// # Errors
/// [`ExemptionRefusal::NoDecision`]; as [`draft`].
pub fn decide(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: ExemptionId,
    seen: i32,
) -> Result<ExemptionState> {
    queries::lock(conn, staff, id)?;
    let it = queries::find(conn, staff, id)?;
    let case = queries::case(conn, staff, id)?.ok_or(ExemptionRefusal::NoDecision)?;
    let decision = case.decision()?;
    let to = next(it.state()?, event(decision))?;
    if case.version != seen {
        return Err(Error::Stale);
    }
    if decision == Decision::Grant {
        let state = EnrolmentState::parse(&it.enrolment_state)
            .ok_or_else(|| Error::Internal(format!("enrolment state {}", it.enrolment_state)))?;
        takes_part(state)?;
    }
    let done = sql_query(
        "UPDATE exemptions SET state = $2, reason = $3, decided_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND state = 'requested' AND version = $4",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(&case.reason)
    .bind::<Integer, _>(it.version)
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    let verb = match decision {
        Decision::Grant => "exemption.granted",
        Decision::Refuse => "exemption.refused",
    };
    audit::note(conn, about(staff, &it), &told(verb, &it.code))?;
    write_to(conn, staff, &it, decision, &case.reason)?;
    Ok(to)
}

fn write_to(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    it: &Exemption,
    decision: Decision,
    reason: &str,
) -> Result<()> {
    let to = accounts::recipient(conn, it.person_id)?;
    let letter = ExemptionLetter {
        name: to.name.clone(),
        code: it.code.clone(),
        module: (it.module_en.clone(), it.module_zh.clone()),
        enrolment: it.enrolment_id,
        decision,
        reason: reason.to_owned(),
    };
    let occasion = Occasion {
        subject: Some(it.id.0),
        programme: Some(staff.programme()),
        programme_name: programmes::queries::name(conn, staff.programme())?.pair(),
    };
    outbox::put(
        conn,
        &to,
        &letter,
        &occasion,
        &format!("exemption:{}", it.id),
    )
}
