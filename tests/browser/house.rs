//! The house as people meet it: a real port, the worker at work, a real mail server behind it.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use banyan::cli::Worker;
use banyan::house;
use banyan::web::{Serving, server};
use chrono::{DateTime, Utc};

use crate::app::TestApp;
use crate::browser::free_port;
use crate::smtp_sink::{Plan, Sink};

/// A house that serves.
pub struct LiveHouse {
    /// The house, for its database.
    pub app: TestApp,
    /// Where it serves, without a trailing slash.
    pub url: String,
    /// Where its letters go.
    pub sink: Sink,
    handle: actix_web::dev::ServerHandle,
    worker: Option<Worker>,
    thread: Option<JoinHandle<()>>,
}

impl LiveHouse {
    /// Opens it.
    pub fn open() -> Self {
        Self::open_after(|_nothing| {})
    }

    /// Opens it after something was put into it: before the worker looks at the clock and, say, lets
    /// offers of the past expire.
    pub fn open_after(prepare: impl FnOnce(&TestApp)) -> Self {
        Self::open_at(None, prepare)
    }

    /// The same in a house where it is this moment for ever.
    pub fn open_at(moment: Option<DateTime<Utc>>, prepare: impl FnOnce(&TestApp)) -> Self {
        let sink = Sink::start(Plan::default());
        let port = free_port();
        let (listen, url) = (
            format!("127.0.0.1:{port}"),
            format!("http://localhost:{port}"),
        );
        let mail = sink.port.to_string();
        let mut app = TestApp::with_settings(&[
            ("BANYAN_LISTEN", &listen),
            ("BANYAN_PUBLIC_URL", &url),
            ("BANYAN_SMTP_HOST", "127.0.0.1"),
            ("BANYAN_SMTP_PORT", &mail),
            ("BANYAN_SMTP_TLS", "none"),
        ]);
        if let Some(moment) = moment {
            app.site.db = app.site.db.as_of(moment);
        }
        prepare(&app);
        let listener = TcpListener::bind(&listen).unwrap();
        let serving = Serving::new(app.site.clone());
        let (ready, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runner = actix_web::rt::System::new();
            runner
                .block_on(async {
                    let server = server(serving, house::routes(), listener)?;
                    ready.send(server.handle()).unwrap();
                    server.await
                })
                .unwrap();
        });
        let handle = started.recv().unwrap();
        let worker = Some(Worker::start(&app.site).unwrap());
        Self {
            app,
            url,
            sink,
            handle,
            worker,
            thread: Some(thread),
        }
    }

    /// The newest letter to an address, decoded, once it has arrived.
    pub fn letter_to(&self, address: &str, subject_part: &str) -> Letter {
        let end = Instant::now() + Duration::from_secs(15);
        loop {
            let there: Vec<Letter> = self
                .sink
                .taken()
                .iter()
                .rev()
                .map(|taken| Letter::read(&String::from_utf8_lossy(&taken.raw)))
                .filter(|letter| letter.to.contains(address))
                .collect();
            let subjects: Vec<String> = there.iter().map(|it| it.subject.clone()).collect();
            let wanted = |letter: &Letter| letter.subject.contains(subject_part);
            if let Some(letter) = there.into_iter().find(wanted) {
                return letter;
            }
            assert!(
                Instant::now() < end,
                "no letter {subject_part:?} to {address}, but {subjects:?}"
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for LiveHouse {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.stop();
        }
        // Dropped unawaited: the order to stop is sent all the same.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A letter as its reader sees it.
#[derive(Debug)]
pub struct Letter {
    /// `To:` as it came.
    pub to: String,
    /// `Subject:`, decoded.
    pub subject: String,
    /// The text part, decoded.
    pub text: String,
}

impl Letter {
    fn read(raw: &str) -> Self {
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(&format!("{name}: ")))
                .unwrap_or_default()
                .to_owned()
        };
        let boundary = header("Content-Type")
            .split("boundary=")
            .nth(1)
            .unwrap()
            .trim_matches('"')
            .to_owned();
        let part = body
            .split(&format!("--{boundary}"))
            .find(|p| p.contains("text/plain"))
            .unwrap();
        let (part_head, part_body) = part.split_once("\r\n\r\n").unwrap();
        let text = if part_head.contains("base64") {
            base64(part_body)
        } else if part_head.contains("quoted-printable") {
            quoted_printable(part_body)
        } else {
            part_body.to_owned()
        };
        Self {
            to: header("To"),
            subject: words(&header("Subject")),
            text,
        }
    }

    /// The first address in the text that holds this path.
    pub fn link(&self, path: &str) -> String {
        let at = self
            .text
            .find(path)
            .unwrap_or_else(|| panic!("no link {path} in {}", self.text));
        let start = self.text[..at].rfind("http").unwrap();
        self.text[start..]
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    }
}

/// Decodes RFC 2047 words in base64 and quoted-printable.
fn words(subject: &str) -> String {
    let (mut out, mut coded_before) = (String::new(), false);
    for word in subject.split(' ') {
        let coded = word
            .strip_prefix("=?utf-8?")
            .and_then(|w| w.strip_suffix("?="));
        // Only the space between two encoded words is none (RFC 2047 6.2).
        if !(out.is_empty() || coded_before && coded.is_some()) {
            out.push(' ');
        }
        match coded.map(|coded| coded.split_at(2)) {
            Some(("b?" | "B?", text)) => out.push_str(&base64(text)),
            Some((_, text)) => out.push_str(&quoted_printable(&text.replace('_', " "))),
            None => out.push_str(word),
        }
        coded_before = coded.is_some();
    }
    out
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    String::from_utf8(
        base64::engine::general_purpose::STANDARD
            .decode(plain)
            .unwrap(),
    )
    .unwrap()
}

fn quoted_printable(text: &str) -> String {
    let joined = text.replace("=\r\n", "");
    let bytes = joined.as_bytes();
    let (mut out, mut i) = (Vec::new(), 0);
    while i < bytes.len() {
        let coded = (bytes[i] == b'=')
            .then(|| joined.get(i + 1..i + 3))
            .flatten();
        match coded.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8(out).unwrap()
}
