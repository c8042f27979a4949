//! What the office does to applications: bulk actions, decisions, notes, and the record that shows them.

use super::desk::list;
use crate::support::fixtures::desk::{Plan, World};

#[actix_web::test]
async fn a_bulk_action_previews_skips_with_reasons_and_then_acts() {
    let world = World::new();
    let staff = world.coordinator();
    let reading = world.apply(
        1,
        &Plan {
            state: "under_review",
            ..Plan::default()
        },
    );
    let fresh = world.apply(
        2,
        &Plan {
            state: "submitted",
            ..Plan::default()
        },
    );
    let gone = world.apply(
        3,
        &Plan {
            state: "withdrawn",
            ..Plan::default()
        },
    );
    let ids = [reading, fresh, gone].map(|it| it.to_string());
    let mut form = vec![("do", "accept")];
    form.extend(ids.iter().map(|id| ("id", id.as_str())));
    let preview = staff.post(&list(&world, "/bulk"), &form).await;
    assert_eq!(preview.status, 200);
    let text = preview.text();
    assert!(
        text.contains("1 application") && text.contains("2 skipped"),
        "{text}"
    );
    assert!(text.contains("Pending: Accept"));
    assert!(
        world
            .texts("SELECT decision FROM application_cases")
            .is_empty(),
        "a preview changes nothing"
    );
    let done = staff.post(&list(&world, "/bulk/do"), &form).await;
    assert_eq!(done.status, 200);
    assert!(done.text().contains("Done: "), "it reports what was done");
    assert_eq!(
        world.texts("SELECT decision FROM application_cases"),
        ["accept"]
    );
    assert_eq!(
        world.one(&format!(
            "SELECT state FROM applications WHERE id = '{reading}'"
        )),
        "under_review",
        "the applicant sees nothing of it"
    );
    assert_eq!(
        world.texts("SELECT verb || ' ' || confidential FROM audit_events"),
        ["application.decided true"]
    );
    let again = staff.post(&list(&world, "/bulk"), &form).await.text();
    assert!(again.contains("It stands so already."));

    let undone = staff
        .post(
            &list(&world, "/bulk/do?state=under_review"),
            &[("do", "undo"), ("all", "yes")],
        )
        .await;
    assert_eq!(undone.status, 200);
    assert_eq!(world.texts("SELECT decision FROM application_cases"), [""]);
    let begun = staff
        .post(
            &list(&world, "/bulk/do"),
            &[("do", "start_review"), ("all", "yes")],
        )
        .await;
    assert!(begun.text().contains("2 skipped"));
    assert_eq!(
        world.one(&format!(
            "SELECT state FROM applications WHERE id = '{fresh}'"
        )),
        "under_review"
    );
}

#[actix_web::test]
async fn a_rejection_needs_its_reason_and_keeps_what_was_typed() {
    let world = World::new();
    let staff = world.coordinator();
    let id = world.apply(
        1,
        &Plan {
            state: "under_review",
            ..Plan::default()
        },
    );
    let id_text = id.to_string();
    for word in ["reject", "ineligible"] {
        let form = [("do", word), ("id", id_text.as_str())];
        assert_eq!(
            staff.post(&list(&world, "/bulk"), &form).await.status,
            200,
            "it is asked for on the preview"
        );
        let refused = staff.post(&list(&world, "/bulk/do"), &form).await;
        assert_eq!(refused.status, 422);
        assert!(
            refused
                .text()
                .contains("Give the reason for this decision.")
        );
        let single = staff
            .post(
                &format!("/applications/{id}/decision"),
                &[("decision", word)],
            )
            .await;
        assert_eq!(single.status, 422);
        assert!(single.text().contains(&format!("value=\"{word}\" checked")));
    }
    assert!(
        world
            .texts("SELECT decision FROM application_cases")
            .is_empty()
    );
    let nobody = staff
        .post(&list(&world, "/bulk"), &[("do", "accept")])
        .await;
    assert_eq!(nobody.status, 422);
    assert!(nobody.text().contains("Select at least one application."));
}

#[actix_web::test]
async fn the_selected_rows_can_be_exported() {
    let world = World::new();
    let staff = world.coordinator();
    let one = world.apply(1, &Plan::default());
    world.apply(2, &Plan::default());
    let answer = staff
        .post(
            &list(&world, "/bulk"),
            &[("do", "csv"), ("id", &one.to_string())],
        )
        .await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("BNY-0001") && !answer.text().contains("BNY-0002"));
}

