//! A trainee's own check-in: by the scan of the QR code or by the short code.

use chrono::{DateTime, Utc};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{Connection as _, RunQueryDsl};

use crate::access::secret::{self, Keys};
use crate::access::{self, Own, Working};
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{ClassId, RecordId};

use super::super::events::{Noted, about};
use super::super::queries::{self, Row, Session};
use super::super::rules::codes::{self, Holder, Ticket};
use super::super::rules::{AttendanceRefusal, Presence};

/// What a check-in came to.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The session.
    pub session: Session,
    /// What stands there: the check-in, or what stood there before.
    pub state: Presence,
    /// Minutes attended.
    pub minutes: i32,
    /// Is it this check-in that stands there? Otherwise nothing was changed.
    pub fresh: bool,
    /// Did an instructor make the entry that stands?
    pub kept: bool,
}

/// The key of a session's codes: of no other, and of no other round.
#[must_use]
pub fn key_of(keys: &Keys, session: &Session) -> codes::Key {
    keys.derive(&format!("check-in/{}/{}", session.id, session.round))
}

fn working<T>(
    conn: &mut Conn<'_>,
    work: impl FnOnce(&mut Conn<'_>, &Working) -> Result<T>,
) -> Result<T> {
    conn.elevate(Task::Attendance, |conn| {
        let task = access::working(conn, Task::Attendance)?;
        work(conn, &task)
    })
}

/// Looks at a scan, whoever makes it: a ticket for its holder if the token is current and the window
/// open. Changes nothing. The token is judged first: without it nothing is told of the session.
///
/// # Errors
/// [`AttendanceRefusal`]; [`crate::error::Error::NotFound`].
pub fn scan(
    conn: &mut Conn<'_>,
    keys: &Keys,
    id: ClassId,
    (token, holder): (&str, &Holder),
) -> Result<String> {
    let now = db::now(conn)?;
    let session = working(conn, |conn, task| queries::public_session(conn, task, id))?;
    let key = key_of(keys, &session);
    if !codes::token_fits(&key, id.0, token, now) {
        return Err(AttendanceRefusal::NoTicket.into());
    }
    judge_time(&session, now)?;
    let ticket = Ticket {
        scanned_at: now,
        nonce: secret::fresh()?,
    };
    Ok(ticket.sealed(&key, id.0, holder))
}

/// May anybody check in at this moment?
///
/// # Errors
/// [`AttendanceRefusal`].
pub fn judge_time(session: &Session, at: DateTime<Utc>) -> Result<(), AttendanceRefusal> {
    if session.cancelled() {
        return Err(AttendanceRefusal::Cancelled);
    }
    session.window().open_at(at)
}

/// Checks a person in by the ticket that their browser kept: at the moment of the scan.
///
/// # Errors
/// [`AttendanceRefusal`]; [`crate::error::Error::NotFound`].
pub fn by_ticket(
    conn: &mut Conn<'_>,
    keys: &Keys,
    own: &Own,
    id: ClassId,
    (kept, holders): (&str, &[Holder]),
) -> Result<Arrived> {
    let session = working(conn, |conn, task| {
        let found = queries::lock(conn, task, id, false)?;
        if found.published {
            Ok(found)
        } else {
            Err(crate::error::Error::NotFound)
        }
    })?;
    let now = db::now(conn)?;
    let ticket = Ticket::read(&key_of(keys, &session), id.0, (kept, holders), now)
        .ok_or(AttendanceRefusal::NoTicket)?;
    record(conn, own, &session, ticket.scanned_at, Some(&ticket.nonce))
}

/// Checks a person in by the short code, at this moment. Whose code it is shows the code itself: it is
/// compared with those of the sessions that the person may be in.
///
/// # Errors
/// [`AttendanceRefusal`].
pub fn by_code(conn: &mut Conn<'_>, keys: &Keys, own: &Own, typed: &str) -> Result<Arrived> {
    let looked = db::now(conn)?;
    let mut nearest = AttendanceRefusal::WrongCode;
    let candidates = working(conn, |conn, task| {
        queries::candidates(conn, task, own, looked)
    })?;
    for session in candidates {
        if !codes::code_fits(&key_of(keys, &session), session.id.0, typed, looked) {
            continue;
        }
        // Judged again under the lock: the codes may have been renewed while we waited for it.
        let locked = working(conn, |conn, task| {
            queries::lock(conn, task, session.id, false)
        })?;
        let now = db::now(conn)?;
        let key = key_of(keys, &locked);
        if !locked.published || !codes::code_fits(&key, locked.id.0, typed, now) {
            continue;
        }
        match judge_time(&locked, now) {
            Ok(()) => return record(conn, own, &locked, now, None),
            // The right code at the wrong time deserves to be told so.
            Err(refusal) => nearest = refusal,
        }
    }
    Err(nearest.into())
}

/// When the person's next check-in opens, with the session, if it has not opened yet.
///
/// # Errors
/// The database's.
pub fn next_opening(conn: &mut Conn<'_>, own: &Own) -> Result<Option<(Session, DateTime<Utc>)>> {
    let now = db::now(conn)?;
    let next = working(conn, |conn, task| queries::coming(conn, task, own, now))?;
    Ok(next
        .map(|it| {
            let opens = it.window().opens_at();
            (it, opens)
        })
        .filter(|(_, opens)| *opens > now))
}

fn record(
    conn: &mut Conn<'_>,
    own: &Own,
    session: &Session,
    at: DateTime<Utc>,
    ticket: Option<&str>,
) -> Result<Arrived> {
    judge_time(session, at)?;
    let row = working(conn, |conn, task| queries::row_of(conn, task, own, session))?
        .ok_or(AttendanceRefusal::NotExpected)?;
    let stands = |state, minutes, kept| Arrived {
        session: session.clone(),
        state,
        minutes,
        fresh: false,
        kept,
    };
    let by_apology = row.source.as_deref() == Some("apology");
    if let (Some(state), false) = (row.presence(), by_apology) {
        let kept = row.source.as_deref() == Some("register");
        return Ok(stands(state, row.minutes.unwrap_or(0), kept));
    }
    if session.signed_off_at.is_some() {
        return Err(AttendanceRefusal::Closed.into());
    }
    let (state, minutes) = session.window().arrival(at);
    let written = write(conn, session, &row, (state, minutes), (at, ticket))?;
    if written == 0 {
        // What another phone of the same trainee has just written is as good.
        let found = queries::record_of(conn, own, session.id)?;
        let found = found.ok_or(AttendanceRefusal::NoTicket)?;
        return Ok(stands(found.state, found.minutes, found.kept));
    }
    let event = Noted::CheckedIn {
        number: &row.trainee_number,
    };
    audit::note(conn, about(session).of(row.person_id), &event)?;
    Ok(Arrived {
        fresh: true,
        ..stands(state, minutes, false)
    })
}

/// The first check-in begins the register: its window and its lateness stay, whatever becomes of the
/// policy. Its version stays that of a register on which no keeper has worked.
fn begin(conn: &mut Conn<'_>, session: &Session) -> Result<()> {
    sql_query(
        "INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after, version) \
         VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (session_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(session.id)
    .bind::<SqlUuid, _>(session.programme_id)
    .bind::<SqlUuid, _>(session.cohort_id)
    .bind::<Integer, _>(session.late_after)
    .bind::<Integer, _>(session.opens_before)
    .bind::<Integer, _>(session.closes_after)
    .execute(conn.pg())?;
    Ok(())
}

/// Writes the check-in; returns how many rows, none when somebody was there before.
fn write(
    conn: &mut Conn<'_>,
    session: &Session,
    row: &Row,
    (state, minutes): (Presence, i32),
    (at, ticket): (DateTime<Utc>, Option<&str>),
) -> Result<usize> {
    working(conn, |conn, _| {
        begin(conn, session)?;
        // Two phones of one trainee, or two trainees with one scan: one of them writes nothing.
        let made = conn.pg().transaction(|pg| {
            sql_query(
            "INSERT INTO attendance_records AS r (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, \
               state, minutes, held, source, checked_in_at, ticket) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'check_in', $11, $12 \
             WHERE NOT EXISTS (SELECT FROM attendance_records t WHERE t.ticket = $12) \
             ON CONFLICT (session_id, enrolment_id) DO UPDATE SET state = excluded.state, minutes = excluded.minutes, \
               held = excluded.held, source = 'check_in', checked_in_at = excluded.checked_in_at, ticket = excluded.ticket, \
               changed_at = banyan_now(), version = r.version + 1 WHERE r.source = 'apology'",
        )
        .bind::<SqlUuid, _>(RecordId::new())
        .bind::<SqlUuid, _>(session.id)
        .bind::<SqlUuid, _>(session.module_id)
        .bind::<SqlUuid, _>(session.cohort_id)
        .bind::<SqlUuid, _>(session.programme_id)
        .bind::<SqlUuid, _>(row.enrolment_id)
        .bind::<SqlUuid, _>(row.person_id)
        .bind::<Text, _>(state.as_str())
        .bind::<Integer, _>(minutes)
        .bind::<Integer, _>(session.window().held())
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<Text>, _>(ticket)
        .execute(pg)
        });
        match made {
            Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(0),
            other => Ok(other?),
        }
    })
}
