//! Signing in and out, over HTTP.

use banyan::db::{Actor, Role, Task};
use banyan::lang::Lang;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;
use crate::support::fixtures::people::PASSWORD;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

fn sessions(app: &TestApp) -> i64 {
    app.site
        .db
        .read(&Actor::Public(Task::SignIn), |conn| {
            Ok(sql_query("SELECT count(*) AS n FROM sessions").get_result::<Count>(conn.pg())?)
        })
        .unwrap()
        .n
}

#[actix_web::test]
async fn the_page_speaks_both_languages() {
    let app = TestApp::new();
    let english = app.anybody().get("/sign-in?lang=en").await.text();
    let chinese = app.anybody().get("/sign-in?lang=zh-Hant-HK").await.text();
    assert!(english.contains(Lang::En.people_forgot()) && english.contains("lang=\"en\""));
    assert!(chinese.contains(Lang::Zh.people_forgot()) && chinese.contains("lang=\"zh-Hant-HK\""));
}

#[actix_web::test]
async fn the_right_password_opens_the_door_and_one_lands_where_one_wanted() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    let browser = app.anybody();
    let fields = [
        ("email", email.as_str()),
        ("password", PASSWORD),
        ("next", "/account"),
    ];
    let answer = browser.post("/sign-in", &fields).await;
    assert_eq!((answer.status, answer.location()), (303, "/account"));
    let cookie = &answer.headers["set-cookie"];
    for part in [
        "__Host-session=",
        "HttpOnly",
        "Secure",
        "SameSite=Lax",
        "Path=/",
        "Max-Age=1209600",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let account = browser.get("/account").await;
    assert_eq!(account.status, 200);
    assert!(account.text().contains(&email));
}

#[actix_web::test]
async fn the_address_may_be_typed_in_any_case_and_width() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    let typed = format!("  {} ", email.to_uppercase());
    let answer = app
        .anybody()
        .post("/sign-in", &[("email", &typed), ("password", PASSWORD)])
        .await;
    assert_eq!((answer.status, answer.location()), (303, "/me"));
}

#[actix_web::test]
async fn one_never_lands_on_another_site() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/sign-out",
    ] {
        let answer = app
            .anybody()
            .post(
                "/sign-in",
                &[("email", &email), ("password", PASSWORD), ("next", next)],
            )
            .await;
        assert_eq!(answer.location(), "/me", "{next}");
    }
}

#[actix_web::test]
async fn known_and_unknown_addresses_get_the_same_answer() {
    let app = TestApp::new();
    let (_, known) = app.with_password("Ada Applicant");
    let unclaimed = app.address_of(app.account("Bea Unclaimed"));
    let disabled = app.with_password("Cat Disabled");
    app.alter(
        Task::Accounts,
        "UPDATE people SET disabled_at = banyan_now() WHERE id = $1",
        Some(disabled.0),
    );
    let mut shapes = Vec::new();
    for (email, password) in [
        (known.as_str(), "not the right password"),
        (unclaimed.as_str(), "not the right password"),
        (disabled.1.as_str(), PASSWORD),
        ("nobody.at.all@example.org", "not the right password"),
    ] {
        let answer = app
            .anybody()
            .post("/sign-in", &[("email", email), ("password", password)])
            .await;
        assert_eq!(answer.status, 422);
        let (status, headers, body) = answer.shape();
        let headers: Vec<_> = headers
            .into_iter()
            .filter(|(n, _)| n != "content-length")
            .collect();
        shapes.push((status, headers, body.replace(email, "ADDRESS")));
    }
    assert!(shapes.windows(2).all(|two| two[0] == two[1]), "{shapes:?}");
    assert!(shapes[0].2.contains(Lang::En.people_sign_in_wrong()));
    assert_eq!(sessions(&app), 0);
}

