//! Properties of the rules, over any facts.

use std::collections::BTreeMap;

use banyan::curriculum::rules::Pair;
use banyan::progress::rules::content::{
    Attendance, Choice, CompletionRules, Marks, NamedForm, percent, percent_text,
};
use banyan::progress::rules::verdict::{
    Facts, Line, ModuleFacts, Outcome, Verdict, What, evaluate,
};
use banyan::progress::rules::what_if::change;
use banyan::progress::rules::{Excused, Standing};
use proptest::prelude::*;

use super::rules::{all_done, day, hours, id, line, passed, rules};

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        Just(Outcome::NotYet),
        Just(Outcome::Incomplete),
        Just(Outcome::Failed),
        Just(Outcome::Passed)
    ]
}

fn module() -> impl Strategy<Value = ModuleFacts> {
    let minutes = (0_u32..900, 0_u32..900, 0_u32..300, 0_u32..300);
    let rest = (
        outcome(),
        proptest::option::of(0_u16..=10_000),
        1_u32..200,
        any::<bool>(),
        any::<bool>(),
    );
    (minutes, rest).prop_map(
        |((held, attended, excused, ahead), (result, mark, notional, exempted, again))| {
            let attended = attended.min(held);
            ModuleFacts {
                hours: hours(held, attended, excused.min(held - attended), ahead),
                result,
                mark: mark.filter(|_| !exempted),
                notional,
                exempted,
                again,
            }
        },
    )
}

fn facts() -> impl Strategy<Value = Facts> {
    (
        proptest::collection::btree_map(1_u128..8, module(), 0..7),
        any::<bool>(),
    )
        .prop_map(|(modules, form)| Facts {
            modules: modules.into_iter().map(|(n, it)| (id(n), it)).collect(),
            forms: form.then(|| "agreement".to_owned()).into_iter().collect(),
            ..Facts::default()
        })
}

fn any_rules() -> impl Strategy<Value = CompletionRules> {
    (
        proptest::option::of(1_u16..=10_000),
        proptest::option::of(1_u16..=10_000),
        (
            proptest::option::of(1_u16..=10_000),
            proptest::option::of(1_u16..=10_000),
        ),
        0..3_usize,
        1_u32..=3,
    )
        .prop_map(|(whole, each, (mark, average), excused, n)| {
            let mut it = rules();
            it.attendance = Attendance {
                whole,
                each,
                excused: Excused::ALL[excused].as_str().to_owned(),
            };
            it.marks = Marks {
                each: mark,
                average,
            };
            it.any_of = vec![Choice {
                n,
                of: vec![id(3), id(4), id(6)],
            }];
            it
        })
}

