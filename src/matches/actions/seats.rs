//! What a publication writes: results, placements, and placements that end by it.

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{MatchRunId, PlacementId, ProgrammeId};

use super::super::events;
use super::super::queries::{Holding, MatchRound, PostingName, Taking};
use super::super::rules::PlacementState;
use super::super::rules::beside::Origin;
use super::super::rules::market::TraineeResult;

/// Days to answer an offer when the posting names none.
const OFFER_DAYS: i32 = 7;

/// The row of a result.
pub(super) fn result_row(result: &TraineeResult, who: &Taking) -> Value {
    json!({
        "id": Uuid::now_v7(), "enrolment": result.enrolment, "person": who.person_id, "posting": result.posting,
        "lines": result.lines,
    })
}

/// The row of a placement.
pub(super) fn placement_row(who: &Taking, posting: &PostingName, origin: Origin) -> Value {
    json!({
        "id": PlacementId::new(), "organisation": posting.organisation_id, "posting": posting.id, "enrolment": who.id,
        "person": who.person_id, "name": who.name_shown, "number": who.trainee_number, "origin": origin.as_str(),
    })
}

/// Writes results, under the task of the match.
pub(super) fn insert_results(
    conn: &mut Conn<'_>,
    (round, run): (&MatchRound, MatchRunId),
    rows: &[Value],
    now: DateTime<Utc>,
) -> Result<()> {
    sql_query(
        "INSERT INTO match_results (id, run_id, programme_id, round_id, enrolment_id, person_id, posting_id, lines, published_at) \
         SELECT x.id, $2, $3, $4, x.enrolment, x.person, x.posting, x.lines, $5 FROM jsonb_to_recordset($1) \
           AS x (id uuid, enrolment uuid, person uuid, posting uuid, lines jsonb)",
    )
    .bind::<Jsonb, _>(json!(rows))
    .bind::<SqlUuid, _>(run)
    .bind::<SqlUuid, _>(round.programme_id)
    .bind::<SqlUuid, _>(round.id)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    Ok(())
}

/// Makes placements, under the task of the match.
pub(super) fn insert_placements(
    conn: &mut Conn<'_>,
    (round, run): (&MatchRound, MatchRunId),
    rows: &[Value],
    now: DateTime<Utc>,
) -> Result<()> {
    sql_query(
        "INSERT INTO placements (id, programme_id, round_id, run_id, organisation_id, posting_id, enrolment_id, person_id, name_shown, \
           trainee_number, starts_on, ends_on, hours_week, supervisor_name, supervisor_email, answer_by, origin) \
         SELECT x.id, $2, $3, $4, x.organisation, x.posting, x.enrolment, x.person, x.name, x.number, \
           coalesce(p.starts_on, r.starts_on), coalesce(p.ends_on, r.ends_on), nullif(p.content->>'hours_week', '')::integer, \
           coalesce(p.content->>'supervisor_name', ''), coalesce(p.content->>'supervisor_email', ''), \
           (date_trunc('day', $5 AT TIME ZONE 'Asia/Hong_Kong') + make_interval(days => 1 + coalesce(nullif(p.content->>'offer_days', '')::integer, $6)) \
             - interval '1 minute') AT TIME ZONE 'Asia/Hong_Kong', x.origin \
         FROM jsonb_to_recordset($1) AS x (id uuid, organisation uuid, posting uuid, enrolment uuid, person uuid, name text, number text, \
           origin text) \
         JOIN postings p ON p.id = x.posting JOIN placement_rounds r ON r.id = p.round_id",
    )
    .bind::<Jsonb, _>(json!(rows))
    .bind::<SqlUuid, _>(round.programme_id)
    .bind::<SqlUuid, _>(round.id)
    .bind::<SqlUuid, _>(run)
    .bind::<Timestamptz, _>(now)
    .bind::<Integer, _>(OFFER_DAYS)
    .execute(conn.pg())?;
    Ok(())
}

/// Ends placements that have not begun, because their seat is gone or another takes their place: withdrawn by
/// the institution, with the reason. An exempt period that never began does not count.
pub(super) fn end(
    conn: &mut Conn<'_>,
    ids: &[Uuid],
    reason: &str,
    now: DateTime<Utc>,
) -> Result<usize> {
    sql_query("UPDATE work_standings SET void = true, version = version + 1 WHERE placement_id = ANY ($1) AND NOT void")
        .bind::<Array<SqlUuid>, _>(ids)
        .execute(conn.pg())?;
    Ok(sql_query(
        "UPDATE placements SET state = 'withdrawn_by_host', state_since = $3, reason = $2, version = version + 1 \
         WHERE id = ANY ($1) AND state IN ('offered', 'accepted', 'agreement_signed', 'onboarding')",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Text, _>(reason)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?)
}

/// Says in the history of each of these placements that it was withdrawn.
pub(super) fn note_ended(
    conn: &mut Conn<'_>,
    programme: ProgrammeId,
    ended: &[&Holding],
) -> Result<()> {
    let event = events::stepped(PlacementState::WithdrawnByHost);
    for it in ended {
        audit::note(conn, events::placement(programme, it), &event)?;
    }
    Ok(())
}
