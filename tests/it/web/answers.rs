//! What every answer carries, whatever went wrong.

use actix_web::test::TestRequest;
use banyan::access::Access;
use banyan::error::{Error, Result};
use banyan::web::{Cx, Reply, Routes};
use diesel::{RunQueryDsl as _, sql_query};

use crate::support::app::{Answer, TestApp};

fn fail(_: &mut Cx<'_, '_>) -> Result<Reply> {
    Err(Error::Internal("the cause: /var/lib/secret".to_owned()))
}

fn fall(_: &mut Cx<'_, '_>) -> Result<Reply> {
    panic!("the cause: /var/lib/secret")
}

/// Writes first, then falls.
fn write_and_fall(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    sql_query("UPDATE people SET display_name = 'half' WHERE id = banyan_person()")
        .execute(cx.conn.pg())?;
    panic!("in the middle")
}

fn write_in_get(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    sql_query("UPDATE people SET display_name = 'read' WHERE id = banyan_person()")
        .execute(cx.conn.pg())?;
    Ok(Reply::text(200, "written".to_owned()))
}

fn name(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    Ok(Reply::text(
        200,
        cx.visit
            .visitor
            .as_ref()
            .map(|who| who.name.clone())
            .unwrap_or_default(),
    ))
}

fn search(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let found = sql_query("SELECT 1 FROM people WHERE display_name = $1")
        .bind::<diesel::sql_types::Text, _>(cx.request().query.typed("q").to_owned())
        .execute(cx.conn.pg())?;
    Ok(Reply::text(200, found.to_string()))
}

fn doors() -> Routes {
    Routes::new()
        .get("/test/ok", Access::Public, |_| {
            Ok(Reply::html(200, "<p>good</p>".to_owned()))
        })
        .get("/test/moved", Access::Public, |_| {
            Ok(Reply::see_other("/test/ok"))
        })
        .get("/test/fail", Access::Public, fail)
        .get("/test/fall", Access::Public, fall)
        .get("/test/name", Access::SignedIn, name)
        .get("/test/search", Access::Public, search)
        .get("/test/write", Access::SignedIn, write_in_get)
        .post("/test/write", Access::SignedIn, write_and_fall)
        .post("/test/small", Access::SignedIn, |cx| {
            Ok(Reply::text(
                200,
                cx.request().form().typed("text").len().to_string(),
            ))
        })
        .get(
            "/api/v1/test",
            Access::SignedIn,
            |_| Ok(Reply::no_content()),
        )
}

fn assert_guarded(answer: &Answer, what: &str) {
    for (header, part) in [
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'",
        ),
        ("content-security-policy", "frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
        ("permissions-policy", "camera=()"),
        (
            "cache-control",
            if what.contains("asset 200") {
                "immutable"
            } else {
                "no-store"
            },
        ),
    ] {
        let value = answer.headers.get(header).map_or("", String::as_str);
        assert!(value.contains(part), "{what}: {header} is {value:?}");
    }
    let policy = &answer.headers["content-security-policy"];
    assert!(!policy.contains("unsafe"), "{what}");
}

#[actix_web::test]
async fn every_answer_carries_the_guards() {
    let app = TestApp::with_database().mounting(doors());
    let ada = app.person("Ada");
    let anybody = app.anybody();
    let large = "x".repeat(300 * 1024);
    let answers = [
        (200, "page", anybody.get("/test/ok").await),
        (303, "redirect", anybody.get("/test/moved").await),
        (303, "sign in first", anybody.get("/test/name").await),
        (
            401,
            "post signed out",
            anybody.post("/test/small", &[]).await,
        ),
        (401, "api signed out", anybody.get("/api/v1/test").await),
        (204, "nothing to say", ada.get("/api/v1/test").await),
        (404, "nowhere", ada.get("/nowhere").await),
        (404, "nowhere in the api", ada.get("/api/v1/nowhere").await),
        (405, "method", ada.post("/test/ok", &[]).await),
        (
            413,
            "large",
            ada.post("/test/small", &[("text", &large)]).await,
        ),
        (500, "failure", ada.get("/test/fail").await),
        (500, "panic", ada.get("/test/fall").await),
        (200, "asset 200", anybody.get("/assets/banyan.css").await),
        (404, "asset 404", anybody.get("/assets/none.css").await),
        (
            405,
            "asset 405",
            anybody.post("/assets/banyan.css", &[]).await,
        ),
    ];
    for (status, what, answer) in &answers {
        assert_eq!(answer.status, *status, "{what}");
        assert_guarded(
            answer,
            &format!("{what} {status}").replace("200 200", "200"),
        );
        assert!(
            !answer.text().contains("/var/lib/secret"),
            "{what} tells its cause"
        );
    }
}

