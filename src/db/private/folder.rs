//! The folders of the private cluster, who owns them, and the addresses made from them.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::PrivateError;
use super::user::ServerUser;

/// Longest socket path in bytes: `sun_path` holds 108 with the closing zero.
const SOCKET_LIMIT: usize = 107;
/// File name of the socket of port 5432.
pub(super) const SOCKET: &str = ".s.PGSQL.5432";

/// Where everything of one cluster is; all paths absolute, all folders there.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// `<data_dir>/postgres`.
    pub(super) home: PathBuf,
    /// The cluster (`PGDATA`); made by `initdb`, not here.
    pub(super) data: PathBuf,
    /// Folder of the socket.
    pub(super) run: PathBuf,
    /// The server's log.
    pub(super) log: PathBuf,
    owner: Option<(u32, u32)>,
}

impl Places {
    /// Makes the folders that are missing, closed to everyone but the server's user.
    pub(super) fn prepare(data_dir: &Path, user: &ServerUser) -> Result<Self, PrivateError> {
        let io = |err: std::io::Error| PrivateError::io(data_dir, &err);
        if !data_dir.is_dir() {
            // Root's own files stand here too; the server's user must only pass through.
            let mode = if user.ids().is_some() { 0o711 } else { 0o700 };
            DirBuilder::new()
                .recursive(true)
                .mode(mode)
                .create(data_dir)
                .map_err(io)?;
        }
        let data_dir = data_dir.canonicalize().map_err(io)?;
        if unusable(&data_dir) {
            return Err(PrivateError::UnusablePath(data_dir));
        }
        if let Some((uid, _)) = user.ids()
            && !user.can_enter(&data_dir)
        {
            return Err(PrivateError::CannotEnter {
                uid,
                folder: data_dir,
            });
        }
        let home = data_dir.join("postgres");
        let places = Self {
            data: home.join("data"),
            run: socket_folder(&home),
            log: home.join("server.log"),
            owner: user.ids(),
            home,
        };
        places.make(&places.home)?;
        places.make(&places.run)?;
        Ok(places)
    }

    /// A folder that only the server's user may enter. One that is there already must be a real
    /// folder of that user (or of root, who was interrupted before giving it away): the short
    /// socket folder stands in `/tmp`, where anybody may have made it first.
    fn make(&self, folder: &Path) -> Result<(), PrivateError> {
        let io = |err: std::io::Error| PrivateError::io(folder, &err);
        match DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => {}
            Err(err) if err.kind() == ErrorKind::AlreadyExists => {}
            Err(err) => return Err(io(err)),
        }
        let meta = std::fs::symlink_metadata(folder).map_err(io)?;
        let ours = match self.owner {
            Some((uid, _)) => meta.uid() == uid || meta.uid() == 0,
            None => folder == self.home || meta.uid() == self.home_uid()?,
        };
        if !meta.is_dir() || !ours {
            return Err(PrivateError::NotOurs(folder.to_owned()));
        }
        self.give_away(folder)?;
        if meta.permissions().mode() & 0o7777 != 0o700 {
            std::fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(io)?;
        }
        Ok(())
    }

    fn home_uid(&self) -> Result<u32, PrivateError> {
        std::fs::metadata(&self.home)
            .map(|meta| meta.uid())
            .map_err(|err| PrivateError::io(&self.home, &err))
    }

    /// Gives a new file to the server's user. A link is never followed: root works here in a
    /// folder that another user may write.
    pub(super) fn give_away(&self, path: &Path) -> Result<(), PrivateError> {
        match self.owner {
            Some((uid, gid)) => std::os::unix::fs::lchown(path, Some(uid), Some(gid))
                .map_err(|err| PrivateError::io(path, &err)),
            None => Ok(()),
        }
    }

    /// Opens a lock file, making it if need be.
    pub(super) fn open_lock(&self, name: &str) -> Result<File, PrivateError> {
        let path = self.home.join(name);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(|err| PrivateError::io(&path, &err))?;
        self.give_away(&path)?;
        Ok(file)
    }

    /// Major version that made the cluster; `None` when there is no cluster yet.
    pub(super) fn data_version(&self) -> Result<Option<String>, PrivateError> {
        let path = self.data.join("PG_VERSION");
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(err) if err.kind() == ErrorKind::NotFound => Ok(None),
            Err(err) => Err(PrivateError::io(&path, &err)),
        }
    }

    /// Connection string for a role on a database of this server.
    pub(super) fn url(&self, role: &str, database: &str) -> String {
        let host = percent_encoded(self.run.as_os_str().as_encoded_bytes());
        format!("postgresql://{role}@/{database}?host={host}&port=5432")
    }
}

/// `pg_ctl` hands the path to a shell inside double quotes.
fn unusable(path: &Path) -> bool {
    path.as_os_str()
        .as_encoded_bytes()
        .iter()
        .any(|b| b.is_ascii_control() || b"\"$`\\".contains(b))
}

/// `<home>/run`; or, when the socket's path would be too long or holds what the setting
/// `unix_socket_directories` reads as syntax, a short folder that is always the same for `home`.
fn socket_folder(home: &Path) -> PathBuf {
    let run = home.join("run");
    let bytes = run.as_os_str().as_encoded_bytes();
    if bytes.len() + 1 + SOCKET.len() <= SOCKET_LIMIT && !bytes.iter().any(|b| b",'".contains(b)) {
        return run;
    }
    let digest = Sha256::digest(home.as_os_str().as_encoded_bytes());
    let name: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    Path::new("/tmp").join(format!("banyan-{name}"))
}

fn percent_encoded(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-._~".contains(b) {
                char::from(*b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
