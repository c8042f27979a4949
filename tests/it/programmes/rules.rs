//! Targets, progress and working days.

use std::collections::BTreeSet;

use banyan::programmes::rules::{
    CountingBasis, Metric, MilestoneStatus, Operator, Period, Target, after_working_days,
    is_working_day, milestone, progress, working_days,
};
use banyan::programmes::rules::{gaps, is_code};
use chrono::NaiveDate;

use crate::support::tables::day;

fn year() -> Period {
    Period::calendar_year(2027).unwrap()
}

fn target(operator: Operator) -> Target {
    Target {
        metric: Metric::Trained,
        operator,
        value: 200,
        period: year(),
    }
}

#[test]
fn more_than_200_is_met_by_201_and_not_by_200() {
    for (operator, count, met) in [
        (Operator::MoreThan, 199, false),
        (Operator::MoreThan, 200, false),
        (Operator::MoreThan, 201, true),
        (Operator::AtLeast, 199, false),
        (Operator::AtLeast, 200, true),
    ] {
        assert_eq!(
            target(operator).met(count),
            met,
            "{} {count}",
            operator.as_str()
        );
    }
}

#[test]
fn words_survive_the_database() {
    for it in Metric::ALL {
        assert_eq!(Metric::parse(it.as_str()), Some(*it));
    }
    for it in Operator::ALL {
        assert_eq!(Operator::parse(it.as_str()), Some(*it));
    }
    for it in CountingBasis::ALL {
        assert_eq!(CountingBasis::parse(it.as_str()), Some(*it));
    }
    assert_eq!(Operator::parse("="), None);
}

#[test]
fn intake_and_trained_are_two_gauges() {
    let now = progress(&target(Operator::MoreThan), 60, 240, day("2027-07-01"));
    assert_eq!((now.trained, now.enrolled, now.count), (60, 240, 60));
    assert_eq!(now.remaining, 141);
    assert!(!now.met, "240 enrolled are not 201 trained");
    // 182 of 365 days: 201 × 182 ÷ 365 = 100.2.
    assert_eq!(now.pro_rata, 100);
    assert!(!now.on_pace);
    assert_eq!(now.share, 2_985);
}

#[test]
fn pro_rata_begins_at_nothing_and_ends_at_the_target() {
    for (today, expected) in [
        ("2026-12-31", 0),
        ("2027-01-01", 0),
        ("2027-01-02", 1),
        ("2027-12-31", 201),
        ("2028-03-01", 201),
    ] {
        let now = progress(&target(Operator::MoreThan), 0, 0, day(today));
        assert_eq!(now.pro_rata, expected, "{today}");
    }
    let done = progress(&target(Operator::MoreThan), 250, 0, day("2027-12-31"));
    assert!(done.met && done.on_pace);
    assert_eq!(done.remaining, 0);
}

#[test]
fn periods_have_the_ends_that_people_in_hong_kong_give_them() {
    let academic = Period::academic_year(2026).unwrap();
    let financial = Period::financial_year(2026).unwrap();
    assert_eq!(
        (academic.starts_on, academic.ends_on),
        (day("2026-09-01"), day("2027-08-31"))
    );
    assert_eq!(
        (financial.starts_on, financial.ends_on),
        (day("2026-04-01"), day("2027-03-31"))
    );
    assert_eq!(year().days(), 365);
    assert!(year().contains(day("2027-12-31")) && !year().contains(day("2028-01-01")));
    assert_eq!(Period::new(day("2027-01-02"), day("2027-01-01")), None);
}

#[test]
fn the_first_intake_is_late_after_the_first_half_of_2027() {
    let window = Period::new(day("2027-01-01"), day("2027-06-30")).unwrap();
    for (actual, today, expected) in [
        (None, "2026-11-01", MilestoneStatus::Expected),
        (None, "2027-06-30", MilestoneStatus::Expected),
        (None, "2027-07-01", MilestoneStatus::Late),
        (Some("2027-02-22"), "2027-01-01", MilestoneStatus::Expected),
        (Some("2027-02-22"), "2027-02-22", MilestoneStatus::Reached),
        (Some("2027-02-22"), "2028-01-01", MilestoneStatus::Reached),
        (Some("2027-07-01"), "2027-01-01", MilestoneStatus::Late),
    ] {
        assert_eq!(
            milestone(&window, actual.map(day), day(today)),
            expected,
            "{actual:?} {today}"
        );
    }
}

fn holidays_2027() -> BTreeSet<NaiveDate> {
    [
        "01-01", "02-06", "02-08", "02-09", "03-26", "03-27", "03-29", "04-05", "05-01", "05-13",
        "06-09", "07-01", "09-16", "10-01", "10-08", "12-25", "12-27",
    ]
    .iter()
    .map(|it| day(&format!("2027-{it}")))
    .collect()
}

#[test]
fn the_working_days_of_2027_are_248() {
    let holidays = holidays_2027();
    assert_eq!(working_days(&year(), &holidays), 248);
    for (month, expected) in (1_u32..).zip([20, 18, 21, 21, 20, 21, 21, 22, 21, 19, 22, 22]) {
        let first = NaiveDate::from_ymd_opt(2027, month, 1).unwrap();
        let next = first.checked_add_months(chrono::Months::new(1)).unwrap();
        let period = Period::new(first, next.pred_opt().unwrap()).unwrap();
        assert_eq!(working_days(&period, &holidays), expected, "month {month}");
    }
}

#[test]
fn counting_working_days_skips_weekends_and_holidays() {
    let holidays = holidays_2027();
    assert!(!is_working_day(day("2027-02-08"), &holidays));
    assert!(!is_working_day(day("2027-02-07"), &holidays));
    assert!(is_working_day(day("2027-02-10"), &holidays));
    for (from, count, expected) in [
        ("2027-02-05", 0, "2027-02-05"),
        ("2027-02-06", 0, "2027-02-06"),
        ("2027-02-05", 1, "2027-02-10"),
        ("2027-02-05", 3, "2027-02-12"),
        ("2027-03-25", 1, "2027-03-30"),
    ] {
        assert_eq!(
            after_working_days(day(from), count, &holidays),
            Some(day(expected)),
            "{count} after {from}"
        );
    }
}

#[test]
fn a_code_is_capital_letters_digits_and_hyphens() {
    for good in ["AI", "AITP", "A-1", "9X", "ABCDEFGHIJKLMNOPQRST"] {
        assert!(is_code(good), "{good}");
    }
    for bad in ["", "A", "-A", "ai", "A B", "É1", "ABCDEFGHIJKLMNOPQRSTU"] {
        assert!(!is_code(bad), "{bad}");
    }
}

#[test]
fn gaps_of_a_draft_are_what_stands_in_square_brackets() {
    assert_eq!(
        gaps("By [name] of ［名稱］ (and more)."),
        ["[name]", "［名稱］"]
    );
    assert_eq!(gaps("Nothing ] open [ here"), Vec::<&str>::new());
    assert_eq!(gaps("[]"), ["[]"]);
}
