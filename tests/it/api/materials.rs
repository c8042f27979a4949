//! Notes of a session by the API: the office writes, the trainee reads and marks as done.

use serde_json::json;

use super::office::{good, id, items};
use super::{Api, With, assert_problem};
use crate::support::fixtures::desk::{World, module_sql};

pub async fn materials(world: &World, desk: &Api<'_>, cohort: &str, trainee: &Api<'_>) {
    let (module, offering, class) = (
        "00000000-0000-7000-8000-00000000a001",
        "00000000-0000-7000-8000-00000000a002",
        "00000000-0000-7000-8000-00000000a003",
    );
    world.app.as_owner(&format!(
        "{}; INSERT INTO offerings (id, programme_id, cohort_id, module_id, capacity, whole_cohort, state) \
           VALUES ('{offering}', '{1}', '{cohort}', '{module}', 30, true, 'published'); \
         INSERT INTO class_sessions (id, programme_id, cohort_id, offering_id, module_id, starts_at, ends_at, published) \
           VALUES ('{class}', '{1}', '{cohort}', '{offering}', '{module}', '2099-03-02 11:00+00', '2099-03-02 14:00+00', true)",
        module_sql(module.parse().unwrap(), world.programme, "NOTE1", ("Notes", "筆記"), 3, 91),
        world.programme,
    ));
    let all = "/api/v1/classes/{class}/notes";
    let at: &[(&str, &str)] = &[("class", class)];
    let new = json!({ "title_en": "Reading", "body": "Pages 1 to 12.", "release": "now" });
    let added = desk.post(all, at, new).await;
    let note = id(&good(&added));
    let its: &[(&str, &str)] = &[("note", &note)];
    let wrong = json!({ "title_en": "", "body": "x", "release": "now" });
    assert_problem(&desk.post(all, at, wrong).await, 422, "invalid-fields");
    let late = json!({ "title_zh": "課後", "url": "https://after.example/", "release": "end" });
    let after = id(&good(&desk.post(all, at, late).await));
    assert_eq!(items(desk, all, at).await.len(), 2);
    let one = "/api/v1/notes/{note}";
    let shown = desk.get(one, its).await;
    let changed = json!({ "body": "Pages 1 to 20." });
    let changed = good(&desk.patch(one, its, &shown, changed).await);
    assert_eq!(
        (&changed["body"], &changed["title_en"]),
        (&json!("Pages 1 to 20."), &json!("Reading"))
    );
    let stale = desk.patch(one, its, &shown, json!({ "body": "y" })).await;
    assert_problem(&stale, 412, "stale");

    let own = items(trainee, "/api/v1/me/notes", &[]).await;
    assert_eq!((own.len(), &own[0]["done"]), (1, &json!(false)));
    for _ in 0..2 {
        let done = trainee.act("/api/v1/me/notes/{note}/done", its).await;
        assert_eq!(done.status, 204, "{}", done.text());
    }
    assert_eq!(
        items(trainee, "/api/v1/me/notes?done=yes", &[]).await.len(),
        1
    );
    assert_eq!(good(&desk.get(one, its).await)["done"], 1);
    let early: &[(&str, &str)] = &[("note", &after)];
    let early = trainee.act("/api/v1/me/notes/{note}/done", early).await;
    assert_problem(&early, 409, "note-not-released");
    let undone = trainee.act("/api/v1/me/notes/{note}/undone", its).await;
    assert_eq!(undone.status, 204);
    let with = With {
        if_match: Some("*"),
        ..With::default()
    };
    let gone = desk
        .call("POST", "/api/v1/notes/{note}/remove", its, with)
        .await;
    assert_eq!(gone.status, 204, "{}", gone.text());
    assert_problem(&desk.get(one, its).await, 404, "not-found");
}
