//! Two offices record the same partnership at the same instant.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use banyan::access;
use banyan::db::Conn;
use banyan::error::{Error, Result};
use banyan::ids::PartnershipId;
use banyan::organisations::actions::{NewPartnership, add_partnership};
use banyan::organisations::rules::{Kind, OrganisationRefusal};
use diesel::connection::Connection as _;
use diesel::pg::PgConnection;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl as _, sql_query};

use crate::support::app::TestApp;
use crate::support::fixtures::cohorts::{Side, day};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(conn: &mut PgConnection, sql: &str) -> i64 {
    sql_query(sql).get_result::<Count>(conn).unwrap().n
}

/// Waits, inside the first one's transaction, until the second one waits for it or is through.
fn second_waits(watcher: &mut PgConnection, through: &AtomicBool) {
    let end = Instant::now() + Duration::from_secs(1);
    let waiting = "SELECT count(*) AS n FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while Instant::now() < end && !through.load(Ordering::SeqCst) {
        if count(watcher, waiting) > 0 {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn of_two_equal_partnerships_recorded_at_once_the_second_is_refused() {
    let app = TestApp::with_database();
    let a = Side::new(&app, "RACE", "Ada");
    let new = NewPartnership {
        university: a.organisation(&app, Kind::University, "Peak Sample University"),
        institution: a.organisation(&app, Kind::Bank, "Harbour Sample Bank"),
        starts_on: day("2027-01-01"),
        ends_on: day("2027-12-31"),
    };
    let record = |conn: &mut Conn<'_>| -> Result<PartnershipId> {
        let desk = access::desk(conn)?;
        let staff = access::programme_staff(conn, a.programme)?;
        add_partnership(conn, &desk, &staff, &new)
    };
    let through = AtomicBool::new(false);
    let (wrote, written) = mpsc::channel();
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            a.tx(&app, |conn| {
                let id = record(conn)?;
                wrote.send(()).unwrap();
                let mut watcher = PgConnection::establish(&app.super_url()).unwrap();
                second_waits(&mut watcher, &through);
                Ok(id)
            })
        });
        written.recv().unwrap();
        let second = a.tx(&app, record);
        through.store(true, Ordering::SeqCst);
        (first.join().unwrap(), second)
    });
    first.unwrap();
    match second {
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal.code(), "partnership_overlap");
            let ordinary = Error::from(OrganisationRefusal::Overlap);
            assert_eq!(ordinary.status(), (409, "refused"));
        }
        other => panic!("the second one: {other:?}"),
    }
    let mut watcher = PgConnection::establish(&app.super_url()).unwrap();
    assert_eq!(
        count(&mut watcher, "SELECT count(*) AS n FROM partnerships"),
        1
    );
    let told = "SELECT count(*) AS n FROM audit_events WHERE verb = 'partnership.added'";
    assert_eq!(count(&mut watcher, told), 2, "one on each side");
    // Nor does an archived organisation find a partner.
    let next_year = NewPartnership {
        starts_on: day("2028-01-01"),
        ends_on: day("2028-12-31"),
        ..new
    };
    app.as_owner("UPDATE organisations SET archived_at = now() WHERE name_en LIKE 'Harbour%'");
    let third = a.tx(&app, |conn| {
        let desk = access::desk(conn)?;
        let staff = access::programme_staff(conn, a.programme)?;
        add_partnership(conn, &desk, &staff, &next_year)
    });
    match third {
        Err(Error::Refused(refusal)) => assert_eq!(refusal.code(), "organisation_archived"),
        other => panic!("with an archived one: {other:?}"),
    }
}
