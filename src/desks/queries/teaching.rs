//! What an instructor reads of the programmes that they teach in: by policies that everybody has, so
//! nothing that is not public.

use crate::db::sql_query;
use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Uuid as SqlUuid};
use uuid::Uuid;

use crate::access::Instructor;
use crate::cohorts::queries::{COHORT, Cohort};
use crate::db::Conn;
use crate::error::Result;

use super::public::{Module, Programme};

fn ids(teacher: &Instructor) -> Vec<Uuid> {
    teacher.programmes().iter().map(|id| id.0).collect()
}

/// The programmes, those still going on first, the oldest first.
///
/// # Errors
/// The database's.
pub fn programmes(conn: &mut Conn<'_>, teacher: &Instructor) -> Result<Vec<Programme>> {
    Ok(sql_query(
        "SELECT id, name_en, name_zh, summary_en, summary_zh, contact_email FROM programmes \
         WHERE id = ANY ($1) ORDER BY status = 'closed', created_at, id",
    )
    .bind::<Array<SqlUuid>, _>(ids(teacher))
    .load(conn.pg())?)
}

/// Intakes that are running, or whose call or selection is going on, by their first day of teaching.
///
/// # Errors
/// The database's.
pub fn intakes(conn: &mut Conn<'_>, teacher: &Instructor) -> Result<Vec<Cohort>> {
    Ok(sql_query(format!(
        "SELECT {COHORT} FROM cohorts c WHERE c.programme_id = ANY ($1) \
           AND c.state IN ('open', 'reviewing', 'offering', 'running') ORDER BY c.starts_on, c.id"
    ))
    .bind::<Array<SqlUuid>, _>(ids(teacher))
    .load(conn.pg())?)
}

/// The modules of the curriculum, by programme and place.
///
/// # Errors
/// The database's.
pub fn modules(conn: &mut Conn<'_>, teacher: &Instructor) -> Result<Vec<Module>> {
    Ok(sql_query(
        "SELECT m.programme_id, p.code AS programme_code, m.code, v.name_en, v.name_zh, v.summary_en, v.summary_zh, \
           v.contact_hours, v.contact_hours + v.self_study_hours + v.assessment_hours AS notional_hours \
         FROM modules m JOIN module_versions v ON v.module_id = m.id AND v.state = 'published' \
         JOIN programmes p ON p.id = m.programme_id \
         WHERE m.programme_id = ANY ($1) ORDER BY m.programme_id, m.position, m.code",
    )
    .bind::<Array<SqlUuid>, _>(ids(teacher))
    .load(conn.pg())?)
}
