//! Changes of seats and withdrawals of approved postings: asked by the institution, approved by the office.

use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;

use crate::access::{Member, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{PostingId, SeatChangeId};

use super::super::events::{self, Noted};
use super::super::mail::{self, Matter, Told};
use super::super::queries::{self, Change, Posting, Side};
use super::super::rules::seats::{self, Takes};
use super::super::rules::{ChangeKind, ChangeState, PlacementRefusal};

/// What an institution asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChange {
    /// What changes.
    pub kind: ChangeKind,
    /// Seats wanted; none for a withdrawal.
    pub seats: i32,
    /// Why; needed after the seat deadline.
    pub reason: String,
}

fn takes(
    posting: &Posting,
    round: &queries::Round,
    (kind, after): (ChangeKind, i32),
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Takes> {
    let change = seats::Change {
        kind,
        before: posting.seats,
        after,
        reserved: posting.reserve_seats,
    };
    let at = (now, round.seat_deadline);
    Ok(seats::takes(&change, posting.state()?, round.state()?, at)?)
}

fn about(posting: &Posting, id: SeatChangeId, mark: &str) -> Result<mail::About> {
    let mut about = super::postings::about(posting, mark.to_owned())?;
    about.matter = Matter::Change(id);
    Ok(about)
}

/// Asks to change the seats of an approved posting, or to withdraw it; the office is told. Returns the
/// id of the request.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`] without a reason after the seat deadline; a
/// [`PlacementRefusal`].
pub fn ask_change(
    conn: &mut Conn<'_>,
    member: &Member,
    (posting, seen): (PostingId, i32),
    new: &NewChange,
) -> Result<SeatChangeId> {
    let side = Side::Host(member.clone());
    let (round, posting) = queries::lock_posting(conn, &side, posting, Some(seen))?;
    let after = match new.kind {
        ChangeKind::Seats => new.seats,
        ChangeKind::Withdraw => 0,
    };
    let now = db::now(conn)?;
    let takes = takes(&posting, &round, (new.kind, after), now)?;
    if takes.reason && new.reason.trim().is_empty() {
        return Err(Error::field("reason", "required", |lang| {
            lang.plc_need_reason().to_owned()
        }));
    }
    if queries::waiting_change(conn, &side, posting.id)?.is_some() {
        return Err(PlacementRefusal::ChangeWaits.into());
    }
    let id = SeatChangeId::new();
    sql_query(
        "INSERT INTO seat_changes (id, programme_id, organisation_id, round_id, posting_id, kind, seats_before, seats_after, reason, \
           needs, asked_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(posting.programme_id)
    .bind::<SqlUuid, _>(posting.organisation_id)
    .bind::<SqlUuid, _>(posting.round_id)
    .bind::<SqlUuid, _>(posting.id)
    .bind::<Text, _>(new.kind.as_str())
    .bind::<Integer, _>(posting.seats)
    .bind::<Integer, _>(after)
    .bind::<Text, _>(&new.reason)
    .bind::<Integer, _>(takes.approvals)
    .bind::<SqlUuid, _>(member.person())
    .execute(conn.pg())?;
    let row = queries::change(conn, &side, id)?;
    let details = json!({ "kind": new.kind.as_str(), "from": posting.seats, "to": after });
    audit::note(
        conn,
        events::change(&row),
        &Noted("seat_change.asked", details.clone()),
    )?;
    audit::note(
        conn,
        events::posting(&posting),
        &Noted("posting.change_asked", details),
    )?;
    let letter = Told::ChangeAsked(new.kind, posting.seats, after);
    mail::write(
        conn,
        &about(&posting, id, "asked")?,
        &letter,
        member.person(),
    )?;
    Ok(id)
}

/// Brings an approved change about.
fn apply(conn: &mut Conn<'_>, change: &Change, posting: &Posting, later: bool) -> Result<()> {
    let (before, after) = (change.seats_before, change.seats_after);
    let written = match change.kind()? {
        ChangeKind::Withdraw => sql_query(
            "UPDATE postings SET state = 'withdrawn', version = version + 1 WHERE id = $1",
        )
        .bind::<SqlUuid, _>(posting.id)
        .execute(conn.pg())?,
        ChangeKind::Seats if later => sql_query(
            "UPDATE postings SET later_seats = later_seats + $2, version = version + 1 WHERE id = $1",
        )
        .bind::<SqlUuid, _>(posting.id)
        .bind::<Integer, _>(after - before)
        .execute(conn.pg())?,
        ChangeKind::Seats => sql_query(
            "UPDATE postings SET seats = $2, version = version + 1 WHERE id = $1 AND seats = $3",
        )
        .bind::<SqlUuid, _>(posting.id)
        .bind::<Integer, _>(after)
        .bind::<Integer, _>(before)
        .execute(conn.pg())?,
    };
    super::unless_stale(written)?;
    let details = json!({
        "kind": change.kind, "from": change.seats_before, "to": change.seats_after, "later": later,
    });
    audit::note(
        conn,
        events::posting(posting),
        &Noted("posting.change_done", details),
    )
}

/// Locks a change in the order of the house: round, posting, change.
fn locked(
    conn: &mut Conn<'_>,
    side: &Side,
    (id, seen): (SeatChangeId, i32),
) -> Result<(queries::Round, Posting, Change)> {
    let posting = queries::change(conn, side, id)?.posting_id;
    let (round, posting) = queries::lock_posting(conn, side, posting, None)?;
    let change = queries::lock_change(conn, side, id, seen)?;
    Ok((round, posting, change))
}

fn settle(
    conn: &mut Conn<'_>,
    change: &Change,
    (to, answer): (ChangeState, &str),
    by: crate::ids::PersonId,
) -> Result<()> {
    sql_query(
        "UPDATE seat_changes SET state = $2, answer = $3, decided_by = $4, decided_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND state IN ('asked', 'seconded')",
    )
    .bind::<SqlUuid, _>(change.id)
    .bind::<Text, _>(to.as_str())
    .bind::<Text, _>(answer)
    .bind::<SqlUuid, _>(by)
    .execute(conn.pg())?;
    Ok(())
}

/// Approves a change: it is done at once, or after a second approval when the seat deadline has passed,
/// even since it was asked. The institution is told when it is done.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; a [`PlacementRefusal`].
pub fn approve_change(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, seen): (SeatChangeId, i32),
) -> Result<ChangeState> {
    let side = Side::Office(*staff);
    let (round, posting, change) = locked(conn, &side, (id, seen))?;
    let now = db::now(conn)?;
    let kind = change.kind()?;
    seats::waits(change.state()?)?;
    let takes = takes(&posting, &round, (kind, change.seats_after), now)?;
    let needs = takes.approvals.max(change.needs);
    let people = (change.asked_by, change.first_by);
    let to = seats::approve(change.state()?, needs, people, staff.person())?;
    if to == ChangeState::Seconded {
        sql_query(
            "UPDATE seat_changes SET state = 'seconded', needs = 2, first_by = $2, first_at = $3, version = version + 1 \
             WHERE id = $1 AND state = 'asked'",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Nullable<SqlUuid>, _>(Some(staff.person()))
        .bind::<Timestamptz, _>(now)
        .execute(conn.pg())?;
        audit::note(
            conn,
            events::change(&change),
            &Noted::plain("seat_change.seconded"),
        )?;
        return Ok(to);
    }
    settle(conn, &change, (to, ""), staff.person())?;
    apply(conn, &change, &posting, takes.later)?;
    let event = Noted("seat_change.approved", json!({ "later": takes.later }));
    audit::note(conn, events::change(&change), &event)?;
    let letter = Told::ChangeDecided(
        kind,
        to,
        change.seats_before,
        change.seats_after,
        String::new(),
    );
    mail::write(
        conn,
        &about(&posting, id, "decided")?,
        &letter,
        staff.person(),
    )?;
    Ok(to)
}

/// Refuses a change; the institution is told why.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`] without words; [`PlacementRefusal::Over`].
pub fn refuse_change(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, seen): (SeatChangeId, i32),
    answer: &str,
) -> Result<()> {
    if answer.trim().is_empty() {
        return Err(Error::field("answer", "required", |lang| {
            lang.form_required().to_owned()
        }));
    }
    let side = Side::Office(*staff);
    let (_, posting, change) = locked(conn, &side, (id, seen))?;
    seats::waits(change.state()?)?;
    settle(
        conn,
        &change,
        (ChangeState::Refused, answer),
        staff.person(),
    )?;
    audit::note(
        conn,
        events::change(&change),
        &Noted::plain("seat_change.refused"),
    )?;
    let (before, after) = (change.seats_before, change.seats_after);
    let letter = Told::ChangeDecided(
        change.kind()?,
        ChangeState::Refused,
        before,
        after,
        answer.to_owned(),
    );
    mail::write(
        conn,
        &about(&posting, id, "decided")?,
        &letter,
        staff.person(),
    )
}

/// Takes a change back that waits.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`PlacementRefusal::Over`].
pub fn take_back_change(
    conn: &mut Conn<'_>,
    member: &Member,
    (id, seen): (SeatChangeId, i32),
) -> Result<()> {
    let side = Side::Host(member.clone());
    let (_, _, change) = locked(conn, &side, (id, seen))?;
    seats::waits(change.state()?)?;
    settle(conn, &change, (ChangeState::TakenBack, ""), member.person())?;
    audit::note(
        conn,
        events::change(&change),
        &Noted::plain("seat_change.taken_back"),
    )
}
