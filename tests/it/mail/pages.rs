//! The delivery log and the local mailbox, over HTTP.

use banyan::db::{Role, Task};
use banyan::lang::Lang;
use banyan::mail::outbox::Courier;

use crate::support::app::{Client, TestApp};

/// A coordinator, and the address of somebody whom they have invited.
async fn invited<'a>(app: &'a TestApp, code: &str) -> (Client<'a>, String) {
    let programme = app.programme(code);
    let ivy = app.acting("Ivy Staff", Role::Coordinator, Some(programme), None);
    let email = format!("wing.{}@example.org", code.to_lowercase());
    let id = programme.to_string();
    let fields = [
        ("email", email.as_str()),
        ("given_names", "Wing"),
        ("lang", "en"),
        ("role", "reviewer"),
        ("programme", id.as_str()),
        ("starts_on", "2020-01-01"),
    ];
    assert_eq!(ivy.post("/people/invite", &fields).await.status, 303);
    (ivy, email)
}

fn deliver(app: &TestApp) {
    let mut courier =
        Courier::new(app.site.db.clone(), app.site.keys.clone(), &app.site.config).unwrap();
    while courier.deliver_due().unwrap() > 0 {}
}

#[actix_web::test]
async fn the_log_shows_a_programmes_letters_and_no_other_programmes() {
    let app = TestApp::with_database();
    let (ivy, email) = invited(&app, "ONE").await;
    let (other, theirs) = invited(&app, "TWO").await;
    let list = ivy
        .get("/letters?q=wing&state=queued&kind=invitation&sort=to")
        .await
        .text();
    assert!(list.contains(&email) && !list.contains(&theirs));
    assert!(!ivy.get("/letters?state=dead").await.text().contains(&email));
    let letter = app.mail_to(&email)[0].id;
    for path in ["", "/body", "/again"] {
        let path = format!("/letters/{letter}{path}");
        assert_eq!(ivy.get(&path).await.status, 200, "{path}");
        assert_eq!(other.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(
        other
            .post(&format!("/letters/{letter}/again"), &[])
            .await
            .status,
        404
    );
    assert!(ivy.get("/letters.csv").await.text().contains(&email));
    assert!(!ivy.get("/letters.csv").await.text().contains(&theirs));
    assert!(ivy.get("/letters.xlsx").await.body.starts_with(b"PK"));
    ivy.post("/language", &[("lang", "zh-Hant-HK")]).await;
    assert!(
        ivy.get("/letters")
            .await
            .text()
            .contains(Lang::Zh.letters_note())
    );
}

#[actix_web::test]
async fn the_log_gives_away_no_private_link() {
    let app = TestApp::new();
    let (ivy, email) = invited(&app, "ONE").await;
    let got = &app.mail_to(&email)[0];
    let token = got.link("invite");
    for path in ["", "/body"] {
        let page = ivy.get(&format!("/letters/{}{path}", got.id)).await;
        assert!(!page.text().contains(token.rsplit('/').next().unwrap()));
        assert!(!page.text().contains("{{private"), "{path}");
    }
    let body = ivy.get(&format!("/letters/{}/body", got.id)).await;
    let policy = &body.headers["content-security-policy"];
    assert!(
        policy.starts_with("sandbox; default-src 'none'"),
        "{policy}"
    );
}

#[actix_web::test]
async fn a_sent_letter_goes_again_and_a_waiting_one_does_not() {
    let app = TestApp::new();
    let (ivy, email) = invited(&app, "ONE").await;
    let letter = app.mail_to(&email)[0].id;
    let again = format!("/letters/{letter}/again");
    assert_eq!(ivy.post(&again, &[]).await.status, 409);
    deliver(&app);
    let answer = ivy.post(&again, &[]).await;
    assert_eq!(answer.status, 303);
    assert_ne!(answer.location(), format!("/letters/{letter}"));
    let copy = ivy.get(answer.location()).await.text();
    assert!(
        copy.contains(&format!("/letters/{letter}\"")),
        "it names what it is a copy of"
    );
    assert_eq!(app.mail_to(&email).len(), 2);
    assert_eq!(
        ivy.post(&format!("/letters/{letter}/retry"), &[])
            .await
            .status,
        409
    );
}

#[actix_web::test]
async fn a_dead_letter_is_tried_again() {
    let app = TestApp::new();
    let (ivy, email) = invited(&app, "ONE").await;
    let letter = app.mail_to(&email)[0].id;
    app.alter(
        Task::DeliverMail,
        "UPDATE letters SET state = 'dead', attempts = 15, last_error = 'refused: 550 no such user' WHERE $1 IS NULL",
        None,
    );
    let page = ivy.get(&format!("/letters/{letter}")).await.text();
    assert!(page.contains("550 no such user") && page.contains(Lang::En.letters_retry()));
    assert_eq!(
        ivy.post(&format!("/letters/{letter}/retry"), &[])
            .await
            .status,
        303
    );
    deliver(&app);
    let page = ivy.get(&format!("/letters/{letter}")).await.text();
    assert!(page.contains(Lang::En.letters_state_sent()));
}

#[actix_web::test]
async fn the_local_mailbox_shows_letters_with_links_that_work() {
    let app = TestApp::new();
    let (_, email) = invited(&app, "ONE").await;
    deliver(&app);
    let anybody = app.anybody();
    let list = anybody
        .get(&format!("/dev/mailbox?q={email}&lang=en"))
        .await
        .text();
    assert!(list.contains(&email));
    assert!(
        !anybody
            .get("/dev/mailbox?q=nobody")
            .await
            .text()
            .contains(&email)
    );
    let letter = app.mail_to(&email)[0].id;
    let page = anybody.get(&format!("/dev/mailbox/{letter}")).await;
    assert_eq!(page.status, 200);
    let body = anybody.get(&format!("/dev/mailbox/{letter}/body")).await;
    assert!(
        body.headers["content-security-policy"].contains("allow-top-navigation-by-user-activation")
    );
    let html = body.text();
    assert!(html.contains("<base target=\"_top\">"));
    let start = html.find("/link/invite/").unwrap();
    let link: String = html[start..].chars().take_while(|c| *c != '"').collect();
    assert_eq!(anybody.get(&link).await.status, 200);
}

#[actix_web::test]
async fn in_production_there_is_no_local_mailbox() {
    let app = TestApp::with_settings(&[
        ("BANYAN_MODE", "production"),
        ("BANYAN_PUBLIC_URL", "https://banyan.example"),
        ("BANYAN_MAIL_FROM", "no-reply@banyan.example"),
        ("BANYAN_SMTP_HOST", "127.0.0.1"),
    ]);
    let letter = banyan::ids::LetterId::new();
    for path in [
        "/dev/mailbox".to_owned(),
        format!("/dev/mailbox/{letter}"),
        format!("/dev/mailbox/{letter}/body"),
    ] {
        assert_eq!(app.anybody().get(&path).await.status, 404);
    }
}
