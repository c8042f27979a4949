//! One run of the match, complete: who takes part, what everybody wants, which bounds hold.
//!
//! An [`Instance`] can only be made by [`super::Builder`], which refuses what the match cannot be
//! fair on; engine and verifier need not doubt it. It is immutable. Ranks are kept as orders with
//! ties; lots are drawn by whoever needs them.

use serde::{Deserialize, Serialize};

use super::index::{Bank, Group, Posting, Rows, Rule, Trainee};
use super::names::Names;

/// The policy that this engine follows.
pub const POLICY: &str = "1";

/// The head of a run: `run.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Names the run; it enters the lottery, so that another run draws other lots.
    pub run_id: String,
    /// The version of the rules; this engine follows [`POLICY`].
    pub policy_version: String,
    /// The lottery's secret in hexadecimal digits; only a run whose lists have ties needs one.
    #[serde(default)]
    pub seed: Option<String>,
}

/// The lottery's secret. Its SHA-256 is published before lists close, itself after the run.
#[derive(Clone, PartialEq, Eq)]
pub struct Seed(Vec<u8>);

/// Shows nothing of the secret: a run is logged before its seed may be known.
impl std::fmt::Debug for Seed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Seed(…)")
    }
}

impl Seed {
    /// From hexadecimal digits, large or small; `None` for anything else, and for no digits at all.
    #[must_use]
    pub fn parse(hex: &str) -> Option<Self> {
        if hex.is_empty() || !hex.len().is_multiple_of(2) {
            return None;
        }
        let digits: Option<Vec<u8>> = hex
            .chars()
            .map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok()))
            .collect();
        let pairs = digits?;
        let bytes = pairs.chunks_exact(2).map(|pair| match pair {
            [high, low] => high << 4 | low,
            _ => 0,
        });
        Some(Self(bytes.collect()))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// In small hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> String {
        super::canonical::hex(&self.0)
    }
}

/// Strict or tied orders of trainees, one for each bank or posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orders {
    pub(super) rows: Rows<Trainee>,
    /// For each entry: is it of equal rank with the one before it in its list? Empty when no list
    /// has a tie, which saves a byte for each of millions.
    pub(super) tied: Vec<bool>,
}

impl Orders {
    /// The list, best first; among equals in no particular order.
    #[must_use]
    pub fn row(&self, list: usize) -> &[Trainee] {
        self.rows.row(list)
    }

    /// Has any list a tie?
    #[must_use]
    pub fn has_ties(&self) -> bool {
        self.tied.iter().any(|it| *it)
    }

    /// The list in pieces of equal rank, best first.
    pub fn tiers(&self, list: usize) -> impl Iterator<Item = &[Trainee]> {
        let row = self.rows.row(list);
        let tied = self.tied.get(self.rows.span(list)).unwrap_or_default();
        let mut from = 0_usize;
        std::iter::from_fn(move || {
            if from >= row.len() {
                return None;
            }
            let mut to = from.saturating_add(1);
            while tied.get(to).copied().unwrap_or(false) {
                to = to.saturating_add(1);
            }
            let tier = row.get(from..to);
            from = to;
            tier
        })
    }
}

/// A run, complete and consistent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub(super) run_id: String,
    pub(super) seed: Option<Seed>,
    pub(super) trainees: Names,
    pub(super) banks: Names,
    pub(super) postings: Names,
    pub(super) groups: Names,
    pub(super) rules: Names,
    pub(super) trainee_groups: Rows<Group>,
    pub(super) caps: Vec<Option<u32>>,
    pub(super) bank_postings: Rows<Posting>,
    pub(super) posting_banks: Vec<Bank>,
    pub(super) seats: Vec<u32>,
    pub(super) reserves: Vec<Option<(Group, u32)>>,
    pub(super) group_caps: Rows<(Group, u32)>,
    pub(super) lists: Rows<Posting>,
    pub(super) bank_lists: Orders,
    pub(super) posting_lists: Orders,
    pub(super) ineligible: Rows<(Posting, Rule)>,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $all:ident, $type:ident, $table:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self, it: $type) -> &str {
            self.$table.get(it.at())
        }

        /// All of them, in the order of the input.
        pub fn $all(&self) -> impl Iterator<Item = $type> + Clone + use<> {
            (0..self.$table.len()).map($type::new)
        }
    )*};
}

