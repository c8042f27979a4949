//! A posting from its first draft to the trainees: handed in, returned, approved by a second person.

use banyan::db::Role;

use super::market::Market;

#[actix_web::test]
async fn a_posting_is_drafted_handed_in_returned_and_approved_by_somebody_else() {
    let market = Market::new().await;
    let bank = market.school.world.bank;
    let rep = market.representative("Rex", bank);
    let none = rep.get("/organisation/postings").await.text();
    assert!(none.contains("No postings"), "{none}");
    // A draft may be saved with hardly anything; it is handed in only when it is complete.
    let bare: Vec<(&str, String)> = vec![
        ("organisation", bank.to_string()),
        ("round", market.round.clone()),
        ("seats", "2".to_owned()),
        ("title_en", "Half a posting".to_owned()),
    ];
    let bare: Vec<(&str, &str)> = bare.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let begun = rep.post("/organisation/postings/new", &bare).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let at = begun.location().to_owned();
    let asked = rep.get(&format!("{at}/submit")).await.text();
    assert!(
        asked.contains("Still missing or wrong: Title (Chinese)"),
        "{asked}"
    );
    let refused = market.act(&rep, &at, "submit").await;
    assert_eq!(refused.status, 422);
    let text = refused.text();
    assert!(
        text.contains("Half a posting") && text.contains("href=\"#summary_zh\""),
        "{text}"
    );

    let id = at.rsplit('/').next().unwrap().to_owned();
    let mut fields = market.fields(bank, &[]);
    fields.push(("version".to_owned(), market.version("postings", &id)));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let saved = rep.post(&format!("{at}/edit"), &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let stale = rep.post(&format!("{at}/edit"), &fields).await;
    assert_eq!(stale.status, 412, "what the editor saw is outdated");
    // The office sees nothing of a draft.
    let desk = market.desk();
    let office = market.office(&format!("postings/{id}"));
    assert_eq!(desk.get(&office).await.status, 404);

    assert_eq!(market.act(&rep, &at, "submit").await.status, 303);
    assert_eq!(market.state(&id), "submitted");
    let page = desk.get(&office).await.text();
    assert!(
        page.contains("Monitoring analyst") && page.contains("Waiting for approval"),
        "{page}"
    );
    assert!(
        page.contains("監測分析員") && page.contains("handed the posting in"),
        "{page}"
    );
    assert_eq!(rep.post(&format!("{at}/edit"), &fields).await.status, 412);

    let empty = market.version("postings", &id);
    let unsaid = desk
        .post(
            &format!("{office}/return"),
            &[("version", &empty), ("comment", " ")],
        )
        .await;
    assert_eq!(unsaid.status, 422);
    let returned = desk
        .post(
            &format!("{office}/return"),
            &[("version", &empty), ("comment", "Name the tools, please.")],
        )
        .await;
    assert_eq!(returned.status, 303, "{}", returned.text());
    let page = rep.get(&at).await.text();
    assert!(
        page.contains("Name the tools, please.") && page.contains("Returned"),
        "{page}"
    );
    assert_eq!(market.act(&rep, &at, "submit").await.status, 303);
    assert_eq!(market.act(&desk, &office, "approve").await.status, 303);
    assert_eq!(market.state(&id), "approved");
    assert_eq!(market.act(&desk, &office, "approve").await.status, 409);
    // Once the round opens, so does the posting.
    assert_eq!(market.step(&desk, &market.round, "open").await.status, 303);
    assert_eq!(market.state(&id), "open");
    let kinds = market.letters().join("\n");
    for letter in [
        "posting_submitted Ada",
        "posting_returned Rex",
        "posting_approved Rex",
    ] {
        assert!(kinds.contains(letter), "{letter} in {kinds}");
    }
    // The institution reads the history of its posting, without the office's names.
    let page = rep.get(&at).await.text();
    assert!(
        page.contains("approved the posting") && !page.contains(">Ada<"),
        "{page}"
    );
}

#[actix_web::test]
async fn nobody_approves_what_they_wrote_in_whatever_role() {
    let market = Market::new().await;
    let world = &market.school.world;
    let both = world.app.account("Both Sides");
    let programme = Some(world.programme);
    let as_rep = world
        .app
        .grant(both, Role::Representative, programme, Some(world.bank));
    let as_staff = world.app.grant(both, Role::Coordinator, programme, None);
    let rep = world.app.sign_in(both, Some(as_rep));
    let at = market.begin(&rep, world.bank, &[]).await;
    // Somebody else hands it in: its writer still may not approve it.
    let other = market.representative("Rita", world.bank);
    assert_eq!(market.act(&other, &at, "submit").await.status, 303);
    let id = at.rsplit('/').next().unwrap();
    let office = market.office(&format!("postings/{id}"));
    let desk = world.app.sign_in(both, Some(as_staff));
    let asked = desk.get(&format!("{office}/approve")).await.text();
    assert!(asked.contains("Nobody approves what they wrote"), "{asked}");
    let refused = market.act(&desk, &office, "approve").await;
    assert_eq!(refused.status, 409);
    assert_eq!(market.state(id), "submitted");
    assert_eq!(
        market.act(&market.desk(), &office, "approve").await.status,
        303
    );
}

#[actix_web::test]
async fn a_copy_leaves_days_behind_and_a_partnership_is_needed() {
    let market = Market::new().await;
    let bank = market.school.world.bank;
    let id = market.approved(bank, &[]).await;
    let desk = market.desk();
    let second = market.plan(&desk, "Second round").await;
    let rep = market.representative("Rita", bank);
    let at = format!("/organisation/postings/{id}");
    let copied = rep.post(&format!("{at}/copy"), &[("round", &second)]).await;
    assert_eq!(copied.status, 303, "{}", copied.text());
    let copy = copied.location().rsplit('/').next().unwrap().to_owned();
    assert_eq!(market.state(&copy), "draft");
    let kept = market.one(&format!(
        "SELECT (content->>'title_en') || ' ' || (starts_on IS NULL)::text || ' ' || copied_from::text FROM postings WHERE id = '{copy}'"
    ));
    assert_eq!(kept, format!("Monitoring analyst true {id}"));
    let partner = market.one(&format!(
        "SELECT id::text FROM placement_partnerships WHERE organisation_id = '{bank}'"
    ));
    let paused = desk
        .post(
            &market.office(&format!("partners/{partner}/edit")),
            &[
                ("version", "1"),
                ("status", "paused"),
                ("signed_on", "2026-12-01"),
                ("starts_on", "2027-01-01"),
                ("ends_on", "2028-12-31"),
            ],
        )
        .await;
    assert_eq!(paused.status, 303, "{}", paused.text());
    let refused = rep.post(&format!("{at}/copy"), &[("round", &second)]).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.text().contains("no partnership in force"),
        "{}",
        refused.text()
    );
    // Its own page tells the institution how it stands.
    let own = rep
        .get(&format!("/organisation/partners/{partner}"))
        .await
        .text();
    assert!(
        own.contains("Paused") && own.contains("changed the partnership"),
        "{own}"
    );
}

