//! The first day: what is missing, who guides, "reported for duty".

use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Uuid as SqlUuid};

use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::PlacementId;
use crate::matches::rules::{PlacementState, PlacementStep};

use super::super::events::{self, Noted};
use super::super::mail::{self, Told};
use super::super::queries::{self, Placement, Seat};
use super::super::rules::{AgreementState, Gate, GateTask, HostingRefusal, Missing, missing};
use super::{advance, today};

/// Everything that stands in the way of the first day of a placement that the reader has been shown.
///
/// # Errors
/// The database's.
pub fn gate(conn: &mut Conn<'_>, it: &Placement) -> Result<Vec<Missing>> {
    let now = db::now(conn)?;
    let tasks = queries::tasks(conn, it)?;
    let mut signed = false;
    for one in queries::agreements(conn, it)? {
        signed |= one.state()? == AgreementState::Signed;
    }
    let standing = match queries::standing(conn, it)? {
        Some(row) => Some((row.kind()?, row.declared_at.is_some())),
        None => None,
    };
    let looked_at = tasks
        .iter()
        .map(|task| {
            Ok(GateTask {
                code: &task.code,
                needed: task.needed,
                state: task.state()?,
                held_on: task.held_on,
            })
        })
        .collect::<Result<_>>()?;
    let day = today(now);
    let gate = Gate {
        signed,
        tasks: looked_at,
        standing,
        starts_on: it.starts_on.unwrap_or(day),
        ends_on: it.ends_on.unwrap_or(day),
    };
    Ok(missing(&gate, day))
}

/// The institution, or the office, confirms that the trainee has reported for duty.
///
/// # Errors
/// [`HostingRefusal::NotReady`], [`HostingRefusal::Step`].
pub fn report_for_duty(conn: &mut Conn<'_>, seat: &Seat, id: PlacementId) -> Result<()> {
    if matches!(seat, Seat::Trainee(_)) {
        return Err(Error::NotFound);
    }
    let it = queries::placement(conn, seat, id, true)?;
    let now = db::now(conn)?;
    let state = it.state()?;
    if state != PlacementState::Onboarding {
        return Err(HostingRefusal::Step.into());
    }
    if !gate(conn, &it)?.is_empty() {
        return Err(HostingRefusal::NotReady.into());
    }
    advance(conn, &it, (state, PlacementStep::Report), ("", now))?;
    mail::tell_trainee(conn, &it, &Told::Reported)?;
    mail::tell_office(conn, &it, &Told::Reported)
}

/// Says who guides the trainee at the institution.
///
/// # Errors
/// [`Error::Stale`].
pub fn set_supervisor(
    conn: &mut Conn<'_>,
    seat: &Seat,
    (id, seen): (PlacementId, i32),
    (name, email): (&str, &str),
) -> Result<()> {
    if matches!(seat, Seat::Trainee(_)) {
        return Err(Error::NotFound);
    }
    let it = queries::placement(conn, seat, id, true)?;
    if it.version != seen {
        return Err(Error::Stale);
    }
    sql_query(
        "UPDATE placements SET supervisor_name = $2, supervisor_email = $3, supervisor_id = NULL, version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(name)
    .bind::<Text, _>(email)
    .execute(conn.pg())?;
    audit::note(
        conn,
        events::placement(&it),
        &Noted::plain("placement.supervisor_set"),
    )
}
