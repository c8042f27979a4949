//! What the log and the metrics must never hold: names, addresses, secrets, what people wrote. The main
//! journey, and mistakes on the way, against the real `banyan serve` with its worker.

use crate::support::app::{Client, TestApp};
use crate::support::fixtures::apply::call;
use crate::support::process::{Heard, Served, ask, wait_until};
use crate::support::smtp_sink::{Plan, Sink};
use banyan::db::Role;

const CANARY: &str = "kanarienvogel";
const PDF: &str = "%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n";

/// A browser of the real server, with the session of a client of the house.
struct Browser<'a> {
    served: &'a Served,
    cookies: String,
}

impl<'a> Browser<'a> {
    fn of(served: &'a Served, client: &Client<'_>) -> Self {
        let cookies = client.cookie_header();
        Self { served, cookies }
    }

    fn head(&self, method: &str, path: &str) -> String {
        format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
             User-Agent: {CANARY}\r\nReferer: http://localhost/{CANARY}\r\nConnection: close\r\n",
            self.cookies
        )
    }

    fn get(&self, path: &str) -> Heard {
        let head = self.head("GET", path);
        ask(self.served.port, &format!("{head}\r\n")).unwrap()
    }

    fn send(&self, path: &str, media: &str, body: &str) -> Heard {
        let head = self.head("POST", path);
        let request = format!(
            "{head}Content-Type: {media}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        ask(self.served.port, &request).unwrap()
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Heard {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.send(path, "application/x-www-form-urlencoded", &form.finish())
    }
}

fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Somebody applies, with a canary in every field.
fn apply(browser: &Browser<'_>, university: &str) -> String {
    let begun = browser.post("/calls/2027H1/apply", &[]);
    assert_eq!(begun.status, 303, "{}", begun.body);
    let base = begun
        .head
        .lines()
        .find_map(|l| l.strip_prefix("location: "));
    let base = base.unwrap().to_owned();
    let statement =
        format!("{CANARY} I have worked with data for years and want to learn more. ").repeat(2);
    let names = format!("{CANARY} Wing");
    for (section, fields) in [
        (
            "person",
            vec![
                ("family_name", CANARY),
                ("given_names", names.as_str()),
                ("phone", "9123 4567"),
            ],
        ),
        ("route", vec![("route", "university_student")]),
        (
            "background",
            vec![("university", university), ("graduation_year", "2099")],
        ),
        ("statement", vec![("statement", statement.as_str())]),
        (
            "declarations",
            vec![
                ("declares_true", "yes"),
                ("declares_eligible", "yes"),
                ("declares_available", "yes"),
                ("pics_version", "2026-10"),
                ("accepted_pics", "yes"),
            ],
        ),
    ] {
        let path = format!("{base}/{section}");
        let version = hidden(&browser.get(&path).body, "version");
        let mut all = vec![("version", version.as_str())];
        all.extend(fields);
        let saved = browser.post(&path, &all);
        assert_eq!(saved.status, 303, "{section}: {}", saved.body);
    }
    let file = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"document\"; filename=\"{CANARY}.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n{PDF}\r\n--XX--\r\n"
    );
    let sent = browser.send(
        &format!("{base}/document"),
        "multipart/form-data; boundary=XX",
        &file,
    );
    assert_eq!(sent.status, 303, "{}", sent.body);
    let key = hidden(&browser.get(&format!("{base}/check")).body, "_key");
    let done = browser.post(&format!("{base}/submit"), &[("_key", &key)]);
    assert_eq!(done.status, 303, "{}", done.body);
    base
}

