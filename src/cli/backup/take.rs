//! Taking a backup: one snapshot of the database, then the files that it names.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::Stdio;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text, Timestamptz};
use diesel::{OptionalExtension as _, QueryableByName, RunQueryDsl as _};

use crate::audit::seal;
use crate::config::Config;
use crate::db::{self, sql_query};
use crate::error::{Error, Result};
use crate::house;

use super::Source;
use super::manifest::{DUMP, FILES, History, Manifest, SECRET, Secret, copy_into};
use super::tools::Running;
use crate::access::secret::hex;

#[derive(QueryableByName)]
struct Moment {
    #[diesel(sql_type = Text)]
    snapshot: String,
    #[diesel(sql_type = Timestamptz)]
    now: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Head {
    #[diesel(sql_type = BigInt)]
    position: i64,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

/// A row of `files`.
#[derive(QueryableByName)]
pub(super) struct Stored {
    #[diesel(sql_type = Text)]
    pub(super) storage_key: String,
    #[diesel(sql_type = Binary)]
    pub(super) sha256: Vec<u8>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub(super) removed_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Might {
    #[diesel(sql_type = Bool)]
    mighty: bool,
}

/// Opens a connection that row-level security does not hold.
pub(super) fn connect(url: &str) -> Result<PgConnection> {
    let mut conn = db::connect_owner(&db::impatient(url))?;
    let might: Might = sql_query(
        "SELECT rolsuper OR rolbypassrls AS mighty FROM pg_roles WHERE rolname = current_user",
    )
    .get_result(&mut conn)?;
    if might.mighty {
        conn.batch_execute("SET statement_timeout = 0; SET lock_timeout = '60s'; SET idle_in_transaction_session_timeout = 0")?;
        return Ok(conn);
    }
    Err(Error::Internal(
        "the role of DATABASE_BACKUP_URL is held by row-level security and would see no rows: name a \
         superuser or a role with BYPASSRLS"
            .to_owned(),
    ))
}

/// Rows of each table. The names come from the catalogue, quoted by PostgreSQL itself.
pub(super) fn rows(conn: &mut PgConnection) -> Result<BTreeMap<String, i64>> {
    let tables: Vec<Table> = sql_query(
        "SELECT tablename::text AS name, \
         (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', schemaname, tablename), \
           false, true, '')))[1]::text::bigint AS n \
         FROM pg_tables WHERE schemaname = 'public'",
    )
    .load(conn)?;
    Ok(tables.into_iter().map(|it| (it.name, it.n)).collect())
}

/// Every stored file that a row names.
pub(super) fn stored(conn: &mut PgConnection) -> Result<Vec<Stored>> {
    Ok(
        sql_query("SELECT storage_key, sha256, removed_at FROM files ORDER BY storage_key")
            .load(conn)?,
    )
}

/// Takes a backup.
pub(super) fn take(config: &Config, folder: &Path) -> Result<Manifest> {
    make(folder)?;
    let source = Source::open(config)?;
    let mut conn = connect(&source.url)?;
    conn.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let moment: Moment = sql_query(
        "SELECT pg_export_snapshot() AS snapshot, transaction_timestamp() AS now, current_setting('server_version') AS version",
    )
    .get_result(&mut conn)?;
    let keys = house::keys(config)?;
    let mut manifest = Manifest::new(moment.now, moment.version, seal::public_key(&keys));
    let steps: Vec<Step> =
        sql_query("SELECT version::text FROM __diesel_schema_migrations ORDER BY 1")
            .load(&mut conn)
            .map_err(|_absent| {
                Error::Internal("the database has no schema yet: nothing to back up".to_owned())
            })?;
    manifest.schema = steps.into_iter().map(|it| it.version).collect();
    manifest.rows = rows(&mut conn)?;
    manifest.history = history(&mut conn)?;
    let files = stored(&mut conn)?;
    dump(&source, folder, &moment.snapshot, &mut manifest)?;
    conn.batch_execute("COMMIT")?;
    // After the dump: bytes are stored before the row that names them, and never change.
    copy_files(config, folder, &files, &mut manifest)?;
    if config.secret.is_none() {
        let mut secret = fs::File::open(config.data_dir.join(SECRET))?;
        manifest.secret = Secret::Copied(copy_into(&mut secret, &folder.join(SECRET))?);
    }
    manifest.write(folder)?;
    drop(source.private);
    Ok(manifest)
}

/// An empty folder that only its owner may enter.
fn make(folder: &Path) -> Result<()> {
    let said = |why: String| Error::Internal(format!("{}: {why}", folder.display()));
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|err| said(err.to_string()))?;
    if fs::read_dir(folder)?.next().is_some() {
        return Err(said(
            "is not empty; a backup wants a folder of its own".to_owned(),
        ));
    }
    Ok(())
}

fn history(conn: &mut PgConnection) -> Result<History> {
    let head: Option<Head> =
        sql_query("SELECT position, hash FROM audit_chain ORDER BY position DESC LIMIT 1")
            .get_result(conn)
            .optional()?;
    Ok(head.map_or(
        History {
            events: 0,
            anchor: String::new(),
        },
        |head| History {
            events: head.position,
            anchor: format!("{}:{}", head.position, hex(&head.hash)),
        },
    ))
}

fn dump(source: &Source, folder: &Path, snapshot: &str, to: &mut Manifest) -> Result<()> {
    let mut command = source.tools.command("pg_dump", Some(&source.url));
    command
        .args(["--format=custom", "--lock-wait-timeout=60s"])
        .arg(format!("--snapshot={snapshot}"))
        .stdout(Stdio::piped());
    let mut running = Running::start(command)?;
    let copied = match running.child.stdout.take() {
        Some(mut bytes) => copy_into(&mut bytes, &folder.join(DUMP)),
        None => Err(Error::Internal("pg_dump says nothing".to_owned())),
    };
    running.end()?;
    to.dump = copied?;
    Ok(())
}

fn copy_files(config: &Config, folder: &Path, files: &[Stored], to: &mut Manifest) -> Result<()> {
    let (from, target) = (config.data_dir.join(FILES), folder.join(FILES));
    fs::create_dir(&target)?;
    for file in files {
        let path = target.join(&file.storage_key);
        if let Some(shelf) = path.parent() {
            fs::create_dir_all(shelf)?;
        }
        let bytes = match fs::File::open(from.join(&file.storage_key)) {
            Ok(bytes) => Some(bytes),
            Err(err) if err.kind() == std::io::ErrorKind::NotFound => None,
            Err(err) => return Err(err.into()),
        };
        let copied = match bytes {
            Some(mut bytes) => Some(copy_into(&mut bytes, &path)?),
            None => None,
        };
        match copied {
            Some(part) if part.sha256 == hex(&file.sha256) => {
                to.files.insert(file.storage_key.clone(), part);
            }
            // What was removed may be gone.
            None if file.removed_at.is_some() => {}
            damaged => {
                if damaged.is_some() {
                    fs::remove_file(&path)?;
                }
                to.missing.push(file.storage_key.clone());
            }
        }
    }
    Ok(())
}
