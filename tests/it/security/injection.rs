//! Texts that look like code stay texts: in spreadsheets, in letters, in SQL, in search.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::cookie::Cookie;
use actix_web::test::TestRequest;
use banyan::house;
use banyan::web::Method;
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;

use super::fields::{EVERYBODY_WHO_ACTS, all_forms};
use super::forms::{forms, link_words};
use crate::doors::called;
use crate::doors::knock::{FROM_HERE, Knock, Watcher, With, address, knock, open, parameters};
use crate::doors::world::{Relation, World, cookie};
use crate::support::app::Answer;
use crate::support::scale;

/// What is typed where a program might take it for its own.
const HOSTILE: &[&str] = &[
    "'",
    "' OR '1'='1",
    "\"",
    "'; DROP TABLE people; --",
    "\\",
    "$1",
    "$$",
    "1; SELECT pg_sleep(0)",
    "' UNION SELECT NULL, version() --",
    "%",
    "_",
    "%%%",
    "\\%",
    "*",
    "(zzzz+)+$",
    "{{7*7}}",
    "${7*7}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "\u{0}",
    "\r\nSet-Cookie: evil=1",
    "-1",
    "99999999999999999999",
    "2147483648",
    "NaN",
    "1e400",
    "0000-00-00",
    "275760-09-13",
    "00000000-0000-0000-0000-000000000000",
    "陳\u{202e}大文",
    "\u{1F600}𠮷",
    "[]",
    "null",
];

/// Every query parameter of every readable door: those of the API's description, of our forms, of our links.
pub async fn parameters_of_doors(
    world: &World,
    house: &impl AsyncFn(TestRequest) -> Answer,
) -> BTreeMap<&'static str, BTreeSet<String>> {
    let routes = house::routes();
    let mut names: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    let to_door = |target: &str| {
        let path = target
            .split(['?', '#'])
            .next()
            .unwrap_or_default()
            .to_owned();
        routes.doors().iter().find(move |it| {
            let (a, b): (Vec<&str>, Vec<&str>) =
                (path.split('/').collect(), it.path.split('/').collect());
            it.method == Method::Get
                && a.len() == b.len()
                && a.iter().zip(&b).all(|(a, b)| b.starts_with('{') || a == b)
        })
    };
    for door in routes.doors().iter().filter(|it| it.method == Method::Get) {
        let all = names.entry(door.path).or_default();
        all.extend(["lang", "after", "q", "sort", "page", "state"].map(str::to_owned));
        if let Some(operation) = &door.operation {
            all.extend(operation.query.iter().map(|(name, _)| (*name).to_owned()));
        }
        let own = vec![Relation::Own; parameters(door.path).len()];
        let (path, _) = address(&world.app.site, door.path, &own).unwrap();
        for who in EVERYBODY_WHO_ACTS {
            let asked = Knock {
                who: called(who),
                method: Method::Get,
                path: &path,
                origin: &[],
                with: With::default(),
            };
            let answer = knock(house, &asked).await;
            if answer.status != 200 || !answer.headers["content-type"].starts_with("text/html") {
                continue;
            }
            let page = answer.text();
            for form in forms(&page, &path)
                .into_iter()
                .filter(|form| form.method == "get")
            {
                if let Some(door) = to_door(&form.action) {
                    names
                        .entry(door.path)
                        .or_default()
                        .extend(form.fields.into_iter().map(|(name, _)| name));
                }
            }
            for (target, name) in link_words(&page) {
                let target = if target.is_empty() {
                    path.clone()
                } else {
                    target
                };
                if let Some(door) = to_door(&target) {
                    names.entry(door.path).or_default().insert(name);
                }
            }
        }
    }
    names
}

/// Who may take an export away: the whole house's administrator, but for what is one's own.
pub(super) fn who_exports(path: &str) -> &'static str {
    match path {
        "/reviews.csv" | "/reviews.xlsx" => "reviewer",
        "/committee.csv" | "/committee.xlsx" => "committee",
        path if path.starts_with("/organisation") && !path.starts_with("/organisations") => {
            "representative"
        }
        path if path.starts_with("/me/") => "applicant",
        path if ["/timetable", "/teaching", "/marking"]
            .iter()
            .any(|it| path.starts_with(it)) =>
        {
            "instructor"
        }
        _ => "house",
    }
}

