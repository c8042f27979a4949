//! What ends a way in ends it before the next request: cookies, API tokens and mailed links that were
//! caught before the event are tried after it.

use actix_web::test::TestRequest;
use banyan::db::{Role, Task};
use banyan::ids::{GrantId, PersonId, ProgrammeId};

use crate::api::Api;
use crate::support::app::{Client, TestApp};
use crate::support::fixtures::people::PASSWORD;
use crate::support::scale;

const FRESH: &str = "nine grey herons by the weir";

/// Everything that somebody could have copied from a coordinator.
struct Caught<'a> {
    app: &'a TestApp,
    person: PersonId,
    grant: GrantId,
    email: String,
    /// In the role, on the desk.
    desk: Client<'a>,
    /// As oneself, on the phone.
    phone: Client<'a>,
    /// A token that acts in the role.
    token: Api<'a>,
    sign_in: String,
    reset: String,
}

/// What of it still works.
#[derive(Debug, PartialEq, Eq)]
struct Works {
    desk: bool,
    phone: bool,
    role: bool,
    token: bool,
    token_role: bool,
    links: bool,
}

const NOTHING: Works = Works {
    desk: false,
    phone: false,
    role: false,
    token: false,
    token_role: false,
    links: false,
};
const EVERYTHING: Works = Works {
    desk: true,
    phone: true,
    role: true,
    token: true,
    token_role: true,
    links: true,
};

fn quiet(app: &TestApp) {
    app.alter(
        Task::Throttle,
        "DELETE FROM throttles WHERE $1::uuid IS NULL",
        None,
    );
}

impl<'a> Caught<'a> {
    async fn new(app: &'a TestApp, programme: ProgrammeId) -> Self {
        let (person, email) = app.with_password("Cora Staff");
        let grant = app.grant(person, Role::Coordinator, Some(programme), None);
        quiet(app);
        for path in ["/sign-in/link", "/reset"] {
            let asked = app.anybody().post(path, &[("email", &email)]).await;
            assert_eq!(asked.status, 200);
        }
        let letters = app.mail_to(&email);
        let link = |kind: &str, purpose: &str| {
            let of_kind = letters.iter().find(|letter| letter.kind == kind);
            of_kind.unwrap().link(purpose)
        };
        Self {
            app,
            person,
            grant,
            desk: app.sign_in(person, Some(grant)),
            phone: app.sign_in(person, None),
            token: Api::of(app, person, Some(grant), &["read", "write"]),
            sign_in: link("sign_in_link", "sign_in"),
            reset: link("reset", "reset"),
            email,
        }
    }

    /// Tries everything, by requests that change nothing.
    async fn works(&self) -> Works {
        // A copy of the cookie, so that what the house answers cannot mend or clear it.
        let replay = async |client: &Client<'_>, path: &str| {
            let request = TestRequest::get()
                .uri(path)
                .insert_header(("cookie", client.cookie_header()));
            self.app.anybody().send(request).await.status == 200
        };
        let mut links = false;
        for link in [&self.sign_in, &self.reset] {
            links |= self.app.anybody().get(link).await.status == 200;
        }
        Works {
            desk: replay(&self.desk, "/account").await,
            phone: replay(&self.phone, "/account").await,
            role: replay(&self.desk, "/people").await,
            token: self.token.get("/api/v1/me", &[]).await.status == 200,
            token_role: self.token.get("/api/v1/cohorts", &[]).await.status == 200,
            links,
        }
    }

    /// The links are pressed as well: not only does the page say that they are dead.
    async fn links_are_dead(&self) {
        for link in [&self.sign_in, &self.reset] {
            let answer = self
                .app
                .anybody()
                .post(link, &[("password", "four tall lamps on a pier")])
                .await;
            assert_eq!(answer.status, 404, "{link}");
            assert!(!answer.headers.contains_key("set-cookie"));
        }
    }
}

/// The house with an administrator who acts upon others.
fn house() -> (TestApp, ProgrammeId) {
    let app = TestApp::new();
    let programme = app.programme("TEST");
    (app, programme)
}

fn trials() -> usize {
    scale::of(2, 1_000)
}

