//! Cells that travel through spreadsheets.

use banyan::tables::{csv_cell, from_csv_cell, is_formula_like};
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
