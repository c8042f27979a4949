//! Small runs against all lists that a trainee could hand in: none is better than the true one, and
//! nobody is hurt when somebody else goes.

use banyan::matching::snapshot::Snapshot;

use super::small::{MODELS, four, liking, matched};
use crate::support::scale;

fn runs() -> u64 {
    u64::try_from(scale::of(120, 3_000)).unwrap()
}

/// All sixteen ordered choices of three postings.
fn lists() -> Vec<Vec<String>> {
    let names = ["p1", "p2", "p3"];
    let mut all = vec![Vec::new()];
    for a in 0..3 {
        all.push(vec![a]);
        for b in (0..3).filter(|b| *b != a) {
            all.push(vec![a, b]);
            let c = 3 - a - b;
            all.push(vec![a, b, c]);
        }
    }
    let named = |it: Vec<usize>| it.into_iter().map(|at| names[at].to_owned()).collect();
    all.into_iter().map(named).collect()
}

fn with_list(snapshot: &Snapshot, trainee: usize, list: Vec<String>) -> Snapshot {
    let mut other = snapshot.clone();
    other.trainees[trainee].list = list;
    other
}

#[test]
fn no_list_is_better_than_the_true_one() {
    let lists = lists();
    assert_eq!(lists.len(), 16);
    for model in MODELS {
        for seed in 0..runs() {
            let snapshot = four(seed, model);
            let truthful = matched(&snapshot);
            for trainee in 0..4 {
                let own = liking(&snapshot, trainee, truthful[trainee].as_deref());
                for list in &lists {
                    let other = matched(&with_list(&snapshot, trainee, list.clone()));
                    let got = other[trainee].as_deref();
                    let wanted = got
                        .filter(|it| snapshot.trainees[trainee].list.iter().any(|own| own == it));
                    assert!(
                        own <= liking(&snapshot, trainee, wanted),
                        "{model:?} {seed}: trainee {trainee} gains by {list:?} in {snapshot:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn listing_a_choice_higher_would_not_have_changed_the_answer() {
    for model in MODELS {
        for seed in 0..runs() {
            let snapshot = four(seed, model);
            let truthful = matched(&snapshot);
            for trainee in 0..4 {
                let list = &snapshot.trainees[trainee].list;
                let own = liking(&snapshot, trainee, truthful[trainee].as_deref());
                for missed in list.iter().take(own) {
                    let mut raised = vec![missed.clone()];
                    raised.extend(list.iter().filter(|it| *it != missed).cloned());
                    let other = matched(&with_list(&snapshot, trainee, raised));
                    assert_ne!(other[trainee].as_ref(), Some(missed), "{model:?} {seed}");
                }
            }
        }
    }
}

#[test]
fn a_withdrawal_hurts_nobody_else() {
    for model in MODELS {
        for seed in 0..runs() {
            let snapshot = four(seed, model);
            let before = matched(&snapshot);
            for gone in 0..4 {
                let after = matched(&with_list(&snapshot, gone, Vec::new()));
                for trainee in (0..4).filter(|it| *it != gone) {
                    let then = liking(&snapshot, trainee, before[trainee].as_deref());
                    let now = liking(&snapshot, trainee, after[trainee].as_deref());
                    assert!(now <= then, "{model:?} {seed}: {trainee} is hurt by {gone}");
                }
            }
        }
    }
}

#[test]
fn what_stands_below_the_match_does_not_matter() {
    for model in MODELS {
        for seed in 0..runs() {
            let snapshot = four(seed, model);
            let before = matched(&snapshot);
            for trainee in 0..4 {
                let Some(posting) = &before[trainee] else {
                    continue;
                };
                let list = &snapshot.trainees[trainee].list;
                let at = liking(&snapshot, trainee, Some(posting));
                let cut = list[..=at].to_vec();
                let short = with_list(&snapshot, trainee, cut.clone());
                assert_eq!(matched(&short), before, "{model:?} {seed} shorter");
                let mut long = cut;
                long.extend(["p3", "p1", "p2"].map(str::to_owned));
                let mut seen = Vec::new();
                long.retain(|it| {
                    let new = !seen.contains(it);
                    seen.push(it.clone());
                    new
                });
                let long = with_list(&snapshot, trainee, long);
                assert_eq!(matched(&long), before, "{model:?} {seed} longer");
            }
        }
    }
}
