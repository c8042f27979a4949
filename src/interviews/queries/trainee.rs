//! What trainees read: their own interviews, and the times about which they are asked.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::{Own, OwnEnrolment};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{InterviewId, ProgrammeId, RoundId};
use crate::lang::Lang;
use crate::placements::queries as placements;
use crate::teaching::rules::Slot;

use super::super::rules;
use super::listing::INTERVIEW;
use super::{Interview, at_task, bounds, busy, closed_times};

/// A round in which a trainee is asked to interviews.
#[derive(Clone, Debug, QueryableByName)]
pub struct OwnRound {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: RoundId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: Uuid,
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
    /// Is it at interviews?
    #[diesel(sql_type = Bool)]
    pub open: bool,
}

impl OwnRound {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }
}

/// The rounds in which an institution wants to see the trainee.
///
/// # Errors
/// The database's.
pub fn own_rounds(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<OwnRound>> {
    let person = own.person();
    at_task(conn, |conn, _task| {
        Ok(sql_query(
            "SELECT DISTINCT ON (r.opens_at, r.id) r.id, r.programme_id, c.enrolment_id, r.name_en, r.name_zh, r.state IN ('open', 'ranking') AS open \
             FROM interview_candidates c JOIN placement_rounds r ON r.id = c.round_id \
               JOIN posting_interests i ON i.id = c.interest_id \
             WHERE c.person_id = $1 AND c.listed AND i.state = 'expressed' ORDER BY r.opens_at DESC, r.id, c.id LIMIT 50",
        )
        .bind::<SqlUuid, _>(person)
        .load(conn.pg())?)
    })
}

/// One of them, with the trainee's enrolment.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own_round(conn: &mut Conn<'_>, own: &Own, id: RoundId) -> Result<(OwnEnrolment, OwnRound)> {
    let rounds = own_rounds(conn, own)?;
    let round = rounds.into_iter().find(|it| it.id == id);
    let round = round.ok_or(Error::NotFound)?;
    let places = placements::own_places(conn, own)?;
    let place = places
        .into_iter()
        .find(|it| it.enrolment().0 == round.enrolment_id);
    Ok((place.ok_or(Error::NotFound)?, round))
}

/// A time about which a trainee is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnTime {
    /// When.
    pub when: Slot,
    /// Have they said that they cannot come?
    pub absent: bool,
    /// Have they a class then?
    pub class: bool,
}

#[derive(QueryableByName)]
struct Time {
    #[diesel(sql_type = Timestamptz)]
    starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    ends_at: DateTime<Utc>,
}

impl Time {
    fn slot(&self) -> Slot {
        Slot {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        }
    }
}

/// The times, still to come, of those panels that interview for what the trainee is shortlisted for. Whose they
/// are is not said.
///
/// # Errors
/// The database's.
pub fn own_times(
    conn: &mut Conn<'_>,
    place: &OwnEnrolment,
    round: RoundId,
    now: DateTime<Utc>,
) -> Result<Vec<OwnTime>> {
    let absent: BTreeSet<(DateTime<Utc>, DateTime<Utc>)> = sql_query(
        "SELECT starts_at, ends_at FROM interview_absences WHERE round_id = $1 AND enrolment_id = $2",
    )
    .bind::<SqlUuid, _>(round)
    .bind::<SqlUuid, _>(place.enrolment())
    .load::<Time>(conn.pg())?
    .iter()
    .map(|it| (it.starts_at, it.ends_at))
    .collect();
    let person = place.person();
    at_task(conn, |conn, task| {
        let (bounds, _) = bounds(conn, task, round)?;
        let closed = closed_times(conn, task, round)?;
        let times: Vec<Time> = sql_query(
            "SELECT DISTINCT s.starts_at, s.ends_at FROM interview_slots s JOIN interview_panels p ON p.id = s.panel_id \
               JOIN interview_candidates c ON c.organisation_id = s.organisation_id AND c.round_id = s.round_id \
                 AND c.posting_id = ANY (p.posting_ids) \
             WHERE s.round_id = $1 AND c.person_id = $2 AND c.listed AND s.starts_at > $3 ORDER BY 1, 2 LIMIT 5000",
        )
        .bind::<SqlUuid, _>(round)
        .bind::<SqlUuid, _>(person)
        .bind::<Timestamptz, _>(now)
        .load(conn.pg())?;
        let span = Slot {
            starts_at: times.first().map_or(now, |it| it.starts_at),
            ends_at: times.iter().map(|it| it.ends_at).max().unwrap_or(now),
        };
        let known = busy(conn, task, (round, &[person.0]), &span)?;
        let known = known.get(&person.0).map(Vec::as_slice).unwrap_or_default();
        let said = |it: &Slot| absent.contains(&(it.starts_at, it.ends_at));
        let open = times.iter().map(Time::slot);
        let open = open.filter(|it| rules::is_open(it, (&bounds, &closed), now));
        Ok(open
            .map(|when| OwnTime {
                when,
                absent: said(&when),
                class: known.iter().any(|it| !said(it) && it.overlaps(&when)),
            })
            .collect())
    })
}

/// Everything that a trainee is invited to, by time.
///
/// # Errors
/// The database's.
pub fn own_interviews(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<Interview>> {
    let person = own.person();
    at_task(conn, |conn, _task| {
        Ok(sql_query(format!(
            "{INTERVIEW} WHERE i.person_id = $1 ORDER BY i.starts_at, i.id LIMIT 500"
        ))
        .bind::<SqlUuid, _>(person)
        .load(conn.pg())?)
    })
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub fn own_interview(conn: &mut Conn<'_>, own: &Own, id: InterviewId) -> Result<Interview> {
    let all = own_interviews(conn, own)?;
    all.into_iter()
        .find(|it| it.id == id)
        .ok_or(Error::NotFound)
}

/// One interview for the job that reminds of it.
///
/// # Errors
/// The database's.
pub fn interview_of(
    conn: &mut Conn<'_>,
    _task: &crate::access::Working,
    id: Uuid,
) -> Result<Option<Interview>> {
    Ok(sql_query(format!("{INTERVIEW} WHERE i.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?)
}

/// The interviews that stand of these rows of the shortlist, for letters.
///
/// # Errors
/// The database's.
pub fn interviews_at(
    conn: &mut Conn<'_>,
    _task: &crate::access::Working,
    candidates: &[Uuid],
) -> Result<Vec<Interview>> {
    Ok(sql_query(format!(
        "{INTERVIEW} WHERE i.candidate_id = ANY ($1) AND i.state <> 'cancelled' ORDER BY i.starts_at, i.id"
    ))
    .bind::<Array<SqlUuid>, _>(candidates)
    .load(conn.pg())?)
}
