//! What HTTP promises: scopes, unknown fields, versions, retries, problems; and that another
//! programme's things are told like missing ones.

use actix_web::test::TestRequest;
use banyan::applications::rules::Decision;
use banyan::db::Role;
use banyan::house;
use banyan::lang::Lang;
use banyan::web::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Api, With, assert_problem};
use crate::doors::knock::parameters;
use crate::support::app::TestApp;
use crate::support::fixtures::offers::Scene;

const COHORT: &str = "/api/v1/cohorts/{cohort}";

/// One of everything: a cohort that offers, an applicant with an open offer.
struct House {
    app: TestApp,
    scene: Scene,
    person: banyan::ids::PersonId,
    params: Vec<(&'static str, String)>,
}

impl House {
    fn new() -> Self {
        let app = TestApp::new();
        let scene = Scene::new(&app, 3, &[1]);
        let whom = scene.candidate(&app, "Chan Ka Yi", Lang::En, None, Some(4_000));
        scene.decide(&app, whom, Decision::Accept, None);
        scene.release(&app);
        let offer = scene.offer(&app, whom);
        let params = vec![
            ("cohort", scene.cohort.to_string()),
            ("pool", scene.banks[0].1.to_string()),
            ("application", whom.application.to_string()),
            ("offer", offer.to_string()),
            ("enrolment", Uuid::now_v7().to_string()),
            ("code", "NONE".to_owned()),
            ("programme", scene.programme.to_string()),
            ("person", whom.person.to_string()),
        ];
        Self {
            app,
            person: whom.person,
            scene,
            params,
        }
    }

    fn params(&self) -> Vec<(&str, &str)> {
        self.params.iter().map(|(n, v)| (*n, v.as_str())).collect()
    }

    fn desk(&self) -> Api<'_> {
        Api::coordinator(&self.app, "Ada Ho", self.scene.programme)
    }

    fn applicant(&self) -> Api<'_> {
        Api::of(&self.app, self.person, None, &["read", "write"])
    }
}

