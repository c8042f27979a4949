//! Promise 22: upgrades cost nothing: a rolling restart under load, migrations that hold nobody up,
//! a binary that refuses an older schema.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;

use super::house::{House, Served, connect, free_port, run, run_sql, words};
use super::load::Load;
use crate::support::scale;

/// A step that only adds, as the next version would bring it, with the owner's limits.
fn add_a_column(house: &House, n: usize) {
    let mut owner = connect(&house.app.owner_url);
    let limit = "SET lock_timeout = '2s'";
    let step = format!(
        "ALTER TABLE people ADD COLUMN next_{n} text; ALTER TABLE applications ADD COLUMN next_{n} text"
    );
    // Who does not get the lock tries again, as an operator does.
    for _ in 0..20 {
        owner.batch_execute(limit).unwrap();
        if owner
            .batch_execute(&format!("BEGIN; {step}; COMMIT"))
            .is_ok()
        {
            return;
        }
        let _ = owner.batch_execute("ROLLBACK");
    }
    panic!("the step never got its lock");
}

/// Says stop when it is dropped.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_rolling_restart_under_load_fails_no_request() {
    let rolls = scale::of(2, 100);
    let house = House::new();
    let ports = [free_port(), free_port()];
    let start = |port: u16| house.serve(port, &[("BANYAN_DRAIN_SECONDS", "1")]);
    let mut served = ports.map(|port| Some(start(port)));
    let load = Load::start(&house, &ports, scale::of(12, 400));
    let stop = AtomicBool::new(false);
    let mut slowest = Duration::ZERO;
    std::thread::scope(|scope| {
        // However this ends, the balancer ends with it.
        let _ended = Ended(&stop);
        // The balancer: looks at each server's readiness, and leads nobody to one that is not ready.
        for (at, port) in ports.into_iter().enumerate() {
            let (load, stop) = (&load, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    if Served::is_ready(port) {
                        load.with(at, port);
                    } else {
                        load.without(at);
                    }
                    std::thread::sleep(Duration::from_millis(50));
                }
            });
        }
        for roll in 0..rolls {
            load.reach(load.acknowledged() + 30);
            let begun = Instant::now();
            run(house.command().arg("migrate"));
            add_a_column(&house, roll);
            slowest = slowest.max(begun.elapsed());
            for (at, port) in ports.into_iter().enumerate() {
                load.reach(load.acknowledged() + 10);
                served[at].take().unwrap().terminate();
                served[at] = Some(start(port));
                // Its turn again, before the other one goes.
                while !load.has(at) {
                    std::thread::sleep(Duration::from_millis(10));
                }
            }
        }
        load.reach(load.acknowledged() + 30);
    });
    let journal = load.finish();
    for server in served.into_iter().flatten() {
        server.terminate();
    }
    journal.check(&house);
    eprintln!(
        "{rolls} rolls of two servers, each with a migration ({slowest:?} at most): {}",
        journal.summary()
    );
    let answered: usize = journal.statuses.values().sum();
    let well: usize = journal.statuses.range(200..400).map(|(_, n)| n).sum();
    assert_eq!(
        (answered - well, journal.cut, journal.refused),
        (0, 0, 0),
        "{}",
        journal.summary()
    );
}

#[test]
fn a_migration_that_waits_for_a_lock_gives_up_soon() {
    let house = House::new();
    // Something to mend: a migration that changes nothing takes no lock at all.
    run_sql(
        &house.super_url(),
        "REVOKE SELECT ON letters FROM banyan_app",
    );
    let mut reader = connect(&house.super_url());
    reader
        .batch_execute("BEGIN; SELECT count(*) FROM applications")
        .unwrap();
    // Behind a waiting migration everybody would wait: it must give up long before the reader ends.
    let (tell, told) = std::sync::mpsc::channel();
    let reading = std::thread::spawn(move || {
        let given_up = told.recv_timeout(Duration::from_secs(45)).is_ok();
        reader.batch_execute("COMMIT").unwrap();
        given_up
    });
    let out = house.command().arg("migrate").output().unwrap();
    let _ = tell.send(());
    assert!(
        reading.join().unwrap(),
        "it has waited for the reader's end"
    );
    assert!(!out.status.success());
    assert!(words(&out).contains("lock timeout"), "{}", words(&out));
    run(house.command().arg("migrate"));
    let mended = "SELECT has_table_privilege('banyan_app', 'letters', 'SELECT')::text AS t";
    assert_eq!(house.texts(mended), ["true"]);
}

#[test]
fn a_migration_that_changes_nothing_waits_for_nobody() {
    let house = House::new();
    let mut reader = connect(&house.super_url());
    reader
        .batch_execute("BEGIN; SELECT count(*) FROM applications")
        .unwrap();
    run(house.command().arg("migrate"));
    reader.batch_execute("COMMIT").unwrap();
}

#[test]
fn a_binary_serves_no_older_schema() {
    let house = House::new();
    run_sql(
        &house.super_url(),
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
    );
    let port = free_port().to_string();
    for command in ["serve", "work"] {
        let out = house
            .command()
            .arg(command)
            .env("BANYAN_LISTEN", format!("127.0.0.1:{port}"))
            .output()
            .unwrap();
        assert!(!out.status.success());
        assert!(
            words(&out).contains("run `banyan migrate` first"),
            "{}",
            words(&out)
        );
    }
}
