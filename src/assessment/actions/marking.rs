//! Marking: scripts before markers, marks, the second marker, the moderator.

use std::collections::{BTreeMap, BTreeSet};

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Bool, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use serde_json::{Value, json};

use crate::access::{CohortStaff, Instructor};
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{AssessmentId, PersonId, ScriptId};
use crate::lang::Lang;
use crate::teaching;

use super::super::events::{Noted, about};
use super::super::mail;
use super::super::queries::{self, Assessment, Line, Reader, Script};
use super::super::rules::late::{days_late, penalty};
use super::super::rules::rubric::{between, mark, mark_of_hundredths, points_problems};
use super::super::rules::second::agree;
use super::super::rules::{
    AssessmentEvent, AssessmentRefusal, AssessmentState, ExtensionState, MarkRole, ScriptState,
    SecondRule, next,
};
use super::{chance, now, step};

/// What a marker gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Points by criterion, as far as they are given.
    pub points: Vec<Option<i32>>,
    /// A comment for each criterion.
    pub comments: Vec<String>,
    /// Feedback for the trainee.
    pub feedback: String,
    /// Did nobody come?
    pub absent: bool,
    /// Finished? Otherwise it is kept as a draft.
    pub done: bool,
}

/// All trainees of an assessment.
pub(super) fn all_lines(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
) -> Result<Vec<Line>> {
    queries::lines(conn, staff, id, None, 100_000)
}

/// Begins marking: the rubric stands from here on, and what was handed in is before the markers. Returns
/// how many scripts there are.
///
/// # Errors
/// [`super::super::rules::StepRefused`]; [`AssessmentRefusal::DueAhead`].
pub fn begin_marking(conn: &mut Conn<'_>, staff: &CohortStaff, id: AssessmentId) -> Result<usize> {
    queries::lock(conn, id)?;
    let it = queries::find(conn, staff, id)?;
    next(it.state()?, AssessmentEvent::Mark)?;
    if now(conn)? <= it.due_at {
        return Err(AssessmentRefusal::DueAhead.into());
    }
    step(conn, &it, AssessmentEvent::Mark)?;
    let scripts = gather(conn, staff, &it)?;
    audit::note(
        conn,
        about(id, staff.programme()),
        &Noted::Marking { scripts },
    )?;
    Ok(scripts)
}

/// Puts work that came since before the markers. Returns how many scripts are new.
///
/// # Errors
/// [`AssessmentRefusal::NotMarking`].
pub fn collect(conn: &mut Conn<'_>, staff: &CohortStaff, id: AssessmentId) -> Result<usize> {
    queries::lock(conn, id)?;
    let it = marking(conn, staff, id)?;
    let scripts = gather(conn, staff, &it)?;
    if scripts > 0 {
        audit::note(
            conn,
            about(id, staff.programme()),
            &Noted::Collected { scripts },
        )?;
    }
    Ok(scripts)
}

pub(super) fn marking(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
) -> Result<Assessment> {
    let it = queries::find(conn, staff, id)?;
    if it.state()? == AssessmentState::Marking {
        Ok(it)
    } else {
        Err(AssessmentRefusal::NotMarking.into())
    }
}

/// Is a trainee's work ready to be marked: nothing can take its place any more, and no request about its
/// due time is open?
fn ready(it: &Assessment, line: &Line, now: chrono::DateTime<chrono::Utc>) -> bool {
    line.script_id.is_none()
        && !line.asks_more_time
        && (!it.takes_files || line.submission_id.is_some())
        && now > it.times(line.extended_to).due_at
}

fn gather(conn: &mut Conn<'_>, staff: &CohortStaff, it: &Assessment) -> Result<usize> {
    let now = now(conn)?;
    let mut lines = all_lines(conn, staff, it.id)?;
    lines.retain(|line| ready(it, line, now));
    let mut scripts: Vec<(ScriptId, &Line)> = Vec::new();
    for line in &lines {
        scripts.push((chance::script_id()?, line));
    }
    // Markers read the ids: nothing of them, nor of the order of rows, follows names.
    scripts.sort_by_key(|(id, _)| *id);
    // Who teaches alone marks alone; otherwise the office assigns.
    let offering = teaching::queries::offering(conn, staff, it.offering_id)?;
    let first = match offering.instructor_ids.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    for script in &scripts {
        insert(conn, it, *script, first)?;
    }
    let_see(conn, it.id)?;
    if let (Some(marker), true) = (first, !scripts.is_empty()) {
        mail::to_markers(conn, staff, it, &[(marker, scripts.len())])?;
    }
    Ok(scripts.len())
}

