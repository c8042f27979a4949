//! From the plan of a cohort to a trainee's number, by the API alone; on the way every operation
//! answers well at least once.

use std::collections::BTreeSet;

use banyan::house;
use serde_json::{Value, json};

use super::{Api, With, office};
use crate::support::fixtures::desk::World;

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n";
const ME: &str = "/api/v1/me/applications/{application}";
const COHORT: &str = "/api/v1/cohorts/{cohort}";
const DECISION: &str = "/api/v1/applications/{application}/decision";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Plans a cohort of two open seats, holds one for a bank, and opens the call; returns its id and
/// the held pool's.
async fn open_call(world: &World, desk: &Api<'_>) -> (String, String) {
    let new = json!({
        "code": "2099H1", "name_en": "First intake of 2099", "name_zh": "2099年第一屆",
        "opens_at": "2020-01-01T00:00:00Z", "closes_at": "2099-06-30T15:59:00Z",
        "decisions_on": "2099-07-31", "reply_by": "2099-08-15T15:59:00Z",
        "starts_on": "2099-09-01", "ends_on": "2099-12-31", "reply_days": 7, "open_seats": 1,
    });
    let made = desk.post("/api/v1/cohorts", &[], new).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = text(&made.json()["id"]);
    assert_eq!(made.location(), format!("/api/v1/cohorts/{id}"));
    let at: &[(&str, &str)] = &[("cohort", &id)];
    let listed = desk.get("/api/v1/cohorts?state=planned", &[]).await.json();
    assert_eq!(listed["items"][0]["id"], json!(id));
    let seen = desk.get(COHORT, at).await;
    assert_eq!(seen.json()["state"], "planned");
    let changed = desk
        .patch(COHORT, at, &seen, json!({ "intro_en": "Come." }))
        .await;
    assert_eq!(changed.json()["intro_en"], "Come.", "{}", changed.text());

    let pools = format!("{COHORT}/pools");
    let open = desk.get(&pools, at).await.json()["items"][0].clone();
    assert_eq!(open["capacity"], 1);
    let pool = format!("{COHORT}/pools/{{pool}}");
    let open_id = text(&open["id"]);
    let at_pool: &[(&str, &str)] = &[("cohort", &id), ("pool", &open_id)];
    let seen = desk.get(&pool, at_pool).await;
    let larger = desk
        .patch(&pool, at_pool, &seen, json!({ "capacity": 2 }))
        .await;
    assert_eq!(larger.json()["capacity"], 2, "{}", larger.text());
    let held =
        json!({ "organisation": world.bank, "capacity": 1, "hold_until": "2099-08-01T00:00:00Z" });
    let held = desk.post(&pools, at, held).await;
    assert_eq!(held.status, 201, "{}", held.text());

    let steps = format!("{COHORT}/steps");
    let stepped = desk.post(&steps, at, json!({ "step": "open" })).await;
    assert_eq!(stepped.json()["state"], "open", "{}", stepped.text());
    (id, text(&held.json()["id"]))
}

/// Applies with everything that is asked for; returns the application's id.
pub async fn apply(world: &World, who: &Api<'_>, n: u32, call: &str) -> String {
    let begun = who
        .post("/api/v1/me/applications", &[], json!({ "call": call }))
        .await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let id = text(&begun.json()["id"]);
    let at: &[(&str, &str)] = &[("application", &id)];
    let pics = begun.json()["pics_in_force"].clone();
    let fields = json!({
        "family_name": "Chan", "given_names": format!("Tai Man {}", ["One", "Two", "Three", "Four"][usize::try_from(n).unwrap()]),
        "phone": "9123 4567", "route": "university_student", "university": world.university,
        "graduation_year": 2098, "field_of_study": "Statistics", "statement": "I want to learn how banks use models. ".repeat(3),
        "declares_true": true, "declares_eligible": true, "declares_available": true, "accepted_pics": pics,
    });
    let filled = who.patch(ME, at, &begun, fields).await;
    assert_eq!(filled.status, 200, "{}", filled.text());
    assert_eq!(filled.json()["phone"], "+85291234567");
    assert_eq!(filled.json()["university"], json!(world.university));
    let with = With {
        raw: Some(("application/pdf", PDF.to_vec())),
        if_match: Some(filled.headers["etag"].as_str()),
        ..With::default()
    };
    let document = who.call("PUT", &format!("{ME}/document"), at, with).await;
    assert_eq!(document.status, 200, "{}", document.text());
    for section in document.json()["sections"].as_array().unwrap() {
        assert_eq!(section["status"], "complete", "{section}");
    }
    let submitted = who
        .call("POST", &format!("{ME}/submit"), at, With::default())
        .await;
    assert_eq!(
        submitted.json()["state"],
        "submitted",
        "{}",
        submitted.text()
    );
    id
}

