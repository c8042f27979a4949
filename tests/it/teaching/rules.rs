//! Recurrence, clashes and storm proposals by tables of cases.

use std::collections::BTreeSet;

use banyan::ids::{CohortId, PersonId};
use banyan::lang::format::hk_instant;
use banyan::teaching::rules::clashes::{Attendance, Busy, ClashKind, Engagement, clashes};
use banyan::teaching::rules::recurrence::{Beat, Closed, Pattern, Wanted, Why, plan};
use banyan::teaching::rules::storm::{Lost, propose};
use banyan::teaching::rules::{ClosedKind, Slot, link_ok};
use chrono::{Duration, NaiveDate, NaiveTime, Weekday};
use uuid::Uuid;

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn slot(on: &str, at: &str, minutes: i64) -> Slot {
    let time = NaiveTime::parse_from_str(at, "%H:%M").unwrap();
    let starts_at = hk_instant(day(on), time);
    Slot {
        starts_at,
        ends_at: starts_at + Duration::minutes(minutes),
    }
}

pub fn beat(weekday: Weekday, at: &str) -> Beat {
    Beat {
        weekday,
        time: NaiveTime::parse_from_str(at, "%H:%M").unwrap(),
    }
}

pub fn closed(from: &str, to: &str, why: Why, name: &str) -> Closed {
    Closed {
        from: day(from),
        to: day(to),
        why,
        name: (name.to_owned(), name.to_owned()),
    }
}

/// A session that the whole of a cohort attends.
pub fn busy(name: &str, cohort: CohortId, slot: Slot) -> Busy {
    Busy {
        id: Uuid::now_v7(),
        name: (name.to_owned(), name.to_owned()),
        slot,
        engagement: Engagement::Session,
        room: String::new(),
        link: String::new(),
        instructors: BTreeSet::new(),
        attends: Attendance {
            cohort,
            whole: true,
            people: BTreeSet::new(),
        },
    }
}

fn evenings(wanted: Wanted) -> Pattern {
    Pattern {
        beats: vec![
            beat(Weekday::Mon, "19:00"),
            beat(Weekday::Thu, "19:00"),
            beat(Weekday::Sat, "09:30"),
        ],
        minutes: 180,
        first_on: day("2027-03-22"),
        last_on: day("2027-06-26"),
        wanted,
    }
}

/// Easter of 2027: Friday 26, Saturday 27 and Monday 29 March.
fn easter() -> Vec<Closed> {
    vec![
        closed("2027-03-26", "2027-03-26", Why::Holiday, "Good Friday"),
        closed(
            "2027-03-27",
            "2027-03-27",
            Why::Holiday,
            "The day following Good Friday",
        ),
        closed("2027-03-29", "2027-03-29", Why::Holiday, "Easter Monday"),
        closed(
            "2027-04-12",
            "2027-04-18",
            Why::Period(ClosedKind::Examination),
            "Examinations",
        ),
    ]
}

#[test]
fn sessions_skip_holidays_and_examinations_and_say_which() {
    let made = plan(&evenings(Wanted::Sessions(6)), &easter());
    let days: Vec<String> = made
        .slots
        .iter()
        .map(|it| {
            (it.starts_at + Duration::hours(8))
                .format("%m-%d %H:%M")
                .to_string()
        })
        .collect();
    assert_eq!(
        days,
        [
            "03-22 19:00",
            "03-25 19:00",
            "04-01 19:00",
            "04-03 09:30",
            "04-05 19:00",
            "04-08 19:00"
        ]
    );
    let left_out: Vec<(String, &str)> = made
        .skipped
        .iter()
        .map(|it| (it.on.to_string(), it.by.name.0.as_str()))
        .collect();
    assert_eq!(
        left_out,
        [
            ("2027-03-27".to_owned(), "The day following Good Friday"),
            ("2027-03-29".to_owned(), "Easter Monday")
        ]
    );
    assert_eq!(made.left, 0);
}

#[test]
fn hours_are_filled_and_the_last_session_ends_when_they_are() {
    let made = plan(&evenings(Wanted::Minutes(20 * 60)), &[]);
    let lengths: Vec<i64> = made.slots.iter().map(Slot::minutes).collect();
    assert_eq!(lengths, [180, 180, 180, 180, 180, 180, 120]);
    assert_eq!((made.minutes(), made.left), (1_200, 0));
}

#[test]
fn what_does_not_fit_before_the_end_is_told() {
    let mut pattern = evenings(Wanted::Sessions(100));
    pattern.last_on = day("2027-04-03");
    let made = plan(&pattern, &[]);
    assert_eq!((made.slots.len(), made.left), (6, 94));
    pattern.beats.clear();
    assert_eq!(plan(&pattern, &[]).left, 100);
}

#[test]
fn two_beats_of_a_day_that_run_into_each_other_are_one() {
    let mut pattern = evenings(Wanted::Sessions(2));
    pattern.beats = vec![beat(Weekday::Mon, "18:00"), beat(Weekday::Mon, "19:00")];
    let made = plan(&pattern, &[]);
    assert_eq!(made.slots.len(), 2);
    assert_eq!(
        made.slots[1].starts_at - made.slots[0].starts_at,
        Duration::days(7)
    );
}

