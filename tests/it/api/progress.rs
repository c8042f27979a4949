//! Completion by the API: rules, standing, what if, confirming, revoking, pauses; in a cohort of its own.

use serde_json::{Value, json};

use super::office::{BOTH, Reached, good, id, items};
use super::{Api, With, assert_problem};
use crate::progress::world::{Class, Who};

const RULES: &str = "/api/v1/programmes/{programme}/completion-rules";
const COHORT: &str = "/api/v1/cohorts/{cohort}/completion";
const ONE: &str = "/api/v1/cohorts/{cohort}/completion/trainees/{enrolment}";
const BREAKS: &str = "/api/v1/cohorts/{cohort}/breaks";
const MINE: &str = "/api/v1/me/enrolments/{enrolment}/breaks";

async fn rules(class: &Class, desk: &Api<'_>) {
    let programme = class.world.programme.to_string();
    let at: &[(&str, &str)] = &[("programme", &programme)];
    let draft = format!("{RULES}/draft");
    let document = |whole: u32, version: Value| {
        json!({
            "name": {"en": "Rules by the API", "zh": "規則"}, "attendance": {"whole": whole},
            "all_of": [class.modules[0], class.modules[1]], "mark": 5_000, "version": version,
            "any_of": [{"n": 1, "of": [class.modules[2], class.modules[3]]}],
            "forms": [{"key": "agreement", "name": {"en": "Agreement", "zh": "協議"}}],
            "practice": {"capstone": class.modules[4], "placement": true}
        })
    };
    let bad = desk.post(&draft, at, document(10_001, Value::Null)).await;
    assert_problem(&bad, 422, "invalid-fields");
    let mut strange = document(8_000, Value::Null);
    strange["surprise"] = json!(1);
    assert_problem(&desk.post(&draft, at, strange).await, 400, "bad-request");
    let begun = good(&desk.post(&draft, at, document(8_000, Value::Null)).await);
    assert_eq!(
        (&begun["state"], &begun["number"]),
        (&json!("draft"), &json!(1))
    );
    let stale = desk.post(&draft, at, document(8_000, json!(7))).await;
    assert_problem(&stale, 412, "stale");
    let seen = json!({ "version": begun["version"] });
    let gone = desk.post(&format!("{RULES}/discard"), at, seen).await;
    assert_eq!(gone.status, 204, "{}", gone.text());
    let begun = good(&desk.post(&draft, at, document(8_000, Value::Null)).await);
    let seen = json!({ "version": begun["version"] });
    let published = good(&desk.post(&format!("{RULES}/publish"), at, seen).await);
    assert_eq!(published["state"], "published");
    assert_eq!(items(desk, RULES, at).await.len(), 1);
    let begun = good(&desk.post(&draft, at, document(9_500, Value::Null)).await);
    let seen = json!({ "version": begun["version"] });
    good(&desk.post(&format!("{RULES}/publish"), at, seen).await);
    for kind in ["csv", "xlsx"] {
        assert_eq!(desk.get(&format!("{RULES}.{kind}"), at).await.status, 200);
    }
}

