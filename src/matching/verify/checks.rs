//! V1 to V5.
//!
//! A bank *chooses* by going down its list and taking whoever breaks no bound (section 3.5). Of a set
//! that it would keep whole, plus one, it takes the one exactly if every bound that counts them has
//! room beside those *ahead* of them: counting is all that is needed. A posting with a reserve is
//! alone with its list and is asked literally.

use std::collections::{BTreeMap, BTreeSet};

use super::super::index::{Group, Posting, Rows, Trainee, number, place};
use super::super::instance::Instance;
use super::super::outcome::Outcome;
use super::Finding;
use super::places::Places;

/// Somebody who is held: place on the list, who, where.
type Held = (u32, Trainee, Posting);

/// A result laid out by posting and by bank, best first.
struct Table<'r> {
    run: &'r Instance,
    places: Places,
    at_postings: Vec<Vec<Held>>,
    /// Only of banks with a cap.
    at_banks: Vec<Vec<Held>>,
}

pub(super) fn all(run: &Instance, outcome: &Outcome) -> Vec<Finding> {
    let mut findings = Vec::new();
    let table = Table::new(run, outcome, &mut findings);
    table.bounds(&mut findings);
    table.choices(&mut findings);
    table.blocking(outcome, &mut findings);
    table.cutoffs(outcome, &mut findings);
    findings
}

impl<'r> Table<'r> {
    /// Lays the result out, and notes what violates V1.
    fn new(run: &'r Instance, outcome: &Outcome, findings: &mut Vec<Finding>) -> Self {
        let mut table = Self {
            run,
            places: Places::new(run),
            at_postings: vec![Vec::new(); run.all_postings().count()],
            at_banks: vec![Vec::new(); run.all_banks().count()],
        };
        for trainee in run.all_trainees() {
            let Some(posting) = outcome.of(trainee) else {
                continue;
            };
            if !run.list(trainee).contains(&posting) {
                findings.push(Finding::NotListed(trainee, posting));
            }
            if run.ineligible(trainee).iter().any(|it| it.0 == posting) {
                findings.push(Finding::NotEligible(trainee, posting));
            }
            if let Some(it) = table.at_postings.get_mut(posting.at()) {
                it.push((u32::MAX, trainee, posting));
            }
        }
        // Places posting by posting, so that each list is looked through while it is near.
        for posting in run.all_postings() {
            let bank = run.bank_of(posting);
            let at = table.at_postings.get_mut(posting.at());
            let held = at.map(Vec::as_mut_slice).unwrap_or_default();
            for one in held.iter_mut() {
                match table.places.ranked(run, one.1, posting) {
                    Some(place) => one.0 = place,
                    // Somebody whom the list does not name still takes a seat; they come last.
                    None => findings.push(Finding::NotRanked(one.1, posting)),
                }
            }
            if run.bank_cap(bank).is_some()
                && let Some(it) = table.at_banks.get_mut(bank.at())
            {
                it.extend_from_slice(held);
            }
            held.sort_unstable();
        }
        for held in &mut table.at_banks {
            held.sort_unstable();
        }
        table
    }

