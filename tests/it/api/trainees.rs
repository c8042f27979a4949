//! Reviews by the API, a trainee who leaves and one who is settled, imports and files.

use banyan::db::Role;
use serde_json::{Value, json};

use super::journey::{apply, decide, offer_of};
use super::office::{BOTH, Reached, good, id, items};
use super::{Api, With, assert_problem};
use crate::support::fixtures::desk::{Plan, World};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n";

pub async fn reviews(world: &World, desk: &Api<'_>) -> Reached {
    let first = world.apply(1, &Plan::default()).to_string();
    let second = world
        .apply(
            2,
            &Plan {
                email: "other@example.net",
                ..Plan::default()
            },
        )
        .to_string();
    world.attach(first.parse().unwrap(), PDF);
    let person = |name| {
        let person = world.app.account(name);
        (
            person,
            world
                .app
                .grant(person, Role::Reviewer, Some(world.programme), None),
        )
    };
    let ((rita, grant), (other, other_grant)) = (person("Rita"), person("Otto"));
    let reviewer = Api::of(&world.app, rita, Some(grant), BOTH);
    let stranger = Api::of(&world.app, other, Some(other_grant), BOTH);
    let at: &[(&str, &str)] = &[("application", &first)];
    let all = "/api/v1/applications/{application}/reviews";
    let asked = good(&desk.post(all, at, json!({ "reviewer": rita })).await);
    let review = id(&asked);
    let at_review: &[(&str, &str)] = &[("application", &first), ("review", &review)];
    let twice = desk.post(all, at, json!({ "reviewer": rita })).await;
    assert_problem(&twice, 409, "already-assigned");

    let own = "/api/v1/me/reviews/{review}";
    let mine: &[(&str, &str)] = &[("review", &review)];
    assert_eq!(items(&reviewer, "/api/v1/me/reviews", &[]).await.len(), 1);
    // Another reviewer of the same programme reads nothing of it.
    assert!(items(&stranger, "/api/v1/me/reviews", &[]).await.is_empty());
    for place in [own.to_owned(), format!("{own}/document")] {
        assert_problem(&stranger.get(&place, mine).await, 404, "not-found");
    }
    let seen = reviewer.get(own, mine).await;
    let shown = good(&seen);
    assert_eq!(shown["criteria"].as_array().unwrap().len(), 3);
    assert!(shown.get("email").is_none() && shown.get("phone").is_none());
    let document = reviewer.get(&format!("{own}/document"), mine).await;
    assert_eq!((document.status, document.body.as_slice()), (200, PDF));
    assert_problem(
        &reviewer.act(&format!("{own}/submit"), mine).await,
        422,
        "invalid-fields",
    );
    let scores: Vec<Value> = world
        .criteria
        .iter()
        .map(|it| json!({ "criterion": it, "score": 4 }))
        .collect();
    let draft = |comment: &str| json!({ "scores": scores, "comment": comment });
    let tag = seen.headers["etag"].clone();
    let with = With {
        json: Some(draft("Strong.")),
        if_match: Some(&tag),
        ..With::default()
    };
    let saved = reviewer.call("PUT", own, mine, with).await;
    assert_eq!(good(&saved)["state"], "draft");
    let with = With {
        json: Some(draft("Weak.")),
        if_match: Some(&tag),
        ..With::default()
    };
    assert_problem(&reviewer.call("PUT", own, mine, with).await, 412, "stale");
    let late = With {
        if_match: Some(&tag),
        ..With::default()
    };
    assert_problem(
        &reviewer
            .call("POST", &format!("{own}/submit"), mine, late)
            .await,
        412,
        "stale",
    );
    let submitted = good(&reviewer.act(&format!("{own}/submit"), mine).await);
    assert_eq!(
        (&submitted["state"], &submitted["total_milli"]),
        (&json!("submitted"), &json!(4_000))
    );
    assert_eq!(items(desk, all, at).await[0]["comment"], "Strong.");

    let reopened = good(
        &desk
            .act(&format!("{all}/{{review}}/reopen"), at_review)
            .await,
    );
    assert_eq!(reopened["total_milli"], Value::Null);
    let reason = json!({ "interest": true, "reason": "A former student." });
    good(&reviewer.post(&format!("{own}/decline"), mine, reason).await);
    assert_eq!(items(desk, all, at).await[0]["interest_declared"], true);

    let cohort = world.cohort.to_string();
    let at_cohort: &[(&str, &str)] = &[("cohort", &cohort)];
    let many = "/api/v1/cohorts/{cohort}/reviews";
    let wanted =
        json!({ "applications": [second], "reviewers": [rita], "each": 1, "dry_run": true });
    let planned = good(&desk.post(many, at_cohort, wanted.clone()).await);
    assert_eq!(planned["items"][0]["reviewers"], json!([rita]));
    let mut act = wanted.clone();
    act["dry_run"] = json!(false);
    good(&desk.post(many, at_cohort, act).await);
    let progress = items(desk, "/api/v1/cohorts/{cohort}/reviewers", at_cohort).await;
    assert_eq!(progress[0]["assigned"], 1);
    let rita = rita.to_string();
    let at_person: &[(&str, &str)] = &[("cohort", &cohort), ("person", &rita)];
    let reminded = "/api/v1/cohorts/{cohort}/reviewers/{person}/remind";
    assert_eq!(good(&desk.act(reminded, at_person).await)["reminded"], true);
    let at_second: &[(&str, &str)] = &[("application", &second)];
    let given = id(&items(desk, all, at_second).await[0]);
    let at_given: &[(&str, &str)] = &[("application", &second), ("review", &given)];
    let removed = good(
        &desk
            .act(&format!("{all}/{{review}}/remove"), at_given)
            .await,
    );
    assert_eq!(removed["state"], "removed");
    let history = "/api/v1/applications/{application}/history";
    assert!(!items(desk, history, at).await.is_empty());
    let document = "/api/v1/applications/{application}/document";
    assert_eq!(desk.get(document, at).await.body, PDF);
    let mut reached = reviewer.reached();
    reached.extend(stranger.reached());
    reached
}

