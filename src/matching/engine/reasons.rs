//! The result of a settled market: cut-offs, and one true reason for every choice.

use super::super::index::{Posting, Trainee, place};
use super::super::instance::Instance;
use super::super::outcome::{Outcome, Reason};
use super::market::{Choice, Market, NEVER};
use super::nested;

/// How many a bound counts, and the worst place among them.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    count: u32,
    worst: u32,
}

impl Held {
    fn add(&mut self, rank: u32) {
        self.count = self.count.saturating_add(1);
        self.worst = self.worst.max(rank);
    }

    /// The worst place when the bound is used up.
    fn cutoff(self, bound: u32) -> Option<u32> {
        (self.count >= bound).then_some(self.worst)
    }
}

/// The result, from the choice that holds each trainee.
pub(super) fn outcome(market: &Market<'_>, at: &[u32]) -> Outcome {
    let run = market.run;
    let mut postings = vec![Held::default(); run.postings.len()];
    let mut banks = vec![Held::default(); run.banks.len()];
    let mut assignment = Vec::with_capacity(at.len());
    for choice in at.iter().map(|it| market.choice(*it)) {
        assignment.push(choice.map(|it| Posting::from_raw(it.posting)));
        let Some(choice) = choice else {
            continue;
        };
        let bank = run.bank_of(Posting::from_raw(choice.posting));
        if let Some(it) = postings.get_mut(place(choice.posting)) {
            it.add(choice.rank);
        }
        if let Some(it) = banks.get_mut(bank.at()) {
            it.add(choice.rank);
        }
    }
    let cutoffs: Vec<Option<u32>> = run
        .all_postings()
        .zip(postings)
        .map(|(it, held)| held.cutoff(run.seats(it)))
        .collect();
    let bank_cutoffs: Vec<Option<u32>> = run
        .all_banks()
        .zip(banks)
        .map(|(it, held)| run.bank_cap(it).and_then(|cap| held.cutoff(cap)))
        .collect();
    let mut reasons = Vec::with_capacity(market.choices.len());
    for trainee in run.all_trainees() {
        let span = run.lists.span(trainee.at());
        let held = at.get(trainee.at()).copied().unwrap_or(u32::MAX);
        let above = place(held).min(span.end);
        for at in span.clone() {
            let Some(choice) = market.choices.get(at).copied() else {
                continue;
            };
            reasons.push(match at.cmp(&above) {
                std::cmp::Ordering::Less => why_not(run, &cutoffs, &bank_cutoffs, trainee, choice),
                std::cmp::Ordering::Equal => Reason::Matched,
                std::cmp::Ordering::Greater => Reason::NotNeeded,
            });
        }
    }
    Outcome {
        assignment,
        cutoffs,
        bank_cutoffs,
        reasons,
    }
}

/// Why a trainee did not receive a choice that they would rather have. What the engine refused while
/// it ran depends on the order of proposing; this looks at the end only, where it does not.
fn why_not(
    run: &Instance,
    cutoffs: &[Option<u32>],
    bank_cutoffs: &[Option<u32>],
    trainee: Trainee,
    choice: Choice,
) -> Reason {
    let posting = Posting::from_raw(choice.posting);
    let rank = choice.rank;
    if rank == NEVER {
        return never(run, trainee, posting);
    }
    let cutoff = cutoffs.get(posting.at()).copied().flatten();
    if let Some(cutoff) = cutoff.filter(|it| rank > *it) {
        return Reason::Full { cutoff, rank };
    }
    if let Some((group, seats)) = run.reserve(posting) {
        return Reason::Reserve { group, seats };
    }
    if nested::applies(run, posting) {
        let bank = run.bank_of(posting);
        let cutoff = bank_cutoffs.get(bank.at()).copied().flatten();
        if cutoff.is_some_and(|it| rank > it) {
            let cap = run.bank_cap(bank).unwrap_or(0);
            return Reason::BankCap { cap, rank };
        }
        let own = run.groups_of(trainee);
        let capped = run.group_caps(posting).iter();
        if let Some((group, _)) = capped.into_iter().find(|it| own.contains(&it.0)) {
            return Reason::GroupCap { group: *group };
        }
    }
    // No bound is in the way: in a settled market that is said of nobody, and the verifier reports
    // such a pair as blocking.
    Reason::Full {
        cutoff: cutoff.unwrap_or(0),
        rank,
    }
}

/// Why a choice was never open to a trainee.
fn never(run: &Instance, trainee: Trainee, posting: Posting) -> Reason {
    if run.seats(posting) == 0 {
        return Reason::PostingWithdrawn;
    }
    let barred = run.ineligible(trainee).iter().find(|it| it.0 == posting);
    if let Some((_, rule)) = barred {
        return Reason::NotEligible { rule: *rule };
    }
    if !run.by_bank_list(posting) && run.posting_lists.row(posting.at()).is_empty() {
        return Reason::NoList;
    }
    Reason::NotRanked
}
