//! Cells that travel through spreadsheets.

use banyan::tables::{Cell, columns_of, csv_cell, from_csv_cell, is_formula_like};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A runner with a fixed seed, so that a failure comes again.
pub fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[27; 32]))
}

#[test]
fn formula_like_cells_go_out_as_text() {
    for live in [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\nx",
        " =1",
        "＝1",
        "\u{feff}=1",
        " \u{200b}@x",
    ] {
        assert!(is_formula_like(live), "{live:?}");
        assert_eq!(csv_cell(live), format!("'{live}"));
    }
    for dead in ["", "a=1", "陳大文", "'hello", "it's -1", "1-2"] {
        assert_eq!(csv_cell(dead), dead);
    }
}

#[test]
fn an_apostrophe_is_stripped_only_before_a_formula() {
    assert_eq!(from_csv_cell("'=1+1"), "=1+1");
    assert_eq!(from_csv_cell("''=1+1"), "'=1+1");
    assert_eq!(from_csv_cell("'hello"), "'hello");
    assert_eq!(from_csv_cell("'"), "'");
}

#[test]
fn every_text_survives_the_way_out_and_back_and_is_never_live() {
    runner(2_000)
        .run(&"['=+@\\-\t\r\n a＝]{0,6}.{0,8}", |text| {
            let out = csv_cell(&text);
            prop_assert_eq!(from_csv_cell(&out), text.as_str());
            prop_assert!(!is_formula_like(&out));
            Ok(())
        })
        .unwrap();
}

#[test]
fn cells_of_a_sheet_are_numbers_shares_and_days_only_when_they_are_nothing_else() {
    let day = |text: &str| Cell::Day(text.parse().unwrap());
    for (text, wanted) in [
        ("", Cell::Empty),
        ("0", Cell::Number(0.0)),
        ("-12", Cell::Number(-12.0)),
        ("7.5", Cell::Number(7.5)),
        ("9999999", Cell::Number(9_999_999.0)),
        // A telephone number, a code, an exponent, a formula, spaces: texts.
        ("91234567", Cell::Text),
        ("007", Cell::Text),
        ("1e5", Cell::Text),
        ("=1+1", Cell::Text),
        ("+5", Cell::Text),
        (" 5", Cell::Text),
        ("1,000", Cell::Text),
        ("--1", Cell::Text),
        ("1.", Cell::Text),
        (".5", Cell::Text),
        ("\u{ff11}", Cell::Text),
        ("97.5%", Cell::Share(0.975)),
        ("%", Cell::Text),
        ("2027-02-28", day("2027-02-28")),
        ("2027-02-30", Cell::Text),
        ("0999-01-01", Cell::Text),
        ("27-02-2028", Cell::Text),
    ] {
        assert_eq!(Cell::of(text), wanted, "{text:?}");
    }
    assert_eq!(columns_of("ab中"), 4);
}
