//! Section 3.10, row by row: what is legal, and what it results in.

use banyan::matching::snapshot::Snapshot;
use banyan::matching::verify;
use banyan::matching::{Fault, Table, Warning, Wrong, engine};

use super::small::{bank, instance, posting, run_of, strict, trainee};

/// The reasons by code, trainee after trainee, and whether all is sound.
fn reasons(snapshot: &Snapshot) -> Vec<Vec<&'static str>> {
    let run = instance(snapshot);
    let outcome = engine::run(&run);
    assert_eq!(verify::verify(&run, &outcome), Vec::new());
    run.all_trainees()
        .map(|it| {
            let own = outcome.reasons_of(&run, it);
            own.iter().map(|it| it.code()).collect()
        })
        .collect()
}

fn warnings(snapshot: &Snapshot) -> Vec<Warning> {
    snapshot.instance().unwrap().1
}

/// Two trainees, one bank, one posting of one seat that would rather have the second.
fn plain() -> Snapshot {
    let mut one = posting("p", "b", 1);
    one.list = strict(&["t2", "t1"]);
    run_of(
        vec![trainee("t1", &["p"]), trainee("t2", &["p"])],
        vec![bank("b")],
        vec![one],
    )
}

#[test]
fn nobody_at_all_is_a_run() {
    let nothing = run_of(Vec::new(), Vec::new(), Vec::new());
    assert_eq!(reasons(&nothing), Vec::<Vec<&str>>::new());
    assert_eq!(warnings(&nothing), Vec::new());
}

#[test]
fn an_empty_list_leaves_a_trainee_unmatched() {
    let mut run = plain();
    run.trainees[1].list.clear();
    assert_eq!(reasons(&run), [vec!["MATCHED"], vec![]]);
}

#[test]
fn without_any_list_of_bank_or_posting_nobody_is_placed_there() {
    let mut run = plain();
    run.postings[0].list.clear();
    assert_eq!(reasons(&run), [["NO_LIST"], ["NO_LIST"]]);
    let silent = Warning::NoListOfBank {
        bank: "b".to_owned(),
    };
    assert_eq!(warnings(&run), [silent]);
    // With a cap and several postings it is still no error: nobody has ranked by posting.
    run.banks[0].cap = Some(1);
    run.postings.push(posting("q", "b", 1));
    assert_eq!(reasons(&run), [["NO_LIST"], ["NO_LIST"]]);
}

#[test]
fn a_withdrawn_posting_counts_as_if_it_were_not_listed() {
    let mut run = plain();
    let mut gone = posting("gone", "b", 0);
    gone.list = strict(&["t1"]);
    run.postings.push(gone);
    run.trainees[1].list = vec!["gone".to_owned(), "p".to_owned()];
    run.ineligible = vec![("t2".to_owned(), "gone".to_owned(), "rule".to_owned())];
    assert_eq!(
        reasons(&run),
        [vec!["FULL"], vec!["POSTING_WITHDRAWN", "MATCHED"]]
    );
}

#[test]
fn a_list_that_only_one_side_has_is_ignored_on_both() {
    let mut run = plain();
    run.postings[0].list = strict(&["t2"]);
    run.trainees[1].list.clear();
    assert_eq!(reasons(&run), [vec!["NOT_RANKED"], vec![]]);
}

#[test]
fn who_is_not_eligible_is_told_the_rule() {
    let mut run = plain();
    run.ineligible = vec![("t2".to_owned(), "p".to_owned(), "59_days".to_owned())];
    assert_eq!(reasons(&run), [["MATCHED"], ["NOT_ELIGIBLE"]]);
    let instance = instance(&run);
    let outcome = engine::run(&instance);
    let mut detail = String::new();
    outcome.reasons[1].write_detail(&instance, &mut detail);
    assert_eq!(detail, "rule=59_days");
}

