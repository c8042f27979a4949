//! Who gets which seat.

use std::collections::BTreeSet;

use banyan::applications::rules::Decision;
use banyan::cohorts::rules::seats::{Pool, PoolKind, Seats};
use banyan::ids::{ApplicationId, OrganisationId, PoolId};
use banyan::offers::rules::plan::{
    Candidate, Entry, fitting, next_for, plan_promotions, plan_release,
};
use banyan::reviews::rules::Score;
use chrono::Duration;
use proptest::prelude::*;

use crate::support::tables::{at, seeded};

fn id(n: usize) -> uuid::Uuid {
    uuid::Uuid::from_u128(u128::try_from(n).unwrap())
}
fn app(n: usize) -> ApplicationId {
    ApplicationId(id(n))
}
fn pool_id(n: usize) -> PoolId {
    PoolId(id(n))
}
fn org(n: usize) -> OrganisationId {
    OrganisationId(id(n))
}

/// Pool `n` with `free` free seats: pool 0 is open, pool `n` is held for organisation `n`.
fn pool(n: usize, free: i32) -> Pool {
    let kind = if n == 0 {
        PoolKind::Open
    } else {
        PoolKind::Held {
            organisation: org(n),
        }
    };
    let seats = Seats::from_counts(free + 3, 2, 1).unwrap();
    Pool {
        id: pool_id(n),
        kind,
        seats,
        held_until: None,
    }
}

fn entry(application: usize, rank: i32, pools: &[usize]) -> Entry {
    Entry {
        application: app(application),
        rank,
        pools: pools.iter().copied().map(pool_id).collect(),
    }
}

fn pairs(plan: &[(usize, usize)]) -> Vec<(ApplicationId, PoolId)> {
    plan.iter().map(|(a, p)| (app(*a), pool_id(*p))).collect()
}

#[test]
fn an_open_pool_fits_everybody_and_a_held_one_its_organisation_first() {
    let pools = [pool(0, 1), pool(1, 1), pool(2, 1)];
    for (organisations, expected) in [
        (vec![], vec![0]),
        (vec![1], vec![1, 0]),
        (vec![2, 1], vec![1, 2, 0]),
        (vec![3], vec![0]),
    ] {
        let organisations: Vec<_> = organisations.into_iter().map(org).collect();
        let expected: Vec<_> = expected.into_iter().map(pool_id).collect();
        assert_eq!(fitting(&organisations, &pools), expected);
    }
}

#[test]
fn the_next_for_a_seat_is_the_lowest_rank_that_fits_its_pool() {
    let entries = [
        entry(1, 3, &[1, 0]),
        entry(2, 1, &[0]),
        entry(3, 2, &[1, 0]),
    ];
    assert_eq!(
        next_for(pool_id(0), &entries).map(|it| it.application),
        Some(app(2))
    );
    assert_eq!(
        next_for(pool_id(1), &entries).map(|it| it.application),
        Some(app(3))
    );
    assert_eq!(next_for(pool_id(2), &entries), None);
}

#[test]
fn promotions_fill_free_seats_in_rank_order() {
    let entries = [
        entry(1, 4, &[0]),
        entry(2, 1, &[0]),
        entry(3, 2, &[1, 0]),
        entry(4, 3, &[1, 0]),
    ];
    let pools = [pool(0, 2), pool(1, 1)];
    assert_eq!(
        plan_promotions(&pools, &entries),
        pairs(&[(2, 0), (3, 1), (4, 0)])
    );
    assert_eq!(plan_promotions(&[pool(0, 0)], &entries), vec![]);
    assert_eq!(plan_promotions(&pools, &[]), vec![]);
}

#[test]
fn a_freed_held_seat_skips_those_who_do_not_fit() {
    let entries = [entry(1, 1, &[0]), entry(2, 2, &[1, 0])];
    assert_eq!(
        plan_promotions(&[pool(0, 0), pool(1, 1)], &entries),
        pairs(&[(2, 1)])
    );
}

#[test]
fn one_application_is_promoted_once() {
    let twice = [entry(1, 1, &[0]), entry(1, 2, &[0])];
    assert_eq!(plan_promotions(&[pool(0, 5)], &twice), pairs(&[(1, 0)]));
}

