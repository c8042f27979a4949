//! Programmes over the API: themselves and the planner; making one, targets, and what they stand on,
//! in the files below. A document is judged by what judges the form of its page.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, ProgrammeStaff, STAFF};
use crate::error::Result;
use crate::ids::{ProgrammeId, TargetId};
use crate::web::api::{Given, list, no_choice};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::forms::{programme_values, read_programme};
use super::queries;
use super::rules::{self, Rate};

mod create;
mod sources;
mod targets;

/// A programme.
#[derive(Serialize, ToSchema)]
struct Programme {
    id: Uuid,
    code: String,
    name_en: String,
    name_zh: String,
    summary_en: String,
    summary_zh: String,
    /// planned, recruiting, running or closed.
    status: String,
    contact_email: String,
    /// Assumed share of those enrolled who complete, in basis points (85 % is 8500).
    completion_bp: i32,
    /// Assumed share of offers that are accepted, in basis points.
    acceptance_bp: i32,
}

impl From<queries::Programme> for Programme {
    fn from(it: queries::Programme) -> Self {
        Self {
            id: it.id.0,
            code: it.code,
            name_en: it.name_en,
            name_zh: it.name_zh,
            summary_en: it.summary_en,
            summary_zh: it.summary_zh,
            status: it.status,
            contact_email: it.contact_email,
            completion_bp: it.completion_bp,
            acceptance_bp: it.acceptance_bp,
        }
    }
}

/// A programme in the list.
#[derive(Serialize, ToSchema)]
struct ProgrammeInList {
    id: Uuid,
    name_en: String,
    name_zh: String,
}

/// What changes about a programme; what is absent or null stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProgrammeChange {
    #[schema(min_length = 1, max_length = 120)]
    name_en: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    name_zh: Option<String>,
    #[schema(max_length = 2000)]
    summary_en: Option<String>,
    #[schema(max_length = 2000)]
    summary_zh: Option<String>,
    /// planned, recruiting, running or closed.
    #[schema(example = "recruiting")]
    status: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    contact_email: Option<String>,
    #[schema(minimum = 1, maximum = 10_000)]
    completion_bp: Option<i32>,
    #[schema(minimum = 1, maximum = 10_000)]
    acceptance_bp: Option<i32>,
}

/// What it takes to meet a yearly target at given rates.
#[derive(Serialize, ToSchema)]
struct ProgrammePlan {
    /// The target that is planned for; null when the programme has none with a figure.
    target: Option<Uuid>,
    completion_bp: i64,
    acceptance_bp: i64,
    cohort_size: i64,
    /// Persons who must complete.
    completions: Option<i64>,
    /// Persons who must enrol.
    enrolments: Option<i64>,
    /// Offers that must go out.
    offers: Option<i64>,
    /// Cohorts of this size.
    cohorts: Option<i64>,
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<Programme>()
        .schema_from::<ProgrammeInList>()
        .schema_from::<ProgrammeChange>()
        .schema_from::<ProgrammePlan>();
    create::schemas(sources::schemas(targets::schemas(to)))
}

const PLANNED: &[(&str, &str)] = &[
    (
        "target",
        "Id of the target; by default the first yearly one.",
    ),
    (
        "completion_bp",
        "Instead of the programme's own, 1 to 10000.",
    ),
    (
        "acceptance_bp",
        "Instead of the programme's own, 1 to 10000.",
    ),
    (
        "cohort_size",
        "Seats of a cohort, 1 to 10000; by default 35.",
    ),
];

