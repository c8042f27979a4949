//! A cohort's life, dates and call.

use banyan::cohorts::rules::{
    CohortEvent, CohortState, KeyDates, StepRefused, check_dates, end_of_day, is_open, next,
};
use banyan::error::Refusal;
use banyan::lang::{Lang, Say};
use chrono::Duration;

use crate::support::tables::{assert_table, at, day};

const LIFE: &str = "
               open   close_call  begin_offers  start    complete   archive   cancel
    planned    open   -           -             -        -          -         cancelled
    open       -      reviewing   -             -        -          -         cancelled
    reviewing  -      -           offering      -        -          -         cancelled
    offering   -      -           -             running  -          -         cancelled
    running    -      -           -             -        completed  -         cancelled
    completed  -      -           -             -        -          archived  -
    archived   -      -           -             -        -          -         -
    cancelled  -      -           -             -        -          -         -
";

#[test]
fn a_cohort_goes_forward_step_by_step_or_is_cancelled_before_it_is_completed() {
    let states: Vec<_> = CohortState::ALL
        .iter()
        .map(|it| (*it, it.as_str().to_owned()))
        .collect();
    let events: Vec<_> = CohortEvent::ALL
        .iter()
        .map(|it| (*it, it.as_str().to_owned()))
        .collect();
    assert_table(LIFE, &states, &events, |state, event| {
        match next(state, event) {
            Ok(state) => state.as_str().to_owned(),
            Err(refused) => {
                assert_eq!(refused, StepRefused { state, event });
                "-".to_owned()
            }
        }
    });
}

#[test]
fn a_refused_step_says_the_state_and_the_step() {
    let refused = next(CohortState::Running, CohortEvent::Open).unwrap_err();
    assert_eq!(refused.code(), "cohort_step_refused");
    assert_eq!(
        refused.say(Lang::En),
        "“Open the call” is not possible while the cohort is “Running”."
    );
    assert_eq!(
        refused.say(Lang::Zh),
        "本屆現為「進行中」，不能執行「開始接受申請」。"
    );
}

#[test]
fn states_survive_the_database() {
    for it in CohortState::ALL {
        assert_eq!(CohortState::parse(it.as_str()), Some(*it));
    }
    assert_eq!(CohortState::parse("Open"), None);
}

/// The illustrative first intake of the domain brief.
fn first_intake() -> KeyDates {
    KeyDates {
        opens_at: at("2026-10-12T09:00:00+08:00"),
        closes_at: end_of_day(day("2026-11-30")),
        decisions_on: day("2027-01-08"),
        reply_on: day("2027-01-22"),
        starts_on: day("2027-02-22"),
        ends_on: day("2027-06-26"),
    }
}

#[test]
fn dates_in_order_are_taken_and_so_are_equal_days() {
    assert_eq!(check_dates(&first_intake()), Ok(()));
    let one_day = day("2026-11-30");
    let tight = KeyDates {
        decisions_on: one_day,
        reply_on: one_day,
        starts_on: one_day,
        ends_on: one_day,
        ..first_intake()
    };
    assert_eq!(check_dates(&tight), Ok(()));
}

#[test]
fn each_pair_out_of_order_is_an_error_on_the_later_field() {
    let good = first_intake();
    for (field, bad) in [
        (
            "closes_at",
            KeyDates {
                opens_at: good.closes_at,
                ..good
            },
        ),
        (
            "decisions_on",
            KeyDates {
                decisions_on: day("2026-11-29"),
                ..good
            },
        ),
        (
            "reply_on",
            KeyDates {
                reply_on: day("2027-01-07"),
                ..good
            },
        ),
        (
            "starts_on",
            KeyDates {
                starts_on: day("2027-01-21"),
                ..good
            },
        ),
        (
            "ends_on",
            KeyDates {
                ends_on: day("2027-02-21"),
                ..good
            },
        ),
    ] {
        let fields: Vec<_> = check_dates(&bad)
            .unwrap_err()
            .into_iter()
            .map(|it| it.field)
            .collect();
        assert_eq!(fields, [field]);
    }
}

#[test]
fn all_errors_of_the_dates_are_told_at_once() {
    let upside_down = KeyDates {
        opens_at: at("2027-06-26T09:00:00+08:00"),
        closes_at: at("2027-06-25T09:00:00+08:00"),
        decisions_on: day("2027-06-24"),
        reply_on: day("2027-06-23"),
        starts_on: day("2027-06-22"),
        ends_on: day("2027-06-21"),
    };
    assert_eq!(check_dates(&upside_down).unwrap_err().len(), 5);
}

#[test]
fn the_day_of_closing_is_a_hong_kong_day() {
    // 00:30 on 1 December in Hong Kong is still 30 November in UTC.
    let dates = KeyDates {
        closes_at: at("2026-12-01T00:30:00+08:00"),
        decisions_on: day("2026-11-30"),
        ..first_intake()
    };
    assert_eq!(check_dates(&dates).unwrap_err().len(), 1);
}

#[test]
fn a_day_ends_at_23_59_59_in_hong_kong() {
    assert_eq!(end_of_day(day("2026-11-30")), at("2026-11-30T15:59:59Z"));
}

#[test]
fn the_call_takes_applications_from_its_opening_until_just_before_its_closing() {
    let KeyDates {
        opens_at,
        closes_at,
        ..
    } = first_intake();
    let instant = Duration::microseconds(1);
    for (now, open) in [
        (opens_at - instant, false),
        (opens_at, true),
        (closes_at - instant, true),
        (closes_at, false),
        (closes_at + instant, false),
    ] {
        assert_eq!(
            is_open(CohortState::Open, opens_at, closes_at, now),
            open,
            "{now}"
        );
    }
    for state in CohortState::ALL
        .iter()
        .filter(|it| **it != CohortState::Open)
    {
        assert!(!is_open(*state, opens_at, closes_at, opens_at), "{state:?}");
    }
}
