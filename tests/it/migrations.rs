//! The schema's steps: there and back, more than once, and nobody but the owner.

use std::process::Command;

use banyan::db::migrations;
use banyan::db::private::{candidates, choose};
use diesel::RunQueryDsl as _;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_query;

use crate::support::app::{Blank, TestApp};

/// The whole schema, rights and policies included, as `pg_dump` writes it.
fn dump(url: &str) -> String {
    let programs = choose(&candidates(), None).unwrap();
    let output = Command::new(programs.bin.join("pg_dump"))
        .args(["--schema-only", "--dbname", url])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pg_dump: {said}");
    let text = String::from_utf8(output.stdout).unwrap();
    // These two lines carry a random word.
    let same = |line: &&str| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict");
    text.lines().filter(same).collect::<Vec<_>>().join("\n")
}

fn assert_same(before: &str, after: &str, what: &str) {
    let differs = before.lines().zip(after.lines()).find(|(a, b)| a != b);
    assert_eq!(differs, None, "{what}");
    assert_eq!(before.len(), after.len(), "{what}");
}

#[test]
fn every_step_can_be_undone_without_a_trace() {
    let blank = Blank::new();
    let mut owner = PgConnection::establish(&blank.owner_url).unwrap();
    // Diesel's own table comes with the first step and stays; functions stand before every step.
    migrations::run_next(&mut owner).unwrap();
    migrations::revert_last(&mut owner).unwrap();
    for step in migrations::known() {
        let before = dump(&blank.super_url);
        assert_eq!(migrations::run_next(&mut owner).unwrap(), step);
        let between = dump(&blank.super_url);
        assert_ne!(before, between, "{step} does something");
        assert_eq!(migrations::revert_last(&mut owner).unwrap(), step);
        assert_same(&before, &dump(&blank.super_url), &format!("{step} undone"));
        migrations::run_next(&mut owner).unwrap();
        assert_same(&between, &dump(&blank.super_url), &format!("{step} again"));
    }
}

#[test]
fn the_finished_schema_can_be_taken_down_step_by_step() {
    let app = TestApp::with_database();
    let mut owner = PgConnection::establish(&app.owner_url).unwrap();
    let whole = dump(&app.super_url());
    for step in migrations::known().iter().rev() {
        assert_eq!(migrations::revert_last(&mut owner).unwrap(), *step);
    }
    assert_eq!(
        migrations::missing(&mut owner).unwrap(),
        migrations::known()
    );
    let left = dump(&app.super_url());
    assert!(!left.contains("CREATE POLICY") && !left.contains("CREATE TRIGGER"));
    assert_eq!(
        left.matches("CREATE TABLE").count(),
        1,
        "only the list of steps is left"
    );
    assert_eq!(
        migrations::migrate(&mut owner).unwrap(),
        migrations::known()
    );
    assert_same(
        &whole,
        &dump(&app.super_url()),
        "taken down and put up again",
    );
}

#[test]
fn migrating_again_changes_nothing() {
    let app = TestApp::with_database();
    let mut owner = PgConnection::establish(&app.owner_url).unwrap();
    let before = dump(&app.super_url());
    assert_eq!(
        migrations::migrate(&mut owner).unwrap(),
        Vec::<String>::new()
    );
    assert_same(&before, &dump(&app.super_url()), "migrated twice");
    migrations::apply_policies(&mut owner).unwrap();
    assert_same(&before, &dump(&app.super_url()), "policies applied twice");
    assert!(before.contains("FORCE ROW LEVEL SECURITY") && before.contains("CREATE POLICY"));
}

