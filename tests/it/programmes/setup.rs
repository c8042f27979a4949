//! An empty house gets its first programme by a page, a second one, and closes one.

use banyan::db::Role;

use crate::support::app::{Client, TestApp};
use crate::support::fixtures::cohorts::Side;

const ZH: (&str, &str) = ("name_zh", "海港人工智能計劃");

/// Names and values of a form.
type Fields<'a> = &'a [(&'a str, &'a str)];

fn programme<'a>(code: &'a str, pics: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name_en", "Harbour AI Programme"),
        ZH,
        ("code", code),
        ("summary_en", "What it is."),
        ("summary_zh", "計劃簡介。"),
        ("contact_email", "office@example.org"),
        ("metric", "trained"),
        ("operator", ">"),
        ("pics", pics),
        ("version", "2026-10"),
        ("text_en", "We collect what you tell us."),
        ("text_zh", "我們收集你提供的資料。"),
    ]
}

fn with<'a>(
    fields: &[(&'a str, &'a str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let kept = fields
        .iter()
        .filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    kept.chain(changes).copied().collect()
}

fn administrator(app: &TestApp) -> Client<'_> {
    app.acting("Root Admin", Role::Administrator, None, None)
}

#[actix_web::test]
async fn an_administrator_of_an_empty_house_is_led_to_the_first_programme() {
    let app = TestApp::with_database();
    let root = administrator(&app);
    let desk = root.get("/desk").await.text();
    assert!(desk.contains("href=\"/programmes/new\">Set up the programme"));
    for path in ["/programme", "/cohorts/new"] {
        let led = root.get(path).await;
        assert_eq!((led.status, led.location()), (303, "/programmes"), "{path}");
    }
    let list = root.get("/programmes").await.text();
    assert!(list.contains("There is no programme yet") && list.contains("Plan the first cohort"));
    let form = root.get("/programmes/new").await.text();
    assert!(form.contains("[Name of the organisation") && form.contains("［營運計劃的機構名稱］"));
    app.as_owner("UPDATE people SET lang = 'zh-Hant-HK'");
    assert!(root.get("/programmes").await.text().contains("尚未有計劃"));
    assert!(
        root.get("/programmes/new")
            .await
            .text()
            .contains("首個目標（選填）")
    );
}