#[test]
fn a_cap_of_nothing_takes_nobody() {
    let mut run = plain();
    run.banks[0].cap = Some(0);
    run.banks[0].list = strict(&["t1", "t2"]);
    run.postings[0].list.clear();
    assert_eq!(reasons(&run), [["BANK_CAP"], ["BANK_CAP"]]);
    let instance = instance(&run);
    assert_eq!(engine::run(&instance).bank_cutoffs, [Some(0)]);
}

#[test]
fn under_a_bank_list_a_postings_own_list_only_restricts() {
    let mut run = plain();
    run.banks[0].list = strict(&["t1", "t2"]);
    // Their own order would be the other way round.
    assert_eq!(reasons(&run), [["MATCHED"], ["FULL"]]);
    run.postings[0].list = strict(&["t2"]);
    assert_eq!(reasons(&run), [["NOT_RANKED"], ["MATCHED"]]);
}

#[test]
fn a_bank_with_a_cap_and_one_posting_may_rank_by_posting() {
    let mut run = plain();
    run.banks[0].cap = Some(1);
    run.postings[0].seats = 2;
    assert_eq!(reasons(&run), [["BANK_CAP"], ["MATCHED"]]);
}

/// Somebody who is at the bank already is not in their own way there.
#[test]
fn a_full_bank_moves_its_own_people_to_what_they_like_better() {
    let mut capped = bank("b");
    capped.cap = Some(2);
    capped.list = strict(&["t1", "t2", "t3"]);
    let run = run_of(
        vec![
            trainee("t1", &["p", "q"]),
            trainee("t2", &["q", "p"]),
            trainee("t3", &["q", "p"]),
        ],
        vec![capped],
        vec![posting("p", "b", 2), posting("q", "b", 1)],
    );
    assert_eq!(
        reasons(&run),
        [
            ["MATCHED", "NOT_NEEDED"],
            ["MATCHED", "NOT_NEEDED"],
            ["FULL", "BANK_CAP"]
        ]
    );
}

#[test]
fn seats_that_a_group_does_not_fill_are_open_to_all() {
    let mut run = plain();
    run.postings[0].seats = 2;
    run.postings[0].reserve = Some(("g".to_owned(), 2));
    assert_eq!(reasons(&run), [["MATCHED"], ["MATCHED"]]);
    run.trainees[0].groups = vec!["g".to_owned()];
    run.postings[0].seats = 1;
    run.postings[0].reserve = Some(("g".to_owned(), 1));
    assert_eq!(reasons(&run), [["MATCHED"], ["RESERVE"]]);
}

#[test]
fn what_is_legal_but_odd_is_warned_of() {
    let mut run = plain();
    run.postings[0].seats = 5;
    run.postings[0].list.clear();
    run.banks[0].list = strict(&["t1", "t2"]);
    run.banks[0].cap = Some(3);
    run.postings.push(posting("q", "b", 1));
    run.postings[1].group_caps = vec![("nobody".to_owned(), 1), ("g".to_owned(), 1)];
    run.trainees[0].groups = vec!["g".to_owned()];
    assert_eq!(
        warnings(&run),
        [
            Warning::MoreSeatsThanTrainees {
                seats: 6,
                trainees: 2
            },
            Warning::NoGroup {
                trainees: 1,
                first: "t2".to_owned()
            },
            Warning::EmptyGroup {
                group: "nobody".to_owned()
            },
            Warning::SeatsAboveCap {
                posting: "p".to_owned(),
                seats: 5,
                cap: 3
            },
        ]
    );
    run.banks[0].cap = Some(7);
    assert!(warnings(&run).contains(&Warning::CapAboveSeats {
        bank: "b".to_owned(),
        cap: 7,
        seats: 6
    }));
}

#[test]
fn equal_ranks_need_a_seed() {
    let mut run = plain();
    run.postings[0].list = vec![vec!["t1".to_owned(), "t2".to_owned()]];
    assert_eq!(
        run.instance().unwrap_err(),
        Fault {
            table: Table::Run,
            row: None,
            column: "seed",
            wrong: Wrong::NoSeed
        }
    );
    run.seed = Some("00".to_owned());
    assert!(run.instance().is_ok());
}