#[test]
fn what_is_missing_is_named() {
    let blank = Blank::new();
    let mut owner = PgConnection::establish(&blank.owner_url).unwrap();
    let known = migrations::known();
    assert!(known.len() > 5 && known.is_sorted());
    assert_eq!(migrations::missing(&mut owner).unwrap(), known);
    migrations::run_next(&mut owner).unwrap();
    assert_eq!(migrations::missing(&mut owner).unwrap(), known[1..]);
    assert_eq!(migrations::migrate(&mut owner).unwrap(), known[1..]);
    assert_eq!(
        migrations::missing(&mut owner).unwrap(),
        Vec::<String>::new()
    );
    let mut app = PgConnection::establish(&blank.app_url).unwrap();
    assert_eq!(
        migrations::missing(&mut app).unwrap(),
        Vec::<String>::new(),
        "the app may ask too"
    );
}

#[test]
fn several_processes_may_migrate_at_once() {
    let blank = Blank::new();
    let applied: Vec<usize> = std::thread::scope(|scope| {
        let one = || {
            let mut owner = PgConnection::establish(&blank.owner_url).unwrap();
            migrations::migrate(&mut owner).unwrap().len()
        };
        let all: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(applied.iter().sum::<usize>(), migrations::known().len());
}

#[test]
fn the_app_can_change_no_schema_and_take_no_rights() {
    let app = TestApp::with_database();
    let mut conn = PgConnection::establish(&app.app_url()).unwrap();
    let statements = [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION banyan_kind() RETURNS text LANGUAGE sql AS 'SELECT ''task:set_up'''",
        "CREATE VIEW mine AS SELECT 1",
        "CREATE EXTENSION dblink",
        "ALTER TABLE people ADD COLUMN mine int",
        "ALTER TABLE people DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE people NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE audit_events DISABLE TRIGGER ALL",
        "CREATE POLICY mine ON people USING (true)",
        "DROP POLICY own_s ON people",
        "CREATE INDEX mine ON people (email)",
        "DROP TABLE people",
        "TRUNCATE people",
        "TRUNCATE audit_events CASCADE",
        "GRANT banyan_owner TO banyan_app",
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')",
        "DELETE FROM __diesel_schema_migrations",
        "UPDATE house SET mark = 'test'",
        "SET ROLE banyan_owner",
        "SET SESSION AUTHORIZATION banyan_owner",
        "SET session_replication_role = replica",
        "ALTER ROLE banyan_app BYPASSRLS",
        "ALTER ROLE banyan_app SUPERUSER",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "COPY people TO PROGRAM 'cat'",
        "COPY people FROM '/etc/hostname'",
        "SELECT pg_read_file('/etc/hostname')",
        "SELECT lo_import('/etc/hostname')",
    ];
    for statement in statements {
        let done = sql_query(statement).execute(&mut conn);
        let err = done.map_err(|err| err.to_string()).expect_err(statement);
        let known = [
            "permission denied",
            "must be owner",
            "must be superuser",
            "must have admin option",
        ];
        assert!(
            known.iter().any(|it| err.contains(it)),
            "{statement}: {err}"
        );
    }
    // What it may: row security cannot be left by asking, only made to complain.
    conn.batch_execute("SET row_security = off").unwrap();
    let err = sql_query("SELECT 1 FROM people")
        .execute(&mut conn)
        .unwrap_err();
    assert!(err.to_string().contains("row-level security"), "{err}");
}

#[test]
fn history_cannot_be_changed_even_by_the_owner() {
    let app = TestApp::with_database();
    app.as_owner("ALTER TABLE audit_events NO FORCE ROW LEVEL SECURITY");
    let mut owner = PgConnection::establish(&app.owner_url).unwrap();
    sql_query(
        "INSERT INTO audit_events (id, actor_kind, verb, subject_kind, subject_id, digest, request_id) \
         VALUES (gen_random_uuid(), 'system', 'x.y', 'x', gen_random_uuid(), '', gen_random_uuid())",
    )
    .execute(&mut owner)
    .unwrap();
    for statement in [
        "UPDATE audit_events SET verb = 'x.z'",
        "DELETE FROM audit_events",
    ] {
        let err = sql_query(statement)
            .execute(&mut owner)
            .unwrap_err()
            .to_string();
        assert!(
            err.contains("never changed or removed"),
            "{statement}: {err}"
        );
    }
}
