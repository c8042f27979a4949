//! Cohorts over the API: the same actions as the pages. Their pools and rubrics are in the files below.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, CohortStaff, STAFF};
use crate::error::Result;
use crate::ids::{CohortId, ProgrammeId};
use crate::web::api::{Day, Instant, fields, list, no_choice};
use crate::web::exports;
use crate::web::fields::Sort;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions::{self, Details};
use super::pages::is_code;
use super::pages::list::export_list;
use super::queries::{self, Listing, SORTS, Wanted};
use super::rules::{CohortEvent, CohortState};

mod pools;
mod rubric;

/// A cohort with its call.
#[derive(Serialize, ToSchema)]
struct Cohort {
    id: Uuid,
    programme: Uuid,
    /// Code of cohort and call, such as `2027H1`.
    code: String,
    name_en: String,
    name_zh: String,
    intro_en: String,
    intro_zh: String,
    /// planned, open, reviewing, offering, running, completed, archived or cancelled.
    state: String,
    opens_at: DateTime<Utc>,
    /// The deadline, exclusive.
    closes_at: DateTime<Utc>,
    decisions_on: NaiveDate,
    reply_by: DateTime<Utc>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    /// Days that a promoted applicant has to answer.
    reply_days: i32,
}

impl From<queries::Cohort> for Cohort {
    fn from(it: queries::Cohort) -> Self {
        Self {
            id: it.id.0,
            programme: it.programme_id.0,
            code: it.code,
            name_en: it.name_en,
            name_zh: it.name_zh,
            intro_en: it.intro_en,
            intro_zh: it.intro_zh,
            state: it.state,
            opens_at: it.opens_at,
            closes_at: it.closes_at,
            decisions_on: it.decisions_on,
            reply_by: it.reply_by,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            reply_days: it.reply_days,
        }
    }
}

/// A cohort in the list.
#[derive(Serialize, ToSchema)]
struct CohortInList {
    id: Uuid,
    code: String,
    name_en: String,
    name_zh: String,
    state: String,
    closes_at: DateTime<Utc>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    /// Seats of all pools.
    seats: i64,
    /// Seats that accepted offers hold.
    taken: i64,
    /// Applications that are no drafts.
    applications: i64,
}

impl From<Listing> for CohortInList {
    fn from(it: Listing) -> Self {
        Self {
            id: it.id.0,
            code: it.code,
            name_en: it.name_en,
            name_zh: it.name_zh,
            state: it.state,
            closes_at: it.closes_at,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            seats: it.seats,
            taken: it.taken,
            applications: it.applications,
        }
    }
}

/// A cohort to plan, with an open pool of seats.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCohort {
    /// The programme; by default the first that the token reaches.
    #[schema(example = json!(null))]
    programme: Option<Uuid>,
    #[schema(min_length = 2, max_length = 20, example = "2031H1")]
    code: String,
    #[schema(min_length = 1, max_length = 120)]
    name_en: String,
    #[schema(min_length = 1, max_length = 120)]
    name_zh: String,
    #[serde(default)]
    #[schema(max_length = 4000)]
    intro_en: String,
    #[serde(default)]
    #[schema(max_length = 4000)]
    intro_zh: String,
    #[schema(value_type = String, format = DateTime, example = "2030-01-01T00:00:00Z")]
    opens_at: Instant,
    #[schema(value_type = String, format = DateTime, example = "2030-03-01T00:00:00Z")]
    closes_at: Instant,
    #[schema(value_type = String, format = Date, example = "2030-04-01")]
    decisions_on: Day,
    #[schema(value_type = String, format = DateTime, example = "2030-05-01T00:00:00Z")]
    reply_by: Instant,
    #[schema(value_type = String, format = Date, example = "2030-06-01")]
    starts_on: Day,
    #[schema(value_type = String, format = Date, example = "2030-12-31")]
    ends_on: Day,
    #[schema(minimum = 1, maximum = 60)]
    reply_days: i32,
    #[schema(minimum = 0)]
    open_seats: i32,
}

