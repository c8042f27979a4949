//! What is done in placements: one verb, one transaction. The lock order is round → posting → change.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::{Connection as _, PgConnection};

use crate::db::Conn;
use crate::error::{Error, Result};

mod changes;
mod hosts;
mod postings;
mod rounds;
mod trainee;

pub use changes::*;
pub use hosts::*;
pub use postings::*;
pub use rounds::*;
pub use trainee::*;

/// Runs a write in a savepoint of its own, and tells `taken` instead of a violated uniqueness.
pub(crate) fn unless_taken(
    conn: &mut Conn<'_>,
    taken: impl FnOnce() -> Error,
    run: impl FnOnce(&mut PgConnection) -> Result<usize, DieselError>,
) -> Result<usize> {
    match conn.pg().transaction(run) {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Err(taken()),
        done => Ok(done?),
    }
}

/// A change that found its row at another version.
fn unless_stale(written: usize) -> Result<()> {
    if written == 0 {
        Err(Error::Stale)
    } else {
        Ok(())
    }
}
