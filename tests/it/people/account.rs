//! The account page: devices, password, tokens, names, language; and changing the role.

use banyan::db::{Role, Task};
use banyan::ids::SessionId;
use banyan::lang::Lang;

use crate::support::app::TestApp;
use crate::support::fixtures::people::PASSWORD;

#[actix_web::test]
async fn the_pages_of_an_account_speak_both_languages_and_ask_for_sign_in() {
    let app = TestApp::new();
    let ada = app.person("Ada Applicant");
    for lang in Lang::ALL {
        let answer = ada
            .post(
                "/language",
                &[("lang", lang.tag()), ("next", "/account?lang=en")],
            )
            .await;
        assert_eq!((answer.status, answer.location()), (303, "/account"));
        for (path, text) in [
            ("/account", lang.people_account_title()),
            ("/account/profile", lang.people_account_profile()),
            ("/account/password", lang.people_account_password_make()),
            ("/account/tokens", lang.people_tokens_title()),
        ] {
            let page = ada.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(
                page.text().contains(&format!("<h1>{text}</h1>")),
                "{path} {text}"
            );
            assert_eq!(app.anybody().get(path).await.status, 303);
        }
    }
}

#[actix_web::test]
async fn names_are_changed_by_their_owner_and_an_older_form_does_not_win() {
    let app = TestApp::new();
    let ada = app.person("Ada Applicant");
    let fields = [
        ("family_name", "Lam"),
        ("name_zh", "林愛達"),
        ("phone", "2345 6789"),
        ("version", "1"),
    ];
    assert_eq!(ada.post("/account/profile", &fields).await.status, 303);
    let page = ada.get("/account").await.text();
    assert!(page.contains("林愛達") && page.contains("+852 2345 6789"));
    assert!(page.contains(Lang::En.history_person_profile_changed()));
    assert_eq!(ada.post("/account/profile", &fields).await.status, 412);
    let bad = [("phone", "12"), ("version", "2")];
    let answer = ada.post("/account/profile", &bad).await;
    assert_eq!(answer.status, 422);
    let text = answer.text();
    assert!(text.contains("family_name-error") && text.contains("phone-error"));
}

#[actix_web::test]
async fn one_device_is_signed_out_from_another_and_nobody_elses() {
    let app = TestApp::new();
    let ada = app.person("Ada Applicant");
    let phone = app.sign_in(ada.person.unwrap(), None);
    let bea = app.person("Bea Stranger");
    let page = ada.get("/account").await.text();
    let start = page.find("/account/sessions/").unwrap() + "/account/sessions/".len();
    let id: SessionId = page[start..start + 36].parse().unwrap();
    let path = format!("/account/sessions/{id}/end");
    assert_eq!(bea.post(&path, &[]).await.status, 404);
    assert_eq!(phone.get("/account").await.status, 200);
    assert_eq!(ada.post(&path, &[]).await.status, 303);
    assert_eq!(phone.get("/account").await.status, 303);
    assert_eq!(ada.get("/account").await.status, 200);
}

#[actix_web::test]
async fn signing_out_everywhere_leaves_this_device_and_other_people() {
    let app = TestApp::new();
    let ada = app.person("Ada Applicant");
    let phone = app.sign_in(ada.person.unwrap(), None);
    let bea = app.person("Bea Stranger");
    assert_eq!(ada.post("/account/sessions/end", &[]).await.status, 303);
    assert_eq!(phone.get("/account").await.status, 303);
    assert_eq!(ada.get("/account").await.status, 200);
    assert_eq!(bea.get("/account").await.status, 200);
}

#[actix_web::test]
async fn a_changed_password_ends_the_other_sessions_and_is_told_by_mail() {
    let app = TestApp::new();
    let (person, email) = app.with_password("Ada Applicant");
    let ada = app.sign_in(person, None);
    let phone = app.sign_in(person, None);
    let fresh = "nine grey herons by the weir";
    let wrong = [("current", "not my password at all"), ("password", fresh)];
    assert_eq!(ada.post("/account/password", &wrong).await.status, 422);
    let weak = [("current", PASSWORD), ("password", "password1234567")];
    assert_eq!(ada.post("/account/password", &weak).await.status, 422);
    let good = [("current", PASSWORD), ("password", fresh)];
    let answer = ada.post("/account/password", &good).await;
    assert_eq!((answer.status, answer.location()), (303, "/account"));
    assert_eq!(phone.get("/account").await.status, 303);
    assert_eq!(ada.get("/account").await.status, 200);
    assert_eq!(app.mail_to(&email)[0].kind, "password_changed");
}

#[actix_web::test]
async fn a_first_password_wants_a_fresh_sign_in() {
    let app = TestApp::new();
    let ada = app.person("Ada Applicant");
    app.alter(
        Task::Session,
        "UPDATE sessions SET proved_at = proved_at - interval '1 hour' WHERE person_id = $1",
        ada.person,
    );
    let answer = ada
        .post("/account/password", &[("password", PASSWORD)])
        .await;
    assert_eq!(answer.location(), "/account/password");
    assert!(
        ada.get("/account/password")
            .await
            .text()
            .contains("/sign-in/link?next=/account/password")
    );
    let again = app.sign_in(ada.person.unwrap(), None);
    let answer = again
        .post("/account/password", &[("password", PASSWORD)])
        .await;
    assert_eq!(answer.location(), "/account");
}

