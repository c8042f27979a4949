//! Making a programme over the API: judged by what judges the form of its page, done by its action.

use serde::Deserialize;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;

use crate::access::{self, ADMINISTRATOR};
use crate::error::{Error, Result};
use crate::web::api::{Day, Given};
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::super::actions;
use super::super::pages::read_new;
use super::sources::NewStatement;

/// A programme to make. Holidays that are shipped come with the first one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProgramme {
    /// 2 to 20 capital letters, digits and hyphens.
    #[schema(min_length = 2, max_length = 20, example = "AITP-2028")]
    code: String,
    #[schema(min_length = 1, max_length = 120)]
    name_en: String,
    #[schema(min_length = 1, max_length = 120)]
    name_zh: String,
    #[schema(max_length = 2000)]
    summary_en: Option<String>,
    #[schema(max_length = 2000)]
    summary_zh: Option<String>,
    #[schema(min_length = 1, max_length = 200, example = "office@example.org")]
    contact_email: String,
    /// The first target, if there is one yet.
    target: Option<FirstTarget>,
    /// The statement on personal data, in force at once; without one no call can open. It has no gaps
    /// in square brackets.
    statement: Option<NewStatement>,
}

/// The first target of a programme.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstTarget {
    /// trained or enrolled.
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
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<NewProgramme>()
        .schema_from::<FirstTarget>()
}

/// The operations of this file.
pub(super) fn routes() -> Routes {
    Routes::new().api(
        Method::Post,
        "/api/v1/programmes",
        ADMINISTRATOR,
        create,
        Operation::write(
            "addProgramme",
            "Makes a programme, with its first target and statement if they are given.",
            Some("NewProgramme"),
            (201, "Programme"),
        )
        .versioned(),
    )
}

/// The fields of the page's form stand side by side; in the document the target's and the statement's
/// have an object each.
fn pointed(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else {
        return error;
    };
    for it in &mut fields {
        let part = match it.field.as_str() {
            "metric" | "operator" | "value" | "starts_on" | "ends_on" | "wording_en"
            | "wording_zh" => "target",
            "version" | "text_en" | "text_zh" => "statement",
            _ => continue,
        };
        it.field = format!("{part}.{}", it.field);
    }
    Error::Invalid(fields)
}

fn create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let new: NewProgramme = cx.json()?;
    let pics = if new.statement.is_some() {
        "publish"
    } else {
        "later"
    };
    let mut given = Given::new()
        .set("code", Some(new.code))
        .set("name_en", Some(new.name_en))
        .set("name_zh", Some(new.name_zh))
        .set("summary_en", new.summary_en)
        .set("summary_zh", new.summary_zh)
        .set("contact_email", Some(new.contact_email))
        .set("pics", Some(pics));
    if let Some(target) = new.target {
        given = given
            .set("metric", Some(target.metric))
            .set("operator", Some(target.operator))
            .set("value", Some(target.value))
            .set("starts_on", Some(target.starts_on))
            .set("ends_on", Some(target.ends_on))
            .set("wording_en", Some(target.wording_en))
            .set("wording_zh", Some(target.wording_zh));
    }
    if let Some(statement) = new.statement {
        given = given
            .set("version", Some(statement.version))
            .set("text_en", Some(statement.text_en))
            .set("text_zh", Some(statement.text_zh));
    }
    let id = read_new(&given.alone())
        .and_then(|new| actions::set_up(cx.conn, &desk, &new))
        .map_err(pointed)?;
    let staff = access::programme_staff(cx.conn, id)?;
    let place = format!("/api/v1/programmes/{id}");
    Ok(super::shown(cx, &staff, 201)?.with("location", place))
}
