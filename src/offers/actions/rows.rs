//! The single changes of rows that the verbs are made of.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};

use crate::applications::rules::{self as applications, Event as Step, State};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::jobs;
use crate::offers::queries::{self, Application, Offer};
use crate::offers::rules::{self};

/// Exactly one row: anything else means that a lock was missing, and nothing is kept.
pub(crate) fn one(rows: usize) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Takes an application one step by its rule. The words of decisions and releases are in its case,
/// which the caller keeps.
pub(crate) fn step_application(
    conn: &mut Conn<'_>,
    application: &Application,
    step: Step,
    now: DateTime<Utc>,
) -> Result<State> {
    let to = applications::next(application.state()?, step, false)?;
    let stepped = sql_query(
        "UPDATE applications SET state = $2, version = version + 1, updated_at = $4 WHERE id = $1 AND state = $3",
    )
    .bind::<SqlUuid, _>(application.id)
    .bind::<Text, _>(queries::word_of(to))
    .bind::<Text, _>(&application.state)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    one(stepped)?;
    Ok(to)
}

/// Ends an application's place on the waitlist, if it has one.
pub(super) fn leave_waitlist(
    conn: &mut Conn<'_>,
    application: &Application,
    how: &str,
    now: DateTime<Utc>,
) -> Result<usize> {
    Ok(sql_query(
        "UPDATE waitlist_entries SET state = $2, ended_at = $3 WHERE application_id = $1 AND state = 'waiting'",
    )
    .bind::<SqlUuid, _>(application.id)
    .bind::<Text, _>(how)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?)
}

pub(super) fn insert_offer(conn: &mut Conn<'_>, offer: &Offer) -> Result<()> {
    sql_query(
        "INSERT INTO offers (id, application_id, cohort_id, pool_id, programme_id, person_id, expires_at, promoted_rank, \
           created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind::<SqlUuid, _>(offer.id)
    .bind::<SqlUuid, _>(offer.application_id)
    .bind::<SqlUuid, _>(offer.cohort_id)
    .bind::<SqlUuid, _>(offer.pool_id)
    .bind::<SqlUuid, _>(offer.programme_id)
    .bind::<SqlUuid, _>(offer.person_id)
    .bind::<Timestamptz, _>(offer.expires_at)
    .bind::<Nullable<Integer>, _>(offer.promoted_rank)
    .bind::<Timestamptz, _>(offer.created_at)
    .execute(conn.pg())?;
    Ok(())
}

/// Queues the end of an offer and, if there is time, its reminder. A new deadline has a new version
/// and so jobs of its own; those of the old one find nothing to do.
pub(super) fn schedule(conn: &mut Conn<'_>, offer: &Offer, now: DateTime<Utc>) -> Result<()> {
    let (id, version) = (offer.id, offer.version);
    let key = |kind: &str| format!("{kind}:{id}:{version}");
    let expire = super::EXPIRE_OFFER;
    jobs::later(conn, expire, Some(id.0), &key(expire), offer.expires_at)?;
    if let Some(at) = rules::remind_at(now, offer.expires_at) {
        let remind = super::REMIND_OFFER;
        jobs::later(conn, remind, Some(id.0), &key(remind), at)?;
    }
    Ok(())
}

/// Takes a pending or released decision off an application's case, so that it can be decided anew.
pub(super) fn clear_decision(conn: &mut Conn<'_>, application: &Application) -> Result<()> {
    sql_query(
        "UPDATE application_cases SET decision = NULL, decision_reason = NULL, decided_by = NULL, decided_at = NULL, \
           release_id = NULL, released_at = NULL, version = version + 1 WHERE application_id = $1",
    )
    .bind::<SqlUuid, _>(application.id)
    .execute(conn.pg())?;
    Ok(())
}

/// Notes on these cases that their decision was released.
pub(super) fn mark_released(
    conn: &mut Conn<'_>,
    release: crate::ids::ReleaseId,
    ids: &[crate::ids::ApplicationId],
    now: DateTime<Utc>,
) -> Result<()> {
    let marked = sql_query(
        "UPDATE application_cases SET release_id = $1, released_at = $3, version = version + 1 \
         WHERE application_id = ANY ($2) AND decision IS NOT NULL AND released_at IS NULL",
    )
    .bind::<SqlUuid, _>(release)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Timestamptz, _>(now)
    .execute(conn.pg())?;
    if marked == ids.len() {
        Ok(())
    } else {
        Err(Error::Stale)
    }
}
