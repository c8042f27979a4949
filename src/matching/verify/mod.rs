//! The independent verifier: is this result what the rules promise for this run (section 3.8)?
//!
//! It knows the run and the result and nothing of the engine: it breaks ties by its own lottery, looks
//! places up by its own search, and counts who is ahead where the engine keeps heaps. Only V6 calls
//! the engine, since it asks whether the engine says the same again. A run whose verifier is not green
//! must not be published.

mod checks;
mod places;
mod rerun;

use super::beside::beside;
use super::canonical;
use super::index::{Bank, Group, Posting, Trainee};
use super::instance::Instance;
use super::outcome::{Hashes, Outcome, Summary};

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// Each trainee has at most one posting, which is on their list, ranks them, and takes them.
    V1,
    /// All bounds hold.
    V2,
    /// Every bank would choose all whom it has.
    V3,
    /// Nobody and no posting would both rather have each other.
    V4,
    /// The cut-offs are those of the assignment.
    V5,
    /// A second run on a shuffled copy gives the same bytes, and the stored hashes and figures are
    /// those of run and result.
    V6,
}

/// What is wrong with a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// V1: the result has not one row for each trainee: this one has none.
    NoRow(Trainee),
    /// V1: this trainee has more than one row.
    TwoRows(Trainee),
    /// V1: a row names somebody or something that is not in the run.
    Stranger {
        /// The row, counted from 0.
        row: usize,
        /// The id.
        id: String,
    },
    /// V1: a posting that the trainee did not list.
    NotListed(Trainee, Posting),
    /// V1: the list that counts does not name the trainee.
    NotRanked(Trainee, Posting),
    /// V1: a rule forbids it.
    NotEligible(Trainee, Posting),
    /// V2: more than the posting's seats.
    OverSeats(Posting, u32),
    /// V2: more than the bank's cap.
    OverBankCap(Bank, u32),
    /// V2: more of a group than its cap.
    OverGroupCap(Posting, Group, u32),
    /// V3: the bank would not choose this trainee of its own.
    NotChosen(Trainee, Posting),
    /// V4: the trainee would rather have this posting, and its bank would choose them.
    Blocking(Trainee, Posting),
    /// V5: the posting's cut-off is another one.
    Cutoff {
        /// The posting.
        posting: Posting,
        /// What is stored.
        stored: Option<u32>,
        /// What follows from the assignment.
        found: Option<u32>,
    },
    /// V5: the bank's cut-off is another one.
    BankCutoff {
        /// The bank.
        bank: Bank,
        /// What is stored.
        stored: Option<u32>,
        /// What follows from the assignment.
        found: Option<u32>,
    },
    /// V5: the stored cut-offs do not have one row for each posting or bank; the first id at fault.
    CutoffRows(String),
    /// V6: a second run places this trainee elsewhere.
    PlacedElsewhere(Trainee),
    /// V6: a second run gives another reason for this choice.
    OtherReason(Trainee, Posting),
    /// V6: the stored reasons do not have one row for each choice; the first row at fault.
    ReasonRows(usize),
    /// V6: a second run gives other cut-offs.
    OtherCutoffs,
    /// V6: the stored hash or figure of this name is another one.
    Figure(&'static str),
}

impl Finding {
    /// Which check it violates.
    #[must_use]
    pub fn check(&self) -> Check {
        match self {
            Self::NoRow(_)
            | Self::TwoRows(_)
            | Self::Stranger { .. }
            | Self::NotListed(..)
            | Self::NotRanked(..)
            | Self::NotEligible(..) => Check::V1,
            Self::OverSeats(..) | Self::OverBankCap(..) | Self::OverGroupCap(..) => Check::V2,
            Self::NotChosen(..) => Check::V3,
            Self::Blocking(..) => Check::V4,
            Self::Cutoff { .. } | Self::BankCutoff { .. } | Self::CutoffRows(_) => Check::V5,
            Self::PlacedElsewhere(_)
            | Self::OtherReason(..)
            | Self::ReasonRows(_)
            | Self::OtherCutoffs
            | Self::Figure(_) => Check::V6,
        }
    }
}

/// V1 to V5, and the second run of V6. Empty when the result is sound; otherwise every violation, in
/// the order of the checks.
#[must_use]
pub fn verify(run: &Instance, outcome: &Outcome) -> Vec<Finding> {
    let mut findings = check(run, outcome);
    findings.extend(rerun(run, outcome));
    findings
}

/// The second run of V6 alone.
#[must_use]
pub fn rerun(run: &Instance, outcome: &Outcome) -> Vec<Finding> {
    rerun::compare(run, outcome)
}

/// [`verify`] and the hash of the result, side by side: what a result needs before it is written down.
#[must_use]
pub fn verify_and_hash(run: &Instance, outcome: &Outcome) -> (Vec<Finding>, String) {
    let ((mut findings, hash), again) = beside(
        || (check(run, outcome), canonical::output_sha256(run, outcome)),
        || rerun(run, outcome),
    );
    findings.extend(again);
    (findings, hash)
}

/// V1 to V5 alone, for a dry run at every change of a list.
#[must_use]
pub fn check(run: &Instance, outcome: &Outcome) -> Vec<Finding> {
    checks::all(run, outcome)
}

/// The stored figures and hashes of a result against those that follow from run and result: the rest
/// of V6. `blocking` is the number of V4's findings.
#[must_use]
pub fn figures(
    run: &Instance,
    outcome: &Outcome,
    hashes: &Hashes,
    stored: &Summary,
    blocking: u64,
) -> Vec<Finding> {
    let found = Summary::of(run, outcome, hashes.clone(), blocking);
    let named = [
        ("matched", stored.matched == found.matched),
        ("unmatched", stored.unmatched == found.unmatched),
        ("seats", stored.seats == found.seats),
        ("unfilled", stored.unfilled == found.unfilled),
        ("first_choice", stored.first_choice == found.first_choice),
        ("top3", stored.top3 == found.top3),
        ("mean_rank", stored.mean_rank == found.mean_rank),
        ("profile", stored.profile == found.profile),
        ("input_sha256", stored.input_sha256 == found.input_sha256),
        ("output_sha256", stored.output_sha256 == found.output_sha256),
        ("seed_sha256", stored.seed_sha256 == found.seed_sha256),
        (
            "blocking_pairs",
            stored.blocking_pairs == found.blocking_pairs,
        ),
    ];
    named
        .into_iter()
        .filter(|(_, same)| !same)
        .map(|(name, _)| Finding::Figure(name))
        .collect()
}

/// How many pairs block, by these findings.
#[must_use]
pub fn blocking_pairs(findings: &[Finding]) -> u64 {
    let blocking = findings
        .iter()
        .filter(|it| matches!(it, Finding::Blocking(..)));
    u64::try_from(blocking.count()).unwrap_or(u64::MAX)
}
