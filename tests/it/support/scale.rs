//! How often a promise is tried: a few times in `make test`, its full number in `make soak`.
//!
//! `BANYAN_SOAK=1` asks for the full numbers; `BANYAN_SOAK_SHARE=0.1` takes a tenth of them, for a
//! rehearsal.

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration of their own"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Are the full numbers asked for?
pub fn soaking() -> bool {
    variable("BANYAN_SOAK").is_some_and(|it| it == "1")
}

/// `small` in everyday runs, `full` (or the share of it that is asked for, never fewer than
/// `small`) in a soak. For counts of trials only.
pub fn of(small: usize, full: usize) -> usize {
    if !soaking() {
        return small;
    }
    let share: f64 = variable("BANYAN_SOAK_SHARE").map_or(1.0, |it| it.parse().unwrap());
    #[expect(clippy::as_conversions, reason = "a number of trials, rounded down")]
    let scaled = (full as f64 * share) as usize;
    scaled.max(small)
}
