//! The seal on history: every few seconds the worker numbers new events, chains their hashes and
//! signs a checkpoint that carries the count.
//!
//! A plain chain can be rewritten whole by whoever can write to it, and its tail cut off unseen; the
//! signed checkpoints with their counts, kept elsewhere too, show both.

use std::time::Duration;

use crate::access::secret::hex;
use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{
    BigInt, Binary, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::access::secret::Keys;
use crate::db::{Actor, Conn, Db, Task};
use crate::error::Result;

/// Events sealed in one transaction.
const BATCH: i64 = 2_000;
/// How far behind the last link a look begins: longer than any transaction of the house lasts, and
/// than the clocks of its machines differ.
const OVERLAP: Duration = Duration::from_secs(3_600);
/// As many sealed at once mean that more may wait.
pub const AT_ONCE: usize = 2_000;

#[derive(QueryableByName)]
struct Link {
    #[diesel(sql_type = BigInt)]
    position: i64,
    #[diesel(sql_type = SqlUuid)]
    event_id: Uuid,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<BigInt>)]
    position: Option<i64>,
    #[diesel(sql_type = Nullable<Binary>)]
    hash: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    details: Option<serde_json::Value>,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    occurred_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    actor_kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    actor_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    task: Option<String>,
    #[diesel(sql_type = Text)]
    verb: String,
    #[diesel(sql_type = Text)]
    subject_kind: String,
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    person_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    organisation_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    programme_id: Option<Uuid>,
    #[diesel(sql_type = Binary)]
    digest: Vec<u8>,
    #[diesel(sql_type = SqlUuid)]
    request_id: Uuid,
    #[diesel(sql_type = Bool)]
    confidential: bool,
}

const COLUMNS: &str = "e.id, e.occurred_at, e.actor_kind, e.actor_id, e.task, e.verb, e.subject_kind, e.subject_id, \
    e.person_id, e.organisation_id, e.programme_id, e.digest, e.request_id, e.confidential";

/// The hash of a link: position, the hash before, and every field of the event, each with its length
/// so that no two events read alike.
fn link_hash(before: &[u8], position: i64, row: &Row) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update(bytes.len().to_be_bytes());
        hash.update(bytes);
    };
    let optional = |id: &Option<Uuid>| id.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
    field(b"banyan-audit-1");
    field(before);
    field(&position.to_be_bytes());
    field(row.id.as_bytes());
    field(&row.occurred_at.timestamp_micros().to_be_bytes());
    field(row.actor_kind.as_bytes());
    field(&optional(&row.actor_id));
    field(row.task.as_deref().unwrap_or_default().as_bytes());
    field(row.verb.as_bytes());
    field(row.subject_kind.as_bytes());
    field(row.subject_id.as_bytes());
    field(&optional(&row.person_id));
    field(&optional(&row.organisation_id));
    field(&optional(&row.programme_id));
    field(&row.digest);
    field(row.request_id.as_bytes());
    field(&[u8::from(row.confidential)]);
    hash.finalize().to_vec()
}

fn signing_key(keys: &Keys) -> SigningKey {
    SigningKey::from_bytes(&keys.derive("audit/checkpoint"))
}

