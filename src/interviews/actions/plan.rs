//! An institution's panels, and their hours on days.

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Date, Integer, Jsonb, Text, Uuid as SqlUuid};
use serde_json::json;
use uuid::Uuid;

use crate::access::Member;
use crate::audit;
use crate::db::{self, Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{InterviewDayId, OrganisationId, PanelId, RoundId, SlotId};
use crate::lang::Lang;
use crate::placements::queries::{Round, Side};
use crate::teaching::rules::Slot;

use super::super::events::{self, Noted};
use super::super::queries::{self, DayRow, PanelRow};
use super::super::rules::{self, Hours, InterviewRefusal, PanelMember, show_minute};
use super::{planned, unless_stale};

/// A panel as it is meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPanel {
    /// What it is called.
    pub name: String,
    /// Who sits on it.
    pub members: Vec<PanelMember>,
    /// The language of letters to them.
    pub lang: Lang,
    /// For which postings it interviews: all of one institution.
    pub postings: Vec<Uuid>,
}

/// The institution of these postings: one, and the representative's.
fn institution(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
    postings: &[Uuid],
) -> Result<OrganisationId> {
    let own = queries::own_postings(conn, member, round)?;
    let of = |id: &Uuid| {
        let found = own.iter().find(|it| it.id.0 == *id);
        found.map(|it| it.organisation_id)
    };
    let mut all: Vec<Option<OrganisationId>> = postings.iter().map(of).collect();
    all.sort_unstable();
    all.dedup();
    match all.as_slice() {
        [Some(one)] => Ok(*one),
        _ => Err(Error::field("postings", "choice", |lang| {
            lang.itv_need_postings().to_owned()
        })),
    }
}

/// Makes a panel.
///
/// # Errors
/// [`Error::Invalid`]; an [`InterviewRefusal`].
pub fn add_panel(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
    new: &NewPanel,
) -> Result<PanelId> {
    let round = planned(conn, &Side::Host(member.clone()), round)?;
    let organisation = institution(conn, member, round.id, &new.postings)?;
    let id = PanelId::new();
    sql_query(
        "INSERT INTO interview_panels (id, programme_id, organisation_id, round_id, name, members, lang, posting_ids) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(round.programme_id)
    .bind::<SqlUuid, _>(organisation)
    .bind::<SqlUuid, _>(round.id)
    .bind::<Text, _>(&new.name)
    .bind::<Jsonb, _>(json!(new.members))
    .bind::<Text, _>(new.lang.tag())
    .bind::<Array<SqlUuid>, _>(&new.postings)
    .execute(conn.pg())?;
    let about = events::own("interview_panel", id.0, (round.programme_id, organisation));
    audit::note(conn, about, &Noted::plain("interview_panel.added"))?;
    Ok(id)
}

/// Changes a panel.
///
/// # Errors
/// As [`add_panel`]; [`Error::Stale`].
pub fn change_panel(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, id, seen): (RoundId, PanelId, i32),
    new: &NewPanel,
) -> Result<()> {
    let round = planned(conn, &Side::Host(member.clone()), round)?;
    let before = queries::panel(conn, member, (round.id, id))?;
    if institution(conn, member, round.id, &new.postings)? != before.organisation_id {
        return Err(Error::field("postings", "choice", |lang| {
            lang.itv_need_postings().to_owned()
        }));
    }
    let written = sql_query(
        "UPDATE interview_panels SET name = $3, members = $4, lang = $5, posting_ids = $6, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(seen)
    .bind::<Text, _>(&new.name)
    .bind::<Jsonb, _>(json!(new.members))
    .bind::<Text, _>(new.lang.tag())
    .bind::<Array<SqlUuid>, _>(&new.postings)
    .execute(conn.pg())?;
    unless_stale(written)?;
    let place = (round.programme_id, before.organisation_id);
    let about = events::own("interview_panel", id.0, place);
    audit::note(conn, about, &Noted::plain("interview_panel.changed"))
}

/// A panel's hours as they are meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDay {
    /// The panel.
    pub panel: PanelId,
    /// Its hours.
    pub hours: Hours,
    /// Room; empty for none.
    pub room: String,
    /// Address of the meeting; empty for none.
    pub link: String,
}

/// The most times of a day.
const MOST_TIMES: usize = 200;

