//! Assessment by the API: set, opened, handed in, marked twice, released, appealed.

use banyan::db::Role;
use banyan::ids::{EnrolmentId, ModuleId, PersonId};
use serde_json::json;
use uuid::Uuid;

use super::office::{BOTH, Reached, good, id, items};
use super::{Api, assert_problem};
use crate::support::fixtures::desk::{Plan, World};

const ALL: &str = "/api/v1/cohorts/{cohort}/assessments";
const OWN: &str = "/api/v1/me/assessments/{candidate}";
const PDF: &str =
    "JVBERi0xLjcKMSAwIG9iaiA8PCAvVHlwZSAvQ2F0YWxvZyA+PiBlbmRvYmoKdHJhaWxlciA8PCA+PgolJUVPRgo=";

/// A module with a plan of one part, and a trainee.
fn prepare(world: &World) -> (ModuleId, PersonId) {
    let (module, enrolment) = (ModuleId::new(), EnrolmentId::new());
    let plan = Plan {
        state: "enrolled",
        ..Plan::default()
    };
    let application = world.apply_to(world.cohort, world.programme, 77, &plan);
    let person: PersonId = world
        .one(&format!(
            "SELECT person_id FROM applications WHERE id = '{application}'"
        ))
        .parse()
        .unwrap();
    let (pool, offer) = (Uuid::now_v7(), Uuid::now_v7());
    world.app.as_owner(&format!(
        "INSERT INTO modules (id, programme_id, code, position) VALUES ('{module}', '{0}', 'ASSESS1', 91); \
         INSERT INTO module_versions (id, module_id, programme_id, number, state, name_en, name_zh, summary_en, summary_zh, \
           contact_hours, self_study_hours, assessment_hours, effective_from, published_at, assessments) \
         VALUES (gen_random_uuid(), '{module}', '{0}', 1, 'published', 'Assessed', '評核', 'Summary', '簡介', 24, 46, 10, '2026-01-01', \
           '2026-01-01', '[{{\"kind\": \"case\", \"title\": {{\"en\": \"Case\", \"zh\": \"個案\"}}, \"weight\": 100, \"must_pass\": true}}]'); \
         INSERT INTO seat_pools (id, cohort_id, programme_id, capacity, taken) VALUES ('{pool}', '{1}', '{0}', 30, 1); \
         INSERT INTO offers (id, application_id, cohort_id, pool_id, programme_id, person_id, state, expires_at, ended_at) \
           VALUES ('{offer}', '{application}', '{1}', '{pool}', '{0}', '{person}', 'accepted', '2027-01-15', '2027-01-10'); \
         INSERT INTO enrolments (id, cohort_id, programme_id, person_id, application_id, offer_id, pool_id, trainee_number, \
           certificate_name, name_shown, name_sort) VALUES ('{enrolment}', '{1}', '{0}', '{person}', '{application}', '{offer}', '{pool}', \
           'T2038-0077', 'Trainee', 'TRAINEE', 'trainee')",
        world.programme, world.cohort
    ));
    (module, person)
}

type At<'a> = (&'a str, &'a [(&'a str, &'a str)]);

/// What is left out stays; what was promised is not made worse.
async fn changed(desk: &Api<'_>, (one, at): At<'_>) {
    let seen = desk.get(one, at).await;
    let new = json!({ "brief_en": "Three uses.", "late_hours": 48 });
    let done = desk.patch(one, at, &seen, new.clone()).await;
    let shown = good(&done);
    assert_eq!(
        (&shown["late_hours"], &shown["title_en"]),
        (&json!(48), &json!("Case"))
    );
    assert_eq!(desk.patch(one, at, &seen, new).await.status, 412);
    let earlier = json!({ "due_at": "2089-01-01T00:00:00Z" });
    assert_problem(
        &desk.patch(one, at, &done, earlier).await,
        409,
        "due-time-earlier",
    );
    let stricter = json!({ "late_hours": 24 });
    assert_problem(
        &desk.patch(one, at, &done, stricter).await,
        409,
        "late-rules-stricter",
    );
}

