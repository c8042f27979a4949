//! The hold on the queue of letters: after a restore nothing is sent until the operator has said what
//! becomes of the letters that had probably been sent before. Done by the owner of the database, for
//! no role of the house may change what the house is.

use chrono::{DateTime, Utc};
use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use diesel::{QueryableByName, RunQueryDsl as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::{self, About};
use crate::db::sql_query;
use crate::error::Result;

/// The record that the history of the queue is about: there is one queue.
pub const QUEUE: Uuid = Uuid::from_u128(0x004c_4554_5445_5253_0000_0000_0000_0001);

/// What the operator did to the queue.
enum QueueEvent {
    Held,
    Released { cancelled: usize, sent: i64 },
}

impl audit::Event for QueueEvent {
    fn verb(&self) -> &'static str {
        match self {
            Self::Held => "letters.held",
            Self::Released { .. } => "letters.released",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Held => Value::Null,
            Self::Released { cancelled, sent } => json!({ "cancelled": cancelled, "sent": sent }),
        }
    }
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    letters_held_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Runs `work` at set-up with the house's row locked, and tells it since when letters are held.
fn at_set_up<T>(
    owner: &mut PgConnection,
    work: impl FnOnce(&mut PgConnection, Option<DateTime<Utc>>) -> Result<T>,
) -> Result<T> {
    owner.transaction(|pg| {
        pg.batch_execute("SET LOCAL banyan.kind = 'task:set_up'")?;
        let row: Held = sql_query("SELECT letters_held_at FROM house FOR UPDATE").get_result(pg)?;
        work(pg, row.letters_held_at)
    })
}

/// Holds the queue from now on; tells whether it was not held yet. A hold that stands keeps its time.
///
/// # Errors
/// The database's.
pub fn hold(owner: &mut PgConnection) -> Result<bool> {
    at_set_up(owner, |pg, held_at| {
        if held_at.is_some() {
            return Ok(false);
        }
        sql_query("UPDATE house SET letters_held_at = clock_timestamp()").execute(pg)?;
        audit::note_at_set_up(pg, About::new("letters", QUEUE), &QueueEvent::Held)?;
        Ok(true)
    })
}

/// Lets letters go again; tells whether they were held. `cancel`: those that were queued before the
/// hold are cancelled, since they had probably been sent.
///
/// # Errors
/// The database's.
pub fn release(owner: &mut PgConnection, cancel: bool) -> Result<bool> {
    at_set_up(owner, |pg, held_at| {
        let Some(held_at) = held_at else {
            return Ok(false);
        };
        let cancelled = if cancel {
            sql_query(
                "UPDATE letters SET state = 'cancelled' WHERE state = 'queued' AND created_at < $1",
            )
            .bind::<Timestamptz, _>(held_at)
            .execute(pg)?
        } else {
            0
        };
        let left: Count =
            sql_query("SELECT count(*) AS n FROM letters WHERE state = 'queued'").get_result(pg)?;
        sql_query("UPDATE house SET letters_held_at = NULL").execute(pg)?;
        let event = QueueEvent::Released {
            cancelled,
            sent: left.n,
        };
        audit::note_at_set_up(pg, About::new("letters", QUEUE), &event)?;
        Ok(true)
    })
}
