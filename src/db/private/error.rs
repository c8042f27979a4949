//! Why there is no private server: each variant is one line that says what to do.

use std::path::{Path, PathBuf};

/// Why the private PostgreSQL cannot be had.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PrivateError {
    /// No server programs anywhere.
    #[error(
        "PostgreSQL is not installed: install the Debian package `postgresql` (apt-get install postgresql) \
         or the Homebrew formula `postgresql@17`, or name a server in DATABASE_URL"
    )]
    Missing,
    /// Only server programs that are too old.
    #[error(
        "PostgreSQL {major} in {bin} is too old: 15 or newer is needed (Debian package `postgresql`, Homebrew \
         formula `postgresql@17`)"
    )]
    TooOld {
        /// Major version found.
        major: u32,
        /// Folder of the programs.
        bin: PathBuf,
    },
    /// The cluster was made by another major version than those installed.
    #[error(
        "the database in the data folder was made by PostgreSQL {data}, but only {installed} is installed: \
         install PostgreSQL {data} (Debian package `postgresql-{data}`), or dump it there and load it here"
    )]
    OtherVersion {
        /// Major version in the cluster's `PG_VERSION`.
        data: String,
        /// Major versions found, joined by commas.
        installed: String,
    },
    /// Root has no ordinary user to run the server as.
    #[error(
        "PostgreSQL does not run as root and there is no user `postgres`: install the Debian package \
         `postgresql`, or run banyan as an ordinary user"
    )]
    NoServerUser,
    /// None of the commands that change the user.
    #[error(
        "none of setpriv, runuser and su is installed, so root cannot start PostgreSQL as another user: \
         install the Debian package `util-linux`"
    )]
    NoSwitch,
    /// The server's user cannot reach the data folder.
    #[error(
        "user id {uid}, which runs PostgreSQL, cannot enter {folder}: choose another data folder with \
         BANYAN_DATA_DIR, such as /var/lib/banyan"
    )]
    CannotEnter {
        /// User id of the server.
        uid: u32,
        /// The folder that it should enter.
        folder: PathBuf,
    },
    /// A folder that ought to be ours is somebody else's.
    #[error(
        "{0} belongs to somebody else or is not a folder: remove it, or choose another data folder with BANYAN_DATA_DIR"
    )]
    NotOurs(PathBuf),
    /// PostgreSQL's own tools pass the path through a shell.
    #[error(
        "the data folder {0:?} has a character in its path that PostgreSQL's tools cannot take (a double \
         quote, $, `, \\ or a control character)"
    )]
    UnusablePath(PathBuf),
    /// A name that would need quoting.
    #[error(
        "{0:?} cannot be the database's name: use lower-case letters, digits and _, at most 63"
    )]
    UnusableName(String),
    /// Another process kept starting or stopping the cluster.
    #[error("another process has been starting or stopping the database in {0} for two minutes")]
    Busy(PathBuf),
    /// A command of PostgreSQL or of the system failed.
    #[error("{command} failed: {output}")]
    Command {
        /// Name of the command.
        command: String,
        /// What it said.
        output: String,
    },
    /// The server did not come up.
    #[error("PostgreSQL did not start ({why}); the end of {log}:\n{tail}")]
    DidNotStart {
        /// What was seen from outside.
        why: String,
        /// The server's log.
        log: PathBuf,
        /// Its last lines since this start.
        tail: String,
    },
    /// The server runs but refused the bootstrap.
    #[error("the private database cannot be prepared: {0}")]
    Database(String),
    /// A file or folder cannot be used.
    #[error("{path}: {why}")]
    Io {
        /// File or folder.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
}

impl PrivateError {
    pub(super) fn io(path: &Path, err: &std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            why: err.to_string(),
        }
    }
}
