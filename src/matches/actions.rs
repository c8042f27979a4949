//! What is done in a match: one verb, one transaction. The lock order is round → list or run → placement.

mod after;
mod beforehand;
mod lists;
mod people;
mod publish;
mod repair;
mod runs;
mod seats;

pub use after::*;
pub use beforehand::*;
pub use lists::*;
pub use people::*;
pub use publish::*;
pub use repair::*;
pub use runs::*;
