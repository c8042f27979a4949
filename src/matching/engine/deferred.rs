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
use super::market::{Choice, Market, NEVER};
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

/// Where a trainee stands in their list: places among all choices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    /// The next choice to ask.
    next: u32,
    /// The end of the list.
    end: u32,
    /// The choice that holds them; `u32::MAX` for none.
    pub(super) at: u32,
}

struct Floor<'m, 'r> {
    market: &'m Market<'r>,
    kinds: Vec<Kind>,
    /// For each posting, the worst place that it still looks at.
    limits: Vec<u32>,
    heaps: Heaps,
    nested: Nested,
    reserved: Reserved,
    askers: Vec<Asker>,
}

/// Lets all trainees ask until nobody is left who can.
pub(super) fn settle(market: &Market<'_>) -> Settled {
    let mut floor = Floor::new(market);
    let mut free: Vec<u32> = market.run.all_trainees().map(Trainee::raw).collect();
    let mut again = Vec::new();
    let mut asking: Vec<(u32, u32, Choice)> = Vec::with_capacity(BLOCK);
    while !free.is_empty() {
        again.clear();
        for block in free.chunks(BLOCK) {
            asking.clear();
            asking.extend(block.iter().filter_map(|it| floor.look(*it)));
            let near = asking.iter().map(|it| floor.heaps.touch(it.2.posting));
            std::hint::black_box(near.fold(0, |sum, it| sum ^ it));
            for (trainee, at, choice) in &asking {
                floor.ask(*trainee, *at, *choice, &mut again);
            }
        }
        std::mem::swap(&mut free, &mut again);
    }
    let proposals = floor.proposals();
    Settled {
        at: floor.askers.iter().map(|it| it.at).collect(),
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
            askers: run
                .all_trainees()
                .map(|it| {
                    let list = run.lists.span(it.at());
                    Asker {
                        next: number(list.start),
                        end: number(list.end),
                        at: NONE,
                    }
                })
                .collect(),
            kinds,
        }
    }

    /// The next choice of a trainee that would still look at them, with its place among all choices.
    /// What is passed over is passed for good, since a posting's limit only ever falls.
    fn look(&mut self, trainee: u32) -> Option<(u32, u32, Choice)> {
        let asker = self.askers.get_mut(place(trainee))?;
        let rest = self
            .market
            .choices
            .get(place(asker.next)..place(asker.end))?;
        for choice in rest {
            let limit = self.limits.get(place(choice.posting));
            let at = asker.next;
            asker.next = at.wrapping_add(1);
            if limit.is_some_and(|it| choice.rank <= *it) {
                return Some((trainee, at, *choice));
            }
        }
        None
    }

    fn ask(&mut self, trainee: u32, at: u32, choice: Choice, again: &mut Vec<u32>) {
        let posting = Posting::from_raw(choice.posting);
        let who = Trainee::from_raw(trainee);
        let answer = match self.kinds.get(posting.at()) {
            Some(Kind::Seats) => {
                let (answer, limit) = self.heaps.offer(choice.posting, choice.rank, trainee);
                if let Some((to, limit)) = self.limits.get_mut(posting.at()).zip(limit) {
                    *to = limit;
                }
                answer
            }
            Some(Kind::Nested) => {
                let askers = &self.askers;
                self.nested
                    .offer(self.market, askers, who, posting, choice.rank)
            }
            Some(Kind::Reserve) => {
                let groups = self.market.run.groups_of(who);
                self.reserved.offer(posting, groups, choice.rank, trainee)
            }
            None => Answer::No,
        };
        match answer {
            Answer::No => again.push(trainee),
            Answer::Held => self.hold(trainee, at),
            Answer::Instead(left) => {
                self.hold(trainee, at);
                self.hold(left, NONE);
                again.push(left);
            }
        }
    }

    fn hold(&mut self, trainee: u32, choice: u32) {
        if let Some(asker) = self.askers.get_mut(place(trainee)) {
            asker.at = choice;
        }
    }

    /// How many choices were passed over or asked that a posting could have said yes to.
    fn proposals(&self) -> u64 {
        let lists = &self.market.run.lists;
        let passed = self.askers.iter().enumerate().map(|(trainee, asker)| {
            let begin = lists.span(trainee).start;
            let passed = self.market.choices.get(begin..place(asker.next));
            let could = passed.unwrap_or_default().iter();
            could.filter(|it| it.rank != NEVER).count()
        });
        passed.map(|it| u64::from(number(it))).sum()
    }
}
