//! Private calendar addresses.

use diesel::RunQueryDsl;
use diesel::sql_types::{Binary, Uuid as SqlUuid};

use crate::access::{Own, Working, secret};
use crate::audit::{self, About};
use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::FeedId;

use super::super::events::Noted;

fn about(own: &Own, id: FeedId) -> About {
    About::new("calendar_feed", id.0).of(own.person())
}

fn stop(conn: &mut Conn<'_>, own: &Own) -> Result<usize> {
    Ok(sql_query(
        "UPDATE calendar_feeds SET revoked_at = banyan_now() WHERE person_id = $1 AND revoked_at IS NULL",
    )
    .bind::<SqlUuid, _>(own.person())
    .execute(conn.pg())?)
}

/// Makes a private calendar address; the one before it stops working. Returns its secret, 256 random
/// bits, which is shown once and of which only the digest is kept.
///
/// # Errors
/// No randomness, or the database's.
pub fn make_feed(conn: &mut Conn<'_>, own: &Own) -> Result<String> {
    // Whoever asks twice at once waits here, and ends the first one's address.
    sql_query("SELECT id FROM people WHERE id = $1 FOR UPDATE")
        .bind::<SqlUuid, _>(own.person())
        .execute(conn.pg())?;
    stop(conn, own)?;
    let (id, token) = (FeedId::new(), secret::fresh()?);
    sql_query("INSERT INTO calendar_feeds (id, person_id, token_hash) VALUES ($1, $2, $3)")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(own.person())
        .bind::<Binary, _>(secret::digest(&token))
        .execute(conn.pg())?;
    audit::note(conn, about(own, id), &Noted::FeedMade)?;
    Ok(token)
}

/// Stops the private calendar address, if there is one.
///
/// # Errors
/// The database's.
pub fn revoke_feed(conn: &mut Conn<'_>, own: &Own) -> Result<()> {
    let before = super::super::queries::own_feed(conn, own)?;
    if let Some(feed) = before {
        stop(conn, own)?;
        audit::note(conn, about(own, feed.id), &Noted::FeedRevoked)?;
    }
    Ok(())
}

/// Notes that a calendar has read this address; once in an hour, so that most readings only read.
///
/// # Errors
/// The database's.
pub fn note_read(conn: &mut Conn<'_>, _timetable: &Working, id: FeedId) -> Result<()> {
    sql_query(
        "UPDATE calendar_feeds SET read_at = banyan_now() WHERE id = $1 AND revoked_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    Ok(())
}
