//! Visits, incidents, breaks.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{Bool, Date, Nullable, Text, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::hosting::queries::{self as hosting, Seat};
use crate::ids::{IncidentId, PlacementId, VisitId};

use super::super::events::{self, Noted};
use super::super::mail::{self, Told};
use super::super::queries;
use super::super::rules::{
    IncidentState, Severity, SupervisionRefusal, VisitMode, VisitState, has_logs,
};

/// Plans a visit or call; the trainee and the institution are told.
///
/// # Errors
/// [`SupervisionRefusal::NotUnderWay`].
pub fn plan_visit(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: PlacementId,
    (mode, planned_on): (VisitMode, NaiveDate),
) -> Result<VisitId> {
    let it = hosting::placement(conn, &Seat::Office(*staff), id, true)?;
    if !has_logs(it.state()?) {
        return Err(SupervisionRefusal::NotUnderWay.into());
    }
    let visit = VisitId::new();
    sql_query(
        "INSERT INTO visits (id, programme_id, placement_id, organisation_id, person_id, mode, planned_on) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(visit)
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(it.organisation_id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Text, _>(mode.as_str())
    .bind::<Date, _>(planned_on)
    .execute(conn.pg())?;
    audit::note(
        conn,
        events::placement(&it),
        &Noted("placement.visit_planned", json!({ "day": planned_on })),
    )?;
    let told = Told::Visit(planned_on, mode);
    let mark = visit.to_string();
    mail::tell_trainee(conn, &it, &told, &mark)?;
    mail::tell_host(conn, &it, &told, &mark)?;
    Ok(visit)
}

/// How a visit went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Who was there.
    pub attendees: String,
    /// What was said, for the office alone.
    pub points: String,
    /// Is there a concern?
    pub concern: bool,
    /// What was agreed, for everybody.
    pub actions: String,
    /// Until when.
    pub actions_due: Option<NaiveDate>,
}

/// Writes the minutes of a visit, or says that it did not take place.
///
/// # Errors
/// [`Error::Stale`]; [`SupervisionRefusal::Step`].
pub fn settle_visit(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, visit, seen): (PlacementId, VisitId, i32),
    held: Option<&Held>,
) -> Result<()> {
    let it = hosting::placement(conn, &Seat::Office(*staff), id, true)?;
    let row = queries::visits(conn, &it)?
        .into_iter()
        .find(|it| it.id == visit)
        .ok_or(Error::NotFound)?;
    if row.state()? != VisitState::Planned {
        return Err(SupervisionRefusal::Step.into());
    }
    if row.version != seen {
        return Err(Error::Stale);
    }
    let state = match held {
        Some(_) => VisitState::Held,
        None => VisitState::Cancelled,
    };
    sql_query("UPDATE visits SET state = $2, actions = $3, actions_due = $4, version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(visit)
        .bind::<Text, _>(state.as_str())
        .bind::<Text, _>(held.map_or("", |it| it.actions.as_str()))
        .bind::<Nullable<Date>, _>(held.and_then(|it| it.actions_due))
        .execute(conn.pg())?;
    if let Some(held) = held {
        sql_query(
            "INSERT INTO visit_minutes (visit_id, programme_id, attendees, points, concern, written_by) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind::<SqlUuid, _>(visit)
        .bind::<SqlUuid, _>(it.programme_id)
        .bind::<Text, _>(&held.attendees)
        .bind::<Text, _>(&held.points)
        .bind::<Bool, _>(held.concern)
        .bind::<SqlUuid, _>(staff.person())
        .execute(conn.pg())?;
    }
    let verb = match state {
        VisitState::Held => "placement.visit_held",
        VisitState::Planned | VisitState::Cancelled => "placement.visit_cancelled",
    };
    audit::note(
        conn,
        events::placement(&it),
        &Noted(verb, json!({ "day": row.planned_on })),
    )
}

/// An incident as it is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIncident {
    /// How grave.
    pub severity: Severity,
    /// When it happened.
    pub happened_on: NaiveDate,
    /// What happened.
    pub words: String,
}

/// Reports an incident. Only the office sees it, and the reporter their own words.
///
/// # Errors
/// [`Error::NotFound`].
pub fn report_incident(
    conn: &mut Conn<'_>,
    seat: &Seat,
    id: PlacementId,
    new: &NewIncident,
) -> Result<IncidentId> {
    let it = hosting::placement(conn, seat, id, false)?;
    let incident = IncidentId::new();
    sql_query(
        "INSERT INTO incidents (id, programme_id, placement_id, reporter_id, severity, happened_on, words) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(incident)
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(seat.person())
    .bind::<Text, _>(new.severity.as_str())
    .bind::<Date, _>(new.happened_on)
    .bind::<Text, _>(&new.words)
    .execute(conn.pg())?;
    audit::note(
        conn,
        events::incident(it.programme_id, incident.0),
        &Noted::plain("incident.reported"),
    )?;
    mail::tell_office(
        conn,
        &it,
        &Told::Incident(incident, new.severity),
        &incident.to_string(),
    )?;
    Ok(incident)
}

/// Sees to an incident: takes it up, or closes it with its outcome.
///
/// # Errors
/// [`Error::Stale`]; [`SupervisionRefusal::Step`].
pub fn settle_incident(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, seen): (IncidentId, i32),
    (to, steps): (IncidentState, &str),
) -> Result<()> {
    let row = queries::incident(conn, staff, id)?;
    let from = row.state()?;
    let allowed = match from {
        IncidentState::Open => to != IncidentState::Open,
        IncidentState::Acknowledged => to != IncidentState::Open,
        IncidentState::Closed => false,
    };
    if !allowed {
        return Err(SupervisionRefusal::Step.into());
    }
    if row.version != seen {
        return Err(Error::Stale);
    }
    sql_query(
        "UPDATE incidents SET state = $2, steps = $3, acknowledged_at = coalesce(acknowledged_at, banyan_now()), \
           closed_at = CASE WHEN $2 = 'closed' THEN banyan_now() END, version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(steps)
    .execute(conn.pg())?;
    let verb = match to {
        IncidentState::Closed => "incident.closed",
        IncidentState::Open | IncidentState::Acknowledged => "incident.acknowledged",
    };
    audit::note(
        conn,
        events::incident(staff.programme(), id.0),
        &Noted::plain(verb),
    )
}

/// Records days on which a placement rests.
///
/// # Errors
/// [`Error::Invalid`]; [`SupervisionRefusal::NotUnderWay`].
pub fn add_break(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: PlacementId,
    (from, to): (NaiveDate, NaiveDate),
    reason: &str,
) -> Result<()> {
    if to < from {
        return Err(Error::field("ends_on", "out_of_order", |lang| {
            lang.plc_need_order().to_owned()
        }));
    }
    let it = hosting::placement(conn, &Seat::Office(*staff), id, true)?;
    if !has_logs(it.state()?) {
        return Err(SupervisionRefusal::NotUnderWay.into());
    }
    sql_query(
        "INSERT INTO placement_breaks (id, programme_id, placement_id, organisation_id, person_id, starts_on, ends_on, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(it.organisation_id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .bind::<Text, _>(reason)
    .execute(conn.pg())?;
    let details = json!({ "from": from, "to": to });
    audit::note(
        conn,
        events::placement(&it),
        &Noted("placement.break_added", details),
    )
}
