//! Which scripts a second marker looks at, and when two marks agree.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::SecondRule;

/// What is set about second marking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Which.
    pub rule: SecondRule,
    /// Share of a sample, in per cent.
    pub share: i32,
    /// How close to the pass mark is borderline.
    pub borderline: i32,
    /// The pass mark.
    pub pass_mark: i32,
}

/// The place of a script in the draw: the same whenever it is drawn, and nobody can choose it.
fn place(assessment: Uuid, script: Uuid) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(assessment.as_bytes());
    digest.update(script.as_bytes());
    digest.finalize().to_vec()
}

/// The scripts that are marked twice. A sample holds at least its share of all, every fail and whatever
/// is borderline; drawn again from the same marks it is the same.
#[must_use]
pub fn chosen(plan: &Plan, assessment: Uuid, marks: &[(Uuid, i32)]) -> BTreeSet<Uuid> {
    match plan.rule {
        SecondRule::None => BTreeSet::new(),
        SecondRule::All => marks.iter().map(|(id, _)| *id).collect(),
        SecondRule::Sample => {
            let ids: BTreeSet<Uuid> = marks.iter().map(|(id, _)| *id).collect();
            let mut drawn: Vec<(Vec<u8>, Uuid)> = ids
                .into_iter()
                .map(|id| (place(assessment, id), id))
                .collect();
            drawn.sort();
            let share = usize::try_from(plan.share.clamp(0, 100)).unwrap_or_default();
            let wanted = drawn.len().saturating_mul(share).div_ceil(100);
            let mut chosen: BTreeSet<Uuid> =
                drawn.into_iter().take(wanted).map(|(_, id)| id).collect();
            let close = |mark: i32| (mark - plan.pass_mark).abs() <= plan.borderline;
            chosen.extend(
                marks
                    .iter()
                    .filter(|(_, mark)| *mark < plan.pass_mark || close(*mark))
                    .map(|(id, _)| *id),
            );
            chosen
        }
    }
}

/// Are two marks close enough to meet in the middle? And on the same side of the pass mark: a pass is
/// never made or lost by a mean.
#[must_use]
pub fn agree(first: i32, second: i32, tolerance: i32, pass_mark: i32) -> bool {
    (first - second).abs() <= tolerance && (first >= pass_mark) == (second >= pass_mark)
}