#[actix_web::test]
async fn a_low_allowance_warns_the_writer_and_the_approver_and_refuses_nothing() {
    let market = Market::new().await;
    let bank = market.school.world.bank;
    let rep = market.representative("Rex", bank);
    // 7,000 a month for 40 hours a week is about 40.38 an hour.
    let at = market.begin(&rep, bank, &[("allowance", "7000")]).await;
    let page = rep.get(&at).await.text();
    assert!(
        page.contains("About HK$40.38 an hour, while HK$43.10 holds"),
        "{page}"
    );
    assert_eq!(market.act(&rep, &at, "submit").await.status, 303);
    let id = at.rsplit('/').next().unwrap();
    let office = market.office(&format!("postings/{id}"));
    let asked = market.desk().get(&format!("{office}/approve")).await.text();
    assert!(asked.contains("HK$43.10"), "{asked}");
    assert_eq!(
        market.act(&market.desk(), &office, "approve").await.status,
        303
    );
    for exempt in [
        ("wage_category", "student_intern"),
        ("city", "shenzhen"),
        ("currency", "CNY"),
    ] {
        let at = market
            .begin(&rep, bank, &[("allowance", "7000"), exempt])
            .await;
        let page = rep.get(&at).await.text();
        assert!(!page.contains("an hour, while"), "{exempt:?}: {page}");
    }
}

