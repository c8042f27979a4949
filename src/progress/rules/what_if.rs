//! What other rules would change, and for whom.

use super::Standing;
use super::verdict::{Verdict, What};

/// What changes for one trainee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As it stands over all.
    pub from: Standing,
    /// As it would stand.
    pub to: Standing,
    /// Lines whose standing differs; none where there is no such line.
    pub lines: Vec<(What, Option<Standing>, Option<Standing>)>,
}

fn standing(verdict: &Verdict, what: What) -> Option<Standing> {
    let line = verdict.lines.iter().find(|it| it.what == what)?;
    Some(line.standing)
}

/// What differs between two verdicts; nothing when every line stands as it did. A line that is new or
/// gone is a difference where it is not met: what asks for nothing more changes nothing.
#[must_use]
pub fn change(before: &Verdict, after: &Verdict) -> Option<Change> {
    let mut whats: Vec<What> = before.lines.iter().map(|it| it.what).collect();
    whats.extend(after.lines.iter().map(|it| it.what));
    whats.sort_unstable();
    whats.dedup();
    let lines: Vec<_> = whats
        .into_iter()
        .map(|what| (what, standing(before, what), standing(after, what)))
        .filter(|(_, from, to)| from.unwrap_or(Standing::Met) != to.unwrap_or(Standing::Met))
        .collect();
    let differs = before.overall != after.overall || !lines.is_empty();
    differs.then_some(Change {
        from: before.overall,
        to: after.overall,
        lines,
    })
}
