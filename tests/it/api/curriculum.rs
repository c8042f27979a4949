//! The curriculum and exemptions over the API: who does what and sees what.

use banyan::db::Role;
use serde_json::json;

use super::office::{BOTH, good, id, items};
use super::{Api, assert_problem};
use crate::support::fixtures::desk::World;

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n";
/// The same in base64.
const PDF_64: &str =
    "JVBERi0xLjcKMSAwIG9iaiA8PCAvVHlwZSAvQ2F0YWxvZyA+PiBlbmRvYmoKdHJhaWxlciA8PCA+PgolJUVPRgo=";

const MODULES: &str = "/api/v1/programmes/{programme}/modules";
const MODULE: &str = "/api/v1/programmes/{programme}/modules/{module}";

async fn lists(desk: &Api<'_>, programme: &str) {
    let at: &[(&str, &str)] = &[("programme", programme)];
    let all = "/api/v1/programmes/{programme}/competencies";
    let new = json!({"code": "C-1", "name_en": "Challenge", "name_zh": "質詢"});
    let made = good(&desk.post(all, at, new.clone()).await);
    assert_problem(&desk.post(all, at, new).await, 422, "invalid-fields");
    let made_id = id(&made);
    let one_at: &[(&str, &str)] = &[("programme", programme), ("competency", &made_id)];
    let one = format!("{all}/{{competency}}");
    let seen = desk.get(&one, one_at).await;
    let changed = desk
        .patch(
            &one,
            one_at,
            &seen,
            json!({"name_en": "Effective challenge"}),
        )
        .await;
    assert_eq!(good(&changed)["name_en"], "Effective challenge");
    assert_problem(
        &desk
            .patch(&one, one_at, &seen, json!({"name_en": "x"}))
            .await,
        412,
        "stale",
    );
    let spare = id(&good(
        &desk
            .post(
                all,
                at,
                json!({"code": "C-2", "name_en": "Spare", "name_zh": "備用"}),
            )
            .await,
    ));
    let spare_at: &[(&str, &str)] = &[("programme", programme), ("competency", &spare)];
    good(&desk.act(&format!("{one}/archive"), spare_at).await);
    assert_eq!(items(desk, all, at).await.len(), 1);

    let all = "/api/v1/programmes/{programme}/references";
    let later = json!({"framework": "Board", "code": "NEW", "title_en": "New", "title_zh": "新", "valid_from": "2026-04-17"});
    let later = id(&good(&desk.post(all, at, later).await));
    let seen = desk
        .get(
            "/api/v1/programmes/{programme}/competencies/{competency}",
            one_at,
        )
        .await;
    let rests = json!({"references": [{"code": "NEW", "levels": "3–4"}]});
    let changed = desk
        .patch(
            "/api/v1/programmes/{programme}/competencies/{competency}",
            one_at,
            &seen,
            rests.clone(),
        )
        .await;
    assert_eq!(good(&changed)["references"], rests["references"]);
    let early = json!({"framework": "Board", "code": "OLD", "title_en": "Old", "title_zh": "舊", "superseded_by": later});
    let early = id(&good(&desk.post(all, at, early).await));
    let one = format!("{all}/{{reference}}");
    let one_at: &[(&str, &str)] = &[("programme", programme), ("reference", &early)];
    let seen = desk.get(&one, one_at).await;
    assert_eq!(seen.json()["superseded_by"], json!(later));
    let ended = good(
        &desk
            .patch(&one, one_at, &seen, json!({"valid_to": "2026-04-16"}))
            .await,
    );
    assert_eq!(ended["valid_to"], "2026-04-16");
    good(&desk.act(&format!("{one}/archive"), one_at).await);
    assert_eq!(items(desk, all, at).await.len(), 1);
}

