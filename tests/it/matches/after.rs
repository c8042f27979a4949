//! After the publication: a second round on what is left, first call, the repair of an error.

use super::arena::Arena;

/// Who is where, and of what it came.
const PLACED: &str = "SELECT p.name_shown || ' ' || (o.content->>'title_en') || ' ' || p.origin || ' ' || p.state FROM placements p \
    JOIN postings o ON o.id = p.posting_id ORDER BY p.name_shown, p.created_at, p.id";

/// What the histories of placements and postings say of withdrawals.
const WITHDRAWN: &str = "SELECT count(*) FILTER (WHERE e.verb = 'placement.stepped' AND e.subject_id IN (SELECT id FROM placements \
    WHERE state = 'withdrawn_by_host')) || ' of placements, ' || count(*) FILTER (WHERE e.verb = 'posting.withdrawn' \
    AND e.subject_id IN (SELECT id FROM postings WHERE state = 'withdrawn')) || ' of postings' FROM audit_events e";

async fn published() -> Arena {
    let mut arena = Arena::new().await;
    arena.give_all().await;
    arena.close();
    {
        let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
        let run = arena.freeze(&ada).await;
        assert_eq!(arena.approve(&ben, &run).await.status, 303);
    }
    arena
}

fn at_time(arena: &mut Arena, time: &str) {
    let app = &mut arena.market.school.world.app;
    app.site.db = app.site.db.as_of(time.parse().unwrap());
}

#[actix_web::test]
async fn a_second_round_places_who_is_without_on_what_is_vacant_and_moves_nobody() {
    let mut arena = published().await;
    let second = {
        let ada = arena.staff("Ada");
        let form = ada.get(&arena.desk("/second")).await.text();
        assert!(form.contains("1 vacant seats, 1 trainees"), "{form}");
        let past = [
            ("name_en", "Second round"),
            ("name_zh", "第二輪"),
            ("list_deadline", "2027-03-01T18:00"),
        ];
        assert_eq!(ada.post(&arena.desk("/second"), &past).await.status, 422);
        let fields = [
            ("name_en", "Second round"),
            ("name_zh", "第二輪"),
            ("list_deadline", "2027-03-20T18:00"),
        ];
        let opened = ada.post(&arena.desk("/second"), &fields).await;
        assert_eq!(opened.status, 303, "{}", opened.text());
        let again = ada.post(&arena.desk("/second"), &fields).await;
        assert!(again.status == 409 && again.text().contains("A second round is open already"));
        opened.location().rsplit('/').next().unwrap().to_owned()
    };
    // Only whom it concerns is told: trainee 3, and the institution of Beta.
    assert_eq!(
        arena
            .texts("SELECT DISTINCT to_name FROM letters WHERE kind = 'second_round' ORDER BY 1")
            .len(),
        2
    );
    let mine = format!("/me/matches/{second}");
    assert_eq!(arena.trainee(0).get(&mine).await.status, 404, "placed");
    let beta = arena.postings[1].clone();
    let host = format!("/organisation/matches/{second}/lists/{beta}");
    let bank = arena.market.school.world.bank;
    let three = arena.trainees[2].1.to_string();
    {
        arena.owner("DELETE FROM posting_interests");
        let third = arena.trainee(2);
        let page = third.get(&mine).await.text();
        assert!(
            page.contains("Beta desk")
                && !page.contains("Alpha desk")
                && !page.contains("Gamma desk"),
            "{page}"
        );
        let rex = arena.host("Rex", bank);
        assert!(
            !rex.get(&host).await.text().contains("TRAINEE 3"),
            "not certified yet"
        );
        Arena::give(&third, &mine, &[(&beta, "1")]).await;
        let page = rex.get(&host).await.text();
        assert!(
            page.contains("TRAINEE 3") && !page.contains("TRAINEE 1"),
            "{page}"
        );
        Arena::give(&rex, &host, &[(&three, "1")]).await;
        let rae = arena.host("Rae", arena.market.rival);
        assert_eq!(rae.get(&host).await.status, 404);
    }
    at_time(&mut arena, "2027-03-21T02:00:00Z");
    let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
    let desk = arena.market.office(&format!("matches/{second}"));
    let dry = ada.get(&format!("{desk}/dry-run")).await.text();
    assert!(
        dry.contains("Everybody is placed.") && dry.contains("Placed already"),
        "{dry}"
    );
    let frozen = ada.post(&format!("{desk}/freeze"), &[]).await;
    assert_eq!(frozen.status, 303, "{}", frozen.text());
    let run = frozen.location().to_owned();
    let same = arena.approve(&ada, &run).await;
    assert_eq!(same.status, 409);
    let done = arena.approve(&ben, &run).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        arena.texts(PLACED),
        [
            "TRAINEE 1 Gamma desk match offered",
            "TRAINEE 2 Alpha desk match offered",
            "TRAINEE 3 Beta desk second_round offered"
        ]
    );
    let page = arena.trainee(2).get(&mine).await.text();
    assert!(page.contains("You are placed: Beta desk"), "{page}");
    assert_eq!(arena.one("SELECT count(*)::text FROM match_results"), "4");
    let nothing = ada.get(&arena.desk("/second")).await.text();
    assert!(nothing.contains("No seat is vacant, or every trainee is placed."));
    let rows = ben.get(&format!("{desk}/results.csv")).await.text();
    assert!(
        rows.contains("Beta desk") && !rows.contains("Gamma desk"),
        "{rows}"
    );
}