async fn standing(class: &Class, desk: &Api<'_>, (ready, lost): (Who, Who)) {
    let cohort = class.world.cohort.to_string();
    let at: &[(&str, &str)] = &[("cohort", &cohort)];
    let all = items(desk, COHORT, at).await;
    assert_eq!(all.len(), 3);
    let (ready, lost) = (ready.1.to_string(), lost.1.to_string());
    let whose: &[(&str, &str)] = &[("cohort", &cohort), ("enrolment", &ready)];
    let one = good(&desk.get(ONE, whose).await);
    assert_eq!(
        (&one["place"], &one["lines"][0]["have"]),
        (&json!("open"), &json!(9_000))
    );
    let forms = format!("{ONE}/forms");
    let form = |on: Value| json!({ "form": "agreement", "recorded_on": on });
    let future = desk.post(&forms, whose, form(json!("2028-01-01"))).await;
    assert_problem(&future, 422, "invalid-fields");
    let done = good(&desk.post(&forms, whose, form(json!("2027-05-01"))).await);
    assert_eq!(done["place"], "ready");
    assert_eq!(
        good(&desk.post(&forms, whose, form(Value::Null)).await)["place"],
        "open"
    );
    good(&desk.post(&forms, whose, form(json!("2027-05-01"))).await);
    let asked = format!("{COHORT}/what-if");
    // Unlike a page, the operation's pattern carries no question: as things are, nobody changes.
    assert!(items(desk, &asked, at).await.is_empty());
    let confirm = format!("{COHORT}/confirm");
    let wanted = |dry: bool, seen: Value| json!({ "enrolments": [ready, lost], "dry_run": dry, "seen": seen });
    let plan = good(&desk.post(&confirm, at, wanted(true, Value::Null)).await);
    assert_eq!(
        (&plan["ready"], &plan["left"]),
        (&json!([ready]), &json!([lost]))
    );
    let other = desk.post(&confirm, at, wanted(false, json!("other"))).await;
    assert_problem(&other, 409, "completion-preview-out-of-date");
    let done = good(
        &desk
            .post(&confirm, at, wanted(false, plan["fingerprint"].clone()))
            .await,
    );
    assert_eq!(done["confirmed"], true);
    assert_eq!(good(&desk.get(ONE, whose).await)["place"], "confirmed");
    let kept = desk.post(&forms, whose, form(Value::Null)).await;
    assert_problem(&kept, 409, "completion-confirmed");
    let reason = json!({ "reason": "A mark was corrected." });
    let revoked = good(
        &desk
            .post(&format!("{ONE}/revoke"), whose, reason.clone())
            .await,
    );
    assert_eq!(revoked["place"], "ready");
    let fail = format!("{ONE}/fail");
    assert_problem(
        &desk.post(&fail, whose, reason.clone()).await,
        409,
        "completion-still-possible",
    );
    let whose: &[(&str, &str)] = &[("cohort", &cohort), ("enrolment", &lost)];
    assert_eq!(
        good(&desk.post(&fail, whose, reason.clone()).await)["place"],
        "away"
    );
    let reopened = good(&desk.post(&format!("{ONE}/reopen"), whose, reason).await);
    assert_eq!(reopened["place"], "failed");
    for kind in ["csv", "xlsx"] {
        for list in [COHORT, BREAKS] {
            assert_eq!(desk.get(&format!("{list}.{kind}"), at).await.status, 200);
        }
    }
    let newer = class.one("SELECT id FROM completion_rules WHERE number = 2");
    let choose = |reason: &str| json!({ "rules": newer, "sequence": 1, "reason": reason });
    let path = format!("{COHORT}/rules");
    assert_problem(
        &desk.post(&path, at, choose("")).await,
        422,
        "invalid-fields",
    );
    let followed = good(
        &desk
            .post(&path, at, choose("Agreed with the universities."))
            .await,
    );
    assert_eq!(
        (&followed["number"], &followed["sequence"]),
        (&json!(2), &json!(2))
    );
}

async fn pauses(class: &Class, desk: &Api<'_>, me: &Api<'_>, who: Who) {
    let (cohort, enrolment) = (class.world.cohort.to_string(), who.1.to_string());
    let mine: &[(&str, &str)] = &[("enrolment", &enrolment)];
    let new = |kind: &str| json!({ "kind": kind, "starts_on": "2027-05-20", "ends_on": "2027-07-31", "reason": "Family." });
    let first = id(&good(&me.post(MINE, mine, new("break")).await));
    assert_problem(
        &me.post(MINE, mine, new("break")).await,
        409,
        "break-asked-already",
    );
    let at: &[(&str, &str)] = &[("enrolment", &enrolment), ("break", &first)];
    let back = good(&me.act(&format!("{MINE}/{{break}}/withdraw"), at).await);
    assert_eq!(back["state"], "withdrawn");
    let second = id(&good(&me.post(MINE, mine, new("deferral")).await));
    assert_eq!(items(me, MINE, mine).await.len(), 2);
    let at: &[(&str, &str)] = &[("cohort", &cohort), ("break", &second)];
    let one = format!("{BREAKS}/{{break}}");
    let seen = desk.get(&one, at).await;
    assert_eq!(good(&seen)["kind"], "deferral");
    assert_eq!(items(desk, BREAKS, &[("cohort", &cohort)]).await.len(), 2);
    let decide = format!("{one}/decide");
    let answer = || json!({ "grant": true, "answer": "Granted until July." });
    let stale = With {
        json: Some(answer()),
        if_match: Some("\"9\""),
        ..With::default()
    };
    assert_problem(&desk.call("POST", &decide, at, stale).await, 412, "stale");
    assert_eq!(
        good(&desk.post(&decide, at, answer()).await)["state"],
        "granted"
    );
    assert_eq!(class.state(who), "deferred");
    let back = format!("{one}/return");
    let early = desk.post(&back, at, json!({ "on": "2027-05-01" })).await;
    assert_problem(&early, 409, "break-not-begun");
    let returned = good(&desk.post(&back, at, json!({ "on": "2027-06-01" })).await);
    assert_eq!(
        (&returned["state"], &returned["ends_on"]),
        (&json!("ended"), &json!("2027-05-31"))
    );
    assert_eq!(class.state(who), "enrolled");
    let progress = items(me, "/api/v1/me/progress", &[]).await;
    assert_eq!(progress[0]["enrolment"], json!(enrolment));
}

