//! What a run results in: who goes where, the cut-offs that prove it, and why for each choice.

use serde::{Deserialize, Serialize};

use super::index::{Group, Posting, Rule, Trainee, number};
use super::instance::Instance;
use super::text::push_number;

/// Why a choice of a trainee came out as it did (section 3.9). Exactly one for each listed posting:
/// above the match why not, at the match [`Reason::Matched`], below it [`Reason::NotNeeded`].
///
/// Where several would be true, the first in this order is said: a posting that is gone says nothing
/// about the trainee, a rule comes before an opinion, and of bounds the widest known cause first
/// (seats, the bank's cap, the group's cap, the reserve).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// This is the placement.
    Matched,
    /// A better choice was received.
    NotNeeded,
    /// The posting has no seat, so that the choice counted as if it were not on the list.
    PostingWithdrawn,
    /// A rule says no.
    NotEligible {
        /// Which.
        rule: Rule,
    },
    /// Neither the bank nor the posting gave any list.
    NoList,
    /// The trainee is not on the list that counts here.
    NotRanked,
    /// All seats went to trainees higher on the list.
    Full {
        /// The place on the list of the last one admitted, counted from 1.
        cutoff: u32,
        /// The trainee's own place.
        rank: u32,
    },
    /// The bank's cap was used up by trainees higher on its list.
    BankCap {
        /// The cap.
        cap: u32,
        /// The trainee's own place on the bank's list.
        rank: u32,
    },
    /// The cap for the trainee's group at this posting was used up by trainees higher on the list.
    GroupCap {
        /// The group.
        group: Group,
    },
    /// The trainee would have had a seat, but for those held for a group that they are not in.
    Reserve {
        /// The group.
        group: Group,
        /// Seats held for it.
        seats: u32,
    },
}

impl Reason {
    /// Its name in `reasons.csv`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Matched => "MATCHED",
            Self::NotNeeded => "NOT_NEEDED",
            Self::PostingWithdrawn => "POSTING_WITHDRAWN",
            Self::NotEligible { .. } => "NOT_ELIGIBLE",
            Self::NoList => "NO_LIST",
            Self::NotRanked => "NOT_RANKED",
            Self::Full { .. } => "FULL",
            Self::BankCap { .. } => "BANK_CAP",
            Self::GroupCap { .. } => "GROUP_CAP",
            Self::Reserve { .. } => "RESERVE",
        }
    }

    /// Appends what stands in the column `detail`: the reason's own values as `name=value`, separated by `;`.
    pub fn write_detail(self, run: &Instance, out: &mut String) {
        let mut text = |before: &str, value: &str| {
            out.push_str(before);
            out.push_str(value);
        };
        let numbers = match self {
            Self::Matched
            | Self::NotNeeded
            | Self::PostingWithdrawn
            | Self::NoList
            | Self::NotRanked => return,
            Self::NotEligible { rule } => return text("rule=", run.rule_id(rule)),
            Self::GroupCap { group } => return text("group=", run.group_id(group)),
            Self::Full { cutoff, rank } => [("cutoff=", cutoff), (";rank=", rank)],
            Self::BankCap { cap, rank } => [("cap=", cap), (";rank=", rank)],
            Self::Reserve { group, seats } => {
                text("group=", run.group_id(group));
                [(";seats=", seats), ("", 0)]
            }
        };
        for (before, n) in numbers.into_iter().filter(|it| !it.0.is_empty()) {
            out.push_str(before);
            push_number(out, n);
        }
    }
}

/// The result of a run, by the numbers of its [`Instance`].
///
/// The fields are open so that a stored result can be read back and a wrong one put before the
/// verifier; nothing that holds an `Outcome` may take it for sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// For each trainee, the posting received.
    pub assignment: Vec<Option<Posting>>,
    /// For each posting, the place on its list of the last one admitted when all seats are filled (0
    /// when it has none), `None` while it is open. Places are counted from 1 in the strict list: after
    /// lots, and among all whom it names, whether or not they applied.
    pub cutoffs: Vec<Option<u32>>,
    /// For each bank, the same when its cap is reached; `None` while it does not bind, or is not set.
    pub bank_cutoffs: Vec<Option<u32>>,
    /// For each choice, in the rows of [`Instance::lists`], its reason.
    pub reasons: Vec<Reason>,
}

