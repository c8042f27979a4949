//! Lists: what is refused, certified, changed since; the deadline; reminders; the lots.

use super::arena::Arena;

#[actix_web::test]
async fn a_trainee_ranks_and_every_bad_line_is_named() {
    let arena = Arena::new().await;
    let me = arena.trainee(0);
    let at = arena.mine();
    let page = me.get(&at).await.text();
    for words in [
        "Alpha desk",
        "true order is the best order",
        "What nobody can promise",
        "Nothing has been saved yet",
        "may be as long as you like",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let [alpha, beta, gamma] = [0, 1, 2].map(|it| arena.postings[it].as_str());
    let same = Arena::save(&me, &at, "0", &[(alpha, "1"), (beta, "1")]).await;
    assert_eq!(same.status, 422);
    assert!(
        same.text()
            .contains("Alpha desk: another posting has number 1")
    );
    let none = Arena::save(&me, &at, "0", &[(alpha, "first")]).await;
    assert!(none.status == 422 && none.text().contains("whole number of 1 or more"));
    let unknown = "0190aaaa-0000-7000-8000-000000000001";
    let strange = Arena::save(&me, &at, "0", &[(unknown, "1")]).await;
    assert!(strange.status == 422 && strange.text().contains("cannot be ranked here"));
    let twice = Arena::save(&me, &at, "0", &[(alpha, "1"), (alpha, "2")]).await;
    assert!(twice.status == 422 && twice.text().contains("stands on the list twice"));
    arena.owner(&format!(
        "UPDATE postings SET wants = '{{\"mainland_permit\": true}}' WHERE id = '{gamma}'"
    ));
    let barred = Arena::save(&me, &at, "0", &[(gamma, "1")]).await;
    assert!(
        barred.status == 422
            && barred
                .text()
                .contains("Gamma desk: you do not meet what this posting asks for")
    );
    assert_eq!(arena.one("SELECT count(*)::text FROM rank_lists"), "0");
    let saved = Arena::save(&me, &at, "0", &[(beta, "2"), (alpha, "1")]).await;
    assert_eq!(saved.status, 303, "{}", saved.text());
    let stale = Arena::save(&me, &at, "0", &[(beta, "1")]).await;
    assert_eq!(stale.status, 412);
    // A button moves an item without any script.
    let moved = Arena::save(
        &me,
        &at,
        "1",
        &[(alpha, "1"), (beta, "2"), ("move", &format!("up-{beta}"))],
    )
    .await;
    assert_eq!(moved.status, 303);
    assert_eq!(
        arena.one("SELECT entries::text FROM rank_lists"),
        format!("[[\"{beta}\"], [\"{alpha}\"]]")
    );
}

#[actix_web::test]
async fn what_was_certified_counts_until_it_is_certified_again_and_never_after_the_deadline() {
    let mut arena = Arena::new().await;
    let (at, alpha, beta) = (
        arena.mine(),
        arena.postings[0].clone(),
        arena.postings[1].clone(),
    );
    {
        let me = arena.trainee(0);
        let certify = format!("{at}/certify");
        let early = me.post(&certify, &[("version", "0")]).await;
        assert!(early.status == 409 && early.text().contains("Save a list first"));
        Arena::give(&me, &at, &[(&alpha, "1")]).await;
        let page = me.get(&at).await.text();
        assert!(page.contains("This list counts."), "{page}");
        assert_eq!(me.post(&certify, &[("version", "1")]).await.status, 409);
        let lots = arena.one("SELECT seed_sha256 FROM match_commitments");
        assert!(page.contains(&lots), "the lots are fixed by the first list");
        let told = "SELECT count(*)::text FROM audit_events WHERE verb = 'match.committed'";
        assert_eq!(arena.one(told), "1", "and the history says so");
        let seed = arena.one("SELECT seed FROM match_seeds");
        assert!(!page.contains(&seed));
        let changed = Arena::save(&me, &at, "1", &[(&alpha, "1"), (&beta, "2")]).await;
        assert_eq!(changed.status, 303);
        let page = me.get(&at).await.text();
        assert!(page.contains("What was certified counts until you certify it again"));
        assert_eq!(
            me.post(&certify, &[("version", "1")]).await.status,
            412,
            "another version than was seen"
        );
    }
    let desk = arena.staff("Ada");
    let lists = desk.get(&arena.desk("/lists")).await.text();
    assert!(lists.contains("Changed since it was certified") && lists.contains("No list"));
    let file = desk.get(&arena.desk("/lists.csv")).await.text();
    assert!(file.contains("TRAINEE 1") && file.contains("Alpha desk"));
    let asked = desk.get(&arena.desk("/remind")).await.text();
    assert!(asked.contains("6 lists are not certified"), "{asked}");
    assert_eq!(desk.post(&arena.desk("/remind"), &[]).await.status, 303);
    let letters = arena.one("SELECT count(*)::text FROM letters WHERE kind = 'list_reminder'");
    assert!(letters.parse::<usize>().unwrap() >= 3, "{letters}");
    drop(desk);
    arena.close();
    let me = arena.trainee(0);
    let late = me.post(&format!("{at}/certify"), &[("version", "2")]).await;
    assert!(late.status == 409 && late.text().contains("The deadline is over"));
    let late = Arena::save(&me, &at, "2", &[(&beta, "1")]).await;
    assert_eq!(late.status, 409);
    assert_eq!(
        arena.one("SELECT entries::text FROM certified_lists"),
        format!("[[\"{alpha}\"]]")
    );
    let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        arena.owner("UPDATE certified_lists SET entries = '[]'");
    }));
    assert!(refused.is_err(), "nobody changes what was certified");
}

#[actix_web::test]
async fn an_institution_ranks_those_who_are_interested_and_may_rank_equally() {
    let arena = Arena::new().await;
    let bank = arena.market.school.world.bank;
    let rex = arena.host("Rex", bank);
    let round = format!("/organisation/matches/{}", arena.market.round);
    let page = rex.get(&round).await.text();
    assert!(page.contains("Alpha desk") && page.contains("Beta desk"));
    assert!(!page.contains("Gamma desk"));
    let [one, two, three] = [0, 1, 2].map(|it| arena.trainees[it].1.to_string());
    arena.owner(&format!(
        "UPDATE posting_interests SET state = 'taken_back', taken_back_at = now() WHERE enrolment_id = '{three}' AND posting_id = '{}'",
        arena.postings[0]
    ));
    let at = arena.of_posting(0);
    let refused = Arena::save(&rex, &at, "0", &[(&one, "1"), (&three, "2")]).await;
    assert!(refused.status == 422 && refused.text().contains("cannot be ranked here"));
    Arena::give(&rex, &at, &[(&one, "1"), (&two, "1")]).await;
    assert_eq!(
        arena.one("SELECT jsonb_array_length(entries->0)::text FROM certified_lists"),
        "2"
    );
    // One list for all postings, once its terms say so.
    arena.owner(&format!(
        "INSERT INTO round_terms (id, programme_id, round_id, organisation_id, seat_cap, ranking) SELECT gen_random_uuid(), programme_id, id, \
           '{bank}', 1, 'bank_list' FROM placement_rounds WHERE id = '{}'",
        arena.market.round
    ));
    assert_eq!(rex.get(&at).await.status, 404);
    let at = format!("{round}/lists/{bank}");
    Arena::give(&rex, &at, &[(&one, "1"), (&three, "2")]).await;
    // Another institution's list is not there.
    let rae = arena.host("Rae", arena.market.rival);
    assert_eq!(rae.get(&at).await.status, 404);
    assert_eq!(rae.get(&arena.of_posting(0)).await.status, 404);
}
