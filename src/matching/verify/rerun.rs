//! V6: the engine once more, on a copy in which everybody stands somewhere else.

use super::super::engine;
use super::super::index::{Bank, Posting, Rows, Trainee, number, place};
use super::super::instance::{Instance, Orders};
use super::super::names::Names;
use super::super::outcome::{Outcome, Reason};
use super::Finding;

/// Where each stands in the copy: `to[old]` is the new number, `from[new]` the old one.
struct Mixed {
    to: Vec<u32>,
    from: Vec<u32>,
}

/// A permutation that is the same every time: a shuffle need not be random to move everybody.
fn mixed(count: usize, salt: u64) -> Mixed {
    let mut from: Vec<u32> = (0..count).map(number).collect();
    let mut state = salt;
    for at in (1..count).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let drawn = usize::try_from(state >> 33).unwrap_or(0) % at.saturating_add(1);
        from.swap(at, drawn);
    }
    let mut to = vec![0; count];
    for (new, old) in from.iter().enumerate() {
        if let Some(it) = to.get_mut(place(*old)) {
            *it = number(new);
        }
    }
    Mixed { to, from }
}

impl Mixed {
    fn to(&self, old: usize) -> usize {
        let new = self.to.get(old).copied();
        place(new.unwrap_or(u32::MAX))
    }

    /// Rows in their new places, with what they hold renamed.
    fn rows<T: Copy>(&self, rows: &Rows<T>, rename: impl Fn(T) -> T) -> Rows<T> {
        let mut starts = Vec::with_capacity(self.from.len().saturating_add(1));
        let mut items = Vec::with_capacity(rows.items().len());
        starts.push(0);
        for old in &self.from {
            let row = rows.row(place(*old));
            items.extend(row.iter().map(|it| rename(*it)));
            starts.push(number(items.len()));
        }
        Rows::from_parts(starts, items)
    }

    fn column<T: Copy>(&self, column: &[T]) -> Vec<T> {
        let old = self.from.iter().map(|it| place(*it));
        old.filter_map(|it| column.get(it).copied()).collect()
    }

    fn names(&self, names: &Names) -> Names {
        let mut copy = Names::default();
        for old in &self.from {
            // Every id is there once, so that none is refused.
            _ = copy.add(names.get(place(*old)));
        }
        copy
    }
}

struct Copies {
    trainees: Mixed,
    banks: Mixed,
    postings: Mixed,
}

impl Copies {
    fn new(run: &Instance) -> Self {
        Self {
            trainees: mixed(run.trainees.len(), 1),
            banks: mixed(run.banks.len(), 2),
            postings: mixed(run.postings.len(), 3),
        }
    }

    fn posting(&self, old: Posting) -> Posting {
        Posting::new(self.postings.to(old.at()))
    }

    fn orders(&self, owners: &Mixed, orders: &Orders) -> Orders {
        let rename = |it: Trainee| Trainee::new(self.trainees.to(it.at()));
        let rows = owners.rows(&orders.rows, rename);
        let tied = if orders.tied.is_empty() {
            Vec::new()
        } else {
            let own = owners.from.iter().map(|old| {
                let span = orders.rows.span(place(*old));
                orders.tied.get(span).unwrap_or_default()
            });
            own.flatten().copied().collect()
        };
        Orders { rows, tied }
    }

    fn instance(&self, run: &Instance) -> Instance {
        let rename = |it| self.posting(it);
        Instance {
            run_id: run.run_id.clone(),
            seed: run.seed.clone(),
            trainees: self.trainees.names(&run.trainees),
            banks: self.banks.names(&run.banks),
            postings: self.postings.names(&run.postings),
            groups: run.groups.clone(),
            rules: run.rules.clone(),
            trainee_groups: self.trainees.rows(&run.trainee_groups, |it| it),
            caps: self.banks.column(&run.caps),
            bank_postings: self.banks.rows(&run.bank_postings, rename),
            posting_banks: self
                .postings
                .column(&run.posting_banks)
                .into_iter()
                .map(|it| Bank::new(self.banks.to(it.at())))
                .collect(),
            seats: self.postings.column(&run.seats),
            reserves: self.postings.column(&run.reserves),
            group_caps: self.postings.rows(&run.group_caps, |it| it),
            lists: self.trainees.rows(&run.lists, rename),
            bank_lists: self.orders(&self.banks, &run.bank_lists),
            posting_lists: self.orders(&self.postings, &run.posting_lists),
            ineligible: self
                .trainees
                .rows(&run.ineligible, |(it, rule)| (rename(it), rule)),
        }
    }
}

/// What the second run says otherwise. The bytes of a result follow from assignment, cut-offs and
/// reasons by id alone, so these are compared, not their text.
pub(super) fn compare(run: &Instance, outcome: &Outcome) -> Vec<Finding> {
    let copies = Copies::new(run);
    let copy = copies.instance(run);
    let again = engine::run(&copy);
    let mut findings = Vec::new();
    if outcome.reasons.len() != run.lists().items().len() {
        findings.push(Finding::ReasonRows(outcome.reasons.len()));
    }
    for trainee in run.all_trainees() {
        let there = Trainee::new(copies.trainees.to(trainee.at()));
        let placed = outcome.of(trainee).map(|it| copies.posting(it));
        if placed != again.of(there) {
            findings.push(Finding::PlacedElsewhere(trainee));
        }
        let own = outcome.reasons_of(run, trainee).iter();
        let other = again.reasons_of(&copy, there).iter();
        let choices = run.list(trainee).iter();
        let differs = |pair: (&Reason, &Reason)| pair.0 != pair.1;
        for (pair, posting) in own.zip(other).zip(choices) {
            if differs(pair) {
                findings.push(Finding::OtherReason(trainee, *posting));
            }
        }
    }
    if copies.postings.column(&outcome.cutoffs) != again.cutoffs
        || copies.banks.column(&outcome.bank_cutoffs) != again.bank_cutoffs
    {
        findings.push(Finding::OtherCutoffs);
    }
    findings
}
