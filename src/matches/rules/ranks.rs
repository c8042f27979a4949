//! From what is typed to a list: a number beside each item, equal numbers where equals are allowed.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::Tiers;

/// Why a line of a list cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineFault {
    /// It stands twice.
    Twice,
    /// Nothing of the kind can be ranked here.
    Unknown,
    /// The trainee does not meet what the posting asks for.
    NotEligible,
    /// Another line has the same number, on a list without equals.
    SameRank(u32),
    /// Not a whole number of 1 or more.
    NoRank,
}

impl LineFault {
    /// A stable name, for the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Twice => "duplicate",
            Self::Unknown => "unknown",
            Self::NotEligible => "not_eligible",
            Self::SameRank(_) => "same_rank",
            Self::NoRank => "rank",
        }
    }
}

/// What may stand on a list.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    /// What can be ranked.
    pub known: BTreeSet<Uuid>,
    /// Of that, postings for which the trainee is not eligible.
    pub barred: BTreeSet<Uuid>,
    /// May two be equal?
    pub ties: bool,
}

/// Judges a list; each fault with the line's id.
///
/// # Errors
/// Every fault, in the order of the list.
pub fn judge(tiers: &Tiers, allowed: &Allowed) -> Result<(), Vec<(Uuid, LineFault)>> {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    let mut rank = 1_u32;
    for tier in tiers {
        for id in tier {
            if !seen.insert(*id) {
                faults.push((*id, LineFault::Twice));
            } else if !allowed.known.contains(id) {
                faults.push((*id, LineFault::Unknown));
            } else if allowed.barred.contains(id) {
                faults.push((*id, LineFault::NotEligible));
            } else if tier.len() > 1 && !allowed.ties {
                faults.push((*id, LineFault::SameRank(rank)));
            }
        }
        rank = rank.saturating_add(1);
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

/// The tiers of numbers typed beside ids, the lowest number first; gaps mean nothing.
pub fn tiers(typed: &[(Uuid, u32)]) -> Tiers {
    let mut by_rank: BTreeMap<u32, Vec<Uuid>> = BTreeMap::new();
    for (id, rank) in typed {
        by_rank.entry(*rank).or_default().push(*id);
    }
    by_rank.into_values().collect()
}

/// The list with one of its items moved up or down by one place. An item among equals leaves them; one that
/// is not on the list comes to its end.
pub fn moved(tiers: &Tiers, id: Uuid, up: bool) -> Tiers {
    let mut tiers = tiers.clone();
    let Some(at) = tiers.iter().position(|tier| tier.contains(&id)) else {
        tiers.push(vec![id]);
        return tiers;
    };
    let alone = tiers.get(at).is_some_and(|tier| tier.len() == 1);
    if alone {
        let other = match up {
            true => at.checked_sub(1),
            false => at.checked_add(1),
        };
        if let Some(other) = other.filter(|other| *other < tiers.len()) {
            tiers.swap(at, other);
        }
        return tiers;
    }
    if let Some(tier) = tiers.get_mut(at) {
        tier.retain(|it| *it != id);
    }
    let to = if up { at } else { at.saturating_add(1) };
    tiers.insert(to.min(tiers.len()), vec![id]);
    tiers
}

/// The number that stands beside each item of a list, from 1; equals have the same.
pub fn numbered(tiers: &Tiers) -> BTreeMap<Uuid, u32> {
    let mut numbers = BTreeMap::new();
    let mut rank = 0_u32;
    for tier in tiers {
        rank = rank.saturating_add(1);
        numbers.extend(tier.iter().map(|id| (*id, rank)));
    }
    numbers
}
