//! Sign-up, mailed links and resets, over HTTP.

use banyan::db::Task;
use banyan::lang::Lang;

use crate::support::app::TestApp;
use crate::support::fixtures::people::PASSWORD;

const SIGN_UP: [(&str, &str); 4] = [
    ("family_name", "Chan"),
    ("given_names", "Tai Man"),
    ("name_zh", "陳大文"),
    ("next", "/calls/2027H1"),
];

fn sign_up<'a>(email: &'a str, lang: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut fields = SIGN_UP.to_vec();
    fields.extend([("email", email), ("lang", lang)]);
    fields
}

#[actix_web::test]
async fn somebody_signs_up_confirms_and_goes_on_to_the_call_in_both_languages() {
    for lang in Lang::ALL {
        let app = TestApp::new();
        let email = "tai.man@example.org";
        let browser = app.anybody();
        let page = browser
            .get(&format!("/sign-up?next=/calls/2027H1&lang={}", lang.tag()))
            .await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("value=\"/calls/2027H1\""));
        assert!(page.text().contains(lang.people_sign_up_intro()));
        let sent = browser.post("/sign-up", &sign_up(email, lang.tag())).await;
        assert_eq!(sent.status, 200);

        let letters = app.mail_to(email);
        assert_eq!(letters.len(), 1);
        assert_eq!(
            (letters[0].kind.as_str(), letters[0].lang.as_str()),
            ("confirm", lang.tag())
        );
        assert_eq!(letters[0].subject, lang.people_mail_confirm_subject());
        let link = letters[0].link("confirm");

        // Opening the link, even often, does nothing.
        for _ in 0..2 {
            let shown = browser.get(&format!("{link}?lang={}", lang.tag())).await;
            assert_eq!(shown.status, 200);
            assert!(shown.text().contains(lang.people_link_confirm_button()));
        }
        let weak = browser
            .post(&link, &[("password", "chantaiman12345")])
            .await;
        assert_eq!(weak.status, 422, "a password of one's own name");
        let done = browser.post(&link, &[("password", PASSWORD)]).await;
        assert_eq!((done.status, done.location()), (303, "/calls/2027H1"));
        assert!(browser.get("/account").await.text().contains("陳大文"));
        assert_eq!(
            browser.post(&link, &[("password", PASSWORD)]).await.status,
            404
        );

        let again = app.anybody();
        let fields = [("email", email), ("password", PASSWORD)];
        assert_eq!(again.post("/sign-in", &fields).await.status, 303);
    }
}

#[actix_web::test]
async fn a_name_an_address_and_a_language_are_wanted_and_nothing_typed_is_lost() {
    let app = TestApp::new();
    let answer = app
        .anybody()
        .post(
            "/sign-up",
            &[
                ("email", "no address"),
                ("western_name", ""),
                ("lang", "xx"),
            ],
        )
        .await;
    assert_eq!(answer.status, 422);
    let text = answer.text();
    assert!(text.contains("value=\"no address\""));
    for id in ["email-error", "family_name-error", "lang-error"] {
        assert!(text.contains(&format!("id=\"{id}\"")), "{id}");
    }
    assert!(text.contains("<title>Error: "));
}

#[actix_web::test]
async fn the_public_forms_answer_alike_whether_an_address_is_known_or_not() {
    let app = TestApp::new();
    let (_, known) = app.with_password("Ada Applicant");
    let unknown = "nobody.at.all@example.org";
    for path in ["/sign-up", "/sign-in/link", "/reset"] {
        let mut shapes = Vec::new();
        for email in [known.as_str(), unknown] {
            let (status, headers, body) = app
                .anybody()
                .post(path, &sign_up(email, "en"))
                .await
                .shape();
            assert_eq!(status, 200);
            let headers: Vec<_> = headers
                .into_iter()
                .filter(|(n, _)| n != "content-length")
                .collect();
            let encoded: String = form_urlencoded::byte_serialize(email.as_bytes()).collect();
            shapes.push((
                headers,
                body.replace(email, "ADDRESS").replace(&encoded, "ADDRESS"),
            ));
        }
        assert_eq!(shapes[0], shapes[1], "{path}");
    }
}

