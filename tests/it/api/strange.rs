//! Good and strange requests made from the description, to every operation by whom its door lets in
//! and by a stranger: no answer is a failure of ours, every answer is as described.

use actix_web::test::TestRequest;
use banyan::house;
use banyan::web::{Door, Method};
use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use super::register::asking;
use crate::doors::called;
use crate::doors::knock::{address, open, parameters};
use crate::doors::world::{NOW, Relation, World, cookie};
use crate::support::conforms;
use crate::support::scale;

/// A request to be tried: its media type and body, one more header, what stands behind the `?`.
#[derive(Clone, Default)]
struct Try {
    what: String,
    body: Option<(String, Vec<u8>)>,
    header: Option<(&'static str, String)>,
    query: String,
    path: Option<String>,
}

fn strange_values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(""),
        json!(" \t\n"),
        json!(true),
        json!(0),
        json!(-1),
        json!(2_147_483_648_i64),
        json!(u64::MAX),
        json!(1.5),
        json!([]),
        json!([null]),
        json!({}),
        json!({ "a": { "b": [] } }),
        json!("\u{0}"),
        json!("\u{1b}\u{202e}\u{feff}"),
        json!("字".repeat(30_000)),
        json!("😀𠮷'; DROP TABLE people; --"),
        json!("<script>alert(1)</script>"),
        json!("2027-02-30"),
        json!("-262143-01-01"),
        json!("9999-12-31T23:59:60+14:00"),
        json!("01900000-0000-7000-8000-000000000000"),
    ]
}

const STRANGE_WORDS: &[&str] = &[
    "",
    "%00",
    "%FF%FE",
    "%F0%9F%98%80",
    "-1",
    "99999999999999999999",
    "%27%20OR%201=1",
    "%2e%2e%2f",
    "01900000-0000-7000-8000-000000000000",
    "0",
    "a%0D%0Ab",
    "%E5%AD%97",
];

/// Requests with strange documents.
fn bodies(door: &Door) -> Vec<Try> {
    let (method, pattern) = (door.method.as_str(), door.path);
    let raw = |what: &str, media: &str, bytes: &[u8]| Try {
        what: what.to_owned(),
        body: Some((media.to_owned(), bytes.to_vec())),
        ..Try::default()
    };
    let deep = "[".repeat(3_000);
    let mut tries = vec![
        Try {
            what: "no body".to_owned(),
            ..Try::default()
        },
        raw("half a document", "application/json", b"{"),
        raw("a deep document", "application/json", deep.as_bytes()),
        raw("no UTF-8", "application/json", &[0xff, 0xfe]),
        raw("a list", "application/json", b"[]"),
        raw("a text", "text/plain", b"hello"),
        raw("a form", "application/x-www-form-urlencoded", b"a=1&a=2"),
        raw(
            "no parts",
            "multipart/form-data; boundary=XX",
            b"--XX--\r\n",
        ),
        raw("another charset", "application/json; charset=utf-16", b"{}"),
        raw("no PDF", "application/pdf", b"%PDF-1.7 \x00\xff"),
        raw("an odd table", "text/csv", b"\"\x00,\xff\n,,,,\n"),
    ];
    let Some(schema) = conforms::document(method, pattern) else {
        return tries;
    };
    let good = conforms::good(schema);
    let mut put = |what: String, document: &Value| {
        tries.push(raw(
            &what,
            "application/json",
            document.to_string().as_bytes(),
        ));
    };
    let mut more = good.clone();
    more["is_administrator"] = json!(true);
    put("an unknown field".to_owned(), &more);
    for name in good.as_object().unwrap().keys() {
        let mut less = good.clone();
        less.as_object_mut().unwrap().remove(name);
        put(format!("without {name}"), &less);
        for value in strange_values() {
            let mut other = good.clone();
            let shown: String = value.to_string().chars().take(30).collect();
            other[name] = value;
            put(format!("{name} = {shown}"), &other);
        }
    }
    tries
}

