//! The outbox: what is committed is delivered, what is not is not.

use std::collections::BTreeSet;

use banyan::db::{Actor, Task};
use banyan::error::{Error, Result};
use banyan::jobs::lease;
use banyan::lang::Lang;
use banyan::mail::outbox::{Courier, LETTERS, Occasion, Recipient, put};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use super::Sample;
use crate::support::app::TestApp;
use crate::support::smtp_sink::{Act, Plan, Sink};

const DELIVERY: Actor = Actor::System(Task::DeliverMail);

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Nullable<Text>)]
    last_error: Option<String>,
    #[diesel(sql_type = Text)]
    whole: String,
}

fn rows(app: &TestApp) -> Vec<Row> {
    let all = app.site.db.read(&DELIVERY, |conn| {
        Ok(sql_query("SELECT state, attempts, last_error, l::text AS whole FROM letters l ORDER BY dedupe_key").load(conn.pg())?)
    });
    all.unwrap()
}

pub fn states(app: &TestApp) -> Vec<String> {
    rows(app).into_iter().map(|row| row.state).collect()
}

fn recipient(number: usize) -> Recipient {
    Recipient {
        person: None,
        address: format!("reader-{number}@example.org"),
        name: "Chan Siu Ming".to_owned(),
        lang: if number.is_multiple_of(2) {
            Lang::En
        } else {
            Lang::Zh
        },
    }
}

pub fn write(app: &TestApp, number: usize) -> Result<()> {
    app.site.db.tx(&Actor::System(Task::Seats), |conn| {
        put(
            conn,
            &recipient(number),
            &Sample::new("Chan Siu Ming"),
            &Occasion::default(),
            &format!("{number:05}"),
        )
    })
}

pub fn write_and_fail(app: &TestApp, number: usize) {
    let failed: Result<()> = app.site.db.tx(&Actor::System(Task::Seats), |conn| {
        put(
            conn,
            &recipient(number),
            &Sample::new("Nobody"),
            &Occasion::default(),
            &format!("{number:05}"),
        )?;
        Err(Error::NotFound)
    });
    assert!(failed.is_err());
}

pub fn settings(sink: &Sink) -> Vec<(&'static str, String)> {
    settings_at(sink.port)
}

/// The mail server at this port of loopback.
pub fn settings_at(port: u16) -> Vec<(&'static str, String)> {
    vec![
        ("BANYAN_SMTP_HOST", "127.0.0.1".to_owned()),
        ("BANYAN_SMTP_PORT", port.to_string()),
        ("BANYAN_SMTP_TLS", "none".to_owned()),
    ]
}

fn house(sink: &Sink) -> TestApp {
    let settings = settings(sink);
    let settings: Vec<(&str, &str)> = settings.iter().map(|(n, v)| (*n, v.as_str())).collect();
    TestApp::with_settings(&settings)
}

pub fn courier(app: &TestApp) -> Courier {
    Courier::new(app.site.db.clone(), app.site.keys.clone(), &app.site.config).unwrap()
}

/// A courier of a house without a mail server of its own, to this sink.
pub fn courier_to(app: &TestApp, sink: &Sink) -> Courier {
    let settings = settings(sink).into_iter();
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    let config = banyan::config::Config::from_pairs(settings.collect()).unwrap();
    Courier::new(app.site.db.clone(), app.site.keys.clone(), &config).unwrap()
}

/// Changes what no one in the house may. The last statement of a worker that was killed may still run
/// and hold rows in another order: who loses that race goes again.
pub fn as_superuser(app: &TestApp, sql: &str) {
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    for _ in 0..10 {
        match conn.batch_execute(sql) {
            Err(err) if err.to_string().contains("deadlock detected") => {}
            done => return done.unwrap(),
        }
    }
    panic!("a deadlock again and again");
}

/// As if hours had passed: leases run out, pauses end.
pub fn hours_pass(app: &TestApp) {
    as_superuser(
        app,
        "UPDATE letters SET lease_until = lease_until - interval '2 hours', run_at = run_at - interval '2 hours' \
         WHERE state = 'queued'",
    );
}

/// Counts, as those who deliver see it.
pub fn number(app: &TestApp, sql: &str) -> i64 {
    let counted = app.site.db.read(&DELIVERY, |conn| {
        Ok(sql_query(sql).get_result::<Count>(conn.pg())?.n)
    });
    counted.unwrap()
}

/// Many letters at once, to `{to}-1@example.org` and on.
pub fn write_many(app: &TestApp, to: &str, letters: usize) {
    as_superuser(
        app,
        &format!(
            "INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html) \
             SELECT gen_random_uuid(), 'many', '{to}/' || n, '{to}-' || n || '@example.org', 'Wing CHEUNG', 'en', \
               'One of many', repeat('Words of a letter.' || chr(10), 20), '<p>Words of a letter.</p>' \
             FROM generate_series(1, {letters}) n; ANALYZE letters"
        ),
    );
}

