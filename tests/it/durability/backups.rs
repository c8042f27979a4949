//! Promise 21: a backup restores, wholly and quietly: rows, history, uploads, and no letter twice.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::checks::no_halves;
use super::house::{House, Scratch, Served, banyan, free_port, run, run_sql, start, texts, words};
use super::http::Http;
use super::load::Load;
use crate::support::fixtures::desk::quoted;
use crate::support::scale;
use crate::support::smtp_sink::{Plan, Sink};

/// Every table with a digest of all its rows, but what a restore changes on purpose.
pub fn digests(url: &str) -> Vec<String> {
    texts(
        url,
        "SELECT tablename || ' ' || coalesce((xpath('/row/d/text()', query_to_xml(format( \
           'SELECT md5(string_agg(t::text, '' '' ORDER BY t::text)) AS d FROM %I t', tablename), false, true, '')))[1]::text, 'empty') AS t \
         FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'house' ORDER BY tablename",
    )
}

fn mail(sink: &Sink) -> Vec<(&'static str, String)> {
    vec![
        ("BANYAN_SMTP_HOST", "127.0.0.1".to_owned()),
        ("BANYAN_SMTP_PORT", sink.port.to_string()),
        ("BANYAN_SMTP_TLS", "none".to_owned()),
    ]
}

fn with<'a>(settings: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    settings.iter().map(|(n, v)| (*n, v.as_str())).collect()
}

fn backup(house: &House, to: &Path) -> String {
    run(house.command().arg("backup").arg(to))
}

fn restore(from: &Path, data: &Path) -> Command {
    let mut command = banyan(data);
    command.arg("restore").arg(from);
    command
}

/// Somebody's curriculum vitae, taken in through the front door; the answer's status.
pub fn upload(house: &House, port: u16, n: usize, bytes: &[u8]) -> u16 {
    let person = house.app.account("Lee Man");
    let token = super::seed::token(&house.app, person, None);
    let bearer = format!("Bearer {token}");
    let key = format!("upload-{n}-{person}");
    let mut http = Http::new(port);
    let headers = [
        ("authorization", bearer.as_str()),
        ("idempotency-key", &key),
        ("content-type", "application/json"),
    ];
    let call = br#"{"call":"2099L1"}"#;
    let mut begun = http
        .ask("POST", "/api/v1/me/applications", &headers, call)
        .unwrap();
    // A busy machine: the same request again.
    super::house::until("an application is begun", || {
        if begun.status == 503 {
            begun = http
                .ask("POST", "/api/v1/me/applications", &headers, call)
                .unwrap();
        }
        begun.status != 503
    });
    assert_eq!(begun.status, 201, "{}", begun.text());
    let path = format!(
        "/api/v1/me/applications/{}/document",
        begun.json()["id"].as_str().unwrap()
    );
    let headers = [
        ("authorization", bearer.as_str()),
        ("if-match", "*"),
        ("content-type", "application/pdf"),
    ];
    http.ask("PUT", &path, &headers, bytes).unwrap().status
}

/// A PDF of about this size, like no other.
pub fn pdf(n: usize, size: usize) -> Vec<u8> {
    let filling = format!("% {n} ").repeat(size / 6 + 1);
    format!("%PDF-1.7\n{filling}\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n")
        .into_bytes()
}

/// Folders of one drill.
struct Places {
    backup: PathBuf,
    data: PathBuf,
}

