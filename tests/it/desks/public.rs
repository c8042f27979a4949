//! The public site as strangers, applicants and staff see it.

use actix_web::test::TestRequest;
use banyan::db::Role;

use crate::support::app::TestApp;
use crate::support::fixtures::desks::{OPEN, applicant, coordinator, world};

const ZH: &str = "?lang=zh-Hant-HK";

/// The page in both languages; it must answer.
async fn both(app: &TestApp, path: &str) -> (String, String) {
    let anybody = app.anybody();
    let (english, chinese) = (
        anybody.get(path).await,
        anybody.get(&format!("{path}{ZH}")).await,
    );
    assert_eq!((english.status, chinese.status), (200, 200), "{path}");
    assert!(english.text().contains("<html lang=\"en\">"));
    assert!(chinese.text().contains("<html lang=\"zh-Hant-HK\">"));
    (english.text(), chinese.text())
}

fn holds(page: &str, texts: &[&str]) {
    for text in texts {
        assert!(page.contains(text), "“{text}” is missing in {page}");
    }
}

#[actix_web::test]
async fn an_empty_house_still_has_a_public_face() {
    let app = TestApp::with_database();
    holds(
        &both(&app, "/").await.0,
        &["AI talent for Hong Kong", "No call is open now"],
    );
    holds(&both(&app, "/curriculum").await.1, &["課程尚未公布"]);
    holds(
        &both(&app, "/privacy").await.0,
        &["No statement has been published yet"],
    );
    holds(&both(&app, "/targets").await.1, &["尚未記錄任何目標"]);
    both(&app, "/selection").await;
}

#[actix_web::test]
async fn the_first_page_tells_of_programme_call_dates_and_source() {
    let app = world();
    let (english, chinese) = both(&app, "/").await;
    holds(
        &english,
        &[
            "Lantern AI Pilot",
            "A fictional pilot.",
            "/calls/2027H2",
            "Thu 30 Nov 2090, 23:59 HKT",
            "More than 200 people trained each year",
            "Paper on talent, Example Press, 2 Apr 2026",
        ],
    );
    holds(
        &chinese,
        &[
            "燈籠人工智能試點計劃",
            "虛構的試點計劃。",
            "2027年下半年",
            "2090年11月30日（星期四）23:59（香港時間）",
            "每年培訓超過200名",
            "人才文件，Example Press",
        ],
    );
    assert!(
        !english.contains("javascript:"),
        "only web addresses become links"
    );
}

#[actix_web::test]
async fn a_planned_cohort_is_public_to_nobody_not_even_to_its_staff() {
    let app = world();
    for client in [app.anybody(), coordinator(&app), app.person("Ada")] {
        assert!(!client.get("/").await.text().contains("Secret plan"));
        assert_eq!(client.get("/calls/2028H1").await.status, 404);
    }
}

#[actix_web::test]
async fn a_call_says_who_may_apply_and_what_to_prepare() {
    let app = world();
    let (english, chinese) = both(&app, "/calls/2027H2").await;
    holds(
        &english,
        &[
            "Second half of 2027",
            "University student",
            "What to prepare",
            "Motivation",
            "60%",
            "/sign-up?next=/calls/2027H2",
            "/sign-in?next=/calls/2027H2",
            "/privacy",
            "Apply before Thu 30 Nov 2090, 23:59 HKT.",
        ],
    );
    holds(&chinese, &["動機", "60%", "大學生", "所需準備"]);
    assert_eq!(
        app.anybody().get("/calls/2027h2").await.status,
        200,
        "codes are read in either case"
    );
    assert_eq!(app.anybody().get("/calls/NONE").await.status, 404);
}

#[actix_web::test]
async fn a_call_counts_its_seats_in_all_and_names_no_organisation() {
    let app = world();
    let page = app.anybody().get("/calls/2027H1").await.text();
    holds(&page, &["Seats in all: <b>30</b>", "Applications closed"]);
    for hidden in [
        "Alpha Lantern University",
        "Beta Harbour Bank",
        "/sign-up?next",
    ] {
        assert!(!page.contains(hidden), "{hidden}");
    }
}

