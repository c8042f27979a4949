//! Prerequisites: when they are met, that they never go in a circle, and how they are drawn.

use std::collections::{BTreeMap, BTreeSet};

/// All groups must hold; any one of a group does.
pub type Groups<T> = Vec<Vec<T>>;

/// The groups that are not met yet by what was passed and what was exempted: an exemption stands for
/// a pass. None left means that the module may be begun. An empty group asks for nothing.
pub fn unmet<T: Copy + Ord>(
    groups: &[Vec<T>],
    passed: &BTreeSet<T>,
    exempted: &BTreeSet<T>,
) -> Vec<usize> {
    groups
        .iter()
        .enumerate()
        .filter(|(_, any)| {
            !any.is_empty()
                && any
                    .iter()
                    .all(|it| !passed.contains(it) && !exempted.contains(it))
        })
        .map(|(at, _)| at)
        .collect()
}

/// A circle in the prerequisites, if there is one: each asks for the one after it, the last for the
/// first. Whoever only *may* satisfy a group counts as asked for, so that no choice within a group can
/// lead in a circle. The same input always names the same circle.
pub fn cycle<T: Copy + Ord>(asks: &BTreeMap<T, Groups<T>>) -> Option<Vec<T>> {
    let mut done = BTreeSet::new();
    for start in asks.keys() {
        let mut way = Vec::new();
        if let Some(found) = walk(asks, *start, &mut way, &mut done) {
            return Some(found);
        }
    }
    None
}

fn walk<T: Copy + Ord>(
    asks: &BTreeMap<T, Groups<T>>,
    at: T,
    way: &mut Vec<T>,
    done: &mut BTreeSet<T>,
) -> Option<Vec<T>> {
    if let Some(begin) = way.iter().position(|it| *it == at) {
        return way.get(begin..).map(<[T]>::to_vec);
    }
    if done.contains(&at) {
        return None;
    }
    way.push(at);
    for next in asked(asks, at) {
        if let Some(found) = walk(asks, next, way, done) {
            return Some(found);
        }
    }
    way.pop();
    done.insert(at);
    None
}

/// Everything that a module asks for, each once, in order.
fn asked<T: Copy + Ord>(asks: &BTreeMap<T, Groups<T>>, at: T) -> BTreeSet<T> {
    asks.get(&at)
        .into_iter()
        .flatten()
        .flatten()
        .copied()
        .collect()
}

/// The layers in which a graph without circles is drawn: what asks for nothing first, everything
/// else below the last that it asks for (the longest path). Within a layer the order of `order` is
/// kept. What a circle holds, and what is not in `order`, is left out.
pub fn layers<T: Copy + Ord>(asks: &BTreeMap<T, Groups<T>>, order: &[T]) -> Vec<Vec<T>> {
    let mut depth: BTreeMap<T, usize> = BTreeMap::new();
    for _ in order {
        for at in order {
            let mut below = 0;
            let mut known = true;
            for asked in asked(asks, *at) {
                if !order.contains(&asked) {
                    continue;
                }
                match depth.get(&asked) {
                    Some(it) => below = below.max(it.saturating_add(1)),
                    None => known = false,
                }
            }
            if known {
                depth.insert(*at, below);
            }
        }
    }
    let deepest = depth.values().max().map_or(0, |it| it.saturating_add(1));
    (0..deepest)
        .map(|layer| {
            order
                .iter()
                .filter(|it| depth.get(it) == Some(&layer))
                .copied()
                .collect()
        })
        .collect()
}