#[actix_web::test]
async fn a_method_that_is_not_taken_names_those_that_are() {
    let app = TestApp::with_database().mounting(doors());
    let ada = app.person("Ada");
    for (method, path, allow) in [
        ("POST", "/test/ok", "GET"),
        ("DELETE", "/test/write", "GET, POST"),
        ("PUT", "/test/small", "POST"),
        ("GET", "/test/small", "POST"),
        ("OPTIONS", "/test/ok", "GET"),
        ("TRACE", "/test/ok", "GET"),
        ("PROPFIND", "/test/ok", "GET"),
        ("DELETE", "/assets/banyan.css", "GET"),
    ] {
        let request = TestRequest::with_uri(path)
            .method(method.parse().unwrap())
            .insert_header(("sec-fetch-site", "same-origin"));
        let answer = ada.send(request).await;
        let said = (
            answer.status,
            answer.headers.get("allow").map(String::as_str),
        );
        assert_eq!(said, (405, Some(allow)), "{method} {path}");
    }
    let head = ada
        .send(TestRequest::with_uri("/test/ok").method("HEAD".parse().unwrap()))
        .await;
    assert_eq!(head.status, 200, "HEAD is answered by GET");
}

#[actix_web::test]
async fn a_body_is_taken_up_to_its_doors_limit_and_no_further() {
    let routes = Routes::new()
        .post("/test/size", Access::SignedIn, |cx| {
            Ok(Reply::text(
                200,
                cx.request().form().typed("t").len().to_string(),
            ))
        })
        .limit(1_000);
    let app = TestApp::with_database().mounting(routes);
    let ada = app.person("Ada");
    for (length, status) in [(0, 200), (998, 200), (999, 413), (50_000, 413)] {
        let answer = ada.post("/test/size", &[("t", &"x".repeat(length))]).await;
        assert_eq!(answer.status, status, "{length} characters");
        if status == 200 {
            assert_eq!(answer.text(), length.to_string());
        }
    }
    let part = vec![b'x'; 700];
    let two = [
        ("a", "a.txt", "text/plain", part.as_slice()),
        ("b", "b.txt", "text/plain", part.as_slice()),
    ];
    assert_eq!(ada.upload("/test/size", &[], &two[..1]).await.status, 200);
    assert_eq!(
        ada.upload("/test/size", &[], &two).await.status,
        413,
        "the parts count together"
    );
    let incoming = app.site.files.incoming().unwrap();
    assert_eq!(
        std::fs::read_dir(incoming).unwrap().count(),
        0,
        "nothing is left on disk"
    );
}

#[actix_web::test]
async fn a_panic_ends_its_own_request_and_nothing_else() {
    let app = TestApp::with_settings(&[]).mounting(doors());
    let ada = app.person("Ada");
    // More often than there are connections: none stays behind.
    for _ in 0..20 {
        assert_eq!(ada.post("/test/write", &[]).await.status, 500);
        assert_eq!(ada.get("/test/fall").await.status, 500);
    }
    let answer = ada.get("/test/name").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (200, "Ada"),
        "nothing was half written"
    );
    let (busy, _) = app.site.db.usage();
    assert_eq!(busy, 0, "every connection came back");
}

#[actix_web::test]
async fn reading_a_page_cannot_change_anything() {
    let app = TestApp::with_database().mounting(doors());
    let ada = app.person("Ada");
    assert_eq!(ada.get("/test/write").await.status, 500);
    assert_eq!(ada.get("/test/name").await.text(), "Ada");
}

#[actix_web::test]
async fn a_character_that_no_text_holds_is_no_internal_error() {
    let app = TestApp::with_database().mounting(doors());
    let answer = app.anybody().get("/test/search?q=a%00b").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "0"));
    let odd = app
        .anybody()
        .get("/test/search?q=%FF%FE&lang=%00&%00=1&after=%00")
        .await;
    assert_eq!(odd.status, 200);
}