#[actix_web::test]
async fn signing_out_ends_this_session_and_ending_a_device_ends_that_one() {
    let (app, programme) = house();
    for _ in 0..trials() {
        let caught = Caught::new(&app, programme).await;
        assert_eq!(caught.works().await, EVERYTHING);
        let cookie = caught.desk.cookie_header();
        assert_eq!(caught.desk.post("/sign-out", &[]).await.status, 303);
        for path in ["/account", "/people", "/me", "/desk"] {
            let request = TestRequest::get()
                .uri(path)
                .insert_header(("cookie", cookie.clone()));
            assert_eq!(app.anybody().send(request).await.status, 303, "{path}");
        }
        let left = caught.works().await;
        assert_eq!((left.phone, left.token), (true, true), "other ways stay");
        // The phone's session ends from another device.
        let laptop = app.sign_in(caught.person, None);
        let page = laptop.get("/account").await.text();
        let ends: Vec<&str> = page
            .split("action=\"/account/sessions/")
            .skip(1)
            .filter_map(|rest| rest.split("/end").next())
            .filter(|id| id.len() == 36)
            .collect();
        assert!(!ends.is_empty(), "the other device is listed");
        for id in ends {
            let path = format!("/account/sessions/{id}/end");
            laptop.post(&path, &[]).await;
        }
        assert!(!caught.works().await.phone);
    }
}

#[actix_web::test]
async fn signing_out_everywhere_ends_every_other_session_and_every_link() {
    let (app, programme) = house();
    for _ in 0..trials() {
        let caught = Caught::new(&app, programme).await;
        let laptop = app.sign_in(caught.person, None);
        assert_eq!(laptop.post("/account/sessions/end", &[]).await.status, 303);
        let left = Works {
            token: true,
            token_role: true,
            ..NOTHING
        };
        assert_eq!(
            caught.works().await,
            left,
            "tokens have an end of their own"
        );
        caught.links_are_dead().await;
        assert_eq!(laptop.get("/account").await.status, 200);
    }
}

#[actix_web::test]
async fn a_changed_password_ends_sessions_tokens_and_links() {
    let (app, programme) = house();
    for _ in 0..trials() {
        let caught = Caught::new(&app, programme).await;
        let owner = app.sign_in(caught.person, None);
        let form = [("current", PASSWORD), ("password", FRESH)];
        let changed = owner.post("/account/password", &form).await;
        assert_eq!((changed.status, changed.location()), (303, "/account"));
        assert_eq!(caught.works().await, NOTHING);
        caught.links_are_dead().await;
        assert_eq!(owner.get("/account").await.status, 200);
        quiet(&app);
        let old = [("email", caught.email.as_str()), ("password", PASSWORD)];
        assert_eq!(app.anybody().post("/sign-in", &old).await.status, 422);
    }
}

#[actix_web::test]
async fn a_reset_ends_sessions_tokens_and_the_other_links() {
    let (app, programme) = house();
    for _ in 0..trials() {
        let caught = Caught::new(&app, programme).await;
        let owner = app.anybody();
        let done = owner.post(&caught.reset, &[("password", FRESH)]).await;
        assert_eq!(done.status, 303);
        assert_eq!(caught.works().await, NOTHING);
        caught.links_are_dead().await;
        assert_eq!(owner.get("/account").await.status, 200);
    }
}

#[actix_web::test]
async fn a_disabled_account_is_shut_at_once_and_old_keys_do_not_come_back_with_it() {
    let (app, programme) = house();
    let admin = app.acting("Ada Admin", Role::Administrator, None, None);
    for _ in 0..trials() {
        let caught = Caught::new(&app, programme).await;
        let page = format!("/people/{}", caught.person);
        let disabled = admin.post(&format!("{page}/disable"), &[]).await;
        assert_eq!(disabled.status, 303);
        assert_eq!(caught.works().await, NOTHING);
        caught.links_are_dead().await;
        quiet(&app);
        let right = [("email", caught.email.as_str()), ("password", PASSWORD)];
        assert_eq!(app.anybody().post("/sign-in", &right).await.status, 422);
        assert_eq!(admin.post(&format!("{page}/enable"), &[]).await.status, 303);
        assert_eq!(caught.works().await, NOTHING, "enabled again");
        caught.links_are_dead().await;
        assert_eq!(app.anybody().post("/sign-in", &right).await.status, 303);
    }
}

#[actix_web::test]
async fn an_ended_or_lapsed_role_and_a_lower_one_act_at_once() {
    let (app, programme) = house();
    let admin = app.acting("Ada Admin", Role::Administrator, None, None);
    let oneself = Works {
        role: false,
        token_role: false,
        ..EVERYTHING
    };
    for trial in 0..trials() {
        let caught = Caught::new(&app, programme).await;
        if trial % 2 == 0 {
            let path = format!("/people/{}/grants/{}/end", caught.person, caught.grant);
            // An administrator of the whole house acts in this programme too.
            assert_eq!(admin.post(&path, &[]).await.status, 303);
        } else {
            app.alter(
                Task::Accounts,
                "UPDATE role_grants SET ends_on = banyan_today() - 1 WHERE person_id = $1",
                Some(caught.person),
            );
        }
        assert_eq!(caught.works().await, oneself, "one's own account stays");
        // A lower role afterwards gives the old session nothing back.
        app.grant(caught.person, Role::Reviewer, Some(programme), None);
        assert_eq!(caught.works().await, oneself);
        let old = [("grant", caught.grant.to_string())];
        let old: Vec<(&str, &str)> = old.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(caught.phone.post("/role", &old).await.status, 404);
    }
}

