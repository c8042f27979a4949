//! The engine: trainees propose, banks keep whom they like best within their bounds (section 3.6).
//!
//! The result is stable, the best stable one for every trainee at once, and the same whatever the
//! order of the input. [`super::verify`] shows the first of each result without looking here.

mod deferred;
mod heaps;
mod market;
mod nested;
mod reasons;
mod reserved;

pub use market::Market;

use super::instance::Instance;
use super::outcome::Outcome;

/// Matches a run.
#[must_use]
pub fn run(run: &Instance) -> Outcome {
    let market = Market::new(run);
    let settled = market.settle();
    market.outcome(&settled)
}

/// Where proposing came to rest.
#[derive(Debug)]
pub struct Settled {
    /// For each trainee, the choice that is held, as a place among all choices; `u32::MAX` for none.
    at: Vec<u32>,
    /// How often somebody was asked, the same in every order of proposing.
    proposals: u64,
}

impl Settled {
    /// How often a trainee asked a posting that could have said yes.
    #[must_use]
    pub fn proposals(&self) -> u64 {
        self.proposals
    }
}

impl Market<'_> {
    /// Lets all trainees propose until nobody is left who can.
    #[must_use]
    pub fn settle(&self) -> Settled {
        deferred::settle(self)
    }

    /// The result, with cut-offs and reasons.
    #[must_use]
    pub fn outcome(&self, settled: &Settled) -> Outcome {
        reasons::outcome(self, &settled.at)
    }
}
