//! What a desk shows and hides.

use banyan::cohorts::rules::CohortState;
use banyan::desks::rules::{
    CallState, Cell, Counts, Need, When, call_state, funnel, length, needs, parts, percent,
};
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn when(state: CohortState) -> When {
    When {
        state,
        opens_at: at("2026-10-12T01:00:00Z"),
        closes_at: at("2026-11-30T15:59:59Z"),
        decisions_on: "2027-01-08".parse().unwrap(),
        starts_on: "2027-02-22".parse().unwrap(),
    }
}

#[test]
fn counts_of_one_to_four_are_not_shown_and_zero_is() {
    let cells = [0, 1, 4, 5, 200].map(Cell::of);
    let wanted = [
        Cell::Shown(0),
        Cell::Small,
        Cell::Small,
        Cell::Shown(5),
        Cell::Shown(200),
    ];
    assert_eq!(cells, wanted);
}

#[test]
fn a_total_never_gives_a_single_hidden_part_away() {
    let table: &[(&[i64], &[Cell])] = &[
        (
            &[3, 12, 15],
            &[Cell::Small, Cell::Withheld, Cell::Shown(15)],
        ),
        (&[3, 2, 15], &[Cell::Small, Cell::Small, Cell::Shown(15)]),
        (&[0, 3, 27], &[Cell::Shown(0), Cell::Small, Cell::Withheld]),
        (&[10, 10, 10], &[Cell::Shown(10); 3]),
        (&[0, 0, 3], &[Cell::Shown(0), Cell::Shown(0), Cell::Small]),
    ];
    for (counts, wanted) in table {
        assert_eq!(&parts(counts), wanted, "{counts:?}");
    }
}

#[test]
fn a_funnel_hides_a_step_that_lost_fewer_than_five() {
    let shown = funnel(&[100, 98, 60, 60, 58, 3]);
    let wanted = vec![
        Cell::Shown(100),
        Cell::Withheld,
        Cell::Shown(60),
        Cell::Shown(60),
        Cell::Withheld,
        Cell::Small,
    ];
    assert_eq!(shown, wanted);
}

proptest! {
    #![proptest_config(Config { rng_seed: RngSeed::Fixed(27), failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_shown_part_is_small_and_hidden_parts_are_never_alone_beside_others(counts in prop::collection::vec(0_i64..40, 3)) {
        let cells = parts(&counts);
        let hidden = cells.iter().filter(|c| c.count().is_none()).count();
        for cell in &cells {
            if let Some(n) = cell.count() {
                prop_assert!(n == 0 || n >= 5);
            }
        }
        let others = counts.iter().filter(|n| **n > 0).count();
        prop_assert!(hidden != 1 || others == 1);
    }

    #[test]
    fn neighbouring_shown_steps_of_a_funnel_differ_by_none_or_by_five(mut counts in prop::collection::vec(0_i64..60, 6)) {
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let shown: Vec<i64> = funnel(&counts).iter().filter_map(|c| c.count()).collect();
        for pair in shown.windows(2) {
            let lost = pair[0] - pair[1];
            prop_assert!(lost == 0 || lost >= 5);
        }
    }
}

#[test]
fn lengths_are_tenths_of_a_percent_and_never_leave_the_bar() {
    let table = [
        (0, 30, "0%"),
        (15, 30, "50%"),
        (1, 3, "33.3%"),
        (30, 30, "100%"),
        (40, 30, "100%"),
        (5, 0, "100%"),
        (-1, 10, "0%"),
    ];
    for (part, whole, wanted) in table {
        assert_eq!(length(part, whole), wanted, "{part} of {whole}");
    }
}

#[test]
fn no_percentage_of_fewer_than_ten() {
    assert_eq!(percent(3, 9), None);
    assert_eq!(percent(1, 10), Some(10));
    assert_eq!(percent(2, 3 * 5), Some(13));
}

#[test]
fn a_call_is_what_its_state_and_the_clock_say() {
    let (opens, closes) = (at("2026-10-12T01:00:00Z"), at("2026-11-30T15:59:59Z"));
    let table = [
        (CohortState::Planned, opens, CallState::NotYetOpen),
        (
            CohortState::Open,
            opens - Duration::seconds(1),
            CallState::NotYetOpen,
        ),
        (CohortState::Open, opens, CallState::Open),
        (
            CohortState::Open,
            closes - Duration::seconds(1),
            CallState::Open,
        ),
        (CohortState::Open, closes, CallState::Closed),
        (CohortState::Reviewing, opens, CallState::Closed),
        (CohortState::Archived, opens, CallState::Closed),
        (CohortState::Cancelled, opens, CallState::Cancelled),
    ];
    for (state, now, wanted) in table {
        assert_eq!(
            call_state(state, opens, closes, now),
            wanted,
            "{state:?} {now}"
        );
    }
}

#[test]
fn nothing_needs_anybody_in_a_quiet_cohort() {
    for state in CohortState::ALL {
        let quiet = needs(
            &when(*state),
            &Counts::default(),
            at("2026-10-01T00:00:00Z"),
        );
        assert_eq!(quiet, vec![], "{state:?}");
    }
}

#[test]
fn what_needs_somebody_depends_on_state_counts_and_day() {
    let counts = Counts {
        unassigned: 4,
        reviews_open: 9,
        pending: 2,
        expiring: 1,
        falling: 3,
        waiting_beside_free: 5,
    };
    let table = [
        (
            CohortState::Planned,
            "2026-10-12T01:00:00Z",
            vec![
                Need::OpenCall,
                Need::WaitingBesideFree,
                Need::OffersExpiring,
                Need::Unreleased,
                Need::HoldsEnding,
            ],
        ),
        (
            CohortState::Open,
            "2026-11-24T00:00:00Z",
            vec![
                Need::WaitingBesideFree,
                Need::OffersExpiring,
                Need::Unreleased,
                Need::NoReviewer,
                Need::HoldsEnding,
                Need::ClosesSoon,
            ],
        ),
        (
            CohortState::Open,
            "2026-11-30T15:59:59Z",
            vec![
                Need::BeginReview,
                Need::WaitingBesideFree,
                Need::OffersExpiring,
                Need::Unreleased,
                Need::NoReviewer,
                Need::HoldsEnding,
            ],
        ),
        (
            CohortState::Reviewing,
            "2026-12-31T16:00:00Z",
            vec![
                Need::WaitingBesideFree,
                Need::OffersExpiring,
                Need::ReviewsOverdue,
                Need::Unreleased,
                Need::NoReviewer,
                Need::HoldsEnding,
            ],
        ),
        (
            CohortState::Offering,
            "2027-02-21T16:00:00Z",
            vec![
                Need::StartCohort,
                Need::WaitingBesideFree,
                Need::OffersExpiring,
                Need::ReviewsOverdue,
                Need::Unreleased,
                Need::NoReviewer,
                Need::HoldsEnding,
            ],
        ),
    ];
    for (state, now, wanted) in table {
        let found: Vec<Need> = needs(&when(state), &counts, at(now))
            .into_iter()
            .map(|(need, _)| need)
            .collect();
        assert_eq!(found, wanted, "{state:?} {now}");
    }
}
