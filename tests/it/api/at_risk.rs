//! Trainees at risk and sharing by the API: found, given out, written to, closed; agreed to and looked at.

use banyan::db::Role;
use banyan::ids::{EnrolmentId, PersonId, RiskCaseId};
use serde_json::json;

use super::office::{BOTH, Reached, good, items};
use super::{Api, assert_problem};
use crate::support::fixtures::desk::World;

const RISK: &str = "/api/v1/programmes/{programme}/at-risk";
const CASE: &str = "/api/v1/programmes/{programme}/at-risk/cases/{risk}";
const SHARING: &str = "/api/v1/me/enrolments/{enrolment}/sharing";

/// A case about an enrolment of the programme, taught by this person.
fn case_about(world: &World, enrolment: EnrolmentId, teacher: PersonId) -> String {
    let case = RiskCaseId::new();
    let reasons = r#"[{"code": "silence", "since": "2020-01-01", "days": 30}]"#;
    world.app.as_owner(&format!(
        "INSERT INTO risk_cases (id, programme_id, cohort_id, enrolment_id, person_id, instructor_ids, reasons, codes, severity) \
           SELECT '{case}', programme_id, cohort_id, id, person_id, ARRAY['{teacher}'::uuid], '{reasons}', '{{silence}}', 2 \
           FROM enrolments WHERE id = '{enrolment}'; \
         INSERT INTO risk_standings (case_id, programme_id, enrolment_id, person_id, reasons) \
           SELECT '{case}', programme_id, id, person_id, '{reasons}' FROM enrolments WHERE id = '{enrolment}'"
    ));
    case.to_string()
}

pub async fn at_risk(world: &World, desk: &Api<'_>) -> Reached {
    let mut reached = Reached::new();
    let programme = world.programme.to_string();
    let find = |column: &str| {
        world.one(&format!(
            "SELECT {column} FROM enrolments WHERE programme_id = '{programme}' ORDER BY id LIMIT 1"
        ))
    };
    let enrolment: EnrolmentId = find("id").parse().unwrap();
    let me = Api::of(&world.app, find("person_id").parse().unwrap(), None, BOTH);
    let teacher = world.app.account("Tess Teacher");
    let grant = world
        .app
        .grant(teacher, Role::Instructor, Some(world.programme), None);
    let case = case_about(world, enrolment, teacher);
    let teacher = Api::of(&world.app, teacher, Some(grant), BOTH);
    let at: &[(&str, &str)] = &[("programme", &programme)];
    let its: &[(&str, &str)] = &[("programme", &programme), ("risk", &case)];

    assert_eq!(items(desk, RISK, at).await.len(), 1);
    assert_eq!(
        good(&desk.get(CASE, its).await)["reasons"][0]["code"],
        "silence"
    );
    assert_eq!(
        items(&teacher, "/api/v1/teaching/at-risk", &[]).await.len(),
        1
    );
    let owner = world.one(&format!(
        "SELECT person_id FROM role_grants WHERE programme_id = '{programme}' AND role = 'coordinator' ORDER BY id LIMIT 1"
    ));
    let assign = format!("{RISK}/assign");
    let given = |version: i32, day: &str| json!({"cases": [{"id": case, "version": version}], "owner": owner, "due_on": day});
    assert_problem(
        &desk.post(&assign, at, given(1, "2020-01-01")).await,
        422,
        "invalid-fields",
    );
    assert_problem(
        &desk.post(&assign, at, given(7, "2038-01-01")).await,
        412,
        "stale",
    );
    let none = json!({"cases": [], "owner": owner, "due_on": "2038-01-01"});
    assert_problem(&desk.post(&assign, at, none).await, 422, "invalid-fields");
    assert_eq!(
        desk.post(&assign, at, given(1, "2038-01-01")).await.status,
        204
    );

    let notes = format!("{CASE}/notes");
    assert_problem(
        &desk.post(&notes, its, json!({})).await,
        422,
        "invalid-fields",
    );
    assert_problem(
        &desk.post(&notes, its, json!({"secret": "x"})).await,
        400,
        "bad-request",
    );
    let both = json!({"internal": "Worried.", "shown": "Call me."});
    assert_eq!(desk.post(&notes, its, both).await.status, 204);
    assert_eq!(items(desk, &notes, its).await.len(), 2);
    let tell = format!("{CASE}/tell");
    assert!(good(&desk.post(&tell, its, json!({"version": 2})).await)["told_at"].is_string());
    assert_problem(
        &desk.post(&tell, its, json!({"version": 3})).await,
        409,
        "risk-case-told",
    );
    let own = items(&me, "/api/v1/me/standing", &[]).await;
    assert_eq!(own[0]["reasons"][0]["code"], "silence");

    let rules = format!("{RISK}/rules");
    let mut seen = good(&desk.get(&rules, at).await);
    assert_eq!(seen["version"], 0);
    seen["attendance_below"] = json!(101);
    assert_problem(
        &desk.post(&rules, at, seen.clone()).await,
        422,
        "invalid-fields",
    );
    seen["attendance_below"] = json!(75);
    assert_eq!(
        good(&desk.post(&rules, at, seen.clone()).await)["version"],
        1
    );
    assert_problem(&desk.post(&rules, at, seen).await, 412, "stale");
    let looked = good(&desk.act(&format!("{RISK}/look"), at).await);
    // Nothing is found of one who was just here; of one who takes part no more the case rests.
    let now = good(&desk.get(CASE, its).await);
    assert!(now["gone_at"].is_string(), "{now}");
    assert_eq!(now["resting"], json!(looked["gone"] == 0));
    let version = now["version"].as_i64().unwrap();

    let close = format!("{CASE}/close");
    let closing = |outcome| json!({"version": version, "outcome": outcome});
    assert_problem(
        &desk.post(&close, its, closing("perished")).await,
        422,
        "invalid-fields",
    );
    assert_eq!(
        good(&desk.post(&close, its, closing("recovered")).await)["state"],
        "closed"
    );
    let correct = format!("{CASE}/correct");
    let corrected =
        |reason| json!({"version": version + 1, "outcome": "false_alarm", "reason": reason});
    assert_problem(
        &desk.post(&correct, its, corrected(" ")).await,
        422,
        "invalid-fields",
    );
    let done = desk
        .post(&correct, its, corrected("It was the holidays."))
        .await;
    assert_eq!(good(&done)["outcome"], "false_alarm");
    let figures = good(&desk.get(&format!("{RISK}/figures"), at).await);
    assert_eq!(figures["rules"][0]["recovered"], 0);
    assert_eq!(figures["rules"][0]["false_alarm"], 1);
    reached.extend(teacher.reached());
    reached.extend(sharing(world, &me, &enrolment.to_string()).await);
    reached.extend(me.reached());
    reached
}