    fn at(&self, posting: Posting) -> &[Held] {
        self.at_postings
            .get(posting.at())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    fn of_group(&self, posting: Posting, group: Group) -> impl Iterator<Item = &Held> {
        let held = self.at(posting).iter();
        held.filter(move |it| self.run.groups_of(it.1).contains(&group))
    }

    /// V2.
    fn bounds(&self, findings: &mut Vec<Finding>) {
        for posting in self.run.all_postings() {
            let held = number(self.at(posting).len());
            if held > self.run.seats(posting) {
                findings.push(Finding::OverSeats(posting, held));
            }
            for (group, cap) in self.run.group_caps(posting) {
                let held = number(self.of_group(posting, *group).count());
                if held > *cap {
                    findings.push(Finding::OverGroupCap(posting, *group, held));
                }
            }
        }
        for (bank, held) in self.run.all_banks().zip(&self.at_banks) {
            let held = number(held.len());
            if self.run.bank_cap(bank).is_some_and(|cap| held > cap) {
                findings.push(Finding::OverBankCap(bank, held));
            }
        }
    }

    /// V3: each bank goes down its list and would leave out nobody.
    fn choices(&self, findings: &mut Vec<Finding>) {
        let mut left_out = |held: &[Held], chosen: &BTreeSet<Held>| {
            let missing = held.iter().filter(|it| !chosen.contains(it));
            findings.extend(missing.map(|it| Finding::NotChosen(it.1, it.2)));
        };
        for bank in self.run.all_banks() {
            if self.run.bank_cap(bank).is_some() {
                let held = self.at_banks.get(bank.at());
                let held = held.map(Vec::as_slice).unwrap_or_default();
                left_out(held, &choose(self.run, held));
                continue;
            }
            for posting in self.run.postings_of(bank) {
                let held = self.at(*posting);
                left_out(held, &choose(self.run, held));
            }
        }
    }

    /// V4: each posting is held against all who would rather have it than what they received.
    fn blocking(&self, outcome: &Outcome, findings: &mut Vec<Finding>) {
        let wants = self.run.all_trainees().flat_map(|trainee| {
            let present = outcome.of(trainee);
            let list = self.run.list(trainee).iter();
            let above = list.take_while(move |it| Some(**it) != present);
            above.map(move |it| (it.raw(), trainee))
        });
        let nobody = Trainee::from_raw(u32::MAX);
        let wants = Rows::gather(self.at_postings.len(), wants, nobody);
        let mut blocking = Vec::new();
        for (posting, wanted_by) in self.run.all_postings().zip(wants.iter()) {
            for trainee in wanted_by {
                let place = self.places.acceptable(self.run, *trainee, posting);
                if place.is_some_and(|it| self.would_take((it, *trainee, posting))) {
                    blocking.push((*trainee, posting));
                }
            }
        }
        blocking.sort_unstable();
        findings.extend(blocking.into_iter().map(|it| Finding::Blocking(it.0, it.1)));
    }

    /// Would the bank choose this one beside those it has? Whatever it holds of the same trainee comes
    /// at the same place of its list, so that it is not ahead and drops out by itself.
    fn would_take(&self, new: Held) -> bool {
        let (place, trainee, posting) = new;
        let run = self.run;
        if run.reserve(posting).is_some() {
            let mut held = self.at(posting).to_vec();
            held.push(new);
            held.sort_unstable();
            return choose(run, &held).contains(&new);
        }
        let at = self.at(posting);
        if ahead(at, place) >= run.seats(posting) {
            return false;
        }
        let own = run.groups_of(trainee);
        for (group, cap) in run.group_caps(posting) {
            if own.contains(group) {
                let before = self.of_group(posting, *group).filter(|it| it.0 < place);
                if number(before.count()) >= *cap {
                    return false;
                }
            }
        }
        let bank = run.bank_of(posting);
        match (run.bank_cap(bank), self.at_banks.get(bank.at())) {
            (Some(cap), Some(held)) => ahead(held, place) < cap,
            _ => true,
        }
    }

    /// V5.
    fn cutoffs(&self, outcome: &Outcome, findings: &mut Vec<Finding>) {
        let worst = |held: &[Held], bound: u32| {
            let full = number(held.len()) >= bound;
            full.then(|| held.last().map_or(0, |it| it.0))
        };
        let rows = |stored: usize, wanted: usize| stored == wanted;
        if !rows(outcome.cutoffs.len(), self.at_postings.len())
            || !rows(outcome.bank_cutoffs.len(), self.at_banks.len())
        {
            findings.push(Finding::CutoffRows(String::new()));
        }
        for (posting, stored) in self.run.all_postings().zip(&outcome.cutoffs) {
            let found = worst(self.at(posting), self.run.seats(posting));
            if found != *stored {
                findings.push(Finding::Cutoff {
                    posting,
                    stored: *stored,
                    found,
                });
            }
        }
        let banks = self.run.all_banks().zip(&outcome.bank_cutoffs);
        for ((bank, stored), held) in banks.zip(&self.at_banks) {
            let cap = self.run.bank_cap(bank);
            let found = cap.and_then(|cap| worst(held, cap));
            if found != *stored {
                findings.push(Finding::BankCutoff {
                    bank,
                    stored: *stored,
                    found,
                });
            }
        }
    }
}

/// How many are ahead of this place.
fn ahead(held: &[Held], place: u32) -> u32 {
    number(held.partition_point(|it| it.0 < place))
}

/// Whom a bank chooses of these, who stand in the order of its list: all of one bank with a cap, or
/// all of one posting.
fn choose(run: &Instance, among: &[Held]) -> BTreeSet<Held> {
    let mut chosen = BTreeSet::new();
    let mut tally = Tally::default();
    let reserve = among.first().and_then(|it| run.reserve(it.2));
    if let Some((group, seats)) = reserve {
        let of_group = |it: &&Held| run.groups_of(it.1).contains(&group);
        for one in among.iter().filter(of_group).take(place(seats)) {
            tally.add(run, one);
            chosen.insert(*one);
        }
    }
    for one in among {
        if !chosen.contains(one) && tally.has_room(run, one) {
            tally.add(run, one);
            chosen.insert(*one);
        }
    }
    chosen
}

/// How many were chosen, in all and by posting and group.
#[derive(Default)]
struct Tally {
    all: u32,
    postings: BTreeMap<Posting, u32>,
    groups: BTreeMap<(Posting, Group), u32>,
}

impl Tally {
    fn add(&mut self, run: &Instance, one: &Held) {
        let count = |it: &mut u32| *it = it.saturating_add(1);
        count(&mut self.all);
        count(self.postings.entry(one.2).or_default());
        for group in run.groups_of(one.1) {
            count(self.groups.entry((one.2, *group)).or_default());
        }
    }

    /// Does one more break no bound?
    fn has_room(&self, run: &Instance, one: &Held) -> bool {
        let here = self.postings.get(&one.2).copied().unwrap_or(0);
        let own = run.groups_of(one.1);
        let capped = run.group_caps(one.2).iter();
        here < run.seats(one.2)
            && run
                .bank_cap(run.bank_of(one.2))
                .is_none_or(|cap| self.all < cap)
            && capped.filter(|it| own.contains(&it.0)).all(|(group, cap)| {
                let held = self.groups.get(&(one.2, *group));
                held.copied().unwrap_or(0) < *cap
            })
    }
}
