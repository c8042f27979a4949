//! Stored files: a folder or a bucket that is never served, random names, and a fresh permission
//! check on every download.
//!
//! Table: `files`. A file's own name is a label; where it lies is a random key. What it is, is told
//! by its bytes, not by what the sender says. Uploads land in a local folder first; taking one in
//! copies it to where files are kept, before any row names it.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use crate::access::secret;
use crate::clock::machine_now;
use crate::config::{Config, Storage};
use crate::error::{Error, Result};
use crate::ids::FileId;

mod bucket;
pub mod queries;
pub mod rules;
pub mod sign;

use bucket::Bucket;

/// Where files are kept.
#[derive(Clone, Debug)]
pub struct Store {
    /// The local folder: uploads on their way in, and the files themselves without a bucket.
    root: PathBuf,
    /// The bucket, where several machines share one.
    bucket: Option<Arc<Bucket>>,
}

/// Is this a storage key of ours: letters and digits, two of them before the slash?
#[must_use]
pub fn is_key(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    text.split_once('/')
        .is_some_and(|(shelf, name)| shelf.len() == 2 && plain(shelf) && plain(name))
}

/// Copies in pieces, so that memory does not grow with the file.
fn pour(from: &mut dyn Read, out: &mut dyn Write) -> Result<()> {
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let n = from.read(&mut buffer)?;
        if n == 0 {
            return Ok(());
        }
        out.write_all(buffer.get(..n).unwrap_or_default())?;
    }
}

impl Store {
    /// Below this folder.
    #[must_use]
    pub fn new(data_dir: &Path) -> Self {
        Self {
            root: data_dir.join("files"),
            bucket: None,
        }
    }

    /// As configured.
    ///
    /// # Errors
    /// A certificate authority that cannot be read.
    pub fn of(config: &Config) -> Result<Self> {
        let bucket = match &config.storage {
            Storage::Local => None,
            Storage::S3(settings) => Some(Arc::new(Bucket::open(settings)?)),
        };
        Ok(Self {
            bucket,
            ..Self::new(&config.data_dir)
        })
    }

    /// The folder in which uploads wait to be taken.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn incoming(&self) -> Result<PathBuf> {
        let folder = self.root.join("incoming");
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Takes a checked upload in and returns its storage key. Not undone by a rollback: the sweep
    /// removes files that no row names.
    ///
    /// # Errors
    /// The disk's; [`Error::Busy`] when the bucket does not answer.
    pub fn take(&self, upload: &Path) -> Result<String> {
        let name = secret::fresh()?.replace(['-', '_'], "0");
        let key = format!("{}/{name}", name.get(..2).unwrap_or("00"));
        if let Some(bucket) = &self.bucket {
            bucket.put(&key, upload)?;
            return Ok(key);
        }
        let target = self.root.join(&key);
        if let Err(error) = self.shelve(upload, &target) {
            // A full disk keeps no halves.
            let _ = fs::remove_file(&target);
            return Err(error.into());
        }
        Ok(key)
    }

    /// Takes checked uploads in for `record`, which is given their storage keys in their order and names
    /// them in rows. When one cannot be taken or they are not recorded, none is kept.
    ///
    /// # Errors
    /// As [`Store::take`]; what `record` answers.
    pub fn keeping<T>(
        &self,
        uploads: &[impl AsRef<Path>],
        record: impl FnOnce(&[String]) -> Result<T>,
    ) -> Result<T> {
        let mut keys = Vec::new();
        let mut taken = Ok(());
        for upload in uploads {
            match self.take(upload.as_ref()) {
                Ok(key) => keys.push(key),
                Err(error) => {
                    taken = Err(error);
                    break;
                }
            }
        }
        let recorded = taken.and_then(|()| record(&keys));
        if recorded.is_err() {
            for key in &keys {
                // No row names these bytes; what cannot be removed now is the sweep's.
                let _ = self.remove(key);
            }
        }
        recorded
    }

