//! A publication is killed at random moments, in a process of its own: all of it is there, or nothing.

use std::time::{Duration, Instant};

use banyan::access;
use banyan::db::{Acting, Actor, Role};
use banyan::people::actions::make_token;

use super::arena::Arena;
use super::large::crowd;
use crate::offers::Dice;
use crate::support::process::{Served, ask, wait_until};
use crate::support::scale;

/// What a publication writes, in one line: results, placements, letters, events, and the states.
const WRITTEN: &str = "SELECT concat_ws(' ', (SELECT count(*) FROM match_results), (SELECT count(*) FROM placements), \
    (SELECT count(*) FROM letters WHERE kind LIKE 'match%'), (SELECT count(*) FROM audit_events WHERE verb = 'match.published'), \
    (SELECT state FROM match_runs), (SELECT string_agg(DISTINCT state, ' ') FROM placement_rounds), \
    (SELECT string_agg(DISTINCT state, ' ') FROM postings), (SELECT count(seed) FROM match_commitments))";

/// Takes everything back that a publication writes, but for its events.
const UNDO: &str = "ALTER TABLE match_results DISABLE TRIGGER written_once; DELETE FROM match_results; \
    ALTER TABLE match_results ENABLE TRIGGER written_once; DELETE FROM placements; DELETE FROM letters WHERE kind LIKE 'match%'; \
    UPDATE match_runs SET state = 'frozen', published_by = NULL, published_at = NULL; UPDATE placement_rounds SET state = 'ranking'; \
    UPDATE postings SET state = 'ranking'; UPDATE match_commitments SET seed = NULL";

fn token(arena: &Arena) -> String {
    let world = &arena.market.school.world;
    let person = world.app.account("Ben Approver");
    let grant = world
        .app
        .grant(person, Role::Coordinator, Some(world.programme), None);
    let actor = Actor::Person(Acting {
        person,
        role: Role::Applicant,
        grant: None,
        organisations: Vec::new(),
        programmes: Vec::new(),
    });
    let scopes = ["read".to_owned(), "write".to_owned()];
    world
        .app
        .site
        .db
        .tx(&actor, |conn| {
            let own = access::own(conn)?;
            make_token(conn, &own, Some(grant), "killed", &scopes, 300)
        })
        .unwrap()
}

#[actix_web::test]
async fn a_publication_that_is_killed_leaves_all_or_nothing() {
    let trials = scale::of(8, 200);
    let arena = crowd().await;
    let run = {
        let ada = arena.staff("Ada");
        arena.freeze(&ada).await
    };
    let bearer = token(&arena);
    let app = &arena.market.school.world.app;
    let body = format!("{{\"output_sha256\":\"{}\"}}", arena.hash());
    let request = |trial: usize| {
        format!(
            "POST /api/v1{run}/publish HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {bearer}\r\n\
             Content-Type: application/json\r\nIdempotency-Key: trial-{trial}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let settings = [
        ("BANYAN_LOG", "off".to_owned()),
        ("BANYAN_POOL_SIZE", "4".to_owned()),
    ];
    let nothing = arena.one(WRITTEN);
    // Once to its end: how long it takes, and what all of it is.
    let served = Served::start(app, &["--no-worker"], &settings);
    let begun = Instant::now();
    let heard = ask(served.port, &request(0)).unwrap();
    assert_eq!(heard.status, 200, "{}", heard.body);
    let whole = begun.elapsed();
    served.process.kill();
    let everything = arena.one(WRITTEN);
    assert_ne!(everything, nothing);
    arena.owner(UNDO);
    let events = |line: &str| -> (Vec<String>, usize) {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let events = words.remove(3);
        (words, events.parse().unwrap())
    };
    let (mut dice, mut published, mut cut) = (Dice::new(11), 1_usize, 0_usize);
    for trial in 1..=trials {
        let served = Served::start(app, &["--no-worker"], &settings);
        let (port, request) = (served.port, request(trial));
        let asked = std::thread::spawn(move || ask(port, &request).is_ok());
        let most = u64::try_from(whole.as_micros()).unwrap() * 6 / 5;
        std::thread::sleep(Duration::from_micros(dice.roll(most)));
        served.process.kill();
        let answered = asked.join().unwrap();
        // What the dead process had asked for may still be on its way to its end.
        wait_until("nobody is at work", || {
            let others = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() \
                AND pid <> pg_backend_pid() AND state <> 'idle'";
            arena.one(others) == "0"
        });
        let (left, told) = events(&arena.one(WRITTEN));
        if left == events(&everything).0 {
            published += 1;
            arena.owner(UNDO);
        } else {
            assert_eq!(left, events(&nothing).0, "trial {trial}: a half");
            assert!(!answered, "trial {trial}: answered, and nothing is there");
            cut += 1;
        }
        assert_eq!(told, published, "trial {trial}: the history says the same");
    }
    eprintln!(
        "{trials} killed publications of {whole:?}: {cut} left nothing, {} all",
        published - 1
    );
    assert!(cut > 0, "no kill met a publication at work");
}
