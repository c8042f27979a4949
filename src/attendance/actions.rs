//! What is done to registers. Each function is one verb in the caller's transaction: proof, lock,
//! time, rule, write, history, letters.

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Bool, Integer, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::access::{self, ClassKeeper, CohortStaff};
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{EnrolmentId, RecordId};

use super::events::{Noted, about, about_cohort};
use super::mail::{self, Told};
use super::queries::{self, Row, Session};
use super::rules::form::{Entry, Outcome, Seen, judge};
use super::rules::{AttendanceRefusal, ExcusedCount, Hours, Policy, Presence, rate, under};

mod apologies;
mod check_in;
pub use apologies::{decide, send, withdraw};
pub use check_in::{Arrived, by_code, by_ticket, judge_time, key_of, next_opening, scan};

/// A row of the register's form: what was seen, what is typed; nothing typed leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The trainee.
    pub enrolment: EnrolmentId,
    /// What the form showed.
    pub seen: Seen,
    /// What it says now.
    pub typed: Option<Entry>,
}

/// Takes the session alone for this transaction, and asks the time after.
fn taken(conn: &mut Conn<'_>, keeper: &ClassKeeper) -> Result<(Session, DateTime<Utc>)> {
    let id = keeper.class();
    let session = conn.elevate(Task::Attendance, |conn| {
        let task = access::working(conn, Task::Attendance)?;
        queries::lock(conn, &task, id, true)
    })?;
    if session.cancelled() {
        return Err(AttendanceRefusal::Cancelled.into());
    }
    let now = db::now(conn)?;
    Ok((session, now))
}

fn open(session: &Session, now: DateTime<Utc>) -> Result<()> {
    if session.signed_off_at.is_some() {
        return Err(AttendanceRefusal::SignedOff.into());
    }
    session.window().fillable_at(now)?;
    Ok(())
}