impl Outcome {
    /// The posting that a trainee received.
    #[must_use]
    pub fn of(&self, trainee: Trainee) -> Option<Posting> {
        self.assignment.get(trainee.at()).copied().flatten()
    }

    /// The reasons of a trainee's choices, in the order of their list.
    #[must_use]
    pub fn reasons_of(&self, run: &Instance, trainee: Trainee) -> &[Reason] {
        let span = run.lists().span(trainee.at());
        self.reasons.get(span).unwrap_or_default()
    }
}

/// The figures of a result: `summary.json`. To be reported, never optimised (section 2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Trainees with a posting.
    pub matched: u32,
    /// Trainees without.
    pub unmatched: u32,
    /// All seats of all postings.
    pub seats: u64,
    /// Seats that nobody received.
    pub unfilled: u64,
    /// Trainees who received their first choice.
    pub first_choice: u32,
    /// Trainees who received one of their first three.
    pub top3: u32,
    /// The mean place of the posting received in its trainee's list; none when nobody is placed.
    pub mean_rank: Option<f64>,
    /// How many received their first, second, … choice, up to the last that anybody received. Choices
    /// are counted as trainees see them, withdrawn postings included.
    pub profile: Vec<u32>,
    /// SHA-256 of the run's canonical form, in hexadecimal digits.
    pub input_sha256: String,
    /// SHA-256 of the result's canonical form.
    pub output_sha256: String,
    /// SHA-256 of the seed's bytes: what was published before lists closed.
    pub seed_sha256: Option<String>,
    /// Pairs who would both rather have each other, as the verifier counts them; 0 in a sound result.
    pub blocking_pairs: u64,
}

/// SHA-256 of a run, of its result and of its seed, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// Of the run.
    pub input: String,
    /// Of the result.
    pub output: String,
    /// Of the seed's bytes.
    pub seed: Option<String>,
}

impl Summary {
    /// Counts a result.
    #[must_use]
    pub fn of(run: &Instance, outcome: &Outcome, hashes: Hashes, blocking_pairs: u64) -> Self {
        let mut profile: Vec<u32> = Vec::new();
        let mut matched = 0_u32;
        let mut sum = 0_u64;
        for trainee in run.all_trainees() {
            let Some(posting) = outcome.of(trainee) else {
                continue;
            };
            matched = matched.saturating_add(1);
            let list = run.list(trainee);
            let Some(at) = list.iter().position(|it| *it == posting) else {
                continue;
            };
            if profile.len() <= at {
                profile.resize(at.saturating_add(1), 0);
            }
            if let Some(it) = profile.get_mut(at) {
                *it = it.saturating_add(1);
            }
            sum = sum.saturating_add(u64::from(number(at)).saturating_add(1));
        }
        let seats: u64 = run.all_postings().map(|it| u64::from(run.seats(it))).sum();
        Self {
            matched,
            unmatched: number(outcome.assignment.len()).saturating_sub(matched),
            seats,
            unfilled: seats.saturating_sub(u64::from(matched)),
            first_choice: profile.first().copied().unwrap_or(0),
            top3: profile.iter().take(3).sum(),
            mean_rank: mean(sum, matched),
            profile,
            input_sha256: hashes.input,
            output_sha256: hashes.output,
            seed_sha256: hashes.seed,
            blocking_pairs,
        }
    }
}

/// Exact while the sum is below 2⁵³, which two numbers below 2³² and 2²¹ cannot leave.
fn mean(sum: u64, count: u32) -> Option<f64> {
    if count == 0 {
        return None;
    }
    let high = f64::from(number(usize::try_from(sum >> 32).unwrap_or(usize::MAX)));
    let low = f64::from(number(
        usize::try_from(sum & 0xFFFF_FFFF).unwrap_or(usize::MAX),
    ));
    Some((high * 4_294_967_296.0 + low) / f64::from(count))
}
