//! What is done about completion: each function one verb in the caller's transaction.

use diesel::RunQueryDsl;
use diesel::sql_types::{Integer, Jsonb, Uuid as SqlUuid};
use serde_json::Value;

use crate::access::{CohortStaff, ProgrammeStaff};
use crate::audit::{self, About};
use crate::cohorts::rules::CohortState;
use crate::curriculum::queries as curriculum;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{CohortId, RulesId};

use super::events::Noted;
use super::queries::{self, Rules};
use super::rules::content::{CompletionRules, problems};
use super::rules::{ProgressRefusal, RulesState};

mod confirm;
mod moved;
mod pauses;

pub use confirm::{Preview, confirm, fail, preview, record_form, reopen, revoke, unrecord_form};
pub use moved::{Proposed, move_due, proposed};
pub use pauses::{Asked, ask, come_back, decide, enter, may_ask, withdraw};

fn about(staff: &ProgrammeStaff, id: RulesId) -> About {
    About::new("completion_rules", id.0).within(staff.programme())
}

fn json(rules: &CompletionRules) -> Result<Value> {
    serde_json::to_value(rules).map_err(|err| Error::Internal(format!("writing rules: {err}")))
}

/// The draft among versions, if there is one.
#[must_use]
pub fn draft(versions: &[Rules]) -> Option<&Rules> {
    versions.iter().find(|it| it.state == RulesState::Draft)
}

/// The newest published one among versions, if there is one.
#[must_use]
pub fn newest(versions: &[Rules]) -> Option<&Rules> {
    versions.iter().find(|it| it.state == RulesState::Published)
}

fn check(conn: &mut Conn<'_>, staff: &ProgrammeStaff, rules: &CompletionRules) -> Result<()> {
    let problems = problems(rules);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let book = curriculum::book(conn, staff.programme())?;
    let known = |id| book.module(id).is_some_and(|it| it.published);
    if rules.modules().into_iter().all(known) {
        return Ok(());
    }
    Err(Error::field("all_of", "unknown", |lang| {
        lang.progress_unknown_module().to_owned()
    }))
}