/// The register's row, from now on with the window that the policy gives it today.
fn begin(conn: &mut Conn<'_>, session: &Session) -> Result<()> {
    sql_query(
        "INSERT INTO registers (session_id, programme_id, cohort_id, late_after, opens_before, closes_after) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (session_id) DO UPDATE SET version = registers.version + 1",
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

/// Writes entries of a session's register, set-wise.
fn write(conn: &mut Conn<'_>, session: &Session, entries: &[(&Row, Entry)]) -> Result<()> {
    let set: Vec<_> = entries
        .iter()
        .map(|(row, it)| {
            json!({
                "id": row.record_id.unwrap_or_else(RecordId::new),
                "enrolment": row.enrolment_id,
                "person": row.person_id,
                "state": it.state.as_str(),
                "minutes": it.minutes,
                "note": it.note,
            })
        })
        .collect();
    sql_query(
        "INSERT INTO attendance_records AS r (id, session_id, module_id, cohort_id, programme_id, enrolment_id, person_id, \
           state, minutes, held, note, source) \
         SELECT i.id, $1, $2, $3, $4, i.enrolment, i.person, i.state, i.minutes, $5, i.note, 'register' \
         FROM json_to_recordset($6::json) AS i (id uuid, enrolment uuid, person uuid, state text, minutes integer, note text) \
         ON CONFLICT (session_id, enrolment_id) DO UPDATE SET state = excluded.state, minutes = excluded.minutes, \
           held = excluded.held, note = excluded.note, source = 'register', changed_at = banyan_now(), version = r.version + 1",
    )
    .bind::<SqlUuid, _>(session.id)
    .bind::<SqlUuid, _>(session.module_id)
    .bind::<SqlUuid, _>(session.cohort_id)
    .bind::<SqlUuid, _>(session.programme_id)
    .bind::<Integer, _>(session.window().held())
    .bind::<Text, _>(serde_json::Value::from(set).to_string())
    .execute(conn.pg())?;
    Ok(())
}

/// Saves what was touched in a register. Rows that somebody else has changed meanwhile come back as
/// conflicts, and then nothing is saved.
///
/// # Errors
/// [`AttendanceRefusal`]; [`Error::NotFound`] for a trainee who does not belong into this register.
pub fn save(
    conn: &mut Conn<'_>,
    keeper: &ClassKeeper,
    changes: &[Change],
) -> Result<Vec<EnrolmentId>> {
    let (session, now) = taken(conn, keeper)?;
    open(&session, now)?;
    let rows = queries::rows(conn, keeper, &session)?;
    let mut entries = Vec::new();
    let mut conflicts = Vec::new();
    for change in changes {
        let row = rows
            .iter()
            .find(|it| it.enrolment_id == change.enrolment)
            .ok_or(Error::NotFound)?;
        match judge(&change.seen, change.typed.as_ref(), &row.seen()) {
            Outcome::Keep => {}
            Outcome::Write(entry) => entries.push((row, entry)),
            Outcome::Conflict => conflicts.push(change.enrolment),
        }
    }
    if !conflicts.is_empty() || entries.is_empty() {
        return Ok(conflicts);
    }
    conn.elevate(Task::Attendance, |conn| {
        begin(conn, &session)?;
        write(conn, &session, &entries)
    })?;
    let event = Noted::Saved {
        entries: entries.len(),
    };
    audit::note(conn, about(&session), &event)?;
    Ok(conflicts)
}

/// What a signer has seen of a register: changes with every entry.
#[must_use]
pub fn fingerprint(rows: &[Row]) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(row.enrolment_id.0);
        hash.update(row.version.to_be_bytes());
    }
    hash.finalize()
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// May the register of this session be signed off now?
///
/// # Errors
/// [`AttendanceRefusal`].
pub fn may_sign(session: &Session, now: DateTime<Utc>) -> Result<(), AttendanceRefusal> {
    if session.cancelled() {
        return Err(AttendanceRefusal::Cancelled);
    }
    if session.signed_off_at.is_some() {
        return Err(AttendanceRefusal::SignedOff);
    }
    session.window().signable_at(now)
}

/// Signs the register off: from now on it counts, and trainees are told. Those who are unmarked become
/// absent only when the signer says so. The session has then been held. Returns how many are told.
///
/// # Errors
/// [`AttendanceRefusal`].
pub fn sign_off(
    conn: &mut Conn<'_>,
    keeper: &ClassKeeper,
    (seen, unmarked_absent): (&str, bool),
) -> Result<usize> {
    let (session, now) = taken(conn, keeper)?;
    may_sign(&session, now)?;
    let rows = queries::rows(conn, keeper, &session)?;
    if fingerprint(&rows) != seen {
        return Err(AttendanceRefusal::Changed.into());
    }
    let absent = Entry {
        state: Presence::Absent,
        minutes: 0,
        note: String::new(),
    };
    let unmarked: Vec<(&Row, Entry)> = rows
        .iter()
        .filter(|it| it.record_id.is_none())
        .map(|it| (it, absent.clone()))
        .collect();
    if !unmarked.is_empty() && !unmarked_absent {
        return Err(AttendanceRefusal::Unmarked.into());
    }
    let person = keeper.person();
    conn.elevate(Task::Attendance, |conn| {
        begin(conn, &session)?;
        write(conn, &session, &unmarked)?;
        settle(conn, &session)?;
        sql_query(
            "UPDATE registers SET signed_off_at = $2, signed_off_by = $3 WHERE session_id = $1 AND signed_off_at IS NULL",
        )
        .bind::<SqlUuid, _>(session.id)
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(person)
        .execute(conn.pg())?;
        sql_query("UPDATE class_sessions SET state = 'held', version = version + 1 WHERE id = $1 AND state = 'scheduled'")
            .bind::<SqlUuid, _>(session.id)
            .execute(conn.pg())?;
        Ok(())
    })?;
    let away = rows
        .iter()
        .filter(|it| matches!(it.presence(), None | Some(Presence::Absent)))
        .count();
    let event = Noted::SignedOff {
        trainees: rows.len(),
        absent: away,
    };
    audit::note(conn, about(&session), &event)?;
    warn(conn, keeper, &session, &rows)
}

/// The session's end may have moved since an entry was made: present is all of it, and who checked in
/// late attends what was left of it then.
fn settle(conn: &mut Conn<'_>, session: &Session) -> Result<()> {
    sql_query(
        "UPDATE attendance_records r SET held = $2, minutes = n.minutes, \
           state = CASE WHEN r.state = 'late' AND n.minutes = $2 THEN 'present' ELSE r.state END \
         FROM (SELECT id, CASE WHEN state = 'present' THEN $2 \
             WHEN state = 'late' AND source = 'check_in' AND checked_in_at IS NOT NULL \
               THEN greatest(0, least($2 - 1, floor(extract(epoch FROM $3 - checked_in_at) / 60)::integer)) \
             ELSE least(minutes, $2) END AS minutes \
           FROM attendance_records WHERE session_id = $1) n \
         WHERE r.id = n.id AND r.session_id = $1 AND r.held <> $2",
    )
    .bind::<SqlUuid, _>(session.id)
    .bind::<Integer, _>(session.window().held())
    .bind::<Timestamptz, _>(session.ends_at)
    .execute(conn.pg())?;
    Ok(())
}

fn title(session: &Session) -> (String, String) {
    use crate::lang::Lang;
    (session.title(Lang::En), session.title(Lang::Zh))
}

/// The minutes of everybody in these rows, as they count now.
fn sums(
    conn: &mut Conn<'_>,
    rows: &[Row],
) -> Result<std::collections::BTreeMap<EnrolmentId, Hours>> {
    let ids: Vec<EnrolmentId> = rows.iter().map(|it| it.enrolment_id).collect();
    let found = conn.elevate(Task::Attendance, |conn| {
        let task = access::working(conn, Task::Attendance)?;
        queries::hours_among(conn, &task, &ids)
    })?;
    let mut sums = std::collections::BTreeMap::new();
    for it in found {
        let sum: &mut Hours = sums.entry(it.enrolment).or_default();
        *sum = sum.plus(it.hours);
    }
    Ok(sums)
}

/// [`sums`] of one trainee.
fn sum(conn: &mut Conn<'_>, row: &Row) -> Result<Hours> {
    let sums = sums(conn, std::slice::from_ref(row))?;
    Ok(sums.get(&row.enrolment_id).copied().unwrap_or_default())
}

/// Writes to those who were absent without excuse, and to those whom this session has brought under
/// the threshold.
fn warn(
    conn: &mut Conn<'_>,
    keeper: &ClassKeeper,
    session: &Session,
    before: &[Row],
) -> Result<usize> {
    let policy = queries::policy_kept(conn, keeper)?;
    let sums = sums(conn, before)?;
    let held = i64::from(session.window().held());
    let mut told = Vec::new();
    for row in queries::rows(conn, keeper, session)? {
        let Some(state) = row.presence() else {
            continue;
        };
        let now = sums.get(&row.enrolment_id).copied().unwrap_or_default();
        let this = Hours {
            held,
            attended: i64::from(row.minutes.unwrap_or(0)),
            excused: if state == Presence::Excused { held } else { 0 },
        };
        let was = Hours {
            held: now.held - this.held,
            attended: now.attended - this.attended,
            excused: now.excused - this.excused,
        };
        let absent = state == Presence::Absent;
        let pending = absent && row.apology_pending();
        let low = fallen(&was, &now, &policy);
        if absent || low.is_some() {
            let warning = Told::Warning {
                absent,
                pending,
                low,
            };
            told.push((row.person_id, warning));
        }
    }
    let news = (session.id.0, title(session), session.slot());
    let event = format!("{}:signed", session.id);
    mail::tell(conn, session.programme_id, news, &told, &event)
}

/// The rate that has fallen under the threshold, with the threshold; none if it was under already.
fn fallen(
    was: &Hours,
    now: &Hours,
    policy: &Policy,
) -> Option<(super::rules::BasisPoints, super::rules::BasisPoints)> {
    let of = |hours| rate(hours, policy.excused);
    let after = of(now)?;
    let fell = under(Some(after), policy.threshold) && !under(of(was), policy.threshold);
    fell.then_some((after, policy.threshold))
}

/// Corrects an entry of a register that is signed off, with a reason that the trainee reads.
///
/// # Errors
/// [`AttendanceRefusal`]; [`Error::Stale`] when the entry is not the one that was seen;
/// [`Error::NotFound`].
pub fn correct(
    conn: &mut Conn<'_>,
    keeper: &ClassKeeper,
    (enrolment, seen): (EnrolmentId, i32),
    to: &Entry,
    reason: &str,
) -> Result<()> {
    let (session, now) = taken(conn, keeper)?;
    let signed = session
        .signed_off_at
        .ok_or(AttendanceRefusal::NotSignedOff)?;
    let policy = queries::policy_kept(conn, keeper)?;
    super::rules::may_correct(keeper.office(), signed, policy.correct_days, now)?;
    let rows = queries::rows(conn, keeper, &session)?;
    let row = rows
        .iter()
        .find(|it| it.enrolment_id == enrolment)
        .ok_or(Error::NotFound)?;
    if row.version != seen {
        return Err(Error::Stale);
    }
    let from = row.seen().entry.unwrap_or(Entry {
        state: Presence::Absent,
        minutes: 0,
        note: String::new(),
    });
    if from == *to {
        return Err(Error::field("state", "same", |lang| {
            lang.att_same_entry().to_owned()
        }));
    }
    let was = sum(conn, row)?;
    conn.elevate(Task::Attendance, |conn| {
        begin(conn, &session)?;
        write(conn, &session, &[(row, to.clone())])
    })?;
    let low = fallen(&was, &sum(conn, row)?, &policy);
    let event = Noted::Corrected {
        number: &row.trainee_number,
        from: &from,
        to,
        reason,
    };
    audit::note(conn, about(&session).of(row.person_id), &event)?;
    if (from.state, from.minutes) == (to.state, to.minutes) {
        return Ok(());
    }
    let told = [(
        row.person_id,
        Told::Corrected {
            from,
            to: to.clone(),
            reason: reason.to_owned(),
            low,
        },
    )];
    let news = (session.id.0, title(&session), session.slot());
    let event = format!("{}:{}", session.id, row.version + 1);
    mail::tell(conn, session.programme_id, news, &told, &event).map(|_| ())
}

/// Sets the window of a session's check-in; `renew` makes other codes from now on.
///
/// # Errors
/// [`AttendanceRefusal`]; [`Error::Stale`].
pub fn set_window(
    conn: &mut Conn<'_>,
    keeper: &ClassKeeper,
    version: i32,
    (opens_before, closes_after, late_after): (i32, i32, i32),
    renew: bool,
) -> Result<()> {
    let (session, _) = taken(conn, keeper)?;
    if session.signed_off_at.is_some() {
        return Err(AttendanceRefusal::SignedOff.into());
    }
    if session.version != version {
        return Err(Error::Stale);
    }
    conn.elevate(Task::Attendance, |conn| {
        begin(conn, &session)?;
        sql_query(
            "UPDATE registers SET opens_before = $2, closes_after = $3, late_after = $4, round = round + $5::integer \
             WHERE session_id = $1",
        )
        .bind::<SqlUuid, _>(session.id)
        .bind::<Integer, _>(opens_before)
        .bind::<Integer, _>(closes_after)
        .bind::<Integer, _>(late_after)
        .bind::<Bool, _>(renew)
        .execute(conn.pg())?;
        Ok(())
    })?;
    audit::note(conn, about(&session), &Noted::Window)
}

/// Sets a cohort's policy. Registers that are begun keep their window.
///
/// # Errors
/// [`Error::Stale`].
pub fn set_policy(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    version: i32,
    policy: &Policy,
) -> Result<()> {
    let excused: ExcusedCount = policy.excused;
    let done = sql_query(
        "INSERT INTO attendance_policies AS p (cohort_id, programme_id, threshold, excused, late_after, opens_before, \
           closes_after, apology_grace, correct_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (cohort_id) DO UPDATE SET threshold = excluded.threshold, excused = excluded.excused, \
           late_after = excluded.late_after, opens_before = excluded.opens_before, closes_after = excluded.closes_after, \
           apology_grace = excluded.apology_grace, correct_days = excluded.correct_days, version = p.version + 1 \
         WHERE p.version = $10",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Integer, _>(i32::from(policy.threshold.0))
    .bind::<Text, _>(excused.as_str())
    .bind::<Integer, _>(policy.late_after)
    .bind::<Integer, _>(policy.opens_before)
    .bind::<Integer, _>(policy.closes_after)
    .bind::<Integer, _>(policy.apology_grace)
    .bind::<Integer, _>(policy.correct_days)
    .bind::<Integer, _>(version)
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    let event = Noted::Policy {
        threshold: policy.threshold.0,
    };
    audit::note(
        conn,
        about_cohort(staff.cohort()).within(staff.programme()),
        &event,
    )
}
