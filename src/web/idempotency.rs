//! Retries are safe: a request that carries an idempotency key acts once.
//!
//! The key, a fingerprint of the request and the answer are written in the transaction of the act
//! itself (draft-ietf-httpapi-idempotency-key-header). Forms carry a key of their own in `_key`, so
//! that a double click or a reload after a lost answer does nothing twice. An answer that shows what may
//! be withdrawn ([`Reply::fresh`]) is kept nowhere: the same key asks again.

use crate::db::sql_query;
use diesel::sql_types::{Binary, Jsonb, SmallInt, Text};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use sha2::{Digest as _, Sha256};

use crate::db::Conn;
use crate::error::{Error, Result};

use super::reply::{Body as ReplyBody, Reply};
use super::request::{Body, Request};

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = Binary)]
    fingerprint: Vec<u8>,
    #[diesel(sql_type = SmallInt)]
    status: i16,
    #[diesel(sql_type = Jsonb)]
    headers: serde_json::Value,
    #[diesel(sql_type = Binary)]
    body: Vec<u8>,
}

/// Runs `act` unless this person's key has been used: then the first answer is given again.
///
/// # Errors
/// Those of `act`; [`Error::KeyReused`] for another request under the same key;
/// [`Error::KeyInFlight`] while the first is still at work; [`Error::BadRequest`] when the API
/// is asked to create something without a key.
pub fn once(
    conn: &mut Conn<'_>,
    request: &Request,
    act: impl FnOnce(&mut Conn<'_>) -> Result<Reply>,
) -> Result<Reply> {
    let key = key(request);
    if conn.actor().person().is_none() {
        return act(conn);
    }
    let Some(key) = key else {
        if request.is_api() && request.method == super::routes::Method::Post {
            return Err(Error::BadRequest(
                "send an Idempotency-Key header with a fresh value, such as a UUID".to_owned(),
            ));
        }
        return act(conn);
    };
    let fingerprint = fingerprint(request);
    lock(conn, &key)?;
    let stored: Option<Stored> = sql_query(
        "SELECT fingerprint, status, headers, body FROM idempotency_keys WHERE person_id = banyan_person() AND key = $1",
    )
    .bind::<Text, _>(&key)
    .get_result(conn.pg())
    .optional()?;
    if let Some(stored) = stored {
        if stored.fingerprint != fingerprint {
            return Err(Error::KeyReused);
        }
        return Ok(replay(stored));
    }
    let reply = act(conn)?;
    if reply.is_fresh() {
        return Ok(reply);
    }
    if let (status @ 200..=399, ReplyBody::Bytes(body)) = (reply.status, &reply.body) {
        let headers =
            serde_json::to_value(&reply.headers).map_err(|err| Error::Internal(err.to_string()))?;
        sql_query(
            "INSERT INTO idempotency_keys (person_id, key, fingerprint, status, headers, body) \
             VALUES (banyan_person(), $1, $2, $3, $4, $5)",
        )
        .bind::<Text, _>(&key)
        .bind::<Binary, _>(&fingerprint)
        .bind::<SmallInt, _>(i16::try_from(status).unwrap_or(200))
        .bind::<Jsonb, _>(headers)
        .bind::<Binary, _>(body)
        .execute(conn.pg())?;
    }
    Ok(reply)
}

/// Requests with one key queue up; a queue that does not move within the lock timeout is told so.
fn lock(conn: &mut Conn<'_>, key: &str) -> Result<()> {
    sql_query("SELECT pg_advisory_xact_lock(hashtextextended(banyan_person()::text || $1, 7))")
        .bind::<Text, _>(key)
        .execute(conn.pg())
        .map(|_| ())
        .map_err(|err| match &err {
            diesel::result::Error::DatabaseError(_, info)
                if info.message().contains("lock timeout") =>
            {
                Error::KeyInFlight
            }
            _ => Error::Database(err),
        })
}

fn key(request: &Request) -> Option<String> {
    let key = request
        .header("idempotency-key")
        .or_else(|| request.form().get("_key"))?
        .trim()
        .trim_matches('"');
    (!key.is_empty() && key.len() <= 128).then(|| key.to_owned())
}

fn fingerprint(request: &Request) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(request.method.as_str());
    hash.update([0]);
    hash.update(request.here());
    hash.update([0]);
    match &request.body {
        Body::Empty => {}
        Body::Json(bytes) | Body::Other(_, bytes) => hash.update(bytes),
        Body::Form(pairs, uploads) => {
            for (name, value) in pairs.iter() {
                hash.update(name);
                hash.update([1]);
                hash.update(value);
                hash.update([2]);
            }
            for upload in uploads {
                hash.update(&upload.sha256);
            }
        }
    }
    hash.finalize().to_vec()
}

fn replay(stored: Stored) -> Reply {
    // Header names are ours and few; a stored name that is not among them is left out.
    const NAMES: &[&str] = &[
        "cache-control",
        "content-disposition",
        "content-security-policy",
        "content-type",
        "etag",
        "location",
        "set-cookie",
    ];
    let stored_headers: Vec<(String, String)> =
        serde_json::from_value(stored.headers).unwrap_or_default();
    let headers = stored_headers
        .into_iter()
        .filter_map(|(name, value)| Some((*NAMES.iter().find(|n| **n == name)?, value)))
        .collect();
    Reply {
        status: u16::try_from(stored.status).unwrap_or(200),
        headers,
        body: ReplyBody::Bytes(stored.body),
    }
    .with("idempotent-replayed", "true")
}
