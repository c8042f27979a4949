//! Figures and search over the API: the cohort at a glance, what the committee sees, an
//! organisation's own seats.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, STAFF};
use crate::db::{self, Task};
use crate::desks::pages::cohort::standing;
use crate::desks::queries::cohort::{self as cohort, PoolSeats, Year};
use crate::desks::queries::figures::{self as rows, CohortSums, HeldSeats};
use crate::desks::queries::search::{self, Found, FoundOrganisation, MOST};
use crate::desks::rules::Cell;
use crate::desks::{COMMITTEE, MEMBER};
use crate::error::Result;
use crate::people::rules::search_terms;
use crate::web::api::list;
use crate::web::paging::Page;
use crate::web::{Cx, Method, Operation, Reply, Routes};

/// A pool with the people who wait for it.
#[derive(Serialize, ToSchema)]
struct PoolAtAGlance {
    /// Null for the open pool.
    organisation_en: Option<String>,
    organisation_zh: Option<String>,
    capacity: i32,
    offered: i32,
    taken: i32,
    waiting: i64,
    hold_until: Option<DateTime<Utc>>,
    released_at: Option<DateTime<Utc>>,
}

impl From<PoolSeats> for PoolAtAGlance {
    fn from(it: PoolSeats) -> Self {
        Self {
            organisation_en: it.organisation_en,
            organisation_zh: it.organisation_zh,
            capacity: it.capacity,
            offered: it.offered,
            taken: it.taken,
            waiting: it.waiting,
            hold_until: it.hold_until,
            released_at: it.released_at,
        }
    }
}

/// A cohort at a glance.
#[derive(Serialize, ToSchema)]
struct CohortFigures {
    started: i64,
    submitted: i64,
    decided: i64,
    offered: i64,
    accepted: i64,
    enrolled: i64,
    /// Handed in, undecided, assigned to nobody.
    unassigned: i64,
    /// Decided, not released.
    pending: i64,
    open_offers: i64,
    /// Open offers that end soon.
    expiring: i64,
    reviews_open: i64,
    waiting: i64,
    seats: i64,
    taken: i64,
    on_offer: i64,
    pools: Vec<PoolAtAGlance>,
    counted_at: DateTime<Utc>,
}

/// A count as the committee sees it.
#[derive(Serialize, ToSchema)]
struct CommitteeCount {
    /// Null when it is kept back.
    count: Option<i64>,
    /// Is it kept back because it is between 1 and 4? Otherwise because it would tell such a one.
    small: bool,
}

impl From<Cell> for CommitteeCount {
    fn from(it: Cell) -> Self {
        Self {
            count: it.count(),
            small: it == Cell::Small,
        }
    }
}

/// A cohort in sums.
#[derive(Serialize, ToSchema)]
struct CommitteeCohort {
    name_en: String,
    name_zh: String,
    state: String,
    seats: i64,
    taken: CommitteeCount,
    on_offer: CommitteeCount,
    free: CommitteeCount,
    submitted: CommitteeCount,
    decided: CommitteeCount,
    offered: CommitteeCount,
    accepted: CommitteeCount,
    enrolled: CommitteeCount,
}

impl From<CohortSums> for CommitteeCohort {
    fn from(it: CohortSums) -> Self {
        let told = it.told();
        Self {
            name_en: it.name_en,
            name_zh: it.name_zh,
            state: it.state,
            seats: it.seats,
            taken: told.taken.into(),
            on_offer: told.on_offer.into(),
            free: told.free.into(),
            submitted: told.submitted.into(),
            decided: told.decided.into(),
            offered: told.offered.into(),
            accepted: told.accepted.into(),
            enrolled: told.enrolled.into(),
        }
    }
}

/// A yearly target and what has been reached.
#[derive(Serialize, ToSchema)]
struct CommitteeYear {
    /// trained or enrolled.
    metric: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    /// Null when the target cannot be read.
    needed: Option<i64>,
    count: CommitteeCount,
    enrolled: CommitteeCount,
    /// What an even pace would have reached.
    pro_rata: Option<i64>,
}

impl CommitteeYear {
    fn new(it: Year, cohorts: &[CohortSums], now: DateTime<Utc>) -> Self {
        let stands = standing(&it, now).map(|(_, progress, _)| progress);
        Self {
            needed: stands.map(|progress| progress.needed),
            pro_rata: stands.map(|progress| progress.pro_rata),
            count: rows::reached(&it, cohorts).into(),
            enrolled: rows::enrolled(&it, cohorts).into(),
            metric: it.metric,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
        }
    }
}

/// What the steering committee sees: figures, never a name or a small count.
#[derive(Serialize, ToSchema)]
struct CommitteeFigures {
    cohorts: Vec<CommitteeCohort>,
    years: Vec<CommitteeYear>,
}

/// Seats held for one's own organisation in a cohort.
#[derive(Serialize, ToSchema)]
struct OrganisationSeats {
    /// Code of the call.
    code: String,
    cohort_en: String,
    cohort_zh: String,
    state: String,
    organisation_en: String,
    organisation_zh: String,
    capacity: i32,
    offered: i32,
    taken: i32,
    hold_until: Option<DateTime<Utc>>,
    released_at: Option<DateTime<Utc>>,
}

