//! Migrations: numbered steps of `migrations/`, with functions and policies re-created around them.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::{Pg, PgConnection};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

const STEPS: EmbeddedMigrations = embed_migrations!("migrations/steps");
const FUNCTIONS: &str = include_str!("../../migrations/replaceable/functions.sql");
const POLICIES: &str = include_str!("../../migrations/replaceable/policies.sql");

/// A step waits no longer than this for a lock: whoever waits for an exclusive lock holds up everybody
/// who comes after. Sixty seconds are for other migrations only.
const PATIENCE: &str = "SET lock_timeout = '2s'";

/// What the owner says a database is for. Only `Sample` and `Test` may be told another time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Real people.
    Production,
    /// The sample programme.
    Sample,
    /// Tests.
    Test,
}

impl Mark {
    /// The word in the table `house`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sample => "sample",
            Self::Test => "test",
        }
    }
}

fn failed(what: &str, err: impl std::fmt::Display) -> Error {
    Error::Internal(format!("{what}: {err}"))
}

/// Brings the schema up to this binary's version. Safe to call from several processes at once: they
/// wait for each other. Returns the versions applied.
///
/// # Errors
/// A step fails, or a lock is not had within `PATIENCE`.
pub fn migrate(owner: &mut PgConnection) -> Result<Vec<String>> {
    owner
        .batch_execute("SET lock_timeout = '60s'; SELECT pg_advisory_lock(20270101); SET client_min_messages = warning")
        .and_then(|()| owner.batch_execute(PATIENCE))
        .map_err(|err| failed("waiting for another migration", err))?;
    let outcome = run(owner);
    let unlocked = owner.batch_execute("SELECT pg_advisory_unlock(20270101); RESET lock_timeout");
    let applied = outcome?;
    unlocked.map_err(|err| failed("ending the migration", err))?;
    Ok(applied)
}

fn run(owner: &mut PgConnection) -> Result<Vec<String>> {
    owner
        .batch_execute(FUNCTIONS)
        .map_err(|err| failed("functions.sql", err))?;
    let applied = owner
        .run_pending_migrations(STEPS)
        .map_err(|err| failed("migrations", err))?;
    let applied = applied.iter().map(ToString::to_string).collect();
    apply_policies(owner)?;
    Ok(applied)
}

/// Re-creates the policies and grants, in one transaction, unless they stand as this binary last made
/// them: each table is locked for a moment, and a house at work should not feel a migration that
/// changes nothing. People at work and a policy may wait for each other; who loses tries again.
///
/// # Errors
/// The database's, after several tries.
pub fn apply_policies(owner: &mut PgConnection) -> Result<()> {
    let said = |err| failed("policies.sql", err);
    if made(owner)
        .map_err(said)?
        .is_some_and(|it| it == standing(owner))
    {
        return Ok(());
    }
    let mut tries = 0;
    while let Err(err) = owner.batch_execute(&format!(
        "BEGIN; SET LOCAL lock_timeout = '1s'; {POLICIES}; COMMIT"
    )) {
        owner.batch_execute("ROLLBACK").map_err(said)?;
        let in_the_way = ["deadlock detected", "lock timeout"];
        tries += 1;
        if tries == TRIES || !in_the_way.iter().any(|it| err.to_string().contains(it)) {
            return Err(said(err));
        }
        std::thread::sleep(Duration::from_millis(200 * tries));
    }
    let standing = standing(owner);
    owner
        .batch_execute(&format!(
            "COMMENT ON TABLE __diesel_schema_migrations IS '{standing}'"
        ))
        .map_err(said)
}

/// How often policies are tried before a migration gives up.
const TRIES: u64 = 6;

#[derive(QueryableByName)]
struct Digest {
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    digest: Option<String>,
}

/// What stood after the policies were last made, if they were.
fn made(owner: &mut PgConnection) -> diesel::QueryResult<Option<String>> {
    sql_query(
        "SELECT obj_description(to_regclass('__diesel_schema_migrations'), 'pg_class') AS digest",
    )
    .get_result::<Digest>(owner)
    .map(|row| row.digest)
}

/// A digest of our policies and of what stands in the catalogue: policies, grants, whether row-level
/// security is forced, triggers.
fn standing(owner: &mut PgConnection) -> String {
    let stands = sql_query(
        "SELECT md5(string_agg(x, '|' ORDER BY x)) AS digest FROM ( \
           SELECT p::text FROM pg_policies p WHERE schemaname = 'public' \
           UNION ALL SELECT concat_ws(' ', c.relname, c.relacl, c.relrowsecurity, c.relforcerowsecurity) \
             FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \
           UNION ALL SELECT concat_ws(' ', t.tgname, t.tgrelid::regclass, t.tgenabled) FROM pg_trigger t WHERE NOT t.tgisinternal \
         ) AS all_of_it (x)",
    )
    .get_result::<Digest>(owner);
    let ours: String = Sha256::digest(POLICIES)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    // What cannot be read is not the same as anything.
    let stands = stands.ok().and_then(|row| row.digest).unwrap_or_default();
    format!("{ours} {stands}")
}

/// Undoes every step, for the test that shows that each can be undone.
///
/// # Errors
/// A step cannot be undone.
pub fn revert_last(owner: &mut PgConnection) -> Result<String> {
    owner
        .revert_last_migration(STEPS)
        .map(|v| v.to_string())
        .map_err(|err| failed("reverting", err))
}

/// Runs the next step only.
///
/// # Errors
/// The step fails.
pub fn run_next(owner: &mut PgConnection) -> Result<String> {
    owner
        .batch_execute(FUNCTIONS)
        .map_err(|err| failed("functions.sql", err))?;
    owner
        .run_next_migration(STEPS)
        .map(|v| v.to_string())
        .map_err(|err| failed("migrating", err))
}

/// Says what the database is for.
///
/// # Errors
/// The database's.
pub fn set_mark(owner: &mut PgConnection, mark: Mark) -> Result<()> {
    owner
        .batch_execute(&format!(
            "BEGIN; SET LOCAL banyan.kind = 'task:set_up'; UPDATE house SET mark = '{}'; COMMIT",
            mark.as_str()
        ))
        .map_err(|err| failed("marking the database", err))
}

/// Versions that this binary knows, in order.
#[must_use]
pub fn known() -> Vec<String> {
    let steps: Vec<Box<dyn Migration<Pg>>> = STEPS.migrations().unwrap_or_default();
    let mut versions: Vec<String> = steps
        .iter()
        .map(|step| step.name().version().to_string())
        .collect();
    versions.sort();
    versions
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

/// Steps that this binary knows and the database does not have.
///
/// # Errors
/// The database's. A database without any schema lacks every step.
pub fn missing(pg: &mut PgConnection) -> Result<Vec<String>> {
    let there =
        sql_query("SELECT to_regclass('__diesel_schema_migrations')::text IS NOT NULL AS yes")
            .get_result::<Yes>(pg)
            .map_err(Error::Database)?;
    if !there.yes {
        return Ok(known());
    }
    let applied: Vec<Applied> = sql_query("SELECT version::text FROM __diesel_schema_migrations")
        .load(pg)
        .map_err(Error::Database)?;
    Ok(known()
        .into_iter()
        .filter(|v| !applied.iter().any(|a| a.version == *v))
        .collect())
}

#[derive(QueryableByName)]
struct Yes {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    yes: bool,
}

/// A version as Diesel writes it, for messages.
#[must_use]
pub fn version(of: &MigrationVersion<'_>) -> String {
    of.to_string()
}
