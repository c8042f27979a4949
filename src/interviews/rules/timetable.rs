//! The computed timetable. Trainees and panels are the two sides of a bipartite multigraph, an interview is an
//! edge, a time a colour: no two edges of one trainee or panel have one time. Without other bounds the fewest
//! times are the largest degree (König), and alternating chains reach it; with absences, gaps and days the
//! question is hard (Even, Itai and Shamir 1976), and chains are followed by a bounded search.
//!
//! The order in which things are given changes nothing; nothing here is random.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use uuid::Uuid;

use crate::lang::format::hk_date;
use crate::lang::words;
use crate::teaching::rules::Slot;

mod engine;

/// A time at which a panel can interview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The slot.
    pub slot: Uuid,
    /// When.
    pub when: Slot,
}

/// An interview that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What names it.
    pub id: Uuid,
    /// Who comes.
    pub trainee: Uuid,
    /// The panels that may hold it.
    pub panels: BTreeSet<Uuid>,
}

/// An interview that stands and is not touched: of a panel here, or somewhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// Who comes.
    pub trainee: Uuid,
    /// When.
    pub when: Slot,
    /// Panel and slot, if it is one of those here.
    pub here: Option<(Uuid, Uuid)>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Minutes between two interviews of one trainee.
    pub gap: i64,
    /// The most of one trainee on a day.
    pub most_a_day: usize,
    /// Each panel's times; those of one panel never overlap.
    pub panels: BTreeMap<Uuid, Vec<Place>>,
    /// What is wanted.
    pub wanted: Vec<Wanted>,
    /// What stands.
    pub fixed: Vec<Fixed>,
    /// When trainees cannot come.
    pub busy: BTreeMap<Uuid, Vec<Slot>>,
}

words! {
    /// Why an interview has no time.
    pub enum Unplaced {
        /// No panel interviews for its posting.
        NoPanel = "no_panel" => itv_unplaced_no_panel,
        /// Its panels have no times.
        NoSlot = "no_slot" => itv_unplaced_no_slot,
        /// Every time at which the trainee can come is taken.
        Full = "full" => itv_unplaced_full,
        /// The trainee cannot come at the times that are left.
        Cannot = "cannot" => itv_unplaced_cannot,
    }
}

words! {
    /// Why a timetable takes more times than the fewest.
    pub enum Why {
        /// Trainees cannot come at times.
        Absences = "absences" => itv_why_absences,
        /// There is a gap between interviews, or a day is full.
        Spacing = "spacing" => itv_why_spacing,
        /// Panels sit at different times.
        Panels = "panels" => itv_why_panels,
    }
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timetable {
    /// The slot of each interview that has one.
    pub placed: BTreeMap<Uuid, Uuid>,
    /// Why the others have none.
    pub unplaced: BTreeMap<Uuid, Unplaced>,
    /// The fewest times that any timetable takes for all that is wanted.
    pub bound: usize,
    /// How many times this one takes.
    pub used: usize,
}

/// What is wrong with a timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A slot is given twice.
    SlotTwice,
    /// A slot is none of the interview's panels.
    Strange,
    /// The trainee cannot come.
    Busy,
    /// Two interviews of one trainee are too near.
    Near,
    /// A trainee's day holds too many.
    DayFull,
}

/// Are these two too near for one trainee?
#[must_use]
pub fn near(one: &Slot, other: &Slot, gap: i64) -> bool {
    let gap = Duration::minutes(gap);
    one.starts_at < other.ends_at + gap && other.starts_at < one.ends_at + gap
}

/// May this trainee come then, beside what they have already?
#[must_use]
pub fn can_come(when: &Slot, busy: &[Slot], others: &[Slot], (gap, most): (i64, usize)) -> bool {
    let day = hk_date(when.starts_at);
    let on_day = |it: &&Slot| hk_date(it.starts_at) == day;
    !busy.iter().any(|it| it.overlaps(when))
        && !others.iter().any(|it| near(it, when, gap))
        && others.iter().filter(on_day).count() < most
}

/// The fewest times that any timetable of this takes: the most interviews of a trainee, and of each set of
/// panels what only they can hold, shared among them.
#[must_use]
pub fn bound(it: &Problem) -> usize {
    let mut of_trainee: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut of_panels: BTreeMap<BTreeSet<Uuid>, usize> = BTreeMap::new();
    let fixed = it
        .fixed
        .iter()
        .filter_map(|fixed| Some((fixed.trainee, BTreeSet::from([fixed.here?.0]))));
    let wanted = it
        .wanted
        .iter()
        .filter(|wanted| !wanted.panels.is_empty())
        .map(|wanted| (wanted.trainee, wanted.panels.clone()));
    for (trainee, panels) in fixed.chain(wanted) {
        *of_trainee.entry(trainee).or_default() += 1;
        *of_panels.entry(panels).or_default() += 1;
    }
    let shares = of_panels.keys().map(|set| {
        let within = of_panels.iter().filter(|(panels, _)| panels.is_subset(set));
        let all: usize = within.map(|(_, count)| count).sum();
        all.div_ceil(set.len().max(1))
    });
    let most = of_trainee.values().copied().max().unwrap_or(0);
    shares.max().unwrap_or(0).max(most)
}

