//! Levels of competencies that institutions have seen in a trainee's placements.

use diesel::sql_types::{Integer, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{CompetencyId, EnrolmentId};

#[derive(QueryableByName)]
struct Seen {
    #[diesel(sql_type = SqlUuid)]
    competency_id: CompetencyId,
    #[diesel(sql_type = Integer)]
    level: i32,
}

/// The highest level of each competency, from 1 to 4, that was seen in placements of an enrolment which the
/// reader sees.
///
/// # Errors
/// The database's.
pub fn seen_at_work(
    conn: &mut Conn<'_>,
    enrolment: EnrolmentId,
) -> Result<Vec<(CompetencyId, i32)>> {
    let rows: Vec<Seen> = sql_query(
        "SELECT l.competency_id, max(l.level) AS level FROM placement_levels l JOIN placements x ON x.id = l.placement_id \
         WHERE x.enrolment_id = $1 GROUP BY 1 ORDER BY 1",
    )
    .bind::<SqlUuid, _>(enrolment)
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|it| (it.competency_id, it.level))
        .collect())
}
