//! Statements stay prepared on their connection.

use banyan::db::{Actor, Db, Task, sql_query};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl as _};

use crate::support::app::TestApp;

#[derive(QueryableByName)]
struct Seen {
    #[diesel(sql_type = Nullable<Text>)]
    word: Option<String>,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn ask(db: &Db, word: Option<&str>, number: i64) -> (Option<String>, i64) {
    let seen: Seen = db
        .read(&Actor::System(Task::PublicSite), |conn| {
            // The second value stands first, and the first twice.
            let query = sql_query("SELECT $2 + 0 AS number, coalesce($1, $1) AS word");
            Ok(query
                .bind::<Nullable<Text>, _>(word)
                .bind::<BigInt, _>(number)
                .get_result(conn.pg())?)
        })
        .unwrap();
    (seen.word, seen.number)
}

fn prepared(db: &Db) -> i64 {
    let seen: Seen = db
        .read(&Actor::System(Task::PublicSite), |conn| {
            let query = sql_query(
                "SELECT count(*) AS number, NULL::text AS word FROM pg_prepared_statements \
                 WHERE statement LIKE 'SELECT $2 + 0%'",
            );
            Ok(query.get_result(conn.pg())?)
        })
        .unwrap();
    seen.number
}

#[test]
fn a_statement_is_prepared_once_and_takes_new_values_each_time() {
    let app = TestApp::new();
    let db = &app.site.db;
    assert_eq!(prepared(db), 0);
    assert_eq!(
        ask(db, Some("its -- own"), 7),
        (Some("its -- own".to_owned()), 7)
    );
    assert_eq!(ask(db, None, -1), (None, -1));
    assert_eq!(prepared(db), 1);
}

#[test]
fn a_boxed_statement_takes_its_values_in_order() {
    let app = TestApp::new();
    let seen: Seen = app
        .site
        .db
        .read(&Actor::System(Task::PublicSite), |conn| {
            let query = sql_query("SELECT $1 AS number, $2 AS word").into_boxed();
            Ok(query
                .bind::<BigInt, _>(3_i64)
                .bind::<Text, _>("three")
                .get_result(conn.pg())?)
        })
        .unwrap();
    assert_eq!((seen.number, seen.word.as_deref()), (3, Some("three")));
}

#[test]
fn statements_are_planned_once_and_run_by_one_process() {
    let app = TestApp::with_database();
    let db = Db::connect(&app.app_url(), 1).unwrap();
    let seen: Seen = db
        .read(&Actor::System(Task::PublicSite), |conn| {
            let query = sql_query(
                "SELECT current_setting('plan_cache_mode') AS word, \
                 current_setting('max_parallel_workers_per_gather')::bigint AS number",
            );
            Ok(query.get_result(conn.pg())?)
        })
        .unwrap();
    assert_eq!(seen.word.unwrap(), "force_generic_plan");
    assert_eq!(seen.number, 0);
}
