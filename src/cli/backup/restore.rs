//! A house from a backup: files first, then the database in one transaction that also holds the
//! letters, then everything looked at again.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{ExitCode, Stdio};

use diesel::QueryableByName;
use diesel::RunQueryDsl as _;
use diesel::pg::PgConnection;
use diesel::sql_types::BigInt;

use crate::access::secret::Keys;
use crate::audit::seal;
use crate::cli::{complain, say};
use crate::config::{Config, Database};
use crate::db::sql_query;
use crate::error::{Error, Result};
use crate::house::House;

use super::Source;
use super::manifest::{DUMP, FILES, Manifest, SECRET, Secret, copy_into, measure};
use super::take::{connect, rows, stored};
use super::tools::Running;
use crate::access::secret::hex;

/// Letters that were queued at the time of the backup have probably been sent since.
const HOLD: &str = "UPDATE public.house SET letters_held_at = clock_timestamp();\nCOMMIT;\n";

#[derive(QueryableByName)]
struct Target {
    #[diesel(sql_type = BigInt)]
    tables: i64,
    #[diesel(sql_type = BigInt)]
    roles: i64,
}

/// Restores a backup whose digests have been checked.
pub(super) fn restore(config: Config, folder: &Path, manifest: &Manifest) -> Result<ExitCode> {
    check_secret(&config, folder, manifest)?;
    let source = Source::open(&config)?;
    let mut conn = connect(&source.url)?;
    check_empty(&mut conn, &config)?;
    check_files(&config, manifest)?;
    place_files(&config, folder, manifest)?;
    load(&source, folder)?;
    say("Restored. Now everything is looked at again:");
    let faults = examine(config, &mut conn, manifest)?;
    drop(conn);
    drop(source.private);
    for fault in &faults {
        complain(&format!("FAULT        {fault}"));
    }
    if !faults.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    say("The house is as it was.");
    Ok(ExitCode::SUCCESS)
}

/// Links that were mailed and the seal on history want the same secret as before.
fn check_secret(config: &Config, folder: &Path, manifest: &Manifest) -> Result<()> {
    let kept = config.data_dir.join(SECRET);
    let secret = match (&config.secret, &manifest.secret) {
        (Some(secret), _) => secret.clone(),
        (None, Secret::Copied(_)) if !kept.exists() => fs::read_to_string(folder.join(SECRET))?,
        (None, Secret::Copied(_)) => fs::read_to_string(&kept)?,
        (None, Secret::Configured) => {
            return Err(Error::Internal(
                "the secret is not in this backup: set BANYAN_SECRET to that of the house that was backed up"
                    .to_owned(),
            ));
        }
    };
    let keys = Keys::new(secret.trim(), &config.public_url);
    if seal::public_key(&keys) == manifest.public_key {
        return Ok(());
    }
    Err(Error::Internal(if config.secret.is_some() {
        "BANYAN_SECRET is not that of the house that was backed up".to_owned()
    } else {
        format!(
            "{} is the secret of another house; restore into a data folder of its own",
            kept.display()
        )
    }))
}

fn check_empty(conn: &mut PgConnection, config: &Config) -> Result<()> {
    let target: Target = sql_query(
        "SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
           WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')) AS tables, \
         (SELECT count(*) FROM pg_roles WHERE rolname IN ('banyan_owner', 'banyan_app')) AS roles",
    )
    .get_result(conn)?;
    if target.roles < 2 {
        return Err(Error::Internal(
            "the server has no roles for Banyan yet: run `banyan migrate --bootstrap | psql -d postgres` there first"
                .to_owned(),
        ));
    }
    if target.tables == 0 {
        return Ok(());
    }
    let place = match &config.database {
        Database::Private => format!("the database in {}", config.data_dir.display()),
        Database::Server { .. } => "the database of DATABASE_BACKUP_URL".to_owned(),
    };
    Err(Error::Internal(format!(
        "{place} is not empty ({} tables): a backup is restored into an empty house only. Nothing was changed.",
        target.tables
    )))
}

/// A file that is there already must be the very same: an earlier restore that was interrupted.
fn check_files(config: &Config, manifest: &Manifest) -> Result<()> {
    let root = config.data_dir.join(FILES);
    for (key, part) in &manifest.files {
        let path = root.join(key);
        if path.exists() && measure(&path).ok().as_ref() != Some(part) {
            return Err(Error::Internal(format!(
                "{} is there already and differs from the backup: restore into a data folder of its own. Nothing was changed.",
                path.display()
            )));
        }
    }
    Ok(())
}

