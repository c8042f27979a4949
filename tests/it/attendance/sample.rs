//! The sample's finished class has been kept: every register of it is signed off.

use banyan::db::{Actor, Task};
use banyan::sample;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;

#[derive(Debug, PartialEq, Eq, QueryableByName)]
struct Kept {
    #[diesel(sql_type = BigInt)]
    sessions: i64,
    #[diesel(sql_type = BigInt)]
    signed: i64,
    #[diesel(sql_type = BigInt)]
    unmarked: i64,
}

#[test]
fn every_session_of_the_finished_class_has_a_register_that_is_signed_off() {
    let app = TestApp::with_database();
    sample::load(&app.site).unwrap();
    let kept: Kept = app
        .site
        .db
        .read(&Actor::System(Task::Attendance), |conn| {
            Ok(sql_query(
                "SELECT count(*) AS sessions, count(g.signed_off_at) AS signed, \
                   count(*) FILTER (WHERE NOT EXISTS (SELECT FROM attendance_records r WHERE r.session_id = s.id)) AS unmarked \
                 FROM class_sessions s LEFT JOIN registers g ON g.session_id = s.id WHERE s.state = 'held'",
            )
            .get_result(conn.pg())?)
        })
        .unwrap();
    assert!(kept.sessions > 10, "{kept:?}");
    assert_eq!((kept.signed, kept.unmarked), (kept.sessions, 0));
}