fn candidate(
    n: usize,
    decision: Decision,
    points: Option<i64>,
    organisations: &[usize],
) -> Candidate {
    Candidate {
        application: app(n),
        decision,
        score: points.map(|it| Score::new(it, 10)),
        submitted_at: at("2026-11-01T00:00:00Z") - Duration::minutes(i64::try_from(n).unwrap()),
        organisations: organisations.iter().copied().map(org).collect(),
    }
}

#[test]
fn a_release_gives_held_seats_first_and_puts_the_seatless_on_top_of_the_new_waitlist() {
    use Decision::{Accept, Ineligible, Reject, Waitlist};
    let candidates = [
        candidate(1, Waitlist, Some(30), &[]),
        candidate(2, Accept, Some(40), &[]),
        candidate(3, Accept, Some(50), &[1]),
        candidate(4, Accept, Some(45), &[1]),
        candidate(5, Accept, Some(35), &[]),
        candidate(6, Reject, Some(20), &[]),
        candidate(7, Ineligible, None, &[]),
        candidate(8, Waitlist, Some(49), &[1]),
        candidate(9, Accept, None, &[]),
    ];
    let plan = plan_release(&candidates, &[pool(0, 2), pool(1, 1)], 6);
    assert_eq!(plan.offers, pairs(&[(3, 1), (4, 0), (2, 0)]));
    let waitlist: Vec<_> = plan
        .waitlist
        .iter()
        .map(|it| (it.entry.clone(), it.accepted_without_seat))
        .collect();
    assert_eq!(
        waitlist,
        [
            (entry(5, 7, &[0]), true),
            (entry(9, 8, &[0]), true),
            (entry(8, 9, &[1, 0]), false),
            (entry(1, 10, &[0]), false),
        ]
    );
    assert_eq!(plan.shortfall, 2);
    assert_eq!(plan.rejections, [app(6)]);
    assert_eq!(plan.ineligible, [app(7)]);
}

#[test]
fn a_release_lets_nobody_wait_for_a_seat_that_is_free() {
    use Decision::{Accept, Waitlist};
    let candidates = [
        candidate(1, Accept, Some(50), &[]),
        candidate(2, Waitlist, Some(30), &[1]),
        candidate(3, Waitlist, Some(40), &[1]),
        candidate(4, Waitlist, Some(45), &[]),
    ];
    let plan = plan_release(&candidates, &[pool(0, 1), pool(1, 1)], 0);
    assert_eq!(plan.offers, pairs(&[(1, 0)]));
    assert_eq!(plan.seated, pairs(&[(3, 1)]), "the best whom the seat fits");
    let waitlist: Vec<_> = plan.waitlist.iter().map(|it| it.entry.clone()).collect();
    assert_eq!(waitlist, [entry(4, 1, &[0]), entry(2, 2, &[1, 0])]);
}

#[test]
fn equal_scores_fall_to_the_earlier_submission() {
    let candidates = [
        candidate(1, Decision::Accept, Some(40), &[]),
        candidate(2, Decision::Accept, Some(40), &[]),
    ];
    let plan = plan_release(&candidates, &[pool(0, 1)], 0);
    assert_eq!(
        plan.offers,
        pairs(&[(2, 0)]),
        "2 was submitted a minute before 1"
    );
    assert_eq!(plan.waitlist.first().map(|it| it.entry.rank), Some(1));
}

/// Up to four pools and a waitlist with distinct ranks in some order.
fn situation() -> impl Strategy<Value = (Vec<Pool>, Vec<Entry>)> {
    let pools = proptest::collection::vec(0..4_i32, 1..5);
    let lists = proptest::collection::vec(
        proptest::sample::subsequence(vec![0_usize, 1, 2, 3], 0..=4).prop_shuffle(),
        0..15,
    );
    (pools, lists.prop_shuffle()).prop_map(|(free, lists)| {
        let pools = free
            .into_iter()
            .enumerate()
            .map(|(n, free)| pool(n, free))
            .collect();
        let entries = lists
            .into_iter()
            .enumerate()
            .map(|(n, list)| entry(n, i32::try_from((n * 7) % 16).unwrap(), &list))
            .collect();
        (pools, entries)
    })
}