#[actix_web::test]
async fn one_form_makes_a_programme_with_its_target_and_statement_and_another_after_it() {
    let app = TestApp::with_database();
    let root = administrator(&app);
    let mut first = programme("SETUP1", "publish");
    first.extend([
        ("value", "200"),
        ("starts_on", "2027-01-01"),
        ("ends_on", "2027-12-31"),
        ("wording_en", "train more than 200 each year"),
        ("wording_zh", "每年培訓超過200名"),
    ]);
    let made = root.post("/programmes/new", &first).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let page = root.get(made.location()).await.text();
    for shown in [
        "Harbour AI Programme",
        "SETUP1",
        "0 of 201 needed",
        "<b>237</b><span>enrolments needed",
        "2026-10 · in force since",
        "set up the programme SETUP1",
        "added the target “train more than 200 each year”",
        "published the statement of version 2026-10",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    let holidays = root.get("/programme/holidays").await.text();
    assert_eq!(holidays.matches("Derived</span>").count(), 34);
    let anybody = app.anybody();
    assert!(
        anybody
            .get("/")
            .await
            .text()
            .contains("Harbour AI Programme")
    );
    assert!(
        anybody
            .get("/privacy")
            .await
            .text()
            .contains("We collect what you tell us.")
    );

    // The second one, without target and statement; its own page says what it lacks.
    let second = with(
        &programme("SETUP2", "later"),
        &[("name_en", "Second Programme"), ("name_zh", "第二計劃")],
    );
    let made = root.post("/programmes/new", &second).await;
    assert_eq!(made.status, 303);
    let page = root.get(made.location()).await.text();
    assert!(page.contains("No statement yet. A call cannot open without one."));
    assert!(page.contains("No target yet."));
    let list = root.get("/programmes").await.text();
    assert!(list.contains("Harbour AI Programme") && list.contains("Second Programme"));
    assert!(list.contains("href=\"/programmes\" aria-current=\"page\""));
    assert_eq!(
        root.get("/programmes.csv").await.text(),
        "\u{feff}Code,Name in English,Name in Chinese,Status,Cohorts,Address for questions\r\n\
         SETUP1,Harbour AI Programme,海港人工智能計劃,Planned,0,office@example.org\r\n\
         SETUP2,Second Programme,第二計劃,Planned,0,office@example.org\r\n"
    );
    assert!(root.get("/programmes.xlsx").await.body.starts_with(b"PK"));
    let cohort = root.get("/cohorts/new").await.text();
    assert!(cohort.contains("Harbour AI Programme") && cohort.contains("Second Programme"));
}

#[actix_web::test]
async fn what_is_wrong_with_a_new_programme_stands_beside_its_field_and_nothing_is_written() {
    let app = TestApp::with_database();
    let root = administrator(&app);
    let good = programme("SETUP3", "publish");
    let cases: [(Fields<'_>, &[&str]); 7] = [
        (
            &[("name_en", ""), ("name_zh", ""), ("contact_email", "")],
            &["name_en", "name_zh", "contact_email"],
        ),
        (&[("code", "low-case")], &["code"]),
        (&[("code", "-A")], &["code"]),
        (&[("contact_email", "nobody")], &["contact_email"]),
        (&[("pics", "")], &["pics"]),
        (
            &[("text_en", "By [name]."), ("text_zh", "由［名稱］負責。")],
            &["text_en", "text_zh"],
        ),
        (
            &[("value", "200"), ("starts_on", "2027-01-01")],
            &["ends_on", "wording_en", "wording_zh"],
        ),
    ];
    for (changes, wrong) in cases {
        let answer = root.post("/programmes/new", &with(&good, changes)).await;
        assert_eq!(answer.status, 422, "{changes:?}");
        let text = answer.text();
        for field in wrong {
            assert!(text.contains(&format!("id=\"{field}-error\"")), "{field}");
        }
        assert_eq!(text.matches("class=\"error\"").count(), wrong.len());
    }
    // A target that ends before it starts is found by the action, and takes the programme with it.
    let backwards = with(
        &good,
        &[
            ("value", "200"),
            ("starts_on", "2027-12-31"),
            ("ends_on", "2027-01-01"),
            ("wording_en", "words"),
            ("wording_zh", "文字"),
        ],
    );
    assert_eq!(root.post("/programmes/new", &backwards).await.status, 422);
    let list = root.get("/programmes").await.text();
    assert!(list.contains("There is no programme yet"), "{list}");
    assert_eq!(root.post("/programmes/new", &good).await.status, 303);
    let again = root.post("/programmes/new", &good).await;
    assert_eq!(again.status, 422);
    assert!(again.text().contains("Another programme has this code."));
}

#[actix_web::test]
async fn a_coordinator_makes_no_programme_and_does_not_see_anothers() {
    let app = TestApp::with_database();
    let a = Side::new(&app, "SETUPA", "Ada");
    let b = Side::new(&app, "SETUPB", "Ben");
    let ada = a.client(&app);
    assert_eq!(ada.get("/programmes/new").await.status, 403);
    let form = programme("SETUP4", "later");
    assert_eq!(ada.post("/programmes/new", &form).await.status, 403);
    let list = ada.get("/programmes").await.text();
    assert!(list.contains("Programme SETUPA") && !list.contains("Programme SETUPB"));
    assert!(!list.contains("/programmes/new"));
    let other = format!("/programme?programme={}", b.programme);
    assert_eq!(ada.get(&other).await.status, 404);
    let close = [("programme", &*b.programme.to_string()), ("version", "1")];
    assert_eq!(ada.post("/programme/close", &close).await.status, 404);
    assert_eq!(ada.post("/programme/reopen", &close).await.status, 404);

    // Who administers one programme only would not reach the new one.
    let scoped = app.acting("Scoped", Role::Administrator, Some(a.programme), None);
    let refused = scoped.post("/programmes/new", &form).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .text()
            .contains("Your role reaches one programme only.")
    );
}

#[actix_web::test]
async fn a_programme_closes_when_its_cohorts_are_over_takes_no_more_and_opens_again() {
    let app = TestApp::with_database();
    let a = Side::new(&app, "SETUPC", "Ada");
    let ada = a.client(&app);
    a.cohort(&app, "2090C1", 5);
    let asked = ada.get("/programme/close").await;
    assert_eq!(asked.status, 409);
    assert!(asked.text().contains("1 cohort is not over yet"));
    let version = [("version", "1")];
    assert_eq!(ada.post("/programme/close", &version).await.status, 409);
    app.as_owner("UPDATE cohorts SET state = 'cancelled'");
    let asked = ada.get("/programme/close").await;
    assert_eq!(asked.status, 200);
    assert!(asked.text().contains("It can be opened again."));
    assert_eq!(
        ada.post("/programme/close", &[("version", "7")])
            .await
            .status,
        412
    );
    assert_eq!(ada.post("/programme/close", &version).await.status, 303);
    let page = ada.get("/programme").await.text();
    assert!(page.contains("Closed") && page.contains("closed the programme"));

    let again = [("version", "2")];
    assert_eq!(ada.post("/programme/close", &again).await.status, 409);
    let cohort = [
        ("code", "2090C2"),
        ("name_en", "Intake"),
        ("name_zh", "一屆"),
        ("opens_on", "2090-10-12"),
        ("opens_time", "09:00"),
        ("closes_on", "2090-11-30"),
        ("closes_time", "23:59"),
        ("decisions_on", "2091-01-08"),
        ("reply_on", "2091-01-22"),
        ("reply_time", "23:59"),
        ("reply_days", "7"),
        ("starts_on", "2091-02-22"),
        ("ends_on", "2091-06-26"),
        ("open_seats", "5"),
    ];
    let refused = ada.post("/cohorts/new", &cohort).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("This programme is closed."));
    let form = ada.get("/programme/edit").await.text();
    assert!(!form.contains("name=\"status\""));
    let edit = [
        ("version", "2"),
        ("name_en", "Renamed"),
        ("name_zh", "改名"),
        ("contact_email", "office@example.org"),
    ];
    assert_eq!(ada.post("/programme/edit", &edit).await.status, 303);
    assert!(ada.get("/programme").await.text().contains(">Closed<"));

    assert_eq!(
        ada.post("/programme/reopen", &[("version", "3")])
            .await
            .status,
        303
    );
    assert_eq!(
        ada.post("/programme/reopen", &[("version", "4")])
            .await
            .status,
        409
    );
    assert_eq!(ada.post("/cohorts/new", &cohort).await.status, 303);
    assert!(
        ada.get("/programme")
            .await
            .text()
            .contains("opened the programme again")
    );
}

