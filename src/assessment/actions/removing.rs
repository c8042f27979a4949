//! An assessment that was set by mistake.

use diesel::RunQueryDsl;
use diesel::sql_types::Uuid as SqlUuid;

use crate::access::CohortStaff;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::AssessmentId;

use super::super::events::{Noted, about};
use super::super::queries::{self, Assessment};
use super::super::rules::{AssessmentRefusal, AssessmentState};

/// May it be removed? As long as no trainee has seen it.
///
/// # Errors
/// [`AssessmentRefusal::Seen`].
pub fn removable(it: &Assessment) -> Result<()> {
    match it.state()? {
        AssessmentState::Planned => Ok(()),
        AssessmentState::Open
        | AssessmentState::Marking
        | AssessmentState::Moderated
        | AssessmentState::Released => Err(AssessmentRefusal::Seen.into()),
    }
}

/// Removes an assessment that has not been opened; its title stays in the history.
///
/// # Errors
/// [`Error::Stale`] for another version; [`AssessmentRefusal::Seen`].
pub fn remove(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, version): (AssessmentId, i32),
) -> Result<()> {
    queries::lock(conn, id)?;
    let it = queries::find(conn, staff, id)?;
    removable(&it)?;
    if it.version != version {
        return Err(Error::Stale);
    }
    sql_query("DELETE FROM assessments WHERE id = $1 AND state = 'planned'")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    let title = (it.title_en.as_str(), it.title_zh.as_str());
    audit::note(
        conn,
        about(id, staff.programme()),
        &Noted::Removed { title },
    )
}
