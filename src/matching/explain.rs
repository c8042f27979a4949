//! Why somebody received this and not that, as data (section 3.9). Whoever shows it finds the words.
//!
//! An explanation is of one person and for them. It never holds another person's name, place or list;
//! how much of a bank's list shines through is the programme's choice.

use super::index::{Posting, Trainee, number};
use super::instance::Instance;
use super::outcome::{Outcome, Reason};

/// How much a trainee is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disclosure {
    /// The reason alone.
    #[default]
    ReasonOnly,
    /// And the quarter of the list in which they stand.
    Band,
    /// And their exact place, with the cut-off.
    Exact,
}

/// Fewer admitted than this, and a cut-off would say where one person stands.
pub const FEWEST_FOR_CUTOFF: usize = 3;

/// Fewer on a list than this, and a quarter of it would be one person.
pub const FEWEST_FOR_BAND: usize = 8;

/// A quarter of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// The best quarter.
    First,
    /// The second.
    Second,
    /// The third.
    Third,
    /// The last.
    Last,
}

/// Where the trainee stands on the list that decided, as far as it may be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The quarter.
    pub band: Option<Band>,
    /// The place, counted from 1.
    pub rank: Option<u32>,
    /// The place of the last one admitted.
    pub cutoff: Option<u32>,
}

/// What could have made this choice come out otherwise. The trainee's own order is never among it:
/// listing a choice higher would not have changed the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lever {
    /// The rule, or what it looks at.
    Eligibility,
    /// That there is a list at all.
    ListOfBank,
    /// The bank's opinion: being on its list, or higher on it.
    Ranking,
    /// Seats at the posting.
    Seats,
    /// The bank's cap.
    BankCap,
    /// The cap for the group.
    GroupCap,
    /// The seats held for a group.
    Reserve,
}

/// Why, as a trainee may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// This is the placement.
    Matched,
    /// A better choice was received.
    NotNeeded,
    /// The posting was withdrawn.
    PostingWithdrawn,
    /// A rule says no.
    NotEligible {
        /// The rule's id.
        rule: String,
    },
    /// The bank gave no list.
    NoList,
    /// Not on the list.
    NotRanked,
    /// All seats went to others higher on the list.
    Full(Standing),
    /// The bank's cap was used up by others higher on its list.
    BankCap {
        /// The cap, when exact figures are told.
        cap: Option<u32>,
        /// Where the trainee stands.
        standing: Standing,
    },
    /// The cap for the trainee's group was used up.
    GroupCap {
        /// The group.
        group: String,
    },
    /// Seats were held for a group.
    Reserve {
        /// The group.
        group: String,
        /// How many were held, when exact figures are told.
        seats: Option<u32>,
    },
}

impl Why {
    /// What could have made it come out otherwise; nothing for a placement and for what was not
    /// needed.
    #[must_use]
    pub fn levers(&self) -> &'static [Lever] {
        match self {
            Self::Matched | Self::NotNeeded => &[],
            Self::PostingWithdrawn => &[Lever::Seats],
            Self::NotEligible { .. } => &[Lever::Eligibility],
            Self::NoList => &[Lever::ListOfBank],
            Self::NotRanked => &[Lever::Ranking],
            Self::Full(_) => &[Lever::Ranking, Lever::Seats],
            Self::BankCap { .. } => &[Lever::Ranking, Lever::BankCap],
            Self::GroupCap { .. } => &[Lever::Ranking, Lever::GroupCap],
            Self::Reserve { .. } => &[Lever::Ranking, Lever::Seats, Lever::Reserve],
        }
    }
}

/// One choice and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place in the trainee's list, counted from 1.
    pub choice: u32,
    /// The posting.
    pub posting: Posting,
    /// Why.
    pub why: Why,
}

/// All that a trainee is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whom it is for.
    pub trainee: Trainee,
    /// What they received.
    pub received: Option<Posting>,
    /// Every choice in the order of the list; empty when there was no list, which is then the reason.
    pub lines: Vec<Line>,
}