impl Instance {
    ids! {
        /// The id of a trainee.
        trainee_id, all_trainees, Trainee, trainees;
        /// The id of a bank.
        bank_id, all_banks, Bank, banks;
        /// The id of a posting.
        posting_id, all_postings, Posting, postings;
        /// The id of a group.
        group_id, all_groups, Group, groups;
        /// The id of a rule.
        rule_id, all_rules, Rule, rules;
    }

    /// The head, as it would be written.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            run_id: self.run_id.clone(),
            policy_version: POLICY.to_owned(),
            seed: self.seed.as_ref().map(Seed::hex),
        }
    }

    /// The run's own id.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// The lottery's secret, if lots may be drawn.
    #[must_use]
    pub fn seed(&self) -> Option<&Seed> {
        self.seed.as_ref()
    }

    /// The trainee with this id.
    #[must_use]
    pub fn find_trainee(&self, id: &str) -> Option<Trainee> {
        self.trainees.find(id).map(Trainee::new)
    }

    /// The posting with this id.
    #[must_use]
    pub fn find_posting(&self, id: &str) -> Option<Posting> {
        self.postings.find(id).map(Posting::new)
    }

    /// The bank with this id.
    #[must_use]
    pub fn find_bank(&self, id: &str) -> Option<Bank> {
        self.banks.find(id).map(Bank::new)
    }

    /// The groups that a trainee is in.
    #[must_use]
    pub fn groups_of(&self, trainee: Trainee) -> &[Group] {
        self.trainee_groups.row(trainee.at())
    }

    /// What a trainee wants, best first.
    #[must_use]
    pub fn list(&self, trainee: Trainee) -> &[Posting] {
        self.lists.row(trainee.at())
    }

    /// All trainees' lists; the reasons of an outcome stand in the same rows.
    #[must_use]
    pub fn lists(&self) -> &Rows<Posting> {
        &self.lists
    }

    /// The most that a bank takes over all its postings, if it said so.
    #[must_use]
    pub fn bank_cap(&self, bank: Bank) -> Option<u32> {
        self.caps.get(bank.at()).copied().flatten()
    }

    /// The postings of a bank, in the order of the input.
    #[must_use]
    pub fn postings_of(&self, bank: Bank) -> &[Posting] {
        self.bank_postings.row(bank.at())
    }

    /// The bank of a posting.
    #[must_use]
    pub fn bank_of(&self, posting: Posting) -> Bank {
        let none = Bank::from_raw(u32::MAX);
        self.posting_banks
            .get(posting.at())
            .copied()
            .unwrap_or(none)
    }

    /// The seats of a posting; 0 for one that was withdrawn.
    #[must_use]
    pub fn seats(&self, posting: Posting) -> u32 {
        self.seats.get(posting.at()).copied().unwrap_or(0)
    }

    /// The group that seats are held for, and how many.
    #[must_use]
    pub fn reserve(&self, posting: Posting) -> Option<(Group, u32)> {
        self.reserves.get(posting.at()).copied().flatten()
    }

    /// The caps on groups at a posting; no trainee is in two of them.
    #[must_use]
    pub fn group_caps(&self, posting: Posting) -> &[(Group, u32)] {
        self.group_caps.row(posting.at())
    }

    /// The lists of banks; an empty one was not given, and the postings' own lists count.
    #[must_use]
    pub fn bank_lists(&self) -> &Orders {
        &self.bank_lists
    }

    /// The lists of postings. Where their bank gave a list, a posting's own says only who is
    /// acceptable, and an empty one accepts the whole bank list.
    #[must_use]
    pub fn posting_lists(&self) -> &Orders {
        &self.posting_lists
    }

    /// Does the bank's list decide at this posting, rather than the posting's own?
    #[must_use]
    pub fn by_bank_list(&self, posting: Posting) -> bool {
        !self.bank_lists.row(self.bank_of(posting).at()).is_empty()
    }

    /// The postings for which a trainee is not eligible, and by which rule.
    #[must_use]
    pub fn ineligible(&self, trainee: Trainee) -> &[(Posting, Rule)] {
        self.ineligible.row(trainee.at())
    }
}
