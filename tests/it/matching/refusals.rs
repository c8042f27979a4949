//! What is refused on entry, and where it is said to be.

use banyan::matching::snapshot::Snapshot;
use banyan::matching::{Builder, Fault, Head, Table, Wrong};

use super::small::{bank, posting, run_of, strict, trainee};

fn head() -> Head {
    Head {
        run_id: "r".to_owned(),
        policy_version: "1".to_owned(),
        seed: None,
    }
}

/// Two trainees, a bank and two postings.
fn begun() -> Builder {
    let mut builder = Builder::new(&head()).unwrap();
    builder.trainee("t1", ["g"]).unwrap();
    builder.trainee("t2", []).unwrap();
    builder.bank("b", None).unwrap();
    builder.posting("p", "b", 1, None).unwrap();
    builder.posting("q", "b", 1, None).unwrap();
    builder
}

fn at(table: Table, row: usize, column: &'static str, wrong: Wrong) -> Fault {
    Fault {
        table,
        row: Some(row),
        column,
        wrong,
    }
}

fn twice(id: &str) -> Wrong {
    Wrong::Duplicate(id.to_owned())
}

fn unknown(id: &str, table: Table) -> Wrong {
    Wrong::Unknown {
        id: id.to_owned(),
        table,
    }
}

#[test]
fn the_head_is_checked() {
    let column = |head: Head| Builder::new(&head).unwrap_err().column;
    let with = |change: &dyn Fn(&mut Head)| {
        let mut it = head();
        change(&mut it);
        column(it)
    };
    assert_eq!(with(&|it| it.run_id.clear()), "run_id");
    assert_eq!(
        with(&|it| it.policy_version = "2".to_owned()),
        "policy_version"
    );
    assert_eq!(with(&|it| it.seed = Some("xyz".to_owned())), "seed");
}

#[test]
fn ids_stand_once_and_are_ids() {
    let mut builder = begun();
    assert_eq!(
        builder.trainee("t1", []),
        Err(at(Table::Trainees, 2, "trainee", twice("t1")))
    );
    assert_eq!(
        builder.trainee("t3", ["g", "g"]),
        Err(at(Table::Trainees, 2, "groups", twice("g")))
    );
    assert_eq!(
        builder.bank("b", None),
        Err(at(Table::Banks, 1, "bank", twice("b")))
    );
    assert_eq!(
        builder.posting("p", "b", 1, None),
        Err(at(Table::Postings, 2, "posting", twice("p")))
    );
    for odd in ["", " t", "t ", "a\nb", "a\tb"] {
        let wrong = Wrong::NotAnId(odd.to_owned());
        assert_eq!(
            begun().trainee(odd, []),
            Err(at(Table::Trainees, 2, "trainee", wrong)),
            "{odd:?}"
        );
    }
    assert_eq!(
        begun().trainee("t3", ["a;b"]),
        Err(at(
            Table::Trainees,
            2,
            "groups",
            Wrong::NotAnId("a;b".to_owned())
        ))
    );
}

#[test]
fn unknown_ids_are_refused_where_they_stand() {
    let mut it = begun();
    assert_eq!(
        it.posting("r", "c", 1, None),
        Err(at(Table::Postings, 2, "bank", unknown("c", Table::Banks)))
    );
    assert_eq!(
        it.group_cap("x", "g", 1),
        Err(at(
            Table::GroupCaps,
            0,
            "posting",
            unknown("x", Table::Postings)
        ))
    );
    it.trainee_choice("t1", 1, "p").unwrap();
    assert_eq!(
        it.trainee_choice("x", 1, "p"),
        Err(at(
            Table::TraineeLists,
            1,
            "trainee",
            unknown("x", Table::Trainees)
        ))
    );
    assert_eq!(
        it.trainee_choice("t1", 2, "x"),
        Err(at(
            Table::TraineeLists,
            1,
            "posting",
            unknown("x", Table::Postings)
        ))
    );
    assert_eq!(
        it.bank_choice("x", 1, "t1"),
        Err(at(Table::BankLists, 0, "bank", unknown("x", Table::Banks)))
    );
    assert_eq!(
        it.posting_choice("p", 1, "x"),
        Err(at(
            Table::PostingLists,
            0,
            "trainee",
            unknown("x", Table::Trainees)
        ))
    );
    assert_eq!(
        it.ineligible("t1", "x", "rule"),
        Err(at(
            Table::Ineligible,
            0,
            "posting",
            unknown("x", Table::Postings)
        ))
    );
}

#[test]
fn a_rank_counts_from_one() {
    let wrong = Wrong::NotWhole {
        found: "0".to_owned(),
        least: 1,
    };
    assert_eq!(
        begun().trainee_choice("t1", 0, "p"),
        Err(at(Table::TraineeLists, 0, "rank", wrong))
    );
}

#[test]
fn nothing_stands_twice_in_a_list() {
    // The rows of one list need not stand together, nor in order.
    let mut it = begun();
    for (who, rank, what) in [
        ("t1", 7, "q"),
        ("t2", 1, "p"),
        ("t1", 3, "p"),
        ("t1", 7, "p"),
    ] {
        it.trainee_choice(who, rank, what).unwrap();
    }
    assert_eq!(
        it.finish().unwrap_err(),
        at(Table::TraineeLists, 3, "rank", twice("7"))
    );
    let mut it = begun();
    for (rank, what) in [(1, "q"), (2, "p"), (3, "q")] {
        it.trainee_choice("t1", rank, what).unwrap();
    }
    assert_eq!(
        it.finish().unwrap_err(),
        at(Table::TraineeLists, 2, "posting", twice("q"))
    );
    let mut it = begun();
    it.posting_choice("p", 1, "t1").unwrap();
    it.posting_choice("q", 1, "t1").unwrap();
    it.posting_choice("p", 1, "t1").unwrap();
    assert_eq!(
        it.finish().unwrap_err(),
        at(Table::PostingLists, 2, "trainee", twice("t1"))
    );
}

#[test]
fn a_cap_and_a_rule_stand_once() {
    let mut it = begun();
    it.group_cap("p", "g", 1).unwrap();
    it.group_cap("q", "g", 1).unwrap();
    it.group_cap("p", "g", 2).unwrap();
    assert_eq!(
        it.finish().unwrap_err(),
        at(Table::GroupCaps, 2, "group", twice("g"))
    );
    let mut it = begun();
    it.ineligible("t1", "p", "one").unwrap();
    it.ineligible("t1", "p", "two").unwrap();
    assert_eq!(
        it.finish().unwrap_err(),
        at(Table::Ineligible, 1, "posting", twice("p"))
    );
}

#[test]
fn ranks_may_have_gaps_and_stand_in_any_order() {
    let lists = |rows: &[(u32, &str)]| {
        let mut it = begun();
        for (rank, posting) in rows {
            it.trainee_choice("t1", *rank, posting).unwrap();
        }
        it.finish().unwrap().0
    };
    assert_eq!(lists(&[(9, "p"), (4, "q")]), lists(&[(1, "q"), (2, "p")]));
}

#[test]
fn whom_a_bank_ranks_need_not_have_applied() {
    let mut only = posting("p", "b", 1);
    only.list = strict(&["t1", "t2"]);
    let snapshot: Snapshot = run_of(
        vec![trainee("t1", &[]), trainee("t2", &["p"])],
        vec![bank("b")],
        vec![only],
    );
    assert_eq!(
        super::small::matched(&snapshot),
        [None, Some("p".to_owned())]
    );
}
