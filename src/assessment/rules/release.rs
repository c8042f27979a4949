//! What a release gives to each trainee, and the print by which its confirmation is known.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::FULL;

/// What one trainee gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Whose.
    pub candidate: Uuid,
    /// The agreed mark; none when nothing was handed in or nobody came.
    pub raw: Option<i32>,
    /// What lateness costs.
    pub penalty: i32,
    /// The mark that is released.
    pub mark: Option<i32>,
}

/// What is released of an agreed mark: less what lateness costs, and of a capped resit at most the pass
/// mark.
#[must_use]
pub fn released(raw: Option<i32>, penalty: i32, cap: Option<i32>) -> Option<i32> {
    let after = raw?.saturating_sub(penalty.max(0)).max(0);
    Some(cap.map_or(after, |cap| after.min(cap)))
}

/// What a release does, in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Trainees.
    pub candidates: usize,
    /// With a mark at or above the pass mark.
    pub passed: usize,
    /// With a mark below it.
    pub failed: usize,
    /// Without a mark.
    pub missing: usize,
    /// With a late penalty.
    pub late: usize,
    /// How many marks lie in each tenth: from 0 to below 10 %, …, from 90 % to full marks.
    pub tenths: [usize; 10],
}

/// The figures of a release.
#[must_use]
pub fn summary(all: &[Given], pass_mark: i32) -> Summary {
    let mut sum = Summary {
        candidates: all.len(),
        ..Summary::default()
    };
    for it in all {
        if it.penalty > 0 && it.raw.is_some() {
            sum.late += 1;
        }
        match it.mark {
            None => sum.missing += 1,
            Some(mark) => {
                if mark >= pass_mark {
                    sum.passed += 1;
                } else {
                    sum.failed += 1;
                }
                let tenth = usize::try_from(mark.clamp(0, FULL - 1) / 1_000).unwrap_or_default();
                if let Some(count) = sum.tenths.get_mut(tenth) {
                    *count += 1;
                }
            }
        }
    }
    sum
}

/// A print of exactly these marks for exactly these trainees: a release that differs has another.
#[must_use]
pub fn fingerprint(assessment: Uuid, all: &[Given]) -> String {
    let mut lines: Vec<String> = all
        .iter()
        .map(|it| {
            format!(
                "{} {:?} {} {:?}",
                it.candidate, it.raw, it.penalty, it.mark
            )
        })
        .collect();
    lines.sort();
    let digest = Sha256::digest(format!("{assessment}\n{}", lines.join("\n")));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
