//! The timetable: computed as a draft, published in one transaction, reminded of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Jsonb, Nullable, Timestamptz, Uuid as SqlUuid};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::db::{self, Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{InterviewId, OrganisationId, RoundId};
use crate::jobs;
use crate::placements::queries::{Round, Side};
use crate::teaching::rules::Slot;

use super::super::events::{self, Noted};
use super::super::mail::{self, Change, Told};
use super::super::queries::{self, Drafted, Facts, Interview, SlotRow};
use super::super::rules::timetable::{self, Timetable, Why};
use super::super::rules::{InterviewRefusal, remind_at};
use super::planned;

/// The job that reminds of an interview the day before.
pub const REMIND: &str = "remind_interview";

/// What is computed: for a round or one of its institutions, anew or around what is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// This institution alone.
    pub alone: Option<OrganisationId>,
    /// May what is published get another time?
    pub afresh: bool,
}

fn small(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Computes a draft: for a whole round, or one of its institutions alone; around what is published, or anew.
/// The draft before it is gone. Nobody is told.
///
/// # Errors
/// [`InterviewRefusal::WouldLose`] when computing anew leaves somebody who has a time without one.
pub fn compute(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: RoundId,
    scope: Scope,
) -> Result<Timetable> {
    let round = planned(conn, &Side::Office(*staff), round)?;
    let now = db::now(conn)?;
    let found = queries::at_task(conn, |conn, task| {
        let loosen = |_: &Uuid| scope.afresh;
        let facts = queries::facts(conn, task, round.id, (scope.alone, &loosen), now)?;
        let found = timetable::compute(&facts.problem);
        let loses = |id: &&Uuid| facts.standing.contains_key(id);
        if found.unplaced.keys().any(|it| loses(&it)) {
            return Err(InterviewRefusal::WouldLose.into());
        }
        let whys = timetable::whys(&facts.problem, &found);
        write_draft(conn, &round, scope, (&facts, &found))?;
        write_parts(conn, &round, scope, (&facts, &found, &whys))?;
        Ok(found)
    })?;
    let details = json!({ "placed": found.placed.len(), "unplaced": found.unplaced.len(), "bound": found.bound, "used": found.used });
    let about = events::round(staff.programme(), round.id);
    audit::note(conn, about, &Noted("interview_timetable.computed", details))?;
    Ok(found)
}

fn write_draft(
    conn: &mut Conn<'_>,
    round: &Round,
    scope: Scope,
    (facts, found): (&Facts, &Timetable),
) -> Result<()> {
    sql_query(
        "DELETE FROM interview_drafts WHERE round_id = $1 AND ($2 IS NULL OR organisation_id = $2)",
    )
    .bind::<SqlUuid, _>(round.id)
    .bind::<Nullable<SqlUuid>, _>(scope.alone)
    .execute(conn.pg())?;
    let rows: Vec<_> = facts
        .wanted
        .iter()
        .filter_map(|(id, it)| {
            let slot = found.placed.get(id).and_then(|slot| facts.slots.get(slot));
            let reason = found.unplaced.get(id).map(|it| it.as_str());
            if slot.is_none() && reason.is_none() {
                return None;
            }
            Some(json!({
                "id": Uuid::now_v7(), "organisation": it.organisation_id, "posting": it.posting_id, "candidate": it.id,
                "person": it.person_id, "name": it.name_shown, "number": it.trainee_number, "slot": slot.map(|it| it.id),
                "from": slot.map(|it| it.starts_at), "to": slot.map(|it| it.ends_at),
                "room": slot.map_or("", |it| it.room.as_str()), "link": slot.map_or("", |it| it.link.as_str()),
                "reason": reason.unwrap_or_default(),
            }))
        })
        .collect();
    sql_query(
        "INSERT INTO interview_drafts (id, programme_id, round_id, organisation_id, posting_id, candidate_id, person_id, name_shown, \
           trainee_number, slot_id, starts_at, ends_at, room, link, reason) \
         SELECT x.id, $2, $3, x.organisation, x.posting, x.candidate, x.person, x.name, x.number, x.slot, x.\"from\", x.\"to\", x.room, \
           x.link, x.reason FROM jsonb_to_recordset($1) AS x (id uuid, organisation uuid, posting uuid, candidate uuid, person uuid, \
           name text, number text, slot uuid, \"from\" timestamptz, \"to\" timestamptz, room text, link text, reason text)",
    )
    .bind::<Jsonb, _>(json!(rows))
    .bind::<SqlUuid, _>(round.programme_id)
    .bind::<SqlUuid, _>(round.id)
    .execute(conn.pg())?;
    Ok(())
}

/// What the computation found: of the whole, and for each institution of its own part alone.
fn write_parts(
    conn: &mut Conn<'_>,
    round: &Round,
    scope: Scope,
    (facts, found, whys): (&Facts, &Timetable, &[Why]),
) -> Result<()> {
    sql_query(
        "DELETE FROM interview_computations WHERE round_id = $1 AND ($2 IS NULL OR organisation_id = $2 OR organisation_id IS NULL)",
    )
    .bind::<SqlUuid, _>(round.id)
    .bind::<Nullable<SqlUuid>, _>(scope.alone)
    .execute(conn.pg())?;
    let whys: Vec<&str> = whys.iter().map(|it| it.as_str()).collect();
    let row = |of: Option<OrganisationId>, it: &Timetable, whys: &[&str]| {
        json!({
            "id": Uuid::now_v7(), "organisation": of, "bound": small(it.bound), "used": small(it.used),
            "placed": small(it.placed.len()), "unplaced": small(it.unplaced.len()), "whys": whys,
        })
    };
    let mut rows = vec![row(None, found, &whys)];
    let organisations: BTreeSet<OrganisationId> =
        facts.wanted.values().map(|it| it.organisation_id).collect();
    for of in organisations {
        let ids: BTreeSet<Uuid> = facts
            .wanted
            .values()
            .filter(|it| it.organisation_id == of)
            .map(|it| it.id.0)
            .collect();
        let panels: BTreeSet<Uuid> = facts
            .slots
            .values()
            .filter(|it| it.organisation_id == of)
            .map(|it| it.panel_id.0)
            .collect();
        let part = timetable::part(&facts.problem, found, &panels, &ids);
        rows.push(row(Some(of), &part, &[]));
    }
    sql_query(
        "INSERT INTO interview_computations (id, programme_id, round_id, organisation_id, bound, used, placed, unplaced, whys) \
         SELECT x.id, $2, $3, x.organisation, x.bound, x.used, x.placed, x.unplaced, \
           ARRAY(SELECT jsonb_array_elements_text(x.whys)) FROM jsonb_to_recordset($1) \
           AS x (id uuid, organisation uuid, bound integer, used integer, placed integer, unplaced integer, whys jsonb)",
    )
    .bind::<Jsonb, _>(json!(rows))
    .bind::<SqlUuid, _>(round.programme_id)
    .bind::<SqlUuid, _>(round.id)
    .execute(conn.pg())?;
    Ok(())
}

/// What a draft would publish: its fingerprint, and how many interviews it gives a time, or another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// What is published is what was seen.
    pub print: String,
    /// How many get their first time.
    pub new: usize,
    /// How many get another one.
    pub moved: usize,
}

