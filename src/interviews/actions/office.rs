//! What the office sets for a round: hours, gap, how many a day, blackouts.

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Text, Timestamptz, Uuid as SqlUuid};

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{BlackoutId, RoundId};
use crate::placements::queries::Side;

use super::super::events::{self, Noted};
use super::super::rules::Bounds;
use super::{planned, unless_stale};

/// Sets the bounds of a round; `seen` is the version that was looked at, 0 for none.
///
/// # Errors
/// [`Error::Stale`]; an interview's refusal.
pub fn set_bounds(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: RoundId,
    seen: i32,
    new: &Bounds,
) -> Result<()> {
    let round = planned(conn, &Side::Office(*staff), id)?;
    let sql = match seen {
        0 => {
            "INSERT INTO interview_rules (round_id, programme_id, earliest, latest, gap_minutes, most_a_day) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT DO NOTHING"
        }
        _ => {
            "UPDATE interview_rules SET earliest = $3, latest = $4, gap_minutes = $5, most_a_day = $6, version = version + 1 \
             WHERE round_id = $1 AND programme_id = $2 AND version = $7"
        }
    };
    let statement = sql_query(sql)
        .bind::<SqlUuid, _>(round.id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<Integer, _>(new.earliest)
        .bind::<Integer, _>(new.latest)
        .bind::<Integer, _>(new.gap)
        .bind::<Integer, _>(new.most_a_day);
    let written = match seen {
        0 => statement.execute(conn.pg())?,
        _ => statement.bind::<Integer, _>(seen).execute(conn.pg())?,
    };
    unless_stale(written)?;
    let about = events::round(staff.programme(), round.id);
    audit::note(conn, about, &Noted::plain("interview_rules.set"))
}

/// A blackout as it is meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBlackout {
    /// From.
    pub starts_at: DateTime<Utc>,
    /// To.
    pub ends_at: DateTime<Utc>,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
}

fn judge(new: &NewBlackout) -> Result<()> {
    if new.starts_at < new.ends_at {
        return Ok(());
    }
    Err(Error::field("ends_at", "order", |lang| {
        lang.itv_need_order().to_owned()
    }))
}

/// Adds a blackout to a round.
///
/// # Errors
/// [`Error::Invalid`]; an interview's refusal.
pub fn add_blackout(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    round: RoundId,
    new: &NewBlackout,
) -> Result<BlackoutId> {
    judge(new)?;
    let round = planned(conn, &Side::Office(*staff), round)?;
    let id = BlackoutId::new();
    sql_query(
        "INSERT INTO interview_blackouts (id, programme_id, round_id, starts_at, ends_at, name_en, name_zh) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(round.id)
    .bind::<Timestamptz, _>(new.starts_at)
    .bind::<Timestamptz, _>(new.ends_at)
    .bind::<Text, _>(&new.name_en)
    .bind::<Text, _>(&new.name_zh)
    .execute(conn.pg())?;
    let about = events::round(staff.programme(), round.id);
    audit::note(conn, about, &Noted::plain("interview_blackout.added"))?;
    Ok(id)
}

/// Changes a blackout.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Invalid`].
pub fn change_blackout(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id, seen): (RoundId, BlackoutId, i32),
    new: &NewBlackout,
) -> Result<()> {
    judge(new)?;
    let round = planned(conn, &Side::Office(*staff), round)?;
    let written = sql_query(
        "UPDATE interview_blackouts SET starts_at = $4, ends_at = $5, name_en = $6, name_zh = $7, version = version + 1 \
         WHERE id = $1 AND round_id = $2 AND version = $3",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(round.id)
    .bind::<Integer, _>(seen)
    .bind::<Timestamptz, _>(new.starts_at)
    .bind::<Timestamptz, _>(new.ends_at)
    .bind::<Text, _>(&new.name_en)
    .bind::<Text, _>(&new.name_zh)
    .execute(conn.pg())?;
    unless_stale(written)?;
    let about = events::round(staff.programme(), round.id);
    audit::note(conn, about, &Noted::plain("interview_blackout.changed"))
}

/// Takes a blackout away.
///
/// # Errors
/// [`Error::NotFound`].
pub fn remove_blackout(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (round, id): (RoundId, BlackoutId),
) -> Result<()> {
    let round = planned(conn, &Side::Office(*staff), round)?;
    let written = sql_query("DELETE FROM interview_blackouts WHERE id = $1 AND round_id = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(round.id)
        .execute(conn.pg())?;
    if written == 0 {
        return Err(Error::NotFound);
    }
    let about = events::round(staff.programme(), round.id);
    audit::note(conn, about, &Noted::plain("interview_blackout.removed"))
}