/// What changes about a cohort; what is absent or null stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CohortChange {
    #[schema(min_length = 2, max_length = 20, example = "2031H1")]
    code: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    name_en: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    name_zh: Option<String>,
    #[schema(max_length = 4000)]
    intro_en: Option<String>,
    #[schema(max_length = 4000)]
    intro_zh: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime, example = "2030-01-01T00:00:00Z")]
    opens_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime, example = "2030-03-01T00:00:00Z")]
    closes_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = Date, example = "2030-04-01")]
    decisions_on: Option<Day>,
    #[schema(value_type = Option<String>, format = DateTime, example = "2030-05-01T00:00:00Z")]
    reply_by: Option<Instant>,
    #[schema(value_type = Option<String>, format = Date, example = "2030-06-01")]
    starts_on: Option<Day>,
    #[schema(value_type = Option<String>, format = Date, example = "2030-12-31")]
    ends_on: Option<Day>,
    #[schema(minimum = 1, maximum = 60)]
    reply_days: Option<i32>,
}

/// A step in a cohort's life.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CohortStep {
    /// `open`, `close_call`, `begin_offers`, `start`, `complete`, `archive` or `cancel`.
    #[schema(example = "open")]
    step: String,
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<Cohort>()
        .schema_from::<CohortInList>()
        .schema_from::<NewCohort>()
        .schema_from::<CohortChange>()
        .schema_from::<CohortStep>()
        .schema_from::<Instant>()
        .schema_from::<Day>();
    rubric::schemas(pools::schemas(to))
}

const LIST: &[(&str, &str)] = &[
    ("state", "Only cohorts in this state."),
    (
        "sort",
        "starts, code, name, state or closes; with - from the end.",
    ),
    ("after", "The `next` of the page before."),
];

/// The operations of the room.
pub(super) fn routes() -> Routes {
    let all = "/api/v1/cohorts";
    let one = "/api/v1/cohorts/{cohort}";
    let read = Operation::read;
    let write = Operation::write;
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            cohorts,
            read("listCohorts", "Cohorts at the desk.", "CohortInList[]").asking(LIST),
        )
        .api(
            Method::Post,
            all,
            STAFF,
            create,
            write(
                "createCohort",
                "Plans a cohort.",
                Some("NewCohort"),
                (201, "Cohort"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            one,
            STAFF,
            cohort,
            read("getCohort", "One cohort.", "Cohort").versioned(),
        )
        .api(
            Method::Patch,
            one,
            STAFF,
            change,
            write(
                "changeCohort",
                "Changes names, texts and dates.",
                Some("CohortChange"),
                (200, "Cohort"),
            )
            .versioned(),
        )
        .and(step_routes())
        .and(pools::routes())
        .and(rubric::routes())
}

fn step_routes() -> Routes {
    let steps = "/api/v1/cohorts/{cohort}/steps";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Post,
            steps,
            STAFF,
            step,
            write(
                "stepCohort",
                "Takes a step in the cohort's life.",
                Some("CohortStep"),
                (200, "Cohort"),
            )
            .versioned(),
        )
        .api_free(
            Method::Get,
            "/api/v1/cohorts.csv",
            STAFF,
            export_list,
            read("exportCohortsCsv", "The list as CSV.", "text/csv").asking(LIST),
        )
        .api_free(
            Method::Get,
            "/api/v1/cohorts.xlsx",
            STAFF,
            export_list,
            read(
                "exportCohortsXlsx",
                "The list as a spreadsheet.",
                exports::XLSX,
            )
            .asking(LIST),
        )
}

fn staff(cx: &mut Cx<'_, '_>) -> Result<CohortStaff> {
    let id: CohortId = cx.request().param("cohort")?;
    access::cohort_staff(cx.conn, id)
}

/// The cohort as it is now, with its version.
fn shown(cx: &mut Cx<'_, '_>, staff: &CohortStaff, status: u16) -> Result<Reply> {
    let cohort = queries::find(cx.conn, staff)?;
    let version = cohort.version;
    Ok(Reply::json(status, &Cohort::from(cohort))?.with_version(version))
}