/// Saves the draft of the next version; begins it when there is none. `seen` is the version of the
/// draft that the editor saw, none when the editor saw none.
///
/// # Errors
/// [`Error::Invalid`] with what is wrong with them; [`Error::Stale`] when another draft stands there.
pub fn save_draft(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    seen: Option<i32>,
    rules: &CompletionRules,
) -> Result<()> {
    check(conn, staff, rules)?;
    lock(conn, staff)?;
    let versions = queries::versions(conn, staff)?;
    let Some(standing) = draft(&versions) else {
        if seen.is_some() {
            return Err(Error::Stale);
        }
        let number = versions.first().map_or(1, |it| it.number.saturating_add(1));
        let id = RulesId::new();
        sql_query(
            "INSERT INTO completion_rules (id, programme_id, number, content) VALUES ($1, $2, $3, $4)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<Integer, _>(number)
        .bind::<Jsonb, _>(json(rules)?)
        .execute(conn.pg())?;
        return audit::note(conn, about(staff, id), &Noted::DraftBegun { number });
    };
    let saved = sql_query(
        "UPDATE completion_rules SET content = $3, version = version + 1 WHERE id = $1 AND version = $2 AND state = 'draft'",
    )
    .bind::<SqlUuid, _>(standing.id)
    .bind::<Integer, _>(seen.unwrap_or(0))
    .bind::<Jsonb, _>(json(rules)?)
    .execute(conn.pg())?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    let number = standing.number;
    audit::note(
        conn,
        about(staff, standing.id),
        &Noted::DraftChanged { number },
    )
}

/// Whoever changes the versions of a programme waits here.
fn lock(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<()> {
    sql_query("SELECT id FROM programmes WHERE id = $1 FOR NO KEY UPDATE")
        .bind::<SqlUuid, _>(staff.programme())
        .execute(conn.pg())?;
    Ok(())
}

/// Throws the draft away.
///
/// # Errors
/// [`ProgressRefusal::NoDraft`]; [`Error::Stale`].
pub fn discard(conn: &mut Conn<'_>, staff: &ProgrammeStaff, seen: i32) -> Result<()> {
    let versions = queries::versions(conn, staff)?;
    let standing = draft(&versions).ok_or(ProgressRefusal::NoDraft)?;
    let gone = sql_query(
        "DELETE FROM completion_rules WHERE id = $1 AND version = $2 AND state = 'draft'",
    )
    .bind::<SqlUuid, _>(standing.id)
    .bind::<Integer, _>(seen)
    .execute(conn.pg())?;
    if gone == 0 {
        return Err(Error::Stale);
    }
    let number = standing.number;
    audit::note(
        conn,
        about(staff, standing.id),
        &Noted::DraftDiscarded { number },
    )
}

/// The cohorts that a publication gives their first rules: they follow none, and are not over.
///
/// # Errors
/// The database's.
pub fn takers(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<queries::Follows>> {
    let alive = |it: &queries::Follows| match CohortState::parse(&it.state) {
        Some(
            CohortState::Planned
            | CohortState::Open
            | CohortState::Reviewing
            | CohortState::Offering
            | CohortState::Running,
        ) => true,
        Some(CohortState::Completed | CohortState::Archived | CohortState::Cancelled) | None => {
            false
        }
    };
    let all = queries::cohorts(conn, staff)?;
    Ok(all
        .into_iter()
        .filter(|it| it.number.is_none() && alive(it))
        .collect())
}

/// Publishes the draft. Cohorts that follow no rules follow it from now on; every other keeps its own.
///
/// # Errors
/// [`ProgressRefusal`] without a draft or with one that changes nothing; [`Error::Invalid`] when a
/// module is not published any more; [`Error::Stale`].
pub fn publish(conn: &mut Conn<'_>, staff: &ProgrammeStaff, seen: i32) -> Result<()> {
    lock(conn, staff)?;
    let versions = queries::versions(conn, staff)?;
    let standing = draft(&versions).ok_or(ProgressRefusal::NoDraft)?;
    if standing.version != seen {
        return Err(Error::Stale);
    }
    check(conn, staff, &standing.content)?;
    if newest(&versions).is_some_and(|it| it.content == standing.content) {
        return Err(ProgressRefusal::Nothing.into());
    }
    let done = sql_query(
        "UPDATE completion_rules SET state = 'published', published_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND version = $2 AND state = 'draft'",
    )
    .bind::<SqlUuid, _>(standing.id)
    .bind::<Integer, _>(seen)
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    let number = standing.number;
    audit::note(
        conn,
        about(staff, standing.id),
        &Noted::Published { number },
    )?;
    for cohort in takers(conn, staff)? {
        choose(conn, staff, (cohort.id, 0), (standing.id, number), None)?;
    }
    Ok(())
}

fn choose(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (cohort, sequence): (CohortId, i32),
    (rules, number): (RulesId, i32),
    reason: Option<&str>,
) -> Result<()> {
    let added = sql_query(
        "INSERT INTO cohort_rules (id, programme_id, cohort_id, rules_id, sequence) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (cohort_id, sequence) DO NOTHING",
    )
    .bind::<SqlUuid, _>(uuid::Uuid::now_v7())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(cohort)
    .bind::<SqlUuid, _>(rules)
    .bind::<Integer, _>(sequence.saturating_add(1))
    .execute(conn.pg())?;
    if added == 0 {
        return Err(Error::Stale);
    }
    let about = About::new("cohort", cohort.0).within(staff.programme());
    audit::note(conn, about, &Noted::Follows { number, reason })
}

/// A cohort follows another version from now on. `seen` is the sequence of the choice that was seen, 0
/// for none; a reason is needed when there is one, since trainees may count on it.
///
/// # Errors
/// [`ProgressRefusal::Follows`]; [`Error::Stale`] when another was chosen meanwhile; [`Error::Invalid`]
/// without a reason; [`Error::NotFound`] for what is no published version of the programme.
pub fn follow(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    rules: RulesId,
    (seen, reason): (i32, &str),
) -> Result<()> {
    let programme = staff.programme_staff();
    let versions = queries::versions(conn, &programme)?;
    let wanted = versions
        .iter()
        .find(|it| it.id == rules && it.state == RulesState::Published)
        .ok_or(Error::NotFound)?;
    let now = queries::followed(conn, staff)?;
    if now.as_ref().map_or(0, |it| it.sequence) != seen {
        return Err(Error::Stale);
    }
    if now.as_ref().is_some_and(|it| it.id == rules) {
        return Err(ProgressRefusal::Follows.into());
    }
    let reason = reason.trim();
    if now.is_some() && reason.is_empty() {
        return Err(Error::field("reason", "required", |lang| {
            lang.progress_need_reason().to_owned()
        }));
    }
    let reason = Some(reason).filter(|it| !it.is_empty());
    choose(
        conn,
        &programme,
        (staff.cohort(), seen),
        (wanted.id, wanted.number),
        reason,
    )
}
