//! The verifier against results that are wrong: a sound result with one thing changed is never sound.

use std::collections::BTreeSet;

use banyan::matching::verify::{self, Check};
use banyan::matching::{Instance, Outcome, Posting, Reason, Summary, canonical, engine};

use super::small::{Die, MODELS, drawn, instance};
use crate::support::scale;

/// Which checks are violated.
fn violated(run: &Instance, outcome: &Outcome) -> BTreeSet<Check> {
    let findings = verify::verify(run, outcome);
    findings.iter().map(verify::Finding::check).collect()
}

/// Sound results of some size, of every model.
fn each(mut see: impl FnMut(&Instance, &Outcome, &mut Die)) {
    let rounds = u64::try_from(scale::of(12, 400)).unwrap();
    for model in MODELS {
        for seed in 0..rounds {
            let mut die = Die::new(seed);
            let snapshot = drawn(&mut die, model, 14, 6, 3);
            let run = instance(&snapshot);
            let outcome = engine::run(&run);
            assert!(violated(&run, &outcome).is_empty(), "{model:?} {seed}");
            see(&run, &outcome, &mut die);
        }
    }
}

/// The same placements with the cut-offs that they would have: a forger who knows the rules.
fn with_its_cutoffs(run: &Instance, outcome: &Outcome) -> Outcome {
    let mut forged = outcome.clone();
    for finding in verify::check(run, outcome) {
        match finding {
            verify::Finding::Cutoff { posting, found, .. } => {
                forged.cutoffs[posting.at()] = found;
            }
            verify::Finding::BankCutoff { bank, found, .. } => {
                forged.bank_cutoffs[bank.at()] = found;
            }
            _ => {}
        }
    }
    forged
}

#[test]
fn two_trainees_cannot_be_swapped() {
    let mut tried = 0;
    each(|run, outcome, _| {
        for one in 0..outcome.assignment.len() {
            for other in 0..one {
                let mut wrong = outcome.clone();
                wrong.assignment.swap(one, other);
                if wrong.assignment == outcome.assignment {
                    continue;
                }
                tried += 1;
                assert!(!violated(run, &wrong).is_empty());
                assert!(!violated(run, &with_its_cutoffs(run, &wrong)).is_empty());
            }
        }
    });
    assert!(tried > 1_000);
}

#[test]
fn nobody_can_be_moved_to_another_choice() {
    let mut tried = 0;
    each(|run, outcome, _| {
        for trainee in run.all_trainees() {
            for posting in run.list(trainee) {
                if outcome.of(trainee) == Some(*posting) {
                    continue;
                }
                let mut wrong = outcome.clone();
                wrong.assignment[trainee.at()] = Some(*posting);
                tried += 1;
                let found = violated(run, &with_its_cutoffs(run, &wrong));
                // The engine's result is the best stable one, so that up breaks a rule; down leaves
                // a pair who block.
                assert!(found.iter().any(|it| *it < Check::V5), "{found:?}");
            }
        }
    });
    assert!(tried > 1_000);
}

#[test]
fn nobody_can_be_dropped() {
    let mut tried = 0;
    each(|run, outcome, _| {
        for trainee in run.all_trainees() {
            if outcome.of(trainee).is_none() {
                continue;
            }
            let mut wrong = outcome.clone();
            wrong.assignment[trainee.at()] = None;
            tried += 1;
            let found = violated(run, &with_its_cutoffs(run, &wrong));
            assert!(found.contains(&Check::V4), "{found:?}");
        }
    });
    assert!(tried > 300);
}

#[test]
fn nobody_can_be_put_where_they_did_not_ask_to_be() {
    each(|run, outcome, die| {
        for trainee in run.all_trainees() {
            let posting = Posting::new(die.roll(6));
            if run.list(trainee).contains(&posting) {
                continue;
            }
            let mut wrong = outcome.clone();
            wrong.assignment[trainee.at()] = Some(posting);
            assert!(violated(run, &wrong).contains(&Check::V1));
        }
    });
}

