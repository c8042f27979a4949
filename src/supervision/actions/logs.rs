//! Weekly logs: written by the trainee, answered by the supervisor.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Date, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access;
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::hosting::actions::advance;
use crate::hosting::queries::{self as hosting, Placement, Seat};
use crate::ids::{LogId, PersonId, PlacementId};
use crate::lang::Lang;
use crate::lang::format::hk_date;
use crate::matches::rules::{PlacementState, PlacementStep};
use crate::people::accounts::{self, NewPerson, Purpose};
use crate::people::rules::{Email, Names};

use super::super::events::{self, Noted};
use super::super::mail::{self, Told};
use super::super::queries::{self, Log};
use super::super::rules::{
    Day, LogState, SupervisionRefusal, Way, may_write, minutes, monday, under_way, weeks,
};

/// The log of a week as it is meant to stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLog {
    /// Its days.
    pub days: Vec<Day>,
    /// A remark.
    pub remark: String,
}

/// The trainee's own placement, under way, and a week of it that has begun.
fn own_week(
    conn: &mut Conn<'_>,
    seat: &Seat,
    id: PlacementId,
    week: NaiveDate,
) -> Result<(Placement, DateTime<Utc>)> {
    let Seat::Trainee(_) = seat else {
        return Err(Error::NotFound);
    };
    let it = hosting::placement(conn, seat, id, true)?;
    let now = db::now(conn)?;
    if !under_way(it.state()?) {
        return Err(SupervisionRefusal::NotUnderWay.into());
    }
    let (Some(from), Some(to)) = (it.starts_on, it.ends_on) else {
        return Err(SupervisionRefusal::NotUnderWay.into());
    };
    if week != monday(week) || !weeks(from, to, hk_date(now)).contains(&week) {
        return Err(Error::NotFound);
    }
    Ok((it, now))
}

