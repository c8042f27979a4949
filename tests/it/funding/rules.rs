//! The pure rules of a scheme's terms, on the terms that were found in schemes of Hong Kong.

use banyan::funding::rules::{
    Bar, ClaimState, ClaimStep, Month, Period, Terms, Used, claim_step, claim_until, enough_hours,
    judge, month_end, months, pay, period_start, share,
};
use chrono::NaiveDate;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// 80 % or HK$8,000 a month, three months a financial year, 80 % of the hours.
fn terms() -> Terms {
    Terms {
        valid_from: day("2027-04-01"),
        valid_to: day("2028-03-31"),
        claim_days: 90,
        claim_by: Some(day("2028-04-30")),
        share_bp: 8_000,
        month_cap_cents: 800_000,
        least_hours_bp: 8_000,
        months_most: Some(3),
        period: Period::FinancialYear,
        persons_most: Some(2),
        budget_cents: Some(3_000_000),
    }
}

fn july() -> Month {
    Month {
        first: day("2027-07-01"),
        starts_on: day("2027-07-01"),
        ends_on: day("2027-09-30"),
        verified_on: day("2027-06-20"),
        month_pay_cents: 1_200_000,
        worked: 9_600,
        contracted: 10_000,
    }
}

const NOTHING: Used = Used {
    months: 0,
    persons: 0,
    known: false,
    cents: 0,
};

fn asked(change: impl FnOnce(&mut Month, &mut Used, &mut Terms)) -> Result<i64, Bar> {
    let (mut it, mut used, mut terms) = (july(), NOTHING, terms());
    change(&mut it, &mut used, &mut terms);
    judge(&terms, &it, &used, day("2027-08-05"))
}

#[test]
fn a_share_is_paid_up_to_the_cap() {
    assert_eq!(asked(|_, _, _| ()), Ok(800_000));
    assert_eq!(asked(|it, _, _| it.month_pay_cents = 900_000), Ok(720_000));
    assert_eq!(share(&terms(), 1_000_000), 800_000);
    assert_eq!(share(&terms(), 999_999), 799_999);
}

#[test]
fn part_of_a_month_is_paid_by_its_days() {
    let half = Month {
        starts_on: day("2027-07-17"),
        ..july()
    };
    // 15 of 31 days.
    assert_eq!(pay(&terms(), &half), 580_645);
    let ends = Month {
        ends_on: day("2027-07-01"),
        ..july()
    };
    assert_eq!(pay(&terms(), &ends), 38_709);
    let scheme_begins = Terms {
        valid_from: day("2027-07-31"),
        ..terms()
    };
    assert_eq!(pay(&scheme_begins, &july()), 38_709);
}

#[test]
fn each_bar_is_told_at_its_border() {
    assert_eq!(
        asked(|it, _, _| it.verified_on = day("2027-07-01")),
        Ok(800_000),
        "verified on the day on which it begins"
    );
    assert_eq!(
        asked(|it, _, _| it.verified_on = day("2027-07-02")),
        Err(Bar::NotVerified)
    );
    assert_eq!(
        asked(|_, _, terms| terms.valid_to = day("2027-06-30")),
        Err(Bar::Outside)
    );
    assert_eq!(asked(|it, _, _| it.worked = 8_000), Ok(800_000));
    assert_eq!(asked(|it, _, _| it.worked = 7_999), Err(Bar::HoursShort));
    assert_eq!(asked(|it, _, _| it.contracted = 0), Err(Bar::HoursShort));
    assert_eq!(asked(|_, used, _| used.months = 2), Ok(800_000));
    assert_eq!(asked(|_, used, _| used.months = 3), Err(Bar::MonthsUsed));
    assert_eq!(asked(|_, used, _| used.persons = 2), Err(Bar::PersonsFull));
    assert_eq!(
        asked(|_, used, _| {
            used.persons = 2;
            used.known = true;
        }),
        Ok(800_000)
    );
    assert_eq!(asked(|_, used, _| used.cents = 2_900_000), Ok(100_000));
    assert_eq!(
        asked(|_, used, _| used.cents = 3_000_000),
        Err(Bar::BudgetSpent)
    );
}