#[test]
fn a_cutoff_cannot_be_changed() {
    each(|run, outcome, die| {
        let shift = 1 + die.number(3);
        for at in 0..outcome.cutoffs.len() {
            for other in [
                None,
                outcome.cutoffs[at].map(|it| it + shift),
                Some(shift + 20),
            ] {
                let mut wrong = outcome.clone();
                wrong.cutoffs[at] = other;
                let same = other == outcome.cutoffs[at];
                assert_eq!(violated(run, &wrong).contains(&Check::V5), !same);
            }
        }
        for at in 0..outcome.bank_cutoffs.len() {
            for other in [
                None,
                outcome.bank_cutoffs[at].map(|it| it + shift),
                Some(shift + 20),
            ] {
                let mut wrong = outcome.clone();
                wrong.bank_cutoffs[at] = other;
                let same = other == outcome.bank_cutoffs[at];
                assert_eq!(violated(run, &wrong).contains(&Check::V5), !same);
            }
        }
    });
}

#[test]
fn a_reason_cannot_be_changed_or_left_out() {
    each(|run, outcome, _| {
        for at in 0..outcome.reasons.len() {
            for other in [Reason::NotRanked, Reason::NotNeeded, Reason::Matched] {
                let mut wrong = outcome.clone();
                wrong.reasons[at] = other;
                let same = other == outcome.reasons[at];
                assert_eq!(violated(run, &wrong).contains(&Check::V6), !same);
            }
        }
        if !outcome.reasons.is_empty() {
            let mut wrong = outcome.clone();
            wrong.reasons.pop();
            assert_eq!(violated(run, &wrong), BTreeSet::from([Check::V6]));
        }
    });
}

#[test]
fn stored_figures_and_hashes_are_those_of_the_result() {
    each(|run, outcome, _| {
        let hashes = canonical::hashes(run, outcome);
        let sound = Summary::of(run, outcome, hashes.clone(), 0);
        let found = |it: &Summary| verify::figures(run, outcome, &hashes, it, 0).len();
        assert_eq!(found(&sound), 0);
        let changes: [fn(&mut Summary); 12] = [
            |it| it.matched += 1,
            |it| it.unmatched += 1,
            |it| it.seats += 1,
            |it| it.unfilled += 1,
            |it| it.first_choice += 1,
            |it| it.top3 += 1,
            |it| it.mean_rank = Some(0.5),
            |it| it.profile.push(0),
            |it| it.input_sha256.replace_range(0..1, "x"),
            |it| it.output_sha256.replace_range(0..1, "x"),
            |it| it.seed_sha256 = None,
            |it| it.blocking_pairs += 1,
        ];
        for change in changes {
            let mut wrong = sound.clone();
            change(&mut wrong);
            assert_eq!(found(&wrong), 1, "{wrong:?}");
        }
    });
}

/// Whatever belongs to a run is in its hash, and nothing else.
#[test]
fn the_hash_of_a_run_is_that_of_all_it_says() {
    let mut die = Die::new(5);
    let snapshot = drawn(&mut die, super::small::Model::Anything, 14, 6, 3);
    let hash = |it: &banyan::matching::snapshot::Snapshot| canonical::input_sha256(&instance(it));
    let before = hash(&snapshot);
    let changes: [fn(&mut banyan::matching::snapshot::Snapshot); 9] = [
        |it| it.run_id.push('x'),
        |it| it.seed = Some("01".to_owned()),
        |it| it.trainees[0].trainee = "other".to_owned(),
        |it| it.trainees[3].groups = vec!["h".to_owned(), "other".to_owned()],
        |it| it.postings[0].seats += 1,
        |it| it.banks[0].bank = "other".to_owned(),
        |it| it.ineligible = vec![("t3".to_owned(), "p1".to_owned(), "new".to_owned())],
        |it| it.trainees[0].list = vec!["p6".to_owned(), "p1".to_owned()],
        |it| it.postings[0].list = vec![vec!["t9".to_owned()]],
    ];
    let mut seen = BTreeSet::from([before.clone()]);
    for (at, change) in changes.into_iter().enumerate() {
        let mut other = snapshot.clone();
        change(&mut other);
        // A renamed bank or trainee is renamed wherever it stands.
        let text = serde_json::to_string(&other).unwrap();
        let text = match at {
            2 => text.replace("\"t1\"", "\"other\""),
            5 => text.replace("\"b1\"", "\"other\""),
            _ => text,
        };
        let other = serde_json::from_str(&text).unwrap();
        assert!(seen.insert(hash(&other)), "change {at} is not seen");
    }
    assert_eq!(hash(&super::small::shuffled(&snapshot, &mut die)), before);
}
