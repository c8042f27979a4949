//! Those who only look, by the API: the desk at figures, the committee, a member of an organisation;
//! and a person at their own account.

use banyan::db::Role;
use serde_json::json;

use super::office::{BOTH, Reached, good, id, items};
use super::{Api, assert_problem};
use crate::support::fixtures::desk::World;

pub async fn figures(world: &World, desk: &Api<'_>, cohort: &str) -> Reached {
    let at: &[(&str, &str)] = &[("cohort", cohort)];
    let glance = good(&desk.get("/api/v1/cohorts/{cohort}/figures", at).await);
    assert_eq!(glance["seats"], 3);
    assert!(
        !items(desk, "/api/v1/cohorts/{cohort}/history", at)
            .await
            .is_empty()
    );
    let found = good(&desk.get("/api/v1/search?q=chan", &[]).await);
    assert!(found["applications"].as_array().unwrap().len() >= 4);
    let nothing = good(&desk.get("/api/v1/search?q=", &[]).await);
    assert!(nothing["applications"].as_array().unwrap().is_empty());
    let acting = |name, role, organisation| {
        let person = world.app.account(name);
        let grant = world
            .app
            .grant(person, role, Some(world.programme), organisation);
        Api::of(&world.app, person, Some(grant), BOTH)
    };
    let committee = acting("Carl", Role::Committee, None);
    let seen = committee.get("/api/v1/committee", &[]).await;
    assert!(good(&seen)["cohorts"].as_array().unwrap().len() >= 2);
    assert!(
        !seen.text().contains("Chan"),
        "the committee reads no names"
    );
    let member = acting("Mona", Role::Representative, Some(world.bank));
    let seats = items(&member, "/api/v1/organisation/seats", &[]).await;
    assert_eq!(seats.len(), 1);
    assert_eq!(seats[0]["organisation_en"], "Harbour Bank");
    assert_problem(&member.get("/api/v1/cohorts", &[]).await, 403, "forbidden");
    let mut reached = committee.reached();
    reached.extend(member.reached());
    reached
}

pub async fn own_account(world: &World) -> Reached {
    let person = world.app.account("Mei");
    let _browsers = (
        world.app.sign_in(person, None),
        world.app.sign_in(person, None),
    );
    let me = Api::of(&world.app, person, None, BOTH);
    let profile = "/api/v1/me/profile";
    let seen = me.get(profile, &[]).await;
    let change = json!({ "family_name": "Ho", "given_names": "Mei", "phone": "9123 4567", "lang": "zh-Hant-HK" });
    let changed = good(&me.patch(profile, &[], &seen, change).await);
    assert_eq!(changed["phone"], "+85291234567");
    assert_eq!(good(&me.get("/api/v1/me", &[]).await)["lang"], "zh-Hant-HK");
    assert!(items(&me, "/api/v1/me/roles", &[]).await.is_empty());
    assert!(items(&me, "/api/v1/me/consents", &[]).await.is_empty());
    let sessions = "/api/v1/me/sessions";
    let open = items(&me, sessions, &[]).await;
    assert_eq!(open.len(), 2);
    let one = id(&open[0]);
    good(
        &me.act("/api/v1/me/sessions/{session}/end", &[("session", &one)])
            .await,
    );
    assert_eq!(items(&me, sessions, &[]).await.len(), 1);
    good(&me.act("/api/v1/me/sessions/end", &[]).await);
    assert!(items(&me, sessions, &[]).await.is_empty());
    let tokens = items(&me, "/api/v1/me/tokens", &[]).await;
    assert_eq!(tokens.len(), 1);
    let token = id(&tokens[0]);
    good(
        &me.act(
            "/api/v1/me/tokens/{api_token}/revoke",
            &[("api_token", &token)],
        )
        .await,
    );
    // From the very next request on.
    assert_problem(&me.get(profile, &[]).await, 401, "sign-in-required");
    me.reached()
}