#[actix_web::test]
async fn a_decision_on_a_stale_page_is_not_taken() {
    let world = World::new();
    let staff = world.coordinator();
    let id = world.apply(
        1,
        &Plan {
            state: "under_review",
            ..Plan::default()
        },
    );
    let path = format!("/applications/{id}/decision");
    let first = staff
        .post(&path, &[("version", "0"), ("decision", "accept")])
        .await;
    assert_eq!(first.status, 303);
    let late = staff
        .post(
            &path,
            &[
                ("version", "0"),
                ("decision", "reject"),
                ("reason", "my long reason"),
            ],
        )
        .await;
    assert_eq!(late.status, 412);
    assert!(
        late.text().contains("my long reason"),
        "what was typed is kept"
    );
    assert_eq!(
        world.texts("SELECT decision FROM application_cases"),
        ["accept"]
    );
    let page = staff.get(&format!("/applications/{id}")).await.text();
    let version = page
        .split("name=\"version\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        staff
            .post(&path, &[("version", &version), ("do", "undo")])
            .await
            .status,
        303
    );
    assert_eq!(world.texts("SELECT decision FROM application_cases"), [""]);
    let nothing = staff.post(&path, &[("do", "undo")]).await;
    assert_eq!(nothing.status, 409, "nothing is pending any more");
}

#[actix_web::test]
async fn a_record_tells_everything_to_staff_and_a_note_to_nobody_else() {
    let world = World::new();
    let staff = world.coordinator();
    let id = world.apply(
        1,
        &Plan {
            family: "Chan",
            given: "Tai Man",
            zh: "陳大文",
            state: "submitted",
            email: "tai@example.net",
            statement: "line one\n<b>two</b>",
            ..Plan::default()
        },
    );
    world.attach(id, b"%PDF-1.4 mine %%EOF");
    let noted = staff
        .post(
            &format!("/applications/{id}/notes"),
            &[("body", "canary note"), ("list", "state=submitted")],
        )
        .await;
    assert_eq!(
        (noted.status, noted.location()),
        (
            303,
            format!("/applications/{id}?state=submitted#notes").as_str()
        )
    );
    assert_eq!(
        staff
            .post(&format!("/applications/{id}/notes"), &[("body", "  ")])
            .await
            .status,
        422
    );
    assert_eq!(
        staff
            .post(&format!("/applications/{id}/decision"), &[("do", "start")])
            .await
            .status,
        303
    );
    let page = staff.get(&format!("/applications/{id}")).await.text();
    for words in [
        "CHAN Tai Man",
        "陳大文",
        "BNY-0001",
        "tai@example.net",
        "canary note",
        "Under review",
        "added a note",
        "sent the application to review",
        "履歷 CV.pdf",
        "&#60;b&#62;two",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let file = staff.get(&format!("/applications/{id}/document")).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.body, b"%PDF-1.4 mine %%EOF");
    assert!(file.headers["content-disposition"].starts_with("attachment;"));
    assert_eq!(
        world.texts("SELECT verb || ' ' || confidential FROM audit_events ORDER BY id"),
        [
            "application.note_added true",
            "application.review_started false"
        ]
    );
    let reader = world.reviewer("Rae");
    let review = world.assign(&staff, id, &reader);
    let page = reader.get(&format!("/reviews/{review}")).await.text();
    assert!(page.contains("陳大文"));
    assert!(!page.contains("canary note") && !page.contains("tai@example.net"));
}

#[actix_web::test]
async fn a_note_too_long_is_shown_again() {
    let world = World::new();
    let staff = world.coordinator();
    let id = world.apply(1, &Plan::default());
    let long = format!("kept {}", "字".repeat(4_000));
    let refused = staff
        .post(&format!("/applications/{id}/notes"), &[("body", &long)])
        .await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains(&long) && refused.text().contains("At most 4000 characters."));
    assert!(world.texts("SELECT id FROM application_notes").is_empty());
}

#[actix_web::test]
async fn the_desk_reads_in_chinese() {
    let world = World::new();
    let staff = world.coordinator();
    world.app.as_owner(&format!(
        "UPDATE people SET lang = 'zh-Hant-HK' WHERE id = '{}'",
        staff.person.unwrap()
    ));
    let id = world.apply(
        1,
        &Plan {
            university: true,
            ..Plan::default()
        },
    );
    let page = staff.get(&list(&world, "")).await.text();
    for words in [
        "申請",
        "獅子山大學",
        "已遞交",
        "2027H1屆",
        "共1份申請，符合條件1份",
        "分配評審員",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let record = staff.get(&format!("/applications/{id}")).await.text();
    for words in ["個人陳述", "開始評審", "備註", "歷史紀錄"] {
        assert!(record.contains(words), "{words}");
    }
}
