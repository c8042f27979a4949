//! The second marking: what is drawn, who gets it, and the moderator where two marks are too far apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::CohortStaff;
use crate::audit;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{AssessmentId, PersonId, ScriptId};

use super::super::events::{Noted, about};
use super::super::mail;
use super::super::queries::{self, Assessment, Reader, Script};
use super::super::rules::second::chosen;
use super::super::rules::{AssessmentRefusal, MarkRole, ScriptState};
use super::marking::{Given, hundredths, let_see, marking, may_mark, set_markers, settle, write};

/// Draws what is marked a second time and hands it to this marker (or these, in turn); marks of all
/// other scripts are agreed as they are. Drawn from the same marks it is the same draw, and what was
/// handed to a second marker before stays with them. Returns how many scripts are newly handed over.
///
/// # Errors
/// [`AssessmentRefusal::FirstMissing`] before every first mark is given; [`AssessmentRefusal::SameMarker`].
pub fn draw(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
    markers: &[PersonId],
) -> Result<usize> {
    queries::lock(conn, id)?;
    let it = marking(conn, staff, id)?;
    let scripts = queries::scripts(conn, staff, id)?;
    if scripts.iter().any(|k| {
        k.state == ScriptState::NotMarked.as_str() || k.state == ScriptState::InMarking.as_str()
    }) {
        return Err(AssessmentRefusal::FirstMissing.into());
    }
    let ids: Vec<ScriptId> = scripts.iter().map(|k| k.id).collect();
    let marks = queries::marks_of(conn, Reader::Office(staff), &ids)?;
    let firsts: BTreeMap<ScriptId, &queries::Mark> = marks
        .iter()
        .filter(|m| m.role == MarkRole::First.as_str() && m.done)
        .map(|m| (m.script_id, m))
        .collect();
    let all: Vec<(uuid::Uuid, i32)> = firsts
        .iter()
        .filter_map(|(id, m)| Some((id.0, m.mark?)))
        .collect();
    let chosen = chosen(&it.second()?, id.0, &all);
    // What has its second marker keeps them: who is to change is changed by hand.
    let open: Vec<&Script> = scripts
        .iter()
        .filter(|k| k.state == ScriptState::Marked.as_str() && k.second_id.is_none())
        .collect();
    let (twice, once): (Vec<&Script>, Vec<&Script>) =
        open.into_iter().partition(|k| chosen.contains(&k.id.0));
    for script in &once {
        let points = match firsts.get(&script.id) {
            Some(m) => hundredths(&m.whole()?),
            None => continue,
        };
        settle(
            conn,
            &it,
            script.id,
            (ScriptState::Agreed, false, Some(points)),
        )?;
    }
    let second = hand_over(conn, (staff, &it), &twice, markers)?;
    let event = Noted::Drawn {
        scripts: scripts.len(),
        second,
    };
    audit::note(conn, about(id, staff.programme()), &event)?;
    Ok(second)
}

fn hand_over(
    conn: &mut Conn<'_>,
    (staff, it): (&CohortStaff, &Assessment),
    twice: &[&Script],
    markers: &[PersonId],
) -> Result<usize> {
    if twice.is_empty() {
        return Ok(0);
    }
    if markers.is_empty() {
        return Err(Error::field("marker", "required", |lang| {
            lang.form_required().to_owned()
        }));
    }
    may_mark(conn, staff, markers)?;
    let people: BTreeSet<PersonId> = markers.iter().copied().collect();
    let mut told: BTreeMap<PersonId, usize> = BTreeMap::new();
    for (n, script) in twice.iter().enumerate() {
        // In turn, passing over who marked it first.
        let second = people
            .iter()
            .cycle()
            .skip(n % people.len().max(1))
            .take(people.len())
            .find(|id| script.first_id != Some(**id))
            .ok_or(AssessmentRefusal::SameMarker)?;
        set_markers(conn, script, script.first_id, Some(*second))?;
        *told.entry(*second).or_default() += 1;
    }
    let_see(conn, it.id)?;
    let told: Vec<(PersonId, usize)> = told.into_iter().collect();
    mail::to_markers(conn, staff, it, &told)?;
    Ok(twice.len())
}

/// Decides where two markers are too far apart: the moderator's points count, or that nobody came.
///
/// # Errors
/// [`AssessmentRefusal::NothingToModerate`]; [`Error::Invalid`]; [`Error::Stale`].
pub fn moderate(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    (id, script): (AssessmentId, ScriptId),
    given: &Given,
) -> Result<()> {
    queries::lock(conn, id)?;
    let it = marking(conn, staff, id)?;
    let script = queries::script_of(conn, staff, id, script)?;
    if script.state()? != ScriptState::SecondMarked {
        return Err(AssessmentRefusal::NothingToModerate.into());
    }
    if given.absent && it.takes_files {
        return Err(Error::field("absent", "choice", |lang| {
            lang.form_choice().to_owned()
        }));
    }
    let given = Given {
        done: true,
        ..given.clone()
    };
    let mark = write(
        conn,
        (&it, &script, MarkRole::Moderator),
        (Reader::Office(staff), staff.person()),
        &given,
        0,
    )?;
    let whole: Vec<i32> = given
        .points
        .iter()
        .map(|it| it.unwrap_or_default())
        .collect();
    let agreed = (!given.absent).then(|| hundredths(&whole));
    let outcome = (ScriptState::Agreed, given.absent, agreed);
    settle(conn, &it, script.id, outcome)?;
    let event = Noted::Settled {
        label: &script.label,
        mark,
    };
    audit::note(conn, about(id, staff.programme()), &event)
}
