//! The search: edges one by one, alternating chains, ejection within bounds, then fewer times.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Problem, Slot, Unplaced, day_of, near};

/// A panel and one of the times, by their numbers.
type Spot = (usize, usize);
/// Pairs of times that are tried as a chain for one interview.
const CHAINS: usize = 400;
/// Attempts of the search for one interview.
const NODES: usize = 4_000;
/// How many interviews may be moved one after the other to make room for one.
const DEPTH: usize = 4;
/// For this many times beyond the fewest, chains are tried at every step.
const STEPS: usize = 12;

/// An interview among its like.
struct Edge {
    id: Uuid,
    trainee: usize,
    panels: BTreeSet<usize>,
    /// The panel that it is shared out to.
    home: usize,
    /// Where it could be, were nothing else wanted: by time.
    open: Vec<Spot>,
}

struct Engine<'a> {
    it: &'a Problem,
    times: Vec<Slot>,
    slots: BTreeMap<Spot, Uuid>,
    edges: Vec<Edge>,
    /// What stands of each trainee.
    standing: Vec<Vec<Slot>>,
    at: Vec<Option<Spot>>,
    held: BTreeMap<Spot, usize>,
    of_trainee: Vec<BTreeSet<usize>>,
    log: Vec<(usize, Option<Spot>)>,
    /// The times that may be given now.
    live: Vec<bool>,
}

/// Slots by interview, and why the others have none.
pub(super) fn run(it: &Problem) -> (BTreeMap<Uuid, Uuid>, BTreeMap<Uuid, Unplaced>) {
    let mut engine = Engine::new(it);
    let order = engine.order();
    let mut pending = order;
    let (fewest, all) = (super::bound(it), engine.times.len());
    for (step, limit) in (fewest.min(all)..=all).enumerate() {
        engine.live = (0..all).map(|time| time < limit).collect();
        let chains = step < STEPS || limit == all;
        pending.retain(|edge| !(engine.direct(*edge) || chains && engine.chain(*edge)));
        if pending.is_empty() {
            break;
        }
    }
    engine.live = vec![true; all];
    pending.retain(|edge| {
        let mut nodes = NODES;
        !engine.eject(*edge, DEPTH, &mut nodes, &mut BTreeSet::new())
    });
    engine.tighten();
    engine.told()
}

impl<'a> Engine<'a> {
    fn new(it: &'a Problem) -> Self {
        let mut times: Vec<Slot> = it.panels.values().flatten().map(|it| it.when).collect();
        times.sort_by_key(|it| (it.starts_at, it.ends_at));
        times.dedup();
        let number: BTreeMap<_, usize> = times
            .iter()
            .enumerate()
            .map(|(at, it)| ((it.starts_at, it.ends_at), at))
            .collect();
        let taken: BTreeSet<Uuid> = it
            .fixed
            .iter()
            .filter_map(|fixed| fixed.here.map(|it| it.1))
            .collect();
        let mut slots = BTreeMap::new();
        for (panel, places) in it.panels.values().enumerate() {
            for place in places.iter().filter(|it| !taken.contains(&it.slot)) {
                if let Some(time) = number.get(&(place.when.starts_at, place.when.ends_at)) {
                    slots.insert((panel, *time), place.slot);
                }
            }
        }
        let mut engine = Self {
            it,
            live: vec![true; times.len()],
            times,
            slots,
            edges: Vec::new(),
            standing: Vec::new(),
            at: Vec::new(),
            held: BTreeMap::new(),
            of_trainee: Vec::new(),
            log: Vec::new(),
        };
        engine.fill();
        engine
    }

