//! What the sample shows: a finished class that went through its whole term, and one that is under way.

use banyan::db::{Actor, Task};
use banyan::sample;
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_query};

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

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// What stands in a cohort, by kind and state, as the owner of the database reads it.
fn standing(app: &TestApp, cohort: &str) -> Vec<String> {
    let mut conn = PgConnection::establish(&app.super_url()).unwrap();
    let rows: Vec<Line> = sql_query(format!(
        "WITH c AS (SELECT id FROM cohorts WHERE code = '{cohort}'), found AS ( \
           SELECT 'enrolment' AS kind, state FROM enrolments WHERE cohort_id IN (SELECT id FROM c) \
           UNION ALL SELECT 'session', CASE WHEN s.made_up_for IS NULL THEN s.state ELSE 'make-up' END \
             FROM class_sessions s WHERE s.cohort_id IN (SELECT id FROM c) AND (s.state = 'cancelled' OR s.made_up_for IS NOT NULL) \
           UNION ALL SELECT 'waiting register', 'over' FROM class_sessions s LEFT JOIN registers g ON g.session_id = s.id \
             WHERE s.cohort_id IN (SELECT id FROM c) AND s.state = 'scheduled' AND s.ends_at < now() AND g.signed_off_at IS NULL \
           UNION ALL SELECT 'apology', state FROM apologies WHERE cohort_id IN (SELECT id FROM c) \
           UNION ALL SELECT 'assessment', state FROM assessments WHERE cohort_id IN (SELECT id FROM c) \
           UNION ALL SELECT 'failed part', 'released' FROM released_marks WHERE cohort_id IN (SELECT id FROM c) AND mark < pass_mark \
           UNION ALL SELECT 'extension', state FROM assessment_extensions WHERE cohort_id IN (SELECT id FROM c) \
           UNION ALL SELECT 'appeal', state FROM appeals WHERE cohort_id IN (SELECT id FROM c) \
           UNION ALL SELECT 'exemption', state FROM exemptions WHERE cohort_id IN (SELECT id FROM c) \
           UNION ALL SELECT 'break', state FROM learning_breaks WHERE cohort_id IN (SELECT id FROM c) \
           UNION ALL SELECT 'case', coalesce(outcome, state) FROM risk_cases WHERE cohort_id IN (SELECT id FROM c) \
           UNION ALL SELECT 'completion', CASE WHEN revoked_at IS NULL THEN 'stands' ELSE 'revoked' END FROM completions \
             WHERE cohort_id IN (SELECT id FROM c) \
           UNION ALL SELECT 'sharing', 'trainee' FROM (SELECT DISTINCT s.enrolment_id FROM sharing_consents s \
             JOIN enrolments e ON e.id = s.enrolment_id WHERE e.cohort_id IN (SELECT id FROM c)) x \
           UNION ALL SELECT 'looked at', 'trainee' FROM (SELECT DISTINCT l.enrolment_id FROM looks l \
             JOIN enrolments e ON e.id = l.enrolment_id WHERE e.cohort_id IN (SELECT id FROM c)) x) \
         SELECT kind || ' ' || state || ' ' || count(*) AS line FROM found GROUP BY kind, state ORDER BY kind, state"
    ))
    .load(&mut conn)
    .unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

#[test]
fn a_class_has_gone_through_its_term_and_another_is_under_way() {
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
    assert_eq!(
        standing(&app, "2026PP"),
        [
            "apology accepted 1",
            "apology declined 1",
            "assessment released 6",
            "case failed 1",
            "case recovered 1",
            "completion stands 10",
            "enrolment completed 10",
            "enrolment failed 1",
            "enrolment withdrawn 1",
            "exemption granted 1",
        ]
    );
    assert_eq!(
        standing(&app, "2026P2"),
        [
            "apology sent 1",
            "appeal lodged 1",
            "assessment marking 1",
            "assessment open 1",
            "assessment released 1",
            "break granted 1",
            "case in_hand 1",
            "enrolment active 10",
            "extension granted 1",
            "extension requested 1",
            "failed part released 1",
            "looked at trainee 2",
            "session cancelled 1",
            "session make-up 1",
            "sharing trainee 2",
            "waiting register over 1",
        ]
    );
}
