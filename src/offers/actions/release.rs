//! Releases: the plan that is shown is the plan that is carried out. A fingerprint of everything the
//! preview says travels with the form; a plan that has changed meanwhile is shown anew.

use std::collections::BTreeMap;

use crate::db::sql_query;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Integer, Uuid as SqlUuid};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::access::CohortStaff;
use crate::applications::rules::{Decision, Event as Step};
use crate::audit::{self, About};
use crate::cohorts::queries::{self as cohorts, Cohort, PoolRow};
use crate::cohorts::rules::seats::Pool;
use crate::db::{self, Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, PersonId, PoolId, ReleaseId};
use crate::lang::Lang;
use crate::mail::outbox::Recipient;
use crate::offers::events::Happened;
use crate::offers::mail::Told;
use crate::offers::queries::{self, Application};
use crate::offers::rules::plan::{Entry, PlannedEntry, WholePlan, plan_whole};
use crate::offers::rules::{ReleaseRefusal, release_begins};
use crate::people::accounts;

use super::floor::{Floor, mark_released, one, step_application};

/// One person in a preview: who gets which letter in which language.
#[derive(Clone, Debug)]
pub struct Line {
    /// The application.
    pub application: ApplicationId,
    /// Its reference.
    pub reference: String,
    /// The applicant's name as lists show it.
    pub name: String,
    /// The language of the letter.
    pub lang: Lang,
    /// The letter's kind, as in the outbox.
    pub letter: &'static str,
    /// The pool whose seat is offered.
    pub pool: Option<PoolId>,
    /// The rank on the waitlist: the new one, or the one from which somebody is promoted.
    pub rank: Option<i32>,
    /// The place among those who then wait, as the letter says it.
    pub place: Option<usize>,
    /// Accepted, but no seat is free: leads the new places of the waitlist.
    pub accepted_without_seat: bool,
    /// Reviewers' mean in thousandths.
    pub score_milli: Option<i32>,
    /// The reason that the letter tells.
    pub reason: Option<String>,
}

/// A pool before and after.
#[derive(Clone, Debug)]
pub struct Movement {
    /// The pool as it is.
    pub pool: PoolRow,
    /// Its counters afterwards.
    pub after: Pool,
    /// Seats that it gives back because its hold has ended.
    pub gives_back: i32,
}

/// What a release would do, or has done.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The cohort.
    pub cohort: Cohort,
    /// Is it the release that begins the cohort's offering?
    pub begins: bool,
    /// Stands for everything that is shown here.
    pub fingerprint: String,
    /// Promoted from the waitlist before anybody new gets a seat.
    pub promotions: Vec<Line>,
    /// New offers, best first.
    pub offers: Vec<Line>,
    /// New places on the waitlist.
    pub waitlist: Vec<Line>,
    /// Not selected.
    pub rejections: Vec<Line>,
    /// Not eligible.
    pub ineligible: Vec<Line>,
    /// Each pool before and after.
    pub movements: Vec<Movement>,
    /// Accepted applicants for whom no seat is free.
    pub shortfall: usize,
    /// When the new offers end.
    pub offers_end: DateTime<Utc>,
}

impl Preview {
    /// Everybody who gets a letter.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.promotions
            .iter()
            .chain(&self.offers)
            .chain(&self.waitlist)
            .chain(&self.rejections)
            .chain(&self.ineligible)
    }

    /// Letters by kind: in English, in Chinese.
    #[must_use]
    pub fn letters(&self) -> BTreeMap<&'static str, (usize, usize)> {
        let mut counts = BTreeMap::new();
        for line in self.lines() {
            let (en, zh) = counts.entry(line.letter).or_default();
            *line.lang.pick(en, zh) += 1;
        }
        counts
    }

    /// Decisions that it releases.
    #[must_use]
    pub fn decisions(&self) -> usize {
        self.offers.len() + self.waitlist.len() + self.rejections.len() + self.ineligible.len()
    }
}

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

/// Everything that plan and preview are made of.
struct Prepared {
    plan: WholePlan,
    waiting: Vec<Entry>,
    applications: BTreeMap<ApplicationId, Application>,
    recipients: BTreeMap<PersonId, Recipient>,
}

/// Shows what [`release`] would do now with all pending decisions, or with those of `only`.
/// Changes nothing and locks nothing.
///
/// # Errors
/// [`ReleaseRefusal`].
pub fn preview_release(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    only: Option<&[ApplicationId]>,
) -> Result<Preview> {
    let cohort = cohorts::find(conn, staff)?;
    let begins = release_begins(cohort.state()?)?;
    let pools = cohorts::pools(conn, staff)?;
    let pending = wanted(queries::pending(conn, cohort.id)?, only);
    let waiting = queries::waiting(conn, cohort.id)?;
    let now = db::now(conn)?;
    let ids = everybody(&pending, &waiting);
    let applications = queries::applications(conn, cohort.id, &ids)?;
    let prepared = prepare(
        conn,
        &cohort,
        &pools,
        (applications, &pending, waiting),
        now,
    )?;
    // A promotion's deadline counts from now; a release's is what the letters of this plan say.
    let offers_end = super::floor::expiry(&cohort, now, true);
    preview(cohort, &pools, &prepared, begins, offers_end)
}

fn wanted(pending: Vec<ApplicationId>, only: Option<&[ApplicationId]>) -> Vec<ApplicationId> {
    pending
        .into_iter()
        .filter(|id| only.is_none_or(|only| only.contains(id)))
        .collect()
}

