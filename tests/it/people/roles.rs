//! The list of people, invitations, ended roles and disabled accounts, over HTTP.

use banyan::db::Role;
use banyan::lang::Lang;
use banyan::people::role_actions::invite_administrator;
use banyan::people::rules::{Email, Names};

use crate::support::app::{Client, TestApp};

fn invitation<'a>(email: &'a str, role: &'a str, programme: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("email", email),
        ("given_names", "Wing"),
        ("name_zh", "何詠"),
        ("lang", "zh-Hant-HK"),
        ("role", role),
        ("programme", programme),
        ("starts_on", "2020-01-01"),
    ]
}

fn coordinator<'a>(app: &'a TestApp, code: &str) -> (Client<'a>, String) {
    let programme = app.programme(code);
    let client = app.acting("Ivy Staff", Role::Coordinator, Some(programme), None);
    (client, programme.to_string())
}

#[actix_web::test]
async fn an_invited_reviewer_gets_a_letter_takes_it_up_and_stands_in_the_list() {
    let app = TestApp::with_database();
    let (ivy, programme) = coordinator(&app, "TEST");
    let email = "wing.ho@example.org";
    let form = ivy
        .get(&format!("/people/invite?email={email}"))
        .await
        .text();
    assert!(form.contains(email) && form.contains(&programme));
    assert!(!form.contains("value=\"administrator\""));
    let answer = ivy
        .post("/people/invite", &invitation(email, "reviewer", &programme))
        .await;
    assert_eq!(answer.status, 303);
    let person_page = answer.location().to_owned();

    let letters = app.mail_to(email);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].lang, "zh-Hant-HK");
    assert!(
        letters[0].body_text.contains("Ivy Staff") && letters[0].body_text.contains("計劃TEST")
    );
    let link = letters[0].link("invite");
    let wing = app.anybody();
    let taken = wing.post(&link, &[("password", "")]).await;
    assert_eq!((taken.status, taken.location()), (303, "/reviews"));
    assert_eq!(wing.post(&link, &[]).await.status, 404);

    let list = ivy
        .get("/people?q=HO+wing&role=reviewer&state=active&sort=-starts")
        .await
        .text();
    assert!(list.contains("何詠") && list.contains(email));
    assert!(!ivy.get("/people?q=nobody").await.text().contains(email));
    let page = ivy.get(&person_page).await.text();
    assert!(page.contains(Lang::En.people_role()) && page.contains("/letters/"));
    assert!(page.contains(&Lang::En.history_person_role_granted("Reviewer")));
    for (path, start) in [
        ("/people.csv", "\u{feff}".as_bytes()),
        ("/people.xlsx", b"PK".as_slice()),
    ] {
        let file = ivy.get(path).await;
        assert_eq!(file.status, 200);
        assert!(file.body.starts_with(start), "{path}");
    }
    assert!(
        ivy.get("/people.csv?q=wing")
            .await
            .text()
            .contains("wing.ho@example.org")
    );
}

