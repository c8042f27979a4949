//! A rubric, the points that a marker gives by it, and the mark that they make.

use serde::{Deserialize, Serialize};

use crate::curriculum::rules::Pair;
use crate::error::FieldError;

use super::{FULL, half_up};

/// Most criteria of a rubric.
pub const MOST_CRITERIA: usize = 10;
/// Most points of a criterion.
pub const MOST_POINTS: i32 = 100;

/// A criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// What is looked at.
    pub name: Pair,
    /// The most points.
    pub points: i32,
    /// What levels look like, the best first; may be empty.
    #[serde(default)]
    pub levels: Vec<Pair>,
}

/// The points of a whole rubric.
#[must_use]
pub fn most(rubric: &[Criterion]) -> i64 {
    rubric.iter().map(|it| i64::from(it.points)).sum()
}

/// What is wrong with points that were given: one for each criterion, within its points.
#[must_use]
pub fn points_problems(rubric: &[Criterion], points: &[Option<i32>]) -> Vec<FieldError> {
    let mut problems = Vec::new();
    for (n, criterion) in rubric.iter().enumerate() {
        let most = criterion.points;
        let given = points.get(n).copied().flatten();
        if !given.is_some_and(|it| (0..=most).contains(&it)) {
            problems.push(FieldError::new(
                format!("points_{}", n + 1),
                "number",
                |lang| lang.form_number(0, most),
            ));
        }
    }
    problems
}

/// The mark of whole points, in hundredths of a per cent, halves rounded up.
#[must_use]
pub fn mark(rubric: &[Criterion], points: &[i32]) -> i32 {
    let hundredths: Vec<i64> = points.iter().map(|it| i64::from(*it) * 100).collect();
    mark_of_hundredths(rubric, &hundredths)
}

/// The mark of hundredths of points.
#[must_use]
pub fn mark_of_hundredths(rubric: &[Criterion], points: &[i64]) -> i32 {
    let given: i64 = points.iter().sum();
    let most = most(rubric).saturating_mul(100);
    if most == 0 {
        return 0;
    }
    let mark = half_up(given.saturating_mul(i64::from(FULL)), most);
    i32::try_from(mark.min(i64::from(FULL))).unwrap_or(FULL)
}

/// Two markers' points in the middle, in hundredths: halves need no rounding.
#[must_use]
pub fn between(first: &[i32], second: &[i32]) -> Vec<i64> {
    first
        .iter()
        .zip(second)
        .map(|(a, b)| (i64::from(*a) + i64::from(*b)) * 50)
        .collect()
}
