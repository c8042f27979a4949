//! Stored files: a folder that is never served, random names, and a fresh permission check on every
//! download.
//!
//! Table: `files`. A file's own name is a label; where it lies is a random key. What it is, is told
//! by its bytes, not by what the sender says.

use std::fs;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::access::secret;
use crate::error::{Error, Result};
use crate::ids::FileId;

pub mod queries;
pub mod rules;

/// Where files are kept.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// Below this folder.
    #[must_use]
    pub fn new(data_dir: &Path) -> Self {
        Self {
            root: data_dir.join("files"),
        }
    }

    /// The folder in which uploads wait to be taken; on the same disk, so that taking is a rename.
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
    /// The disk's.
    pub fn take(&self, upload: &Path) -> Result<String> {
        let name = secret::fresh()?.replace(['-', '_'], "0");
        let key = format!("{}/{name}", name.get(..2).unwrap_or("00"));
        let target = self.root.join(&key);
        if let Err(error) = self.shelve(upload, &target) {
            // A full disk keeps no halves.
            let _ = fs::remove_file(&target);
            return Err(error.into());
        }
        Ok(key)
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
    /// The disk's; [`Error::NotFound`] for a key that is not ours.
    pub fn copy_to(&self, key: &str, out: &mut dyn Write) -> Result<()> {
        if !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '/') {
            return Err(Error::NotFound);
        }
        let mut file = fs::File::open(self.root.join(key))?;
        let mut buffer = vec![0_u8; 64 * 1024];
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                return Ok(());
            }
            out.write_all(buffer.get(..n).unwrap_or_default())?;
        }
    }

    /// Removes a stored file.
    ///
    /// # Errors
    /// The disk's.
    pub fn remove(&self, key: &str) -> Result<()> {
        Ok(fs::remove_file(self.root.join(key))?)
    }

    /// The keys of stored files whose bytes were written longer ago than `age`, in order. Uploads that
    /// were never taken and are as old are removed on the way.
    ///
    /// # Errors
    /// The disk's.
    pub fn older_than(&self, age: Duration) -> Result<Vec<String>> {
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
        keys.sort();
        Ok(keys)
    }

    /// Can files be written here?
    ///
    /// # Errors
    /// The disk's.
    pub fn probe(&self) -> Result<()> {
        let path = self.incoming()?.join(format!("probe-{}", FileId::new()));
        fs::write(&path, b"probe")?;
        Ok(fs::remove_file(path)?)
    }
}
