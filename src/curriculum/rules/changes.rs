//! What differs between two versions, as people read it.

/// A fact of a version: its label and its value in words.
pub type Fact = (String, String);

/// A fact that differs: its label, what it was, what it becomes; empty where there was or is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Label.
    pub label: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// The facts that differ, in the order of `after`; labels that only `before` has come last.
pub fn changes(before: &[Fact], after: &[Fact]) -> Vec<Change> {
    let value = |facts: &[Fact], label: &str| -> String {
        let found = facts.iter().find(|(it, _)| it == label);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let gone = before
        .iter()
        .filter(|(label, _)| after.iter().all(|(it, _)| it != label));
    after
        .iter()
        .chain(gone)
        .map(|(label, _)| Change {
            label: label.clone(),
            before: value(before, label),
            after: value(after, label),
        })
        .filter(|it| it.before != it.after)
        .collect()
}