#[actix_web::test]
async fn many_failures_pause_password_tries_for_known_and_unknown_alike_but_not_the_link() {
    let app = TestApp::new();
    let (_, known) = app.with_password("Ada Applicant");
    let mut last = Vec::new();
    for email in [known.as_str(), "nobody.at.all@example.org"] {
        let mut statuses = Vec::new();
        for _ in 0..11 {
            let answer = app
                .anybody()
                .post(
                    "/sign-in",
                    &[("email", email), ("password", "wrong wrong wrong")],
                )
                .await;
            statuses.push(answer.status);
            if answer.status == 429 {
                assert_eq!(answer.headers["retry-after"], "30");
            }
        }
        last.push(statuses);
    }
    assert_eq!(last[0], last[1]);
    assert_eq!(last[0], [[422; 10].as_slice(), &[429]].concat());
    let refused = app
        .anybody()
        .post("/sign-in", &[("email", &known), ("password", PASSWORD)])
        .await;
    assert_eq!(refused.status, 429, "even the right password waits");
    app.alter(
        Task::Throttle,
        "DELETE FROM throttles WHERE bucket LIKE 'peer:%' AND $1 IS NULL",
        None,
    );

    let browser = app.anybody();
    assert_eq!(
        browser
            .post("/sign-in/link", &[("email", &known)])
            .await
            .status,
        200
    );
    let link = app.mail_to(&known).pop().unwrap().link("sign_in");
    assert_eq!(browser.post(&link, &[]).await.status, 303);
    let answer = app
        .anybody()
        .post("/sign-in", &[("email", &known), ("password", PASSWORD)])
        .await;
    assert_eq!(
        answer.status, 303,
        "the owner came in by the link: failures are forgotten"
    );
}

#[actix_web::test]
async fn a_stranger_gets_at_most_a_hundred_guesses_however_patient() {
    let app = TestApp::new();
    let (_, known) = app.with_password("Ada Applicant");
    let guess = [("email", known.as_str()), ("password", "wrong wrong wrong")];
    app.anybody().post("/sign-in", &guess).await;
    app.alter(
        Task::Throttle,
        "UPDATE throttles SET hits = 100, window_at = '2020-01-01' WHERE bucket LIKE 'password:%' AND $1 IS NULL",
        None,
    );
    let answer = app
        .anybody()
        .post("/sign-in", &[("email", &known), ("password", PASSWORD)])
        .await;
    assert_eq!(answer.status, 429);
    assert!(answer.text().contains("/sign-in/link"));
}

#[actix_web::test]
async fn one_peer_gets_thirty_tries_a_minute_over_all_addresses() {
    let app = TestApp::new();
    let mut statuses = Vec::new();
    for n in 0..31 {
        let email = format!("somebody.{n}@example.org");
        let answer = app
            .anybody()
            .post("/sign-in/link", &[("email", &email)])
            .await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses.iter().filter(|s| **s == 200).count(), 30);
    assert_eq!(statuses[30], 429);
}

#[actix_web::test]
async fn success_forgets_the_failures_before_it() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    for _ in 0..2 {
        for _ in 0..9 {
            app.anybody()
                .post(
                    "/sign-in",
                    &[("email", &email), ("password", "wrong wrong wrong")],
                )
                .await;
        }
        let good = app
            .anybody()
            .post("/sign-in", &[("email", &email), ("password", PASSWORD)])
            .await;
        assert_eq!(good.status, 303);
        app.alter(
            Task::Throttle,
            "DELETE FROM throttles WHERE bucket LIKE 'peer:%' AND $1 IS NULL",
            None,
        );
    }
}

#[actix_web::test]
async fn a_session_that_somebody_else_fixed_is_never_taken_over() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    let stranger = app.person("Mallory");
    let before = sessions(&app);
    // Mallory's own session sits in the browser; Ada signs in over it.
    let answer = stranger
        .post("/sign-in", &[("email", &email), ("password", PASSWORD)])
        .await;
    assert_eq!(answer.status, 303);
    assert_eq!(
        sessions(&app),
        before,
        "the old session went as the new one came"
    );
    assert!(stranger.get("/account").await.text().contains(&email));
}

