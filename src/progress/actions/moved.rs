//! What was due in a pause: later due times are proposed, and moved when a coordinator says so.

use chrono::{DateTime, Utc};

use crate::access::CohortStaff;
use crate::assessment::actions::give_extension;
use crate::assessment::queries::{Missed, missed};
use crate::audit;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::ids::{BreakId, CandidateId};
use crate::lang::format::hk_date;

use super::super::events::Noted;
use super::super::queries::{self, Pause};
use super::super::rules::ProgressRefusal;
use super::super::rules::breaks::{BreakKind, BreakState, day_after, moved};
use super::pauses::about;

/// A later due time that is proposed.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// What was due.
    pub missed: Missed,
    /// Until when it would be.
    pub until: DateTime<Utc>,
}

/// The later due times that a pause asks for once the trainee is back: each by the days that were missed.
///
/// # Errors
/// The database's.
pub fn proposed(conn: &mut Conn<'_>, staff: &CohortStaff, it: &Pause) -> Result<Vec<Proposed>> {
    let today = hk_date(db::now(conn)?);
    let over = match (it.state()?, it.kind()?) {
        (BreakState::Ended, _) => true,
        (BreakState::Granted, BreakKind::Break) => today > it.ends_on,
        (
            BreakState::Asked | BreakState::Withdrawn | BreakState::Granted | BreakState::Refused,
            _,
        ) => false,
    };
    if !over {
        return Ok(Vec::new());
    }
    let span = it.span();
    // Who looks later does not propose what is past already.
    let back = day_after(&span).max(today);
    let found = missed(conn, staff, it.enrolment_id, (span.from, span.to))?;
    Ok(found
        .into_iter()
        .map(|missed| Proposed {
            until: moved(missed.due_at, hk_date(missed.opens_at), span.from, back),
            missed,
        })
        .collect())
}

/// Gives the trainee these later due times and writes to them of each. `seen` is what was proposed.
/// Returns how many there are.
///
/// # Errors
/// [`ProgressRefusal::NothingMissed`]; [`ProgressRefusal::Changed`] when something else would be proposed
/// by now.
pub fn move_due(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: BreakId,
    seen: &[(CandidateId, DateTime<Utc>)],
    note: &str,
) -> Result<usize> {
    queries::lock_pause(conn, staff, id)?;
    let it = queries::pause(conn, staff, id)?;
    let all = proposed(conn, staff, &it)?;
    if all.is_empty() {
        return Err(ProgressRefusal::NothingMissed.into());
    }
    let now: Vec<(CandidateId, DateTime<Utc>)> = all
        .iter()
        .map(|it| (it.missed.candidate_id, it.until))
        .collect();
    if now != seen {
        return Err(ProgressRefusal::Changed.into());
    }
    for it in &all {
        let (assessment, candidate) = (it.missed.assessment_id, it.missed.candidate_id);
        give_extension(conn, staff, assessment, candidate, (it.until, note))?;
    }
    let noted = Noted::DueMoved {
        assessments: all.len(),
    };
    let whose = about(id, it.person_id, staff.programme());
    audit::note(conn, whose, &noted)?;
    Ok(all.len())
}