fn who_reads(path: &str) -> &'static str {
    match path {
        path if path.starts_with("/me") || path.starts_with("/api/v1/me") => "applicant",
        path if path.starts_with("/reviews") => "reviewer",
        "/committee" => "committee",
        "/organisation" => "representative",
        _ => "coordinator",
    }
}

/// How much an answer shows: rows of tables and entries of lists.
fn amount(answer: &Answer) -> (u16, usize, usize) {
    let text = answer.text();
    let items = serde_json::from_str::<serde_json::Value>(&text)
        .ok()
        .and_then(|it| it["items"].as_array().map(Vec::len));
    (
        answer.status,
        text.matches("<tr").count() + items.unwrap_or(0),
        text.matches("<li").count(),
    )
}

#[actix_web::test]
async fn hostile_words_in_any_address_fail_nothing_and_find_no_more_than_a_word_that_is_not_there()
{
    let world = World::new();
    let house = open(&world.app.site).await;
    let mut watcher = Watcher::new(&world.app.super_url());
    let before = watcher.digest();
    let names = parameters_of_doors(&world, &house).await;
    let (mut wrong, mut tried, mut places) = (Vec::new(), 0, 0);
    for (pattern, words) in &names {
        if pattern.starts_with("/dev/") || *pattern == "/metrics" || pattern.starts_with("/readyz")
        {
            continue;
        }
        let own = vec![Relation::Own; parameters(pattern).len()];
        let (path, _) = address(&world.app.site, pattern, &own).unwrap();
        for name in words {
            places += 1;
            let ask = async |value: &str| {
                let mut query = form_urlencoded::Serializer::new(String::new());
                query.append_pair(name, value);
                let path = format!("{path}?{}", query.finish());
                let asked = Knock {
                    who: called(who_reads(pattern)),
                    method: Method::Get,
                    path: &path,
                    origin: &[],
                    with: With::default(),
                };
                knock(&house, &asked).await
            };
            let nothing = amount(&ask("zzzznowhere").await);
            let step = HOSTILE.len() / scale::of(6, HOSTILE.len()).min(HOSTILE.len());
            for value in HOSTILE.iter().skip(places % step).step_by(step) {
                tried += 1;
                let answer = ask(value).await;
                let place = format!("{path}?{name}={value:?}");
                if answer.status >= 500 {
                    wrong.push(format!("{place}: {}", answer.status));
                }
                if answer
                    .headers
                    .get("set-cookie")
                    .is_some_and(|it| it.contains("evil"))
                {
                    wrong.push(format!("{place}: sets a cookie"));
                }
                let text = answer.text();
                if text.contains("<script>alert") || text.contains("<img src=x") {
                    wrong.push(format!("{place}: comes back alive"));
                }
                let found = amount(&answer);
                let number = value
                    .trim_start_matches('-')
                    .chars()
                    .all(|c| c.is_ascii_digit());
                if (found.1, found.2) > (nothing.1, nothing.2) && answer.status == 200 && !number {
                    wrong.push(format!(
                        "{place}: finds {found:?}, a word that is not there {nothing:?}"
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        places > 400 && tried > 2_000,
        "{places} places, {tried} tries"
    );
    assert_eq!(before, watcher.digest());
    // And `%`, `_`, `*` in a search mean themselves.
    for value in ["%", "_", "*", "%%", "\\", "%25"] {
        for path in ["/people", "/search", "/letters"] {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("q", value);
            let path = format!("{path}?{}", query.finish());
            let asked = Knock {
                who: called("coordinator"),
                method: Method::Get,
                path: &path,
                origin: &[],
                with: With::default(),
            };
            let text = knock(&house, &asked).await.text().to_lowercase();
            assert!(!text.contains("canaryap"), "{path} finds somebody");
        }
    }
}

#[actix_web::test]
async fn hostile_words_in_any_field_of_any_form_fail_nothing() {
    let world = World::new();
    let (mut site, pool) = world.app.rolled_back();
    site.db = site.db.as_of(crate::doors::world::NOW.parse().unwrap());
    let back_to = |sql: &str| pool.get().unwrap().batch_execute(sql).unwrap();
    back_to("SAVEPOINT untouched");
    let house = open(&site).await;
    let (mut wrong, mut tried, mut places) = (Vec::new(), 0, 0);
    for (who, door, form) in all_forms(&site, &house).await {
        if form.method != "post" || form.multipart {
            continue;
        }
        for at in 0..form.fields.len() {
            places += 1;
            let step = HOSTILE.len() / scale::of(4, HOSTILE.len()).min(HOSTILE.len());
            for value in HOSTILE.iter().skip(places % step).step_by(step) {
                tried += 1;
                back_to("ROLLBACK TO SAVEPOINT untouched");
                let mut fields = form.fields.clone();
                fields[at].1 = (*value).to_owned();
                let mut body = form_urlencoded::Serializer::new(String::new());
                body.extend_pairs(&fields);
                let mut request = TestRequest::post()
                    .uri(&form.action)
                    .insert_header(FROM_HERE[0])
                    .insert_header(("content-type", "application/x-www-form-urlencoded"))
                    .set_payload(body.finish());
                if let Some(secret) = cookie(called(who)) {
                    request = request.cookie(Cookie::new("__Host-session", secret));
                }
                let answer = house(request).await;
                let place = format!("{who} {door} {}={value:?}", fields[at].0);
                if answer.status >= 500 {
                    wrong.push(format!("{place}: {}", answer.status));
                }
                let text = answer.text();
                if text.contains("<script>alert") || text.contains("<img src=x") {
                    wrong.push(format!("{place}: comes back alive"));
                }
                let headers = format!("{:?}", answer.headers);
                if headers.contains("evil=1") && headers.contains("\\r") {
                    wrong.push(format!("{place}: splits the head"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {tried}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(
        places > 250 && tried > 900,
        "{places} fields, {tried} tries"
    );
}

#[actix_web::test]
async fn an_address_that_is_encoded_twice_is_read_once() {
    let world = World::new();
    let house = open(&world.app.site).await;
    for (path, status) in [
        ("/calls/%252e%252e%252fdesk", 404),
        ("/calls/OPEN-A%2527", 404),
        ("/calls/OPEN%252DA", 404),
        ("/calls/%2e%2e/desk", 404),
        ("/cohorts/%00", 404),
        ("/cohorts/1%20OR%201=1", 404),
        ("/people/'%20OR%20'1'='1", 404),
        ("//evil.example/desk", 404),
    ] {
        let request = TestRequest::get().uri(path);
        let secret = cookie(called("coordinator")).unwrap();
        let answer = house(request.cookie(Cookie::new("__Host-session", secret))).await;
        assert_eq!(answer.status, status, "{path}");
    }
}

/// Every field of a form that ends in a letter, with line breaks in it: the mail server gets one
/// recipient and no header that we did not write.
#[actix_web::test]
async fn no_field_adds_a_header_or_a_recipient_to_a_letter() {
    use crate::support::app::TestApp;
    use crate::support::smtp_sink::{Plan, Sink};
    use banyan::db::Role;
    let sink = Sink::start(Plan::default());
    let port = sink.port.to_string();
    let app = TestApp::with_settings(&[
        ("BANYAN_SMTP_HOST", "127.0.0.1"),
        ("BANYAN_SMTP_PORT", &port),
        ("BANYAN_SMTP_TLS", "none"),
    ]);
    let programme = app.programme("TEST");
    let admin = app.acting("Ada Admin", Role::Administrator, None, None);
    let evil = [
        "\r\nBcc: victim@evil.example",
        "\nBcc: victim@evil.example",
        "\rBcc: victim@evil.example",
        "%0d%0aBcc: victim@evil.example",
        "\u{2028}Bcc: victim@evil.example",
        "\u{85}Bcc: victim@evil.example",
        ", victim@evil.example",
        "> RCPT TO:<victim@evil.example",
    ];
    let mut asked = BTreeSet::new();
    for (n, evil) in evil.iter().enumerate() {
        for field in [
            "email",
            "family_name",
            "given_names",
            "western_name",
            "name_zh",
            "lang",
            "next",
        ] {
            let email = format!("reader.{n}.{field}@example.org");
            let programme = programme.to_string();
            let fields = |path: &str| {
                let mut all = vec![
                    ("email", email.clone()),
                    ("family_name", "Chan".to_owned()),
                    ("given_names", "Tai Man".to_owned()),
                    ("lang", "en".to_owned()),
                    ("next", "/me".to_owned()),
                ];
                if path == "/people/invite" {
                    all.extend([
                        ("role", "reviewer".to_owned()),
                        ("programme", programme.clone()),
                        ("starts_on", "2026-01-01".to_owned()),
                    ]);
                }
                match all.iter_mut().find(|(name, _)| *name == field) {
                    Some((_, value)) => value.push_str(evil),
                    None => all.push((field, format!("陳{evil}"))),
                }
                all
            };
            for path in ["/sign-up", "/people/invite"] {
                let all = fields(path);
                let pairs: Vec<(&str, &str)> = all.iter().map(|(n, v)| (*n, v.as_str())).collect();
                app.alter(
                    banyan::db::Task::Throttle,
                    "DELETE FROM throttles WHERE $1::uuid IS NULL",
                    None,
                );
                let sent = if path == "/sign-up" {
                    app.anybody().post(path, &pairs).await
                } else {
                    admin.post(path, &pairs).await
                };
                assert!(sent.status < 500, "{path} {field}: {}", sent.status);
                asked.insert(email.clone());
            }
        }
    }
    banyan::jobs::run_due(&app.site.db, &house::runners(), 1_000).unwrap();
    // Whatever got past the forms; and what would have, straight into the rows.
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    conn.batch_execute(
        "UPDATE letters SET to_name = to_name || E'\\r\\nBcc: victim@evil.example', subject = subject || E'\\nBcc: victim@evil.example'; \
         INSERT INTO letters (id, kind, dedupe_key, to_address, to_name, lang, subject, body_text, body_html, state, run_at) \
           SELECT gen_random_uuid(), 'confirm', 'evil ' || n, a, 'Eve', 'en', 'Hello', 'Text', '<p>Text</p>', 'queued', banyan_now() - interval '1 day' \
           FROM unnest(ARRAY[E'a@example.org\\r\\nBcc: victim@evil.example', 'a@example.org, victim@evil.example', \
             'a@example.org>,<victim@evil.example', E'a@example.org\\nRCPT TO:<victim@evil.example>', '<victim@evil.example>']) WITH ORDINALITY u (a, n)",
    )
    .unwrap();
    let mut courier = banyan::mail::outbox::Courier::new(
        app.site.db.clone(),
        app.site.keys.clone(),
        &app.site.config,
    )
    .unwrap();
    let mut delivered = 0;
    loop {
        match courier.deliver_due().unwrap() {
            0 => break,
            n => delivered += n,
        }
    }
    assert!(delivered > 20 && asked.len() > 50, "{delivered} letters");
    assert!(sink.taken().len() > 20);
    for taken in sink.taken() {
        assert_eq!(taken.rcpt.len(), 1, "{:?}", taken.rcpt);
        assert!(!taken.rcpt[0].contains("victim"), "{:?}", taken.rcpt);
        let raw = String::from_utf8_lossy(&taken.raw).into_owned();
        let (head, _) = raw.split_once("\r\n\r\n").unwrap();
        for line in head.lines().filter(|line| !line.starts_with([' ', '\t'])) {
            let name = line.split(':').next().unwrap().to_lowercase();
            let ours = [
                "from",
                "to",
                "subject",
                "date",
                "message-id",
                "mime-version",
                "content-type",
                "content-transfer-encoding",
                "reply-to",
                "auto-submitted",
                "x-auto-response-suppress",
                "list-unsubscribe",
                "content-language",
            ];
            assert!(ours.contains(&name.as_str()), "{line}");
        }
        assert!(!head.to_lowercase().contains("\nbcc"), "{head}");
    }
}
