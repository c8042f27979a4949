//! The pure rules of weeks, hours, the continuous contract, and what an evaluation says.

use banyan::supervision::rules::form::{Answers, OF_TRAINEE, hundredths, mean};
use banyan::supervision::rules::hours::{Contract, Light, Month, continuous_from, months};
use banyan::supervision::rules::{
    Chase, Day, DayFault, LogState, Severity, SupervisionRefusal, acknowledge_by, chase, half_time,
    is_awaited, may_write, minutes, monday, visit_due, waits_long, weeks,
};
use chrono::{Duration, NaiveDate, NaiveTime};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn worked(on: NaiveDate, minutes: i64) -> Day {
    let from = NaiveTime::from_hms_opt(9, 0, 0).unwrap();
    Day {
        day: on,
        from,
        to: from + Duration::minutes(minutes),
        rest: 0,
        task: "Work".to_owned(),
        place: "office".to_owned(),
        competencies: Vec::new(),
    }
}

#[test]
fn a_day_counts_its_minutes_without_the_break() {
    let mut it = worked(day("2027-07-05"), 540);
    it.rest = 60;
    assert_eq!(it.minutes(), Ok(480));
    it.rest = 540;
    assert_eq!(it.minutes(), Err(DayFault::Rest));
    it.rest = -1;
    assert_eq!(it.minutes(), Err(DayFault::Rest));
    it.to = it.from;
    assert_eq!(it.minutes(), Err(DayFault::Order));
    assert_eq!(minutes(&[it, worked(day("2027-07-06"), 90)]), 90);
}

#[test]
fn weeks_begin_on_monday_and_touch_the_placement() {
    assert_eq!(monday(day("2027-07-11")), day("2027-07-05"));
    assert_eq!(monday(day("2027-07-05")), day("2027-07-05"));
    assert_eq!(
        weeks(day("2027-07-07"), day("2027-07-26"), day("2027-08-30")),
        [
            day("2027-07-05"),
            day("2027-07-12"),
            day("2027-07-19"),
            day("2027-07-26")
        ]
    );
    assert_eq!(
        weeks(day("2027-07-07"), day("2027-07-26"), day("2027-07-11")),
        [day("2027-07-05")]
    );
    assert!(weeks(day("2027-07-07"), day("2027-07-26"), day("2027-07-01")).is_empty());
}

#[test]
fn a_missing_log_is_reminded_of_and_then_escalated() {
    let week = day("2027-07-05");
    let on = |today: &str| chase(week, day(today));
    assert_eq!(on("2027-07-12"), Chase::Wait, "the Monday after");
    assert_eq!(on("2027-07-13"), Chase::Remind);
    assert_eq!(on("2027-07-15"), Chase::Remind);
    assert_eq!(on("2027-07-16"), Chase::Escalate);
    // Five working days, with a weekend between.
    assert!(!waits_long(day("2027-07-12"), day("2027-07-19")));
    assert!(waits_long(day("2027-07-12"), day("2027-07-20")));
    assert!(!waits_long(day("2027-07-12"), day("2027-07-12")));
}

#[test]
fn a_log_that_waits_is_not_written_on() {
    for state in LogState::ALL {
        let may = may_write(*state);
        match state {
            LogState::Submitted => assert_eq!(may, Err(SupervisionRefusal::LogStep)),
            _ => assert_eq!(may, Ok(()), "{state:?}"),
        }
    }
}

fn contract() -> Contract {
    Contract {
        starts_on: day("2027-07-05"),
        ends_on: day("2027-08-31"),
        hours_week: 40,
        holidays: vec![day("2027-07-01"), day("2027-07-07")],
        breaks: vec![(day("2027-08-02"), day("2027-08-08"))],
    }
}

#[test]
fn hours_are_contracted_on_weekdays_that_are_no_holiday_and_no_break() {
    let it = contract();
    // 20 weekdays from the 5th, less one holiday.
    assert_eq!(
        it.minutes(day("2027-07-01"), day("2027-07-31")),
        19 * 8 * 60
    );
    // 22 weekdays in August, less the five of the break.
    assert_eq!(
        it.minutes(day("2027-08-01"), day("2027-08-31")),
        17 * 8 * 60
    );
    assert!(it.rests(day("2027-08-02")));
    assert!(!it.rests(day("2027-07-05")));
    let all = months(&it, &[worked(day("2027-07-05"), 480)], day("2027-08-13"));
    assert_eq!(all.len(), 2);
    assert_eq!((all[0].worked, all[0].contracted), (480, 19 * 480));
    assert_eq!(
        (all[1].worked, all[1].contracted),
        (0, 5 * 480),
        "until today only"
    );
}

#[test]
fn a_month_turns_amber_below_ninety_and_red_below_eighty_per_cent() {
    let light = |worked| {
        Month {
            first: day("2027-07-01"),
            worked,
            contracted: 10_000,
        }
        .light()
    };
    assert_eq!(light(9_000), Light::Green);
    assert_eq!(light(8_999), Light::Amber);
    assert_eq!(light(8_000), Light::Amber);
    assert_eq!(light(7_999), Light::Red);
}