/// Everything that is wrong with the hours of a panel, each beside its field.
fn judge(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, own): (&Round, Option<InterviewDayId>),
    new: &NewDay,
    now: DateTime<Utc>,
) -> Result<Vec<Slot>> {
    let slots = rules::cut(&new.hours);
    let Some(first) = slots.first().filter(|_| slots.len() <= MOST_TIMES) else {
        return Err(Error::field("ends", "order", |lang| {
            lang.itv_need_hours().to_owned()
        }));
    };
    if new.room.is_empty() && new.link.is_empty() {
        return Err(Error::field("room", "required", |lang| {
            lang.itv_need_place().to_owned()
        }));
    }
    if first.starts_at <= now {
        return Err(Error::field("held_on", "past", |lang| {
            lang.itv_need_future().to_owned()
        }));
    }
    let (bounds, closed) = queries::at_task(conn, |conn, task| {
        let (bounds, _) = queries::bounds(conn, task, round.id)?;
        Ok((bounds, queries::closed_times(conn, task, round.id)?))
    })?;
    if let Some(blackout) = rules::blacked_out(&slots, &closed) {
        return Err(Error::field("held_on", "blackout", |lang| {
            lang.itv_in_blackout(blackout.name(lang))
        }));
    }
    if !slots.iter().all(|it| rules::within(it, &bounds)) {
        let (from, to) = (show_minute(bounds.earliest), show_minute(bounds.latest));
        return Err(Error::field("starts", "hours", |lang| {
            lang.itv_out_of_hours(&from, &to)
        }));
    }
    let panel = queries::panel(conn, member, (round.id, new.panel))?;
    apart(conn, member, (&panel, own), new)?;
    Ok(slots)
}

/// A panel sits in one room at a time, and a room holds one panel.
fn apart(
    conn: &mut Conn<'_>,
    member: &Member,
    (panel, own): (&PanelRow, Option<InterviewDayId>),
    new: &NewDay,
) -> Result<()> {
    let same_time = |it: &&DayRow| {
        Some(it.id) != own
            && it.held_on == new.hours.date
            && it.starts_minute < new.hours.to
            && new.hours.from < it.ends_minute
    };
    let days = queries::days(conn, member, panel.round_id)?;
    for it in days.iter().filter(same_time) {
        if it.panel_id == panel.id {
            return Err(Error::field("panel", "clash", |lang| {
                lang.itv_panel_sits().to_owned()
            }));
        }
        let same = |one: &str, other: &str| {
            !one.is_empty() && one.trim().to_lowercase() == other.trim().to_lowercase()
        };
        let here = it.organisation_id == panel.organisation_id;
        if here && same(&it.room, &new.room) {
            return Err(Error::field("room", "clash", |lang| {
                lang.itv_room_taken(&it.panel)
            }));
        }
        if here && same(&it.link, &new.link) {
            return Err(Error::field("link", "clash", |lang| {
                lang.itv_room_taken(&it.panel)
            }));
        }
    }
    Ok(())
}

fn write_slots(
    conn: &mut Conn<'_>,
    (panel, id): (&PanelRow, InterviewDayId),
    slots: &[Slot],
) -> Result<()> {
    let rows: Vec<_> = slots
        .iter()
        .map(|it| json!({ "id": SlotId::new(), "from": it.starts_at, "to": it.ends_at }))
        .collect();
    sql_query(
        "INSERT INTO interview_slots (id, programme_id, organisation_id, round_id, panel_id, day_id, starts_at, ends_at) \
         SELECT x.id, $2, $3, $4, $5, $6, x.\"from\", x.\"to\" FROM jsonb_to_recordset($1) AS x (id uuid, \"from\" timestamptz, \"to\" timestamptz)",
    )
    .bind::<Jsonb, _>(json!(rows))
    .bind::<SqlUuid, _>(panel.programme_id)
    .bind::<SqlUuid, _>(panel.organisation_id)
    .bind::<SqlUuid, _>(panel.round_id)
    .bind::<SqlUuid, _>(panel.id)
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    Ok(())
}

