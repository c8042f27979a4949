//! What a browser could be made to do, and what every answer says to it: reading leaves nothing but the
//! declared marks, other ways of asking open no other doors, and the guarding headers are on every
//! answer of every door.

use actix_web::cookie::Cookie;
use actix_web::test::TestRequest;
use banyan::access::Access;
use banyan::error::Error;
use banyan::house;
use banyan::web::{Method, Routes};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;

use super::fields::EVERYBODY_WHO_ACTS;
use crate::doors::called;
use crate::doors::knock::{
    FROM_HERE, Knock, Watcher, With, address, knock, open, parameters, title,
};
use crate::doors::world::{EVERYBODY, Relation, World, cookie};
use crate::support::app::{Answer, TestApp};

fn superuser(world: &World, sql: &str) {
    let mut conn = PgConnection::establish(&world.app.super_url()).unwrap();
    conn.batch_execute(sql).unwrap();
}

/// The marks that reading may leave: when a session or token was last used.
const MARKS: [&str; 2] = ["api_tokens", "sessions"];

#[actix_web::test]
async fn reading_every_page_leaves_only_the_mark_that_one_was_there() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let mut watcher = Watcher::new(&world.app.super_url());
    // Nobody was seen for a day, so everybody's first request is noted.
    superuser(
        &world,
        "UPDATE sessions SET seen_at = seen_at - interval '1 day'",
    );
    let before = watcher.digest();
    let mut read = 0;
    for door in house::routes().doors() {
        if door.method != Method::Get {
            continue;
        }
        let own = vec![Relation::Own; parameters(door.path).len()];
        let (path, _) = address(&world.app.site, door.path, &own).unwrap();
        for who in EVERYBODY {
            // From elsewhere, by a link or a picture: what an address alone can do.
            let asked = Knock {
                who,
                method: Method::Get,
                path: &format!("{path}?do=accept&state=closed&confirm=yes&_method=DELETE"),
                origin: &[("sec-fetch-site", "cross-site")],
                with: With::default(),
            };
            assert!(knock(&house, &asked).await.status < 500, "{path}");
            read += 1;
        }
    }
    let after = watcher.digest();
    for (table, digest) in &before {
        let same = after[table] == *digest;
        assert!(
            same || MARKS.contains(&table.as_str()),
            "{table} has changed"
        );
    }
    assert_ne!(after["sessions"], before["sessions"], "the mark is left");
    superuser(&world, "UPDATE sessions SET seen_at = created_at");
    let marked = watcher.digest();
    superuser(
        &world,
        "UPDATE sessions SET seen_at = created_at, user_agent = user_agent",
    );
    assert_eq!(
        marked["sessions"],
        watcher.digest()["sessions"],
        "nothing but the mark"
    );
    assert!(read > 1_500, "{read}");
}

