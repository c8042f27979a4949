//! Larger random runs: always sound, always the same, and the promises of section 3.13.

use banyan::matching::snapshot::Snapshot;
use banyan::matching::{Summary, canonical, engine, verify};
use proptest::prelude::*;

use super::small::{Die, MODELS, drawn, ids, instance, liking, matched, shuffled};
use crate::support::scale;

fn runs() -> impl Strategy<Value = (Snapshot, u64)> {
    (
        0..MODELS.len(),
        any::<u64>(),
        0_usize..60,
        1_usize..25,
        1_usize..8,
    )
        .prop_map(|(model, seed, trainees, postings, banks)| {
            let mut die = Die::new(seed);
            let run = drawn(&mut die, MODELS[model], trainees, postings, banks);
            (run, seed)
        })
}

fn cases() -> u32 {
    u32::try_from(scale::of(100, 3_000)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn every_result_is_sound((snapshot, _) in runs()) {
        let run = instance(&snapshot);
        let outcome = engine::run(&run);
        prop_assert_eq!(verify::verify(&run, &outcome), Vec::new());
        let summary = Summary::of(&run, &outcome, canonical::hashes(&run, &outcome), 0);
        prop_assert_eq!(summary.matched, summary.profile.iter().sum::<u32>());
        prop_assert_eq!(summary.seats, summary.unfilled + u64::from(summary.matched));
    }

    #[test]
    fn the_order_of_rows_changes_no_byte((snapshot, seed) in runs()) {
        let run = instance(&snapshot);
        let other = instance(&shuffled(&snapshot, &mut Die::new(seed)));
        prop_assert_eq!(
            canonical::hashes(&run, &engine::run(&run)),
            canonical::hashes(&other, &engine::run(&other))
        );
    }

    #[test]
    fn a_snapshot_is_the_canonical_form((snapshot, _) in runs()) {
        let run = instance(&snapshot);
        let mut written = Vec::new();
        canonical::write_input(&run, &mut |piece| written.extend_from_slice(piece));
        let canonical_text = serde_json::to_string(&Snapshot::of(&run)).unwrap();
        prop_assert_eq!(String::from_utf8(written).unwrap(), canonical_text.clone());
        let again: Snapshot = serde_json::from_str(&canonical_text).unwrap();
        prop_assert_eq!(ids_by_name(&again), ids_by_name(&snapshot));
    }

    #[test]
    fn a_withdrawal_hurts_nobody_else((snapshot, seed) in runs()) {
        prop_assume!(!snapshot.trainees.is_empty());
        let before = matched(&snapshot);
        let gone = Die::new(seed).roll(snapshot.trainees.len());
        let mut without = snapshot.clone();
        without.trainees[gone].list.clear();
        let after = matched(&without);
        for trainee in (0..before.len()).filter(|it| *it != gone) {
            let then = liking(&snapshot, trainee, before[trainee].as_deref());
            let now = liking(&snapshot, trainee, after[trainee].as_deref());
            prop_assert!(now <= then, "{} is hurt", trainee);
        }
    }

    #[test]
    fn a_raised_or_shortened_list_gains_nothing((snapshot, seed) in runs()) {
        prop_assume!(!snapshot.trainees.is_empty());
        let mut die = Die::new(seed);
        let trainee = die.roll(snapshot.trainees.len());
        let truthful = liking(&snapshot, trainee, matched(&snapshot)[trainee].as_deref());
        for _ in 0..4 {
            let mut other = snapshot.clone();
            let list = &mut other.trainees[trainee].list;
            die.shuffle(list);
            list.truncate(die.roll(list.len() + 1));
            let got = liking(&snapshot, trainee, matched(&other)[trainee].as_deref());
            prop_assert!(truthful <= got);
        }
    }
}

/// Who received what, by name.
fn ids_by_name(snapshot: &Snapshot) -> Vec<(String, Option<String>)> {
    let run = instance(snapshot);
    let found = ids(&run, &engine::run(&run));
    let names = run.all_trainees().map(|it| run.trainee_id(it).to_owned());
    let mut pairs: Vec<_> = names.zip(found).collect();
    pairs.sort_unstable();
    pairs
}
