//! Workers that are killed while they deliver: nothing is lost, nothing is made up, and a twin
//! carries the name of the first.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use banyan::mail::outbox::SLOTS;

use super::outbox::{
    as_superuser, claimed, hours_pass, number, settings, write, write_and_fail, write_many,
};
use crate::support::app::TestApp;
use crate::support::process::{PATIENCE, Process, wait_until};
use crate::support::scale;
use crate::support::smtp_sink::{Act, Plan, Sink};

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

fn wait_for(what: &str, worker: &mut Process, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(!worker.ended(), "it ended by itself: {}", worker.log());
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_micros(300));
    }
}

fn reached(sink: &Sink) -> BTreeSet<String> {
    sink.copies().into_keys().map(|(_, rcpt)| rcpt).collect()
}

/// Each letter has one name, however often it went; returns how many twins there were.
fn twins(sink: &Sink) -> usize {
    let copies = sink.copies();
    let mut names: BTreeMap<&String, usize> = BTreeMap::new();
    for (name, rcpt) in copies.keys() {
        assert!(!name.is_empty());
        *names.entry(rcpt).or_default() += 1;
    }
    assert!(
        names.values().all(|names| *names == 1),
        "a twin has the name of the first"
    );
    copies.values().map(|copies| copies - 1).sum()
}

#[test]
fn no_letter_is_lost_and_none_made_up_when_workers_are_killed() {
    let (kills, letters) = (scale::of(15, 1_000), scale::of(300, 20_000));
    let sink = Sink::start(Plan {
        headers_only: true,
        ..Plan::default()
    });
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
        let before = sink.count();
        let after = before + usize::try_from(moments.below(12)).unwrap() + 1;
        let mut worker = Process::work(&app, &settings(&sink));
        wait_for("the worker's first letters", &mut worker, || {
            sink.count() >= after
        });
        std::thread::sleep(Duration::from_micros(moments.below(6_000)));
        worker.kill();
        // The lease of the dead runs out.
        stranded += usize::from(claimed(&app) > 0);
        hours_pass(&app);
    }
    assert!(
        stranded * 2 > kills,
        "{stranded} of {kills} kills met a worker with letters in hand"
    );
    let mut worker = Process::work(&app, &settings(&sink));
    wait_for("the last letter", &mut worker, || {
        reached(&sink).len() >= committed.len()
    });
    worker.stop();
    assert_eq!(
        reached(&sink),
        committed,
        "delivered and committed are the same"
    );
    let twins = twins(&sink);
    eprintln!("{kills} kills, {letters} letters: {twins} twins, none lost");
    assert!(
        twins <= kills * SLOTS,
        "{twins} twins after {kills} kills of one courier"
    );
}

/// What a server may do to a message, drawn by chance; mostly it takes it.
fn act(moments: &mut Moments) -> Act {
    match moments.below(24) {
        0 => Act::RefuseContent(451),
        1 => Act::RefuseRecipient(450),
        2 => Act::RefuseSender(421),
        3 => Act::CutAtData,
        4 => Act::CutBeforeReply,
        5 => Act::CutAfterReply,
        6 if moments.below(4) == 0 => Act::Hang,
        _ => Act::Accept,
    }
}

#[test]
fn a_server_that_misbehaves_and_workers_that_are_killed_lose_nothing_together() {
    let (kills, letters) = (scale::of(8, 200), scale::of(160, 4_000));
    let mut moments = Moments(0x5EED_2028);
    let acts: Vec<Act> = (0..letters * 20).map(|_| act(&mut moments)).collect();
    let sink = Sink::start(Plan {
        acts,
        headers_only: true,
        ..Plan::default()
    });
    let app = TestApp::with_database();
    write_many(&app, "reader", letters);
    write_many(&app, "nobody", letters / 10);
    for _ in 0..kills {
        let before = (sink.count(), sink.connections());
        let mut worker = Process::work(&app, &settings(&sink));
        wait_for("the worker's first word", &mut worker, || {
            (sink.count(), sink.connections()) != before
        });
        std::thread::sleep(Duration::from_micros(moments.below(60_000)));
        worker.kill();
        hours_pass(&app);
    }
    // From here on the server behaves, and the rest goes out; pauses are passed over.
    let cut = sink.cut_before_reply();
    sink.forgive();
    let worker = Process::work(&app, &settings(&sink));
    let waiting = "SELECT count(*) AS n FROM letters WHERE state = 'queued'";
    wait_until("the end of the queue", || {
        as_superuser(
            &app,
            "UPDATE letters SET run_at = run_at - interval '2 hours' WHERE state = 'queued' AND run_at > now()",
        );
        std::thread::sleep(Duration::from_millis(50));
        number(&app, waiting) == 0
    });
    worker.stop();
    let sent =
        "SELECT count(*) AS n FROM letters WHERE state = 'sent' AND to_address LIKE 'reader-%'";
    let dead = "SELECT count(*) AS n FROM letters WHERE state = 'dead' AND to_address LIKE 'nobody-%' \
        AND last_error LIKE 'refused: 550%' AND last_error NOT LIKE '%@%'";
    let counts = (number(&app, sent), number(&app, dead));
    let wanted = (
        i64::try_from(letters).unwrap(),
        i64::try_from(letters / 10).unwrap(),
    );
    assert_eq!(counts, wanted, "all sent, or dead with their reason");
    let readers: BTreeSet<String> = (1..=letters)
        .map(|n| format!("reader-{n}@example.org"))
        .collect();
    assert_eq!(reached(&sink), readers);
    let twins = twins(&sink);
    eprintln!("{kills} kills, {letters} letters, {cut} cuts: {twins} twins, none lost");
    assert!(twins <= kills * SLOTS + cut, "{twins} twins");
}

#[test]
fn without_a_crash_no_letter_goes_twice() {
    let letters = scale::of(400, 100_000);
    let sink = Sink::start(Plan {
        headers_only: true,
        ..Plan::default()
    });
    let app = TestApp::with_database();
    write_many(&app, "reader", letters);
    let workers = [(); 2].map(|()| Process::work(&app, &settings(&sink)));
    let begun = Instant::now();
    while number(
        &app,
        "SELECT count(*) AS n FROM letters WHERE state = 'queued'",
    ) > 0
    {
        // 100,000 letters at the pace of a debug build; a hang fails all the same.
        assert!(begun.elapsed() < PATIENCE * 60);
        std::thread::sleep(Duration::from_millis(50));
    }
    workers.into_iter().for_each(Process::stop);
    eprintln!("{letters} letters in {:?}", begun.elapsed());
    let copies = sink.copies();
    assert_eq!(copies.len(), letters);
    assert!(copies.values().all(|copies| *copies == 1));
}
