//! How many statements something takes: what a page or a step asks must not grow with its rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use banyan::db::Conn;
use banyan::error::Result;
use diesel::connection::{Connection as _, InstrumentationEvent};

/// The statements that this work sends, and what it answers.
pub fn statements<T>(
    conn: &mut Conn<'_>,
    work: impl FnOnce(&mut Conn<'_>) -> Result<T>,
) -> Result<(T, usize)> {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    conn.pg()
        .set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                counter.fetch_add(1, Ordering::Relaxed);
            }
        });
    let done = work(conn);
    conn.pg()
        .set_instrumentation(|_: InstrumentationEvent<'_>| {});
    Ok((done?, asked.load(Ordering::Relaxed)))
}
