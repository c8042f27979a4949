//! The quota editor: what is nested or apart stands, what crosses is refused with both sets and the
//! guarantee that would be lost.

use banyan::matching::quotas::{Bound, Guarantee, Placing, Refused, Reserve, judge};
use banyan::matching::snapshot::Snapshot;
use banyan::matching::{Table, Wrong};

use super::small::{bank, posting, run_of, strict, trainee};

fn seats(posting: &str) -> Bound {
    Bound::Seats {
        posting: posting.to_owned(),
    }
}

fn group_at(posting: &str, group: &str) -> Bound {
    Bound::GroupAtPosting {
        posting: posting.to_owned(),
        group: group.to_owned(),
    }
}

fn whole(bank: &str) -> Bound {
    Bound::Bank {
        bank: bank.to_owned(),
    }
}

fn group_of(bank: &str, group: &str) -> Bound {
    Bound::GroupAtBank {
        bank: bank.to_owned(),
        group: group.to_owned(),
    }
}

/// Two postings of one bank, one of another; the groups `u` and `women` overlap, others do not.
fn said(bounds: &[Bound], reserves: &[Reserve]) -> Result<(), Box<Refused>> {
    let placing = |posting: &str, bank: &str| Placing {
        posting: posting.to_owned(),
        bank: bank.to_owned(),
    };
    let postings = [placing("p", "b"), placing("q", "b"), placing("r", "c")];
    judge(&postings, bounds, reserves, &|a, b| {
        let pair = [a, b];
        (pair.contains(&"u") && pair.contains(&"women")).then(|| "t7".to_owned())
    })
}

fn crossing(one: Bound, other: Bound, shared: Option<&str>) -> Result<(), Box<Refused>> {
    Err(Box::new(Refused::Crossing {
        one,
        other,
        shared: shared.map(str::to_owned),
    }))
}

#[test]
fn nested_bounds_stand() {
    let bounds = [
        group_at("p", "u"),
        group_at("p", "v"),
        seats("p"),
        seats("q"),
        whole("b"),
        seats("r"),
        whole("c"),
        group_at("r", "women"),
    ];
    assert_eq!(said(&bounds, &[]), Ok(()));
}

#[test]
fn a_group_cap_over_a_bank_crosses_the_seats_of_its_postings() {
    let wide = group_of("b", "u");
    assert_eq!(
        said(&[seats("p"), wide.clone()], &[]),
        crossing(seats("p"), wide.clone(), None)
    );
    assert_eq!(
        said(&[wide.clone(), seats("q")], &[]),
        crossing(wide.clone(), seats("q"), None)
    );
    // By themselves, within the bank's cap, or where the bank is one posting, they are nested.
    assert_eq!(
        said(&[wide.clone(), whole("b"), group_at("q", "u")], &[]),
        Ok(())
    );
    assert_eq!(
        said(&[group_of("c", "u"), seats("r"), whole("c")], &[]),
        Ok(())
    );
}

#[test]
fn two_group_systems_that_overlap_cross() {
    let (u, women) = (group_at("p", "u"), group_at("p", "women"));
    assert_eq!(
        said(&[u.clone(), women.clone()], &[]),
        crossing(u.clone(), women, Some("t7"))
    );
    assert_eq!(said(&[u.clone(), group_at("q", "women")], &[]), Ok(()));
    assert_eq!(
        said(&[u.clone(), group_of("b", "women")], &[]),
        crossing(u, group_of("b", "women"), Some("t7"))
    );
}

#[test]
fn a_cap_across_banks_is_for_admission() {
    for (banks, group) in [
        (vec!["b".to_owned(), "c".to_owned()], None),
        (Vec::new(), Some("u".to_owned())),
    ] {
        let wide = Bound::AcrossBanks { banks, group };
        let refused = said(&[seats("p"), wide.clone()], &[]).unwrap_err();
        assert_eq!(*refused, Refused::AcrossBanks(wide));
        assert_eq!(refused.lost().len(), 3);
    }
}