    /// Makes the edges, in the order of their ids.
    fn fill(&mut self) {
        let trainees: BTreeSet<Uuid> = self.it.wanted.iter().map(|it| it.trainee).collect();
        let number: BTreeMap<Uuid, usize> = trainees
            .iter()
            .enumerate()
            .map(|(at, id)| (*id, at))
            .collect();
        let panels: BTreeMap<Uuid, usize> = self
            .it
            .panels
            .keys()
            .enumerate()
            .map(|(at, id)| (*id, at))
            .collect();
        self.of_trainee = vec![BTreeSet::new(); trainees.len()];
        self.standing = trainees
            .iter()
            .map(|id| {
                let own = self.it.fixed.iter().filter(|it| it.trainee == *id);
                own.map(|it| it.when).collect()
            })
            .collect();
        let mut wanted: Vec<_> = self.it.wanted.iter().collect();
        wanted.sort_by_key(|it| it.id);
        for it in wanted {
            let own: BTreeSet<usize> = it
                .panels
                .iter()
                .filter_map(|id| panels.get(id).copied())
                .collect();
            let busy = self.it.busy.get(&it.trainee).map(Vec::as_slice);
            let trainee = number.get(&it.trainee).copied().unwrap_or_default();
            let open = self.open(trainee, &own, busy.unwrap_or_default());
            self.edges.push(Edge {
                id: it.id,
                trainee,
                panels: own,
                home: usize::MAX,
                open,
            });
        }
        self.at = vec![None; self.edges.len()];
        self.share(&panels);
    }

    fn open(&self, trainee: usize, panels: &BTreeSet<usize>, busy: &[Slot]) -> Vec<Spot> {
        let standing = self.standing.get(trainee).map(Vec::as_slice);
        let standing = standing.unwrap_or_default();
        let mut open: Vec<Spot> = self
            .slots
            .keys()
            .filter(|(panel, _)| panels.contains(panel))
            .filter(|(_, time)| {
                self.times.get(*time).is_some_and(|when| {
                    super::can_come(when, busy, standing, (self.it.gap, self.it.most_a_day))
                })
            })
            .copied()
            .collect();
        open.sort_by_key(|(panel, time)| (*time, *panel));
        open
    }

    /// Shares interviews among the panels that may hold them: those with the least choice first, each to
    /// the panel that is least taken.
    fn share(&mut self, panels: &BTreeMap<Uuid, usize>) {
        let mut load: BTreeMap<usize, usize> = BTreeMap::new();
        for fixed in &self.it.fixed {
            let panel = fixed.here.and_then(|it| panels.get(&it.0));
            if let Some(panel) = panel {
                *load.entry(*panel).or_default() += 1;
            }
        }
        let mut room: BTreeMap<usize, usize> = BTreeMap::new();
        for (panel, _) in self.slots.keys() {
            *room.entry(*panel).or_default() += 1;
        }
        let mut order: Vec<usize> = (0..self.edges.len()).collect();
        order.sort_by_key(|at| self.edges.get(*at).map(|it| (it.panels.len(), it.id)));
        for at in order {
            let Some(edge) = self.edges.get_mut(at) else {
                continue;
            };
            let least = edge.panels.iter().copied().min_by_key(|panel| {
                let taken = load.get(panel).copied().unwrap_or(0);
                let room = room.get(panel).copied().unwrap_or(0);
                (taken >= room, taken, *panel)
            });
            if let Some(panel) = least {
                edge.home = panel;
                *load.entry(panel).or_default() += 1;
            }
        }
    }

    /// Those with the least choice first, then those whose trainee has most to go to.
    fn order(&self) -> Vec<usize> {
        let mut count: BTreeMap<usize, usize> = BTreeMap::new();
        for edge in &self.edges {
            *count.entry(edge.trainee).or_default() += 1;
        }
        let mut order: Vec<usize> = (0..self.edges.len()).collect();
        order.sort_by_key(|at| {
            self.edges.get(*at).map(|it| {
                let own = count.get(&it.trainee).copied().unwrap_or(0);
                (it.open.len(), usize::MAX - own, it.id)
            })
        });
        order
    }

    fn trainee(&self, edge: usize) -> usize {
        self.edges.get(edge).map_or(usize::MAX, |it| it.trainee)
    }

    fn set(&mut self, edge: usize, spot: Option<Spot>) {
        let Some(now) = self.at.get_mut(edge) else {
            return;
        };
        let before = std::mem::replace(now, spot);
        if let Some(before) = before
            && self.held.get(&before) == Some(&edge)
        {
            self.held.remove(&before);
        }
        if let Some(spot) = spot {
            self.held.insert(spot, edge);
        }
        let trainee = self.trainee(edge);
        if let Some(own) = self.of_trainee.get_mut(trainee) {
            match spot {
                Some(_) => own.insert(edge),
                None => own.remove(&edge),
            };
        }
        self.log.push((edge, before));
    }

    /// Undoes everything since a mark.
    fn rewind(&mut self, mark: usize) {
        while self.log.len() > mark {
            if let Some((edge, before)) = self.log.pop() {
                self.set(edge, before);
                self.log.pop();
            }
        }
    }