/// Every request that is tried at a door.
fn tries(door: &Door, path: &str) -> Vec<Try> {
    let good = Try {
        what: "good".to_owned(),
        body: conforms::good_body(door.method.as_str(), door.path),
        ..Try::default()
    };
    let mut all = vec![good.clone()];
    if door.method != Method::Get {
        all.extend(bodies(door));
    }
    for name in [
        "if-match",
        "if-none-match",
        "idempotency-key",
        "accept",
        "accept-language",
    ] {
        for value in [
            "",
            "*",
            "\"\"",
            "W/\"1\"",
            "\"9999999999\", \"1\"",
            "é",
            "a\tb",
            &"x".repeat(3_000),
        ] {
            all.push(Try {
                what: format!("{name}: {}", value.chars().take(20).collect::<String>()),
                header: Some((name, value.to_owned())),
                ..good.clone()
            });
        }
    }
    let named = door.operation.as_ref().map_or(&[][..], |it| it.query);
    for name in named
        .iter()
        .map(|(name, _)| *name)
        .chain(["lang", "unknown"])
    {
        for word in STRANGE_WORDS {
            all.push(Try {
                what: format!("?{name}={word}"),
                query: format!("{name}={word}&{name}={word}"),
                ..good.clone()
            });
        }
    }
    for at in 0..parameters(door.path).len() {
        for word in STRANGE_WORDS.iter().filter(|it| !it.is_empty()) {
            let mut pieces: Vec<String> = door.path.split('/').map(str::to_owned).collect();
            let filled: Vec<&str> = path.split('/').collect();
            let mut seen = 0;
            for (n, piece) in pieces.iter_mut().enumerate() {
                if piece.starts_with('{') {
                    *piece = if seen == at {
                        (*word).to_owned()
                    } else {
                        filled[n].to_owned()
                    };
                    seen += 1;
                }
            }
            all.push(Try {
                what: format!("/{word} as parameter {at}"),
                path: Some(pieces.join("/")),
                ..good.clone()
            });
        }
    }
    all
}

#[actix_web::test]
async fn strange_requests_are_answered_as_described() {
    let world = World::new();
    let (mut site, pool) = world.app.rolled_back();
    site.db = site.db.as_of(NOW.parse().unwrap());
    let back_to = |sql: &str| pool.get().unwrap().batch_execute(sql).unwrap();
    back_to("SAVEPOINT untouched");
    let house = open(&site).await;
    // In everyday runs one in so many; the good request is always among them.
    let stride = if scale::soaking() { 1 } else { 12 };
    let (mut wrong, mut calls) = (Vec::new(), 0_usize);
    for (n, door) in house::routes().doors().iter().enumerate() {
        if door.operation.is_none() {
            continue;
        }
        let own = vec![Relation::Own; parameters(door.path).len()];
        let (path, _) = address(&site, door.path, &own).unwrap();
        let all = tries(door, &path);
        for (who, share) in asking(door.access).into_iter().zip([1, 8]) {
            let chosen = all
                .iter()
                .enumerate()
                .filter(|(at, _)| *at == 0 || (at + n) % (stride * share) == 0);
            for (_, it) in chosen {
                back_to("ROLLBACK TO SAVEPOINT untouched");
                let place = it.path.as_ref().unwrap_or(&path);
                let mut request = TestRequest::default()
                    .method(door.method.as_str().parse().unwrap())
                    .uri(&format!("{place}?{}", it.query))
                    .insert_header(("sec-fetch-site", "same-origin"));
                let mut headers = vec![
                    ("if-match", "*".to_owned()),
                    ("idempotency-key", format!("{calls}")),
                ];
                if door.method == Method::Get {
                    headers.clear();
                }
                if let Some((name, value)) = &it.header {
                    headers.retain(|(other, _)| other != name);
                    headers.push((name, value.clone()));
                }
                for (name, value) in headers {
                    request = request.insert_header((name, value.as_bytes()));
                }
                if let Some((media, bytes)) = &it.body {
                    request = request
                        .insert_header(("content-type", media.as_str()))
                        .set_payload(bytes.clone());
                }
                if let Some(secret) = cookie(called(who)) {
                    request =
                        request.cookie(actix_web::cookie::Cookie::new("__Host-session", secret));
                }
                let answer = house(request).await;
                calls += 1;
                if let Some(fault) = conforms::faults(door.method.as_str(), door.path, &answer) {
                    let said: String = answer.text().chars().take(300).collect();
                    wrong.push(format!(
                        "{} {} by {who}, {}: {fault}: {said}",
                        door.method.as_str(),
                        door.path,
                        it.what
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {calls} calls:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(calls > 1_000, "{calls}");
}
