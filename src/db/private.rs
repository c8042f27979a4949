//! The private PostgreSQL: a cluster of our own under the data folder, for whoever has not named
//! a server in `DATABASE_URL`.
//!
//! What it promises: the server listens on a unix socket in a folder that only its own user (and
//! root) may enter; it is started by the first handle on a data folder and stopped by the last,
//! whichever process holds them; whatever was killed, in whatever order, the next start finds a
//! working server or says in one line why not.
//!
//! Two lock files carry this. Every handle holds `users` shared for as long as it lives. `gate` is
//! held alone while starting or stopping, so that a start never meets a stop half way: who leaves
//! asks, inside the gate, whether `users` could be had alone, and stops the server if so. The
//! kernel frees both when a process dies.
//!
//! ```text
//! <data_dir>/postgres/          0700, of the user that runs the server
//!     data/                     the cluster
//!     run/                      the socket (or /tmp/banyan-<digest>, when the path is too long)
//!     server.log  users  gate
//! ```

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use diesel::Connection as _;
use diesel::pg::PgConnection;

mod bootstrap;
mod cluster;
mod error;
mod find;
mod folder;
mod user;

pub use bootstrap::{APP_ROLE, OWNER_ROLE, SUPERUSER, bootstrap_sql};
pub use error::PrivateError;
pub use find::{Programs, candidates, choose};

use cluster::Cluster;
use folder::Places;

/// Longest wait for the server to accept connections, recovery after a crash included.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Longest wait for another process that is starting or stopping the same cluster.
const GATE_LIMIT: Duration = Duration::from_secs(120);
/// Pause between two looks at a lock or a server.
const PAUSE: Duration = Duration::from_millis(25);

/// What kind of private server is wanted. Handles that share a server should agree: the first
/// decides about `durable`; each may name a database of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Banyan's data folder; the cluster lives in its subfolder `postgres`.
    pub data_dir: PathBuf,
    /// `false` lets a power cut lose data for speed (`fsync=off`): tests only.
    pub durable: bool,
    /// Name of the database: a lower-case letter or `_`, then lower-case letters, digits and `_`.
    pub database: String,
}

/// What happened to the server when a handle was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// This was the last handle: the server has stopped.
    Stopped,
    /// Another handle, of this process or another, still uses the server.
    LeftRunning,
}

/// A share in a running private server. Dropping it gives the share back.
#[derive(Debug)]
pub struct Private {
    cluster: Cluster,
    database: String,
    durable: bool,
    /// Held shared while this handle lives; `None` once given back.
    users: Option<File>,
}

impl Private {
    /// Makes the cluster if there is none, starts its server if none runs, and makes roles and
    /// database if they are missing. Waits at most a minute for the server, and two for another
    /// process that is starting or stopping it.
    ///
    /// # Errors
    /// One line for the person at the terminal; see [`PrivateError`].
    pub fn start(options: &Options) -> Result<Self, PrivateError> {
        bootstrap::check_name(&options.database)?;
        let user = user::ServerUser::find(&options.data_dir)?;
        let places = Places::prepare(&options.data_dir, &user)?;
        let gate = Gate::enter(&places)?;
        let users = places.open_lock("users")?;
        users
            .lock_shared()
            .map_err(|err| PrivateError::io(&places.home, &err))?;
        let programs = choose(&candidates(), places.data_version()?.as_deref())?;
        let cluster = Cluster {
            places,
            programs,
            user,
        };
        let mut handle = Self {
            cluster,
            database: options.database.clone(),
            durable: options.durable,
            users: Some(users),
        };
        let runs = handle
            .cluster
            .ensure_made(options.durable)
            .and_then(|()| handle.cluster.ensure_running(options.durable, START_LIMIT));
        if let Err(err) = runs {
            // Not through `give_back`: a server that is still recovering from a crash is left to
            // finish, so that the next start finds it further on.
            handle.users = None;
            return Err(err);
        }
        let ready = handle.bootstrap();
        // Opened before an error drops the handle, which needs the gate to give its share back.
        drop(gate);
        ready.map(|()| handle)
    }

