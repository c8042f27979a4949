//! What is done in a match: one verb, one transaction. The lock order is round → list or run.

mod lists;
mod publish;
mod runs;

pub use lists::*;
pub use publish::*;
pub use runs::*;
