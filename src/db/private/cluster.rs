//! Makes, starts and stops one cluster. Everything here happens inside the gate.

use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use diesel::Connection as _;
use diesel::pg::PgConnection;

use super::bootstrap::SUPERUSER;
use super::find::Programs;
use super::folder::{Places, SOCKET};
use super::user::ServerUser;
use super::{PAUSE, PrivateError};

/// A log longer than this (bytes) is put aside at the next start; one old log is kept.
const LOG_LIMIT: u64 = 8 * 1024 * 1024;
/// Lines of the server's log that an error quotes.
const QUOTED_LINES: usize = 12;

/// A cluster on disk, the programs that fit it and the user that runs them.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) places: Places,
    pub(super) programs: Programs,
    pub(super) user: ServerUser,
}

/// What `postmaster.pid` says about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Postmaster {
    /// No file, or its process is gone; PostgreSQL itself deals with the latter.
    Gone,
    /// Its process is this cluster's server, accepting connections or not yet or no longer.
    Ours,
    /// The file is left over: the number is another process's by now, or cannot be read. The
    /// server would refuse to start for fear of that process.
    Stale,
}

impl Cluster {
    /// Runs `initdb` unless there is a cluster. It is made beside its place and renamed, so an
    /// interrupted `initdb` leaves nothing that looks like a cluster.
    pub(super) fn ensure_made(&self, durable: bool) -> Result<(), PrivateError> {
        let home = &self.places.home;
        let io = |err: std::io::Error| PrivateError::io(home, &err);
        for entry in std::fs::read_dir(home).map_err(io)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with("new-") {
                std::fs::remove_dir_all(entry.path()).map_err(io)?;
            }
        }
        if self.places.data_version()?.is_some() {
            return Ok(());
        }
        let new = home.join(format!("new-{}", std::process::id()));
        // A C library without C.UTF-8 (older macOS) gets C: only upper and lower case of letters
        // outside ASCII differ, and the app folds those itself.
        if self.initdb(&new, "C.UTF-8", durable).is_err() {
            self.initdb(&new, "C", durable)?;
        }
        std::fs::rename(&new, &self.places.data)
            .map_err(|err| PrivateError::io(&self.places.data, &err))
    }

    fn initdb(&self, new: &Path, locale: &str, durable: bool) -> Result<(), PrivateError> {
        let mut command = self.command("initdb");
        command
            .arg("--pgdata")
            .arg(new)
            .arg(format!("--username={SUPERUSER}"))
            .args(["--auth-local=trust", "--auth-host=reject"])
            .args(["--encoding=UTF8", "--data-checksums", "--no-instructions"])
            .arg(format!("--locale={locale}"));
        if !durable {
            command.arg("--no-sync");
        }
        run("initdb", &mut command)
    }

    /// Adopts the server that runs, or starts one; returns when it accepts connections.
    pub(super) fn ensure_running(
        &self,
        durable: bool,
        limit: Duration,
    ) -> Result<(), PrivateError> {
        let log_begins = self.log_length();
        let begun = Instant::now();
        loop {
            let refused = match PgConnection::establish(&self.places.url(SUPERUSER, "postgres")) {
                Ok(_conn) => return Ok(()),
                Err(err) => err.to_string(),
            };
            let left = limit.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(self.did_not_start(&refused, log_begins));
            }
            match self.postmaster() {
                Postmaster::Ours => {}
                dead @ (Postmaster::Stale | Postmaster::Gone) => {
                    self.sweep(dead)?;
                    if let Err(err) = self.start(durable, left)
                        && !self.old_server_lingers(log_begins)
                        && self.postmaster() != Postmaster::Ours
                    {
                        return Err(self.did_not_start(&err.to_string(), log_begins));
                    }
                }
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Does the server's process live?
    pub(super) fn runs(&self) -> bool {
        self.postmaster() == Postmaster::Ours
    }

    /// Stops the server, if one runs: open transactions are rolled back, then a checkpoint.
    pub(super) fn stop(&self) -> Result<(), PrivateError> {
        // `pg_ctl` would signal whatever process now has the number of a left-over file.
        if self.postmaster() != Postmaster::Ours {
            return Ok(());
        }
        let mut command = self.command("pg_ctl");
        command
            .args(["stop", "--mode=fast", "--wait", "--timeout=60", "--silent"])
            .arg("--pgdata")
            .arg(&self.places.data);
        run("pg_ctl stop", &mut command)
    }

    fn start(&self, durable: bool, limit: Duration) -> Result<(), PrivateError> {
        self.write_settings(durable)?;
        if self.log_length() > LOG_LIMIT {
            let old = self.places.home.join("server.log.old");
            std::fs::rename(&self.places.log, &old).map_err(|err| PrivateError::io(&old, &err))?;
        }
        let mut command = self.command("pg_ctl");
        // `pg_ctl` gives the server a session of its own: Ctrl-C in the terminal reaches us only.
        command
            .args(["start", "--wait", "--silent"])
            .arg(format!("--timeout={}", limit.as_secs().max(1)))
            .arg("--pgdata")
            .arg(&self.places.data)
            .arg("--log")
            .arg(&self.places.log);
        run("pg_ctl start", &mut command)
    }

    /// Writes `postgresql.conf` anew: the cluster is ours, and an upgrade of banyan may change it.
    fn write_settings(&self, durable: bool) -> Result<(), PrivateError> {
        let path = self.places.data.join("postgresql.conf");
        let new = self.places.data.join("postgresql.conf.new");
        let text = settings(&self.places.run.to_string_lossy(), durable);
        remove(&new)?;
        // Never through a link: root writes here in another user's folder.
        let written =
            std::fs::File::create_new(&new).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|err| PrivateError::io(&new, &err))?;
        self.places.give_away(&new)?;
        std::fs::rename(&new, &path).map_err(|err| PrivateError::io(&path, &err))
    }

    fn postmaster(&self) -> Postmaster {
        let Ok(text) = std::fs::read_to_string(self.places.data.join("postmaster.pid")) else {
            return Postmaster::Gone;
        };
        let Some(pid) = text
            .lines()
            .next()
            .and_then(|line| line.trim().parse::<u32>().ok())
        else {
            return Postmaster::Stale;
        };
        match command_line(pid) {
            None => Postmaster::Gone,
            Some(line) if line.contains(&*self.places.data.to_string_lossy()) => Postmaster::Ours,
            Some(_) => Postmaster::Stale,
        }
    }

    /// Removes what a dead server left: `postmaster.pid` if its number is another process's, and
    /// the socket's lock file, which has the same trouble and stands in a folder that no other
    /// server uses. Should backends of a killed server still live, the new one finds their shared
    /// memory by the data folder's inode and refuses.
    fn sweep(&self, state: Postmaster) -> Result<(), PrivateError> {
        if state == Postmaster::Stale {
            remove(&self.places.data.join("postmaster.pid"))?;
        }
        remove(&self.places.run.join(format!("{SOCKET}.lock")))
    }

    /// Backends of a killed server leave within moments; until then a start is refused.
    fn old_server_lingers(&self, log_begins: u64) -> bool {
        self.log_tail(log_begins).contains("still in use")
    }

    fn did_not_start(&self, why: &str, log_begins: u64) -> PrivateError {
        PrivateError::DidNotStart {
            why: why.trim().to_owned(),
            log: self.places.log.clone(),
            tail: self.log_tail(log_begins),
        }
    }

    fn log_length(&self) -> u64 {
        std::fs::metadata(&self.places.log).map_or(0, |meta| meta.len())
    }

    /// The log's last lines, of what was written after its first `begins` bytes (of all, when it
    /// was put aside meanwhile).
    fn log_tail(&self, begins: u64) -> String {
        let bytes = std::fs::read(&self.places.log).unwrap_or_default();
        let begins = usize::try_from(begins).unwrap_or(0);
        let text = String::from_utf8_lossy(bytes.get(begins..).unwrap_or(&bytes)).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let skipped = lines.len().saturating_sub(QUOTED_LINES);
        lines.get(skipped..).unwrap_or_default().join("\n")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.user.command(&self.programs.bin.join(program));
        // The folder that we stand in may be closed to the server's user.
        command.current_dir("/");
        command
    }
}

