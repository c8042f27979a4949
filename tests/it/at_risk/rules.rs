//! The rules on tables of cases, and their properties.

use banyan::at_risk::rules::{
    CaseEvent, CaseRefusal, CaseState, Code, DEFAULTS, Reason, Session, Signals, Standing, Step,
    find, honest_share, hours, may_tell, next, rate, severity, step, suggestion,
};
use banyan::ids::AssessmentId;
use banyan::lang::{Lang, Say as _};
use chrono::{Duration, NaiveDate};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A trainee about whom there is nothing to say.
pub fn quiet() -> Signals {
    Signals {
        today: day("2027-05-01"),
        began_on: day("2027-02-22"),
        on_break: false,
        sessions: Vec::new(),
        overdue: Vec::new(),
        last_sign: Some(day("2027-04-30")),
        marks: Vec::new(),
    }
}

/// The assessment with this number.
fn work(n: usize) -> AssessmentId {
    AssessmentId(uuid::Uuid::from_u128(
        u128::try_from(n).unwrap_or_default() + 1,
    ))
}

/// Each of these of an assessment of its own, counted from 0.
fn each<T: Copy>(all: &[T]) -> Vec<(AssessmentId, T)> {
    let numbered = all.iter().enumerate();
    numbered.map(|(n, it)| (work(n), *it)).collect()
}

/// Sessions of three hours each, every third day, attended for so many minutes.
fn sessions(attended: &[i32]) -> Vec<Session> {
    let days = (0_i64..).map(|n| day("2027-02-22") + Duration::days(3 * n));
    attended
        .iter()
        .zip(days)
        .map(|(attended, on)| Session {
            on,
            held: 180,
            attended: *attended,
        })
        .collect()
}

fn codes(found: &[Reason]) -> Vec<Code> {
    found.iter().map(Reason::code).collect()
}

#[test]
fn each_rule_finds_at_its_threshold_and_not_before() {
    assert!(find(&DEFAULTS, &quiet()).is_empty());
    // Two sessions of five hours and more: 80 % is enough, a minute less is not.
    let mut it = quiet();
    it.sessions = sessions(&[180, 180, 180, 180, 0]);
    assert!(find(&DEFAULTS, &it).is_empty());
    it.sessions = sessions(&[180, 180, 180, 179, 0]);
    let found = find(&DEFAULTS, &it);
    assert_eq!(
        found,
        [Reason::Attendance {
            rate: 7_988,
            held: 900,
            below: 8_000,
            missed: vec![day("2027-03-06")]
        }]
    );
    assert_eq!(severity(&DEFAULTS, &found), 3);
    // An hour missed of one session says nothing yet.
    it.sessions = sessions(&[60]);
    assert!(find(&DEFAULTS, &it).is_empty());

    let mut it = quiet();
    it.overdue = each(&[day("2027-04-20"), day("2027-04-10")]);
    assert_eq!(
        find(&DEFAULTS, &it),
        [Reason::Overdue {
            count: 2,
            oldest: day("2027-04-10"),
            works: vec![work(0), work(1)],
        }]
    );

    let mut it = quiet();
    it.last_sign = Some(day("2027-04-18"));
    assert!(find(&DEFAULTS, &it).is_empty());
    it.last_sign = Some(day("2027-04-17"));
    let silent = [Reason::Silence {
        since: day("2027-04-17"),
        days: 14,
    }];
    assert_eq!(find(&DEFAULTS, &it), silent);
    // Who never signed in is silent since the first day; who signed in long before, too.
    it.last_sign = None;
    assert_eq!(codes(&find(&DEFAULTS, &it)), [Code::Silence]);
    it.last_sign = Some(day("2026-11-01"));
    let since = find(&DEFAULTS, &it);
    assert!(matches!(since[..], [Reason::Silence { since, .. }] if since == day("2027-02-22")));

    let mut it = quiet();
    it.marks = each(&[5_000]);
    assert!(find(&DEFAULTS, &it).is_empty());
    it.marks = each(&[4_999, 9_000, 3_000]);
    assert_eq!(
        find(&DEFAULTS, &it),
        [Reason::LowMarks {
            count: 2,
            lowest: 3_000,
            below: 5_000,
            works: vec![work(0), work(2)],
        }]
    );
}