/// How many each posting and bank admitted, counted once for all explanations of a result.
#[derive(Debug)]
pub struct Explainer<'r> {
    run: &'r Instance,
    outcome: &'r Outcome,
    disclosure: Disclosure,
    admitted: Vec<usize>,
}

impl<'r> Explainer<'r> {
    /// Explains this result under this policy.
    #[must_use]
    pub fn new(run: &'r Instance, outcome: &'r Outcome, disclosure: Disclosure) -> Self {
        let mut admitted = vec![0_usize; run.all_postings().count()];
        for posting in outcome.assignment.iter().flatten() {
            if let Some(it) = admitted.get_mut(posting.at()) {
                *it = it.saturating_add(1);
            }
        }
        Self {
            run,
            outcome,
            disclosure,
            admitted,
        }
    }

    /// What this trainee is told.
    #[must_use]
    pub fn explain(&self, trainee: Trainee) -> Explanation {
        let reasons = self.outcome.reasons_of(self.run, trainee).iter();
        let choices = self.run.list(trainee).iter().zip(reasons).enumerate();
        let lines = choices.map(|(before, (posting, reason))| Line {
            choice: number(before).saturating_add(1),
            posting: *posting,
            why: self.why(*posting, *reason),
        });
        Explanation {
            trainee,
            received: self.outcome.of(trainee),
            lines: lines.collect(),
        }
    }

    fn why(&self, posting: Posting, reason: Reason) -> Why {
        let exact = |n: u32| Some(n).filter(|_| self.disclosure == Disclosure::Exact);
        let group = |it| self.run.group_id(it).to_owned();
        match reason {
            Reason::Matched => Why::Matched,
            Reason::NotNeeded => Why::NotNeeded,
            Reason::PostingWithdrawn => Why::PostingWithdrawn,
            Reason::NotEligible { rule } => Why::NotEligible {
                rule: self.run.rule_id(rule).to_owned(),
            },
            Reason::NoList => Why::NoList,
            Reason::NotRanked => Why::NotRanked,
            Reason::Full { cutoff, rank } => Why::Full(self.standing(posting, rank, Some(cutoff))),
            Reason::BankCap { cap, rank } => Why::BankCap {
                cap: exact(cap),
                standing: self.standing(posting, rank, None),
            },
            Reason::GroupCap { group: it } => Why::GroupCap { group: group(it) },
            Reason::Reserve { group: it, seats } => Why::Reserve {
                group: group(it),
                seats: exact(seats),
            },
        }
    }

    fn standing(&self, posting: Posting, rank: u32, cutoff: Option<u32>) -> Standing {
        let list = if self.run.by_bank_list(posting) {
            let bank = self.run.bank_of(posting);
            self.run.bank_lists().row(bank.at()).len()
        } else {
            self.run.posting_lists().row(posting.at()).len()
        };
        let admitted = self.admitted.get(posting.at()).copied().unwrap_or(0);
        match self.disclosure {
            Disclosure::ReasonOnly => Standing::default(),
            Disclosure::Band => Standing {
                band: band(rank, list),
                ..Standing::default()
            },
            Disclosure::Exact => Standing {
                band: band(rank, list),
                rank: Some(rank),
                cutoff: cutoff.filter(|_| admitted >= FEWEST_FOR_CUTOFF),
            },
        }
    }
}

/// The quarter in which a place of a list of this length is.
fn band(rank: u32, list: usize) -> Option<Band> {
    if list < FEWEST_FOR_BAND {
        return None;
    }
    let quarters = u64::from(rank.saturating_sub(1)).saturating_mul(4);
    Some(match quarters / u64::from(number(list)).max(1) {
        0 => Band::First,
        1 => Band::Second,
        2 => Band::Third,
        _ => Band::Last,
    })
}
