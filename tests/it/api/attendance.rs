//! Attendance by the API: an apology, a check-in, a register that is filled in, signed off and
//! corrected, and what then counts.

use serde_json::json;

use super::office::{BOTH, Reached, good, id, items};
use super::{Api, With, assert_problem};
use crate::attendance::world::Class;

const REGISTER: &str = "/api/v1/classes/{class}/register";
const OWN: &str = "/api/v1/me/enrolments/{enrolment}";
const NOW: &str = "2027-02-22T10:58:03Z";

pub async fn attendance() -> Reached {
    let mut class = Class::new().await;
    let mut reached = apologies(&class).await;
    class.at(NOW);
    reached.extend(check_in(&class).await);
    class.at("2027-02-22T14:05:00Z");
    reached.extend(register(&class).await);
    reached.extend(rates(&class).await);
    reached
}

fn desk(class: &Class) -> Api<'_> {
    let world = &class.school.world;
    Api::coordinator(&world.app, "Desk", world.programme)
}

fn trainee(class: &Class, n: usize) -> Api<'_> {
    Api::of(
        &class.school.world.app,
        class.school.trainees[n].0,
        None,
        BOTH,
    )
}

async fn apologies(class: &Class) -> Reached {
    let (me, desk) = (trainee(class, 1), desk(class));
    let enrolment = class.enrolment(1);
    let mine: &[(&str, &str)] = &[("enrolment", &enrolment)];
    let place = format!("{OWN}/apologies");
    let send = |n: usize| json!({ "class": class.classes[n], "reason": "Travelling for work." });
    let unknown = json!({ "class": class.classes[1], "reason": "x", "accepted": true });
    assert_problem(&me.post(&place, mine, unknown).await, 400, "bad-request");
    let sent = id(&good(&me.post(&place, mine, send(1)).await));
    assert_problem(
        &me.post(&place, mine, send(1)).await,
        409,
        "apology-already",
    );
    let second = id(&good(&me.post(&place, mine, send(2)).await));
    let own: &[(&str, &str)] = &[("apology", &second)];
    let left = good(&me.act("/api/v1/me/apologies/{apology}/withdraw", own).await);
    assert_eq!(left["state"], "withdrawn");
    assert_eq!(items(&me, &place, mine).await.len(), 2);
    let cohort = class.school.world.cohort.to_string();
    let all = items(
        &desk,
        "/api/v1/cohorts/{cohort}/apologies?state=sent",
        &[("cohort", &cohort)],
    )
    .await;
    assert_eq!(all.len(), 1);
    let at: &[(&str, &str)] = &[("cohort", &cohort), ("apology", &sent)];
    let decide = "/api/v1/cohorts/{cohort}/apologies/{apology}/decide";
    let said = |reason: &str| json!({ "verdict": "accept", "reason": reason, "version": 1 });
    assert_problem(
        &desk.post(decide, at, said("")).await,
        422,
        "invalid-fields",
    );
    assert_eq!(
        good(&desk.post(decide, at, said("Agreed.")).await)["state"],
        "accepted"
    );
    let mut reached = me.reached();
    reached.extend(desk.reached());
    reached
}

async fn check_in(class: &Class) -> Reached {
    let me = trainee(class, 0);
    let place = "/api/v1/me/check-ins";
    let wrong = me.post(place, &[], json!({ "code": "AAAAAA" })).await;
    assert_problem(&wrong, 409, "code-not-current");
    let code = json!({ "code": class.code(0, NOW) });
    let done = good(&me.post(place, &[], code.clone()).await);
    assert_eq!(
        (&done["state"], &done["minutes"], &done["fresh"]),
        (&json!("present"), &json!(180), &json!(true))
    );
    assert_eq!(
        good(&me.post(place, &[], code).await)["fresh"],
        json!(false)
    );
    me.reached()
}

