//! The public calls over the API, and the list of one's own applications; figures, search and
//! histories in the files below.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, Access};
use crate::cohorts::queries::{self as cohorts, Cohort};
use crate::cohorts::rules;
use crate::db;
use crate::error::Result;
use crate::web::api::list;
use crate::web::paging::Page;
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::pages::public::as_public;
use super::queries::me::{self, Mine};
use super::queries::public;

mod figures;
mod history;

/// A call, as anybody may read it.
#[derive(Serialize, ToSchema)]
struct Call {
    code: String,
    cohort: Uuid,
    name_en: String,
    name_zh: String,
    intro_en: String,
    intro_zh: String,
    state: String,
    /// Does it take applications now?
    open: bool,
    opens_at: DateTime<Utc>,
    /// The deadline, exclusive.
    closes_at: DateTime<Utc>,
    decisions_on: NaiveDate,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
}

/// One's own application in the list, with the offer, place and enrolment that came of it.
#[derive(Serialize, ToSchema)]
struct OwnApplicationInList {
    id: Uuid,
    cohort: Uuid,
    reference: String,
    state: String,
    closes_at: DateTime<Utc>,
    offer: Option<Uuid>,
    offer_state: Option<String>,
    offer_expires_at: Option<DateTime<Utc>>,
    enrolment: Option<Uuid>,
    enrolment_state: Option<String>,
    trainee_number: Option<String>,
}

impl From<Mine> for OwnApplicationInList {
    fn from(it: Mine) -> Self {
        Self {
            id: it.id.0,
            cohort: it.cohort_id.0,
            reference: it.reference,
            state: it.state,
            closes_at: it.closes_at,
            offer: it.offer_id.map(|id| id.0),
            offer_state: it.offer_state,
            offer_expires_at: it.expires_at,
            enrolment: it.enrolment_id.map(|id| id.0),
            enrolment_state: it.enrolment_state,
            trainee_number: it.trainee_number,
        }
    }
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<Call>()
        .schema_from::<OwnApplicationInList>();
    history::schemas(figures::schemas(to))
}

/// The operations of the room.
pub(super) fn routes() -> Routes {
    let read = Operation::read;
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/calls",
            Access::Public,
            calls,
            read(
                "listCalls",
                "Calls that are going on, the next deadline first.",
                "Call[]",
            ),
        )
        .api(
            Method::Get,
            "/api/v1/calls/{code}",
            Access::Public,
            call,
            read("getCall", "One call.", "Call"),
        )
        .api(
            Method::Get,
            "/api/v1/me/applications",
            APPLICANT,
            own,
            read(
                "listOwnApplications",
                "One's own applications, the newest first.",
                "OwnApplicationInList[]",
            ),
        )
        .and(figures::routes())
        .and(history::routes())
}

fn shown(it: Cohort, now: DateTime<Utc>) -> Result<Call> {
    let state = it.state()?;
    Ok(Call {
        open: rules::is_open(state, it.opens_at, it.closes_at, now),
        code: it.code,
        cohort: it.id.0,
        name_en: it.name_en,
        name_zh: it.name_zh,
        intro_en: it.intro_en,
        intro_zh: it.intro_zh,
        state: it.state,
        opens_at: it.opens_at,
        closes_at: it.closes_at,
        decisions_on: it.decisions_on,
        starts_on: it.starts_on,
        ends_on: it.ends_on,
    })
}

fn calls(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let rows = as_public(cx, |conn, site| {
        let now = db::now(conn)?;
        let calls = public::calls(conn, site)?;
        calls
            .into_iter()
            .map(|it| shown(it, now))
            .collect::<Result<Vec<_>>>()
    })?;
    list(Page { rows, next: None }, |call| call)
}

fn call(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let code: String = cx.request().param("code")?;
    let call = as_public(cx, |conn, _site| {
        let now = db::now(conn)?;
        shown(cohorts::published_by_code(conn, &code)?, now)
    })?;
    Reply::json(200, &call)
}

fn own(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let rows = me::applications(cx.conn, &own)?;
    list(Page { rows, next: None }, OwnApplicationInList::from)
}
