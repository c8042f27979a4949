//! Releases: the plan that is shown is the plan that is carried out. A fingerprint of everything the
//! preview says travels with the form; a plan that has changed meanwhile is shown anew.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Integer, Uuid as SqlUuid};

use crate::access::CohortStaff;
use crate::applications::rules::{Decision, Event as Step};
use crate::audit::{self, About};
use crate::cohorts::queries::{self as cohorts};
use crate::db::{self, Conn, Task};
use crate::error::Result;
use crate::ids::{ApplicationId, ReleaseId};
use crate::offers::events::Happened;
use crate::offers::mail::Told;
use crate::offers::queries::{self, Application};
use crate::offers::rules::plan::PlannedEntry;
use crate::offers::rules::{ReleaseRefusal, release_begins};

use super::floor::Floor;
use super::preview::{Prepared, Preview, everybody, prepare, preview, wanted};
use super::rows::{mark_released, one, step_application};

/// What a release did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    /// Its id.
    pub release: ReleaseId,
    /// Offers, places on the waitlist, rejections, ineligible.
    pub counts: [usize; 4],
    /// Promoted from the waitlist on the way.
    pub promoted: usize,
}

/// Carries out the plan that was shown under this fingerprint, in one transaction: ended holds give
/// their seats back, the waitlist moves up, offers are made best first, everybody learns the
/// decision and gets a letter in their language. The first release begins the cohort's offering.
///
/// # Errors
/// [`ReleaseRefusal`]; [`ReleaseRefusal::Changed`] when the plan now differs from the one shown.
pub fn release(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    only: Option<&[ApplicationId]>,
    expected_fingerprint: &str,
) -> Result<Released> {
    // Locking as the staff's own first: another programme's cohort is not found.
    cohorts::lock(conn, staff)?;
    let (floor, shown, prepared, now) =
        conn.elevate(Task::Seats, |conn| ready(conn, staff, only))?;
    if shown.fingerprint != expected_fingerprint {
        return Err(ReleaseRefusal::Changed.into());
    }
    if shown.decisions() == 0 {
        return Err(ReleaseRefusal::Nothing.into());
    }
    let places = &prepared.plan.release.waitlist;
    if places.iter().any(|it| it.entry.pools.is_empty()) {
        return Err(ReleaseRefusal::NoPool.into());
    }
    let release = ReleaseId::new();
    let counts = [
        shown.offers.len(),
        shown.waitlist.len(),
        shown.rejections.len(),
        shown.ineligible.len(),
    ];
    insert_release(conn, staff, release, counts)?;
    conn.elevate(Task::Seats, |conn| {
        carry_out(conn, &floor, &shown, &prepared, release, now)
    })?;
    let event = Happened::Released {
        release,
        counts,
        began: shown.begins,
    };
    let about = About::new("cohort", staff.cohort().0).within(staff.programme());
    audit::note(conn, about, &event)?;
    Ok(Released {
        release,
        counts,
        promoted: shown.promotions.len(),
    })
}

/// Locks everything in order and plans.
fn ready(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    only: Option<&[ApplicationId]>,
) -> Result<(Floor, Preview, Prepared, DateTime<Utc>)> {
    let mut floor = Floor::lock(conn, staff.cohort())?;
    let begins = release_begins(floor.cohort.state()?)?;
    let pending = wanted(queries::pending(conn, floor.cohort.id)?, only);
    let waiting = queries::waiting(conn, floor.cohort.id)?;
    let ids = everybody(&pending, &waiting);
    let applications = queries::lock_applications(conn, floor.cohort.id, &ids)?;
    let now = db::now(conn)?;
    let parts = (applications, pending.as_slice(), waiting);
    let prepared = prepare(conn, &floor.cohort, &floor.pools, parts, now)?;
    floor.recipients.clone_from(&prepared.recipients);
    let end = floor.expiry(now, true);
    let shown = preview(floor.cohort.clone(), &floor.pools, &prepared, begins, end)?;
    Ok((floor, shown, prepared, now))
}

