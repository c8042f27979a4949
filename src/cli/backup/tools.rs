//! `pg_dump`, `pg_restore` and `psql`, and how they are handed a connection string.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::JoinHandle;

use crate::db::private::candidates;
use crate::error::{Error, Result};

const WANTED: [&str; 3] = ["pg_dump", "pg_restore", "psql"];

/// The folder of the three.
pub(super) struct Tools(PathBuf);

impl Tools {
    /// Beside the server's own programs, or wherever PostgreSQL's programs are found, the newest.
    pub(super) fn find(beside: Option<&Path>) -> Result<Self> {
        let mut folders: Vec<PathBuf> = beside.map(Path::to_owned).into_iter().collect();
        let mut others = candidates();
        // Debian's folders carry the version in their name; elsewhere there is one.
        others.sort();
        folders.extend(others.into_iter().rev());
        folders
            .into_iter()
            .find(|folder| WANTED.iter().all(|name| folder.join(name).is_file()))
            .map(Self)
            .ok_or_else(|| {
                Error::Internal(
                    "pg_dump, pg_restore and psql are not installed: install the Debian package \
                     `postgresql-client`"
                        .to_owned(),
                )
            })
    }

    /// One of the three, in a plain environment. A password travels in the environment: the command
    /// line can be read by everybody on the machine.
    pub(super) fn command(&self, name: &str, url: Option<&str>) -> Command {
        let mut command = Command::new(self.0.join(name));
        command
            .env_clear()
            .envs(crate::config::postgres_environment())
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        if let Some(url) = url {
            let (url, password) = without_password(url);
            if let Some(password) = password {
                command.env("PGPASSWORD", password);
            }
            command.arg("--no-password").arg(format!("--dbname={url}"));
        }
        command
    }
}

/// `postgresql://user:secret@host/…` without the secret, and the secret. Other forms are left alone.
fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else {
        return (url.to_owned(), None);
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority
        .rsplit_once('@')
        .and_then(|(who, host)| Some((who.split_once(':')?, host)))
    {
        Some(((user, password), host)) => (
            format!("{scheme}://{user}@{host}{path}"),
            Some(percent_decoded(password)),
        ),
        None => (url.to_owned(), None),
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = match code {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A program that runs, with somebody listening to its complaints.
pub(super) struct Running {
    pub(super) child: Child,
    name: String,
    said: Option<JoinHandle<String>>,
}

impl Running {
    /// Starts it.
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let name = Path::new(command.get_program())
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let mut child = command
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|err| Error::Internal(format!("{name}: {err}")))?;
        let said = child.stderr.take().map(listen);
        Ok(Self { child, name, said })
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// It failed; with its own words.
    pub(super) fn end(mut self) -> Result<()> {
        let status = self.child.wait()?;
        let said = self
            .said
            .take()
            .and_then(|listener| listener.join().ok())
            .unwrap_or_default();
        if status.success() {
            return Ok(());
        }
        Err(Error::Internal(format!("{}: {}", self.name, said.trim())))
    }
}

fn listen(mut stderr: ChildStderr) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut said = Vec::new();
        // What cannot be read is not told; the exit status still counts.
        let _ = stderr.read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    })
}
