//! Corrections of what went into a published run: what was wrong, and the run that it should have been.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::lang::words;
use crate::matching::snapshot::Snapshot;

words! {
    /// What was wrong.
    pub enum Wrong {
        /// The seats of a posting.
        Seats = "seats" => mat_wrong_seats,
        /// The cap of an institution.
        Cap = "cap" => mat_wrong_cap,
        /// A list of trainees, of a posting or of an institution.
        HostList = "host_list" => mat_wrong_host_list,
        /// A trainee's list.
        TraineeList = "trainee_list" => mat_wrong_trainee_list,
        /// A trainee was not eligible for a posting.
        Ineligible = "ineligible" => mat_wrong_ineligible,
        /// A trainee was eligible for a posting after all.
        Eligible = "eligible" => mat_wrong_eligible,
    }
}

/// The rule by which a correction makes somebody ineligible.
pub const CORRECTED: &str = "corrected";

/// One correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Correction {
    /// A posting has so many seats.
    Seats {
        /// The posting.
        posting: Uuid,
        /// Its seats.
        seats: u32,
    },
    /// An institution takes at most so many.
    Cap {
        /// The institution.
        bank: Uuid,
        /// The most.
        cap: Option<u32>,
    },
    /// The list of a posting, or of an institution that ranks once, in tiers.
    HostList {
        /// The posting or institution.
        of: Uuid,
        /// The list.
        tiers: Vec<Vec<Uuid>>,
    },
    /// A trainee's list.
    TraineeList {
        /// The enrolment.
        trainee: Uuid,
        /// The list.
        list: Vec<Uuid>,
    },
    /// Is a trainee eligible for a posting?
    Eligible {
        /// The enrolment.
        trainee: Uuid,
        /// The posting.
        posting: Uuid,
        /// Are they?
        eligible: bool,
    },
}

impl Correction {
    /// What was wrong.
    pub fn wrong(&self) -> Wrong {
        match self {
            Self::Seats { .. } => Wrong::Seats,
            Self::Cap { .. } => Wrong::Cap,
            Self::HostList { .. } => Wrong::HostList,
            Self::TraineeList { .. } => Wrong::TraineeList,
            Self::Eligible { eligible: true, .. } => Wrong::Eligible,
            Self::Eligible { .. } => Wrong::Ineligible,
        }
    }

    fn apply(&self, to: &mut Snapshot) {
        match self {
            Self::Seats { posting, seats } => {
                let posting = posting.to_string();
                for it in to.postings.iter_mut().filter(|it| it.posting == posting) {
                    it.seats = *seats;
                    if let Some((_, held)) = &mut it.reserve {
                        *held = (*held).min(*seats);
                    }
                }
            }
            Self::Cap { bank, cap } => {
                let bank = bank.to_string();
                for it in to.banks.iter_mut().filter(|it| it.bank == bank) {
                    it.cap = *cap;
                }
            }
            Self::HostList { of, tiers } => {
                let of = of.to_string();
                let list: Vec<Vec<String>> = tiers
                    .iter()
                    .map(|tier| tier.iter().map(Uuid::to_string).collect())
                    .collect();
                for it in to.postings.iter_mut().filter(|it| it.posting == of) {
                    it.list.clone_from(&list);
                }
                for it in to.banks.iter_mut().filter(|it| it.bank == of) {
                    it.list.clone_from(&list);
                }
            }
            Self::TraineeList { trainee, list } => {
                let trainee = trainee.to_string();
                for it in to.trainees.iter_mut().filter(|it| it.trainee == trainee) {
                    it.list = list.iter().map(Uuid::to_string).collect();
                }
            }
            Self::Eligible {
                trainee,
                posting,
                eligible,
            } => {
                let (trainee, posting) = (trainee.to_string(), posting.to_string());
                let same = |it: &(String, String, String)| it.0 == trainee && it.1 == posting;
                to.ineligible.retain(|it| !same(it));
                if !eligible {
                    to.ineligible.push((trainee, posting, CORRECTED.to_owned()));
                }
            }
        }
    }
}

/// The run as it should have been. Its id stays, so that the same lots are drawn: nothing but the error
/// makes a difference.
#[must_use]
pub fn corrected(published: &Snapshot, all: &[Correction]) -> Snapshot {
    let mut snapshot = published.clone();
    for it in all {
        it.apply(&mut snapshot);
    }
    snapshot
}

/// Reads a list that is typed by numbers, one line for each place, equals on one line with `=` between them.
/// An unknown number is given back.
///
/// # Errors
/// The first word that is nobody's number.
pub fn typed_list(text: &str, known: &BTreeMap<String, Uuid>) -> Result<Vec<Vec<Uuid>>, String> {
    let mut tiers = Vec::new();
    for line in text.lines().filter(|it| !it.trim().is_empty()) {
        let mut tier = Vec::new();
        for word in line.split('=').map(str::trim) {
            let id = known
                .get(&word.to_uppercase())
                .ok_or_else(|| word.to_owned())?;
            tier.push(*id);
        }
        tiers.push(tier);
    }
    Ok(tiers)
}

/// What has changed since, beside the error: postings that are gone, and who takes part no more.
pub fn as_of_now(
    snapshot: &mut Snapshot,
    gone: &dyn Fn(Uuid) -> bool,
    away: &dyn Fn(Uuid) -> bool,
) {
    let parsed = super::market::parsed;
    for it in &mut snapshot.postings {
        if gone(parsed(&it.posting)) {
            it.seats = 0;
            it.reserve = None;
        }
    }
    for it in &mut snapshot.trainees {
        if away(parsed(&it.trainee)) {
            it.list.clear();
        }
    }
}