#[actix_web::test]
async fn another_programme_s_things_are_told_like_missing_ones() {
    let house = House::new();
    let elsewhere = Scene::new(&house.app, 1, &[]);
    let stranger = Api::coordinator(&house.app, "Eve Ng", elsewhere.programme);
    let somebody = Api::applicant(&house.app, "Lee Man");
    let nothing = Uuid::now_v7().to_string();
    let mut tried = 0;
    for door in house::routes().doors() {
        let known = parameters(door.path)
            .iter()
            .all(|name| house.params.iter().any(|(other, _)| other == name));
        let shared = door.path.contains("{code}") || door.path.contains("/me/reviews");
        // Administrators alone, or those who speak for an organisation: the stranger is a coordinator.
        let higher = door.access == banyan::access::ADMINISTRATOR
            || door.path.starts_with("/api/v1/organisation/");
        if door.operation.is_none() || !door.path.contains('{') || shared || higher || !known {
            continue;
        }
        let who = if door.path.contains("/me/") {
            &somebody
        } else {
            &stranger
        };
        let send = |params: Vec<(&'static str, String)>| async move {
            let params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let with = With {
                json: (door.method != Method::Get).then(|| json!({})),
                if_match: Some("*"),
                ..With::default()
            };
            who.call(door.method.as_str(), door.path, &params, with)
                .await
        };
        let theirs = send(house.params.clone()).await;
        let missing: Vec<(&'static str, String)> = house
            .params
            .iter()
            .map(|(name, _)| (*name, nothing.clone()))
            .collect();
        let missing = send(missing).await;
        let without_id = |mut value: Value| {
            value["instance"] = Value::Null;
            value
        };
        assert_eq!(theirs.status, 404, "{} {}", door.path, theirs.text());
        assert_eq!(
            without_id(theirs.json()),
            without_id(missing.json()),
            "{}",
            door.path
        );
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[actix_web::test]
async fn a_token_does_what_its_scopes_say() {
    let house = House::new();
    let person = house.app.account("Ada Ho");
    let grant = house
        .app
        .grant(person, Role::Coordinator, Some(house.scene.programme), None);
    let reads = Api::of(&house.app, person, Some(grant), &["read"]);
    let writes = Api::of(&house.app, person, Some(grant), &["write"]);
    assert_eq!(reads.get(COHORT, &house.params()).await.status, 200);
    assert_problem(&writes.get(COHORT, &house.params()).await, 403, "forbidden");
    let notes = "/api/v1/applications/{application}/notes";
    let note = json!({ "body": "Strong." });
    let refused = reads.post(notes, &house.params(), note.clone()).await;
    assert_problem(&refused, 403, "forbidden");
    assert_eq!(writes.post(notes, &house.params(), note).await.status, 201);
    // A token opens no page.
    assert_eq!(reads.get("/cohorts", &[]).await.status, 403);
    let nobody = Api::new(&house.app, "no such token".to_owned());
    assert_problem(
        &nobody.get(COHORT, &house.params()).await,
        401,
        "sign-in-required",
    );
}

#[actix_web::test]
async fn what_was_changed_meanwhile_is_not_overwritten() {
    let house = House::new();
    let (desk, params) = (house.desk(), house.params());
    let seen = desk.get(COHORT, &params).await;
    let tag = seen.headers["etag"].as_str();
    let again = With {
        headers: &[("if-none-match", tag)],
        ..With::default()
    };
    let same = desk.call("GET", COHORT, &params, again).await;
    assert_eq!((same.status, same.body.len()), (304, 0));

    let changed = desk
        .patch(COHORT, &params, &seen, json!({ "intro_en": "One." }))
        .await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let late = desk
        .patch(COHORT, &params, &seen, json!({ "intro_en": "Two." }))
        .await;
    assert_problem(&late, 412, "stale");
    let now = desk.get(COHORT, &params).await;
    assert_eq!(now.json()["intro_en"], "One.");
    assert_ne!(now.headers["etag"], seen.headers["etag"]);
}

#[actix_web::test]
async fn a_retry_is_answered_alike_and_acts_once() {
    let house = House::new();
    let (desk, params) = (house.desk(), house.params());
    let notes = "/api/v1/applications/{application}/notes";
    let send = |key: &'static str, body: &'static str| {
        let with = With {
            json: Some(json!({ "body": body })),
            key: Some(key),
            ..With::default()
        };
        desk.call("POST", notes, &params, with)
    };
    let first = send("once", "Strong.").await;
    let second = send("once", "Strong.").await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.body, second.body);
    assert_eq!(second.headers["idempotent-replayed"], "true");
    let listed = desk.get(notes, &params).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_problem(&send("once", "Weak.").await, 422, "idempotency-key-reused");
    assert_problem(&send("", "Strong.").await, 400, "bad-request");
}

#[actix_web::test]
async fn every_kind_of_mistake_is_a_problem_document() {
    let house = House::new();
    let (desk, params) = (house.desk(), house.params());
    assert_problem(&desk.get("/api/v1/nothing", &[]).await, 404, "not-found");
    let odd = desk
        .call("DELETE", "/api/v1/cohorts", &[], With::default())
        .await;
    assert_problem(&odd, 405, "method-not-allowed");
    assert_eq!(odd.headers["allow"], "GET, POST");
    let steps = format!("{COHORT}/steps");
    let raw = |media, bytes: &[u8]| With {
        raw: Some((media, bytes.to_vec())),
        ..With::default()
    };
    let text = desk
        .call("POST", &steps, &params, raw("text/plain", b"open"))
        .await;
    assert_problem(&text, 415, "unsupported-media-type");
    let broken = desk
        .call("POST", &steps, &params, raw("application/json", b"{"))
        .await;
    assert_problem(&broken, 400, "bad-request");
    let nul = desk
        .call(
            "POST",
            &steps,
            &params,
            raw("application/json", br#"{"step":"\u0000"}"#),
        )
        .await;
    assert_problem(&nul, 400, "bad-request");
    let huge = vec![b' '; 300 * 1024];
    let huge = desk
        .call("POST", &steps, &params, raw("application/json", &huge))
        .await;
    assert_problem(&huge, 413, "too-large");
    let word = desk
        .post(&steps, &params, json!({ "step": "explode" }))
        .await;
    assert_problem(&word, 422, "invalid-fields");
    assert_eq!(word.json()["errors"][0]["pointer"], "/step");
    let refused = desk.post(&steps, &params, json!({ "step": "open" })).await;
    assert_problem(&refused, 409, "cohort-step-refused");
    let person = house.applicant();
    assert_problem(&person.get(COHORT, &params).await, 403, "forbidden");
    let nobody = house.app.anybody();
    let closed = nobody.send(TestRequest::get().uri("/api/v1/me")).await;
    assert_problem(&closed, 401, "sign-in-required");
    assert_eq!(closed.headers["www-authenticate"], "Bearer");
    let bare = nobody
        .send(TestRequest::post().uri("/api/v1/cohorts"))
        .await;
    assert_problem(&bare, 401, "sign-in-required");
    let nul = nobody
        .send(TestRequest::get().uri("/api/v1/calls/%00"))
        .await;
    assert_problem(&nul, 404, "not-found");
}

#[actix_web::test]
async fn a_list_goes_on_where_its_page_ended() {
    let house = House::new();
    let desk = house.desk();
    for n in 0..60 {
        let name = format!("Applicant {n:02}");
        house
            .scene
            .candidate(&house.app, &name, Lang::En, None, None);
    }
    let place = format!("{COHORT}/applications");
    let first = desk.get(&place, &house.params()).await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 50);
    let next = format!("{place}?after={}", first["next"].as_str().unwrap());
    let second = desk.get(&next, &house.params()).await.json();
    assert_eq!(second["items"].as_array().unwrap().len(), 11);
    assert_eq!(second["next"], Value::Null);
    let last = &first["items"][49]["id"];
    assert!(
        second["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["id"] != *last)
    );
}
