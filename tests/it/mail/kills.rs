//! Workers that are killed while they deliver: nothing is lost, nothing is made up, and a twin
//! carries the name of the first.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::outbox::{claimed, hours_pass, settings, write, write_and_fail};
use crate::support::app::TestApp;
use crate::support::scale;
use crate::support::smtp_sink::{Plan, Sink};

/// A small generator with a fixed seed: the same moments in every run.
struct Moments(u64);

impl Moments {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// `banyan work` on this database, with this mail server.
fn worker(app: &TestApp, sink: &Sink) -> Child {
    Command::new(env!("CARGO_BIN_EXE_banyan"))
        .arg("work")
        .env_clear()
        .env("DATABASE_URL", app.app_url())
        .env("BANYAN_DATA_DIR", &app.site.config.data_dir)
        .env("BANYAN_SECRET", app.site.config.secret.as_ref().unwrap())
        .env("BANYAN_LOG", "off")
        .envs(settings(sink))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn wait_for(what: &str, child: &mut Child, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "the worker ended by itself: {ended:?}");
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "waited two minutes for {what}"
        );
        std::thread::sleep(Duration::from_micros(300));
    }
}

#[test]
fn no_letter_is_lost_and_none_made_up_when_workers_are_killed() {
    let (kills, letters) = (scale::of(15, 1_000), scale::of(300, 20_000));
    let sink = Sink::start(Plan::default());
    let app = TestApp::with_database();
    let mut moments = Moments(0x5EED_2027);
    let mut committed = BTreeSet::new();
    let (mut number, mut stranded) = (0, 0);
    for kill in 0..kills {
        // Some letters more, some of them in transactions that fail.
        let goal = letters * (kill + 1) / kills;
        while committed.len() < goal {
            number += 1;
            if number % 7 == 0 {
                write_and_fail(&app, number);
            } else {
                write(&app, number).unwrap();
                committed.insert(format!("reader-{number}@example.org"));
            }
        }
        let before = sink.taken().len();
        let after = before + usize::try_from(moments.below(12)).unwrap() + 1;
        let mut child = worker(&app, &sink);
        wait_for("the worker's first letters", &mut child, || {
            sink.taken().len() >= after
        });
        std::thread::sleep(Duration::from_micros(moments.below(6_000)));
        // SIGKILL: nothing is finished, nothing given back.
        child.kill().unwrap();
        child.wait().unwrap();
        // The lease of the dead runs out.
        stranded += usize::from(claimed(&app) > 0);
        hours_pass(&app);
    }
    assert!(
        stranded * 2 > kills,
        "{stranded} of {kills} kills met a worker with letters in hand"
    );
    let mut child = worker(&app, &sink);
    let reached = || -> BTreeSet<String> {
        sink.taken()
            .into_iter()
            .flat_map(|taken| taken.rcpt)
            .collect()
    };
    wait_for("the last letter", &mut child, || {
        reached().len() >= committed.len()
    });
    stop(child);
    assert_eq!(reached(), committed, "delivered and committed are the same");
    assert_twins_have_one_name(&sink, kills);
}

/// At most one twin for each kill, since a courier has one letter on the wire.
fn assert_twins_have_one_name(sink: &Sink, kills: usize) {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for taken in sink.taken() {
        let name = taken.message_id();
        assert!(!name.is_empty());
        names.entry(taken.rcpt[0].clone()).or_default().insert(name);
    }
    assert!(
        names.values().all(|names| names.len() == 1),
        "a twin has the name of the first"
    );
    let twins: usize = sink.copies().values().map(|copies| copies - 1).sum();
    assert!(
        twins <= kills,
        "{twins} twins after {kills} kills of one courier"
    );
}

/// SIGTERM: the worker finishes what is at hand and ends well.
fn stop(mut child: Child) {
    let asked = Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    assert!(asked.success());
    assert!(
        child.wait().unwrap().success(),
        "the worker ends well when it is asked to"
    );
}
