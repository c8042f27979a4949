//! Places given beforehand, what-if, what the reasons tell, who edits and who certifies.

use std::collections::BTreeSet;

use super::arena::Arena;
use crate::support::app::Client;

/// Names trainee `who` for posting `at`; the page of the place.
async fn named(arena: &Arena, ada: &Client<'_>, who: &str, at: usize) -> String {
    let done = ada
        .post(
            &arena.desk("/beforehand"),
            &[
                ("trainee", who),
                ("posting", &arena.postings[at]),
                ("reason", "Was there last summer"),
            ],
        )
        .await;
    assert_eq!(done.status, 303, "{}", done.text());
    done.location().to_owned()
}

#[actix_web::test]
async fn two_people_give_a_place_beforehand_and_it_is_removed_with_its_seat() {
    let mut arena = Arena::new().await;
    arena.give_all().await;
    // Trainee 3, whom nobody ranks but Gamma, is given Alpha; so 2 comes to Beta, and 1 stays at Gamma.
    let ada = arena.staff("Ada");
    let place = named(&arena, &ada, "t2027-0003", 0).await;
    for (fields, words) in [
        (("T2027-0003", 1), "This trainee has a place already."),
        (("T2027-0001", 0), "This posting has no seat left."),
    ] {
        let refused = ada
            .post(
                &arena.desk("/beforehand"),
                &[
                    ("trainee", fields.0),
                    ("posting", &arena.postings[fields.1]),
                    ("reason", "Why not"),
                ],
            )
            .await;
        assert!(
            refused.status == 409 && refused.text().contains(words),
            "{}",
            refused.text()
        );
    }
    let file = ada.get(&arena.desk("/beforehand.csv")).await.text();
    assert!(file.contains("TRAINEE 3") && file.contains("Was there last summer"));
    let bare = ada.post(&arena.desk("/beforehand"), &[]).await;
    assert_eq!(bare.status, 422);
    let same = ada.post(&format!("{place}/approve"), &[]).await;
    assert!(same.status == 409 && same.text().contains("Whoever named a place"));
    // Nobody is told before it is approved.
    let third = arena.trainee(2);
    assert!(
        !third
            .get(&arena.mine())
            .await
            .text()
            .contains("given to you")
    );
    assert_eq!(
        arena.one("SELECT count(*)::text FROM letters WHERE kind LIKE 'place%'"),
        "0"
    );
    let ben = arena.staff("Ben");
    let asked = ben.get(&format!("{place}/approve")).await.text();
    assert!(asked.contains("TRAINEE 3 and a seat of Alpha desk are taken out of the match."));
    assert_eq!(ben.post(&format!("{place}/approve"), &[]).await.status, 303);
    let page = third.get(&arena.mine()).await.text();
    assert!(
        page.contains("A place was given to you before the match: Alpha desk (Harbour Bank)"),
        "{page}"
    );
    let alpha = arena.postings[0].clone();
    let late = Arena::save(&third, &arena.mine(), "1", &[(&alpha, "1")]).await;
    assert_eq!(late.status, 409);
    let kinds =
        arena.texts("SELECT DISTINCT kind FROM letters WHERE kind LIKE 'place%' ORDER BY 1");
    assert_eq!(kinds, ["place_at_institution", "place_given"]);
    let dry = ada.get(&arena.desk("/dry-run")).await.text();
    assert!(
        dry.contains("Placed beforehand") && dry.contains("Everybody is placed."),
        "{dry}"
    );
    drop((ada, ben, third));
    arena.close();
    let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
    let run = arena.freeze(&ada).await;
    let late = ben.post(&format!("{place}/cancel"), &[]).await;
    assert_eq!(late.status, 409, "nothing changes under a frozen run");
    assert_eq!(arena.approve(&ben, &run).await.status, 303);
    assert_eq!(
        arena.texts("SELECT p.name_shown || ' ' || (o.content->>'title_en') || ' ' || p.origin FROM placements p JOIN postings o ON o.id = p.posting_id ORDER BY 1"),
        [
            "TRAINEE 1 Gamma desk match",
            "TRAINEE 2 Beta desk match",
            "TRAINEE 3 Alpha desk beforehand"
        ]
    );
    let desk = ben.get(&arena.desk("")).await.text();
    assert!(
        desk.contains("Placed otherwise than by the match") && desk.contains("Given beforehand")
    );
    let first = arena.trainee(0).get(&arena.mine()).await.text();
    assert!(
        first.contains("All seats") || first.contains("no seats"),
        "{first}"
    );
    assert!(!first.contains("TRAINEE 3"), "nothing of others");
}