/// Everything that the form takes, and the way out of a mistake.
async fn planned(desk: &Api<'_>, (one, at): At<'_>) {
    let first = desk.get(one, at).await;
    let new = json!({ "late_per_day": 1_000, "late_cap": 3_000, "max_files": 3, "max_megabytes": 5, "second": "sample",
        "second_share": 25, "borderline": 150, "tolerance": 250, "resit_capped": false,
        "rubric": [{ "name_en": "Risks", "name_zh": "風險", "points": 10,
            "levels": [{ "en": "All", "zh": "全部" }, { "en": "Some", "zh": "部分" }] }] });
    let done = desk.patch(one, at, &first, new.clone()).await;
    let shown = good(&done);
    for (name, value) in new.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
    let much = json!({ "max_files": 6 });
    assert_problem(
        &desk.patch(one, at, &done, much).await,
        422,
        "invalid-fields",
    );
    assert_eq!(desk.remove(one, at, &first).await.status, 412);
    let unsure = desk.call("DELETE", one, at, super::With::default()).await;
    assert_eq!(unsure.status, 428);
    assert_eq!(desk.remove(one, at, &done).await.status, 204);
    assert_eq!(desk.get(one, at).await.status, 404);
}

/// What waits for a marker; once opened an assessment is not removed.
async fn taught(marker: &Api<'_>, desk: &Api<'_>, (one, at): At<'_>) {
    let mine = items(marker, "/api/v1/teaching/assessments", &[]).await;
    assert_eq!(
        (&mine[0]["to_mark"], &mine[0]["handed_in"]),
        (&json!(1), &json!(1))
    );
    let seen = desk.get(one, at).await;
    assert_problem(&desk.remove(one, at, &seen).await, 409, "assessment-opened");
}

async fn refused(desk: &Api<'_>, (all, at): At<'_>) {
    let asked = items(desk, all, at).await;
    let id = asked[0]["id"].as_str().unwrap().to_owned();
    let mut at = at.to_vec();
    at.push(("extension", &id));
    let no = json!({ "grant": false, "note": "No.", "version": 1 });
    let one = format!("{all}/{{extension}}");
    let done = good(&desk.post(&one, &at, no.clone()).await);
    assert_eq!(
        (&done["state"], &done["note"]),
        (&json!("refused"), &json!("No."))
    );
    assert_problem(&desk.post(&one, &at, no).await, 409, "extension-over");
}

/// The agreed mark is taken up again, and decided by the moderator.
async fn again(desk: &Api<'_>, (one, cohort, assessment, script): (&str, &str, &str, &str)) {
    let at: &[(&str, &str)] = &[
        ("cohort", cohort),
        ("assessment", assessment),
        ("script", script),
    ];
    let seen = good(&desk.get(one, at).await);
    assert_eq!(seen["agreed"], 8_000);
    let how = json!({ "from": "moderator", "reason": "Misread.", "version": seen["version"] });
    let reopen = format!("{one}/reopen");
    let open = good(&desk.post(&reopen, at, how.clone()).await);
    assert_eq!(open["state"], "second_marked");
    assert_eq!(desk.post(&reopen, at, how).await.status, 412);
    let decided = json!({ "points": [8], "feedback": "Good." });
    assert_eq!(good(&desk.post(one, at, decided).await)["agreed"], 8_000);
}

async fn upheld(desk: &Api<'_>, (all, at): At<'_>) {
    let made = items(desk, all, at).await;
    let id = made[0]["id"].as_str().unwrap().to_owned();
    let mut at = at.to_vec();
    at.push(("appeal", &id));
    let one = format!("{all}/{{appeal}}");
    let mut yes = json!({ "mark": 10_001, "reason": "It was.", "version": 1 });
    assert_problem(
        &desk.post(&one, &at, yes.clone()).await,
        422,
        "invalid-fields",
    );
    yes["mark"] = json!(8_500);
    let done = good(&desk.post(&one, &at, yes).await);
    assert_eq!(
        (&done["state"], &done["mark_after"]),
        (&json!("upheld"), &json!(8_500))
    );
}