#[test]
fn a_fall_is_found_only_where_there_is_enough_before_and_after_it() {
    let mut it = quiet();
    it.marks = each(&[9_000, 9_000, 9_000, 7_000, 7_000, 7_000]);
    assert_eq!(
        find(&DEFAULTS, &it),
        [Reason::MarksTrend {
            before: 9_000,
            recent: 7_000,
            of: 3
        }]
    );
    it.marks = each(&[9_000, 9_000, 9_000, 7_000, 7_000, 7_001]);
    assert_eq!(
        codes(&find(&DEFAULTS, &it)),
        [Code::MarksTrend],
        "the mean is of whole hundredths"
    );
    it.marks = each(&[9_000, 9_000, 7_000, 7_000, 7_000]);
    assert!(find(&DEFAULTS, &it).is_empty());
    let mut it = quiet();
    let mut long = vec![180; 20];
    long.extend([180, 0, 60]);
    it.sessions = sessions(&long);
    assert_eq!(codes(&find(&DEFAULTS, &it)), [Code::AttendanceTrend]);
    it.sessions.reverse();
    assert!(find(&DEFAULTS, &it).is_empty());
    let last = long.len() - 1;
    long[last] = 180;
    it.sessions = sessions(&long);
    assert!(find(&DEFAULTS, &it).is_empty(), "one day is no trend");
}

#[test]
fn who_came_to_class_is_not_silent_and_who_pauses_is_left_in_peace() {
    let mut it = quiet();
    it.last_sign = None;
    it.sessions = vec![Session {
        on: day("2027-04-28"),
        held: 60,
        attended: 60,
    }];
    assert!(find(&DEFAULTS, &it).is_empty());
    it.sessions[0].attended = 0;
    assert_eq!(codes(&find(&DEFAULTS, &it)), [Code::Silence]);
    it.on_break = true;
    assert!(find(&DEFAULTS, &it).is_empty());
}

#[test]
fn a_look_opens_updates_and_proposes_but_never_closes() {
    let low = |rate| Reason::Attendance {
        rate,
        held: 900,
        below: 8_000,
        missed: Vec::new(),
    };
    let late = |works: &[usize]| Reason::Overdue {
        count: i32::try_from(works.len()).unwrap(),
        oldest: day("2027-04-10"),
        works: works.iter().map(|n| work(*n)).collect(),
    };
    let poor = |n: usize| Reason::LowMarks {
        count: 1,
        lowest: 4_000,
        below: 5_000,
        works: vec![work(n)],
    };
    let standing = |open: Option<Vec<Reason>>, closed: Option<Vec<Reason>>| Standing {
        open,
        closed,
        ..Standing::default()
    };
    let pausing = |open: Option<Vec<Reason>>, resting| Standing {
        open,
        resting,
        pauses: true,
        ..Standing::default()
    };
    let table = [
        (vec![], standing(None, None), Step::Nothing),
        (vec![low(6_000)], standing(None, None), Step::Open),
        (
            vec![low(6_000)],
            standing(Some(vec![low(6_000)]), None),
            Step::Nothing,
        ),
        (
            vec![low(5_900)],
            standing(Some(vec![low(6_000)]), None),
            Step::Update,
        ),
        (
            vec![],
            standing(Some(vec![low(6_000)]), None),
            Step::Propose,
        ),
        // Proposed already.
        (vec![], standing(Some(vec![]), None), Step::Nothing),
        (vec![low(6_000)], standing(Some(vec![]), None), Step::Update),
        // Dealt with: the same, or a little worse, is no news; another reason and a clear fall are.
        (
            vec![low(6_000)],
            standing(None, Some(vec![low(6_000)])),
            Step::Nothing,
        ),
        (
            vec![low(5_501)],
            standing(None, Some(vec![low(6_000)])),
            Step::Nothing,
        ),
        (
            vec![low(5_500)],
            standing(None, Some(vec![low(6_000)])),
            Step::Open,
        ),
        (
            vec![late(&[1])],
            standing(None, Some(vec![low(6_000)])),
            Step::Open,
        ),
        (
            vec![late(&[1])],
            standing(None, Some(vec![late(&[1])])),
            Step::Nothing,
        ),
        (
            vec![late(&[1, 2])],
            standing(None, Some(vec![late(&[1])])),
            Step::Open,
        ),
        // One piece was handed in and another missed: as many as before, and yet news.
        (
            vec![late(&[2])],
            standing(None, Some(vec![late(&[1])])),
            Step::Open,
        ),
        (
            vec![late(&[1])],
            standing(None, Some(vec![late(&[1, 2])])),
            Step::Nothing,
        ),
        (
            vec![poor(2)],
            standing(None, Some(vec![poor(1)])),
            Step::Open,
        ),
        (
            vec![poor(1)],
            standing(None, Some(vec![poor(1)])),
            Step::Nothing,
        ),
        // Who pauses is no better: the case rests, once, and wakes when they are back.
        (vec![], pausing(Some(vec![low(6_000)]), false), Step::Rest),
        (vec![], pausing(Some(vec![]), false), Step::Rest),
        (vec![], pausing(Some(vec![]), true), Step::Nothing),
        (vec![], pausing(None, false), Step::Nothing),
        (
            vec![],
            Standing {
                open: Some(vec![]),
                resting: true,
                ..Standing::default()
            },
            Step::Propose,
        ),
        // Its reasons were gone when it was closed.
        (vec![low(7_900)], standing(None, Some(vec![])), Step::Open),
    ];
    for (found, standing, expected) in table {
        assert_eq!(
            step(&DEFAULTS, &found, &standing),
            expected,
            "{found:?} {standing:?}"
        );
    }
    // One point is too few for a case.
    let falling = [Reason::MarksTrend {
        before: 9_000,
        recent: 7_000,
        of: 3,
    }];
    assert_eq!(
        step(&DEFAULTS, &falling, &Standing::default()),
        Step::Nothing
    );
}