impl From<HeldSeats> for OrganisationSeats {
    fn from(it: HeldSeats) -> Self {
        Self {
            code: it.code,
            cohort_en: it.cohort_en,
            cohort_zh: it.cohort_zh,
            state: it.state,
            organisation_en: it.organisation_en,
            organisation_zh: it.organisation_zh,
            capacity: it.capacity,
            offered: it.offered,
            taken: it.taken,
            hold_until: it.hold_until,
            released_at: it.released_at,
        }
    }
}

/// An application that was found.
#[derive(Serialize, ToSchema)]
struct ApplicationFound {
    id: Uuid,
    reference: String,
    name: String,
    name_zh: Option<String>,
    email: String,
    state: String,
    trainee_number: Option<String>,
}

impl From<Found> for ApplicationFound {
    fn from(it: Found) -> Self {
        Self {
            id: it.id.0,
            reference: it.reference,
            name: it.name_shown,
            name_zh: it.name_zh,
            email: it.email,
            state: it.state,
            trainee_number: it.trainee_number,
        }
    }
}

/// An organisation that was found.
#[derive(Serialize, ToSchema)]
struct OrganisationFound {
    id: Uuid,
    name_en: String,
    name_zh: String,
}

impl From<FoundOrganisation> for OrganisationFound {
    fn from(it: FoundOrganisation) -> Self {
        Self {
            id: it.id.0,
            name_en: it.name_en,
            name_zh: it.name_zh,
        }
    }
}

/// What a search found, at most 50 of each.
#[derive(Serialize, ToSchema)]
struct SearchResult {
    applications: Vec<ApplicationFound>,
    organisations: Vec<OrganisationFound>,
    /// Were more applications found than are listed?
    cut: bool,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<PoolAtAGlance>()
        .schema_from::<CohortFigures>()
        .schema_from::<CommitteeCount>()
        .schema_from::<CommitteeCohort>()
        .schema_from::<CommitteeYear>()
        .schema_from::<CommitteeFigures>()
        .schema_from::<OrganisationSeats>()
        .schema_from::<ApplicationFound>()
        .schema_from::<OrganisationFound>()
        .schema_from::<SearchResult>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    const ASKED: &[(&str, &str)] = &[(
        "q",
        "Words that begin a name, address, reference or number.",
    )];
    let read = Operation::read;
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/figures",
            STAFF,
            glance,
            read(
                "getCohortFigures",
                "The cohort at a glance.",
                "CohortFigures",
            ),
        )
        .api(
            Method::Get,
            "/api/v1/committee",
            COMMITTEE,
            committee,
            read(
                "getCommitteeFigures",
                "What the steering committee sees.",
                "CommitteeFigures",
            ),
        )
        .api(
            Method::Get,
            "/api/v1/organisation/seats",
            MEMBER,
            seats,
            read(
                "listOrganisationSeats",
                "Seats held for the organisation that the role speaks for.",
                "OrganisationSeats[]",
            ),
        )
        .api(
            Method::Get,
            "/api/v1/search",
            STAFF,
            find,
            read(
                "search",
                "Searches applications and organisations.",
                "SearchResult",
            )
            .asking(ASKED),
        )
}

fn glance(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cx.visit.request.param("cohort")?)?;
    let it = cohort::figures(cx.conn, &staff)?;
    let pools = cohort::pools(cx.conn, &staff)?;
    Reply::json(
        200,
        &CohortFigures {
            started: it.started,
            submitted: it.submitted,
            decided: it.decided,
            offered: it.offered,
            accepted: it.accepted,
            enrolled: it.enrolled,
            unassigned: it.unassigned,
            pending: it.pending,
            open_offers: it.open_offers,
            expiring: it.expiring,
            reviews_open: it.reviews_open,
            waiting: it.waiting,
            seats: it.seats,
            taken: it.taken,
            on_offer: it.on_offer,
            pools: pools.into_iter().map(PoolAtAGlance::from).collect(),
            counted_at: it.now,
        },
    )
}

fn committee(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let committee = access::committee(cx.conn)?;
    let (sums, years) = cx.conn.elevate(Task::Report, |conn| {
        let report = access::working(conn, Task::Report)?;
        let sums = rows::sums(conn, &committee, &report)?;
        Ok((sums, rows::years(conn, &committee, &report)?))
    })?;
    let now = db::now(cx.conn)?;
    let figures = CommitteeFigures {
        years: years
            .into_iter()
            .map(|it| CommitteeYear::new(it, &sums, now))
            .collect(),
        cohorts: sums.into_iter().map(CommitteeCohort::from).collect(),
    };
    Reply::json(200, &figures)
}

fn seats(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = access::member(cx.conn)?;
    let rows = rows::held(cx.conn, &member)?;
    list(Page { rows, next: None }, OrganisationSeats::from)
}

fn find(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let mut terms = search_terms(cx.request().query.typed("q").trim());
    terms.truncate(crate::desks::pages::search::MOST_TERMS);
    let mut found = search::people(cx.conn, &desk, &terms)?;
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let cut = found.len() > most;
    found.truncate(most);
    let places = search::organisations(cx.conn, &desk, &terms)?;
    let result = SearchResult {
        applications: found.into_iter().map(ApplicationFound::from).collect(),
        organisations: places.into_iter().map(OrganisationFound::from).collect(),
        cut,
    };
    Reply::json(200, &result)
}
