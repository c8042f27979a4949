//! Who gets which seat: promotions from the waitlist, and the preview of a release. Both are
//! plans: they change nothing, are the same for the same input in any order, and are what the
//! action then does.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::applications::rules::Decision;
use crate::cohorts::rules::seats::{Pool, PoolKind, SeatRefusal, due_to_release, give_back};
use crate::ids::{ApplicationId, OrganisationId, PoolId};
use crate::reviews::rules::Score;

/// A place on the waitlist: one per application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who waits.
    pub application: ApplicationId,
    /// The place; lower is sooner.
    pub rank: i32,
    /// The pools that fit, the preferred first.
    pub pools: Vec<PoolId>,
}

/// The pools that fit somebody of these organisations (university, employer): first the pools
/// held for them, so that open seats stay for everybody, then the open ones; each in the given order.
pub fn fitting(organisations: &[OrganisationId], pools: &[Pool]) -> Vec<PoolId> {
    let held = |pool: &&Pool| match pool.kind {
        PoolKind::Held { organisation: _ } => pool.kind.fits(organisations),
        PoolKind::Open => false,
    };
    let open = |pool: &&Pool| pool.kind == PoolKind::Open;
    let first = pools.iter().filter(held);
    first
        .chain(pools.iter().filter(open))
        .map(|pool| pool.id)
        .collect()
}

/// Who is next for a seat of this pool: the lowest rank whose list has it. Equal ranks (which the
/// database refuses) fall to the older application.
pub fn next_for(pool: PoolId, entries: &[Entry]) -> Option<&Entry> {
    entries
        .iter()
        .filter(|entry| entry.pools.contains(&pool))
        .min_by_key(|entry| (entry.rank, entry.application))
}

/// Free seats that a plan hands out one by one.
struct Free(BTreeMap<PoolId, i32>);

impl Free {
    fn of(pools: &[Pool]) -> Self {
        Self(
            pools
                .iter()
                .map(|pool| (pool.id, pool.seats.free()))
                .collect(),
        )
    }

    /// Takes a seat of the first listed pool that has one.
    fn take(&mut self, pools: &[PoolId]) -> Option<PoolId> {
        pools
            .iter()
            .copied()
            .find(|pool| match self.0.get_mut(pool) {
                Some(free) if *free > 0 => {
                    *free -= 1;
                    true
                }
                Some(_) | None => false,
            })
    }
}

/// Fills every free seat from the waitlist: in rank order, each takes the first of their pools
/// that still has a free seat.
///
/// Afterwards no seat is free for which somebody waits, nobody has passed somebody of a lower rank
/// who waits for the same pool, and planning again promotes nobody. Give held seats that are due
/// back to the open pool first (`cohorts::rules::seats::due_to_release`).
pub fn plan_promotions(pools: &[Pool], entries: &[Entry]) -> Vec<(ApplicationId, PoolId)> {
    let mut free = Free::of(pools);
    let mut seen = BTreeSet::new();
    let mut in_order: Vec<&Entry> = entries.iter().collect();
    in_order.sort_by_key(|entry| (entry.rank, entry.application));
    in_order
        .into_iter()
        .filter(|entry| seen.insert(entry.application))
        .filter_map(|entry| {
            free.take(&entry.pools)
                .map(|pool| (entry.application, pool))
        })
        .collect()
}

/// An application with a pending decision, as a release sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub application: ApplicationId,
    /// The pending decision.
    pub decision: Decision,
    /// The reviewers' average; without reviews the candidate comes after those with.
    pub score: Option<Score>,
    /// When it was submitted: among equal scores the earlier comes first.
    pub submitted_at: DateTime<Utc>,
    /// The applicant's university and employer.
    pub organisations: Vec<OrganisationId>,
}

/// A place on the waitlist that a release would make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedEntry {
    /// The entry.
    pub entry: Entry,
    /// Was the decision "accept", with no seat free? The preview shows these to staff.
    pub accepted_without_seat: bool,
}

/// What a release would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleasePlan {
    /// Offers with the pools whose seats they hold, best first.
    pub offers: Vec<(ApplicationId, PoolId)>,
    /// Decided "waitlist", but a seat that fits is free: an offer at once, since nobody waits for a
    /// free seat. The preview says so before it happens.
    pub seated: Vec<(ApplicationId, PoolId)>,
    /// New places on the waitlist in rank order.
    pub waitlist: Vec<PlannedEntry>,
    /// Told "not selected".
    pub rejections: Vec<ApplicationId>,
    /// Told "not eligible".
    pub ineligible: Vec<ApplicationId>,
    /// Accepted applications for which no seat is free; they are in `waitlist`.
    pub shortfall: usize,
}

