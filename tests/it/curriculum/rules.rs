//! The register, weights, prerequisites, circles, layers, versions, exemptions: pure.

use std::collections::{BTreeMap, BTreeSet};

use banyan::curriculum::rules::changes::{Change, changes};
use banyan::curriculum::rules::exemption::{
    Decision, ExemptionEvent, ExemptionState, counted, effect, next as step,
};
use banyan::curriculum::rules::graph::{cycle, layers, unmet};
use banyan::curriculum::rules::order::moved;
use banyan::curriculum::rules::{
    Assessment, Content, Holds, Pair, credit_tenths, credits, holds, lacks, may_say_qf,
    registered_level, registration, version_for, weights,
};
use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::support::tables::{assert_table, seeded};

const SEED: u64 = 0x2027_0011;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn codes(
    result: Result<impl Sized, Vec<banyan::error::FieldError>>,
) -> Vec<(String, &'static str)> {
    result.err().map_or_else(Vec::new, |errors| {
        errors.into_iter().map(|it| (it.field, it.code)).collect()
    })
}

#[test]
fn a_number_of_the_register_is_read_to_the_letter() {
    for (text, level) in [
        ("24/000123/L5", Some(5)),
        ("00/000000/L1", Some(1)),
        ("99/999999/L7", Some(7)),
        ("24/000123/L0", None),
        ("24/000123/L8", None),
        ("24/000123/L55", None),
        ("24/000123/l5", None),
        ("24/00123/L5", None),
        ("2/000123/L5", None),
        ("24/000123/5", None),
        ("24/000123/L", None),
        ("24/000123/L5/", None),
        (" 24/000123/L5", None),
        ("24-000123-L5", None),
        ("２４/000123/L5", None),
        ("", None),
    ] {
        assert_eq!(registered_level(text), level, "{text:?}");
    }
}

#[test]
fn an_entry_of_the_register_has_the_modules_level_and_days_in_order() {
    let (from, to) = (Some(day("2026-01-01")), Some(day("2027-12-31")));
    assert!(registration(None, None, None, 5).unwrap().is_none());
    let entry = registration(Some("24/000123/L5"), from, to, 5)
        .unwrap()
        .unwrap();
    assert_eq!(entry.number, "24/000123/L5");
    let field = |name: &str, code: &'static str| vec![(name.to_owned(), code)];
    assert_eq!(
        codes(registration(Some("24/000123/L6"), from, to, 5)),
        field("qr_registration", "level")
    );
    assert_eq!(
        codes(registration(Some("24/123/L5"), from, to, 5)),
        field("qr_registration", "pattern")
    );
    assert_eq!(
        codes(registration(None, from, None, 5)),
        field("qr_registration", "required")
    );
    assert_eq!(
        codes(registration(Some("24/000123/L5"), from, None, 5)),
        field("qr_valid_to", "required")
    );
    assert_eq!(
        codes(registration(Some("24/000123/L5"), to, from, 5)),
        field("qr_valid_to", "out_of_order")
    );
}

#[test]
fn a_qf_level_is_spoken_of_only_within_the_entrys_days() {
    let entry = registration(
        Some("24/000123/L5"),
        Some(day("2026-01-01")),
        Some(day("2026-12-31")),
        5,
    )
    .unwrap()
    .unwrap();
    for (on, allowed) in [
        ("2025-12-31", false),
        ("2026-01-01", true),
        ("2026-12-31", true),
        ("2027-01-01", false),
    ] {
        assert_eq!(may_say_qf(Some(&entry), 5, day(on)), allowed, "{on}");
    }
    assert!(
        !may_say_qf(Some(&entry), 6, day("2026-06-01")),
        "another level"
    );
    assert!(
        !may_say_qf(None, 5, day("2026-06-01")),
        "the indicative level alone"
    );
}

#[test]
fn ten_notional_hours_are_one_credit() {
    for (hours, text) in [(80, "8"), (65, "6.5"), (0, "0"), (650, "65"), (1, "0.1")] {
        assert_eq!(credits(credit_tenths(hours)), text);
    }
}

fn part(weight: i32) -> Assessment {
    Assessment {
        kind: "exam".to_owned(),
        title: Pair::new("Exam", "考試"),
        weight,
        must_pass: false,
    }
}

fn whole() -> Content {
    Content {
        name: Pair::new("Module", "單元"),
        summary: Pair::new("About", "簡介"),
        outcomes: vec![Pair::new("do it", "做到")],
        contact: 20,
        self_study: 30,
        assessment: 10,
        level: 5,
        assessments: vec![part(60), part(40)],
        effective_from: Some(day("2027-02-01")),
        ..Content::default()
    }
}

