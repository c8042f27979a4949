//! The end of a placement: completed, ended early, and the placement that comes after.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{Date, Text, Uuid as SqlUuid};

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::hosting::actions::advance;
use crate::hosting::queries::{self as hosting, Placement, Seat};
use crate::ids::{PlacementId, PostingId};
use crate::lang::format::hk_date;
use crate::matches::rules::{PlacementState, PlacementStep};

use super::super::events::{self, Noted};
use super::super::mail::{self, Told};
use super::super::queries;
use super::super::rules::{Author, EndCode, Initiator, LogState, Point, SupervisionRefusal, weeks};

/// What is missing before a placement is complete: weeks without an approved log, and whether the
/// institution has evaluated at the end.
///
/// # Errors
/// The database's.
pub fn unfinished(conn: &mut Conn<'_>, it: &Placement) -> Result<(Vec<NaiveDate>, bool)> {
    let Some(contract) = queries::contract(conn, it)? else {
        return Ok((Vec::new(), true));
    };
    let mut approved = Vec::new();
    for log in queries::logs(conn, it)? {
        if log.state()? == LogState::Approved {
            approved.push(log.week);
        }
    }
    let mut open = weeks(contract.starts_on, contract.ends_on, contract.ends_on);
    open.retain(|week| !approved.contains(week) && !contract.rests(*week));
    let mut evaluated = false;
    for one in queries::evaluations(conn, it)? {
        evaluated |= one.point()? == Point::Final && one.author()? == Author::Host;
    }
    Ok((open, !evaluated))
}

/// The office confirms that a placement is completed.
///
/// # Errors
/// [`SupervisionRefusal::NotComplete`], [`SupervisionRefusal::NotUnderWay`].
pub fn complete(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: PlacementId) -> Result<()> {
    let it = hosting::placement(conn, &Seat::Office(*staff), id, true)?;
    let state = it.state()?;
    if !matches!(state, PlacementState::Active | PlacementState::MidReview) {
        return Err(SupervisionRefusal::NotUnderWay.into());
    }
    let (open, unevaluated) = unfinished(conn, &it)?;
    if !open.is_empty() || unevaluated {
        return Err(SupervisionRefusal::NotComplete.into());
    }
    let now = db::now(conn)?;
    advance(conn, &it, (state, PlacementStep::Complete), ("", now))?;
    mail::tell_trainee(conn, &it, &Told::Completed, "end")?;
    mail::tell_host(conn, &it, &Told::Completed, "end")
}

/// Why and when a placement ends before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlyEnd {
    /// Who ends it.
    pub initiator: Initiator,
    /// Why.
    pub code: EndCode,
    /// Its last day.
    pub ended_on: NaiveDate,
    /// Notes, for the office alone.
    pub notes: String,
}

/// Ends a placement before its time; the trainee and the institution are told that it ends, not why.
///
/// # Errors
/// [`SupervisionRefusal::NotUnderWay`]; [`Error::Invalid`].
pub fn end_early(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: PlacementId,
    how: &EarlyEnd,
) -> Result<()> {
    let it = hosting::placement(conn, &Seat::Office(*staff), id, true)?;
    let now = db::now(conn)?;
    if how.ended_on > hk_date(now) || it.starts_on.is_some_and(|first| how.ended_on < first) {
        return Err(Error::field("ended_on", "outside", |lang| {
            lang.sup_need_end_day().to_owned()
        }));
    }
    let state = it.state()?;
    advance(conn, &it, (state, PlacementStep::EndEarly), ("", now))
        .map_err(|_refused| SupervisionRefusal::NotUnderWay)?;
    sql_query("UPDATE placements SET ends_on = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Date, _>(how.ended_on)
        .execute(conn.pg())?;
    sql_query(
        "INSERT INTO early_ends (placement_id, programme_id, initiator, code, ended_on, notes) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<Text, _>(how.initiator.as_str())
    .bind::<Text, _>(how.code.as_str())
    .bind::<Date, _>(how.ended_on)
    .bind::<Text, _>(&how.notes)
    .execute(conn.pg())?;
    mail::tell_trainee(conn, &it, &Told::Ended(how.ended_on), "end")?;
    mail::tell_host(conn, &it, &Told::Ended(how.ended_on), "end")
}

/// Offers a trainee whose placement ended early, or whose institution withdrew, another posting with a free
/// seat; they have seven days to answer.
///
/// # Errors
/// [`SupervisionRefusal::Step`], [`SupervisionRefusal::NoSeat`].
pub fn replace(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: PlacementId,
    posting: PostingId,
) -> Result<PlacementId> {
    let seat = Seat::Office(*staff);
    let it = hosting::placement(conn, &seat, id, true)?;
    let ended = [PlacementState::EndedEarly, PlacementState::WithdrawnByHost];
    if !ended.contains(&it.state()?) {
        return Err(SupervisionRefusal::Step.into());
    }
    sql_query("SELECT id FROM postings WHERE id = $1 FOR NO KEY UPDATE")
        .bind::<SqlUuid, _>(posting)
        .execute(conn.pg())?;
    let next = PlacementId::new();
    let written = sql_query(
        "INSERT INTO placements (id, programme_id, round_id, organisation_id, posting_id, enrolment_id, person_id, name_shown, trainee_number, \
           origin, starts_on, ends_on, hours_week, supervisor_name, supervisor_email, answer_by) \
         SELECT $1, p.programme_id, p.round_id, p.organisation_id, p.id, x.enrolment_id, x.person_id, x.name_shown, x.trainee_number, 'replacement', \
           coalesce(p.starts_on, r.starts_on), coalesce(p.ends_on, r.ends_on), nullif(p.content->>'hours_week', '')::integer, \
           coalesce(p.content->>'supervisor_name', ''), coalesce(p.content->>'supervisor_email', ''), banyan_now() + interval '7 days' \
         FROM postings p JOIN placement_rounds r ON r.id = p.round_id, placements x \
         WHERE p.id = $2 AND x.id = $3 AND p.programme_id = x.programme_id AND p.state IN ('matched', 'closed', 'open', 'ranking') \
           AND p.seats + p.later_seats > (SELECT count(*) FROM placements y WHERE y.posting_id = p.id \
             AND y.state NOT IN ('ended_early', 'withdrawn_by_trainee', 'withdrawn_by_host')) \
           AND NOT EXISTS (SELECT FROM placements y WHERE y.enrolment_id = x.enrolment_id AND y.state NOT IN ('completed', 'ended_early', \
             'withdrawn_by_trainee', 'withdrawn_by_host'))",
    )
    .bind::<SqlUuid, _>(next)
    .bind::<SqlUuid, _>(posting)
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(SupervisionRefusal::NoSeat.into());
    }
    sql_query("UPDATE early_ends SET next_id = $2 WHERE placement_id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(next)
        .execute(conn.pg())?;
    audit::note(
        conn,
        events::placement(&it),
        &Noted::plain("placement.replaced"),
    )?;
    let new = hosting::placement(conn, &seat, next, false)?;
    mail::tell_trainee(conn, &new, &Told::Replaced, "replaced")?;
    mail::tell_host(conn, &new, &Told::Replaced, "replaced")?;
    Ok(next)
}
