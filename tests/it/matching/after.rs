//! Beside those who are placed, after a posting was lost, and after an error was found.

use banyan::matching::repair::{Repair, harmed, proposals, published};
use banyan::matching::rest::{NotPlaceable, Placed};
use banyan::matching::snapshot::Snapshot;
use banyan::matching::verify::{self, Finding};
use banyan::matching::{Outcome, engine};
use proptest::prelude::*;

use super::small::{
    Die, MODELS, bank, drawn, ids, instance, liking, matched, posting, run_of, strict, trainee,
};
use crate::support::scale;

fn runs() -> impl Strategy<Value = (Snapshot, u64)> {
    (
        0..MODELS.len(),
        any::<u64>(),
        0_usize..40,
        1_usize..15,
        1_usize..6,
    )
        .prop_map(|(model, seed, trainees, postings, banks)| {
            let mut die = Die::new(seed);
            let run = drawn(&mut die, MODELS[model], trainees, postings, banks);
            (run, seed)
        })
}

/// Who is placed where, by ids.
fn pairs(snapshot: &Snapshot, found: &[Option<String>]) -> Vec<Placed> {
    let people = snapshot.trainees.iter().map(|it| it.trainee.clone());
    people
        .zip(found)
        .filter_map(|(who, at)| Some((who, at.clone()?)))
        .collect()
}

/// Which bounds of `run` these placements break.
fn broken(run: &Snapshot, placed: &[Placed]) -> Vec<Finding> {
    let run = instance(run);
    let outcome = Outcome {
        assignment: published(&run, placed),
        cutoffs: Vec::new(),
        bank_cutoffs: Vec::new(),
        reasons: Vec::new(),
    };
    let bounds = |it: &Finding| {
        matches!(
            it,
            Finding::OverSeats(..) | Finding::OverBankCap(..) | Finding::OverGroupCap(..)
        )
    };
    let mut found = verify::check(&run, &outcome);
    found.retain(bounds);
    found
}

