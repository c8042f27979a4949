//! The history of every record is a file, too: the lines of its page, and those that the page has no
//! room for.

use actix_web::test::TestRequest;
use std::collections::BTreeSet;

use crate::doors::called;
use crate::doors::knock::{Knock, With, knock, open};
use crate::doors::world::{World, id};
use crate::support::app::Answer;
use banyan::web::Method;

/// The page, where its history stands, and the record; `§name§` is an id of A's.
const PLACES: &[(&str, &str, &str)] = &[
    (
        "/programme?programme=§programme§",
        "/programme/history.*?programme=§programme§",
        "§programme§",
    ),
    (
        "/programme/holidays?programme=§programme§",
        "/programme/holidays/history.*?programme=§programme§",
        "'00484f4c-4944-4159-5300-000000000001'",
    ),
    (
        "/cohorts/§cohort§",
        "/cohorts/§cohort§/history.*",
        "§cohort§",
    ),
    (
        "/cohorts/§cohort§/seats",
        "/cohorts/§cohort§/history.*",
        "§cohort§",
    ),
    (
        "/cohorts/§cohort§/state",
        "/cohorts/§cohort§/history.*",
        "§cohort§",
    ),
    (
        "/cohorts/§cohort§/rubric",
        "/cohorts/§cohort§/history.*",
        "§cohort§",
    ),
    (
        "/cohorts/§cohort§/edit",
        "/cohorts/§cohort§/history.*",
        "§cohort§",
    ),
    (
        "/applications/§application-run§",
        "/applications/§application-run§/history.*",
        "§application-run§",
    ),
    (
        "/people/§applicant§",
        "/people/§applicant§/history.*",
        "§applicant§",
    ),
    (
        "/organisations/§bank§",
        "/organisations/§bank§/history.*",
        "§bank§",
    ),
    (
        "/cohorts/§cohort§/offers/§offer§",
        "/cohorts/§cohort§/offers/§offer§/history.*",
        "§offer§",
    ),
    (
        "/cohorts/§cohort-run§/enrolments/§enrolment§",
        "/cohorts/§cohort-run§/enrolments/§enrolment§/history.*",
        "§enrolment§",
    ),
    (
        "/cohorts/§cohort§/import/§import§",
        "/cohorts/§cohort§/import/§import§/history.*",
        "§import§",
    ),
    (
        "/cohorts/§cohort-run§/offerings/§offering§",
        "/cohorts/§cohort-run§/offerings/§offering§/history.*",
        "§offering§",
    ),
    (
        "/cohorts/§cohort-run§/classes/§class§",
        "/cohorts/§cohort-run§/classes/§class§/history.*",
        "§class§",
    ),
    (
        "/cohorts/§cohort-run§/apologies/§apology§",
        "/cohorts/§cohort-run§/apologies/§apology§/history.*",
        "§apology§",
    ),
    (
        "/programme/closed/§closed§",
        "/programme/closed/§closed§/history.*",
        "§closed§",
    ),
    (
        "/programmes/§programme§/curriculum/modules/§module§",
        "/programmes/§programme§/curriculum/modules/§module§/history.*",
        "§module§",
    ),
    (
        "/programmes/§programme§/completion/versions/§rules§",
        "/programmes/§programme§/completion/versions/§rules§/history.*",
        "§rules§",
    ),
    (
        "/cohorts/§cohort-run§/breaks/§break§",
        "/cohorts/§cohort-run§/breaks/§break§/history.*",
        "§break§",
    ),
    (
        "/programmes/§programme§/competencies/§competency§",
        "/programmes/§programme§/competencies/§competency§/history.*",
        "§competency§",
    ),
    (
        "/programmes/§programme§/references/§reference§",
        "/programmes/§programme§/references/§reference§/history.*",
        "§reference§",
    ),
    (
        "/programmes/§programme§/exemptions/§exemption§",
        "/programmes/§programme§/exemptions/§exemption§/history.*",
        "§exemption§",
    ),
    (
        "/cohorts/§cohort-run§/assessments/§assessment§",
        "/cohorts/§cohort-run§/assessments/§assessment§/history.*",
        "§assessment§",
    ),
    (
        "/programmes/§programme§/at-risk/cases/§risk§",
        "/programmes/§programme§/at-risk/cases/§risk§/history.*",
        "§risk§",
    ),
    (
        "/programmes/§programme§/placements/rounds/§round§",
        "/programmes/§programme§/placements/rounds/§round§/history.*",
        "§round§",
    ),
    (
        "/programmes/§programme§/placements/areas/§area§",
        "/programmes/§programme§/placements/areas/§area§/history.*",
        "§area§",
    ),
    (
        "/programmes/§programme§/placements/partners/§host§",
        "/programmes/§programme§/placements/partners/§host§/history.*",
        "§host§",
    ),
    (
        "/programmes/§programme§/placements/capacity/§capacity§",
        "/programmes/§programme§/placements/capacity/§capacity§/history.*",
        "§capacity§",
    ),
    (
        "/programmes/§programme§/placements/postings/§posting§",
        "/programmes/§programme§/placements/postings/§posting§/history.*",
        "§posting§",
    ),
    (
        "/programmes/§programme§/placements/changes/§change§",
        "/programmes/§programme§/placements/changes/§change§/history.*",
        "§change§",
    ),
    (
        "/programmes/§programme§/placements/placed/§placement§",
        "/programmes/§programme§/placements/placed/§placement§/history.*",
        "§placement§",
    ),
    (
        "/programmes/§programme§/placements/funding/§scheme§",
        "/programmes/§programme§/placements/funding/§scheme§/history.*",
        "§scheme§",
    ),
    (
        "/programmes/§programme§/placements/funding/§scheme§/claims/§claim§",
        "/programmes/§programme§/placements/funding/§scheme§/claims/§claim§/history.*",
        "§claim§",
    ),
    (
        "/letters",
        "/letters/history.*",
        "'004c4554-5445-5253-0000-000000000001'",
    ),
];

