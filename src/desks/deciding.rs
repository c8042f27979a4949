//! Setting and taking back a pending decision on one application.

use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use crate::db::sql_query;
use diesel::RunQueryDsl;
use serde_json::{Value, json};

use crate::access::ApplicationStaff;
use crate::applications::desk_actions::{about, hold};
use crate::applications::rules::{Decision, Event, next};
use crate::audit;
use crate::db::Conn;
use crate::error::{Error, Result};

/// What happened to the pending decision; deliberation until the release.
enum Decided {
    Set(Decision, Option<String>),
    Undone,
}

impl audit::Event for Decided {
    fn verb(&self) -> &'static str {
        match self {
            Self::Set(..) => "application.decided",
            Self::Undone => "application.decision_undone",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::Set(decision, reason) => {
                json!({ "decision": decision.as_str(), "reason": reason })
            }
            Self::Undone => Value::Null,
        }
    }

    fn confidential(&self) -> bool {
        true
    }
}

/// Sets the pending decision.
///
/// # Errors
/// The rule's refusal; [`Error::NotFound`].
pub fn decide(
    conn: &mut Conn<'_>,
    staff: &ApplicationStaff,
    decision: Decision,
    reason: Option<&str>,
) -> Result<()> {
    sql_query(
        "INSERT INTO application_cases (application_id, cohort_id, programme_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.cohort())
    .bind::<SqlUuid, _>(staff.programme())
    .execute(conn.pg())?;
    let held = hold(conn, staff)?;
    next(held.state, Event::Decide(decision), false)?;
    let changed = sql_query(
        "UPDATE application_cases SET decision = $3, decision_reason = $4, decided_by = banyan_person(), \
           decided_at = banyan_now(), release_id = NULL, released_at = NULL, version = version + 1 \
         WHERE application_id = $1 AND programme_id = $2",
    )
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Text, _>(decision.as_str())
    .bind::<Nullable<Text>, _>(reason)
    .execute(conn.pg())?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    let event = Decided::Set(decision, reason.map(str::to_owned));
    audit::note(conn, about(staff, held.person), &event)
}

/// Takes the pending decision back.
///
/// # Errors
/// The rule's refusal when nothing is pending; [`Error::NotFound`].
pub fn undo(conn: &mut Conn<'_>, staff: &ApplicationStaff) -> Result<()> {
    let held = hold(conn, staff)?;
    next(held.state, Event::UndoDecision, false)?;
    let changed = sql_query(
        "UPDATE application_cases SET decision = NULL, decision_reason = NULL, decided_by = NULL, decided_at = NULL, \
           version = version + 1 WHERE application_id = $1 AND programme_id = $2 AND released_at IS NULL",
    )
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.programme())
    .execute(conn.pg())?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    audit::note(conn, about(staff, held.person), &Decided::Undone)
}