fn run(name: &str, command: &mut Command) -> Result<(), PrivateError> {
    let failed = |output: String| PrivateError::Command {
        command: name.to_owned(),
        output,
    };
    let out = command.output().map_err(|err| failed(err.to_string()))?;
    if out.status.success() {
        return Ok(());
    }
    let said = [out.stderr, out.stdout].concat();
    Err(failed(String::from_utf8_lossy(&said).trim().to_owned()))
}

fn remove(path: &Path) -> Result<(), PrivateError> {
    match std::fs::remove_file(path) {
        Err(err) if err.kind() != ErrorKind::NotFound => Err(PrivateError::io(path, &err)),
        _ => Ok(()),
    }
}

/// Command line of a living process; `None` when there is none. A dead process that its parent has
/// not collected yet has an empty one.
fn command_line(pid: u32) -> Option<String> {
    if Path::new("/proc/self/cmdline").exists() {
        let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        return Some(String::from_utf8_lossy(&bytes).into_owned());
    }
    let out = Command::new("ps")
        .args(["-ww", "-o", "args=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    out.status
        .success()
        .then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Settings for a server that shares a small machine with its only client.
fn settings(socket_folder: &str, durable: bool) -> String {
    let safety = if durable {
        ""
    } else {
        "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n\
         wal_level = minimal\nmax_wal_senders = 0\n"
    };
    format!(
        "# Written by banyan at every start; changes are lost.\n\
         listen_addresses = ''\n\
         port = 5432\n\
         unix_socket_directories = '{socket_folder}'\n\
         unix_socket_permissions = 0700\n\
         cluster_name = 'banyan'\n\
         max_connections = 60\n\
         shared_buffers = 128MB\n\
         work_mem = 8MB\n\
         maintenance_work_mem = 64MB\n\
         effective_cache_size = 512MB\n\
         max_wal_size = 1GB\n\
         random_page_cost = 1.1\n\
         jit = off\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         lc_messages = 'C'\n\
         datestyle = 'iso, ymd'\n\
         log_line_prefix = '%m [%p] '\n\
         # Details quote the values of rows; the log holds no persons.\n\
         log_error_verbosity = terse\n\
         {safety}"
    )
}
