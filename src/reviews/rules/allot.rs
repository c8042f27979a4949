//! Who is asked to read what: the reviewers with the fewest open reviews first, nobody with an
//! interest, each application by as many as are wanted and no more.
#![warn(clippy::wildcard_enum_match_arm)]

use std::collections::{BTreeMap, BTreeSet};

use crate::applications::rules::State;
use crate::ids::{ApplicationId, PersonId};
use crate::lang::refusals;

use super::{Conflict, Party, check_conflict};

refusals! {
    /// Why nobody is asked to read an application.
    pub enum AssignRefusal {
        /// Only what was handed in and is not decided is read.
        NotReadable = "not_readable" => assign_not_readable,
        /// As many reviewers as wanted were asked before.
        Enough = "enough_reviewers" => assign_enough,
        /// Nobody who may read it is left.
        NobodyLeft = "no_reviewer_left" => assign_nobody_left,
        /// The reviewer was asked before.
        Already = "already_assigned" => assign_already,
        /// The person is no reviewer of the programme.
        NoReviewer = "no_reviewer" => assign_no_reviewer,
        /// A released decision rests on what was handed in.
        Released = "decision_released" => assign_released,
    }
}

/// Mail providers that anybody may use, and the names reserved for examples (RFC 2606): an address
/// there says nothing about where its owner works.
const PUBLIC_DOMAINS: &[&str] = &[
    "126.com",
    "163.com",
    "example.com",
    "example.net",
    "example.org",
    "gmail.com",
    "gmx.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.com.hk",
    "icloud.com",
    "live.com",
    "live.hk",
    "me.com",
    "msn.com",
    "netvigator.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "yahoo.com",
    "yahoo.com.hk",
];

/// The public mail domains, as [`check_conflict`] wants them.
#[must_use]
pub fn public_domains() -> BTreeSet<String> {
    PUBLIC_DOMAINS.iter().map(|it| (*it).to_owned()).collect()
}

/// May an application in this state be given to readers?
///
/// # Errors
/// [`AssignRefusal::NotReadable`].
pub fn readable(state: State) -> Result<(), AssignRefusal> {
    match state {
        State::Submitted | State::UnderReview => Ok(()),
        State::Draft
        | State::Decided(_)
        | State::Released(_)
        | State::Enrolled
        | State::Withdrawn
        | State::Declined
        | State::Lapsed
        | State::Deferred => Err(AssignRefusal::NotReadable),
    }
}

/// May what a reviewer handed in still be taken away or given back? Not once a decision that rests on
/// it has been released.
///
/// # Errors
/// [`AssignRefusal::Released`].
pub fn unsettled(state: State) -> Result<(), AssignRefusal> {
    match state {
        State::Draft
        | State::Submitted
        | State::UnderReview
        | State::Decided(_)
        | State::Withdrawn => Ok(()),
        State::Released(_)
        | State::Enrolled
        | State::Declined
        | State::Lapsed
        | State::Deferred => Err(AssignRefusal::Released),
    }
}

/// A reviewer who can be asked.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Who, for the conflict rule.
    pub party: Party,
    /// Reviews that wait for them now.
    pub open: i64,
}

/// An application to be read.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// Which.
    pub application: ApplicationId,
    /// The applicant, for the conflict rule.
    pub party: Party,
    /// Its state.
    pub state: State,
    /// Who reads it now.
    pub readers: BTreeSet<PersonId>,
    /// Who said that they have an interest.
    pub declared: BTreeSet<PersonId>,
}

/// What comes of one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allotment {
    /// Which.
    pub application: ApplicationId,
    /// Who is asked now.
    pub given: Vec<PersonId>,
    /// Who was passed over, and for which interest.
    pub conflicts: Vec<(PersonId, Conflict)>,
    /// Why nobody, or fewer than wanted, are asked.
    pub short: Option<AssignRefusal>,
}

/// Shares applications out among readers so that each is read by `wanted` people in all. Readers
/// with the fewest open reviews come first, then those who stand first in the list; each gift
/// counts at once, so the shares stay even.
#[must_use]
pub fn allot(readers: &[Reader], dossiers: &[Dossier], wanted: usize) -> Vec<Allotment> {
    let public = public_domains();
    let mut load: BTreeMap<PersonId, i64> = readers
        .iter()
        .map(|reader| (reader.party.person, reader.open))
        .collect();
    dossiers
        .iter()
        .map(|dossier| one(readers, dossier, wanted, &public, &mut load))
        .collect()
}

fn one(
    readers: &[Reader],
    dossier: &Dossier,
    wanted: usize,
    public: &BTreeSet<String>,
    load: &mut BTreeMap<PersonId, i64>,
) -> Allotment {
    let mut out = Allotment {
        application: dossier.application,
        given: Vec::new(),
        conflicts: Vec::new(),
        short: None,
    };
    if let Err(refusal) = readable(dossier.state) {
        out.short = Some(refusal);
        return out;
    }
    let need = wanted.saturating_sub(dossier.readers.len());
    if need == 0 {
        out.short = Some(AssignRefusal::Enough);
        return out;
    }
    let mut free: Vec<(i64, usize, PersonId)> = Vec::new();
    for (place, reader) in readers.iter().enumerate() {
        let person = reader.party.person;
        if dossier.readers.contains(&person) {
            continue;
        }
        let declared = dossier.declared.contains(&person);
        match check_conflict(&reader.party, &dossier.party, declared, public) {
            Ok(()) => free.push((load.get(&person).copied().unwrap_or(0), place, person)),
            Err(conflict) => out.conflicts.push((person, conflict)),
        }
    }
    free.sort();
    for (_, _, person) in free.into_iter().take(need) {
        *load.entry(person).or_default() += 1;
        out.given.push(person);
    }
    if out.given.len() < need {
        out.short = Some(AssignRefusal::NobodyLeft);
    }
    out
}
