//! A script taken up again before the release: a marker who has left, a mark that is wrong, a trainee who
//! was there after all.

use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Uuid as SqlUuid};

use crate::access::CohortStaff;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{AssessmentId, PersonId, ScriptId};

use super::super::events::{Noted, about};
use super::super::mail;
use super::super::queries::{self, Reader, Script};
use super::super::rules::{AssessmentRefusal, MarkRole, ScriptState};
use super::marking::{let_see, marking, may_mark, set_markers, settle};

/// From where a script is marked again, by whom and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reopening {
    /// From whose mark on; what was given after it falls.
    pub from: MarkRole,
    /// Another marker for it; none: who has it keeps it. A moderator is nobody in particular.
    pub marker: Option<PersonId>,
    /// Why.
    pub reason: String,
    /// Version of the script that was seen.
    pub seen: i32,
}

/// Takes what was given in this role away or, with `keep`, makes it a draft of its marker's again.
fn clear(conn: &mut Conn<'_>, script: ScriptId, role: MarkRole, keep: bool) -> Result<()> {
    let sql = if keep {
        "UPDATE script_marks SET done = false, version = version + 1 WHERE script_id = $1 AND role = $2 AND done"
    } else {
        "DELETE FROM script_marks WHERE script_id = $1 AND role = $2"
    };
    sql_query(sql)
        .bind::<SqlUuid, _>(script)
        .bind::<Text, _>(role.as_str())
        .execute(conn.pg())?;
    Ok(())
}

/// May it be taken up again from there?
fn judged(script: &Script, how: &Reopening) -> Result<()> {
    let (first, second) = (script.first_id, script.second_id);
    let there = match how.from {
        MarkRole::First => true,
        MarkRole::Second => second.is_some(),
        MarkRole::Moderator => second.is_some() && script.state()? == ScriptState::Agreed,
    };
    if !there {
        return Err(AssessmentRefusal::NothingToReopen.into());
    }
    let same = match how.from {
        MarkRole::Second => how.marker.is_some() && how.marker == first,
        MarkRole::First | MarkRole::Moderator => false,
    };
    if same {
        return Err(AssessmentRefusal::SameMarker.into());
    }
    Ok(())
}

/// Takes a script up again while its assessment is being marked: from the first mark, the second or the
/// moderator's on, by its marker or another one, who is written to. What the same marker had given is
/// their draft; another's, and whatever came after, is gone. The history keeps who did it and why.
///
/// # Errors
/// [`AssessmentRefusal`]: it is not being marked, or there is nothing of that kind; [`Error::Stale`];
/// [`Error::Invalid`] for who is no instructor of the programme.
pub fn reopen(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, script): (AssessmentId, ScriptId),
    how: &Reopening,
) -> Result<()> {
    queries::lock(conn, id)?;
    let it = marking(conn, staff, id)?;
    let script = queries::script_of(conn, staff, id, script)?;
    if script.version != how.seen {
        return Err(Error::Stale);
    }
    judged(&script, how)?;
    if let Some(marker) = how.marker {
        may_mark(conn, staff, &[marker])?;
    }
    clear(conn, script.id, MarkRole::Moderator, false)?;
    let marker = match how.from {
        MarkRole::First => {
            let to = how.marker.or(script.first_id);
            clear(conn, script.id, MarkRole::Second, false)?;
            clear(conn, script.id, MarkRole::First, to == script.first_id)?;
            set_markers(conn, &script, to, None)?;
            to
        }
        MarkRole::Second => {
            let to = how.marker.or(script.second_id);
            clear(conn, script.id, MarkRole::Second, to == script.second_id)?;
            set_markers(conn, &script, script.first_id, to)?;
            to
        }
        MarkRole::Moderator => None,
    };
    let state = match how.from {
        MarkRole::First => {
            let office = Reader::Office(staff);
            match queries::mark_of(conn, office, script.id, MarkRole::First)? {
                Some(_) => ScriptState::InMarking,
                None => ScriptState::NotMarked,
            }
        }
        MarkRole::Second => ScriptState::Marked,
        MarkRole::Moderator => ScriptState::SecondMarked,
    };
    settle(conn, &it, script.id, (state, false, None))?;
    let_see(conn, id)?;
    let event = Noted::Reopened {
        label: &script.label,
        from: how.from.as_str(),
        mark: script.agreed,
        reason: &how.reason,
    };
    audit::note(conn, about(id, staff.programme()), &event)?;
    let told: Vec<(PersonId, usize)> = marker.into_iter().map(|id| (id, 1)).collect();
    mail::to_markers(conn, staff, &it, &told)
}
