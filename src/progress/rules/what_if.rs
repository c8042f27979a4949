//! What other rules would change, and for whom.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::ModuleId;

use super::Standing;
use super::content::CompletionRules;
use super::verdict::{Verdict, What};

/// What changes for one trainee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As it stands over all.
    pub from: Standing,
    /// As it would stand.
    pub to: Standing,
    /// Lines whose standing differs; none where there is no such line. Places are those of the later
    /// rules where these have the line, of the earlier where they do not.
    pub lines: Vec<(What, Option<Standing>, Option<Standing>)>,
}

/// What makes a line the same in two versions, wherever it stands: a form is known by its key, a group of
/// options by how many of which modules it asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Same {
    Plain(What),
    Group(BTreeSet<ModuleId>, u32),
    Form(String),
}

fn same(what: What, rules: &CompletionRules) -> Same {
    match what {
        What::AnyOf(at) => rules.any_of.get(at).map_or(Same::Plain(what), |it| {
            Same::Group(it.of.iter().copied().collect(), it.n)
        }),
        What::Form(at) => rules
            .forms
            .get(at)
            .map_or(Same::Plain(what), |it| Same::Form(it.key.clone())),
        What::Whole
        | What::Each(_)
        | What::Module(_)
        | What::Mark(_)
        | What::Average
        | What::Practice => Same::Plain(what),
    }
}

fn lines(rules: &CompletionRules, verdict: &Verdict) -> BTreeMap<Same, (What, Standing)> {
    let line = |it: &super::verdict::Line| (same(it.what, rules), (it.what, it.standing));
    verdict.lines.iter().map(line).collect()
}

/// What differs between two verdicts, each by its rules; nothing when every line stands as it did. A line
/// that is new or gone is a difference where it is not met: what asks for nothing more changes nothing.
#[must_use]
pub fn change(
    (now, before): (&CompletionRules, &Verdict),
    (then, after): (&CompletionRules, &Verdict),
) -> Option<Change> {
    let (old, new) = (lines(now, before), lines(then, after));
    let keys: BTreeSet<&Same> = old.keys().chain(new.keys()).collect();
    let line = |key: &Same| {
        let (was, is) = (old.get(key), new.get(key));
        let (what, _) = is.or(was)?;
        Some((*what, was.map(|it| it.1), is.map(|it| it.1)))
    };
    let mut lines: Vec<_> = keys
        .into_iter()
        .filter_map(line)
        .filter(|(_, from, to)| from.unwrap_or(Standing::Met) != to.unwrap_or(Standing::Met))
        .collect();
    lines.sort_unstable_by_key(|(what, _, to)| (*what, to.is_none()));
    let differs = before.overall != after.overall || !lines.is_empty();
    differs.then_some(Change {
        from: before.overall,
        to: after.overall,
        lines,
    })
}
