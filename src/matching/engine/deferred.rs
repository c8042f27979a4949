//! Deferred acceptance: every trainee asks down their list until a posting holds them; a posting
//! holds the best it has been asked by and lets others go, who ask on.
//!
//! The order in which trainees ask does not change who ends where. It is chosen for the memory: the
//! free are worked on in small blocks, first finding for each the next posting that would still look
//! at them, then asking. The looks of one block do not wait for each other, so that the processor
//! fetches many at a time.

use super::super::index::{Posting, Trainee, number, place};
use super::Settled;
use super::heaps::{Answer, Heaps};
use super::market::{Market, NEVER};
use super::nested::{self, Nested};
use super::reserved::Reserved;

/// How many trainees find their next posting before any of them asks.
const BLOCK: usize = 32;

/// No choice.
const NONE: u32 = u32::MAX;

/// How a posting chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Seats,
    Nested,
    Reserve,
}

struct Floor<'m, 'r> {
    market: &'m Market<'r>,
    kinds: Vec<Kind>,
    /// For each posting, the worst place that it still looks at.
    limits: Vec<u32>,
    heaps: Heaps,
    nested: Nested,
    reserved: Reserved,
    /// For each trainee, the next choice to ask, and the choice that holds them.
    next: Vec<u32>,
    at: Vec<u32>,
}

/// Lets all trainees ask until nobody is left who can.
pub(super) fn settle(market: &Market<'_>) -> Settled {
    let mut floor = Floor::new(market);
    let mut free: Vec<u32> = market.run.all_trainees().map(Trainee::raw).collect();
    let mut again = Vec::new();
    let mut asking: Vec<(u32, u32)> = Vec::with_capacity(BLOCK);
    while !free.is_empty() {
        again.clear();
        for block in free.chunks(BLOCK) {
            asking.clear();
            asking.extend(block.iter().filter_map(|it| Some((*it, floor.look(*it)?))));
            for (trainee, choice) in &asking {
                floor.ask(*trainee, *choice, &mut again);
            }
        }
        std::mem::swap(&mut free, &mut again);
    }
    let proposals = floor.proposals();
    Settled {
        at: floor.at,
        proposals,
    }
}

impl<'m, 'r> Floor<'m, 'r> {
    fn new(market: &'m Market<'r>) -> Self {
        let run = market.run;
        let kinds: Vec<Kind> = run
            .all_postings()
            .map(|it| {
                if run.reserve(it).is_some() {
                    Kind::Reserve
                } else if nested::applies(run, it) {
                    Kind::Nested
                } else {
                    Kind::Seats
                }
            })
            .collect();
        let most = |it: Posting| {
            let list = if run.by_bank_list(it) {
                run.bank_lists.row(run.bank_of(it).at())
            } else {
                run.posting_lists.row(it.at())
            };
            number(list.len())
        };
        let plain = run.all_postings().zip(&kinds).map(|(it, kind)| match kind {
            Kind::Seats => (run.seats(it), most(it)),
            Kind::Nested | Kind::Reserve => (0, 0),
        });
        let heaps = Heaps::new(plain);
        Self {
            market,
            heaps,
            // Whoever has a place on the list is looked at while there is a seat.
            limits: run.all_postings().map(|_| NEVER.wrapping_sub(1)).collect(),
            nested: Nested::new(run),
            reserved: Reserved::new(run),
            next: run
                .all_trainees()
                .map(|it| number(run.lists.span(it.at()).start))
                .collect(),
            at: vec![NONE; run.trainees.len()],
            kinds,
        }
    }

    /// The next choice of a trainee that would still look at them. What is passed over is passed for
    /// good, since a posting's limit only ever falls.
    fn look(&mut self, trainee: u32) -> Option<u32> {
        let end = self.market.run.lists.span(place(trainee)).end;
        let next = self.next.get_mut(place(trainee))?;
        let begin = place(*next);
        let rest = self.market.choices.get(begin..end)?;
        let looked_at = |limit: Option<&u32>, rank| limit.is_some_and(|it| rank <= *it);
        let ahead = rest
            .iter()
            .position(|it| looked_at(self.limits.get(place(it.posting)), it.rank));
        let at = begin.saturating_add(ahead.unwrap_or(rest.len()));
        *next = number(at);
        ahead.map(|_| number(at))
    }

    fn ask(&mut self, trainee: u32, at: u32, again: &mut Vec<u32>) {
        let Some(choice) = self.market.choice(at) else {
            return;
        };
        if let Some(next) = self.next.get_mut(place(trainee)) {
            *next = at.wrapping_add(1);
        }
        let posting = Posting::from_raw(choice.posting);
        let who = Trainee::from_raw(trainee);
        let answer = match self.kinds.get(posting.at()) {
            Some(Kind::Seats) => {
                let (answer, limit) = self.heaps.offer(choice.posting, choice.rank);
                if let Some((to, limit)) = self.limits.get_mut(posting.at()).zip(limit) {
                    *to = limit;
                }
                answer
            }
            Some(Kind::Nested) => {
                self.nested
                    .offer(self.market, &self.at, who, posting, choice.rank)
            }
            Some(Kind::Reserve) => {
                let groups = self.market.run.groups_of(who);
                self.reserved.offer(posting, groups, choice.rank)
            }
            None => Answer::No,
        };
        match answer {
            Answer::No => again.push(trainee),
            Answer::Held => self.hold(trainee, at),
            Answer::Instead { posting, rank } => {
                self.hold(trainee, at);
                if let Some(left) = self.market.trainee(posting, rank) {
                    self.hold(left.raw(), NONE);
                    again.push(left.raw());
                }
            }
        }
    }

    fn hold(&mut self, trainee: u32, choice: u32) {
        if let Some(at) = self.at.get_mut(place(trainee)) {
            *at = choice;
        }
    }

    /// How many choices were passed over or asked that a posting could have said yes to.
    fn proposals(&self) -> u64 {
        let lists = &self.market.run.lists;
        let passed = self.next.iter().enumerate().map(|(trainee, next)| {
            let begin = lists.span(trainee).start;
            let passed = self.market.choices.get(begin..place(*next));
            let could = passed.unwrap_or_default().iter();
            could.filter(|it| it.rank != NEVER).count()
        });
        passed.map(|it| u64::from(number(it))).sum()
    }
}
