//! Places given beforehand: named by one person, approved by another, taken back before the run.

use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::RoundId;
use crate::matching::rest::Placed;

use super::super::events::{self, Noted};
use super::super::mail::{self, PlaceTold};
use super::super::queries::{self, MatchRound, Place};
use super::super::rules::beside::{self, PlaceState, RunKind, Tells};
use super::super::rules::{MatchRefusal, RunState};
use super::runs::not_placeable;

/// The place that somebody names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlace {
    /// The trainee's number.
    pub trainee: String,
    /// The posting.
    pub posting: Uuid,
    /// Why.
    pub reason: String,
}

/// Locks the round: no official run may stand.
fn open_round(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: RoundId) -> Result<MatchRound> {
    let round = queries::office_round(conn, staff, id, Some(true))?;
    let mut stands = false;
    for it in queries::runs(conn, staff, id)? {
        stands |= it.kind()? == RunKind::Official && it.state()? != RunState::Voided;
    }
    beside::may_give(round.state()?, stands)?;
    Ok(round)
}

/// Do all places that stand, with this one, fit the seats and caps?
fn fits(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: &MatchRound,
    new: Option<Placed>,
) -> Result<()> {
    let mut all: Vec<Placed> = new.into_iter().collect();
    for it in queries::places(conn, staff, round.id)? {
        if matches!(it.state()?, PlaceState::Asked | PlaceState::Approved) {
            all.push((it.enrolment_id.to_string(), it.posting_id.to_string()));
        }
    }
    if round.second() {
        let held = queries::holdings(conn, staff, round, false)?;
        all.extend(held.iter().map(queries::Holding::seated));
    }
    let snapshot = queries::market(conn, staff, round)?.snapshot("", None);
    Ok(snapshot
        .may_place(&all)
        .map_err(|why| not_placeable(&why))?)
}

/// Names a trainee and a posting; another person approves it. Returns its id.
///
/// # Errors
/// [`Error::Invalid`] for a trainee or posting that does not take part; a [`MatchRefusal`].
pub fn name_place(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RoundId,
    new: &NewPlace,
) -> Result<Uuid> {
    let round = open_round(conn, staff, id)?;
    let trainees = queries::taking_part(conn, staff, &round)?;
    let number = new.trainee.trim().to_uppercase();
    let who = trainees
        .iter()
        .find(|it| it.trainee_number.to_uppercase() == number)
        .ok_or_else(|| {
            Error::field("trainee", "unknown", |lang| {
                lang.mat_unknown_trainee().to_owned()
            })
        })?;
    let postings = queries::desk_postings(conn, staff, round.root())?;
    let at = postings
        .iter()
        .find(|it| it.id == new.posting)
        .ok_or_else(|| Error::field("posting", "choice", |lang| lang.form_choice().to_owned()))?;
    fits(
        conn,
        staff,
        &round,
        Some((who.id.to_string(), at.id.to_string())),
    )?;
    let place = Uuid::now_v7();
    sql_query(
        "INSERT INTO places_beforehand (id, programme_id, round_id, organisation_id, posting_id, enrolment_id, person_id, reason, asked_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind::<SqlUuid, _>(place)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(at.organisation_id)
    .bind::<SqlUuid, _>(at.id)
    .bind::<SqlUuid, _>(who.id)
    .bind::<SqlUuid, _>(who.person_id)
    .bind::<Text, _>(&new.reason)
    .bind::<SqlUuid, _>(staff.person())
    .execute(conn.pg())?;
    let it = queries::place(conn, staff, (id, place))?;
    note(conn, staff, (&round, &it), "place_beforehand.named")?;
    Ok(place)
}

fn note(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, it): (&MatchRound, &Place),
    verb: &'static str,
) -> Result<()> {
    audit::note(conn, events::place(staff, it), &Noted::plain(verb))?;
    let verb = match verb {
        "place_beforehand.named" => "match.place_named",
        "place_beforehand.approved" => "match.place_approved",
        _ => "match.place_cancelled",
    };
    audit::note(
        conn,
        events::round(staff.programme(), round.id),
        &Noted(verb, json!({ "posting": it.posting_id })),
    )
}

/// Approves a place that another person named; the trainee and the institution are told.
///
/// # Errors
/// A [`MatchRefusal`].
pub fn approve_place(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, place): (RoundId, Uuid),
) -> Result<()> {
    let round = open_round(conn, staff, id)?;
    let it = queries::place(conn, staff, (id, place))?;
    beside::may_approve_place(it.state()?, it.asked_by, staff.person())?;
    let trainees = queries::taking_part(conn, staff, &round)?;
    if trainees.iter().all(|who| who.id != it.enrolment_id) {
        return Err(MatchRefusal::PlacedAlready.into());
    }
    fits(conn, staff, &round, None)?;
    let now = db::now(conn)?;
    sql_query(
        "UPDATE places_beforehand SET state = 'approved', approved_by = $2, approved_at = $3, version = version + 1 \
         WHERE id = $1 AND state = 'asked'",
    )
    .bind::<SqlUuid, _>(place)
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    note(conn, staff, (&round, &it), "place_beforehand.approved")?;
    mail::beforehand(conn, &round, &it, PlaceTold::Given)
}

/// Takes a place back before a run is frozen; whoever was told of it is told of that, too.
///
/// # Errors
/// A [`MatchRefusal`].
pub fn cancel_place(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, place): (RoundId, Uuid),
) -> Result<()> {
    let round = open_round(conn, staff, id)?;
    let it = queries::place(conn, staff, (id, place))?;
    let before = it.state()?;
    beside::may_cancel_place(before)?;
    let now = db::now(conn)?;
    sql_query(
        "UPDATE places_beforehand SET state = 'cancelled', ended_by = $2, ended_at = $3, version = version + 1 \
         WHERE id = $1 AND state IN ('asked', 'approved')",
    )
    .bind::<SqlUuid, _>(place)
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    note(conn, staff, (&round, &it), "place_beforehand.cancelled")?;
    match before {
        PlaceState::Approved => mail::beforehand(conn, &round, &it, PlaceTold::TakenBack),
        PlaceState::Asked | PlaceState::Cancelled | PlaceState::Placed => Ok(()),
    }
}

/// Sets how much of an institution's list the reasons of this round tell, before its publication.
///
/// # Errors
/// [`MatchRefusal::ResultsOut`].
pub fn set_tells(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RoundId,
    tells: Tells,
) -> Result<()> {
    let round = queries::office_round(conn, staff, id, Some(true))?;
    beside::may_set_tells(round.state()?)?;
    sql_query("UPDATE placement_rounds SET disclosure = $2, version = version + 1 WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(tells.as_str())
        .execute(conn.pg())?;
    let details = json!({ "from": round.tells().as_str(), "to": tells.as_str() });
    audit::note(
        conn,
        events::round(staff.programme(), id),
        &Noted("match.tells_set", details),
    )
}
