//! Which upper bounds may stand together, and what would be lost otherwise (section 3.3).
//!
//! Two bounds *cross* when some placement counts in both and each counts one that the other does
//! not. Where bounds are nested or apart (a *laminar* family), a bank can choose greedily, and the
//! result is stable, best for every trainee among stable results, and cannot be gamed by a list
//! (Kamada and Kojima 2018). Where they cross, each of the three fails in some small instance.

use std::collections::BTreeMap;

use super::index::{Bank, Group, Posting};
use super::instance::Instance;

/// What the match promises on its page (section 3.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// Nobody and no posting would both rather have each other.
    Stable,
    /// No stable result is better for any trainee.
    BestForTrainees,
    /// No trainee can gain by a list that is not their true one.
    Truthful,
}

const ALL: &[Guarantee] = &[
    Guarantee::Stable,
    Guarantee::BestForTrainees,
    Guarantee::Truthful,
];

/// An upper bound, by what counts towards it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bound {
    /// The seats of a posting.
    Seats {
        /// The posting.
        posting: String,
    },
    /// A cap on one group at a posting.
    GroupAtPosting {
        /// The posting.
        posting: String,
        /// The group.
        group: String,
    },
    /// The cap of a whole bank.
    Bank {
        /// The bank.
        bank: String,
    },
    /// A cap on one group across a whole bank.
    GroupAtBank {
        /// The bank.
        bank: String,
        /// The group.
        group: String,
    },
    /// A cap across several banks, or the whole programme; with a group, on that group only.
    AcrossBanks {
        /// The banks; empty for all.
        banks: Vec<String>,
        /// The group.
        group: Option<String>,
    },
}

impl Bound {
    fn group(&self) -> Option<&str> {
        match self {
            Self::Seats { .. } | Self::Bank { .. } => None,
            Self::GroupAtPosting { group, .. } | Self::GroupAtBank { group, .. } => Some(group),
            Self::AcrossBanks { group, .. } => group.as_deref(),
        }
    }

    fn bank<'a>(&'a self, postings: &'a [Placing]) -> Option<&'a str> {
        match self {
            Self::Seats { posting } | Self::GroupAtPosting { posting, .. } => postings
                .iter()
                .find(|it| it.posting == *posting)
                .map(|it| it.bank.as_str()),
            Self::Bank { bank } | Self::GroupAtBank { bank, .. } => Some(bank),
            Self::AcrossBanks { .. } => None,
        }
    }

    /// The one posting that it speaks of: its own, or the only one of its bank.
    fn posting<'a>(&'a self, postings: &'a [Placing]) -> Option<&'a str> {
        match self {
            Self::Seats { posting } | Self::GroupAtPosting { posting, .. } => Some(posting),
            Self::Bank { bank } | Self::GroupAtBank { bank, .. } => {
                let mut own = postings.iter().filter(|it| it.bank == *bank);
                match (own.next(), own.next()) {
                    (Some(only), None) => Some(&only.posting),
                    _ => None,
                }
            }
            Self::AcrossBanks { .. } => None,
        }
    }
}

/// A posting and the bank that offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placing {
    /// The posting.
    pub posting: String,
    /// Its bank.
    pub bank: String,
}

/// A reserve that somebody wants at a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// The posting.
    pub posting: String,
    /// Seats of the posting.
    pub seats: u32,
    /// Seats that are held for the group.
    pub held: u32,
}

/// Why a combination of bounds is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Two bounds cross.
    Crossing {
        /// The one.
        one: Bound,
        /// The other.
        other: Bound,
        /// A trainee who is in both groups, where it is two groups that overlap.
        shared: Option<String>,
    },
    /// A bound reaches beyond one bank, so that banks could not choose each by itself.
    AcrossBanks(Bound),
    /// A bank with a cap has several postings, lists by posting and no list of its own.
    ListsByPosting {
        /// The bank.
        bank: String,
    },
    /// A posting has both a reserve and caps on groups.
    ReserveAndGroupCaps {
        /// The posting.
        posting: String,
    },
    /// A posting of a bank with a cap has a reserve.
    ReserveUnderCap {
        /// The posting.
        posting: String,
        /// The bank.
        bank: String,
    },
    /// A reserve holds more seats than the posting has.
    ReserveAboveSeats {
        /// The posting.
        posting: String,
        /// Its seats.
        seats: u32,
        /// Those held.
        held: u32,
    },
}

