//! History: sealed once, in one chain, and no change to it goes unseen.

use std::collections::BTreeSet;

use banyan::access::secret::Keys;
use banyan::audit::seal::{public_key, seal, seal_late, verify};
use banyan::audit::{About, Event, digest, history, note};
use banyan::db::{Actor, Task};
use banyan::ids::{PersonId, ProgrammeId};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Binary, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::app::TestApp;

const SYSTEM: Actor = Actor::System(Task::Seats);

/// Something that happened, with details that name a person.
struct Happened(usize);

impl Event for Happened {
    fn verb(&self) -> &'static str {
        ["offer.accepted", "offer.declined", "application.submitted"][self.0 % 3]
    }

    fn details(&self) -> Value {
        json!({"zeta": self.0, "name": "Chan Siu Ming 陳小明", "after": {"state": "accepted", "score": 12.5, "b": [1, null]}, "a": true})
    }

    fn confidential(&self) -> bool {
        self.0.is_multiple_of(4)
    }
}

fn write(app: &TestApp, number: usize) {
    let about = About::new("offer", Uuid::now_v7())
        .of(PersonId::new())
        .within(ProgrammeId::new());
    app.site
        .db
        .tx(&SYSTEM, |conn| note(conn, about, &Happened(number)))
        .unwrap();
}

fn superuser(app: &TestApp) -> PgConnection {
    PgConnection::establish(&app.super_url()).unwrap()
}

fn faults(app: &TestApp) -> Vec<String> {
    verify(&app.site.db, &app.site.keys, None).unwrap().faults
}

/// A house with a history of four seals.
fn with_history(events: usize) -> TestApp {
    let app = TestApp::with_database();
    for number in 0..events {
        write(&app, number);
        if number % (events / 4) == events / 4 - 1 {
            seal(&app.site.db, &app.site.keys).unwrap();
        }
    }
    app
}

#[test]
fn a_whole_history_is_found_whole() {
    let app = with_history(40);
    let found = verify(&app.site.db, &app.site.keys, None).unwrap();
    assert_eq!(
        (found.events, found.checkpoints, found.unsealed),
        (40, 4, 0)
    );
    assert_eq!(found.faults, Vec::<String>::new());
    assert_eq!(
        seal(&app.site.db, &app.site.keys).unwrap(),
        0,
        "nothing is left to seal"
    );
    write(&app, 41);
    assert_eq!(
        verify(&app.site.db, &app.site.keys, None).unwrap().unsealed,
        1
    );
}

#[test]
fn a_digest_does_not_hang_on_the_order_of_keys() {
    let one: Value = serde_json::from_str(r#"{"b": {"y": 1, "x": [2]}, "a": "é"}"#).unwrap();
    let two: Value = serde_json::from_str(r#"{"a": "\u00e9", "b": {"x": [2], "y": 1}}"#).unwrap();
    assert_eq!(digest(&one), digest(&two));
    let values = [
        json!({}),
        json!([]),
        json!(null),
        json!(""),
        json!({"a": 1}),
        json!({"a": "1"}),
        json!(["a", 1]),
        json!([["a"], 1]),
        json!({"a": {"b": 1}}),
        json!({"a": {}, "b": 1}),
        json!([[], []]),
        json!([[[]]]),
        json!({"": {}}),
        json!("{}"),
        json!("[]"),
    ];
    let digests: BTreeSet<Vec<u8>> = values.iter().map(digest).collect();
    assert_eq!(digests.len(), values.len());
}

#[test]
fn eight_writers_and_two_sealers_make_one_chain() {
    let app = TestApp::with_database();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let app = &app;
            scope.spawn(move || (0..40).for_each(|number| write(app, writer * 100 + number)));
        }
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..30 {
                    // A sealer that finds the other at work does nothing; a busy pool is no fault.
                    let _ = seal(&app.site.db, &app.site.keys);
                    std::thread::yield_now();
                }
            });
        }
    });
    while seal(&app.site.db, &app.site.keys).unwrap() > 0 {}
    let found = verify(&app.site.db, &app.site.keys, None).unwrap();
    assert_eq!((found.events, found.unsealed), (320, 0));
    assert_eq!(found.faults, Vec::<String>::new());
    let counts = texts(
        &app,
        "SELECT count(*) || ' ' || count(DISTINCT event_id) || ' ' || max(position) AS line FROM audit_chain",
    );
    assert_eq!(counts, ["320 320 320"]);
}

