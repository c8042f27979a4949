//! The match by the API: lists of both sides, dry and official runs, publication by two, results.

use banyan::db::Role;
use serde_json::{Value, json};

use super::office::{BOTH, Reached, good, items};
use super::{Api, assert_problem};
use crate::matches::arena::Arena;

const OFFICE: &str = "/api/v1/programmes/{programme}/placements/matches/{round}";
const OURS: &str = "/api/v1/organisation/matches";
const MINE: &str = "/api/v1/me/matches";

pub type At<'a> = &'a [(&'a str, &'a str)];

pub fn host<'a>(arena: &'a Arena, name: &str) -> Api<'a> {
    let world = &arena.market.school.world;
    let person = world.app.account(name);
    let (role, bank) = (Role::Representative, world.bank);
    let grant = world
        .app
        .grant(person, role, Some(world.programme), Some(bank));
    Api::of(&world.app, person, Some(grant), BOTH)
}

pub fn desk<'a>(arena: &'a Arena, name: &str) -> Api<'a> {
    let world = &arena.market.school.world;
    Api::coordinator(&world.app, name, world.programme)
}

/// A trainee and an institution rank and certify; nobody certifies what they have not read.
async fn lists(arena: &Arena, round: &str) -> Reached {
    let me = Api::of(
        &arena.market.school.world.app,
        arena.trainees[0].0,
        None,
        BOTH,
    );
    let at: At<'_> = &[("round", round)];
    assert_eq!(items(&me, MINE, &[]).await.len(), 1);
    let one = format!("{MINE}/{{round}}");
    let list = good(&me.get(&one, at).await);
    assert_eq!(list["state"], "missing");
    assert_eq!(list["candidates"].as_array().unwrap().len(), 3);
    let [alpha, _, gamma] = [0, 1, 2].map(|it| arena.postings[it].clone());
    let equal = me
        .post(&one, at, json!({"version": 0, "tiers": [[alpha, gamma]]}))
        .await;
    assert_problem(&equal, 422, "invalid-fields");
    let saved = good(
        &me.post(&one, at, json!({"version": 0, "tiers": [[alpha], [gamma]]}))
            .await,
    );
    assert_eq!(
        (&saved["state"], &saved["version"]),
        (&json!("saved"), &json!(1))
    );
    let certify = format!("{one}/certify");
    let stale = me.post(&certify, at, json!({"version": 7})).await;
    assert_problem(&stale, 412, "stale");
    let done = good(&me.post(&certify, at, json!({"version": 1})).await);
    assert_eq!(done["state"], "certified");
    let result = good(&me.get(&format!("{one}/result"), at).await);
    assert_eq!(result["published"], false);

    let rep = host(arena, "Rita Representative");
    assert_eq!(items(&rep, OURS, &[]).await.len(), 1);
    let all = items(&rep, &format!("{OURS}/{{round}}/lists"), at).await;
    assert_eq!(all.len(), 2, "its own postings: {all:?}");
    let at_list: At<'_> = &[("round", round), ("subject", &alpha)];
    let one = format!("{OURS}/{{round}}/lists/{{subject}}");
    good(&rep.get(&one, at_list).await);
    let ids = [0, 1].map(|it| arena.trainees[it].1.to_string());
    let tiers = json!({"version": 0, "tiers": [[ids[0], ids[1]]]});
    good(&rep.post(&one, at_list, tiers).await);
    let done = good(
        &rep.post(&format!("{one}/certify"), at_list, json!({"version": 1}))
            .await,
    );
    assert_eq!(done["state"], "certified");
    let strange: At<'_> = &[("round", round), ("subject", &gamma)];
    assert_problem(&rep.get(&one, strange).await, 404, "not-found");
    let placed = items(&rep, &format!("{OURS}/{{round}}/placements"), at).await;
    assert!(placed.is_empty());
    me.reached().into_iter().chain(rep.reached()).collect()
}

async fn runs(arena: &Arena, programme: &str, round: &str) -> Reached {
    let (ada, ben) = (desk(arena, "Ada Office"), desk(arena, "Ben Office"));
    let at: At<'_> = &[("programme", programme), ("round", round)];
    let status = good(&ada.get(OFFICE, at).await);
    assert_eq!(status["trainees"]["certified"], 1, "{status}");
    let lists = items(&ada, &format!("{OFFICE}/lists"), at).await;
    assert_eq!(lists.len(), 6);
    assert!(lists.iter().all(|it| it.get("tiers").is_none()));
    let dry = good(&ada.get(&format!("{OFFICE}/dry-run"), at).await);
    assert_eq!(
        (&dry["sound"], &dry["now"]["matched"]),
        (&json!(true), &json!(1))
    );
    let freeze = format!("{OFFICE}/freeze");
    let run = good(&ada.post(&freeze, at, Value::Null).await);
    let id = run["id"].as_str().unwrap().to_owned();
    let at_run: At<'_> = &[("programme", programme), ("round", round), ("run", &id)];
    let one = format!("{OFFICE}/runs/{{run}}");
    let void = json!({"reason": "A bank called"});
    let voided = good(&ada.post(&format!("{one}/void"), at_run, void).await);
    assert_eq!(voided["state"], "voided");
    let run = good(&ada.post(&freeze, at, Value::Null).await);
    let id = run["id"].as_str().unwrap().to_owned();
    let at_run: At<'_> = &[("programme", programme), ("round", round), ("run", &id)];
    let hash = &run["figures"]["output_sha256"];
    let publish = format!("{one}/publish");
    let same = ada
        .post(&publish, at_run, json!({ "output_sha256": hash }))
        .await;
    assert_problem(&same, 409, "run-same-person");
    let other = ben
        .post(&publish, at_run, json!({ "output_sha256": "0".repeat(64) }))
        .await;
    assert_problem(&other, 409, "run-other-result");
    let done = good(
        &ben.post(&publish, at_run, json!({ "output_sha256": hash }))
            .await,
    );
    assert_eq!(done["state"], "published");
    good(&ada.get(&one, at_run).await);
    assert_eq!(items(&ada, &format!("{OFFICE}/runs"), at).await.len(), 2);
    let results = items(&ada, &format!("{OFFICE}/results"), at).await;
    assert_eq!(results.len(), 3);
    ada.reached().into_iter().chain(ben.reached()).collect()
}

/// What the journey has reached.
pub async fn matches() -> Reached {
    let mut arena = Arena::new().await;
    let round = arena.market.round.clone();
    let programme = arena.market.school.world.programme.to_string();
    let mut reached = lists(&arena, &round).await;
    arena.close();
    reached.extend(runs(&arena, &programme, &round).await);
    let me = Api::of(
        &arena.market.school.world.app,
        arena.trainees[0].0,
        None,
        BOTH,
    );
    let result = good(
        &me.get(&format!("{MINE}/{{round}}/result"), &[("round", &round)])
            .await,
    );
    assert_eq!(result["posting"], json!(arena.postings[0]));
    assert_eq!(result["reasons"][0]["reason"], "MATCHED");
    reached
}