/// The slot's panel and time.
fn places(it: &Problem) -> BTreeMap<Uuid, (Uuid, Slot)> {
    let all = it.panels.iter().flat_map(|(panel, places)| {
        places
            .iter()
            .map(|place| (place.slot, (*panel, place.when)))
    });
    all.collect()
}

/// How many different times a timetable takes, with what stands.
fn used(it: &Problem, placed: &BTreeMap<Uuid, Uuid>) -> usize {
    let places = places(it);
    let mut times: BTreeSet<_> = placed
        .values()
        .filter_map(|slot| places.get(slot))
        .map(|(_, when)| (when.starts_at, when.ends_at))
        .collect();
    let here = it.fixed.iter().filter(|fixed| fixed.here.is_some());
    times.extend(here.map(|fixed| (fixed.when.starts_at, fixed.when.ends_at)));
    times.len()
}

/// Everything that is wrong with these slots; nothing of it is taken on trust from the computation.
#[must_use]
pub fn faults(it: &Problem, placed: &BTreeMap<Uuid, Uuid>) -> Vec<Fault> {
    let places = places(it);
    let mut faults = Vec::new();
    let mut taken: BTreeSet<Uuid> = it
        .fixed
        .iter()
        .filter_map(|fixed| fixed.here.map(|it| it.1))
        .collect();
    let mut days: BTreeMap<Uuid, Vec<Slot>> = BTreeMap::new();
    for fixed in &it.fixed {
        days.entry(fixed.trainee).or_default().push(fixed.when);
    }
    for wanted in &it.wanted {
        let Some(slot) = placed.get(&wanted.id) else {
            continue;
        };
        if !taken.insert(*slot) {
            faults.push(Fault::SlotTwice);
        }
        let Some((panel, when)) = places.get(slot) else {
            faults.push(Fault::Strange);
            continue;
        };
        if !wanted.panels.contains(panel) {
            faults.push(Fault::Strange);
        }
        let busy = it.busy.get(&wanted.trainee).map(Vec::as_slice);
        if busy.unwrap_or_default().iter().any(|it| it.overlaps(when)) {
            faults.push(Fault::Busy);
        }
        let others = days.entry(wanted.trainee).or_default();
        if others.iter().any(|it_is| near(it_is, when, it.gap)) {
            faults.push(Fault::Near);
        }
        let on_day = |of: &&Slot| hk_date(of.starts_at) == hk_date(when.starts_at);
        if others.iter().filter(on_day).count() >= it.most_a_day {
            faults.push(Fault::DayFull);
        }
        others.push(*when);
    }
    faults
}

/// Computes a timetable. It never breaks a rule: what fits nowhere is told, with why.
#[must_use]
pub fn compute(it: &Problem) -> Timetable {
    let (placed, unplaced) = engine::run(it);
    Timetable {
        bound: bound(it),
        used: used(it, &placed),
        placed,
        unplaced,
    }
}

/// Why a timetable takes more times than the fewest, or leaves somebody out: what helps when it is left away.
#[must_use]
pub fn whys(it: &Problem, found: &Timetable) -> Vec<Why> {
    if found.used <= found.bound && found.unplaced.is_empty() {
        return Vec::new();
    }
    let better = |other: &Problem| {
        let other = compute(other);
        (other.unplaced.len(), other.used) < (found.unplaced.len(), found.used)
    };
    let mut whys = Vec::new();
    let present = Problem {
        busy: BTreeMap::new(),
        ..it.clone()
    };
    if !it.busy.is_empty() && better(&present) {
        whys.push(Why::Absences);
    }
    let loose = Problem {
        gap: 0,
        most_a_day: usize::MAX,
        ..it.clone()
    };
    if better(&loose) {
        whys.push(Why::Spacing);
    }
    if whys.is_empty() && found.used > found.bound {
        whys.push(Why::Panels);
    }
    whys
}

/// The part of a timetable that is about these interviews and panels alone.
#[must_use]
pub fn part(
    it: &Problem,
    found: &Timetable,
    panels: &BTreeSet<Uuid>,
    ids: &BTreeSet<Uuid>,
) -> Timetable {
    let own = Problem {
        panels: it
            .panels
            .iter()
            .filter(|(id, _)| panels.contains(id))
            .map(|(id, places)| (*id, places.clone()))
            .collect(),
        wanted: it
            .wanted
            .iter()
            .filter(|wanted| ids.contains(&wanted.id))
            .cloned()
            .collect(),
        fixed: it
            .fixed
            .iter()
            .filter(|fixed| fixed.here.is_some_and(|it| panels.contains(&it.0)))
            .copied()
            .collect(),
        ..it.clone()
    };
    let of = |id: &&Uuid| ids.contains(id);
    let placed: BTreeMap<Uuid, Uuid> = found
        .placed
        .iter()
        .filter(|(id, _)| of(id))
        .map(|(id, slot)| (*id, *slot))
        .collect();
    Timetable {
        bound: bound(&own),
        used: used(&own, &placed),
        placed,
        unplaced: found
            .unplaced
            .iter()
            .filter(|(id, _)| of(id))
            .map(|(id, why)| (*id, *why))
            .collect(),
    }
}

/// A day of Hong Kong.
fn day_of(when: &Slot) -> NaiveDate {
    hk_date(when.starts_at)
}