/// Weeks with so many hours, from this Monday.
fn four(first: &str, hours: [i64; 4]) -> Vec<Day> {
    hours
        .iter()
        .zip(0_i64..)
        .filter(|(hours, _)| **hours > 0)
        .flat_map(|(hours, n)| {
            let week = day(first) + Duration::days(7 * n);
            let whole = hours / 8;
            let mut days: Vec<Day> = (0..whole)
                .map(|n| worked(week + Duration::days(n), 480))
                .collect();
            if hours % 8 > 0 {
                days.push(worked(week + Duration::days(whole), (hours % 8) * 60));
            }
            days
        })
        .collect()
}

#[test]
fn a_continuous_contract_is_found_at_its_borders() {
    let found = |first, hours| continuous_from(&four(first, hours)).is_some();
    // From 18 January 2026: 17 hours each week, or 68 in four.
    assert!(found("2027-07-05", [17, 17, 17, 17]));
    assert!(!found("2027-07-05", [16, 17, 17, 17]));
    assert!(found("2027-07-05", [8, 20, 20, 20]), "68 in four weeks");
    assert!(!found("2027-07-05", [7, 20, 20, 20]));
    assert!(
        found("2027-07-05", [0, 24, 24, 24])
            == continuous_from(&four("2027-07-05", [0, 24, 24, 24])).is_some()
    );
    assert!(!found("2027-07-05", [34, 33, 0, 0]));
    // Before: 18 hours in each of the four.
    assert!(!found("2025-07-07", [17, 17, 17, 17]));
    assert!(found("2025-07-07", [18, 18, 18, 18]));
    assert!(!found("2025-07-07", [8, 30, 30, 30]));
}

#[test]
fn a_mean_leaves_out_what_was_not_observed() {
    let block = &OF_TRAINEE[0];
    let said = |words: [&str; 5]| -> Answers {
        let names = block.1.iter().map(|(name, _)| (*name).to_owned());
        names.zip(words.map(str::to_owned)).collect()
    };
    assert_eq!(mean(block, &said(["3", "4", "n", "4", "n"])), Some(367));
    assert_eq!(mean(block, &said(["n"; 5])), None);
    assert_eq!(mean(block, &Answers::new()), None);
    assert_eq!(mean(block, &said(["5"; 5])), Some(500));
    assert_eq!(hundredths(367), "3.67");
    assert_eq!(hundredths(305), "3.05");
    // The form of domain.md 4.3: five technical items, eight professional ones.
    let counts: Vec<_> = OF_TRAINEE.iter().map(|it| it.1.len()).collect();
    assert_eq!(counts, [5, 8]);
}

#[test]
fn incidents_and_visits_have_their_times() {
    let at = "2027-07-05T02:00:00Z".parse().unwrap();
    assert_eq!(acknowledge_by(Severity::Low, at), None);
    let by = |severity| acknowledge_by(severity, at).unwrap().to_rfc3339();
    assert_eq!(by(Severity::Serious), "2027-07-06T02:00:00+00:00");
    assert_eq!(by(Severity::Critical), "2027-07-05T06:00:00+00:00");
    let starts = day("2027-07-05");
    assert!(!visit_due(starts, None, day("2027-08-05")));
    assert!(visit_due(starts, None, day("2027-08-06")));
    assert!(!visit_due(
        starts,
        Some(day("2027-08-01")),
        day("2027-09-01")
    ));
    assert_eq!(half_time(starts, day("2027-08-31")), day("2027-08-02"));
}

proptest! {
    #[test]
    fn months_add_up_to_the_contract_and_to_what_was_approved(
        start in 0_i64..200, length in 0_i64..200, hours in 1_i32..61, worked_days in proptest::collection::btree_set(0_i64..200, 0..60),
    ) {
        let starts_on = day("2027-01-01") + Duration::days(start);
        let it = Contract { starts_on, ends_on: starts_on + Duration::days(length), hours_week: hours, holidays: Vec::new(), breaks: Vec::new() };
        let approved: Vec<Day> = worked_days.iter().filter(|n| **n <= length).map(|n| worked(starts_on + Duration::days(*n), 300)).collect();
        let all = months(&it, &approved, it.ends_on);
        let contracted: i32 = all.iter().map(|it| it.contracted).sum();
        let whole = it.minutes(it.starts_on, it.ends_on);
        // Each month is rounded down by itself.
        prop_assert!(whole - contracted >= 0 && whole - contracted < i32::try_from(all.len()).unwrap() + 1);
        let sum: i32 = all.iter().map(|it| it.worked).sum();
        prop_assert_eq!(sum, minutes(&approved));
    }
}

#[test]
fn a_log_waits_for_its_trainee_once_its_week_is_over_or_it_was_returned() {
    let week = day("2026-11-23");
    let (saturday, sunday) = (day("2026-11-28"), day("2026-11-29"));
    for state in [None, Some(LogState::Draft)] {
        assert!(!is_awaited(week, state, true, saturday), "{state:?}");
        assert!(is_awaited(week, state, true, sunday), "{state:?}");
        assert!(!is_awaited(week, state, false, sunday), "a week that rests");
    }
    assert!(is_awaited(week, Some(LogState::Returned), true, week));
    for state in [LogState::Submitted, LogState::Approved] {
        assert!(!is_awaited(week, Some(state), true, sunday), "{state:?}");
    }
}
