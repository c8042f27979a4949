//! Apologies: sent beforehand, taken back, decided.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Integer, Nullable, Text, Uuid as SqlUuid};
use diesel::{Connection as _, OptionalExtension as _, QueryableByName, RunQueryDsl};

use crate::access::{self, CohortStaff, Own, OwnEnrolment};
use crate::audit::{self, About};
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::files;
use crate::files::queries::NewFile;
use crate::ids::{ApologyId, ClassId, RecordId};
use crate::lang::Lang;

use super::super::events::{Noted, about as about_session};
use super::super::mail::{self, Told};
use super::super::queries::{self, Apology};
use super::super::rules::form::Entry;
use super::super::rules::{ApologyState, AttendanceRefusal, Presence, Verdict, may_apologise};

fn about(it: &Apology, programme: crate::ids::ProgrammeId) -> About {
    About::new("apology", it.id.0)
        .of(it.person_id)
        .within(programme)
}

/// A trainee says beforehand why they cannot come; a stored file may be the evidence.
///
/// # Errors
/// [`AttendanceRefusal`]; [`Error::NotFound`] for a session of others.
pub fn send(
    conn: &mut Conn<'_>,
    own: &OwnEnrolment,
    class: ClassId,
    reason: &str,
    evidence: Option<&NewFile<'_>>,
) -> Result<ApologyId> {
    let whose = access::own(conn)?;
    let session = conn.elevate(Task::Attendance, |conn| {
        let task = access::working(conn, Task::Attendance)?;
        let session = queries::lock(conn, &task, class, false)?;
        let row = queries::row_of(conn, &task, &whose, &session)?;
        let mine = row.is_some_and(|it| it.enrolment_id == own.enrolment());
        if session.published && mine {
            Ok(session)
        } else {
            Err(Error::NotFound)
        }
    })?;
    let now = db::now(conn)?;
    if session.cancelled() {
        return Err(AttendanceRefusal::Cancelled.into());
    }
    let grace = queries::policy_of(conn, own)?.apology_grace;
    may_apologise(session.starts_at, grace, now)?;
    let file = match evidence {
        Some(file) => Some(files::queries::insert(conn, &whose, file)?),
        None => None,
    };
    let id = ApologyId::new();
    let made = conn.pg().transaction(|pg| {
        sql_query(
            "INSERT INTO apologies (id, programme_id, cohort_id, session_id, enrolment_id, person_id, reason, evidence_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(session.programme_id)
        .bind::<SqlUuid, _>(session.cohort_id)
        .bind::<SqlUuid, _>(class)
        .bind::<SqlUuid, _>(own.enrolment())
        .bind::<SqlUuid, _>(own.person())
        .bind::<Text, _>(reason)
        .bind::<Nullable<SqlUuid>, _>(file)
        .execute(pg)
    });
    match made {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(AttendanceRefusal::Already.into());
        }
        other => _ = other?,
    }
    let about = About::new("apology", id.0)
        .of(own.person())
        .within(session.programme_id);
    audit::note(conn, about, &Noted::ApologySent)?;
    Ok(id)
}

