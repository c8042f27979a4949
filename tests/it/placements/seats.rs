//! Capacity asked and answered; changes of seats with one approval, with two, and for the next round.

use super::market::Market;

#[actix_web::test]
async fn capacity_is_asked_by_the_office_and_answered_by_the_institution() {
    let market = Market::new().await;
    let bank = market.school.world.bank;
    let (desk, rep) = (market.desk(), market.representative("Rex", bank));
    let (a, b) = (bank.to_string(), market.rival.to_string());
    let fields = [
        ("starts_on", "2027-06-01"),
        ("ends_on", "2027-08-31"),
        ("due_on", "2027-02-20"),
        ("words", "As many as you can."),
        ("organisations", &a),
        ("organisations", &b),
    ];
    let asked = desk.post(&market.office("capacity/new"), &fields).await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    desk.post(&market.office("capacity/new"), &fields).await;
    assert_eq!(
        market.one("SELECT count(*)::text FROM capacity_asks"),
        "2",
        "asked once"
    );
    let id = market.one(&format!(
        "SELECT id::text FROM capacity_asks WHERE organisation_id = '{bank}'"
    ));
    let home = rep.get("/organisation").await.text();
    assert!(home.contains("/organisation/capacity"), "{home}");
    let at = format!("/organisation/capacity/{id}");
    let page = rep.get(&at).await.text();
    assert!(page.contains("As many as you can."), "{page}");
    let over = rep
        .post(
            &format!("{at}/answer"),
            &[("version", "1"), ("seats", "3"), ("seats_regtech", "4")],
        )
        .await;
    assert_eq!(over.status, 422);
    assert!(over.text().contains("more than the seats in all"));
    let answered = rep
        .post(
            &format!("{at}/answer"),
            &[
                ("version", "1"),
                ("seats", "6"),
                ("seats_regtech", "4"),
                ("remark", "Two teams"),
            ],
        )
        .await;
    assert_eq!(answered.status, 303, "{}", answered.text());
    let office = market.office(&format!("capacity/{id}"));
    let page = desk.get(&office).await.text();
    assert!(
        page.contains("predictive breach detection: 4") && page.contains("Two teams"),
        "{page}"
    );
    assert_eq!(
        desk.post(&format!("{office}/withdraw"), &[]).await.status,
        409
    );
    let file = desk
        .get(&market.office("capacity.csv?state=answered"))
        .await
        .text();
    assert!(
        file.contains("Harbour Bank") && !file.contains("Rival"),
        "{file}"
    );
    let letters = market.letters().join("\n");
    assert!(
        letters.contains("capacity_asked Rex") && letters.contains("capacity_answered Ada"),
        "{letters}"
    );
    let other = market.one(&format!(
        "SELECT id::text FROM capacity_asks WHERE organisation_id = '{}'",
        market.rival
    ));
    assert_eq!(
        rep.get(&format!("/organisation/capacity/{other}"))
            .await
            .status,
        404
    );
    let taken = desk
        .post(&market.office(&format!("capacity/{other}/withdraw")), &[])
        .await;
    assert_eq!(taken.status, 303);
}

async fn ask(market: &Market, id: &str, fields: &[(&str, &str)]) -> crate::support::app::Answer {
    let rep = market.representative("Rita", market.school.world.bank);
    let version = market.version("postings", id);
    let mut all = vec![("version", version.as_str())];
    all.extend(fields);
    rep.post(&format!("/organisation/postings/{id}/change"), &all)
        .await
}

fn change_of(market: &Market, id: &str) -> String {
    market.one(&format!(
        "SELECT id::text FROM seat_changes WHERE posting_id = '{id}' ORDER BY id DESC LIMIT 1"
    ))
}

async fn approve(market: &Market, name: &str, change: &str) -> u16 {
    let world = &market.school.world;
    let role = banyan::db::Role::Coordinator;
    let desk = world.app.acting(name, role, Some(world.programme), None);
    let version = market.version("seat_changes", change);
    let at = market.office(&format!("changes/{change}/approve"));
    desk.post(&at, &[("version", &version)]).await.status
}

