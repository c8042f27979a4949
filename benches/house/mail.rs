//! 2,000 letters of 10 KB through the outbox, beside Postfix's `smtp-source` into the same sink.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use banyan::access::secret::Keys;
use banyan::config::Config;
use banyan::db::Db;
use banyan::mail::outbox::Courier;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;

use crate::house::House;
use crate::process;

#[path = "../../tests/it/support/smtp_sink.rs"]
#[expect(dead_code, reason = "the sink's misbehaviour is for the tests")]
mod smtp_sink;
use smtp_sink::{Plan, Sink};

const LETTERS: usize = 2_000;

/// Measures and prints.
pub fn run(house: &House) {
    println!(
        "| 2,000 letters of 10 KB | seconds | a second | CPU-ms a letter (with the sink) | mark |"
    );
    println!("|---|--:|--:|--:|--:|");
    outbox(house);
    for sessions in [1, 8] {
        source(sessions);
    }
    println!();
}

fn outbox(house: &House) {
    let mut owner = PgConnection::establish(&house.private.superuser_url()).unwrap();
    owner
        .batch_execute(&format!(
            "INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html) \
             SELECT gen_random_uuid(), 'measured', 'measured/' || n, 'p' || n || '@example.org', 'Wing CHEUNG', 'en', 'A measured letter', \
               repeat('Words of a letter, one line after another, in plain text.' || chr(10), 70), \
               '<p>' || repeat('Words of a letter, one line after another, in plain HTML.<br>' || chr(10), 80) || '</p>' \
             FROM generate_series(1, {LETTERS}) n"
        ))
        .unwrap();
    owner.batch_execute("ANALYZE letters").unwrap();
    let sink = Sink::start(Plan::default());
    let vars = BTreeMap::from([
        ("BANYAN_SMTP_HOST".to_owned(), "127.0.0.1".to_owned()),
        ("BANYAN_SMTP_PORT".to_owned(), sink.port.to_string()),
        ("BANYAN_SMTP_TLS".to_owned(), "none".to_owned()),
    ]);
    let config = Config::from_pairs(vars).unwrap();
    let db = Db::connect(&house.private.app_url(), 2).unwrap();
    let keys = Keys::new(
        "a secret for measurements that nobody else uses",
        &config.public_url,
    );
    let mut courier = Courier::new(db, keys, &config).unwrap();
    let spent =
        || process::cpu_ms(std::process::id(), false) + process::cluster_cpu_ms(house.postmaster);
    let (before, began) = (spent(), Instant::now());
    while courier.deliver_due().unwrap() > 0 {}
    let (took, cpu) = (began.elapsed(), spent() - before);
    let taken = sink.taken();
    let bytes: usize = taken.iter().map(|t| t.raw.len()).sum();
    let name = format!(
        "outbox, one courier ({:.1} KB each)",
        bytes as f64 / taken.len().max(1) as f64 / 1024.0
    );
    assert_eq!(taken.len(), LETTERS, "letters that arrived");
    row(&name, took, Some(cpu / LETTERS as f64), "2,500 a second");
}

fn source(sessions: usize) {
    let sink = Sink::start(Plan::default());
    let found = ["smtp-source", "/usr/sbin/smtp-source"]
        .into_iter()
        .find_map(|program| {
            let began = Instant::now();
            let run = Command::new(program)
                .args([
                    "-c",
                    "-d",
                    "-m",
                    &LETTERS.to_string(),
                    "-l",
                    "10240",
                    "-s",
                    &sessions.to_string(),
                ])
                .args(["-f", "office@example.org", "-t", "p1@example.org"])
                .arg(format!("127.0.0.1:{}", sink.port))
                .output()
                .ok()?;
            Some((run.status.success(), began.elapsed()))
        });
    let name = format!("`smtp-source`, {sessions} at once");
    match found {
        Some((true, took)) if sink.taken().len() == LETTERS => row(&name, took, None, ""),
        Some(_) => println!("| {name} | **failed** | | | |"),
        None => println!("| {name} | **smtp-source not installed** (Debian: postfix) | | | |"),
    }
}

fn row(name: &str, took: Duration, cpu: Option<f64>, mark: &str) {
    let seconds = took.as_secs_f64();
    let cpu = cpu.map_or(String::new(), |ms| format!("{ms:.2}"));
    println!(
        "| {name} | {seconds:.2} | {:.0} | {cpu} | {mark} |",
        LETTERS as f64 / seconds
    );
}