pub async fn decide(desk: &Api<'_>, application: &str, decision: &str) {
    let at: &[(&str, &str)] = &[("application", application)];
    let seen = desk.get(DECISION, at).await;
    let with = With {
        json: Some(json!({ "decision": decision, "reason": "As read." })),
        if_match: Some(seen.headers["etag"].as_str()),
        ..With::default()
    };
    let decided = desk.call("PUT", DECISION, at, with).await;
    assert_eq!(decided.json()["decision"], decision, "{}", decided.text());
}

/// Reads and decides; then releases, and returns the offers by application.
async fn release(desk: &Api<'_>, cohort: &str, ids: &[String]) {
    let at: &[(&str, &str)] = &[("cohort", cohort)];
    let first: &[(&str, &str)] = &[("application", &ids[0])];
    let listed = desk
        .get(&format!("{COHORT}/applications?q=chan&state=submitted"), at)
        .await
        .json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    let whole = desk
        .get("/api/v1/applications/{application}", first)
        .await
        .json();
    assert_eq!(whole["field_of_study"], "Statistics");
    let notes = "/api/v1/applications/{application}/notes";
    let note = desk.post(notes, first, json!({ "body": "Strong." })).await;
    assert_eq!(note.status, 201, "{}", note.text());
    assert_eq!(
        desk.get(notes, first).await.json()["items"][0]["body"],
        "Strong."
    );
    let review = "/api/v1/applications/{application}/review";
    let reviewed = desk.call("POST", review, first, With::default()).await;
    assert_eq!(
        reviewed.json()["state"],
        "under_review",
        "{}",
        reviewed.text()
    );
    let closed = desk
        .post(
            &format!("{COHORT}/steps"),
            at,
            json!({ "step": "close_call" }),
        )
        .await;
    assert_eq!(closed.json()["state"], "reviewing");
    // It closed early: that time is told from now on, and history says that it changed.
    let told = desk.get(COHORT, at).await.json();
    let closes: chrono::DateTime<chrono::Utc> =
        told["closes_at"].as_str().unwrap().parse().unwrap();
    assert!(closes <= banyan::clock::machine_now(), "{told}");
    let history = desk.get(&format!("{COHORT}/history"), at).await.text();
    assert!(history.contains("changed The call closes on"), "{history}");

    for (id, decision) in ids.iter().zip(["accept", "accept", "waitlist"]) {
        decide(desk, id, decision).await;
    }
    let with = With {
        if_match: Some("*"),
        ..With::default()
    };
    let undone = desk.call("DELETE", DECISION, first, with).await;
    assert_eq!(undone.json()["decision"], Value::Null, "{}", undone.text());
    decide(desk, &ids[0], "accept").await;

    let place = format!("{COHORT}/release");
    let preview = desk.get(&place, at).await.json();
    assert_eq!(preview["offers"].as_array().unwrap().len(), 2);
    let stale = desk
        .post(&place, at, json!({ "fingerprint": "another" }))
        .await;
    assert_eq!(stale.status, 409);
    let done = desk
        .post(&place, at, json!({ "fingerprint": preview["fingerprint"] }))
        .await;
    assert_eq!(done.json()["offers"], 2, "{}", done.text());
    assert_eq!(done.json()["waitlisted"], 1);
}

/// The person's latest offer.
pub async fn offer_of(who: &Api<'_>) -> String {
    let mine = who.get("/api/v1/me/applications", &[]).await.json();
    text(&mine["items"][0]["offer"])
}