#[test]
fn a_month_is_claimed_after_its_end_and_until_its_last_day() {
    let on = |today: &str| judge(&terms(), &july(), &NOTHING, day(today));
    assert_eq!(on("2027-07-31"), Err(Bar::NotOver));
    assert_eq!(on("2027-08-01"), Ok(800_000));
    assert_eq!(claim_until(&terms(), day("2027-07-01")), day("2027-10-29"));
    assert_eq!(on("2027-10-29"), Ok(800_000));
    assert_eq!(on("2027-10-30"), Err(Bar::Late));
    // The scheme's own last day comes first.
    assert_eq!(claim_until(&terms(), day("2028-03-01")), day("2028-04-30"));
}

#[test]
fn months_are_counted_in_the_period_of_the_scheme() {
    let start = |period, month: &str| period_start(period, day(month));
    use Period::{AcademicYear, CalendarYear, FinancialYear, Whole};
    assert_eq!(start(FinancialYear, "2027-03-01"), Some(day("2026-04-01")));
    assert_eq!(start(FinancialYear, "2027-04-01"), Some(day("2027-04-01")));
    assert_eq!(start(AcademicYear, "2027-08-01"), Some(day("2026-09-01")));
    assert_eq!(start(AcademicYear, "2027-09-01"), Some(day("2027-09-01")));
    assert_eq!(start(CalendarYear, "2027-12-01"), Some(day("2027-01-01")));
    assert_eq!(start(Whole, "2027-12-01"), None);
    assert_eq!(month_end(day("2028-02-01")), day("2028-02-29"));
    assert_eq!(
        months(day("2027-11-15"), day("2028-02-02"), day("2028-01-10")),
        [day("2027-11-01"), day("2027-12-01"), day("2028-01-01")]
    );
    assert!(months(day("2027-11-15"), day("2028-02-02"), day("2027-10-31")).is_empty());
}

#[test]
fn a_claim_goes_its_way_and_no_other() {
    use ClaimState as At;
    use ClaimStep as Step;
    let all = [Step::Approve, Step::Reject, Step::Pay, Step::Withdraw];
    for state in At::ALL {
        let ways: Vec<At> = all
            .iter()
            .filter_map(|step| claim_step(*state, *step).ok())
            .collect();
        let expected: &[At] = match state {
            At::Submitted => &[At::Approved, At::Rejected, At::Withdrawn],
            At::Approved => &[At::Rejected, At::Paid],
            At::Rejected | At::Paid | At::Withdrawn => &[],
        };
        assert_eq!(ways, expected, "{state:?}");
    }
}

proptest! {
    #[test]
    fn nothing_is_paid_beyond_a_cap(
        worked in 0_i32..12_000, pay_cents in 1_i64..5_000_000, used in 0_i64..4_000_000, months in 0_i32..6, persons in 0_i32..4,
        known: bool, shift in 0_i64..400,
    ) {
        let it = Month { worked, month_pay_cents: pay_cents, ..july() };
        let used = Used { months, persons, known, cents: used };
        let today = day("2027-06-15") + chrono::Duration::days(shift);
        let terms = terms();
        if let Ok(amount) = judge(&terms, &it, &used, today) {
            prop_assert!(amount > 0 && amount <= terms.month_cap_cents);
            prop_assert!(amount * 10_000 <= pay_cents * i64::from(terms.share_bp));
            prop_assert!(used.cents + amount <= 3_000_000);
            prop_assert!(months < 3 && (known || persons < 2));
            prop_assert!(enough_hours(&terms, worked, it.contracted));
            prop_assert!(today > day("2027-07-31") && today <= day("2027-10-29"));
        }
    }
}
