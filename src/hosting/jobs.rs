//! What comes by itself: offers whose time is over lapse, and their trainees are reminded before.

use crate::access;
use crate::db::{Actor, Db, Task};
use crate::error::Result;

use super::{actions, queries};

/// Ends offers whose time is over, and reminds of those that end within two days; returns how many ended or
/// were reminded of. Each is a transaction of its own, and one that fails is told to the log.
///
/// # Errors
/// The database's.
pub fn sweep(db: &Db) -> Result<usize> {
    let system = Actor::System(Task::Hosting);
    let (over, soon) = db.read(&system, |conn| {
        let work = access::working(conn, Task::Hosting)?;
        queries::due_offers(conn, &work)
    })?;
    let mut done = 0;
    let lapses = over.into_iter().map(|id| (id, true));
    for (id, ends) in lapses.chain(soon.into_iter().map(|id| (id, false))) {
        let did = db.tx(&system, |conn| match ends {
            true => actions::lapse(conn, id),
            false => actions::remind(conn, id),
        });
        match did {
            Ok(did) => done += usize::from(did),
            Err(error) => {
                tracing::error!(placement = %id, %error, "an offer of a placement was not seen to");
            }
        }
    }
    Ok(done)
}
