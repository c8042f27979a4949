//! The description of the API: the document for programs, and a page for people.

use std::sync::OnceLock;

use askama::Template;
use serde_json::{Map, Value};
use utoipa::openapi::ComponentsBuilder;

use crate::access::Access;
use crate::error::Result;
use crate::web::{Cx, Door, Operation, Reply, Routes, Shell, openapi};

/// Every schema of the rooms, by name.
fn schemas() -> Map<String, Value> {
    let all = [
        crate::mail::api::schemas,
        crate::people::api::schemas,
        crate::organisations::api::schemas,
        crate::programmes::api::schemas,
        crate::cohorts::api::schemas,
        crate::applications::desk_api::schemas,
        crate::applications::form_api::schemas,
        crate::applications::import_api::schemas,
        crate::reviews::api::schemas,
        crate::offers::api::schemas,
        crate::enrolments::api::schemas,
        crate::curriculum::api::schemas,
        crate::teaching::api::schemas,
        crate::materials::api::schemas,
        crate::attendance::api::schemas,
        crate::assessment::api::schemas,
        crate::progress::api::schemas,
        crate::at_risk::api::schemas,
        crate::sharing::api::schemas,
        crate::placements::api::schemas,
        crate::matches::api::schemas,
        crate::hosting::api::schemas,
        crate::supervision::api::schemas,
        crate::desks::api::schemas,
    ];
    let components = all
        .into_iter()
        .fold(ComponentsBuilder::new(), |to, room| room(to))
        .build();
    match serde_json::to_value(components) {
        Ok(Value::Object(mut parts)) => match parts.remove("schemas") {
            Some(Value::Object(schemas)) => schemas,
            _ => Map::new(),
        },
        _ => Map::new(),
    }
}

/// The OpenAPI document, made once from the register.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| openapi::document(&super::routes(), &schemas()))
}

/// The routes of the description.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/openapi.json", Access::Public, json)
        .get("/api/docs", Access::Public, page)
}

fn json(_cx: &mut Cx<'_, '_>) -> Result<Reply> {
    Ok(Reply::json(200, document())?.with("cache-control", "public, max-age=300"))
}

struct Row {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    takes: &'static str,
    answers: String,
    scope: Option<&'static str>,
}

impl Row {
    fn new(door: &Door, operation: &Operation) -> Self {
        let (status, schema) = operation.answer;
        Self {
            method: door.method.as_str(),
            path: door.path,
            summary: operation.summary,
            takes: operation.request.unwrap_or_default(),
            answers: format!("{status} {schema}").trim_end().to_owned(),
            scope: (door.access != Access::Public).then_some(operation.scope),
        }
    }
}

/// The operations of one resource.
struct Tag {
    name: &'static str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "api/docs.html")]
struct Docs {
    shell: Shell,
    tags: Vec<Tag>,
}

fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let routes = super::routes();
    let mut tags: Vec<Tag> = Vec::new();
    for door in routes.doors() {
        let Some(operation) = &door.operation else {
            continue;
        };
        let (name, row) = (openapi::tag(door.path), Row::new(door, operation));
        match tags.iter_mut().find(|tag| tag.name == name) {
            Some(tag) => tag.rows.push(row),
            None => tags.push(Tag {
                name,
                rows: vec![row],
            }),
        }
    }
    let page = Docs {
        shell: cx.shell(cx.lang().api_title()),
        tags,
    };
    cx.visit.page(&page)
}
