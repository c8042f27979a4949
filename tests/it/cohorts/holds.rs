//! Seats held for organisations: added, changed, given back by hand and by themselves.

use banyan::access;
use banyan::cohorts::actions;
use banyan::cohorts::rules::end_of_day;
use banyan::db::Role;
use banyan::error::Error;
use banyan::organisations::rules::Kind;
use chrono::Duration;
use diesel::RunQueryDsl as _;
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::fixtures::cohorts::{Side, day};

#[actix_web::test]
async fn seats_are_held_changed_and_given_back_by_hand() {
    let app = TestApp::new();
    let a = Side::new(&app, "AAA", "Ada");
    let bank = a.organisation(&app, Kind::Bank, "Harbour Sample Bank");
    let cohort = a.cohort(&app, "2090H1", 18);
    let rep = app.account("Rita");
    app.grant(rep, Role::Representative, Some(a.programme), Some(bank));
    let ada = a.client(&app);
    let id = bank.to_string();
    let form = [
        ("organisation", id.as_str()),
        ("capacity", "12"),
        ("hold_on", "2091-01-22"),
        ("hold_time", "23:59"),
    ];
    let new = format!("/cohorts/{cohort}/seats/new");
    assert!(ada.get(&new).await.text().contains("Harbour Sample Bank"));
    let past = [form[0], form[1], ("hold_on", "2020-01-01"), form[3]];
    assert_eq!(ada.post(&new, &past).await.status, 409);
    assert_eq!(ada.post(&new, &form).await.status, 303);
    assert_eq!(
        ada.post(&new, &form).await.status,
        409,
        "one pool for an organisation"
    );
    assert_eq!(a.seats(&app, cohort), vec![(18, 0, 0), (12, 0, 0)]);
    let pool = a
        .tx(&app, |conn| {
            let staff = access::cohort_staff(conn, cohort)?;
            let pools = banyan::cohorts::queries::pools(conn, &staff)?;
            // Three offers and one taken seat, as the offers room would leave them.
            diesel::sql_query(
                "UPDATE seat_pools SET offered = 3, taken = 1 WHERE organisation_id IS NOT NULL",
            )
            .execute(conn.pg())?;
            Ok(pools[1].id)
        })
        .unwrap();
    let path = format!("/cohorts/{cohort}/seats/{pool}");
    let change = |version: &'static str, capacity: &'static str| {
        [
            ("version", version),
            ("capacity", capacity),
            ("hold_on", "2091-01-20"),
            ("hold_time", "18:00"),
        ]
    };
    let below = ada.post(&path, &change("1", "3")).await;
    assert_eq!(below.status, 409);
    assert!(
        below
            .text()
            .contains("cannot go below the seats already offered or taken")
    );
    assert_eq!(ada.post(&path, &change("1", "10")).await.status, 303);
    let stale = ada.post(&path, &change("1", "11")).await;
    assert_eq!(stale.status, 412);
    assert!(stale.text().contains("Saved meanwhile: 10"));
    let asked = ada.get(&format!("{path}/release")).await.text();
    assert!(
        asked.contains("6 unused seats go to the open pool."),
        "{asked}"
    );
    assert!(asked.contains("4 seats that are offered or taken stay as they are."));
    assert_eq!(ada.post(&format!("{path}/release"), &[]).await.status, 303);
    assert_eq!(a.seats(&app, cohort), vec![(24, 0, 0), (4, 3, 1)]);
    assert_eq!(ada.post(&format!("{path}/release"), &[]).await.status, 409);
    assert_eq!(ada.post(&path, &change("4", "10")).await.status, 409);
    assert_eq!(
        a.count(
            &app,
            "SELECT count(*) AS n FROM letters WHERE kind = 'hold_released'"
        ),
        1
    );
    let page = ada.get(&format!("/cohorts/{cohort}/seats")).await.text();
    assert!(page.contains("6 seats went to the open pool"), "{page}");
    // A seat that comes free after the hold follows the others.
    a.tx(&app, |conn| {
        diesel::sql_query("UPDATE seat_pools SET offered = 2 WHERE organisation_id IS NOT NULL")
            .execute(conn.pg())?;
        let staff = access::cohort_staff(conn, cohort)?;
        let row = banyan::cohorts::queries::lock(conn, &staff)?;
        assert_eq!(actions::give_back_free(conn, &row)?, 1);
        assert_eq!(actions::give_back_free(conn, &row)?, 0);
        Ok(())
    })
    .unwrap();
    assert_eq!(a.seats(&app, cohort), vec![(25, 0, 0), (3, 2, 1)]);
}

