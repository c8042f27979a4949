//! Rules: what each line says, and what holds for all of them.

use banyan::curriculum::rules::Pair;
use banyan::ids::ModuleId;
use banyan::progress::rules::breaks::{
    BreakEvent, BreakKind, BreakState, Span, days_counted, frozen, next, return_problem,
};
use banyan::progress::rules::content::{
    Attendance, Choice, CompletionRules, Marks, NamedForm, Practice, percent, problems,
};
use banyan::progress::rules::verdict::{
    Facts, Hours, Line, ModuleFacts, Outcome, Reason, What, evaluate,
};
use banyan::progress::rules::{Excused, Standing};
use chrono::NaiveDate;
use uuid::Uuid;

pub(super) fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, month, day).unwrap()
}

pub(super) fn id(n: u128) -> ModuleId {
    ModuleId(Uuid::from_u128(n))
}

pub(super) fn hours(held: u32, attended: u32, excused: u32, ahead: u32) -> Hours {
    Hours {
        held,
        attended,
        excused,
        ahead,
    }
}

pub(super) fn rules() -> CompletionRules {
    CompletionRules {
        name: Pair::new("Rules", "規則"),
        attendance: Attendance {
            whole: Some(8_000),
            each: None,
            excused: Excused::LeftOut.as_str().to_owned(),
        },
        all_of: vec![id(1), id(2)],
        any_of: vec![Choice {
            n: 1,
            of: vec![id(3), id(4)],
        }],
        marks: Marks {
            each: Some(5_000),
            average: Some(6_000),
        },
        forms: vec![NamedForm {
            key: "agreement".to_owned(),
            name: Pair::new("Agreement", "協議"),
        }],
        practice: Some(Practice {
            capstone: Some(id(5)),
            placement: true,
        }),
    }
}

pub(super) fn passed(mark: u16) -> ModuleFacts {
    ModuleFacts {
        hours: hours(600, 600, 0, 0),
        result: Outcome::Passed,
        mark: Some(mark),
        notional: 80,
        ..ModuleFacts::default()
    }
}

pub(super) fn all_done() -> Facts {
    Facts {
        modules: [1, 2, 3, 5]
            .into_iter()
            .map(|n| (id(n), passed(7_000)))
            .collect(),
        forms: ["agreement".to_owned()].into(),
        ..Facts::default()
    }
}

pub(super) fn line(facts: &Facts, what: What) -> Line {
    let verdict = evaluate(&rules(), facts, day(6, 1));
    *verdict.lines.iter().find(|it| it.what == what).unwrap()
}

#[test]
fn who_has_done_everything_is_ready_and_nobody_else() {
    let verdict = evaluate(&rules(), &all_done(), day(6, 1));
    assert!(verdict.ready());
    assert_eq!((verdict.met(), verdict.lines.len()), (9, 9));
    let mut facts = all_done();
    facts.forms.clear();
    assert_eq!(
        evaluate(&rules(), &facts, day(6, 1)).overall,
        Standing::Open
    );
    // On a break even who meets every line is not confirmed.
    let mut away = all_done();
    away.breaks = vec![Span {
        from: day(5, 1),
        to: day(6, 30),
    }];
    let verdict = evaluate(&rules(), &away, day(6, 1));
    assert!(verdict.frozen && !verdict.ready());
    assert!(evaluate(&rules(), &away, day(7, 1)).ready());
    // Rules that ask for nothing confirm nobody.
    assert!(!evaluate(&CompletionRules::default(), &all_done(), day(6, 1)).ready());
}

