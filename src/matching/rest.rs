//! What is left of a run beside those who are placed: those who were placed before it, or, after its
//! publication, everybody who was (sections 3.10 and 3.11).
//!
//! Who is placed keeps their row and wants nothing more. They are not taken out, since a list that
//! named nobody else would then look as if none had been given, and would accept everybody.

use std::collections::{BTreeMap, BTreeSet};

use super::index::number;
use super::snapshot::{Snapshot, SnapshotPosting, SnapshotTrainee};

/// Why somebody cannot be placed beforehand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPlaceable {
    /// The run has no such trainee.
    #[error("no trainee {0} takes part")]
    UnknownTrainee(String),
    /// The run has no such posting.
    #[error("no posting {0} takes part")]
    UnknownPosting(String),
    /// A trainee is placed twice.
    #[error("trainee {0} is placed twice")]
    Twice(String),
    /// A posting has fewer seats than people placed at it.
    #[error("posting {0} has no seat left")]
    NoSeat(String),
    /// A bank's cap is lower than what is placed with it.
    #[error("the cap of bank {0} is used up")]
    BankFull(String),
    /// A group's cap at a posting is lower than what is placed there of it.
    #[error("the cap of group {group} at posting {posting} is used up")]
    GroupFull {
        /// The posting.
        posting: String,
        /// The group.
        group: String,
    },
}

/// Trainee and posting, by their ids.
pub type Placed = (String, String);

/// How many are placed, by posting, by bank, and by posting and group.
struct Taken<'s> {
    seats: BTreeMap<&'s str, u32>,
    banks: BTreeMap<&'s str, u32>,
    groups: BTreeMap<(&'s str, &'s str), u32>,
}

fn one_more(count: &mut u32) {
    *count = count.saturating_add(1);
}

impl<'s> Taken<'s> {
    fn count(run: &'s Snapshot, placed: &'s [Placed]) -> Self {
        let people = by_id(&run.trainees, |it| &it.trainee);
        let places = by_id(&run.postings, |it| &it.posting);
        let mut taken = Self {
            seats: BTreeMap::new(),
            banks: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        for (trainee, posting) in placed {
            let Some(at) = places.get(posting.as_str()) else {
                continue;
            };
            one_more(taken.seats.entry(&at.posting).or_default());
            one_more(taken.banks.entry(&at.bank).or_default());
            let who = people.get(trainee.as_str());
            for group in who.map(|it| it.groups.as_slice()).unwrap_or_default() {
                one_more(taken.groups.entry((&at.posting, group)).or_default());
            }
        }
        taken
    }

    fn of(&self, posting: &str, group: &str) -> u32 {
        self.groups.get(&(posting, group)).copied().unwrap_or(0)
    }

    fn at(&self, posting: &str) -> u32 {
        self.seats.get(posting).copied().unwrap_or(0)
    }

    fn with(&self, bank: &str) -> u32 {
        self.banks.get(bank).copied().unwrap_or(0)
    }

    /// A posting less what is taken of it. Seats held for a group are first filled by its own.
    fn left(&self, it: &mut SnapshotPosting) {
        it.seats = it.seats.saturating_sub(self.at(&it.posting));
        for (group, cap) in &mut it.group_caps {
            *cap = cap.saturating_sub(self.of(&it.posting, group));
        }
        if let Some((group, held)) = &mut it.reserve {
            let own = self.of(&it.posting, group);
            *held = held.saturating_sub(own).min(it.seats);
        }
    }
}

fn by_id<T>(all: &[T], id: impl Fn(&T) -> &String) -> BTreeMap<&str, &T> {
    all.iter().map(|it| (id(it).as_str(), it)).collect()
}

impl Snapshot {
    /// May all of these be placed before this run?
    ///
    /// # Errors
    /// [`NotPlaceable`]: the first that is in the way.
    pub fn may_place(&self, placed: &[Placed]) -> Result<(), NotPlaceable> {
        let people: BTreeSet<&str> = self.trainees.iter().map(|it| it.trainee.as_str()).collect();
        let places: BTreeSet<&str> = self.postings.iter().map(|it| it.posting.as_str()).collect();
        let mut seen = BTreeSet::new();
        for (trainee, posting) in placed {
            if !people.contains(trainee.as_str()) {
                return Err(NotPlaceable::UnknownTrainee(trainee.clone()));
            }
            if !places.contains(posting.as_str()) {
                return Err(NotPlaceable::UnknownPosting(posting.clone()));
            }
            if !seen.insert(trainee) {
                return Err(NotPlaceable::Twice(trainee.clone()));
            }
        }
        let taken = Taken::count(self, placed);
        for it in &self.postings {
            if taken.at(&it.posting) > it.seats {
                return Err(NotPlaceable::NoSeat(it.posting.clone()));
            }
            for (group, cap) in &it.group_caps {
                if taken.of(&it.posting, group) > *cap {
                    return Err(NotPlaceable::GroupFull {
                        posting: it.posting.clone(),
                        group: group.clone(),
                    });
                }
            }
        }
        let over = |it: &&super::snapshot::SnapshotBank| {
            it.cap.is_some_and(|cap| taken.with(&it.bank) > cap)
        };
        match self.banks.iter().find(over) {
            Some(it) => Err(NotPlaceable::BankFull(it.bank.clone())),
            None => Ok(()),
        }
    }

    /// The run of those who are not placed, under another id and so with another lottery: their lists,
    /// and the seats, caps and reserves that are left. Whoever is placed beyond a bound leaves nothing
    /// of it.
    #[must_use]
    pub fn beside(&self, run_id: &str, placed: &[Placed]) -> Self {
        let taken = Taken::count(self, placed);
        let gone: BTreeSet<&str> = placed.iter().map(|it| it.0.as_str()).collect();
        let mut rest = self.clone();
        run_id.clone_into(&mut rest.run_id);
        for it in &mut rest.postings {
            taken.left(it);
        }
        for it in &mut rest.banks {
            it.cap = it.cap.map(|cap| cap.saturating_sub(taken.with(&it.bank)));
        }
        silence(&mut rest.trainees, |it| gone.contains(it));
        rest
    }

    /// The run of those who lost their placement because these postings are gone: first call on what is
    /// vacant, before anybody else who is still without. Whoever else is placed stays where they are.
    #[must_use]
    pub fn first_call(&self, run_id: &str, placed: &[Placed], gone: &[String]) -> Self {
        let lost: BTreeSet<&str> = placed
            .iter()
            .filter(|it| gone.contains(&it.1))
            .map(|it| it.0.as_str())
            .collect();
        let kept: Vec<Placed> = placed
            .iter()
            .filter(|it| !gone.contains(&it.1))
            .cloned()
            .collect();
        let mut rest = self.beside(run_id, &kept);
        for it in &mut rest.postings {
            if gone.contains(&it.posting) {
                it.seats = 0;
                it.reserve = None;
            }
        }
        silence(&mut rest.trainees, |it| !lost.contains(it));
        rest
    }

    /// How many seats are left in all.
    #[must_use]
    pub fn vacant(&self) -> u32 {
        let seats = self.postings.iter().map(|it| it.seats);
        seats.fold(0, u32::saturating_add)
    }

    /// How many trainees want anything.
    #[must_use]
    pub fn asking(&self) -> u32 {
        number(
            self.trainees
                .iter()
                .filter(|it| !it.list.is_empty())
                .count(),
        )
    }
}

/// Empties the lists of these.
fn silence(trainees: &mut [SnapshotTrainee], whose: impl Fn(&str) -> bool) {
    for it in trainees {
        if whose(&it.trainee) {
            it.list.clear();
        }
    }
}
