//! Random timetables: nothing on a closed day, hours add up, no clash after a storm.

use std::collections::BTreeSet;

use banyan::ids::{CohortId, PersonId};
use banyan::lang::format::hk_date;
use banyan::teaching::rules::Slot;
use banyan::teaching::rules::clashes::{Busy, clashes};
use banyan::teaching::rules::recurrence::{Beat, Closed, Pattern, Wanted, Why, closed_on, plan};
use banyan::teaching::rules::storm::{Lost, propose};
use chrono::{Duration, NaiveDate, NaiveTime, Weekday};
use proptest::prelude::*;
use uuid::Uuid;

use super::rules::{busy, day};

fn weekday(n: u8) -> Weekday {
    Weekday::try_from(n % 7).unwrap()
}

fn beats() -> impl Strategy<Value = Vec<Beat>> {
    prop::collection::vec((0_u8..7, 8_u32..20), 1..4).prop_map(|all| {
        all.into_iter()
            .map(|(on, hour)| Beat {
                weekday: weekday(on),
                time: NaiveTime::from_hms_opt(hour, 30, 0).unwrap(),
            })
            .collect()
    })
}

fn closures() -> impl Strategy<Value = Vec<Closed>> {
    prop::collection::vec((0_i64..120, 0_i64..8), 0..6).prop_map(|all| {
        all.into_iter()
            .map(|(from, length)| {
                let from = first() + Duration::days(from);
                Closed {
                    from,
                    to: from + Duration::days(length),
                    why: Why::Holiday,
                    name: ("Holiday".to_owned(), "假期".to_owned()),
                }
            })
            .collect()
    })
}

fn first() -> NaiveDate {
    day("2027-02-22")
}

fn last() -> NaiveDate {
    day("2027-06-26")
}

fn planned(beats: Vec<Beat>, minutes: i64, wanted: Wanted, closed: &[Closed]) -> Vec<Slot> {
    let pattern = Pattern {
        beats,
        minutes,
        first_on: first(),
        last_on: last(),
        wanted,
    };
    plan(&pattern, closed).slots
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_session_is_on_a_closed_day_and_hours_add_up(
        beats in beats(), closed in closures(), minutes in 30_i64..240, hours in 1_i64..60,
    ) {
        let pattern = Pattern {
            beats, minutes, first_on: first(), last_on: last(), wanted: Wanted::Minutes(hours * 60),
        };
        let made = plan(&pattern, &closed);
        prop_assert_eq!(made.minutes() + made.left, hours * 60);
        for slot in &made.slots {
            let on = hk_date(slot.starts_at);
            prop_assert!(closed_on(&closed, on).is_none());
            prop_assert!((first()..=last()).contains(&on));
            prop_assert!(slot.minutes() >= 1 && slot.minutes() <= minutes);
        }
        for pair in made.slots.windows(2) {
            prop_assert!(pair[0].ends_at <= pair[1].starts_at);
        }
        for skipped in &made.skipped {
            prop_assert!(closed_on(&closed, skipped.on).is_some());
        }
    }

    #[test]
    fn after_a_storm_nothing_clashes(
        patterns in prop::collection::vec((beats(), 60_i64..200, 0_usize..3, 0_usize..3, any::<bool>()), 1..6),
        closed in closures(),
        storm in 0_i64..100,
    ) {
        let cohorts = [CohortId::new(), CohortId::new(), CohortId::new()];
        let teachers = [PersonId::new(), PersonId::new(), PersonId::new()];
        let mut all: Vec<(Busy, Vec<Beat>)> = Vec::new();
        for (beats, minutes, cohort, teacher, room) in patterns {
            for slot in planned(beats.clone(), minutes, Wanted::Sessions(20), &closed) {
                let session = Busy {
                    room: if room { "Room 1".to_owned() } else { String::new() },
                    instructors: BTreeSet::from([teachers[teacher]]),
                    ..busy("session", cohorts[cohort], slot)
                };
                // A timetable begins without clashes.
                let standing: Vec<Busy> = all.iter().map(|(it, _)| it.clone()).collect();
                if clashes(std::slice::from_ref(&session), &standing).is_empty() {
                    all.push((session, beats.clone()));
                }
            }
        }
        let on = first() + Duration::days(storm);
        let (gone, rest): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(it, _)| hk_date(it.slot.starts_at) == on);
        let standing: Vec<Busy> = rest.into_iter().map(|(it, _)| it).collect();
        let lost: Vec<Lost> = gone
            .into_iter()
            .map(|(session, beats)| Lost { session, beats, last_on: last(), closed: closed.clone() })
            .collect();
        let found = propose(&lost, &standing, on);
        prop_assert_eq!(&found, &propose(&lost, &standing, on));
        prop_assert_eq!(found.len(), lost.len());
        let made: Vec<Busy> = found
            .iter()
            .zip(&lost)
            .filter_map(|(it, lost)| {
                let slot = it.slot?;
                Some(Busy { id: Uuid::now_v7(), slot, ..lost.session.clone() })
            })
            .collect();
        prop_assert_eq!(clashes(&made, &standing), Vec::new());
        for (session, lost) in found.iter().zip(&lost) {
            let Some(slot) = session.slot else { continue };
            let day = hk_date(slot.starts_at);
            prop_assert!(day > on && day <= last());
            prop_assert!(closed_on(&closed, day).is_none());
            prop_assert_eq!(slot.minutes(), lost.session.slot.minutes());
        }
    }
}
