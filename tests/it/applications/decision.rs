//! The decision on one application, as the desk's record shows it: pending, and released.

use banyan::applications::rules::Decision;
use banyan::db::Role;
use banyan::lang::Lang;

use crate::support::app::{Client, TestApp};
use crate::support::fixtures::offers::{Candidate, Scene};

/// When everything here happens.
const NOW: &str = "2026-12-05T04:00:00Z";

fn fact(label: &str, value: &str) -> String {
    format!("<div><dt>{label}</dt><dd lang=\"en\">{value}</dd></div>")
}

/// Ada at the desk, an applicant, and a review that Rae handed in.
fn scene(app: &mut TestApp) -> (Scene, Candidate) {
    app.site.db = app.site.db.as_of(NOW.parse().unwrap());
    let scene = Scene::new(app, 3, &[]);
    let whom = scene.candidate(app, "Chan Ka Yi", Lang::En, None, Some(4_000));
    let rae = app.account("Rae Fok");
    app.as_owner(&format!(
        "INSERT INTO reviews (id, application_id, cohort_id, programme_id, reviewer_id, reviewer_name, state, total_milli, submitted_at) \
         VALUES ('{0}', '{0}', '{1}', '{2}', '{rae}', 'Rae Fok', 'submitted', 4000, '{NOW}')",
        whom.application, scene.cohort, scene.programme
    ));
    (scene, whom)
}

fn ada<'a>(app: &'a TestApp, scene: &Scene) -> Client<'a> {
    app.acting("Ada Ho", Role::Coordinator, Some(scene.programme), None)
}

#[actix_web::test]
async fn a_pending_decision_says_what_was_decided_by_whom_when_and_why() {
    let mut app = TestApp::with_database();
    let (scene, whom) = scene(&mut app);
    let ada = ada(&app, &scene);
    let record = format!("/applications/{}", whom.application);
    let page = ada.get(&record).await.text();
    assert!(!page.contains("<dt>Decided</dt>") && !page.contains("value=\"undo\""));
    let decision = [("decision", "reject"), ("reason", "Too few hours.")];
    let done = ada.post(&format!("{record}/decision"), &decision).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let page = ada.get(&record).await.text();
    let told = [
        fact("Decided", "Reject"),
        fact("Reason", "Too few hours."),
        fact("By whom", "Ada Ho"),
        fact("When", "5 Dec 2026, 12:00"),
    ]
    .concat();
    assert!(page.contains(&told), "{told} in {page}");
    assert!(!page.contains("<dt>Released</dt>"));
    for may in ["value=\"undo\"", "value=\"remove\"", "value=\"reopen\""] {
        assert!(page.contains(may), "{may} in {page}");
    }
    app.as_owner("UPDATE people SET lang = 'zh-Hant-HK'");
    let page = ada.get(&record).await.text();
    assert!(page.contains("<dt>決定者</dt><dd lang=\"en\">Ada Ho</dd>"));
}

#[actix_web::test]
async fn a_released_decision_offers_no_act_that_would_be_refused_and_says_why() {
    let mut app = TestApp::with_database();
    let (scene, whom) = scene(&mut app);
    let ada = ada(&app, &scene);
    let record = format!("/applications/{}", whom.application);
    let decision = [("decision", "reject"), ("reason", "Too few hours.")];
    assert_eq!(
        ada.post(&format!("{record}/decision"), &decision)
            .await
            .status,
        303
    );
    scene.release(&app);
    let page = ada.get(&record).await.text();
    let told = [
        fact("Decided", "Reject"),
        fact("Reason", "Too few hours."),
        fact("By whom", "Ada Ho"),
        fact("When", "5 Dec 2026, 12:00"),
        fact("Released", "5 Dec 2026, 12:00"),
    ]
    .concat();
    assert!(page.contains(&told), "{told} in {page}");
    assert!(page.contains("The decision has been released and the applicant has been told."));
    for gone in [
        "/decision\"",
        "value=\"undo\"",
        "value=\"start\"",
        "value=\"remove\"",
        "value=\"reopen\"",
        "name=\"reviewer\"",
    ] {
        assert!(!page.contains(gone), "{gone} in {page}");
    }
    // What an older page still offers is refused, and changes nothing.
    let review = whom.application.to_string();
    for (place, form) in [
        ("decision", vec![("do", "undo")]),
        ("decision", vec![("decision", "accept")]),
        ("decision", vec![("do", "start")]),
        ("reviews", vec![("do", "remove"), ("review", &*review)]),
        ("reviews", vec![("do", "reopen"), ("review", &*review)]),
    ] {
        let refused = ada.post(&format!("{record}/{place}"), &form).await;
        assert_eq!(refused.status, 409, "{place} {form:?}");
        let rests = refused
            .text()
            .contains("The decision that rests on this review has been released");
        assert_eq!(rests, place == "reviews", "{place} {form:?}");
    }
    assert!(ada.get(&record).await.text().contains(&told));
    app.as_owner("UPDATE people SET lang = 'zh-Hant-HK'");
    let page = ada.get(&record).await.text();
    assert!(page.contains("決定已公布並已通知申請人，不能再更改或收回。"));
}

#[actix_web::test]
async fn a_released_offer_says_how_the_decision_can_be_taken_anew() {
    let mut app = TestApp::with_database();
    let (scene, whom) = scene(&mut app);
    scene.decide(&app, whom, Decision::Accept, None);
    scene.release(&app);
    let ada = ada(&app, &scene);
    let record = format!("/applications/{}", whom.application);
    let offers = format!(
        "href=\"/cohorts/{}/offers\">Offers of this cohort",
        scene.cohort
    );
    let page = ada.get(&record).await.text();
    assert!(page.contains(&fact("Decided", "Accept")), "{page}");
    assert!(page.contains(&offers) && !page.contains("<dt>Reason</dt>"));
    app.as_owner("UPDATE offers SET state = 'declined', ended_at = banyan_now()");
    let page = ada.get(&record).await.text();
    assert!(!page.contains(&offers));
}
