//! Making a programme over the API: whole, once, and with every mistake at its field.

use banyan::db::Role;
use serde_json::{Value, json};

use super::office::{BOTH, Reached, good, id, items};
use super::{Api, With, assert_problem};
use crate::support::app::TestApp;
use crate::support::fixtures::desk::World;

const ALL: &str = "/api/v1/programmes";

fn administrator(app: &TestApp) -> Api<'_> {
    let root = app.account("Root");
    let grant = app.grant(root, Role::Administrator, None, None);
    Api::of(app, root, Some(grant), BOTH)
}

fn whole(code: &str) -> Value {
    json!({
        "code": code, "name_en": "Harbour AI Programme", "name_zh": "海港人工智能計劃",
        "contact_email": "office@example.org",
        "target": { "metric": "trained", "operator": ">", "value": 200, "starts_on": "2027-01-01",
            "ends_on": "2027-12-31", "wording_en": "more than 200", "wording_zh": "逾200人" },
        "statement": { "version": "2026-10", "text_en": "We keep it.", "text_zh": "我們保存資料。" },
    })
}

/// Names and values of fields.
type Changes<'a> = &'a [(&'a str, Value)];

/// The document with these fields in place of its own; a name with a slash is a field of a part.
fn with(mut document: Value, changes: Changes<'_>) -> Value {
    for (name, value) in changes {
        match name.split_once('/') {
            Some((part, name)) => document[part][name] = value.clone(),
            None => document[*name] = value.clone(),
        }
    }
    document
}

/// An administrator makes one, which the journey of all operations asks for.
pub async fn made(world: &World) -> Reached {
    let root = administrator(&world.app);
    let made = root.post(ALL, &[], whole("MADE-1")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    root.reached()
}

#[actix_web::test]
async fn an_administrator_makes_a_programme_with_its_target_and_statement() {
    let app = TestApp::new();
    let root = administrator(&app);
    let made = root.post(ALL, &[], whole("MADE-2")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let document = good(&made);
    let programme = id(&document);
    assert_eq!(made.location(), format!("{ALL}/{programme}"));
    assert_eq!(made.headers["etag"], "\"1\"");
    assert_eq!(
        (&document["status"], &document["summary_en"]),
        (&json!("planned"), &json!(""))
    );
    let at: &[(&str, &str)] = &[("programme", &programme)];
    let one = "/api/v1/programmes/{programme}";
    assert_eq!(good(&root.get(one, at).await), document);
    let targets = items(&root, &format!("{one}/targets"), at).await;
    assert_eq!(targets.len(), 1);
    assert_eq!(targets[0]["progress"]["needed"], 201);
    let statements = items(&root, &format!("{one}/statements"), at).await;
    assert_eq!(statements.len(), 1);
    assert_eq!(statements[0]["version"], "2026-10");
    let holidays = items(&root, &format!("{one}/holidays"), at).await;
    assert_eq!(holidays.len(), 34);
    let what: Vec<Value> = items(&root, &format!("{one}/history"), at)
        .await
        .into_iter()
        .map(|line| line["what"].clone())
        .collect();
    assert!(
        what.contains(&json!("set up the programme MADE-2")),
        "{what:?}"
    );

    // Without target and statement; the calendar is there already.
    let bare = with(
        whole("MADE-3"),
        &[("target", Value::Null), ("statement", Value::Null)],
    );
    let second = id(&good(&root.post(ALL, &[], bare).await));
    let at: &[(&str, &str)] = &[("programme", &second)];
    for list in ["targets", "statements"] {
        assert!(items(&root, &format!("{one}/{list}"), at).await.is_empty());
    }
    assert_eq!(items(&root, ALL, &[]).await.len(), 2);
}

#[actix_web::test]
async fn one_key_makes_one_programme() {
    let app = TestApp::new();
    let root = administrator(&app);
    let send = async |key, code| {
        let with = With {
            json: Some(whole(code)),
            key: Some(key),
            ..With::default()
        };
        root.call("POST", ALL, &[], with).await
    };
    let (first, again) = (send("k", "ONCE-1").await, send("k", "ONCE-1").await);
    assert_eq!((first.status, &first.body), (201, &again.body));
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_problem(&send("k", "ONCE-2").await, 422, "idempotency-key-reused");
    assert_problem(&send("", "ONCE-2").await, 400, "bad-request");
    assert_eq!(items(&root, ALL, &[]).await.len(), 1);
}

#[actix_web::test]
async fn each_mistake_stands_at_its_field_and_nothing_is_made() {
    let app = TestApp::new();
    let root = administrator(&app);
    let cases: [(Changes<'_>, &[&str]); 7] = [
        (
            &[("name_en", json!("")), ("contact_email", json!("nobody"))],
            &["/name_en", "/contact_email"],
        ),
        (&[("code", json!("low-case"))], &["/code"]),
        (
            &[("target/metric", json!("first_intake"))],
            &["/target/metric"],
        ),
        (
            &[
                ("target/value", json!(-1)),
                ("target/wording_zh", json!("")),
            ],
            &["/target/value", "/target/wording_zh"],
        ),
        (
            &[("statement/text_en", json!("By [name]."))],
            &["/statement/text_en"],
        ),
        // Found by the action, which takes the programme back with it.
        (
            &[("target/ends_on", json!("2026-12-31"))],
            &["/target/ends_on"],
        ),
        (&[("statement/version", json!(""))], &["/statement/version"]),
    ];
    for (changes, wrong) in cases {
        let answer = root.post(ALL, &[], with(whole("WRONG-1"), changes)).await;
        assert_problem(&answer, 422, "invalid-fields");
        let problem = answer.json();
        let pointers: Vec<&str> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(pointers, wrong, "{problem}");
    }
    let unknown = with(whole("WRONG-1"), &[("target/source", Value::Null)]);
    assert_problem(&root.post(ALL, &[], unknown).await, 400, "bad-request");
    assert!(items(&root, ALL, &[]).await.is_empty());
    good(&root.post(ALL, &[], whole("WRONG-1")).await);
    let twice = root.post(ALL, &[], whole("WRONG-1")).await;
    assert_problem(&twice, 422, "invalid-fields");
    assert_eq!(twice.json()["errors"][0]["pointer"], "/code");
    assert_eq!(twice.json()["errors"][0]["code"], "taken");
}

#[actix_web::test]
async fn only_who_administers_the_whole_house_makes_one() {
    let world = World::new();
    let desk = Api::coordinator(&world.app, "Ada", world.programme);
    let refused = desk.post(ALL, &[], whole("NONE-1")).await;
    assert_problem(&refused, 403, "forbidden");
    let scoped = world.app.account("Scoped");
    let grant = world
        .app
        .grant(scoped, Role::Administrator, Some(world.programme), None);
    let scoped = Api::of(&world.app, scoped, Some(grant), BOTH);
    let refused = scoped.post(ALL, &[], whole("NONE-1")).await;
    assert_problem(&refused, 409, "programme-one-only");
    assert_eq!(items(&scoped, ALL, &[]).await.len(), 1);
}
