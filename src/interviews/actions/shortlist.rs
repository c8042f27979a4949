//! An institution's shortlist, and its notes.

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Bool, Integer, Jsonb, Text, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::Member;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{InterestId, RoundId, ShortlistId};
use crate::placements::queries::Side;

use super::super::events::{self, Noted};
use super::super::queries::{self, Candidate};
use super::super::rules::InterviewRefusal;
use super::{planned, unless_stale};

/// Makes the rows of a shortlist for those who have none, as they are meant to stand.
fn write(conn: &mut Conn<'_>, all: &[Candidate], round: RoundId, listed: bool) -> Result<()> {
    let rows: Vec<_> = all
        .iter()
        .map(|it| {
            json!({
                "id": ShortlistId::new(), "programme": it.programme_id, "organisation": it.organisation_id, "posting": it.posting_id,
                "interest": it.id, "enrolment": it.enrolment_id, "person": it.person_id, "name": it.name_shown, "number": it.trainee_number,
            })
        })
        .collect();
    sql_query(
        "INSERT INTO interview_candidates (id, programme_id, organisation_id, round_id, posting_id, interest_id, enrolment_id, person_id, \
           name_shown, trainee_number, listed) \
         SELECT x.id, x.programme, x.organisation, $2, x.posting, x.interest, x.enrolment, x.person, x.name, x.number, $3 \
         FROM jsonb_to_recordset($1) AS x (id uuid, programme uuid, organisation uuid, posting uuid, interest uuid, enrolment uuid, \
           person uuid, name text, number text) \
         ON CONFLICT (interest_id) DO UPDATE SET listed = excluded.listed, version = interview_candidates.version + 1",
    )
    .bind::<Jsonb, _>(json!(rows))
    .bind::<SqlUuid, _>(round)
    .bind::<Bool, _>(listed)
    .execute(conn.pg())?;
    Ok(())
}

/// Puts trainees on the shortlist, or takes them off; returns how many were changed. Saying it twice is saying
/// it once.
///
/// # Errors
/// An [`InterviewRefusal`]: nothing is changed then.
pub fn shortlist(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
    (ids, listed): (&[Uuid], bool),
) -> Result<usize> {
    let round = planned(conn, &Side::Host(member.clone()), round)?;
    let found = queries::these(conn, member, round.id, ids)?;
    let wanted: std::collections::BTreeSet<&Uuid> = ids.iter().collect();
    if found.len() != wanted.len() {
        return Err(InterviewRefusal::NoInterest.into());
    }
    let changed: Vec<Candidate> = found.into_iter().filter(|it| it.listed != listed).collect();
    if !listed && changed.iter().any(|it| it.stands) {
        return Err(InterviewRefusal::Stands.into());
    }
    if changed.is_empty() {
        return Ok(0);
    }
    write(conn, &changed, round.id, listed)?;
    let interests: Vec<Uuid> = changed.iter().map(|it| it.id.0).collect();
    if !listed {
        // Who is off the list is off the draft.
        queries::at_task(conn, |conn, _task| {
            sql_query(
                "DELETE FROM interview_drafts d USING interview_candidates c WHERE c.id = d.candidate_id AND c.interest_id = ANY ($1)",
            )
            .bind::<Array<SqlUuid>, _>(&interests)
            .execute(conn.pg())?;
            Ok(())
        })?;
    }
    let verb = match listed {
        true => "interview_candidate.listed",
        false => "interview_candidate.taken_off",
    };
    for it in queries::these(conn, member, round.id, &interests)? {
        if let Some(id) = it.candidate_id {
            let place = (it.programme_id, it.organisation_id);
            let about = events::own("interview_candidate", id.0, place);
            audit::note(conn, about, &Noted::plain(verb))?;
        }
    }
    Ok(changed.len())
}

/// Which of the two notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Before the interview.
    Before,
    /// After it.
    After,
}

/// Writes what an institution notes of a candidate, for itself alone; `seen` is the version that was looked at,
/// 0 for none.
///
/// # Errors
/// [`crate::error::Error::Stale`]; [`crate::error::Error::NotFound`].
pub fn note(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, interest): (RoundId, InterestId),
    (part, words, seen): (Part, &str, i32),
) -> Result<()> {
    let it = queries::candidate(conn, member, (round, interest))?;
    let id = match it.candidate_id {
        Some(id) => id,
        None => {
            planned(conn, &Side::Host(member.clone()), round)?;
            write(conn, std::slice::from_ref(&it), round, false)?;
            let again = queries::candidate(conn, member, (round, interest))?;
            again.candidate_id.ok_or(InterviewRefusal::NoInterest)?
        }
    };
    let place = (it.programme_id, it.organisation_id);
    write_note(conn, id, place, (part, words, seen))
}

/// The same from an interview, whatever became of the interest.
///
/// # Errors
/// As [`note`].
pub fn note_of_interview(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, interview): (RoundId, crate::ids::InterviewId),
    (words, seen): (&str, i32),
) -> Result<()> {
    let side = Side::Host(member.clone());
    let it = queries::interview(conn, &side, (round, interview))?;
    let place = (it.programme_id, it.organisation_id);
    write_note(conn, it.candidate_id, place, (Part::After, words, seen))
}

fn write_note(
    conn: &mut Conn<'_>,
    id: ShortlistId,
    (programme, organisation): (crate::ids::ProgrammeId, crate::ids::OrganisationId),
    (part, words, seen): (Part, &str, i32),
) -> Result<()> {
    let (before, after) = match part {
        Part::Before => (words, ""),
        Part::After => ("", words),
    };
    let sql = match (part, seen) {
        (_, 0) => {
            "INSERT INTO interview_notes (candidate_id, programme_id, organisation_id, before_words, after_words) \
             SELECT $1, $2, $3, $4, $5 WHERE $6 = 0 ON CONFLICT DO NOTHING"
        }
        (Part::Before, _) => {
            "UPDATE interview_notes SET before_words = $4 || $5, version = version + 1 \
             WHERE candidate_id = $1 AND programme_id = $2 AND organisation_id = $3 AND version = $6"
        }
        (Part::After, _) => {
            "UPDATE interview_notes SET after_words = $4 || $5, version = version + 1 \
             WHERE candidate_id = $1 AND programme_id = $2 AND organisation_id = $3 AND version = $6"
        }
    };
    let written = sql_query(sql)
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(programme)
        .bind::<SqlUuid, _>(organisation)
        .bind::<Text, _>(before)
        .bind::<Text, _>(after)
        .bind::<Integer, _>(seen)
        .execute(conn.pg())?;
    unless_stale(written)?;
    let about = events::own("interview_candidate", id.0, (programme, organisation));
    audit::note(conn, about, &Noted::plain("interview_candidate.noted"))
}