#[actix_web::test]
async fn each_address_gets_the_letter_that_fits() {
    let app = TestApp::new();
    let (_, known) = app.with_password("Ada Applicant");
    let unclaimed = app.account("Bea Imported");
    app.alter(
        Task::Accounts,
        "UPDATE people SET email_confirmed_at = NULL WHERE id = $1",
        Some(unclaimed),
    );
    let unclaimed = app.address_of(unclaimed);
    let (gone, disabled) = app.with_password("Cat Disabled");
    app.alter(
        Task::Accounts,
        "UPDATE people SET disabled_at = banyan_now() WHERE id = $1",
        Some(gone),
    );
    let kinds = |email: &str| -> Vec<String> {
        let mut kinds: Vec<String> = app.mail_to(email).into_iter().map(|l| l.kind).collect();
        kinds.sort();
        kinds
    };
    for email in [&known, &unclaimed, &disabled] {
        app.anybody().post("/sign-up", &sign_up(email, "en")).await;
    }
    assert_eq!(kinds(&known), ["already_known"]);
    assert_eq!(kinds(&unclaimed), ["confirm"]);
    assert!(kinds(&disabled).is_empty());
    for path in ["/sign-in/link", "/reset"] {
        for email in [
            known.as_str(),
            disabled.as_str(),
            "nobody.at.all@example.org",
        ] {
            app.anybody().post(path, &[("email", email)]).await;
        }
    }
    assert_eq!(kinds(&known), ["already_known", "reset", "sign_in_link"]);
    assert!(kinds(&disabled).is_empty());
    assert!(kinds("nobody.at.all@example.org").is_empty());
}

#[actix_web::test]
async fn what_a_form_carried_is_wiped_once_it_is_answered() {
    let app = TestApp::new();
    app.anybody()
        .post("/sign-up", &sign_up("tai.man@example.org", "en"))
        .await;
    assert_eq!(app.mail_to("tai.man@example.org").len(), 1);
    let left = app.alter(
        Task::RunJobs,
        "UPDATE jobs SET attempts = attempts WHERE kind = 'knock' AND payload <> '{}' AND $1 IS NULL",
        None,
    );
    assert_eq!(left, 0);
}

#[actix_web::test]
async fn an_imported_account_is_claimed_through_the_link_and_keeps_its_names() {
    let app = TestApp::new();
    let person = app.account("Bea Imported");
    app.alter(
        Task::Accounts,
        "UPDATE people SET email_confirmed_at = NULL WHERE id = $1",
        Some(person),
    );
    let email = app.address_of(person);
    app.anybody().post("/sign-up", &sign_up(&email, "en")).await;
    let link = app.mail_to(&email)[0].link("confirm");
    let browser = app.anybody();
    assert_eq!(browser.post(&link, &[("password", "")]).await.status, 303);
    let account = browser.get("/account").await.text();
    assert!(account.contains("Bea Imported"));
    assert!(
        !account.contains("陳大文"),
        "a stranger at the form changes no names"
    );
    assert!(account.contains(Lang::En.people_account_password_none()));
}

#[actix_web::test]
async fn a_sign_in_link_works_once() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    app.anybody()
        .post("/sign-in/link", &[("email", &email), ("next", "/account")])
        .await;
    let link = app.mail_to(&email)[0].link("sign_in");
    let first = app.anybody().post(&link, &[]).await;
    assert_eq!((first.status, first.location()), (303, "/account"));
    let second = app.anybody().post(&link, &[]).await;
    assert_eq!(second.status, 404);
    assert!(!second.headers.contains_key("set-cookie"));
    assert_eq!(app.anybody().get(&link).await.status, 404);
}

