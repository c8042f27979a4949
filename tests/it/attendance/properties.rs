//! Rates by hours, whatever the sessions are.

use banyan::attendance::rules::codes;
use banyan::attendance::rules::window::Window;
use banyan::attendance::rules::{ExcusedCount, Hours, Presence, minutes_of, rate};
use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::world::{START, moment};

type Sat = (i32, usize, i32);

fn sessions() -> impl Strategy<Value = Vec<Sat>> {
    prop::collection::vec((15_i32..600, 0_usize..4, 0_i32..600), 0..60)
}

fn sum(sessions: &[Sat]) -> Hours {
    sessions
        .iter()
        .fold(Hours::default(), |sum, (held, state, given)| {
            let state = Presence::ALL[*state];
            let minutes = minutes_of(state, Some(given % held), *held).unwrap();
            sum.plus(Hours {
                held: i64::from(*held),
                attended: i64::from(minutes),
                excused: if state == Presence::Excused {
                    i64::from(*held)
                } else {
                    0
                },
            })
        })
}

proptest! {
    #[test]
    fn a_rate_lies_between_nothing_and_all_and_policies_are_ordered(all in sessions()) {
        let hours = sum(&all);
        let of = |counts| rate(&hours, counts);
        let (absent, leaves, attended) = (
            of(ExcusedCount::Absent), of(ExcusedCount::Leaves), of(ExcusedCount::Attended),
        );
        prop_assert_eq!(absent.is_none(), hours.held == 0);
        prop_assert_eq!(leaves.is_none(), hours.held == hours.excused);
        if let (Some(absent), Some(leaves), Some(attended)) = (absent, leaves, attended) {
            prop_assert!(absent <= leaves && leaves <= attended && attended.0 <= 10_000);
        }
    }

    #[test]
    fn a_rate_is_the_floor_of_the_fraction(all in sessions()) {
        let hours = sum(&all);
        if let Some(rate) = rate(&hours, ExcusedCount::Leaves) {
            let due = i128::from(hours.held - hours.excused);
            let got = i128::from(hours.attended) * 10_000;
            prop_assert!(i128::from(rate.0) * due <= got && got < (i128::from(rate.0) + 1) * due);
        }
    }

    #[test]
    fn a_rate_knows_minutes_and_not_how_they_are_cut_into_sessions(all in sessions(), parts in 1_i32..5) {
        // Each session in so many equal parts, all with the same state: the same rate.
        let cut: Vec<Sat> = all
            .iter()
            .flat_map(|(held, state, given)| {
                let whole = (held * parts, *state, (given % held) * parts);
                std::iter::once(whole)
            })
            .collect();
        let many: Vec<Sat> = all
            .iter()
            .flat_map(|it| std::iter::repeat_n(*it, usize::try_from(parts).unwrap()))
            .collect();
        prop_assert_eq!(sum(&cut), sum(&many));
    }

    #[test]
    fn one_more_session_attended_never_lowers_a_rate(all in sessions(), held in 15_i32..600) {
        let before = sum(&all);
        let more = Hours { held: i64::from(held), attended: i64::from(held), excused: 0 };
        let missed = Hours { attended: 0, ..more };
        for counts in ExcusedCount::ALL {
            let (was, up, down) = (
                rate(&before, *counts), rate(&before.plus(more), *counts), rate(&before.plus(missed), *counts),
            );
            prop_assert!(was.is_none() || up >= was);
            prop_assert!(was.is_none() || down <= was);
        }
    }

    #[test]
    fn an_arrival_fits_what_the_table_holds(after in -15_i64 * 60..20 * 60, late in 0_i32..30) {
        let window = Window {
            starts_at: moment(START),
            ends_at: moment(START) + Duration::minutes(90),
            opens_before: 15,
            closes_after: 20,
            late_after: late,
        };
        let at = window.starts_at + Duration::seconds(after);
        prop_assert!(window.open_at(at).is_ok());
        let (state, minutes) = window.arrival(at);
        match state {
            Presence::Present => prop_assert_eq!(minutes, 90),
            _ => prop_assert!((0..90).contains(&minutes) && i64::from(minutes) <= 90 - after / 60),
        }
    }

    #[test]
    fn a_code_is_dead_after_two_steps(session in any::<u128>(), at in 0_i64..2_000_000_000, later in 20_i64..1_000_000) {
        let key = [3; 32];
        let session = Uuid::from_u128(session);
        let at = chrono::DateTime::from_timestamp(at, 0).unwrap();
        let token = codes::token(&key, session, codes::step_of(at));
        prop_assert!(codes::token_fits(&key, session, &token, at));
        prop_assert!(!codes::token_fits(&key, session, &token, at + Duration::seconds(later)));
    }
}