impl Refused {
    /// What could not be promised any more. Lists by posting under a cap stay stable and truthful
    /// (54 of 3,000 small instances lose only the trainees' optimum); whatever crosses loses all
    /// three; combinations with a reserve have not been shown to keep any. A reserve above the seats
    /// breaks no guarantee: it is merely impossible.
    #[must_use]
    pub fn lost(&self) -> &'static [Guarantee] {
        match self {
            Self::Crossing { .. }
            | Self::AcrossBanks(_)
            | Self::ReserveAndGroupCaps { .. }
            | Self::ReserveUnderCap { .. } => ALL,
            Self::ListsByPosting { .. } => &[Guarantee::BestForTrainees],
            Self::ReserveAboveSeats { .. } => &[],
        }
    }
}

/// Judges the bounds and reserves that somebody sets up, before any run.
///
/// `overlap` names somebody who is in both of two different groups, or answers `None` when the
/// groups are apart by their nature (two universities) or by what is known.
///
/// # Errors
/// The first bound that reaches across banks, then the first two that cross, then the first reserve
/// that cannot be, each in the order given.
pub fn judge(
    postings: &[Placing],
    bounds: &[Bound],
    reserves: &[Reserve],
    overlap: &dyn Fn(&str, &str) -> Option<String>,
) -> Result<(), Box<Refused>> {
    if let Some(wide) = bounds
        .iter()
        .find(|it| matches!(it, Bound::AcrossBanks { .. }))
    {
        return Err(Box::new(Refused::AcrossBanks(wide.clone())));
    }
    for (at, one) in bounds.iter().enumerate() {
        for other in bounds.iter().skip(at.saturating_add(1)) {
            if let Some(shared) = crossing(postings, one, other, overlap) {
                return Err(Box::new(Refused::Crossing {
                    one: one.clone(),
                    other: other.clone(),
                    shared,
                }));
            }
        }
    }
    for reserve in reserves {
        reserve_stands(postings, bounds, reserve)?;
    }
    Ok(())
}

/// Do these two cross? If so, who is in both groups, where that is the cause.
fn crossing(
    postings: &[Placing],
    one: &Bound,
    other: &Bound,
    overlap: &dyn Fn(&str, &str) -> Option<String>,
) -> Option<Option<String>> {
    if one.bank(postings) != other.bank(postings) {
        return None;
    }
    // Of two sets of postings in one bank, each is one posting or the whole bank.
    let (here, there) = (one.posting(postings), other.posting(postings));
    if here.is_some() && there.is_some() && here != there {
        return None;
    }
    let same_postings = here == there;
    let wider_postings = here.is_none();
    match (one.group(), other.group()) {
        (None, None) => None,
        (Some(a), Some(b)) if a != b => overlap(a, b).map(Some),
        (Some(_), Some(_)) => None,
        // A bound without a group holds everybody: nested when it has all the other's postings.
        (None, Some(_)) => (!same_postings && !wider_postings).then_some(None),
        (Some(_), None) => (!same_postings && wider_postings).then_some(None),
    }
}

fn reserve_stands(
    postings: &[Placing],
    bounds: &[Bound],
    reserve: &Reserve,
) -> Result<(), Box<Refused>> {
    let posting = reserve.posting.clone();
    if reserve.held > reserve.seats {
        return Err(Box::new(Refused::ReserveAboveSeats {
            posting,
            seats: reserve.seats,
            held: reserve.held,
        }));
    }
    let bank = postings
        .iter()
        .find(|it| it.posting == posting)
        .map(|it| it.bank.as_str());
    for bound in bounds {
        match bound {
            Bound::GroupAtPosting { posting: at, .. } if *at == posting => {
                return Err(Box::new(Refused::ReserveAndGroupCaps { posting }));
            }
            Bound::GroupAtBank { bank: of, .. } if Some(of.as_str()) == bank => {
                return Err(Box::new(Refused::ReserveAndGroupCaps { posting }));
            }
            Bound::Bank { bank: of } if Some(of.as_str()) == bank => {
                return Err(Box::new(Refused::ReserveUnderCap {
                    posting,
                    bank: of.clone(),
                }));
            }
            Bound::Seats { .. }
            | Bound::GroupAtPosting { .. }
            | Bound::Bank { .. }
            | Bound::GroupAtBank { .. }
            | Bound::AcrossBanks { .. } => {}
        }
    }
    Ok(())
}