/// The public key with which anyone can check checkpoints, in hexadecimal.
#[must_use]
pub fn public_key(keys: &Keys) -> String {
    signing_key(keys)
        .verifying_key()
        .as_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn checkpoint_text(position: i64, hash: &[u8]) -> Vec<u8> {
    let mut text = b"banyan-checkpoint-1".to_vec();
    text.extend_from_slice(&position.to_be_bytes());
    text.extend_from_slice(hash);
    text
}

/// Seals what has been committed lately and is not yet in the chain; returns how many events. One
/// sealer at a time: a second one finds the lock taken and does nothing. An event that commits more
/// than an hour behind its time is left to [`seal_late`].
///
/// # Errors
/// The database's.
pub fn seal(db: &Db, keys: &Keys) -> Result<usize> {
    link_up(db, keys, |last| since(last.event_id))
}

/// As [`seal`], but looks through the whole of history for what came late. It compares every event
/// with the chain, so it is for once an hour.
///
/// # Errors
/// The database's.
pub fn seal_late(db: &Db, keys: &Keys) -> Result<usize> {
    link_up(db, keys, |_last| Uuid::nil())
}

/// The least id that an event may have which began [`OVERLAP`] before this one: ids carry their time.
fn since(event: Uuid) -> Uuid {
    let Some(at) = event.get_timestamp() else {
        return Uuid::nil();
    };
    let (seconds, _) = at.to_unix();
    let millis = seconds.saturating_sub(OVERLAP.as_secs()) * 1_000;
    uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

fn link_up(db: &Db, keys: &Keys, from: fn(&Link) -> Uuid) -> Result<usize> {
    db.tx(&Actor::System(Task::SealAudit), |conn| {
        let locked: Locked = sql_query("SELECT pg_try_advisory_xact_lock(20270102) AS locked").get_result(conn.pg())?;
        if !locked.locked {
            return Ok(0);
        }
        let last = last_link(conn)?;
        let rows: Vec<Row> = sql_query(format!(
            "SELECT NULL::bigint AS position, NULL::bytea AS hash, NULL::jsonb AS details, {COLUMNS} FROM audit_events e \
             WHERE e.id >= $1 AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.event_id = e.id) \
             ORDER BY e.id LIMIT {BATCH}"
        ))
        .bind::<SqlUuid, _>(last.as_ref().map_or(Uuid::nil(), from))
        .load(conn.pg())?;
        if rows.is_empty() {
            return Ok(0);
        }
        let (mut position, mut hash) = last.map_or((0, Vec::new()), |link| (link.position, link.hash));
        let (mut positions, mut events, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            position += 1;
            hash = link_hash(&hash, position, row);
            positions.push(position);
            events.push(row.id);
            hashes.push(hash.clone());
        }
        sql_query("INSERT INTO audit_chain (position, event_id, hash) SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[])")
            .bind::<diesel::sql_types::Array<BigInt>, _>(&positions)
            .bind::<diesel::sql_types::Array<SqlUuid>, _>(&events)
            .bind::<diesel::sql_types::Array<Binary>, _>(&hashes)
            .execute(conn.pg())?;
        let signature = signing_key(keys).sign(&checkpoint_text(position, &hash));
        sql_query("INSERT INTO audit_checkpoints (position, hash, signature, key_id) VALUES ($1, $2, $3, $4)")
            .bind::<BigInt, _>(position)
            .bind::<Binary, _>(&hash)
            .bind::<Binary, _>(signature.to_bytes().to_vec())
            .bind::<Text, _>(public_key(keys))
            .execute(conn.pg())?;
        Ok(rows.len())
    })
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

fn last_link(conn: &mut Conn<'_>) -> Result<Option<Link>> {
    Ok(
        sql_query(
            "SELECT position, event_id, hash FROM audit_chain ORDER BY position DESC LIMIT 1",
        )
        .get_result(conn.pg())
        .optional()?,
    )
}

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = BigInt)]
    position: i64,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = Binary)]
    signature: Vec<u8>,
    #[diesel(sql_type = Text)]
    key_id: String,
    /// The last link when the checkpoints were read.
    #[diesel(sql_type = BigInt)]
    head: i64,
}

/// What a verification found.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Links whose hashes were computed again.
    pub events: i64,
    /// Checkpoints whose signatures were checked.
    pub checkpoints: usize,
    /// Events that wait for the next seal.
    pub unsealed: i64,
    /// What does not hold, in words. Empty: history is whole.
    pub faults: Vec<String>,
    /// Count and hash of the last link: to be kept elsewhere, for the next verification.
    pub anchor: String,
}