#[actix_web::test]
async fn an_invitation_shows_every_mistake_beside_its_field() {
    let app = TestApp::new();
    let (ivy, programme) = coordinator(&app, "TEST");
    let bank = app.organisation("Harbour Example Bank", "bank").to_string();
    let mut fields = invitation("nobody", "representative", &programme);
    fields.push(("ends_on", "2019-12-31"));
    let text = ivy.post("/people/invite", &fields).await.text();
    for field in ["email", "organisation", "ends_on"] {
        assert!(text.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    assert!(text.contains("value=\"Wing\""));
    let mut fields = invitation("wing.ho@example.org", "reviewer", "");
    fields.push(("organisation", &bank));
    let text = ivy.post("/people/invite", &fields).await.text();
    for field in ["programme", "organisation"] {
        assert!(text.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    let mut fields = invitation("wing.ho@example.org", "representative", &programme);
    fields.push(("organisation", &bank));
    assert_eq!(ivy.post("/people/invite", &fields).await.status, 303);
    let held = ivy.post("/people/invite", &fields).await;
    assert_eq!(held.status, 409);
    assert!(held.text().contains(Lang::En.people_refuse_held()));
}

#[actix_web::test]
async fn coordinators_reach_their_own_programme_and_make_no_administrators() {
    let app = TestApp::new();
    let (ivy, programme) = coordinator(&app, "TEST");
    let (other, elsewhere) = coordinator(&app, "OTHER");
    let email = "wing.ho@example.org";
    for fields in [
        invitation(email, "administrator", ""),
        invitation(email, "reviewer", &elsewhere),
        invitation(email, "applicant", &programme),
    ] {
        assert_eq!(ivy.post("/people/invite", &fields).await.status, 422);
    }
    assert!(app.mail_to(email).is_empty());
    let made = ivy
        .post("/people/invite", &invitation(email, "reviewer", &programme))
        .await;
    let page = made.location().to_owned();
    assert_eq!(other.get(&page).await.status, 404);
    assert!(!other.get("/people").await.text().contains(email));
    assert_eq!(other.post(&format!("{page}/invite"), &[]).await.status, 404);
    let missing = format!("/people/{}", banyan::ids::PersonId::new());
    let (a, b) = (other.get(&page).await, other.get(&missing).await);
    assert_eq!(a.status, b.status);
    let reference = |text: String| {
        text.split("class=\"hint\"")
            .next()
            .unwrap()
            .replace(&page, "")
            .replace(&missing, "")
    };
    assert_eq!(reference(a.text()), reference(b.text()));
}

#[actix_web::test]
async fn ending_a_role_asks_first_and_works_from_the_next_request() {
    let app = TestApp::new();
    let (ivy, _) = coordinator(&app, "TEST");
    let programme = banyan::ids::ProgrammeId(app.programme("MORE").0);
    app.grant(
        ivy.person.unwrap(),
        Role::Coordinator,
        Some(programme),
        None,
    );
    let rex = app.acting("Rex Staff", Role::Coordinator, Some(programme), None);
    let more = app.acting("Mo Staff", Role::Coordinator, Some(programme), None);
    let path = format!(
        "/people/{}/grants/{}/end",
        rex.person.unwrap(),
        rex.grant.unwrap()
    );
    assert_eq!(
        ivy.get(&path).await.status,
        404,
        "acting in another programme"
    );
    let ask = more.get(&path).await;
    assert_eq!(ask.status, 200);
    assert!(ask.text().contains("Rex Staff"));
    assert_eq!(
        rex.get("/people").await.status,
        200,
        "asking has ended nothing"
    );
    assert_eq!(more.post(&path, &[]).await.status, 303);
    assert_eq!(rex.get("/people").await.status, 403);
    assert_eq!(more.post(&path, &[]).await.status, 409);
    let page = more
        .get(&format!("/people/{}", rex.person.unwrap()))
        .await
        .text();
    assert!(page.contains(Lang::En.people_standing_ended()));
}

#[actix_web::test]
async fn an_administrator_disables_an_account_at_once_and_enables_it_again() {
    let app = TestApp::new();
    let (ivy, programme) = coordinator(&app, "TEST");
    let ada = app.acting("Ada Admin", Role::Administrator, None, None);
    let page = format!("/people/{}", ivy.person.unwrap());
    assert_eq!(ivy.get(&format!("{page}/disable")).await.status, 403);
    assert_eq!(ivy.post(&format!("{page}/disable"), &[]).await.status, 403);
    assert_eq!(ada.get(&format!("{page}/disable")).await.status, 200);
    assert_eq!(ada.post(&format!("{page}/disable"), &[]).await.status, 303);
    assert_eq!(ivy.get("/people").await.status, 303);
    let email = app.address_of(ivy.person.unwrap());
    let again = ada
        .post(
            "/people/invite",
            &invitation(&email, "reviewer", &programme),
        )
        .await;
    assert_eq!(again.status, 409);
    assert_eq!(ada.post(&format!("{page}/enable"), &[]).await.status, 303);
    assert_eq!(
        ivy.get("/people").await.status,
        303,
        "sessions do not come back"
    );
    let oneself = format!("/people/{}/disable", ada.person.unwrap());
    assert_eq!(ada.post(&oneself, &[]).await.status, 409);
}

#[actix_web::test]
async fn the_last_administrator_stays_and_coordinators_cannot_touch_one() {
    let app = TestApp::new();
    let (ivy, _) = coordinator(&app, "TEST");
    let ada = app.acting("Ada Admin", Role::Administrator, None, None);
    let path = format!(
        "/people/{}/grants/{}/end",
        ada.person.unwrap(),
        ada.grant.unwrap()
    );
    assert_eq!(ivy.post(&path, &[]).await.status, 404);
    let answer = ada.post(&path, &[]).await;
    assert_eq!(answer.status, 409);
    assert!(
        answer
            .text()
            .contains(Lang::En.people_refuse_last_administrator())
    );
    app.acting("Bo Admin", Role::Administrator, None, None);
    assert_eq!(ada.post(&path, &[]).await.status, 303);
}

#[actix_web::test]
async fn an_invitation_is_sent_again_with_a_new_link() {
    let app = TestApp::new();
    let (ivy, programme) = coordinator(&app, "TEST");
    let email = "wing.ho@example.org";
    let made = ivy
        .post("/people/invite", &invitation(email, "reviewer", &programme))
        .await;
    let again = format!("{}/invite", made.location());
    assert_eq!(ivy.post(&again, &[("_key", "one")]).await.status, 303);
    assert_eq!(
        ivy.post(&again, &[("_key", "one")]).await.status,
        303,
        "a double click"
    );
    let letters = app.mail_to(email);
    assert_eq!(letters.len(), 2);
    assert_ne!(letters[0].link("invite"), letters[1].link("invite"));
}

#[actix_web::test]
async fn the_command_line_lets_a_first_administrator_into_an_empty_house() {
    let app = TestApp::new();
    let email = Email::parse("first@example.org").unwrap();
    let names = Names::new("", "", "", "林愛達").unwrap();
    let mut homes = Vec::new();
    for _ in 0..2 {
        let url = invite_administrator(&app.site, &email, &names, Lang::Zh).unwrap();
        let path = url
            .strip_prefix(&app.site.config.public_url)
            .unwrap()
            .to_owned();
        let browser = app.anybody();
        homes.push(browser.post(&path, &[]).await.location().to_owned());
        assert!(browser.get("/people").await.text().contains("林愛達"));
    }
    assert_eq!(homes, ["/desk", "/desk"]);
}
