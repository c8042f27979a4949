//! The planner's figures, which a steering committee will check by hand.

use banyan::programmes::rules::{Metric, Operator, Period, Plan, Rate, Target, required};
use proptest::prelude::*;

use crate::support::tables::seeded;

fn pilot() -> Target {
    Target {
        metric: Metric::Trained,
        operator: Operator::MoreThan,
        value: 200,
        period: Period::calendar_year(2027).unwrap(),
    }
}

fn percent(rate: i64) -> Rate {
    Rate::percent(rate).unwrap()
}

#[test]
fn more_than_200_takes_237_enrolments_and_316_offers_at_85_and_75_percent() {
    assert_eq!(
        required(&pilot(), percent(85), percent(75)),
        Plan {
            completions: 201,
            enrolments: 237,
            offers: 316
        }
    );
}

#[test]
fn the_planner_rounds_up_at_every_step() {
    for (completion, acceptance, enrolments, offers) in [
        (100, 100, 201, 201),
        (100, 75, 201, 268),
        (90, 80, 224, 280),
        (85, 100, 237, 237),
        (70, 50, 288, 576),
        (50, 50, 402, 804),
        (1, 1, 20_100, 2_010_000),
    ] {
        assert_eq!(
            required(&pilot(), percent(completion), percent(acceptance)),
            Plan {
                completions: 201,
                enrolments,
                offers
            },
            "{completion} % and {acceptance} %"
        );
    }
}

#[test]
fn the_enrolments_fill_six_to_eight_cohorts_of_forty_to_thirty() {
    let plan = required(&pilot(), percent(85), percent(75));
    assert_eq!(plan.cohorts(40), Some(6));
    assert_eq!(plan.cohorts(30), Some(8));
    assert_eq!(plan.cohorts(237), Some(1));
    assert_eq!(plan.cohorts(236), Some(2));
    assert_eq!(plan.cohorts(0), None);
}

#[test]
fn an_intake_target_does_not_depend_on_completion() {
    let intake = Target {
        metric: Metric::Enrolled,
        ..pilot()
    };
    assert_eq!(
        required(&intake, percent(50), percent(75)),
        Plan {
            completions: 201,
            enrolments: 201,
            offers: 268
        }
    );
}

#[test]
fn rates_are_above_0_and_up_to_100_percent() {
    assert_eq!(Rate::percent(0), None);
    assert_eq!(Rate::percent(101), None);
    assert_eq!(Rate::basis_points(10_001), None);
    assert_eq!(Rate::basis_points(-1), None);
    assert_eq!(Rate::percent(i64::MAX), None);
    assert_eq!(Rate::percent(85).map(Rate::as_basis_points), Some(8_500));
}

proptest! {
    #![proptest_config(seeded(2027, 512))]

    #[test]
    fn the_plan_is_enough_and_one_fewer_is_not(
        value in 0_i64..5_000, c in 1_i64..=10_000, y in 1_i64..=10_000,
    ) {
        let target = Target { value, ..pilot() };
        let (completion, acceptance) = (Rate::basis_points(c).unwrap(), Rate::basis_points(y).unwrap());
        let plan = required(&target, completion, acceptance);
        prop_assert!(plan.enrolments * c >= plan.completions * 10_000);
        prop_assert!((plan.enrolments - 1) * c < plan.completions * 10_000);
        prop_assert!(plan.offers * y >= plan.enrolments * 10_000);
        prop_assert!((plan.offers - 1) * y < plan.enrolments * 10_000);
    }
}