fn cases() -> u32 {
    u32::try_from(scale::of(100, 3_000)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    /// Stability, said another way: who is left has nothing to gain from what is left, unless a list changes.
    #[test]
    fn a_second_round_with_the_same_lists_places_nobody((run, _) in runs()) {
        let placed = pairs(&run, &matched(&run));
        run.may_place(&placed).unwrap();
        let rest = run.beside("second", &placed);
        prop_assert_eq!(pairs(&rest, &matched(&rest)), Vec::new());
        let seats: u32 = run.postings.iter().map(|it| it.seats).sum();
        prop_assert_eq!(rest.vacant(), seats - u32::try_from(placed.len()).unwrap());
    }

    /// Who would have been placed anyhow may be placed beforehand: nobody else is worse off for it.
    #[test]
    fn placing_some_beforehand_where_they_would_be_hurts_nobody((run, seed) in runs()) {
        let found = matched(&run);
        let mut some = pairs(&run, &found);
        let mut die = Die::new(seed);
        die.shuffle(&mut some);
        some.truncate(die.roll(some.len() + 1));
        let rest = run.beside(&run.run_id, &some);
        let after = matched(&rest);
        for (at, (was, now)) in found.iter().zip(&after).enumerate() {
            let who = &run.trainees[at].trainee;
            if some.iter().any(|it| it.0 == *who) {
                prop_assert_eq!(now, &None);
                continue;
            }
            let (then, now) = (liking(&run, at, was.as_deref()), liking(&run, at, now.as_deref()));
            prop_assert!(now <= then, "{} is hurt", who);
        }
        let all: Vec<Placed> = some.into_iter().chain(pairs(&rest, &after)).collect();
        prop_assert_eq!(broken(&run, &all), Vec::new());
    }

    /// When a posting is lost its people choose first among what is vacant; everybody else stays.
    #[test]
    fn first_call_moves_only_those_who_lost_their_place((run, seed) in runs()) {
        let placed = pairs(&run, &matched(&run));
        prop_assume!(!run.postings.is_empty());
        let gone = vec![run.postings[Die::new(seed).roll(run.postings.len())].posting.clone()];
        let rest = run.first_call("call", &placed, &gone);
        let called = pairs(&rest, &matched(&rest));
        let lost: Vec<&Placed> = placed.iter().filter(|it| gone.contains(&it.1)).collect();
        for (who, at) in &called {
            prop_assert!(lost.iter().any(|it| it.0 == *who), "{} was not called", who);
            prop_assert!(!gone.contains(at));
        }
        let mut closed = run.clone();
        for it in &mut closed.postings {
            if gone.contains(&it.posting) {
                it.seats = 0;
                it.reserve = None;
            }
        }
        let kept = placed.iter().filter(|it| !gone.contains(&it.1)).cloned();
        let all: Vec<Placed> = kept.chain(called).collect();
        prop_assert_eq!(broken(&closed, &all), Vec::new());
    }

    /// The three ways out keep what each of them promises.
    #[test]
    fn each_repair_keeps_its_promise((run, seed) in runs()) {
        // What was published came from lists of which one had been read upside down.
        let mut wrong = run.clone();
        let mut die = Die::new(seed);
        if let Some(it) = wrong.postings.iter_mut().find(|it| it.list.len() > 1) {
            it.list.reverse();
        } else if let Some(it) = wrong.banks.iter_mut().find(|it| it.list.len() > 1) {
            it.list.reverse();
        }
        if !wrong.trainees.is_empty() && die.one_in(2) {
            let at = die.roll(wrong.trainees.len());
            wrong.trainees[at].list.reverse();
        }
        let corrected = instance(&run);
        let was = published(&corrected, &pairs(&wrong, &matched(&wrong)));
        let right = engine::run(&corrected);
        let [add, fill, again] = proposals(&corrected, &was);
        prop_assert_eq!([add.repair, fill.repair, again.repair], Repair::ALL);
        prop_assert_eq!(again.assignment, right.assignment.clone());
        prop_assert_eq!((again.figures.envy, again.figures.harmed), (0, 0));
        prop_assert_eq!((add.figures.harmed, add.figures.worse, add.figures.lost), (0, 0, 0));
        prop_assert_eq!((fill.figures.better, fill.figures.worse, fill.figures.lost), (0, 0, 0));
        let errors = harmed(&corrected, &was, &right).len();
        prop_assert!(usize::try_from(fill.figures.harmed).unwrap() <= errors);
        // Whoever had a place keeps it when everybody is honoured and the rest is filled.
        for (had, has) in was.iter().zip(&fill.assignment) {
            prop_assert!(had.is_none() || had == has);
        }
        // What the corrected run allows needs nothing added.
        prop_assert_eq!((again.added, again.raised), (Vec::new(), Vec::new()));
    }
}

/// Two people for one seat; whoever reads the list the wrong way round places the wrong one.
fn one_seat(list: &[&str]) -> Snapshot {
    let mut at = posting("p", "b", 1);
    at.list = strict(list);
    let mut other = posting("q", "b", 1);
    other.list = strict(&["ann", "ben"]);
    run_of(
        vec![trainee("ann", &["p", "q"]), trainee("ben", &["p"])],
        vec![bank("b")],
        vec![at, other],
    )
}

#[test]
fn an_error_of_one_list_and_its_three_repairs() {
    let wrong = one_seat(&["ben", "ann"]);
    let right = one_seat(&["ann", "ben"]);
    let run = instance(&right);
    let placed = pairs(&wrong, &matched(&wrong));
    assert_eq!(
        placed,
        [
            ("ann".to_owned(), "q".to_owned()),
            ("ben".to_owned(), "p".to_owned())
        ]
    );
    let was = published(&run, &placed);
    let [add, fill, again] = proposals(&run, &was);
    // Ann gets her seat beside Ben, who keeps his.
    assert_eq!(
        ids(&run, &outcome(&add.assignment)),
        [Some("p".to_owned()), Some("p".to_owned())]
    );
    assert_eq!(
        add.added
            .iter()
            .map(|it| (run.posting_id(it.0), it.1))
            .collect::<Vec<_>>(),
        [("p", 1)]
    );
    assert_eq!((add.figures.better, add.figures.envy), (1, 0));
    // Nobody moves: she is still harmed, and envies with reason.
    assert_eq!(fill.assignment, was);
    assert_eq!((fill.figures.harmed, fill.figures.envy), (1, 1));
    // The corrected match takes Ben's place away.
    assert_eq!(
        ids(&run, &outcome(&again.assignment)),
        [Some("p".to_owned()), None]
    );
    assert_eq!((again.figures.better, again.figures.lost), (1, 1));
}

fn outcome(assignment: &[Option<banyan::matching::Posting>]) -> Outcome {
    Outcome {
        assignment: assignment.to_vec(),
        cutoffs: Vec::new(),
        bank_cutoffs: Vec::new(),
        reasons: Vec::new(),
    }
}

#[test]
fn who_cannot_be_placed_beforehand_is_said() {
    let mut run = one_seat(&["ann", "ben"]);
    run.banks[0].cap = Some(1);
    run.banks[0].list = strict(&["ann", "ben"]);
    run.trainees[0].groups = vec!["g".to_owned()];
    run.postings[1].group_caps = vec![("g".to_owned(), 0)];
    let pair = |who: &str, at: &str| (who.to_owned(), at.to_owned());
    for (placed, wanted) in [
        (
            vec![pair("eve", "p")],
            NotPlaceable::UnknownTrainee("eve".to_owned()),
        ),
        (
            vec![pair("ann", "x")],
            NotPlaceable::UnknownPosting("x".to_owned()),
        ),
        (
            vec![pair("ann", "p"), pair("ann", "q")],
            NotPlaceable::Twice("ann".to_owned()),
        ),
        (
            vec![pair("ann", "p"), pair("ben", "p")],
            NotPlaceable::NoSeat("p".to_owned()),
        ),
        (
            vec![pair("ann", "q")],
            NotPlaceable::GroupFull {
                posting: "q".to_owned(),
                group: "g".to_owned(),
            },
        ),
        (
            vec![pair("ann", "p"), pair("ben", "q")],
            NotPlaceable::BankFull("b".to_owned()),
        ),
    ] {
        assert_eq!(run.may_place(&placed), Err(wanted));
    }
    assert_eq!(run.may_place(&[pair("ann", "p")]), Ok(()));
    let rest = run.beside("rest", &[pair("ann", "p")]);
    assert_eq!((rest.vacant(), rest.asking()), (1, 1));
    assert_eq!(rest.banks[0].cap, Some(0));
}

#[test]
fn seats_that_are_held_for_a_group_are_first_filled_by_its_own() {
    let mut run = one_seat(&["ann", "ben"]);
    run.postings[0].seats = 3;
    run.postings[0].reserve = Some(("g".to_owned(), 2));
    run.trainees[0].groups = vec!["g".to_owned()];
    let left = |who: &str| {
        let rest = run.beside("rest", &[(who.to_owned(), "p".to_owned())]);
        (rest.postings[0].seats, rest.postings[0].reserve.clone())
    };
    assert_eq!(left("ann"), (2, Some(("g".to_owned(), 1))));
    assert_eq!(left("ben"), (2, Some(("g".to_owned(), 2))));
}
