//! The description of the API, made from the register itself: a route that has no entry in the
//! register does not exist, and one that has is described as it is mounted.

use serde_json::{Map, Value, json};

use crate::access::Access;

use super::routes::{Door, Method, Operation, Routes};

/// What every API operation may answer besides its good answer.
const PROBLEMS: &[(u16, &str)] = &[
    (400, "The request could not be read."),
    (401, "No valid token or session."),
    (
        403,
        "The role or the token's scope does not open this, or the request comes from another site.",
    ),
    (404, "No such thing, or not yours to know of."),
    (405, "The address takes other methods; see `Allow`."),
    (409, "A rule refuses; `type` names it, `detail` says why."),
    (
        412,
        "`If-Match` is stale: somebody changed the thing meanwhile.",
    ),
    (413, "The body is too large."),
    (415, "Another media type is wanted."),
    (
        422,
        "Fields are invalid (`errors`), or the idempotency key was used for another request.",
    ),
    (428, "`If-Match` is required."),
    (429, "Too many tries; see `Retry-After`."),
    (503, "Busy or without database; see `Retry-After`."),
];

/// The whole document. `components` are the schemas of the rooms, by name.
#[must_use]
pub fn document(routes: &Routes, components: &Map<String, Value>) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for door in routes.doors() {
        let Some(operation) = &door.operation else {
            continue;
        };
        let path = paths
            .entry(door.path.to_owned())
            .or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(
                door.method.as_str().to_ascii_lowercase(),
                describe(door, operation),
            );
        }
    }
    let mut schemas = components.clone();
    schemas.insert("Problem".to_owned(), problem_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Banyan",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Runs an AI talent programme, from the public call to the alumni survey.",
            "description": DESCRIPTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A token from the account page." }
            }
        }
    })
}

const DESCRIPTION: &str = "The same actions as the pages, with the same doors and rules. Tokens are made on the \
    account page, carry scopes and an expiry, and act in one role. Unknown fields are refused. Every POST takes an \
    `Idempotency-Key`: the same key with the same request acts once and is answered alike. What can be edited carries \
    an `ETag` and wants `If-Match`. Lists are paged by key: pass `next` as `after`. Errors are RFC 9457 problem \
    documents whose `type` is stable and whose `instance` names the request.";

#[expect(
    clippy::indexing_slicing,
    reason = "setting a name of an object of ours cannot miss"
)]
fn describe(door: &Door, operation: &Operation) -> Value {
    let mut entry = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [tag(door.path)],
        "parameters": parameters(door, operation),
        "responses": responses(door, operation),
    });
    // Said of every operation: of a public one, that it wants nothing.
    entry["security"] = json!([]);
    if door.access != Access::Public {
        entry["security"] = json!([{ "token": [] }]);
        entry["description"] = json!(format!("Scope: `{}`.", operation.scope));
    }
    if let Some(schema) = operation.request {
        let (media, schema) = if schema.contains('/') {
            (schema, json!({ "type": "string", "format": "binary" }))
        } else {
            ("application/json", reference(schema))
        };
        entry["requestBody"] =
            json!({ "required": true, "content": { media: { "schema": schema } } });
    }
    entry
}

/// The word after `/api/v1/`: the resource.
#[must_use]
pub fn tag(path: &str) -> &str {
    path.split('/').nth(3).unwrap_or("api")
}

fn reference(schema: &str) -> Value {
    if let Some(item) = schema.strip_suffix("[]") {
        return json!({
            "type": "object",
            "required": ["items", "next"],
            "additionalProperties": false,
            "properties": {
                "items": { "type": "array", "items": reference(item) },
                "next": {
                    "type": ["string", "null"],
                    "description": "The next page's `after`; null on the last page."
                }
            }
        });
    }
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn parameters(door: &Door, operation: &Operation) -> Vec<Value> {
    let mut out = Vec::new();
    for name in door
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    {
        let schema = if name == "code" {
            json!({ "type": "string" })
        } else {
            json!({ "type": "string", "format": "uuid" })
        };
        out.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    for (name, meaning) in operation.query {
        out.push(json!({ "name": name, "in": "query", "description": meaning, "schema": { "type": "string" } }));
    }
    if door.method == Method::Post && door.access != Access::Public {
        out.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "A fresh value for each thing to be done, such as a UUID.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 128 }
        }));
    }
    if operation.etag && door.method == Method::Get {
        out.push(json!({
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "An `ETag` that was read: answered with 304 while it is the thing's own.",
            "schema": { "type": "string" }
        }));
    }
    if operation.etag && !matches!(door.method, Method::Get | Method::Post) {
        out.push(json!({
            "name": "If-Match", "in": "header", "required": true,
            "description": "The `ETag` that was read.", "schema": { "type": "string" }
        }));
    }
    out
}

#[expect(
    clippy::indexing_slicing,
    reason = "setting a name of an object of ours cannot miss"
)]
fn responses(door: &Door, operation: &Operation) -> Value {
    let (status, schema) = operation.answer;
    let mut good = json!({ "description": "Done." });
    if schema.contains('/') {
        good["content"] = json!({ schema: { "schema": { "type": "string", "format": "binary" } } });
    } else if !schema.is_empty() {
        good["content"] = json!({ "application/json": { "schema": reference(schema) } });
    }
    if operation.etag && status != 204 {
        good["headers"] = json!({ "ETag": { "schema": { "type": "string" }, "description": "Version of the thing." } });
    }
    let mut all = Map::new();
    all.insert(status.to_string(), good);
    if operation.etag && door.method == Method::Get {
        all.insert(
            "304".to_owned(),
            json!({ "description": "It is as it was read." }),
        );
    }
    for (status, description) in PROBLEMS {
        all.insert(
            status.to_string(),
            json!({
                "description": description,
                "content": { "application/problem+json": { "schema": reference("Problem") } }
            }),
        );
    }
    Value::Object(all)
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": { "type": "string", "description": "Stable name of the kind of problem." },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "instance": { "type": "string", "description": "The request id." },
            "errors": { "type": "array", "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": { "type": "string", "description": "JSON Pointer to the field." },
                    "code": { "type": "string" },
                    "detail": { "type": "string" }
                }
            } }
        }
    })
}
