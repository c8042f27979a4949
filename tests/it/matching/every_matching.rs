//! Small runs against all their matchings: the engine finds the stable one that is best for every
//! trainee, the verifier calls stable exactly what is, and the reasons are true.

use std::collections::BTreeSet;

use banyan::matching::verify::{self, Finding};
use banyan::matching::{Instance, Outcome, Reason, engine};

use super::definitions::{Matching, World};
use super::small::{Die, MODELS, Model, four, ids, instance, shuffled};
use crate::support::scale;

fn runs() -> u64 {
    u64::try_from(scale::of(300, 3_000)).unwrap()
}

#[test]
fn the_result_is_the_best_stable_one_for_every_trainee() {
    for model in MODELS {
        for seed in 0..runs() {
            let snapshot = four(seed, model);
            let world = World::new(&snapshot);
            let run = instance(&snapshot);
            let found = ids(&run, &engine::run(&run));
            assert!(world.is_stable(&found), "{model:?} {seed}: {snapshot:?}");
            let stable = world.stable_matchings();
            for other in &stable {
                for trainee in 0..found.len() {
                    let (here, there) = (found[trainee].as_deref(), other[trainee].as_deref());
                    assert!(
                        world.liking(trainee, here) <= world.liking(trainee, there),
                        "{model:?} {seed}: {trainee} is better off in {other:?}"
                    );
                }
            }
            alike(&world, &stable, model, seed);
        }
    }
}

/// The same trainees are placed in every stable matching, and every bank fills as many seats.
fn alike(world: &World<'_>, stable: &[Matching], model: Model, seed: u64) {
    let placed = |it: &Matching| it.iter().map(Option::is_some).collect::<Vec<_>>();
    let fill = |it: &Matching| {
        let mut banks: Vec<&str> = it
            .iter()
            .flatten()
            .map(|it| world.posting(it).bank.as_str())
            .collect();
        banks.sort_unstable();
        banks.join(" ")
    };
    let sets: BTreeSet<_> = stable.iter().map(|it| (placed(it), fill(it))).collect();
    assert_eq!(sets.len(), 1, "{model:?} {seed}");
}

/// A matching as an outcome whose cut-offs are its own.
fn outcome(run: &Instance, matching: &Matching) -> Outcome {
    let assignment: Vec<_> = matching
        .iter()
        .map(|it| it.as_deref().and_then(|it| run.find_posting(it)))
        .collect();
    let mut found = Outcome {
        assignment,
        cutoffs: vec![None; run.all_postings().count()],
        bank_cutoffs: vec![None; run.all_banks().count()],
        reasons: Vec::new(),
    };
    for finding in verify::check(run, &found) {
        match finding {
            Finding::Cutoff {
                posting,
                found: own,
                ..
            } => found.cutoffs[posting.at()] = own,
            Finding::BankCutoff {
                bank, found: own, ..
            } => found.bank_cutoffs[bank.at()] = own,
            _ => {}
        }
    }
    found
}

#[test]
fn the_verifier_calls_stable_what_is() {
    let (mut sound, mut unsound) = (0, 0);
    for model in MODELS {
        for seed in 0..runs() / 10 {
            let snapshot = four(seed, model);
            let world = World::new(&snapshot);
            let run = instance(&snapshot);
            for matching in world.all_matchings() {
                let findings = verify::check(&run, &outcome(&run, &matching));
                let stable = world.is_stable(&matching);
                assert_eq!(
                    findings.is_empty(),
                    stable,
                    "{model:?} {seed} {matching:?}: {findings:?} in {snapshot:?}"
                );
                if stable {
                    sound += 1;
                } else {
                    unsound += 1;
                }
            }
        }
    }
    assert!(
        sound >= 180 && unsound > sound,
        "both were seen: {sound} and {unsound}"
    );
}

#[test]
fn the_order_of_the_input_changes_nothing() {
    for model in MODELS {
        for seed in 0..runs() {
            let snapshot = four(seed, model);
            let run = instance(&snapshot);
            let first = engine::run(&run);
            let mut die = Die::new(seed + 1);
            for _ in 0..4 {
                let other = instance(&shuffled(&snapshot, &mut die));
                let again = engine::run(&other);
                let hashes = banyan::matching::canonical::hashes;
                assert_eq!(
                    hashes(&run, &first),
                    hashes(&other, &again),
                    "{model:?} {seed}"
                );
            }
        }
    }
}