/// An event about each of these records, which the coordinator caused.
pub fn events(of: &BTreeSet<&str>) -> String {
    let rows: Vec<String> = of
        .iter()
        .map(|subject| {
            format!(
                "(md5({subject}::uuid::text)::uuid, '2026-12-02T01:00:00Z', 'coordinator', §coordinator§, 'made.up', 'record', \
                 {subject}, CASE WHEN {subject} IN (§bank§, '004c4554-5445-5253-0000-000000000001') THEN NULL ELSE §programme§::uuid END, '\\x00', §request§)"
            )
        })
        .collect();
    format!(
        "INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, verb, subject_kind, subject_id, programme_id, \
           digest, request_id) VALUES {};",
        rows.join(", ")
    )
}

/// Every record that has a history with a file.
pub fn records() -> BTreeSet<&'static str> {
    PLACES.iter().map(|(_, _, record)| *record).collect()
}

fn filled(template: &str) -> String {
    let pieces = template.split('§').enumerate();
    pieces
        .map(|(at, piece)| {
            if at % 2 == 0 {
                piece.to_owned()
            } else {
                id('A', piece).to_string()
            }
        })
        .collect()
}

async fn get(house: &impl AsyncFn(TestRequest) -> Answer, who: &str, path: &str) -> Answer {
    let asked = Knock {
        who: called(who),
        method: Method::Get,
        path,
        origin: &[],
        with: With::default(),
    };
    knock(house, &asked).await
}

#[actix_web::test]
async fn each_page_with_a_history_leads_to_it_as_a_file() {
    let world = World::with(&events(&records()));
    let house = open(&world.app.site).await;
    for (page, place, _) in PLACES {
        let (page, place) = (filled(page), filled(place));
        let shown = get(&house, "coordinator", &page).await;
        assert_eq!(shown.status, 200, "{page}");
        let [csv, xlsx] = ["csv", "xlsx"].map(|kind| place.replace('*', kind));
        for file in [&csv, &xlsx] {
            assert!(
                shown.text().contains(&format!("href=\"{file}\"")),
                "{file} on {page}"
            );
        }
        assert_eq!(
            get(&house, "coordinator", &csv).await.text(),
            "\u{feff}When,Who,What\r\n2026-12-02T09:00:00+08:00,Person coordinator,Recorded: made.up\r\n",
            "{csv}"
        );
        assert!(
            get(&house, "coordinator", &xlsx)
                .await
                .body
                .starts_with(b"PK")
        );
        // What is of the whole house is every office's to know.
        if ["/organisations/", "holidays", "/letters/"]
            .iter()
            .any(|it| place.contains(it))
        {
            continue;
        }
        // Another programme's office knows of no such record.
        assert_eq!(get(&house, "B-coordinator", &csv).await.status, 404);
    }
}

#[actix_web::test]
async fn the_file_holds_what_the_page_has_no_room_for() {
    let many = "INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, verb, subject_kind, subject_id, \
          programme_id, digest, request_id) \
        SELECT md5(n::text)::uuid, '2026-12-02T01:00:00Z', 'system', NULL, 'made.up' || n, 'cohort', §cohort§, §programme§, \
          '\\x00', §request§ FROM generate_series(1, 2000) n; \
        UPDATE people SET lang = 'zh-Hant-HK' WHERE id = §coordinator§;";
    let world = World::with(many);
    let house = open(&world.app.site).await;
    let page = get(&house, "coordinator", &filled("/cohorts/§cohort§/seats")).await;
    assert_eq!(page.text().matches("made.up").count(), 200);
    let file = get(
        &house,
        "coordinator",
        &filled("/cohorts/§cohort§/history.csv"),
    )
    .await
    .text();
    let mut lines = file.lines();
    assert_eq!(lines.next(), Some("\u{feff}時間,人員,事項"));
    let told: BTreeSet<&str> = lines.by_ref().collect();
    assert_eq!(told.len(), 2000);
    assert!(told.contains("2026-12-02T09:00:00+08:00,系統,紀錄：made.up7"));
}

#[actix_web::test]
async fn a_cohort_s_seat_pools_are_a_file() {
    let world = World::new();
    let house = open(&world.app.site).await;
    let page = get(&house, "coordinator", &filled("/cohorts/§cohort§/seats")).await;
    for kind in ["csv", "xlsx"] {
        let link = filled(&format!("href=\"/cohorts/§cohort§/seats.{kind}\""));
        assert!(page.text().contains(&link));
    }
    let csv = filled("/cohorts/§cohort§/seats.csv");
    assert_eq!(
        get(&house, "coordinator", &csv).await.text(),
        "\u{feff}Pool,Held until the end of,Hold ended,Taken,Offered,Free,Seats\r\n\
         Open seats,,,0,1,9,10\r\n\
         Kapok Bank A,2027-01-10T08:00:00+08:00,,0,0,5,5\r\n\
         Kapok Bank B,2027-01-15T08:00:00+08:00,,0,0,7,7\r\n"
    );
    let xlsx = csv.replace(".csv", ".xlsx");
    assert!(
        get(&house, "coordinator", &xlsx)
            .await
            .body
            .starts_with(b"PK")
    );
    assert_eq!(get(&house, "B-coordinator", &csv).await.status, 404);
    assert_eq!(get(&house, "reviewer", &csv).await.status, 403);
}
