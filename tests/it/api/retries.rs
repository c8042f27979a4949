//! Promises 17 and 18, over real sockets: a retry acts once and is answered alike, and of two who
//! change the same version of a thing the second is told.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::doors::world::{World, id};
use crate::support::live::{Heard, Live};
use crate::support::scale;

/// Asks as this person, from one of our own pages.
fn ask(
    live: &Live,
    who: &str,
    method: &str,
    path: &str,
    more: &[(&str, &str)],
    body: &str,
) -> Heard {
    let cookie = format!("__Host-session=session-of-{who}");
    let mut headers = vec![
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    headers.extend_from_slice(more);
    live.ask(method, path, &headers, body)
}

/// How many notes there are with this text.
fn notes(live: &Live, path: &str, text: &str) -> usize {
    let listed = ask(live, "coordinator", "GET", path, &[], "").json();
    let items = listed["items"].as_array().unwrap();
    items.iter().filter(|it| it["body"] == text).count()
}

#[test]
fn a_retry_acts_once_however_many_come_at_once() {
    const AT_ONCE: usize = 20;
    let world = World::new();
    let live = Live::start(&world.app.site);
    let path = format!(
        "/api/v1/applications/{}/notes",
        id('A', "application-review")
    );
    // Twenty at once, five hundred times, are ten thousand.
    for trial in 0..scale::of(4, 500) {
        let (key, text) = (Uuid::now_v7().to_string(), format!("Trial {trial}"));
        let body = json!({ "body": text }).to_string();
        let start = Barrier::new(AT_ONCE);
        let answers: Vec<Heard> = thread::scope(|threads| {
            let one = || {
                start.wait();
                ask(
                    &live,
                    "coordinator",
                    "POST",
                    &path,
                    &[("idempotency-key", &key)],
                    &body,
                )
            };
            let all: Vec<_> = (0..AT_ONCE).map(|_| threads.spawn(one)).collect();
            all.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let late = ask(
            &live,
            "coordinator",
            "POST",
            &path,
            &[("idempotency-key", &key)],
            &body,
        );
        assert!(late.replayed && late.status == 201, "{late:?}");
        for answer in &answers {
            // Still in flight, or no connection free in time: it may be asked again.
            if ![409, 503].contains(&answer.status) {
                assert_eq!((answer.status, &answer.body), (201, &late.body));
                assert_eq!(answer.etag, late.etag);
            }
        }
        let first = answers.iter().filter(|it| it.status == 201 && !it.replayed);
        assert_eq!(
            first.count(),
            1,
            "one acts, the others are told what it did"
        );
        assert_eq!(notes(&live, &path, &text), 1);
        let other = json!({ "body": "Another." }).to_string();
        let reused = ask(
            &live,
            "coordinator",
            "POST",
            &path,
            &[("idempotency-key", &key)],
            &other,
        );
        assert_eq!(reused.status, 422, "{reused:?}");
        assert_eq!(reused.json()["type"], "/problems/idempotency-key-reused");
        // The same key in another person's hand is another key.
        let theirs = ask(
            &live,
            "administrator",
            "POST",
            &path,
            &[("idempotency-key", &key)],
            &body,
        );
        assert_eq!((theirs.status, theirs.replayed), (201, false), "{theirs:?}");
        assert_ne!(theirs.json()["id"], late.json()["id"]);
    }
}

/// A number that several people count up: where, by whom, how it is read and written.
struct Counter {
    who: &'static str,
    method: &'static str,
    path: String,
    read: fn(&Value) -> i64,
    write: fn(i64) -> Value,
}

/// The number at the end of a text.
fn number(text: &Value) -> i64 {
    let text = text.as_str().unwrap_or_default();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn counters() -> Vec<Counter> {
    let counter = |who, method, path, read, write| Counter {
        who,
        method,
        path,
        read,
        write,
    };
    let programme = format!("/api/v1/programmes/{}", id('A', "programme"));
    vec![
        counter(
            "coordinator",
            "PATCH",
            programme.clone(),
            |it| number(&it["summary_en"]),
            |n| json!({ "summary_en": format!("At {n}") }),
        ),
        counter(
            "coordinator",
            "PATCH",
            format!("{programme}/targets/{}", id('A', "target")),
            |it| number(&it["wording_en"]),
            |n| json!({ "wording_en": format!("At {n}") }),
        ),
        counter(
            "coordinator",
            "PATCH",
            format!("/api/v1/organisations/{}", id('A', "bank")),
            |it| number(&it["website"]),
            |n| json!({ "website": format!("https://example.org/{n}") }),
        ),
        counter(
            "coordinator",
            "PATCH",
            format!("/api/v1/cohorts/{}", id('A', "cohort-open")),
            |it| number(&it["intro_en"]),
            |n| json!({ "intro_en": format!("At {n}") }),
        ),
        counter(
            "coordinator",
            "PATCH",
            format!(
                "/api/v1/cohorts/{}/pools/{}",
                id('A', "cohort"),
                id('A', "pool")
            ),
            |it| it["capacity"].as_i64().unwrap(),
            |n| json!({ "capacity": n }),
        ),
        counter(
            "coordinator",
            "PUT",
            format!("/api/v1/cohorts/{}/rubric", id('A', "cohort-open")),
            |it| number(&it["criteria"][0]["hint_en"]),
            |n| json!({ "criteria": [{ "name_en": "A", "name_zh": "甲", "hint_en": format!("At {n}"), "weight": 1 }] }),
        ),
        counter(
            "coordinator",
            "PUT",
            format!(
                "/api/v1/applications/{}/decision",
                id('A', "application-review")
            ),
            |it| number(&it["reason"]),
            |n| json!({ "decision": "reject", "reason": format!("At {n}") }),
        ),
        counter(
            "reviewer",
            "PUT",
            format!("/api/v1/me/reviews/{}", id('A', "review")),
            |it| number(&it["comment"]),
            |n| json!({ "scores": [], "comment": format!("At {n}") }),
        ),
        counter(
            "applicant",
            "PATCH",
            format!("/api/v1/me/applications/{}", id('A', "application-draft")),
            |it| number(&it["statement"]),
            |n| json!({ "statement": format!("At {n}") }),
        ),
        counter(
            "applicant",
            "PATCH",
            "/api/v1/me/profile".to_owned(),
            |it| number(&it["phone"]) - 85_291_000_000,
            |n| json!({ "phone": format!("+{}", 85_291_000_000_i64 + n) }),
        ),
    ]
}

#[test]
fn of_those_who_change_one_version_one_does() {
    const AT_ONCE: usize = 8;
    let world = World::new();
    let live = Live::start(&world.app.site);
    let all = counters();
    // Ten things, eight people, each tries this often: ten thousand in full.
    let rounds = scale::of(2, 125);
    for it in &all {
        let get = || ask(&live, it.who, "GET", &it.path, &[], "");
        let before = get();
        assert_eq!(before.status, 200, "{}: {}", it.path, before.body);
        // From a number that no text has by chance.
        let begin = (it.read)(&before.json());
        let one = || {
            let mut done = BTreeSet::new();
            for _ in 0..rounds {
                let seen = get();
                if seen.status != 200 {
                    continue;
                }
                let next = (it.read)(&seen.json()) + 1;
                let body = (it.write)(next).to_string();
                let answer = ask(
                    &live,
                    it.who,
                    it.method,
                    &it.path,
                    &[("if-match", &seen.etag)],
                    &body,
                );
                match answer.status {
                    200 => {
                        assert_ne!(answer.etag, seen.etag, "{}", it.path);
                        done.insert(next);
                    }
                    412 | 503 => {}
                    _ => panic!("{} {}: {answer:?}", it.method, it.path),
                }
            }
            done
        };
        let done: Vec<BTreeSet<i64>> = thread::scope(|threads| {
            let all: Vec<_> = (0..AT_ONCE).map(|_| threads.spawn(one)).collect();
            all.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let written: usize = done.iter().map(BTreeSet::len).sum();
        let distinct: BTreeSet<i64> = done.into_iter().flatten().collect();
        assert_eq!(
            distinct.len(),
            written,
            "{}: two wrote the same number",
            it.path
        );
        let end = (it.read)(&get().json());
        let written = i64::try_from(written).unwrap();
        assert!(written >= 1, "{}: nobody changed anything", it.path);
        assert_eq!(end - begin, written, "{}: a change was lost", it.path);
    }
}