    fn when(&self, edge: usize) -> Option<&Slot> {
        self.times.get(self.at.get(edge).copied()??.1)
    }

    /// The trainee's other interviews that stand in the way of this one at a time: those too near, and, on a
    /// day that is full, those of that day.
    fn in_the_way(&self, edge: usize, time: usize) -> Vec<usize> {
        let Some(when) = self.times.get(time) else {
            return Vec::new();
        };
        let trainee = self.trainee(edge);
        let others: Vec<usize> = match self.of_trainee.get(trainee) {
            Some(own) => own.iter().copied().filter(|it| *it != edge).collect(),
            None => Vec::new(),
        };
        let near_by = |it: &usize| {
            self.when(*it)
                .is_some_and(|other| near(other, when, self.it.gap))
        };
        let mut found: Vec<usize> = others.iter().copied().filter(near_by).collect();
        let day = day_of(when);
        let standing = self
            .standing
            .get(trainee)
            .map_or(0, |own| own.iter().filter(|it| day_of(it) == day).count());
        let same: Vec<usize> = others
            .iter()
            .copied()
            .filter(|it| self.when(*it).is_some_and(|other| day_of(other) == day))
            .collect();
        let left = same.iter().filter(|it| !found.contains(it)).count();
        let over = (left + standing + 1).saturating_sub(self.it.most_a_day);
        let more = same.iter().copied().filter(|it| !found.contains(it));
        let more: Vec<usize> = more.take(over).collect();
        found.extend(more);
        found
    }

    fn is_live(&self, time: usize) -> bool {
        self.live.get(time).copied().unwrap_or(false)
    }

    fn spots(&self, edge: usize, any: bool) -> Vec<Spot> {
        let Some(it) = self.edges.get(edge) else {
            return Vec::new();
        };
        let at_home = |spot: &&Spot| any || spot.0 == it.home;
        let open = it.open.iter().filter(at_home);
        open.filter(|spot| self.is_live(spot.1)).copied().collect()
    }

    fn may_stand(&self, edge: usize, (panel, time): Spot) -> bool {
        let open = self
            .edges
            .get(edge)
            .is_some_and(|it| it.open.contains(&(panel, time)));
        open && self.in_the_way(edge, time).is_empty()
    }

    /// The first free time.
    fn direct(&mut self, edge: usize) -> bool {
        let free =
            |spot: &Spot| !self.held.contains_key(spot) && self.in_the_way(edge, spot.1).is_empty();
        let found = self.spots(edge, false).into_iter().find(free);
        if found.is_some() {
            self.set(edge, found);
        }
        found.is_some()
    }

    /// The interview of a trainee at exactly this time.
    fn of_at(&self, trainee: usize, time: usize) -> Option<usize> {
        let own = self.of_trainee.get(trainee)?;
        own.iter().copied().find(|it| {
            self.at
                .get(*it)
                .copied()
                .flatten()
                .is_some_and(|at| at.1 == time)
        })
    }

    /// Makes room by exchanging two times along a chain: one that the trainee has free, one the panel has.
    fn chain(&mut self, edge: usize) -> bool {
        let Some(panel) = self.edges.get(edge).map(|it| it.home) else {
            return false;
        };
        let wants: Vec<usize> = self
            .spots(edge, false)
            .into_iter()
            .filter(|spot| self.held.contains_key(spot))
            .map(|spot| spot.1)
            .collect();
        let free: Vec<usize> = self
            .slots
            .keys()
            .filter(|spot| spot.0 == panel && self.is_live(spot.1) && !self.held.contains_key(spot))
            .map(|spot| spot.1)
            .collect();
        let mut tries = 0;
        for to in &wants {
            for from in &free {
                tries += 1;
                if tries > CHAINS {
                    return false;
                }
                if self.exchange(edge, panel, (*to, *from)) {
                    return true;
                }
            }
        }
        false
    }

