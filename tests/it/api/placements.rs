//! Placements by the API: the office, an institution and a trainee, from the question about capacity to an
//! interest taken back; in a market of its own.

use banyan::db::Role;
use serde_json::{Value, json};

use super::office::{BOTH, Reached, good, id, items};
use super::{Api, With, assert_problem};
use crate::placements::market::Market;

const OFFICE: &str = "/api/v1/programmes/{programme}/placements";
const OURS: &str = "/api/v1/organisation";
const MINE: &str = "/api/v1/me/placements";

type At<'a> = &'a [(&'a str, &'a str)];

/// Acts, whatever the version is.
async fn act(who: &Api<'_>, pattern: &str, at: At<'_>, json: Option<Value>) -> Value {
    let with = With {
        json,
        if_match: Some("*"),
        ..With::default()
    };
    good(&who.call("POST", pattern, at, with).await)
}

/// Reads the one that is told of, then changes it.
async fn change(who: &Api<'_>, pattern: &str, at: At<'_>, json: Value) -> Value {
    let seen = who.get(pattern, at).await;
    good(&who.patch(pattern, at, &seen, json).await)
}

async fn set_up(market: &Market, desk: &Api<'_>, programme: &str) -> String {
    let at: At<'_> = &[("programme", programme)];
    let areas = format!("{OFFICE}/areas");
    let bad = desk.post(&areas, at, json!({"code": "Fraud!"})).await;
    assert_problem(&bad, 422, "invalid-fields");
    let new = json!({"code": "fraud", "name_en": "Fraud", "name_zh": "反詐騙", "gba": false});
    let area = id(&good(&desk.post(&areas, at, new).await));
    let at_area: At<'_> = &[("programme", programme), ("area", &area)];
    let one = format!("{areas}/{{area}}");
    let named = change(desk, &one, at_area, json!({"name_en": "Fraud detection"})).await;
    assert_eq!(
        (&named["name_en"], &named["code"]),
        (&json!("Fraud detection"), &json!("fraud"))
    );
    let gone = act(desk, &format!("{one}/archive"), at_area, None).await;
    assert!(gone["archived_at"].is_string());
    let back = act(desk, &format!("{one}/restore"), at_area, None).await;
    assert!(back["archived_at"].is_null());
    assert!(items(desk, &areas, at).await.len() > 9);

    let rates = format!("{OFFICE}/rates");
    let rate = json!({"starts_on": "2029-05-01", "cents_an_hour": 4_400, "source": "Gazette"});
    good(&desk.post(&rates, at, rate).await);
    assert!(items(desk, &rates, at).await.len() > 2);

    let rounds = format!("{OFFICE}/rounds");
    let new = json!({
        "name_en": "By the API", "name_zh": "輪次", "cohorts": [market.school.world.cohort],
        "opens_at": "2027-01-31T01:00:00Z", "closes_at": "2027-03-01T01:00:00Z",
        "seat_deadline": "2027-03-05T01:00:00Z", "list_deadline": "2027-03-10T01:00:00Z",
        "starts_on": "2027-06-01", "ends_on": "2027-08-31",
    });
    let round = id(&good(&desk.post(&rounds, at, new).await));
    let at_round: At<'_> = &[("programme", programme), ("round", &round)];
    let one = format!("{rounds}/{{round}}");
    change(desk, &one, at_round, json!({"ends_on": "2027-09-30"})).await;
    let stepped = act(
        desk,
        &format!("{one}/steps"),
        at_round,
        Some(json!({"step": "collect"})),
    )
    .await;
    assert_eq!(stepped["state"], "collecting");
    assert_eq!(items(desk, &rounds, at).await.len(), 2);
    round
}

