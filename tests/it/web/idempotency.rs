//! A request that carries a key acts once.

use actix_web::test::TestRequest;
use banyan::access::Access;
use banyan::db::{Actor, Task};
use banyan::error::{Error, Result};
use banyan::web::{Cx, Reply, Routes};
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::support::app::{Answer, Client, TestApp};

/// Writes one consent and answers with something that is different every time.
fn act(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let fresh = uuid::Uuid::now_v7();
    sql_query("INSERT INTO consents (id, person_id, kind, version, given) VALUES ($1, banyan_person(), 'test', '1', true)")
        .bind::<diesel::sql_types::Uuid, _>(fresh)
        .execute(cx.conn.pg())?;
    match cx.request().form().typed("then") {
        "refuse" => Err(Error::NotFound),
        "mistake" => Ok(Reply::text(422, "a mistake".to_owned())),
        "two cookies" => Ok(Reply::see_other(format!("/done/{fresh}"))
            .flash("saved")
            .with("set-cookie", "second=1; Path=/")),
        "file" => Ok(Reply::download(
            "text/csv",
            "a.csv",
            banyan::web::ReplyBody::Bytes(fresh.to_string().into_bytes()),
        )),
        _ => Ok(Reply::text(200, fresh.to_string())),
    }
}

fn house() -> TestApp {
    TestApp::with_database().mounting(
        Routes::new()
            .post("/test/act", Access::SignedIn, act)
            .post("/test/other", Access::SignedIn, act)
            .post("/api/v1/test/act", Access::SignedIn, act),
    )
}

fn effects(app: &TestApp, client: &Client<'_>) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let own = Actor::Person(banyan::db::Acting {
        person: client.person.unwrap(),
        role: banyan::db::Role::Applicant,
        grant: None,
        organisations: Vec::new(),
        programmes: Vec::new(),
    });
    let row = app.site.db.read(&own, |conn| {
        Ok(sql_query("SELECT count(*) AS n FROM consents").get_result::<Count>(conn.pg())?)
    });
    row.unwrap().n
}

fn plain(answer: &Answer) -> (u16, Vec<u8>, Vec<(String, String)>) {
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "idempotent-replayed");
    (
        answer.status,
        answer.body.clone(),
        headers.map(|(n, v)| (n.clone(), v.clone())).collect(),
    )
}

#[actix_web::test]
async fn the_same_key_acts_once_and_answers_the_same() {
    for then in ["", "two cookies", "file"] {
        let app = house();
        let ada = app.person("Ada");
        let fields = [("_key", "k1"), ("then", then)];
        let first = ada.post("/test/act", &fields).await;
        let second = ada.post("/test/act", &fields).await;
        assert_eq!(plain(&first), plain(&second), "{then}");
        assert!(first.status < 400 && !first.headers.contains_key("idempotent-replayed"));
        assert_eq!(second.headers["idempotent-replayed"], "true");
        assert_eq!(effects(&app, &ada), 1);
        ada.post("/test/act", &[("_key", "k2"), ("then", then)])
            .await;
        assert_eq!(effects(&app, &ada), 2, "another key is another act");
    }
}

#[actix_web::test]
async fn a_replay_brings_back_every_cookie() {
    use actix_web::{App, test};
    use banyan::web::{Serving, mount};
    let app = house();
    let ada = app.person("Ada");
    ada.post("/test/act", &[("_key", "k"), ("then", "two cookies")])
        .await;
    let (serving, routes) = (
        Serving::new(app.site.clone()),
        Routes::new().post("/test/act", Access::SignedIn, act),
    );
    let service =
        test::init_service(App::new().configure(move |config| mount(config, &serving, &routes)))
            .await;
    let request = TestRequest::post()
        .uri("/test/act")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .insert_header(("sec-fetch-site", "same-origin"))
        .insert_header(("cookie", ada.cookie_header()))
        .set_payload("_key=k&then=two+cookies");
    let response = test::call_service(&service, request.to_request()).await;
    let cookies: Vec<_> = response.headers().get_all("set-cookie").collect();
    assert_eq!((response.status().as_u16(), cookies.len()), (303, 2));
}

#[actix_web::test]
async fn the_same_key_for_another_request_is_refused() {
    let app = house();
    let ada = app.person("Ada");
    assert_eq!(
        ada.post("/test/act", &[("_key", "k"), ("a", "1")])
            .await
            .status,
        200
    );
    for (path, field) in [
        ("/test/act", ("a", "2")),
        ("/test/other", ("a", "1")),
        ("/test/act?x=1", ("a", "1")),
    ] {
        let answer = ada.post(path, &[("_key", "k"), field]).await;
        assert_eq!(answer.status, 422, "{path} {field:?}");
    }
    assert_eq!(effects(&app, &ada), 1);
}

#[actix_web::test]
async fn another_persons_key_is_another_key() {
    let app = house();
    let (ada, ben) = (app.person("Ada"), app.person("Ben"));
    let first = ada.post("/test/act", &[("_key", "shared")]).await;
    let second = ben.post("/test/act", &[("_key", "shared")]).await;
    assert_ne!(first.body, second.body);
    assert_eq!((effects(&app, &ada), effects(&app, &ben)), (1, 1));
}

#[actix_web::test]
async fn what_failed_may_be_tried_again_under_its_key() {
    let app = house();
    let ada = app.person("Ada");
    for (then, status) in [("refuse", 404), ("mistake", 422)] {
        let fields = [("_key", then), ("then", then)];
        assert_eq!(ada.post("/test/act", &fields).await.status, status);
        assert_eq!(
            ada.post("/test/act", &fields).await.status,
            status,
            "not remembered"
        );
    }
    assert_eq!(effects(&app, &ada), 0);
}

#[actix_web::test]
async fn ten_at_once_act_once() {
    let app = house();
    let ada = app.person("Ada");
    let sent = (0..10).map(|_| ada.post("/test/act", &[("_key", "double click")]));
    let answers = futures_util::future::join_all(sent).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 && answer.body == answers[0].body)
    );
    assert_eq!(effects(&app, &ada), 1);
    let fresh = answers
        .iter()
        .filter(|answer| !answer.headers.contains_key("idempotent-replayed"));
    assert_eq!(fresh.count(), 1);
}

#[actix_web::test]
async fn the_api_wants_a_key_and_an_odd_one_is_no_internal_error() {
    let app = house();
    let ada = app.person("Ada");
    let without = TestRequest::post()
        .uri("/api/v1/test/act")
        .insert_header(("sec-fetch-site", "same-origin"));
    assert_eq!(ada.send(without).await.status, 400);
    assert_eq!(effects(&app, &ada), 0);
    for key in ["a\0b", "鍵", "'; DROP TABLE people; --", " "] {
        assert_eq!(
            ada.post("/test/act", &[("_key", key)]).await.status,
            200,
            "{key:?}"
        );
    }
    let long = "k".repeat(5_000);
    assert_eq!(ada.post("/test/act", &[("_key", &long)]).await.status, 200);
    let swept = app.site.db.read(&Actor::System(Task::Sweep), |conn| {
        Ok(sql_query("SELECT 1 FROM idempotency_keys").execute(conn.pg())?)
    });
    assert_eq!(swept.unwrap(), 3, "an empty or overlong key is no key");
}
