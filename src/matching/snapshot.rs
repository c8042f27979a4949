//! The canonical form of a run as types that read and write it (section 3.1): what the application
//! stores of a run, and builds one from.
//!
//! Serialised as JSON, a snapshot that [`Snapshot::of`] made is byte for byte what
//! [`super::canonical::write_input`] writes. One that was made by hand may stand in any order.

use serde::{Deserialize, Serialize};

use super::build::Builder;
use super::fault::{Fault, Warning};
use super::index::{Group, Posting, Trainee, number};
use super::instance::{Head, Instance, Orders, POLICY};

/// A bank.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotBank {
    /// Its id.
    pub bank: String,
    /// The most that it takes over all its postings.
    pub cap: Option<u32>,
    /// Its list: tiers of equals, best first; empty when none was given.
    pub list: Vec<Vec<String>>,
}

/// A posting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotPosting {
    /// Its bank.
    pub bank: String,
    /// Caps on groups.
    pub group_caps: Vec<(String, u32)>,
    /// Its list: tiers of equals, best first; empty when none was given.
    pub list: Vec<Vec<String>>,
    /// Its id.
    pub posting: String,
    /// The group that seats are held for, and how many.
    pub reserve: Option<(String, u32)>,
    /// Its seats; 0 when it was withdrawn.
    pub seats: u32,
}

/// A trainee.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotTrainee {
    /// The groups they are in.
    pub groups: Vec<String>,
    /// Their list, best first.
    pub list: Vec<String>,
    /// Their id.
    pub trainee: String,
}

/// A run by ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The banks.
    pub banks: Vec<SnapshotBank>,
    /// Trainee, posting and the rule that makes the one ineligible for the other.
    pub ineligible: Vec<(String, String, String)>,
    /// The version of the rules.
    pub policy_version: String,
    /// The postings.
    pub postings: Vec<SnapshotPosting>,
    /// The run's id.
    pub run_id: String,
    /// The lottery's secret in hexadecimal digits.
    pub seed: Option<String>,
    /// The trainees.
    pub trainees: Vec<SnapshotTrainee>,
}

fn ranks(list: &[Vec<String>]) -> impl Iterator<Item = (u32, &str)> {
    let tiers = list.iter().enumerate();
    tiers.flat_map(|(before, tier)| {
        let rank = number(before).saturating_add(1);
        tier.iter().map(move |it| (rank, it.as_str()))
    })
}

impl Snapshot {
    /// The run.
    ///
    /// # Errors
    /// What [`Builder`] refuses; rows are counted in the order of the tables' entries here.
    pub fn instance(&self) -> Result<(Instance, Vec<Warning>), Fault> {
        let mut builder = Builder::new(&Head {
            run_id: self.run_id.clone(),
            policy_version: self.policy_version.clone(),
            seed: self.seed.clone(),
        })?;
        for it in &self.trainees {
            builder.trainee(&it.trainee, it.groups.iter().map(String::as_str))?;
        }
        for it in &self.banks {
            builder.bank(&it.bank, it.cap)?;
        }
        for it in &self.postings {
            let reserve = it.reserve.as_ref().map(|it| (it.0.as_str(), it.1));
            builder.posting(&it.posting, &it.bank, it.seats, reserve)?;
        }
        for it in &self.postings {
            for (group, cap) in &it.group_caps {
                builder.group_cap(&it.posting, group, *cap)?;
            }
            for (rank, trainee) in ranks(&it.list) {
                builder.posting_choice(&it.posting, rank, trainee)?;
            }
        }
        for it in &self.banks {
            for (rank, trainee) in ranks(&it.list) {
                builder.bank_choice(&it.bank, rank, trainee)?;
            }
        }
        for it in &self.trainees {
            for (before, posting) in it.list.iter().enumerate() {
                let rank = number(before).saturating_add(1);
                builder.trainee_choice(&it.trainee, rank, posting)?;
            }
        }
        for (trainee, posting, rule) in &self.ineligible {
            builder.ineligible(trainee, posting, rule)?;
        }
        builder.finish()
    }

    /// The snapshot of a run, in canonical order.
    #[must_use]
    pub fn of(run: &Instance) -> Self {
        let trainee = |it: Trainee| run.trainee_id(it).to_owned();
        let tiers = |orders: &Orders, at: usize| {
            let tiers = orders.tiers(at).map(|tier| {
                let mut equal: Vec<String> = tier.iter().map(|it| trainee(*it)).collect();
                equal.sort_unstable();
                equal
            });
            tiers.collect::<Vec<_>>()
        };
        let group = |it: Group| run.group_id(it).to_owned();
        let banks = run.banks.sorted().into_iter().map(|at| SnapshotBank {
            bank: run.banks.get(at).to_owned(),
            cap: run.caps.get(at).copied().flatten(),
            list: tiers(&run.bank_lists, at),
        });
        let postings = run.postings.sorted().into_iter().map(Posting::new);
        let postings = postings.map(|it| {
            let caps = run.group_caps(it).iter();
            let mut group_caps: Vec<_> = caps.map(|it| (group(it.0), it.1)).collect();
            group_caps.sort_unstable();
            SnapshotPosting {
                bank: run.bank_id(run.bank_of(it)).to_owned(),
                group_caps,
                list: tiers(&run.posting_lists, it.at()),
                posting: run.posting_id(it).to_owned(),
                reserve: run.reserve(it).map(|it| (group(it.0), it.1)),
                seats: run.seats(it),
            }
        });
        let trainees = run.trainees.sorted().into_iter().map(Trainee::new);
        let mut ineligible = Vec::new();
        let trainees = trainees.map(|it| {
            let barred = run.ineligible(it).iter();
            ineligible.extend(barred.map(|(posting, rule)| {
                let posting = run.posting_id(*posting).to_owned();
                (trainee(it), posting, run.rule_id(*rule).to_owned())
            }));
            let mut groups: Vec<_> = run.groups_of(it).iter().map(|it| group(*it)).collect();
            groups.sort_unstable();
            let list = run.list(it).iter();
            SnapshotTrainee {
                groups,
                list: list.map(|it| run.posting_id(*it).to_owned()).collect(),
                trainee: trainee(it),
            }
        });
        let trainees = trainees.collect();
        ineligible.sort_unstable();
        Self {
            banks: banks.collect(),
            ineligible,
            policy_version: POLICY.to_owned(),
            postings: postings.collect(),
            run_id: run.run_id.clone(),
            seed: run.seed.as_ref().map(super::instance::Seed::hex),
            trainees,
        }
    }
}
