//! A real `banyan serve`, flooded: pages go on, the excess is told when to come back.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::app::TestApp;
use crate::support::fixtures::people::PASSWORD;
use crate::support::scale;

struct Process {
    child: Child,
    port: u16,
}

impl Process {
    fn serve(app: &TestApp, settings: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new(env!("CARGO_BIN_EXE_banyan"))
            .arg("serve")
            .env_clear()
            .env("DATABASE_URL", app.app_url())
            .env("BANYAN_DATA_DIR", &app.site.config.data_dir)
            .env("BANYAN_SECRET", app.site.config.secret.as_ref().unwrap())
            .env("BANYAN_LISTEN", format!("127.0.0.1:{port}"))
            .env("BANYAN_PUBLIC_URL", format!("http://localhost:{port}"))
            .env("BANYAN_LOG", "off")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut process = Self { child, port };
        let begun = Instant::now();
        while process
            .ask("GET /livez HTTP/1.1\r\nhost: localhost\r\n")
            .is_none()
        {
            assert!(
                process.child.try_wait().unwrap().is_none(),
                "it ended by itself"
            );
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "it does not begin"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        process
    }

    /// Sends a head (and a body behind it) and reads the whole answer.
    fn ask(&self, request: &str) -> Option<String> {
        ask(self.port, request, "")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(port: u16, head: &str, body: &str) -> Option<String> {
    let mut line = TcpStream::connect(("127.0.0.1", port)).ok()?;
    line.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let request = format!(
        "{head}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    line.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).ok()?;
    (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned())
}

fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse().ok())
        .unwrap_or(0)
}

fn sign_in(port: u16, source: &str, email: &str, password: &str) -> Option<String> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("email", email)
        .append_pair("password", password);
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nhost: localhost:{port}\r\nsec-fetch-site: same-origin\r\n\
         x-forwarded-for: {source}\r\ncontent-type: application/x-www-form-urlencoded\r\n"
    );
    ask(port, &head, &form.finish())
}

#[test]
fn a_flood_of_sign_ins_stops_no_other_page_and_is_told_when_to_come_back() {
    let app = TestApp::with_database();
    let (_, known) = app.with_password("Ada Applicant");
    let mut process = Process::serve(&app, &[("BANYAN_BEHIND_PROXY", "true")]);
    let port = process.port;
    let seconds = scale::of(4, 120);
    let (rate, over) = (50, Arc::new(AtomicBool::new(false)));
    let answers: Arc<Mutex<Vec<String>>> = Arc::default();
    // Meanwhile somebody reads.
    let reading = {
        let over = Arc::clone(&over);
        std::thread::spawn(move || {
            let (mut statuses, mut slowest) = (Vec::new(), Duration::ZERO);
            while !over.load(Ordering::Relaxed) {
                for path in ["/", "/livez", "/sign-in", "/targets"] {
                    let begun = Instant::now();
                    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost:{port}\r\n");
                    let answer = ask(port, &head, "").unwrap_or_default();
                    slowest = slowest.max(begun.elapsed());
                    statuses.push((path, status(&answer)));
                }
            }
            (statuses, slowest)
        })
    };
    let mut senders = Vec::new();
    for second in 0..seconds {
        let begun = Instant::now();
        for n in 0..rate {
            let (answers, known) = (Arc::clone(&answers), known.clone());
            senders.push(std::thread::spawn(move || {
                // Each from elsewhere, as a botnet is; every third at the one account that is known.
                let source = format!("198.{}.{}.{}", 51 + second / 250, second % 250, n);
                let email = if n % 3 == 0 {
                    known
                } else {
                    format!("user.{second}.{n}@example.org")
                };
                let answer =
                    sign_in(port, &source, &email, "not the right password").unwrap_or_default();
                answers.lock().unwrap().push(answer);
            }));
        }
        std::thread::sleep(Duration::from_secs(1).saturating_sub(begun.elapsed()));
    }
    for sender in senders {
        sender.join().unwrap();
    }
    over.store(true, Ordering::Relaxed);
    let (read, slowest) = reading.join().unwrap();
    assert!(process.child.try_wait().unwrap().is_none(), "it stands");
    let answers = answers.lock().unwrap();
    let mut counts = std::collections::BTreeMap::new();
    for answer in answers.iter() {
        *counts.entry(status(answer)).or_insert(0) += 1;
        if matches!(status(answer), 429 | 503) {
            assert!(
                answer.to_lowercase().contains("\r\nretry-after: "),
                "{answer}"
            );
            assert!(
                answer
                    .to_lowercase()
                    .contains("\r\ncontent-security-policy: "),
                "{answer}"
            );
        }
    }
    eprintln!(
        "sign-ins {counts:?}; {} pages, slowest {slowest:?}",
        read.len()
    );
    assert!(
        counts.keys().all(|it| matches!(it, 422 | 429 | 503)),
        "{counts:?}"
    );
    assert_eq!(answers.len(), seconds * rate);
    let failed: Vec<_> = read.iter().filter(|(_, status)| *status != 200).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert!(read.len() >= 8, "{} pages were read", read.len());
    // The flood gone, another account signs in at once.
    let (_, other) = app.with_password("Bea Applicant");
    let mut last = String::new();
    for n in 0..20 {
        last = sign_in(port, &format!("192.0.2.{n}"), &other, PASSWORD).unwrap_or_default();
        if status(&last) == 303 {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(status(&last), 303, "{last}");
}

/// Malformed requests on the wire: refused, and the process stands.
#[test]
fn garbage_on_the_wire_is_refused_and_read_as_one_request_at_most() {
    let app = TestApp::with_database();
    let mut process = Process::serve(&app, &[]);
    let long = "a".repeat(200_000);
    let cases = [
        "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab".to_owned(),
        "POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(),
        "POST /sign-in HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n".to_owned(),
        "POST /sign-in HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n".to_owned(),
        "POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n".to_owned(),
        "POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-length: +3\r\n\r\nabc".to_owned(),
        "GET / HTTP/1.1\r\nhost: a\r\n folded: b\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nhost : a\r\n\r\n".to_owned(),
        "GET / HTTP/9.9\r\nhost: a\r\n\r\n".to_owned(),
        "\u{0}\u{1}\u{2}\r\n\r\n".to_owned(),
        format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n"),
    ];
    for case in &cases {
        let mut line = TcpStream::connect(("127.0.0.1", process.port)).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let _ = line.write_all(case.as_bytes());
        let _ = line.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = line.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        let shown: String = case.chars().take(60).collect();
        let answers = answer.matches("HTTP/1.1 ").count();
        assert!(
            answers <= 1,
            "{shown:?} was read as {answers} requests: {answer}"
        );
        let said = status(&answer);
        assert!(
            said == 0 || (400..500).contains(&said),
            "{shown:?}: {answer}"
        );
    }
    assert!(process.child.try_wait().unwrap().is_none());
    let alive = process
        .ask("GET /livez HTTP/1.1\r\nhost: localhost\r\n")
        .unwrap();
    assert_eq!(status(&alive), 200);
}