/// The trainee takes it back, as long as nobody has decided.
///
/// # Errors
/// [`AttendanceRefusal::Decided`]; [`Error::NotFound`].
pub fn withdraw(conn: &mut Conn<'_>, own: &Own, id: ApologyId) -> Result<()> {
    let it = queries::own_apology(conn, own, id)?;
    let done = sql_query(
        "UPDATE apologies SET state = 'withdrawn', version = version + 1 WHERE id = $1 AND state = 'sent' AND person_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(own.person())
    .execute(conn.pg())?;
    if done == 0 {
        return Err(AttendanceRefusal::Decided.into());
    }
    let about = About::new("apology", it.id.0).of(own.person());
    audit::note(conn, about, &Noted::ApologyWithdrawn)
}

/// The office decides with a reason, and the trainee is written to. Accepted, the absence is excused:
/// in the register as it stands, unless the trainee came after all.
///
/// # Errors
/// [`AttendanceRefusal::Decided`]; [`Error::Stale`]; [`Error::NotFound`].
pub fn decide(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, version): (ApologyId, i32),
    verdict: Verdict,
    reason: &str,
) -> Result<()> {
    // The session first, as everybody else does.
    let class = queries::apology(conn, staff, id)?.session_id;
    let session = conn.elevate(Task::Attendance, |conn| {
        let task = access::working(conn, Task::Attendance)?;
        queries::lock(conn, &task, class, true)
    })?;
    queries::lock_apology(conn, staff, id)?;
    let it = queries::apology(conn, staff, id)?;
    if it.state()? != ApologyState::Sent {
        return Err(AttendanceRefusal::Decided.into());
    }
    if it.version != version {
        return Err(Error::Stale);
    }
    let to = match verdict {
        Verdict::Accept => ApologyState::Accepted,
        Verdict::Decline => ApologyState::Declined,
    };
    sql_query(
        "UPDATE apologies SET state = $2, decision_reason = $3, decided_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND state = 'sent'",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(reason)
    .execute(conn.pg())?;
    if verdict == Verdict::Accept && !session.cancelled() {
        excuse(conn, &it, &session, reason)?;
    }
    audit::note(
        conn,
        about(&it, staff.programme()),
        &Noted::ApologyDecided { verdict },
    )?;
    let told = [(
        it.person_id,
        Told::Apology {
            verdict,
            reason: reason.to_owned(),
        },
    )];
    let news = (it.id.0, (it.title(Lang::En), it.title(Lang::Zh)), it.slot());
    mail::tell(conn, staff.programme(), news, &told, &it.id.to_string()).map(|_| ())
}

/// The entry that stands for the trainee, locked by the session.
fn standing(conn: &mut Conn<'_>, it: &Apology) -> Result<Option<Entry>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Text)]
        state: String,
        #[diesel(sql_type = Integer)]
        minutes: i32,
        #[diesel(sql_type = Text)]
        note: String,
    }
    let found: Option<Found> = sql_query(
        "SELECT state, minutes, note FROM attendance_records WHERE session_id = $1 AND enrolment_id = $2",
    )
    .bind::<SqlUuid, _>(it.session_id)
    .bind::<SqlUuid, _>(it.enrolment_id)
    .get_result(conn.pg())
    .optional()?;
    Ok(found.and_then(|row| {
        Presence::parse(&row.state).map(|state| Entry {
            state,
            minutes: row.minutes,
            note: row.note,
        })
    }))
}

/// The absence is excused in the register as it stands. Where it is signed off, that is a correction, and
/// leaves the trail of one.
fn excuse(
    conn: &mut Conn<'_>,
    it: &Apology,
    session: &queries::Session,
    reason: &str,
) -> Result<()> {
    let (before, done) = conn.elevate(Task::Attendance, |conn| {
        let before = standing(conn, it)?;
        let done = sql_query(
            "INSERT INTO attendance_records AS r (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, \
               state, minutes, held, source) VALUES ($1, $2, $3, $4, $5, $6, $7, 'excused', 0, $8, 'apology') \
             ON CONFLICT (session_id, enrolment_id) DO UPDATE SET state = 'excused', minutes = 0, source = 'apology', \
               changed_at = banyan_now(), version = r.version + 1 WHERE r.state = 'absent'",
        )
        .bind::<SqlUuid, _>(RecordId::new())
        .bind::<SqlUuid, _>(session.id)
        .bind::<SqlUuid, _>(session.module_id)
        .bind::<SqlUuid, _>(session.cohort_id)
        .bind::<SqlUuid, _>(session.programme_id)
        .bind::<SqlUuid, _>(it.enrolment_id)
        .bind::<SqlUuid, _>(it.person_id)
        .bind::<Integer, _>(session.window().held())
        .execute(conn.pg())?;
        Ok((before, done))
    })?;
    if session.signed_off_at.is_none() || done == 0 {
        return Ok(());
    }
    let from = before.unwrap_or(Entry {
        state: Presence::Absent,
        minutes: 0,
        note: String::new(),
    });
    let to = Entry {
        state: Presence::Excused,
        ..from.clone()
    };
    let event = Noted::Corrected {
        number: &it.trainee_number,
        from: &from,
        to: &to,
        reason,
    };
    audit::note(conn, about_session(session).of(it.person_id), &event)
}