#[actix_web::test]
async fn lists_are_filtered_sorted_and_taken_away_as_filtered() {
    let market = Market::new().await;
    let bank = market.school.world.bank;
    let rep = market.representative("Rex", bank);
    market
        .begin(
            &rep,
            bank,
            &[("title_en", "Beta work"), ("city", "shenzhen")],
        )
        .await;
    market
        .begin(&rep, bank, &[("title_en", "Alpha work"), ("seats", "7")])
        .await;
    let list = rep.get("/organisation/postings?sort=title").await.text();
    assert!(list.find("Alpha work").unwrap() < list.find("Beta work").unwrap());
    let list = rep.get("/organisation/postings?sort=-title").await.text();
    assert!(list.find("Alpha work").unwrap() > list.find("Beta work").unwrap());
    let only = rep.get("/organisation/postings?city=shenzhen").await.text();
    assert!(only.contains("Beta work") && !only.contains("Alpha work"));
    let file = rep
        .get("/organisation/postings.csv?city=shenzhen")
        .await
        .text();
    assert!(
        file.contains("Beta work") && file.contains("監測分析員"),
        "{file}"
    );
    assert_eq!(file.matches("\r\nP-").count(), 1, "{file}");
    let sheet = rep.get("/organisation/postings.xlsx").await;
    assert_eq!((sheet.status, &sheet.body[..2]), (200, b"PK".as_slice()));
    let nothing = rep.get("/organisation/postings?q=zzz").await.text();
    assert!(nothing.contains("Nothing matches"));
    for list in ["changes", "capacity", "rounds", "partners"] {
        for side in [format!("/organisation/{list}"), market.office(list)] {
            let who = if side.starts_with("/organisation") {
                &rep
            } else {
                &market.desk()
            };
            for end in ["", ".csv", ".xlsx", "?q=x&sort=-state&state=open"] {
                let answer = who.get(&format!("{side}{end}")).await;
                assert_eq!(answer.status, 200, "{side}{end}: {}", answer.text());
            }
        }
    }
    let desk = market.desk();
    for list in ["areas", "rates"] {
        for end in ["", ".csv", ".xlsx", "?show=archived"] {
            let answer = desk.get(&market.office(&format!("{list}{end}"))).await;
            assert_eq!(answer.status, 200, "{list}{end}");
        }
    }
}

#[actix_web::test]
async fn focus_areas_are_rows_that_the_office_adds_renames_archives_and_restores() {
    let market = Market::new().await;
    let desk = market.desk();
    let fields = [
        ("code", "fraud_ai"),
        ("name_en", "Fraud"),
        ("name_zh", "反詐騙"),
        ("gba", "no"),
    ];
    assert_eq!(
        desk.post(&market.office("areas/new"), &fields).await.status,
        303
    );
    let twice = desk.post(&market.office("areas/new"), &fields).await;
    assert_eq!(twice.status, 422);
    assert!(twice.text().contains("This code is in use."));
    let bad = desk
        .post(
            &market.office("areas/new"),
            &[("code", "Fraud!"), fields[1], fields[2], fields[3]],
        )
        .await;
    assert_eq!(bad.status, 422);
    let id = market.one("SELECT id::text FROM focus_areas WHERE code = 'fraud_ai'");
    let at = market.office(&format!("areas/{id}"));
    let renamed = desk
        .post(
            &at,
            &[
                fields[0],
                ("name_en", "Scams"),
                fields[2],
                fields[3],
                ("version", "1"),
            ],
        )
        .await;
    assert_eq!(renamed.status, 303, "{}", renamed.text());
    assert_eq!(desk.post(&format!("{at}/archive"), &[]).await.status, 303);
    assert_eq!(desk.post(&format!("{at}/archive"), &[]).await.status, 409);
    assert!(
        !desk
            .get(&market.office("areas"))
            .await
            .text()
            .contains("Scams")
    );
    let away = desk.get(&market.office("areas?show=archived")).await.text();
    assert!(away.contains("Scams"));
    assert_eq!(desk.post(&format!("{at}/restore"), &[]).await.status, 303);
    let page = desk.get(&at).await.text();
    assert!(page.contains("took the focus area back into use"), "{page}");
    // The usual ones come once.
    desk.post(&market.office("areas/usual"), &[]).await;
    assert_eq!(market.one("SELECT count(*)::text FROM focus_areas"), "14");
}
