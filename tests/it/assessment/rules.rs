//! Due times, rubrics, second marking, releases and results: pure.

use std::collections::BTreeSet;

use banyan::assessment::rules::late::{LateRule, Times, days_late, effective, may_submit, penalty};
use banyan::assessment::rules::pdf::without_author;
use banyan::assessment::rules::release::{Given, fingerprint, released, summary};
use banyan::assessment::rules::result::{Part, PartMark, module_result};
use banyan::assessment::rules::rubric::{Criterion, between, mark, mark_of_hundredths};
use banyan::assessment::rules::second::{Plan, agree, chosen};
use banyan::assessment::rules::{
    AssessmentEvent, AssessmentRefusal, AssessmentState, SecondRule, Standing, half_up, next,
    percent, read_percent,
};
use banyan::curriculum::rules::Pair;
use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use crate::support::tables::{assert_speaks, at, seeded};

const SEED: u64 = 0x2027_0014;

#[test]
fn every_step_and_no_other_leads_on() {
    use AssessmentEvent as E;
    use AssessmentState as S;
    let allowed = [
        (S::Planned, E::Open, S::Open),
        (S::Open, E::Mark, S::Marking),
        (S::Marking, E::Moderate, S::Moderated),
        (S::Moderated, E::Return, S::Marking),
        (S::Moderated, E::Release, S::Released),
    ];
    for state in S::ALL {
        for event in E::ALL {
            let wanted = allowed
                .iter()
                .find(|(from, by, _)| from == state && by == event)
                .map(|(_, _, to)| *to);
            assert_eq!(next(*state, *event).ok(), wanted, "{state:?} {event:?}");
        }
    }
    assert_speaks(AssessmentRefusal::ALL);
}

#[test]
fn percentages_are_read_as_they_are_written() {
    for (text, value) in [
        ("50", Some(5_000)),
        ("49.5", Some(4_950)),
        ("66.67 %", Some(6_667)),
        ("100", Some(10_000)),
        ("0", Some(0)),
        ("100.01", None),
        ("1.234", None),
        ("-1", None),
        ("", None),
        ("abc", None),
        ("５０", None),
    ] {
        assert_eq!(read_percent(text), value, "{text:?}");
    }
    assert_eq!(
        [percent(5_000), percent(4_950), percent(6_667)],
        ["50", "49.5", "66.67"]
    );
    assert_eq!(
        [half_up(1, 2), half_up(3, 2), half_up(1, 3), half_up(2, 3)],
        [1, 2, 0, 1]
    );
}

fn rule(hours: i32) -> LateRule {
    LateRule {
        hours,
        per_day: 500,
        cap: 1_200,
    }
}

#[test]
fn a_pdf_loses_its_author_and_nothing_moves() {
    let before = "%PDF-1.7\n<< /Author (Wong \\) (Tai) Man) /Title (Case) >>\n<</Author<5761 6e>/A 1>> /Author 7 0 R\n\
        <dc:creator><rdf:Seq><rdf:li>Wong</rdf:li></rdf:Seq></dc:creator>\n/Author (never closed";
    let mut bytes = before.as_bytes().to_vec();
    without_author(&mut bytes);
    let after = String::from_utf8(bytes).unwrap();
    assert_eq!(after.len(), before.len());
    for told in ["Wong", "Tai", "Man", "5761"] {
        assert!(!after.contains(told), "{told}: {after}");
    }
    for kept in [
        "/Title (Case) >>",
        "/A 1>> /Author 7 0 R",
        "<rdf:Seq><rdf:li>    </rdf:li>",
        "/Author (never closed",
    ] {
        assert!(after.contains(kept), "{kept}: {after}");
    }
}

#[test]
fn the_due_time_is_in_time_and_each_day_begun_costs() {
    let due = at("2027-03-01T10:00:00Z");
    let after = |minutes: i64| due + Duration::minutes(minutes);
    assert_eq!(days_late(due, due), 0);
    assert_eq!(days_late(due, due + Duration::milliseconds(1)), 1);
    assert_eq!(days_late(due, after(24 * 60)), 1);
    assert_eq!(days_late(due, after(24 * 60 + 1)), 2);
    assert_eq!(
        [0, 1, 2, 3, 9].map(|n| penalty(&rule(72), n)),
        [0, 500, 1_000, 1_200, 1_200]
    );
    // An extension never makes a due time earlier.
    assert_eq!(effective(due, Some(after(-60))), due);
    assert_eq!(effective(due, Some(after(60))), after(60));
    let times = Times {
        opens_at: after(-600),
        due_at: due,
        late: rule(48),
    };
    use AssessmentRefusal as R;
    for (minutes, standing, wanted) in [
        (-601, false, Err(R::NotOpenYet)),
        (-600, false, Ok(0)),
        (0, true, Ok(0)),
        (1, true, Err(R::HandedIn)),
        (1, false, Ok(1)),
        (48 * 60, false, Ok(2)),
        (48 * 60 + 1, false, Err(R::TooLate)),
    ] {
        assert_eq!(
            may_submit(&times, standing, after(minutes)),
            wanted,
            "{minutes} {standing}"
        );
    }
    let strict = Times {
        late: rule(0),
        ..times
    };
    assert_eq!(may_submit(&strict, false, after(1)), Err(R::TooLate));
}