#[test]
fn a_draft_says_what_it_lacks() {
    let today = day("2027-01-15");
    assert_eq!(whole().notional(), 60);
    let lacking = |content: &Content, follows| {
        lacks(content, follows, today)
            .into_iter()
            .map(|it| format!("{} {}", it.field, it.code))
            .collect::<Vec<_>>()
    };
    assert!(lacking(&whole(), true).is_empty());
    let light = Content {
        assessments: vec![part(60), part(39)],
        ..whole()
    };
    assert_eq!(lacking(&light, false), ["weight_1 weights"]);
    let early = Content {
        effective_from: Some(today),
        ..whole()
    };
    assert!(
        lacking(&early, false).is_empty(),
        "a first version may be of any day"
    );
    assert_eq!(lacking(&early, true), ["effective_from too_early"]);
    let nothing = Content {
        name: Pair::new("M", "單"),
        level: 5,
        ..Content::default()
    };
    assert_eq!(
        lacking(&nothing, false),
        [
            "summary_en required",
            "summary_zh required",
            "outcomes_en required",
            "contact required",
            "effective_from required",
            "weight_1 weights"
        ]
    );
}

#[test]
fn a_cohort_is_taught_what_was_in_force_when_it_began() {
    let versions = [
        (1, day("2026-01-01")),
        (2, day("2027-03-01")),
        (3, day("2027-03-01")),
        (4, day("2028-01-01")),
    ];
    for (on, number) in [
        ("2025-12-31", None),
        ("2026-01-01", Some(1)),
        ("2027-02-28", Some(1)),
        ("2027-03-01", Some(3)),
        ("2027-12-31", Some(3)),
        ("2030-01-01", Some(4)),
    ] {
        assert_eq!(version_for(&versions, day(on)), number, "{on}");
    }
    // What was published later stands before it, even if it begins earlier.
    let earlier = [(2, day("2028-01-01")), (3, day("2027-06-01"))];
    assert_eq!(version_for(&earlier, day("2028-02-01")), Some(3));
}

#[test]
fn a_reference_holds_between_its_days_or_until_it_is_replaced() {
    let (a, b) = (Some(day("2026-01-01")), Some(day("2026-04-16")));
    let successor = Some(day("2026-04-17"));
    for (from, to, by, on, wanted) in [
        (a, b, None, "2025-12-31", Holds::NotYet),
        (a, b, None, "2026-04-16", Holds::Now),
        (a, b, None, "2026-04-17", Holds::Over),
        (a, None, None, "2099-01-01", Holds::Now),
        (None, None, successor, "2026-04-16", Holds::Now),
        (None, None, successor, "2026-04-17", Holds::Over),
        (None, None, None, "2026-04-17", Holds::Now),
    ] {
        assert_eq!(holds(from, to, by, day(on)), wanted, "{on}");
    }
}

/// The sample's prerequisites, by number: 1 AIR, 2 AIE, 3 DGP, 4 MVL, 5 REG, 6 GBA, 7 GEN, 8 CAP.
fn sample() -> BTreeMap<u8, Vec<Vec<u8>>> {
    BTreeMap::from([
        (1, vec![]),
        (2, vec![]),
        (3, vec![]),
        (4, vec![vec![1], vec![3]]),
        (5, vec![]),
        (6, vec![vec![3]]),
        (7, vec![vec![1]]),
        (8, vec![vec![1], vec![2], vec![3], vec![5], vec![4, 6, 7]]),
    ])
}

#[test]
fn the_capstone_asks_for_four_and_any_one_of_three() {
    let asks = &sample()[&8];
    let set = |list: &[u8]| list.iter().copied().collect::<BTreeSet<u8>>();
    for (passed, exempted, left) in [
        (&[1, 2, 3, 5, 6][..], &[][..], &[][..]),
        (&[1, 2, 3, 5], &[], &[4]),
        (&[1, 2, 3, 5], &[7], &[]),
        (&[2, 3, 5, 4], &[1], &[]),
        (&[], &[], &[0, 1, 2, 3, 4]),
        (&[1, 2, 3, 5, 6, 7, 4], &[], &[]),
    ] {
        assert_eq!(
            unmet(asks, &set(passed), &set(exempted)),
            left,
            "{passed:?} {exempted:?}"
        );
    }
    assert!(
        unmet(&[vec![]], &set(&[]), &set(&[])).is_empty(),
        "an empty group asks for nothing"
    );
}

#[test]
fn the_sample_has_no_circle_and_three_layers() {
    let asks = sample();
    assert_eq!(cycle(&asks), None);
    let order: Vec<u8> = (1..=8).collect();
    assert_eq!(
        layers(&asks, &order),
        [vec![1, 2, 3, 5], vec![4, 6, 7], vec![8]]
    );
}

#[test]
fn a_circle_is_named() {
    let mut asks = sample();
    asks.insert(1, vec![vec![8]]);
    assert_eq!(cycle(&asks), Some(vec![1, 8]));
    asks.insert(1, vec![vec![2, 4]]);
    assert_eq!(
        cycle(&asks),
        Some(vec![1, 4]),
        "also through a choice within a group"
    );
    asks.insert(1, vec![vec![1]]);
    assert_eq!(cycle(&asks), Some(vec![1]));
}

