//! What reviewers of a cohort score.

use crate::db::sql_query;
use diesel::sql_types::{BigInt, Integer, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::json;

use crate::access::CohortStaff;
use crate::audit;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::CriterionId;

use super::super::events::{Noted, about};
use super::super::queries;
use super::super::rules::changes;

/// A criterion of a rubric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// Its id, if it exists already: drafts of reviews score by it.
    pub id: Option<CriterionId>,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// What to look for, in English; may be empty.
    pub hint_en: String,
    /// What to look for, in Chinese; may be empty.
    pub hint_zh: String,
    /// Weight, 1 to 100; weights need not sum to anything.
    pub weight: i32,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many reviews of the cohort are submitted: with the first one its rubric is frozen.
///
/// # Errors
/// The database's.
pub fn submitted_reviews(conn: &mut Conn<'_>, staff: &CohortStaff) -> Result<i64> {
    let count: Count = sql_query(
        "SELECT count(*) AS n FROM reviews WHERE cohort_id = $1 AND programme_id = $2 AND state = 'submitted'",
    )
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())?;
    Ok(count.n)
}

/// Sets the rubric: these criteria in this order, and no others. `version` is the cohort's that the
/// editor saw, if there was one.
///
/// # Errors
/// [`Error::Stale`].
/// A [`changes::ChangeRefusal`] once a review has been submitted, and for no criterion at all.
pub fn set_rubric(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    version: Option<i32>,
    criteria: &[Criterion],
) -> Result<()> {
    let cohort = queries::lock(conn, staff)?;
    if version.is_some_and(|seen| seen != cohort.version) {
        return Err(Error::Stale);
    }
    changes::changeable(cohort.state()?)?;
    changes::rubric_change(submitted_reviews(conn, staff)?, criteria.len())?;
    let known: Vec<CriterionId> = queries::rubric(conn, staff)?
        .into_iter()
        .map(|row| row.id)
        .collect();
    sql_query("DELETE FROM rubric_criteria WHERE cohort_id = $1 AND programme_id = $2")
        .bind::<SqlUuid, _>(cohort.id)
        .bind::<SqlUuid, _>(cohort.programme_id)
        .execute(conn.pg())?;
    for (position, criterion) in (1..).zip(criteria) {
        // Only an id that was this cohort's is kept: nobody chooses ids.
        let id = criterion
            .id
            .filter(|id| known.contains(id))
            .unwrap_or_default();
        sql_query(
            "INSERT INTO rubric_criteria (id, cohort_id, programme_id, position, name_en, name_zh, hint_en, hint_zh, weight) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(cohort.id)
        .bind::<SqlUuid, _>(cohort.programme_id)
        .bind::<Integer, _>(position)
        .bind::<Text, _>(&criterion.name_en)
        .bind::<Text, _>(&criterion.name_zh)
        .bind::<Text, _>(&criterion.hint_en)
        .bind::<Text, _>(&criterion.hint_zh)
        .bind::<Integer, _>(criterion.weight)
        .execute(conn.pg())?;
    }
    sql_query("UPDATE cohorts SET version = version + 1 WHERE id = $1 AND programme_id = $2")
        .bind::<SqlUuid, _>(cohort.id)
        .bind::<SqlUuid, _>(cohort.programme_id)
        .execute(conn.pg())?;
    let names: Vec<_> = criteria
        .iter()
        .map(|c| json!({"en": c.name_en, "zh": c.name_zh, "weight": c.weight}))
        .collect();
    let event = Noted::Rubric {
        criteria: json!(names),
    };
    audit::note(conn, about(&cohort), &event)
}
