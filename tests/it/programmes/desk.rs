//! The programme's page: targets, planner, holidays, statement.

use crate::support::app::TestApp;
use crate::support::fixtures::cohorts::Side;

const TARGET: [(&str, &str); 7] = [
    ("metric", "trained"),
    ("operator", ">"),
    ("value", "200"),
    ("starts_on", "2027-01-01"),
    ("ends_on", "2027-12-31"),
    ("wording_en", "train more than 200 professionals each year"),
    ("wording_zh", "每年培訓超過200名專業人才"),
];

#[actix_web::test]
async fn the_planner_says_what_more_than_200_trained_takes_in_both_languages() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let ada = a.client(&app);
    assert!(
        ada.get("/programme")
            .await
            .text()
            .contains("Add a yearly target first")
    );
    assert_eq!(
        ada.post("/programme/targets/new", &TARGET).await.status,
        303
    );
    let page = ada.get("/programme?size=40").await.text();
    for (number, label) in [
        ("201", "completions needed"),
        ("237", "enrolments needed"),
        ("316", "offers needed"),
        ("6", "cohorts of 40 seats"),
    ] {
        let tile = format!("<b>{number}</b><span>{label}</span>");
        assert!(page.contains(&tile), "{tile} in {page}");
    }
    assert!(page.contains("No source named"));
    app.site
        .db
        .tx(&a.actor, |conn| {
            use diesel::RunQueryDsl as _;
            diesel::sql_query("UPDATE people SET lang = 'zh-Hant-HK' WHERE id = banyan_person()")
                .execute(conn.pg())?;
            Ok(())
        })
        .unwrap();
    let page = ada
        .get("/programme?completion=100&acceptance=50&size=30")
        .await
        .text();
    assert!(
        page.contains("<b>201</b><span>所需入學註冊人數</span>"),
        "{page}"
    );
    assert!(page.contains("<b>402</b><span>所需取錄通知</span>"));
    assert!(page.contains("<b>7</b><span>屆（每屆30個名額）</span>"));
    let kept = [("completion", "87.5"), ("acceptance", "75")];
    assert_eq!(ada.post("/programme/plan", &kept).await.status, 303);
    assert!(
        ada.get("/programme")
            .await
            .text()
            .contains("value=\"87.5\"")
    );
    assert_eq!(
        ada.post(
            "/programme/plan",
            &[("completion", "0"), ("acceptance", "75")]
        )
        .await
        .status,
        422
    );
}

#[actix_web::test]
async fn a_target_has_a_source_progress_and_a_version() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let ada = a.client(&app);
    let source = [
        ("title_en", "Sample press release"),
        ("title_zh", "示範新聞稿"),
        ("publisher", "Sample Association"),
        ("published_on", "2026-04-02"),
        ("url", "ftp://nowhere"),
    ];
    assert_eq!(
        ada.post("/programme/sources/new", &source).await.status,
        422
    );
    assert_eq!(
        ada.post("/programme/sources/new", &source[..4])
            .await
            .status,
        303
    );
    let form = ada.get("/programme/targets/new").await.text();
    let id = form
        .split("Sample press release")
        .next()
        .unwrap()
        .rsplit("value=\"")
        .next()
        .unwrap()[..36]
        .to_owned();
    let mut target = TARGET.to_vec();
    target.push(("source", &id));
    assert_eq!(
        ada.post("/programme/targets/new", &target).await.status,
        303
    );
    let page = ada.get("/programme").await.text();
    assert!(page.contains("Source: Sample press release, Sample Association, 2 Apr 2026"));
    assert!(page.contains("0 of 201 needed") && page.contains("An even pace to date"));
    assert!(
        page.contains("Trained: Completed in the period. Enrolled: Started in the period."),
        "{page}"
    );
    let edit = page
        .split("/programme/targets/")
        .find(|s| s.as_bytes()[8] == b'-')
        .unwrap()[..36]
        .to_owned();
    let path = format!("/programme/targets/{edit}");
    let mut wrong = target.clone();
    wrong.retain(|(n, _)| *n != "ends_on");
    wrong.extend([("ends_on", "2026-01-01"), ("version", "1")]);
    assert_eq!(ada.post(&path, &wrong).await.status, 422);
    let mut changed = target.clone();
    changed.retain(|(n, _)| *n != "value");
    changed.extend([("value", "250"), ("version", "1")]);
    assert_eq!(ada.post(&path, &changed).await.status, 303);
    let stale = ada.post(&path, &changed).await;
    assert_eq!(stale.status, 412);
    let b = Side::new(&app, "BBB", "Ben");
    let ben = b.client(&app);
    assert_eq!(ben.get(&path).await.status, 404);
    assert_eq!(ben.post(&format!("{path}/remove"), &[]).await.status, 404);
    assert_eq!(
        ben.get(&format!("/programme?programme={}", a.programme))
            .await
            .status,
        404
    );
    assert_eq!(
        ben.post("/programme/targets/new", &target).await.status,
        404,
        "a source of A's"
    );
    assert!(
        ada.get(&format!("{path}/remove"))
            .await
            .text()
            .contains("Remove this target?")
    );
    assert_eq!(ada.post(&format!("{path}/remove"), &[]).await.status, 303);
    assert!(
        ada.get("/programme")
            .await
            .text()
            .contains("removed the target")
    );
}