    fn exchange(&mut self, edge: usize, panel: usize, (to, from): Spot) -> bool {
        let mark = self.log.len();
        // From the panel along `to`, then from each trainee along `from`, and so on to the end.
        let mut chain: Vec<(usize, Spot)> = Vec::new();
        let mut here = panel;
        while let Some(next) = self.held.get(&(here, to)).copied() {
            chain.push((next, (here, from)));
            let Some(back) = self.of_at(self.trainee(next), from) else {
                break;
            };
            let Some(other) = self.at.get(back).copied().flatten() else {
                break;
            };
            if chain.iter().any(|it| it.0 == back) {
                return false;
            }
            chain.push((back, (other.0, to)));
            here = other.0;
        }
        for (moved, _) in &chain {
            self.set(*moved, None);
        }
        chain.push((edge, (panel, to)));
        for (moved, spot) in chain {
            if self.held.contains_key(&spot) || !self.may_stand(moved, spot) {
                self.rewind(mark);
                return false;
            }
            self.set(moved, Some(spot));
        }
        true
    }

    /// Puts an interview where it can stand once others are moved, and moves those.
    fn eject(
        &mut self,
        edge: usize,
        depth: usize,
        nodes: &mut usize,
        settled: &mut BTreeSet<usize>,
    ) -> bool {
        let spots = self.spots(edge, true);
        let mut ways: Vec<(usize, Spot, Vec<usize>)> = Vec::new();
        for spot in spots {
            let mut out = self.in_the_way(edge, spot.1);
            out.extend(self.held.get(&spot).copied().filter(|it| *it != edge));
            out.sort_unstable();
            out.dedup();
            ways.push((out.len(), spot, out));
        }
        ways.sort_by_key(|it| (it.0, it.1.1, it.1.0));
        settled.insert(edge);
        for (count, spot, out) in ways {
            if *nodes == 0 || count > 0 && depth == 0 || count > 3 {
                break;
            }
            *nodes -= 1;
            if out.iter().any(|it| settled.contains(it)) {
                continue;
            }
            let mark = self.log.len();
            for it in &out {
                self.set(*it, None);
            }
            self.set(edge, Some(spot));
            let fits = self.in_the_way(edge, spot.1).is_empty()
                && out
                    .iter()
                    .all(|it| self.eject(*it, depth - 1, nodes, settled));
            if fits {
                settled.remove(&edge);
                return true;
            }
            self.rewind(mark);
        }
        settled.remove(&edge);
        false
    }

    /// Gives up times one by one, the latest first, where what is held then can go to others that are used.
    fn tighten(&mut self) {
        let used: BTreeSet<usize> = self.at.iter().flatten().map(|it| it.1).collect();
        self.live = (0..self.times.len()).map(|it| used.contains(&it)).collect();
        for time in used.into_iter().rev() {
            if let Some(live) = self.live.get_mut(time) {
                *live = false;
            }
            let mark = self.log.len();
            let here: Vec<usize> = (0..self.at.len())
                .filter(|it| {
                    self.at
                        .get(*it)
                        .copied()
                        .flatten()
                        .is_some_and(|at| at.1 == time)
                })
                .collect();
            for edge in &here {
                self.set(*edge, None);
            }
            let gone = here
                .iter()
                .all(|edge| self.direct(*edge) || self.chain(*edge));
            if !gone {
                self.rewind(mark);
                if let Some(live) = self.live.get_mut(time) {
                    *live = true;
                }
            }
        }
    }

    fn why(&self, edge: &Edge) -> Unplaced {
        let has_times = self
            .slots
            .keys()
            .any(|(panel, _)| edge.panels.contains(panel));
        if edge.panels.is_empty() {
            Unplaced::NoPanel
        } else if !has_times && self.it.fixed.iter().all(|it| it.here.is_none()) {
            Unplaced::NoSlot
        } else if edge.open.is_empty() && has_times {
            Unplaced::Cannot
        } else if edge.open.iter().all(|spot| self.held.contains_key(spot)) {
            Unplaced::Full
        } else {
            Unplaced::Cannot
        }
    }

    fn told(&self) -> (BTreeMap<Uuid, Uuid>, BTreeMap<Uuid, Unplaced>) {
        let (mut placed, mut unplaced) = (BTreeMap::new(), BTreeMap::new());
        for (edge, at) in self.edges.iter().zip(&self.at) {
            match at.and_then(|spot| self.slots.get(&spot)) {
                Some(slot) => {
                    placed.insert(edge.id, *slot);
                }
                None => {
                    unplaced.insert(edge.id, self.why(edge));
                }
            }
        }
        (placed, unplaced)
    }
}