pub async fn assessment(world: &World, desk: &Api<'_>) -> Reached {
    let (module, person) = prepare(world);
    let cohort = world.cohort.to_string();
    let at: &[(&str, &str)] = &[("cohort", &cohort)];
    let new = json!({ "module": module, "capacity": 30, "whole_cohort": true });
    let offering = id(&good(
        &desk
            .post("/api/v1/cohorts/{cohort}/offerings", at, new)
            .await,
    ));
    let new = json!({ "offering": offering, "part": 1, "opens_at": "2020-01-01T00:00:00Z", "due_at": "2090-01-01T00:00:00Z",
        "late_hours": 24, "second": "all",
        "rubric": [{ "name_en": "Risks", "name_zh": "風險", "points": 10 }] });
    let mut wrong = new.clone();
    wrong["surprise"] = json!(1);
    assert_eq!(desk.post(ALL, at, wrong).await.status, 400);
    let mut wrong = new.clone();
    wrong["rubric"][0]["points"] = json!(0);
    assert_problem(&desk.post(ALL, at, wrong).await, 422, "invalid-fields");
    let added = good(&desk.post(ALL, at, new.clone()).await);
    assert_eq!(
        (&added["title_en"], &added["weight"]),
        (&json!("Case"), &json!(100))
    );
    assert_problem(
        &desk.post(ALL, at, new.clone()).await,
        409,
        "assessment-part-taken",
    );
    let place = |rest: &str| format!("{ALL}/{{assessment}}{rest}");
    let mistake = id(&added);
    let at_mistake: At<'_> = (&place(""), &[("cohort", &cohort), ("assessment", &mistake)]);
    planned(desk, at_mistake).await;
    let one = id(&good(&desk.post(ALL, at, new).await));
    let at_one: &[(&str, &str)] = &[("cohort", &cohort), ("assessment", &one)];
    let step = |word: &str| json!({ "step": word });
    assert_problem(
        &desk.post(&place("/steps"), at_one, step("mark")).await,
        409,
        "assessment-step-refused",
    );
    assert_eq!(
        good(&desk.post(&place("/steps"), at_one, step("open")).await)["state"],
        "open"
    );
    good(&desk.get(&place(""), at_one).await);
    assert_eq!(items(desk, ALL, at).await.len(), 1);

    let me = Api::of(&world.app, person, None, BOTH);
    let mine = items(&me, "/api/v1/me/assessments", &[]).await;
    let own = mine[0]["id"].as_str().unwrap().to_owned();
    let at_own: &[(&str, &str)] = &[("candidate", &own)];
    let work = json!({ "files": [{ "name": "case.pdf", "content": PDF }] });
    let sent = good(
        &me.post(&format!("{OWN}/submissions"), at_own, work.clone())
            .await,
    );
    assert_eq!(
        (&sent["try"], &sent["released"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(
        good(&me.act(&format!("{OWN}/take-back"), at_own).await)["try"],
        json!(null)
    );
    good(&me.post(&format!("{OWN}/submissions"), at_own, work).await);
    let ask = json!({ "until_at": "2090-01-20T00:00:00Z", "reason": "Ill." });
    good(&me.post(&format!("{OWN}/extension"), at_own, ask).await);
    changed(desk, (&place(""), at_one)).await;
    refused(desk, (&place("/extensions"), at_one)).await;
    let at_candidate: &[(&str, &str)] = &[
        ("cohort", &cohort),
        ("assessment", &one),
        ("candidate", &own),
    ];
    let more = json!({ "until_at": "2090-02-01T00:00:00Z" });
    let given = desk
        .post(&place("/candidates/{candidate}/extend"), at_candidate, more)
        .await;
    assert_eq!(good(&given)["extended_to"], "2090-02-01T00:00:00Z");
    world.app.as_owner(
        "UPDATE assessments SET due_at = banyan_now(); UPDATE assessment_candidates SET extended_to = NULL; \
         UPDATE assessment_extensions SET state = 'withdrawn' WHERE state = 'requested'",
    );
    let marking = good(&desk.post(&place("/steps"), at_one, step("mark")).await);
    assert_eq!(marking["state"], "marking");
    let mut reached = Reached::new();
    let marker = |name: &str| {
        let person = world.app.account(name);
        let grant = world
            .app
            .grant(person, Role::Instructor, Some(world.programme), None);
        (person, Api::of(&world.app, person, Some(grant), BOTH))
    };
    let (first, second) = (marker("First"), marker("Second"));
    let who = |person: PersonId| json!({ "markers": [person.0] });
    assert_eq!(
        good(&desk.post(&place("/markers"), at_one, who(first.0)).await)["scripts"],
        1
    );
    assert_eq!(
        good(&desk.act(&place("/collect"), at_one).await)["scripts"],
        0
    );
    let mark = "/api/v1/marking/{script}";
    let give = |points: i32| json!({ "points": [points], "done": true, "version": 0 });
    taught(&first.1, desk, (&place(""), at_one)).await;
    let queue = items(&first.1, "/api/v1/marking", &[]).await;
    assert!(!queue[0].to_string().contains("TRAINEE"), "{queue:?}");
    let script = id(&queue[0]);
    let at_script: &[(&str, &str)] = &[("script", &script), ("n", "1")];
    assert_problem(
        &second.1.post(mark, at_script, give(5)).await,
        404,
        "not-found",
    );
    assert_eq!(
        good(&first.1.post(mark, at_script, give(8)).await)["mark"],
        8_000
    );
    assert_eq!(
        first
            .1
            .get(&format!("{mark}/files/{{n}}"), at_script)
            .await
            .status,
        200
    );
    assert_eq!(
        good(&desk.post(&place("/second"), at_one, who(second.0)).await)["scripts"],
        1
    );
    assert_eq!(
        good(&second.1.post(mark, at_script, give(8)).await)["mark"],
        8_000
    );
    again(desk, (&place("/scripts/{script}"), &cohort, &one, &script)).await;
    good(&desk.post(&place("/steps"), at_one, step("moderate")).await);
    let seen = good(&desk.get(&place("/release"), at_one).await);
    assert_eq!(seen["passed"], 1);
    let mut release = step("release");
    assert_problem(
        &desk.post(&place("/steps"), at_one, release.clone()).await,
        422,
        "invalid-fields",
    );
    release["fingerprint"] = seen["fingerprint"].clone();
    good(&desk.post(&place("/steps"), at_one, release).await);
    assert_eq!(
        items(desk, &place("/candidates"), at_one).await[0]["released"],
        8_000
    );
    let shown = good(&me.get(OWN, at_own).await);
    assert_eq!(
        (&shown["mark"], &shown["released"]),
        (&json!(8_000), &json!(true))
    );
    good(
        &me.post(
            &format!("{OWN}/appeal"),
            at_own,
            json!({ "grounds": "More." }),
        )
        .await,
    );
    upheld(desk, (&place("/appeals"), at_one)).await;
    let results = items(desk, "/api/v1/cohorts/{cohort}/module-results", at).await;
    assert!(
        results
            .iter()
            .any(|it| it["mark"] == 8_500 && it["standing"] == "passed"),
        "{results:?}"
    );
    for file in ["csv", "xlsx"] {
        assert_eq!(desk.get(&format!("{ALL}.{file}"), at).await.status, 200);
        let results = format!("/api/v1/cohorts/{{cohort}}/module-results.{file}");
        assert_eq!(desk.get(&results, at).await.status, 200);
        let marks = desk.get(&place(&format!("/marks.{file}")), at_one).await;
        assert_eq!(marks.status, 200);
    }
    for it in [&me, &first.1, &second.1] {
        reached.extend(it.reached());
    }
    reached
}
