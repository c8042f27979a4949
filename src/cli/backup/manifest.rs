//! What a backup holds, in words that a person can read and a machine can check.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::access::secret::hex;
use crate::db::migrations;
use crate::error::{Error, Result};

/// Name of the manifest.
pub(super) const MANIFEST: &str = "manifest.json";
/// Name of the dump, in `pg_dump`'s custom format.
pub(super) const DUMP: &str = "database.dump";
/// Folder of stored files.
pub(super) const FILES: &str = "files";
/// Name of the secret, as in the data folder.
pub(super) const SECRET: &str = "secret";
/// The only form of backups so far.
const FORMAT: u32 = 1;

/// Bytes with their digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// Where the secret is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Secret {
    /// In the backup.
    Copied(Part),
    /// In `BANYAN_SECRET`, which the operator keeps.
    Configured,
}

/// The sealed history at the time of the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct History {
    /// Sealed events.
    pub(super) events: i64,
    /// As `banyan audit verify --anchor` takes it; empty when nothing was sealed yet.
    pub(super) anchor: String,
}

/// The whole manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: u32,
    /// Version of the binary that took the backup.
    banyan: String,
    /// The moment that the backup shows, by the database's clock.
    pub(super) made_at: DateTime<Utc>,
    /// Version of the server.
    pub(super) postgres: String,
    /// Steps of the schema.
    pub(super) schema: Vec<String>,
    pub(super) dump: Part,
    pub(super) secret: Secret,
    /// Key with which checkpoints of history are signed: tells whether a secret is the right one.
    pub(super) public_key: String,
    pub(super) history: History,
    /// Rows of each table.
    pub(super) rows: BTreeMap<String, i64>,
    /// Stored files by key.
    pub(super) files: BTreeMap<String, Part>,
    /// Keys that rows name but whose bytes were not to be had.
    pub(super) missing: Vec<String>,
}

impl Manifest {
    /// An empty manifest of this binary.
    pub(super) fn new(made_at: DateTime<Utc>, postgres: String, public_key: String) -> Self {
        Self {
            format: FORMAT,
            banyan: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            postgres,
            schema: Vec::new(),
            dump: Part {
                bytes: 0,
                sha256: String::new(),
            },
            secret: Secret::Configured,
            public_key,
            history: History {
                events: 0,
                anchor: String::new(),
            },
            rows: BTreeMap::new(),
            files: BTreeMap::new(),
            missing: Vec::new(),
        }
    }

    /// Reads the manifest of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let text = fs::read(folder.join(MANIFEST)).map_err(|err| {
            Error::Internal(format!(
                "{} holds no backup: {MANIFEST} cannot be read ({err})",
                folder.display()
            ))
        })?;
        let unreadable = |why: String| Error::Internal(format!("{MANIFEST} is unreadable: {why}"));
        let manifest: Self =
            serde_json::from_slice(&text).map_err(|err| unreadable(err.to_string()))?;
        let known = migrations::known();
        if manifest.format != FORMAT || manifest.schema.iter().any(|it| !known.contains(it)) {
            return Err(Error::Internal(format!(
                "the backup was taken by banyan {}, which is newer than this binary: restore with that version",
                manifest.banyan
            )));
        }
        Ok(manifest)
    }

    /// Writes the manifest, last of all.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|err| Error::Internal(format!("writing JSON: {err}")))?;
        let fresh = folder.join("manifest.json.new");
        copy_into(&mut text.as_slice(), &fresh)?;
        fs::rename(&fresh, folder.join(MANIFEST))?;
        Ok(fs::File::open(folder)?.sync_all()?)
    }

    /// Computes every digest again.
    pub(super) fn check(&self, folder: &Path) -> Result<()> {
        let mut wrong = Vec::new();
        let mut look = |name: &str, part: &Part| {
            if measure(&folder.join(name)).ok().as_ref() != Some(part) {
                wrong.push(name.to_owned());
            }
        };
        look(DUMP, &self.dump);
        if let Secret::Copied(part) = &self.secret {
            look(SECRET, part);
        }
        for (key, part) in &self.files {
            look(&format!("{FILES}/{key}"), part);
        }
        if wrong.is_empty() {
            return Ok(());
        }
        Err(Error::Internal(format!(
            "the backup is damaged; missing or changed: {}",
            wrong.join(", ")
        )))
    }

    /// Bytes of dump and files.
    pub(super) fn bytes(&self) -> u64 {
        self.dump.bytes + self.files.values().map(|part| part.bytes).sum::<u64>()
    }
}

/// A new file that only its owner may read, with its size and digest; on the disk when this returns.
pub(super) fn copy_into(from: &mut dyn Read, path: &Path) -> Result<Part> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|err| Error::Internal(format!("{}: {err}", path.display())))?;
    let part = pour(from, &mut file)
        .map_err(|err| Error::Internal(format!("{}: {err}", path.display())))?;
    file.sync_all()?;
    Ok(part)
}

/// Size and digest of a file.
pub(super) fn measure(path: &Path) -> std::io::Result<Part> {
    pour(&mut fs::File::open(path)?, &mut std::io::sink())
}

fn pour(from: &mut dyn Read, to: &mut dyn Write) -> std::io::Result<Part> {
    let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
    let mut buffer = vec![0_u8; 128 * 1024];
    loop {
        let n = from.read(&mut buffer)?;
        let piece = buffer.get(..n).unwrap_or_default();
        if piece.is_empty() {
            break;
        }
        hash.update(piece);
        to.write_all(piece)?;
        bytes += u64::try_from(n).unwrap_or_default();
    }
    Ok(Part {
        bytes,
        sha256: hex(&hash.finalize()),
    })
}