/// The pools and the waitlist after a plan was carried out.
fn carried_out(
    pools: &[Pool],
    entries: &[Entry],
    plan: &[(ApplicationId, PoolId)],
) -> (Vec<Pool>, Vec<Entry>) {
    let mut pools = pools.to_vec();
    for (_, to) in plan {
        let pool = pools.iter_mut().find(|it| it.id == *to).unwrap();
        pool.seats = pool.seats.issue().unwrap();
    }
    let promoted: BTreeSet<_> = plan.iter().map(|(who, _)| *who).collect();
    let waiting = entries
        .iter()
        .filter(|it| !promoted.contains(&it.application))
        .cloned()
        .collect();
    (pools, waiting)
}

proptest! {
    #![proptest_config(seeded(10_000, 3_000))]

    #[test]
    fn no_seat_stays_free_while_somebody_who_fits_it_waits((pools, entries) in situation()) {
        let plan = plan_promotions(&pools, &entries);
        let (pools, waiting) = carried_out(&pools, &entries, &plan);
        for pool in pools.iter().filter(|it| it.seats.free() > 0) {
            prop_assert_eq!(next_for(pool.id, &waiting), None);
        }
        prop_assert_eq!(plan_promotions(&pools, &waiting), vec![], "planning again promotes nobody");
    }

    #[test]
    fn nobody_passes_a_lower_rank_that_waits_for_the_same_pool((pools, entries) in situation()) {
        let plan = plan_promotions(&pools, &entries);
        let (_, waiting) = carried_out(&pools, &entries, &plan);
        for (who, pool) in &plan {
            let promoted = entries.iter().find(|it| it.application == *who).unwrap();
            prop_assert!(promoted.pools.contains(pool), "a seat that fits");
            if let Some(first) = next_for(*pool, &waiting) {
                prop_assert!(promoted.rank < first.rank);
            }
        }
    }

    #[test]
    fn the_plan_does_not_depend_on_the_order_of_its_input((pools, entries) in situation()) {
        let backwards: Vec<_> = entries.iter().rev().cloned().collect();
        let pools_backwards: Vec<_> = pools.iter().rev().copied().collect();
        prop_assert_eq!(plan_promotions(&pools, &entries), plan_promotions(&pools_backwards, &backwards));
    }

    #[test]
    fn a_release_oversells_nothing_and_forgets_nobody(
        free in proptest::collection::vec(0..4_i32, 1..4),
        people in proptest::collection::vec((0..4_usize, proptest::option::of(10..50_i64), 0..4_usize), 0..20),
        last_rank in 0..10_i32,
    ) {
        let pools: Vec<_> = free.into_iter().enumerate().map(|(n, free)| pool(n, free)).collect();
        let candidates: Vec<_> = people
            .into_iter()
            .enumerate()
            .map(|(n, (d, points, o))| candidate(n, *Decision::ALL.get(d).unwrap(), points, &[o]))
            .collect();
        let plan = plan_release(&candidates, &pools, last_rank);
        let told: Vec<_> = plan.offers.iter().chain(&plan.seated).map(|it| it.0)
            .chain(plan.waitlist.iter().map(|it| it.entry.application))
            .chain(plan.rejections.iter().copied())
            .chain(plan.ineligible.iter().copied())
            .collect();
        prop_assert_eq!(told.len(), candidates.len());
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>().len(), candidates.len());
        for (step, place) in (1..).zip(&plan.waitlist) {
            prop_assert_eq!(place.entry.rank, last_rank + step);
        }
        let seatless = plan.waitlist.iter().filter(|it| it.accepted_without_seat).count();
        prop_assert_eq!(seatless, plan.shortfall);
        prop_assert!(plan.waitlist.iter().take(seatless).all(|it| it.accepted_without_seat));
        // Carrying it out sells no seat twice (`issue` would refuse), and leaves none free for
        // anybody who waits.
        let seats: Vec<_> = plan.offers.iter().chain(&plan.seated).copied().collect();
        let (after, _) = carried_out(&pools, &[], &seats);
        for place in &plan.waitlist {
            for fit in &place.entry.pools {
                prop_assert_eq!(after.iter().find(|it| it.id == *fit).unwrap().seats.free(), 0);
            }
        }
        let backwards: Vec<_> = candidates.iter().rev().cloned().collect();
        prop_assert_eq!(plan_release(&backwards, &pools, last_rank), plan);
    }
}
