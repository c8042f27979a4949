//! What operators watch, with and without a database.

use actix_web::test::TestRequest;
use banyan::db::Db;
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};

use crate::support::app::TestApp;

fn without_database() -> TestApp {
    let mut app = TestApp::new();
    let nowhere: ConnectionManager<PgConnection> =
        ConnectionManager::new("postgres:///nowhere?host=/nonexistent");
    app.site.db = Db::from_pool(
        Pool::builder()
            .max_size(1)
            .connection_timeout(std::time::Duration::from_millis(50))
            .build_unchecked(nowhere),
    );
    app
}

#[actix_web::test]
async fn a_house_with_its_database_is_alive_and_ready() {
    let app = TestApp::with_database();
    let anybody = app.anybody();
    let (live, ready) = (anybody.get("/livez").await, anybody.get("/readyz").await);
    assert_eq!((live.status, live.text().as_str()), (200, "alive\n"));
    assert_eq!((ready.status, ready.text().as_str()), (200, "ready\n"));
}

#[actix_web::test]
async fn a_house_without_its_database_is_alive_and_not_ready() {
    let app = without_database();
    let anybody = app.anybody();
    assert_eq!(anybody.get("/livez").await.status, 200);
    let ready = anybody.get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert!(ready.text().starts_with("not ready: "));
    assert_eq!(ready.headers["retry-after"], "2");
}

#[actix_web::test]
async fn an_older_schema_is_not_ready_and_says_what_to_run() {
    let app = TestApp::with_database();
    app.as_owner("DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)");
    let ready = app.anybody().get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("banyan migrate"), "{}", ready.text());
}

#[actix_web::test]
async fn metrics_are_for_this_machine_alone_when_no_token_is_set() {
    let app = TestApp::with_database();
    let anybody = app.anybody();
    let from = |peer: &str| {
        TestRequest::get()
            .uri("/metrics")
            .peer_addr(peer.parse().unwrap())
    };
    assert_eq!(anybody.send(from("192.0.2.1:9")).await.status, 403);
    assert_eq!(anybody.get("/metrics").await.status, 403);
    let own = anybody.send(from("127.0.0.1:9")).await;
    assert_eq!(own.status, 200);
    for line in [
        "banyan_database_up 1",
        "banyan_letters_queued 0",
        "banyan_letters_dead 0",
        "banyan_letters_oldest_due_seconds 0",
        "banyan_jobs_queued 0",
        "banyan_jobs_dead 0",
        "banyan_audit_events_unsealed 0",
        "banyan_offers_open 0",
        "banyan_pool_connections_max 8",
        "banyan_requests_total{route=\"/metrics\",status=\"403\"} 2",
    ] {
        assert!(
            own.text().lines().any(|l| l == line),
            "{line} in {}",
            own.text()
        );
    }
}

#[actix_web::test]
async fn metrics_want_their_token_when_one_is_set() {
    let app = TestApp::with_settings(&[("BANYAN_METRICS_TOKEN", "tell me how you fare")]);
    let anybody = app.anybody();
    let ask = |token: &str| {
        TestRequest::get()
            .uri("/metrics")
            .peer_addr("127.0.0.1:9".parse().unwrap())
            .insert_header(("authorization", format!("Bearer {token}")))
    };
    assert_eq!(anybody.send(ask("tell me")).await.status, 403);
    assert_eq!(anybody.send(ask("tell me how you fare")).await.status, 200);
}

#[actix_web::test]
async fn metrics_without_a_database_still_tell_of_the_process() {
    let app = without_database();
    let own = app
        .anybody()
        .send(
            TestRequest::get()
                .uri("/metrics")
                .peer_addr("127.0.0.1:9".parse().unwrap()),
        )
        .await;
    assert_eq!(own.status, 200);
    assert!(own.text().contains("banyan_database_up 0"));
    assert!(!own.text().contains("banyan_letters_queued"));
}
