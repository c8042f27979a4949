//! The import on its pages.

use banyan::db::Role;

use crate::support::app::{Client, TestApp};
use crate::support::fixtures::apply::{administrator, call, call_named, number};

fn sample() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/applicants-2027h1.csv");
    std::fs::read(path).unwrap()
}

async fn send(client: &Client<'_>, base: &str, bytes: &[u8]) -> crate::support::app::Answer {
    client
        .upload(base, &[], &[("file", "申請人.csv", "text/csv", bytes)])
        .await
}

#[actix_web::test]
async fn a_coordinator_checks_a_file_then_writes_it() {
    let app = TestApp::with_database();
    let call = call(&app);
    let carol = app.acting("Carol", Role::Coordinator, Some(call.programme), None);
    let base = format!("/cohorts/{}/import", call.cohort);
    assert!(
        carol
            .get(&base)
            .await
            .text()
            .contains("No file has been taken in yet")
    );
    let sent = send(&carol, &base, &sample()).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let run = sent.location().to_owned();
    let staff = administrator(call.programme);
    let all = "SELECT count(*) AS n FROM applications";
    assert_eq!(number(&app, &staff, all), 0);
    let page = carol.get(&run).await.text();
    assert!(
        page.contains("<b>439</b>")
            && page.contains("<b>422</b>")
            && page.contains("Import 422 applications")
    );
    let errors = carol.get(&format!("{run}?outcome=error")).await.text();
    assert!(errors.contains("Submitted after the deadline") && !errors.contains("stands in line"));
    let bad = carol.get(&format!("{run}/bad-rows.csv")).await;
    assert_eq!((bad.status, bad.text().lines().count() > 10), (200, true));
    assert!(bad.headers["content-disposition"].contains("bad-rows.csv"));
    assert!(
        carol
            .get(&format!("{run}/report.csv"))
            .await
            .text()
            .contains("unknown_university")
    );
    let done = carol.post(&format!("{run}/commit"), &[]).await;
    assert_eq!((done.status, done.location()), (303, run.as_str()));
    assert_eq!(number(&app, &staff, all), 422);
    let page = carol.get(&run).await.text();
    assert!(
        page.contains("wrote the file: 422 new, 0 changed")
            && page.contains("Carol")
            && !page.contains("Import 422")
    );
    // A second click, and the same file again, change nothing.
    assert_eq!(carol.post(&format!("{run}/commit"), &[]).await.status, 303);
    let again = send(&carol, &base, &sample()).await;
    assert!(
        carol
            .get(again.location())
            .await
            .text()
            .contains("There is nothing to write.")
    );
    assert_eq!(number(&app, &staff, all), 422);
    assert_eq!(number(&app, &staff, "SELECT count(*) AS n FROM letters"), 0);
    let list = carol.get(&base).await.text();
    assert!(list.contains("申請人.csv") && list.contains("Committed") && list.contains("Dry run"));
}

#[actix_web::test]
async fn new_applicants_are_written_to_when_asked() {
    let app = TestApp::with_database();
    let call = call(&app);
    let carol = app.acting("Carol", Role::Coordinator, Some(call.programme), None);
    let base = format!("/cohorts/{}/import", call.cohort);
    let file =
        "E-mail,Family name,Language\r\na@example.org,WONG,en\r\nb@example.org,LEE,zh-Hant-HK\r\n";
    let run = send(&carol, &base, file.as_bytes())
        .await
        .location()
        .to_owned();
    carol
        .post(&format!("{run}/commit"), &[("notify", "yes")])
        .await;
    let staff = administrator(call.programme);
    for lang in ["en", "zh-Hant-HK"] {
        let told = format!(
            "SELECT count(*) AS n FROM letters WHERE kind = 'application_received' AND lang = '{lang}'"
        );
        assert_eq!(number(&app, &staff, &told), 1);
    }
}

#[actix_web::test]
async fn a_file_at_fault_is_refused_in_words() {
    let app = TestApp::with_database();
    let call = call(&app);
    let carol = app.acting("Carol", Role::Coordinator, Some(call.programme), None);
    let base = format!("/cohorts/{}/import", call.cohort);
    for (bytes, said) in [
        (&b""[..], "Choose a file first"),
        (b"Name;E-mail\r\nx;y\r\n", "not separated by commas"),
        (b"Family name\r\nWONG\r\n", "lacks a column"),
    ] {
        let name = if bytes.is_empty() { "" } else { "file.csv" };
        let sent = carol
            .upload(&base, &[], &[("file", name, "text/csv", bytes)])
            .await;
        assert_eq!(sent.status, 422);
        assert!(sent.text().contains(said), "{said}: {}", sent.text());
    }
}

#[actix_web::test]
async fn another_programmes_import_is_not_found() {
    let app = TestApp::with_database();
    let (mine, theirs) = (call(&app), call_named(&app, "2028H1"));
    let carol = app.acting("Carol", Role::Coordinator, Some(mine.programme), None);
    let other = app.acting("Oscar", Role::Coordinator, Some(theirs.programme), None);
    let base = format!("/cohorts/{}/import", mine.cohort);
    let run = send(&carol, &base, &sample()).await.location().to_owned();
    for path in [
        base.clone(),
        run.clone(),
        format!("{run}/report.csv"),
        format!("{run}/bad-rows.csv"),
    ] {
        let answer = other.get(&path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(other.post(&format!("{run}/commit"), &[]).await.status, 404);
    assert_eq!(send(&other, &base, &sample()).await.status, 404);
    // Through the address of one's own cohort neither.
    let crossed = run.replace(&mine.cohort.to_string(), &theirs.cohort.to_string());
    assert_eq!(other.get(&crossed).await.status, 404);
    assert_eq!(app.person("Ada").get(&base).await.status, 403);
    let staff = administrator(mine.programme);
    assert_eq!(
        number(&app, &staff, "SELECT count(*) AS n FROM applications"),
        0
    );
}
