//! The daily look: once a day for each programme, whichever worker comes first.

use diesel::sql_types::Uuid as SqlUuid;
use diesel::{QueryableByName, RunQueryDsl};

use crate::access;
use crate::db::{Actor, Db, Task, sql_query};
use crate::error::Result;
use crate::ids::ProgrammeId;

use super::actions;

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = SqlUuid)]
    id: ProgrammeId,
}

/// Looks at the trainees of each programme that has not been looked at today; returns how many it
/// looked at. Each programme is a transaction of its own, and one that fails is told to the log.
///
/// # Errors
/// The database's.
pub fn daily(db: &Db) -> Result<usize> {
    let system = Actor::System(Task::AtRisk);
    let due: Vec<Due> = db.read(&system, |conn| {
        Ok(sql_query(
            "SELECT p.id FROM programmes p WHERE EXISTS (SELECT FROM cohorts c WHERE c.programme_id = p.id AND c.state = 'running') \
               AND NOT EXISTS (SELECT FROM risk_looks l WHERE l.programme_id = p.id AND l.looked_on = (SELECT banyan_today())) \
             ORDER BY p.id",
        )
        .load(conn.pg())?)
    })?;
    let mut looked = 0;
    for programme in due {
        let done = db.tx(&system, |conn| {
            let at_risk = access::working(conn, Task::AtRisk)?;
            actions::look(conn, &at_risk, programme.id, true)
        });
        match done {
            Ok(done) => looked += usize::from(done.is_some()),
            // What fails in one programme keeps no other from being looked at; it is tried again.
            Err(error) => {
                tracing::error!(programme = %programme.id, %error, "a look at trainees at risk failed");
            }
        }
    }
    Ok(looked)
}