fn print(drafted: &[Drafted]) -> String {
    let mut hash = Sha256::new();
    for it in drafted {
        hash.update(it.candidate_id.as_bytes());
        hash.update(it.slot_id.as_bytes());
    }
    hash.finalize()
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect()
}

/// Reads the draft and judges it again by what is true now.
fn judged(
    conn: &mut Conn<'_>,
    task: &access::Working,
    round: RoundId,
    now: DateTime<Utc>,
) -> Result<(Vec<Drafted>, Facts)> {
    let drafted = queries::drafted(conn, task, round)?;
    if drafted.is_empty() {
        return Err(InterviewRefusal::NoDraft.into());
    }
    // What is in the draft and published is to get another time; everything else stands.
    let drawn: BTreeSet<Uuid> = drafted.iter().map(|it| it.candidate_id).collect();
    let loosen = |it: &Uuid| drawn.contains(it);
    let facts = queries::facts(conn, task, round, (None, &loosen), now)?;
    let placed: BTreeMap<Uuid, Uuid> = drafted
        .iter()
        .map(|it| (it.candidate_id, it.slot_id))
        .collect();
    let strange = placed.keys().any(|it| !facts.wanted.contains_key(it));
    if strange || !timetable::faults(&facts.problem, &placed).is_empty() {
        return Err(InterviewRefusal::Overtaken.into());
    }
    Ok((drafted, facts))
}

fn counted(drafted: &[Drafted], facts: &Facts) -> Publication {
    let moved = drafted.iter().filter(|it| {
        let standing = facts.standing.get(&it.candidate_id);
        standing.is_some_and(|own| own.slot_id != it.slot_id)
    });
    let new = drafted
        .iter()
        .filter(|it| !facts.standing.contains_key(&it.candidate_id));
    Publication {
        print: print(drafted),
        new: new.count(),
        moved: moved.count(),
    }
}

