//! Trainees browse, are told which rule fails, save, compare, express interest and take it back.

use crate::support::app::Client;

use super::market::Market;

/// A market whose round is open, with one posting of the bank for everybody and one with conditions.
async fn opened() -> (Market, String, String) {
    let market = Market::new().await;
    let bank = market.school.world.bank;
    let open = market
        .approved(
            bank,
            &[("title_en", "Open to all"), ("work_languages", "en")],
        )
        .await;
    let strict = market
        .approved(
            market.rival,
            &[
                ("title_en", "Strict one"),
                ("city", "shenzhen"),
                ("want_permit", "yes"),
                ("want_languages", "cmn"),
                ("want_routes", "in_service_nominee"),
            ],
        )
        .await;
    let desk = market.desk();
    assert_eq!(market.step(&desk, &market.round, "open").await.status, 303);
    drop(desk);
    (market, open, strict)
}

fn trainee(market: &Market, at: usize) -> Client<'_> {
    market.school.world.app.as_owner(&format!(
        "UPDATE people SET lang = 'en' WHERE id = '{}'",
        market.school.trainees[at].0
    ));
    market
        .school
        .world
        .app
        .sign_in(market.school.trainees[at].0, None)
}

#[actix_web::test]
async fn only_open_postings_of_rounds_of_ones_cohort_are_seen() {
    let market = Market::new().await;
    let bank = market.school.world.bank;
    let me = trainee(&market, 0);
    let id = market.approved(bank, &[("title_en", "Not open yet")]).await;
    let list = me.get("/me/placements").await.text();
    assert!(
        list.contains("No open postings") && !list.contains("Not open yet"),
        "{list}"
    );
    assert_eq!(me.get(&format!("/me/placements/{id}")).await.status, 404);
    let rep = market.representative("Rex", bank);
    market.begin(&rep, bank, &[("title_en", "A draft")]).await;
    assert_eq!(
        market
            .step(&market.desk(), &market.round, "open")
            .await
            .status,
        303
    );
    let list = me.get("/me/placements").await.text();
    assert!(
        list.contains("Not open yet") && !list.contains("A draft"),
        "{list}"
    );
    let page = me.get(&format!("/me/placements/{id}")).await.text();
    assert!(
        page.contains("Learn monitoring") && page.contains("HK$12,000 a month"),
        "{page}"
    );
    assert!(
        !page.contains("Sue Supervisor") && !page.contains("sue@example.org"),
        "{page}"
    );
    // Somebody of another cohort, and somebody of none.
    market.school.world.app.as_owner(&format!(
        "UPDATE placement_rounds SET cohort_ids = '{{}}' WHERE id = '{}'",
        market.round
    ));
    assert_eq!(me.get(&format!("/me/placements/{id}")).await.status, 404);
    let stranger = market.school.world.app.person("Stranger");
    let list = stranger.get("/me/placements").await;
    assert_eq!(list.status, 200);
    assert!(list.text().contains("No open postings"));
    assert_eq!(
        stranger.get(&format!("/me/placements/{id}")).await.status,
        404
    );
    assert_eq!(stranger.get("/me/placements/profile").await.status, 404);
}

#[actix_web::test]
async fn the_failing_rule_is_named_and_the_profile_decides() {
    let (market, open, strict) = opened().await;
    let me = trainee(&market, 0);
    let page = me.get(&format!("/me/placements/{strict}")).await.text();
    for reason in [
        "Your profile does not name Putonghua.",
        "A permit for the Mainland is asked for.",
        "It is for those who came as: ",
    ] {
        assert!(page.contains(reason), "{reason} in {page}");
    }
    assert!(!page.contains("/interest\""), "nothing to press");
    let only = me.get("/me/placements?show=eligible").await.text();
    assert!(only.contains("Open to all") && !only.contains("Strict one"));
    let refused = me
        .post(&format!("/me/placements/{strict}/interest"), &[])
        .await;
    assert_eq!(refused.status, 409);
    let saved = me
        .post(
            "/me/placements/profile",
            &[
                ("areas", &market.area),
                ("cities", "shenzhen"),
                ("languages", "cmn"),
                ("languages", "en"),
                ("degree", "master"),
                ("mainland_permit", "yes"),
            ],
        )
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let page = me.get(&format!("/me/placements/{strict}")).await.text();
    assert!(
        !page.contains("Putonghua.") && page.contains("It is for those who came as"),
        "{page}"
    );
    // Suggestions tell their reasons; the strict one is not suggested to who is not eligible.
    let suggested = me.get("/me/placements?show=suggested").await.text();
    assert!(
        suggested.contains("Open to all") && !suggested.contains("Strict one"),
        "{suggested}"
    );
    let page = me.get(&format!("/me/placements/{open}")).await.text();
    assert!(
        page.contains("Focus area of interest 45/45") && page.contains("Languages 10/10"),
        "{page}"
    );
    let bad = me
        .post("/me/placements/profile", &[("languages", "xx")])
        .await;
    assert_eq!(bad.status, 422);
}