async fn modules(desk: &Api<'_>, programme: &str) -> String {
    let at: &[(&str, &str)] = &[("programme", programme)];
    let content = json!({
        "name_en": "First", "name_zh": "第一", "summary_en": "About", "summary_zh": "簡介",
        "outcomes": [{"en": "do it", "zh": "做到"}], "contact_hours": 20, "self_study_hours": 30, "assessment_hours": 15,
        "indicative_level": 5, "themes": ["data"], "effective_from": "2026-01-01",
        "assessments": [{"kind": "exam", "title_en": "Exam", "title_zh": "考試", "weight": 100, "must_pass": true}],
        "competencies": [{"code": "C-1", "level": 2}], "references": [{"code": "NEW", "levels": "3–4"}], "prerequisites": []
    });
    let new = json!({"code": "MOD1", "content": content});
    let made = good(&desk.post(MODULES, at, new.clone()).await);
    assert_eq!(
        (
            made["notional_hours"].as_i64(),
            made["credit_tenths"].as_i64()
        ),
        (Some(65), Some(65))
    );
    assert_problem(&desk.post(MODULES, at, new).await, 422, "invalid-fields");
    let module = made["module"].as_str().unwrap().to_owned();
    let one: &[(&str, &str)] = &[("programme", programme), ("module", &module)];
    let draft = format!("{MODULE}/draft");
    let seen = desk.get(&draft, one).await;
    let wrong = json!({"prerequisites": [["MOD1"]]});
    assert_problem(
        &desk.patch(&draft, one, &seen, wrong).await,
        422,
        "invalid-fields",
    );
    let entry = json!({"qr_registration": "24/000123/L5", "qr_valid_from": "2000-01-01", "qr_valid_to": "2099-12-31"});
    let changed = good(&desk.patch(&draft, one, &seen, entry).await);
    assert_eq!(changed["may_name_qf_level"], true);
    // A problem names the field of the document, not of the page.
    let wrong = json!({"indicative_level": 9, "contact_hours": 4_000, "competencies": [{"code": "C-1", "level": 7}],
        "references": [{"code": "NONE", "levels": ""}], "outcomes": [{"en": "", "zh": "做"}]});
    let seen = desk.get(&draft, one).await;
    let problem = desk.patch(&draft, one, &seen, wrong).await;
    assert_problem(&problem, 422, "invalid-fields");
    let mut fields: Vec<String> = problem.json()["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["pointer"].as_str().unwrap().to_owned())
        .collect();
    fields.sort_unstable();
    fields.dedup();
    assert_eq!(
        fields,
        [
            "/competencies",
            "/contact_hours",
            "/indicative_level",
            "/outcomes",
            "/qr_registration",
            "/references"
        ]
    );
    let publish = format!("{draft}/publish");
    assert_problem(
        &desk.post(&publish, one, json!({"version": 1})).await,
        412,
        "stale",
    );
    assert_eq!(
        good(&desk.post(&publish, one, json!({"version": 2})).await)["state"],
        "published"
    );
    assert_problem(&desk.get(&draft, one).await, 404, "not-found");
    let begun = good(&desk.post(&draft, one, json!({"contact_hours": 25, "qr_registration": null, "qr_valid_from": null, "qr_valid_to": null})).await);
    assert_eq!(
        (begun["number"].as_i64(), begun["notional_hours"].as_i64()),
        (Some(2), Some(70))
    );
    let discard = format!("{draft}/discard");
    assert_eq!(
        desk.post(&discard, one, json!({"version": 1})).await.status,
        204
    );
    assert_problem(
        &desk.post(&discard, one, json!({"version": 1})).await,
        409,
        "module-without-draft",
    );
    let place = |n: i32| json!({"place": n});
    let placed = desk.post(&format!("{MODULE}/place"), one, place(1)).await;
    assert_eq!(placed.status, 204);
    let placed = desk.post(&format!("{MODULE}/place"), one, place(99)).await;
    assert_problem(&placed, 422, "invalid-fields");
    assert_eq!(
        desk.act(&format!("{MODULE}/archive"), one).await.status,
        204
    );
    let away = format!("{MODULES}?q=mod1&state=archived");
    assert_ne!(items(desk, &away, at).await[0]["archived_at"], json!(null));
    assert_eq!(
        desk.act(&format!("{MODULE}/restore"), one).await.status,
        204
    );
    assert!(items(desk, &away, at).await.is_empty());
    let whole = good(&desk.get(MODULE, one).await);
    assert_eq!(whole["versions"].as_array().unwrap().len(), 1);
    assert_eq!(
        items(desk, &format!("{MODULES}?q=mod1&state=published"), at)
            .await
            .len(),
        1
    );
    module
}

/// Everything of this room; the enrolment is of the person at `me`.
pub async fn curriculum(world: &World, desk: &Api<'_>, me: &Api<'_>, enrolment: &str) {
    let programme = world.programme.to_string();
    lists(desk, &programme).await;
    let module = modules(desk, &programme).await;
    let code = world.one(&format!(
        "SELECT code FROM programmes WHERE id = '{programme}'"
    ));
    let public = items(me, "/api/v1/curricula/{code}", &[("code", &code)]).await;
    assert_eq!(public.len(), 1);
    assert_eq!(public[0]["code"], "MOD1");

    let mine = "/api/v1/me/enrolments/{enrolment}/exemptions";
    let at: &[(&str, &str)] = &[("enrolment", enrolment)];
    let asked = json!({"module": module, "statement": "Prior work.", "evidence": PDF_64, "file_name": "cert.pdf"});
    let mut no_pdf = asked.clone();
    no_pdf["evidence"] = json!("bm8gcGRm");
    assert_eq!(me.post(mine, at, no_pdf).await.status, 409);
    let first = id(&good(&me.post(mine, at, asked.clone()).await));
    assert_problem(
        &me.post(mine, at, asked.clone()).await,
        409,
        "exemption-already",
    );
    let own: &[(&str, &str)] = &[("enrolment", enrolment), ("exemption", &first)];
    assert_eq!(
        me.get(&format!("{mine}/{{exemption}}/evidence"), own)
            .await
            .body,
        PDF
    );
    let left = good(&me.act(&format!("{mine}/{{exemption}}/withdraw"), own).await);
    assert_eq!(left["state"], "withdrawn");
    let second = id(&good(&me.post(mine, at, asked).await));

    let all = "/api/v1/programmes/{programme}/exemptions";
    let one = format!("{all}/{{exemption}}");
    let staff: &[(&str, &str)] = &[("programme", &programme)];
    let its: &[(&str, &str)] = &[("programme", &programme), ("exemption", &second)];
    assert_eq!(
        items(desk, &format!("{all}?state=requested"), staff)
            .await
            .len(),
        1
    );
    assert_eq!(desk.get(&format!("{one}/evidence"), its).await.body, PDF);
    let decide = format!("{one}/decide");
    assert_problem(
        &desk.post(&decide, its, json!({"version": 1})).await,
        409,
        "exemption-without-decision",
    );
    let said = json!({"decision": "grant", "reason": "It covers every outcome.", "version": 0});
    assert_eq!(
        good(&desk.post(&format!("{one}/draft"), its, said).await)["version"],
        1
    );
    let seen = items(me, mine, at).await;
    assert_eq!(
        (seen[0]["state"].as_str(), seen[0]["reason"].as_str()),
        (Some("requested"), None)
    );
    good(&desk.post(&decide, its, json!({"version": 1})).await);
    let decided = good(&desk.get(&one, its).await);
    assert_eq!(
        (
            decided["state"].as_str(),
            decided["counts_as_passed"].as_bool()
        ),
        (Some("granted"), Some(true))
    );
    // Another programme's office and another trainee find nothing.
    let stranger = world.app.account("Stranger");
    let grant = world.app.grant(stranger, Role::Coordinator, None, None);
    let stranger = Api::of(&world.app, stranger, Some(grant), BOTH);
    assert_problem(&stranger.get(&one, its).await, 404, "not-found");
    let nobody = Api::applicant(&world.app, "Nobody");
    assert_problem(&nobody.get(mine, at).await, 404, "not-found");
}