async fn sharing(world: &World, me: &Api<'_>, enrolment: &str) -> Reached {
    world.app.as_owner(&format!(
        "UPDATE enrolments SET university_id = '{}' WHERE id = '{enrolment}'",
        world.university
    ));
    let at: &[(&str, &str)] = &[("enrolment", enrolment)];
    let partner = world.app.account("Lia Liaison");
    let (programme, university) = (Some(world.programme), Some(world.university));
    let grant = world
        .app
        .grant(partner, Role::Liaison, programme, university);
    let partner = Api::of(&world.app, partner, Some(grant), BOTH);
    let look = "/api/v1/organisation/trainees/{enrolment}/looks";
    assert_problem(&partner.act(look, at).await, 404, "not-found");
    let mine = items(me, SHARING, at).await;
    let it = mine
        .iter()
        .find(|it| it["organisation"] == json!(world.university))
        .unwrap();
    let words = it["words"].clone();
    let wanted = |scopes: &[&str], words: serde_json::Value| json!({"organisation": world.university, "scopes": scopes, "words": words});
    assert_problem(
        &me.post(SHARING, at, wanted(&["all"], words.clone())).await,
        422,
        "invalid-fields",
    );
    assert_problem(
        &me.post(SHARING, at, wanted(&["progress"], json!(0))).await,
        409,
        "sharing-old-words",
    );
    let given = good(
        &me.post(
            SHARING,
            at,
            wanted(&["progress", "attendance", "results", "timetable"], words),
        )
        .await,
    );
    assert_eq!(given["scopes"].as_array().unwrap().len(), 4);
    assert_eq!(
        items(&partner, "/api/v1/organisation/trainees", &[])
            .await
            .len(),
        1
    );
    let seen = good(&partner.act(look, at).await);
    assert!(seen["progress"].is_string() && seen["results"].is_array());
    assert_eq!(items(me, "/api/v1/me/looks", &[]).await.len(), 4);
    // An employer that is none any more: what was agreed is taken back, and answered.
    world.app.as_owner(&format!(
        "UPDATE enrolments SET university_id = NULL WHERE id = '{enrolment}'"
    ));
    assert_problem(&partner.act(look, at).await, 404, "not-found");
    let mine = items(me, SHARING, at).await;
    let it = mine
        .iter()
        .find(|it| it["organisation"] == json!(world.university))
        .unwrap();
    assert_eq!(it["current"], false);
    let back = good(&me.post(SHARING, at, wanted(&[], json!(0))).await);
    assert_eq!(back["scopes"], json!([]));
    assert!(
        items(me, SHARING, at)
            .await
            .iter()
            .all(|it| it["organisation"] != json!(world.university))
    );
    partner.reached()
}
