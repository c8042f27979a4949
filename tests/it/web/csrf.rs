//! Requests from other sites do nothing, whatever cookies the browser adds.

use actix_web::test::TestRequest;
use banyan::access::Access;
use banyan::access::secret;
use banyan::db::Actor;
use banyan::db::Task;
use banyan::error::Result;
use banyan::ids::{PersonId, TokenId};
use banyan::web::{Cx, Handler, Method, Reply, Routes};
use diesel::sql_types::{Array, Binary, Text, Uuid as SqlUuid};
use diesel::{RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;

fn act(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    sql_query("UPDATE people SET display_name = 'acted' WHERE id = banyan_person()")
        .execute(cx.conn.pg())?;
    Ok(Reply::see_other("/done"))
}

fn doors() -> Routes {
    Routes::new()
        .get("/test/act", Access::SignedIn, |_| {
            Ok(Reply::text(200, "a form".to_owned()))
        })
        .post("/test/act", Access::SignedIn, act)
        .at(
            Method::Put,
            "/test/act",
            Access::SignedIn,
            Handler::Page(act),
        )
        .at(
            Method::Patch,
            "/test/act",
            Access::SignedIn,
            Handler::Page(act),
        )
        .at(
            Method::Delete,
            "/test/act",
            Access::SignedIn,
            Handler::Page(act),
        )
}

/// `Sec-Fetch-Site`, `Origin`, and whether a cookie alone may act.
const TABLE: &[(&str, &str, bool)] = &[
    ("same-origin", "", true),
    ("same-origin", "http://localhost:8080", true),
    ("none", "", true),
    ("same-site", "", false),
    ("same-site", "http://localhost:8080", false),
    ("cross-site", "", false),
    ("cross-site", "http://localhost:8080", false),
    ("Same-Origin", "", false),
    ("", "http://localhost:8080", true),
    ("", "http://localhost:8081", false),
    ("", "https://evil.example", false),
    ("", "http://localhost:8080.evil.example", false),
    ("", "http://evil.example/http://localhost:8080", false),
    ("", "null", false),
    ("", "localhost:8080", false),
    ("", "", false),
];

#[actix_web::test]
async fn only_our_own_pages_may_act_by_cookie() {
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for (site, origin, may) in TABLE {
            let app = TestApp::new().mounting(doors());
            let ada = app.person("Ada");
            let mut request = TestRequest::with_uri("/test/act")
                .method(method.parse().unwrap())
                .insert_header(("host", "localhost:8080"));
            if !site.is_empty() {
                request = request.insert_header(("sec-fetch-site", *site));
            }
            if !origin.is_empty() {
                request = request.insert_header(("origin", *origin));
            }
            let answer = ada.send(request).await;
            let what = format!("{method} from {site:?} {origin:?}");
            assert_eq!(answer.status, if *may { 303 } else { 403 }, "{what}");
            assert_eq!(
                name(&app, ada.person.unwrap()),
                if *may { "acted" } else { "Ada" },
                "{what}"
            );
        }
    }
}

fn name(app: &TestApp, person: PersonId) -> String {
    #[derive(diesel::QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        display_name: String,
    }
    let row = app.site.db.read(&Actor::System(Task::Accounts), |conn| {
        let sql =
            sql_query("SELECT display_name FROM people WHERE id = $1").bind::<SqlUuid, _>(person);
        Ok(sql.get_result::<Name>(conn.pg())?)
    });
    row.unwrap().display_name
}

#[actix_web::test]
async fn reading_is_open_from_everywhere() {
    let app = TestApp::new().mounting(doors());
    let ada = app.person("Ada");
    for site in ["cross-site", "same-site", "same-origin", "none"] {
        let request = TestRequest::get()
            .uri("/test/act")
            .insert_header(("sec-fetch-site", site));
        assert_eq!(ada.send(request).await.status, 200, "{site}");
    }
}

#[actix_web::test]
async fn a_token_in_the_header_acts_without_origin_and_a_false_one_hides_the_cookie() {
    let app = TestApp::new().mounting(Routes::new().post("/test/act", Access::SignedIn, act));
    let ada = app.person("Ada");
    let token = secret::fresh().unwrap();
    let made = app.site.db.tx(&ada_alone(ada.person.unwrap()), |conn| {
        sql_query("INSERT INTO api_tokens (id, token_hash, person_id, label, scopes, expires_at) VALUES ($1, $2, $3, 'test', $4, '2100-01-01')")
            .bind::<SqlUuid, _>(TokenId::new())
            .bind::<Binary, _>(secret::digest(&token))
            .bind::<SqlUuid, _>(ada.person.unwrap())
            .bind::<Array<Text>, _>(vec!["everything"])
            .execute(conn.pg())?;
        Ok(())
    });
    made.unwrap();
    let with = |token: &str| {
        TestRequest::post()
            .uri("/test/act")
            .insert_header(("authorization", format!("Bearer {token}")))
    };
    // The token is known, and opens no page: those are for browsers.
    assert_eq!(app.anybody().send(with(&token)).await.status, 403);
    // A made-up token beside a good cookie is nobody.
    assert_eq!(ada.send(with("made-up")).await.status, 401);
    assert_eq!(name(&app, ada.person.unwrap()), "Ada");
}

fn ada_alone(person: PersonId) -> Actor {
    Actor::Person(banyan::db::Acting {
        person,
        role: banyan::db::Role::Applicant,
        grant: None,
        organisations: Vec::new(),
        programmes: Vec::new(),
    })
}