/// Letters under a claim.
pub fn claimed(app: &TestApp) -> i64 {
    let leased = app.site.db.read(&DELIVERY, |conn| {
        let sql =
            "SELECT count(*) AS n FROM letters WHERE lease_until IS NOT NULL AND state = 'queued'";
        Ok(sql_query(sql).get_result::<Count>(conn.pg())?.n)
    });
    leased.unwrap()
}

#[test]
fn what_is_committed_is_delivered_once_and_what_is_not_is_not() {
    let sink = Sink::start(Plan::default());
    let app = house(&sink);
    write(&app, 1).unwrap();
    write(&app, 1).unwrap();
    write_and_fail(&app, 2);
    write(&app, 3).unwrap();
    let mut courier = courier(&app);
    assert_eq!(courier.deliver_due().unwrap(), 2);
    assert_eq!(courier.deliver_due().unwrap(), 0);
    assert_eq!(states(&app), ["sent", "sent"]);
    let to: Vec<String> = sink
        .taken()
        .into_iter()
        .flat_map(|taken| taken.rcpt)
        .collect();
    assert_eq!(to, ["reader-1@example.org", "reader-3@example.org"]);
}

#[test]
fn the_secret_of_a_link_is_made_when_the_letter_leaves() {
    let sink = Sink::start(Plan::default());
    let app = house(&sink);
    write(&app, 2).unwrap();
    let resting = rows(&app).remove(0).whole;
    assert!(resting.contains("private:offer:") && !resting.contains("/link/offer/"));
    courier(&app).deliver_due().unwrap();
    let sent = String::from_utf8(sink.taken().remove(0).raw)
        .unwrap()
        .replace("=\r\n", "");
    let token = sent.split("/link/offer/").nth(1).expect("a link");
    let token: String = token
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
        .collect();
    assert_eq!(
        app.site.keys.read_link("offer", &token).unwrap(),
        Sample::new("").link
    );
    let secret = token.rsplit('.').next().unwrap();
    assert!(secret.len() > 40);
    let dump = rows(&app).remove(0).whole;
    assert!(!dump.contains(secret) && !dump.contains("/link/offer/"));
}

#[test]
fn letters_are_held_until_an_operator_lets_them_go() {
    let sink = Sink::start(Plan::default());
    let app = house(&sink);
    write(&app, 1).unwrap();
    app.as_owner("UPDATE house SET letters_held_at = clock_timestamp()");
    let mut courier = courier(&app);
    assert_eq!(courier.deliver_due().unwrap(), 0);
    assert_eq!((sink.taken().len(), rows(&app)[0].attempts), (0, 0));
    app.as_owner("UPDATE house SET letters_held_at = NULL");
    assert_eq!(courier.deliver_due().unwrap(), 1);
    assert_eq!(sink.taken().len(), 1);
}

#[test]
fn a_refusal_for_good_lays_one_letter_aside_and_the_others_go_on() {
    for act in [
        Act::RefuseRecipient(550),
        Act::RefuseSender(553),
        Act::RefuseContent(554),
    ] {
        let sink = Sink::start(Plan {
            acts: vec![act],
            ..Plan::default()
        });
        let app = house(&sink);
        write(&app, 1).unwrap();
        write(&app, 2).unwrap();
        courier(&app).deliver_due().unwrap();
        let rows = rows(&app);
        assert_eq!(
            (rows[0].state.as_str(), rows[1].state.as_str()),
            ("dead", "sent"),
            "{act:?}"
        );
        let reason = rows[0].last_error.clone().unwrap();
        assert!(
            reason.starts_with("refused: 55") && !reason.contains('@'),
            "{reason}"
        );
        hours_pass(&app);
        assert_eq!(courier(&app).deliver_due().unwrap(), 0, "dead letters rest");
    }
}

#[test]
fn a_refusal_for_now_is_tried_again_later_under_the_same_name() {
    for act in [
        Act::RefuseContent(451),
        Act::RefuseRecipient(450),
        Act::CutBeforeReply,
        Act::CutAtData,
    ] {
        let sink = Sink::start(Plan {
            acts: vec![act],
            ..Plan::default()
        });
        let app = house(&sink);
        write(&app, 1).unwrap();
        let mut courier = courier(&app);
        courier.deliver_due().unwrap();
        assert_eq!(
            (states(&app), rows(&app)[0].attempts),
            (vec!["queued".to_owned()], 1),
            "{act:?}"
        );
        assert!(rows(&app)[0].last_error.is_some());
        assert_eq!(courier.deliver_due().unwrap(), 0, "not at once");
        hours_pass(&app);
        courier.deliver_due().unwrap();
        assert_eq!(
            (states(&app), rows(&app)[0].attempts),
            (vec!["sent".to_owned()], 2),
            "{act:?}"
        );
        assert!(rows(&app)[0].last_error.is_none());
        let names: BTreeSet<String> = sink
            .taken()
            .iter()
            .map(|taken| taken.message_id())
            .collect();
        assert_eq!(names.len(), 1, "{act:?}");
    }
}