#[actix_web::test]
async fn a_seat_that_is_freed_or_added_is_part_of_the_second_round() {
    let arena = published().await;
    arena.owner(&format!(
        "UPDATE placements SET state = 'withdrawn_by_trainee' WHERE name_shown = 'TRAINEE 2'; \
         UPDATE postings SET later_seats = 2 WHERE id = '{}'",
        arena.postings[2]
    ));
    let form = arena.staff("Ada").get(&arena.desk("/second")).await.text();
    assert!(form.contains("4 vacant seats, 2 trainees"), "{form}");
}

#[actix_web::test]
async fn who_loses_a_posting_has_first_call_on_what_is_vacant() {
    let arena = published().await;
    let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
    // Alpha is withdrawn. Trainee 2 was there, and Beta is next on their list.
    let bare = ada
        .post(&arena.desk("/call"), &[("reason", "Closed")])
        .await;
    assert_eq!(bare.status, 422, "{}", bare.text());
    let fields = [
        ("posting", arena.postings[0].as_str()),
        ("reason", "The desk is closed"),
    ];
    arena.owner("UPDATE placements SET state = 'active' WHERE name_shown = 'TRAINEE 2'");
    let there = ada.post(&arena.desk("/call"), &fields).await;
    assert!(there.status == 409 && there.text().contains("A trainee has begun there already"));
    arena.owner("UPDATE placements SET state = 'accepted' WHERE name_shown = 'TRAINEE 2'");
    let frozen = ada.post(&arena.desk("/call"), &fields).await;
    assert_eq!(frozen.status, 303, "{}", frozen.text());
    let run = frozen.location().to_owned();
    let page = ben.get(&run).await.text();
    for words in [
        "1 trainee is directly harmed",
        "1 of them receives another posting by first call.",
        "TRAINEE 2",
        "Beta desk",
        "The desk is closed",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert_eq!(
        arena.one("SELECT count(*)::text FROM postings WHERE state = 'withdrawn'"),
        "0"
    );
    assert_eq!(ada.post(&arena.desk("/call"), &fields).await.status, 409);
    assert_eq!(arena.approve(&ada, &run).await.status, 409);
    // What was frozen must still be so.
    arena.owner(
        "UPDATE placements SET state = 'withdrawn_by_trainee' WHERE name_shown = 'TRAINEE 2'",
    );
    let overtaken = arena.approve(&ben, &run).await;
    assert!(overtaken.status == 409 && overtaken.text().contains("gone since it was frozen"));
    arena.owner("UPDATE placements SET state = 'accepted' WHERE name_shown = 'TRAINEE 2'");
    let done = arena.approve(&ben, &run).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        arena.texts(PLACED),
        [
            "TRAINEE 1 Gamma desk match offered",
            "TRAINEE 2 Alpha desk match withdrawn_by_host",
            "TRAINEE 2 Beta desk first_call offered"
        ]
    );
    assert_eq!(
        arena.texts("SELECT content->>'title_en' FROM postings WHERE state = 'withdrawn'"),
        ["Alpha desk"]
    );
    assert_eq!(arena.one(WITHDRAWN), "1 of placements, 1 of postings");
    let two = arena.trainee(1).get(&arena.mine()).await.text();
    assert!(two.contains("You are placed: Beta desk"), "{two}");
    let letter = arena.one("SELECT body_text FROM letters WHERE kind = 'posting_gone'");
    assert!(
        letter.contains("Beta desk") && !letter.contains("TRAINEE 1"),
        "{letter}"
    );
    let told = arena.one("SELECT count(*)::text FROM letters WHERE kind = 'match_changed'");
    assert_ne!(told, "0");
    let third = arena.trainee(2).get(&arena.mine()).await.text();
    assert!(
        third.contains("You are not placed"),
        "nobody else is touched"
    );
}

/// Opens a repair with one correction; its page and version.
async fn repair(arena: &Arena, correction: &[(&str, &str)]) -> String {
    let ada = arena.staff("Ada");
    let opened = ada
        .post(
            &arena.desk("/repairs"),
            &[("reason", "Gamma’s list was read from the wrong sheet")],
        )
        .await;
    assert_eq!(opened.status, 303, "{}", opened.text());
    let page = opened.location().to_owned();
    let mut fields = vec![("version", "1")];
    fields.extend_from_slice(correction);
    let kept = ada.post(&format!("{page}/corrections"), &fields).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    page
}

