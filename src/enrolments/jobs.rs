//! Work of enrolments that comes by itself: everybody begins when their cohort starts.

use serde_json::Value;
use uuid::Uuid;

use crate::cohorts::actions::COHORT_STARTED;
use crate::db::{Actor, Db, Task};
use crate::error::{Error, Result};
use crate::ids::CohortId;
use crate::jobs::Runner;

use super::actions;

/// Who runs the jobs of this room.
#[must_use]
pub fn runners() -> Vec<(&'static str, Runner)> {
    vec![(COHORT_STARTED, run_started)]
}

fn run_started(db: &Db, id: Option<Uuid>, _payload: &Value) -> Result<()> {
    let id = id
        .map(CohortId)
        .ok_or_else(|| Error::Internal("a job of a cohort names none".to_owned()))?;
    db.tx(&Actor::System(Task::Seats), |conn| actions::begin(conn, id))
}