/// Which row of a run a refused combination stands in.
pub(super) enum Where {
    Posting(Posting),
    Bank(Bank),
    GroupCap(Posting, Group),
}

/// The same judgement over a whole run. A run can express seats, bank caps, group caps at postings
/// and reserves; of these only groups that overlap at one posting cross, so no pairs of postings
/// need comparing and a run of any size is judged in one pass.
pub(super) fn judge_run(run: &Instance) -> Result<(), (Where, Box<Refused>)> {
    for posting in run.all_postings() {
        if let Err(refused) = posting_stands(run, posting) {
            return Err((Where::Posting(posting), refused));
        }
    }
    for bank in run.all_banks() {
        let by_posting = run
            .postings_of(bank)
            .iter()
            .any(|it| !run.posting_lists.row(it.at()).is_empty());
        if run.bank_cap(bank).is_some()
            && run.postings_of(bank).len() > 1
            && run.bank_lists.row(bank.at()).is_empty()
            && by_posting
        {
            let id = run.bank_id(bank).to_owned();
            let refused = Box::new(Refused::ListsByPosting { bank: id });
            return Err((Where::Bank(bank), refused));
        }
    }
    overlapping_groups(run)
}

fn posting_stands(run: &Instance, posting: Posting) -> Result<(), Box<Refused>> {
    let Some((_, held)) = run.reserve(posting) else {
        return Ok(());
    };
    let id = || run.posting_id(posting).to_owned();
    let seats = run.seats(posting);
    let bank = run.bank_of(posting);
    if held > seats {
        return Err(Box::new(Refused::ReserveAboveSeats {
            posting: id(),
            seats,
            held,
        }));
    }
    if !run.group_caps(posting).is_empty() {
        return Err(Box::new(Refused::ReserveAndGroupCaps { posting: id() }));
    }
    if run.bank_cap(bank).is_some() {
        return Err(Box::new(Refused::ReserveUnderCap {
            posting: id(),
            bank: run.bank_id(bank).to_owned(),
        }));
    }
    Ok(())
}

/// Two caps at one posting whose groups share a trainee.
fn overlapping_groups(run: &Instance) -> Result<(), (Where, Box<Refused>)> {
    // Each pair of groups that are capped together, with the first posting where they are.
    let mut together = BTreeMap::new();
    for posting in run.all_postings() {
        let caps = run.group_caps(posting);
        for (at, (one, _)) in caps.iter().enumerate() {
            for (other, _) in caps.iter().skip(at.saturating_add(1)) {
                let pair = (*one.min(other), *one.max(other));
                together.entry(pair).or_insert((posting, *one, *other));
            }
        }
    }
    if together.is_empty() {
        return Ok(());
    }
    for trainee in run.all_trainees() {
        let groups = run.groups_of(trainee);
        for (at, one) in groups.iter().enumerate() {
            for other in groups.iter().skip(at.saturating_add(1)) {
                let pair = (*one.min(other), *one.max(other));
                let Some((posting, first, second)) = together.get(&pair) else {
                    continue;
                };
                let bound = |group: Group| Bound::GroupAtPosting {
                    posting: run.posting_id(*posting).to_owned(),
                    group: run.group_id(group).to_owned(),
                };
                let refused = Box::new(Refused::Crossing {
                    one: bound(*first),
                    other: bound(*second),
                    shared: Some(run.trainee_id(trainee).to_owned()),
                });
                return Err((Where::GroupCap(*posting, *second), refused));
            }
        }
    }
    Ok(())
}
