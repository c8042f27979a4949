//! `banyan doctor` in a house with one fault at a time: the line that names it, and how to mend it.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use banyan::audit::seal::seal;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::process::output;
use crate::support::smtp_sink::{Plan, Protection, Sink};

type Settings = Vec<(&'static str, String)>;

/// A folder with a `df` and a `fc-list` of the test's own.
fn programs(app: &TestApp, used: u32, fonts: bool) -> PathBuf {
    let folder = app.site.config.data_dir.join("programs");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let program = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    program(
        "df",
        &format!(
            "echo head; echo '/dev/sda 100000000 {used}000000 {}000000 {used}% /'",
            100 - used
        ),
    );
    if fonts {
        program("fc-list", "echo 'Noto Sans CJK HK'");
    }
    folder
}

/// What the doctor finds: verdict, words and advice of this check.
fn found(app: &TestApp, settings: &Settings, checked: &str) -> (String, String, String) {
    let out = output(app, &["doctor", "--json"], settings);
    let findings: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{out:?}"));
    let findings = findings.as_array().unwrap();
    let wrong = findings.iter().any(|it| it["verdict"] == "wrong");
    assert_eq!(out.status.success(), !wrong, "{findings:?}");
    let it = findings.iter().rfind(|it| it["checked"] == checked);
    let it = it.unwrap_or_else(|| panic!("no {checked} in {findings:#?}"));
    let word = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
    (word("verdict"), word("found"), word("mend"))
}

/// A house that the doctor has nothing to say about, with a mail server and a sealed event.
struct Well {
    app: TestApp,
    sink: Sink,
    settings: Settings,
}

impl Well {
    fn new() -> Self {
        let app = TestApp::with_database();
        let sink = Sink::start(Plan::default());
        let path = programs(&app, 50, true).display().to_string();
        let mut settings = crate::mail::outbox::settings(&sink);
        settings.push(("PATH", path));
        let well = Self {
            app,
            sink,
            settings,
        };
        well.sql("INSERT INTO jobs (id, kind, dedupe_key, state, run_at) VALUES (gen_random_uuid(), 'x', 'x', 'dead', now())");
        assert_eq!(banyan::jobs::redrive(&well.app.site.db, None).unwrap(), 1);
        well.sql("DELETE FROM jobs");
        assert_eq!(seal(&well.app.site.db, &well.app.site.keys).unwrap(), 1);
        well
    }

    fn sql(&self, sql: &str) {
        PgConnection::establish(&self.app.super_url())
            .unwrap()
            .batch_execute(sql)
            .unwrap();
    }

    fn with(&self, more: &[(&'static str, String)]) -> Settings {
        let mut settings = self.settings.clone();
        settings.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        settings.extend_from_slice(more);
        settings
    }

    fn sees(&self, settings: &Settings, checked: &str, verdict: &str, words: &[&str]) {
        let (was, found, mend) = found(&self.app, settings, checked);
        assert_eq!(was, verdict, "{checked}: {found}");
        assert!(!mend.is_empty(), "{checked} is mended somehow");
        for word in words {
            assert!(
                found.contains(word) || mend.contains(word),
                "{word} in {found} / {mend}"
            );
        }
    }
}

#[test]
fn a_house_that_is_well_has_no_wrong_line() {
    let well = Well::new();
    let out = output(&well.app, &["doctor"], &well.settings);
    let text = String::from_utf8(out.stdout).unwrap();
    let bad: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("ok "))
        .collect();
    assert!(out.status.success() && bad.is_empty(), "{text}");
}

#[test]
fn faults_around_the_house_are_named() {
    let well = Well::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    well.sees(
        &well.with(&[("BANYAN_SMTP_PORT", port)]),
        "mail",
        "wrong",
        &["BANYAN_SMTP_HOST"],
    );

    let other = Sink::start(Plan {
        protection: Protection::Implicit,
        certificate_for: "other.example",
        ..Plan::default()
    });
    let tls = [
        ("BANYAN_SMTP_PORT", other.port.to_string()),
        ("BANYAN_SMTP_HOST", "localhost".to_owned()),
        ("BANYAN_SMTP_TLS", "implicit".to_owned()),
        ("BANYAN_SMTP_CA_FILE", other.ca_file.display().to_string()),
    ];
    well.sees(
        &well.with(&tls),
        "mail",
        "wrong",
        &["NotProtected", "certificate"],
    );

    let locked = Sink::start(Plan {
        credentials: Some(("office", "right")),
        offers: vec!["PIPELINING", "8BITMIME", "AUTH PLAIN"],
        ..Plan::default()
    });
    let password = [
        ("BANYAN_SMTP_PORT", locked.port.to_string()),
        ("BANYAN_SMTP_USER", "office".to_owned()),
        ("BANYAN_SMTP_PASSWORD", "wrong".to_owned()),
    ];
    well.sees(&well.with(&password), "mail", "wrong", &["535"]);
    assert_eq!(
        well.sink.count() + other.count() + locked.count(),
        0,
        "a look sends nothing"
    );

    let path = |used, fonts| {
        [(
            "PATH",
            programs(&well.app, used, fonts).display().to_string(),
        )]
    };
    well.sees(
        &well.with(&path(50, false)),
        "fonts",
        "warning",
        &["fonts-noto-cjk"],
    );
    well.sees(
        &well.with(&path(95, true)),
        "disk",
        "warning",
        &["5 % of the disk", "make room"],
    );
    path(50, true);

    let files = well.app.site.config.data_dir.join("files");
    let _ = std::fs::remove_dir_all(&files);
    std::fs::write(&files, "in the way").unwrap();
    well.sees(&well.settings, "storage", "wrong", &["BANYAN_DATA_DIR"]);
    std::fs::remove_file(Path::new(&files)).unwrap();

    let missing = [
        ("BANYAN_MODE", "production".to_owned()),
        ("BANYAN_PUBLIC_URL", "https://banyan.example".to_owned()),
        (
            "BANYAN_MAIL_FROM",
            "Banyan <office@banyan.example>".to_owned(),
        ),
        ("BANYAN_SECRET", String::new()),
    ];
    well.sees(
        &well.with(&missing),
        "configuration",
        "wrong",
        &["BANYAN_SECRET must be set"],
    );
    let changed = [(
        "BANYAN_SECRET",
        "another secret than the one it began with".to_owned(),
    )];
    well.sees(
        &well.with(&changed),
        "history",
        "wrong",
        &["signed by another key", "BANYAN_SECRET"],
    );
    let nowhere = [(
        "DATABASE_URL",
        "postgres:///nowhere?host=/nonexistent".to_owned(),
    )];
    well.sees(
        &well.with(&nowhere),
        "database",
        "wrong",
        &["cannot reach the database"],
    );
    let owner = [("DATABASE_URL", well.app.owner_url.clone())];
    well.sees(
        &well.with(&owner),
        "roles",
        "wrong",
        &["banyan_owner could pass row-level security"],
    );
}

#[test]
fn faults_inside_the_database_are_named() {
    let faults: [(&str, &str, &str, &[&str]); 7] = [
        (
            "outbox",
            "warning",
            "INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html, state, last_error) \
          VALUES (gen_random_uuid(), 'x', 'x', 'x@example.org', 'X', 'en', 'x', 'x', 'x', 'dead', 'refused: 550')",
            &["1 letters dead", "refused: 550", "banyan queue retry"],
        ),
        (
            "outbox",
            "warning",
            "INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html, run_at) \
          VALUES (gen_random_uuid(), 'x', 'x', 'x@example.org', 'X', 'en', 'x', 'x', 'x', now() - interval '1 hour')",
            &["1 due for more than 15 minutes", "worker"],
        ),
        (
            "jobs",
            "warning",
            "INSERT INTO jobs (id, kind, dedupe_key, state, run_at, last_error) VALUES (gen_random_uuid(), 'x', 'x', 'dead', now(), 'a panic')",
            &["1 jobs dead", "a panic"],
        ),
        (
            "worker",
            "warning",
            "INSERT INTO audit_events (id, occurred_at, actor_kind, verb, subject_kind, subject_id, digest, request_id) \
          VALUES (gen_random_uuid(), now() - interval '10 minutes', 'x', 'x', 'x', gen_random_uuid(), '', gen_random_uuid())",
            &["no worker is alive", "banyan work"],
        ),
        (
            "history",
            "wrong",
            "SET session_replication_role = replica; UPDATE audit_events SET verb = 'offer.accepted'",
            &["was changed after it was sealed", "banyan audit verify"],
        ),
        (
            "schema",
            "wrong",
            "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
            &["banyan migrate"],
        ),
        (
            "clock",
            "warning",
            "CREATE SCHEMA skewed; GRANT USAGE ON SCHEMA skewed TO banyan_app; \
          CREATE FUNCTION skewed.clock_timestamp() RETURNS timestamptz LANGUAGE sql \
            AS 'SELECT pg_catalog.clock_timestamp() + interval ''5 seconds'''; \
          DO $$ BEGIN EXECUTE format('ALTER ROLE banyan_app IN DATABASE %I SET search_path = skewed, pg_catalog, public', \
            current_database()); END $$",
            &["ms between this machine and the database", "chrony"],
        ),
    ];
    for (checked, verdict, sql, words) in faults {
        let well = Well::new();
        well.sql(sql);
        well.sees(&well.settings, checked, verdict, words);
    }
}
