//! Random timetables: the fewest times where nothing is in the way, and no rule broken where much is.

use std::collections::{BTreeMap, BTreeSet};

use banyan::interviews::rules::timetable::{
    Fixed, Place, Problem, Timetable, Wanted, compute, faults, part,
};
use banyan::teaching::rules::Slot;
use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::rules::{at, grid, id, problem, wanted};

/// Trainees and panels, two of which may meet more than once.
fn meetings(trainees: u128, panels: u128, most: usize) -> impl Strategy<Value = Vec<(u128, u128)>> {
    prop::collection::vec((0..trainees, 1..=panels), 0..most)
}

fn degree(all: &[(u128, u128)]) -> usize {
    let mut count: BTreeMap<(bool, u128), usize> = BTreeMap::new();
    for (trainee, panel) in all {
        *count.entry((true, *trainee)).or_default() += 1;
        *count.entry((false, *panel)).or_default() += 1;
    }
    count.values().copied().max().unwrap_or(0)
}

fn numbered(all: &[(u128, u128)]) -> Vec<Wanted> {
    (0..)
        .zip(all)
        .map(|(n, (trainee, panel))| wanted(n, *trainee, &[*panel]))
        .collect()
}

#[derive(Clone, Debug)]
struct Hard {
    problem: Problem,
}

/// Panels at times of their own over two days, absences, a gap, a full day, some that stand.
fn hard() -> impl Strategy<Value = Hard> {
    let panels = prop::collection::vec((0_i32..4, 0_i64..2, 1_u128..7), 1..5);
    let busy = prop::collection::vec((0_u128..6, 0_i32..12, 0_i64..2), 0..14);
    let who = prop::collection::vec(
        (0_u128..6, prop::collection::btree_set(1_u128..6, 0..3)),
        0..22,
    );
    let fixed = prop::collection::vec((0_u128..6, 0_i32..12, any::<bool>()), 0..3);
    (panels, busy, who, fixed, 0_i64..45, 1_usize..4).prop_map(
        |(panels, busy, who, fixed, gap, most)| {
            let mut all: BTreeMap<Uuid, Vec<Place>> = BTreeMap::new();
            for (number, (offset, day, times)) in (1_u128..).zip(panels) {
                let place = |time: u128| Place {
                    slot: id(1_000 * number + time),
                    when: later(
                        at(600 + 10 * offset + 30 * i32::try_from(time).unwrap(), 20),
                        day,
                    ),
                };
                all.insert(id(number), (0..times).map(place).collect());
            }
            let mut problem = problem(
                all,
                (0..)
                    .zip(who)
                    .map(|(n, (trainee, panels))| {
                        let panels: Vec<u128> = panels.into_iter().collect();
                        wanted(n, trainee, &panels)
                    })
                    .collect(),
            );
            problem.gap = gap;
            problem.most_a_day = most;
            for (trainee, time, day) in busy {
                let when = later(at(600 + 15 * time, 15), day);
                problem
                    .busy
                    .entry(id(10_000 + trainee))
                    .or_default()
                    .push(when);
            }
            problem.fixed = stands(&problem, fixed);
            Hard { problem }
        },
    )
}

fn later(slot: Slot, days: i64) -> Slot {
    Slot {
        starts_at: slot.starts_at + Duration::days(days),
        ends_at: slot.ends_at + Duration::days(days),
    }
}

/// What stands is itself in order: at most one of each trainee, each at a slot of its own.
fn stands(problem: &Problem, wanted: Vec<(u128, i32, bool)>) -> Vec<Fixed> {
    let mut fixed: Vec<Fixed> = Vec::new();
    for (trainee, time, here) in wanted {
        let trainee = id(10_000 + trainee);
        if fixed.iter().any(|it| it.trainee == trainee) {
            continue;
        }
        let first = problem.panels.iter().next();
        let place = first.and_then(|(panel, all)| Some((*panel, *all.first()?)));
        let taken = |slot: Uuid| {
            fixed
                .iter()
                .any(|it| it.here.is_some_and(|it| it.1 == slot))
        };
        match place.filter(|(_, place)| here && !taken(place.slot)) {
            Some((panel, place)) => fixed.push(Fixed {
                trainee,
                when: place.when,
                here: Some((panel, place.slot)),
            }),
            None => fixed.push(Fixed {
                trainee,
                when: at(600 + 20 * time, 20),
                here: None,
            }),
        }
    }
    fixed
}

