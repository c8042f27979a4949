//! Looking, and what the office does with what was found.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{Bool, Date, Integer, Text, Uuid as SqlUuid};

use crate::access::{self, ProgrammeStaff};
use crate::audit::{self, About};
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{PersonId, RiskCaseId, RiskNoteId, RiskRulesId};
use crate::lang::format::hk_date;
use crate::mail::outbox::{self, Occasion};
use crate::people::accounts;
use crate::programmes;

use super::events::Noted;
use super::mail::RiskLetter;
use super::queries::{self, Case};
use super::rules::{CaseEvent, CaseRefusal, CaseState, Outcome, Rules, may_tell, next};

mod look;

pub use look::{Looked, look};

/// Looks at the trainees of a programme now.
///
/// # Errors
/// The database's.
pub fn look_now(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Looked> {
    let programme = staff.programme();
    let done = conn.elevate(Task::AtRisk, |conn| {
        let at_risk = access::working(conn, Task::AtRisk)?;
        look(conn, &at_risk, programme, false)
    })?;
    Ok(done.unwrap_or_default())
}

fn about(staff: &ProgrammeStaff, case: &Case) -> About {
    About::new("risk_case", case.id.0)
        .of(case.person_id)
        .within(staff.programme())
}

/// Locks a case and shows that it is still the one that was seen.
fn seen(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RiskCaseId,
    version: Option<i32>,
) -> Result<Case> {
    queries::lock(conn, staff, id)?;
    let case = queries::find(conn, staff, id)?;
    if version.is_some_and(|version| version != case.version) {
        return Err(Error::Stale);
    }
    Ok(case)
}

fn changed(done: usize) -> Result<()> {
    if done == 0 { Err(Error::Stale) } else { Ok(()) }
}

/// Gives cases an owner and a day; the owner is written to once, unless it is whoever gives them.
/// `version` is that which was seen, for a single case.
///
/// # Errors
/// [`CaseRefusal`]; [`Error::Invalid`] for a day that is past; [`Error::Stale`]; [`Error::NotFound`].
pub fn assign(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    cases: &[(RiskCaseId, Option<i32>)],
    owner: PersonId,
    due_on: NaiveDate,
) -> Result<usize> {
    let owners = queries::owners(conn, staff)?;
    let Some((_, owner_name)) = owners.into_iter().find(|(id, _)| *id == owner) else {
        return Err(CaseRefusal::NotStaff.into());
    };
    // Locks are taken in one order, whatever the form's.
    let mut cases = cases.to_vec();
    cases.sort_unstable_by_key(|(id, _)| *id);
    cases.dedup_by_key(|(id, _)| *id);
    let mut locked = Vec::with_capacity(cases.len());
    for (id, version) in cases {
        locked.push(seen(conn, staff, id, version)?);
    }
    let today = hk_date(db::now(conn)?);
    let mut numbers = Vec::new();
    for case in &locked {
        let to = next(case.state()?, CaseEvent::Assign)?;
        if due_on < today && case.due_on != Some(due_on) {
            return Err(Error::field("due_on", "past", |lang| {
                lang.risk_need_due().to_owned()
            }));
        }
        give(conn, staff, case, (to, owner, due_on), &owner_name)?;
        if case.owner_id != Some(owner) {
            numbers.push(case.trainee_number.clone());
        }
    }
    if !numbers.is_empty() && owner != staff.person() {
        let to = accounts::recipient(conn, owner)?;
        let letter = RiskLetter::Owner {
            name: to.name.clone(),
            programme: staff.programme(),
            numbers,
            due_on,
        };
        let occasion = occasion(conn, staff, None)?;
        let key = format!("risk_assigned:{}", RiskNoteId::new());
        outbox::put(conn, &to, &letter, &occasion, &key)?;
    }
    Ok(locked.len())
}

fn give(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    case: &Case,
    (to, owner, due_on): (CaseState, PersonId, NaiveDate),
    owner_name: &str,
) -> Result<()> {
    let done = sql_query(
        "UPDATE risk_cases SET state = $2, owner_id = $3, due_on = $4, version = version + 1 \
         WHERE id = $1 AND state <> 'closed' AND version = $5",
    )
    .bind::<SqlUuid, _>(case.id)
    .bind::<Text, _>(to.as_str())
    .bind::<SqlUuid, _>(owner)
    .bind::<Date, _>(due_on)
    .bind::<Integer, _>(case.version)
    .execute(conn.pg())?;
    changed(done)?;
    sql_query("UPDATE risk_standings SET owner_name = $2 WHERE case_id = $1")
        .bind::<SqlUuid, _>(case.id)
        .bind::<Text, _>(owner_name)
        .execute(conn.pg())?;
    let event = Noted::Assigned {
        owner: owner_name.to_owned(),
        due_on: due_on.to_string(),
    };
    audit::note(conn, about(staff, case), &event)
}

fn occasion(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    subject: Option<RiskCaseId>,
) -> Result<Occasion> {
    Ok(Occasion {
        subject: subject.map(|id| id.0),
        programme: Some(staff.programme()),
        programme_name: programmes::queries::name(conn, staff.programme())?.pair(),
    })
}

/// Writes notes: one for the office, one for the trainee, or both.
///
/// # Errors
/// [`CaseRefusal::Closed`]; [`Error::NotFound`].
pub fn note(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RiskCaseId,
    internal: Option<&str>,
    shown: Option<&str>,
) -> Result<()> {
    let case = seen(conn, staff, id, None)?;
    next(case.state()?, CaseEvent::Note)?;
    let author = accounts::recipient(conn, staff.person())?.name;
    for (body, shown) in [(internal, false), (shown, true)] {
        let Some(body) = body else { continue };
        sql_query(
            "INSERT INTO risk_notes (id, case_id, programme_id, person_id, author_id, author_name, body, shown) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(RiskNoteId::new())
        .bind::<SqlUuid, _>(case.id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<SqlUuid, _>(case.person_id)
        .bind::<SqlUuid, _>(staff.person())
        .bind::<Text, _>(&author)
        .bind::<Text, _>(body)
        .bind::<Bool, _>(shown)
        .execute(conn.pg())?;
        audit::note(conn, about(staff, &case), &Noted::NoteAdded { shown })?;
    }
    Ok(())
}

/// Writes to the trainee what was found and how the office can help; `words` are the coordinator's own.
///
/// # Errors
/// [`CaseRefusal`]; [`Error::Stale`] when other reasons are found than were confirmed;
/// [`Error::NotFound`].
pub fn tell(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RiskCaseId,
    version: i32,
    words: &str,
) -> Result<()> {
    let case = seen(conn, staff, id, Some(version))?;
    let reasons = case.reasons()?;
    let standing = if case.gone_at.is_some() {
        &[][..]
    } else {
        &reasons[..]
    };
    may_tell(case.state()?, case.told_at.is_some(), standing)?;
    let done = sql_query(
        "UPDATE risk_cases SET told_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND told_at IS NULL AND state <> 'closed' AND version = $2",
    )
    .bind::<SqlUuid, _>(case.id)
    .bind::<Integer, _>(case.version)
    .execute(conn.pg())?;
    changed(done)?;
    audit::note(conn, about(staff, &case), &Noted::Told)?;
    let to = accounts::recipient(conn, case.person_id)?;
    let letter = RiskLetter::Trainee {
        name: to.name.clone(),
        reasons,
        words: words.to_owned(),
        contact: queries::contact(conn, staff)?,
    };
    let occasion = occasion(conn, staff, Some(case.id))?;
    outbox::put(
        conn,
        &to,
        &letter,
        &occasion,
        &format!("risk_told:{}", case.id),
    )
}

/// Closes a case with its outcome.
///
/// # Errors
/// [`CaseRefusal::Closed`]; [`Error::Stale`]; [`Error::NotFound`].
pub fn close(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RiskCaseId,
    version: i32,
    outcome: Outcome,
) -> Result<()> {
    let case = seen(conn, staff, id, Some(version))?;
    let to = next(case.state()?, CaseEvent::Close)?;
    let done = sql_query(
        "UPDATE risk_cases SET state = $2, outcome = $3, closed_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND state <> 'closed' AND version = $4",
    )
    .bind::<SqlUuid, _>(case.id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(outcome.as_str())
    .bind::<Integer, _>(case.version)
    .execute(conn.pg())?;
    changed(done)?;
    sql_query("UPDATE risk_standings SET closed_at = banyan_now() WHERE case_id = $1")
        .bind::<SqlUuid, _>(case.id)
        .execute(conn.pg())?;
    let event = Noted::Closed {
        outcome: outcome.as_str(),
    };
    audit::note(conn, about(staff, &case), &event)
}

/// Corrects the outcome of a closed case; why is kept in its history.
///
/// # Errors
/// [`CaseRefusal::NotClosed`]; [`Error::Stale`]; [`Error::NotFound`].
pub fn correct(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, version): (RiskCaseId, i32),
    outcome: Outcome,
    reason: &str,
) -> Result<()> {
    let case = seen(conn, staff, id, Some(version))?;
    next(case.state()?, CaseEvent::Correct)?;
    let was = case
        .outcome()
        .ok_or_else(|| Error::Internal("a closed case at risk without outcome".to_owned()))?;
    if was == outcome {
        return Ok(());
    }
    let done = sql_query(
        "UPDATE risk_cases SET outcome = $2, version = version + 1 WHERE id = $1 AND state = 'closed' AND version = $3",
    )
    .bind::<SqlUuid, _>(case.id)
    .bind::<Text, _>(outcome.as_str())
    .bind::<Integer, _>(case.version)
    .execute(conn.pg())?;
    changed(done)?;
    let event = Noted::Corrected {
        was: was.as_str(),
        outcome: outcome.as_str(),
        reason: reason.to_owned(),
    };
    audit::note(conn, about(staff, &case), &event)
}

/// Sets the rules: a new version beside those before it. `seen` is the version that was shown.
///
/// # Errors
/// [`Error::Stale`].
pub fn set_rules(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    seen: i32,
    rules: &Rules,
) -> Result<i32> {
    look::lock(conn, staff.programme())?;
    let now = queries::rules(conn, staff)?;
    if now.number != seen {
        return Err(Error::Stale);
    }
    let number = now.number + 1;
    sql_query(
        "INSERT INTO at_risk_rules (id, programme_id, number, attendance_below, attendance_after, overdue_from, silent_days, \
           mark_below, trend_drop, trend_of, points_attendance, points_overdue, points_silence, points_marks, \
           points_attendance_trend, points_marks_trend, case_from, author_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind::<SqlUuid, _>(RiskRulesId::new())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Integer, _>(number)
    .bind::<Integer, _>(rules.attendance_below)
    .bind::<Integer, _>(rules.attendance_after)
    .bind::<Integer, _>(rules.overdue_from)
    .bind::<Integer, _>(rules.silent_days)
    .bind::<Integer, _>(rules.mark_below)
    .bind::<Integer, _>(rules.trend_drop)
    .bind::<Integer, _>(rules.trend_of)
    .bind::<Integer, _>(rules.points.attendance)
    .bind::<Integer, _>(rules.points.overdue)
    .bind::<Integer, _>(rules.points.silence)
    .bind::<Integer, _>(rules.points.low_marks)
    .bind::<Integer, _>(rules.points.attendance_trend)
    .bind::<Integer, _>(rules.points.marks_trend)
    .bind::<Integer, _>(rules.case_from)
    .bind::<SqlUuid, _>(staff.person())
    .execute(conn.pg())?;
    let about = About::new("programme", staff.programme().0).within(staff.programme());
    audit::note(conn, about, &Noted::RulesSet { number })?;
    Ok(number)
}