#[actix_web::test]
async fn postings_are_searched_saved_and_compared() {
    let (market, open, strict) = opened().await;
    let me = trainee(&market, 0);
    for (query, found, hidden) in [
        ("q=strict", "Strict one", "Open to all"),
        ("city=hong_kong", "Open to all", "Strict one"),
        ("paid=yes&sort=-title", "Strict one", "Nothing matches"),
        ("pattern=shifts", "Nothing matches", "Strict one"),
    ] {
        let list = me.get(&format!("/me/placements?{query}")).await.text();
        assert!(
            list.contains(found) && !list.contains(hidden),
            "{query}: {list}"
        );
    }
    assert_eq!(
        me.post(&format!("/me/placements/{open}/save"), &[])
            .await
            .status,
        303
    );
    let saved = me.get("/me/placements?show=saved").await.text();
    assert!(saved.contains("Open to all") && !saved.contains("Strict one"));
    assert_eq!(
        me.post(&format!("/me/placements/{open}/forget"), &[])
            .await
            .status,
        303
    );
    let compared = me
        .get(&format!(
            "/me/placements/compare?posting={open}&posting={strict}"
        ))
        .await
        .text();
    assert!(
        compared.contains("Shenzhen") && compared.contains("A permit for the Mainland"),
        "{compared}"
    );
    let none = me.get("/me/placements/compare").await.text();
    assert!(none.contains("Nothing to compare"));
    let file = me.get("/me/placements.csv?city=shenzhen").await.text();
    assert!(
        file.contains("Strict one") && !file.contains("Open to all"),
        "{file}"
    );
    assert_eq!(me.get("/me/placements.xlsx").await.status, 200);
}

#[actix_web::test]
async fn interest_is_seen_by_that_institution_alone_until_it_is_taken_back() {
    let (market, open, _) = opened().await;
    let me = trainee(&market, 0);
    me.post(
        "/me/placements/profile",
        &[("languages", "yue"), ("degree", "master")],
    )
    .await;
    let fields = [
        ("note", "I like monitoring."),
        ("shares", "profile"),
        ("shares", "modules"),
    ];
    let at = format!("/me/placements/{open}/interest");
    let asked = me.get(&at).await.text();
    assert!(asked.contains("Harbour Bank will see your name"), "{asked}");
    let done = me.post(&at, &fields).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(me.post(&at, &fields).await.status, 409, "once is enough");
    let rex = market.representative("Rex", market.school.world.bank);
    let list = rex.get("/organisation/interests").await.text();
    assert!(
        list.contains("TRAINEE 1") && list.contains("T2027-0001"),
        "{list}"
    );
    let id = market.one("SELECT id::text FROM posting_interests");
    let page = rex
        .get(&format!("/organisation/interests/{id}"))
        .await
        .text();
    for told in [
        "I like monitoring.",
        "Cantonese",
        "Master",
        "No module completed yet.",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    assert_eq!(
        rex.get(&format!("/organisation/interests/{id}/document"))
            .await
            .status,
        404
    );
    let file = rex.get("/organisation/interests.csv").await.text();
    assert!(file.contains("I like monitoring."), "{file}");
    // The rival learns nothing, nor does the profile changed later reach the bank.
    let rae = market.representative("Rae", market.rival);
    let list = rae.get("/organisation/interests").await.text();
    assert!(
        list.contains("Nobody has expressed interest yet") && !list.contains("TRAINEE"),
        "{list}"
    );
    assert_eq!(
        rae.get(&format!("/organisation/interests/{id}"))
            .await
            .status,
        404
    );
    me.post("/me/placements/profile", &[("languages", "cmn")])
        .await;
    let page = rex
        .get(&format!("/organisation/interests/{id}"))
        .await
        .text();
    assert!(
        !page.contains("Putonghua"),
        "what was shared stands as it was shared"
    );
    let postings = rex.get("/organisation/postings").await.text();
    assert!(
        postings.contains("<td class=\"n\" data-label=\"Interest\">1"),
        "{postings}"
    );

    // Whoever has an interest in a posting that is withdrawn still finds it, and can take the interest back.
    let state = |to: &str| {
        let app = &market.school.world.app;
        app.as_owner(&format!(
            "UPDATE postings SET state = '{to}' WHERE id = '{open}'"
        ));
    };
    state("withdrawn");
    let mine = me.get("/me/placements?show=interested").await.text();
    let one = format!("/me/placements/{open}");
    assert!(mine.contains(&one), "{mine}");
    let page = me.get(&one).await.text();
    assert!(
        page.contains("Withdrawn") && page.contains("Take interest back"),
        "{page}"
    );
    let other = trainee(&market, 1);
    assert_eq!(other.get(&one).await.status, 404);
    assert!(!other.get("/me/placements").await.text().contains(&one));
    state("open");
    assert_eq!(
        me.post(&format!("/me/placements/{open}/take-back"), &[])
            .await
            .status,
        303
    );
    assert_eq!(
        rex.get(&format!("/organisation/interests/{id}"))
            .await
            .status,
        404
    );
    assert!(
        !rex.get("/organisation/interests")
            .await
            .text()
            .contains("TRAINEE")
    );
    assert_eq!(
        me.post(&format!("/me/placements/{open}/take-back"), &[])
            .await
            .status,
        404
    );
    assert_eq!(me.post(&at, &fields).await.status, 303, "and again");
    state("withdrawn");
    let back = me.post(&format!("{one}/take-back"), &[]).await;
    assert_eq!(back.status, 303, "{}", back.text());
    assert_eq!(
        me.get(&one).await.status,
        404,
        "nothing of it is theirs now"
    );
}