async fn answer_offers(desk: &Api<'_>, cohort: &str, people: &[Api<'_>]) {
    let at: &[(&str, &str)] = &[("cohort", cohort)];
    let waiting = desk.get(&format!("{COHORT}/waitlist"), at).await.json();
    assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
    let offers = desk
        .get(&format!("{COHORT}/offers?state=open"), at)
        .await
        .json();
    assert_eq!(offers["items"].as_array().unwrap().len(), 2);

    let first = offer_of(&people[0]).await;
    let at_offer: &[(&str, &str)] = &[("cohort", cohort), ("offer", &first)];
    let one = format!("{COHORT}/offers/{{offer}}");
    assert_eq!(desk.get(&one, at_offer).await.json()["state"], "open");
    let later = json!({ "expires_at": "2099-08-20T15:59:00Z" });
    let extended = desk.post(&format!("{one}/extend"), at_offer, later).await;
    assert_eq!(
        extended.json()["expires_at"],
        "2099-08-20T15:59:00Z",
        "{}",
        extended.text()
    );

    let own = "/api/v1/me/offers/{offer}";
    let seen = people[0].get(own, &[("offer", &first)]).await.json();
    assert_eq!(seen["live"], true);
    let accepted = people[0]
        .call(
            "POST",
            &format!("{own}/accept"),
            &[("offer", &first)],
            With::default(),
        )
        .await;
    assert_eq!(accepted.json()["state"], "accepted", "{}", accepted.text());
    let form = json!({
        "offer": first, "certificate_name": "Chan Tai Man", "contact_name": "Chan Siu Ling",
        "contact_relationship": "Sister", "contact_phone": "9876 5432", "accepted_pics": seen["pics"],
        "accepts_agreement": true,
    });
    let enrolled = people[0].post("/api/v1/me/enrolments", &[], form).await;
    assert_eq!(enrolled.status, 201, "{}", enrolled.text());
    assert_eq!(enrolled.json()["trainee_number"], "T2099-0001");
    let id = text(&enrolled.json()["id"]);
    let mine = people[0]
        .get("/api/v1/me/enrolments/{enrolment}", &[("enrolment", &id)])
        .await;
    assert_eq!(mine.json()["state"], "enrolled");

    // A declined seat goes to the one who waits, in the same breath.
    let second = offer_of(&people[1]).await;
    let declined = people[1]
        .post(
            &format!("{own}/decline"),
            &[("offer", &second)],
            json!({ "reason": "Elsewhere." }),
        )
        .await;
    assert_eq!(declined.json()["state"], "declined", "{}", declined.text());
    let third = offer_of(&people[2]).await;
    let at_third: &[(&str, &str)] = &[("cohort", cohort), ("offer", &third)];
    let back = desk
        .post(
            &format!("{one}/withdraw"),
            at_third,
            json!({ "reason": "A mistake." }),
        )
        .await;
    assert_eq!(back.json()["state"], "withdrawn", "{}", back.text());
    let trainees = desk.get(&format!("{COHORT}/enrolments"), at).await.json();
    assert_eq!(trainees["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_cohort_runs_from_plan_to_enrolment_by_the_api_alone() {
    let world = World::new();
    world.app.as_owner(&format!(
        "INSERT INTO pics (id, programme_id, version, text_en, text_zh, effective_at) \
         VALUES (gen_random_uuid(), '{}', '2026-10', 'We keep it.', '我們保存資料。', '2020-01-01')",
        world.programme
    ));
    let desk = Api::coordinator(&world.app, "Ada", world.programme);
    let me = desk.get("/api/v1/me", &[]).await.json();
    assert_eq!(me["role"], "coordinator");
    assert_eq!(me["programmes"], json!([world.programme]));

    let (cohort, pool) = open_call(&world, &desk).await;
    let calls = desk.get("/api/v1/calls", &[]).await.json();
    assert!(
        calls["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["code"] == "2099H1")
    );
    let call = desk
        .get("/api/v1/calls/{code}", &[("code", "2099h1")])
        .await;
    assert_eq!(call.json()["open"], true);

    let people: Vec<Api<'_>> = ["Chan One", "Chan Two", "Chan Three", "Chan Four"]
        .iter()
        .map(|name| Api::applicant(&world.app, name))
        .collect();
    let mut ids = Vec::new();
    for (who, n) in people.iter().zip(0..) {
        ids.push(apply(&world, who, n, "2099H1").await);
    }
    let seen = people[3].get(ME, &[("application", &ids[3])]).await;
    assert_eq!(seen.json()["state"], "submitted");
    let left = people[3]
        .call(
            "POST",
            &format!("{ME}/withdraw"),
            &[("application", &ids[3])],
            With::default(),
        )
        .await;
    assert_eq!(left.status, 204, "{}", left.text());

    release_and_import(&desk, &cohort, &ids).await;
    answer_offers(&desk, &cohort, &people).await;
    let at: &[(&str, &str)] = &[("cohort", &cohort), ("pool", &pool)];
    let ended = desk
        .call(
            "POST",
            &format!("{COHORT}/pools/{{pool}}/release"),
            at,
            With::default(),
        )
        .await;
    assert!(ended.json()["released_at"].is_string(), "{}", ended.text());

    let mut reached = office::everything_else(&world, &desk, &cohort, &people, &ids).await;
    reached.extend(desk.reached());
    people.iter().for_each(|it| reached.extend(it.reached()));
    let described: BTreeSet<(String, String)> = house::routes()
        .doors()
        .iter()
        .filter(|it| it.operation.is_some())
        .map(|it| (it.method.as_str().to_owned(), it.path.to_owned()))
        .collect();
    let missed: Vec<_> = described.difference(&reached).collect();
    assert!(missed.is_empty(), "never answered well: {missed:?}");
}

async fn release_and_import(desk: &Api<'_>, cohort: &str, ids: &[String]) {
    let file = "email,family_name,given_names,route\nlee@example.net,Lee,Siu Ming,open\n";
    let at: &[(&str, &str)] = &[("cohort", cohort)];
    for (mode, committed) in [("dry_run", false), ("commit", true)] {
        let with = With {
            raw: Some(("text/csv", file.as_bytes().to_vec())),
            ..With::default()
        };
        let place = format!("{COHORT}/imports?mode={mode}");
        let answer = desk.call("POST", &place, at, with).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["rows"], 1);
        assert_eq!(answer.json()["new"], 1, "{}", answer.text());
        assert_eq!(answer.json()["committed"], committed);
    }
    // Three of the four who applied are alive; the imported person is named Lee.
    let all = desk
        .get(&format!("{COHORT}/applications?q=chan&state=withdrawn"), at)
        .await;
    assert_eq!(all.json()["items"].as_array().unwrap().len(), 1);
    release(desk, cohort, ids).await;
}
