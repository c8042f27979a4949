//! Whom postings hold that keep seats for a group: the best of the group first, up to as many as are
//! held for it; then everybody in the order of the list (section 3.5). Held seats that the group does
//! not fill are open to all.

use std::collections::{BTreeMap, BinaryHeap};

use super::super::index::{Group, Posting, place};
use super::super::instance::Instance;
use super::heaps::Answer;

#[derive(Debug)]
struct Desk {
    seats: usize,
    held_for_group: usize,
    group: Group,
    /// Places, each with the trainee who has it.
    of_group: BinaryHeap<(u32, u32)>,
    others: BinaryHeap<(u32, u32)>,
}

/// All postings with a reserve.
#[derive(Debug)]
pub(super) struct Reserved {
    desks: BTreeMap<Posting, Desk>,
}

impl Reserved {
    pub(super) fn new(run: &Instance) -> Self {
        let with = run
            .all_postings()
            .filter_map(|posting| run.reserve(posting).map(|it| (posting, it)));
        let desk = |posting: Posting, (group, held): (Group, u32)| Desk {
            seats: place(run.seats(posting)),
            held_for_group: place(held),
            group,
            of_group: BinaryHeap::new(),
            others: BinaryHeap::new(),
        };
        Self {
            desks: with.map(|(at, reserve)| (at, desk(at, reserve))).collect(),
        }
    }

    /// Offers a trainee, who is in these groups and has this place on the posting's list.
    pub(super) fn offer(
        &mut self,
        posting: Posting,
        groups: &[Group],
        rank: u32,
        trainee: u32,
    ) -> Answer {
        let Some(desk) = self.desks.get_mut(&posting) else {
            return Answer::No;
        };
        if groups.contains(&desk.group) {
            desk.of_group.push((rank, trainee));
        } else {
            desk.others.push((rank, trainee));
        }
        if desk.of_group.len().saturating_add(desk.others.len()) <= desk.seats {
            return Answer::Held;
        }
        // One too many: the worst whose seat is not held for them. The held seats are with the best
        // of the group, so its worst is safe only while all of the group have one.
        let all_held = desk.of_group.len() <= desk.held_for_group;
        let of_group = desk.of_group.peek().filter(|_| !all_held);
        let left = if of_group > desk.others.peek() {
            desk.of_group.pop()
        } else {
            desk.others.pop()
        };
        match left {
            Some((_, left)) if left != trainee => Answer::Instead(left),
            _ => Answer::No,
        }
    }
}
