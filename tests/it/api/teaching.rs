//! Teaching by the API: a module is offered, planned, published, moved, lost to a storm and made up.

use banyan::ids::ModuleId;
use serde_json::json;

use super::office::{good, id, items};
use super::{Api, With, assert_problem};
use crate::support::fixtures::desk::{World, module_sql};

const OFFERINGS: &str = "/api/v1/cohorts/{cohort}/offerings";
const CLASSES: &str = "/api/v1/cohorts/{cohort}/classes";

pub async fn teaching(world: &World, desk: &Api<'_>) {
    let module = ModuleId::new();
    world.app.as_owner(&format!(
        "{}; UPDATE cohorts SET starts_on = '2038-02-22', ends_on = '2038-06-30' WHERE id = '{}'",
        module_sql(
            module,
            world.programme,
            "TEACH1",
            ("Teaching", "教學"),
            6,
            90
        ),
        world.cohort
    ));
    let cohort = world.cohort.to_string();
    let at: &[(&str, &str)] = &[("cohort", &cohort)];
    let new = json!({ "module": module, "room": "Room 3", "capacity": 30, "whole_cohort": true });
    let added = desk.post(OFFERINGS, at, new).await;
    let offering = id(&good(&added));
    let at_offering: &[(&str, &str)] = &[("cohort", &cohort), ("offering", &offering)];
    let one = format!("{OFFERINGS}/{{offering}}");
    let changed = desk
        .patch(&one, at_offering, &added, json!({ "room": "Room 4" }))
        .await;
    assert_eq!(good(&changed)["room"], "Room 4");
    let stale = desk
        .patch(&one, at_offering, &added, json!({ "room": "Room 5" }))
        .await;
    assert_problem(&stale, 412, "stale");
    let publish = format!("{one}/publish");
    assert_problem(
        &desk.act(&publish, at_offering).await,
        409,
        "offering-without-sessions",
    );

    let plan = format!("{one}/plan");
    let pattern = |more: serde_json::Value| {
        let mut pattern = json!({ "weekdays": ["mon", "thu"], "time": "19:00", "minutes": 180,
            "first_on": "2038-02-22", "hours": 6 });
        for (name, value) in more.as_object().unwrap() {
            pattern[name] = value.clone();
        }
        pattern
    };
    let dry = desk
        .post(&plan, at_offering, pattern(json!({ "dry_run": true })))
        .await;
    let seen = good(&dry);
    assert_eq!(
        (&seen["planned"], seen["sessions"].as_array().unwrap().len()),
        (&json!(false), 2)
    );
    assert!(items(desk, CLASSES, at).await.is_empty());
    let other = desk
        .post(&plan, at_offering, pattern(json!({ "seen": "other" })))
        .await;
    assert_problem(&other, 409, "preview-out-of-date");
    let seen = json!({ "seen": seen["fingerprint"] });
    let planned = desk.post(&plan, at_offering, pattern(seen)).await;
    assert_eq!(good(&planned)["planned"], true);
    // The same again clashes, and is planned only when that was said.
    let again = desk.post(&plan, at_offering, pattern(json!({}))).await;
    assert_problem(&again, 409, "session-clashes");
    assert_eq!(
        good(&desk.act(&publish, at_offering).await)["state"],
        "published"
    );

    let classes = items(desk, CLASSES, at).await;
    assert_eq!(classes.len(), 2);
    let class = classes[0]["id"].as_str().unwrap().to_owned();
    let at_class: &[(&str, &str)] = &[("cohort", &cohort), ("class", &class)];
    let one_class = format!("{CLASSES}/{{class}}");
    let shown = desk.get(&one_class, at_class).await;
    let wrong = json!({ "starts_at": "2029-01-01T11:00:00Z" });
    let refused = desk.patch(&one_class, at_class, &shown, wrong).await;
    assert_problem(&refused, 422, "invalid-fields");
    let moved = json!({ "starts_at": "2038-02-23T11:00:00Z", "minutes": 120 });
    let moved = good(&desk.patch(&one_class, at_class, &shown, moved).await);
    assert_eq!(
        (&moved["sequence"], &moved["ends_at"]),
        (&json!(1), &json!("2038-02-23T13:00:00Z"))
    );

    let programme = world.programme.to_string();
    let at_programme: &[(&str, &str)] = &[("programme", &programme)];
    let storms = "/api/v1/programmes/{programme}/storm-days";
    let storm = |dry: bool| json!({ "day": "2038-02-23", "reason": "signal_8", "dry_run": dry });
    let shown = good(&desk.post(storms, at_programme, storm(true)).await);
    assert_eq!(
        (&shown["cancelled"], &shown["classes"]),
        (&json!(false), &json!([class]))
    );
    // A retry under the same key acts once.
    for _ in 0..2 {
        let with = With {
            json: Some(storm(false)),
            key: Some("the-storm"),
            ..With::default()
        };
        let done = desk.call("POST", storms, at_programme, with).await;
        assert_eq!(good(&done)["cancelled"], true);
    }
    let late = desk.post(storms, at_programme, storm(false)).await;
    assert_problem(&late, 409, "day-without-sessions");
    let make_ups = "/api/v1/programmes/{programme}/make-ups";
    assert!(items(desk, make_ups, at_programme).await.is_empty());
    let proposed = desk
        .get(&format!("{make_ups}?day=2038-02-23"), at_programme)
        .await;
    let proposed = good(&proposed)["items"][0]["proposed"]["starts_at"].clone();
    assert!(proposed.is_string());
    let make_up = format!("{one_class}/make-up");
    let made = desk
        .post(&make_up, at_class, json!({ "starts_at": proposed }))
        .await;
    let made = good(&made);
    assert_eq!(made["made_up_for"], json!(class));
    let made = made["id"].as_str().unwrap().to_owned();
    let at_made: &[(&str, &str)] = &[("cohort", &cohort), ("class", &made)];
    let cancel = json!({ "reason": "room" });
    let cancelled = desk
        .post(&format!("{one_class}/cancel"), at_made, cancel)
        .await;
    assert_eq!(good(&cancelled)["state"], "cancelled");
    for file in ["csv", "xlsx"] {
        assert_eq!(desk.get(&format!("{CLASSES}.{file}"), at).await.status, 200);
    }
    good(&desk.get(&one, at_offering).await);
    assert_eq!(items(desk, OFFERINGS, at).await.len(), 1);
    let off = desk.act(&format!("{one}/cancel"), at_offering).await;
    assert_eq!(good(&off)["state"], "cancelled");
}
