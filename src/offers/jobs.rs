//! Work of offers that comes by itself: the end at the deadline and the reminder before it. Both
//! are rows of the queue, written when the offer is made, and may run more than once.

use crate::db::sql_query;
use diesel::sql_types::Uuid as SqlUuid;
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::access;
use crate::cohorts;
use crate::cohorts::actions::{COHORT_CANCELLED, FILL_SEATS};
use crate::db::{Actor, Db, Task};
use crate::error::{Error, Result};
use crate::ids::{CohortId, OfferId};
use crate::jobs::Runner;

use super::actions::{self, EXPIRE_OFFER, REMIND_OFFER};

/// Who runs the jobs of this room.
#[must_use]
pub fn runners() -> Vec<(&'static str, Runner)> {
    vec![
        (EXPIRE_OFFER, run_expire),
        (REMIND_OFFER, run_remind),
        (FILL_SEATS, run_fill),
        (COHORT_CANCELLED, run_cancelled),
    ]
}

fn subject(id: Option<Uuid>) -> Result<OfferId> {
    id.map(OfferId)
        .ok_or_else(|| Error::Internal("a job of an offer names none".to_owned()))
}

fn run_expire(db: &Db, id: Option<Uuid>, _payload: &Value) -> Result<()> {
    let id = subject(id)?;
    db.tx(&Actor::System(Task::Seats), |conn| {
        actions::expire(conn, id).map(|_done| ())
    })
}

fn run_remind(db: &Db, id: Option<Uuid>, _payload: &Value) -> Result<()> {
    let id = subject(id)?;
    db.tx(&Actor::System(Task::Seats), |conn| {
        actions::remind(conn, id).map(|_done| ())
    })
}

/// Seats of a cohort have come free by a change of its pools: promote who waits and fits.
fn run_fill(db: &Db, id: Option<Uuid>, _payload: &Value) -> Result<()> {
    let id = id
        .map(CohortId)
        .ok_or_else(|| Error::Internal("a job of a cohort names none".to_owned()))?;
    db.tx(&Actor::System(Task::Seats), |conn| {
        let seats = access::working(conn, Task::Seats)?;
        let cohort = cohorts::queries::lock_for_seats(conn, &seats, id)?;
        actions::fill_free_seats(conn, &cohort).map(|_promoted| ())
    })
}

/// A cohort was cancelled: end its open offers and its waitlist.
fn run_cancelled(db: &Db, id: Option<Uuid>, _payload: &Value) -> Result<()> {
    let id = id
        .map(CohortId)
        .ok_or_else(|| Error::Internal("a job of a cohort names none".to_owned()))?;
    db.tx(&Actor::System(Task::Seats), |conn| {
        actions::close_cancelled(conn, id).map(|_changed| ())
    })
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = SqlUuid)]
    id: OfferId,
}

/// Ends every offer whose deadline has come, whatever became of its job; returns how many it ended.
/// Each ends in a transaction of its own.
///
/// # Errors
/// The database's.
pub fn sweep(db: &Db) -> Result<usize> {
    let system = Actor::System(Task::Seats);
    let due: Vec<Due> = db.read(&system, |conn| {
        Ok(sql_query(
            "SELECT id FROM offers WHERE state = 'open' AND expires_at <= (SELECT banyan_now()) ORDER BY expires_at, id LIMIT 500",
        )
        .load(conn.pg())?)
    })?;
    let mut ended = 0;
    for offer in &due {
        if db.tx(&system, |conn| actions::expire(conn, offer.id))? {
            ended += 1;
        }
    }
    Ok(ended)
}