#[actix_web::test]
async fn a_link_for_one_purpose_or_with_one_changed_letter_opens_nothing_else() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    app.anybody()
        .post("/sign-in/link", &[("email", &email)])
        .await;
    let link = app.mail_to(&email)[0].link("sign_in");
    for purpose in ["reset", "confirm", "invite"] {
        let other = link.replace("/link/sign_in/", &format!("/link/{purpose}/"));
        assert_eq!(app.anybody().get(&other).await.status, 404);
        assert_eq!(
            app.anybody()
                .post(&other, &[("password", PASSWORD)])
                .await
                .status,
            404
        );
    }
    let middle = link.len() - 20;
    let flipped = if &link[middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    let forged = format!("{}{flipped}{}", &link[..middle], &link[middle + 1..]);
    assert_eq!(app.anybody().post(&forged, &[]).await.status, 404);
    assert_eq!(
        app.anybody().post(&link, &[]).await.status,
        303,
        "the true one still opens"
    );
}

#[actix_web::test]
async fn a_link_that_has_run_out_says_so_in_both_languages() {
    let app = TestApp::new();
    let (person, email) = app.with_password("Ada Applicant");
    app.anybody()
        .post("/sign-in/link", &[("email", &email)])
        .await;
    let link = app.mail_to(&email)[0].link("sign_in");
    app.alter(
        Task::SignIn,
        "UPDATE links SET expires_at = banyan_now() WHERE person_id = $1",
        Some(person),
    );
    for lang in Lang::ALL {
        let page = app
            .anybody()
            .get(&format!("{link}?lang={}", lang.tag()))
            .await;
        assert_eq!(page.status, 404);
        assert!(page.text().contains(lang.people_link_dead_text()));
    }
    assert_eq!(app.anybody().post(&link, &[]).await.status, 404);
}

#[actix_web::test]
async fn a_reset_ends_sessions_tokens_and_other_links_and_is_told_by_mail() {
    let app = TestApp::new();
    let (person, email) = app.with_password("Ada Applicant");
    let thief = app.sign_in(person, None);
    app.anybody()
        .post("/sign-in/link", &[("email", &email)])
        .await;
    app.anybody().post("/reset", &[("email", &email)]).await;
    let letters = app.mail_to(&email);
    let of = |kind: &str| letters.iter().find(|l| l.kind == kind).unwrap();
    let (sign_in, reset) = (
        of("sign_in_link").link("sign_in"),
        of("reset").link("reset"),
    );
    let browser = app.anybody();
    assert_eq!(browser.post(&reset, &[("password", "")]).await.status, 422);
    let fresh = "nine grey herons by the weir";
    assert_eq!(
        browser.post(&reset, &[("password", fresh)]).await.status,
        303
    );
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(
        thief.get("/account").await.status,
        303,
        "every other session has ended"
    );
    assert_eq!(app.anybody().post(&sign_in, &[]).await.status, 404);
    assert_eq!(
        app.anybody()
            .post(&reset, &[("password", fresh)])
            .await
            .status,
        404
    );
    let old = app
        .anybody()
        .post("/sign-in", &[("email", &email), ("password", PASSWORD)])
        .await;
    let new = app
        .anybody()
        .post("/sign-in", &[("email", &email), ("password", fresh)])
        .await;
    assert_eq!((old.status, new.status), (422, 303));
    assert!(
        app.mail_to(&email)
            .iter()
            .any(|letter| letter.kind == "password_changed")
    );
}

#[actix_web::test]
async fn one_address_is_sent_five_letters_in_a_quarter_of_an_hour() {
    let app = TestApp::new();
    let (_, email) = app.with_password("Ada Applicant");
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(
            app.anybody()
                .post("/sign-in/link", &[("email", &email)])
                .await
                .status,
        );
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429]);
    assert_eq!(app.mail_to(&email).len(), 5);
}
