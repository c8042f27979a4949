//! Seats of a cohort: pools, their sizes, and holds that end by themselves.

use crate::db::sql_query;
use chrono::{DateTime, SecondsFormat, Utc};
use diesel::sql_types::{Integer, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access::{self, CohortStaff};
use crate::audit;
use crate::db::{Actor, Conn, Db, Task, now};
use crate::error::{Error, Result};
use crate::ids::{CohortId, JobId, OrganisationId, PoolId};
use crate::jobs;

use super::super::events::{Noted, about};
use super::super::mail;
use super::super::queries::{self, Cohort, PoolRow};
use super::super::rules::changes::{self, ChangeRefusal, Hold};
use super::super::rules::seats::{self, Pool, Seats};

/// The kind of the job that ends a hold.
const RELEASE_HOLD: &str = "release_hold";
/// The kind of the job that fills free seats from the waitlist; the room of offers runs it.
pub const FILL_SEATS: &str = "fill_seats";

/// The kind of the job that ends the open offers and the waitlist of a cancelled cohort; the room
/// of offers runs it, as it stands below this one.
pub const COHORT_CANCELLED: &str = "cohort_cancelled";

/// The kind of the job by which everybody who is enrolled begins to take part when the cohort starts; the
/// room of enrolments runs it, as it stands below this one.
pub const COHORT_STARTED: &str = "cohort_started";

/// Queues [`COHORT_STARTED`] in the transaction of the start.
pub(super) fn started(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<()> {
    let now = now(conn)?;
    let key = format!("{COHORT_STARTED}:{}", cohort.id);
    jobs::later(conn, COHORT_STARTED, Some(cohort.id.0), &key, now)
}

/// Queues [`COHORT_CANCELLED`] in the transaction of the cancellation.
pub(super) fn cancelled(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<()> {
    let now = now(conn)?;
    let key = format!("{COHORT_CANCELLED}:{}", cohort.id);
    jobs::later(conn, COHORT_CANCELLED, Some(cohort.id.0), &key, now)
}

/// Free seats may have come about: whoever waits and fits is promoted at once by the room of offers.
/// That room stands below this one, so the word goes by a job in the same transaction; it runs
/// within a second of the commit. This is the one place from which it is sent.
fn seats_changed(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<()> {
    let now = now(conn)?;
    let key = format!("{FILL_SEATS}:{}", JobId::new());
    jobs::later(conn, FILL_SEATS, Some(cohort.id.0), &key, now)
}

/// Seats to hold for an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPool {
    /// For whose people.
    pub organisation: OrganisationId,
    /// How many seats.
    pub capacity: i32,
    /// Until when; then unused ones go to the open pool.
    pub hold_until: DateTime<Utc>,
}

/// Adds a held pool; returns its id.
///
/// # Errors
/// A [`ChangeRefusal`] for a cohort that is over, a second pool of one organisation or a time that
/// has passed; [`Error::NotFound`] for an organisation that is not in use.
pub fn add_pool(conn: &mut Conn<'_>, staff: &CohortStaff, new: &NewPool) -> Result<PoolId> {
    let cohort = queries::lock(conn, staff)?;
    let pools = queries::lock_pools(conn, &cohort)?;
    let now = now(conn)?;
    changes::changeable(cohort.state()?)?;
    if pools
        .iter()
        .any(|pool| pool.organisation_id == Some(new.organisation))
    {
        return Err(ChangeRefusal::PoolExists.into());
    }
    changes::hold_until(new.hold_until, now)?;
    let seats = Seats::new(new.capacity)?;
    let organisation = crate::organisations::queries::listed(conn)?
        .into_iter()
        .find(|row| row.id == new.organisation)
        .ok_or(Error::NotFound)?;
    let id = PoolId::new();
    sql_query(
        "INSERT INTO seat_pools (id, cohort_id, programme_id, organisation_id, capacity, hold_until) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(cohort.id)
    .bind::<SqlUuid, _>(cohort.programme_id)
    .bind::<SqlUuid, _>(new.organisation)
    .bind::<Integer, _>(seats.capacity())
    .bind::<Timestamptz, _>(new.hold_until)
    .execute(conn.pg())?;
    queue_release(conn, id, new.hold_until)?;
    let event = Noted::PoolAdded {
        en: &organisation.name_en,
        zh: &organisation.name_zh,
        seats: new.capacity,
        until: new.hold_until,
    };
    audit::note(conn, about(&cohort).at(new.organisation), &event)?;
    seats_changed(conn, &cohort)?;
    Ok(id)
}

/// Queues the end of a hold. The time is part of the key: a hold that is moved has a job for each
/// of its times, and those that come too early do nothing.
fn queue_release(conn: &mut Conn<'_>, pool: PoolId, until: DateTime<Utc>) -> Result<()> {
    let time = until.to_rfc3339_opts(SecondsFormat::Secs, true);
    let key = format!("{RELEASE_HOLD}:{pool}:{time}");
    jobs::later(conn, RELEASE_HOLD, Some(pool.0), &key, until)
}

/// Changes how many seats a pool has.
///
/// # Errors
/// As [`change_pool`].
pub fn change_capacity(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    pool: PoolId,
    capacity: i32,
) -> Result<()> {
    change_pool(conn, staff, pool, None, capacity, None)
}

/// Changes a pool's seats, and its hold if `hold_until` is given. `version` is the one that the
/// editor saw, if there was one.
///
/// # Errors
/// [`Error::Stale`]; [`seats::SeatRefusal`] for fewer seats than are offered and taken; a
/// [`ChangeRefusal`] for a cohort or hold that is over.
pub fn change_pool(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    pool: PoolId,
    version: Option<i32>,
    capacity: i32,
    hold_until: Option<DateTime<Utc>>,
) -> Result<()> {
    let cohort = queries::lock(conn, staff)?;
    let pools = queries::lock_pools(conn, &cohort)?;
    let now = now(conn)?;
    let row = pools
        .iter()
        .find(|row| row.id == pool)
        .ok_or(Error::NotFound)?;
    if version.is_some_and(|seen| seen != row.version) {
        return Err(Error::Stale);
    }
    changes::changeable(cohort.state()?)?;
    if row.hold() == Hold::Over {
        return Err(ChangeRefusal::HoldOver.into());
    }
    let seats = row.pool()?.seats.change_capacity(capacity)?;
    let mut record = about(&cohort);
    if let Some(organisation) = row.organisation_id {
        record = record.at(organisation);
    }
    let moved = hold_until.filter(|until| row.hold_until != Some(*until));
    if let Some(until) = moved {
        let from = row.hold().is_on()?;
        changes::hold_until(until, now)?;
        queue_release(conn, pool, until)?;
        let event = Noted::Hold {
            pool: row,
            from,
            to: until,
        };
        audit::note(conn, record, &event)?;
    }
    write_pool(conn, row, seats.capacity(), moved.or(row.hold_until), None)?;
    if seats.capacity() != row.capacity {
        let event = Noted::Capacity {
            pool: row,
            from: row.capacity,
            to: seats.capacity(),
        };
        audit::note(conn, record, &event)?;
        seats_changed(conn, &cohort)?;
    }
    Ok(())
}

/// Writes what only this room changes about a pool, whose row is locked.
fn write_pool(
    conn: &mut Conn<'_>,
    row: &PoolRow,
    capacity: i32,
    hold_until: Option<DateTime<Utc>>,
    released_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let written = sql_query(
        "UPDATE seat_pools SET capacity = $3, hold_until = $4, released_at = coalesce(released_at, $5), \
           version = version + 1 \
         WHERE id = $1 AND capacity = $2 AND offered + taken <= $3",
    )
    .bind::<SqlUuid, _>(row.id)
    .bind::<Integer, _>(row.capacity)
    .bind::<Integer, _>(capacity)
    .bind::<Nullable<Timestamptz>, _>(hold_until)
    .bind::<Nullable<Timestamptz>, _>(released_at)
    .execute(conn.pg())?;
    if written == 1 {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}

/// Ends a hold now: unused seats go to the open pool, and the organisation's representatives are
/// told. Returns how many seats went.
///
/// # Errors
/// A [`ChangeRefusal`] when the pool is not held or its hold is over; [`Error::NotFound`].
pub fn release_now(conn: &mut Conn<'_>, staff: &CohortStaff, pool: PoolId) -> Result<i32> {
    let cohort = queries::lock(conn, staff)?;
    let pools = queries::lock_pools(conn, &cohort)?;
    let now = now(conn)?;
    changes::changeable(cohort.state()?)?;
    let row = pools
        .iter()
        .find(|row| row.id == pool)
        .ok_or(Error::NotFound)?;
    row.hold().is_on()?;
    end_hold(conn, &cohort, row, now, true)
}

/// Ends a hold whose pool is locked.
fn end_hold(
    conn: &mut Conn<'_>,
    cohort: &Cohort,
    row: &PoolRow,
    now: DateTime<Utc>,
    by_hand: bool,
) -> Result<i32> {
    write_pool(conn, row, row.capacity, row.hold_until, Some(now))?;
    let moved = move_free(conn, cohort)?;
    let event = Noted::Released {
        pool: row,
        seats: moved,
        by_hand,
    };
    let mut record = about(cohort);
    if let Some(organisation) = row.organisation_id {
        record = record.at(organisation);
        mail::tell_released(conn, cohort, row, organisation, moved)?;
    }
    audit::note(conn, record, &event)?;
    seats_changed(conn, cohort)?;
    Ok(moved)
}

/// Moves the free seats of every pool whose hold is over to the open pool; the total stays. The
/// cohort and its pools are locked by the caller. To be called as well when a seat of such a pool
/// comes free later (an offer declined, expired or withdrawn), before the waitlist is asked.
/// Returns how many seats moved.
///
/// # Errors
/// The database's.
pub fn give_back_free(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<i32> {
    move_free(conn, cohort)
}

fn move_free(conn: &mut Conn<'_>, cohort: &Cohort) -> Result<i32> {
    let pools = queries::lock_pools(conn, cohort)?;
    let Some(open_row) = pools.iter().find(|row| row.organisation_id.is_none()) else {
        return Err(Error::Internal("a cohort without an open pool".to_owned()));
    };
    let mut open: Pool = open_row.pool()?;
    let before = open.seats.capacity();
    for row in pools.iter().filter(|row| row.hold() == Hold::Over) {
        let held = row.pool()?;
        if held.seats.free() > 0 {
            let (less, more) = seats::give_back(&held, &open, held.seats.free())?;
            write_pool(conn, row, less.seats.capacity(), row.hold_until, None)?;
            open = more;
        }
    }
    if open.seats.capacity() != before {
        write_pool(conn, open_row, open.seats.capacity(), None, None)?;
    }
    Ok(open.seats.capacity() - before)
}

#[derive(QueryableByName)]
struct Home {
    #[diesel(sql_type = SqlUuid)]
    cohort_id: CohortId,
}

/// Runs the job `release_hold`: at the end of a hold its unused seats go to the open pool. Safe to
/// run twice and too early: a hold that is over or has been moved is left alone.
///
/// # Errors
/// The database's.
pub fn release_hold(db: &Db, subject: Option<Uuid>, _payload: &Value) -> Result<()> {
    let Some(pool) = subject.map(PoolId) else {
        return Err(Error::Internal("release_hold without a pool".to_owned()));
    };
    db.tx(&Actor::System(Task::Seats), |conn| {
        let seats = access::working(conn, Task::Seats)?;
        let home: Option<Home> = sql_query("SELECT cohort_id FROM seat_pools WHERE id = $1")
            .bind::<SqlUuid, _>(pool)
            .get_result(conn.pg())
            .optional()?;
        let Some(home) = home else {
            return Ok(());
        };
        let cohort = queries::lock_for_seats(conn, &seats, home.cohort_id)?;
        let pools = queries::lock_pools(conn, &cohort)?;
        let now = now(conn)?;
        let alive = changes::changeable(cohort.state()?).is_ok();
        match pools.iter().find(|row| row.id == pool) {
            Some(row) if alive && row.hold().ends(now) => {
                end_hold(conn, &cohort, row, now, false).map(|_| ())
            }
            Some(_) | None => Ok(()),
        }
    })
}
