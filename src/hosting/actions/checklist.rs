//! The checklist: kept by the office, given to each placement, done item by item.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Bool, Date, Integer, Nullable, Text, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ChecklistItemId, PlacementId, PlacementTaskId};

use super::super::events::{self, Noted};
use super::super::queries::{self, Placement, Seat};
use super::super::rules::{Evidence, HostingRefusal, Owner, TaskState, due_on, usual};
use super::today;

/// What an item says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem {
    /// Its code.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Who does it.
    pub owner: Owner,
    /// Days before the first day.
    pub due_days: i32,
    /// What is recorded.
    pub evidence: Evidence,
    /// Must it be done before the first day?
    pub needed: bool,
    /// Its place.
    pub position: i32,
}

/// Adds an item to a programme's checklist, or changes one; placements that have theirs keep it.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Invalid`] for a code that is taken.
pub fn save_item(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    before: Option<(ChecklistItemId, i32)>,
    new: &NewItem,
) -> Result<()> {
    let known = queries::items(conn, staff.programme())?;
    let own = before.map(|(id, _)| id);
    if known
        .iter()
        .any(|it| it.code == new.code && Some(it.id) != own)
    {
        return Err(Error::field("code", "taken", |lang| {
            lang.hst_need_other_code().to_owned()
        }));
    }
    if let Some((id, seen)) = before {
        let row = known.iter().find(|it| it.id == id).ok_or(Error::NotFound)?;
        if row.version != seen {
            return Err(Error::Stale);
        }
    }
    let id = own.unwrap_or_default();
    sql_query(
        "INSERT INTO checklist_items (id, programme_id, code, name_en, name_zh, owner, due_days, evidence, needed, position) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET code = $3, name_en = $4, name_zh = $5, owner = $6, \
           due_days = $7, evidence = $8, needed = $9, position = $10, version = checklist_items.version + 1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Text, _>(&new.code)
    .bind::<Text, _>(&new.name_en)
    .bind::<Text, _>(&new.name_zh)
    .bind::<Text, _>(new.owner.as_str())
    .bind::<Integer, _>(new.due_days)
    .bind::<Text, _>(new.evidence.as_str())
    .bind::<Bool, _>(new.needed)
    .bind::<Integer, _>(new.position)
    .execute(conn.pg())?;
    let verb = match before {
        Some(_) => "checklist_item.changed",
        None => "checklist_item.added",
    };
    audit::note(
        conn,
        events::of_programme(staff, "checklist_item", id.0),
        &Noted::plain(verb),
    )
}

/// Archives an item, or takes it back into use.
///
/// # Errors
/// [`Error::NotFound`].
pub fn put_away_item(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: ChecklistItemId,
    away: bool,
) -> Result<()> {
    let written = sql_query(
        "UPDATE checklist_items SET archived_at = CASE WHEN $3 THEN banyan_now() END, version = version + 1 \
         WHERE id = $1 AND programme_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Bool, _>(away)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(Error::NotFound);
    }
    let verb = if away {
        "checklist_item.archived"
    } else {
        "checklist_item.restored"
    };
    audit::note(
        conn,
        events::of_programme(staff, "checklist_item", id.0),
        &Noted::plain(verb),
    )
}

/// Adds those of the usual items that the programme does not have.
///
/// # Errors
/// The database's.
pub fn add_usual_items(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<()> {
    let known = queries::items(conn, staff.programme())?;
    for (position, it) in (1..).zip(usual::ITEMS) {
        let (code, name_en, name_zh, owner, due_days, evidence, needed) = *it;
        if known.iter().any(|known| known.code == code) {
            continue;
        }
        let new = NewItem {
            code: code.to_owned(),
            name_en: name_en.to_owned(),
            name_zh: name_zh.to_owned(),
            owner,
            due_days,
            evidence,
            needed,
            position,
        };
        save_item(conn, staff, None, &new)?;
    }
    Ok(())
}

/// Gives an accepted placement the checklist of its programme as it stands; the usual one where the
/// programme has none.
pub(super) fn give_checklist(
    conn: &mut Conn<'_>,
    it: &Placement,
    now: DateTime<Utc>,
) -> Result<()> {
    let given_on = today(now);
    let starts_on = it.starts_on.unwrap_or(given_on);
    let items = conn.elevate(crate::db::Task::Hosting, |conn| {
        queries::items(conn, it.programme_id)
    })?;
    let mut rows = Vec::new();
    let mut row = |position: i32,
                   code: &str,
                   names: (&str, &str),
                   owner: Owner,
                   due_days: i32,
                   evidence: Evidence,
                   needed: bool| {
        rows.push(json!({
            "id": Uuid::now_v7(), "code": code, "en": names.0, "zh": names.1, "owner": owner.as_str(),
            "evidence": evidence.as_str(), "needed": needed, "position": position,
            "due": due_on(starts_on, due_days, given_on),
        }));
    };
    if items.is_empty() {
        for (position, it) in (1..).zip(usual::ITEMS) {
            row(position, it.0, (it.1, it.2), it.3, it.4, it.5, it.6);
        }
    }
    for it in items.iter().filter(|it| it.archived_at.is_none()) {
        row(
            it.position,
            &it.code,
            (&it.name_en, &it.name_zh),
            it.owner()?,
            it.due_days,
            it.evidence()?,
            it.needed,
        );
    }
    conn.elevate(crate::db::Task::Hosting, |conn| {
        sql_query(
            "INSERT INTO placement_tasks (id, programme_id, placement_id, organisation_id, person_id, code, name_en, name_zh, owner, evidence, \
               needed, position, due_on) SELECT y.id, $2, $3, $4, $5, y.code, y.en, y.zh, y.owner, y.evidence, y.needed, y.position, y.due \
             FROM jsonb_to_recordset($1) AS y (id uuid, code text, en text, zh text, owner text, evidence text, needed boolean, position integer, \
               due date) ON CONFLICT (placement_id, code) DO NOTHING",
        )
        .bind::<diesel::sql_types::Jsonb, _>(json!(rows))
        .bind::<SqlUuid, _>(it.programme_id)
        .bind::<SqlUuid, _>(it.id)
        .bind::<SqlUuid, _>(it.organisation_id)
        .bind::<SqlUuid, _>(it.person_id)
        .execute(conn.pg())?;
        Ok(())
    })
}

/// How an item is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settling {
    /// Done, waived, or open again.
    pub state: TaskState,
    /// The note beside it; why, when it is waived.
    pub note: String,
    /// The date beside it.
    pub held_on: Option<NaiveDate>,
}

/// Settles an item, or opens it again. Everybody does their own; the office does everybody's and alone waives.
///
/// # Errors
/// [`HostingRefusal::NotYours`]; [`Error::Stale`]; [`Error::Invalid`].
pub fn settle_task(
    conn: &mut Conn<'_>,
    seat: &Seat,
    (placement, id, seen): (PlacementId, PlacementTaskId, i32),
    how: &Settling,
) -> Result<()> {
    let it = queries::placement(conn, seat, placement, true)?;
    let task = queries::tasks(conn, &it)?
        .into_iter()
        .find(|task| task.id == id)
        .ok_or(Error::NotFound)?;
    let office = matches!(seat, Seat::Office(_));
    if !office && (task.owner()? != seat.owner() || how.state == TaskState::Waived) {
        return Err(HostingRefusal::NotYours.into());
    }
    if task.version != seen {
        return Err(Error::Stale);
    }
    let lacks_note = how.note.is_empty()
        && (how.state == TaskState::Waived
            || how.state == TaskState::Done && task.evidence()? == Evidence::Note);
    if lacks_note {
        return Err(Error::field("note", "required", |lang| {
            lang.hst_need_note().to_owned()
        }));
    }
    sql_query(
        "UPDATE placement_tasks SET state = $2, note = $3, held_on = $4, settled_by = CASE WHEN $2 <> 'open' THEN $5 END, \
           settled_at = CASE WHEN $2 <> 'open' THEN banyan_now() END, version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(how.state.as_str())
    .bind::<Text, _>(&how.note)
    .bind::<Nullable<Date>, _>(how.held_on)
    .bind::<SqlUuid, _>(seat.person())
    .execute(conn.pg())?;
    let verb = match how.state {
        TaskState::Done => "placement.task_done",
        TaskState::Waived => "placement.task_waived",
        TaskState::Open => "placement.task_opened",
    };
    let event = Noted(verb, json!({ "en": task.name_en, "zh": task.name_zh }));
    audit::note(conn, events::placement(&it), &event)
}
