//! What the first journey does not come by: the programme, organisations, people, letters. Who does
//! what and sees what.

use std::collections::BTreeSet;

use banyan::db::Role;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use serde_json::{Value, json};

use super::trainees::{files, leaving, reviews, settling};
use super::watching::{figures, own_account};
use super::{Api, With, assert_problem};
use crate::support::app::Answer;
use crate::support::fixtures::desk::World;

pub const BOTH: &[&str] = &["read", "write"];

pub type Reached = BTreeSet<(String, String)>;

/// The document of a good answer.
pub fn good(answer: &Answer) -> Value {
    assert!(
        (200..300).contains(&answer.status),
        "{}: {}",
        answer.status,
        answer.text()
    );
    if answer.body.is_empty() {
        Value::Null
    } else {
        answer.json()
    }
}

pub fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// The items of a list.
pub async fn items(who: &Api<'_>, pattern: &str, params: &[(&str, &str)]) -> Vec<Value> {
    good(&who.get(pattern, params).await)["items"]
        .as_array()
        .unwrap()
        .clone()
}

pub async fn everything_else(
    world: &World,
    desk: &Api<'_>,
    cohort: &str,
    people: &[Api<'_>],
    ids: &[String],
) -> Reached {
    let mut reached = Reached::new();
    programme(world, desk).await;
    reached.extend(super::programmes::made(world).await);
    organisations(world, desk).await;
    reached.extend(roles(world, desk).await);
    letters(world, desk, cohort, &ids[0]).await;
    reached.extend(reviews(world, desk).await);
    let second = leaving(world, desk, people).await;
    super::materials::materials(world, desk, cohort, &people[0]).await;
    settling(desk, cohort).await;
    files(world, desk, cohort).await;
    reached.extend(figures(world, desk, cohort).await);
    reached.extend(own_account(world).await);
    super::teaching::teaching(world, desk).await;
    reached.extend(super::assessment::assessment(world, desk).await);
    reached.extend(super::attendance::attendance().await);
    reached.extend(super::at_risk::at_risk(world, desk).await);
    reached.extend(super::progress::progress().await);
    reached.extend(super::placements::placements().await);
    reached.extend(super::matches::matches().await);
    reached.extend(super::hosting::hosting().await);
    assert_ne!(second, cohort);
    reached
}

async fn programme(world: &World, desk: &Api<'_>) {
    let programme = world.programme.to_string();
    let at: &[(&str, &str)] = &[("programme", &programme)];
    let one = "/api/v1/programmes/{programme}";
    // The other programme of the house is not this desk's.
    let listed = items(desk, "/api/v1/programmes", &[]).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["id"], json!(programme));
    let elsewhere = world.elsewhere.to_string();
    let strange: &[(&str, &str)] = &[("programme", &elsewhere)];
    for place in [
        "",
        "/targets",
        "/sources",
        "/statements",
        "/plan",
        "/history",
    ] {
        let answer = desk.get(&format!("{one}{place}"), strange).await;
        assert_problem(&answer, 404, "not-found");
    }
    let seen = desk.get(one, at).await;
    let change =
        json!({ "summary_en": "A pilot.", "completion_bp": 8_500, "acceptance_bp": 7_500 });
    let changed = good(&desk.patch(one, at, &seen, change).await);
    assert_eq!(changed["completion_bp"], 8_500);
    assert_eq!(changed["name_en"], seen.json()["name_en"]);

    let new = json!({ "title_en": "A plan", "title_zh": "計劃", "publisher": "Office", "published_on": "2026-01-01", "url": "https://example.org" });
    let source = good(&desk.post(&format!("{one}/sources"), at, new).await);
    assert_eq!(
        items(desk, &format!("{one}/sources"), at).await,
        vec![source.clone()]
    );
    let new = json!({ "metric": "trained", "operator": ">", "value": 200, "starts_on": "2027-01-01", "ends_on": "2027-12-31",
        "wording_en": "more than 200", "wording_zh": "逾200人", "source": source["id"] });
    let targets = format!("{one}/targets");
    let target = good(&desk.post(&targets, at, new).await);
    assert_eq!(target["progress"]["needed"], 201);
    assert_eq!(items(desk, &targets, at).await, vec![target.clone()]);
    let plan = good(&desk.get(&format!("{one}/plan?cohort_size=30"), at).await);
    let figures =
        ["completions", "enrolments", "offers", "cohorts"].map(|name| plan[name].as_i64().unwrap());
    assert_eq!(figures, [201, 237, 316, 8]);

    let target_id = id(&target);
    let at_target: &[(&str, &str)] = &[("programme", &programme), ("target", &target_id)];
    let place = format!("{targets}/{{target}}");
    let seen = desk.get(&place, at_target).await;
    let changed = good(
        &desk
            .patch(
                &place,
                at_target,
                &seen,
                json!({ "value": 250, "source": null }),
            )
            .await,
    );
    assert_eq!(
        (&changed["value"], &changed["source"]),
        (&json!(250), &Value::Null)
    );
    let late = With {
        if_match: Some(seen.headers["etag"].as_str()),
        ..With::default()
    };
    assert_problem(
        &desk.call("DELETE", &place, at_target, late).await,
        412,
        "stale",
    );
    let now = With {
        if_match: Some("*"),
        ..With::default()
    };
    good(&desk.call("DELETE", &place, at_target, now).await);
    assert_problem(&desk.get(&place, at_target).await, 404, "not-found");

    let new =
        json!({ "version": "2026-11", "text_en": "We keep it.", "text_zh": "我們保存資料。" });
    let statement = good(
        &desk
            .post(&format!("{one}/statements"), at, new.clone())
            .await,
    );
    let twice = desk.post(&format!("{one}/statements"), at, new).await;
    assert_problem(&twice, 422, "invalid-fields");
    assert_eq!(twice.json()["errors"][0]["pointer"], "/version");
    assert_eq!(
        items(desk, &format!("{one}/statements"), at).await[0],
        statement
    );
    let holiday = json!({ "observed_on": "2031-05-01", "name_en": "Labour Day", "name_zh": "勞動節", "status": "gazetted" });
    assert_eq!(
        good(&desk.post(&format!("{one}/holidays"), at, holiday).await)["written"],
        1
    );
    let shipped = good(&desk.act(&format!("{one}/holidays/load"), at).await);
    assert!(shipped["written"].as_i64().unwrap() > 10);
    assert!(items(desk, &format!("{one}/holidays"), at).await.len() > 10);
    assert!(!items(desk, &format!("{one}/history"), at).await.is_empty());
}