fn rubric(points: &[i32]) -> Vec<Criterion> {
    points
        .iter()
        .map(|points| Criterion {
            name: Pair::new("Criterion", "準則"),
            points: *points,
            levels: Vec::new(),
        })
        .collect()
}

#[test]
fn marks_are_points_by_the_rubric_halves_up() {
    let three = rubric(&[10, 10, 10]);
    assert_eq!(mark(&three, &[10, 10, 10]), 10_000);
    assert_eq!(mark(&three, &[0, 0, 0]), 0);
    assert_eq!(mark(&three, &[10, 0, 0]), 3_333);
    assert_eq!(mark(&three, &[10, 10, 0]), 6_667);
    assert_eq!(
        mark_of_hundredths(&three, &between(&[5, 5, 5], &[6, 5, 5])),
        5_167
    );
    assert!(agree(5_200, 5_500, 300, 5_000));
    assert!(!agree(5_200, 5_501, 300, 5_000), "too far apart");
    assert!(
        !agree(4_900, 5_100, 300, 5_000),
        "on both sides of the pass mark"
    );
}

fn results() -> impl Strategy<Value = Vec<(Uuid, i32)>> {
    prop::collection::vec((any::<u128>(), 0..=10_000), 0..40).prop_map(|all| {
        all.into_iter()
            .map(|(id, mark)| (Uuid::from_u128(id), mark))
            .collect()
    })
}

proptest! {
    #![proptest_config(seeded(SEED, 256))]

    #[test]
    fn a_sample_holds_its_share_every_fail_and_the_borderline(
        marks in results(), share in 0..=100_i32, borderline in 0..=1_000_i32, assessment in any::<u128>(),
    ) {
        let plan = Plan { rule: SecondRule::Sample, share, borderline, pass_mark: 5_000 };
        let assessment = Uuid::from_u128(assessment);
        let drawn = chosen(&plan, assessment, &marks);
        let ids: BTreeSet<Uuid> = marks.iter().map(|(id, _)| *id).collect();
        prop_assert!(drawn.is_subset(&ids));
        prop_assert!(drawn.len() * 100 >= ids.len() * usize::try_from(share).unwrap());
        for (id, mark) in &marks {
            if *mark < 5_000 || (mark - 5_000).abs() <= borderline {
                prop_assert!(drawn.contains(id));
            }
        }
        // The order in which scripts come does not matter; a larger share only adds.
        let mut turned = marks.clone();
        turned.reverse();
        prop_assert_eq!(&chosen(&plan, assessment, &turned), &drawn);
        let more = Plan { share: (share + 20).min(100), ..plan };
        prop_assert!(chosen(&more, assessment, &marks).is_superset(&drawn));
    }

    #[test]
    fn what_two_agree_on_lies_between_them(
        points in prop::collection::vec((1..=20_i32, 0..=20_i32, 0..=20_i32), 1..8),
    ) {
        let rubric = rubric(&points.iter().map(|it| it.0).collect::<Vec<_>>());
        let first: Vec<i32> = points.iter().map(|it| it.1.min(it.0)).collect();
        let second: Vec<i32> = points.iter().map(|it| it.2.min(it.0)).collect();
        let (a, b) = (mark(&rubric, &first), mark(&rubric, &second));
        let agreed = mark_of_hundredths(&rubric, &between(&first, &second));
        prop_assert!((a.min(b)..=a.max(b)).contains(&agreed), "{} {} {}", a, b, agreed);
    }

    #[test]
    fn a_module_result_grows_with_each_mark(
        weights in prop::collection::vec((1..=40_i32, any::<bool>()), 1..5),
        marks in prop::collection::vec(0..=10_000_i32, 10), up in 0..=10_000_i32, which in 0..10_usize,
    ) {
        let plan: Vec<Part> = weights.iter().map(|(weight, must_pass)| Part { weight: *weight, must_pass: *must_pass }).collect();
        let parts = i32::try_from(plan.len()).unwrap();
        let tries: Vec<PartMark> = (0..).zip(&marks)
            .map(|(n, mark)| PartMark { part: n % parts + 1, mark: Some(*mark), pass_mark: 5_000 }).collect();
        let before = module_result(&plan, &tries, false);
        let mut better = tries.clone();
        better[which].mark = better[which].mark.map(|it| (it + up).min(10_000));
        let after = module_result(&plan, &better, false);
        prop_assert!(after.mark >= before.mark);
        prop_assert!(before.standing != Standing::Passed || after.standing == Standing::Passed);
        // Between the worst and the best of its marks, and what all marks are when they are one.
        let mark = before.mark.unwrap();
        prop_assert!((*marks.iter().min().unwrap()..=*marks.iter().max().unwrap()).contains(&mark));
    }

    #[test]
    fn a_release_never_gives_more_than_was_agreed(raw in 0..=10_000_i32, off in 0..=10_000_i32, cap in prop::option::of(0..=10_000_i32)) {
        let mark = released(Some(raw), off, cap).unwrap();
        prop_assert!((0..=raw).contains(&mark));
        prop_assert!(cap.is_none_or(|cap| mark <= cap));
        prop_assert_eq!(released(None, off, cap), None);
    }
}