#[actix_web::test]
async fn a_made_up_cookie_opens_nothing() {
    let app = TestApp::new();
    app.with_password("Ada Applicant");
    let answer = app
        .anybody()
        .send(
            actix_web::test::TestRequest::get()
                .uri("/account")
                .insert_header((
                    "cookie",
                    "__Host-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                )),
        )
        .await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/sign-in?next=%2Faccount")
    );
}

#[actix_web::test]
async fn signing_out_ends_the_session_and_clears_the_browser() {
    let app = TestApp::new();
    let ada = app.person("Ada Applicant");
    let answer = ada.post("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.location()), (303, "/"));
    assert_eq!(answer.headers["clear-site-data"], "\"cache\", \"storage\"");
    assert_eq!(sessions(&app), 0);
    assert_eq!(ada.get("/account").await.status, 303);
}

#[actix_web::test]
async fn staff_begin_in_their_first_role_and_as_themselves_where_the_page_is_an_applicants() {
    let app = TestApp::new();
    let programme = app.programme("TEST");
    let (person, email) = app.with_password("Ivy Staff");
    app.grant(person, Role::Reviewer, Some(programme), None);
    app.grant(person, Role::Coordinator, Some(programme), None);
    let sign_in = |next: &'static str| {
        let (app, email) = (&app, email.clone());
        async move {
            let fields = [
                ("email", email.as_str()),
                ("password", PASSWORD),
                ("next", next),
            ];
            app.anybody().post("/sign-in", &fields).await
        }
    };
    let desk = sign_in("").await;
    assert_eq!(desk.location(), "/desk");
    assert!(desk.headers["set-cookie"].contains("Max-Age=43200"));
    assert_eq!(sign_in("/me").await.location(), "/me");
}

#[actix_web::test]
async fn a_sign_in_on_a_new_device_is_told_by_mail() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    for agent in [
        "One Firefox/140.0 Linux",
        "One Firefox/140.0 Linux",
        "Two Chrome/150.0 Android",
    ] {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("email", &email)
            .append_pair("password", PASSWORD);
        let request = actix_web::test::TestRequest::post()
            .uri("/sign-in")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("sec-fetch-site", "same-origin"))
            .insert_header(("user-agent", agent))
            .set_payload(form.finish());
        assert_eq!(app.anybody().send(request).await.status, 303);
    }
    let letters = app.mail_to(&email);
    assert_eq!(letters.len(), 1, "only the second kind of browser is new");
    assert_eq!(letters[0].kind, "new_device");
    assert!(letters[0].body_text.contains("Chrome, Android"));
}

#[actix_web::test]
async fn a_hash_of_old_parameters_is_renewed_at_sign_in() {
    use argon2::password_hash::PasswordHasher as _;
    let app = TestApp::new();
    let (person, email) = app.with_password("Ada Applicant");
    let params = argon2::Params::new(8 * 1024, 1, 1, None).unwrap();
    let old = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password(PASSWORD.as_bytes())
        .unwrap()
        .to_string();
    assert!(app.site.hasher.is_outdated(&old));
    app.alter(
        Task::SignIn,
        &format!("UPDATE credentials SET password_hash = '{old}' WHERE person_id = $1"),
        Some(person),
    );
    let fields = [("email", email.as_str()), ("password", PASSWORD)];
    assert_eq!(app.anybody().post("/sign-in", &fields).await.status, 303);
    let renewed = app.alter(
        Task::SignIn,
        "UPDATE credentials SET changed_at = changed_at WHERE person_id = $1 AND password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'",
        Some(person),
    );
    assert_eq!(renewed, 1);
    assert_eq!(app.anybody().post("/sign-in", &fields).await.status, 303);
}

#[actix_web::test]
async fn a_form_from_another_site_signs_nobody_in() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("email", &email)
        .append_pair("password", PASSWORD);
    let request = actix_web::test::TestRequest::post()
        .uri("/sign-in")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .insert_header(("sec-fetch-site", "cross-site"))
        .set_payload(form.finish());
    assert_eq!(app.anybody().send(request).await.status, 403);
    assert_eq!(sessions(&app), 0);
}