async fn organisations(world: &World, desk: &Api<'_>) {
    let all = "/api/v1/organisations";
    let one = "/api/v1/organisations/{organisation}";
    let new = json!({ "kind": "insurer", "name_en": "Peak Insurance", "name_zh": "山頂保險" });
    let made = desk.post(all, &[], new.clone()).await;
    let organisation = id(&good(&made));
    assert_eq!(made.location(), format!("{all}/{organisation}"));
    assert_problem(&desk.post(all, &[], new).await, 422, "invalid-fields");
    let at: &[(&str, &str)] = &[("organisation", &organisation)];
    let seen = desk.get(one, at).await;
    let changed = good(
        &desk
            .patch(one, at, &seen, json!({ "website": "https://example.org" }))
            .await,
    );
    assert_eq!(changed["website"], "https://example.org");
    let listed = items(desk, &format!("{all}?q=peak"), &[]).await;
    assert_eq!(listed, vec![changed]);

    let contacts = format!("{one}/contacts");
    let new = json!({ "name": "Ho Siu Fan", "post": "Head", "email": "ho@example.net" });
    let contact = good(&desk.post(&contacts, at, new).await);
    assert_eq!(items(desk, &contacts, at).await, vec![contact.clone()]);
    let contact = id(&contact);
    let at_contact: &[(&str, &str)] = &[("organisation", &organisation), ("contact", &contact)];
    good(
        &desk
            .act(&format!("{contacts}/{{contact}}/archive"), at_contact)
            .await,
    );
    assert!(items(desk, &contacts, at).await.is_empty());
    assert!(items(desk, &format!("{one}/members"), at).await.is_empty());

    let partnerships = format!("{one}/partnerships");
    let new = |partner: String| json!({ "partner": partner, "starts_on": "2020-01-01", "ends_on": "2099-12-31" });
    let refused = desk
        .post(&partnerships, at, new(world.bank.to_string()))
        .await;
    assert_problem(&refused, 409, "partnership-sides");
    let made = good(
        &desk
            .post(&partnerships, at, new(world.university.to_string()))
            .await,
    );
    assert_eq!(made["standing"], "current");
    assert_eq!(items(desk, &partnerships, at).await, vec![made.clone()]);
    let partnership = id(&made);
    let at_partnership: &[(&str, &str)] = &[
        ("organisation", &organisation),
        ("partnership", &partnership),
    ];
    good(
        &desk
            .act(
                &format!("{partnerships}/{{partnership}}/end"),
                at_partnership,
            )
            .await,
    );
    assert_eq!(items(desk, &partnerships, at).await[0]["standing"], "ended");
    let archived = good(&desk.act(&format!("{one}/archive"), at).await);
    assert!(archived["archived_at"].is_string());
    assert!(!items(desk, &format!("{one}/history"), at).await.is_empty());
}

