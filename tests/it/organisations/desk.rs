//! Organisations at the desk.

use banyan::db::Role;
use banyan::organisations::rules::{Kind, Validity, overlaps, sides, validity};

use crate::support::app::TestApp;
use crate::support::fixtures::cohorts::{Side, day};

#[test]
fn a_partnership_is_current_on_both_its_ends() {
    let (from, to) = (day("2027-01-01"), day("2027-12-31"));
    let ended = Some(chrono::DateTime::UNIX_EPOCH);
    for (today, early, expected) in [
        ("2026-12-31", None, Validity::Future),
        ("2027-01-01", None, Validity::Current),
        ("2027-12-31", None, Validity::Current),
        ("2028-01-01", None, Validity::Ended),
        ("2027-06-01", ended, Validity::Ended),
    ] {
        assert_eq!(validity(from, to, early, day(today)), expected, "{today}");
    }
    assert!(overlaps((from, to), (to, to)));
    assert!(!overlaps((from, from), (to, to)));
    assert!(sides(Kind::University, Kind::Bank).is_ok());
    assert!(sides(Kind::University, Kind::University).is_err());
    assert!(sides(Kind::Bank, Kind::Insurer).is_err());
}

#[actix_web::test]
async fn organisations_are_found_by_either_name_and_changed_with_a_version() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let ada = a.client(&app);
    assert!(
        ada.get("/organisations")
            .await
            .text()
            .contains("No organisations yet")
    );
    let form = [
        ("kind", "bank"),
        ("name_en", "Harbour Sample Bank"),
        ("name_zh", "示範海港銀行"),
    ];
    let made = ada.post("/organisations/new", &form).await;
    assert_eq!(made.status, 303, "{}", made.text());
    let again = [
        ("kind", "bank"),
        ("name_en", "HARBOUR sample bank"),
        ("name_zh", "另一"),
    ];
    assert_eq!(ada.post("/organisations/new", &again).await.status, 422);
    for q in [
        "harbour",
        "%E6%B5%B7%E6%B8%AF",
        "SAMPLE&kind=bank&sort=-name",
    ] {
        let list = ada.get(&format!("/organisations?q={q}")).await.text();
        assert!(list.contains("示範海港銀行"), "{q}");
    }
    assert!(
        ada.get("/organisations?q=nobody")
            .await
            .text()
            .contains("No organisation matches")
    );
    let path = made.location().to_owned();
    let edit = [
        form[0],
        ("name_en", "Harbour Bank (sample)"),
        form[2],
        ("version", "1"),
    ];
    assert_eq!(ada.post(&format!("{path}/edit"), &edit).await.status, 303);
    let stale = ada
        .post(
            &format!("{path}/edit"),
            &[form[0], form[1], form[2], ("version", "1")],
        )
        .await;
    assert_eq!(stale.status, 412);
    assert!(
        stale
            .text()
            .contains("Saved meanwhile: Harbour Bank (sample)")
    );
    let page = ada.get(&path).await.text();
    assert!(page.contains("changed names, kind or website"), "{page}");
    // Organisations are shared: another programme's office sees the same history.
    let b = Side::new(&app, "BBB", "Ben");
    assert!(
        b.client(&app)
            .get(&path)
            .await
            .text()
            .contains("added the organisation")
    );
    assert_eq!(app.person("Eve").get(&path).await.status, 403);
}

#[actix_web::test]
async fn contacts_members_and_partnerships_stand_on_the_record() {
    let app = TestApp::new();
    let (a, b) = (Side::new(&app, "AAA", "Ada"), Side::new(&app, "BBB", "Ben"));
    let bank = a.organisation(&app, Kind::Bank, "Harbour Sample Bank");
    let university = a.organisation(&app, Kind::University, "Peak Sample University");
    let (ada, ben) = (a.client(&app), b.client(&app));
    let path = format!("/organisations/{bank}");
    let contact = [("name", "Connie Contact"), ("email", "connie@example.org")];
    assert_eq!(
        ada.post(&format!("{path}/contacts/new"), &contact)
            .await
            .status,
        303
    );
    assert_eq!(
        ada.post(&format!("{path}/contacts/new"), &contact[1..])
            .await
            .status,
        422
    );
    let rita = app.account("Rita Representative");
    app.grant(rita, Role::Representative, Some(a.programme), Some(bank));
    let partner = university.to_string();
    let dates = [
        ("partner", partner.as_str()),
        ("starts_on", "2026-01-01"),
        ("ends_on", "2090-12-31"),
    ];
    assert_eq!(
        ada.post(&format!("{path}/partnerships/new"), &dates)
            .await
            .status,
        303
    );
    assert_eq!(
        ada.post(&format!("{path}/partnerships/new"), &dates)
            .await
            .status,
        409
    );
    let backwards = [
        dates[0],
        ("starts_on", "2026-01-02"),
        ("ends_on", "2026-01-01"),
    ];
    assert_eq!(
        ada.post(&format!("{path}/partnerships/new"), &backwards)
            .await
            .status,
        422
    );
    let itself = bank.to_string();
    let same = [("partner", itself.as_str()), dates[1], dates[2]];
    assert_eq!(
        ada.post(&format!("{path}/partnerships/new"), &same)
            .await
            .status,
        409
    );
    let page = ada.get(&path).await.text();
    for words in [
        "Connie Contact",
        "Rita Representative",
        "Peak Sample University",
        "Current",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let other = ben.get(&path).await.text();
    assert!(!other.contains("Rita Representative") && !other.contains("Peak Sample University"));
    let end = page
        .split("/partnerships/")
        .find(|s| s.as_bytes()[8] == b'-')
        .unwrap()[..36]
        .to_owned();
    let end = format!("{path}/partnerships/{end}/end");
    assert_eq!(ben.get(&end).await.status, 404);
    assert_eq!(ben.post(&end, &[]).await.status, 404);
    assert!(
        ada.get(&end)
            .await
            .text()
            .contains("End the partnership with Peak Sample University today?")
    );
    assert_eq!(ada.post(&end, &[]).await.status, 303);
    assert_eq!(ada.post(&end, &[]).await.status, 409);
    let archive = page
        .split("/contacts/")
        .find(|s| s.as_bytes()[8] == b'-')
        .unwrap()[..36]
        .to_owned();
    let archive = format!("{path}/contacts/{archive}/archive");
    assert_eq!(ada.post(&archive, &[]).await.status, 303);
    assert_eq!(ada.post(&archive, &[]).await.status, 404);
}

#[actix_web::test]
async fn an_organisation_with_held_seats_is_not_archived() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let bank = a.organisation(&app, Kind::Bank, "Harbour Sample Bank");
    let cohort = a.cohort(&app, "2090H1", 5);
    let pool = a.held(&app, cohort, bank, 2, "2091-01-22");
    let ada = a.client(&app);
    let path = format!("/organisations/{bank}/archive");
    let refused = ada.post(&path, &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("Seats of a cohort are still held"));
    let release = format!("/cohorts/{cohort}/seats/{pool}/release");
    assert_eq!(ada.post(&release, &[]).await.status, 303);
    assert!(
        ada.get(&path)
            .await
            .text()
            .contains("Archive Harbour Sample Bank?")
    );
    assert_eq!(ada.post(&path, &[]).await.status, 303);
    assert!(
        !ada.get("/organisations")
            .await
            .text()
            .contains("Harbour Sample Bank")
    );
    assert!(
        ada.get("/organisations?show=archived")
            .await
            .text()
            .contains("Harbour Sample Bank")
    );
}