#[test]
fn parts_that_must_be_passed_missing_work_resits_and_exemptions() {
    let plan = [(40, true), (60, false)].map(|(weight, must_pass)| Part { weight, must_pass });
    let of = |part: i32, mark: Option<i32>| PartMark {
        part,
        mark,
        pass_mark: 5_000,
    };
    let told = |marks: &[PartMark], exempted| {
        let out = module_result(&plan, marks, exempted);
        (out.mark, out.standing)
    };
    use Standing as S;
    assert_eq!(told(&[], false), (None, S::NotYet));
    assert_eq!(told(&[of(1, Some(7_000))], false), (None, S::NotYet));
    // 40 % of 70 and 60 % of 55.55 are 61.33.
    assert_eq!(
        told(&[of(1, Some(7_000)), of(2, Some(5_555))], false),
        (Some(6_133), S::Passed)
    );
    // 71.99 in the mean, but the first part is not passed.
    assert_eq!(
        told(&[of(1, Some(4_999)), of(2, Some(8_666))], false),
        (Some(7_199), S::Failed)
    );
    assert_eq!(
        told(&[of(1, Some(5_000)), of(2, Some(4_000))], false),
        (Some(4_400), S::Failed)
    );
    assert_eq!(
        told(&[of(1, None), of(2, Some(9_000))], false),
        (None, S::Incomplete)
    );
    // The resit stands beside the first try, and the better one counts.
    let resat = [of(1, Some(3_000)), of(1, Some(5_000)), of(2, Some(8_000))];
    assert_eq!(told(&resat, false), (Some(6_800), S::Passed));
    let missed = [of(1, None), of(1, Some(5_000)), of(2, Some(8_000))];
    assert_eq!(told(&missed, false), (Some(6_800), S::Passed));
    assert_eq!(told(&[of(1, Some(1_000))], true), (None, S::Passed));
    assert_eq!(module_result(&[], &[], false).standing, S::NotYet);
}

#[test]
fn a_release_is_known_by_its_print_and_its_figures() {
    let given = |n: u128, raw: Option<i32>, off: i32| Given {
        candidate: Uuid::from_u128(n),
        raw,
        penalty: off,
        mark: released(raw, off, None),
    };
    let all = [
        given(1, Some(10_000), 0),
        given(2, Some(5_200), 500),
        given(3, None, 0),
    ];
    let sum = summary(&all, 5_000);
    assert_eq!(
        (
            sum.candidates,
            sum.passed,
            sum.failed,
            sum.missing,
            sum.late
        ),
        (3, 1, 1, 1, 1)
    );
    assert_eq!((sum.tenths[9], sum.tenths[4]), (1, 1));
    let id = Uuid::from_u128(9);
    let mut turned = all;
    turned.reverse();
    assert_eq!(fingerprint(id, &all), fingerprint(id, &turned));
    let other = [all[0], all[1], given(3, Some(1), 0)];
    assert_ne!(fingerprint(id, &all), fingerprint(id, &other));
    assert_ne!(fingerprint(id, &all), fingerprint(Uuid::from_u128(8), &all));
}
