//! The pure rules of signatures, the checklist, the standing under the minimum-wage law and the start gate.

use banyan::hosting::rules::usual::{AGREEMENT_EN, AGREEMENT_ZH, ITEMS, PLACES};
use banyan::hosting::rules::{
    AUTHORISATION, Facts, Gate, GateTask, HostingRefusal, Missing, Standing, Studies, TaskState,
    due_on, exempt_year, fill, may_answer, missing, same_name, standings, text_sha256, unfilled,
};
use banyan::matches::rules::PlacementState;
use chrono::{DateTime, NaiveDate, Utc};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn an_offer_is_answered_until_its_last_second() {
    let until: DateTime<Utc> = "2027-03-20T15:59:00Z".parse().unwrap();
    let asked = |state, now: &str| may_answer(state, Some(until), now.parse().unwrap());
    use PlacementState as At;
    assert_eq!(asked(At::Offered, "2027-03-20T15:59:00Z"), Ok(()));
    assert_eq!(
        asked(At::Offered, "2027-03-20T15:59:01Z"),
        Err(HostingRefusal::Late)
    );
    for state in At::ALL.iter().filter(|it| **it != At::Offered) {
        assert_eq!(
            asked(*state, "2027-03-01T00:00:00Z"),
            Err(HostingRefusal::Step),
            "{state:?}"
        );
    }
    let open = may_answer(At::Offered, None, "2099-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(open, Ok(()));
}

#[test]
fn a_wording_is_filled_and_what_nothing_fills_is_seen() {
    let values = [
        ("trainee", "CHAN {x}".to_owned()),
        ("hours", "40".to_owned()),
    ];
    assert_eq!(
        fill("{trainee} works {hours} hours at {place} {", &values),
        "CHAN {x} works 40 hours at {place} {"
    );
    assert_eq!(unfilled("{trainee} {tarinee} {hours}", PLACES), ["tarinee"]);
    for text in [AGREEMENT_EN, AGREEMENT_ZH] {
        assert!(unfilled(text, PLACES).is_empty());
        for place in PLACES {
            assert!(text.contains(&format!("{{{place}}}")), "{place}");
        }
    }
    let same = text_sha256("a", "b");
    assert_eq!(same.len(), 64);
    assert_ne!(
        same,
        text_sha256("a\nb", ""),
        "the border is part of the text"
    );
    assert_ne!(same, text_sha256("b", "a"));
}

#[test]
fn a_name_is_the_same_in_any_order_and_case() {
    for typed in ["CHAN Tai Man", "tai man chan", "Tai-Man, Chan", "陳大文"] {
        let known = if typed.is_ascii() {
            "CHAN Tai Man, Peter"
        } else {
            "陳大文"
        };
        assert!(same_name(typed, known), "{typed}");
    }
    assert!(same_name("陳大文", "CHAN Tai Man 陳大文"));
    assert!(same_name("Rex", "Rex"));
    for typed in ["", " ", "Chan Tai Ming", "Wong", "Chan", "陳大", "大"] {
        assert!(!same_name(typed, "CHAN Tai Man, Peter 陳大文"), "{typed}");
    }
}

fn facts() -> Facts {
    Facts {
        studies: Studies::Local,
        endorsed: true,
        component: true,
        under_26: true,
    }
}

#[test]
fn standings_follow_from_the_facts_at_their_borders() {
    let first = day("2027-07-05");
    let last = |days: i64| first + chrono::Duration::days(days - 1);
    let asked = |facts: Facts, days| standings(&facts, first, last(days));
    use Standing::{Employee, StudentIntern, WorkExperience};
    assert_eq!(
        asked(facts(), 59),
        [StudentIntern, WorkExperience, Employee]
    );
    assert_eq!(asked(facts(), 60), [StudentIntern, Employee]);
    let elsewhere = Facts {
        studies: Studies::Elsewhere,
        ..facts()
    };
    assert_eq!(
        asked(elsewhere, 59),
        [StudentIntern, WorkExperience, Employee]
    );
    let alone = Facts {
        endorsed: false,
        ..facts()
    };
    assert_eq!(asked(alone, 59), [WorkExperience, Employee]);
    let extra = Facts {
        component: false,
        ..facts()
    };
    assert_eq!(asked(extra, 59), [WorkExperience, Employee]);
    // An intern may be of any age; a student on work experience may not.
    let older = Facts {
        under_26: false,
        ..facts()
    };
    assert_eq!(asked(older, 59), [StudentIntern, Employee]);
    let graduate = Facts {
        studies: Studies::None,
        ..facts()
    };
    assert_eq!(asked(graduate, 59), [Employee]);
    assert_eq!(exempt_year(day("2027-12-20")), 2027);
}

#[test]
fn items_are_due_before_the_first_day_and_never_before_they_are_given() {
    let starts = day("2027-07-05");
    assert_eq!(due_on(starts, 14, day("2027-05-01")), day("2027-06-21"));
    assert_eq!(due_on(starts, 14, day("2027-07-01")), day("2027-07-01"));
    assert_eq!(due_on(starts, -60, day("2027-05-01")), day("2027-09-03"));
    let mut codes: Vec<_> = ITEMS.iter().map(|it| it.0).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), ITEMS.len());
    assert!(ITEMS.iter().any(|it| it.0 == AUTHORISATION));
    // Nobody is asked for a copy of an identity card.
    assert!(
        ITEMS
            .iter()
            .all(|it| !it.1.to_lowercase().contains("identity card"))
    );
}

fn open_gate() -> Gate<'static> {
    Gate {
        signed: true,
        tasks: vec![
            GateTask {
                code: "nda",
                needed: true,
                state: TaskState::Done,
                held_on: None,
            },
            GateTask {
                code: "mpf",
                needed: false,
                state: TaskState::Open,
                held_on: None,
            },
            GateTask {
                code: AUTHORISATION,
                needed: true,
                state: TaskState::Waived,
                held_on: Some(day("2027-08-31")),
            },
        ],
        standing: Some((Standing::Employee, false)),
        starts_on: day("2027-07-05"),
        ends_on: day("2027-08-31"),
    }
}

#[test]
fn the_gate_opens_when_nothing_is_missing_and_names_each_thing_that_is() {
    let on = |gate: &Gate<'_>, today: &str| missing(gate, day(today));
    assert_eq!(on(&open_gate(), "2027-07-05"), []);
    assert_eq!(on(&open_gate(), "2027-07-04"), [Missing::Early]);
    let mut gate = open_gate();
    gate.signed = false;
    gate.tasks[0].state = TaskState::Open;
    gate.tasks[2].held_on = Some(day("2027-08-30"));
    gate.standing = None;
    assert_eq!(
        on(&gate, "2027-07-05"),
        [
            Missing::Agreement,
            Missing::Tasks,
            Missing::Standing,
            Missing::Authorisation
        ]
    );
    let mut gate = open_gate();
    gate.standing = Some((Standing::WorkExperience, false));
    assert_eq!(on(&gate, "2027-07-05"), [Missing::Declaration]);
    gate.standing = Some((Standing::WorkExperience, true));
    assert_eq!(on(&gate, "2027-07-05"), []);
}
