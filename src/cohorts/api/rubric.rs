//! The rubric of a cohort over the API. It has no version of its own: its ETag is the cohort's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{CohortStaff, STAFF};
use crate::error::Result;
use crate::ids::CriterionId;
use crate::web::api::Given;
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::super::actions::{self, Criterion};
use super::super::queries;
use super::staff;

/// A criterion of a rubric.
#[derive(Serialize, ToSchema)]
struct RubricCriterion {
    id: Uuid,
    name_en: String,
    name_zh: String,
    hint_en: String,
    hint_zh: String,
    /// Weight among the others.
    weight: i32,
}

/// What reviewers of a cohort score.
#[derive(Serialize, ToSchema)]
struct Rubric {
    /// In their order.
    criteria: Vec<RubricCriterion>,
    /// Reviews handed in: with the first the rubric is frozen.
    submitted_reviews: i64,
}

/// A criterion to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CriterionToSet {
    /// Its id, if it is there already: drafts of reviews score by it.
    #[schema(example = json!(null))]
    id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 120)]
    name_en: String,
    #[schema(min_length = 1, max_length = 120)]
    name_zh: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    hint_en: String,
    #[serde(default)]
    #[schema(max_length = 500)]
    hint_zh: String,
    #[schema(minimum = 1, maximum = 100)]
    weight: i32,
}

/// The rubric to be set: these criteria in this order, and no others.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RubricToSet {
    #[schema(min_items = 1, max_items = 12)]
    criteria: Vec<CriterionToSet>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<RubricCriterion>()
        .schema_from::<Rubric>()
        .schema_from::<CriterionToSet>()
        .schema_from::<RubricToSet>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    let one = "/api/v1/cohorts/{cohort}/rubric";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            one,
            STAFF,
            show,
            read("getRubric", "What reviewers score.", "Rubric").versioned(),
        )
        .api(
            Method::Put,
            one,
            STAFF,
            set,
            write(
                "setRubric",
                "Sets what reviewers score, until the first review is handed in.",
                Some("RubricToSet"),
                (200, "Rubric"),
            )
            .versioned(),
        )
}

fn shown(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<Reply> {
    let version = queries::find(cx.conn, staff)?.version;
    let rows = queries::rubric(cx.conn, staff)?;
    let shown = Rubric {
        criteria: rows
            .into_iter()
            .map(|it| RubricCriterion {
                id: it.id.0,
                name_en: it.name_en,
                name_zh: it.name_zh,
                hint_en: it.hint_en,
                hint_zh: it.hint_zh,
                weight: it.weight,
            })
            .collect(),
        submitted_reviews: actions::submitted_reviews(cx.conn, staff)?,
    };
    Ok(Reply::json(200, &shown)?.with_version(version))
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    shown(cx, &staff)
}

/// Judges a criterion; its mistakes are told at its place in the list.
fn judged(n: usize, it: CriterionToSet) -> Result<Criterion> {
    let pairs = Given::new()
        .set("name_en", Some(it.name_en))
        .set("name_zh", Some(it.name_zh))
        .set("hint_en", Some(it.hint_en))
        .set("hint_zh", Some(it.hint_zh))
        .set("weight", Some(it.weight))
        .alone();
    let mut form = Form::new(&pairs);
    let criterion = Criterion {
        id: it.id.map(CriterionId),
        name_en: form.text("name_en", 120),
        name_zh: form.text("name_zh", 120),
        hint_en: form.optional("hint_en", 500).unwrap_or_default(),
        hint_zh: form.optional("hint_zh", 500).unwrap_or_default(),
        weight: form.number("weight", 1, 100),
    };
    match form.done() {
        Err(crate::error::Error::Invalid(mut errors)) => {
            for error in &mut errors {
                error.field = format!("criteria.{n}.{}", error.field);
            }
            Err(crate::error::Error::Invalid(errors))
        }
        other => other.map(|()| criterion),
    }
}

fn set(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let version = queries::lock(cx.conn, &staff)?.version;
    cx.if_match(version)?;
    let wanted: RubricToSet = cx.json()?;
    let mut criteria = Vec::with_capacity(wanted.criteria.len());
    for (n, it) in wanted.criteria.into_iter().enumerate() {
        criteria.push(judged(n, it)?);
    }
    actions::set_rubric(cx.conn, &staff, Some(version), &criteria)?;
    shown(cx, &staff)
}