#[test]
fn every_choice_has_its_one_true_reason() {
    let mut seen = BTreeSet::new();
    for model in MODELS {
        for seed in 0..runs() {
            let snapshot = four(seed, model);
            let world = World::new(&snapshot);
            let run = instance(&snapshot);
            let outcome = engine::run(&run);
            let matching = ids(&run, &outcome);
            assert_eq!(verify::verify(&run, &outcome), Vec::new());
            assert_eq!(outcome.reasons.len(), run.lists().items().len());
            for trainee in run.all_trainees() {
                let reasons = outcome.reasons_of(&run, trainee);
                for (posting, reason) in run.list(trainee).iter().zip(reasons) {
                    let posting = run.posting_id(*posting);
                    let own = (trainee.at(), posting);
                    assert!(
                        is_true(&run, &world, &matching, own, *reason),
                        "{model:?} {seed}: {own:?} {reason:?} in {matching:?} of {snapshot:?}"
                    );
                    seen.insert(reason.code());
                }
            }
        }
    }
    assert_eq!(seen.len(), 10, "{seen:?}");
}

/// The cut-off of a posting or bank that holds these, if its bound is reached.
fn cutoff(world: &World<'_>, held: &[(usize, String)], bound: u32) -> Option<u32> {
    let full = u32::try_from(held.len()).unwrap() >= bound;
    let worst = held
        .iter()
        .map(|it| world.place(it.0, &it.1).unwrap())
        .max();
    full.then_some(worst.unwrap_or(0))
}

fn is_true(
    run: &Instance,
    world: &World<'_>,
    matching: &Matching,
    (trainee, posting): (usize, &str),
    reason: Reason,
) -> bool {
    let present = world.liking(trainee, matching[trainee].as_deref());
    let own = world.liking(trainee, Some(posting));
    let above = own < present;
    let rank = world.place(trainee, posting);
    let named = world.posting(posting);
    let at = |it: &dyn Fn(&(usize, String)) -> bool| -> Vec<(usize, String)> {
        let all = world
            .snapshot
            .postings
            .iter()
            .map(|it| world.chooser(&it.posting));
        let choosers: BTreeSet<String> = all.collect();
        let held = choosers.iter().flat_map(|it| world.held(matching, it));
        held.filter(|pair| it(pair)).collect()
    };
    let here = at(&|it| it.1 == posting);
    let at_bank = at(&|it| world.posting(&it.1).bank == named.bank);
    let seats = cutoff(world, &here, named.seats);
    let cap = world.cap(&named.bank);
    let bank = cap.and_then(|cap| cutoff(world, &at_bank, cap));
    let beyond = |it: Option<u32>| it.is_some_and(|it| rank.unwrap() > it);
    let open = world.acceptable(trainee, posting);
    match reason {
        Reason::Matched => own == present,
        Reason::NotNeeded => own > present,
        Reason::PostingWithdrawn => above && named.seats == 0,
        Reason::NotEligible { rule } => {
            above && named.seats > 0 && world.rule(trainee, posting) == Some(run.rule_id(rule))
        }
        Reason::NoList => above && !open && world.no_list(posting),
        Reason::NotRanked => above && rank.is_none() && !world.no_list(posting),
        Reason::Full { cutoff, rank: own } => {
            above && open && seats == Some(cutoff) && rank == Some(own) && own > cutoff
        }
        Reason::BankCap { cap: of, rank: own } => {
            above && open && !beyond(seats) && cap == Some(of) && rank == Some(own) && beyond(bank)
        }
        Reason::GroupCap { group } => {
            let group = run.group_id(group);
            let own = named.group_caps.iter().find(|it| it.0 == group);
            let of_group = here.iter().filter(|it| world.in_group(it.0, group));
            let ahead = of_group.filter(|it| world.place(it.0, posting) < rank);
            above
                && open
                && !beyond(seats)
                && !beyond(bank)
                && world.in_group(trainee, group)
                && own.is_some_and(|it| u32::try_from(ahead.count()).unwrap() >= it.1)
        }
        Reason::Reserve { group, seats: held } => {
            let group = run.group_id(group);
            // Without the reserve, the same seats by the list alone would have one for them.
            let ahead = here.iter().filter(|it| world.place(it.0, posting) < rank);
            above
                && open
                && !beyond(seats)
                && named.reserve == Some((group.to_owned(), held))
                && !world.in_group(trainee, group)
                && u32::try_from(ahead.count()).unwrap() < named.seats
        }
    }
}
