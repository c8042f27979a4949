//! Counting tries in PostgreSQL, so that every process of the house counts together.
//!
//! Table: `throttles`. What is counted is named by a keyed digest: the table tells nobody who has an
//! account or who tried. A try is counted before it is made, so that many at once gain nothing.

use crate::db::sql_query;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::sql_types::{BigInt, Double, Integer, Text};
use diesel::{QueryableByName, RunQueryDsl};
use sha2::{Digest as _, Sha256};

use crate::access::secret::Keys;
use crate::db::{Actor, Conn, Db, Task};
use crate::error::{Error, Result};

use super::rules::entry::{ADDRESS_LETTERS, CODE_TRIES, PEER_TRIES, pause_left};

fn bucket(keys: &Keys, kind: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(keys.derive("throttle"));
    hash.update(kind);
    hash.update([0]);
    hash.update(text);
    format!("{kind}:{}", URL_SAFE_NO_PAD.encode(hash.finalize()))
}

#[derive(QueryableByName)]
struct Window {
    #[diesel(sql_type = Integer)]
    hits: i32,
    #[diesel(sql_type = Integer)]
    seconds_left: i32,
}

/// Counts one more in a fixed window; the seconds to wait when there have been more than `most`.
fn window(conn: &mut Conn<'_>, bucket: &str, most: i32, seconds: f64) -> Result<Option<u32>> {
    let row: Window = sql_query(
        "INSERT INTO throttles AS t (bucket, window_at, hits) VALUES ($1, banyan_now(), 1) \
         ON CONFLICT (bucket) DO UPDATE SET \
           hits = CASE WHEN t.window_at <= excluded.window_at - make_interval(secs => $2) THEN 1 \
             ELSE least(t.hits, 1000000) + 1 END, \
           window_at = CASE WHEN t.window_at <= excluded.window_at - make_interval(secs => $2) \
             THEN excluded.window_at ELSE t.window_at END \
         RETURNING hits, ceil(extract(epoch FROM window_at - banyan_now()) + $2)::integer AS seconds_left",
    )
    .bind::<Text, _>(bucket)
    .bind::<Double, _>(seconds)
    .get_result(conn.pg())?;
    Ok((row.hits > most).then(|| u32::try_from(row.seconds_left.max(1)).unwrap_or(1)))
}

fn refuse(wait: Option<u32>) -> Result<()> {
    wait.map_or(Ok(()), |seconds| Err(Error::TooMany(seconds)))
}

/// Counts a try from this peer.
///
/// # Errors
/// [`Error::TooMany`] with the seconds to wait.
pub fn peer(db: &Db, keys: &Keys, peer: &str) -> Result<()> {
    let bucket = bucket(keys, "peer", peer);
    refuse(db.tx(&Actor::Public(Task::Throttle), |conn| {
        window(conn, &bucket, PEER_TRIES, 60.0)
    })?)
}

/// Counts a letter asked for at a public form for this address, whether or not it is known.
///
/// # Errors
/// [`Error::TooMany`] with the seconds to wait.
pub fn letter(db: &Db, keys: &Keys, identity: &str) -> Result<()> {
    let bucket = bucket(keys, "letter", identity);
    refuse(db.tx(&Actor::Public(Task::Throttle), |conn| {
        window(conn, &bucket, ADDRESS_LETTERS, 900.0)
    })?)
}

/// Counts a code that this person types: some in a minute are mistakes, many are guesses.
///
/// # Errors
/// [`Error::TooMany`] with the seconds to wait.
pub fn code(db: &Db, keys: &Keys, person: crate::ids::PersonId) -> Result<()> {
    let bucket = bucket(keys, "code", &person.to_string());
    refuse(db.tx(&Actor::Public(Task::Throttle), |conn| {
        window(conn, &bucket, CODE_TRIES, 60.0)
    })?)
}

#[derive(QueryableByName)]
struct Run {
    #[diesel(sql_type = Integer)]
    hits: i32,
    #[diesel(sql_type = BigInt)]
    age: i64,
}

/// Counts a try at the password of this address as failed; [`clear`] takes it back when it succeeds.
///
/// # Errors
/// [`Error::TooMany`] with the seconds to wait.
pub fn password(db: &Db, keys: &Keys, identity: &str) -> Result<()> {
    let bucket = bucket(keys, "password", identity);
    refuse(db.tx(&Actor::Public(Task::Throttle), |conn| {
        sql_query("INSERT INTO throttles (bucket, window_at, hits) VALUES ($1, banyan_now(), 0) ON CONFLICT DO NOTHING")
            .bind::<Text, _>(&bucket)
            .execute(conn.pg())?;
        let run: Run = sql_query(
            "SELECT hits, extract(epoch FROM banyan_now() - window_at)::bigint AS age FROM throttles \
             WHERE bucket = $1 FOR UPDATE",
        )
        .bind::<Text, _>(&bucket)
        .get_result(conn.pg())?;
        let wait = pause_left(run.hits, run.age);
        if wait.is_none() {
            sql_query("UPDATE throttles SET hits = hits + 1, window_at = banyan_now() WHERE bucket = $1")
                .bind::<Text, _>(&bucket)
                .execute(conn.pg())?;
        }
        Ok(wait)
    })?)
}

/// Forgets the failures on this address: its owner has come in.
///
/// # Errors
/// The database's.
pub fn clear(conn: &mut Conn<'_>, keys: &Keys, identity: &str) -> Result<()> {
    let bucket = bucket(keys, "password", identity);
    conn.elevate(Task::Throttle, |conn| {
        sql_query("DELETE FROM throttles WHERE bucket = $1")
            .bind::<Text, _>(&bucket)
            .execute(conn.pg())?;
        Ok(())
    })
}

/// Takes a counted try back: it was not made after all.
///
/// # Errors
/// The database's.
pub fn give_back(db: &Db, keys: &Keys, identity: &str) -> Result<()> {
    let bucket = bucket(keys, "password", identity);
    db.tx(&Actor::Public(Task::Throttle), |conn| {
        sql_query("UPDATE throttles SET hits = hits - 1 WHERE bucket = $1 AND hits > 0")
            .bind::<Text, _>(&bucket)
            .execute(conn.pg())?;
        Ok(())
    })
}
