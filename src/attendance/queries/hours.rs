//! Minutes that count, summed by the database.

use diesel::sql_types::{Array, BigInt, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, OwnEnrolment, Working};
use crate::db::{Conn, Task, sql_query};
use crate::error::Result;
use crate::ids::{EnrolmentId, ModuleId};

use super::super::rules::Hours;

/// Minutes of an enrolment in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleHours {
    /// The enrolment.
    pub enrolment: EnrolmentId,
    /// The module.
    pub module: ModuleId,
    /// Its minutes.
    pub hours: Hours,
}

#[derive(QueryableByName)]
struct HoursRow {
    #[diesel(sql_type = SqlUuid)]
    enrolment_id: EnrolmentId,
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
    #[diesel(sql_type = BigInt)]
    held: i64,
    #[diesel(sql_type = BigInt)]
    attended: i64,
    #[diesel(sql_type = BigInt)]
    excused: i64,
}

impl From<HoursRow> for ModuleHours {
    fn from(row: HoursRow) -> Self {
        Self {
            enrolment: row.enrolment_id,
            module: row.module_id,
            hours: Hours {
                held: row.held,
                attended: row.attended,
                excused: row.excused,
            },
        }
    }
}

/// Sums of what is signed off, of sessions that took place.
const SUMS: &str = "SELECT r.enrolment_id, r.module_id, sum(r.held)::bigint AS held, sum(r.minutes)::bigint AS attended, \
    coalesce(sum(r.held) FILTER (WHERE r.state = 'excused'), 0)::bigint AS excused";

/// Where the sums of a whole cohort come from: its sessions first, so that what is read is theirs. (The
/// cohort is not asked for again: PostgreSQL would walk through all its entries for each session.)
pub(super) const OF_COHORT: &str = "FROM (SELECT s.id, s.starts_at FROM class_sessions s JOIN registers g ON g.session_id = s.id \
      AND g.cohort_id = s.cohort_id AND g.signed_off_at IS NOT NULL WHERE s.cohort_id = $1 AND s.state <> 'cancelled' OFFSET 0) s \
    JOIN attendance_records r ON r.session_id = s.id \
    LEFT JOIN banyan_uncounted(ARRAY(SELECT id FROM enrolments WHERE cohort_id = $1)) u ON u.enrolment_id = r.enrolment_id \
      AND (u.module_id IS NULL OR u.module_id = r.module_id) \
      AND ((s.starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN u.from_on AND u.to_on \
    WHERE u.enrolment_id IS NULL";

/// Where those of one trainee come from: their entries first, each with its session.
const OF_TRAINEE: &str = "FROM (SELECT * FROM attendance_records WHERE enrolment_id = $1 OFFSET 0) r \
    CROSS JOIN LATERAL (SELECT FROM registers g WHERE g.session_id = r.session_id AND g.signed_off_at IS NOT NULL LIMIT 1) g \
    CROSS JOIN LATERAL (SELECT s.starts_at FROM class_sessions s WHERE s.id = r.session_id AND s.state <> 'cancelled' LIMIT 1) s \
    LEFT JOIN banyan_uncounted(ARRAY[$1]) u ON u.enrolment_id = r.enrolment_id AND (u.module_id IS NULL OR u.module_id = r.module_id) \
      AND ((s.starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN u.from_on AND u.to_on \
    WHERE u.enrolment_id IS NULL";

/// Where those of a class come from.
const OF_TRAINEES: &str = "FROM attendance_records r JOIN registers g ON g.session_id = r.session_id AND g.signed_off_at IS NOT NULL \
    JOIN class_sessions s ON s.id = r.session_id AND s.state <> 'cancelled' \
    LEFT JOIN banyan_uncounted($1) u ON u.enrolment_id = r.enrolment_id AND (u.module_id IS NULL OR u.module_id = r.module_id) \
      AND ((s.starts_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN u.from_on AND u.to_on \
    WHERE r.enrolment_id = ANY ($1) AND u.enrolment_id IS NULL";

/// Minutes of each trainee of a cohort in each module, of registers that are signed off and sessions
/// that are not cancelled; without those of breaks and of modules from which they are exempted.
///
/// # Errors
/// The database's.
pub fn hours(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<Vec<ModuleHours>> {
    let rows: Vec<HoursRow> = sql_query(format!(
        "{SUMS} {OF_COHORT} GROUP BY r.enrolment_id, r.module_id ORDER BY r.enrolment_id, r.module_id"
    ))
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?;
    Ok(rows.into_iter().map(ModuleHours::from).collect())
}

/// [`hours`] of one trainee of the cohort.
///
/// # Errors
/// The database's.
pub fn hours_of_one(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    enrolment: EnrolmentId,
) -> Result<Vec<ModuleHours>> {
    let rows: Vec<HoursRow> = sql_query(format!(
        "{SUMS} {OF_TRAINEE} AND r.cohort_id = $2 GROUP BY r.enrolment_id, r.module_id ORDER BY r.module_id"
    ))
    .bind::<SqlUuid, _>(enrolment)
    .bind::<SqlUuid, _>(staff.cohort())
    .load(conn.pg())?;
    Ok(rows.into_iter().map(ModuleHours::from).collect())
}

/// [`hours`] of one enrolment of the reader's own.
///
/// # Errors
/// The database's.
pub fn hours_of(conn: &mut Conn<'_>, own: &OwnEnrolment) -> Result<Vec<ModuleHours>> {
    let enrolment = own.enrolment();
    conn.elevate(Task::Attendance, |conn| {
        let rows: Vec<HoursRow> = sql_query(format!(
            "{SUMS} {OF_TRAINEE} GROUP BY r.enrolment_id, r.module_id ORDER BY r.module_id"
        ))
        .bind::<SqlUuid, _>(enrolment)
        .load(conn.pg())?;
        Ok(rows.into_iter().map(ModuleHours::from).collect())
    })
}

/// Minutes of these enrolments over all modules: what a warning is measured by.
///
/// # Errors
/// The database's.
pub fn hours_among(
    conn: &mut Conn<'_>,
    _task: &Working,
    enrolments: &[EnrolmentId],
) -> Result<Vec<ModuleHours>> {
    let rows: Vec<HoursRow> = sql_query(format!(
        "{SUMS} {OF_TRAINEES} GROUP BY r.enrolment_id, r.module_id"
    ))
    .bind::<Array<SqlUuid>, _>(enrolments)
    .load(conn.pg())?;
    Ok(rows.into_iter().map(ModuleHours::from).collect())
}