fn insert_release(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    release: ReleaseId,
    counts: [usize; 4],
) -> Result<()> {
    let [offers, waitlisted, rejected, ineligible] =
        counts.map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    sql_query(
        "INSERT INTO releases (id, cohort_id, programme_id, released_by, offers, waitlisted, rejected, ineligible) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(release)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Integer, _>(offers)
    .bind::<Integer, _>(waitlisted)
    .bind::<Integer, _>(rejected)
    .bind::<Integer, _>(ineligible)
    .execute(conn.pg())?;
    Ok(())
}

fn carry_out(
    conn: &mut Conn<'_>,
    floor: &Floor,
    shown: &Preview,
    prepared: &Prepared,
    release: ReleaseId,
    now: DateTime<Utc>,
) -> Result<()> {
    if shown.begins {
        let begun = sql_query(
            "UPDATE cohorts SET state = 'offering', version = version + 1 WHERE id = $1 AND state = 'reviewing'",
        )
        .bind::<SqlUuid, _>(floor.cohort.id)
        .execute(conn.pg())?;
        one(begun)?;
    }
    let plan = &prepared.plan;
    floor.give_back(conn, &plan.given_back)?;
    floor.promote(conn, &prepared.waiting, &plan.promotions, now)?;
    for (id, pool) in plan.release.offers.iter().chain(&plan.release.seated) {
        floor.issue(conn, prepared.application(*id)?, *pool, None, now)?;
    }
    for (line, planned) in shown.waitlist.iter().zip(&plan.release.waitlist) {
        let application = prepared.application(line.application)?;
        queue_up(conn, floor, application, planned, now)?;
        let told = Told::Waitlisted {
            position: line.place.unwrap_or_default(),
        };
        floor.tell(conn, application, told, &told_key(application, release))?;
    }
    for line in shown.rejections.iter().chain(&shown.ineligible) {
        let application = prepared.application(line.application)?;
        step_application(conn, application, Step::Release, now)?;
        let (verb, told) = if line.letter == "decision_rejected" {
            ("application.rejected", Told::Rejected)
        } else {
            let reason = line.reason.clone();
            ("application.ineligible", Told::Ineligible { reason })
        };
        let event = Happened::Told {
            verb,
            rank: None,
            pools: Vec::new(),
        };
        floor.note(conn, application, &event)?;
        floor.tell(conn, application, told, &told_key(application, release))?;
    }
    let released: Vec<ApplicationId> = shown
        .lines()
        .skip(shown.promotions.len())
        .map(|line| line.application)
        .collect();
    mark_released(conn, release, &released, now)
}

fn told_key(application: &Application, release: ReleaseId) -> String {
    format!("application:{}:told:{release}", application.id)
}

/// A new place on the waitlist.
fn queue_up(
    conn: &mut Conn<'_>,
    floor: &Floor,
    application: &Application,
    planned: &PlannedEntry,
    now: DateTime<Utc>,
) -> Result<()> {
    let step = if application.decision.as_deref() == Some(Decision::Accept.as_str()) {
        Step::ReleaseWithoutSeat
    } else {
        Step::Release
    };
    step_application(conn, application, step, now)?;
    let entry = &planned.entry;
    sql_query(
        "INSERT INTO waitlist_entries (id, application_id, cohort_id, programme_id, person_id, rank, pool_ids) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(crate::ids::WaitlistId::new())
    .bind::<SqlUuid, _>(application.id)
    .bind::<SqlUuid, _>(floor.cohort.id)
    .bind::<SqlUuid, _>(floor.cohort.programme_id)
    .bind::<SqlUuid, _>(application.person_id)
    .bind::<Integer, _>(entry.rank)
    .bind::<Array<SqlUuid>, _>(&entry.pools)
    .execute(conn.pg())?;
    let event = Happened::Told {
        verb: "application.waitlisted",
        rank: Some(entry.rank),
        pools: entry.pools.clone(),
    };
    floor.note(conn, application, &event)
}
