//! What a desk reads to say what needs somebody today.

use crate::db::sql_query;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::Desk;
use crate::cohorts::queries::{COHORT, Cohort};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::ProgrammeId;

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

/// Trainees at risk of a programme.
#[derive(Clone, Debug, QueryableByName)]
pub struct AtRisk {
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme: ProgrammeId,
    /// Its English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Its Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Cases that are not closed; those that rest wait for nobody.
    #[diesel(sql_type = BigInt)]
    pub cases: i64,
    /// Those of them whose day has come, or that nobody looks after.
    #[diesel(sql_type = BigInt)]
    pub urgent: i64,
}

/// The desk's programmes with trainees at risk.
///
/// # Errors
/// The database's.
pub fn at_risk(conn: &mut Conn<'_>, desk: &Desk) -> Result<Vec<AtRisk>> {
    Ok(sql_query(
        "SELECT p.id AS programme, p.name_en, p.name_zh, count(*) AS cases, \
           count(*) FILTER (WHERE r.owner_id IS NULL OR r.due_on <= (SELECT banyan_today())) AS urgent \
         FROM risk_cases r JOIN programmes p ON p.id = r.programme_id \
         WHERE r.programme_id = ANY ($1) AND r.state <> 'closed' AND NOT r.resting GROUP BY p.id ORDER BY p.name_en, p.id",
    )
    .bind::<Array<SqlUuid>, _>(&ids(desk))
    .load(conn.pg())?)
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

/// What waits for the office in the placements of a programme.
#[derive(Clone, Debug, QueryableByName)]
pub struct Placements {
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme: ProgrammeId,
    /// Its English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Its Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Postings that wait for approval.
    #[diesel(sql_type = BigInt)]
    pub postings: i64,
    /// Changes of seats that wait.
    #[diesel(sql_type = BigInt)]
    pub changes: i64,
}

/// What waits in the placements of each of the desk's programmes.
///
/// # Errors
/// The database's.
pub fn placements(conn: &mut Conn<'_>, desk: &Desk) -> Result<Vec<Placements>> {
    Ok(sql_query(
        "SELECT * FROM (SELECT p.id AS programme, p.name_en, p.name_zh, \
           (SELECT count(*) FROM postings o WHERE o.programme_id = p.id AND o.state = 'submitted') AS postings, \
           (SELECT count(*) FROM seat_changes c WHERE c.programme_id = p.id AND c.state IN ('asked', 'seconded')) AS changes \
         FROM programmes p WHERE p.id = ANY ($1)) q WHERE postings + changes > 0 ORDER BY name_en, programme",
    )
    .bind::<Array<SqlUuid>, _>(&ids(desk))
    .load(conn.pg())?)
}