fn everybody(pending: &[ApplicationId], waiting: &[Entry]) -> Vec<ApplicationId> {
    let waiting = waiting.iter().map(|entry| entry.application);
    pending.iter().copied().chain(waiting).collect()
}

fn prepare(
    conn: &mut Conn<'_>,
    cohort: &Cohort,
    pools: &[PoolRow],
    (applications, pending, waiting): (Vec<Application>, &[ApplicationId], Vec<Entry>),
    now: DateTime<Utc>,
) -> Result<Prepared> {
    let mut candidates = Vec::new();
    for application in applications.iter().filter(|it| pending.contains(&it.id)) {
        candidates.extend(application.candidate()?);
    }
    let last_rank = queries::last_rank(conn, cohort.id)?;
    let pools = queries::rule_pools(pools)?;
    let plan = plan_whole(&pools, &waiting, &candidates, last_rank, now)?;
    let persons: Vec<PersonId> = applications.iter().map(|it| it.person_id).collect();
    Ok(Prepared {
        plan,
        waiting,
        recipients: accounts::recipients(conn, &persons)?,
        applications: applications.into_iter().map(|it| (it.id, it)).collect(),
    })
}

impl Prepared {
    fn application(&self, id: ApplicationId) -> Result<&Application> {
        let found = self.applications.get(&id);
        found.ok_or_else(|| Error::Internal(format!("{id} is planned and was not read")))
    }

    fn line(&self, id: ApplicationId, letter: &'static str) -> Result<Line> {
        let application = self.application(id)?;
        let recipient = self.recipients.get(&application.person_id);
        Ok(Line {
            application: id,
            reference: application.reference.clone(),
            name: application.name_shown.clone(),
            lang: recipient.map(|it| it.lang).unwrap_or_default(),
            letter,
            pool: None,
            rank: None,
            place: None,
            accepted_without_seat: false,
            score_milli: application.score_milli,
            reason: None,
        })
    }

    /// How many still wait from before.
    fn still_waiting(&self) -> usize {
        self.waiting
            .len()
            .saturating_sub(self.plan.promotions.len())
    }
}

fn preview(
    cohort: Cohort,
    pools: &[PoolRow],
    prepared: &Prepared,
    begins: bool,
    offers_end: DateTime<Utc>,
) -> Result<Preview> {
    let plan = &prepared.plan;
    let offered = |(id, pool): &(ApplicationId, PoolId), letter| -> Result<Line> {
        let entry = prepared.waiting.iter().find(|it| it.application == *id);
        Ok(Line {
            pool: Some(*pool),
            rank: entry.map(|it| it.rank),
            ..prepared.line(*id, letter)?
        })
    };
    let before = prepared.still_waiting();
    let waits = |(n, planned): (usize, &PlannedEntry)| -> Result<Line> {
        Ok(Line {
            rank: Some(planned.entry.rank),
            place: Some(before + n),
            accepted_without_seat: planned.accepted_without_seat,
            ..prepared.line(planned.entry.application, "decision_waitlisted")?
        })
    };
    let ineligible = |id: &ApplicationId| -> Result<Line> {
        Ok(Line {
            reason: prepared.application(*id)?.decision_reason.clone(),
            ..prepared.line(*id, "decision_ineligible")?
        })
    };
    let release = &plan.release;
    let collect = |lines: &mut dyn Iterator<Item = Result<Line>>| lines.collect::<Result<Vec<_>>>();
    let mut it = Preview {
        begins,
        fingerprint: String::new(),
        promotions: collect(
            &mut plan
                .promotions
                .iter()
                .map(|it| offered(it, "offer_promoted")),
        )?,
        offers: collect(&mut release.offers.iter().map(|it| offered(it, "offer_made")))?,
        waitlist: collect(&mut (1..).zip(&release.waitlist).map(waits))?,
        rejections: collect(
            &mut release
                .rejections
                .iter()
                .map(|id| prepared.line(*id, "decision_rejected")),
        )?,
        ineligible: collect(&mut release.ineligible.iter().map(ineligible))?,
        movements: movements(pools, plan),
        shortfall: release.shortfall,
        offers_end,
        cohort,
    };
    it.fingerprint = fingerprint(&it);
    Ok(it)
}

fn movements(pools: &[PoolRow], plan: &WholePlan) -> Vec<Movement> {
    pools
        .iter()
        .filter_map(|pool| {
            let after = plan.after.iter().find(|it| it.id == pool.id)?;
            let given = plan.given_back.iter().find(|(id, _)| *id == pool.id);
            Some(Movement {
                pool: pool.clone(),
                after: *after,
                gives_back: given.map_or(0, |(_, seats)| *seats),
            })
        })
        .collect()
}

/// A digest of all that a preview shows; the order of the pools does not count.
fn fingerprint(preview: &Preview) -> String {
    let line = |line: &Line| {
        json!([
            line.application,
            line.letter,
            line.lang.tag(),
            line.pool,
            line.rank,
            line.place,
            line.accepted_without_seat,
            line.reason
        ])
    };
    let mut pools: Vec<_> = preview
        .movements
        .iter()
        .map(|it| {
            let seats = it.after.seats;
            (
                it.pool.id,
                [seats.capacity(), seats.offered(), seats.taken()],
                it.gives_back,
            )
        })
        .collect();
    pools.sort_unstable();
    let all = json!({
        "lines": preview.lines().map(line).collect::<Vec<_>>(),
        "pools": pools,
        "end": preview.offers_end,
        "begins": preview.begins,
    });
    URL_SAFE_NO_PAD.encode(Sha256::digest(all.to_string().as_bytes()))
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
    for (id, pool) in &plan.release.offers {
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
