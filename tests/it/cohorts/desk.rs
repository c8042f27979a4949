//! Cohorts at the desk: pages, refusals, tenants.

use banyan::access;
use banyan::cohorts::actions::{self, Criterion};
use banyan::cohorts::rules::CohortEvent;
use banyan::cohorts::rules::CohortState;
use banyan::error::Error;
use banyan::organisations::rules::Kind;

use crate::support::app::TestApp;
use crate::support::fixtures::cohorts::{Side, details};

const FORM: [(&str, &str); 16] = [
    ("code", "2090H1"),
    ("name_en", "First intake"),
    ("name_zh", "第一屆"),
    ("intro_en", ""),
    ("intro_zh", ""),
    ("opens_on", "2090-10-12"),
    ("opens_time", "09:00"),
    ("closes_on", "2090-11-30"),
    ("closes_time", "23:59"),
    ("decisions_on", "2091-01-08"),
    ("reply_on", "2091-01-22"),
    ("reply_time", "23:59"),
    ("starts_on", "2091-02-22"),
    ("ends_on", "2091-06-26"),
    ("reply_days", "7"),
    ("open_seats", "18"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = FORM
        .iter()
        .copied()
        .filter(|(name, _)| !changes.iter().any(|(c, _)| c == name))
        .collect();
    fields.extend_from_slice(changes);
    fields
}

#[actix_web::test]
async fn a_cohort_is_planned_with_an_open_pool_and_a_deadline_of_the_whole_day() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let ada = a.client(&app);
    let new = ada.get("/cohorts/new").await.text();
    assert!(new.contains("value=\"23:59\""), "{new}");
    let done = ada.post("/cohorts/new", &FORM).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let seats = ada.get(done.location()).await;
    assert_eq!(seats.status, 200);
    assert!(
        seats
            .text()
            .contains("planned the cohort 2090H1 with 18 open seats")
    );
    assert_eq!(
        a.count(&app, "SELECT count(*) AS n FROM cohorts WHERE closes_at = '2090-11-30 15:59:59+00' AND state = 'planned'"),
        1
    );
    let list = ada.get("/cohorts?state=planned&sort=-code").await.text();
    assert!(
        list.contains("First intake") && list.contains("0 of 18"),
        "{list}"
    );
    let chinese = ada.get("/cohorts?lang=zh-Hant-HK").await.text();
    assert!(chinese.contains("First intake"));
    assert!(
        ada.get("/cohorts?state=open")
            .await
            .text()
            .contains("No cohort matches")
    );
}

#[actix_web::test]
async fn dates_out_of_order_stand_beside_their_fields_and_what_was_typed_is_kept() {
    let app = TestApp::new();
    let ada = Side::new(&app, "AAA", "Ada");
    let client = ada.client(&app);
    let typed = with(&[
        ("closes_on", "2090-10-01"),
        ("ends_on", "2091-01-30"),
        ("name_en", "Kept <as typed>"),
        ("code", "not ok!"),
    ]);
    let wrong = client.post("/cohorts/new", &typed).await;
    assert_eq!(wrong.status, 422);
    let text = wrong.text();
    assert!(text.contains("Kept &#60;as typed&#62;") || text.contains("Kept &lt;as typed&gt;"));
    assert!(text.contains("id=\"code-error\""));
    let wrong = client
        .post(
            "/cohorts/new",
            &with(&[("closes_on", "2090-10-01"), ("ends_on", "2091-01-30")]),
        )
        .await
        .text();
    assert!(wrong.contains("id=\"closes_on-error\"") && wrong.contains("id=\"ends_on-error\""));
    assert!(wrong.contains("The call must close after it opens."));
    assert_eq!(ada.count(&app, "SELECT count(*) AS n FROM cohorts"), 0);
}

#[actix_web::test]
async fn a_code_in_use_is_refused_even_when_its_owner_cannot_be_seen() {
    let app = TestApp::new();
    let (a, b) = (Side::new(&app, "AAA", "Ada"), Side::new(&app, "BBB", "Ben"));
    b.cohort(&app, "2090H1", 5);
    let taken = a.client(&app).post("/cohorts/new", &FORM).await;
    assert_eq!(taken.status, 422);
    assert!(taken.text().contains("Another cohort has this code."));
    assert!(!taken.text().contains("Programme BBB"));
}

