//! Finds the server's programs.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::PrivateError;

/// The oldest major version that we are tested on.
const OLDEST: u32 = 15;
/// Without these there is no server, whatever else a folder holds (`libpq-dev` alone brings a
/// `pg_config` that names a folder without them).
const WANTED: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// The programs of one PostgreSQL installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// Folder that holds `initdb`, `pg_ctl` and `postgres`.
    pub bin: PathBuf,
    /// Major version, such as 15.
    pub major: u32,
}

/// Folders in which server programs may be on this machine: what `pg_config` names, `PATH`,
/// Debian's and Red Hat's folders, Homebrew's. They need not exist.
#[must_use]
pub fn candidates() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(out) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(
            String::from_utf8_lossy(&out.stdout).trim().to_owned(),
        ));
    }
    folders.extend(crate::config::search_path());
    folders.extend(subfolders("/usr/lib/postgresql", "", "bin"));
    folders.extend(subfolders("/usr", "pgsql-", "bin"));
    for brew in [
        "/opt/homebrew/opt",
        "/usr/local/opt",
        "/home/linuxbrew/.linuxbrew/opt",
    ] {
        folders.extend(subfolders(brew, "postgresql", "bin"));
    }
    folders.retain(|folder| folder.is_absolute());
    folders
}

/// `<parent>/<prefix…>/<leaf>` for every subfolder with that prefix.
fn subfolders(parent: &str, prefix: &str, leaf: &str) -> Vec<PathBuf> {
    std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(leaf))
        .collect()
}

/// The programs to use among `folders`: those of the major version `made_by`, when a cluster
/// exists; otherwise the newest. Among equals the first folder wins.
///
/// # Errors
/// [`PrivateError::Missing`], [`PrivateError::TooOld`] or [`PrivateError::OtherVersion`].
pub fn choose(folders: &[PathBuf], made_by: Option<&str>) -> Result<Programs, PrivateError> {
    let found: Vec<Programs> = folders.iter().filter_map(|bin| look(bin)).collect();
    // Reversed, since `max_by_key` keeps the last of equals.
    let Some(newest) = found.iter().rev().max_by_key(|p| p.major) else {
        return Err(PrivateError::Missing);
    };
    if newest.major < OLDEST {
        return Err(PrivateError::TooOld {
            major: newest.major,
            bin: newest.bin.clone(),
        });
    }
    let Some(data) = made_by else {
        return Ok(newest.clone());
    };
    found
        .iter()
        .find(|p| p.major.to_string() == data)
        .cloned()
        .ok_or_else(|| {
            let mut majors: Vec<u32> = found.iter().map(|p| p.major).collect();
            majors.sort_unstable();
            majors.dedup();
            let majors: Vec<String> = majors.iter().map(u32::to_string).collect();
            PrivateError::OtherVersion {
                data: data.to_owned(),
                installed: majors.join(", "),
            }
        })
}

fn look(bin: &Path) -> Option<Programs> {
    if !WANTED.iter().all(|name| bin.join(name).is_file()) {
        return None;
    }
    let out = Command::new(bin.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let major = major_of(&String::from_utf8_lossy(&out.stdout))?;
    Some(Programs {
        bin: bin.to_owned(),
        major,
    })
}

/// `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)` is 15; so is `15beta2`.
fn major_of(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