/// Computes the whole chain again, checks every checkpoint, and compares the details that have not
/// been erased with their events. `anchor` is a checkpoint (count and hash in hexadecimal) kept
/// outside this database, if there is one: only it shows that the tail was cut off together with
/// its checkpoints.
///
/// # Errors
/// The database's.
pub fn verify(db: &Db, keys: &Keys, anchor: Option<(i64, &str)>) -> Result<Verified> {
    db.read(&Actor::System(Task::SealAudit), |conn| {
        let checkpoints: Vec<Checkpoint> = sql_query(
            "SELECT position, hash, signature, key_id, (SELECT coalesce(max(position), 0) FROM audit_chain) AS head \
             FROM audit_checkpoints ORDER BY position",
        )
        .load(conn.pg())?;
        // A house at work seals on meanwhile: what comes after this moment is left to the next look.
        let head = checkpoints.first().map_or(i64::MAX, |it| it.head);
        let mut walk = Walk { keys, anchor, position: 0, hash: Vec::new(), faults: Vec::new() };
        let mut due = checkpoints.iter().peekable();
        loop {
            let rows: Vec<Row> = sql_query(format!(
                "SELECT c.position, c.hash, d.details, {COLUMNS} FROM audit_chain c JOIN audit_events e ON e.id = c.event_id \
                 LEFT JOIN audit_details d ON d.event_id = e.id WHERE c.position > $1 AND c.position <= $2 ORDER BY c.position LIMIT 5000"
            ))
            .bind::<BigInt, _>(walk.position)
            .bind::<BigInt, _>(head)
            .load(conn.pg())?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                walk.step(row);
                while let Some(checkpoint) = due.next_if(|c| c.position == walk.position) {
                    walk.check(checkpoint);
                }
            }
        }
        let sealed = checkpoints.last().map_or(0, |c| c.position);
        walk.end(due, sealed);
        let unsealed: Count = sql_query(
            "SELECT count(*) AS n FROM audit_events e LEFT JOIN audit_chain c ON c.event_id = e.id WHERE c.event_id IS NULL",
        )
        .get_result(conn.pg())?;
        Ok(Verified {
            events: walk.position,
            checkpoints: checkpoints.len(),
            unsealed: unsealed.n,
            anchor: format!("{}:{}", walk.position, hex(&walk.hash)),
            faults: walk.faults,
        })
    })
}

/// A verification on its way along the chain.
struct Walk<'a> {
    keys: &'a Keys,
    anchor: Option<(i64, &'a str)>,
    position: i64,
    hash: Vec<u8>,
    faults: Vec<String>,
}

impl Walk<'_> {
    fn step(&mut self, row: &Row) {
        let at = row.position.unwrap_or_default();
        if at != self.position + 1 {
            let (from, to) = (self.position + 1, at - 1);
            self.faults
                .push(format!("events {from} to {to} are missing"));
        }
        self.position = at;
        self.hash = link_hash(&self.hash, at, row);
        if row.hash.as_ref() != Some(&self.hash) {
            self.faults.push(format!(
                "event {at} ({}) was changed after it was sealed",
                row.id
            ));
            self.hash = row.hash.clone().unwrap_or_default();
        }
        if row
            .details
            .as_ref()
            .is_some_and(|details| super::digest(details) != row.digest)
        {
            self.faults.push(format!(
                "the details of event {at} ({}) are not those that were written",
                row.id
            ));
        }
        if let Some((count, text)) = self.anchor
            && count == at
            && !text.eq_ignore_ascii_case(&hex(&self.hash))
        {
            self.faults
                .push(format!("the anchor at event {at} differs"));
        }
    }

    fn check(&mut self, checkpoint: &Checkpoint) {
        let at = checkpoint.position;
        if checkpoint.hash != self.hash {
            self.faults
                .push(format!("the checkpoint at event {at} has another hash"));
        }
        let key = signing_key(self.keys).verifying_key();
        if checkpoint.key_id != public_key(self.keys) {
            self.faults.push(format!(
                "the checkpoint at event {at} is signed by another key"
            ));
        }
        let text = checkpoint_text(at, &checkpoint.hash);
        let good = <[u8; 64]>::try_from(checkpoint.signature.as_slice())
            .is_ok_and(|bytes| key.verify(&text, &Signature::from_bytes(&bytes)).is_ok());
        if !good {
            self.faults.push(format!(
                "the signature of the checkpoint at event {at} is false"
            ));
        }
    }

    /// What is left when the chain has ended. A seal writes its links and their checkpoint in one
    /// transaction, so links behind the last checkpoint were not written by the sealer.
    fn end<'c>(&mut self, due: impl Iterator<Item = &'c Checkpoint>, sealed: i64) {
        let left = self.position;
        for checkpoint in due {
            let count = checkpoint.position;
            self.faults.push(format!(
                "the checkpoint over {count} events has lost events: {left} are left"
            ));
        }
        if sealed < left {
            let from = sealed + 1;
            self.faults
                .push(format!("no checkpoint stands over events {from} to {left}"));
        }
        if let Some((count, _)) = self.anchor.filter(|(count, _)| *count > left) {
            self.faults
                .push(format!("the anchor counts {count} events, {left} are left"));
        }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}