#[actix_web::test]
async fn nothing_of_another_programme_is_found() {
    let app = TestApp::new();
    let (a, b) = (Side::new(&app, "AAA", "Ada"), Side::new(&app, "BBB", "Ben"));
    let bank = b.organisation(&app, Kind::Bank, "Harbour Sample Bank");
    let cohort = b.cohort(&app, "BSECRET", 5);
    let pool = b.held(&app, cohort, bank, 2, "2091-01-22");
    let ada = a.client(&app);
    for page in ["edit", "state", "seats", "seats/new", "rubric"] {
        let path = format!("/cohorts/{cohort}/{page}");
        assert_eq!(ada.get(&path).await.status, 404, "{path}");
    }
    for page in ["edit", "state", "seats/new", "rubric"] {
        let path = format!("/cohorts/{cohort}/{page}");
        assert_eq!(
            ada.post(&path, &[("step", "open"), ("version", "1")])
                .await
                .status,
            404,
            "{path}"
        );
    }
    for path in [
        format!("/cohorts/{cohort}/seats/{pool}"),
        format!("/cohorts/{cohort}/seats/{pool}/release"),
    ] {
        assert_eq!(ada.get(&path).await.status, 404);
        assert_eq!(
            ada.post(&path, &[("version", "1"), ("capacity", "9")])
                .await
                .status,
            404
        );
    }
    assert!(!ada.get("/cohorts").await.text().contains("BSECRET"));
    // A pool of B's cannot be reached through a cohort of A's either.
    let mine = a.cohort(&app, "AMINE", 5);
    assert_eq!(
        ada.get(&format!("/cohorts/{mine}/seats/{pool}"))
            .await
            .status,
        404
    );
    assert_eq!(b.seats(&app, cohort), vec![(5, 0, 0), (2, 0, 0)]);
    let other = format!("/cohorts/new?programme={}", b.programme);
    assert_eq!(ada.get(&other).await.status, 200);
    assert_eq!(app.person("Eve").get("/cohorts").await.status, 403);
}

#[actix_web::test]
async fn a_stale_edit_is_told_and_loses_nothing() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let cohort = a.cohort(&app, "2090H1", 5);
    a.tx(&app, |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let mut changed = details("2090H1");
        changed.name_en = "Theirs".to_owned();
        actions::update(conn, &staff, 1, &changed)
    })
    .unwrap();
    let ada = a.client(&app);
    let path = format!("/cohorts/{cohort}/edit");
    let mine = with(&[("name_en", "Mine"), ("version", "1")]);
    let stale = ada.post(&path, &mine).await;
    assert_eq!(stale.status, 412);
    let text = stale.text();
    assert!(
        text.contains("value=\"Mine\"") && text.contains("Saved meanwhile: Theirs"),
        "{text}"
    );
    assert!(text.contains("name=\"version\" value=\"2\""));
    let again = with(&[("name_en", "Mine"), ("version", "2")]);
    assert_eq!(ada.post(&path, &again).await.status, 303);
    let history = ada.get(&path).await.text();
    assert!(
        history.contains("changed Name in English (Theirs → Mine)"),
        "{history}"
    );
}

#[actix_web::test]
async fn a_call_opens_only_with_seats_and_a_statement_and_its_code_is_fixed_then() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let empty = a.cohort(&app, "EMPTY", 0);
    let cohort = a.cohort(&app, "2090H1", 5);
    let ada = a.client(&app);
    let open = [("step", "open")];
    let refused = ada.post(&format!("/cohorts/{cohort}/state"), &open).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .text()
            .contains("Publish a Personal Information Collection Statement")
    );
    a.pics(&app);
    let refused = ada.post(&format!("/cohorts/{empty}/state"), &open).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .text()
            .contains("Add seats before you open the call.")
    );
    let asked = ada
        .get(&format!("/cohorts/{cohort}/state?step=open"))
        .await
        .text();
    assert!(asked.contains("5 seats are offered for.") && asked.contains("Nobody is written to"));
    let path = format!("/cohorts/{cohort}/state");
    assert_eq!(ada.post(&path, &open).await.status, 303);
    assert_eq!(ada.post(&path, &open).await.status, 409);
    assert!(
        ada.get(&path)
            .await
            .text()
            .contains("from “Planned” to “Open for applications”")
    );
    let renamed = with(&[("code", "OTHER"), ("version", "2")]);
    let refused = ada.post(&format!("/cohorts/{cohort}/edit"), &renamed).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("can no longer be changed"));
}