/// Takes the times of a day away, and what was drafted for them.
fn clear(conn: &mut Conn<'_>, id: InterviewDayId) -> Result<()> {
    queries::at_task(conn, |conn, _task| {
        sql_query("DELETE FROM interview_drafts d USING interview_slots s WHERE s.id = d.slot_id AND s.day_id = $1")
            .bind::<SqlUuid, _>(id)
            .execute(conn.pg())?;
        Ok(())
    })?;
    sql_query("DELETE FROM interview_slots WHERE day_id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    Ok(())
}

/// Adds a panel's hours on a day, with their times.
///
/// # Errors
/// [`Error::Invalid`], naming the blackout in which a time falls; an [`InterviewRefusal`].
pub fn add_day(
    conn: &mut Conn<'_>,
    member: &Member,
    round: RoundId,
    new: &NewDay,
) -> Result<InterviewDayId> {
    let round = planned(conn, &Side::Host(member.clone()), round)?;
    let now = db::now(conn)?;
    let slots = judge(conn, member, (&round, None), new, now)?;
    let panel = queries::panel(conn, member, (round.id, new.panel))?;
    let id = InterviewDayId::new();
    sql_query(
        "INSERT INTO interview_days (id, programme_id, organisation_id, round_id, panel_id, held_on, starts_minute, ends_minute, \
           length_minutes, break_minutes, room, link) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(round.programme_id)
    .bind::<SqlUuid, _>(panel.organisation_id)
    .bind::<SqlUuid, _>(round.id)
    .bind::<SqlUuid, _>(panel.id)
    .bind::<Date, _>(new.hours.date)
    .bind::<Integer, _>(new.hours.from)
    .bind::<Integer, _>(new.hours.to)
    .bind::<Integer, _>(new.hours.length)
    .bind::<Integer, _>(new.hours.pause)
    .bind::<Text, _>(&new.room)
    .bind::<Text, _>(&new.link)
    .execute(conn.pg())?;
    write_slots(conn, (&panel, id), &slots)?;
    let place = (round.programme_id, panel.organisation_id);
    let about = events::own("interview_day", id.0, place);
    audit::note(conn, about, &Noted::plain("interview_day.added"))?;
    Ok(id)
}

/// Changes a panel's hours: until one of its times is published.
///
/// # Errors
/// As [`add_day`]; [`Error::Stale`].
pub fn change_day(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, id, seen): (RoundId, InterviewDayId, i32),
    new: &NewDay,
) -> Result<()> {
    let round = planned(conn, &Side::Host(member.clone()), round)?;
    let now = db::now(conn)?;
    let before = queries::day(conn, member, (round.id, id))?;
    if before.given {
        return Err(InterviewRefusal::DayTaken.into());
    }
    let slots = judge(conn, member, (&round, Some(id)), new, now)?;
    let panel = queries::panel(conn, member, (round.id, new.panel))?;
    if panel.organisation_id != before.organisation_id {
        return Err(Error::NotFound);
    }
    clear(conn, id)?;
    let written = sql_query(
        "UPDATE interview_days SET panel_id = $3, held_on = $4, starts_minute = $5, ends_minute = $6, length_minutes = $7, \
           break_minutes = $8, room = $9, link = $10, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Integer, _>(seen)
    .bind::<SqlUuid, _>(panel.id)
    .bind::<Date, _>(new.hours.date)
    .bind::<Integer, _>(new.hours.from)
    .bind::<Integer, _>(new.hours.to)
    .bind::<Integer, _>(new.hours.length)
    .bind::<Integer, _>(new.hours.pause)
    .bind::<Text, _>(&new.room)
    .bind::<Text, _>(&new.link)
    .execute(conn.pg())?;
    unless_stale(written)?;
    write_slots(conn, (&panel, id), &slots)?;
    let place = (round.programme_id, panel.organisation_id);
    let about = events::own("interview_day", id.0, place);
    audit::note(conn, about, &Noted::plain("interview_day.changed"))
}

/// Takes a panel's hours away: until one of its times is published.
///
/// # Errors
/// An [`InterviewRefusal`].
pub fn remove_day(
    conn: &mut Conn<'_>,
    member: &Member,
    (round, id): (RoundId, InterviewDayId),
) -> Result<()> {
    let round = planned(conn, &Side::Host(member.clone()), round)?;
    let before = queries::day(conn, member, (round.id, id))?;
    if before.given {
        return Err(InterviewRefusal::DayTaken.into());
    }
    clear(conn, id)?;
    sql_query("DELETE FROM interview_days WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    let place = (round.programme_id, before.organisation_id);
    let about = events::own("interview_day", id.0, place);
    audit::note(conn, about, &Noted::plain("interview_day.removed"))
}
