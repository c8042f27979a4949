//! Two institutions in one programme, and a representative of another programme: nothing tells of the other.

use banyan::db::Role;

use super::market::Market;

/// Pages and files of an institution.
const OWN: &[&str] = &[
    "/organisation",
    "/organisation/postings",
    "/organisation/postings?q=title",
    "/organisation/postings?sort=-seats",
    "/organisation/postings.csv",
    "/organisation/changes",
    "/organisation/changes.csv",
    "/organisation/capacity",
    "/organisation/capacity.csv",
    "/organisation/rounds",
    "/organisation/rounds.csv",
    "/organisation/partners",
    "/organisation/partners.csv",
];

/// What somebody reads, but for what differs at every request.
async fn reads(client: &crate::support::app::Client<'_>, paths: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for path in paths {
        let answer = client.get(path).await;
        let text = answer.text();
        let lines: Vec<&str> = text
            .lines()
            .filter(|it| !it.contains("name=\"_key\""))
            .collect();
        all.push(format!("{path} {} {}", answer.status, lines.join("\n")));
    }
    all
}

#[actix_web::test]
async fn an_institution_reads_the_same_whatever_another_does() {
    let market = Market::new().await;
    let bank = market.school.world.bank;
    market.approved(bank, &[]).await;
    let rex = market.representative("Rex", bank);
    let mut paths: Vec<String> = OWN.iter().map(|it| (*it).to_owned()).collect();
    paths.push(format!("/organisation/rounds/{}", market.round));
    let before = reads(&rex, &paths).await;
    // The other institution writes postings, hands them in, has them approved, asks for changes, answers.
    let canary = [
        ("title_en", "Canary title"),
        ("title_zh", "金絲雀"),
        ("seats", "77"),
        ("supervisor_name", "Canary Person"),
    ];
    let theirs = market.approved(market.rival, &canary).await;
    let rival = market.representative("Rae", market.rival);
    market.begin(&rival, market.rival, &canary).await;
    let version = market.version("postings", &theirs);
    let asked = rival
        .post(
            &format!("/organisation/postings/{theirs}/change"),
            &[("version", &version), ("kind", "seats"), ("seats", "99")],
        )
        .await;
    assert_eq!(asked.status, 303, "{}", asked.text());
    let change = asked.location().rsplit('/').next().unwrap().to_owned();
    let of = market.rival.to_string();
    let terms = format!("/organisation/rounds/{}/terms", market.round);
    let set = rival
        .post(
            &terms,
            &[
                ("organisation", &of),
                ("seat_cap", "55"),
                ("ranking", "bank_list"),
            ],
        )
        .await;
    assert_eq!(set.status, 303, "{}", set.text());
    let capacity = [
        ("starts_on", "2027-06-01"),
        ("ends_on", "2027-08-31"),
        ("due_on", "2027-02-20"),
        ("organisations", of.as_str()),
    ];
    market
        .desk()
        .post(&market.office("capacity/new"), &capacity)
        .await;
    let after = reads(&rex, &paths).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert!(!after.concat().to_lowercase().contains("canary"));
    // Another's row and a missing row are the same.
    let question = market.one("SELECT id::text FROM capacity_asks LIMIT 1");
    let partner = market.one(&format!(
        "SELECT id::text FROM placement_partnerships WHERE organisation_id = '{}'",
        market.rival
    ));
    for path in [
        format!("postings/{theirs}"),
        format!("postings/{theirs}/edit"),
        format!("postings/{theirs}/history.csv"),
        format!("changes/{change}"),
        format!("capacity/{question}"),
        format!("partners/{partner}"),
    ] {
        assert_eq!(
            rex.get(&format!("/organisation/{path}")).await.status,
            404,
            "{path}"
        );
    }
    for (path, fields) in [
        (
            format!("postings/{theirs}/withdraw"),
            vec![("version", "1")],
        ),
        (
            format!("postings/{theirs}/copy"),
            vec![("round", market.round.as_str())],
        ),
        (
            format!("postings/{theirs}/change"),
            vec![("version", "1"), ("kind", "seats"), ("seats", "1")],
        ),
        (
            format!("changes/{change}/take-back"),
            vec![("version", "1")],
        ),
        (
            format!("capacity/{question}/answer"),
            vec![("version", "1"), ("seats", "1")],
        ),
    ] {
        let answer = rex.post(&format!("/organisation/{path}"), &fields).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    // Nor can one write in another's name.
    let mut fields = market.fields(market.rival, &[]);
    fields.push(("x".to_owned(), String::new()));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        rex.post("/organisation/postings/new", &fields).await.status,
        404
    );
    let stolen = rex
        .post(
            &terms,
            &[
                ("organisation", &of),
                ("seat_cap", "1"),
                ("ranking", "bank_list"),
            ],
        )
        .await;
    assert_eq!(stolen.status, 404);
}

#[actix_web::test]
async fn another_programme_sees_nothing_and_other_roles_are_turned_away() {
    let market = Market::new().await;
    let world = &market.school.world;
    let id = market
        .approved(world.bank, &[("title_en", "Canary title")])
        .await;
    let app = &world.app;
    let elsewhere = Some(world.elsewhere);
    // The same bank has somebody in another programme: that programme is another house.
    let abroad = app.acting("Abe", Role::Representative, elsewhere, Some(world.bank));
    for path in OWN {
        let answer = abroad.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.text().contains("Canary"), "{path}");
    }
    assert_eq!(
        abroad
            .get(&format!("/organisation/postings/{id}"))
            .await
            .status,
        404
    );
    let round = format!("/organisation/rounds/{}", market.round);
    assert_eq!(abroad.get(&round).await.status, 404);
    let office = app.acting("Otto", Role::Coordinator, elsewhere, None);
    for path in [
        "postings", "rounds", "areas", "partners", "capacity", "changes",
    ] {
        assert_eq!(office.get(&market.office(path)).await.status, 404, "{path}");
    }
    let theirs = format!("/programmes/{}/placements", world.elsewhere);
    let list = office.get(&format!("{theirs}/postings")).await.text();
    assert!(list.contains("No postings") && !list.contains("Canary"));
    assert_eq!(
        office.get(&format!("{theirs}/postings/{id}")).await.status,
        404
    );
    // A university's liaison and a supervisor have nothing to do with an institution's postings.
    let liaison = app.acting(
        "Lia",
        Role::Liaison,
        Some(world.programme),
        Some(world.university),
    );
    let supervisor = app.acting(
        "Sue",
        Role::Supervisor,
        Some(world.programme),
        Some(world.bank),
    );
    for who in [&liaison, &supervisor, &market.desk()] {
        assert_eq!(who.get("/organisation/postings").await.status, 403);
    }
}
