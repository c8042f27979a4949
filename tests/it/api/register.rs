//! What HTTP promises of every operation, made from the register and its description: unknown fields
//! are refused, an edit wants the version that was read, a retry acts once.

use actix_web::cookie::Cookie;
use actix_web::test::TestRequest;
use banyan::access::Access;
use banyan::db::Role;
use banyan::house;
use banyan::web::{Door, Method};
use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use super::assert_problem;
use crate::doors::called;
use crate::doors::knock::{address, open, parameters};
use crate::doors::world::{NOW, Relation, World, cookie};
use crate::support::app::Answer;
use crate::support::conforms;

/// Who comes in by this door, and somebody who does not.
pub fn asking(access: Access) -> [&'static str; 2] {
    match access {
        Access::Public => ["anonymous", "coordinator"],
        Access::SignedIn => ["applicant", "anonymous"],
        Access::Only(roles) => match roles[0] {
            Role::Reviewer => ["reviewer", "coordinator"],
            Role::Instructor => ["instructor", "applicant"],
            Role::Applicant => ["applicant", "reviewer"],
            Role::Committee => ["committee", "applicant"],
            Role::Liaison => ["liaison", "applicant"],
            Role::Representative => ["representative", "applicant"],
            Role::Administrator => ["administrator", "coordinator"],
            _ => ["coordinator", "applicant"],
        },
    }
}

/// Asks at an address as this person.
async fn ask(
    house: &impl AsyncFn(TestRequest) -> Answer,
    who: &str,
    (door, path): (&Door, &str),
    headers: &[(&str, &str)],
    body: Option<(String, Vec<u8>)>,
) -> Answer {
    let mut request = TestRequest::default()
        .method(door.method.as_str().parse().unwrap())
        .uri(path)
        .insert_header(("sec-fetch-site", "same-origin"));
    for header in headers {
        request = request.insert_header(*header);
    }
    if let Some((media, bytes)) = body {
        request = request
            .insert_header(("content-type", media.as_str()))
            .set_payload(bytes);
    }
    if let Some(secret) = cookie(called(who)) {
        request = request.cookie(Cookie::new("__Host-session", secret));
    }
    house(request).await
}

/// Runs `check` at every operation, each time in an untouched world.
macro_rules! at_every_operation {
    (|$house:ident, $door:ident, $path:ident| $check:block) => {{
        let world = World::new();
        let (mut site, pool) = world.app.rolled_back();
        site.db = site.db.as_of(NOW.parse().unwrap());
        let back_to = |sql: &str| pool.get().unwrap().batch_execute(sql).unwrap();
        back_to("SAVEPOINT untouched");
        let $house = open(&site).await;
        for $door in house::routes().doors() {
            if $door.operation.is_none() {
                continue;
            }
            back_to("ROLLBACK TO SAVEPOINT untouched");
            let own = vec![Relation::Own; parameters($door.path).len()];
            let ($path, _) = address(&site, $door.path, &own).unwrap();
            $check
        }
    }};
}

#[actix_web::test]
async fn every_write_refuses_fields_that_it_does_not_know() {
    let mut tried = 0;
    at_every_operation!(|house, door, path| {
        let Some(schema) = conforms::document(door.method.as_str(), door.path) else {
            continue;
        };
        let mut document = conforms::good(schema);
        document["is_administrator"] = json!(true);
        let body = (
            "application/json".to_owned(),
            document.to_string().into_bytes(),
        );
        let headers = [("if-match", "*"), ("idempotency-key", "fresh")];
        let who = asking(door.access)[0];
        let answer = ask(&house, who, (door, &path), &headers, Some(body)).await;
        assert_problem(&answer, 400, "bad-request");
        let detail = answer.json()["detail"].to_string();
        let wanted = "unknown field `is_administrator`";
        assert!(detail.contains(wanted), "{}: {detail}", door.path);
        // A list of values in the order of the fields is no document either.
        for list in ["[]", "[null, null]", " [\"2099H1\"]"] {
            let body = ("application/json".to_owned(), list.as_bytes().to_vec());
            let answer = ask(&house, who, (door, &path), &headers, Some(body)).await;
            assert_problem(&answer, 400, "bad-request");
        }
        tried += 1;
    });
    assert!(tried > 30, "{tried}");
}