/// What publishing would do.
///
/// # Errors
/// An [`InterviewRefusal`] when there is nothing to publish, or it is not true any more.
pub fn publication(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: RoundId,
) -> Result<Publication> {
    let round = queries::round(conn, &Side::Office(*staff), round)?;
    let now = db::now(conn)?;
    queries::at_task(conn, |conn, task| {
        let (drafted, facts) = judged(conn, task, round.id, now)?;
        Ok(counted(&drafted, &facts))
    })
}

/// Publishes the draft that was seen: interviews, letters with calendar entries, reminders, in one transaction.
///
/// # Errors
/// An [`InterviewRefusal`]; then nothing is written.
pub fn publish(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: RoundId,
    seen: &str,
) -> Result<Publication> {
    let round = planned(conn, &Side::Office(*staff), round)?;
    let now = db::now(conn)?;
    let (told, changes) = queries::at_task(conn, |conn, task| {
        let (drafted, facts) = judged(conn, task, round.id, now)?;
        let told = counted(&drafted, &facts);
        if told.print != seen {
            return Err(InterviewRefusal::Overtaken.into());
        }
        let changes = write(conn, task, &round, (&drafted, &facts), now)?;
        Ok((told, changes))
    })?;
    after(conn, &changes)?;
    mail::tell(conn, round.programme_id, &changes)?;
    let details = json!({ "new": told.new, "moved": told.moved });
    let about = events::round(staff.programme(), round.id);
    audit::note(
        conn,
        about,
        &Noted("interview_timetable.published", details),
    )?;
    Ok(told)
}

/// History and reminders of what was given a time.
pub(super) fn after(conn: &mut Conn<'_>, changes: &[Change]) -> Result<()> {
    for change in changes {
        let it = &change.interview;
        let verb = match change.told {
            Told::Invited => "interview.scheduled",
            Told::Moved(_) => "interview.moved",
            Told::Cancelled(_) => "interview.cancelled",
            Told::HandedOver | Told::Reminded | Told::Asked(_) => continue,
        };
        let about = events::own("interview", it.id.0, (it.programme_id, it.organisation_id));
        audit::note(conn, about.of(it.person_id), &Noted::plain(verb))?;
        if !matches!(change.told, Told::Cancelled(_)) {
            remind_later(conn, it)?;
        }
    }
    Ok(())
}

fn remind_later(conn: &mut Conn<'_>, it: &Interview) -> Result<()> {
    let key = format!("{REMIND}:{}:{}", it.id, it.sequence);
    let payload = json!({ "sequence": it.sequence });
    jobs::later_with(
        conn,
        REMIND,
        Some(it.id.0),
        &payload,
        &key,
        remind_at(it.starts_at),
    )
}

fn row(id: Uuid, it: &queries::Listed, slot: &SlotRow) -> serde_json::Value {
    json!({
        "id": id, "organisation": it.organisation_id, "posting": it.posting_id, "candidate": it.id, "enrolment": it.enrolment_id,
        "person": it.person_id, "name": it.name_shown, "number": it.trainee_number, "panel": slot.panel_id, "slot": slot.id,
        "from": slot.starts_at, "to": slot.ends_at, "room": slot.room, "link": slot.link,
    })
}