#[actix_web::test]
async fn a_revoked_token_opens_nothing_more() {
    let (app, programme) = house();
    for _ in 0..trials() {
        let caught = Caught::new(&app, programme).await;
        let page = caught.phone.get("/account/tokens").await.text();
        let id = page
            .split("/account/tokens/")
            .find_map(|rest| rest.split("/revoke").next().filter(|id| id.len() == 36))
            .unwrap();
        let path = format!("/account/tokens/{id}/revoke");
        assert_eq!(caught.phone.post(&path, &[]).await.status, 303);
        let left = caught.works().await;
        assert_eq!((left.token, left.token_role), (false, false));
        assert!(left.phone && left.desk);
    }
}

#[actix_web::test]
async fn a_password_that_was_changed_while_it_was_compared_opens_nothing() {
    use diesel::connection::{Connection as _, SimpleConnection as _};
    let app = TestApp::with_database();
    let (person, email) = app.with_password("Ada Applicant");
    let newer = app.site.hasher.hash(FRESH).unwrap();
    // The owner's change is under way: it holds the row and commits after the password was compared.
    let mut change = diesel::pg::PgConnection::establish(&app.super_url()).unwrap();
    change
        .batch_execute(&format!(
            "BEGIN; UPDATE credentials SET password_hash = '{newer}' WHERE person_id = '{person}'"
        ))
        .unwrap();
    let done = std::thread::spawn(move || {
        // Until the sign-in waits for the row.
        for _ in 0..500 {
            change.batch_execute("SELECT pg_sleep(0.02)").unwrap();
            let waiting = diesel::sql_query(
                "SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) \
                 WHERE NOT l.granted AND a.datname = current_database()",
            );
            if diesel::RunQueryDsl::execute(waiting, &mut change).unwrap() > 0 {
                break;
            }
        }
        change.batch_execute("COMMIT").unwrap();
    });
    let form = [("email", email.as_str()), ("password", PASSWORD)];
    let answer = app.anybody().post("/sign-in", &form).await;
    done.join().unwrap();
    assert_eq!(answer.status, 422, "the old password came too late");
    let form = [("email", email.as_str()), ("password", FRESH)];
    assert_eq!(app.anybody().post("/sign-in", &form).await.status, 303);
}

#[actix_web::test]
async fn a_reviewer_of_two_programmes_is_a_stranger_where_the_role_has_ended() {
    use crate::doors::knock::{Knock, With, knock, open};
    use crate::doors::world::{World, id};
    use diesel::connection::{Connection as _, SimpleConnection as _};
    let world = World::new();
    let house = open(&world.app.site).await;
    let review = id('A', "review");
    let pages = [
        format!("/reviews/{review}"),
        format!("/reviews/{review}/decline"),
        format!("/reviews/{review}/document"),
    ];
    let ask = async |path: &str| {
        let asked = Knock {
            who: crate::doors::called("reviewer"),
            method: banyan::web::Method::Get,
            path,
            origin: &[],
            with: With::default(),
        };
        knock(&house, &asked).await
    };
    for path in &pages {
        assert_eq!(ask(path).await.status, 200, "{path}");
    }
    // The role in A ends; the session goes on in the role that the same person has in B.
    let mut conn = diesel::pg::PgConnection::establish(&world.app.super_url()).unwrap();
    conn.batch_execute(&format!(
        "SET session_replication_role = replica; \
         UPDATE role_grants SET revoked_at = '2026-12-01' WHERE id = '{old}'; \
         INSERT INTO role_grants (id, person_id, role, programme_id, starts_on) VALUES \
           ('{new}', '{person}', 'reviewer', '{b}', '2026-01-01'); \
         UPDATE sessions SET grant_id = '{new}' WHERE person_id = '{person}'",
        old = id('A', "grant-of-reviewer"),
        new = id('B', "grant-of-guest"),
        person = id('A', "reviewer"),
        b = id('B', "programme"),
    ))
    .unwrap();
    for path in &pages {
        assert_eq!(ask(path).await.status, 404, "{path}");
    }
    let list = ask("/reviews").await;
    assert_eq!(list.status, 200, "still a reviewer, of the other programme");
    assert!(!list.text().contains(&review.to_string()) && !list.text().contains("CANARYAp"));
}