/// A second cohort: a document taken away, an application taken up again, a trainee who leaves.
pub async fn leaving(world: &World, desk: &Api<'_>, people: &[Api<'_>]) -> String {
    let new = json!({
        "code": "2098H1", "name_en": "First intake of 2098", "name_zh": "2098年第一屆",
        "opens_at": "2020-01-01T00:00:00Z", "closes_at": "2098-06-30T15:59:00Z",
        "decisions_on": "2098-07-31", "reply_by": "2098-08-15T15:59:00Z",
        "starts_on": "2098-09-01", "ends_on": "2098-12-31", "reply_days": 7, "open_seats": 1,
    });
    let cohort = id(&good(&desk.post("/api/v1/cohorts", &[], new).await));
    let at: &[(&str, &str)] = &[("cohort", &cohort)];
    let rubric = "/api/v1/cohorts/{cohort}/rubric";
    let seen = desk.get(rubric, at).await;
    let tag = seen.headers["etag"].clone();
    let criteria = json!({ "criteria": [{ "name_en": "Will", "name_zh": "意願", "weight": 3 }, { "name_en": "", "name_zh": "能力", "weight": 2 }] });
    let with = With {
        json: Some(criteria.clone()),
        if_match: Some(&tag),
        ..With::default()
    };
    let refused = desk.call("PUT", rubric, at, with).await;
    assert_eq!(
        refused.json()["errors"][0]["pointer"],
        "/criteria/1/name_en",
        "{}",
        refused.text()
    );
    let mut criteria = criteria;
    criteria["criteria"][1]["name_en"] = json!("Skill");
    let with = With {
        json: Some(criteria),
        if_match: Some(&tag),
        ..With::default()
    };
    let set = good(&desk.call("PUT", rubric, at, with).await);
    assert_eq!(set["criteria"][1]["weight"], 2);

    let steps = "/api/v1/cohorts/{cohort}/steps";
    good(&desk.post(steps, at, json!({ "step": "open" })).await);
    let me = "/api/v1/me/applications/{application}";
    let id = apply(world, &people[3], 3, "2098H1").await;
    let own: &[(&str, &str)] = &[("application", &id)];
    let document = format!("{me}/document");
    assert_eq!(people[3].get(&document, own).await.body, PDF);
    // Nobody else's.
    assert_problem(&people[2].get(&document, own).await, 404, "not-found");
    let any = || With {
        if_match: Some("*"),
        ..With::default()
    };
    let kept = people[3].call("DELETE", &document, own, any()).await;
    assert_eq!(
        kept.status,
        422,
        "what is handed in keeps its document: {}",
        kept.text()
    );
    good(&people[3].act(&format!("{me}/withdraw"), own).await);
    assert_eq!(
        good(&people[3].act(&format!("{me}/reopen"), own).await)["state"],
        "draft"
    );
    let without = good(&people[3].call("DELETE", &document, own, any()).await);
    assert_eq!(without["document"], Value::Null);
    let with = With {
        raw: Some(("application/pdf", PDF.to_vec())),
        if_match: Some("*"),
        ..With::default()
    };
    good(&people[3].call("PUT", &document, own, with).await);
    good(&people[3].act(&format!("{me}/submit"), own).await);
    assert!(items(&people[3], &format!("{me}/history"), own).await.len() >= 4);

    good(&desk.post(steps, at, json!({ "step": "close_call" })).await);
    decide(desk, &id, "accept").await;
    let release = "/api/v1/cohorts/{cohort}/release";
    let preview = good(&desk.get(release, at).await);
    good(
        &desk
            .post(
                release,
                at,
                json!({ "fingerprint": preview["fingerprint"] }),
            )
            .await,
    );
    let offer = offer_of(&people[3]).await;
    let at_offer: &[(&str, &str)] = &[("offer", &offer)];
    let accepted = good(
        &people[3]
            .act("/api/v1/me/offers/{offer}/accept", at_offer)
            .await,
    );
    let form = json!({
        "offer": offer, "certificate_name": "Chan Tai Man", "contact_name": "Chan Siu Ling", "contact_relationship": "Sister",
        "contact_phone": "9876 5432", "accepted_pics": accepted["pics"], "accepts_agreement": true,
    });
    let enrolled = good(&people[3].post("/api/v1/me/enrolments", &[], form).await);
    let enrolment = enrolled["id"].as_str().unwrap();
    let mine: &[(&str, &str)] = &[("enrolment", enrolment)];
    let one = "/api/v1/me/enrolments/{enrolment}";
    assert_problem(&people[2].get(one, mine).await, 404, "not-found");
    super::curriculum::curriculum(world, desk, &people[3], enrolment).await;
    let left = good(&people[3].act(&format!("{one}/withdraw"), mine).await);
    assert_eq!(left["state"], "withdrawn");
    assert_eq!(
        items(&people[3], &format!("{one}/history"), mine)
            .await
            .len(),
        2
    );
    cohort
}

