//! `banyan backup` and `banyan restore`: the house in a folder, and a house from a folder.
//!
//! A backup holds the dump of the database, every stored file that it names, the secret if it is
//! kept in the data folder, and a manifest with the SHA-256 of each. It is written last: a folder
//! without one is no backup.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::config::{Config, Database};
use crate::db::private::{Options, Private};
use crate::error::{Error, Result};

use super::say;

mod manifest;
mod restore;
mod take;
mod tools;

use manifest::Manifest;

/// Options of `banyan backup`.
#[derive(clap::Args)]
pub(super) struct BackupOptions {
    /// A folder that is empty or not there yet.
    folder: PathBuf,
}

/// Options of `banyan restore`.
#[derive(clap::Args)]
pub(super) struct RestoreOptions {
    /// The folder of a backup.
    folder: PathBuf,
    /// Compute every SHA-256 of the backup again and restore nothing.
    #[arg(long)]
    check: bool,
}

/// The database as a role that row-level security does not hold.
struct Source {
    url: String,
    tools: tools::Tools,
    /// Keeps the private server running.
    private: Option<Private>,
}

impl Source {
    /// The private cluster (started, if need be), or the server of `DATABASE_BACKUP_URL`.
    fn open(config: &Config) -> Result<Self> {
        match &config.database {
            Database::Private => {
                let options = Options {
                    data_dir: config.data_dir.clone(),
                    durable: true,
                    database: "banyan".to_owned(),
                };
                let private =
                    Private::start(&options).map_err(|err| Error::Internal(err.to_string()))?;
                Ok(Self {
                    url: private.superuser_url(),
                    tools: tools::Tools::find(Some(private.programs()))?,
                    private: Some(private),
                })
            }
            Database::Server { .. } => Ok(Self {
                url: config.backup_url.clone().ok_or_else(no_backup_url)?,
                tools: tools::Tools::find(None)?,
                private: None,
            }),
        }
    }
}

fn no_backup_url() -> Error {
    Error::Internal(
        "the database is your own server's: set DATABASE_BACKUP_URL to the connection string of its \
         superuser (or of a role with BYPASSRLS that is a member of banyan_owner) on the same database"
            .to_owned(),
    )
}

/// Runs `banyan backup`.
pub(super) fn backup(config: &Config, options: &BackupOptions) -> Result<ExitCode> {
    let taken = take::take(config, &options.folder)?;
    say(&format!(
        "Backed up {} rows and {} files ({} MB) to {}.",
        taken.rows.values().sum::<i64>(),
        taken.files.len(),
        taken.bytes() / 1_000_000,
        options.folder.display()
    ));
    say(&format!(
        "History: {} events, anchor {}.",
        taken.history.events, taken.history.anchor
    ));
    if taken.secret == manifest::Secret::Configured {
        say(
            "BANYAN_SECRET is not in the backup: keep it elsewhere, a restored house needs the same.",
        );
    }
    for key in &taken.missing {
        super::complain(&format!(
            "WARNING: the stored file {key} is missing or is not what was uploaded; it is not in the backup."
        ));
    }
    Ok(if taken.missing.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs `banyan restore`.
pub(super) fn restore(config: Config, options: &RestoreOptions) -> Result<ExitCode> {
    let manifest = Manifest::read(&options.folder)?;
    manifest.check(&options.folder)?;
    say(&format!(
        "The backup of {} is whole: {} rows, {} files.",
        manifest.made_at,
        manifest.rows.values().sum::<i64>(),
        manifest.files.len()
    ));
    if options.check {
        return Ok(ExitCode::SUCCESS);
    }
    restore::restore(config, &options.folder, &manifest)
}