async fn partners(market: &Market, desk: &Api<'_>, rep: &Api<'_>, programme: &str) {
    let at: At<'_> = &[("programme", programme)];
    let partners = format!("{OFFICE}/partners");
    let all = items(desk, &partners, at).await;
    assert_eq!(all.len(), 2);
    let new = json!({"organisation": market.school.world.university, "status": "prepared",
        "starts_on": "2027-01-01", "ends_on": "2028-12-31"});
    let refused = desk.post(&partners, at, new).await;
    assert_problem(&refused, 422, "invalid-fields");
    let ours = items(rep, &format!("{OURS}/partners"), &[]).await;
    assert_eq!(ours.len(), 1, "{ours:?}");
    let host = id(&ours[0]);
    good(
        &rep.get(&format!("{OURS}/partners/{{host}}"), &[("host", &host)])
            .await,
    );
    let at_host: At<'_> = &[("programme", programme), ("host", &host)];
    let one = format!("{partners}/{{host}}");
    change(desk, &one, at_host, json!({"status": "ended"})).await;
    let bank = market.school.world.bank;
    let new = json!({"organisation": bank, "status": "active", "signed_on": "2026-12-01",
        "starts_on": "2027-01-01", "ends_on": "2028-12-31"});
    good(&desk.post(&partners, at, new).await);

    let capacity = format!("{OFFICE}/capacity");
    let ask = json!({"organisations": [bank, market.rival], "starts_on": "2027-06-01", "ends_on": "2027-08-31",
        "due_on": "2027-02-20", "words": "As many as you can."});
    let asked = desk.post(&capacity, at, ask).await;
    assert_eq!(
        asked.json()["items"].as_array().unwrap().len(),
        2,
        "{}",
        asked.text()
    );
    let own = items(rep, &format!("{OURS}/capacity"), &[]).await;
    assert_eq!(own.len(), 1);
    let question = id(&own[0]);
    let at_own: At<'_> = &[("capacity", &question)];
    let one = format!("{OURS}/capacity/{{capacity}}");
    good(&rep.get(&one, at_own).await);
    let answer =
        json!({"seats": 6, "by_area": [{"area": market.area, "seats": 4}], "remark": "Two teams"});
    let answered = act(rep, &format!("{one}/answer"), at_own, Some(answer)).await;
    assert_eq!(
        (&answered["seats"], &answered["state"]),
        (&json!(6), &json!("answered"))
    );
    let theirs = items(desk, &capacity, at).await;
    let other = theirs
        .iter()
        .find(|it| it["state"] == "asked")
        .map(id)
        .unwrap();
    let at_other: At<'_> = &[("programme", programme), ("capacity", &other)];
    let one = format!("{capacity}/{{capacity}}");
    good(&desk.get(&one, at_other).await);
    // Another's question does not exist for the institution.
    let strange = rep
        .get(
            &format!("{OURS}/capacity/{{capacity}}"),
            &[("capacity", &other)],
        )
        .await;
    assert_problem(&strange, 404, "not-found");
    act(desk, &format!("{one}/withdraw"), at_other, None).await;
}

/// A posting's fields as a document has them.
fn fields(market: &Market, round: &str) -> Value {
    let all = market.fields(market.school.world.bank, &[("round", round)]);
    let mut document = serde_json::Map::new();
    for (name, value) in all.into_iter().filter(|(name, _)| name != "organisation") {
        let before = document
            .get(&name)
            .and_then(|it| it.as_str().map(str::to_owned));
        let joined = before.map_or_else(|| value.clone(), |it| format!("{it},{value}"));
        document.insert(name, json!(joined));
    }
    Value::Object(document)
}

/// A posting from draft to approved, with a return on the way; its id.
async fn posting(
    market: &Market,
    (desk, rep): (&Api<'_>, &Api<'_>),
    programme: &str,
    round: &str,
) -> String {
    let postings = format!("{OURS}/postings");
    let bank = market.school.world.bank;
    let bad = json!({"organisation": bank, "fields": {"round": round, "nonsense": "1"}});
    assert_eq!(rep.post(&postings, &[], bad).await.status / 100, 4);
    let new = json!({"organisation": bank, "fields": fields(market, round)});
    let posting = id(&good(&rep.post(&postings, &[], new).await));
    let at: At<'_> = &[("posting", &posting)];
    let one = format!("{postings}/{{posting}}");
    let changed = change(
        rep,
        &one,
        at,
        json!({"fields": {"title_en": "Alert analyst"}}),
    )
    .await;
    assert_eq!(changed["fields"]["title_en"], "Alert analyst", "{changed}");
    act(rep, &format!("{one}/submit"), at, None).await;
    let office = format!("{OFFICE}/postings/{{posting}}");
    let at_desk: At<'_> = &[("programme", programme), ("posting", &posting)];
    good(&desk.get(&office, at_desk).await);
    let words = json!({"words": "Say more of the tools."});
    let returned = act(desk, &format!("{office}/return"), at_desk, Some(words)).await;
    assert_eq!(returned["state"], "returned");
    act(rep, &format!("{one}/submit"), at, None).await;
    let approved = act(desk, &format!("{office}/approve"), at_desk, None).await;
    assert_eq!(approved["state"], "approved");
    assert_eq!(
        items(
            desk,
            &format!("{OFFICE}/postings"),
            &[("programme", programme)]
        )
        .await
        .len(),
        1
    );
    let copied = act(
        rep,
        &format!("{one}/copy"),
        at,
        Some(json!({"round": round})),
    )
    .await;
    let copy = id(&copied);
    let gone = act(rep, &format!("{one}/withdraw"), &[("posting", &copy)], None).await;
    assert_eq!(gone["state"], "withdrawn");
    assert_eq!(items(rep, &postings, &[]).await.len(), 2);
    posting
}

