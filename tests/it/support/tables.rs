//! State tables as people read them, and property tests that are the same on every run.

use std::fmt::Debug;

use banyan::error::Refusal;
use banyan::lang::Lang;
use proptest::test_runner::{Config, RngSeed};

/// A property test's settings with a fixed seed.
pub fn seeded(seed: u64, cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    }
}

/// Compares a state machine with its table: a heading of event names, then one line for each state
/// with the next state or the refusal's code in each cell. Every pair must be in the table.
pub fn assert_table<S: Copy + Debug, E: Copy + Debug>(
    table: &str,
    states: &[(S, String)],
    events: &[(E, String)],
    next: impl Fn(S, E) -> String,
) {
    let mut lines = table.lines().map(str::trim).filter(|it| !it.is_empty());
    let heading: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    let names: Vec<&str> = events.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(heading, names, "the heading names every event in order");
    for (state, name) in states {
        let mut cells = lines.next().unwrap_or_default().split_whitespace();
        assert_eq!(
            cells.next(),
            Some(name.as_str()),
            "a line for every state in order"
        );
        for (event, event_name) in events {
            assert_eq!(
                cells.next(),
                Some(next(*state, *event).as_str()),
                "{name} when {event_name}"
            );
        }
        assert_eq!(
            cells.next(),
            None,
            "{name} has more cells than there are events"
        );
    }
    assert_eq!(
        lines.next(),
        None,
        "the table has more lines than there are states"
    );
}

/// Every refusal has a code of its own and a sentence in both languages, ended properly.
pub fn assert_speaks<R: Refusal + Copy>(refusals: &[R]) {
    let mut codes: Vec<&str> = refusals.iter().map(Refusal::code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), refusals.len(), "a code of its own: {codes:?}");
    for refusal in refusals {
        assert!(refusal.say(Lang::En).ends_with('.'), "{refusal:?}");
        assert!(refusal.say(Lang::Zh).ends_with('。'), "{refusal:?}");
    }
}

/// A day of 2026 to 2028 as `2027-02-22`.
pub fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

/// An instant as `2027-02-22T09:00:00+08:00`.
pub fn at(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse().unwrap()
}