#[actix_web::test]
async fn the_role_menu_is_the_switch_between_programmes_and_says_until_when() {
    let app = TestApp::with_database();
    let a = Side::new(&app, "SETUPD", "Ada");
    let b = Side::new(&app, "SETUPE", "Ben");
    let ada = a.client(&app);
    let page = ada.get("/desk").await.text();
    assert!(
        page.contains("aria-current=\"true\">Programme coordinator</button>"),
        "{page}"
    );
    let second = app.grant(a.person, Role::Coordinator, Some(b.programme), None);
    app.as_owner(&format!(
        "UPDATE role_grants SET ends_on = '2099-06-30' WHERE id = '{second}'"
    ));
    let page = ada.get("/desk").await.text();
    assert!(
        page.contains("<span>Programme coordinator · SETUPD</span>"),
        "{page}"
    );
    assert!(page.contains(
        "Programme coordinator · Programme SETUPE <span class=\"hint\">until 30 Jun 2099"
    ));
    assert!(
        ada.get("/programme")
            .await
            .text()
            .contains("Programme SETUPD</h1>")
    );
    let switched = ada.post("/role", &[("grant", &second.to_string())]).await;
    assert_eq!((switched.status, switched.location()), (303, "/desk"));
    assert!(
        ada.get("/programme")
            .await
            .text()
            .contains("Programme SETUPE</h1>")
    );
    let theirs = format!("/programme?programme={}", a.programme);
    assert_eq!(ada.get(&theirs).await.status, 404);
}

#[actix_web::test]
async fn who_reaches_several_programmes_lists_the_cohorts_of_one() {
    let app = TestApp::with_database();
    let a = Side::new(&app, "SETUPF", "Ada");
    let b = Side::new(&app, "SETUPG", "Ben");
    a.cohort(&app, "2090F1", 5);
    b.cohort(&app, "2090G1", 5);
    let root = administrator(&app);
    let both = root.get("/cohorts").await.text();
    assert!(both.contains("2090F1") && both.contains("2090G1") && both.contains("f-programme"));
    for list in ["/cohorts", "/cohorts.csv"] {
        let of_a = root.get(&format!("{list}?programme={}", a.programme)).await;
        assert!(of_a.text().contains("2090F1") && !of_a.text().contains("2090G1"));
    }
    let ada = a.client(&app);
    assert!(!ada.get("/cohorts").await.text().contains("f-programme"));
    let others = format!("/cohorts?programme={}", b.programme);
    let others = ada.get(&others).await.text();
    assert!(!others.contains("2090G1") && !others.contains("2090F1"));
}
