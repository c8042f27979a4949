//! The applicant's way over HTTP, from the call to the withdrawal.

use banyan::applications::form_actions::remind_draft;
use banyan::db::{Actor, Role, Task};
use banyan::ids::PersonId;
use chrono::{DateTime, Duration, Utc};
use diesel::sql_types::Uuid as SqlUuid;
use diesel::{RunQueryDsl as _, sql_query};
use serde_json::Value;

use crate::support::app::{Answer, Client, TestApp};
use crate::support::fixtures::apply::{
    Call, administrator, call, deadline, number, text, while_open,
};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n";
const STATEMENT: &str =
    "I have worked with data for years and would like to learn how models are tested and watched.";

fn house(at: DateTime<Utc>) -> (TestApp, Call) {
    let mut app = TestApp::with_database();
    app.site.db = app.site.db.as_of(at);
    let call = call(&app);
    (app, call)
}

fn speak_chinese(app: &TestApp, person: PersonId) {
    app.site
        .db
        .tx(&Actor::System(Task::Accounts), |conn| {
            sql_query("UPDATE people SET lang = 'zh-Hant-HK' WHERE id = $1")
                .bind::<SqlUuid, _>(person)
                .execute(conn.pg())?;
            Ok(())
        })
        .unwrap();
}

fn one(app: &TestApp, call: &Call, column: &str) -> String {
    let staff = administrator(call.programme);
    text(
        app,
        &staff,
        &format!("SELECT coalesce(({column})::text, '') AS t FROM applications"),
    )
}

fn letters(app: &TestApp, call: &Call) -> String {
    let staff = administrator(call.programme);
    let all = "SELECT coalesce(string_agg(kind || ' ' || lang || ' ' || subject, E'\\n' ORDER BY id), '') AS t FROM letters";
    text(app, &staff, all)
}

async fn begin(client: &Client<'_>) -> String {
    let begun = client.post("/calls/2027H1/apply", &[]).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    begun.location().to_owned()
}