/// What goes wrong on the way: refused, missing, malformed.
fn mistakes(browser: &Browser<'_>) {
    let email = format!("{CANARY}@example.org");
    for (path, fields) in [
        (
            "/sign-in",
            vec![("email", email.as_str()), ("password", CANARY)],
        ),
        ("/sign-in/link", vec![("email", email.as_str())]),
        ("/reset", vec![("email", email.as_str())]),
        (
            "/sign-up",
            vec![
                ("email", email.as_str()),
                ("name", CANARY),
                ("given_names", CANARY),
                ("lang", "en"),
            ],
        ),
        (
            "/sign-in",
            vec![
                ("email", "kanarienvogel\0@example.org"),
                ("password", "kanarienvogel\0"),
            ],
        ),
        ("/language", vec![("lang", CANARY)]),
    ] {
        let heard = browser.post(path, &fields);
        assert_ne!(heard.status, 500, "{path}: {}", heard.body);
    }
    for path in [
        format!("/link/sign_in/{CANARY}"),
        format!("/{CANARY}?q={CANARY}"),
        format!("/calls/{CANARY}"),
        format!("/letters?q={CANARY}%00&state={CANARY}&sort={CANARY}&after={CANARY}"),
        format!("/people?q={CANARY}&after={CANARY}"),
        format!("/search?q={CANARY}%00"),
        format!("/api/v1/{CANARY}?{CANARY}={CANARY}"),
        format!("/api/v1/cohorts/{CANARY}"),
    ] {
        browser.get(&path);
    }
    browser.send(
        "/api/v1/me/applications",
        "application/json",
        &format!("{{\"{CANARY}\": \"{CANARY}"),
    );
    let form = "multipart/form-data; boundary=kanarienvogel";
    browser.send(
        "/account/profile",
        form,
        "--kanarienvogel\r\nhalf of kanarienvogel",
    );
    let token = format!(
        "GET /api/v1/cohorts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {CANARY}\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(ask(browser.served.port, &token).unwrap().status, 401);
}

#[test]
fn neither_log_nor_metrics_hold_what_people_typed() {
    let sink = Sink::start(Plan::default());
    let app = TestApp::with_database();
    let call = call(&app);
    app.as_owner("UPDATE cohorts SET opens_at = '2020-01-01', closes_at = '2099-01-01', decisions_on = '2099-02-01', \
        reply_by = '2099-03-01', starts_on = '2099-04-01', ends_on = '2099-06-01'");
    // The mail server repeats the address of whom it refuses.
    let person = app.account("Nobody");
    let email = format!("nobody-{CANARY}@example.org");
    crate::mail::outbox::as_superuser(
        &app,
        &format!(
            "UPDATE people SET email = '{email}', email_identity = '{email}' WHERE id = '{person}'"
        ),
    );
    let applicant = app.sign_in(person, None);
    let staff = app.acting(CANARY, Role::Coordinator, Some(call.programme), None);
    let mut settings = crate::mail::outbox::settings(&sink);
    settings.push(("BANYAN_LOG", "debug".to_owned()));
    settings.push(("BANYAN_POOL_SIZE", "6".to_owned()));
    let served = Served::start(&app, &[], &settings);

    let one = Browser::of(&served, &applicant);
    let base = apply(&one, &call.universities[0].to_string());
    let desk = Browser::of(&served, &staff);
    let id = base.rsplit('/').next().unwrap();
    let record = desk.get(&format!("/applications/{id}"));
    assert!(
        record.status == 200 && record.body.contains(CANARY),
        "{}",
        record.body
    );
    desk.post(&format!("/applications/{id}/notes"), &[("body", CANARY)]);
    mistakes(&one);
    mistakes(&desk);
    let dead = "SELECT count(*) AS n FROM letters WHERE state = 'dead'";
    wait_until("a refused letter", || {
        crate::mail::outbox::number(&app, dead) > 0
    });

    let metrics = served.metrics();
    assert!(!metrics.to_lowercase().contains(CANARY), "{metrics}");
    assert!(metrics.contains("banyan_letters_dead 1"), "{metrics}");
    let session = one.cookies.split_once('=').unwrap().1.to_owned();
    // The pool's lines come last of all.
    let log = served.process.log();
    served.process.stop();
    assert!(log.contains("a request was refused"), "it logs: {log}");
    let told: Vec<&str> = log
        .lines()
        .filter(|line| line.to_lowercase().contains(CANARY) || line.contains(&session))
        .collect();
    assert!(told.is_empty(), "{told:#?}");
    eprintln!(
        "{} lines of log, {} of metrics, no canary",
        log.lines().count(),
        metrics.lines().count()
    );
}