#[test]
fn a_closed_case_stays_closed_and_nobody_is_written_to_twice_or_about_nothing() {
    for event in [CaseEvent::Assign, CaseEvent::Note, CaseEvent::Close] {
        assert_eq!(next(CaseState::Closed, event), Err(CaseRefusal::Closed));
    }
    assert_eq!(
        next(CaseState::Open, CaseEvent::Assign),
        Ok(CaseState::InHand)
    );
    assert_eq!(next(CaseState::Open, CaseEvent::Note), Ok(CaseState::Open));
    assert_eq!(
        next(CaseState::Closed, CaseEvent::Correct),
        Ok(CaseState::Closed)
    );
    assert_eq!(
        next(CaseState::InHand, CaseEvent::Correct),
        Err(CaseRefusal::NotClosed)
    );
    assert_eq!(
        next(CaseState::InHand, CaseEvent::Close),
        Ok(CaseState::Closed)
    );
    let silent = [Reason::Silence {
        since: day("2027-04-17"),
        days: 14,
    }];
    assert_eq!(may_tell(CaseState::Open, false, &silent), Ok(()));
    assert_eq!(
        may_tell(CaseState::Open, true, &silent),
        Err(CaseRefusal::Told)
    );
    assert_eq!(
        may_tell(CaseState::Open, false, &[]),
        Err(CaseRefusal::Gone)
    );
    assert_eq!(
        may_tell(CaseState::Closed, false, &silent),
        Err(CaseRefusal::Closed)
    );
}

#[test]
fn reasons_say_their_numbers_and_days_in_both_languages() {
    let it = Reason::Attendance {
        rate: 6_800,
        held: 1_500,
        below: 8_000,
        missed: vec![day("2027-03-01"), day("2027-03-04")],
    };
    assert_eq!(
        it.say(Lang::En),
        "Attendance is 68% of 25 hours held; 80% is expected. Last missed: 1 Mar 2027, 4 Mar 2027."
    );
    assert_eq!(
        it.say(Lang::Zh),
        "已舉行25小時，出席率為68%，要求為80%。最近缺席：2027年3月1日、2027年3月4日。"
    );
    let one = Reason::Overdue {
        count: 1,
        oldest: day("2027-04-10"),
        works: vec![work(0)],
    };
    assert_eq!(
        one.say(Lang::En),
        "1 piece of work has not been handed in; it was due on 10 Apr 2027."
    );
    let suggestions: std::collections::BTreeSet<&str> = Code::ALL
        .iter()
        .map(|it| suggestion(*it, Lang::En))
        .collect();
    assert_eq!(suggestions.len(), 4);
}

