//! The registers of the sample's finished class, kept by its office and signed off.

use crate::access;
use crate::attendance::actions::{self, Change};
use crate::attendance::queries;
use crate::attendance::rules::form::{Entry, Seen};
use crate::attendance::rules::{Presence, minutes_of};
use crate::db::Db;
use crate::error::Result;
use crate::ids::CohortId;
use crate::teaching::queries as teaching;
use crate::teaching::queries::Filter;

use super::World;

/// What a trainee did: most came; who and when is the same in every load.
fn presence(trainee: usize, session: usize) -> (Presence, Option<i32>) {
    match (trainee * 5 + session * 3) % 17 {
        0 => (Presence::Absent, None),
        1 => (Presence::Excused, None),
        2 | 3 => (Presence::Late, Some(95)),
        _ => (Presence::Present, None),
    }
}

/// Fills in and signs off the register of every session of the cohort, one after the other.
pub(super) fn registers(world: &World, db: &Db, cohort: CohortId) -> Result<()> {
    db.tx(&world.staff(), |conn| {
        let staff = access::cohort_staff(conn, cohort)?;
        let sessions = teaching::of_cohort(conn, &staff, &Filter::default(), None, 200)?.rows;
        for (number, it) in sessions.iter().enumerate() {
            let keeper = access::class_keeper(conn, it.id)?;
            let session = queries::session(conn, &keeper)?;
            if session.cancelled() || actions::may_sign(&session, crate::db::now(conn)?).is_err() {
                continue;
            }
            let held = session.window().held();
            let changes: Vec<Change> = queries::rows(conn, &keeper, &session)?
                .iter()
                .enumerate()
                .map(|(trainee, row)| {
                    let (state, minutes) = presence(trainee, number);
                    let entry = minutes_of(state, minutes, held).map(|minutes| Entry {
                        state,
                        minutes,
                        note: String::new(),
                    });
                    Change {
                        enrolment: row.enrolment_id,
                        seen: Seen::default(),
                        typed: entry,
                    }
                })
                .collect();
            actions::save(conn, &keeper, &changes)?;
            let seen = actions::fingerprint(&queries::rows(conn, &keeper, &session)?);
            actions::sign_off(conn, &keeper, (&seen, true))?;
        }
        Ok(())
    })
}