/// The most interviews that any timetable places, by trying everything.
fn most(it: &Problem) -> usize {
    fn go(it: &Problem, at: usize, placed: &mut BTreeMap<Uuid, Uuid>) -> usize {
        let Some(next) = it.wanted.get(at) else {
            return placed.len();
        };
        let mut best = go(it, at + 1, placed);
        for panel in &next.panels {
            for place in it.panels.get(panel).into_iter().flatten() {
                placed.insert(next.id, place.slot);
                if faults(it, placed).is_empty() {
                    best = best.max(go(it, at + 1, placed));
                }
                placed.remove(&next.id);
            }
        }
        best
    }
    go(it, 0, &mut BTreeMap::new())
}

fn sound(it: &Problem, found: &Timetable) {
    assert_eq!(faults(it, &found.placed), [], "{it:?} {found:?}");
    let all: BTreeSet<Uuid> = it.wanted.iter().map(|it| it.id).collect();
    let told: BTreeSet<Uuid> = found
        .placed
        .keys()
        .chain(found.unplaced.keys())
        .copied()
        .collect();
    assert_eq!(all, told, "everybody is placed, or told why not");
    assert_eq!(found.placed.len() + found.unplaced.len(), all.len());
    if found.unplaced.is_empty() {
        assert!(found.used >= found.bound, "{it:?} {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// König: with nothing in the way, the largest degree is enough.
    #[test]
    fn with_nothing_in_the_way_the_bound_is_reached(all in meetings(9, 6, 40), more in 0_u128..4) {
        let fewest = degree(&all);
        let times = u128::try_from(fewest).unwrap() + more;
        let it = problem(grid(6, times), numbered(&all));
        let found = compute(&it);
        sound(&it, &found);
        prop_assert!(found.unplaced.is_empty());
        prop_assert_eq!((found.bound, found.used), (fewest, fewest));
    }

    /// Panels that share a posting share it evenly.
    #[test]
    fn panels_that_share_reach_the_bound_too(trainees in 1_u128..16, panels in 1_u128..5) {
        let set: Vec<u128> = (1..=panels).collect();
        let all = (0..trainees).map(|n| wanted(n, n, &set)).collect();
        let it = problem(grid(panels, trainees), all);
        let found = compute(&it);
        sound(&it, &found);
        prop_assert_eq!(found.used, usize::try_from(trainees.div_ceil(panels)).unwrap());
    }

    #[test]
    fn no_rule_is_ever_broken_and_nobody_forgotten(it in hard()) {
        sound(&it.problem, &compute(&it.problem));
    }

    #[test]
    fn the_order_in_which_things_are_given_changes_nothing(it in hard(), seed in any::<u64>()) {
        let found = compute(&it.problem);
        let mut other = it.problem.clone();
        let turn = |n: usize| usize::try_from(seed).unwrap_or(7) % n.max(1);
        let by = turn(other.wanted.len());
        other.wanted.rotate_left(by);
        other.wanted.reverse();
        other.fixed.reverse();
        for places in other.panels.values_mut() {
            let by = turn(places.len());
            places.rotate_left(by);
        }
        for slots in other.busy.values_mut() {
            slots.reverse();
        }
        prop_assert_eq!(found, compute(&other));
    }

    /// What an institution reads of a timetable is about its own panels and candidates alone.
    #[test]
    fn a_part_is_a_part(it in hard()) {
        let found = compute(&it.problem);
        let ids: BTreeSet<Uuid> = it.problem.wanted.iter().take(4).map(|it| it.id).collect();
        let panels: BTreeSet<Uuid> = it.problem.panels.keys().take(2).copied().collect();
        let own = part(&it.problem, &found, &panels, &ids);
        prop_assert!(own.placed.keys().chain(own.unplaced.keys()).all(|it| ids.contains(it)));
        prop_assert_eq!(own.placed.len() + own.unplaced.len(), ids.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Small ones are placed as fully as trying everything does, but for one interview at most.
    #[test]
    fn small_timetables_lack_at_most_one_interview(it in hard()) {
        let mut it = it.problem;
        it.wanted.truncate(5);
        for places in it.panels.values_mut() {
            places.truncate(3);
        }
        it.fixed.clear();
        let found = compute(&it);
        sound(&it, &found);
        let most = most(&it);
        prop_assert!(found.placed.len() <= most && found.placed.len() + 1 >= most);
    }
}
