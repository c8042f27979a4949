//! Accounts cannot be guessed, listed or locked out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use actix_web::test::TestRequest;
use banyan::access::passwords::Hasher;
use banyan::clock::machine_now;
use banyan::db::{Db, Task};
use chrono::Duration;
use diesel::connection::{Connection as _, InstrumentationEvent};
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};

use crate::support::app::{Answer, TestApp};
use crate::support::fixtures::people::PASSWORD;
use crate::support::scale;

/// A form from our own page, from this address on the wire and with these other headers.
async fn from(
    app: &TestApp,
    peer: &str,
    headers: &[(&str, &str)],
    path: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    let mut request = TestRequest::post()
        .uri(path)
        .peer_addr(peer.parse().unwrap())
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .insert_header(("sec-fetch-site", "same-origin"))
        .set_payload(form.finish());
    for header in headers {
        request = request.append_header(*header);
    }
    app.anybody().send(request).await
}

/// How many of some tries of one minute are looked at, where each try says it comes from elsewhere.
async fn looked_at(
    app: &TestApp,
    tries: usize,
    source: impl Fn(usize) -> (String, Vec<(&'static str, String)>),
) -> usize {
    app.alter(
        Task::Throttle,
        "DELETE FROM throttles WHERE $1::uuid IS NULL",
        None,
    );
    let mut looked_at = 0;
    for n in 0..tries {
        let (peer, headers) = source(n);
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let email = format!("somebody.{n}@example.org");
        let answer = from(app, &peer, &headers, "/sign-in/link", &[("email", &email)]).await;
        looked_at += usize::from(answer.status == 200);
        assert!(matches!(answer.status, 200 | 429), "{}", answer.status);
    }
    looked_at
}

const WIRE: &str = "203.0.113.9:4000";
const LOOPBACK: &str = "127.0.0.1:4000";

#[actix_web::test]
async fn a_made_up_source_counts_for_nothing_unless_our_own_proxy_says_it() {
    let tries = scale::of(40, 1_000);
    let said = |n: usize| format!("198.51.{}.{}", n / 200, n % 200);
    let open = TestApp::new();
    let behind = TestApp::with_settings(&[("BANYAN_BEHIND_PROXY", "true")]);
    for peer in [WIRE, LOOPBACK] {
        // Nothing stands before the house: the header is the sender's own.
        let seen = looked_at(&open, tries, |n| {
            (peer.to_owned(), vec![("x-forwarded-for", said(n))])
        })
        .await;
        assert_eq!(seen, 30, "{peer}");
    }
    // A proxy is meant to stand before it, but this did not come through it.
    let seen = looked_at(&behind, tries, |n| {
        (WIRE.to_owned(), vec![("x-forwarded-for", said(n))])
    })
    .await;
    assert_eq!(seen, 30);
    for name in [
        "x-real-ip",
        "forwarded",
        "x-client-ip",
        "true-client-ip",
        "cf-connecting-ip",
    ] {
        let seen = looked_at(&behind, 40, |n| {
            (
                LOOPBACK.to_owned(),
                vec![(name, format!("for={}", said(n)))],
            )
        })
        .await;
        assert_eq!(seen, 30, "{name}");
    }
    // Through the proxy, which appends to what the sender made up.
    let through = |made_up: String, list: bool| {
        let proxy = "192.0.2.44".to_owned();
        let headers = if list {
            vec![("x-forwarded-for", format!("{made_up}, {proxy}"))]
        } else {
            vec![("x-forwarded-for", made_up), ("x-forwarded-for", proxy)]
        };
        (LOOPBACK.to_owned(), headers)
    };
    for list in [true, false] {
        let seen = looked_at(&behind, tries, |n| through(said(n), list)).await;
        assert_eq!(seen, 30, "what the sender says in front counts for nothing");
    }
    // One network of IPv6 is one sender, with or without a port and brackets.
    let seen = looked_at(&behind, 40, |n| {
        let address = format!("2001:db8:1:2:{n:x}::{n:x}");
        let address = if n % 2 == 0 {
            address
        } else {
            format!("[{address}]:{}", 1024 + n)
        };
        (LOOPBACK.to_owned(), vec![("x-forwarded-for", address)])
    });
    assert_eq!(seen.await, 30);
    // Nonsense is counted as the proxy itself.
    let seen = looked_at(&behind, 40, |n| {
        (
            LOOPBACK.to_owned(),
            vec![("x-forwarded-for", format!("nobody-{n}"))],
        )
    })
    .await;
    assert_eq!(seen, 30);
    // And truly different senders are not one another's burden.
    let seen = looked_at(&behind, 40, |n| {
        (LOOPBACK.to_owned(), vec![("x-forwarded-for", said(n))])
    })
    .await;
    assert_eq!(seen, 40);
}

#[actix_web::test]
async fn a_thousand_sources_get_a_hundred_guesses_together_and_the_owner_comes_in() {
    let mut app = TestApp::with_settings(&[("BANYAN_BEHIND_PROXY", "true")]);
    app.site.hasher = Hasher::new().unwrap();
    let (_, known) = app.with_password("Ada Applicant");
    let db = app.site.db.clone();
    let begun = machine_now();
    let (sources, unknown) = (scale::of(130, 1_000), "nobody.at.all@example.org");
    // As patient as the pauses want: at each moment somebody else tries.
    for email in [known.as_str(), unknown] {
        let before = app.site.hasher.runs();
        let mut refused = 0;
        for n in 0..sources {
            let hours = Duration::minutes(16 * i64::try_from(n).unwrap());
            app.site.db = db.as_of(begun + hours);
            let source = format!("198.51.{}.{}", n / 200, n % 200);
            let wrong = format!("guess number {n} of many");
            let fields = [("email", email), ("password", wrong.as_str())];
            let answer = from(
                &app,
                LOOPBACK,
                &[("x-forwarded-for", &source)],
                "/sign-in",
                &fields,
            )
            .await;
            match answer.status {
                422 => assert_eq!(refused, 0, "guess {n} comes after the last"),
                429 => refused += 1,
                other => panic!("{other}"),
            }
        }
        assert_eq!(app.site.hasher.runs() - before, 100, "{email}");
        assert_eq!(refused, sources - 100, "{email}");
    }
    // Now the right one is not looked at either: to a guesser it is as wrong as the others.
    let right = [("email", known.as_str()), ("password", PASSWORD)];
    assert_eq!(from(&app, WIRE, &[], "/sign-in", &right).await.status, 429);
    // Nor does the guesser keep the owner from the mailed link by asking for all the letters.
    let mut statuses = Vec::new();
    for path in [
        "/sign-up",
        "/sign-in/link",
        "/reset",
        "/sign-in/link",
        "/sign-in/link",
        "/sign-in/link",
    ] {
        let fields = [
            ("email", known.as_str()),
            ("family_name", "Nobody"),
            ("given_names", "At All"),
            ("lang", "en"),
            ("next", "/account"),
        ];
        statuses.push(from(&app, WIRE, &[], path, &fields).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    let letters = app.mail_to(&known);
    let link = letters
        .iter()
        .rev()
        .find(|it| it.kind == "sign_in_link")
        .unwrap()
        .link("sign_in");
    let owner = app.anybody();
    let entered = owner.post(&link, &[]).await;
    assert_eq!((entered.status, entered.location()), (303, "/account"));
    assert_eq!(
        from(&app, WIRE, &[], "/sign-in", &right).await.status,
        303,
        "failures are forgotten"
    );
}

#[derive(Debug)]
struct Counting(Arc<AtomicUsize>);

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Counting {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        let count = Arc::clone(&self.0);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { .. } = event {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(())
    }
}

/// A house whose work can be counted: statements and hashes, told apart from their time.
fn counted() -> (TestApp, Arc<AtomicUsize>) {
    let mut app = TestApp::with_database();
    app.site.hasher = Hasher::new().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let pool = Pool::builder()
        .max_size(1)
        .test_on_check_out(false)
        .connection_customizer(Box::new(Counting(Arc::clone(&asked))))
        .build(ConnectionManager::new(app.app_url()))
        .unwrap();
    app.site.db = Db::from_pool(pool);
    (app, asked)
}

#[actix_web::test]
async fn known_and_unknown_addresses_cost_the_same_work_and_get_the_same_answer() {
    let (app, asked) = counted();
    let (_, known) = app.with_password("Ada Applicant");
    let passwordless = app.address_of(app.account("Bea Imported"));
    let (gone, disabled) = app.with_password("Cat Disabled");
    app.alter(
        Task::Accounts,
        "UPDATE people SET disabled_at = banyan_now() WHERE id = $1",
        Some(gone),
    );
    let unknown = "nobody.at.all@example.org".to_owned();
    for path in ["/sign-in", "/sign-up", "/sign-in/link", "/reset"] {
        app.alter(
            Task::Throttle,
            "DELETE FROM throttles WHERE $1::uuid IS NULL",
            None,
        );
        let mut shapes = Vec::new();
        // The first of each kind of request prepares statements; it is not compared.
        for email in [&unknown, &known, &unknown, &passwordless, &disabled] {
            let before = (asked.load(Ordering::Relaxed), app.site.hasher.runs());
            let fields = [
                ("email", email.as_str()),
                ("password", "not the right password"),
                ("family_name", "Chan"),
                ("given_names", "Tai Man"),
                ("lang", "en"),
            ];
            let answer = from(&app, WIRE, &[], path, &fields).await;
            let work = (
                asked.load(Ordering::Relaxed) - before.0,
                app.site.hasher.runs() - before.1,
            );
            let (status, headers, body) = answer.shape();
            let headers: BTreeMap<String, String> = headers
                .into_iter()
                .filter(|(name, _)| name != "content-length")
                .collect();
            let typed: String = form_urlencoded::byte_serialize(email.as_bytes()).collect();
            let body = body
                .replace(email.as_str(), "ADDRESS")
                .replace(&typed, "ADDRESS");
            shapes.push((
                status,
                headers,
                crate::doors::knock::without_ids(&body),
                work,
            ));
        }
        for shape in &shapes[1..] {
            assert_eq!(shape, &shapes[1], "{path}");
        }
        let hashes = u64::from(path == "/sign-in");
        assert_eq!(shapes[1].3.1, hashes, "{path}");
        assert!(shapes[1].3.0 > 3, "statements are counted");
    }
    // What the worker does afterwards, nobody waits for.
    assert!(app.mail_to(&disabled).is_empty());
    assert_eq!(app.mail_to(&unknown)[0].kind, "confirm");
}

#[actix_web::test]
async fn a_link_that_was_used_has_run_out_or_never_was_costs_the_same_and_looks_the_same() {
    let (app, asked) = counted();
    let mut links = vec!["/link/invite/not-a-token".to_owned()];
    for what in [
        "used_at = banyan_now()",
        "expires_at = banyan_now()",
        "purpose = 'reset'",
    ] {
        let (person, email) = app.with_password("Ada Applicant");
        from(&app, WIRE, &[], "/sign-in/link", &[("email", &email)]).await;
        links.push(app.mail_to(&email)[0].link("sign_in"));
        app.alter(
            Task::SignIn,
            &format!("UPDATE links SET {what} WHERE person_id = $1"),
            Some(person),
        );
    }
    let mut shapes = Vec::new();
    for link in links.iter().chain(&links) {
        let before = asked.load(Ordering::Relaxed);
        let answer = app
            .anybody()
            .post(link, &[("password", "kettle umbrella violin moss")])
            .await;
        let work = asked.load(Ordering::Relaxed) - before;
        let page = crate::doors::knock::without_ids(&answer.text().replace(link.as_str(), "LINK"));
        shapes.push((answer.status, page, work, app.site.hasher.runs()));
    }
    // A token that we did not sign is not looked up; every one that we signed costs the same.
    let signed = &shapes[links.len() + 1..];
    assert!(signed.windows(2).all(|two| two[0] == two[1]), "{signed:?}");
    let heading = |page: &str| page.split("<h1>").nth(1).map(|rest| rest[..20].to_owned());
    assert_eq!(signed[0].0, 404);
    assert_eq!(heading(&shapes[links.len()].1), heading(&signed[0].1));
}

/// The chance that a time of the first kind is longer than one of the second: one half says nothing.
fn auc(a: &[f64], b: &[f64]) -> f64 {
    let mut wins = 0.0;
    for x in a {
        for y in b {
            wins += if x > y {
                1.0
            } else {
                f64::from(u8::from(x == y)) / 2.0
            };
        }
    }
    #[expect(clippy::as_conversions, reason = "a few thousand pairs")]
    let pairs = (a.len() * b.len()) as f64;
    let one = wins / pairs;
    one.max(1.0 - one)
}

#[actix_web::test]
async fn times_of_known_and_unknown_addresses_are_shown_and_not_judged() {
    let app = TestApp::with_database();
    let (_, known) = app.with_password("Ada Applicant");
    assert!((auc(&[1.0, 2.0], &[1.0, 2.0]) - 0.5).abs() < 1e-9);
    assert!((auc(&[3.0, 4.0], &[1.0, 2.0]) - 1.0).abs() < 1e-9);
    for path in ["/sign-in", "/sign-up", "/sign-in/link", "/reset"] {
        let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
        for n in 0..scale::of(5, 2_000) {
            for (email, times) in [
                (known.as_str(), &mut of_known),
                ("nobody@example.org", &mut of_unknown),
            ] {
                app.alter(
                    Task::Throttle,
                    "DELETE FROM throttles WHERE $1::uuid IS NULL",
                    None,
                );
                let fields = [
                    ("email", email),
                    ("password", "not the right password"),
                    ("family_name", "Chan"),
                    ("given_names", "Tai"),
                    ("lang", "en"),
                ];
                let peer = format!("203.0.{}.{}:4000", n / 200, n % 200);
                let begun = Instant::now();
                let answer = from(&app, &peer, &[], path, &fields).await;
                times.push(begun.elapsed().as_secs_f64());
                assert!(matches!(answer.status, 200 | 422));
            }
        }
        eprintln!(
            "{path}: AUC {:.3} over {} pairs",
            auc(&of_known, &of_unknown),
            of_known.len()
        );
    }
}