#[test]
fn attendance_counts_minutes_exactly_and_tells_what_can_still_be_reached() {
    let with = |it: Hours| {
        let mut facts = Facts::default();
        facts.modules.entry(id(9)).or_default().hours = it;
        let line = line(&facts, What::Whole);
        (line.standing, line.reason)
    };
    assert_eq!(
        with(hours(0, 0, 0, 600)),
        (Standing::Open, Reason::NotYetHeld)
    );
    assert_eq!(
        with(hours(1_000, 800, 0, 0)),
        (Standing::Met, Reason::Attended(0))
    );
    // One minute short is short, whatever rounding would make of it.
    assert_eq!(
        with(hours(1_000, 799, 0, 0)),
        (Standing::Failed, Reason::AttendanceLost)
    );
    assert_eq!(
        with(hours(1_000, 700, 0, 500)),
        (Standing::Open, Reason::MustAttend(500, 500))
    );
    assert_eq!(
        with(hours(1_000, 700, 0, 499)),
        (Standing::Failed, Reason::AttendanceLost)
    );
    // Excused sessions leave the sum.
    assert_eq!(
        with(hours(1_000, 720, 100, 0)),
        (Standing::Met, Reason::Attended(0))
    );
    let sums = |excused| hours(1_000, 720, 100, 0).counted(excused);
    assert_eq!(sums(Excused::LeftOut), (720, 900));
    assert_eq!(sums(Excused::Present), (820, 1_000));
    assert_eq!(sums(Excused::Absent), (720, 1_000));
}

#[test]
fn an_exemption_counts_as_passed_carries_no_mark_and_its_classes_count_nowhere() {
    let mut facts = all_done();
    let module = facts.modules.get_mut(&id(1)).unwrap();
    *module = ModuleFacts {
        hours: hours(600, 0, 0, 0),
        exempted: true,
        notional: 80,
        ..ModuleFacts::default()
    };
    for what in [What::Module(id(1)), What::Mark(id(1))] {
        let line = line(&facts, what);
        assert_eq!(
            (line.standing, line.reason),
            (Standing::Met, Reason::Exempted)
        );
    }
    assert!(evaluate(&rules(), &facts, day(6, 1)).ready());
}

#[test]
fn a_placement_that_is_not_recorded_is_told_as_such() {
    let mut facts = all_done();
    facts.modules.remove(&id(5));
    let said = line(&facts, What::Practice);
    assert_eq!(
        (said.standing, said.reason),
        (Standing::Open, Reason::PlacementUnknown)
    );
    facts.placement = Some(true);
    assert_eq!(line(&facts, What::Practice).reason, Reason::PlacementDone);
    // A failed capstone is no end while a placement can take its place, and is one without.
    facts.placement = Some(false);
    facts.modules.entry(id(5)).or_default().result = Outcome::Failed;
    assert_eq!(line(&facts, What::Practice).standing, Standing::Open);
    let mut alone = rules();
    alone.practice = Some(Practice {
        capstone: Some(id(5)),
        placement: false,
    });
    assert_eq!(
        evaluate(&alone, &facts, day(6, 1)).overall,
        Standing::Failed
    );
}

#[test]
fn the_average_is_weighted_by_notional_hours_and_not_rounded_up() {
    let mut facts = all_done();
    for (n, mark, notional) in [(1, 5_000, 100), (2, 5_999, 900)] {
        let it = facts.modules.get_mut(&id(n)).unwrap();
        (it.mark, it.notional) = (Some(mark), notional);
    }
    facts.modules.remove(&id(3));
    facts.modules.remove(&id(5));
    let said = line(&facts, What::Average);
    // (5,000 × 100 + 5,999 × 900) / 1,000 = 5,899.1
    let verdict = format!("{:?}", said.amount);
    assert!(verdict.contains("Some(5899)"), "{verdict}");
    assert_eq!(
        (said.standing, said.reason),
        (Standing::Open, Reason::MarkLow)
    );
}