fn places(scratch: &Scratch, drill: usize) -> Places {
    Places {
        backup: scratch.join(&format!("backup-{drill}")),
        data: scratch.join(&format!("restored-{drill}")),
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        // A hundred drills would fill a disk.
        let _ = std::fs::remove_dir_all(&self.backup);
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

#[test]
fn what_is_restored_is_what_was_there_and_sends_nothing_again() {
    let house = House::new();
    let port = free_port();
    let sink = Sink::start(Plan::default());
    let settings = mail(&sink);
    // Without a worker: the letters of the release stay queued until after the backup.
    let mut command = house.command();
    command.args(["serve", "--no-worker"]);
    let served = Served::start(command, &house.scratch.0, port, &with(&settings));
    served.wait_ready();
    let load = Load::start(&house, &[port], 12);
    load.reach(60);
    for n in 0..3 {
        assert_eq!(upload(&house, port, n, &pdf(n, 40_000)), 200);
    }
    let early = places(&house.scratch, 0);
    let before: BTreeSet<String> = load.notes();
    backup(&house, &early.backup);
    let journal = load.finish();
    let late = places(&house.scratch, 1);
    backup(&house, &late.backup);
    let there = digests(&house.super_url());
    // Now the letters go out; then the house is lost.
    served.terminate();
    let served = house.serve(port, &with(&settings));
    let queued = usize::try_from(house.count("SELECT count(*) AS n FROM letters")).unwrap();
    assert!(queued >= 12);
    super::house::until("the letters are sent", || sink.taken().len() >= queued);
    served.terminate();

    // A backup under load is one moment: all that was acknowledged before it, nothing half done.
    let said = run(&mut restore(&early.backup, &early.data));
    assert!(said.contains("The house is as it was."), "{said}");
    let restored = start(&early.data);
    let notes: BTreeSet<String> = texts(
        &restored.superuser_url(),
        "SELECT body AS t FROM application_notes",
    )
    .into_iter()
    .collect();
    assert!(before.is_subset(&notes) && notes.is_subset(&journal.notes));
    no_halves(&restored.superuser_url());
    drop(restored);

    // A quiet one is the house itself, row for row.
    run(&mut restore(&late.backup, &late.data));
    let restored = start(&late.data);
    assert_eq!(digests(&restored.superuser_url()), there);
    journal.check_notes(&restored.superuser_url());
    stays_quiet(&house, &late.data, &sink, queued, port, &settings);
    let _ = restored.stop();
}

/// The restored house serves its uploads and sends nothing until it is told to.
fn stays_quiet(
    house: &House,
    data: &Path,
    sink: &Sink,
    sent: usize,
    port: u16,
    settings: &[(&'static str, String)],
) {
    let served = Served::start(banyan(data), &house.scratch.0, port, &with(settings));
    served.wait_ready();
    assert!(served.log().contains("Letters are held since a restore"));
    // Sealed in the restored house: its worker is at work, only not on letters.
    let super_url = format!(
        "postgresql://banyan_super@/banyan?host={}",
        data.join("postgres/run").display()
    );
    run_sql(
        &super_url,
        "INSERT INTO jobs (id, kind, dedupe_key, run_at) VALUES (gen_random_uuid(), 'remind_draft', 'probe', now())",
    );
    super::house::until("the worker works", || {
        texts(
            &super_url,
            "SELECT (attempts > 0)::text AS t FROM jobs WHERE dedupe_key = 'probe'",
        ) == ["true"]
    });
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(sink.taken().len(), sent, "a letter was sent again");

    let verified = run(banyan(data).args(["audit", "verify"]));
    assert!(verified.contains("History is whole."), "{verified}");
    let refused = banyan(data)
        .args(["admin", "release-mail"])
        .output()
        .unwrap();
    assert!(
        !refused.status.success() && words(&refused).contains("--cancel-queued"),
        "{}",
        words(&refused)
    );
    run(banyan(data).args(["admin", "release-mail", "--cancel-queued"]));
    let noted = "SELECT verb AS t FROM audit_events WHERE verb LIKE 'letters.%'";
    assert_eq!(texts(&super_url, noted), ["letters.released"]);
    let verified = run(banyan(data).args(["audit", "verify"]));
    assert!(verified.contains("History is whole."), "{verified}");
    let new = "reader@example.org";
    run_sql(
        &super_url,
        &format!(
            "INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html) \
             VALUES (gen_random_uuid(), 'test', 'after the restore', {}, 'R', 'en', 'S', 'T', '<p>H</p>')",
            quoted(new)
        ),
    );
    super::house::until("a letter of after the restore is sent", || {
        sink.taken().len() > sent
    });
    let taken = sink.taken();
    assert_eq!(taken.len(), sent + 1);
    assert_eq!(taken[sent].rcpt, [new]);
    served.terminate();
}

#[test]
fn drills_restore_the_same_house_every_time() {
    let drills = scale::of(1, 100);
    let house = House::new();
    let port = free_port();
    let served = house.serve(port, &[]);
    let load = Load::start(&house, &[port], scale::of(6, 100));
    let mut bytes = 0;
    for drill in 0..drills {
        load.reach(load.acknowledged() + 30);
        assert_eq!(upload(&house, port, drill, &pdf(drill, 10_000)), 200);
        let places = places(&house.scratch, 10 + drill);
        let before = load.notes();
        backup(&house, &places.backup);
        run(&mut restore(&places.backup, &places.data));
        let restored = start(&places.data);
        let url = restored.superuser_url();
        let notes: BTreeSet<String> = texts(&url, "SELECT body AS t FROM application_notes")
            .into_iter()
            .collect();
        assert!(before.is_subset(&notes), "drill {drill}");
        no_halves(&url);
        bytes += std::fs::metadata(places.backup.join("database.dump"))
            .unwrap()
            .len();
        restored.stop().unwrap();
    }
    load.finish().check(&house);
    served.terminate();
    eprintln!(
        "{drills} of {drills} drills restored; dumps of {} KB in the mean",
        bytes / 1_000 / u64::try_from(drills).unwrap()
    );
}

#[test]
fn a_restore_refuses_what_it_must_and_then_changes_nothing() {
    let house = House::new();
    let port = free_port();
    let served = house.serve(port, &[]);
    let load = Load::start(&house, &[port], 0);
    load.reach(10);
    assert_eq!(upload(&house, port, 0, &pdf(0, 5_000)), 200);
    load.finish();
    served.terminate();
    let places = places(&house.scratch, 2);
    backup(&house, &places.backup);
    let refuses = |command: &mut Command, why: &str| {
        let out = command.output().unwrap();
        assert!(
            !out.status.success() && words(&out).contains(why),
            "{}",
            words(&out)
        );
    };
    refuses(
        house.command().arg("backup").arg(&places.backup),
        "is not empty",
    );
    refuses(&mut restore(&places.backup, &house.data), "is not empty");
    refuses(
        restore(&places.backup, &places.data)
            .env("BANYAN_SECRET", "another secret of more than 32 characters"),
        "BANYAN_SECRET is not that of the house",
    );
    refuses(
        &mut restore(&house.scratch.0, &places.data),
        "holds no backup",
    );
    let dump = places.backup.join("database.dump");
    let good = std::fs::read(&dump).unwrap();
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    std::fs::write(&dump, &bad).unwrap();
    refuses(
        &mut restore(&places.backup, &places.data),
        "the backup is damaged; missing or changed: database.dump",
    );
    assert!(!places.data.exists(), "nothing was made");
    std::fs::write(&dump, &good).unwrap();
    run(restore(&places.backup, &places.data).arg("--check"));

    // A lost upload is told, and everything else is backed up.
    let key = house.texts("SELECT storage_key AS t FROM files")[0].clone();
    std::fs::remove_file(house.data.join("files").join(&key)).unwrap();
    let lossy = super::backups::places(&house.scratch, 3);
    refuses(house.command().arg("backup").arg(&lossy.backup), &key);
    run(&mut restore(&lossy.backup, &lossy.data));

    // Somebody else's server: who may dump must be named, and is.
    let mut elsewhere = house.command();
    elsewhere.env("DATABASE_URL", house.app_url()).arg("backup");
    let own = super::backups::places(&house.scratch, 4);
    refuses(elsewhere.arg(&own.backup), "set DATABASE_BACKUP_URL");
    std::fs::write(house.data.join("files").join(&key), pdf(0, 5_000)).unwrap();
    std::fs::remove_dir(&own.backup).unwrap();
    refuses(
        elsewhere.env("DATABASE_BACKUP_URL", house.app_url()),
        "held by row-level security",
    );
    std::fs::remove_dir_all(&own.backup).unwrap();
    run(elsewhere.env("DATABASE_BACKUP_URL", house.super_url()));
    let blank = crate::support::app::Blank::new();
    let mut back = restore(&own.backup, &own.data);
    back.env("DATABASE_URL", &blank.app_url)
        .env("DATABASE_BACKUP_URL", &blank.super_url)
        .env("DATABASE_OWNER_URL", &blank.owner_url);
    run(&mut back);
    assert_eq!(digests(&blank.super_url), digests(&house.super_url()));
}
