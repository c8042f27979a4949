//! What is done during a placement. The lock of everything is the placement's row.

mod end;
mod evaluations;
mod logs;
mod matters;

pub use end::*;
pub use evaluations::*;
pub use logs::*;
pub use matters::*;
