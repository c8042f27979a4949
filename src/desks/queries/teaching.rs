//! What an instructor reads of the programmes that they teach in: by policies that everybody has, so
//! nothing that is not public; and what of their own waits for them.

use crate::db::sql_query;
use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::Instructor;
use crate::cohorts::queries::{COHORT, Cohort};
use crate::db::{Conn, Task};
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
         WHERE m.programme_id = ANY ($1) AND m.archived_at IS NULL ORDER BY m.programme_id, m.position, m.code",
    )
    .bind::<Array<SqlUuid>, _>(ids(teacher))
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// What waits for an instructor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Registers of their sessions of the last 60 days that are over and not signed off.
    pub registers: i64,
    /// Work that is theirs to mark, first or second.
    pub marking: i64,
    /// Their own trainees about whom a case is open.
    pub at_risk: i64,
}

/// What waits for an instructor.
///
/// # Errors
/// The database's.
pub fn waiting(conn: &mut Conn<'_>, teacher: &Instructor) -> Result<Waiting> {
    let count = |conn: &mut Conn<'_>, sql: &str| -> Result<i64> {
        let row: Count = sql_query(sql)
            .bind::<SqlUuid, _>(teacher.person())
            .bind::<Array<SqlUuid>, _>(ids(teacher))
            .get_result(conn.pg())?;
        Ok(row.n)
    };
    // Registers are work of the house: which of them are the instructor's is asked here. As far back
    // as the page of registers goes; older ones are the office's to ask after.
    let registers = conn.elevate(Task::Attendance, |conn| {
        count(
            conn,
            "SELECT count(*) AS n FROM class_sessions s LEFT JOIN registers g ON g.session_id = s.id \
             WHERE $1 = ANY (s.instructor_ids) AND s.programme_id = ANY ($2) AND s.published AND s.state <> 'cancelled' \
               AND s.starts_at >= (SELECT banyan_now()) - interval '60 days' AND s.starts_at <= (SELECT banyan_now()) \
               AND s.ends_at <= (SELECT banyan_now()) AND g.signed_off_at IS NULL",
        )
    })?;
    let marking = count(
        conn,
        "SELECT count(*) AS n FROM scripts WHERE programme_id = ANY ($2) \
           AND (first_id = $1 AND state IN ('not_marked', 'in_marking') OR second_id = $1 AND state = 'marked')",
    )?;
    let at_risk = count(
        conn,
        "SELECT count(*) AS n FROM risk_cases WHERE $1 = ANY (instructor_ids) AND programme_id = ANY ($2) AND state <> 'closed' AND gone_at IS NULL",
    )?;
    Ok(Waiting {
        registers,
        marking,
        at_risk,
    })
}
