//! Roles, database and privileges: what exists before the first migration, on the private server
//! and on one of one's own. Every statement may be run again.

use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::result::QueryResult;
use diesel::sql_types::Text;

use super::PrivateError;

/// Superuser of the private cluster.
pub const SUPERUSER: &str = "banyan_super";
/// The role that owns the database and migrates it.
pub const OWNER_ROLE: &str = "banyan_owner";
/// The role that serves: not the owner, no DDL, held by row-level security.
pub const APP_ROLE: &str = "banyan_app";

/// Makes the two roles. A migration that waits for a lock gives up after two seconds rather than
/// holding up everybody who queues behind it.
const ROLES: &str = "\
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'banyan_owner') THEN
    CREATE ROLE banyan_owner;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'banyan_app') THEN
    CREATE ROLE banyan_app;
  END IF;
END
$$;
ALTER ROLE banyan_owner LOGIN NOCREATEDB NOCREATEROLE;
ALTER ROLE banyan_owner SET timezone = 'UTC';
ALTER ROLE banyan_owner SET lock_timeout = '2s';
ALTER ROLE banyan_app LOGIN NOCREATEDB NOCREATEROLE;
ALTER ROLE banyan_app SET timezone = 'UTC';
ALTER ROLE banyan_app SET statement_timeout = '30s';
ALTER ROLE banyan_app SET lock_timeout = '5s';
ALTER ROLE banyan_app SET idle_in_transaction_session_timeout = '60s';
";

/// What roles may do in `{database}`. The app makes temporary tables: imports are copied into one,
/// since COPY is refused on tables under row-level security.
const PRIVILEGES: &str = "\
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE {database} TO banyan_app;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO banyan_app;
";

/// On a server of our own the roles are also held to what they were made without. (Elsewhere only
/// a superuser may say so, even where it is true already.)
const HARDEN: &str = "\
ALTER ROLE banyan_owner NOSUPERUSER NOBYPASSRLS NOREPLICATION;
ALTER ROLE banyan_app NOSUPERUSER NOBYPASSRLS NOREPLICATION;
";

/// The `psql` script for a server of one's own. Only a member may give a database away; a
/// superuser is one already. The backslash commands are `psql`'s.
const SCRIPT: &str = r"-- Prepares a PostgreSQL server (15 or newer) for Banyan. For psql, as a superuser or as an
-- administrator who may create roles and databases; may be run again.
-- Afterwards give both roles a password (\password banyan_owner, \password banyan_app) and put
-- them in DATABASE_OWNER_URL and DATABASE_URL.
{roles}GRANT banyan_owner TO CURRENT_USER;
SELECT $$CREATE DATABASE {database} OWNER banyan_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'$$
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \gexec
\connect {database}
{privileges}";

/// The script that prepares a server of one's own for `database`, for `psql` as its administrator.
///
/// # Errors
/// [`PrivateError::UnusableName`].
pub fn bootstrap_sql(database: &str) -> Result<String, PrivateError> {
    check_name(database)?;
    Ok(SCRIPT
        .replace("{roles}", ROLES)
        .replace("{privileges}", PRIVILEGES)
        .replace("{database}", database))
}

/// A name that needs no quoting anywhere.
pub(super) fn check_name(database: &str) -> Result<(), PrivateError> {
    let starts_well = database.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let plain = database
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if starts_well && plain && database.len() <= 63 {
        Ok(())
    } else {
        Err(PrivateError::UnusableName(database.to_owned()))
    }
}

/// Makes roles and database; `conn` is the superuser's, on any database.
pub(super) fn roles_and_database(
    conn: &mut PgConnection,
    database: &str,
) -> Result<(), PrivateError> {
    refused(try_roles_and_database(conn, database))
}

fn try_roles_and_database(conn: &mut PgConnection, database: &str) -> QueryResult<()> {
    conn.batch_execute(ROLES)?;
    conn.batch_execute(HARDEN)?;
    let there = diesel::sql_query("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind::<Text, _>(database)
        .execute(conn)?;
    conn.batch_execute(&if there == 0 {
        // Encoding and locale are those of the cluster.
        format!("CREATE DATABASE {database} OWNER {OWNER_ROLE} TEMPLATE template0")
    } else {
        format!("ALTER DATABASE {database} OWNER TO {OWNER_ROLE}")
    })
}

/// Grants and revokes; `conn` is the superuser's, on `database` itself.
pub(super) fn privileges(conn: &mut PgConnection, database: &str) -> Result<(), PrivateError> {
    refused(conn.batch_execute(&PRIVILEGES.replace("{database}", database)))
}

fn refused(result: QueryResult<()>) -> Result<(), PrivateError> {
    result.map_err(|err| PrivateError::Database(err.to_string()))
}
