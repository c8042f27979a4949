//! What a release would do, as the page shows it before anybody is told.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::access::CohortStaff;
use crate::cohorts::queries::{self as cohorts, Cohort, PoolRow};
use crate::cohorts::rules::seats::Pool;
use crate::db::{self, Conn};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, PersonId, PoolId};
use crate::lang::Lang;
use crate::mail::outbox::Recipient;
use crate::offers::queries::{self, Application};
use crate::offers::rules::plan::{Entry, PlannedEntry, WholePlan, plan_whole};
use crate::offers::rules::release_begins;
use crate::people::accounts;

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
    /// Decided "waitlist", but a seat is free: an offer at once.
    pub seat_was_free: bool,
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

/// Everything that plan and preview are made of.
pub(super) struct Prepared {
    pub(super) plan: WholePlan,
    pub(super) waiting: Vec<Entry>,
    applications: BTreeMap<ApplicationId, Application>,
    pub(super) recipients: BTreeMap<PersonId, Recipient>,
}

/// Shows what `release` would do now with all pending decisions, or with those of `only`.
/// Changes nothing and locks nothing.
///
/// # Errors
/// `ReleaseRefusal`.
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

pub(super) fn wanted(
    pending: Vec<ApplicationId>,
    only: Option<&[ApplicationId]>,
) -> Vec<ApplicationId> {
    pending
        .into_iter()
        .filter(|id| only.is_none_or(|only| only.contains(id)))
        .collect()
}

pub(super) fn everybody(pending: &[ApplicationId], waiting: &[Entry]) -> Vec<ApplicationId> {
    let waiting = waiting.iter().map(|entry| entry.application);
    pending.iter().copied().chain(waiting).collect()
}

pub(super) fn prepare(
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
    pub(super) fn application(&self, id: ApplicationId) -> Result<&Application> {
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
            seat_was_free: false,
            score_milli: application.score_milli,
            reason: None,
        })
    }

    fn offered(&self, (id, pool): &(ApplicationId, PoolId), letter: &'static str) -> Result<Line> {
        let entry = self.waiting.iter().find(|it| it.application == *id);
        Ok(Line {
            pool: Some(*pool),
            rank: entry.map(|it| it.rank),
            ..self.line(*id, letter)?
        })
    }

    /// How many still wait from before.
    fn still_waiting(&self) -> usize {
        self.waiting
            .len()
            .saturating_sub(self.plan.promotions.len())
    }
}

pub(super) fn preview(
    cohort: Cohort,
    pools: &[PoolRow],
    prepared: &Prepared,
    begins: bool,
    offers_end: DateTime<Utc>,
) -> Result<Preview> {
    let plan = &prepared.plan;
    let made = |it| prepared.offered(it, "offer_made");
    let seated = |it| -> Result<Line> {
        Ok(Line {
            seat_was_free: true,
            ..made(it)?
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
                .map(|it| prepared.offered(it, "offer_promoted")),
        )?,
        offers: collect(
            &mut release
                .offers
                .iter()
                .map(made)
                .chain(release.seated.iter().map(seated)),
        )?,
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
            line.seat_was_free,
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