    /// Copies, until bytes and name are on the disk: a row that names them may be committed next. Not
    /// a move, since a transaction that runs again takes the upload again.
    fn shelve(&self, upload: &Path, target: &Path) -> std::io::Result<()> {
        let shelf = target.parent().unwrap_or(&self.root);
        if !shelf.exists() {
            fs::create_dir_all(shelf)?;
            fs::File::open(&self.root)?.sync_all()?;
        }
        fs::copy(upload, target)?;
        fs::File::open(target)?.sync_all()?;
        fs::File::open(shelf)?.sync_all()
    }

    /// Writes a stored file's bytes out.
    ///
    /// # Errors
    /// The disk's; [`Error::NotFound`] for a key that is not ours; [`Error::Busy`] when the bucket
    /// does not answer.
    pub fn copy_to(&self, key: &str, out: &mut dyn Write) -> Result<()> {
        if !is_key(key) {
            return Err(Error::NotFound);
        }
        match &self.bucket {
            Some(bucket) => {
                let spool = self.incoming()?.join(format!("out-{}", FileId::new()));
                bucket.copy_to(key, &spool, out)
            }
            None => pour(&mut fs::File::open(self.root.join(key))?, out),
        }
    }

    /// Removes a stored file.
    ///
    /// # Errors
    /// The disk's or the bucket's.
    pub fn remove(&self, key: &str) -> Result<()> {
        match &self.bucket {
            Some(bucket) => bucket.remove(key),
            None => Ok(fs::remove_file(self.root.join(key))?),
        }
    }

    /// The keys of stored files whose bytes were written longer ago than `age`, in order. Uploads that
    /// were never taken and are as old are removed on the way.
    ///
    /// # Errors
    /// The disk's or the bucket's.
    pub fn older_than(&self, age: Duration) -> Result<Vec<String>> {
        let mut keys = self.local_older_than(age)?;
        if let Some(bucket) = &self.bucket {
            let age = TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
            keys = bucket.written_before(machine_now() - age)?;
        }
        keys.sort();
        Ok(keys)
    }

    fn local_older_than(&self, age: Duration) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        if !self.root.exists() {
            return Ok(keys);
        }
        for folder in fs::read_dir(&self.root)? {
            let folder = folder?;
            let shelf = folder.file_name().to_string_lossy().into_owned();
            for file in fs::read_dir(folder.path())? {
                let file = file?;
                let written = file.metadata()?.modified()?;
                // A file of the future is young.
                if written.elapsed().unwrap_or_default() < age {
                    continue;
                }
                if shelf == "incoming" {
                    fs::remove_file(file.path())?;
                } else {
                    keys.push(format!("{shelf}/{}", file.file_name().to_string_lossy()));
                }
            }
        }
        Ok(keys)
    }

    /// Where files are kept, in words.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.bucket {
            Some(bucket) => format!("{bucket:?}"),
            None => self.root.display().to_string(),
        }
    }

    /// Can files be kept here? Writes, reads and removes one.
    ///
    /// # Errors
    /// What does not work, in words.
    pub fn probe(&self) -> Result<(), String> {
        let words = |err: &dyn std::fmt::Display| err.to_string();
        let path = self.incoming().map_err(|err| words(&err))?;
        let path = path.join(format!("probe-{}", FileId::new()));
        if let Some(bucket) = &self.bucket {
            return bucket.probe(&path);
        }
        let written = fs::write(&path, b"probe");
        // On a full disk an empty file is made before the write fails.
        let removed = fs::remove_file(path);
        written.map_err(|err| words(&err))?;
        removed.map_err(|err| words(&err))
    }

    /// Room on the disk below the data folder, or below the nearest folder that is there; `None` where
    /// `df` does not tell.
    #[must_use]
    pub fn space(&self) -> Option<Space> {
        let folder = self.root.ancestors().find(|f| f.exists())?;
        let out = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let mut words = text.lines().nth(1)?.split_whitespace().skip(2);
        Some(Space {
            used: words.next()?.parse().ok()?,
            free: words.next()?.parse().ok()?,
        })
    }
}

/// Room on a disk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Space {
    /// In use, in KiB.
    pub used: f64,
    /// Free for us, in KiB.
    pub free: f64,
}

impl Space {
    /// The free share, between 0 and 1.
    #[must_use]
    pub fn free_ratio(self) -> f64 {
        self.free / (self.used + self.free).max(1.0)
    }
}