#[test]
fn a_server_in_trouble_costs_the_waiting_letters_no_attempt() {
    let sink = Sink::start(Plan {
        acts: vec![Act::RefuseSender(421)],
        ..Plan::default()
    });
    let app = house(&sink);
    (1..=3).for_each(|number| write(&app, number).unwrap());
    let mut courier = courier(&app);
    assert_eq!(courier.deliver_due().unwrap(), 0, "the worker pauses");
    let attempts: Vec<i32> = rows(&app).iter().map(|row| row.attempts).collect();
    assert_eq!(
        (states(&app), attempts),
        (vec!["queued".to_owned(); 3], vec![1, 0, 0])
    );
    hours_pass(&app);
    assert_eq!(courier.deliver_due().unwrap(), 3);
    assert_eq!(sink.taken().len(), 3);
}

#[test]
fn a_letter_that_is_never_taken_ends_among_the_dead_with_its_reason() {
    let sink = Sink::start(Plan {
        acts: vec![Act::RefuseContent(451); 20],
        ..Plan::default()
    });
    let app = house(&sink);
    write(&app, 1).unwrap();
    let mut courier = courier(&app);
    for _ in 0..20 {
        courier.deliver_due().unwrap();
        hours_pass(&app);
    }
    let row = rows(&app).remove(0);
    assert_eq!((row.state.as_str(), row.attempts), ("dead", 15));
    assert!(row.last_error.unwrap().starts_with("refused: 451"));
}

#[test]
fn couriers_that_are_killed_cost_a_letter_no_try() {
    let sink = Sink::start(Plan {
        acts: vec![Act::RefuseContent(451)],
        ..Plan::default()
    });
    let app = house(&sink);
    write(&app, 1).unwrap();
    for _ in 0..20 {
        let lost = app.site.db.tx(&DELIVERY, |conn| {
            lease::claim(conn, LETTERS, 1, std::time::Duration::from_secs(30))
        });
        assert_eq!(lost.unwrap()[0].attempts, 1);
        hours_pass(&app);
    }
    courier(&app).deliver_due().unwrap();
    assert_eq!(
        (states(&app), rows(&app)[0].attempts),
        (vec!["queued".to_owned()], 1)
    );
}

#[test]
fn a_courier_that_lost_its_claim_does_not_undo_what_another_did() {
    let app = TestApp::with_database();
    write(&app, 1).unwrap();
    let lost = app.site.db.tx(&DELIVERY, |conn| {
        lease::claim(conn, LETTERS, 1, std::time::Duration::from_secs(30))
    });
    let lost = lost.unwrap().remove(0);
    hours_pass(&app);
    assert_eq!(courier(&app).deliver_due().unwrap(), 1);
    let late = app.site.db.tx(&DELIVERY, |conn| {
        Ok([
            lease::bury(conn, LETTERS, &lost, "late")?,
            lease::retry(conn, LETTERS, &lost, std::time::Duration::ZERO, "late")?,
            lease::wait(conn, LETTERS, &lost, "late")?,
            lease::give_back(conn, LETTERS, std::slice::from_ref(&lost))? > 0,
        ])
    });
    assert_eq!(late.unwrap(), [false; 4]);
    assert_eq!(states(&app), ["sent"]);
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[test]
fn without_a_mail_server_letters_land_in_the_local_mailbox() {
    let app = TestApp::with_database();
    (1..=130).for_each(|number| write(&app, number).unwrap());
    let mut courier = courier(&app);
    assert_eq!(courier.deliver_due().unwrap(), 100, "a batch");
    assert_eq!(courier.deliver_due().unwrap(), 30);
    let landed = app.site.db.read(&Actor::System(Task::Mailbox), |conn| {
        let sql = "SELECT count(*) AS n FROM mailbox WHERE body_text LIKE '%/link/offer/%' AND body_html LIKE '%/link/offer/%'";
        Ok(sql_query(sql).get_result::<Count>(conn.pg())?.n)
    });
    assert_eq!(landed.unwrap(), 130);
    assert!(states(&app).iter().all(|state| state == "sent"));
}

#[test]
fn couriers_side_by_side_deliver_each_letter_once() {
    let sink = Sink::start(Plan::default());
    let app = house(&sink);
    (0..200).for_each(|number| write(&app, number).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut courier = courier(&app);
                while courier.deliver_due().unwrap() > 0 {}
            });
        }
    });
    let copies = sink.copies();
    assert_eq!(copies.len(), 200);
    assert!(copies.values().all(|copies| *copies == 1));
}