#[actix_web::test]
async fn a_cancelled_cohort_tells_the_living_applications_once_and_takes_no_more_changes() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let cohort = a.cohort(&app, "2090H1", 5);
    a.application(&app, cohort, "submitted", "Sam");
    a.application(&app, cohort, "draft", "Dora");
    a.application(&app, cohort, "withdrawn", "Will");
    let ada = a.client(&app);
    let path = format!("/cohorts/{cohort}/state");
    let asked = ada.get(&format!("{path}?step=cancel")).await.text();
    assert!(
        asked.contains("2 people whose applications are alive"),
        "{asked}"
    );
    assert_eq!(ada.post(&path, &[("step", "cancel")]).await.status, 303);
    assert_eq!(ada.post(&path, &[("step", "cancel")]).await.status, 409);
    let told = "SELECT count(*) AS n FROM letters WHERE kind = 'cohort_cancelled'";
    assert_eq!(a.count(&app, told), 2);
    let edit = with(&[("version", "2")]);
    assert_eq!(
        ada.post(&format!("/cohorts/{cohort}/edit"), &edit)
            .await
            .status,
        409
    );
    let state = a.tx(&app, |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        actions::step(conn, &staff, CohortEvent::Open)
    });
    assert!(matches!(state, Err(Error::Refused(r)) if r.code() == "cohort_step_refused"));
    let shown = ada.get(&path).await.text();
    assert!(shown.contains(CohortState::Cancelled.label(banyan::lang::Lang::En)));
}

#[actix_web::test]
async fn a_rubric_keeps_its_ids_and_is_frozen_by_the_first_submitted_review() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let cohort = a.cohort(&app, "2090H1", 5);
    let ada = a.client(&app);
    let path = format!("/cohorts/{cohort}/rubric");
    let rows = [
        ("version", "1"),
        ("c1_name_en", "Motivation"),
        ("c1_name_zh", "動機"),
        ("c1_weight", "40"),
        ("c1_place", "2"),
        ("c2_name_en", "Ability"),
        ("c2_name_zh", "能力"),
        ("c2_weight", "60"),
        ("c2_place", "1"),
    ];
    assert_eq!(ada.post(&path, &rows).await.status, 303);
    let page = ada.get(&path).await.text();
    assert!(page.find("Ability").unwrap() < page.find("Motivation").unwrap());
    assert_eq!(
        ada.post(&path, &rows).await.status,
        412,
        "the version is an old one"
    );
    let none = ada.post(&path, &[("version", "2")]).await;
    assert_eq!(none.status, 409);
    let half = ada
        .post(&path, &[("version", "2"), ("c1_name_en", "Alone")])
        .await;
    assert_eq!(half.status, 422);
    a.application(&app, cohort, "under_review", "Sam");
    a.tx(&app, |conn| {
        use diesel::RunQueryDsl as _;
        diesel::sql_query(
            "INSERT INTO reviews (id, application_id, cohort_id, programme_id, reviewer_id, reviewer_name, state) \
             SELECT gen_random_uuid(), id, cohort_id, programme_id, banyan_person(), 'Rae', 'submitted' FROM applications",
        )
        .execute(conn.pg())?;
        Ok(())
    })
    .unwrap();
    assert!(
        ada.get(&path)
            .await
            .text()
            .contains("The rubric is frozen: 1 review has been submitted.")
    );
    let frozen = a.tx(&app, |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let criterion = Criterion {
            id: None,
            name_en: "Late".to_owned(),
            name_zh: "遲".to_owned(),
            hint_en: String::new(),
            hint_zh: String::new(),
            weight: 1,
        };
        actions::set_rubric(conn, &staff, None, &[criterion])
    });
    assert!(matches!(frozen, Err(Error::Refused(r)) if r.code() == "rubric_frozen"));
}

#[actix_web::test]
async fn the_list_is_a_file_too() {
    let app = TestApp::with_database();
    let (a, b) = (Side::new(&app, "AAA", "Ada"), Side::new(&app, "BBB", "Ben"));
    a.cohort(&app, "2090H1", 5);
    b.cohort(&app, "BSECRET", 5);
    let csv = a.client(&app).get("/cohorts.csv").await;
    assert_eq!(csv.status, 200);
    let text = csv.text();
    assert!(
        text.contains("2090H1,Intake 2090H1,第2090H1屆,Planned"),
        "{text}"
    );
    assert!(!text.contains("BSECRET"));
    let xlsx = a.client(&app).get("/cohorts.xlsx?state=planned").await;
    assert!(xlsx.body.starts_with(b"PK"));
}