#[test]
fn a_hold_ends_by_itself_once_and_never_early() {
    let app = TestApp::with_database();
    let a = Side::new(&app, "AAA", "Ada");
    let bank = a.organisation(&app, Kind::Insurer, "Lantern Sample Insurance");
    let rep = app.account("Rita");
    app.grant(rep, Role::Liaison, Some(a.programme), Some(bank));
    let cohort = a.cohort(&app, "2090H1", 18);
    let pool = a.held(&app, cohort, bank, 12, "2091-01-22");
    let later = end_of_day(day("2091-01-25"));
    a.tx(&app, |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        actions::change_pool(conn, &staff, pool, None, 12, Some(later))
    })
    .unwrap();
    let db = |at| app.site.db.as_of(at);
    let run = |at| actions::release_hold(&db(at), Some(pool.0), &Value::Null).unwrap();
    // The job of the first time comes early now.
    run(end_of_day(day("2091-01-22")) + Duration::seconds(1));
    assert_eq!(a.seats(&app, cohort), vec![(18, 0, 0), (12, 0, 0)]);
    run(later);
    assert_eq!(a.seats(&app, cohort), vec![(30, 0, 0), (0, 0, 0)]);
    run(later + Duration::days(1));
    assert_eq!(a.seats(&app, cohort), vec![(30, 0, 0), (0, 0, 0)]);
    assert_eq!(
        a.count(
            &app,
            "SELECT count(*) AS n FROM letters WHERE kind = 'hold_released'"
        ),
        1
    );
    assert_eq!(
        a.count(&app, "SELECT count(*) AS n FROM audit_events WHERE verb = 'pool.released' AND actor_kind = 'system'"),
        1
    );
    app.as_owner(
        "CREATE TEMP TABLE jobs_seen AS SELECT * FROM jobs WHERE kind = 'release_hold'; \
        DO $$ BEGIN ASSERT (SELECT count(*) FROM jobs_seen) = 2; END $$",
    );
}

#[test]
fn a_hold_of_a_cancelled_cohort_is_left_alone_and_the_open_pool_is_held_for_nobody() {
    let app = TestApp::with_database();
    let a = Side::new(&app, "AAA", "Ada");
    let bank = a.organisation(&app, Kind::Bank, "Harbour Sample Bank");
    let cohort = a.cohort(&app, "2090H1", 3);
    let pool = a.held(&app, cohort, bank, 2, "2091-01-22");
    let refused = a.tx(&app, |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let open = banyan::cohorts::queries::pools(conn, &staff)?[0].id;
        actions::release_now(conn, &staff, open)
    });
    assert!(matches!(refused, Err(Error::Refused(r)) if r.code() == "pool_not_held"));
    a.tx(&app, |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        actions::change_capacity(conn, &staff, pool, 4)?;
        actions::step(conn, &staff, banyan::cohorts::rules::CohortEvent::Cancel)
    })
    .unwrap();
    let after = app.site.db.as_of(end_of_day(day("2091-02-01")));
    actions::release_hold(&after, Some(pool.0), &Value::Null).unwrap();
    assert_eq!(a.seats(&app, cohort), vec![(3, 0, 0), (4, 0, 0)]);
}