async fn roles(world: &World, desk: &Api<'_>) -> Reached {
    let all = "/api/v1/people";
    let one = "/api/v1/people/{person}";
    let new = json!({ "email": "new.colleague@example.net", "family_name": "Lam", "given_names": "Wai", "lang": "en",
        "role": "instructor", "programme": world.programme, "starts_on": "2020-01-01" });
    let mut higher = new.clone();
    higher["role"] = json!("administrator");
    let refused = desk.post(all, &[], higher).await;
    assert_problem(&refused, 422, "invalid-fields");
    let made = good(&desk.post(all, &[], new.clone()).await);
    assert_eq!(made["roles"][0]["standing"], "active");
    assert_problem(&desk.post(all, &[], new).await, 409, "role-held");
    let person = id(&made);
    let at: &[(&str, &str)] = &[("person", &person)];
    let listed = items(desk, &format!("{all}?q=colleague&role=instructor"), &[]).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["person"], json!(person));
    good(&desk.act(&format!("{one}/invite"), at).await);
    assert_eq!(items(desk, &format!("{one}/letters"), at).await.len(), 2);
    let grant = id(&made["roles"][0]);
    let at_grant: &[(&str, &str)] = &[("person", &person), ("grant", &grant)];
    let ended = good(
        &desk
            .act(&format!("{one}/grants/{{grant}}/end"), at_grant)
            .await,
    );
    assert_eq!(ended["roles"][0]["standing"], "ended");
    assert!(!items(desk, &format!("{one}/history"), at).await.is_empty());

    assert_problem(
        &desk.act(&format!("{one}/disable"), at).await,
        403,
        "forbidden",
    );
    let root = world.app.account("Root");
    let grant = world.app.grant(root, Role::Administrator, None, None);
    let root = Api::of(&world.app, root, Some(grant), BOTH);
    assert_eq!(
        good(&root.act(&format!("{one}/disable"), at).await)["disabled"],
        true
    );
    assert_eq!(
        good(&root.act(&format!("{one}/enable"), at).await)["disabled"],
        false
    );
    assert_eq!(good(&desk.get(one, at).await)["disabled"], false);
    root.reached()
}

async fn letters(world: &World, desk: &Api<'_>, cohort: &str, application: &str) {
    let of_cohort = items(desk, &format!("/api/v1/letters?cohort={cohort}"), &[]).await;
    assert!(of_cohort.len() > 4, "{of_cohort:?}");
    assert!(of_cohort.len() < items(desk, "/api/v1/letters", &[]).await.len());
    let nobody = world.cohort_elsewhere;
    assert!(
        items(desk, &format!("/api/v1/letters?cohort={nobody}"), &[])
            .await
            .is_empty()
    );
    let about = "/api/v1/applications/{application}/letters";
    assert!(
        !items(desk, about, &[("application", application)])
            .await
            .is_empty()
    );
    let letter = id(&of_cohort[0]);
    let at: &[(&str, &str)] = &[("letter", &letter)];
    let one = "/api/v1/letters/{letter}";
    let whole = good(&desk.get(one, at).await);
    assert_eq!(whole["subject"], of_cohort[0]["subject"]);
    assert_problem(
        &desk.act(&format!("{one}/again"), at).await,
        409,
        "letter-waiting",
    );
    // As the worker would leave it.
    let mut conn = PgConnection::establish(&world.app.super_url()).unwrap();
    conn.batch_execute(&format!(
        "UPDATE letters SET state = 'dead' WHERE id = '{letter}'"
    ))
    .unwrap();
    let copy = good(&desk.act(&format!("{one}/again"), at).await);
    assert_eq!(copy["resent_from"], json!(letter));
    assert_ne!(copy["message_id"], whole["message_id"]);
    let queued = good(&desk.act(&format!("{one}/retry"), at).await);
    assert_eq!(queued["state"], "queued");
}
