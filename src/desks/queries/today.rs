//! What a desk reads to say what needs somebody today.

use crate::db::sql_query;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::Desk;
use crate::cohorts::queries::{COHORT, Cohort};
use crate::db::Conn;
use crate::error::Result;

fn ids(desk: &Desk) -> Vec<uuid::Uuid> {
    desk.programmes().iter().map(|id| id.0).collect()
}

/// The desk's cohorts that are not put away, the latest first.
///
/// # Errors
/// The database's.
pub fn cohorts(conn: &mut Conn<'_>, desk: &Desk) -> Result<Vec<Cohort>> {
    Ok(sql_query(format!(
        "SELECT {COHORT} FROM cohorts c WHERE c.programme_id = ANY ($1) AND c.state NOT IN ('archived', 'cancelled') \
         ORDER BY c.opens_at DESC, c.id"
    ))
    .bind::<Array<SqlUuid>, _>(&ids(desk))
    .load(conn.pg())?)
}

/// Letters that could not be delivered, and what a new house still lacks.
#[derive(Clone, Debug, QueryableByName)]
pub struct House {
    /// Letters laid aside as dead.
    #[diesel(sql_type = BigInt)]
    pub dead_letters: i64,
    /// Targets recorded.
    #[diesel(sql_type = BigInt)]
    pub targets: i64,
    /// Collection statements published.
    #[diesel(sql_type = BigInt)]
    pub statements: i64,
    /// Organisations.
    #[diesel(sql_type = BigInt)]
    pub organisations: i64,
}

/// See [`House`].
///
/// # Errors
/// The database's.
pub fn house(conn: &mut Conn<'_>, desk: &Desk) -> Result<House> {
    Ok(sql_query(
        "SELECT (SELECT count(*) FROM letters WHERE programme_id = ANY ($1) AND state = 'dead') AS dead_letters, \
           (SELECT count(*) FROM targets WHERE programme_id = ANY ($1)) AS targets, \
           (SELECT count(*) FROM pics WHERE programme_id = ANY ($1)) AS statements, \
           (SELECT count(*) FROM organisations WHERE archived_at IS NULL) AS organisations",
    )
    .bind::<Array<SqlUuid>, _>(&ids(desk))
    .get_result(conn.pg())?)
}
