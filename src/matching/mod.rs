//! The match of trainees and postings, as pure rules: no database, no clock, no network.
//!
//! A run goes in whole (who takes part, what everybody wants, which bounds hold, who is not eligible,
//! the lottery's secret) and comes out as an assignment with cut-offs and one true reason for every
//! choice. The same run gives the same result whatever the order of its rows. A verifier that shares
//! nothing with the engine but the types of run and result says whether a result is sound; only then
//! may it be published. `docs/matching.md` is for whoever checks one.
//!
//! What it promises, in this order: the result is *stable* (nobody and no posting would both rather
//! have each other); no stable result is better for *any* trainee; no trainee gains by a list that is
//! not their true one; nobody is hurt by another's withdrawal before the run. It does not promise that
//! as many as possible are placed, nor that banks gain nothing by their lists. [`quotas`] refuses the
//! combinations of bounds under which these would not hold, and says which is lost.
//!
//! | file | holds |
//! |---|---|
//! | `instance`, `build`, `listed`, `fault`, `warnings`, `quotas` | a run, and what is refused or odd in one |
//! | `index`, `names`, `text`, `beside` | numbers and ids of its people and places; small tools |
//! | `lottery` | equal ranks |
//! | `engine/` | deferred acceptance |
//! | `outcome`, `canonical`, `snapshot` | the result; the byte form of both, and their hashes |
//! | `verify/` | is it sound? |
//! | `explain` | why, for one person |
//! | `rest`, `repair` | those placed beforehand, a second round, a lost posting; what to do after an error |
//! | `files/`, `generate` | the file form; made-up runs to measure with |
//!
//! It has no tables and no pages; whoever keeps runs and publishes them stands above it.

mod beside;
pub mod build;
pub mod canonical;
pub mod engine;
pub mod explain;
pub mod fault;
pub mod files;
pub mod generate;
pub mod index;
pub mod instance;
mod listed;
pub mod lottery;
pub mod names;
pub mod outcome;
pub mod quotas;
pub mod repair;
pub mod rest;
pub mod snapshot;
mod text;
pub mod verify;
mod warnings;

pub use beside::beside;
pub use build::Builder;
pub use fault::{Fault, Table, Warning, Wrong};
pub use index::{Bank, Group, Posting, Rule, Trainee};
pub use instance::{Head, Instance, Seed};
pub use outcome::{Hashes, Outcome, Reason, Summary};