#[test]
fn what_is_wrong_with_rules_stands_beside_its_field() {
    assert!(problems(&rules()).is_empty());
    let fields = |change: &dyn Fn(&mut CompletionRules)| {
        let mut it = rules();
        change(&mut it);
        problems(&it)
            .into_iter()
            .map(|it| it.field)
            .collect::<Vec<_>>()
    };
    assert_eq!(fields(&|it| it.name.zh.clear()), ["name_zh"]);
    assert_eq!(fields(&|it| it.attendance.whole = Some(10_001)), ["whole"]);
    assert_eq!(fields(&|it| it.any_of[0].n = 3), ["any_1_n"]);
    assert_eq!(
        fields(&|it| it.any_of[0].of = vec![id(1), id(3)]),
        ["any_1"]
    );
    assert_eq!(fields(&|it| it.all_of = vec![id(1), id(1)]), ["all_of"]);
    assert_eq!(
        fields(&|it| it.forms[0].key = "No key".to_owned()),
        ["forms"]
    );
    assert_eq!(
        fields(&|it| it.practice = Some(Practice::default())),
        ["capstone"]
    );
    for (text, value) in [
        ("80", Some(8_000)),
        ("72.5", Some(7_250)),
        ("100%", Some(10_000)),
    ] {
        assert_eq!(percent(text), value);
    }
    for text in ["", "101", "-1", "8,5", "80.123", "٨٠", "1e2"] {
        assert_eq!(percent(text), None, "{text}");
    }
}

#[test]
fn a_break_takes_one_step_after_another_and_its_days_leave_the_time() {
    let mut reached = 0;
    for state in BreakState::ALL {
        for event in BreakEvent::ALL {
            reached += usize::from(next(*state, *event).is_ok());
        }
    }
    assert_eq!(reached, 4, "withdraw, grant, refuse; return");
    let pause = [Span {
        from: day(3, 10),
        to: day(3, 19),
    }];
    assert!(
        frozen(&pause, day(3, 10)) && frozen(&pause, day(3, 19)) && !frozen(&pause, day(3, 20))
    );
    assert_eq!(days_counted(day(3, 1), day(3, 31), &pause), 21);
}

#[test]
fn nobody_is_back_after_a_break_that_is_over_nor_from_a_deferral_before_the_day() {
    let span = Span {
        from: day(3, 10),
        to: day(3, 19),
    };
    let back = |kind, on| return_problem(kind, &span, on, day(4, 1)).map(|it| it.code);
    assert_eq!(back(BreakKind::Break, day(3, 15)), None);
    assert_eq!(back(BreakKind::Break, day(3, 20)), None);
    assert_eq!(back(BreakKind::Break, day(3, 21)), Some("range"));
    assert_eq!(back(BreakKind::Deferral, day(4, 1)), None);
    assert_eq!(back(BreakKind::Deferral, day(4, 2)), Some("future"));
    let empty = Span {
        from: day(3, 10),
        to: day(3, 9),
    };
    assert!(!span.overlaps(&empty) && !empty.overlaps(&span) && span.overlaps(&span));
}

#[test]
fn a_failed_module_is_lost_only_when_no_resit_and_no_appeal_can_change_it() {
    for result in [Outcome::Failed, Outcome::Incomplete] {
        let mut facts = all_done();
        for n in [1, 3, 5] {
            let it = facts.modules.get_mut(&id(n)).unwrap();
            (it.result, it.again) = (result, true);
            it.mark = (result == Outcome::Failed).then_some(4_000);
        }
        facts.modules.insert(id(4), facts.of(id(3)));
        let mut rules = rules();
        rules.practice = Some(Practice {
            capstone: Some(id(5)),
            placement: false,
        });
        let whats = [
            What::Module(id(1)),
            What::AnyOf(0),
            What::Mark(id(1)),
            What::Practice,
        ];
        let standings = |facts: &Facts| {
            let verdict = evaluate(&rules, facts, day(6, 1));
            whats.map(|what| {
                let line = verdict.lines.iter().find(|it| it.what == what);
                line.unwrap().standing
            })
        };
        assert_eq!(standings(&facts), [Standing::Open; 4], "{result:?}");
        for it in facts.modules.values_mut() {
            it.again = false;
        }
        assert_eq!(standings(&facts), [Standing::Failed; 4], "{result:?}");
    }
}