#[actix_web::test]
async fn an_error_is_corrected_compared_and_repaired_by_two() {
    let arena = published().await;
    // Alpha meant to rank 1 first: then 1 is at Alpha, 2 at Beta, and Gamma is free for nobody who lists it.
    let list = "T2027-0001\nT2027-0002";
    let page = repair(
        &arena,
        &[
            ("kind", "host_list"),
            ("posting", &arena.postings[0]),
            ("value", list),
        ],
    )
    .await;
    let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
    let text = ada.get(&page).await.text();
    for words in [
        "TRAINEE 1",
        "TRAINEE 2",
        "Three ways out",
        "Alpha desk: TRAINEE 1, TRAINEE 2",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let wrong = ada
        .post(
            &format!("{page}/corrections"),
            &[
                ("version", "2"),
                ("kind", "host_list"),
                ("posting", &arena.postings[0]),
                ("value", "T9"),
            ],
        )
        .await;
    assert!(
        wrong.status == 422
            && wrong
                .text()
                .contains("No number like this is in the match: T9")
    );
    let nothing = ada
        .post(
            &format!("{page}/choose/honour_and_fill"),
            &[("version", "2")],
        )
        .await;
    assert!(
        nothing.status == 409 && nothing.text().contains("nobody would be moved"),
        "{}",
        nothing.text()
    );
    let stale = ada
        .post(&format!("{page}/choose/run_again"), &[("version", "1")])
        .await;
    assert_eq!(stale.status, 409);
    let frozen = ada
        .post(&format!("{page}/choose/run_again"), &[("version", "2")])
        .await;
    assert_eq!(frozen.status, 303, "{}", frozen.text());
    let run = frozen.location().to_owned();
    let shown = ben.get(&run).await.text();
    assert!(
        shown.contains("Gamma’s list was read from the wrong sheet"),
        "{shown}"
    );
    assert_eq!(arena.approve(&ada, &run).await.status, 409);
    let done = arena.approve(&ben, &run).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        arena.texts(PLACED),
        [
            "TRAINEE 1 Gamma desk match withdrawn_by_host",
            "TRAINEE 1 Alpha desk repair offered",
            "TRAINEE 2 Alpha desk match withdrawn_by_host",
            "TRAINEE 2 Beta desk repair offered"
        ]
    );
    assert_eq!(arena.one("SELECT state FROM match_repairs"), "published");
    assert_eq!(arena.one(WITHDRAWN), "2 of placements, 0 of postings");
    let one = arena.trainee(0).get(&arena.mine()).await.text();
    assert!(one.contains("You are placed: Alpha desk"), "{one}");
    assert_eq!(
        arena.one("SELECT count(*)::text FROM letters WHERE kind = 'match_repaired'"),
        "2"
    );
    assert!(
        ben.get(&arena.desk(""))
            .await
            .text()
            .contains("Repair of an error")
    );
}

#[actix_web::test]
async fn the_kindest_way_adds_a_seat_for_whom_the_error_harmed() {
    let arena = published().await;
    let list = "T2027-0001\nT2027-0002";
    let page = repair(
        &arena,
        &[
            ("kind", "host_list"),
            ("posting", &arena.postings[0]),
            ("value", list),
        ],
    )
    .await;
    let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
    let asked = ada
        .get(&format!("{page}/choose/honour_and_add"))
        .await
        .text();
    assert!(asked.contains("1 trainee is moved."), "{asked}");
    let frozen = ada
        .post(
            &format!("{page}/choose/honour_and_add"),
            &[("version", "2")],
        )
        .await;
    assert_eq!(frozen.status, 303, "{}", frozen.text());
    let run = frozen.location().to_owned();
    // Voided: the repair is open again, and may be chosen otherwise or given up.
    let void = ada
        .post(&format!("{run}/void"), &[("reason", "Not yet agreed")])
        .await;
    assert_eq!(void.status, 303);
    assert_eq!(arena.one("SELECT state FROM match_repairs"), "open");
    let version = arena.one("SELECT version::text FROM match_repairs");
    let frozen = ada
        .post(
            &format!("{page}/choose/honour_and_add"),
            &[("version", &version)],
        )
        .await;
    assert_eq!(frozen.status, 303, "{}", frozen.text());
    let done = arena.approve(&ben, frozen.location()).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        arena.texts(PLACED),
        [
            "TRAINEE 1 Gamma desk match withdrawn_by_host",
            "TRAINEE 1 Alpha desk repair offered",
            "TRAINEE 2 Alpha desk match offered"
        ]
    );
    assert_eq!(
        arena.texts(
            "SELECT seats || ' ' || later_seats FROM postings ORDER BY content->>'title_en'"
        ),
        ["1 1", "1 0", "1 0"]
    );
    let one = arena.trainee(0).get(&arena.mine()).await.text();
    assert!(one.contains("You are placed: Alpha desk"));
    assert!(
        one.contains("The reasons below are those of the match as it was published first."),
        "{one}"
    );
}