/// Fills a section in as its page has it: with the version that stands in the form.
async fn fill(client: &Client<'_>, base: &str, section: &str, fields: &[(&str, &str)]) -> Answer {
    let path = format!("{base}/{section}");
    let page = client.get(&path).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let version = hidden(&page.text(), "version");
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(fields);
    client.post(&path, &all).await
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

async fn fill_all(client: &Client<'_>, base: &str, call: &Call) {
    let university = call.universities[0].to_string();
    let sections: [(&str, Vec<(&str, &str)>); 5] = [
        (
            "person",
            vec![
                ("family_name", "CHAN"),
                ("given_names", "Ka Yi"),
                ("name_zh", "陳嘉怡"),
                ("phone", "9123 4567"),
            ],
        ),
        ("route", vec![("route", "university_student")]),
        (
            "background",
            vec![("university", &university), ("graduation_year", "2027")],
        ),
        ("statement", vec![("statement", STATEMENT)]),
        (
            "declarations",
            vec![
                ("declares_true", "yes"),
                ("declares_eligible", "yes"),
                ("declares_available", "yes"),
                ("pics_version", "2026-10"),
                ("accepted_pics", "yes"),
            ],
        ),
    ];
    for (section, fields) in sections {
        let saved = fill(client, base, section, &fields).await;
        assert_eq!((saved.status, saved.location()), (303, base), "{section}");
    }
    let sent = client
        .upload(
            &format!("{base}/document"),
            &[],
            &[("document", "履歷 Chan.pdf", "application/pdf", PDF)],
        )
        .await;
    assert_eq!(sent.status, 303, "{}", sent.text());
}

async fn submit(client: &Client<'_>, base: &str) -> Answer {
    let page = client.get(&format!("{base}/check")).await;
    let key = hidden(&page.text(), "_key");
    client
        .post(&format!("{base}/submit"), &[("_key", &key)])
        .await
}

#[actix_web::test]
async fn a_person_applies_changes_withdraws_and_comes_back() {
    let (app, call) = house(while_open());
    let ada = app.person("Ada");
    let base = begin(&ada).await;
    assert_eq!(begin(&ada).await, base, "the same draft is taken up again");
    let page = ada.get(&base).await.text();
    assert!(page.contains("Cannot start yet") && page.contains("Mon 30 Nov 2026, 23:59 HKT"));
    fill_all(&ada, &base, &call).await;
    assert!(
        ada.get(&base)
            .await
            .text()
            .contains("Check your answers and submit")
    );
    let check = ada.get(&format!("{base}/check")).await.text();
    for said in [
        "CHAN",
        "陳嘉怡",
        "+85291234567",
        "Lion Rock University",
        "2027",
        STATEMENT,
        "履歷 Chan.pdf",
    ] {
        assert!(check.contains(said), "{said}");
    }
    let done = submit(&ada, &base).await;
    assert_eq!((done.status, done.location()), (303, base.as_str()));
    assert_eq!(one(&app, &call, "state"), "submitted");
    assert_eq!(
        one(&app, &call, "submitted_at AT TIME ZONE 'Asia/Hong_Kong'"),
        "2026-10-18 12:00:00"
    );
    let reference = one(&app, &call, "reference");
    assert_eq!(
        letters(&app, &call),
        format!("application_received en We have your application {reference}")
    );
    let status = ada.get(&base).await.text();
    assert!(
        status.contains("Submitted")
            && status.contains(&reference)
            && status.contains("office@example.org")
    );
    // Changed until the deadline, submitted all the while.
    let changed = fill(
        &ada,
        &base,
        "person",
        &[("given_names", "Ka Yee"), ("family_name", "CHAN")],
    )
    .await;
    assert_eq!(changed.status, 303);
    assert_eq!(
        (one(&app, &call, "state"), one(&app, &call, "given_names")),
        ("submitted".into(), "Ka Yee".into())
    );
    let staff = administrator(call.programme);
    let tokens = "SELECT count(*) AS n FROM application_tokens WHERE token LIKE 'kayee%'";
    assert!(number(&app, &staff, tokens) > 0);
    // What was handed in may not lose anything.
    let emptied = fill(&ada, &base, "statement", &[("statement", "")]).await;
    assert_eq!(emptied.status, 422);
    assert_eq!(one(&app, &call, "statement"), STATEMENT);
    // Away and back.
    assert!(
        ada.get(&format!("{base}/withdraw"))
            .await
            .text()
            .contains("Withdraw your application?")
    );
    assert_eq!(ada.post(&format!("{base}/withdraw"), &[]).await.status, 303);
    assert_eq!(one(&app, &call, "state"), "withdrawn");
    assert!(
        letters(&app, &call)
            .contains("application_withdrawn en You have withdrawn your application: ")
    );
    assert_eq!(ada.post(&format!("{base}/reopen"), &[]).await.status, 303);
    assert_eq!(one(&app, &call, "state"), "draft");
    assert_eq!(submit(&ada, &base).await.status, 303);
    assert_eq!(one(&app, &call, "state"), "submitted");
    let verbs = "SELECT string_agg(verb, ' ' ORDER BY e.id) AS t FROM audit_events e WHERE verb <> 'application.edited'";
    assert_eq!(
        text(&app, &staff, verbs),
        "application.started application.document_added application.submitted application.withdrawn \
         application.reopened application.submitted"
    );
    let consents =
        "SELECT count(*) AS n FROM consents WHERE kind = 'pics' AND version = '2026-10' AND given";
    assert_eq!(number(&app, &staff, consents), 1);
    let own = ada.get(&base).await.text();
    assert!(
        own.contains("<b>You</b> took the application up again"),
        "{own}"
    );
    assert!(own.contains("<b>You</b> submitted the application"));
}

#[actix_web::test]
async fn the_same_way_in_chinese() {
    let (app, call) = house(while_open());
    let person = app.account("陳嘉怡");
    speak_chinese(&app, person);
    let client = app.sign_in(person, None);
    let base = begin(&client).await;
    let page = client.get(&base).await.text();
    assert!(
        page.contains("lang=\"zh-Hant-HK\"")
            && page.contains("尚未可開始")
            && page.contains("2026年11月30日（星期一）23:59（香港時間）")
    );
    for section in [
        "person",
        "route",
        "background",
        "statement",
        "document",
        "declarations",
    ] {
        let text = client
            .get(&format!("{base}/{section}?check=1"))
            .await
            .text();
        assert!(
            text.contains("榕") && !text.contains("Save and continue"),
            "{section}"
        );
    }
    fill_all(&client, &base, &call).await;
    assert!(
        client
            .get(&format!("{base}/check"))
            .await
            .text()
            .contains("獅子山大學")
    );
    assert_eq!(submit(&client, &base).await.status, 303);
    let reference = one(&app, &call, "reference");
    assert_eq!(
        letters(&app, &call),
        format!("application_received zh-Hant-HK 已收到你的申請：{reference}")
    );
    let status = client.get(&base).await.text();
    assert!(status.contains("已遞交") && status.contains("遞交申請"));
}

#[actix_web::test]
async fn the_deadline_is_kept_by_the_databases_clock() {
    let (mut app, call) = house(while_open());
    let person = app.account("Ada");
    let base = {
        let ada = app.sign_in(person, None);
        let base = begin(&ada).await;
        fill_all(&ada, &base, &call).await;
        base
    };
    for (at, status, state) in [
        (deadline(), 409, "draft"),
        (deadline() + Duration::days(30), 409, "draft"),
        (deadline() - Duration::milliseconds(1), 303, "submitted"),
    ] {
        app.site.db = app.site.db.as_of(at);
        let ada = app.sign_in(person, None);
        let sent = ada.post(&format!("{base}/submit"), &[]).await;
        assert_eq!(sent.status, status, "{at}");
        assert_eq!(one(&app, &call, "state"), state, "{at}");
    }
    app.site.db = app.site.db.as_of(deadline());
    let late = app.person("Late");
    assert_eq!(late.post("/calls/2027H1/apply", &[]).await.status, 409);
    let ada = app.sign_in(person, None);
    assert_eq!(
        ada.post(&format!("{base}/person"), &[("version", "8")])
            .await
            .status,
        409
    );
    assert_eq!(ada.post("/calls/2027H1/apply", &[]).await.location(), base);
}

#[actix_web::test]
async fn an_incomplete_application_is_not_taken_and_says_what_is_missing() {
    let (app, call) = house(while_open());
    let ada = app.person("Ada");
    let base = begin(&ada).await;
    let sent = ada.post(&format!("{base}/submit"), &[]).await;
    assert_eq!(sent.status, 422);
    assert!(
        sent.text().contains("Write your statement.")
            && sent.text().contains("Add your curriculum vitae.")
    );
    assert_eq!(
        (one(&app, &call, "state"), letters(&app, &call)),
        ("draft".into(), String::new())
    );
    // An incomplete section is kept; its page says what is missing.
    let short = fill(&ada, &base, "statement", &[("statement", "Too short")]).await;
    assert_eq!(short.location(), format!("{base}/statement?check=1"));
    let page = ada.get(short.location()).await.text();
    assert!(page.contains("write at least 50") && page.contains(">Too short</textarea>"));
}

#[actix_web::test]
async fn nothing_typed_is_lost_on_a_mistake() {
    let (app, call) = house(while_open());
    let ada = app.person("Ada");
    let base = begin(&ada).await;
    let long = "x".repeat(101);
    let refused = fill(
        &ada,
        &base,
        "person",
        &[
            ("family_name", "O'Neil <b>"),
            ("given_names", &long),
            ("phone", "12"),
        ],
    )
    .await;
    assert_eq!(refused.status, 422);
    let page = refused.text();
    assert!(
        page.contains("O&#39;Neil &#60;b&#62;")
            && page.contains(&long)
            && page.contains("value=\"12\"")
    );
    assert!(page.contains("id=\"given_names-error\""));
    assert_eq!(one(&app, &call, "family_name"), "");
    // A telephone number that cannot be read is kept as typed, and named as a problem.
    let kept = fill(
        &ada,
        &base,
        "person",
        &[("given_names", "Ada"), ("phone", "12")],
    )
    .await;
    assert_eq!(kept.location(), format!("{base}/person?check=1"));
    let page = ada.get(kept.location()).await.text();
    assert!(page.contains("value=\"12\"") && page.contains("id=\"phone-error\""));
}

#[actix_web::test]
async fn a_draft_saves_itself_and_two_tabs_do_not_overwrite_each_other() {
    let (app, call) = house(while_open());
    let ada = app.person("Ada");
    let base = begin(&ada).await;
    let draft = format!("{base}/statement/draft");
    let kept = ada
        .post(&draft, &[("version", "1"), ("statement", "First words")])
        .await;
    assert_eq!((kept.status, kept.headers["etag"].as_str()), (204, "\"2\""));
    assert_eq!(one(&app, &call, "statement"), "First words");
    let other = ada
        .post(&draft, &[("version", "1"), ("statement", "Other words")])
        .await;
    assert_eq!(other.status, 412);
    assert_eq!(one(&app, &call, "statement"), "First words");
    // The page that comes too late shows what was typed, and saves it when asked again.
    let path = format!("{base}/statement");
    let late = ada
        .post(&path, &[("version", "1"), ("statement", "Other words")])
        .await;
    assert_eq!(late.status, 412);
    let page = late.text();
    assert!(page.contains("Changed in another tab.") && page.contains(">Other words</textarea>"));
    let again = ada
        .post(
            &path,
            &[
                ("version", &hidden(&page, "version")),
                ("statement", "Other words"),
            ],
        )
        .await;
    assert_eq!(
        (again.status, one(&app, &call, "statement")),
        (303, "Other words".into())
    );
}

#[actix_web::test]
async fn a_double_click_submits_once() {
    let (app, call) = house(while_open());
    let ada = app.person("Ada");
    let base = begin(&ada).await;
    fill_all(&ada, &base, &call).await;
    let path = format!("{base}/submit");
    for _ in 0..2 {
        assert_eq!(ada.post(&path, &[("_key", "one-click")]).await.status, 303);
    }
    assert_eq!(ada.post(&path, &[("_key", "another")]).await.status, 409);
    let staff = administrator(call.programme);
    assert_eq!(number(&app, &staff, "SELECT count(*) AS n FROM letters"), 1);
}

#[actix_web::test]
async fn an_identity_card_number_is_warned_of_and_kept() {
    let (app, _call) = house(while_open());
    let ada = app.person("Ada");
    let base = begin(&ada).await;
    let said = format!("{STATEMENT} My number is A123456(3).");
    let saved = fill(&ada, &base, "statement", &[("statement", &said)]).await;
    assert_eq!(saved.location(), format!("{base}/statement?check=1"));
    assert!(
        ada.get(saved.location())
            .await
            .text()
            .contains("This looks like an identity-card number.")
    );
}

#[actix_web::test]
async fn only_a_whole_open_pdf_is_taken() {
    let (app, call) = house(while_open());
    let ada = app.person("Ada");
    let base = begin(&ada).await;
    let path = format!("{base}/document");
    let mut large = PDF.to_vec();
    large.resize(10 * 1_024 * 1_024 - 6, b' ');
    large.extend_from_slice(b"%%EOF\n ");
    assert_eq!(large.len(), 10 * 1_024 * 1_024 + 1);
    let corpus: [(&str, &[u8]); 8] = [
        ("empty.pdf", b""),
        ("text.pdf", b"Dear committee"),
        ("page.pdf", b"<html><script>alert(1)</script>%PDF-1.7 %%EOF"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj"),
        (
            "locked.pdf",
            b"%PDF-1.7\ntrailer << /Encrypt 2 0 R >>\n%%EOF",
        ),
        (
            "script.pdf",
            b"%PDF-1.7\n<< /S /JavaScript /JS (app.alert(1)) >>\n%%EOF",
        ),
        ("archive.pdf", b"PK\x03\x04%PDF-1.7\n%%EOF"),
        ("large.pdf", &large),
    ];
    for (name, bytes) in corpus {
        let sent = ada
            .upload(&path, &[], &[("document", name, "application/pdf", bytes)])
            .await;
        assert_eq!(sent.status, 422, "{name}");
        assert!(sent.text().contains("id=\"document-error\""), "{name}");
    }
    assert_eq!(one(&app, &call, "document_id"), "");
    let staff = administrator(call.programme);
    assert_eq!(number(&app, &staff, "SELECT count(*) AS n FROM files"), 0);
    // A name is a label, never a path.
    for name in ["../../etc/passwd.pdf", "履歷.pdf", "a.pdf"] {
        let sent = ada
            .upload(&path, &[], &[("document", name, "text/html", PDF)])
            .await;
        assert_eq!(sent.status, 303, "{name}");
        let got = ada.get(&format!("{path}/file")).await;
        assert_eq!((got.status, got.body.as_slice()), (200, PDF));
        assert!(
            got.headers["content-disposition"].starts_with("attachment;"),
            "{name}"
        );
        assert_eq!(got.headers["content-type"], "application/pdf");
    }
    let live = "SELECT count(*) AS n FROM files WHERE removed_at IS NULL";
    assert_eq!(number(&app, &staff, live), 1);
    let outside =
        "SELECT count(*) AS n FROM files WHERE storage_key !~ '^[A-Za-z0-9]+/[A-Za-z0-9]+$'";
    assert_eq!(number(&app, &staff, outside), 0);
    assert_eq!(ada.post(&format!("{path}/remove"), &[]).await.status, 303);
    assert_eq!(ada.get(&format!("{path}/file")).await.status, 404);
}

#[actix_web::test]
async fn another_persons_application_is_not_found_at_any_door() {
    let (app, call) = house(while_open());
    let ada = app.person("Ada");
    let base = begin(&ada).await;
    fill_all(&ada, &base, &call).await;
    let eve = app.person("Eve");
    let before = one(&app, &call, "md5(applications::text)");
    let mut tried = 0;
    for door in banyan::applications::form_pages::form_routes().doors() {
        let Some(rest) = door.path.strip_prefix("/me/applications/{application}") else {
            continue;
        };
        let path = format!("{base}{rest}");
        let answer = match door.method.as_str() {
            "GET" => eve.get(&path).await,
            _ => {
                eve.post(&path, &[("version", "1"), ("given_names", "Eve")])
                    .await
            }
        };
        assert_eq!(answer.status, 404, "{} {path}", door.method.as_str());
        assert!(!answer.text().contains("CHAN"), "{path}");
        tried += 1;
    }
    let file = eve
        .upload(
            &format!("{base}/document"),
            &[],
            &[("document", "a.pdf", "application/pdf", PDF)],
        )
        .await;
    assert_eq!((file.status, tried >= 20), (404, true));
    assert_eq!(one(&app, &call, "md5(applications::text)"), before);
    let anybody = app.anybody();
    assert_eq!(anybody.get(&base).await.status, 303);
    let staff = app.acting("Carol", Role::Coordinator, Some(call.programme), None);
    assert_eq!(staff.get(&base).await.status, 403);
}

#[test]
fn a_draft_is_remembered_once_and_only_while_it_is_one() {
    let (mut app, call) = house(while_open());
    let person = app.account("Ada");
    let begun = actix_web::rt::System::new().block_on(async {
        let ada = app.sign_in(person, None);
        begin(&ada).await
    });
    let id: uuid::Uuid = begun.rsplit('/').next().unwrap().parse().unwrap();
    let jobs = "SELECT concat_ws(' ', kind, run_at AT TIME ZONE 'Asia/Hong_Kong') AS t FROM jobs";
    assert_eq!(
        text(&app, &Actor::System(Task::RunJobs), jobs),
        "remind_draft 2026-11-27 23:59:00"
    );
    for (at, expected) in [
        (while_open(), 0),
        (deadline() - Duration::hours(72), 1),
        (deadline() - Duration::hours(71), 1),
        (deadline(), 1),
    ] {
        app.site.db = app.site.db.as_of(at);
        remind_draft(&app.site.db, Some(id), &Value::Null).unwrap();
        let staff = administrator(call.programme);
        assert_eq!(
            number(&app, &staff, "SELECT count(*) AS n FROM letters"),
            expected,
            "{at}"
        );
    }
    assert!(letters(&app, &call).starts_with("application_reminder en "));
}
