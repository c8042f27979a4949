//! The sweep: removes what has expired and what nobody names any more.
//!
//! Tables: `sessions`, `links`, `throttles`, `idempotency_keys`, `mailbox`; and the bytes of uploads
//! whose transaction was rolled back. It removes nothing that a record still needs, and may run in
//! several workers at once.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::sql_types::{Array, Text};
use diesel::{QueryableByName, RunQueryDsl};

use crate::db::{Actor, Db, Task, sql_query};
use crate::error::Result;
use crate::files::Store;

/// An upload is recorded within seconds of being stored; what is older and unnamed stays so.
const UNNAMED: Duration = Duration::from_secs(24 * 3_600);
/// Keys asked about in one statement.
const AT_ONCE: usize = 1_000;

/// What expires, each a statement of its own transaction. A link stays for a month after its end,
/// so that its reader is told that it has expired; a key answers a repeated form for a day.
const EXPIRED: [&str; 5] = [
    "DELETE FROM sessions WHERE expires_at <= (SELECT banyan_now())",
    "DELETE FROM links WHERE expires_at <= (SELECT banyan_now()) - interval '30 days'",
    "DELETE FROM throttles WHERE window_at <= (SELECT banyan_now()) - interval '24 hours'",
    "DELETE FROM idempotency_keys WHERE created_at <= (SELECT banyan_now()) - interval '24 hours'",
    "DELETE FROM mailbox WHERE created_at <= (SELECT clock_timestamp()) - interval '30 days'",
];

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows.
    pub rows: usize,
    /// Stored files.
    pub files: usize,
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    storage_key: String,
}

/// Sweeps once.
///
/// # Errors
/// The database's or the disk's; what was removed before stays removed.
pub fn sweep(db: &Db, store: &Store) -> Result<Swept> {
    let system = Actor::System(Task::Sweep);
    let mut swept = Swept::default();
    for statement in EXPIRED {
        swept.rows += db.tx(&system, |conn| Ok(sql_query(statement).execute(conn.pg())?))?;
    }
    for keys in store.older_than(UNNAMED)?.chunks(AT_ONCE) {
        let named: Vec<Named> = db.read(&system, |conn| {
            Ok(
                sql_query("SELECT storage_key FROM files WHERE storage_key = ANY ($1)")
                    .bind::<Array<Text>, _>(keys)
                    .load(conn.pg())?,
            )
        })?;
        let named: BTreeSet<String> = named.into_iter().map(|row| row.storage_key).collect();
        for key in keys.iter().filter(|key| !named.contains(*key)) {
            store.remove(key)?;
            swept.files += 1;
        }
    }
    if swept != Swept::default() {
        tracing::info!(rows = swept.rows, files = swept.files, "swept");
    }
    Ok(swept)
}