/// Of what was met nothing may be lost.
fn still_met(before: &[Line], after: &[Line]) -> Result<(), TestCaseError> {
    for (old, new) in before.iter().zip(after) {
        prop_assert_eq!(old.what, new.what);
        if old.standing == Standing::Met {
            prop_assert_eq!(new.standing, Standing::Met, "{:?}", old.what);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn more_attendance_never_takes_away_what_is_met(rules in any_rules(), facts in facts(), n in 1_u128..8, more in 0_u32..900) {
        let mut better = facts.clone();
        if let Some(it) = better.modules.get_mut(&id(n)) {
            let missed = it.hours.held - it.hours.attended - it.hours.excused;
            it.hours.attended += more.min(missed);
        }
        let (before, after) = (evaluate(&rules, &facts, day(6, 1)), evaluate(&rules, &better, day(6, 1)));
        still_met(&before.lines, &after.lines)?;
    }

    #[test]
    fn a_higher_mark_a_pass_and_a_form_never_take_away_what_is_met(rules in any_rules(), facts in facts(), n in 1_u128..8, more in 0_u16..10_000) {
        let mut better = facts.clone();
        better.forms.insert("agreement".to_owned());
        if let Some(it) = better.modules.get_mut(&id(n)) {
            it.mark = it.mark.map(|mark| mark.saturating_add(more).min(10_000));
            it.result = Outcome::Passed;
        }
        let (before, after) = (evaluate(&rules, &facts, day(6, 1)), evaluate(&rules, &better, day(6, 1)));
        still_met(&before.lines, &after.lines)?;
    }

    #[test]
    fn a_class_that_is_ahead_and_then_attended_or_not_never_mends_what_was_lost(held in 1_u32..2_000, attended in 0_u32..2_000, ahead in 0_u32..600, come in any::<bool>()) {
        let attended = attended.min(held);
        let mut facts = Facts::default();
        facts.modules.entry(id(9)).or_default().hours = hours(held, attended, 0, ahead);
        let before = line(&facts, What::Whole).standing;
        let then = hours(held + ahead, if come { attended + ahead } else { attended }, 0, 0);
        facts.modules.entry(id(9)).or_default().hours = then;
        let after = line(&facts, What::Whole).standing;
        if before == Standing::Failed {
            prop_assert_eq!(after, Standing::Failed);
        }
        if come && before == Standing::Open {
            prop_assert_eq!(after, Standing::Met);
        }
    }

    #[test]
    fn options_are_as_counting_every_choice_by_hand_says(facts in facts(), n in 1_u32..=3) {
        let mut rules = rules();
        rules.marks.each = None;
        let of = [id(3), id(4), id(6)];
        rules.any_of = vec![Choice { n, of: of.to_vec() }];
        let verdict = evaluate(&rules, &facts, day(6, 1));
        let said = verdict.lines.iter().find(|it| it.what == What::AnyOf(0)).unwrap();
        // Every choice of n of the three: met if one is passed whole, lost if each has one that failed.
        let choices = (0_u32..8).filter(|set| set.count_ones() == n).map(|set| {
            of.iter().enumerate().filter(move |(at, _)| set & (1 << at) != 0).map(|(_, id)| facts.of(*id)).collect::<Vec<_>>()
        });
        let choices: Vec<Vec<ModuleFacts>> = choices.collect();
        let met = choices.iter().any(|set| set.iter().all(ModuleFacts::done));
        let lost = choices.iter().all(|set| set.iter().any(|it| {
            !it.exempted && !it.again && matches!(it.result, Outcome::Failed | Outcome::Incomplete)
        }));
        let expected = if met { Standing::Met } else if lost { Standing::Failed } else { Standing::Open };
        prop_assert_eq!(said.standing, expected);
    }

    #[test]
    fn the_order_of_modules_changes_no_standing(rules in any_rules(), facts in facts()) {
        let mut turned = rules.clone();
        turned.all_of.reverse();
        turned.any_of[0].of.reverse();
        let standings = |rules: &CompletionRules| -> BTreeMap<What, Standing> {
            evaluate(rules, &facts, day(6, 1)).lines.iter().map(|it| (it.what, it.standing)).collect()
        };
        prop_assert_eq!(standings(&rules), standings(&turned));
    }

    #[test]
    fn what_if_tells_of_a_change_exactly_when_a_standing_differs(a in any_rules(), b in any_rules(), facts in facts()) {
        let (before, after) = (evaluate(&a, &facts, day(6, 1)), evaluate(&b, &facts, day(6, 1)));
        prop_assert_eq!(change((&a, &before), (&a, &before)), None);
        let told = change((&a, &before), (&b, &after));
        match &told {
            Some(it) => {
                prop_assert_eq!((it.from, it.to), (before.overall, after.overall));
                for (_, from, to) in &it.lines {
                    prop_assert_ne!(from.unwrap_or(Standing::Met), to.unwrap_or(Standing::Met));
                }
            }
            None => prop_assert_eq!(before.overall, after.overall),
        }
        let back = change((&b, &after), (&a, &before)).map(|it| it.lines.len());
        prop_assert_eq!(told.map(|it| it.lines.len()), back);
    }

    #[test]
    fn forms_and_groups_are_the_same_wherever_they_stand(rules in any_rules(), facts in facts(), n in 1_u32..=2) {
        let mut rules = rules;
        rules.any_of.push(Choice { n, of: vec![id(7), id(8)] });
        rules.forms.push(NamedForm { key: "evaluation".to_owned(), name: Pair::new("Evaluation", "評估") });
        let mut turned = rules.clone();
        turned.any_of.reverse();
        turned.forms.reverse();
        let (before, after) = (evaluate(&rules, &facts, day(6, 1)), evaluate(&turned, &facts, day(6, 1)));
        prop_assert_eq!(change((&rules, &before), (&turned, &after)), None);
        // A form that goes is the one that is told, by its place in the rules that had it.
        let mut fewer = turned.clone();
        let gone = fewer.forms.remove(0);
        let after = evaluate(&fewer, &facts, day(6, 1));
        let told = change((&rules, &before), (&fewer, &after)).map_or_else(Vec::new, |it| it.lines);
        let at = rules.forms.iter().position(|it| it.key == gone.key).unwrap();
        prop_assert_eq!(told, vec![(What::Form(at), Some(Standing::Open), None)]);
    }

    #[test]
    fn what_is_ready_reads_back_from_its_record_as_it_was(rules in any_rules(), marks in 0_u16..=10_000, ahead in 0_u32..600) {
        let mut facts = all_done();
        for it in facts.modules.values_mut() {
            (it.mark, it.hours.ahead) = (Some(marks), ahead);
        }
        facts.modules.insert(id(4), passed(marks));
        facts.modules.insert(id(6), passed(marks));
        let verdict = evaluate(&rules, &facts, day(6, 1));
        if verdict.ready() {
            prop_assert_eq!(Verdict::kept(&verdict.snapshot()), Some(verdict));
        }
    }

    #[test]
    fn rules_read_back_from_json_are_the_same_and_unknown_words_are_refused(rules in any_rules()) {
        let json = serde_json::to_value(&rules).unwrap();
        prop_assert_eq!(&serde_json::from_value::<CompletionRules>(json.clone()).unwrap(), &rules);
        let mut more = json;
        more["surprise"] = 1.into();
        prop_assert!(serde_json::from_value::<CompletionRules>(more).is_err());
    }

    #[test]
    fn a_share_is_read_as_it_is_written(share in 0_u16..=10_000) {
        prop_assert_eq!(percent(&percent_text(u32::from(share))), Some(share));
    }
}
