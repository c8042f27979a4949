//! Decisions: pending until released, and free to be changed or undone until then.

use crate::db::sql_query;
use diesel::RunQueryDsl;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};

use crate::access::ApplicationStaff;
use crate::applications::rules::{self, Decision, Event as Step, State};
use crate::audit::{self, About};
use crate::cohorts;
use crate::db::{self, Conn};
use crate::error::Result;
use crate::offers::events::Happened;
use crate::offers::queries::{self, Application};
use crate::offers::rules::release_begins;

use super::rows::{clear_decision, one, step_application};

fn about(staff: &ApplicationStaff, application: &Application) -> About {
    About::new("application", application.id.0)
        .of(application.person_id)
        .within(staff.programme())
}

/// Locks the cohort and then the application. The cohort's lock keeps a release and a decision
/// apart: a release shows what was decided before it, whole.
fn hold(
    conn: &mut Conn<'_>,
    staff: &ApplicationStaff,
) -> Result<(cohorts::queries::Cohort, Application)> {
    let cohort = cohorts::queries::lock(conn, &staff.cohort_staff())?;
    let application = queries::lock_application(conn, staff.cohort(), staff.application())?;
    Ok((cohort, application))
}

/// Records a decision, which stays pending until a release. Once the call is over, an application
/// that nobody has sent to reviewers begins its review with it.
///
/// # Errors
/// [`rules::ApplicationRefusal`].
pub fn decide(
    conn: &mut Conn<'_>,
    staff: &ApplicationStaff,
    decision: Decision,
    reason: Option<&str>,
) -> Result<()> {
    let (cohort, mut application) = hold(conn, staff)?;
    let now = db::now(conn)?;
    if application.state()? == State::Submitted && release_begins(cohort.state()?).is_ok() {
        let state = step_application(conn, &application, Step::StartReview, now)?;
        queries::word_of(state).clone_into(&mut application.state);
    }
    rules::next(application.state()?, Step::Decide(decision), false)?;
    sql_query(
        "INSERT INTO application_cases (application_id, cohort_id, programme_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(application.id)
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .execute(conn.pg())?;
    let decided = sql_query(
        "UPDATE application_cases SET decision = $2, decision_reason = $3, decided_by = $4, decided_at = $5, \
           release_id = NULL, released_at = NULL, version = version + 1 \
         WHERE application_id = $1 AND programme_id = $6",
    )
    .bind::<SqlUuid, _>(application.id)
    .bind::<Text, _>(decision.as_str())
    .bind::<Nullable<Text>, _>(reason)
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(staff.programme())
    .execute(conn.pg())?;
    one(decided)?;
    let event = Happened::Decided {
        decision,
        reason: reason.map(str::to_owned),
    };
    audit::note(conn, about(staff, &application), &event)
}

/// Takes a pending decision back.
///
/// # Errors
/// [`rules::ApplicationRefusal::NothingPending`].
pub fn undo_decision(conn: &mut Conn<'_>, staff: &ApplicationStaff) -> Result<()> {
    let (_, application) = hold(conn, staff)?;
    let state = application.state()?;
    rules::next(state, Step::UndoDecision, false)?;
    clear_decision(conn, &application)?;
    if let State::Decided(decision) = state {
        audit::note(
            conn,
            about(staff, &application),
            &Happened::DecisionUndone { decision },
        )?;
    }
    Ok(())
}