/// The operations of the room.
pub(super) fn routes() -> Routes {
    let one = "/api/v1/programmes/{programme}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/programmes",
            STAFF,
            programmes,
            read(
                "listProgrammes",
                "Programmes that the role reaches.",
                "ProgrammeInList[]",
            ),
        )
        .api(
            Method::Get,
            one,
            STAFF,
            programme,
            read("getProgramme", "One programme.", "Programme").versioned(),
        )
        .api(
            Method::Patch,
            one,
            STAFF,
            change,
            write(
                "changeProgramme",
                "Changes what a programme says of itself and the planner's assumptions.",
                Some("ProgrammeChange"),
                (200, "Programme"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            "/api/v1/programmes/{programme}/plan",
            STAFF,
            plan,
            read(
                "planProgramme",
                "What it takes to meet a target.",
                "ProgrammePlan",
            )
            .asking(PLANNED),
        )
        .and(create::routes())
        .and(targets::routes())
        .and(sources::routes())
}

fn staff(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    let id: ProgrammeId = cx.request().param("programme")?;
    access::programme_staff(cx.conn, id)
}

fn programmes(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let rows = queries::reached(cx.conn, &desk)?;
    list(Page { rows, next: None }, |(id, name)| ProgrammeInList {
        id: id.0,
        name_en: name.name_en,
        name_zh: name.name_zh,
    })
}

fn shown(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff, status: u16) -> Result<Reply> {
    let row = queries::programme(cx.conn, staff)?;
    let version = row.version;
    Ok(Reply::json(status, &Programme::from(row))?.with_version(version))
}

fn programme(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    shown(cx, &staff, 200)
}

/// A rate in basis points, or the mistake.
fn rate(field: &str, points: i64) -> Result<Rate> {
    Rate::basis_points(points).ok_or_else(|| no_choice(field))
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let row = queries::lock_programme(cx.conn, &staff)?;
    cx.if_match(row.version)?;
    let change: ProgrammeChange = cx.json()?;
    let completion = change.completion_bp.unwrap_or(row.completion_bp);
    let acceptance = change.acceptance_bp.unwrap_or(row.acceptance_bp);
    let rates = (
        rate("completion_bp", completion.into())?,
        rate("acceptance_bp", acceptance.into())?,
    );
    let pairs = Given::new()
        .set("name_en", change.name_en)
        .set("name_zh", change.name_zh)
        .set("summary_en", change.summary_en)
        .set("summary_zh", change.summary_zh)
        .set("status", change.status)
        .set("contact_email", change.contact_email)
        .over(&programme_values(&row));
    let mut form = Form::new(&pairs);
    let details = read_programme(&mut form, &row.status);
    form.done()?;
    actions::edit_programme(cx.conn, &staff, row.version, &details)?;
    if (completion, acceptance) != (row.completion_bp, row.acceptance_bp) {
        actions::keep_assumptions(cx.conn, &staff, rates.0, rates.1)?;
    }
    shown(cx, &staff, 200)
}

fn plan(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let row = queries::programme(cx.conn, &staff)?;
    let visit = cx.visit;
    let pairs = &visit.request.query;
    let mut form = Form::new(pairs);
    let mut points = |name, kept: i32| form.optional_number(name, 1, 10_000).unwrap_or(kept);
    let completion = rate(
        "completion_bp",
        points("completion_bp", row.completion_bp).into(),
    )?;
    let acceptance = rate(
        "acceptance_bp",
        points("acceptance_bp", row.acceptance_bp).into(),
    )?;
    let size = i64::from(points("cohort_size", 35));
    form.done()?;
    let asked: Option<TargetId> = match pairs.typed("target") {
        "" => None,
        id => Some(id.parse().map_err(|_no_id| no_choice("target"))?),
    };
    let targets = queries::targets(cx.conn, staff.programme())?;
    let found = targets
        .iter()
        .filter_map(|row| Some((row.id, row.target()?)))
        .find(|(id, _)| asked.is_none_or(|asked| asked == *id));
    if asked.is_some() && found.is_none() {
        return Err(no_choice("target"));
    }
    let needed = found.map(|(_, target)| rules::required(&target, completion, acceptance));
    Reply::json(
        200,
        &ProgrammePlan {
            target: found.map(|(id, _)| id.0),
            completion_bp: completion.as_basis_points(),
            acceptance_bp: acceptance.as_basis_points(),
            cohort_size: size,
            completions: needed.map(|it| it.completions),
            enrolments: needed.map(|it| it.enrolments),
            offers: needed.map(|it| it.offers),
            cohorts: needed.and_then(|it| it.cohorts(size)),
        },
    )
}