#[actix_web::test]
async fn a_call_not_open_yet_or_called_off_says_so() {
    let app = world();
    app.as_owner(&format!(
        "UPDATE cohorts SET opens_at = '2089-01-01' WHERE id = '{OPEN}'"
    ));
    holds(
        &both(&app, "/calls/2027H2").await.0,
        &["Not yet open", "Applications open "],
    );
    app.as_owner(&format!(
        "UPDATE cohorts SET state = 'cancelled' WHERE id = '{OPEN}'"
    ));
    let (english, chinese) = both(&app, "/calls/2027H2").await;
    holds(&english, &["called off"]);
    holds(&chinese, &["已取消"]);
    assert!(!english.contains("/sign-up?next"));
}

#[actix_web::test]
async fn who_reads_a_call_decides_what_can_be_done() {
    let app = world();
    let ada = app.person("Ada");
    holds(
        &ada.get("/calls/2027H2").await.text(),
        &["action=\"/calls/2027H2/apply\"", "name=\"_key\""],
    );
    holds(
        &coordinator(&app).get("/calls/2027H2").await.text(),
        &["You are signed in in a staff role."],
    );
    let (person, application) = applicant(&app, "Bea", OPEN, "draft");
    let bea = app.sign_in(person, None);
    let page = bea.get("/calls/2027H2").await.text();
    holds(&page, &[&format!("/me/applications/{application}")]);
    assert!(!page.contains("/calls/2027H2/apply"));
    assert!(
        !ada.get("/calls/2027H2")
            .await
            .text()
            .contains(&application.to_string())
    );
}

#[actix_web::test]
async fn curriculum_selection_privacy_and_targets_show_their_rows() {
    let app = world();
    holds(
        &both(&app, "/curriculum").await.0,
        &[
            "AIR501",
            "AI risk management",
            "<td class=\"n\" data-label=\"Contact hours\">42</td>",
            "140",
        ],
    );
    holds(
        &both(&app, "/selection").await.1,
        &["動機", "office@lantern.example", "候補名單設有次序"],
    );
    let (english, chinese) = both(&app, "/privacy").await;
    holds(
        &english,
        &[
            "2026-10",
            "<p>We collect little.</p><p>You may ask for a copy.</p>",
        ],
    );
    holds(&chinese, &["我們收集極少資料。"]);
    assert!(
        !english.contains("An older statement.") && !english.contains("A statement of the future.")
    );
    holds(
        &app.anybody().get("/privacy?text=zh-Hant-HK").await.text(),
        &["<html lang=\"en\">", "我們收集極少資料。"],
    );
    let targets = both(&app, "/targets").await.0;
    holds(
        &targets,
        &[
            "more than 200",
            "38%",
            "n\u{a0}=\u{a0}103",
            "May repeat an older survey.",
            "90%",
        ],
    );
    let (own, context) = targets.split_once("Goals of the roadmap").unwrap();
    assert!(
        !own.contains("38%") && context.contains("38%"),
        "context stands apart from targets"
    );
}

#[actix_web::test]
async fn strangers_pages_may_be_kept_for_a_minute_and_nobody_elses() {
    let app = world();
    let anybody = app.anybody();
    for path in [
        "/",
        "/calls/2027H2",
        "/curriculum",
        "/selection",
        "/privacy",
        "/targets",
    ] {
        let page = anybody.get(path).await;
        assert_eq!(
            page.headers["cache-control"], "public, max-age=60",
            "{path}"
        );
        assert_eq!(page.headers["vary"], "Accept-Language, Cookie", "{path}");
        let etag = page.headers["etag"].clone();
        let again = anybody
            .send(
                TestRequest::get()
                    .uri(path)
                    .insert_header(("if-none-match", etag.clone())),
            )
            .await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(
            (
                &again.headers["etag"],
                again.headers["cache-control"].as_str()
            ),
            (&etag, "public, max-age=60")
        );
        for own in [
            app.person("Ada"),
            app.acting("Cy", Role::Committee, None, None),
        ] {
            let page = own.get(path).await;
            assert_eq!(page.headers["cache-control"], "no-store", "{path}");
            assert!(!page.headers.contains_key("etag"));
        }
    }
    let other = anybody.get(&format!("/{ZH}")).await;
    assert_ne!(
        other.headers["etag"],
        anybody.get("/").await.headers["etag"]
    );
}
