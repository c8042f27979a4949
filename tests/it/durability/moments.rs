//! Promise 21, to the second: a base backup and the log, replayed to a chosen moment.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;

use super::backups::{pdf, upload};
use super::checks::no_halves;
use super::house::{House, Served, banyan, free_port, run, run_sql, start, texts};
use super::load::Load;
use crate::support::scale;
use banyan::db::private::{candidates, choose};

/// Gives a folder and all below it to the user that runs the server.
fn give(folder: &Path, to: &Path) {
    let owner = std::fs::metadata(to).unwrap();
    let mut all = vec![folder.to_owned()];
    while let Some(path) = all.pop() {
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
        if path.is_dir() {
            all.extend(
                std::fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        }
    }
}

fn now(house: &House) -> String {
    house.texts("SELECT clock_timestamp()::text AS t").remove(0)
}

#[test]
fn a_base_backup_and_the_log_restore_a_chosen_moment() {
    let mut house = House::new();
    let cluster = house.data.join("postgres/data");
    let archive = house.scratch.join("archive");
    std::fs::create_dir(&archive).unwrap();
    give(&archive, &cluster);
    // As an operator does it: settings that outlive ours.
    run_sql(&house.super_url(), "ALTER SYSTEM SET archive_mode = 'on'");
    let command = format!("test ! -f {0}/%f && cp %p {0}/%f", archive.display());
    run_sql(
        &house.super_url(),
        &format!("ALTER SYSTEM SET archive_command = '{command}'"),
    );
    house.stop_database();
    house.start_database();
    let port = free_port();
    let served = house.serve(port, &[]);
    let programs = choose(&candidates(), None).unwrap().bin;
    let base = house.scratch.join("base");
    run(Command::new(programs.join("pg_basebackup"))
        .args(["--checkpoint=fast", "--username=banyan_super", "--host"])
        .arg(house.data.join("postgres/run"))
        .arg("--pgdata")
        .arg(&base));
    let load = Load::start(&house, &[port], 6);
    load.reach(40);
    assert_eq!(upload(&house, port, 0, &pdf(0, 9_000)), 200);
    // Moments at which nobody was at work: exactly the notes of the journal must be there.
    let mut moments = Vec::new();
    for _ in 0..scale::of(2, 20) {
        load.reach(load.acknowledged() + 30);
        let before = load.notes();
        moments.push((now(&house), before, load.quiet(|| now(&house))));
    }
    load.finish();
    served.terminate();
    run_sql(&house.super_url(), "SELECT pg_switch_wal()");
    super::house::until("the last of the log is archived", || {
        house.texts("SELECT (last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1))::text AS t FROM pg_stat_archiver") == ["true"]
    });
    for (n, (at_least, before, (exact, notes))) in moments.iter().enumerate() {
        let some = restore_to(&house, &base, &archive, &format!("a{n}"), at_least);
        assert!(
            before.is_subset(&some),
            "everything acknowledged before the moment"
        );
        let all = restore_to(&house, &base, &archive, &format!("b{n}"), exact);
        assert_eq!(
            &all, notes,
            "everything before the moment and nothing after it"
        );
    }
    eprintln!("{} moments restored", 2 * moments.len());
}

/// Replays to this moment, boots the house there, and returns its notes.
fn restore_to(
    house: &House,
    base: &Path,
    archive: &Path,
    name: &str,
    moment: &str,
) -> std::collections::BTreeSet<String> {
    let data = house.scratch.join(name);
    let cluster = data.join("postgres/data");
    std::fs::create_dir_all(data.join("postgres")).unwrap();
    std::fs::set_permissions(&data, std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    run(Command::new("cp").arg("-a").arg(base).arg(&cluster));
    run(Command::new("cp")
        .arg("-a")
        .arg(house.data.join("files"))
        .arg(data.join("files")));
    let settings = cluster.join("postgresql.auto.conf");
    let mut text = std::fs::read_to_string(&settings).unwrap();
    text.push_str(&format!(
        "archive_mode = off\nrestore_command = 'cp {}/%f %p'\nrecovery_target_time = '{moment}'\n\
         recovery_target_action = 'promote'\nhot_standby = off\n",
        archive.display()
    ));
    std::fs::write(&settings, text).unwrap();
    std::fs::write(cluster.join("recovery.signal"), "").unwrap();
    give(&data.join("postgres"), &house.data.join("postgres/data"));
    run(banyan(&data).args(["admin", "hold-mail"]));
    let restored = start(&data);
    let url = restored.superuser_url();
    no_halves(&url);
    run_sql(
        &url,
        "INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html) \
         VALUES (gen_random_uuid(), 'test', 'waits', 'r@example.org', 'R', 'en', 'S', 'T', '<p>H</p>')",
    );
    let mailed = texts(&url, "SELECT letter_id::text AS t FROM mailbox ORDER BY 1");
    let port = free_port();
    let served = Served::start(banyan(&data), &house.scratch.0, port, &[]);
    served.wait_ready();
    let verified = run(banyan(&data).args(["audit", "verify"]));
    assert!(verified.contains("History is whole."), "{verified}");
    assert_eq!(
        texts(
            &url,
            "SELECT (letters_held_at IS NOT NULL)::text AS t FROM house"
        ),
        ["true"]
    );
    let after = texts(&url, "SELECT letter_id::text AS t FROM mailbox ORDER BY 1");
    assert_eq!(after, mailed, "no letter has left");
    served.terminate();
    let notes = texts(&url, "SELECT body AS t FROM application_notes")
        .into_iter()
        .collect();
    restored.stop().unwrap();
    let _ = std::fs::remove_dir_all(&data);
    notes
}
