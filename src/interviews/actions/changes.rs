//! Changes of what is published: another time, none, what came of it.

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use serde_json::json;

use crate::access::Member;
use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{InterviewId, RoundId, SlotId};
use crate::placements::queries::{self as placements, Side};
use crate::teaching::rules::Slot;

use super::super::events::{self, Noted};
use super::super::mail::{self, Change, Told};
use super::super::queries::{self, Interview, SlotRow};
use super::super::rules::timetable::can_come;
use super::super::rules::{self, InterviewRefusal, InterviewState, may_change, may_settle};
use super::timetable::{after, shift};

/// A time to which an interview could be moved, and whether its trainee can come then. Why they cannot is not
/// said, to nobody.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The slot.
    pub slot: SlotRow,
    /// Can they come?
    pub can: bool,
}

/// The free times of the panels that may hold an interview.
///
/// # Errors
/// The database's.
pub fn choices(conn: &mut Conn<'_>, side: &Side, it: &Interview) -> Result<Vec<Choice>> {
    queries::round(conn, side, it.round_id)?;
    let now = db::now(conn)?;
    queries::at_task(conn, |conn, task| free(conn, task, it, now))
}

fn free(
    conn: &mut Conn<'_>,
    task: &crate::access::Working,
    it: &Interview,
    now: DateTime<Utc>,
) -> Result<Vec<Choice>> {
    let (bounds, _) = queries::bounds(conn, task, it.round_id)?;
    let closed = queries::closed_times(conn, task, it.round_id)?;
    let slots = queries::slots(conn, task, it.round_id, Some(it.organisation_id))?;
    let open: Vec<SlotRow> = slots
        .into_iter()
        .filter(|slot| !slot.taken && slot.posting_ids.contains(&it.posting_id.0))
        .filter(|slot| rules::is_open(&slot.when(), (&bounds, &closed), now))
        .collect();
    let span = Slot {
        starts_at: open.first().map_or(now, |it| it.starts_at),
        ends_at: open.iter().map(|it| it.ends_at).max().unwrap_or(now),
    };
    let person = it.person_id.0;
    let busy = queries::busy(conn, task, (it.round_id, &[person]), &span)?;
    let busy = busy.get(&person).map(Vec::as_slice).unwrap_or_default();
    let others = queries::standing(conn, task, (it.round_id, &[person]), None, now)?;
    let others: Vec<Slot> = others
        .iter()
        .filter(|other| other.person_id == it.person_id && other.candidate_id != it.candidate_id.0)
        .map(|other| Slot {
            starts_at: other.starts_at,
            ends_at: other.ends_at,
        })
        .collect();
    let limits = (
        i64::from(bounds.gap),
        usize::try_from(bounds.most_a_day).unwrap_or(1),
    );
    Ok(open
        .into_iter()
        .map(|slot| Choice {
            can: can_come(&slot.when(), busy, &others, limits),
            slot,
        })
        .collect())
}

/// Moves an interview to a free time of its institution's; the trainee and the panels are told, with the new
/// entry for their calendars.
///
/// # Errors
/// An [`InterviewRefusal`].
pub fn move_to(
    conn: &mut Conn<'_>,
    side: &Side,
    (round, id): (RoundId, InterviewId),
    slot: SlotId,
) -> Result<()> {
    let round = placements::lock_round(conn, side, round, true)?;
    let now = db::now(conn)?;
    let it = queries::interview(conn, side, (round.id, id))?;
    may_change(it.state()?, it.starts_at, now)?;
    let changed = queries::at_task(conn, |conn, task| {
        let slots = queries::slots(conn, task, round.id, Some(it.organisation_id))?;
        let wanted = slots.into_iter().find(|it| it.id == slot);
        let wanted = wanted.ok_or(InterviewRefusal::Closed)?;
        if wanted.taken {
            return Err(InterviewRefusal::Taken.into());
        }
        let choices = free(conn, task, &it, now)?;
        let choice = choices.into_iter().find(|it| it.slot.id == slot);
        let choice = choice.ok_or(InterviewRefusal::Closed)?;
        if !choice.can {
            return Err(InterviewRefusal::Cannot.into());
        }
        let to = choice.slot;
        let row = json!([{
            "candidate": it.candidate_id, "panel": to.panel_id, "slot": to.id, "from": to.starts_at, "to": to.ends_at,
            "room": to.room, "link": to.link,
        }]);
        shift(conn, &row, now)?;
        let again = queries::interview_of(conn, task, it.id.0)?;
        again.ok_or(Error::NotFound)
    })?;
    let left = Some(it.panel_id.0).filter(|left| *left != changed.panel_id.0);
    let change = Change {
        told: Told::Moved(it.when()),
        interview: changed,
        left,
    };
    after(conn, std::slice::from_ref(&change))?;
    mail::tell(conn, round.programme_id, &[change])?;
    Ok(())
}

