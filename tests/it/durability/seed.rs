//! What people work on: a cohort with offers, a call with drafts, a desk.

use banyan::access;
use banyan::applications::rules::Decision;
use banyan::db::Role;
use banyan::ids::{ApplicationId, GrantId, PersonId};
use banyan::lang::Lang;
use banyan::people::actions::make_token;

use super::house::{House, run_sql};
use crate::support::app::TestApp;
use crate::support::fixtures::offers::{Candidate, Scene, applicant};

/// Clients at once.
const CLIENTS: usize = 6;
/// The call that drafts are written for.
pub const CALL: &str = "2099L1";

/// What one client does.
pub struct Duty {
    pub number: usize,
    pub desk: String,
    /// Applications under review that nobody answers for: noted on, decided on.
    pub pending: Vec<ApplicationId>,
    /// Token and name of those who have an offer or wait for one.
    pub people: Vec<String>,
    pub writer: String,
}

/// A bearer token for this person.
pub fn token(app: &TestApp, person: PersonId, grant: Option<GrantId>) -> String {
    let scopes = ["read".to_owned(), "write".to_owned()];
    app.site
        .db
        .tx(&applicant(person), |conn| {
            let own = access::own(conn)?;
            make_token(conn, &own, grant, "load", &scopes, 30)
        })
        .unwrap()
}

/// Seeds the house with work for everybody: `people` who have an offer or wait for one.
pub fn duties(house: &House, people: usize) -> Vec<Duty> {
    let app = &house.app;
    let seats = i32::try_from(people / 2).unwrap();
    let scene = Scene::new(app, seats, &[]);
    run_sql(
        &house.super_url(),
        &format!(
            "INSERT INTO cohorts (id, programme_id, code, name_en, name_zh, state, opens_at, closes_at, decisions_on, \
               reply_by, starts_on, ends_on, reply_days) \
             VALUES (gen_random_uuid(), '{}', '{CALL}', 'A call', '招募', 'open', now() - interval '1 day', \
               now() + interval '300 days', current_date + 310, now() + interval '320 days', current_date + 330, \
               current_date + 400, 7)",
            scene.programme
        ),
    );
    let candidate = |n: usize| -> Candidate {
        scene.candidate(app, &format!("Chan {n}"), Lang::En, None, Some(4_000))
    };
    let mut answering = Vec::new();
    for n in 0..people {
        let whom = candidate(n);
        let decision = if n < people / 2 {
            Decision::Accept
        } else {
            Decision::Waitlist
        };
        scene.decide(app, whom, decision, None);
        answering.push(token(app, whom.person, None));
    }
    if people > 0 {
        scene.release(app);
    }
    (0..CLIENTS)
        .map(|number| {
            let desk = app.account("Ada Ho");
            let grant = app.grant(desk, Role::Coordinator, Some(scene.programme), None);
            let writer = app.account("Lee Man");
            Duty {
                number,
                desk: token(app, desk, Some(grant)),
                pending: (0..3).map(|n| candidate(1_000 + n).application).collect(),
                people: answering
                    .iter()
                    .skip(number)
                    .step_by(CLIENTS)
                    .cloned()
                    .collect(),
                writer: token(app, writer, None),
            }
        })
        .collect()
}
