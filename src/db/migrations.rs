//! Migrations: numbered steps of `migrations/`, with functions and policies re-created around them.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::{Pg, PgConnection};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

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
/// A step fails, or a lock is not had within [`PATIENCE`].
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

/// Re-creates the policies and grants, in one transaction.
///
/// # Errors
/// The database's.
pub fn apply_policies(owner: &mut PgConnection) -> Result<()> {
    owner
        .batch_execute(&format!("BEGIN; {POLICIES}; COMMIT"))
        .map_err(|err| failed("policies.sql", err))
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