#[test]
fn each_kind_of_clash_names_both_sides() {
    let (a, b) = (CohortId::new(), CohortId::new());
    let (teacher, trainee) = (PersonId::new(), PersonId::new());
    let at = slot("2027-03-01", "19:00", 180);
    let late = slot("2027-03-01", "20:00", 180);
    let room = |cohort, room: &str, slot| Busy {
        room: room.to_owned(),
        ..busy(room, cohort, slot)
    };
    let taught = |cohort, slot| Busy {
        instructors: [teacher].into(),
        ..busy("taught", cohort, slot)
    };
    let elective = |cohort, people: &[PersonId], slot| Busy {
        attends: Attendance {
            cohort,
            whole: false,
            people: people.iter().copied().collect(),
        },
        ..busy("elective", cohort, slot)
    };
    let placement = Busy {
        engagement: Engagement::Placement,
        ..elective(a, &[trainee], late)
    };
    let cases = [
        (
            room(a, "Room 3", at),
            room(b, " room  3", late),
            vec![ClashKind::Room],
        ),
        (room(a, "Room 3", at), room(b, "Room 4", late), vec![]),
        (taught(a, at), taught(b, late), vec![ClashKind::Instructor]),
        (
            busy("x", a, at),
            busy("y", a, late),
            vec![ClashKind::Trainee],
        ),
        (busy("x", a, at), busy("y", b, late), vec![]),
        (
            elective(a, &[trainee], at),
            elective(a, &[PersonId::new()], late),
            vec![],
        ),
        (
            elective(a, &[trainee], at),
            elective(b, &[trainee], late),
            vec![ClashKind::Trainee],
        ),
        (
            elective(a, &[trainee], at),
            placement,
            vec![ClashKind::Placement],
        ),
    ];
    for (planned, standing, kinds) in cases {
        let found = clashes(
            std::slice::from_ref(&planned),
            std::slice::from_ref(&standing),
        );
        let seen: Vec<ClashKind> = found.iter().map(|it| it.kind).collect();
        assert_eq!(seen, kinds, "{} with {}", planned.name.0, standing.name.0);
        for clash in found {
            assert_eq!(
                (clash.planned.0, clash.standing.0),
                (planned.id, standing.id)
            );
            assert_eq!(clash.standing.1, standing.name);
        }
    }
}

#[test]
fn what_ends_at_seven_leaves_seven_free() {
    let one = std::slice::from_ref::<Busy>;
    let cohort = CohortId::new();
    let first = busy("first", cohort, slot("2027-03-01", "16:00", 180));
    let second = busy("second", cohort, slot("2027-03-01", "19:00", 180));
    assert_eq!(clashes(one(&first), one(&second)), []);
    assert_eq!(clashes(&[first.clone(), second], &[]), []);
    // Nothing clashes with itself where it stands.
    assert_eq!(clashes(one(&first), one(&first)), []);
}

fn lost(session: Busy, closed: Vec<Closed>) -> Lost {
    Lost {
        session,
        beats: vec![beat(Weekday::Mon, "19:00"), beat(Weekday::Thu, "19:00")],
        last_on: day("2027-06-26"),
        closed,
    }
}

#[test]
fn a_lost_session_takes_the_next_free_time_of_its_pattern_and_else_another_evening() {
    let cohort = CohortId::new();
    let gone = busy("gone", cohort, slot("2027-03-01", "19:00", 180));
    // The Thursday and the Mondays and Thursdays of four weeks are taught already.
    let mut standing: Vec<Busy> = Vec::new();
    for week in 0..6 {
        for (first, name) in [("2027-03-04", "thu"), ("2027-03-08", "mon")] {
            let mut at = slot(first, "19:00", 180);
            at.starts_at += Duration::weeks(week);
            at.ends_at += Duration::weeks(week);
            standing.push(busy(name, cohort, at));
        }
    }
    let free = |standing: &[Busy], closed: Vec<Closed>| {
        let all = propose(&[lost(gone.clone(), closed)], standing, day("2027-03-01"));
        all[0].slot
    };
    assert_eq!(
        free(&[], Vec::new()),
        Some(slot("2027-03-04", "19:00", 180))
    );
    assert_eq!(
        free(&standing, Vec::new()),
        Some(slot("2027-03-02", "19:00", 180))
    );
    let week = vec![closed(
        "2027-03-02",
        "2027-03-05",
        Why::Period(ClosedKind::ReadingWeek),
        "Reading",
    )];
    assert_eq!(
        free(&standing, week),
        Some(slot("2027-03-06", "09:30", 180))
    );
    let rest = vec![closed(
        "2027-03-02",
        "2027-06-26",
        Why::Period(ClosedKind::Break),
        "all",
    )];
    assert_eq!(free(&standing, rest), None);
}

#[test]
fn two_lost_sessions_are_not_proposed_into_each_other() {
    let cohort = CohortId::new();
    let first = busy("one", cohort, slot("2027-03-01", "16:00", 120));
    let second = busy("two", cohort, slot("2027-03-01", "19:00", 180));
    let found = propose(
        &[lost(first, Vec::new()), lost(second, Vec::new())],
        &[],
        day("2027-03-01"),
    );
    assert_eq!(found[0].slot, Some(slot("2027-03-04", "19:00", 120)));
    assert_eq!(found[1].slot, Some(slot("2027-03-08", "19:00", 180)));
}

#[test]
fn only_an_address_is_a_link() {
    for good in ["", "https://meet.example/abc?x=1", "http://a.example"] {
        assert!(link_ok(good), "{good}");
    }
    for bad in [
        "meet.example",
        "javascript:alert(1)",
        "https://a b",
        "https://a\"b",
        "https://a\r\nX:1",
    ] {
        assert!(!link_ok(bad), "{bad}");
    }
}
