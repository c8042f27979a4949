//! Whom postings hold that choose each by itself: one heap of places for each, the worst on top, all
//! in one piece of memory.

use super::super::index::place;

/// What a posting says to a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Held, and nobody has to leave.
    Held,
    /// Held, and whoever has this place on the posting's list has to leave it.
    Instead {
        /// The posting that is left; with a bank's cap it may be another one.
        posting: u32,
        /// The place on the list.
        rank: u32,
    },
    /// No.
    No,
}

#[derive(Clone, Copy, Debug, Default)]
struct Heap {
    begin: u32,
    held: u32,
    seats: u32,
}

/// The heaps of all postings.
#[derive(Debug, Default)]
pub(super) struct Heaps {
    heaps: Vec<Heap>,
    slots: Vec<u32>,
}

impl Heaps {
    /// One heap for each posting, in order: its seats, and the most who can ever propose to it.
    pub(super) fn new(postings: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut begin = 0_u32;
        let mut heaps = Vec::new();
        for (seats, most) in postings {
            heaps.push(Heap {
                begin,
                held: 0,
                seats,
            });
            begin = begin.saturating_add(seats.min(most));
        }
        let slots = vec![0; place(begin)];
        Self { heaps, slots }
    }

    /// Offers a place to a posting. With the answer comes the posting's new limit, if it has one now:
    /// the worst place held, below which it looks at nobody any more.
    pub(super) fn offer(&mut self, posting: u32, rank: u32) -> (Answer, Option<u32>) {
        let Some(heap) = self.heaps.get_mut(place(posting)) else {
            return (Answer::No, None);
        };
        let begin = place(heap.begin);
        if heap.held < heap.seats {
            heap.held = heap.held.saturating_add(1);
            let full = heap.held == heap.seats;
            let end = begin.saturating_add(place(heap.held));
            let Some(slots) = self.slots.get_mut(begin..end) else {
                return (Answer::No, None);
            };
            if let Some(last) = slots.last_mut() {
                *last = rank;
            }
            rise(slots);
            let worst = slots.first().copied();
            return (Answer::Held, worst.filter(|_| full));
        }
        let end = begin.saturating_add(place(heap.held));
        let slots = self.slots.get_mut(begin..end).unwrap_or_default();
        match slots.first_mut() {
            Some(top) if *top > rank => {
                let left = std::mem::replace(top, rank);
                sink(slots);
                let answer = Answer::Instead {
                    posting,
                    rank: left,
                };
                (answer, slots.first().copied())
            }
            _ => (Answer::No, None),
        }
    }
}

/// The last entry rises to where none above it is better.
fn rise(slots: &mut [u32]) {
    let mut at = slots.len().saturating_sub(1);
    while at > 0 {
        let above = at.saturating_sub(1) / 2;
        match (slots.get(at), slots.get(above)) {
            (Some(here), Some(there)) if here > there => slots.swap(at, above),
            _ => return,
        }
        at = above;
    }
}

/// The first entry sinks to where none below it is worse.
fn sink(slots: &mut [u32]) {
    let mut at = 0_usize;
    loop {
        let left = at.saturating_mul(2).saturating_add(1);
        let right = left.saturating_add(1);
        let Some(mut worst) = slots.get(left).copied() else {
            return;
        };
        let mut below = left;
        if let Some(other) = slots.get(right).copied().filter(|it| *it > worst) {
            worst = other;
            below = right;
        }
        match slots.get(at) {
            Some(here) if *here < worst => slots.swap(at, below),
            _ => return,
        }
        at = below;
    }
}