/// Saves a week's log; `seen` is the version that was looked at, 0 for none. What was approved keeps counting.
///
/// # Errors
/// [`Error::Stale`]; [`SupervisionRefusal::LogStep`], [`SupervisionRefusal::NotUnderWay`].
pub fn save_log(
    conn: &mut Conn<'_>,
    seat: &Seat,
    (id, week, seen): (PlacementId, NaiveDate, i32),
    new: &NewLog,
) -> Result<LogId> {
    let (it, _) = own_week(conn, seat, id, week)?;
    let before = queries::log(conn, &it, week, true)?;
    if before.as_ref().map_or(0, |it| it.version) != seen {
        return Err(Error::Stale);
    }
    let state = match &before {
        Some(row) => {
            may_write(row.state()?)?;
            row.state()?
        }
        None => LogState::Draft,
    };
    // What was sent back stays so until it is handed in again; what was approved becomes a draft of a correction.
    let state = match state {
        LogState::Returned => LogState::Returned,
        LogState::Draft | LogState::Approved | LogState::Submitted => LogState::Draft,
    };
    let log = before.map_or_else(LogId::new, |it| it.id);
    sql_query(
        "INSERT INTO weekly_logs (id, programme_id, placement_id, organisation_id, person_id, week, state, days, remark) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (placement_id, week) DO UPDATE SET state = $7, days = $8, remark = $9, \
           version = weekly_logs.version + 1",
    )
    .bind::<SqlUuid, _>(log)
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(it.id)
    .bind::<SqlUuid, _>(it.organisation_id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Date, _>(week)
    .bind::<Text, _>(state.as_str())
    .bind::<Jsonb, _>(json!(new.days))
    .bind::<Text, _>(&new.remark)
    .execute(conn.pg())?;
    Ok(log)
}

/// Hands a week's log in as it stands; the supervisor gets a private link. The first one makes the placement
/// active.
///
/// # Errors
/// [`SupervisionRefusal::EmptyLog`], [`SupervisionRefusal::LogStep`], [`SupervisionRefusal::NoAddress`].
pub fn hand_in(
    conn: &mut Conn<'_>,
    seat: &Seat,
    (id, week): (PlacementId, NaiveDate),
) -> Result<()> {
    let (it, now) = own_week(conn, seat, id, week)?;
    let row = queries::log(conn, &it, week, true)?.ok_or(SupervisionRefusal::EmptyLog)?;
    may_write(row.state()?)?;
    if minutes(&row.days()?) == 0 {
        return Err(SupervisionRefusal::EmptyLog.into());
    }
    sql_query(
        "UPDATE weekly_logs SET state = 'submitted', submitted_at = $2, comment = '', version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(row.id)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    let event = Noted("placement.log_handed_in", json!({ "week": week }));
    audit::note(conn, events::placement(&it), &event)?;
    if it.state()? == PlacementState::ReportedForDuty {
        let from = PlacementState::ReportedForDuty;
        advance(conn, &it, (from, PlacementStep::Begin), ("", now))?;
    }
    ask_supervisor(
        conn,
        &it,
        &Asked::Log(row.id, week, row.version.saturating_add(1)),
        now,
    )
}

/// What a supervisor is asked for by a private link.
#[derive(Clone, Copy, Debug)]
pub enum Asked {
    /// To answer a log: which, of which week, at which version.
    Log(LogId, NaiveDate, i32),
    /// To evaluate at half-time or at the end.
    Evaluation(super::super::rules::Point),
}

/// Writes to the supervisor of a placement with a private link. Who has no account gets a record of their
/// name and address, by which nobody can sign in.
///
/// # Errors
/// [`SupervisionRefusal::NoAddress`].
pub fn ask_supervisor(
    conn: &mut Conn<'_>,
    it: &Placement,
    asked: &Asked,
    now: DateTime<Utc>,
) -> Result<()> {
    let email =
        Email::parse(&it.supervisor_email).map_err(|_fault| SupervisionRefusal::NoAddress)?;
    let names = Names::new("", &it.supervisor_name, "", "")
        .map_err(|_fault| SupervisionRefusal::NoAddress)?;
    let person = accounts::ensure(
        conn,
        &NewPerson {
            email: &email,
            names: &names,
            phone: None,
            lang: None,
            programme: Some(it.programme_id),
        },
    )?;
    let (purpose, subject) = match asked {
        Asked::Log(id, ..) => (Purpose::Log, id.0),
        Asked::Evaluation(_) => (Purpose::Evaluation, it.id.0),
    };
    let ends = now + chrono::Duration::minutes(i64::from(purpose.minutes()));
    let next = match asked {
        Asked::Evaluation(point) => Some(point.as_str()),
        Asked::Log(..) => None,
    };
    let link = accounts::new_link(conn, purpose, person, Some(subject), next, ends)?;
    mail::ask_supervisor(conn, it, (person, link), asked)
}

/// What a supervisor decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is right.
    Approve,
    /// It is not, and why.
    Return(String),
}

/// Records a decision about a log that waits.
fn decide(
    conn: &mut Conn<'_>,
    (it, row): (&Placement, &Log),
    verdict: &Verdict,
    (way, by): (Way, PersonId),
) -> Result<()> {
    if row.state()? != LogState::Submitted {
        return Err(SupervisionRefusal::LogStep.into());
    }
    let now = db::now(conn)?;
    let days = json!(row.days()?);
    let (state, comment) = match verdict {
        Verdict::Approve => (LogState::Approved, ""),
        Verdict::Return(comment) => (LogState::Returned, comment.as_str()),
    };
    let approved = (state == LogState::Approved).then_some(&days);
    sql_query(
        "UPDATE weekly_logs SET state = $2, comment = $3, approved = coalesce($4, approved), version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(row.id)
    .bind::<Text, _>(state.as_str())
    .bind::<Text, _>(comment)
    .bind::<Nullable<Jsonb>, _>(approved)
    .execute(conn.pg())?;
    sql_query(
        "INSERT INTO log_decisions (id, programme_id, log_id, organisation_id, person_id, verdict, days, comment, way, decided_by, decided_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(row.id)
    .bind::<SqlUuid, _>(it.organisation_id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Text, _>(state.as_str())
    .bind::<Jsonb, _>(&days)
    .bind::<Text, _>(comment)
    .bind::<Text, _>(way.as_str())
    .bind::<SqlUuid, _>(by)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    let verb = match state {
        LogState::Returned => "placement.log_returned",
        LogState::Draft | LogState::Submitted | LogState::Approved => "placement.log_approved",
    };
    let event = Noted(
        verb,
        json!({
            "week": row.week, "en": way.label(Lang::En), "zh": way.label(Lang::Zh),
        }),
    );
    audit::note(conn, events::placement(it), &event)?;
    if let Verdict::Return(comment) = verdict {
        let told = Told::Returned(row.week, comment.clone());
        mail::tell_trainee(conn, it, &told, &row.version.to_string())?;
    }
    Ok(())
}

/// The institution, or the office, answers a log.
///
/// # Errors
/// [`Error::Stale`]; [`SupervisionRefusal::LogStep`].
pub fn decide_log(
    conn: &mut Conn<'_>,
    seat: &Seat,
    (id, week, seen): (PlacementId, NaiveDate, i32),
    verdict: &Verdict,
) -> Result<()> {
    let way = match seat {
        Seat::Host(_) => Way::Institution,
        Seat::Office(_) => Way::Office,
        Seat::Trainee(_) => return Err(Error::NotFound),
    };
    let it = hosting::placement(conn, seat, id, true)?;
    let row = queries::log(conn, &it, week, true)?.ok_or(Error::NotFound)?;
    if row.version != seen {
        return Err(Error::Stale);
    }
    decide(conn, (&it, &row), verdict, (way, seat.person()))
}

/// Answers the log of a private link; the caller has opened the link and uses it up with this.
///
/// # Errors
/// [`SupervisionRefusal::LogStep`].
pub fn decide_by_link(
    conn: &mut Conn<'_>,
    log: LogId,
    person: PersonId,
    verdict: &Verdict,
) -> Result<()> {
    let work = access::working(conn, Task::Supervise)?;
    let row = queries::linked_log(conn, &work, log)?;
    let it = hosting::placement_for(conn, &work, row.placement_id)?;
    decide(conn, (&it, &row), verdict, (Way::Link, person))
}

/// Reminds the supervisor of a log that waits, with a fresh link.
///
/// # Errors
/// [`SupervisionRefusal::LogStep`], [`SupervisionRefusal::NoAddress`].
pub fn ask_again(
    conn: &mut Conn<'_>,
    seat: &Seat,
    (id, week): (PlacementId, NaiveDate),
) -> Result<()> {
    let it = hosting::placement(conn, seat, id, true)?;
    let row = queries::log(conn, &it, week, true)?.ok_or(Error::NotFound)?;
    if row.state()? != LogState::Submitted {
        return Err(SupervisionRefusal::LogStep.into());
    }
    let now = db::now(conn)?;
    // Asking again is a new version: each is written about once.
    sql_query("UPDATE weekly_logs SET version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(row.id)
        .execute(conn.pg())?;
    let version: i32 = row.version.saturating_add(1);
    ask_supervisor(conn, &it, &Asked::Log(row.id, week, version), now)
}
