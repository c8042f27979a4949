//! Whom banks hold whose bounds are nested: a cap on a group at a posting, within the posting's seats,
//! within the bank's cap.
//!
//! A set that is held keeps all bounds. One more can break only those that count it. If none of them
//! is used up, it is kept. If one is, the greedy choice over all (section 3.5) leaves out exactly
//! one: the worst within the *innermost* bound that is used up, since letting somebody go elsewhere
//! would not make room there, and letting somebody go there makes room in every bound around it.

use std::collections::BinaryHeap;

use super::super::index::{Bank, Posting, Trainee};
use super::super::instance::Instance;
use super::deferred::Asker;
use super::heaps::Answer;
use super::market::Market;

/// One bound: its cap, how many count in it, and the places of all who ever did, the worst on top.
/// Who has left meanwhile is taken off when they come to the top.
#[derive(Debug, Default)]
struct Bound {
    cap: u32,
    held: u32,
    ever: BinaryHeap<u32>,
}

/// Which bound.
#[derive(Clone, Copy, Debug)]
enum Of {
    Group(usize),
    Posting(Posting),
    Bank(Bank),
}

/// All bounds of all such banks.
#[derive(Debug)]
pub(super) struct Nested {
    groups: Vec<Bound>,
    postings: Vec<Bound>,
    banks: Vec<Bound>,
}

/// Does this posting choose by nested bounds, rather than by its seats alone?
pub(super) fn applies(run: &Instance, posting: Posting) -> bool {
    run.bank_cap(run.bank_of(posting)).is_some() || !run.group_caps(posting).is_empty()
}

fn bound(cap: u32) -> Bound {
    Bound {
        cap,
        ..Bound::default()
    }
}

impl Nested {
    pub(super) fn new(run: &Instance) -> Self {
        let banks = run.all_banks();
        Self {
            groups: run
                .group_caps
                .items()
                .iter()
                .map(|it| bound(it.1))
                .collect(),
            postings: run.all_postings().map(|it| bound(run.seats(it))).collect(),
            banks: banks
                .map(|it| bound(run.bank_cap(it).unwrap_or(u32::MAX)))
                .collect(),
        }
    }

    fn get(&mut self, of: Of) -> Option<&mut Bound> {
        match of {
            Of::Group(at) => self.groups.get_mut(at),
            Of::Posting(it) => self.postings.get_mut(it.at()),
            Of::Bank(it) => self.banks.get_mut(it.at()),
        }
    }

    /// Offers a trainee, who has this place on the list, to a posting. `askers` say which choice each
    /// trainee is held by.
    pub(super) fn offer(
        &mut self,
        market: &Market<'_>,
        askers: &[Asker],
        trainee: Trainee,
        posting: Posting,
        rank: u32,
    ) -> Answer {
        let bounds = counting(market.run, trainee, posting);
        let mut answer = Answer::Held;
        for of in bounds.into_iter().flatten() {
            let used_up = self.get(of).is_some_and(|it| it.held >= it.cap);
            if !used_up {
                continue;
            }
            answer = match self.worst(market, askers, posting, of) {
                Some((worst, who, from)) if worst > rank => {
                    self.leave(market.run, who, from);
                    Answer::Instead(who.raw())
                }
                _ => Answer::No,
            };
            break;
        }
        if answer != Answer::No {
            for of in bounds.into_iter().flatten() {
                if let Some(it) = self.get(of) {
                    it.held = it.held.saturating_add(1);
                    it.ever.push(rank);
                }
            }
        }
        answer
    }

    /// The worst who counts in a bound: the place, who has it, and the posting that holds them.
    fn worst(
        &mut self,
        market: &Market<'_>,
        askers: &[Asker],
        posting: Posting,
        of: Of,
    ) -> Option<(u32, Trainee, Posting)> {
        let bound = self.get(of)?;
        loop {
            let rank = *bound.ever.peek()?;
            // Every posting of a bank with a cap goes by one list, so any of them finds the trainee.
            let who = market.trainee(posting.raw(), rank)?;
            let held = askers.get(who.at()).and_then(|it| market.choice(it.at));
            let counts = |it: Posting| match of {
                Of::Group(_) | Of::Posting(_) => it == posting,
                Of::Bank(bank) => market.run.bank_of(it) == bank,
            };
            match held.map(|it| Posting::from_raw(it.posting)) {
                Some(it) if counts(it) => return Some((rank, who, it)),
                _ => _ = bound.ever.pop(),
            }
        }
    }

    /// A trainee leaves a posting.
    fn leave(&mut self, run: &Instance, who: Trainee, from: Posting) {
        for of in counting(run, who, from).into_iter().flatten() {
            if let Some(it) = self.get(of) {
                it.held = it.held.saturating_sub(1);
            }
        }
    }
}

/// The bounds in which a trainee counts at a posting, innermost first. At most one of the posting's
/// groups has them (the builder has seen to it).
fn counting(run: &Instance, trainee: Trainee, posting: Posting) -> [Option<Of>; 3] {
    let own = run.groups_of(trainee);
    let caps = run.group_caps.span(posting.at());
    let group = run
        .group_caps(posting)
        .iter()
        .position(|it| own.contains(&it.0))
        .map(|it| Of::Group(caps.start.saturating_add(it)));
    let bank = run.bank_of(posting);
    let capped = run.bank_cap(bank).map(|_| Of::Bank(bank));
    [group, Some(Of::Posting(posting)), capped]
}