fn cohorts(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let query = &cx.visit.request.query;
    let wanted = Wanted {
        programme: None,
        state: query.get("state").and_then(CohortState::parse),
        sort: Sort::from_query(query, SORTS),
        after: Cursor::from_query(query),
        limit: PAGE + 1,
    };
    let rows = queries::list(cx.conn, &desk, &wanted)?;
    let page = Page::cut(rows, PAGE, |row| Cursor {
        key: row.sort_key.clone(),
        id: row.id.0,
    });
    list(page, CohortInList::from)
}

fn cohort(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    shown(cx, &staff, 200)
}

/// Judges texts and numbers as the form's page does.
fn judged(mut details: Details) -> Result<Details> {
    let days = details.reply_days.to_string();
    let pairs = fields(&[
        ("code", &details.code),
        ("name_en", &details.name_en),
        ("name_zh", &details.name_zh),
        ("intro_en", &details.intro_en),
        ("intro_zh", &details.intro_zh),
        ("reply_days", &days),
    ]);
    let mut form = Form::new(&pairs);
    let code = form.text("code", 20).to_uppercase();
    if !code.is_empty() && !is_code(&code) {
        form.error("code", "code", |lang| lang.cohorts_code_form().to_owned());
    }
    details.code = code;
    details.name_en = form.text("name_en", 120);
    details.name_zh = form.text("name_zh", 120);
    details.intro_en = form.optional("intro_en", 4000).unwrap_or_default();
    details.intro_zh = form.optional("intro_zh", 4000).unwrap_or_default();
    details.reply_days = form.number("reply_days", 1, 60);
    form.done()?;
    Ok(details)
}

fn create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let new: NewCohort = cx.json()?;
    let staff = access::working_programme(cx.conn, new.programme.map(ProgrammeId))?;
    let details = judged(Details {
        code: new.code,
        name_en: new.name_en,
        name_zh: new.name_zh,
        intro_en: new.intro_en,
        intro_zh: new.intro_zh,
        opens_at: new.opens_at.0,
        closes_at: new.closes_at.0,
        decisions_on: new.decisions_on.0,
        reply_by: new.reply_by.0,
        starts_on: new.starts_on.0,
        ends_on: new.ends_on.0,
        reply_days: new.reply_days,
    })?;
    let id = actions::create(cx.conn, &staff, &details, new.open_seats)?;
    let staff = access::cohort_staff(cx.conn, id)?;
    Ok(shown(cx, &staff, 201)?.with("location", format!("/api/v1/cohorts/{id}")))
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let cohort = queries::lock(cx.conn, &staff)?;
    cx.if_match(cohort.version)?;
    let change: CohortChange = cx.json()?;
    let was = Details::from(&cohort);
    let details = judged(Details {
        code: change.code.unwrap_or(was.code),
        name_en: change.name_en.unwrap_or(was.name_en),
        name_zh: change.name_zh.unwrap_or(was.name_zh),
        intro_en: change.intro_en.unwrap_or(was.intro_en),
        intro_zh: change.intro_zh.unwrap_or(was.intro_zh),
        opens_at: change.opens_at.map_or(was.opens_at, |it| it.0),
        closes_at: change.closes_at.map_or(was.closes_at, |it| it.0),
        decisions_on: change.decisions_on.map_or(was.decisions_on, |it| it.0),
        reply_by: change.reply_by.map_or(was.reply_by, |it| it.0),
        starts_on: change.starts_on.map_or(was.starts_on, |it| it.0),
        ends_on: change.ends_on.map_or(was.ends_on, |it| it.0),
        reply_days: change.reply_days.unwrap_or(was.reply_days),
    })?;
    actions::update(cx.conn, &staff, cohort.version, &details)?;
    shown(cx, &staff, 200)
}

fn step(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let wanted: CohortStep = cx.json()?;
    let event = CohortEvent::parse(&wanted.step).ok_or_else(|| no_choice("step"))?;
    actions::step(cx.conn, &staff, event)?;
    shown(cx, &staff, 200)
}