async fn seats((desk, rep): (&Api<'_>, &Api<'_>), programme: &str, posting: &str) {
    let ask = format!("{OURS}/postings/{{posting}}/changes");
    let own = format!("{OURS}/changes/{{change}}");
    let office = format!("{OFFICE}/changes/{{change}}");
    for (seats, end) in [(5, "take-back"), (6, "refuse"), (4, "approve")] {
        let wanted = json!({"kind": "seats", "seats": seats, "reason": "A second desk"});
        let asked = act(rep, &ask, &[("posting", posting)], Some(wanted)).await;
        let asked = id(&asked);
        let at: At<'_> = &[("programme", programme), ("change", &asked)];
        good(&rep.get(&own, at).await);
        good(&desk.get(&office, at).await);
        let done = match end {
            "take-back" => act(rep, &format!("{own}/take-back"), at, None).await,
            "refuse" => {
                let words = json!({"words": "No supervisor for six."});
                act(desk, &format!("{office}/refuse"), at, Some(words)).await
            }
            _ => act(desk, &format!("{office}/approve"), at, None).await,
        };
        let state = ["taken_back", "refused", "approved"];
        assert!(state.contains(&done["state"].as_str().unwrap()), "{done}");
    }
    assert_eq!(items(rep, &format!("{OURS}/changes"), &[]).await.len(), 3);
    let at: At<'_> = &[("programme", programme)];
    assert_eq!(items(desk, &format!("{OFFICE}/changes"), at).await.len(), 3);
    let now = good(
        &rep.get(
            &format!("{OURS}/postings/{{posting}}"),
            &[("posting", posting)],
        )
        .await,
    );
    assert_eq!(now["fields"]["seats"], "4", "{now}");
}

async fn interest(market: &Market, me: &Api<'_>, rep: &Api<'_>, posting: &str) {
    let profile = "/api/v1/me/placement-profile";
    good(&me.get(profile, &[]).await);
    let mine = json!({"areas": [market.area], "cities": ["hong_kong"], "languages": ["en", "yue"],
        "authorisations": ["resident"], "degree": "master", "mainland_permit": false});
    act(me, profile, &[], Some(mine)).await;
    assert_eq!(items(me, MINE, &[]).await.len(), 1);
    let at: At<'_> = &[("posting", posting)];
    let one = format!("{MINE}/{{posting}}");
    good(&me.get(&one, at).await);
    act(me, &format!("{one}/save"), at, None).await;
    act(me, &format!("{one}/forget"), at, None).await;
    let words = json!({"note": "I build such rules.", "shares": ["profile"]});
    act(me, &format!("{one}/interest"), at, Some(words)).await;
    let seen = items(rep, &format!("{OURS}/interests"), &[]).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0]["languages"], json!(["en", "yue"]));
    let one_interest = format!("{OURS}/interests/{{interest}}");
    good(&rep.get(&one_interest, &[("interest", &id(&seen[0]))]).await);
    act(me, &format!("{one}/take-back"), at, None).await;
    let gone = rep.get(&one_interest, &[("interest", &id(&seen[0]))]).await;
    assert_problem(&gone, 404, "not-found");
}

pub async fn placements() -> Reached {
    let market = Market::new().await;
    let world = &market.school.world;
    let desk = Api::coordinator(&world.app, "Otto Office", world.programme);
    let speaker = world.app.account("Rita Representative");
    let (role, bank) = (Role::Representative, world.bank);
    let grant = world
        .app
        .grant(speaker, role, Some(world.programme), Some(bank));
    let rep = Api::of(&world.app, speaker, Some(grant), BOTH);
    let me = Api::of(&world.app, market.school.trainees[0].0, None, BOTH);
    let programme = world.programme.to_string();

    let round = set_up(&market, &desk, &programme).await;
    partners(&market, &desk, &rep, &programme).await;
    let at_round: At<'_> = &[("round", &round)];
    assert_eq!(items(&rep, &format!("{OURS}/rounds"), &[]).await.len(), 2);
    let own_round = format!("{OURS}/rounds/{{round}}");
    good(&rep.get(&own_round, at_round).await);
    let terms = json!({"organisation": bank, "seat_cap": 5, "ranking": "bank_list"});
    let told = act(&rep, &format!("{own_round}/terms"), at_round, Some(terms)).await;
    assert_eq!(told["seat_cap"], 5);
    let posting = posting(&market, (&desk, &rep), &programme, &round).await;
    seats((&desk, &rep), &programme, &posting).await;
    let open = Some(json!({"step": "open"}));
    let at: At<'_> = &[("programme", &programme), ("round", &round)];
    act(&desk, &format!("{OFFICE}/rounds/{{round}}/steps"), at, open).await;
    interest(&market, &me, &rep, &posting).await;
    let all = [&desk, &rep, &me];
    all.iter().flat_map(|it| it.reached()).collect()
}
