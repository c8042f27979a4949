//! The pools of a cohort over the API.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{CohortStaff, STAFF};
use crate::error::{Error, Result};
use crate::ids::{OrganisationId, PoolId};
use crate::web::api::{Instant, list};
use crate::web::paging::Page;
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::super::actions::{self, NewPool};
use super::super::queries::{self, PoolRow};
use super::staff;

/// A pool of seats.
#[derive(Serialize, ToSchema)]
struct Pool {
    id: Uuid,
    /// For whose people its seats are held; null for the open pool.
    organisation: Option<Uuid>,
    capacity: i32,
    offered: i32,
    taken: i32,
    free: i32,
    hold_until: Option<DateTime<Utc>>,
    released_at: Option<DateTime<Utc>>,
    /// Its ETag, without the quotes.
    version: i32,
}

impl From<PoolRow> for Pool {
    fn from(it: PoolRow) -> Self {
        Self {
            free: it.free(),
            id: it.id.0,
            organisation: it.organisation_id.map(|id| id.0),
            capacity: it.capacity,
            offered: it.offered,
            taken: it.taken,
            hold_until: it.hold_until,
            released_at: it.released_at,
            version: it.version,
        }
    }
}

/// Seats to hold for an organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPool)]
struct PoolToAdd {
    organisation: Uuid,
    #[schema(minimum = 0)]
    capacity: i32,
    /// Until when; then unused ones go to the open pool.
    hold_until: Instant,
}

/// What changes about a pool.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PoolChange {
    #[schema(minimum = 0)]
    capacity: Option<i32>,
    hold_until: Option<Instant>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Pool>()
        .schema_from::<PoolToAdd>()
        .schema_from::<PoolChange>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let pools = "/api/v1/cohorts/{cohort}/pools";
    let pool = "/api/v1/cohorts/{cohort}/pools/{pool}";
    let release = "/api/v1/cohorts/{cohort}/pools/{pool}/release";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            pools,
            STAFF,
            list_pools,
            read("listPools", "The pools of seats.", "Pool[]"),
        )
        .api(
            Method::Post,
            pools,
            STAFF,
            add_pool,
            write(
                "addPool",
                "Holds seats for an organisation.",
                Some("NewPool"),
                (201, "Pool"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            pool,
            STAFF,
            get_pool,
            read("getPool", "One pool.", "Pool").versioned(),
        )
        .api(
            Method::Patch,
            pool,
            STAFF,
            change_pool,
            write(
                "changePool",
                "Changes the seats of a pool, or its hold.",
                Some("PoolChange"),
                (200, "Pool"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            release,
            STAFF,
            release_pool,
            write(
                "releasePool",
                "Ends a hold now: unused seats go to the open pool.",
                None,
                (200, "Pool"),
            )
            .versioned(),
        )
}

fn list_pools(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = queries::pools(cx.conn, &staff)?;
    list(Page { rows, next: None }, Pool::from)
}

/// One of the cohort's pools.
fn pool(cx: &mut Cx<'_, '_>, staff: &CohortStaff, id: PoolId) -> Result<PoolRow> {
    let pools = queries::pools(cx.conn, staff)?;
    let found = pools.into_iter().find(|row| row.id == id);
    found.ok_or(Error::NotFound)
}

fn shown_pool(cx: &mut Cx<'_, '_>, staff: &CohortStaff, id: PoolId, status: u16) -> Result<Reply> {
    let row = pool(cx, staff, id)?;
    let version = row.version;
    Ok(Reply::json(status, &Pool::from(row))?.with_version(version))
}

fn get_pool(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("pool")?;
    shown_pool(cx, &staff, id, 200)
}

fn add_pool(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: PoolToAdd = cx.json()?;
    let pool = NewPool {
        organisation: OrganisationId(new.organisation),
        capacity: new.capacity,
        hold_until: new.hold_until.0,
    };
    let id = actions::add_pool(cx.conn, &staff, &pool)?;
    let at = format!("/api/v1/cohorts/{}/pools/{id}", staff.cohort());
    Ok(shown_pool(cx, &staff, id, 201)?.with("location", at))
}

fn change_pool(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let row = pool(cx, &staff, cx.visit.request.param("pool")?)?;
    cx.if_match(row.version)?;
    let change: PoolChange = cx.json()?;
    let capacity = change.capacity.unwrap_or(row.capacity);
    let until = change.hold_until.map(|it| it.0);
    actions::change_pool(cx.conn, &staff, row.id, Some(row.version), capacity, until)?;
    shown_pool(cx, &staff, row.id, 200)
}

fn release_pool(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id: PoolId = cx.request().param("pool")?;
    actions::release_now(cx.conn, &staff, id)?;
    shown_pool(cx, &staff, id, 200)
}
