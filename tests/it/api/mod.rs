//! The API from outside, by tokens: the whole journey, the promises of HTTP, its description.

mod assessment;
mod attendance;
mod at_risk;
mod curriculum;
mod document;
mod http;
mod journey;
mod hosting;
mod matches;
mod materials;
mod office;
mod programmes;
mod placements;
mod progress;
mod register;
mod retries;
mod strange;
mod teaching;
mod trainees;
mod watching;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use banyan::access;
use banyan::db::{Acting, Actor, Role};
use banyan::ids::{GrantId, PersonId, ProgrammeId};
use banyan::people::actions::make_token;
use serde_json::Value;

use crate::support::app::{Answer, TestApp};
use crate::support::conforms;

static KEYS: AtomicU32 = AtomicU32::new(1);

/// Somebody with a token.
pub struct Api<'a> {
    app: &'a TestApp,
    token: String,
    /// What has answered 2xx: method and pattern.
    reached: Mutex<BTreeSet<(String, String)>>,
}

/// A request: what a test says beside method and place.
#[derive(Default)]
pub struct With<'a> {
    pub json: Option<Value>,
    pub raw: Option<(&'a str, Vec<u8>)>,
    pub if_match: Option<&'a str>,
    pub key: Option<&'a str>,
    pub headers: &'a [(&'a str, &'a str)],
}

impl<'a> Api<'a> {
    pub fn new(app: &'a TestApp, token: String) -> Self {
        Self {
            app,
            token,
            reached: Mutex::new(BTreeSet::new()),
        }
    }

    /// A person of this name, by a token for themselves.
    pub fn applicant(app: &'a TestApp, name: &str) -> Self {
        Self::of(app, app.account(name), None, &["read", "write"])
    }

    /// A coordinator of this programme.
    pub fn coordinator(app: &'a TestApp, name: &str, programme: ProgrammeId) -> Self {
        let person = app.account(name);
        let grant = app.grant(person, Role::Coordinator, Some(programme), None);
        Self::of(app, person, Some(grant), &["read", "write"])
    }

    /// This person by a token with these scopes.
    pub fn of(app: &'a TestApp, person: PersonId, grant: Option<GrantId>, scopes: &[&str]) -> Self {
        let actor = Actor::Person(Acting {
            person,
            role: Role::Applicant,
            grant: None,
            organisations: Vec::new(),
            programmes: Vec::new(),
        });
        let scopes: Vec<String> = scopes.iter().map(|it| (*it).to_owned()).collect();
        let token = app
            .site
            .db
            .tx(&actor, |conn| {
                let own = access::own(conn)?;
                make_token(conn, &own, grant, "test", &scopes, 30)
            })
            .unwrap();
        Self::new(app, token)
    }

    /// Sends a request to a pattern with its parameters filled in.
    pub async fn call(
        &self,
        method: &str,
        pattern: &str,
        params: &[(&str, &str)],
        with: With<'_>,
    ) -> Answer {
        let mut path = pattern.to_owned();
        for (name, value) in params {
            path = path.replace(&format!("{{{name}}}"), value);
        }
        let mut request = TestRequest::default()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(&path)
            .insert_header(("authorization", format!("Bearer {}", self.token)));
        if method == "POST" {
            // Fresh among all who ask: one person may hold several tokens.
            let fresh = format!("key-{}", KEYS.fetch_add(1, Ordering::Relaxed));
            let key = with.key.unwrap_or(&fresh);
            if !key.is_empty() {
                request = request.insert_header(("idempotency-key", key));
            }
        }
        if let Some(tag) = with.if_match {
            request = request.insert_header(("if-match", tag));
        }
        for (name, value) in with.headers {
            request = request.insert_header((*name, *value));
        }
        if let Some(json) = with.json {
            request = request
                .insert_header(("content-type", "application/json"))
                .set_payload(json.to_string());
        } else if let Some((media, bytes)) = with.raw {
            request = request
                .insert_header(("content-type", media))
                .set_payload(bytes);
        }
        let answer = self.app.anybody().send(request).await;
        let pattern = pattern.split('?').next().unwrap_or_default();
        if !conforms::entry(method, pattern).is_null() {
            // Whatever a test asks: every answer is as the description says.
            let fault = conforms::faults(method, pattern, &answer);
            assert_eq!(fault, None, "{method} {path}: {}", answer.text());
        }
        if (200..300).contains(&answer.status) {
            self.reached
                .lock()
                .unwrap()
                .insert((method.to_owned(), pattern.to_owned()));
        }
        answer
    }

    pub async fn get(&self, pattern: &str, params: &[(&str, &str)]) -> Answer {
        self.call("GET", pattern, params, With::default()).await
    }

    pub async fn post(&self, pattern: &str, params: &[(&str, &str)], json: Value) -> Answer {
        let with = With {
            json: Some(json),
            ..With::default()
        };
        self.call("POST", pattern, params, with).await
    }

    /// A change of the version that this answer showed.
    pub async fn patch(
        &self,
        pattern: &str,
        params: &[(&str, &str)],
        seen: &Answer,
        json: Value,
    ) -> Answer {
        let with = With {
            json: Some(json),
            if_match: Some(seen.headers["etag"].as_str()),
            ..With::default()
        };
        self.call("PATCH", pattern, params, with).await
    }

    /// Removes the version that this answer showed.
    pub async fn remove(&self, pattern: &str, params: &[(&str, &str)], seen: &Answer) -> Answer {
        let with = With {
            if_match: Some(seen.headers["etag"].as_str()),
            ..With::default()
        };
        self.call("DELETE", pattern, params, with).await
    }

    /// Acts without a document.
    pub async fn act(&self, pattern: &str, params: &[(&str, &str)]) -> Answer {
        self.call("POST", pattern, params, With::default()).await
    }

    pub fn reached(&self) -> BTreeSet<(String, String)> {
        self.reached.lock().unwrap().clone()
    }
}

/// The answer is a problem document of this kind.
pub fn assert_problem(answer: &Answer, status: u16, kind: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
    assert_eq!(problem["status"], status);
    for name in ["title", "detail", "instance"] {
        assert!(problem[name].is_string(), "{name} in {problem}");
    }
}