#[actix_web::test]
async fn other_ways_of_asking_open_no_other_door_and_change_nothing() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let mut watcher = Watcher::new(&world.app.super_url());
    let before = watcher.digest();
    let secret = cookie(called("coordinator")).unwrap();
    let (mut wrong, mut tried) = (Vec::new(), 0);
    let routes = house::routes();
    for door in routes.doors() {
        let own = vec![Relation::Own; parameters(door.path).len()];
        let (path, _) = address(&world.app.site, door.path, &own).unwrap();
        let mounted: Vec<Method> = routes
            .doors()
            .iter()
            .filter(|it| it.path == door.path)
            .map(|it| it.method)
            .collect();
        for word in [
            "TRACE", "OPTIONS", "CONNECT", "LINK", "post", "Get", "PUT", "PATCH", "DELETE",
            "PROPFIND",
        ] {
            if Method::parse(word).is_some_and(|method| mounted.contains(&method)) {
                continue;
            }
            let request = TestRequest::with_uri(&path)
                .method(word.parse().unwrap())
                .insert_header(FROM_HERE[0])
                .cookie(Cookie::new("__Host-session", secret.clone()))
                .set_payload("{}");
            let answer = house(request).await;
            tried += 1;
            if answer.status != 405 {
                wrong.push(format!("{word} {path}: {}", answer.status));
            }
            if let Err(what) = guarded(&answer) {
                wrong.push(format!("{word} {path}: {what}"));
            }
        }
        if door.method == Method::Get {
            continue;
        }
        // A form that another site can send without asking first, however it is dressed.
        let dressed: [(&str, &str, &str); 5] = [
            ("text/plain", "x-http-method-override", "DELETE"),
            ("text/plain;application/json", "x-method-override", "PUT"),
            (
                "application/x-www-form-urlencoded",
                "x-forwarded-host",
                "banyan.example",
            ),
            (
                "multipart/form-data; boundary=XX",
                "x-requested-with",
                "XMLHttpRequest",
            ),
            ("application/json", "x-original-url", "/"),
        ];
        for (media, name, value) in dressed {
            for origin in [
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://evil.example"),
                ("origin", "https://banyan.example.evil.example"),
                ("origin", "http://banyan.example:8443"),
                ("referer", "https://banyan.example/"),
            ] {
                let request = TestRequest::with_uri(&path)
                    .method(door.method.as_str().parse().unwrap())
                    .insert_header(("host", "banyan.example"))
                    .insert_header(("content-type", media))
                    .insert_header((name, value))
                    .insert_header(origin)
                    .cookie(Cookie::new("__Host-session", secret.clone()))
                    .set_payload("--XX--\r\n");
                let answer = house(request).await;
                tried += 1;
                if !matches!(answer.status, 400 | 403) {
                    wrong.push(format!(
                        "{} from {origin:?} as {media}: {}",
                        title(door),
                        answer.status
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
    assert!(tried > 3_000, "{tried}");
    assert_eq!(before, watcher.digest());
}

/// Does an answer carry the guarding headers?
fn guarded(answer: &Answer) -> Result<(), String> {
    let has = |name: &str, part: &str| {
        let value = answer.headers.get(name).map_or("", String::as_str);
        if value.contains(part) {
            Ok(())
        } else {
            Err(format!("{name} is {value:?}"))
        }
    };
    let file = answer
        .headers
        .get("content-disposition")
        .is_some_and(|it| it.starts_with("attachment"));
    has("content-security-policy", "default-src 'none'")?;
    if file {
        has("content-security-policy", "sandbox")?;
    } else if answer.headers["content-security-policy"].starts_with("sandbox") {
        // A letter's body, shown in a frame of ours.
        has("content-security-policy", "frame-ancestors 'self'")?;
    } else {
        has("content-security-policy", "frame-ancestors 'none'")?;
        has("content-security-policy", "base-uri 'none'")?;
        has("content-security-policy", "form-action 'self'")?;
        has("content-security-policy", "object-src 'none'")?;
    }
    let policy = &answer.headers["content-security-policy"];
    // A letter keeps its own style, and nothing else, in a sandbox without script.
    let letter = policy.starts_with("sandbox") && !policy.contains("script-src");
    if policy
        .replace("style-src 'unsafe-inline'", "")
        .contains("unsafe")
        || policy.contains("unsafe") && !letter
    {
        return Err(format!("the policy allows something unsafe: {policy}"));
    }
    has("x-content-type-options", "nosniff")?;
    has("referrer-policy", "same-origin")?;
    has("cross-origin-opener-policy", "same-origin")?;
    has("cross-origin-resource-policy", "same-origin")?;
    has(
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    )?;
    if answer.headers["cache-control"].starts_with("public") {
        if !answer.body.starts_with(b"{") {
            has("vary", "Cookie")?;
        }
    } else {
        has("cache-control", "no-store")?;
    }
    if !answer.body.is_empty() && answer.status != 304 {
        let media = answer
            .headers
            .get("content-type")
            .map_or("", String::as_str);
        let words = media.starts_with("text/");
        if media.is_empty() || words && !media.contains("charset=utf-8") {
            return Err(format!("content-type is {media:?}"));
        }
    }
    for told in ["server", "x-powered-by", "access-control-allow-origin"] {
        if answer.headers.contains_key(told) {
            return Err(format!("{told} is told"));
        }
    }
    Ok(())
}

#[actix_web::test]
async fn every_answer_of_every_door_carries_the_guarding_headers() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let (mut wrong, mut statuses) = (Vec::new(), std::collections::BTreeMap::new());
    for door in house::routes().doors() {
        for relation in [Relation::Own, Relation::Missing] {
            let relations = vec![relation; parameters(door.path).len()];
            let (path, _) = address(&world.app.site, door.path, &relations).unwrap();
            for who in EVERYBODY_WHO_ACTS {
                for origin in [FROM_HERE, &[("sec-fetch-site", "cross-site")]] {
                    let asked = Knock {
                        who: called(who),
                        method: door.method,
                        path: &path,
                        origin,
                        with: With::default(),
                    };
                    let answer = knock(&house, &asked).await;
                    *statuses.entry(answer.status).or_insert(0) += 1;
                    let mut judged = guarded(&answer);
                    let kept = answer.headers["cache-control"].starts_with("public");
                    // The description of the API is the same for everybody.
                    if kept
                        && (*who != "anonymous" || answer.status != 200)
                        && !door.path.ends_with("openapi.json")
                    {
                        judged = Err("a cache may keep what one person saw".to_owned());
                    }
                    if let Err(what) = judged {
                        wrong.push(format!(
                            "{} by {who} ({}): {what}",
                            title(door),
                            answer.status
                        ));
                    }
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for status in [200, 303, 400, 401, 403, 404] {
        assert!(
            statuses.contains_key(&status),
            "{status} is among {statuses:?}"
        );
    }
}

#[actix_web::test]
async fn answers_of_a_house_in_trouble_carry_them_too() {
    let doors = Routes::new()
        .get("/test/busy", Access::Public, |_| Err(Error::Busy))
        .get("/test/many", Access::Public, |_| Err(Error::TooMany(7)))
        .get("/test/stale", Access::Public, |_| Err(Error::Stale))
        .get("/test/media", Access::Public, |_| {
            Err(Error::UnsupportedMedia)
        })
        .get("/test/want", Access::Public, |_| {
            Err(Error::PreconditionRequired)
        })
        .get("/test/fail", Access::Public, |_| {
            Err(Error::Internal("cause-9f3".to_owned()))
        })
        .get("/test/fall", Access::Public, |_| panic!("cause-9f3"));
    let app = TestApp::with_database().mounting(doors);
    let anybody = app.anybody();
    for (path, status, wait) in [
        ("/test/busy", 503, Some("2")),
        ("/test/many", 429, Some("7")),
        ("/test/stale", 412, None),
        ("/test/media", 415, None),
        ("/test/want", 428, None),
        ("/test/fail", 500, None),
        ("/test/fall", 500, None),
        ("/nowhere", 404, None),
        ("/%ff%fe", 404, None),
        ("/calls/%00", 404, None),
        ("/api/v1/nowhere", 404, None),
        ("/assets/../Cargo.toml", 404, None),
        ("/assets/%2e%2e%2fCargo.toml", 404, None),
        ("/.git/config", 404, None),
        ("/.env", 404, None),
    ] {
        let answer = anybody.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(
            answer.headers.get("retry-after").map(String::as_str),
            wait,
            "{path}"
        );
        if !path.starts_with("/assets/") {
            guarded(&answer).unwrap_or_else(|what| panic!("{path}: {what}"));
        }
        assert!(!answer.text().contains("cause-9f3"), "{path}");
    }
}

#[actix_web::test]
async fn the_cookie_of_a_session_is_bound_and_hidden() {
    use crate::support::fixtures::people::PASSWORD;
    let app = TestApp::with_settings(&[
        ("BANYAN_MODE", "production"),
        ("BANYAN_PUBLIC_URL", "https://banyan.example"),
        ("BANYAN_MAIL_FROM", "no-reply@banyan.example"),
        ("BANYAN_SMTP_HOST", "127.0.0.1"),
    ]);
    let (_, email) = app.with_password("Ada Applicant");
    let browser = app.anybody();
    let form = [("email", email.as_str()), ("password", PASSWORD)];
    let answer = browser.post("/sign-in", &form).await;
    let cookie = &answer.headers["set-cookie"];
    let mut parts = cookie.split("; ");
    let (name, secret) = parts.next().unwrap().split_once('=').unwrap();
    assert_eq!(name, "__Host-session");
    // 256 bits, and never anywhere but in the cookie.
    assert_eq!(secret.len(), 43);
    assert_eq!(
        parts.collect::<Vec<_>>(),
        [
            "Path=/",
            "HttpOnly",
            "SameSite=Lax",
            "Max-Age=1209600",
            "Secure"
        ]
    );
    assert!(!answer.text().contains(secret));
    let secret = secret.to_owned();
    for path in ["/account", "/me", "/api/v1/me"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text().contains(&secret), "{path}");
    }
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!(out.headers["clear-site-data"], "\"cache\", \"storage\"");
}
