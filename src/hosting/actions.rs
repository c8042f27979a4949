//! What is done with a placement from its offer to the first day. The lock of everything is its row.

use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};

use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::lang::format::hk_date;
use crate::matches::rules::{PlacementState, PlacementStep, placement_step};

use super::events::{self, Noted};
use super::queries::Placement;
use super::rules::HostingRefusal;

mod agreement;
mod checklist;
mod offer;
mod standing;
mod start;

pub use agreement::*;
pub use checklist::*;
pub use offer::*;
pub use standing::*;
pub use start::*;

/// Takes a placement a step on and says so in its history.
///
/// # Errors
/// [`HostingRefusal::Step`].
pub(crate) fn advance(
    conn: &mut Conn<'_>,
    it: &Placement,
    (from, step): (PlacementState, PlacementStep),
    (reason, now): (&str, DateTime<Utc>),
) -> Result<PlacementState> {
    let to = placement_step(from, step).map_err(|_refused| HostingRefusal::Step)?;
    let answered = (from == PlacementState::Offered).then_some(now);
    sql_query(
        "UPDATE placements SET state = $2, state_since = $3, reason = CASE WHEN $4 = '' THEN reason ELSE $4 END, \
           answered_at = coalesce($5, answered_at), version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(it.id)
    .bind::<Text, _>(to.as_str())
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(reason)
    .bind::<Nullable<Timestamptz>, _>(answered)
    .execute(conn.pg())?;
    let event = Noted(
        "placement.stepped",
        events::named(|lang| to.label(lang).to_owned()),
    );
    audit::note(conn, events::placement(it), &event)?;
    Ok(to)
}

/// The day on which it is now in Hong Kong.
fn today(now: DateTime<Utc>) -> chrono::NaiveDate {
    hk_date(now)
}
