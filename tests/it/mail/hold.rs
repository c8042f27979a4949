//! The operator holds the queue of letters and lets it go; both stand in history, sealed.

use banyan::audit::seal::{seal, verify};
use banyan::db::Role;
use banyan::mail::hold::{hold, release};
use diesel::connection::Connection as _;
use diesel::pg::PgConnection;

use crate::support::app::{Client, TestApp};

fn owner(app: &TestApp) -> PgConnection {
    PgConnection::establish(&app.owner_url).unwrap()
}

fn letter(app: &TestApp, key: &str, written: &str) {
    app.as_owner(&format!(
        "INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html, created_at) \
         VALUES (gen_random_uuid(), 'test', '{key}', 'reader@example.org', 'R', 'en', 'S', 'T', '<p>H</p>', {written})"
    ));
}

/// What the history below the delivery log tells, the newest first.
async fn told(reader: &Client<'_>) -> Vec<String> {
    let file = reader.get("/letters/history.csv").await;
    assert_eq!(file.status, 200);
    let text = file.text();
    let lines = text.lines().skip(1).map(|line| {
        let (_, rest) = line.split_once(',').unwrap();
        rest.to_owned()
    });
    lines.collect()
}

#[actix_web::test]
async fn a_hold_and_its_end_stand_in_history_once_each_and_are_sealed() {
    let app = TestApp::with_database();
    let root = app.acting("Root Admin", Role::Administrator, None, None);
    assert!(told(&root).await.is_empty());
    assert!(!root.get("/letters").await.text().contains("id=\"history\""));
    assert!(!release(&mut owner(&app), true).unwrap(), "nothing is held");
    letter(&app, "one", "now() - interval '1 hour'");
    letter(&app, "two", "now() - interval '1 hour'");
    assert!(hold(&mut owner(&app)).unwrap());
    assert!(!hold(&mut owner(&app)).unwrap(), "it is held already");
    assert_eq!(told(&root).await, ["The system,held the queue of letters"]);
    let notice = "Letters are held since a restore from backup";
    assert!(root.get("/letters").await.text().contains(notice));
    letter(&app, "three", "clock_timestamp()");
    assert!(release(&mut owner(&app), true).unwrap());
    let both = [
        "The system,\"let the letters go that were held: 1 to be sent, 2 cancelled\"",
        "The system,held the queue of letters",
    ];
    assert_eq!(told(&root).await, both);
    let page = root.get("/letters").await.text();
    assert!(!page.contains(notice));
    assert!(page.contains("let the letters go that were held: 1 to be sent, 2 cancelled"));
    assert!(page.contains("href=\"/letters/history.xlsx\""));

    let (db, keys) = (&app.site.db, &app.site.keys);
    let sealed = seal(db, keys).unwrap();
    let found = verify(db, keys, None).unwrap();
    assert_eq!((found.faults, found.unsealed), (Vec::new(), 0));
    assert_eq!(found.events, i64::try_from(sealed).unwrap());
    assert!(sealed >= 2);

    app.as_owner("UPDATE people SET lang = 'zh-Hant-HK'");
    assert_eq!(
        told(&root).await,
        [
            "系統,恢復發送暫停的電郵：1封待發，2封取消",
            "系統,暫停發送電郵"
        ]
    );
}

#[actix_web::test]
async fn whoever_sends_all_of_them_cancels_none() {
    let app = TestApp::with_database();
    let root = app.acting("Root Admin", Role::Administrator, None, None);
    letter(&app, "one", "now() - interval '1 hour'");
    assert!(hold(&mut owner(&app)).unwrap());
    assert!(release(&mut owner(&app), false).unwrap());
    assert_eq!(
        told(&root).await[0],
        "The system,\"let the letters go that were held: 1 to be sent, 0 cancelled\""
    );
}