fn place_files(config: &Config, folder: &Path, manifest: &Manifest) -> Result<()> {
    fs::create_dir_all(&config.data_dir)?;
    if matches!(manifest.secret, Secret::Copied(_)) && config.secret.is_none() {
        place(&folder.join(SECRET), &config.data_dir.join(SECRET))?;
    }
    for key in manifest.files.keys() {
        let target = config.data_dir.join(FILES).join(key);
        if let Some(shelf) = target.parent() {
            fs::create_dir_all(shelf)?;
        }
        place(&folder.join(FILES).join(key), &target)?;
    }
    Ok(())
}

/// Whole or not at all.
fn place(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Ok(());
    }
    let half = to.with_extension("restoring");
    let _ = fs::remove_file(&half);
    copy_into(&mut fs::File::open(from)?, &half)?;
    Ok(fs::rename(&half, to)?)
}

/// Dump and hold in one transaction: no worker ever sees the letters without the hold.
fn load(source: &Source, folder: &Path) -> Result<()> {
    let mut from = source.tools.command("pg_restore", None);
    from.arg("--file=-")
        .stdin(fs::File::open(folder.join(DUMP))?)
        .stdout(Stdio::piped());
    let mut to = source.tools.command("psql", Some(&source.url));
    to.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let (mut script, mut target) = (Running::start(from)?, Running::start(to)?);
    let poured = match (script.child.stdout.take(), target.child.stdin.take()) {
        (Some(mut out), Some(mut into)) => into
            .write_all(b"BEGIN;\n")
            .and_then(|()| std::io::copy(&mut out, &mut into))
            .map(|_bytes| into),
        _ => Err(std::io::Error::other("no pipe")),
    };
    // Whose pipe broke: psql tells why; without its COMMIT nothing has happened.
    let scripted = script.end();
    let committed = match (poured, &scripted) {
        (Ok(mut into), Ok(())) => into.write_all(HOLD.as_bytes()),
        (Ok(_into), Err(_)) => Ok(()),
        (Err(err), _) => Err(err),
    };
    target.end()?;
    scripted?;
    Ok(committed?)
}

/// What is not as the manifest says.
fn examine(config: Config, conn: &mut PgConnection, manifest: &Manifest) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let found = rows(conn)?;
    differences(&manifest.rows, &found, &mut faults);
    say(&format!(
        "rows         {} in {} tables",
        found.values().sum::<i64>(),
        found.len()
    ));
    let mut readable = 0_usize;
    for file in stored(conn)? {
        let path = config.data_dir.join(FILES).join(&file.storage_key);
        match measure(&path) {
            Ok(part) if part.sha256 == hex(&file.sha256) => readable += 1,
            _ if file.removed_at.is_some() || manifest.missing.contains(&file.storage_key) => {}
            _ => faults.push(format!(
                "the stored file {} cannot be read",
                file.storage_key
            )),
        }
    }
    say(&format!("files        {readable}"));
    if !manifest.missing.is_empty() {
        say(&format!(
            "             {} were missing when the backup was taken",
            manifest.missing.len()
        ));
    }
    let house = House::open(config)?;
    let anchor = manifest
        .history
        .anchor
        .split_once(':')
        .and_then(|(n, hash)| Some((n.parse().ok()?, hash)));
    match seal::verify(&house.site.db, &house.site.keys, anchor) {
        Ok(verified) => {
            say(&format!(
                "history      {} events, {} checkpoints, {} unsealed",
                verified.events, verified.checkpoints, verified.unsealed
            ));
            faults.extend(verified.faults);
        }
        Err(err) => faults.push(format!("history could not be computed again: {err}")),
    }
    if let Err(err) = house.check_schema() {
        say(&format!("schema       {err}"));
    }
    let mail = house.held_mail()?;
    if mail.held_at.is_none() {
        faults.push("letters are not held".to_owned());
    }
    say(&format!(
        "letters      held; {} are queued. `banyan admin release-mail` lets them go",
        mail.before
    ));
    Ok(faults)
}

fn differences(
    told: &BTreeMap<String, i64>,
    found: &BTreeMap<String, i64>,
    faults: &mut Vec<String>,
) {
    let tables: std::collections::BTreeSet<&String> = told.keys().chain(found.keys()).collect();
    for table in tables {
        let count = |of: &BTreeMap<String, i64>| {
            of.get(table)
                .map_or_else(|| "none".to_owned(), ToString::to_string)
        };
        if told.get(table) != found.get(table) {
            faults.push(format!(
                "table {table}: {} rows in the backup, {} here",
                count(told),
                count(found)
            ));
        }
    }
}