#[test]
fn a_reserve_stands_alone_and_within_its_seats() {
    let reserve = |held| Reserve {
        posting: "p".to_owned(),
        seats: 2,
        held,
    };
    assert_eq!(said(&[seats("p")], &[reserve(2)]), Ok(()));
    assert_eq!(
        said(&[whole("c"), group_at("q", "u")], &[reserve(0)]),
        Ok(())
    );
    let refused = |bounds: &[Bound], held| *said(bounds, &[reserve(held)]).unwrap_err();
    assert_eq!(
        refused(&[], 3),
        Refused::ReserveAboveSeats {
            posting: "p".to_owned(),
            seats: 2,
            held: 3
        }
    );
    assert_eq!(
        refused(&[group_at("p", "u")], 1),
        Refused::ReserveAndGroupCaps {
            posting: "p".to_owned()
        }
    );
    assert_eq!(
        refused(&[whole("b")], 1),
        Refused::ReserveUnderCap {
            posting: "p".to_owned(),
            bank: "b".to_owned()
        }
    );
}

/// One bank with a cap, two postings, two trainees.
fn run() -> Snapshot {
    let mut capped = bank("b");
    capped.cap = Some(2);
    run_of(
        vec![trainee("t1", &["p", "q"]), trainee("t2", &["q"])],
        vec![capped],
        vec![posting("p", "b", 1), posting("q", "b", 1)],
    )
}

fn refused(run: &Snapshot) -> (Table, Option<usize>, Refused) {
    let fault = run.instance().unwrap_err();
    match fault.wrong {
        Wrong::Refused(refused) => (fault.table, fault.row, *refused),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_by_posting_under_a_cap_lose_the_best_for_trainees() {
    let mut run = run();
    run.postings[1].list = strict(&["t1", "t2"]);
    let (table, row, why) = refused(&run);
    let bank = "b".to_owned();
    assert_eq!(
        (table, row, &why),
        (Table::Banks, Some(0), &Refused::ListsByPosting { bank })
    );
    assert_eq!(why.lost(), [Guarantee::BestForTrainees]);
    run.banks[0].list = strict(&["t1"]);
    assert!(run.instance().is_ok());
}

#[test]
fn a_run_with_overlapping_groups_at_a_posting_is_refused() {
    let mut run = run();
    run.banks[0].list = strict(&["t1", "t2"]);
    let caps = ["women", "u"].map(|it| (it.to_owned(), 1));
    run.postings[1].group_caps = caps.to_vec();
    assert!(run.instance().is_ok(), "nobody is in both");
    run.trainees[1].groups = vec!["u".to_owned(), "women".to_owned()];
    let (table, row, why) = refused(&run);
    assert_eq!((table, row), (Table::GroupCaps, Some(1)));
    assert_eq!(
        why,
        Refused::Crossing {
            one: group_at("q", "women"),
            other: group_at("q", "u"),
            shared: Some("t2".to_owned())
        }
    );
    assert_eq!(
        why.lost(),
        [
            Guarantee::Stable,
            Guarantee::BestForTrainees,
            Guarantee::Truthful
        ]
    );
}

#[test]
fn a_run_with_a_reserve_out_of_place_is_refused() {
    let mut run = run();
    run.banks[0].list = strict(&["t1", "t2"]);
    run.postings[1].reserve = Some(("u".to_owned(), 1));
    let at = (Table::Postings, Some(1));
    let (table, row, why) = refused(&run);
    assert_eq!((table, row), at);
    assert!(matches!(why, Refused::ReserveUnderCap { .. }));
    run.banks[0].cap = None;
    assert!(run.instance().is_ok());
    run.postings[1].group_caps = vec![("u".to_owned(), 1)];
    assert!(matches!(
        refused(&run).2,
        Refused::ReserveAndGroupCaps { .. }
    ));
    run.postings[1].reserve = Some(("u".to_owned(), 2));
    assert!(matches!(refused(&run).2, Refused::ReserveAboveSeats { .. }));
}
