//! What trainees do: say when they cannot come, ask for another time.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::Own;
use crate::audit::{self, About};
use crate::db::{self, Conn, sql_query};
use crate::error::Result;
use crate::ids::{InterviewId, RoundId};

use super::super::events::{self, Noted};
use super::super::mail;
use super::super::queries;
use super::super::rules::{InterviewRefusal, may_change};

/// Sets at which of the times about which they are asked a trainee cannot come.
///
/// # Errors
/// [`InterviewRefusal::NotNow`]; not found for a round in which nobody wants to see them.
pub fn set_absences(
    conn: &mut Conn<'_>,
    own: &Own,
    id: RoundId,
    cannot: &BTreeSet<(DateTime<Utc>, DateTime<Utc>)>,
) -> Result<()> {
    let (place, round) = queries::own_round(conn, own, id)?;
    if !round.open {
        return Err(InterviewRefusal::NotNow.into());
    }
    queries::at_task(conn, |conn, task| queries::lock_round(conn, task, id))?;
    let now = db::now(conn)?;
    let times = queries::own_times(conn, &place, id, now)?;
    let rows: Vec<_> = times
        .iter()
        .map(|it| {
            let (from, to) = (it.when.starts_at, it.when.ends_at);
            json!({ "id": Uuid::now_v7(), "from": from, "to": to, "cannot": cannot.contains(&(from, to)) })
        })
        .collect();
    let rows = json!(rows);
    sql_query(
        "DELETE FROM interview_absences a USING jsonb_to_recordset($1) AS x (\"from\" timestamptz, \"to\" timestamptz) \
         WHERE a.round_id = $2 AND a.enrolment_id = $3 AND a.starts_at = x.\"from\" AND a.ends_at = x.\"to\"",
    )
    .bind::<Jsonb, _>(&rows)
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(place.enrolment())
    .execute(conn.pg())?;
    sql_query(
        "INSERT INTO interview_absences (id, programme_id, round_id, enrolment_id, person_id, starts_at, ends_at) \
         SELECT x.id, $2, $3, $4, $5, x.\"from\", x.\"to\" FROM jsonb_to_recordset($1) \
           AS x (id uuid, \"from\" timestamptz, \"to\" timestamptz, cannot boolean) WHERE x.cannot",
    )
    .bind::<Jsonb, _>(&rows)
    .bind::<SqlUuid, _>(place.programme())
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(place.enrolment())
    .bind::<SqlUuid, _>(place.person())
    .execute(conn.pg())?;
    let about = About::new("enrolment", place.enrolment().0)
        .of(place.person())
        .within(place.programme());
    audit::note(conn, about, &Noted::plain("interview_times.said"))
}

/// Asks for another time, in the trainee's words; the institution is told.
///
/// # Errors
/// An [`InterviewRefusal`].
pub fn ask(conn: &mut Conn<'_>, own: &Own, id: InterviewId, words: &str) -> Result<()> {
    let it = queries::own_interview(conn, own, id)?;
    queries::at_task(conn, |conn, task| {
        queries::lock_round(conn, task, it.round_id)
    })?;
    let now = db::now(conn)?;
    let it = queries::own_interview(conn, own, id)?;
    may_change(it.state()?, it.starts_at, now)?;
    if !it.asked_why.is_empty() {
        return Err(InterviewRefusal::AskedAlready.into());
    }
    queries::at_task(conn, |conn, _task| {
        sql_query("UPDATE interviews SET asked_at = $2, asked_why = $3, version = version + 1 WHERE id = $1 AND state = 'scheduled'")
            .bind::<SqlUuid, _>(it.id)
            .bind::<Timestamptz, _>(now)
            .bind::<Text, _>(words)
            .execute(conn.pg())?;
        Ok(())
    })?;
    mail::asked(conn, &it, words, now)?;
    let about = events::own("interview", it.id.0, (it.programme_id, it.organisation_id));
    audit::note(
        conn,
        about.of(own.person()),
        &Noted::plain("interview.asked"),
    )
}
