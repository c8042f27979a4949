//! Evaluations: by the institution and by the trainee, at half-time and at the end; and the trainee's review
//! of the institution.

use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::hosting::actions::advance;
use crate::hosting::queries::{self as hosting, Placement, Seat};
use crate::ids::{CompetencyId, PersonId, PlacementId};
use crate::matches::rules::{PlacementState, PlacementStep};
use crate::placements::actions::unless_taken;

use super::super::events::{self, Noted};
use super::super::rules::form::Answers;
use super::super::rules::{Author, Point, SupervisionRefusal, has_logs};

/// An evaluation as it is handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewEvaluation {
    /// The answers by their names.
    pub answers: Answers,
    /// Levels of competencies that were seen, from 1 to 4.
    pub levels: Vec<(CompetencyId, i32)>,
}

/// Hands an evaluation in; it is not changed afterwards. The institution's at half-time takes the placement to
/// its review.
///
/// # Errors
/// [`SupervisionRefusal::NotUnderWay`], [`SupervisionRefusal::EvaluatedAlready`].
pub fn evaluate(
    conn: &mut Conn<'_>,
    it: &Placement,
    (point, author, by): (Point, Author, PersonId),
    new: &NewEvaluation,
) -> Result<()> {
    let state = it.state()?;
    if !has_logs(state) {
        return Err(SupervisionRefusal::NotUnderWay.into());
    }
    let now = db::now(conn)?;
    let twice = || SupervisionRefusal::EvaluatedAlready.into();
    unless_taken(conn, twice, |pg| {
        sql_query(
        "INSERT INTO evaluations (id, programme_id, placement_id, organisation_id, person_id, point, author, answers, submitted_by, submitted_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(it.id)
    .bind::<SqlUuid, _>(it.organisation_id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Text, _>(point.as_str())
    .bind::<Text, _>(author.as_str())
    .bind::<Jsonb, _>(json!(new.answers))
    .bind::<SqlUuid, _>(by)
    .bind::<Timestamptz, _>(now)
        .execute(pg)
    })?;
    for (competency, level) in &new.levels {
        sql_query(
            "INSERT INTO placement_levels (id, programme_id, placement_id, organisation_id, person_id, competency_id, level) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (placement_id, competency_id) DO UPDATE SET level = excluded.level",
        )
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<SqlUuid, _>(it.programme_id)
        .bind::<SqlUuid, _>(it.id)
        .bind::<SqlUuid, _>(it.organisation_id)
        .bind::<SqlUuid, _>(it.person_id)
        .bind::<SqlUuid, _>(*competency)
        .bind::<Integer, _>(*level)
        .execute(conn.pg())?;
    }
    let details =
        events::named(|lang| format!("{}{}", lang.before(point.label(lang)), author.label(lang)));
    audit::note(
        conn,
        events::placement(it),
        &Noted("placement.evaluated", details),
    )?;
    if (point, author, state) == (Point::Mid, Author::Host, PlacementState::Active) {
        advance(conn, it, (state, PlacementStep::Review), ("", now))?;
    }
    Ok(())
}

/// Hands an evaluation in for who sits there: the trainee's own, or the institution's.
///
/// # Errors
/// As [`evaluate`]; [`Error::NotFound`] for the office.
pub fn evaluate_as(
    conn: &mut Conn<'_>,
    seat: &Seat,
    (id, point): (PlacementId, Point),
    new: &NewEvaluation,
) -> Result<()> {
    let author = match seat {
        Seat::Trainee(_) => Author::Own,
        Seat::Host(_) => Author::Host,
        Seat::Office(_) => return Err(Error::NotFound),
    };
    let it = hosting::placement(conn, seat, id, true)?;
    evaluate(conn, &it, (point, author, seat.person()), new)
}

/// The trainee says what they think of the institution; it never reads this.
///
/// # Errors
/// [`SupervisionRefusal::NotUnderWay`], [`SupervisionRefusal::EvaluatedAlready`].
pub fn review_host(
    conn: &mut Conn<'_>,
    seat: &Seat,
    id: PlacementId,
    answers: &Answers,
) -> Result<()> {
    let Seat::Trainee(_) = seat else {
        return Err(Error::NotFound);
    };
    let it = hosting::placement(conn, seat, id, true)?;
    if !has_logs(it.state()?) {
        return Err(SupervisionRefusal::NotUnderWay.into());
    }
    let now = db::now(conn)?;
    let twice = || SupervisionRefusal::EvaluatedAlready.into();
    unless_taken(conn, twice, |pg| {
        sql_query(
        "INSERT INTO host_reviews (id, programme_id, placement_id, reviewed_id, person_id, answers, submitted_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(it.id)
    .bind::<SqlUuid, _>(it.organisation_id)
    .bind::<SqlUuid, _>(it.person_id)
    .bind::<Jsonb, _>(json!(answers))
    .bind::<Timestamptz, _>(now)
        .execute(pg)
    })?;
    Ok(())
}