#[actix_web::test]
async fn before_the_deadline_one_approves_and_after_it_two_and_a_reason() {
    let mut market = Market::new().await;
    let bank = market.school.world.bank;
    let id = market.approved(bank, &[]).await;
    let same = ask(&market, &id, &[("kind", "seats"), ("seats", "3")]).await;
    assert_eq!(same.status, 409, "it changes nothing");
    let asked = ask(&market, &id, &[("kind", "seats"), ("seats", "5")]).await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    let again = ask(&market, &id, &[("kind", "withdraw")]).await;
    assert_eq!(again.status, 409, "one waits already");
    let change = change_of(&market, &id);
    assert_eq!(approve(&market, "Ben", &change).await, 303);
    assert_eq!(
        market.one(&format!(
            "SELECT seats::text FROM postings WHERE id = '{id}'"
        )),
        "5"
    );
    assert_eq!(approve(&market, "Cat", &change).await, 409, "it is over");

    // After the seat deadline.
    let late = "2027-03-06T02:00:00Z".parse().unwrap();
    market.school.world.app.site.db = market.school.world.app.site.db.as_of(late);
    let unsaid = ask(&market, &id, &[("kind", "seats"), ("seats", "4")]).await;
    assert_eq!(unsaid.status, 422);
    assert!(
        unsaid
            .text()
            .contains("After the seat deadline a reason is needed.")
    );
    let asked = ask(
        &market,
        &id,
        &[
            ("kind", "seats"),
            ("seats", "4"),
            ("reason", "A team moved"),
        ],
    )
    .await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    let change = change_of(&market, &id);
    let world = &market.school.world;
    let one = world.app.account("One Approver");
    let grant = world.app.grant(
        one,
        banyan::db::Role::Coordinator,
        Some(world.programme),
        None,
    );
    let desk = world.app.sign_in(one, Some(grant));
    let at = market.office(&format!("changes/{change}/approve"));
    let version = market.version("seat_changes", &change);
    assert_eq!(desk.post(&at, &[("version", &version)]).await.status, 303);
    assert_eq!(
        market.one(&format!(
            "SELECT state FROM seat_changes WHERE id = '{change}'"
        )),
        "seconded"
    );
    assert_eq!(
        market.one(&format!(
            "SELECT seats::text FROM postings WHERE id = '{id}'"
        )),
        "5"
    );
    let version = market.version("seat_changes", &change);
    let twice = desk.post(&at, &[("version", &version)]).await;
    assert_eq!(twice.status, 409, "the same person does not approve twice");
    assert_eq!(approve(&market, "Dan", &change).await, 303);
    assert_eq!(
        market.one(&format!(
            "SELECT seats::text FROM postings WHERE id = '{id}'"
        )),
        "4"
    );
    let letters = market.letters().join("\n");
    assert!(
        letters.contains("seat_change_asked Ada") && letters.contains("seat_change_decided"),
        "{letters}"
    );
}

#[actix_web::test]
async fn after_publication_a_seat_is_added_for_the_next_round_and_none_is_taken() {
    let market = Market::new().await;
    let id = market.approved(market.school.world.bank, &[]).await;
    market.school.world.app.as_owner(&format!(
        "UPDATE placement_rounds SET state = 'matched' WHERE id = '{}'; UPDATE postings SET state = 'matched' WHERE id = '{id}'",
        market.round
    ));
    for fields in [
        [("kind", "seats"), ("seats", "1"), ("reason", "x")],
        [("kind", "withdraw"), ("seats", ""), ("reason", "x")],
    ] {
        let refused = ask(&market, &id, &fields).await;
        assert_eq!(refused.status, 409, "{}", refused.text());
    }
    let asked = ask(
        &market,
        &id,
        &[
            ("kind", "seats"),
            ("seats", "4"),
            ("reason", "Room for one more"),
        ],
    )
    .await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    let change = change_of(&market, &id);
    assert_eq!(approve(&market, "Ben", &change).await, 303);
    assert_eq!(approve(&market, "Cat", &change).await, 303);
    let seats = market.one(&format!(
        "SELECT seats || ' ' || later_seats FROM postings WHERE id = '{id}'"
    ));
    assert_eq!(seats, "3 1", "the match stays as it was");
}