#[actix_web::test]
async fn a_place_is_taken_back_before_the_run_and_both_are_told() {
    let mut arena = Arena::new().await;
    arena.give_all().await;
    let place = {
        let ada = arena.staff("Ada");
        named(&arena, &ada, "T2027-0003", 0).await
    };
    {
        let ben = arena.staff("Ben");
        assert_eq!(ben.post(&format!("{place}/approve"), &[]).await.status, 303);
        assert_eq!(ben.post(&format!("{place}/cancel"), &[]).await.status, 303);
        assert_eq!(ben.post(&format!("{place}/cancel"), &[]).await.status, 409);
    }
    let kinds =
        arena.texts("SELECT DISTINCT kind FROM letters WHERE kind LIKE 'place%' ORDER BY 1");
    assert_eq!(
        kinds,
        ["place_at_institution", "place_given", "place_taken_back"]
    );
    arena.close();
    let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
    let run = arena.freeze(&ada).await;
    assert_eq!(arena.approve(&ben, &run).await.status, 303);
    assert_eq!(
        arena.texts("SELECT name_shown || ' ' || origin FROM placements ORDER BY 1"),
        ["TRAINEE 1 match", "TRAINEE 2 match"]
    );
}

#[actix_web::test]
async fn a_dry_run_answers_what_if_and_changes_nothing() {
    let arena = Arena::new().await;
    arena.give_all().await;
    let ada = arena.staff("Ada");
    let bank = arena.market.school.world.bank;
    let more = format!("/dry-run?seats=more_{}", arena.postings[0]);
    let page = ada.get(&arena.desk(&more)).await.text();
    assert!(page.contains("<th scope=\"row\">Seats</th>"), "{page}");
    let row = |label: &str, page: &str| {
        let from = page
            .find(&format!("<th scope=\"row\">{label}</th>"))
            .unwrap();
        let part: String = page[from..].chars().take(400).collect();
        part.split("<td")
            .skip(1)
            .take(2)
            .map(|it| {
                let text = it.split_once('>').unwrap().1;
                text.split('<').next().unwrap().trim().to_owned()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(row("Seats", &page), ["3", "4"]);
    assert_eq!(row("First choice", &page), ["1", "2"]);
    let fewer = format!(
        "/dry-run?seats=fewer_{}&bank={bank}&cap=",
        arena.postings[0]
    );
    let page = ada.get(&arena.desk(&fewer)).await.text();
    assert_eq!(row("Seats", &page), ["3", "2"]);
    // A cap without one list for all would lose a guarantee: the run says so.
    let capped = format!("/dry-run?bank={bank}&cap=1");
    let page = ada.get(&arena.desk(&capped)).await.text();
    for told in [
        "make no run",
        "Harbour Bank has a cap and several postings",
        "What could no longer be promised",
        "Among all stable results, it is the best one for every trainee",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    assert!(
        !page.contains("nobody would both rather"),
        "that still holds"
    );
    arena.owner("UPDATE people SET lang = 'zh-Hant-HK' WHERE display_name = 'Ada'");
    let page = ada.get(&arena.desk(&capped)).await.text();
    assert!(
        page.contains("須有一份涵蓋全部職位的名單") && page.contains("以下事項將無法保證"),
        "{page}"
    );
    assert!(!page.contains("csv"), "no file of a run is named: {page}");
    assert_eq!(arena.one("SELECT count(*)::text FROM match_runs"), "0");
    assert_eq!(arena.one("SELECT sum(seats)::text FROM postings"), "3");
}

#[actix_web::test]
async fn reasons_tell_as_much_as_the_round_says_and_no_cut_off_of_few() {
    let mut arena = Arena::new().await;
    arena.give_all().await;
    {
        let ada = arena.staff("Ada");
        let set = ada.post(&arena.desk("/tells"), &[("tells", "exact")]).await;
        assert_eq!(set.status, 303, "{}", set.text());
    }
    arena.close();
    let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
    let run = arena.freeze(&ada).await;
    assert_eq!(arena.approve(&ben, &run).await.status, 303);
    let first = arena.trainee(0).get(&arena.mine()).await.text();
    assert!(
        first.contains("Your place on the institution’s list is 2."),
        "{first}"
    );
    assert!(
        !first.contains("The last one admitted"),
        "one was admitted: that is a person"
    );
    let late = ada
        .post(&arena.desk("/tells"), &[("tells", "reason")])
        .await;
    assert_eq!(late.status, 409);
}

#[actix_web::test]
async fn a_delegate_edits_and_does_not_certify() {
    let arena = Arena::new().await;
    let bank = arena.market.school.world.bank;
    let (rex, una) = (arena.host("Rex", bank), arena.host("Una", bank));
    let round = format!("/organisation/matches/{}", arena.market.round);
    let people = format!("{round}/people");
    let person = |name: &str| {
        let id = arena.one(&format!(
            "SELECT g.person_id::text FROM role_grants g JOIN people p ON p.id = g.person_id WHERE p.display_name = '{name}' \
             AND g.role = 'representative' ORDER BY g.created_at DESC, g.id DESC LIMIT 1"
        ));
        format!("{bank}_{id}")
    };
    let (of_rex, of_una) = (person("Rex"), person("Una"));
    let named = rex
        .post(&people, &[("person", &of_una), ("part", "delegate")])
        .await;
    assert_eq!(named.status, 303, "{}", named.text());
    let at = arena.of_posting(0);
    let one = arena.trainees[0].1.to_string();
    let saved = Arena::save(&una, &at, "0", &[(&one, "1")]).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let page = una.get(&at).await.text();
    assert!(
        page.contains("named others to certify it") && !page.contains(">Certify this list<"),
        "{page}"
    );
    let certify = una
        .post(&format!("{at}/certify"), &[("version", "1")])
        .await;
    assert!(
        certify.status == 409
            && certify
                .text()
                .contains("You may edit this list and not certify it")
    );
    let cannot = una
        .post(&people, &[("person", &of_rex), ("part", "delegate")])
        .await;
    assert_eq!(cannot.status, 409, "a delegate names nobody");
    let certify = rex
        .post(&format!("{at}/certify"), &[("version", "1")])
        .await;
    assert_eq!(certify.status, 303, "{}", certify.text());
    // Her edit un-certifies it; what was certified counts.
    let two = arena.trainees[1].1.to_string();
    assert_eq!(
        Arena::save(&una, &at, "1", &[(&two, "1")]).await.status,
        303
    );
    assert!(
        rex.get(&round)
            .await
            .text()
            .contains("Changed since it was certified")
    );
    // For one posting only.
    let narrowed = rex
        .post(
            &people,
            &[
                ("person", &of_una),
                ("part", "delegate"),
                ("posting", &arena.postings[1]),
            ],
        )
        .await;
    assert_eq!(narrowed.status, 303);
    let refused = Arena::save(&una, &at, "2", &[(&one, "1")]).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    // Somebody of another institution cannot be named, and the last who certifies is not lost.
    let stranger = format!("{bank}_{}", arena.trainees[0].0);
    let strange = rex
        .post(&people, &[("person", &stranger), ("part", "certifier")])
        .await;
    assert_eq!(strange.status, 422);
    let nobody = rex
        .post(&people, &[("person", &of_rex), ("part", "delegate")])
        .await;
    let left = arena.one("SELECT count(DISTINCT g.person_id)::text FROM role_grants g WHERE g.role = 'representative' AND g.organisation_id = \
        (SELECT organisation_id FROM list_people LIMIT 1)");
    assert_eq!(nobody.status == 409, left == "2", "{left}");
}

#[actix_web::test]
async fn the_list_of_lists_is_filtered_searched_and_read_page_by_page() {
    let arena = Arena::new().await;
    let alpha = arena.postings[0].clone();
    Arena::give(&arena.trainee(0), &arena.mine(), &[(&alpha, "1")]).await;
    let ada = arena.staff("Ada");
    let read = async |query: &str| ada.get(&arena.desk(&format!("/lists{query}"))).await.text();
    let certified = read("?state=certified").await;
    assert!(
        certified.contains("TRAINEE 1") && !certified.contains("TRAINEE 2"),
        "{certified}"
    );
    let missing = read("?state=missing&whose=trainees").await;
    assert!(
        missing.contains("TRAINEE 2")
            && !missing.contains("TRAINEE 1")
            && !missing.contains("Alpha desk")
    );
    let sought = read("?q=gamma").await;
    assert!(sought.contains("Gamma desk") && !sought.contains("Alpha desk"));
    assert!(
        read("?q=nothing-like-it")
            .await
            .contains("Nothing matches this filter")
    );
    let file = read(".csv?whose=hosts&sort=-name").await;
    let at = |name: &str| file.find(name).unwrap();
    assert!(at("Gamma desk") < at("Beta desk") && at("Beta desk") < at("Alpha desk"));
    assert!(!file.contains("TRAINEE"));
    // Every page, one after the other, has each list once.
    for number in 4..=60 {
        let cohort = arena.market.school.world.cohort;
        arena.market.school.enrol(cohort, number, "en");
    }
    let mut seen = Vec::new();
    let mut path = Some(arena.desk("/lists?whose=trainees&sort=name"));
    while let Some(now) = path {
        let page = ada.get(&now).await.text();
        let numbers = page.split("T2027-").skip(1);
        seen.extend(numbers.map(|it| it.chars().take(4).collect::<String>()));
        path = page
            .split_once("\" rel=\"next\"")
            .and_then(|(before, _)| before.rsplit("href=\"").next())
            .map(|href| href.replace("&#38;", "&"));
    }
    let each: BTreeSet<_> = seen.iter().cloned().collect();
    assert_eq!((seen.len(), each.len()), (60, 60));
}
