//! Dry and official runs, two people, all or nothing, and what everybody is told afterwards.

use banyan::access;
use banyan::db::Role;
use banyan::ids::PersonId;
use banyan::matches::{actions, queries};

use crate::support::process::output;

use super::arena::Arena;

#[actix_web::test]
async fn a_round_goes_from_lists_to_a_published_match() {
    let mut arena = Arena::new().await;
    arena.give_all().await;
    {
        let desk = arena.staff("Ada");
        let early = desk.post(&arena.desk("/freeze"), &[]).await;
        assert_eq!(early.status, 409);
        let dry = desk.get(&arena.desk("/dry-run")).await.text();
        assert!(dry.contains("Sound: all six checks hold"), "{dry}");
        assert!(
            dry.contains("TRAINEE 3 (T2027-0003)"),
            "who is not placed: {dry}"
        );
        assert_eq!(arena.one("SELECT count(*)::text FROM match_runs"), "0");
    }
    arena.close();
    let ada = arena.staff("Ada");
    let run = arena.freeze(&ada).await;
    assert_eq!(ada.post(&arena.desk("/freeze"), &[]).await.status, 409);
    let page = ada.get(&run).await.text();
    assert!(page.contains("Sound: all six checks hold") && page.contains(&arena.hash()));
    let same = arena.approve(&ada, &run).await;
    assert!(
        same.status == 409
            && same
                .text()
                .contains("Whoever froze a run does not approve it")
    );
    let ben = arena.staff("Ben");
    let other = ben
        .post(&format!("{run}/approve"), &[("output", &"0".repeat(64))])
        .await;
    assert_eq!(other.status, 409);
    // Nobody else sees anything of it.
    let before = arena.trainee(0).get(&arena.mine()).await.text();
    assert!(!before.contains("You are placed"));
    let done = arena.approve(&ben, &run).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        arena.texts("SELECT p.name_shown || ' ' || (o.content->>'title_en') || ' ' || p.state FROM placements p JOIN postings o ON o.id = p.posting_id ORDER BY 1"),
        ["TRAINEE 1 Gamma desk offered", "TRAINEE 2 Alpha desk offered"]
    );
    assert_eq!(arena.one("SELECT state FROM placement_rounds"), "matched");
    told(&arena).await;
    checked(&arena, &ben, &run).await;
}

/// Pages and letters say what is true, and to whom it is due.
async fn told(arena: &Arena) {
    let first = arena.trainee(0).get(&arena.mine()).await.text();
    for words in [
        "You are placed: Gamma desk (Rival Bank)",
        "All seats went to trainees whom the institution ranks higher.",
        "Listing it higher would not have changed this.",
        "This is your placement.",
    ] {
        assert!(first.contains(words), "{words} in {first}");
    }
    assert!(!first.contains("TRAINEE 2"), "nothing of others");
    let second = arena.trainee(1).get(&arena.mine()).await.text();
    assert!(second.contains("Not needed: you are placed at a posting that you put higher."));
    let third = arena.trainee(2).get(&arena.mine()).await.text();
    assert!(third.contains("You are not placed in this round"));
    assert!(third.contains("The institution did not rank you for it."));
    let at = format!("/organisation/matches/{}", arena.market.round);
    let bank = arena.market.school.world.bank;
    let rex = arena.host("Rex", bank).get(&at).await.text();
    assert!(
        rex.contains("TRAINEE 2") && rex.contains("1 of 1 seats filled"),
        "{rex}"
    );
    assert!(rex.contains("0 of 1 seats filled") && !rex.contains("TRAINEE 1"));
    let letters =
        arena.texts("SELECT kind FROM letters WHERE kind LIKE 'match%' ORDER BY kind, to_name");
    let count = |kind: &str| letters.iter().filter(|it| *it == kind).count();
    assert_eq!((count("match_placed"), count("match_not_placed")), (2, 1));
    assert!(count("match_filled") >= 2, "{letters:?}");
    let seen = arena.one("SELECT body_text FROM letters WHERE kind = 'match_not_placed'");
    assert!(
        !seen.contains("TRAINEE 1") && !seen.contains("Gamma"),
        "{seen}"
    );
    let desk = arena.staff("Ada").get(&arena.desk("")).await.text();
    assert!(desk.contains("TRAINEE 3 (T2027-0003)"));
    let file = arena
        .staff("Ada")
        .get(&arena.desk("/results.csv"))
        .await
        .text();
    assert!(
        file.contains("Gamma desk") && file.contains("2 of 2"),
        "{file}"
    );
}

