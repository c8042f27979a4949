//! Targets over the API, with how far they are.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{ProgrammeStaff, STAFF};
use crate::db::now;
use crate::error::{Error, Result};
use crate::ids::TargetId;
use crate::lang::format::hk_date;
use crate::web::api::{Day, Given, given, list};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::super::actions::{self, NewTarget};
use super::super::pages::forms::{read_target, target_values};
use super::super::queries::{self, TargetRow};
use super::super::rules;
use super::staff;

/// A target with how far it is.
#[derive(Serialize, ToSchema)]
struct ProgrammeTarget {
    id: Uuid,
    /// trained, enrolled or `first_intake`.
    metric: String,
    /// How a count is compared: > or >=.
    operator: String,
    value: i32,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    /// The source's words.
    wording_en: String,
    wording_zh: String,
    source: Option<Uuid>,
    /// Null for a milestone.
    progress: Option<TargetProgress>,
    /// Its ETag, without the quotes.
    version: i32,
}

/// Where a target stands today.
#[derive(Serialize, ToSchema)]
struct TargetProgress {
    /// The smallest count that meets it.
    needed: i64,
    trained: i64,
    enrolled: i64,
    /// The count of its own metric.
    count: i64,
    /// What an even pace would have reached.
    pro_rata: i64,
    met: bool,
    on_pace: bool,
}

/// A target to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewTarget)]
struct TargetToAdd {
    /// trained, enrolled or `first_intake`.
    #[schema(example = "trained")]
    metric: String,
    /// > or >=.
    #[schema(example = ">")]
    operator: String,
    #[schema(minimum = 0, maximum = 1_000_000)]
    value: i32,
    starts_on: Day,
    #[schema(value_type = String, format = Date, example = "2027-12-31")]
    ends_on: Day,
    #[schema(min_length = 1, max_length = 400)]
    wording_en: String,
    #[schema(min_length = 1, max_length = 400)]
    wording_zh: String,
    /// Id of a source of the programme.
    #[schema(example = json!(null))]
    source: Option<Uuid>,
}

/// What changes about a target; what is absent stays, a source of null is taken away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TargetChange {
    #[schema(example = "trained")]
    metric: Option<String>,
    #[schema(example = ">")]
    operator: Option<String>,
    #[schema(minimum = 0, maximum = 1_000_000)]
    value: Option<i32>,
    starts_on: Option<Day>,
    #[schema(value_type = Option<String>, format = Date, example = "2027-12-31")]
    ends_on: Option<Day>,
    #[schema(min_length = 1, max_length = 400)]
    wording_en: Option<String>,
    #[schema(min_length = 1, max_length = 400)]
    wording_zh: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>, example = json!(null))]
    source: Option<Option<Uuid>>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<ProgrammeTarget>()
        .schema_from::<TargetProgress>()
        .schema_from::<TargetToAdd>()
        .schema_from::<TargetChange>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let all = "/api/v1/programmes/{programme}/targets";
    let one = "/api/v1/programmes/{programme}/targets/{target}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            targets,
            read(
                "listTargets",
                "Targets by period, with progress.",
                "ProgrammeTarget[]",
            ),
        )
        .api(
            Method::Post,
            all,
            STAFF,
            add,
            write(
                "addTarget",
                "Adds a target.",
                Some("NewTarget"),
                (201, "ProgrammeTarget"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            one,
            STAFF,
            show,
            read("getTarget", "One target.", "ProgrammeTarget").versioned(),
        )
        .api(
            Method::Patch,
            one,
            STAFF,
            change,
            write(
                "changeTarget",
                "Changes a target.",
                Some("TargetChange"),
                (200, "ProgrammeTarget"),
            )
            .versioned(),
        )
        .api(
            Method::Delete,
            one,
            STAFF,
            remove,
            write("removeTarget", "Removes a target.", None, (204, "")).versioned(),
        )
}

fn target(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff, id: TargetId) -> Result<TargetRow> {
    let rows = queries::targets(cx.conn, staff.programme())?;
    rows.into_iter()
        .find(|row| row.id == id)
        .ok_or(Error::NotFound)
}

fn view(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff, row: TargetRow) -> Result<ProgrammeTarget> {
    let progress = match row.target() {
        Some(target) => {
            let today = hk_date(now(cx.conn)?);
            let counts = queries::counts(cx.conn, staff, &target.period)?;
            let it = rules::progress(&target, counts.trained, counts.enrolled, today);
            Some(TargetProgress {
                needed: it.needed,
                trained: it.trained,
                enrolled: it.enrolled,
                count: it.count,
                pro_rata: it.pro_rata,
                met: it.met,
                on_pace: it.on_pace,
            })
        }
        None => None,
    };
    Ok(ProgrammeTarget {
        id: row.id.0,
        metric: row.metric,
        operator: row.operator,
        value: row.value,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        wording_en: row.wording_en,
        wording_zh: row.wording_zh,
        source: row.source_id.map(|id| id.0),
        progress,
        version: row.version,
    })
}

fn targets(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let mut rows = Vec::new();
    for row in queries::targets(cx.conn, staff.programme())? {
        rows.push(view(cx, &staff, row)?);
    }
    list(Page { rows, next: None }, |it| it)
}

fn shown(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff, id: TargetId, status: u16) -> Result<Reply> {
    let row = target(cx, staff, id)?;
    let version = row.version;
    Ok(Reply::json(status, &view(cx, staff, row)?)?.with_version(version))
}

fn judged(pairs: &Pairs) -> Result<NewTarget> {
    let mut form = Form::new(pairs);
    let target = read_target(&mut form, pairs);
    form.done()?;
    Ok(target)
}

fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: TargetToAdd = cx.json()?;
    let pairs = Given::new()
        .set("metric", Some(new.metric))
        .set("operator", Some(new.operator))
        .set("value", Some(new.value))
        .set("starts_on", Some(new.starts_on))
        .set("ends_on", Some(new.ends_on))
        .set("wording_en", Some(new.wording_en))
        .set("wording_zh", Some(new.wording_zh))
        .set("source", new.source)
        .alone();
    let id = actions::add_target(cx.conn, &staff, &judged(&pairs)?)?;
    let place = format!("/api/v1/programmes/{}/targets/{id}", staff.programme());
    Ok(shown(cx, &staff, id, 201)?.with("location", place))
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("target")?;
    shown(cx, &staff, id, 200)
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("target")?;
    let row = target(cx, &staff, id)?;
    cx.if_match(row.version)?;
    let change: TargetChange = cx.json()?;
    let pairs = Given::new()
        .set("metric", change.metric)
        .set("operator", change.operator)
        .set("value", change.value)
        .set("starts_on", change.starts_on)
        .set("ends_on", change.ends_on)
        .set("wording_en", change.wording_en)
        .set("wording_zh", change.wording_zh)
        .set_or_empty("source", change.source)
        .over(&target_values(&row));
    actions::edit_target(cx.conn, &staff, id, row.version, &judged(&pairs)?)?;
    shown(cx, &staff, id, 200)
}

fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("target")?;
    let row = target(cx, &staff, id)?;
    cx.if_match(row.version)?;
    actions::remove_target(cx.conn, &staff, &row)?;
    Ok(Reply::no_content())
}
