//! A placement by the API: the answer to its offer, the agreement, the checklist, the first day; then its weeks.

use serde_json::json;

use super::matches::{At, desk, host};
use super::office::{BOTH, Reached, good, items};
use super::{Api, assert_problem};
use crate::hosting::journey::Placed;

const OFFICE: &str = "/api/v1/programmes/{programme}/placements/placed";
const OURS: &str = "/api/v1/organisation/placed";
const MINE: &str = "/api/v1/me/placed";

/// Trainee, institution and office, with where each finds the placement.
struct Three<'a> {
    me: Api<'a>,
    rep: Api<'a>,
    ada: Api<'a>,
    programme: String,
    id: String,
}

impl<'a> Three<'a> {
    fn of(placed: &'a Placed) -> Self {
        let world = &placed.arena.market.school.world;
        Self {
            me: Api::of(&world.app, placed.arena.trainees[1].0, None, BOTH),
            rep: host(&placed.arena, "Rita Representative"),
            ada: desk(&placed.arena, "Ada Office"),
            programme: world.programme.to_string(),
            id: placed.id.clone(),
        }
    }

    fn at(&self) -> [(&str, &str); 2] {
        [("programme", &self.programme), ("placement", &self.id)]
    }

    fn each(&self) -> [(&Api<'a>, &'static str); 3] {
        [(&self.me, MINE), (&self.rep, OURS), (&self.ada, OFFICE)]
    }

    fn reached(&self) -> Reached {
        let each = self.each();
        each.iter().flat_map(|(who, _)| who.reached()).collect()
    }
}

fn params<'a>(place: &str, at: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let named = |(name, _): &&(&str, &str)| place.contains(&format!("{{{name}}}"));
    at.iter().filter(named).copied().collect()
}

async fn read_all(three: &Three<'_>, rest: &str) -> Vec<serde_json::Value> {
    let at = three.at();
    let mut answers = Vec::new();
    for (who, home) in three.each() {
        let place = format!("{home}/{{placement}}{rest}");
        answers.push(good(&who.get(&place, &params(&place, &at)).await));
    }
    answers
}

