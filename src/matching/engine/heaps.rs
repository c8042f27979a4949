//! Whom postings hold that choose each by itself: one heap for each, the worst on top, all in one piece
//! of memory.

use super::super::index::place;

/// What a posting says to a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Held, and nobody has to leave.
    Held,
    /// Held, and this trainee has to leave.
    Instead(u32),
    /// No.
    No,
}

#[derive(Clone, Copy, Debug, Default)]
struct Heap {
    begin: u32,
    held: u32,
    seats: u32,
}

/// The heaps of all postings. A slot is a place on the list in its upper half, and the trainee who has
/// it in its lower: whoever is let go is known without another look.
#[derive(Debug, Default)]
pub(super) struct Heaps {
    heaps: Vec<Heap>,
    slots: Vec<u64>,
}

fn slot(rank: u32, trainee: u32) -> u64 {
    u64::from(rank) << 32 | u64::from(trainee)
}

fn halves(slot: u64) -> (u32, u32) {
    let half = |it: u64| u32::try_from(it & 0xFFFF_FFFF).unwrap_or(u32::MAX);
    (half(slot >> 32), half(slot))
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

    /// Looks at what an offer to this posting will need, so that it is near when the offer comes. The
    /// number has no meaning.
    pub(super) fn touch(&self, posting: u32) -> u64 {
        let heap = self.heaps.get(place(posting));
        let top = heap.and_then(|it| self.slots.get(place(it.begin)));
        top.copied().unwrap_or(0)
    }

    /// Offers a trainee, who has this place on the list, to a posting. With the answer comes the
    /// posting's new limit, if it has one now: the worst place held, beyond which it looks at nobody
    /// any more.
    pub(super) fn offer(&mut self, posting: u32, rank: u32, trainee: u32) -> (Answer, Option<u32>) {
        let Some(heap) = self.heaps.get_mut(place(posting)) else {
            return (Answer::No, None);
        };
        let begin = place(heap.begin);
        let new = slot(rank, trainee);
        if heap.held < heap.seats {
            heap.held = heap.held.saturating_add(1);
            let full = heap.held == heap.seats;
            let end = begin.saturating_add(place(heap.held));
            let slots = self.slots.get_mut(begin..end).unwrap_or_default();
            if let Some(last) = slots.last_mut() {
                *last = new;
            }
            rise(slots);
            let worst = slots.first().map(|it| halves(*it).0);
            return (Answer::Held, worst.filter(|_| full));
        }
        let end = begin.saturating_add(place(heap.held));
        let slots = self.slots.get_mut(begin..end).unwrap_or_default();
        match slots.first_mut() {
            Some(top) if *top > new => {
                let (_, left) = halves(std::mem::replace(top, new));
                sink(slots);
                let worst = slots.first().map(|it| halves(*it).0);
                (Answer::Instead(left), worst)
            }
            _ => (Answer::No, None),
        }
    }
}

/// The last entry rises to where none above it is better.
fn rise(slots: &mut [u64]) {
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
fn sink(slots: &mut [u64]) {
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