/// Plans a release. `last_rank` is the highest rank on the cohort's waitlist, 0 if it is empty:
/// new places come after the old ones.
///
/// Best score first, each accepted applicant takes a seat held for their organisation if one is
/// free, otherwise an open one. Seats that are then still free go, in the same order, to those
/// decided "waitlist" whom they fit: afterwards nobody waits for a seat that is free. Accepted
/// applicants without a seat lead the new places of the waitlist; those decided "waitlist" follow.
pub fn plan_release(candidates: &[Candidate], pools: &[Pool], last_rank: i32) -> ReleasePlan {
    let mut in_order: Vec<&Candidate> = candidates.iter().collect();
    in_order.sort_by(|a, b| {
        b.score
            .cmp(&a.score)
            .then(a.submitted_at.cmp(&b.submitted_at))
            .then(a.application.cmp(&b.application))
    });
    let mut free = Free::of(pools);
    let mut plan = ReleasePlan::default();
    let (mut seatless, mut waiting) = (Vec::new(), Vec::new());
    for candidate in in_order {
        let application = candidate.application;
        let pools = fitting(&candidate.organisations, pools);
        match candidate.decision {
            Decision::Accept => match free.take(&pools) {
                Some(pool) => plan.offers.push((application, pool)),
                None => seatless.push((application, pools, true)),
            },
            Decision::Waitlist => waiting.push((application, pools, false)),
            Decision::Reject => plan.rejections.push(application),
            Decision::Ineligible => plan.ineligible.push(application),
        }
    }
    plan.shortfall = seatless.len();
    waiting.retain(|(application, pools, _)| match free.take(pools) {
        Some(pool) => {
            plan.seated.push((*application, pool));
            false
        }
        None => true,
    });
    let places = seatless.into_iter().chain(waiting);
    let ranks = (1..).map(|step: i32| last_rank.saturating_add(step));
    plan.waitlist = ranks
        .zip(places)
        .map(
            |(rank, (application, pools, accepted_without_seat))| PlannedEntry {
                entry: Entry {
                    application,
                    rank,
                    pools,
                },
                accepted_without_seat,
            },
        )
        .collect();
    plan
}

/// Everything that happens to a cohort's seats in one go: first unused held seats whose hold has
/// ended go to the open pool, then the waitlist moves up, then the candidates get theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WholePlan {
    /// Held pools and how many of their seats go to the open pool.
    pub given_back: Vec<(PoolId, i32)>,
    /// Who is promoted from the waitlist to a seat of which pool.
    pub promotions: Vec<(ApplicationId, PoolId)>,
    /// The release itself.
    pub release: ReleasePlan,
    /// The pools afterwards, in the given order.
    pub after: Vec<Pool>,
}

/// Plans it at `now`; with no candidates it is what fills free seats. Seats go back only where the
/// cohort has an open pool.
pub fn plan_whole(
    pools: &[Pool],
    waiting: &[Entry],
    candidates: &[Candidate],
    last_rank: i32,
    now: DateTime<Utc>,
) -> Result<WholePlan, SeatRefusal> {
    let mut after = pools.to_vec();
    let given_back = end_holds(&mut after, now)?;
    let promotions = plan_promotions(&after, waiting);
    issue(&mut after, &promotions)?;
    let release = plan_release(candidates, &after, last_rank);
    issue(&mut after, &release.offers)?;
    issue(&mut after, &release.seated)?;
    Ok(WholePlan {
        given_back,
        promotions,
        release,
        after,
    })
}

/// Gives the unused seats of ended holds back to the open pool.
fn end_holds(pools: &mut [Pool], now: DateTime<Utc>) -> Result<Vec<(PoolId, i32)>, SeatRefusal> {
    let Some(at) = pools.iter().position(|pool| pool.kind == PoolKind::Open) else {
        return Ok(Vec::new());
    };
    let mut given = Vec::new();
    for held in 0..pools.len() {
        let (Some(from), Some(open)) = (pools.get(held).copied(), pools.get(at).copied()) else {
            continue;
        };
        let due = due_to_release(&from, now);
        if due > 0 {
            let (less, more) = give_back(&from, &open, due)?;
            given.push((from.id, due));
            for pool in pools.iter_mut() {
                if pool.id == less.id {
                    *pool = less;
                } else if pool.id == more.id {
                    *pool = more;
                }
            }
        }
    }
    Ok(given)
}

/// Each of these takes a seat of its pool.
fn issue(pools: &mut [Pool], taken: &[(ApplicationId, PoolId)]) -> Result<(), SeatRefusal> {
    for (_, wanted) in taken {
        for pool in pools.iter_mut().filter(|pool| pool.id == *wanted) {
            pool.seats = pool.seats.issue()?;
        }
    }
    Ok(())
}