async fn act(
    three: &Three<'_>,
    (who, home, rest): (&Api<'_>, &str, &str),
    body: serde_json::Value,
) -> crate::support::app::Answer {
    let place = format!("{home}/{{placement}}{rest}");
    let at = three.at();
    who.post(&place, &params(&place, &at), body).await
}

/// The offer: withdrawn, offered again, declined, offered again, accepted.
async fn answered(placed: &Placed) -> Reached {
    let three = Three::of(placed);
    let (me, rep, ada) = (&three.me, &three.rep, &three.ada);
    for (who, home) in three.each() {
        let programme: At<'_> = &[("programme", &three.programme)];
        let listed = items(who, home, &params(home, programme)).await;
        let own: Vec<_> = listed.iter().filter(|it| it["id"] == three.id).collect();
        assert_eq!(own.len(), 1, "{home}: {listed:?}");
        // Only the office sees a rival's.
        assert_eq!(listed.len(), if home == OFFICE { 2 } else { 1 });
    }
    for one in read_all(&three, "").await {
        assert_eq!(
            (&one["state"], &one["name"]),
            (&json!("offered"), &json!("TRAINEE 2"))
        );
    }
    let why = json!({"reason": "No desk is free"});
    let nothing = serde_json::Value::Null;
    let bare = act(&three, (me, MINE, "/decline"), json!({"reason": ""})).await;
    assert_problem(&bare, 422, "invalid-fields");
    for (who, home, rest, body, state) in [
        (rep, OURS, "/withdraw", &why, "withdrawn_by_host"),
        (ada, OFFICE, "/withdraw", &why, "withdrawn_by_host"),
        (me, MINE, "/decline", &why, "withdrawn_by_trainee"),
        (ada, OFFICE, "/offer-again", &nothing, "offered"),
        (me, MINE, "/accept", &nothing, "accepted"),
    ] {
        let done = good(&act(&three, (who, home, rest), body.clone()).await);
        assert_eq!(done["state"], state, "{rest}");
        // What an institution takes back is not offered again: here as if it had not.
        if state == "withdrawn_by_host" {
            let again = act(&three, (ada, OFFICE, "/offer-again"), nothing.clone()).await;
            assert_problem(&again, 409, "placement-step");
            placed.arena.owner(&format!(
                "UPDATE placements SET state = 'offered' WHERE id = '{}'",
                placed.id
            ));
        }
    }
    let twice = act(&three, (me, MINE, "/accept"), serde_json::Value::Null).await;
    assert_problem(&twice, 409, "placement-step");
    three.reached()
}

/// The agreement, signed by three in their own names.
async fn agreed(placed: &Placed) -> Reached {
    let three = Three::of(placed);
    let (from, to) = (placed.one("starts_on"), placed.one("ends_on"));
    let terms = |hours: i32| json!({"starts_on": from, "ends_on": to, "hours_week": hours, "pay": "HK$12,000 a month"});
    let much = act(&three, (&three.ada, OFFICE, "/agreements"), terms(90)).await;
    assert_problem(&much, 422, "invalid-fields");
    good(&act(&three, (&three.ada, OFFICE, "/agreements"), terms(35)).await);
    let all = read_all(&three, "/agreements").await;
    let sha256 = all[0]["items"][0]["sha256"].as_str().unwrap().to_owned();
    assert!(
        all.iter()
            .all(|it| it["items"][0]["to_sign"] == json!(true))
    );
    let names = ["TRAINEE 2", "Rita Representative", "Ada Office"];
    for ((who, home), name) in three.each().into_iter().zip(names) {
        for (typed, hash, status, kind) in [
            ("Somebody Else", sha256.as_str(), 422, "invalid-fields"),
            (name, "0", 409, "agreement-other-text"),
        ] {
            let body = json!({"name": typed, "sha256": hash});
            let refused = act(&three, (who, home, "/sign"), body).await;
            assert_problem(&refused, status, kind);
        }
        let body = json!({"name": name, "sha256": sha256});
        good(&act(&three, (who, home, "/sign"), body).await);
    }
    let all = read_all(&three, "/agreements").await;
    assert!(all.iter().all(|it| it["items"][0]["state"] == "signed"));
    assert_eq!(
        all[1]["items"][0]["signatures"].as_array().unwrap().len(),
        3
    );
    assert_eq!(placed.state(), "onboarding");
    three.reached()
}

/// Each settles an item of their own; nobody another's.
async fn prepared(placed: &Placed) -> Reached {
    let three = Three::of(placed);
    let all = read_all(&three, "/tasks").await;
    let owners = ["trainee", "institution", "office"];
    let at = three.at();
    let mut settled = 0;
    for ((who, home), owner) in three.each().into_iter().zip(owners) {
        for item in all[0]["items"].as_array().unwrap() {
            let id = item["id"].as_str().unwrap();
            let place = format!("{home}/{{placement}}/tasks/{{task}}");
            let mut params = params(&place, &at);
            params.push(("task", id));
            let body = json!({"version": item["version"], "state": "done", "note": "seen",
                "held_on": (item["evidence"] == "date").then_some("2028-01-01")});
            if item["owner"] == owner {
                let done = good(&who.post(&place, &params, body.clone()).await);
                assert_eq!(done["state"], "done");
                let stale = who.post(&place, &params, body).await;
                assert_problem(&stale, 412, "stale");
                settled += 1;
            } else if home != OFFICE {
                let other = who.post(&place, &params, body).await;
                assert_problem(&other, 404, "not-found");
            }
        }
    }
    assert!(settled >= 6, "{settled}");
    let early = act(
        &three,
        (&three.rep, OURS, "/report"),
        serde_json::Value::Null,
    )
    .await;
    assert_problem(&early, 409, "not-ready");
    three.reached()
}

/// The first day, which the institution or the office confirms.
async fn reported(placed: &Placed) -> Reached {
    let three = Three::of(placed);
    for (who, home) in [(&three.rep, OURS), (&three.ada, OFFICE)] {
        placed.arena.owner(&format!(
            "UPDATE placements SET state = 'onboarding' WHERE id = '{}'",
            placed.id
        ));
        let done = good(&act(&three, (who, home, "/report"), serde_json::Value::Null).await);
        assert_eq!(done["state"], "reported_for_duty");
    }
    three.reached()
}

/// A week: wrong, handed in, returned, handed in again, approved; it counts for the month.
async fn worked(placed: &Placed) -> Reached {
    let three = Three::of(placed);
    let week = placed.one("(date_trunc('week', starts_on + 6))::date");
    let at = three.at();
    let log = |version: i32, to: &str, hand_in: bool| {
        json!({"version": version, "remark": "", "hand_in": hand_in, "days": [{"day": week, "from": "09:00", "to": to,
            "rest": 60, "task": "Read alerts", "place": "office", "competencies": []}]})
    };
    let of_week = |home: &str| {
        let place = format!("{home}/{{placement}}/logs/{{week}}");
        let mut params = params(&place, &at);
        params.push(("week", week.as_str()));
        (place, params)
    };
    let (place, params) = of_week(MINE);
    let wrong = three.me.post(&place, &params, log(0, "08:00", true)).await;
    assert_problem(&wrong, 422, "invalid-fields");
    assert!(wrong.text().contains("/days"), "{}", wrong.text());
    let sent = good(&three.me.post(&place, &params, log(0, "18:00", true)).await);
    assert_eq!(
        (&sent["state"], &sent["minutes"]),
        (&json!("submitted"), &json!(480))
    );
    let (theirs, of_them) = of_week(OURS);
    let version = &sent["version"];
    let bare = json!({"version": version, "approve": false});
    assert_problem(
        &three.rep.post(&theirs, &of_them, bare).await,
        422,
        "invalid-fields",
    );
    let back = json!({"version": version, "approve": false, "comment": "Which alerts?"});
    let back = good(&three.rep.post(&theirs, &of_them, back).await);
    assert_eq!(
        (&back["state"], &back["comment"]),
        (&json!("returned"), &json!("Which alerts?"))
    );
    let seen = i32::try_from(back["version"].as_i64().unwrap()).unwrap();
    let stale = three.me.post(&place, &params, log(0, "18:00", true)).await;
    assert_problem(&stale, 412, "stale");
    let sent = good(
        &three
            .me
            .post(&place, &params, log(seen, "18:00", true))
            .await,
    );
    let (ours, of_us) = of_week(OFFICE);
    let right = json!({"version": sent["version"], "approve": true});
    let done = good(&three.ada.post(&ours, &of_us, right).await);
    assert_eq!(done["state"], "approved");
    for all in read_all(&three, "/logs").await {
        assert_eq!(all["items"][0]["week"], json!(week));
    }
    for all in read_all(&three, "/hours").await {
        assert_eq!(all["items"][0]["worked"], 480, "{all}");
        assert_eq!(all["items"][0]["light"], "red");
    }
    three.reached()
}

/// What the journey has reached.
pub async fn hosting() -> Reached {
    let mut placed = Placed::new().await;
    let mut reached = answered(&placed).await;
    reached.extend(agreed(&placed).await);
    reached.extend(prepared(&placed).await);
    let facts = [
        ("studies", "none"),
        ("endorsed", "no"),
        ("component", "no"),
        ("under_26", "no"),
        ("kind", "employee"),
    ];
    let staff = placed.arena.staff("Ada");
    let decided = staff.post(&placed.office("/standing"), &facts).await;
    assert_eq!(decided.status, 303, "{}", decided.text());
    drop(staff);
    let first = placed.one("starts_on");
    placed.at(&first);
    reached.extend(reported(&placed).await);
    let later = placed.one("(date_trunc('week', starts_on + 6))::date + 20");
    placed.at(&later);
    reached.extend(worked(&placed).await);
    reached
}
