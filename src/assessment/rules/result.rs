//! The result of a module: its parts by their weights.

use super::{FULL, Standing, half_up};

/// A part of the plan with which the cohort began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its share of the module, in per cent.
    pub weight: i32,
    /// Must it be passed for itself?
    pub must_pass: bool,
}

/// A mark that was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartMark {
    /// Place of the part in the plan, from 1.
    pub part: i32,
    /// The mark; none when nothing was handed in or nobody came.
    pub mark: Option<i32>,
    /// The pass mark of its assessment.
    pub pass_mark: i32,
}

/// How a trainee stands in a module, and their mark where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The mark of the module, in hundredths of a per cent, halves rounded up.
    pub mark: Option<i32>,
    /// How they stand.
    pub standing: Standing,
}

/// What is known of a part.
#[derive(Clone, Copy)]
struct Known {
    mark: i32,
    /// The lowest pass mark among its assessments: a resit has that of the assessment it is for.
    pass_mark: i32,
    passed: bool,
}

/// The tries at a part together: a resit stands beside the assessment that it is for, and the better
/// one counts. None: nothing is released. `Some(None)`: what is released has no mark.
fn together(marks: &[PartMark], part: i32) -> Option<Option<Known>> {
    let tries = || marks.iter().filter(move |it| it.part == part);
    tries().next()?;
    let known = Known {
        mark: tries().filter_map(|it| it.mark).max().unwrap_or_default(),
        pass_mark: tries().map(|it| it.pass_mark).min().unwrap_or_default(),
        passed: tries().any(|it| it.mark.is_some_and(|mark| mark >= it.pass_mark)),
    };
    Some(tries().any(|it| it.mark.is_some()).then_some(known))
}

/// The result of a module. The module's own pass mark is that of its parts by their weights.
#[must_use]
pub fn module_result(plan: &[Part], marks: &[PartMark], exempted: bool) -> Outcome {
    let without = |standing| Outcome {
        mark: None,
        standing,
    };
    if exempted {
        // An exemption counts as passed and carries no mark.
        return without(Standing::Passed);
    }
    let all: Vec<(Part, Option<Option<Known>>)> = (1..)
        .zip(plan)
        .map(|(n, part)| (*part, together(marks, n)))
        .collect();
    if all.iter().any(|(_, it)| matches!(it, Some(None))) {
        return without(Standing::Incomplete);
    }
    let weights: i64 = plan.iter().map(|it| i64::from(it.weight)).sum();
    let (mut sum, mut pass, mut failed_part) = (0, 0, false);
    for (part, known) in &all {
        let Some(Some(known)) = known else {
            return without(Standing::NotYet);
        };
        sum += i64::from(part.weight) * i64::from(known.mark);
        pass += i64::from(part.weight) * i64::from(known.pass_mark);
        failed_part |= part.must_pass && !known.passed;
    }
    if weights == 0 {
        return without(Standing::NotYet);
    }
    let mark = i32::try_from(half_up(sum, weights)).unwrap_or(FULL);
    let pass = i32::try_from(half_up(pass, weights)).unwrap_or(FULL);
    Outcome {
        mark: Some(mark),
        standing: if failed_part || mark < pass {
            Standing::Failed
        } else {
            Standing::Passed
        },
    }
}
