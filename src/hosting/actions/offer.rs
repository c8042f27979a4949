//! The answer to an offer: accepted, declined, lapsed, withdrawn.

use diesel::RunQueryDsl;
use diesel::sql_types::Uuid as SqlUuid;

use crate::access::{self, ProgrammeStaff};
use crate::db::{self, Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::PlacementId;
use crate::matches::rules::{PlacementState, PlacementStep};

use super::super::mail::{self, Told};
use super::super::queries::{self, Placement, Seat};
use super::super::rules::{HostingRefusal, may_answer};
use super::{advance, give_checklist};

/// The trainee accepts: the checklist is given, the institution and the office are told.
///
/// # Errors
/// [`HostingRefusal::Late`], [`HostingRefusal::Step`].
pub fn accept(conn: &mut Conn<'_>, seat: &Seat, id: PlacementId) -> Result<()> {
    let it = queries::placement(conn, seat, id, true)?;
    let now = db::now(conn)?;
    may_answer(it.state()?, it.answer_by, now)?;
    advance(
        conn,
        &it,
        (PlacementState::Offered, PlacementStep::Accept),
        ("", now),
    )?;
    give_checklist(conn, &it, now)?;
    mail::tell_host(conn, &it, &Told::Accepted)?;
    mail::tell_office(conn, &it, &Told::Accepted)
}

/// The trainee declines, with a reason; the seat is free.
///
/// # Errors
/// [`HostingRefusal::Step`].
pub fn decline(conn: &mut Conn<'_>, seat: &Seat, id: PlacementId, reason: &str) -> Result<()> {
    let it = queries::placement(conn, seat, id, true)?;
    let now = db::now(conn)?;
    let state = it.state()?;
    void_standing(conn, &it)?;
    advance(
        conn,
        &it,
        (state, PlacementStep::TraineeWithdraws),
        (reason, now),
    )?;
    let told = Told::Declined(reason.to_owned());
    mail::tell_host(conn, &it, &told)?;
    mail::tell_office(conn, &it, &told)
}

/// The institution withdraws before the first day, with a reason.
///
/// # Errors
/// [`HostingRefusal::Step`].
pub fn withdraw(conn: &mut Conn<'_>, seat: &Seat, id: PlacementId, reason: &str) -> Result<()> {
    let it = queries::placement(conn, seat, id, true)?;
    let now = db::now(conn)?;
    let state = it.state()?;
    void_standing(conn, &it)?;
    advance(
        conn,
        &it,
        (state, PlacementStep::HostWithdraws),
        (reason, now),
    )?;
    let told = Told::Withdrawn(reason.to_owned());
    mail::tell_trainee(conn, &it, &told)?;
    mail::tell_office(conn, &it, &told)
}

/// An exempt period that never began does not count.
fn void_standing(conn: &mut Conn<'_>, it: &Placement) -> Result<()> {
    sql_query("UPDATE work_standings SET void = true, version = version + 1 WHERE placement_id = $1 AND NOT void")
        .bind::<SqlUuid, _>(it.id)
        .execute(conn.pg())?;
    Ok(())
}

/// The office offers again what was declined or has lapsed, while the seat is free and the trainee has no
/// other placement; answered within seven days.
///
/// # Errors
/// [`HostingRefusal::Step`], [`HostingRefusal::SeatGone`].
pub fn offer_again(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: PlacementId) -> Result<()> {
    let seat = Seat::Office(*staff);
    let it = queries::placement(conn, &seat, id, true)?;
    if it.state()? != PlacementState::WithdrawnByTrainee {
        return Err(HostingRefusal::Step.into());
    }
    let free = sql_query(
        "SELECT 1 FROM postings p WHERE p.id = $1 AND p.seats + p.later_seats > (SELECT count(*) FROM placements x WHERE x.posting_id = p.id \
           AND x.state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host')) \
         AND NOT EXISTS (SELECT FROM placements x WHERE x.enrolment_id = $2 AND x.state NOT IN ('completed', 'ended_early', 'withdrawn_by_trainee', \
           'withdrawn_by_host'))",
    )
    .bind::<SqlUuid, _>(it.posting_id)
    .bind::<SqlUuid, _>(it.enrolment_id)
    .execute(conn.pg())?;
    if free == 0 {
        return Err(HostingRefusal::SeatGone.into());
    }
    sql_query(
        "UPDATE placements SET state = 'offered', state_since = banyan_now(), reason = '', answered_at = NULL, reminded_at = NULL, \
           answer_by = banyan_now() + interval '7 days', version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    crate::audit::note(
        conn,
        super::super::events::placement(&it),
        &super::super::events::Noted::plain("placement.offered_again"),
    )?;
    let it = queries::placement(conn, &seat, id, false)?;
    mail::tell_trainee(conn, &it, &Told::Offered)
}

/// Ends an offer whose time is over; false if it was answered meanwhile.
///
/// # Errors
/// The database's.
pub fn lapse(conn: &mut Conn<'_>, id: PlacementId) -> Result<bool> {
    let work = access::working(conn, Task::Hosting)?;
    let it = match queries::open_offer(conn, &work, id) {
        Err(crate::error::Error::NotFound) => return Ok(false),
        other => other?,
    };
    let now = db::now(conn)?;
    if it.answer_by.is_none_or(|until| until >= now) {
        return Ok(false);
    }
    advance(
        conn,
        &it,
        (PlacementState::Offered, PlacementStep::TraineeWithdraws),
        ("lapsed", now),
    )?;
    mail::tell_trainee(conn, &it, &Told::Lapsed)?;
    mail::tell_host(conn, &it, &Told::Lapsed)?;
    mail::tell_office(conn, &it, &Told::Lapsed)?;
    Ok(true)
}

/// Reminds a trainee of an offer that ends soon, once.
///
/// # Errors
/// The database's.
pub fn remind(conn: &mut Conn<'_>, id: PlacementId) -> Result<bool> {
    let work = access::working(conn, Task::Hosting)?;
    let it = match queries::open_offer(conn, &work, id) {
        Err(crate::error::Error::NotFound) => return Ok(false),
        other => other?,
    };
    let written = sql_query(
        "UPDATE placements SET reminded_at = banyan_now() WHERE id = $1 AND reminded_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    if written == 1 {
        mail::tell_trainee(conn, &it, &Told::Answer)?;
    }
    Ok(written == 1)
}
