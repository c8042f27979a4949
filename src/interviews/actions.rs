//! What is done in interviews: one verb, one transaction. The first lock is the round's, always alone: what is
//! given at one institution is then known at every other.

use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::RoundId;
use crate::placements::queries::{self as placements, Round, Side};

use super::rules::may_plan;

mod changes;
mod office;
mod plan;
mod shortlist;
mod timetable;
mod trainee;

pub use changes::*;
pub use office::*;
pub use plan::*;
pub use shortlist::*;
pub use timetable::*;
pub use trainee::*;

/// Locks a round in which interviews are planned.
fn planned(conn: &mut Conn<'_>, side: &Side, id: RoundId) -> Result<Round> {
    let round = placements::lock_round(conn, side, id, true)?;
    may_plan(round.state()?)?;
    Ok(round)
}

/// A change that found its row at another version.
fn unless_stale(written: usize) -> Result<()> {
    if written == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}
