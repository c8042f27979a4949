//! More than the house can do, against the real `banyan serve`: what is over is told at once to come
//! back, what was accepted is right, and afterwards all is as before.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;

use crate::support::app::TestApp;
use crate::support::fixtures::apply::call;
use crate::support::process::{Heard, PATIENCE, Served, ask, get, wait_until};
use crate::support::scale;

/// A page that asks the database, and a word of it.
const PAGE: &str = "/calls/2027H1";
const WORD: &str = "First intake of 2027";
/// Memory that the server may hold at its worst, in MiB, as the debug build that tests run.
const MEMORY: u64 = 256;

fn served(app: &TestApp) -> Served {
    call(app);
    let settings = [
        ("BANYAN_POOL_SIZE", "2".to_owned()),
        ("BANYAN_LOG", "off".to_owned()),
    ];
    Served::start(app, &["--no-worker"], &settings)
}

/// A session that holds what every page needs.
fn lock(app: &TestApp) -> PgConnection {
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    conn.batch_execute("BEGIN; LOCK TABLE cohorts IN ACCESS EXCLUSIVE MODE")
        .unwrap();
    conn
}

fn gauge(served: &Served, name: &str) -> f64 {
    let metrics = served.metrics();
    let line = metrics.lines().find_map(|l| l.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {metrics}"))
        .trim()
        .parse()
        .unwrap()
}

/// Does the page answer as always, and is the house ready?
fn assert_recovered(served: &Served) {
    wait_until("the page", || {
        get(served.port, PAGE).is_ok_and(|it| it.status == 200 && it.body.contains(WORD))
    });
    wait_until("readiness", || {
        get(served.port, "/readyz").is_ok_and(|it| it.status == 200)
    });
    wait_until("an empty gate", || {
        gauge(served, "banyan_requests_waiting ") == 0.0
    });
}

/// Asks for the page again and again, each time from somebody who waits for no one else.
fn burst(port: u16, requests: usize) -> Vec<Heard> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..requests)
            .map(|_| {
                std::thread::sleep(Duration::from_millis(2));
                scope.spawn(move || get(port, PAGE).unwrap())
            })
            .collect();
        asked.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

#[test]
fn what_is_over_is_told_to_come_back_and_what_is_accepted_is_right() {
    let (rounds, requests) = (scale::of(1, 40), 500);
    let app = TestApp::with_database();
    let served = served(&app);
    let (over, alive) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (mut right, mut busy) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                assert_eq!(served.get("/livez").status, 200);
                alive.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let _over = Over(&over);
        for _ in 0..rounds {
            let mut held = lock(&app);
            let release = scope.spawn(move || {
                // Longer than the database lets a statement wait for a lock.
                std::thread::sleep(Duration::from_millis(6_500));
                held.batch_execute("COMMIT").unwrap();
            });
            let mut heard = burst(served.port, requests);
            release.join().unwrap();
            // And as many with the lock gone: now the two connections work as fast as they can.
            heard.extend(burst(served.port, requests));
            for it in heard {
                match it.status {
                    200 => {
                        assert!(it.body.contains(WORD) && it.body.contains("</html>"));
                        right += 1;
                    }
                    503 => {
                        assert!(it.head.contains("\r\nretry-after: "), "{}", it.head);
                        busy += 1;
                    }
                    other => panic!("{other}: {}", it.body),
                }
            }
            assert_recovered(&served);
        }
    });
    let peak = served.process.peak_mib();
    eprintln!("{right} right, {busy} told to come back, alive {alive:?} times, {peak} MiB at most");
    assert!(right > 0 && busy >= requests / 2, "{right} {busy}");
    assert!(
        gauge(&served, "banyan_answers_busy_total ") >= f64::from(u32::try_from(busy).unwrap())
    );
    assert_eq!(gauge(&served, "banyan_answers_failed_total "), 0.0);
    assert!(alive.into_inner() > 10);
    assert!(peak < MEMORY, "{peak} MiB");
    served.process.stop();
}

#[test]
fn who_leaves_while_waiting_leaves_no_place_taken() {
    let app = TestApp::with_database();
    let served = served(&app);
    for _ in 0..scale::of(2, 20) {
        let mut held = lock(&app);
        let mut impatient = Vec::new();
        wait_until("some who wait", || {
            // Nobody waits for longer than two seconds, so others come until some are seen to.
            for _ in 0..100 {
                let mut tcp = TcpStream::connect(("127.0.0.1", served.port)).unwrap();
                let request = format!("GET {PAGE} HTTP/1.1\r\nHost: localhost\r\n\r\n");
                tcp.write_all(request.as_bytes()).unwrap();
                impatient.push(tcp);
            }
            gauge(&served, "banyan_requests_waiting ") > 0.0
        });
        drop(impatient);
        held.batch_execute("COMMIT").unwrap();
        assert_recovered(&served);
    }
    served.process.stop();
}

/// Says that it is over, also when a test ends in the middle.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sends one byte a second until the server has had enough; returns what it said at last.
fn dribble(port: u16, first: &str, then: &[u8]) -> String {
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).unwrap();
    tcp.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    tcp.write_all(first.as_bytes()).unwrap();
    let mut said = Vec::new();
    let begun = std::time::Instant::now();
    loop {
        assert!(begun.elapsed() < PATIENCE, "the server holds on for ever");
        let mut piece = [0; 4096];
        match tcp.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => said.extend_from_slice(&piece[..n]),
            Err(err) if err.kind() == std::io::ErrorKind::WouldBlock => {
                if tcp.write_all(then).is_err() {
                    break;
                }
            }
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn slow_senders_are_sent_away_and_hinder_nobody() {
    let app = TestApp::with_database();
    let served = served(&app);
    let port = served.port;
    let slow = scale::of(60, 400);
    let head = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    let body = "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
        Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=";
    std::thread::scope(|scope| {
        let heads: Vec<_> = (0..slow)
            .map(|_| scope.spawn(move || dribble(port, head, b"a")))
            .collect();
        let bodies: Vec<_> = (0..slow / 3)
            .map(|_| scope.spawn(move || dribble(port, body, b"")))
            .collect();
        let mut answered = 0;
        while heads.iter().any(|it| !it.is_finished()) {
            let heard = served.get(PAGE);
            assert_eq!(heard.status, 200);
            assert!(heard.body.contains(WORD));
            answered += 1;
            std::thread::sleep(Duration::from_millis(100));
        }
        assert!(answered > 10);
        for said in heads.into_iter().map(|it| it.join().unwrap()) {
            assert!(
                said.is_empty() || said.starts_with("HTTP/1.1 408 "),
                "{said}"
            );
        }
        for said in bodies.into_iter().map(|it| it.join().unwrap()) {
            assert!(said.starts_with("HTTP/1.1 400 "), "{said}");
        }
    });
    assert_recovered(&served);
    let peak = served.process.peak_mib();
    assert!(peak < MEMORY, "{peak} MiB");
    // A form that arrives in time is still read.
    let form = "POST /language HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n\
        Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nlang=en";
    assert_eq!(ask(port, form).unwrap().status, 303);
    served.process.stop();
}
