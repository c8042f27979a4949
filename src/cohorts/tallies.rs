//! Roll-ups: what a cohort's pages count (`cohort_tallies`), added to by triggers wherever an
//! application, a decision or a review changes, and folded here.
//!
//! A change adds a row and waits for nobody; a figure is the sum of a cohort's rows. A fold takes
//! rows away and puts their sum back in one statement, so that every reader sees the same sum before
//! and after; two workers that fold at once take different rows.

use diesel::RunQueryDsl;

use crate::db::{Actor, Db, Task, sql_query};
use crate::error::Result;

/// Folds the rows of every cohort that has more than one; returns how many were folded away.
///
/// # Errors
/// The database's.
pub fn fold(db: &Db) -> Result<usize> {
    db.tx(&Actor::System(Task::Sweep), |conn| {
        Ok(sql_query(
            "WITH several AS (SELECT cohort_id FROM cohort_tallies GROUP BY 1 HAVING count(*) > 1), \
             gone AS (DELETE FROM cohort_tallies WHERE cohort_id IN (SELECT cohort_id FROM several) RETURNING *) \
             INSERT INTO cohort_tallies (cohort_id, programme_id, started, submitted, decided, pending, reviews_open) \
             SELECT cohort_id, programme_id, sum(started), sum(submitted), sum(decided), sum(pending), sum(reviews_open) \
             FROM gone GROUP BY 1, 2",
        )
        .execute(conn.pg())?)
    })
}
