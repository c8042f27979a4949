//! What a desk shows and hides.

use banyan::cohorts::rules::CohortState;
use banyan::desks::rules::{
    CallState, Cell, Counts, Need, SMALL, Standing, Sum, When, call_state, conceal, length, needs,
    percent,
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

/// A public whole in three parts.
const PARTS: &[Sum] = &[(0, &[1, 2, 3])];

fn parts(counts: [i64; 3]) -> Vec<Cell> {
    let figures = counts.map(|n| (Standing::Figure, n));
    let mut all = vec![(Standing::Public, counts.iter().sum())];
    all.extend(figures);
    conceal(&all, PARTS).split_off(1)
}

#[test]
fn a_total_never_gives_a_single_hidden_part_away() {
    let table: &[([i64; 3], &[Cell])] = &[
        ([3, 12, 15], &[Cell::Small, Cell::Withheld, Cell::Shown(15)]),
        ([3, 2, 15], &[Cell::Small, Cell::Small, Cell::Shown(15)]),
        ([0, 3, 27], &[Cell::Shown(0), Cell::Small, Cell::Withheld]),
        ([10, 10, 10], &[Cell::Shown(10); 3]),
        // Only a zero is left to be withheld.
        ([0, 0, 3], &[Cell::Withheld, Cell::Shown(0), Cell::Small]),
    ];
    for (counts, wanted) in table {
        assert_eq!(&parts(*counts), wanted, "{counts:?}");
    }
}

/// Steps of a funnel, and the loss between each and the next.
fn funnel(steps: [i64; 4]) -> Vec<Cell> {
    let mut counts: Vec<(Standing, i64)> = steps.map(|n| (Standing::Figure, n)).to_vec();
    counts.extend(
        steps
            .windows(2)
            .map(|pair| (Standing::Between, pair[0] - pair[1])),
    );
    conceal(&counts, &[(0, &[1, 4]), (1, &[2, 5]), (2, &[3, 6])])
}

#[test]
fn a_funnel_hides_a_step_that_lost_fewer_than_five() {
    let shown = funnel([100, 98, 60, 60]);
    assert_eq!(shown[1], Cell::Withheld, "two were lost");
    assert_eq!(shown[2..4], [Cell::Shown(60), Cell::Shown(60)]);
    assert_eq!(
        funnel([100, 60, 40, 20])[..4],
        [100, 60, 40, 20].map(Cell::Shown)
    );
    assert_eq!(funnel([100, 60, 40, 3])[3], Cell::Small);
}

#[test]
fn a_number_told_twice_is_hidden_twice() {
    // Seats taken are offers accepted: hiding one of them alone hides nothing.
    let counts = [
        (Standing::Figure, 28),
        (Standing::Figure, 28),
        (Standing::Figure, 30),
        (Standing::Between, 2),
    ];
    let cells = conceal(&counts, &[(0, &[1]), (2, &[1, 3])]);
    let told = |at: usize| cells[at].count().is_some();
    assert!(!told(2) || (!told(0) && !told(1)), "{cells:?}");
}

proptest! {
    #![proptest_config(Config { rng_seed: RngSeed::Fixed(27), failure_persistence: None, ..Config::default() })]

    /// A reader who knows the sums and all that is shown cannot tell a small number: there is a second
    /// solution in which it is another. All changes by at most one of each number are tried.
    #[test]
    fn every_small_number_could_be_another(open in 5_i64..30, enrolled in 0_i64..30, waiting in 0_i64..9, free in 0_i64..30) {
        let taken = enrolled + waiting;
        let values = [taken + open + free, taken, open, free, taken, enrolled, waiting];
        let standing = |at: usize| match at { 0 => Standing::Public, 6 => Standing::Between, _ => Standing::Figure };
        let counts: Vec<_> = values.iter().enumerate().map(|(at, n)| (standing(at), *n)).collect();
        let sums: &[Sum] = &[(0, &[1, 2, 3]), (1, &[4]), (4, &[5, 6])];
        let cells = conceal(&counts, sums);
        for (at, cell) in cells.iter().enumerate() {
            if let Some(n) = cell.count() {
                prop_assert!(standing(at) == Standing::Public || n == 0 || n >= SMALL);
            }
        }
        let changes = (0..3_usize.pow(7)).map(|code| -> Vec<i64> {
            (0..7).map(|at| i64::try_from(code / 3_usize.pow(at) % 3).unwrap() - 1).collect()
        });
        let fitting: Vec<Vec<i64>> = changes
            .filter(|by| cells.iter().zip(by).all(|(cell, by)| cell.count().is_none() || *by == 0))
            .filter(|by| sums.iter().all(|(whole, parts)| by[*whole] == parts.iter().map(|at| by[*at]).sum::<i64>()))
            .collect();
        for (at, cell) in cells.iter().enumerate() {
            let can_change = fitting.iter().any(|by| by[at] != 0);
            prop_assert!(*cell != Cell::Small || can_change, "{at} in {cells:?}");
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
        ..Counts::default()
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

#[test]
fn what_waits_in_learning_stands_on_the_desk_of_a_running_cohort() {
    let counts = Counts {
        apologies: 1,
        registers: 2,
        extensions: 3,
        appeals: 4,
        exemptions: 5,
        unmarked: 6,
        unreleased: 7,
        waiting_beside_free: 8,
        ..Counts::default()
    };
    let of = |state: CohortState| needs(&when(state), &counts, at("2027-03-01T00:00:00Z"));
    assert_eq!(
        of(CohortState::Running),
        [
            (Need::WaitingBesideFree, 8),
            (Need::Registers, 2),
            (Need::Unmarked, 6),
            (Need::Apologies, 1),
            (Need::Extensions, 3),
            (Need::Appeals, 4),
            (Need::Exemptions, 5),
            (Need::MarksUnreleased, 7),
        ]
    );
    // A cohort that is over waits for no seat; who appealed still waits for an answer.
    assert_eq!(
        of(CohortState::Completed),
        [(Need::Appeals, 4), (Need::MarksUnreleased, 7)]
    );
}
