//! The description says what is mounted, and nothing that is not there.

use std::collections::BTreeSet;

use banyan::house;
use serde_json::Value;

use crate::support::app::TestApp;

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str) {
                found.insert(name.to_owned());
            }
            map.values().for_each(|it| references(it, found));
        }
        Value::Array(list) => list.iter().for_each(|it| references(it, found)),
        _ => {}
    }
}

#[test]
fn every_door_of_the_api_is_described_under_a_name_of_its_own() {
    let document = house::docs::document();
    let routes = house::routes();
    let mut names = BTreeSet::new();
    for door in routes
        .doors()
        .iter()
        .filter(|it| it.path.starts_with("/api/v"))
    {
        let operation = door.operation.as_ref().expect(door.path);
        assert!(names.insert(operation.id), "{} twice", operation.id);
        let method = door.method.as_str().to_ascii_lowercase();
        let entry = &document["paths"][door.path][&method];
        assert_eq!(entry["operationId"], operation.id);
        let declared: BTreeSet<&str> = entry["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|it| it["in"] == "path")
            .map(|it| it["name"].as_str().unwrap())
            .collect();
        let needed: BTreeSet<&str> = door
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        assert_eq!(declared, needed, "{}", door.path);
        assert!(["read", "write"].contains(&operation.scope));
        let public = door.access == banyan::access::Access::Public;
        let wanted = entry["security"].as_array().unwrap();
        assert_eq!(wanted.is_empty(), public, "{}", operation.id);
        let acts = door.method != banyan::web::Method::Get;
        assert_eq!(operation.scope == "write", acts, "{}", operation.id);
    }
    assert!(names.len() > 140, "{}", names.len());
}

#[test]
fn every_schema_that_is_referred_to_exists() {
    let document = house::docs::document();
    let mut found = BTreeSet::new();
    references(document, &mut found);
    assert!(found.len() > 30);
    for name in found {
        let pointer = name.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{name}");
    }
}

#[test]
fn every_schema_of_a_request_refuses_unknown_fields() {
    let document = house::docs::document();
    for door in house::routes().doors() {
        let Some(schema) = door.operation.as_ref().and_then(|it| it.request) else {
            continue;
        };
        if !schema.contains('/') {
            let schema = &document["components"]["schemas"][schema];
            assert_eq!(schema["additionalProperties"], false, "{}", door.path);
        }
    }
}

#[actix_web::test]
async fn the_document_and_its_page_are_public() {
    let app = TestApp::new();
    let document = app.anybody().get("/api/openapi.json").await;
    assert_eq!(document.status, 200);
    assert_eq!(document.json()["openapi"], "3.1.0");
    for lang in ["en", "zh-Hant-HK"] {
        let page = app.anybody().get(&format!("/api/docs?lang={lang}")).await;
        assert_eq!(page.status, 200);
        let text = page.text();
        for door in house::routes().doors() {
            let Some(operation) = &door.operation else {
                continue;
            };
            assert!(text.contains(door.path), "{} in {lang}", door.path);
            let summary = operation.summary.replace('\'', "&#39;");
            assert!(text.contains(&summary), "{} in {lang}", operation.id);
        }
    }
}