#[actix_web::test]
async fn a_token_is_shown_once_and_opens_no_page() {
    let app = TestApp::new();
    let ada = app.person("Ada Applicant");
    for bad in [
        vec![("label", ""), ("days", "90"), ("scopes", "read")],
        vec![("label", "x"), ("days", "366"), ("scopes", "read")],
        vec![("label", "x"), ("days", "90")],
        vec![("label", "x"), ("days", "90"), ("scopes", "everything")],
    ] {
        assert_eq!(
            ada.post("/account/tokens", &bad).await.status,
            422,
            "{bad:?}"
        );
    }
    let fields = [
        ("label", "nightly <export>"),
        ("days", "90"),
        ("scopes", "read"),
        ("scopes", "write"),
    ];
    let made = ada.post("/account/tokens", &fields).await.text();
    let start = made.find("readonly value=\"").unwrap() + "readonly value=\"".len();
    let token = made[start..start + 43].to_owned();
    let page = ada.get("/account/tokens").await.text();
    assert!(!page.contains(&token));
    assert!(page.contains("nightly &#60;export&#62;"));
    let by_token = |path: &'static str| {
        let request = actix_web::test::TestRequest::get()
            .uri(path)
            .insert_header(("authorization", format!("Bearer {token}")));
        let app = &app;
        async move { app.anybody().send(request).await.status }
    };
    assert_eq!(
        by_token("/account").await,
        403,
        "a token opens the API only"
    );
    let start = page.find("/account/tokens/").unwrap();
    let revoke: String = page[start..].chars().take_while(|c| *c != '"').collect();
    let bea = app.person("Bea Stranger");
    assert_eq!(bea.post(&revoke, &[]).await.status, 404);
    assert_eq!(ada.post(&revoke, &[]).await.status, 303);
    assert_eq!(by_token("/account").await, 303, "a revoked token is nobody");
}

#[actix_web::test]
async fn one_switches_between_ones_own_roles_with_a_new_session_each_time() {
    let app = TestApp::new();
    let programme = app.programme("TEST");
    let ivy = app.acting("Ivy Staff", Role::Coordinator, Some(programme), None);
    let reviewer = app.grant(ivy.person.unwrap(), Role::Reviewer, Some(programme), None);
    for (grant, home) in [
        (reviewer.to_string(), "/reviews"),
        (String::new(), "/me"),
        (ivy.grant.unwrap().to_string(), "/desk"),
    ] {
        let answer = ivy.post("/role", &[("grant", &grant)]).await;
        assert_eq!((answer.status, answer.location()), (303, home));
        assert!(answer.headers["set-cookie"].starts_with("__Host-session="));
    }
    let sessions = app.alter(
        Task::Session,
        "UPDATE sessions SET seen_at = seen_at WHERE person_id = $1",
        ivy.person,
    );
    assert_eq!(sessions, 1, "each old session ended");
}

#[actix_web::test]
async fn a_role_that_is_anothers_ended_or_to_come_is_refused() {
    let app = TestApp::new();
    let programme = app.programme("TEST");
    let ada = app.person("Ada Applicant");
    let bea = app.account("Bea Staff");
    let others = app.grant(bea, Role::Coordinator, Some(programme), None);
    let ended = app.grant(ada.person.unwrap(), Role::Reviewer, Some(programme), None);
    let coming = app.grant(ada.person.unwrap(), Role::Committee, Some(programme), None);
    app.alter(
        Task::Accounts,
        "UPDATE role_grants SET ends_on = '2001-01-01' WHERE person_id = $1 AND role = 'reviewer'",
        ada.person,
    );
    app.alter(
        Task::Accounts,
        "UPDATE role_grants SET starts_on = '2100-01-01' WHERE person_id = $1 AND role = 'committee'",
        ada.person,
    );
    for grant in [
        others.to_string(),
        ended.to_string(),
        coming.to_string(),
        "x".to_owned(),
    ] {
        let answer = ada.post("/role", &[("grant", &grant)]).await;
        assert_eq!(answer.status, 404, "{grant}");
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    assert_eq!(
        app.anybody().post("/role", &[("grant", "")]).await.status,
        401
    );
}

#[actix_web::test]
async fn a_role_wants_a_proof_of_identity_of_the_last_twelve_hours() {
    let app = TestApp::new();
    let programme = app.programme("TEST");
    let ada = app.person("Ada Applicant");
    app.alter(
        Task::Session,
        "UPDATE sessions SET proved_at = proved_at - interval '13 hours' WHERE person_id = $1",
        ada.person,
    );
    let grant = app.grant(ada.person.unwrap(), Role::Reviewer, Some(programme), None);
    let answer = ada.post("/role", &[("grant", &grant.to_string())]).await;
    assert_eq!((answer.status, answer.location()), (303, "/sign-in/link"));
    assert_eq!(
        ada.get("/account").await.status,
        200,
        "as oneself one stays in"
    );
}

#[actix_web::test]
async fn an_ended_role_falls_back_to_oneself_and_a_disabled_account_to_sign_in_at_the_next_request()
{
    let app = TestApp::new();
    let programme = app.programme("TEST");
    let ivy = app.acting("Ivy Staff", Role::Coordinator, Some(programme), None);
    assert_eq!(ivy.get("/people").await.status, 200);
    app.alter(
        Task::Accounts,
        "UPDATE role_grants SET revoked_at = banyan_now() WHERE person_id = $1",
        ivy.person,
    );
    assert_eq!(ivy.get("/people").await.status, 403);
    assert_eq!(ivy.get("/account").await.status, 200);
    app.alter(
        Task::Accounts,
        "UPDATE people SET disabled_at = banyan_now() WHERE id = $1",
        ivy.person,
    );
    let answer = ivy.get("/account").await;
    assert_eq!(
        (answer.status, answer.location()),
        (303, "/sign-in?next=%2Faccount")
    );
}