pub async fn settling(desk: &Api<'_>, cohort: &str) {
    let at: &[(&str, &str)] = &[("cohort", cohort)];
    let all = "/api/v1/cohorts/{cohort}/enrolments";
    let enrolment = id(&items(desk, all, at).await[0]);
    let at: &[(&str, &str)] = &[("cohort", cohort), ("enrolment", &enrolment)];
    let one = format!("{all}/{{enrolment}}");
    let seen = desk.get(&one, at).await;
    assert_eq!(good(&seen)["contact_phone"], "+85298765432");
    let steps = format!("{one}/steps");
    let active = desk.post(&steps, at, json!({ "step": "activate" })).await;
    assert_eq!(good(&active)["state"], "active");
    assert_ne!(active.headers["etag"], seen.headers["etag"]);
    let refused = desk.post(&steps, at, json!({ "step": "activate" })).await;
    assert_problem(&refused, 409, "enrolment-step-refused");
    // What would move a seat has an operation of its own.
    let seat = desk.post(&steps, at, json!({ "step": "withdraw" })).await;
    assert_problem(&seat, 422, "invalid-fields");
    let left = desk
        .post(
            &format!("{one}/withdraw"),
            at,
            json!({ "reason": "Moved away." }),
        )
        .await;
    assert_eq!(good(&left)["state"], "withdrawn");
}

pub async fn files(world: &World, desk: &Api<'_>, cohort: &str) {
    let at: &[(&str, &str)] = &[("cohort", cohort)];
    let lists = [
        "/api/v1/cohorts",
        "/api/v1/organisations",
        "/api/v1/people",
        "/api/v1/letters",
    ];
    let of_cohort = ["applications", "offers", "waitlist", "enrolments"];
    let of_cohort = of_cohort.map(|it| format!("/api/v1/cohorts/{{cohort}}/{it}"));
    for list in lists.map(str::to_owned).iter().chain(&of_cohort) {
        let csv = desk.get(&format!("{list}.csv"), at).await;
        assert_eq!(csv.status, 200, "{list}");
        assert!(csv.body.starts_with("\u{feff}".as_bytes()), "{list}");
        let xlsx = desk.get(&format!("{list}.xlsx"), at).await;
        assert!(xlsx.status == 200 && xlsx.body.starts_with(b"PK"), "{list}");
    }
    let page = world.coordinator();
    let file = "email,family_name,given_names,route\nnot an address,Lee,Siu,open\n";
    let sent = page
        .upload(
            &format!("/cohorts/{cohort}/import"),
            &[],
            &[("file", "registry.csv", "text/csv", file.as_bytes())],
        )
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let all = "/api/v1/cohorts/{cohort}/imports";
    let runs = items(desk, all, at).await;
    assert_eq!(runs.len(), 2);
    assert_eq!(
        (&runs[0]["error"], &runs[0]["state"]),
        (&json!(1), &json!("judged"))
    );
    assert_eq!(
        (&runs[1]["new"], &runs[1]["state"]),
        (&json!(1), &json!("committed"))
    );
    let run = id(&runs[0]);
    let at_run: &[(&str, &str)] = &[("cohort", cohort), ("import", &run)];
    let one = format!("{all}/{{import}}");
    assert_eq!(good(&desk.get(&one, at_run).await), runs[0]);
    let bad = desk.get(&format!("{one}/bad-rows.csv"), at_run).await;
    assert!(bad.status == 200 && bad.text().contains("not an address"));
    assert_eq!(
        desk.get(&format!("{one}/report.csv"), at_run).await.status,
        200
    );
}