fn insert(
    conn: &mut Conn<'_>,
    it: &Assessment,
    (id, line): (ScriptId, &Line),
    first: Option<PersonId>,
) -> Result<()> {
    let label = if it.anonymous {
        format!("{}", line.number)
    } else {
        format!("{} {}", line.name_shown, line.trainee_number)
    };
    let both: Vec<PersonId> = first.into_iter().collect();
    // By the due time that holds now: an extension granted since counts too.
    let due_at = it.times(line.extended_to).due_at;
    let late = line.submitted_at.map_or(0, |at| days_late(due_at, at));
    sql_query(
        "INSERT INTO scripts (id, programme_id, cohort_id, assessment_id, candidate_id, label, file_ids, days_late, penalty, \
           first_id, instructor_ids) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(it.programme_id)
    .bind::<SqlUuid, _>(it.cohort_id)
    .bind::<SqlUuid, _>(it.id)
    .bind::<SqlUuid, _>(line.id)
    .bind::<Text, _>(label)
    .bind::<Array<SqlUuid>, _>(&line.file_ids)
    .bind::<Integer, _>(late)
    .bind::<Integer, _>(penalty(&it.late(), late))
    .bind::<Nullable<SqlUuid>, _>(first)
    .bind::<Array<SqlUuid>, _>(both)
    .execute(conn.pg())?;
    Ok(())
}

/// May these persons mark? Instructors of the programme may.
pub(super) fn may_mark(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    people: &[PersonId],
) -> Result<()> {
    let known = teaching::queries::instructors(conn, &staff.programme_staff())?;
    if people.iter().all(|id| known.iter().any(|(it, _)| it == id)) {
        Ok(())
    } else {
        Err(Error::field("marker", "choice", |lang| {
            lang.form_choice().to_owned()
        }))
    }
}

/// Who teaches the offering now or marks a script sees the assessment, and nobody else.
pub(super) fn let_see(conn: &mut Conn<'_>, id: AssessmentId) -> Result<()> {
    sql_query(
        "UPDATE assessments a SET instructor_ids = ARRAY(SELECT unnest(o.instructor_ids) FROM offerings o WHERE o.id = a.offering_id \
           UNION SELECT unnest(k.instructor_ids) FROM scripts k WHERE k.assessment_id = a.id ORDER BY 1) WHERE a.id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    Ok(())
}

/// Shares scripts that nobody has begun among these markers, in turn by label, and writes to them:
/// those without a first marker or, with `again`, all that are not begun. Returns how many were assigned.
///
/// # Errors
/// [`AssessmentRefusal::NotMarking`]; [`Error::Invalid`] for who is no instructor of the programme.
pub fn assign(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    id: AssessmentId,
    markers: &[PersonId],
    again: bool,
) -> Result<usize> {
    queries::lock(conn, id)?;
    let it = marking(conn, staff, id)?;
    may_mark(conn, staff, markers)?;
    let mut open = queries::scripts(conn, staff, id)?;
    open.retain(|k| k.state == ScriptState::NotMarked.as_str() && (again || k.first_id.is_none()));
    if markers.is_empty() {
        return Err(Error::field("marker", "required", |lang| {
            lang.form_required().to_owned()
        }));
    }
    let people: BTreeSet<PersonId> = markers.iter().copied().collect();
    let mut told: BTreeMap<PersonId, usize> = BTreeMap::new();
    let mut done = 0;
    for (script, marker) in open.iter().zip(people.iter().cycle()) {
        if script.second_id == Some(*marker) {
            continue;
        }
        set_markers(conn, script, Some(*marker), script.second_id)?;
        *told.entry(*marker).or_default() += 1;
        done += 1;
    }
    let_see(conn, id)?;
    if done > 0 {
        audit::note(
            conn,
            about(id, staff.programme()),
            &Noted::Assigned { scripts: done },
        )?;
        let told: Vec<(PersonId, usize)> = told.into_iter().collect();
        mail::to_markers(conn, staff, &it, &told)?;
    }
    Ok(done)
}

pub(super) fn set_markers(
    conn: &mut Conn<'_>,
    script: &Script,
    first: Option<PersonId>,
    second: Option<PersonId>,
) -> Result<()> {
    let both: Vec<PersonId> = first.into_iter().chain(second).collect();
    sql_query(
        "UPDATE scripts SET first_id = $2, second_id = $3, instructor_ids = $4, version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(script.id)
    .bind::<Nullable<SqlUuid>, _>(first)
    .bind::<Nullable<SqlUuid>, _>(second)
    .bind::<Array<SqlUuid>, _>(both)
    .execute(conn.pg())?;
    Ok(())
}

fn checked(
    rubric: &[super::super::rules::rubric::Criterion],
    given: &Given,
) -> Result<(Value, Option<i32>)> {
    let mut points = given.points.clone();
    points.resize(rubric.len(), None);
    let mut problems = points_problems(rubric, &points);
    if given.absent || !given.done {
        // A draft may have gaps, but no points beyond the criterion's.
        let gap = |field: &str| {
            field
                .strip_prefix("points_")
                .and_then(|n| n.parse::<usize>().ok())
                .and_then(|n| points.get(n.saturating_sub(1)))
                .is_none_or(Option::is_none)
        };
        problems.retain(|it| !gap(&it.field));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let whole: Option<Vec<i32>> = points.iter().copied().collect();
    let mark = whole.map(|it| mark(rubric, &it)).filter(|_| !given.absent);
    Ok((json!(points), mark))
}

pub(super) fn write(
    conn: &mut Conn<'_>,
    (it, script, role): (&Assessment, &Script, MarkRole),
    (reader, marker): (Reader<'_>, PersonId),
    given: &Given,
    seen: i32,
) -> Result<Option<i32>> {
    let (points, mark) = checked(&it.rubric()?, given)?;
    let standing = queries::mark_of(conn, reader, script.id, role)?;
    if standing.as_ref().map_or(0, |it| it.version) != seen {
        return Err(Error::Stale);
    }
    if standing.as_ref().is_some_and(|it| it.done) {
        return Err(AssessmentRefusal::MarkGiven.into());
    }
    let sql = if standing.is_some() {
        "UPDATE script_marks SET points = $7, comments = $8, feedback = $9, mark = $10, done = $11, saved_at = banyan_now(), \
           version = version + 1, marker_id = $6, programme_id = $2, cohort_id = $3, assessment_id = $4 \
         WHERE script_id = $5 AND role = $1"
    } else {
        "INSERT INTO script_marks (id, role, programme_id, cohort_id, assessment_id, script_id, marker_id, points, comments, \
           feedback, mark, done) VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    };
    sql_query(sql)
        .bind::<Text, _>(role.as_str())
        .bind::<SqlUuid, _>(it.programme_id)
        .bind::<SqlUuid, _>(it.cohort_id)
        .bind::<SqlUuid, _>(it.id)
        .bind::<SqlUuid, _>(script.id)
        .bind::<SqlUuid, _>(marker)
        .bind::<Jsonb, _>(points)
        .bind::<Jsonb, _>(json!(given.comments))
        .bind::<Text, _>(&given.feedback)
        .bind::<Nullable<Integer>, _>(mark)
        .bind::<Bool, _>(given.done)
        .execute(conn.pg())?;
    Ok(mark)
}

/// Puts a script into a state; an agreed one with its points in hundredths.
pub(super) fn settle(
    conn: &mut Conn<'_>,
    it: &Assessment,
    script: ScriptId,
    (state, absent, points): (ScriptState, bool, Option<Vec<i64>>),
) -> Result<()> {
    let rubric = it.rubric()?;
    let agreed = points.as_ref().map(|it| mark_of_hundredths(&rubric, it));
    sql_query(
        "UPDATE scripts SET state = $2, absent = $3, agreed_points = $4, agreed = $5, version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(script)
    .bind::<Text, _>(state.as_str())
    .bind::<Bool, _>(absent)
    .bind::<Nullable<Jsonb>, _>(points.map(|it| json!(it)))
    .bind::<Nullable<Integer>, _>(agreed)
    .execute(conn.pg())?;
    Ok(())
}

pub(super) fn hundredths(points: &[i32]) -> Vec<i64> {
    points.iter().map(|it| i64::from(*it) * 100).collect()
}

/// Could this be given for good: points for each criterion, none beyond its most?
///
/// # Errors
/// [`Error::Invalid`].
pub fn whole_mark(it: &Assessment, given: &Given) -> Result<()> {
    checked(&it.rubric()?, given).map(|_| ())
}

/// Saves what a marker gives: a draft, or for good. The second marker is not shown the first's mark
/// before theirs is given. `seen` is the version of what the marker saw, 0 for none.
///
/// # Errors
/// [`AssessmentRefusal`]; [`Error::Invalid`] for points beyond a criterion's; [`Error::Stale`].
pub fn save_mark(
    conn: &mut Conn<'_>,
    instructor: &Instructor,
    id: ScriptId,
    given: &Given,
    seen: i32,
) -> Result<()> {
    let (_, it) = queries::script(conn, instructor, id)?;
    queries::lock(conn, it.id)?;
    let (script, it) = queries::script(conn, instructor, id)?;
    if it.state()? != AssessmentState::Marking {
        return Err(AssessmentRefusal::NotMarking.into());
    }
    let role = script.role_of(instructor.person()).ok_or(Error::NotFound)?;
    if given.absent && it.takes_files {
        return Err(Error::field("absent", "choice", |lang| {
            lang.form_choice().to_owned()
        }));
    }
    if script.state()? == ScriptState::Agreed {
        return Err(AssessmentRefusal::MarkGiven.into());
    }
    let by = (Reader::Marker(instructor), instructor.person());
    write(conn, (&it, &script, role), by, given, seen)?;
    let state = script.state()?;
    if !given.done {
        if state == ScriptState::NotMarked {
            settle(conn, &it, id, (ScriptState::InMarking, false, None))?;
        }
        return Ok(());
    }
    match role {
        MarkRole::First if given.absent => {
            settle(conn, &it, id, (ScriptState::Agreed, true, None))?;
        }
        MarkRole::First if it.second()?.rule == SecondRule::None => {
            let points = given.points.iter().map(|it| it.unwrap_or_default());
            let points: Vec<i32> = points.collect();
            let outcome = (ScriptState::Agreed, false, Some(hundredths(&points)));
            settle(conn, &it, id, outcome)?;
        }
        MarkRole::First => settle(conn, &it, id, (ScriptState::Marked, false, None))?,
        MarkRole::Second => compare(conn, instructor, &it, id)?,
        MarkRole::Moderator => {}
    }
    let event = Noted::Marked {
        label: &script.label,
        role: role.as_str(),
    };
    audit::note(conn, about(it.id, it.programme_id), &event)
}

/// Both have given: do they meet in the middle?
fn compare(
    conn: &mut Conn<'_>,
    instructor: &Instructor,
    it: &Assessment,
    script: ScriptId,
) -> Result<()> {
    let marks = queries::marks_of(conn, Reader::Marker(instructor), &[script])?;
    let of = |role: MarkRole| marks.iter().find(|it| it.role == role.as_str() && it.done);
    let (Some(first), Some(second)) = (of(MarkRole::First), of(MarkRole::Second)) else {
        return Err(Error::Internal("a second mark without a first".to_owned()));
    };
    let outcome = match (first.mark, second.mark) {
        (Some(a), Some(b)) if agree(a, b, it.tolerance, it.pass_mark) => {
            let points = between(&first.whole()?, &second.whole()?);
            (ScriptState::Agreed, false, Some(points))
        }
        (Some(_) | None, Some(_) | None) => (ScriptState::SecondMarked, false, None),
    };
    settle(conn, it, script, outcome)
}

/// Says that every mark is agreed; from here on nothing is left but the release.
///
/// # Errors
/// [`AssessmentRefusal`]: somebody may still hand in, a request is open, work is not collected, or a mark
/// is not agreed.
pub fn finish_moderation(conn: &mut Conn<'_>, staff: &CohortStaff, id: AssessmentId) -> Result<()> {
    queries::lock(conn, id)?;
    let it = queries::find(conn, staff, id)?;
    next(it.state()?, AssessmentEvent::Moderate)?;
    let now = now(conn)?;
    let lines = all_lines(conn, staff, id)?;
    let waits = |line: &Line| {
        let times = it.times(line.extended_to);
        let end = if it.takes_files && line.submission_id.is_none() {
            times.hard_end()
        } else {
            times.due_at
        };
        now <= end
    };
    if lines.iter().any(waits) {
        return Err(AssessmentRefusal::DeadlinesAhead.into());
    }
    if queries::extensions(conn, staff, id)?
        .iter()
        .any(|it| it.state == ExtensionState::Requested.as_str())
    {
        return Err(AssessmentRefusal::RequestsOpen.into());
    }
    if lines.iter().any(|line| ready(&it, line, now)) {
        return Err(AssessmentRefusal::Uncollected.into());
    }
    let agreed = ScriptState::Agreed.as_str();
    let open = |line: &Line| line.script_state.as_deref().is_some_and(|it| it != agreed);
    if lines.iter().any(open) {
        return Err(AssessmentRefusal::NotAgreed.into());
    }
    step(conn, &it, AssessmentEvent::Moderate)?;
    audit::note(conn, about(id, staff.programme()), &Noted::Moderated)
}

/// Goes back to marking, as long as nothing is released.
///
/// # Errors
/// [`super::super::rules::StepRefused`].
pub fn return_to_marking(conn: &mut Conn<'_>, staff: &CohortStaff, id: AssessmentId) -> Result<()> {
    queries::lock(conn, id)?;
    let it = queries::find(conn, staff, id)?;
    step(conn, &it, AssessmentEvent::Return)?;
    audit::note(conn, about(id, staff.programme()), &Noted::Returned)
}

/// The label of a script as people read it.
#[must_use]
pub fn label(lang: Lang, it: &Assessment, label: &str) -> String {
    if it.anonymous {
        lang.asm_candidate(label)
    } else {
        label.to_owned()
    }
}