#[actix_web::test]
async fn the_first_intake_is_a_milestone_and_a_late_plan_is_said() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let ada = a.client(&app);
    let mut first = TARGET.to_vec();
    first[0] = ("metric", "first_intake");
    first[4] = ("ends_on", "2027-06-30");
    assert_eq!(ada.post("/programme/targets/new", &first).await.status, 303);
    assert!(
        ada.get("/programme")
            .await
            .text()
            .contains("No cohort is planned in the window yet.")
    );
    a.cohort(&app, "2090H1", 5);
    let page = ada.get("/programme").await.text();
    assert!(
        page.contains("planned to start on 22 Feb 2091, after the window"),
        "{page}"
    );
}

#[actix_web::test]
async fn holidays_are_shipped_as_derived_and_a_gazetted_one_stays() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let ada = a.client(&app);
    let gazetted = [
        ("observed_on", "2027-02-09"),
        ("name_en", "Checked"),
        ("name_zh", "已核對"),
        ("status", "gazetted"),
    ];
    assert_eq!(ada.post("/programme/holidays", &gazetted).await.status, 303);
    let page = ada.get("/programme/holidays").await.text();
    let [csv, xlsx] =
        ["csv", "xlsx"].map(|kind| format!("/programme/holidays.{kind}?programme={}", a.programme));
    assert!(page.contains(&format!("href=\"{csv}\"")) && page.contains(&xlsx));
    assert_eq!(
        ada.get(&csv).await.text(),
        "\u{feff}Day,Name in English,Name in Chinese,Status\r\n2027-02-09,Checked,已核對,Gazetted\r\n"
    );
    assert!(ada.get(&xlsx).await.body.starts_with(b"PK"));
    assert_eq!(ada.post("/programme/holidays/load", &[]).await.status, 303);
    let page = ada.get("/programme/holidays").await.text();
    assert_eq!(page.matches("Derived</span>").count(), 16);
    assert!(
        page.contains("Checked") && page.contains("set 33 holidays"),
        "{page}"
    );
    assert_eq!(
        ada.post("/programme/holidays", &gazetted[..2]).await.status,
        422
    );
}

#[actix_web::test]
async fn a_published_statement_never_changes_and_the_programme_keeps_its_versions() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let ada = a.client(&app);
    let first = [
        ("version", "2026-10"),
        ("text_en", "We collect."),
        ("text_zh", "我們收集。"),
    ];
    assert_eq!(ada.post("/programme/pics/new", &first).await.status, 303);
    let again = ada.post("/programme/pics/new", &first).await;
    assert_eq!(again.status, 422);
    assert!(again.text().contains("a published statement never changes"));
    assert!(
        ada.get("/programme/pics/new")
            .await
            .text()
            .contains("We collect.")
    );
    let edit = [
        ("version", "1"),
        ("name_en", "Renamed"),
        ("name_zh", "改名"),
        ("status", "recruiting"),
        ("contact_email", "office@example.org"),
    ];
    assert_eq!(ada.post("/programme/edit", &edit).await.status, 303);
    assert_eq!(ada.post("/programme/edit", &edit).await.status, 412);
    let page = ada.get("/programme").await.text();
    assert!(page.contains("Renamed") && page.contains("Recruiting"));
    assert!(
        page.contains("published the statement of version 2026-10"),
        "{page}"
    );
}
