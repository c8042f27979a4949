//! Work of interviews that comes by itself: a reminder the day before, once.

use serde_json::Value;
use uuid::Uuid;

use crate::db::{Actor, Db, Task};
use crate::error::{Error, Result};
use crate::jobs::Runner;

use super::actions::{self, REMIND};

/// Who runs the jobs of this room.
#[must_use]
pub fn runners() -> Vec<(&'static str, Runner)> {
    vec![(REMIND, run_remind)]
}

fn run_remind(db: &Db, id: Option<Uuid>, payload: &Value) -> Result<()> {
    let id = id.ok_or_else(|| Error::Internal("a job of an interview names none".to_owned()))?;
    let sequence = payload.get("sequence").and_then(Value::as_i64);
    db.tx(&Actor::System(Task::Interviews), |conn| {
        actions::remind(conn, id, sequence).map(|_sent| ())
    })
}