/// Entered by the office; what was due in it is later once that is granted.
async fn entered(class: &Class, desk: &Api<'_>, who: Who) {
    let (cohort, enrolment) = (class.world.cohort.to_string(), who.1.to_string());
    class.owner(&format!(
        "UPDATE assessments SET state = 'open', released_at = NULL, due_at = '2027-05-25 10:00+00' WHERE module_id = '{0}'; \
         INSERT INTO assessment_candidates (id, programme_id, cohort_id, assessment_id, enrolment_id, person_id, number) \
           SELECT gen_random_uuid(), programme_id, cohort_id, id, '{enrolment}', '{1}', 501 FROM assessments WHERE module_id = '{0}'",
        class.modules[3], who.0
    ));
    let at: &[(&str, &str)] = &[("cohort", &cohort), ("enrolment", &enrolment)];
    let path = "/api/v1/cohorts/{cohort}/enrolments/{enrolment}/breaks";
    let new = json!({ "kind": "break", "starts_on": "2027-05-20", "ends_on": "2027-05-31", "reason": "In hospital." });
    let made = desk.post(path, at, new.clone()).await;
    let id = id(&good(&made));
    assert_eq!(good(&made)["state"], "granted");
    assert_problem(&desk.post(path, at, new).await, 409, "break-overlaps");
    let at: &[(&str, &str)] = &[("cohort", &cohort), ("break", &id)];
    let path = format!("{BREAKS}/{{break}}/extensions");
    let all = items(desk, &path, at).await;
    assert_eq!(
        (all.len(), &all[0]["until_at"]),
        (1, &json!("2027-06-06T10:00:00Z"))
    );
    let none = json!({ "extensions": [] });
    assert_problem(
        &desk.post(&path, at, none).await,
        409,
        "completion-preview-out-of-date",
    );
    let grant = json!({ "extensions": [{ "candidate": all[0]["candidate"], "until_at": all[0]["until_at"] }] });
    let done = good(&desk.post(&path, at, grant.clone()).await);
    assert_eq!(done["extensions"], 1);
    assert_problem(
        &desk.post(&path, at, grant).await,
        409,
        "break-without-due-times",
    );
}

pub async fn progress() -> Reached {
    let class = Class::new();
    let app = &class.world.app;
    let (ready, lost, away) = (
        class.trainee("Ready Trainee"),
        class.trainee("Lost Trainee"),
        class.trainee("Away Trainee"),
    );
    class.done(ready, 9);
    class.done(lost, 5);
    let desk = Api::coordinator(app, "Cora", class.world.programme);
    let me = Api::of(app, away.0, None, BOTH);
    rules(&class, &desk).await;
    standing(&class, &desk, (ready, lost)).await;
    pauses(&class, &desk, &me, away).await;
    entered(&class, &desk, class.trainee("Ill Trainee")).await;
    let mut reached = desk.reached();
    reached.extend(me.reached());
    reached
}

#[actix_web::test]
async fn completion_is_reached_by_the_api_alone() {
    assert_eq!(progress().await.len(), 30);
}