/// Cancels an interview, with a word to those who come. The trainee leaves the shortlist: whoever wants to see
/// them after all puts them there again.
///
/// # Errors
/// An [`InterviewRefusal`].
pub fn cancel(
    conn: &mut Conn<'_>,
    side: &Side,
    (round, id): (RoundId, InterviewId),
    words: &str,
) -> Result<()> {
    let round = placements::lock_round(conn, side, round, true)?;
    let now = db::now(conn)?;
    let it = queries::interview(conn, side, (round.id, id))?;
    may_change(it.state()?, it.starts_at, now)?;
    let changed = queries::at_task(conn, |conn, task| {
        sql_query(
            "UPDATE interviews SET state = 'cancelled', sequence = sequence + 1, changed_at = $2, asked_at = NULL, asked_why = '', \
               version = version + 1 WHERE id = $1 AND state = 'scheduled'",
        )
        .bind::<SqlUuid, _>(it.id)
        .bind::<Timestamptz, _>(now)
        .execute(conn.pg())?;
        sql_query(
            "UPDATE interview_candidates SET listed = false, version = version + 1 WHERE id = $1",
        )
        .bind::<SqlUuid, _>(it.candidate_id)
        .execute(conn.pg())?;
        sql_query("DELETE FROM interview_drafts WHERE candidate_id = $1")
            .bind::<SqlUuid, _>(it.candidate_id)
            .execute(conn.pg())?;
        let again = queries::interview_of(conn, task, it.id.0)?;
        again.ok_or(Error::NotFound)
    })?;
    let change = Change {
        told: Told::Cancelled(words.to_owned()),
        interview: changed,
        left: None,
    };
    after(conn, std::slice::from_ref(&change))?;
    mail::tell(conn, round.programme_id, &[change])?;
    Ok(())
}

/// Notes that an interview was held, or that the trainee did not come.
///
/// # Errors
/// An [`InterviewRefusal`].
pub fn settle(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, id): (RoundId, InterviewId),
    to: InterviewState,
) -> Result<()> {
    let side = Side::Host(member.clone());
    let round = placements::lock_round(conn, &side, round, true)?;
    let now = db::now(conn)?;
    let it = queries::interview(conn, &side, (round.id, id))?;
    may_settle(it.state()?, to, it.starts_at, now)?;
    queries::at_task(conn, |conn, _task| {
        sql_query(
            "UPDATE interviews SET state = $2, asked_at = NULL, asked_why = '', version = version + 1 WHERE id = $1 AND state <> 'cancelled'",
        )
        .bind::<SqlUuid, _>(it.id)
        .bind::<Text, _>(to.as_str())
        .execute(conn.pg())?;
        Ok(())
    })?;
    let verb = match to {
        InterviewState::Held => "interview.held",
        _ => "interview.missed",
    };
    let about = events::own("interview", it.id.0, (it.programme_id, it.organisation_id));
    audit::note(conn, about.of(it.person_id), &Noted::plain(verb))
}