async fn register(class: &Class) -> Reached {
    let (person, grant) = class.school.teacher;
    let teacher = Api::of(&class.school.world.app, person, Some(grant), BOTH);
    let (first, second) = (class.enrolment(0), class.enrolment(1));
    let at: &[(&str, &str)] = &[("class", &class.classes[0])];
    let seen = good(&teacher.get(REGISTER, at).await);
    assert_eq!(seen["entries"][0]["state"], "present");
    let put = async |entry: serde_json::Value| {
        let with = With {
            json: Some(json!({ "entries": [entry] })),
            if_match: Some("*"),
            ..With::default()
        };
        teacher.call("PUT", REGISTER, at, with).await
    };
    let entry = |enrolment: &str, minutes: i32, version: i32| json!({ "enrolment": enrolment, "state": "late", "minutes": minutes, "version": version });
    assert_problem(&put(entry(&second, 180, 0)).await, 422, "invalid-fields");
    let absent = json!({ "enrolment": second, "state": "absent", "minutes": 90, "version": 0 });
    assert_problem(&put(absent).await, 422, "invalid-fields");
    assert_problem(&put(entry(&first, 90, 0)).await, 412, "stale");
    let saved = good(&put(entry(&second, 150, 0)).await);
    assert_eq!(saved["entries"][1]["minutes"], 150);
    let sign = "/api/v1/classes/{class}/register/sign-off";
    assert_problem(
        &teacher
            .post(sign, at, json!({ "seen": seen["seen"] }))
            .await,
        409,
        "register-changed",
    );
    let signed = good(
        &teacher
            .post(sign, at, json!({ "seen": saved["seen"] }))
            .await,
    );
    assert_eq!(signed["state"], "signed_off");
    let one: &[(&str, &str)] = &[("class", &class.classes[0]), ("enrolment", &second)];
    let correction =
        json!({ "state": "late", "minutes": 120, "reason": "Left early.", "version": 1 });
    let corrected = teacher
        .post(
            &format!("{REGISTER}/{{enrolment}}/correct"),
            one,
            correction,
        )
        .await;
    assert_eq!(good(&corrected)["entries"][1]["minutes"], 120);
    teacher.reached()
}

async fn rates(class: &Class) -> Reached {
    let (me, desk) = (trainee(class, 1), desk(class));
    let cohort = class.school.world.cohort.to_string();
    let at: &[(&str, &str)] = &[("cohort", &cohort)];
    let place = "/api/v1/cohorts/{cohort}/attendance";
    let under = items(&desk, &format!("{place}?under=yes"), at).await;
    assert_eq!(under.len(), 1);
    assert_eq!(
        (&under[0]["rate"], &under[0]["minutes_held"]),
        (&json!(6_666), &json!(180))
    );
    for kind in ["csv", "xlsx"] {
        let file = desk.get(&format!("{place}.{kind}?sort=rate"), at).await;
        assert_eq!(file.status, 200, "{kind}");
        if kind == "csv" {
            let text = file.text();
            assert_eq!(text.lines().count(), 3, "{text}");
            assert!(text.contains(",66.66%,180,120,0,0"), "{text}");
        }
    }
    let policy = format!("{place}/policy");
    let seen = desk.get(&policy, at).await;
    let mut new = good(&seen);
    new["threshold"] = json!(6_000);
    let set = async |tag: &str, new: &serde_json::Value| {
        let with = With {
            json: Some(new.clone()),
            if_match: Some(tag),
            ..With::default()
        };
        desk.call("PUT", &policy, at, with).await
    };
    let tag = seen.headers["etag"].clone();
    assert_eq!(good(&set(&tag, &new).await)["threshold"], 6_000);
    assert_problem(&set(&tag, &new).await, 412, "stale");
    assert!(
        items(&desk, &format!("{place}?under=yes"), at)
            .await
            .is_empty()
    );
    let enrolment = class.enrolment(1);
    let mine: &[(&str, &str)] = &[("enrolment", &enrolment)];
    let sessions = items(&me, &format!("{OWN}/attendance"), mine).await;
    assert_eq!((sessions.len(), &sessions[0]["state"]), (4, &json!("late")));
    let rates = items(&me, &format!("{OWN}/attendance/rates"), mine).await;
    assert_eq!(rates[0]["rate"], 6_666);
    let mut reached = me.reached();
    reached.extend(desk.reached());
    reached
}