#[actix_web::test]
async fn every_edit_wants_the_version_that_was_read() {
    let mut tried = 0;
    at_every_operation!(|house, door, path| {
        if !matches!(door.method, Method::Put | Method::Patch | Method::Delete) {
            continue;
        }
        let operation = door.operation.as_ref().unwrap();
        assert!(operation.etag, "{}", operation.id);
        let who = asking(door.access)[0];
        let body = || conforms::good_body(door.method.as_str(), door.path);
        let bare = ask(&house, who, (door, &path), &[], body()).await;
        assert_problem(&bare, 428, "precondition-required");
        for tag in ["\"4000\"", "W/\"1\"", "1", "", "\"1", "\"0\", \"4000\""] {
            let stale = ask(&house, who, (door, &path), &[("if-match", tag)], body()).await;
            assert_problem(&stale, 412, "stale");
        }
        tried += 1;
    });
    assert!(tried >= 12, "{tried}");
}

#[actix_web::test]
async fn every_post_acts_once_for_one_key() {
    let (mut acted, mut tried) = (0, 0);
    at_every_operation!(|house, door, path| {
        if door.method != Method::Post {
            continue;
        }
        tried += 1;
        let who = asking(door.access)[0];
        let body = || conforms::good_body(door.method.as_str(), door.path);
        let bare = ask(&house, who, (door, &path), &[], body()).await;
        assert_problem(&bare, 400, "bad-request");
        let key = [("idempotency-key", "once")];
        let first = ask(&house, who, (door, &path), &key, body()).await;
        if !(200..300).contains(&first.status) {
            // Refused by a rule: nothing was done, nothing is kept, and it may be asked again.
            let again = ask(&house, who, (door, &path), &key, body()).await;
            assert_eq!(again.status, first.status, "{}", door.path);
            continue;
        }
        acted += 1;
        let again = ask(&house, who, (door, &path), &key, body()).await;
        assert_eq!(
            (again.status, &again.body),
            (first.status, &first.body),
            "{}",
            door.path
        );
        assert_eq!(again.headers["idempotent-replayed"], "true");
        for name in ["etag", "location", "content-type"] {
            assert_eq!(
                again.headers.get(name),
                first.headers.get(name),
                "{name} of {}",
                door.path
            );
        }
        let other = ("application/json".to_owned(), b"{\"other\":1}".to_vec());
        let reused = ask(&house, who, (door, &path), &key, Some(other)).await;
        assert_problem(&reused, 422, "idempotency-key-reused");
    });
    assert!(tried >= 45, "{tried}");
    assert!(acted > 20, "{acted} of {tried} acted");
}

#[actix_web::test]
async fn a_reader_who_has_the_version_is_told_so() {
    let mut tried = 0;
    at_every_operation!(|house, door, path| {
        if door.method != Method::Get || !door.operation.as_ref().unwrap().etag {
            continue;
        }
        let who = asking(door.access)[0];
        let seen = ask(&house, who, (door, &path), &[], None).await;
        assert_eq!(seen.status, 200, "{}: {}", door.path, seen.text());
        let tag = seen.headers["etag"].as_str();
        let same = ask(&house, who, (door, &path), &[("if-none-match", tag)], None).await;
        assert_eq!((same.status, same.body.len()), (304, 0), "{}", door.path);
        let other = ask(
            &house,
            who,
            (door, &path),
            &[("if-none-match", "\"x\"")],
            None,
        )
        .await;
        let known: Value = other.json();
        assert_eq!((other.status, known), (200, seen.json()), "{}", door.path);
        tried += 1;
    });
    assert!(tried >= 12, "{tried}");
}