#[actix_web::test]
async fn a_withdrawal_is_refused_taken_back_or_done() {
    let market = Market::new().await;
    let id = market.approved(market.school.world.bank, &[]).await;
    assert_eq!(ask(&market, &id, &[("kind", "withdraw")]).await.status, 303);
    let change = change_of(&market, &id);
    let desk = market.desk();
    let at = market.office(&format!("changes/{change}"));
    let version = market.version("seat_changes", &change);
    let unsaid = desk
        .post(&format!("{at}/refuse"), &[("version", &version)])
        .await;
    assert_eq!(unsaid.status, 422);
    let refused = desk
        .post(
            &format!("{at}/refuse"),
            &[("version", &version), ("answer", "Trainees count on it.")],
        )
        .await;
    assert_eq!(refused.status, 303);
    let rep = market.representative("Rita", market.school.world.bank);
    let page = rep
        .get(&format!("/organisation/changes/{change}"))
        .await
        .text();
    assert!(
        page.contains("Trainees count on it.") && page.contains("refused the change"),
        "{page}"
    );
    assert_eq!(ask(&market, &id, &[("kind", "withdraw")]).await.status, 303);
    let change = change_of(&market, &id);
    let version = market.version("seat_changes", &change);
    let path = format!("/organisation/changes/{change}/take-back");
    assert_eq!(rep.post(&path, &[("version", &version)]).await.status, 303);
    assert_eq!(ask(&market, &id, &[("kind", "withdraw")]).await.status, 303);
    assert_eq!(approve(&market, "Ben", &change_of(&market, &id)).await, 303);
    assert_eq!(market.state(&id), "withdrawn");
}

#[actix_web::test]
async fn a_capped_institution_holds_no_seats_for_a_group() {
    let market = Market::new().await;
    let bank = market.school.world.bank;
    let rep = market.representative("Rex", bank);
    let held = [
        ("reserve_group", "university_student"),
        ("reserve_seats", "2"),
    ];
    let at = market.begin(&rep, bank, &held).await;
    let bank = bank.to_string();
    let terms = format!("/organisation/rounds/{}/terms", market.round);
    let refused = rep
        .post(
            &terms,
            &[
                ("organisation", &bank),
                ("seat_cap", "2"),
                ("ranking", "bank_list"),
            ],
        )
        .await;
    assert_eq!(refused.status, 409);
    assert_eq!(market.act(&rep, &at, "withdraw").await.status, 303);
    let unlisted = rep
        .post(
            &terms,
            &[
                ("organisation", &bank),
                ("seat_cap", "2"),
                ("ranking", "posting_lists"),
            ],
        )
        .await;
    assert_eq!(unlisted.status, 422);
    let set = rep
        .post(
            &terms,
            &[
                ("organisation", &bank),
                ("seat_cap", "2"),
                ("ranking", "bank_list"),
            ],
        )
        .await;
    assert_eq!(set.status, 303, "{}", set.text());
    let page = market
        .desk()
        .get(&market.office(&format!("rounds/{}", market.round)))
        .await
        .text();
    assert!(page.contains("Harbour Bank: cap 2"), "{page}");
    let fields = market.fields(market.school.world.bank, &held);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        rep.post("/organisation/postings/new", &fields).await.status,
        409
    );
    let both = market.fields(
        market.school.world.bank,
        &[held[0], held[1], ("cap_open", "1")],
    );
    let both: Vec<(&str, &str)> = both.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let refused = rep.post("/organisation/postings/new", &both).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .text()
            .contains("holds seats for a group or caps groups, not both")
    );
}
