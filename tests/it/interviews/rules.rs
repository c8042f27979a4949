//! Hours cut into times, blackouts, and what may be done when.

use banyan::interviews::rules::timetable::{
    Fault, Fixed, Place, Problem, Unplaced, Wanted, Why, bound, compute, faults, part, whys,
};
use banyan::interviews::rules::{
    Blackout, Bounds, Hours, InterviewRefusal, InterviewState, PanelMember, blacked_out, cut,
    is_open, may_change, may_plan, may_settle, minute, parse_minute, read_members, remind_at,
    show_minute, within,
};
use banyan::placements::rules::RoundState;
use banyan::teaching::rules::Slot;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 2, 10).unwrap()
}

pub fn at(minutes: i32, length: i32) -> Slot {
    Slot {
        starts_at: minute(day(), minutes),
        ends_at: minute(day(), minutes + length),
    }
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn hours_hold_as_many_interviews_as_are_over_by_their_end() {
    let hours = |from, to, length, pause| Hours {
        date: day(),
        from,
        to,
        length,
        pause,
    };
    let shown = |it: &Hours| -> Vec<String> {
        let time = |it: DateTime<Utc>| {
            it.with_timezone(&banyan::lang::format::hkt())
                .format("%H:%M")
                .to_string()
        };
        cut(it)
            .iter()
            .map(|it| format!("{}-{}", time(it.starts_at), time(it.ends_at)))
            .collect()
    };
    assert_eq!(
        shown(&hours(600, 690, 20, 10)),
        ["10:00-10:20", "10:30-10:50", "11:00-11:20"]
    );
    // The pause after the last is nobody's.
    assert_eq!(
        shown(&hours(600, 650, 20, 10)),
        ["10:00-10:20", "10:30-10:50"]
    );
    assert_eq!(shown(&hours(600, 619, 20, 0)), Vec::<String>::new());
    assert_eq!(shown(&hours(1420, 1440, 20, 0)), ["23:40-00:00"]);
    assert_eq!(cut(&hours(600, 620, 0, -5)).len(), 20, "never without end");
}

#[test]
fn times_of_a_day_are_read_and_shown() {
    for (text, minutes) in [
        ("09:30", 570),
        ("9:05", 545),
        (" 00:00 ", 0),
        ("24:00", 1440),
    ] {
        assert_eq!(parse_minute(text), Some(minutes), "{text}");
    }
    for text in [
        "", "9", "9:5", "24:01", "25:00", "09:60", "-1:00", "a:00", "009:00", "9:+1",
    ] {
        assert_eq!(parse_minute(text), None, "{text}");
    }
    assert_eq!(
        (show_minute(0), show_minute(570)),
        ("00:00".into(), "09:30".into())
    );
}

#[test]
fn a_blackout_is_named_and_hours_are_kept() {
    let names = |it: &str| (it.to_owned(), format!("{it} zh"));
    let exam = Blackout {
        when: at(630, 60),
        name: names("Examination"),
    };
    let holiday = Blackout::day(day().succ_opt().unwrap(), names("Holiday"));
    let all = [exam, holiday];
    assert_eq!(
        blacked_out(&[at(600, 30)], &all),
        None,
        "what ends when it begins is free"
    );
    assert_eq!(
        blacked_out(&[at(600, 31)], &all).unwrap().name.0,
        "Examination"
    );
    assert_eq!(blacked_out(&[at(690, 30)], &all), None);
    assert_eq!(
        blacked_out(&[at(1430, 11)], &all).unwrap().name.0,
        "Holiday"
    );
    let bounds = Bounds {
        earliest: 540,
        latest: 1080,
        gap: 0,
        most_a_day: 1,
    };
    for (slot, inside) in [
        (at(540, 20), true),
        (at(539, 20), false),
        (at(1060, 20), true),
        (at(1061, 20), false),
    ] {
        assert_eq!(within(&slot, &bounds), inside, "{slot:?}");
    }
    let now = minute(day(), 600);
    assert!(!is_open(&at(600, 20), (&bounds, &[]), now), "begun");
    assert!(is_open(&at(601, 20), (&bounds, &[]), now));
    assert!(!is_open(&at(640, 20), (&bounds, &all), now));
}

#[test]
fn members_are_read_a_line_each() {
    let member = |name: &str, email: &str| PanelMember {
        name: name.into(),
        email: email.into(),
    };
    let read = read_members(
        "Mei Chan <mei@example.org>\n\n 陳大文 < tai@example.org > \nMei <mei@example.org>",
    );
    assert_eq!(
        read.unwrap(),
        [
            member("Mei Chan", "mei@example.org"),
            member("陳大文", "tai@example.org")
        ]
    );
    assert_eq!(read_members("").unwrap(), []);
    for (text, line) in [
        ("mei@example.org", 1),
        ("A <a@example.org>\nB <b>", 2),
        ("<a@example.org>", 1),
        ("A <a@example.org\nB <b@example.org>", 1),
    ] {
        assert_eq!(read_members(text), Err(line), "{text}");
    }
}

#[test]
fn what_is_allowed_when() {
    for state in RoundState::ALL {
        let open = matches!(state, RoundState::Open | RoundState::Ranking);
        assert_eq!(may_plan(*state).is_ok(), open, "{state:?}");
    }
    let begins = instant("2027-02-10T02:00:00Z");
    let (before, after) = (begins - chrono::Duration::minutes(1), begins);
    for state in InterviewState::ALL {
        let scheduled = *state == InterviewState::Scheduled;
        assert_eq!(may_change(*state, begins, before).is_ok(), scheduled);
        assert_eq!(
            may_change(*state, begins, after),
            Err(InterviewRefusal::Over)
        );
        for to in [InterviewState::Held, InterviewState::Missed] {
            let open = *state != InterviewState::Cancelled;
            assert_eq!(may_settle(*state, to, begins, after).is_ok(), open);
            let early = may_settle(*state, to, begins, before);
            let word = if open {
                InterviewRefusal::Early
            } else {
                InterviewRefusal::Over
            };
            assert_eq!(early, Err(word));
        }
        assert!(may_settle(*state, InterviewState::Cancelled, begins, after).is_err());
    }
    // 00:30 in Hong Kong on the 10th: the day before is the 9th there, whatever it is in London.
    let reminds = remind_at(instant("2027-02-09T16:30:00Z"));
    assert_eq!(reminds, instant("2027-02-09T01:00:00Z"));
}

/// Panels 1 … n with the same times: from ten, each half an hour, of twenty minutes.
pub fn grid(panels: u128, times: u128) -> BTreeMap<Uuid, Vec<Place>> {
    let places = |panel: u128| -> Vec<Place> {
        (0..times)
            .map(|time| Place {
                slot: id(1_000 * panel + time),
                when: at(600 + 30 * i32::try_from(time).unwrap(), 20),
            })
            .collect()
    };
    (1..=panels)
        .map(|panel| (id(panel), places(panel)))
        .collect()
}

pub fn wanted(number: u128, trainee: u128, panels: &[u128]) -> Wanted {
    Wanted {
        id: id(100_000 + number),
        trainee: id(10_000 + trainee),
        panels: panels.iter().map(|it| id(*it)).collect(),
    }
}

pub fn problem(panels: BTreeMap<Uuid, Vec<Place>>, wanted: Vec<Wanted>) -> Problem {
    Problem {
        gap: 0,
        most_a_day: usize::MAX,
        panels,
        wanted,
        fixed: Vec::new(),
        busy: BTreeMap::new(),
    }
}

#[test]
fn the_bound_counts_trainees_panels_and_what_panels_share() {
    let of = |wanted| bound(&problem(grid(3, 9), wanted));
    assert_eq!(of(vec![]), 0);
    assert_eq!(
        of(vec![wanted(1, 1, &[1]), wanted(2, 1, &[2])]),
        2,
        "a trainee's two"
    );
    assert_eq!(
        of((0..3).map(|n| wanted(n, n, &[1])).collect()),
        3,
        "a panel's three"
    );
    assert_eq!(
        of((0..5).map(|n| wanted(n, n, &[1, 2])).collect()),
        3,
        "five among two"
    );
    // Panel 1 has two of its own, beside three that it shares with panel 2.
    let mut both: Vec<Wanted> = (0..3).map(|n| wanted(n, n, &[1, 2])).collect();
    both.extend((3..5).map(|n| wanted(n, n, &[1])));
    assert_eq!(of(both), 3);
    assert_eq!(
        of(vec![wanted(1, 1, &[])]),
        0,
        "what no panel holds takes no time"
    );
}

#[test]
fn what_has_no_time_is_told_with_why() {
    let mut it = problem(
        grid(2, 1),
        vec![
            wanted(1, 1, &[1]),
            wanted(2, 2, &[1]),
            wanted(3, 3, &[]),
            wanted(4, 4, &[2]),
            wanted(5, 5, &[9]),
        ],
    );
    it.panels.insert(id(9), Vec::new());
    it.busy.insert(id(10_004), vec![at(610, 5)]);
    let found = compute(&it);
    assert_eq!(found.placed.len(), 1);
    let why = |n: u128| found.unplaced.get(&id(100_000 + n)).copied();
    assert!(why(1) == Some(Unplaced::Full) || why(2) == Some(Unplaced::Full));
    assert_eq!(why(3), Some(Unplaced::NoPanel));
    assert_eq!(why(4), Some(Unplaced::Cannot));
    assert_eq!(why(5), Some(Unplaced::NoSlot));
}

#[test]
fn more_times_than_the_fewest_are_explained() {
    // Two trainees at two panels: two times do, unless somebody cannot come.
    let all = vec![
        wanted(1, 1, &[1]),
        wanted(2, 1, &[2]),
        wanted(3, 2, &[1]),
        wanted(4, 2, &[2]),
    ];
    let free = problem(grid(2, 5), all.clone());
    let found = compute(&free);
    assert_eq!((found.bound, found.used, found.unplaced.len()), (2, 2, 0));
    assert_eq!(whys(&free, &found), []);
    let mut absent = free.clone();
    absent
        .busy
        .insert(id(10_001), vec![at(600, 20), at(660, 20), at(690, 20)]);
    absent
        .busy
        .insert(id(10_002), vec![at(630, 20), at(720, 20)]);
    let found = compute(&absent);
    assert!(found.used > 2 && found.unplaced.is_empty(), "{found:?}");
    assert_eq!(whys(&absent, &found), [Why::Absences]);
    // Half an hour between two is one grid step too many.
    let mut spaced = free.clone();
    spaced.gap = 30;
    let found = compute(&spaced);
    assert!(faults(&spaced, &found.placed).is_empty());
    assert_eq!(found.used, 2, "ten and eleven: {found:?}");
    // One a day, and there is one day.
    let mut scarce = free.clone();
    scarce.most_a_day = 1;
    let found = compute(&scarce);
    assert_eq!(found.unplaced.len(), 2);
    assert_eq!(whys(&scarce, &found), [Why::Spacing]);
    // Panels that never sit together take the times of both.
    let mut apart = problem(grid(1, 2), vec![wanted(1, 1, &[1]), wanted(2, 2, &[2])]);
    apart.panels.insert(
        id(2),
        vec![Place {
            slot: id(2_999),
            when: at(900, 20),
        }],
    );
    let found = compute(&apart);
    assert_eq!((found.bound, found.used), (1, 2));
    assert_eq!(whys(&apart, &found), [Why::Panels]);
}

#[test]
fn what_stands_is_kept_and_in_nobodys_way() {
    let mut it = problem(grid(1, 3), vec![wanted(1, 1, &[1]), wanted(2, 2, &[1])]);
    // Slot 1001 is given; trainee 1 is elsewhere at ten.
    it.fixed = vec![
        Fixed {
            trainee: id(10_003),
            when: at(630, 20),
            here: Some((id(1), id(1_001))),
        },
        Fixed {
            trainee: id(10_001),
            when: at(595, 10),
            here: None,
        },
    ];
    let found = compute(&it);
    assert_eq!(found.placed.get(&id(100_001)), Some(&id(1_002)));
    assert_eq!(found.placed.get(&id(100_002)), Some(&id(1_000)));
    assert_eq!((found.bound, found.used), (3, 3));
    let own = part(
        &it,
        &found,
        &BTreeSet::from([id(1)]),
        &BTreeSet::from([id(100_001)]),
    );
    assert_eq!((own.placed.len(), own.bound, own.used), (1, 2, 2));
}

#[test]
fn every_kind_of_fault_is_found() {
    let mut it = problem(
        grid(2, 3),
        vec![wanted(1, 1, &[1]), wanted(2, 1, &[2]), wanted(3, 2, &[1])],
    );
    let judged = |it: &Problem, slots: &[(u128, u128)]| {
        let placed = slots.iter().map(|(n, slot)| (id(100_000 + n), id(*slot)));
        faults(it, &placed.collect())
    };
    assert_eq!(judged(&it, &[(1, 1_000), (2, 2_001), (3, 1_001)]), []);
    assert_eq!(judged(&it, &[(1, 1_000), (3, 1_000)]), [Fault::SlotTwice]);
    assert_eq!(judged(&it, &[(1, 2_000)]), [Fault::Strange]);
    assert_eq!(judged(&it, &[(1, 9_999)]), [Fault::Strange]);
    assert_eq!(judged(&it, &[(1, 1_000), (2, 2_000)]), [Fault::Near]);
    it.gap = 11;
    assert_eq!(judged(&it, &[(1, 1_000), (2, 2_001)]), [Fault::Near]);
    assert_eq!(judged(&it, &[(1, 1_000), (2, 2_002)]), []);
    it.most_a_day = 1;
    assert_eq!(judged(&it, &[(1, 1_000), (2, 2_002)]), [Fault::DayFull]);
    it.busy.insert(id(10_002), vec![at(649, 5)]);
    assert_eq!(judged(&it, &[(3, 1_001)]), [Fault::Busy]);
    it.fixed.push(Fixed {
        trainee: id(10_009),
        when: at(600, 20),
        here: Some((id(1), id(1_000))),
    });
    assert_eq!(judged(&it, &[(1, 1_000)]), [Fault::SlotTwice]);
}
