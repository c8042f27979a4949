//! Does an answer of the API keep what its description says? And what would a good request be?
//!
//! A small reader of the JSON Schema that our description uses. A keyword that it does not know is a
//! failure: nothing is passed over.

use banyan::house;
use serde_json::{Map, Value, json};

use crate::support::app::Answer;

fn resolve(schema: &Value) -> &Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(name) => house::docs::document()
            .pointer(name.strip_prefix('#').unwrap())
            .unwrap_or_else(|| panic!("{name} is nowhere")),
        None => schema,
    }
}

/// The entry of an operation in the description.
pub fn entry(method: &str, pattern: &str) -> &'static Value {
    &house::docs::document()["paths"][pattern][method.to_ascii_lowercase()]
}

/// What is wrong with an answer; nothing when it is as described.
pub fn faults(method: &str, pattern: &str, answer: &Answer) -> Option<String> {
    let response = &entry(method, pattern)["responses"][answer.status.to_string()];
    if response.is_null() {
        return Some(format!("{} is not described", answer.status));
    }
    let media = answer
        .headers
        .get("content-type")
        .map(|it| it.split(';').next().unwrap_or_default());
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        return (!answer.body.is_empty()).then(|| "a body that is not described".to_owned());
    };
    let (wanted, schema) = content.iter().next().unwrap();
    if media != Some(wanted.as_str()) {
        return Some(format!("{media:?} instead of {wanted}"));
    }
    if response.get("headers").is_some() && !answer.headers.contains_key("etag") {
        return Some("no ETag".to_owned());
    }
    if !wanted.ends_with("json") {
        return None;
    }
    match serde_json::from_slice(&answer.body) {
        Ok(body) => fits(&schema["schema"], &body, "").err(),
        Err(error) => Some(format!("no JSON: {error}")),
    }
}

/// The words of a type: one or a list.
fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(word) => vec![word],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(value: &Value, word: &str) -> bool {
    match word {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("a type {other}"),
    }
}

fn format_fits(text: &str, format: &str) -> bool {
    match format {
        "date-time" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        "date" => text.parse::<chrono::NaiveDate>().is_ok(),
        "uuid" => text.parse::<uuid::Uuid>().is_ok(),
        other => panic!("a format {other}"),
    }
}

/// Does a value fit a schema? What it has beside the described fields is no fit either.
fn fits(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let schema = resolve(schema);
    for keyword in schema.as_object().unwrap().keys() {
        let known = [
            "type",
            "format",
            "properties",
            "required",
            "items",
            "oneOf",
            "additionalProperties",
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "description",
            "example",
            "enum",
            "default",
        ];
        assert!(
            known.contains(&keyword.as_str()),
            "a keyword {keyword} at {at}"
        );
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let good = choices.iter().filter(|it| fits(it, value, at).is_ok());
        return match good.count() {
            1 => Ok(()),
            n => Err(format!("{at}: {n} of the choices fit {value}")),
        };
    }
    let words = types(schema);
    if !words.is_empty() && !words.iter().any(|word| is_of(value, word)) {
        return Err(format!("{at}: {value} is no {words:?}"));
    }
    match value {
        Value::Object(fields) => object_fits(schema, fields, at),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(n, item)| fits(&schema["items"], item, &format!("{at}/{n}"))),
        Value::String(text) => match schema["format"].as_str() {
            Some(format) if !format_fits(text, format) => {
                Err(format!("{at}: {text} is no {format}"))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

fn object_fits(schema: &Value, fields: &Map<String, Value>, at: &str) -> Result<(), String> {
    let Some(properties) = schema["properties"].as_object() else {
        return Ok(());
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        if !fields.contains_key(name.as_str().unwrap()) {
            return Err(format!("{at}: {name} is missing"));
        }
    }
    for (name, value) in fields {
        let at = format!("{at}/{name}");
        let schema = properties
            .get(name)
            .ok_or_else(|| format!("{at} is not described"))?;
        fits(schema, value, &at)?;
    }
    Ok(())
}

/// The schema of an operation's JSON document, if it takes one.
pub fn document(method: &str, pattern: &str) -> Option<&'static Value> {
    let content = &entry(method, pattern)["requestBody"]["content"]["application/json"];
    content.get("schema").map(resolve)
}

/// A value that the schema allows: every field, by its example if it has one.
pub fn good(schema: &Value) -> Value {
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    let schema = resolve(schema);
    if let Some([only]) = schema["allOf"].as_array().map(Vec::as_slice) {
        return good(only);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choice = choices.iter().find(|it| types(it) != ["null"]);
        return good(choice.unwrap());
    }
    let least = |name: &str| schema[name].as_u64().unwrap_or(0);
    match types(schema).first().copied() {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let fields = properties.map(|(name, it)| (name.clone(), good(it)));
            Value::Object(fields.collect())
        }
        Some("array") => {
            let items = (0..least("minItems").max(1)).map(|_| good(&schema["items"]));
            Value::Array(items.collect())
        }
        Some("string") => match schema["format"].as_str() {
            Some("date-time") => json!("2027-05-01T00:00:00Z"),
            Some("date") => json!("2027-05-01"),
            Some("uuid") => json!("01900000-0000-7000-8000-000000000000"),
            _ => json!("x".repeat(usize::try_from(least("minLength").max(3)).unwrap())),
        },
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        Some("boolean") => json!(false),
        other => panic!("no sample of {other:?}"),
    }
}

/// A body that an operation takes, with its media type.
pub fn good_body(method: &str, pattern: &str) -> Option<(String, Vec<u8>)> {
    let content = entry(method, pattern)["requestBody"]["content"].as_object()?;
    let media = content.keys().next()?.clone();
    let bytes = match media.as_str() {
        "application/json" => good(document(method, pattern)?).to_string().into_bytes(),
        "application/pdf" => {
            b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n".to_vec()
        }
        "text/csv" => {
            "email,family_name,given_names,route\nlee@example.net,Lee,Siu Ming,open\n".into()
        }
        other => panic!("no body of {other}"),
    };
    Some((media, bytes))
}
