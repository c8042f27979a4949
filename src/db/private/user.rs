//! Who runs the server: we ourselves, or an ordinary user when we are root.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Output};

use super::PrivateError;

/// Commands that run another as some user, best first. `setpriv` and `runuser` replace themselves
/// by the command and ask no PAM module; `su` is everywhere.
const SWITCHES: [Switch; 3] = [Switch::Setpriv, Switch::Runuser, Switch::Su];

#[derive(Clone, Copy, Debug)]
pub(super) enum Switch {
    Setpriv,
    Runuser,
    Su,
}

/// The user that runs the server's programs and owns its files.
#[derive(Clone, Debug)]
pub(super) enum ServerUser {
    /// Our own; nothing to change.
    Ourselves,
    /// We are root: this one.
    Other {
        uid: u32,
        gid: u32,
        name: String,
        switch: Switch,
    },
}

impl ServerUser {
    /// Ourselves; for root the owner of a cluster that is already there, otherwise `postgres`.
    pub(super) fn find(data_dir: &Path) -> Result<Self, PrivateError> {
        if !crate::config::running_as_root() {
            return Ok(Self::Ourselves);
        }
        let owner = std::fs::metadata(data_dir.join("postgres/data"))
            .map(|meta| (meta.uid(), meta.gid()))
            .ok()
            .filter(|(uid, _)| *uid != 0);
        let (uid, gid) = match owner {
            Some(ids) => ids,
            None => postgres().ok_or(PrivateError::NoServerUser)?,
        };
        // A user without a name (a container's) is still good enough for setpriv.
        let name = id(&["-un", &uid.to_string()]).unwrap_or_else(|| uid.to_string());
        let switch = SWITCHES
            .into_iter()
            .find(|switch| works(*switch, uid, gid, &name))
            .ok_or(PrivateError::NoSwitch)?;
        Ok(Self::Other {
            uid,
            gid,
            name,
            switch,
        })
    }

    /// User and group to give new files to; `None` when they are ours anyway.
    pub(super) fn ids(&self) -> Option<(u32, u32)> {
        match self {
            Self::Ourselves => None,
            Self::Other { uid, gid, .. } => Some((*uid, *gid)),
        }
    }

    /// `program` as this user, in a fixed environment: PostgreSQL reads `PG…`, `LC_…` and `TZ`.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = match self {
            Self::Ourselves => Command::new(program),
            Self::Other {
                uid,
                gid,
                name,
                switch,
            } => {
                let mut command = switched(*switch, *uid, *gid, name);
                command.arg(program);
                command
            }
        };
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
            .env("LC_ALL", "C");
        command
    }

    /// May this user enter `folder`?
    pub(super) fn can_enter(&self, folder: &Path) -> bool {
        self.command(Path::new("/bin/sh"))
            .args(["-c", "cd \"$1\"", "sh"])
            .arg(folder)
            .current_dir("/")
            .output()
            .is_ok_and(|out| out.status.success())
    }
}

fn works(switch: Switch, uid: u32, gid: u32, name: &str) -> bool {
    switched(switch, uid, gid, name)
        .arg("/bin/sh")
        .args(["-c", "id -u"])
        .current_dir("/")
        .output()
        .is_ok_and(|out| out.status.success() && said(&out) == uid.to_string())
}

fn switched(switch: Switch, uid: u32, gid: u32, name: &str) -> Command {
    match switch {
        Switch::Setpriv => {
            let mut command = Command::new("setpriv");
            command
                .arg(format!("--reuid={uid}"))
                .arg(format!("--regid={gid}"))
                .args(["--clear-groups", "--"]);
            command
        }
        Switch::Runuser => {
            let mut command = Command::new("runuser");
            command.args(["-u", name, "--"]);
            command
        }
        Switch::Su => {
            let mut command = Command::new("su");
            command.args(["-s", "/bin/sh", name, "-c", "exec \"$0\" \"$@\"", "--"]);
            command
        }
    }
}

/// User and group of `postgres`.
fn postgres() -> Option<(u32, u32)> {
    let uid = id(&["-u", "postgres"])?.parse().ok()?;
    let gid = id(&["-g", "postgres"])?.parse().ok()?;
    Some((uid, gid))
}

fn id(args: &[&str]) -> Option<String> {
    let out = Command::new("id").args(args).output().ok()?;
    out.status.success().then(|| said(&out))
}

fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}
