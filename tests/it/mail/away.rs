//! A mail server that is away for long: nothing dies of it, nobody else waits for it, and all goes out
//! when it is back. And the way back for what did die.

use std::net::TcpListener;

use banyan::db::{Actor, Db, Task};
use banyan::error::Result;
use banyan::jobs::{Runner, later, run_due};
use serde_json::Value;
use uuid::Uuid;

use super::outbox::{
    as_superuser, courier, hours_pass, number, settings_at, states, write, write_many,
};
use crate::support::app::TestApp;
use crate::support::process::{Process, output};
use crate::support::scale;
use crate::support::smtp_sink::{Plan, Sink};

fn fine(_: &Db, _: Option<Uuid>, _: &Value) -> Result<()> {
    Ok(())
}

const RUNNERS: &[(&str, Runner)] = &[("fine", fine)];

fn house(port: u16) -> TestApp {
    let settings = settings_at(port);
    let settings: Vec<(&str, &str)> = settings.iter().map(|(n, v)| (*n, v.as_str())).collect();
    TestApp::with_settings(&settings)
}

#[test]
fn a_server_that_is_away_for_days_kills_no_letter_and_hinders_no_job() {
    let letters = scale::of(200, 5_000);
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let app = house(port);
    write_many(&app, "reader", letters);
    let mut away = courier(&app);
    for look in 0..40 {
        assert_eq!(away.deliver_due().unwrap(), 0, "the courier pauses");
        hours_pass(&app);
        let system = Actor::System(Task::RunJobs);
        let put = app.site.db.tx(&system, |conn| {
            let now = banyan::db::now(conn)?;
            later(conn, "fine", None, &format!("{look}"), now)
        });
        put.unwrap();
        assert_eq!(run_due(&app.site.db, RUNNERS, 20).unwrap(), 1);
    }
    let untried = "SELECT count(*) AS n FROM letters WHERE state = 'queued' AND attempts = 0 AND lease_until IS NULL";
    assert_eq!(number(&app, untried), i64::try_from(letters).unwrap());
    let told = "SELECT count(*) AS n FROM letters WHERE last_error LIKE 'the mail server: %'";
    assert!(number(&app, told) > 0, "the reason can be read");
    let sink = Sink::start_at(
        Plan {
            headers_only: true,
            ..Plan::default()
        },
        port,
    );
    while away.deliver_due().unwrap() > 0 {}
    let once = "SELECT count(*) AS n FROM letters WHERE state = 'sent' AND attempts = 1 AND last_error IS NULL";
    assert_eq!(number(&app, once), i64::try_from(letters).unwrap());
    assert!(sink.copies().len() == letters && sink.count() == letters);
}

#[test]
fn a_server_that_wants_a_password_that_we_lack_kills_no_letter() {
    let sink = Sink::start(Plan {
        credentials: Some(("office", "right")),
        offers: vec!["PIPELINING", "8BITMIME", "AUTH PLAIN"],
        ..Plan::default()
    });
    let mut settings = settings_at(sink.port);
    settings.push(("BANYAN_SMTP_USER", "office".to_owned()));
    settings.push(("BANYAN_SMTP_PASSWORD", "wrong".to_owned()));
    let settings: Vec<(&str, &str)> = settings.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let app = TestApp::with_settings(&settings);
    write(&app, 1).unwrap();
    let mut courier = courier(&app);
    for _ in 0..20 {
        assert_eq!(courier.deliver_due().unwrap(), 0);
        hours_pass(&app);
    }
    assert_eq!(states(&app), ["queued"]);
}

/// What `banyan queue` says.
fn queue(app: &TestApp, arguments: &[&str]) -> String {
    let arguments = [&["queue"], arguments].concat();
    let out = output(app, &arguments, &[("BANYAN_LOG", "off".to_owned())]);
    assert!(out.status.success(), "{out:?}");
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn an_operator_lists_the_dead_and_puts_them_back_once() {
    let sink = Sink::start(Plan::default());
    let app = house(sink.port);
    write_many(&app, "nobody", 3);
    write_many(&app, "reader", 2);
    let mut first = courier(&app);
    while first.deliver_due().unwrap() > 0 {}
    let poison = || {
        let system = Actor::System(Task::RunJobs);
        app.site.db.tx(&system, |conn| {
            let now = banyan::db::now(conn)?;
            later(conn, "nobody's", None, "poison", now)
        })
    };
    poison().unwrap();
    as_superuser(&app, "UPDATE jobs SET attempts = 11");
    run_due(&app.site.db, RUNNERS, 20).unwrap();
    let dead = queue(&app, &["dead"]);
    let lines: Vec<&str> = dead.lines().map(str::trim).collect();
    assert_eq!(lines.len(), 2, "{dead}");
    assert!(lines[0].starts_with("3 letters many: refused: 550 ") && !lines[0].contains('@'));
    assert_eq!(
        lines[1],
        "1 jobs nobody's: no one runs jobs of kind nobody's"
    );

    // Put back while a worker runs: it is tried again under its old name, and dies of the same.
    assert_eq!(
        queue(&app, &["retry", "letters", "--kind", "other"]),
        "0 put back into the queue.\n"
    );
    assert_eq!(
        queue(&app, &["retry", "letters", "--kind", "many"]),
        "3 put back into the queue.\n"
    );
    assert_eq!(
        queue(&app, &["retry", "letters"]),
        "0 put back into the queue.\n"
    );
    assert_eq!(
        queue(&app, &["retry", "jobs"]),
        "1 put back into the queue.\n"
    );
    assert_eq!(
        queue(&app, &["retry", "jobs"]),
        "0 put back into the queue.\n"
    );
    as_superuser(
        &app,
        "UPDATE letters SET to_address = replace(to_address, 'nobody', 'somebody') WHERE state = 'queued'",
    );
    let worker = Process::work(&app, &settings_at(sink.port));
    crate::support::process::wait_until("the second try", || {
        number(
            &app,
            "SELECT count(*) AS n FROM letters WHERE state = 'sent'",
        ) == 5
    });
    worker.stop();
    assert_eq!(queue(&app, &["dead"]), "Nothing is dead.\n");
    assert_eq!((sink.count(), sink.copies().len()), (5, 5));
}
