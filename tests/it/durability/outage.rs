//! Promise 20: database loss is an outage, not a crash.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::house::{House, PATIENCE, Served, free_port, run_sql};
use super::http::Http;
use super::load::{Journal, Load};
use super::proxy::Proxy;
use crate::support::scale;

/// A house whose database lies behind a proxy, with people at work.
struct Scene {
    house: House,
    proxy: Proxy,
    served: Served,
    load: Load,
    live: Live,
}

/// Somebody who asks `/livez` all the time.
struct Live {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<usize>,
}

impl Live {
    fn watch(port: u16) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let (mut http, mut asked) = (Http::new(port), 0);
            while !told.load(Ordering::Relaxed) {
                assert_eq!(http.get("/livez").unwrap().status, 200);
                asked += 1;
                std::thread::sleep(Duration::from_millis(20));
            }
            asked
        });
        Self { stop, thread }
    }
}

impl Scene {
    fn new() -> Self {
        let house = House::new();
        let proxy = Proxy::start(&house.socket());
        let port = free_port();
        let url = proxy.url();
        let served = house.serve(port, &[("DATABASE_URL", &url)]);
        let load = Load::start(&house, &[port], scale::of(12, 200));
        let live = Live::watch(port);
        Self {
            house,
            proxy,
            served,
            load,
            live,
        }
    }

    fn more(&self, writes: usize) {
        self.load.reach(self.load.acknowledged() + writes);
    }

    /// Until `/readyz` says this; how long it took.
    fn until_ready(&self, wanted: bool) -> Duration {
        let begun = Instant::now();
        while self.served.ready() != wanted {
            assert!(begun.elapsed() < PATIENCE, "{}", self.served.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        begun.elapsed()
    }

    fn end(mut self) -> Journal {
        self.more(20);
        self.served.assert_well();
        self.live.stop.store(true, Ordering::Relaxed);
        let asked = self.live.thread.join().unwrap();
        assert!(asked > 20, "{asked}");
        let journal = self.load.finish();
        self.served.terminate();
        journal.check(&self.house);
        assert_eq!(journal.failures(), 0, "{}", journal.summary());
        journal
    }
}

/// How long the database is away.
fn away() -> Duration {
    Duration::from_secs(if scale::soaking() { 60 } else { 2 })
}

#[test]
fn a_database_that_is_stopped_for_a_while_is_an_outage_and_no_crash() {
    let mut scene = Scene::new();
    for _ in 0..scale::of(1, 5) {
        scene.more(40);
        scene.house.stop_database();
        let noticed = scene.until_ready(false);
        std::thread::sleep(away());
        scene.house.start_database();
        let back = scene.until_ready(true);
        scene.more(1);
        eprintln!("stopped: not ready after {noticed:?}, ready {back:?} after the return");
    }
    eprintln!("{}", scene.end().summary());
}

#[test]
fn a_storm_that_ends_every_connection_loses_nothing_and_doubles_nothing() {
    let scene = Scene::new();
    scene.more(20);
    let ended = scale::of(20, 1_000);
    for _ in 0..ended {
        run_sql(
            &scene.house.super_url(),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'banyan_app' AND client_addr IS NULL",
        );
        std::thread::sleep(Duration::from_millis(40));
    }
    let back = scene.until_ready(true);
    eprintln!(
        "{ended} times every connection ended, ready {back:?} after the last: {}",
        scene.end().summary()
    );
}

#[test]
fn a_database_that_vanishes_without_a_word_is_missed_and_found_again() {
    let scene = Scene::new();
    for round in 0..scale::of(2, 20) {
        scene.more(40);
        scene.proxy.hole();
        let noticed = scene.until_ready(false);
        std::thread::sleep(away());
        // What was open flows on, or is lost; what was begun in the hole is never answered.
        scene.proxy.open(round % 2 == 0);
        let back = scene.until_ready(true);
        scene.more(1);
        eprintln!("vanished: not ready after {noticed:?}, ready {back:?} after the return");
    }
    scene.proxy.cut();
    let noticed = scene.until_ready(false);
    scene.proxy.open(false);
    let back = scene.until_ready(true);
    eprintln!(
        "cut: not ready after {noticed:?}, ready after {back:?}: {}",
        scene.end().summary()
    );
}