#[test]
fn an_event_that_commits_late_is_sealed_behind_those_that_came_after_it() {
    let app = TestApp::with_database();
    let mut late = superuser(&app);
    let insert = |verb: &str| {
        format!(
            "INSERT INTO audit_events (id, actor_kind, verb, subject_kind, subject_id, digest, request_id) VALUES \
             ('{}', 'system', '{verb}', 'offer', gen_random_uuid(), sha256(''), gen_random_uuid())",
            Uuid::now_v7()
        )
    };
    late.batch_execute(&format!("BEGIN; {}", insert("x.late")))
        .unwrap();
    superuser(&app).batch_execute(&insert("x.early")).unwrap();
    assert_eq!(seal(&app.site.db, &app.site.keys).unwrap(), 1);
    late.batch_execute("COMMIT").unwrap();
    assert_eq!(seal(&app.site.db, &app.site.keys).unwrap(), 1);
    let order = texts(
        &app,
        "SELECT verb AS line FROM audit_chain JOIN audit_events ON id = event_id ORDER BY position",
    );
    assert_eq!(order, ["x.early", "x.late"]);
    assert_eq!(faults(&app), Vec::<String>::new());
}

#[test]
fn an_event_that_commits_hours_late_is_sealed_by_the_hourly_look() {
    let app = TestApp::with_database();
    let insert = |seconds: u64| {
        let id = uuid::Builder::from_unix_timestamp_millis(seconds * 1_000, &[7; 10]).into_uuid();
        superuser(&app)
            .batch_execute(&format!(
                "INSERT INTO audit_events (id, actor_kind, verb, subject_kind, subject_id, digest, request_id) VALUES \
                 ('{id}', 'system', 'x.made', 'offer', gen_random_uuid(), sha256(''), gen_random_uuid())"
            ))
            .unwrap();
    };
    let (now, hour) = (1_800_000_000, 3_600);
    insert(now);
    assert_eq!(seal(&app.site.db, &app.site.keys).unwrap(), 1);
    insert(now - hour + 1);
    assert_eq!(seal(&app.site.db, &app.site.keys).unwrap(), 1);
    insert(now - 3 * hour);
    assert_eq!(seal(&app.site.db, &app.site.keys).unwrap(), 0);
    assert_eq!(seal_late(&app.site.db, &app.site.keys).unwrap(), 1);
    assert_eq!(seal_late(&app.site.db, &app.site.keys).unwrap(), 0);
    assert_eq!(faults(&app), Vec::<String>::new());
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn texts(app: &TestApp, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = sql_query(sql).load(&mut superuser(app)).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// What a superuser may do to history, at an event `{n}` of 40 (and another, `{m}`).
const TAMPERINGS: &[&str] = &[
    "UPDATE audit_events SET verb = verb || 'x' WHERE id = {event n}",
    "UPDATE audit_events SET occurred_at = occurred_at - interval '1 microsecond' WHERE id = {event n}",
    "UPDATE audit_events SET actor_kind = 'coordinator' WHERE id = {event n}",
    "UPDATE audit_events SET actor_id = gen_random_uuid() WHERE id = {event n}",
    "UPDATE audit_events SET task = NULL WHERE id = {event n}",
    "UPDATE audit_events SET subject_kind = 'application' WHERE id = {event n}",
    "UPDATE audit_events SET subject_id = gen_random_uuid() WHERE id = {event n}",
    "UPDATE audit_events SET person_id = NULL WHERE id = {event n}",
    "UPDATE audit_events SET organisation_id = gen_random_uuid() WHERE id = {event n}",
    "UPDATE audit_events SET programme_id = gen_random_uuid() WHERE id = {event n}",
    "UPDATE audit_events SET request_id = gen_random_uuid() WHERE id = {event n}",
    "UPDATE audit_events SET confidential = NOT confidential WHERE id = {event n}",
    "UPDATE audit_events SET digest = sha256('other') WHERE id = {event n}",
    "UPDATE audit_events SET id = gen_random_uuid() WHERE id = {event n}",
    "UPDATE audit_details SET details = details || '{\"name\": \"Nobody\"}' WHERE event_id = {event n}",
    "DELETE FROM audit_events WHERE id = {event n}",
    "DELETE FROM audit_chain WHERE position = {n}",
    "UPDATE audit_chain SET hash = sha256('other') WHERE position = {n}",
    "WITH gone AS (DELETE FROM audit_events WHERE id = {event n}) DELETE FROM audit_chain WHERE position = {n}",
    "WITH gone AS (SELECT event_id FROM audit_chain WHERE position = {n}) UPDATE audit_events SET verb = 'x.y' FROM gone WHERE id = event_id",
    // Two events change places: by chain, by content.
    "UPDATE audit_chain SET position = position + 1000 WHERE position IN ({n}, {m}); \
     UPDATE audit_chain SET position = CASE position WHEN {n} + 1000 THEN {m} ELSE {n} END WHERE position > 1000",
    "UPDATE audit_events c SET verb = 'x.' || o.subject_id, subject_id = o.subject_id FROM audit_events o WHERE c.id = {event n} AND o.id = {event m}",
    // An event slipped in, the later ones moved up.
    "UPDATE audit_chain SET position = position + 1000 WHERE position >= {n}; \
     UPDATE audit_chain SET position = position - 999 WHERE position > 1000; \
     INSERT INTO audit_events SELECT gen_random_uuid(), occurred_at, actor_kind, actor_id, task, verb, subject_kind, subject_id, \
       person_id, organisation_id, programme_id, digest, request_id, confidential FROM audit_events WHERE id = {event m}; \
     INSERT INTO audit_chain SELECT {n}, id, sha256('slipped in') FROM audit_events WHERE id NOT IN (SELECT event_id FROM audit_chain)",
    // The tail cut off, its checkpoints left.
    "DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_chain WHERE position >= {n}); \
     DELETE FROM audit_chain WHERE position >= {n}",
    "DELETE FROM audit_chain WHERE position >= {n}",
    // Checkpoints.
    "UPDATE audit_checkpoints SET hash = sha256('other') WHERE position = {checkpoint}",
    "UPDATE audit_checkpoints SET signature = decode(repeat('00', 64), 'hex') WHERE position = {checkpoint}",
    "UPDATE audit_checkpoints SET signature = '' WHERE position = {checkpoint}",
    "UPDATE audit_checkpoints SET key_id = 'not a key' WHERE position = {checkpoint}",
    "UPDATE audit_checkpoints SET position = position + 1 WHERE position = {checkpoint}",
    "DELETE FROM audit_checkpoints WHERE position = 40",
    "DELETE FROM audit_checkpoints",
];

#[test]
fn two_hundred_ways_of_tampering_are_all_seen() {
    let app = with_history(40);
    let mut conn = superuser(&app);
    let mut random = 0x5EED_u64;
    let mut below = |end: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % end
    };
    assert_eq!(faults(&app), Vec::<String>::new());
    for turn in 0..200 {
        let sql = TAMPERINGS[turn % TAMPERINGS.len()];
        let n = below(40) + 1;
        let m = (n + below(39)) % 40 + 1;
        let event =
            |n: u64| format!("(SELECT event_id FROM saved_audit_chain WHERE position = {n})");
        let sql = sql
            .replace("{event n}", &event(n))
            .replace("{event m}", &event(m))
            .replace("{n}", &n.to_string())
            .replace("{m}", &m.to_string())
            .replace("{checkpoint}", &((below(4) + 1) * 10).to_string());
        if turn == 0 {
            conn.batch_execute(SAVE).unwrap();
        }
        conn.batch_execute(&format!(
            "BEGIN; SET LOCAL session_replication_role = replica; {sql}; COMMIT"
        ))
        .unwrap_or_else(|err| panic!("{sql}: {err}"));
        let found = faults(&app);
        assert!(!found.is_empty(), "unseen: {sql}");
        conn.batch_execute(RESTORE).unwrap();
    }
    assert_eq!(faults(&app), Vec::<String>::new(), "put back as it was");
}

const SAVE: &str = "CREATE TABLE saved_audit_chain AS TABLE audit_chain; CREATE TABLE saved_audit_events AS TABLE audit_events; \
    CREATE TABLE saved_audit_details AS TABLE audit_details; CREATE TABLE saved_audit_checkpoints AS TABLE audit_checkpoints";
const RESTORE: &str = "BEGIN; SET LOCAL session_replication_role = replica; \
    DELETE FROM audit_chain; DELETE FROM audit_events; DELETE FROM audit_details; DELETE FROM audit_checkpoints; \
    INSERT INTO audit_events TABLE saved_audit_events; INSERT INTO audit_chain TABLE saved_audit_chain; \
    INSERT INTO audit_details TABLE saved_audit_details; INSERT INTO audit_checkpoints TABLE saved_audit_checkpoints; COMMIT";

/// Seals everything anew under other keys, as somebody would who has the program but not the secret.
fn restamp(app: &TestApp, keys: &Keys) {
    superuser(app)
        .batch_execute(
            "BEGIN; SET LOCAL session_replication_role = replica; UPDATE audit_events SET verb = 'offer.declined'; \
             DELETE FROM audit_chain; DELETE FROM audit_checkpoints; COMMIT",
        )
        .unwrap();
    seal(&app.site.db, keys).unwrap();
}

#[test]
fn a_chain_computed_anew_without_the_key_is_seen() {
    let other = Keys::new(
        "a secret that somebody else made up",
        "http://localhost:8080",
    );
    let app = with_history(40);
    restamp(&app, &other);
    assert_eq!(
        verify(&app.site.db, &other, None).unwrap().faults,
        Vec::<String>::new(),
        "whole in itself"
    );
    let found = faults(&app);
    assert!(
        found.iter().any(|fault| fault.contains("another key")),
        "{found:?}"
    );
    // With our key's name on it, and without any checkpoint at all.
    let ours = public_key(&app.site.keys);
    superuser(&app)
        .batch_execute(&format!("UPDATE audit_checkpoints SET key_id = '{ours}'"))
        .ok();
    let mut conn = superuser(&app);
    conn.batch_execute("SET session_replication_role = replica")
        .unwrap();
    conn.batch_execute(&format!("UPDATE audit_checkpoints SET key_id = '{ours}'"))
        .unwrap();
    let found = faults(&app);
    assert!(
        found.iter().any(|fault| fault.contains("signature")),
        "{found:?}"
    );
    conn.batch_execute("DELETE FROM audit_checkpoints").unwrap();
    let found = faults(&app);
    assert!(
        found
            .iter()
            .any(|fault| fault.contains("no checkpoint stands over events 1 to 40")),
        "{found:?}"
    );
}

#[test]
fn a_checkpoint_signed_by_another_key_is_seen() {
    let app = with_history(40);
    let mut conn = superuser(&app);
    #[derive(QueryableByName)]
    struct Last {
        #[diesel(sql_type = BigInt)]
        position: i64,
        #[diesel(sql_type = Binary)]
        hash: Vec<u8>,
    }
    let last: Last =
        sql_query("SELECT position, hash FROM audit_checkpoints ORDER BY position DESC LIMIT 1")
            .get_result(&mut conn)
            .unwrap();
    let mut text = b"banyan-checkpoint-1".to_vec();
    text.extend_from_slice(&last.position.to_be_bytes());
    text.extend_from_slice(&last.hash);
    let forged = SigningKey::from_bytes(&[7; 32]).sign(&text);
    conn.batch_execute("SET session_replication_role = replica")
        .unwrap();
    sql_query("UPDATE audit_checkpoints SET signature = $1 WHERE position = $2")
        .bind::<Binary, _>(forged.to_bytes().to_vec())
        .bind::<BigInt, _>(last.position)
        .execute(&mut conn)
        .unwrap();
    assert_eq!(
        faults(&app),
        ["the signature of the checkpoint at event 40 is false"]
    );
}

#[test]
fn only_a_checkpoint_kept_elsewhere_shows_that_the_tail_and_its_checkpoints_are_gone() {
    let app = with_history(40);
    let hash = texts(
        &app,
        "SELECT encode(hash, 'hex') AS line FROM audit_chain WHERE position = 40",
    )
    .remove(0);
    let anchored = |app: &TestApp| {
        verify(&app.site.db, &app.site.keys, Some((40, &hash)))
            .unwrap()
            .faults
    };
    assert_eq!(anchored(&app), Vec::<String>::new());
    superuser(&app)
        .batch_execute(
            "BEGIN; SET LOCAL session_replication_role = replica; \
             DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_chain WHERE position > 30); \
             DELETE FROM audit_chain WHERE position > 30; DELETE FROM audit_checkpoints WHERE position > 30; COMMIT",
        )
        .unwrap();
    assert_eq!(
        faults(&app),
        Vec::<String>::new(),
        "a shorter history is whole in itself"
    );
    assert_eq!(anchored(&app), ["the anchor counts 40 events, 30 are left"]);
    (0..10).for_each(|number| write(&app, number));
    seal(&app.site.db, &app.site.keys).unwrap();
    assert_eq!(anchored(&app), ["the anchor at event 40 differs"]);
}

#[test]
fn details_can_be_erased_and_the_chain_stands() {
    let app = with_history(40);
    superuser(&app)
        .batch_execute("DELETE FROM audit_details")
        .unwrap();
    assert_eq!(faults(&app), Vec::<String>::new());
    let named = texts(
        &app,
        "SELECT e::text AS line FROM audit_events e WHERE e::text LIKE '%Chan%'",
    );
    assert_eq!(
        named,
        Vec::<String>::new(),
        "no person is named in the chain"
    );
}

#[test]
fn history_is_written_with_the_change_or_not_at_all() {
    let app = TestApp::with_database();
    let failed: banyan::error::Result<()> = app.site.db.tx(&SYSTEM, |conn| {
        note(conn, About::new("offer", Uuid::now_v7()), &Happened(1))?;
        Err(banyan::error::Error::NotFound)
    });
    assert!(failed.is_err());
    let events = sql_query("SELECT id FROM audit_events").load::<EventRow>(&mut superuser(&app));
    assert_eq!(events.unwrap().len(), 0);
}

#[derive(QueryableByName)]
struct EventRow {
    #[diesel(sql_type = SqlUuid)]
    #[expect(dead_code, reason = "only counted")]
    id: Uuid,
}

#[test]
fn a_history_is_read_by_when_things_happened_not_by_when_they_were_written() {
    let mut app = TestApp::with_database();
    let subject = Uuid::now_v7();
    for (at, number) in [
        ("2027-03-03T00:00:00Z", 3),
        ("2027-03-01T00:00:00Z", 1),
        ("2027-03-02T00:00:00Z", 2),
    ] {
        app.site.db = app.site.db.as_of(at.parse().unwrap());
        let about = About::new("offer", subject).of(PersonId::new());
        app.site
            .db
            .tx(&SYSTEM, |conn| note(conn, about, &Happened(number)))
            .unwrap();
    }
    let sealing = Actor::System(Task::SealAudit);
    let read = app.site.db.read(&sealing, |conn| history(conn, subject));
    let verbs: Vec<String> = read.unwrap().into_iter().map(|it| it.verb).collect();
    assert_eq!(
        verbs,
        ["offer.accepted", "application.submitted", "offer.declined"]
    );
}
