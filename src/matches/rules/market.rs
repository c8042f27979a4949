//! From the rows of a round to a run of the match, and from its result to what people are told.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::matching::explain::{Band, Disclosure, Explainer, Standing, Why};
use crate::matching::snapshot::{Snapshot, SnapshotBank, SnapshotPosting, SnapshotTrainee};
use crate::matching::verify::{self, Check};
use crate::matching::{Fault, Instance, Outcome, Summary, Warning, canonical, engine};

use super::{ListKind, Tiers};

/// The rule by which a choice counts for nothing when its interest was taken back after the certificate.
pub const TAKEN_BACK: &str = "interest_taken_back";

/// A trainee who takes part.
#[derive(Clone, Debug)]
pub struct Trainee {
    /// Their enrolment: who they are in the run.
    pub id: Uuid,
    /// Their route, by which seats are held and capped.
    pub group: Option<String>,
}

/// A posting that takes part.
#[derive(Clone, Debug)]
pub struct Posting {
    /// Its id.
    pub id: Uuid,
    /// Its institution.
    pub organisation: Uuid,
    /// Its seats; 0 for one that is gone.
    pub seats: u32,
    /// The group that seats are held for, and how many.
    pub reserve: Option<(String, u32)>,
    /// Caps on groups.
    pub group_caps: Vec<(String, u32)>,
}

/// How an institution takes part.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// The most that it takes.
    pub cap: Option<u32>,
    /// Does it give one list for all its postings?
    pub one_list: bool,
}

/// A certified list: of an enrolment, an institution or a posting.
#[derive(Clone, Debug)]
pub struct Certified {
    /// Whose.
    pub kind: ListKind,
    /// The enrolment, institution or posting.
    pub of: Uuid,
    /// What it says.
    pub tiers: Tiers,
}

/// Everything of a round that a run is made of.
#[derive(Clone, Debug, Default)]
pub struct Market {
    /// Who takes part.
    pub trainees: Vec<Trainee>,
    /// What takes part.
    pub postings: Vec<Posting>,
    /// How institutions take part; those that said nothing are not there.
    pub terms: BTreeMap<Uuid, Terms>,
    /// The last certified lists.
    pub lists: Vec<Certified>,
    /// Enrolment and posting of each interest that stands.
    pub interests: BTreeSet<(Uuid, Uuid)>,
}

/// Lists by whose they are.
type Lists<'a> = BTreeMap<(ListKind, Uuid), &'a Tiers>;

fn texts(list: Option<&&Tiers>, here: &BTreeSet<Uuid>) -> Vec<Vec<String>> {
    let tiers = list.map(|it| it.as_slice()).unwrap_or_default().iter();
    let text = |tier: &Vec<Uuid>| -> Vec<String> {
        let still = tier.iter().filter(|it| here.contains(it));
        still.map(Uuid::to_string).collect()
    };
    tiers.map(text).filter(|tier| !tier.is_empty()).collect()
}

impl Market {
    fn terms(&self, organisation: Uuid) -> Terms {
        self.terms.get(&organisation).cloned().unwrap_or_default()
    }

    fn snapshot_postings(&self, lists: &Lists<'_>, here: &BTreeSet<Uuid>) -> Vec<SnapshotPosting> {
        let one = |it: &Posting| SnapshotPosting {
            bank: it.organisation.to_string(),
            group_caps: it.group_caps.clone(),
            list: match self.terms(it.organisation).one_list {
                true => Vec::new(),
                false => texts(lists.get(&(ListKind::Posting, it.id)), here),
            },
            posting: it.id.to_string(),
            reserve: it.reserve.clone().filter(|_| it.seats > 0),
            seats: it.seats,
        };
        self.postings.iter().map(one).collect()
    }

    /// The run of this round under this id. Who takes part no more is on no list of it.
    #[must_use]
    pub fn snapshot(&self, run_id: &str, seed: Option<String>) -> Snapshot {
        let here: BTreeSet<Uuid> = self.trainees.iter().map(|it| it.id).collect();
        let known: BTreeSet<Uuid> = self.postings.iter().map(|it| it.id).collect();
        let lists: Lists<'_> = self
            .lists
            .iter()
            .map(|it| ((it.kind, it.of), &it.tiers))
            .collect();
        let mut ineligible = Vec::new();
        let mut trainees = Vec::new();
        for it in &self.trainees {
            let list = texts(lists.get(&(ListKind::Trainee, it.id)), &known);
            let list: Vec<String> = list.into_iter().flatten().collect();
            let stands =
                |posting: &&String| self.interests.contains(&(it.id, parsed(posting.as_str())));
            let barred = list.iter().filter(|posting| !stands(posting));
            ineligible.extend(barred.map(|posting| {
                let rule = TAKEN_BACK.to_owned();
                (it.id.to_string(), posting.clone(), rule)
            }));
            trainees.push(SnapshotTrainee {
                groups: it.group.iter().cloned().collect(),
                list,
                trainee: it.id.to_string(),
            });
        }
        let organisations: BTreeSet<Uuid> =
            self.postings.iter().map(|it| it.organisation).collect();
        let banks = organisations.into_iter().map(|it| {
            let terms = self.terms(it);
            SnapshotBank {
                bank: it.to_string(),
                cap: terms.cap,
                list: match terms.one_list {
                    true => texts(lists.get(&(ListKind::Bank, it)), &here),
                    false => Vec::new(),
                },
            }
        });
        Snapshot {
            banks: banks.collect(),
            ineligible,
            policy_version: "1".to_owned(),
            postings: self.snapshot_postings(&lists, &here),
            run_id: run_id.to_owned(),
            seed,
            trainees,
        }
    }
}