#[test]
fn what_is_met_so_far_is_not_ready_while_it_can_still_be_lost() {
    let ready = |change: &dyn Fn(&mut Facts)| {
        let mut facts = all_done();
        change(&mut facts);
        let verdict = evaluate(&rules(), &facts, day(6, 1));
        (verdict.overall, verdict.ready())
    };
    let ahead = |minutes: u32| {
        move |facts: &mut Facts| {
            facts.modules.get_mut(&id(1)).unwrap().hours.ahead = minutes;
        }
    };
    // 2,400 minutes attended are four fifths of 3,000: of 601 more one would have to be attended.
    assert_eq!(ready(&ahead(600)), (Standing::Met, true));
    assert_eq!(ready(&ahead(601)), (Standing::Met, false));
    // A mean that is high enough without the result of a module that counts.
    let mut alone = rules();
    alone.all_of = vec![id(1)];
    alone.marks.each = None;
    alone.practice = None;
    alone.attendance = Attendance::default();
    let mut facts = all_done();
    facts.modules.remove(&id(3));
    let average = |facts: &Facts| {
        let verdict = evaluate(&alone, facts, day(6, 1));
        let line = *verdict
            .lines
            .iter()
            .find(|it| it.what == What::Average)
            .unwrap();
        (line.standing, line.reason, line.lasts)
    };
    assert_eq!(average(&facts), (Standing::Met, Reason::MarkSoFar, false));
    facts.modules.insert(id(3), passed(7_000));
    assert_eq!(average(&facts), (Standing::Met, Reason::MarkReached, true));
}

#[test]
fn no_line_stays_open_when_nothing_more_can_come() {
    // No class at all: met, and for good once the cohort is over.
    let mut facts = all_done();
    for it in facts.modules.values_mut() {
        it.hours = Hours::default();
    }
    let none = line(&facts, What::Whole);
    assert_eq!(
        (none.standing, none.reason, none.lasts),
        (Standing::Met, Reason::NothingHeld, false)
    );
    facts.over = true;
    assert!(evaluate(&rules(), &facts, day(6, 1)).ready());
    // Every class excused: nothing is left to attend, unless another one is planned before the end.
    facts.modules.get_mut(&id(1)).unwrap().hours = hours(600, 0, 600, 0);
    assert!(line(&facts, What::Whole).lasts);
    facts.over = false;
    assert!(!line(&facts, What::Whole).lasts);
    // Exempted from everything: there is no mean to reach.
    let mut exempted = all_done();
    for n in 1..=5 {
        let it = exempted.modules.entry(id(n)).or_default();
        (it.exempted, it.mark) = (true, None);
    }
    let said = line(&exempted, What::Average);
    assert_eq!(
        (said.standing, said.reason, said.lasts),
        (Standing::Met, Reason::Exempted, true)
    );
    // So it is where an option that nobody needs is left.
    exempted.modules.remove(&id(4));
    for over in [false, true] {
        exempted.over = over;
        assert_eq!(line(&exempted, What::Average).standing, Standing::Met);
    }
    // A pass with too low a mark, and a mean that is too low, are lost once all is released.
    let mut low = all_done();
    for it in low.modules.values_mut() {
        it.mark = Some(4_500);
    }
    low.modules.insert(id(4), low.of(id(3)));
    let whats = [What::Mark(id(1)), What::AnyOf(0), What::Average];
    assert_eq!(
        whats.map(|what| line(&low, what).standing),
        [Standing::Failed; 3]
    );
    low.modules.get_mut(&id(1)).unwrap().again = true;
    low.modules.get_mut(&id(3)).unwrap().again = true;
    assert_eq!(
        whats.map(|what| line(&low, what).standing),
        [Standing::Open; 3]
    );
}

#[test]
fn what_is_not_offered_and_cannot_be_done_without_is_named() {
    let [a, b, c, d, e] = [(); 5].map(|()| ModuleId::new());
    let rules = |placement| CompletionRules {
        all_of: vec![a, b],
        any_of: vec![Choice {
            n: 1,
            of: vec![c, d],
        }],
        practice: Some(Practice {
            capstone: Some(e),
            placement,
        }),
        ..CompletionRules::default()
    };
    let missing = |placement, offered: &[ModuleId]| {
        rules(placement).out_of_reach(&offered.iter().copied().collect())
    };
    assert_eq!(missing(false, &[a, b, c, e]), []);
    assert_eq!(missing(true, &[a, b, d]), []);
    assert_eq!(missing(false, &[b, d]), [a, e]);
    assert_eq!(missing(true, &[a, b]), [c, d]);
}
