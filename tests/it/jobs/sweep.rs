//! The sweep removes what has expired, and nothing else.

use std::fs::{self, File};
use std::time::Duration;

use banyan::db::{Actor, Task};
use banyan::jobs::sweep::{Swept, sweep};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;

/// Old and young rows of each kind, the old ones named so.
const ROWS: &str = "
INSERT INTO sessions (id, token_hash, person_id, user_agent, expires_at)
  SELECT gen_random_uuid(), word::bytea, id, word, at FROM people,
    (VALUES ('old', banyan_now() - interval '1 second'), ('young', banyan_now() + interval '1 hour')) AS v (word, at);
INSERT INTO links (id, purpose, person_id, next_path, expires_at)
  SELECT gen_random_uuid(), 'sign_in', id, word, at FROM people,
    (VALUES ('old', banyan_now() - interval '31 days'), ('young', banyan_now() - interval '29 days')) AS v (word, at);
INSERT INTO throttles (bucket, window_at, hits) VALUES
  ('old', banyan_now() - interval '25 hours', 3), ('young', banyan_now() - interval '23 hours', 3);
INSERT INTO idempotency_keys (person_id, key, fingerprint, status, headers, body, created_at)
  SELECT id, word, '', 303, '{}', '', at FROM people,
    (VALUES ('old', banyan_now() - interval '25 hours'), ('young', banyan_now() - interval '23 hours')) AS v (word, at);
INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html, state)
  VALUES ('00000000-0000-7000-8000-000000000001', 'k', 'old', 'a@example.org', '', 'en', '', '', '', 'sent'),
         ('00000000-0000-7000-8000-000000000002', 'k', 'young', 'a@example.org', '', 'en', '', '', '', 'sent');
INSERT INTO mailbox (letter_id, to_address, subject, body_text, body_html, created_at)
  VALUES ('00000000-0000-7000-8000-000000000001', 'a@example.org', 'old', '', '', clock_timestamp() - interval '31 days'),
         ('00000000-0000-7000-8000-000000000002', 'a@example.org', 'young', '', '', clock_timestamp() - interval '29 days');
";

#[derive(Debug, QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

fn left(app: &TestApp, sql: &str) -> Vec<String> {
    let rows: Vec<Word> = app
        .site
        .db
        .read(&Actor::System(Task::Sweep), |conn| {
            Ok(sql_query(sql).load(conn.pg())?)
        })
        .unwrap();
    rows.into_iter().map(|row| row.word).collect()
}

#[test]
fn what_has_expired_goes_and_what_has_not_stays() {
    let app = TestApp::with_database();
    app.account("Ada");
    app.as_owner(ROWS);
    let swept = sweep(&app.site.db, &app.site.files).unwrap();
    assert_eq!(swept, Swept { rows: 5, files: 0 });
    for sql in [
        "SELECT user_agent AS word FROM sessions",
        "SELECT next_path AS word FROM links",
        "SELECT bucket AS word FROM throttles",
        "SELECT key AS word FROM idempotency_keys",
        "SELECT subject AS word FROM mailbox",
    ] {
        assert_eq!(left(&app, sql), ["young"], "{sql}");
    }
    let again = sweep(&app.site.db, &app.site.files).unwrap();
    assert_eq!(again, Swept::default());
}

#[test]
fn bytes_that_no_row_names_go_after_a_day() {
    let app = TestApp::with_database();
    let person = app.account("Ada");
    let store = &app.site.files;
    let upload = store.incoming().unwrap().join("upload");
    fs::write(&upload, b"bytes").unwrap();
    let [named, lost, fresh] = [(); 3].map(|()| store.take(&upload).unwrap());
    app.as_owner(&format!(
        "INSERT INTO files (id, owner_id, storage_key, label, media_type, size_bytes, sha256) \
         VALUES (gen_random_uuid(), '{person}', '{named}', 'cv.pdf', 'application/pdf', 5, '')"
    ));
    let root = app.site.config.data_dir.join("files");
    let age = |path: &std::path::Path| {
        let file = File::options().write(true).open(path).unwrap();
        let written = file.metadata().unwrap().modified().unwrap();
        file.set_modified(written - Duration::from_secs(25 * 3_600))
            .unwrap();
    };
    for key in [&named, &lost] {
        age(&root.join(key));
    }
    age(&upload);
    let swept = sweep(&app.site.db, store).unwrap();
    assert_eq!(swept, Swept { rows: 0, files: 1 });
    assert!(root.join(&named).exists() && root.join(&fresh).exists());
    assert!(!root.join(&lost).exists() && !upload.exists());
}
