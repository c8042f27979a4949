//! Reviewers at work: who is asked, what they see, what counts.

use banyan::access;
use banyan::db::Role;
use banyan::reviews::actions;
use banyan::reviews::rules::Sheet;

use crate::support::app::Client;
use crate::support::fixtures::desk::{Plan, World};

pub(super) fn reading(n: u32) -> Plan<'static> {
    Plan {
        family: ["Chan", "Lee", "Wong", "Ho"][usize::try_from(n % 4).unwrap()],
        state: "under_review",
        ..Plan::default()
    }
}

pub(super) fn scores(world: &World, given: [&'static str; 3]) -> Vec<(String, &'static str)> {
    world
        .criteria
        .iter()
        .map(ToString::to_string)
        .zip(given)
        .collect()
}

pub(super) async fn submit(
    world: &World,
    who: &Client<'_>,
    review: banyan::ids::ReviewId,
    given: [&'static str; 3],
) -> u16 {
    let fields = scores(world, given);
    let form: Vec<(&str, &str)> = fields
        .iter()
        .map(|(id, score)| (id.as_str(), *score))
        .chain([("comment", "canary comment"), ("do", "submit")])
        .collect();
    who.post(&format!("/reviews/{review}"), &form).await.status
}

#[actix_web::test]
async fn a_reviewer_sees_what_was_given_to_them_and_nothing_of_the_others() {
    let world = World::new();
    let staff = world.coordinator();
    let (rae, sam) = (world.reviewer("Rae"), world.reviewer("Zebedee"));
    let shared = world.apply(
        1,
        &Plan {
            email: "hidden@example.net",
            phone: "+85291234567",
            ..reading(1)
        },
    );
    let other = world.apply(
        2,
        &Plan {
            statement: "canary statement",
            ..reading(2)
        },
    );
    world.attach(shared, b"%PDF-1.4 shared %%EOF");
    world.attach(other, b"%PDF-1.4 canary %%EOF");
    let (of_rae, of_sam) = (
        world.assign(&staff, shared, &rae),
        world.assign(&staff, shared, &sam),
    );
    let only_sam = world.assign(&staff, other, &sam);
    staff
        .post(
            &format!("/applications/{shared}/notes"),
            &[("body", "canary note")],
        )
        .await;
    assert_eq!(submit(&world, &sam, of_sam, ["1", "1", "1"]).await, 303);
    let page = rae.get(&format!("/reviews/{of_rae}")).await;
    assert_eq!(page.status, 200);
    for hidden in [
        "canary",
        "hidden@example.net",
        "91234567",
        "Zebedee",
        "1.00",
    ] {
        assert!(!page.text().contains(hidden), "{hidden}");
    }
    assert_eq!(
        rae.get("/reviews?state=all")
            .await
            .text()
            .matches("data-open")
            .count(),
        1
    );
    for path in [
        format!("/reviews/{of_sam}"),
        format!("/reviews/{only_sam}"),
        format!("/reviews/{only_sam}/document"),
        format!("/reviews/{only_sam}/decline"),
    ] {
        let answer = rae.get(&path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("canary"));
    }
    assert_eq!(submit(&world, &rae, only_sam, ["5", "5", "5"]).await, 404);
    for path in [
        format!("/applications/{shared}"),
        format!("/cohorts/{}/applications", world.cohort),
    ] {
        assert_eq!(rae.get(&path).await.status, 403, "{path}");
    }
    let file = rae.get(&format!("/reviews/{of_rae}/document")).await;
    assert_eq!(
        (file.status, file.body.as_slice()),
        (200, b"%PDF-1.4 shared %%EOF".as_slice())
    );
    // Taken away: nothing of it is left, not even the document.
    let gone = staff
        .post(
            &format!("/applications/{shared}/reviews"),
            &[("review", &of_rae.to_string()), ("do", "remove")],
        )
        .await;
    assert_eq!(gone.status, 303);
    for path in [
        format!("/reviews/{of_rae}"),
        format!("/reviews/{of_rae}/document"),
    ] {
        assert_eq!(rae.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(
        sam.get(&format!("/reviews/{of_sam}/document")).await.status,
        200
    );
}

#[actix_web::test]
async fn handed_in_scores_make_the_mean_and_the_spread() {
    let world = World::new();
    let staff = world.coordinator();
    let (rae, sam) = (world.reviewer("Rae"), world.reviewer("Sam"));
    let id = world.apply(1, &reading(1));
    let (of_rae, of_sam) = (
        world.assign(&staff, id, &rae),
        world.assign(&staff, id, &sam),
    );
    let case = || {
        world.texts("SELECT coalesce(score_milli::text, '-') || ' ' || coalesce(spread_milli::text, '-') || ' ' || reviews_done FROM application_cases")
    };
    // 5 × 50 % + 4 × 30 % + 3 × 20 % = 4.3
    assert_eq!(submit(&world, &rae, of_rae, ["5", "4", "3"]).await, 303);
    assert_eq!(case(), ["4300 0 1"]);
    assert_eq!(submit(&world, &sam, of_sam, ["2", "2", "2"]).await, 303);
    assert_eq!(case(), ["3150 2300 2"]);
    let page = staff.get(&format!("/applications/{id}")).await.text();
    for words in [
        "3.15",
        "4.30",
        "2.30 apart",
        "canary comment",
        "submitted a review: 4.30",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(
        submit(&world, &sam, of_sam, ["5", "5", "5"]).await,
        409,
        "handed in is handed in"
    );
    let back = staff
        .post(
            &format!("/applications/{id}/reviews"),
            &[("review", &of_sam.to_string()), ("do", "reopen")],
        )
        .await;
    assert_eq!(back.status, 303);
    assert_eq!(case(), ["4300 0 1"]);
    assert_eq!(submit(&world, &sam, of_sam, ["4", "4", "4"]).await, 303);
    assert_eq!(case(), ["4150 300 2"]);
    for review in [of_rae, of_sam] {
        staff
            .post(
                &format!("/applications/{id}/reviews"),
                &[("review", &review.to_string()), ("do", "remove")],
            )
            .await;
    }
    assert_eq!(case(), ["- - 0"]);
    assert_eq!(
        world.texts("SELECT DISTINCT confidential FROM audit_events"),
        ["true"]
    );
}

#[actix_web::test]
async fn only_a_whole_sheet_within_the_scale_is_handed_in_and_nothing_typed_is_lost() {
    let world = World::new();
    let staff = world.coordinator();
    let rae = world.reviewer("Rae");
    let review = world.assign(&staff, world.apply(1, &reading(1)), &rae);
    let fields = scores(&world, ["4", "9", ""]);
    let form: Vec<(&str, &str)> = fields
        .iter()
        .map(|(id, score)| (id.as_str(), *score))
        .chain([("comment", "kept comment"), ("do", "next")])
        .collect();
    let refused = rae.post(&format!("/reviews/{review}"), &form).await;
    assert_eq!(refused.status, 422);
    let text = refused.text();
    assert!(
        text.contains("There are 2 problems")
            && text.contains("Give a score from 1 to 5.")
            && text.contains("Give a score for this criterion.")
    );
    assert!(
        text.contains("kept comment")
            && text.contains(&format!(
                "name=\"{}\" value=\"4\" checked",
                world.criteria[0]
            ))
    );
    assert_eq!(world.one("SELECT state FROM reviews"), "assigned");
    assert_eq!(submit(&world, &rae, review, ["4", "x", "4"]).await, 422);
}

#[actix_web::test]
async fn a_draft_is_saved_as_typed_and_never_over_a_newer_one() {
    let world = World::new();
    let staff = world.coordinator();
    let rae = world.reviewer("Rae");
    let id = world.apply(1, &reading(1));
    let review = world.assign(&staff, id, &rae);
    let path = format!("/reviews/{review}/draft");
    let first = world.criteria[0].to_string();
    let saved = rae
        .post(
            &path,
            &[
                ("version", "1"),
                (&first, "3"),
                ("comment", "half a thought"),
            ],
        )
        .await;
    assert_eq!(
        (saved.status, saved.headers["etag"].as_str()),
        (204, "\"2\"")
    );
    assert_eq!(
        rae.post(&path, &[("version", "1"), (&first, "5")])
            .await
            .status,
        412
    );
    assert_eq!(
        rae.post(&path, &[("version", "2"), (&first, "6")])
            .await
            .status,
        422
    );
    let page = rae.get(&format!("/reviews/{review}")).await.text();
    assert!(
        page.contains("half a thought")
            && page.contains(&format!("name=\"{first}\" value=\"3\" checked"))
    );
    let late = rae
        .post(
            &format!("/reviews/{review}"),
            &[
                ("version", "1"),
                (&first, "5"),
                ("do", "submit"),
                ("comment", "typed late"),
            ],
        )
        .await;
    assert_eq!(late.status, 412);
    assert!(late.text().contains("typed late"));
    assert!(
        world
            .texts("SELECT score_milli FROM application_cases")
            .is_empty(),
        "a draft counts for nothing"
    );
    let record = staff.get(&format!("/applications/{id}")).await.text();
    assert!(
        !record.contains("half a thought"),
        "a draft is the reviewer's own"
    );
}

#[actix_web::test]
async fn whoever_declares_an_interest_is_out_for_good() {
    let world = World::new();
    let staff = world.coordinator();
    let rae = world.reviewer("Rae");
    let id = world.apply(1, &reading(1));
    world.attach(id, b"%PDF-1.4 x %%EOF");
    let review = world.assign(&staff, id, &rae);
    let path = format!("/reviews/{review}/decline");
    assert_eq!(rae.get(&path).await.status, 200);
    assert_eq!(
        rae.post(&path, &[("interest", "yes")]).await.status,
        422,
        "a reason is wanted"
    );
    assert_eq!(
        rae.post(&path, &[("reason", "why")]).await.status,
        422,
        "an answer is wanted"
    );
    assert_eq!(
        rae.post(&path, &[("interest", "yes"), ("reason", "my cousin")])
            .await
            .status,
        303
    );
    assert_eq!(rae.get(&format!("/reviews/{review}")).await.status, 404);
    assert_eq!(
        rae.get(&format!("/reviews/{review}/document")).await.status,
        404
    );
    assert_eq!(world.one("SELECT reader_ids FROM files"), "{}");
    let again = staff
        .post(
            &format!("/applications/{id}/reviewers"),
            &[("reviewer", &rae.person.unwrap().to_string())],
        )
        .await;
    assert_eq!(again.status, 409);
    assert_eq!(
        world.texts("SELECT subject FROM letters WHERE kind = 'review_declined'"),
        ["A reviewer stepped back: BNY-0001"]
    );
    let page = staff.get(&format!("/applications/{id}")).await.text();
    assert!(page.contains("declared an interest: my cousin"));
    // For want of time it is another matter.
    let sam = world.reviewer("Sam");
    let review = world.assign(&staff, id, &sam);
    assert_eq!(
        sam.post(
            &format!("/reviews/{review}/decline"),
            &[("interest", "no"), ("reason", "no time")]
        )
        .await
        .status,
        303
    );
    assert_eq!(
        world.assign(&staff, id, &sam),
        review,
        "the same review is taken up again"
    );
    assert_eq!(sam.get(&format!("/reviews/{review}")).await.status, 200);
}

#[actix_web::test]
async fn coordinators_see_how_far_reviewers_are_and_remind_once_a_day() {
    let world = World::new();
    let staff = world.coordinator();
    let (rae, sam) = (world.reviewer("Rae"), world.reviewer("Sam"));
    let reviews: Vec<_> = (1..=2)
        .map(|n| world.assign(&staff, world.apply(n, &reading(n)), &rae))
        .collect();
    submit(&world, &rae, reviews[0], ["4", "4", "4"]).await;
    let path = format!("/cohorts/{}/reviewers", world.cohort);
    let page = staff.get(&path).await.text();
    assert!(page.contains("Rae") && page.contains("4.00"));
    assert!(page.contains("Reviewers who have not been asked:") && page.contains("Sam"));
    assert!(page.contains(&format!("href=\"{path}.csv\"")));
    assert_eq!(
        staff.get(&format!("{path}.csv")).await.text(),
        "\u{feff}Name,Asked,Submitted,Open,Stepped back,Mean given\r\nRae,2,1,1,0,4.00\r\n"
    );
    assert!(
        staff
            .get(&format!("{path}.xlsx"))
            .await
            .body
            .starts_with(b"PK")
    );
    assert_eq!(rae.get(&format!("{path}.csv")).await.status, 403);
    let own = rae.get("/reviews.csv").await.text();
    assert_eq!(own.lines().count(), 3, "{own}");
    assert!(own.starts_with("\u{feff}Name,Reference,Route,Cohort,") && own.contains("Submitted"));
    assert_eq!(sam.get("/reviews.csv").await.text().lines().count(), 1);
    let person = rae.person.unwrap().to_string();
    let ask = staff
        .get(&format!(
            "{path}/remind?person={person}&person={}",
            sam.person.unwrap()
        ))
        .await
        .text();
    assert!(ask.contains("Rae – 1 open review") && ask.contains("Send 1 reminder"));
    for _ in 0..2 {
        assert_eq!(
            staff
                .post(&format!("{path}/remind"), &[("person", &person)])
                .await
                .status,
            303
        );
    }
    assert_eq!(
        world.texts("SELECT subject FROM letters WHERE kind = 'review_reminder'"),
        ["A review is waiting for you: Intake 2027H1"]
    );
    assert_eq!(
        staff
            .post(
                &format!("{path}/remind"),
                &[("person", &sam.person.unwrap().to_string())]
            )
            .await
            .status,
        404,
        "nothing waits for Sam"
    );
}

#[actix_web::test]
async fn a_withdrawn_application_is_not_scored_any_more() {
    let world = World::new();
    let staff = world.coordinator();
    let rae = world.reviewer("Rae");
    let id = world.apply(1, &reading(1));
    let review = world.assign(&staff, id, &rae);
    world.app.as_owner(&format!(
        "UPDATE applications SET state = 'withdrawn' WHERE id = '{id}'"
    ));
    assert_eq!(submit(&world, &rae, review, ["4", "4", "4"]).await, 409);
    let page = rae.get(&format!("/reviews/{review}")).await.text();
    assert!(page.contains("This application is no longer being read."));
}

#[test]
fn the_actions_alone_score_an_application() {
    let world = World::new();
    let staff = world.coordinator();
    let rae = world.reviewer("Rae");
    let review = world.assign(&staff, world.apply(1, &reading(1)), &rae);
    let sheet: Sheet = world.criteria.iter().map(|id| (*id, 5)).collect();
    world
        .as_role(rae.person.unwrap(), Role::Reviewer, |conn| {
            let proof = access::assigned_review(conn, review)?;
            actions::submit_scores(conn, &proof, &sheet, "")
        })
        .unwrap();
    assert_eq!(
        world.one("SELECT score_milli FROM application_cases"),
        "5000"
    );
}

#[actix_web::test]
async fn the_reviewers_pages_read_in_chinese() {
    let world = World::new();
    let staff = world.coordinator();
    let rae = world.reviewer("Rae");
    world.app.as_owner(&format!(
        "UPDATE people SET lang = 'zh-Hant-HK' WHERE id = '{}'",
        rae.person.unwrap()
    ));
    let review = world.assign(&staff, world.apply(1, &reading(1)), &rae);
    assert_eq!(
        world.one("SELECT subject || ' ' || lang FROM letters"),
        "1份申請待評審：2027H1屆 zh-Hant-HK"
    );
    let page = rae.get(&format!("/reviews/{review}")).await.text();
    for words in [
        "準則0",
        "細看",
        "佔總分50%",
        "遞交並開啟下一份",
        "推辭此評審",
    ] {
        assert!(page.contains(words), "{words}");
    }
}
