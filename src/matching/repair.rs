//! After an error was found in a published match: what it did, and the three ways out (section 3.11;
//! after Gale, Marian and Pennock, 2024). The lists and bounds of the *corrected* run judge all of it.
//!
//! Nothing here acts: people choose, and two sign.

use super::engine;
use super::index::{Bank, Posting, Trainee};
use super::instance::Instance;
use super::outcome::Outcome;
use super::rest::Placed;
use super::snapshot::Snapshot;
use super::verify;

/// A way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// Everybody keeps what was published; whom the error harmed gets the place that it cost them, on a
    /// seat added where none is free.
    HonourAndAdd,
    /// Everybody keeps what was published; whoever has nothing takes part in a run on what is vacant.
    HonourAndFill,
    /// The corrected match replaces the published one.
    RunAgain,
}

impl Repair {
    /// All, the kindest first.
    pub const ALL: [Self; 3] = [Self::HonourAndAdd, Self::HonourAndFill, Self::RunAgain];
}

/// What a repair does to those whom it touches, against what was published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Had a placement and would have a better one.
    pub better: u32,
    /// Had a placement and would have a worse one.
    pub worse: u32,
    /// Had none and would have one.
    pub gained: u32,
    /// Had a placement and would have none.
    pub lost: u32,
    /// Are still worse off than the corrected match would have them: directly harmed.
    pub harmed: u32,
    /// Pairs of a trainee and a posting who would both rather have each other.
    pub envy: u64,
}

/// A repair, worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which.
    pub repair: Repair,
    /// For each trainee of the corrected run, the posting.
    pub assignment: Vec<Option<Posting>>,
    /// What it does.
    pub figures: Figures,
    /// Seats that postings would need beyond those they have.
    pub added: Vec<(Posting, u32)>,
    /// By how much caps of banks would have to be raised.
    pub raised: Vec<(Bank, u32)>,
}

/// How much a trainee likes what they have: a place on their corrected list, nothing at all after it,
/// and a posting that is not on it last.
fn liking(run: &Instance, trainee: Trainee, has: Option<Posting>) -> usize {
    let list = run.list(trainee);
    match has {
        None => list.len(),
        Some(posting) => {
            let at = list.iter().position(|it| *it == posting);
            at.unwrap_or(list.len().saturating_add(1))
        }
    }
}

/// The published placements as this run numbers them; whoever or whatever it does not know is left out.
#[must_use]
pub fn published(run: &Instance, placed: &[Placed]) -> Vec<Option<Posting>> {
    let mut assignment = vec![None; run.all_trainees().count()];
    for (trainee, posting) in placed {
        let who = run.find_trainee(trainee);
        if let Some(slot) = who.and_then(|it| assignment.get_mut(it.at())) {
            *slot = run.find_posting(posting);
        }
    }
    assignment
}

/// Whom the error harmed: the corrected match would have served them better than the published one.
#[must_use]
pub fn harmed(run: &Instance, was: &[Option<Posting>], right: &Outcome) -> Vec<Trainee> {
    run.all_trainees()
        .zip(was)
        .filter(|(it, has)| liking(run, *it, right.of(*it)) < liking(run, *it, **has))
        .map(|(it, _)| it)
        .collect()
}

/// The three ways out of an error: `run` is the corrected run, `was` what was published.
#[must_use]
pub fn proposals(run: &Instance, was: &[Option<Posting>]) -> [Proposal; 3] {
    let right = engine::run(run);
    Repair::ALL.map(|repair| {
        let assignment = match repair {
            Repair::HonourAndAdd => better_of(run, was, &right),
            Repair::HonourAndFill => filled(run, was),
            Repair::RunAgain => right.assignment.clone(),
        };
        proposal(run, was, &right, repair, assignment)
    })
}

fn better_of(run: &Instance, was: &[Option<Posting>], right: &Outcome) -> Vec<Option<Posting>> {
    let mut assignment = was.to_vec();
    for trainee in harmed(run, was, right) {
        if let Some(slot) = assignment.get_mut(trainee.at()) {
            *slot = right.of(trainee);
        }
    }
    assignment
}

fn filled(run: &Instance, was: &[Option<Posting>]) -> Vec<Option<Posting>> {
    let placed: Vec<Placed> = run
        .all_trainees()
        .zip(was)
        .filter_map(|(it, has)| {
            let posting = run.posting_id((*has)?).to_owned();
            Some((run.trainee_id(it).to_owned(), posting))
        })
        .collect();
    let rest = Snapshot::of(run).beside(run.run_id(), &placed);
    // Fewer seats of a run that was accepted: nothing that the builder could refuse.
    let Ok((rest, _)) = rest.instance() else {
        return was.to_vec();
    };
    let found = engine::run(&rest);
    let mut assignment = was.to_vec();
    for trainee in rest.all_trainees() {
        let Some(posting) = found.of(trainee) else {
            continue;
        };
        let who = run.find_trainee(rest.trainee_id(trainee));
        if let Some(slot) = who.and_then(|it| assignment.get_mut(it.at())) {
            *slot = run.find_posting(rest.posting_id(posting));
        }
    }
    assignment
}

fn proposal(
    run: &Instance,
    was: &[Option<Posting>],
    right: &Outcome,
    repair: Repair,
    assignment: Vec<Option<Posting>>,
) -> Proposal {
    let mut figures = Figures::default();
    for ((trainee, had), has) in run.all_trainees().zip(was).zip(&assignment) {
        let (then, now) = (liking(run, trainee, *had), liking(run, trainee, *has));
        let count = match (had, has) {
            (None, Some(_)) => Some(&mut figures.gained),
            (Some(_), None) => Some(&mut figures.lost),
            (Some(_), Some(_)) if now < then => Some(&mut figures.better),
            (Some(_), Some(_)) if now > then => Some(&mut figures.worse),
            (Some(_) | None, _) => None,
        };
        if let Some(count) = count {
            *count = count.saturating_add(1);
        }
        if liking(run, trainee, right.of(trainee)) < now {
            figures.harmed = figures.harmed.saturating_add(1);
        }
    }
    let outcome = Outcome {
        assignment,
        cutoffs: Vec::new(),
        bank_cutoffs: Vec::new(),
        reasons: Vec::new(),
    };
    figures.envy = verify::blocking_pairs(&verify::check(run, &outcome));
    let (added, raised) = beyond(run, &outcome.assignment);
    Proposal {
        repair,
        assignment: outcome.assignment,
        figures,
        added,
        raised,
    }
}

/// How many more each needs.
type More<T> = Vec<(T, u32)>;

/// What an assignment needs beyond the seats of postings and the caps of banks.
fn beyond(run: &Instance, assignment: &[Option<Posting>]) -> (More<Posting>, More<Bank>) {
    let mut seats = vec![0_u32; run.all_postings().count()];
    let mut caps = vec![0_u32; run.all_banks().count()];
    for posting in assignment.iter().flatten() {
        let bank = run.bank_of(*posting);
        let counts = [seats.get_mut(posting.at()), caps.get_mut(bank.at())];
        for count in counts.into_iter().flatten() {
            *count = count.saturating_add(1);
        }
    }
    let postings = run.all_postings().zip(seats).filter_map(|(it, held)| {
        let over = held.saturating_sub(run.seats(it));
        (over > 0).then_some((it, over))
    });
    let banks = run.all_banks().zip(caps).filter_map(|(it, held)| {
        let over = held.saturating_sub(run.bank_cap(it)?);
        (over > 0).then_some((it, over))
    });
    (postings.collect(), banks.collect())
}