fn any_graph() -> impl Strategy<Value = BTreeMap<u8, Vec<Vec<u8>>>> {
    let groups = prop::collection::vec(prop::collection::vec(0_u8..10, 1..3), 0..3);
    prop::collection::btree_map(0_u8..10, groups, 0..10)
}

#[test]
fn circles_and_layers_agree_on_every_graph() {
    TestRunner::new(seeded(SEED, 400))
        .run(&any_graph(), |asks| {
            let order: Vec<u8> = (0..10).collect();
            let drawn = layers(&asks, &order);
            let place = |it: u8| drawn.iter().position(|layer| layer.contains(&it));
            prop_assert_eq!(drawn.clone(), layers(&asks, &order));
            match cycle(&asks) {
                None => {
                    prop_assert_eq!(drawn.concat().len(), 10, "everything is drawn");
                    for (at, groups) in &asks {
                        for asked in groups.iter().flatten() {
                            prop_assert!(place(*asked) < place(*at), "{} below {}", at, asked);
                        }
                    }
                }
                Some(circle) => {
                    prop_assert!(!circle.is_empty());
                    for (n, at) in circle.iter().enumerate() {
                        let next = circle[(n + 1) % circle.len()];
                        prop_assert!(asks[at].iter().flatten().any(|it| *it == next));
                        prop_assert_eq!(place(*at), None, "a circle is not drawn");
                    }
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn more_passes_never_close_what_was_open() {
    let sets = || prop::collection::btree_set(0_u8..10, 0..10);
    let groups = prop::collection::vec(prop::collection::vec(0_u8..10, 0..4), 0..5);
    TestRunner::new(seeded(SEED, 400))
        .run(
            &(groups, sets(), sets(), sets()),
            |(groups, passed, exempted, more)| {
                let before = unmet(&groups, &passed, &exempted);
                let after = unmet(&groups, &counted(&passed, &more), &exempted);
                prop_assert!(after.iter().all(|it| before.contains(it)));
                // Whether it was passed or exempted makes no difference.
                let all = counted(&passed, &exempted);
                prop_assert_eq!(before, unmet(&groups, &all, &BTreeSet::new()));
                Ok(())
            },
        )
        .unwrap();
}

#[test]
fn weights_are_a_sum_that_cannot_overflow() {
    assert_eq!(weights(&[part(40), part(20), part(40)]), 100);
    assert_eq!(weights(&[]), 0);
    assert_eq!(weights(&[part(i32::MAX), part(1)]), i32::MAX);
}

const LIFE: &str = "
               withdraw   grant    refuse
    requested  withdrawn  granted  refused
    withdrawn  -          -        -
    granted    -          -        -
    refused    -          -        -
";

#[test]
fn a_request_for_exemption_follows_its_table() {
    let states: Vec<_> = ExemptionState::ALL
        .iter()
        .map(|it| (*it, it.as_str().to_owned()))
        .collect();
    let events: Vec<_> = ExemptionEvent::ALL
        .iter()
        .map(|it| (*it, it.as_str().to_owned()))
        .collect();
    assert_table(LIFE, &states, &events, |state, event| {
        step(state, event).map_or_else(|_refused| "-".to_owned(), |it| it.as_str().to_owned())
    });
    assert_eq!(Decision::ALL.len(), 2);
}

#[test]
fn an_exemption_counts_as_passed_and_carries_no_mark() {
    for state in ExemptionState::ALL {
        let effect = effect(*state);
        assert_eq!(
            effect.counts_as_passed,
            *state == ExemptionState::Granted,
            "{state:?}"
        );
        assert!(!effect.carries_mark);
    }
}

#[test]
fn only_what_differs_is_a_change() {
    let facts = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    };
    let found = changes(
        &facts(&[("a", "1"), ("b", "2"), ("gone", "x")]),
        &facts(&[("a", "1"), ("b", "3"), ("new", "y")]),
    );
    let change = |label: &str, before: &str, after: &str| Change {
        label: label.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
    };
    assert_eq!(
        found,
        [
            change("b", "2", "3"),
            change("new", "", "y"),
            change("gone", "x", "")
        ]
    );
}

#[test]
fn what_is_moved_stands_where_it_was_put_and_the_others_keep_their_order() {
    TestRunner::new(seeded(SEED, 400))
        .run(
            &(1_usize..12, 0_usize..14, 0_usize..14),
            |(len, from, to)| {
                let all: Vec<usize> = (0..len).collect();
                let order = moved(&all, from, to);
                if from >= len || to >= len {
                    prop_assert_eq!(order, all);
                    return Ok(());
                }
                prop_assert_eq!(order[to], from);
                let others = |list: &[usize]| -> Vec<usize> {
                    list.iter().copied().filter(|it| *it != from).collect()
                };
                prop_assert_eq!(others(&order), others(&all));
                prop_assert_eq!(moved(&order, to, from), all, "and back");
                Ok(())
            },
        )
        .unwrap();
}