    /// Connection string of the app's role: no DDL, held by row-level security.
    #[must_use]
    pub fn app_url(&self) -> String {
        self.cluster.places.url(APP_ROLE, &self.database)
    }

    /// Connection string of the role that owns the database and migrates it.
    #[must_use]
    pub fn owner_url(&self) -> String {
        self.cluster.places.url(OWNER_ROLE, &self.database)
    }

    /// Connection string of the superuser, for dumps and for making test databases.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.cluster.places.url(SUPERUSER, &self.database)
    }

    /// Folder of the programs that fit this cluster, `pg_dump` among them.
    #[must_use]
    pub fn programs(&self) -> &std::path::Path {
        &self.cluster.programs.bin
    }

    /// Starts the server again if it has died under its handles; `true` if it had. Nobody stops it
    /// on purpose while this handle lives. Cheap while it runs: two small files are read.
    ///
    /// # Errors
    /// It does not start.
    pub fn mend(&self) -> Result<bool, PrivateError> {
        if self.cluster.runs() {
            return Ok(false);
        }
        let _gate = Gate::enter(&self.cluster.places)?;
        self.cluster.ensure_running(self.durable, START_LIMIT)?;
        Ok(true)
    }

    /// Gives the share back now and says what happened. The last one out waits until the server
    /// has stopped; connections that are still open are closed by the server.
    ///
    /// # Errors
    /// When the server does not stop, or the lock files cannot be used.
    pub fn stop(mut self) -> Result<Ended, PrivateError> {
        self.give_back()
    }

    fn bootstrap(&self) -> Result<(), PrivateError> {
        let url = self.cluster.places.url(SUPERUSER, "postgres");
        let mut conn =
            PgConnection::establish(&url).map_err(|err| PrivateError::Database(err.to_string()))?;
        bootstrap::roles_and_database(&mut conn, &self.database)?;
        let mut conn = PgConnection::establish(&self.superuser_url())
            .map_err(|err| PrivateError::Database(err.to_string()))?;
        bootstrap::privileges(&mut conn, &self.database)
    }

    fn give_back(&mut self) -> Result<Ended, PrivateError> {
        let Some(users) = self.users.take() else {
            return Ok(Ended::LeftRunning);
        };
        let home = &self.cluster.places.home;
        let _gate = Gate::enter(&self.cluster.places)?;
        // Unlocked by name, not by closing: a child between fork and exec still holds a copy of
        // the descriptor, and the lock belongs to what the copies share.
        users.unlock().map_err(|err| PrivateError::io(home, &err))?;
        match users.try_lock() {
            Ok(()) => {
                let stopped = self.cluster.stop();
                users.unlock().map_err(|err| PrivateError::io(home, &err))?;
                stopped.map(|()| Ended::Stopped)
            }
            Err(std::fs::TryLockError::WouldBlock) => Ok(Ended::LeftRunning),
            Err(std::fs::TryLockError::Error(err)) => Err(PrivateError::io(home, &err)),
        }
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if let Err(err) = self.give_back() {
            tracing::warn!(error = %err, "the private PostgreSQL was not stopped");
        }
    }
}

/// The exclusive right to start or stop the cluster; given back when dropped.
struct Gate(File);

impl Gate {
    fn enter(places: &Places) -> Result<Self, PrivateError> {
        let file = places.open_lock("gate")?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(std::fs::TryLockError::WouldBlock) if begun.elapsed() < GATE_LIMIT => {
                    std::thread::sleep(PAUSE);
                }
                Err(std::fs::TryLockError::WouldBlock) => {
                    return Err(PrivateError::Busy(places.home.clone()));
                }
                Err(std::fs::TryLockError::Error(err)) => {
                    return Err(PrivateError::io(&places.home, &err));
                }
            }
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // A failure to unlock is mended by the close that follows.
        let _ = self.0.unlock();
    }
}