/// A run with its result.
#[derive(Debug)]
pub struct Done {
    /// The run.
    pub run: Instance,
    /// The result.
    pub outcome: Outcome,
    /// The figures, with the hashes.
    pub summary: Summary,
    /// What the verifier found: the check, and what it says.
    pub findings: Vec<(String, String)>,
    /// What is legal and odd.
    pub warnings: Vec<Warning>,
}

/// A finding as it is stored: its check and what it says.
#[must_use]
pub fn finding(it: &verify::Finding) -> (String, String) {
    let check = match it.check() {
        Check::V1 => "V1",
        Check::V2 => "V2",
        Check::V3 => "V3",
        Check::V4 => "V4",
        Check::V5 => "V5",
        Check::V6 => "V6",
    };
    (check.to_owned(), format!("{it:?}"))
}

/// Runs a snapshot and verifies the result. The run is built anew from its canonical form, so that the order
/// of rows is that of whoever builds it from what is stored.
///
/// # Errors
/// What the match refuses: bounds that cross, equal ranks without lots.
pub fn run(snapshot: &Snapshot) -> Result<Done, Fault> {
    let (first, _) = snapshot.instance()?;
    let (run, warnings) = Snapshot::of(&first).instance()?;
    let outcome = engine::run(&run);
    let (findings, _) = verify::verify_and_hash(&run, &outcome);
    let blocking = verify::blocking_pairs(&findings);
    let hashes = canonical::hashes(&run, &outcome);
    let summary = Summary::of(&run, &outcome, hashes, blocking);
    Ok(Done {
        findings: findings.iter().map(finding).collect(),
        run,
        outcome,
        summary,
        warnings,
    })
}

/// A choice and what became of it, as its trainee may read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultLine {
    /// The posting.
    pub posting: Uuid,
    /// The reason's name.
    pub reason: String,
    /// The rule or the group, where there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The quarter of the list, 1 to 4, where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<u8>,
    /// The place on the list, where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// The place of the last one admitted, where that is told and is not one person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<u32>,
}

/// What a trainee received, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraineeResult {
    /// The enrolment.
    pub enrolment: Uuid,
    /// The posting received.
    pub posting: Option<Uuid>,
    /// One line for each posting of the list.
    pub lines: Vec<ResultLine>,
}

fn told(why: Why) -> (&'static str, String) {
    match why {
        Why::Matched => ("MATCHED", String::new()),
        Why::NotNeeded => ("NOT_NEEDED", String::new()),
        Why::PostingWithdrawn => ("POSTING_WITHDRAWN", String::new()),
        Why::NotEligible { rule } => ("NOT_ELIGIBLE", rule),
        Why::NoList => ("NO_LIST", String::new()),
        Why::NotRanked => ("NOT_RANKED", String::new()),
        Why::Full(_) => ("FULL", String::new()),
        Why::BankCap { .. } => ("BANK_CAP", String::new()),
        Why::GroupCap { group } => ("GROUP_CAP", group),
        Why::Reserve { group, .. } => ("RESERVE", group),
    }
}

/// An id of a run that we made: always a UUID.
#[must_use]
pub fn parsed(text: &str) -> Uuid {
    text.parse().unwrap_or_default()
}

fn standing(why: &Why) -> Standing {
    match why {
        Why::Full(it) | Why::BankCap { standing: it, .. } => *it,
        Why::Matched
        | Why::NotNeeded
        | Why::PostingWithdrawn
        | Why::NotEligible { .. }
        | Why::NoList
        | Why::NotRanked
        | Why::GroupCap { .. }
        | Why::Reserve { .. } => Standing::default(),
    }
}

fn quarter(band: Band) -> u8 {
    match band {
        Band::First => 1,
        Band::Second => 2,
        Band::Third => 3,
        Band::Last => 4,
    }
}

/// What each trainee of a run is told, as far as the round's policy goes: never anything of another person.
#[must_use]
pub fn results(run: &Instance, outcome: &Outcome, tells: Disclosure) -> Vec<TraineeResult> {
    let explainer = Explainer::new(run, outcome, tells);
    let one = |trainee| {
        let explained = explainer.explain(trainee);
        let lines = explained.lines.into_iter().map(|it| {
            let standing = standing(&it.why);
            let (reason, detail) = told(it.why);
            ResultLine {
                posting: parsed(run.posting_id(it.posting)),
                reason: reason.to_owned(),
                detail,
                band: standing.band.map(quarter),
                rank: standing.rank,
                cutoff: standing.cutoff,
            }
        });
        TraineeResult {
            enrolment: parsed(run.trainee_id(trainee)),
            posting: explained.received.map(|it| parsed(run.posting_id(it))),
            lines: lines.collect(),
        }
    };
    run.all_trainees().map(one).collect()
}