fn write(
    conn: &mut Conn<'_>,
    task: &access::Working,
    round: &Round,
    (drafted, facts): (&[Drafted], &Facts),
    now: DateTime<Utc>,
) -> Result<Vec<Change>> {
    let (mut new, mut moved) = (Vec::new(), Vec::new());
    let mut before: BTreeMap<Uuid, (Slot, Uuid)> = BTreeMap::new();
    for it in drafted {
        let (Some(who), Some(slot)) = (
            facts.wanted.get(&it.candidate_id),
            facts.slots.get(&it.slot_id),
        ) else {
            continue;
        };
        match facts.standing.get(&it.candidate_id) {
            None => new.push(row(InterviewId::new().0, who, slot)),
            Some(own) if own.slot_id == it.slot_id => {}
            Some(own) => {
                let from = Slot {
                    starts_at: own.starts_at,
                    ends_at: own.ends_at,
                };
                before.insert(it.candidate_id, (from, own.panel_id));
                moved.push(row(Uuid::nil(), who, slot));
            }
        }
    }
    insert(conn, round, &json!(new), now)?;
    shift(conn, &json!(moved), now)?;
    let candidates: Vec<Uuid> = drafted.iter().map(|it| it.candidate_id).collect();
    sql_query("DELETE FROM interview_drafts WHERE round_id = $1 AND slot_id IS NOT NULL")
        .bind::<SqlUuid, _>(round.id)
        .execute(conn.pg())?;
    sql_query("UPDATE interview_computations SET published_at = $2 WHERE round_id = $1 AND published_at IS NULL")
        .bind::<SqlUuid, _>(round.id)
        .bind::<Timestamptz, _>(now)
        .execute(conn.pg())?;
    let all = queries::interviews_at(conn, task, &candidates)?;
    let change = |it: Interview| {
        let from = before.get(&it.candidate_id.0).copied();
        let told = match from {
            Some((from, _)) => Told::Moved(from),
            None if it.changed_at == now => Told::Invited,
            None => return None,
        };
        let left = from.map(|it| it.1).filter(|left| *left != it.panel_id.0);
        Some(Change {
            interview: it,
            told,
            left,
        })
    };
    Ok(all.into_iter().filter_map(change).collect())
}

fn insert(
    conn: &mut Conn<'_>,
    round: &Round,
    rows: &serde_json::Value,
    now: DateTime<Utc>,
) -> Result<()> {
    sql_query(
        "INSERT INTO interviews (id, programme_id, round_id, organisation_id, posting_id, candidate_id, enrolment_id, person_id, name_shown, \
           trainee_number, panel_id, slot_id, starts_at, ends_at, room, link, changed_at) \
         SELECT x.id, $2, $3, x.organisation, x.posting, x.candidate, x.enrolment, x.person, x.name, x.number, x.panel, x.slot, x.\"from\", \
           x.\"to\", x.room, x.link, $4 FROM jsonb_to_recordset($1) AS x (id uuid, organisation uuid, posting uuid, candidate uuid, \
           enrolment uuid, person uuid, name text, number text, panel uuid, slot uuid, \"from\" timestamptz, \"to\" timestamptz, \
           room text, link text)",
    )
    .bind::<Jsonb, _>(rows)
    .bind::<SqlUuid, _>(round.programme_id)
    .bind::<SqlUuid, _>(round.id)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    Ok(())
}

/// Gives interviews other slots. They leave theirs first: two may exchange.
pub(super) fn shift(
    conn: &mut Conn<'_>,
    rows: &serde_json::Value,
    now: DateTime<Utc>,
) -> Result<()> {
    sql_query(
        "UPDATE interviews i SET state = 'cancelled' FROM jsonb_to_recordset($1) AS x (candidate uuid) \
         WHERE i.candidate_id = x.candidate AND i.state = 'scheduled'",
    )
    .bind::<Jsonb, _>(rows)
    .execute(conn.pg())?;
    sql_query(
        "UPDATE interviews i SET state = 'scheduled', panel_id = x.panel, slot_id = x.slot, starts_at = x.\"from\", ends_at = x.\"to\", \
           room = x.room, link = x.link, sequence = i.sequence + 1, changed_at = $2, asked_at = NULL, asked_why = '', version = version + 1 \
         FROM jsonb_to_recordset($1) AS x (candidate uuid, panel uuid, slot uuid, \"from\" timestamptz, \"to\" timestamptz, room text, link text) \
         WHERE i.candidate_id = x.candidate AND i.state = 'cancelled' AND i.id = (SELECT l.id FROM interviews l \
           WHERE l.candidate_id = x.candidate ORDER BY l.created_at DESC, l.id DESC LIMIT 1)",
    )
    .bind::<Jsonb, _>(rows)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    Ok(())
}

/// Reminds the trainee of an interview, if it still has the time that the reminder was made for; returns
/// whether it did.
///
/// # Errors
/// The database's.
pub fn remind(conn: &mut Conn<'_>, id: Uuid, sequence: Option<i64>) -> Result<bool> {
    let task = access::working(conn, Task::Interviews)?;
    let now = db::now(conn)?;
    let Some(it) = queries::interview_of(conn, &task, id)? else {
        return Ok(false);
    };
    if !mail::is_due(&it, sequence, now) {
        return Ok(false);
    }
    let programme = it.programme_id;
    let change = Change {
        interview: it,
        told: Told::Reminded,
        left: None,
    };
    Ok(mail::tell(conn, programme, &[change])? > 0)
}