/// Whoever has the files can check the match with the command.
async fn checked(arena: &Arena, staff: &crate::support::app::Client<'_>, run: &str) {
    let folder = crate::support::app::folder().join(format!("match-{}", arena.market.round));
    std::fs::create_dir_all(folder.join("result")).unwrap();
    let inputs = [
        "run.json",
        "trainees.csv",
        "banks.csv",
        "postings.csv",
        "group_caps.csv",
        "trainee_lists.csv",
        "bank_lists.csv",
        "posting_lists.csv",
        "ineligible.csv",
    ];
    let results = [
        "assignment.csv",
        "cutoffs.csv",
        "bank_cutoffs.csv",
        "reasons.csv",
        "summary.json",
    ];
    for (names, to) in [
        (&inputs[..], folder.clone()),
        (&results[..], folder.join("result")),
    ] {
        for name in names {
            let got = staff.get(&format!("{run}/files/{name}")).await;
            assert_eq!(got.status, 200, "{name}");
            std::fs::write(to.join(name), &got.body).unwrap();
        }
    }
    assert_eq!(staff.get(&format!("{run}/files/seed")).await.status, 404);
    let app = &arena.market.school.world.app;
    let verify = ["match", "verify", folder.to_str().unwrap()];
    let found = output(app, &verify, &[]);
    assert_eq!(found.status.code(), Some(0), "{found:?}");
    let wrong = std::fs::read_to_string(folder.join("result/assignment.csv")).unwrap();
    let wrong = wrong.replace(&arena.postings[2], &arena.postings[1]);
    std::fs::write(folder.join("result/assignment.csv"), wrong).unwrap();
    assert_eq!(output(app, &verify, &[]).status.code(), Some(1));
}

#[actix_web::test]
async fn a_dry_run_says_what_the_official_one_does_and_the_same_lists_give_the_same_bytes() {
    let mut arena = Arena::new().await;
    arena.give_all().await;
    arena.close();
    let round = arena.market.round.parse().unwrap();
    let dry = || {
        let world = &arena.market.school.world;
        world.as_role(PersonId::new(), Role::Coordinator, |conn| {
            let staff = access::programme_staff(conn, world.programme)?;
            let round = queries::office_round(conn, &staff, round, None)?;
            Ok(
                actions::dry_run(conn, &staff, &round, actions::WhatIf::default())?
                    .done
                    .unwrap()
                    .summary,
            )
        })
    };
    let (first, again) = (dry().unwrap(), dry().unwrap());
    assert_eq!(first, again);
    let ada = arena.staff("Ada");
    let run = arena.freeze(&ada).await;
    assert_eq!(arena.hash(), first.output_sha256);
    assert_eq!(
        arena.one("SELECT input_sha256 FROM match_runs"),
        first.input_sha256
    );
    assert_eq!(
        arena.one("SELECT encode(sha256(convert_to(input, 'UTF8')), 'hex') FROM match_snapshots"),
        first.input_sha256,
        "what is stored is what was hashed"
    );
    // Void, and another run has another id and so other lots; the old one stays.
    let bare = ada.post(&format!("{run}/void"), &[("reason", "")]).await;
    assert_eq!(bare.status, 422);
    let void = ada
        .post(&format!("{run}/void"), &[("reason", "A bank called")])
        .await;
    assert_eq!(void.status, 303);
    arena.freeze(&ada).await;
    assert_eq!(
        arena.texts("SELECT number || ' ' || state FROM match_runs ORDER BY number"),
        ["1 voided", "2 frozen"]
    );
    assert_eq!(
        arena.one("SELECT count(DISTINCT run_id)::text FROM match_runs"),
        "2"
    );
}

#[actix_web::test]
async fn what_the_verifier_finds_wrong_is_not_published() {
    let mut arena = Arena::new().await;
    arena.give_all().await;
    arena.close();
    let (ada, ben) = (arena.staff("Ada"), arena.staff("Ben"));
    let run = arena.freeze(&ada).await;
    let corrupt = |from: &str, to: &str| {
        arena.owner(&format!(
            "ALTER TABLE match_snapshots DISABLE TRIGGER written_once; \
             UPDATE match_snapshots SET assignment = replace(assignment, '{from}', '{to}'); \
             ALTER TABLE match_snapshots ENABLE TRIGGER written_once"
        ));
    };
    let (alpha, beta) = (&arena.postings[0], &arena.postings[1]);
    corrupt(alpha, beta);
    let red = arena.approve(&ben, &run).await;
    assert!(
        red.status == 409
            && red
                .text()
                .contains("The verifier has found something wrong")
    );
    corrupt(beta, alpha);
    arena.owner("UPDATE match_runs SET findings = '[[\"V4\", \"Blocking\"]]'");
    let page = ben.get(&run).await.text();
    assert!(page.contains("1 finding: this run cannot be published"));
    assert_eq!(arena.approve(&ben, &run).await.status, 409);
    arena.owner("UPDATE match_runs SET findings = '[]'");
    // An error in the midst of it leaves nothing.
    arena.owner(
        "CREATE FUNCTION banyan_test_break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$; \
         CREATE TRIGGER broken BEFORE INSERT ON letters FOR EACH ROW WHEN (NEW.kind = 'match_filled') EXECUTE FUNCTION banyan_test_break()",
    );
    assert_eq!(arena.approve(&ben, &run).await.status, 500);
    for table in ["match_results", "placements"] {
        assert_eq!(
            arena.one(&format!("SELECT count(*)::text FROM {table}")),
            "0"
        );
    }
    assert_eq!(arena.one("SELECT state FROM placement_rounds"), "ranking");
    assert_eq!(arena.one("SELECT state FROM match_runs"), "frozen");
    assert_eq!(
        arena.one("SELECT count(*)::text FROM letters WHERE kind LIKE 'match%'"),
        "0"
    );
    arena.owner("DROP TRIGGER broken ON letters");
    assert_eq!(arena.approve(&ben, &run).await.status, 303);
}