#[test]
fn small_numbers_get_no_percentage() {
    assert_eq!(honest_share(3, 9), None);
    assert_eq!(honest_share(3, 10), Some(3_000));
    assert_eq!(rate(1, 0), None);
    assert_eq!(rate(5, 3), Some(10_000));
    assert_eq!(
        (hours(1_500), hours(150), hours(59)),
        ("25".to_owned(), "2.5".to_owned(), "0.9".to_owned())
    );
}

fn attended() -> impl Strategy<Value = Vec<i32>> {
    prop::collection::vec(0_i32..=180, 0..30)
}

proptest! {
    #[test]
    fn coming_to_another_session_never_adds_a_reason_for_low_attendance(all in attended(), at in 0_usize..30, more in 0_i32..=180) {
        let mut it = quiet();
        it.sessions = sessions(&all);
        let low = |it: &Signals| codes(&find(&DEFAULTS, it)).contains(&Code::Attendance);
        let before = low(&it);
        if let Some(one) = it.sessions.get_mut(at) {
            one.attended = (one.attended + more).min(one.held);
        }
        prop_assert!(before || !low(&it));
    }

    #[test]
    fn coming_to_one_of_the_last_sessions_never_adds_a_reason(all in attended(), at in 0_usize..3, more in 0_i32..=180) {
        let mut it = quiet();
        it.sessions = sessions(&all);
        let before = codes(&find(&DEFAULTS, &it));
        let last = it.sessions.len().checked_sub(at + 1);
        if let Some(one) = last.and_then(|at| it.sessions.get_mut(at)) {
            one.attended = (one.attended + more).min(one.held);
        }
        for code in codes(&find(&DEFAULTS, &it)) {
            prop_assert!(before.contains(&code), "{code:?}");
        }
    }

    #[test]
    fn handing_in_never_adds_a_reason(due in prop::collection::vec(0_i64..60, 1..6)) {
        let mut it = quiet();
        let due: Vec<NaiveDate> = due.iter().map(|n| day("2027-03-01") + Duration::days(*n)).collect();
        it.overdue = each(&due);
        let before = severity(&DEFAULTS, &find(&DEFAULTS, &it));
        it.overdue.pop();
        prop_assert!(severity(&DEFAULTS, &find(&DEFAULTS, &it)) <= before);
    }

    #[test]
    fn on_a_break_nothing_is_found_whatever_happened(all in attended(), marks in prop::collection::vec(0_i32..=10_000, 0..10)) {
        let mut it = quiet();
        (it.sessions, it.marks, it.last_sign, it.on_break) = (sessions(&all), each(&marks), None, true);
        prop_assert!(find(&DEFAULTS, &it).is_empty());
    }

    #[test]
    fn what_is_stored_is_read_back(all in attended(), marks in prop::collection::vec(0_i32..=10_000, 0..10)) {
        let mut it = quiet();
        (it.sessions, it.marks, it.last_sign) = (sessions(&all), each(&marks), None);
        let found = find(&DEFAULTS, &it);
        let stored = serde_json::to_value(&found).unwrap();
        prop_assert_eq!(banyan::at_risk::queries::reasons_of(stored).unwrap(), found);
    }

    #[test]
    fn a_second_look_with_the_same_signals_does_nothing(all in attended(), marks in prop::collection::vec(0_i32..=10_000, 0..10)) {
        let mut it = quiet();
        (it.sessions, it.marks) = (sessions(&all), each(&marks));
        let found = find(&DEFAULTS, &it);
        let standing = Standing { open: Some(found.clone()), ..Standing::default() };
        prop_assert_eq!(step(&DEFAULTS, &found, &standing), Step::Nothing);
        // And none that was closed with these reasons opens again for them.
        let standing = Standing { closed: Some(found.clone()), ..Standing::default() };
        prop_assert_eq!(step(&DEFAULTS, &found, &standing), Step::Nothing);
    }
}
