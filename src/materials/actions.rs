//! What is done to notes: one verb, one transaction.

use diesel::RunQueryDsl;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};

use crate::access::{self, Own, OwnEnrolment};
use crate::audit::{self, About};
use crate::db::{self, Conn, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ClassId, EnrolmentId, MarkId, MaterialId};
use crate::teaching::queries::ClassSession;

use super::events::Noted;
use super::queries::{self, Keeper};
use super::rules::{MOST, MaterialRefusal, NoteDetails, is_released, problems};

fn check(details: &NoteDetails) -> Result<()> {
    let problems = problems(details);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::Invalid(problems))
    }
}

fn about(session: &ClassSession) -> About {
    About::new("class", session.id.0).within(session.programme_id)
}

/// Writes a note for a session, after those that it has.
///
/// # Errors
/// [`Error::NotFound`] for a session that is not the keeper's; [`Error::Invalid`];
/// [`MaterialRefusal::TooMany`].
pub fn add(
    conn: &mut Conn<'_>,
    keeper: &Keeper,
    session: ClassId,
    details: &NoteDetails,
) -> Result<MaterialId> {
    check(details)?;
    queries::lock_notes(conn, session)?;
    let (session, notes) = queries::notes(conn, keeper, session)?;
    if notes.len() >= MOST {
        return Err(MaterialRefusal::TooMany.into());
    }
    let id = MaterialId::new();
    sql_query(
        "INSERT INTO class_notes (id, programme_id, cohort_id, session_id, instructor_ids, title_en, title_zh, body, url, release, \
           release_at, position) \
         SELECT $1, s.programme_id, s.cohort_id, s.id, s.instructor_ids, $3, $4, $5, $6, $7, $8, \
           coalesce((SELECT max(n.position) + 1 FROM class_notes n WHERE n.session_id = s.id), 1) \
         FROM class_sessions s WHERE s.id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(session.id)
    .bind::<Text, _>(&details.title_en)
    .bind::<Text, _>(&details.title_zh)
    .bind::<Text, _>(&details.body)
    .bind::<Text, _>(&details.url)
    .bind::<Text, _>(details.release.as_str())
    .bind::<Nullable<Timestamptz>, _>(details.release_at)
    .execute(conn.pg())?;
    let title = (details.title_en.as_str(), details.title_zh.as_str());
    audit::note(conn, about(&session), &Noted::Added { title })?;
    Ok(id)
}

/// Changes a note.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Invalid`].
pub fn change(
    conn: &mut Conn<'_>,
    keeper: &Keeper,
    (id, version): (MaterialId, i32),
    details: &NoteDetails,
) -> Result<()> {
    check(details)?;
    let (session, was) = queries::lock(conn, keeper, (id, version))?;
    if was.details()? == *details {
        return Ok(());
    }
    sql_query(
        "UPDATE class_notes SET title_en = $2, title_zh = $3, body = $4, url = $5, release = $6, release_at = $7, \
           version = version + 1 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(&details.title_en)
    .bind::<Text, _>(&details.title_zh)
    .bind::<Text, _>(&details.body)
    .bind::<Text, _>(&details.url)
    .bind::<Text, _>(details.release.as_str())
    .bind::<Nullable<Timestamptz>, _>(details.release_at)
    .execute(conn.pg())?;
    let title = (details.title_en.as_str(), details.title_zh.as_str());
    audit::note(conn, about(&session), &Noted::Changed { title })
}

/// Removes a note and its done-marks; its title stays in the session's history.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`].
pub fn remove(
    conn: &mut Conn<'_>,
    keeper: &Keeper,
    (id, version): (MaterialId, i32),
) -> Result<ClassId> {
    let (session, was) = queries::lock(conn, keeper, (id, version))?;
    let counts = counts(conn, session.id)?;
    let done = counts.iter().find(|(it, _)| *it == id).map_or(0, |it| it.1);
    sql_query("DELETE FROM class_notes WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .execute(conn.pg())?;
    let title = (was.title_en.as_str(), was.title_zh.as_str());
    audit::note(conn, about(&session), &Noted::Removed { title, done })?;
    Ok(session.id)
}

/// Moves a note before the one that stands before it; the first stays where it is.
///
/// # Errors
/// [`Error::NotFound`].
pub fn move_up(conn: &mut Conn<'_>, keeper: &Keeper, id: MaterialId) -> Result<ClassId> {
    let (session, _) = queries::note(conn, keeper, id)?;
    queries::lock_notes(conn, session.id)?;
    let (session, moved) = queries::note(conn, keeper, id)?;
    if queries::notes(conn, keeper, session.id)?
        .1
        .first()
        .map(|it| it.id)
        == Some(id)
    {
        return Ok(session.id);
    }
    // All are numbered anew: two that were written at once may have the same number.
    sql_query(
        "WITH numbered AS (SELECT id, row_number() OVER (ORDER BY position, id) * 2 AS n FROM class_notes WHERE session_id = $1) \
         UPDATE class_notes c SET position = CASE WHEN c.id = $2 THEN n.n - 3 ELSE n.n END \
         FROM numbered n WHERE n.id = c.id",
    )
    .bind::<SqlUuid, _>(session.id)
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    let title = (moved.title_en.as_str(), moved.title_zh.as_str());
    audit::note(conn, about(&session), &Noted::Moved { title })?;
    Ok(session.id)
}

/// How many have done with each note of a session.
///
/// # Errors
/// The database's.
pub fn counts(conn: &mut Conn<'_>, session: ClassId) -> Result<Vec<(MaterialId, i64)>> {
    conn.elevate(Task::Timetable, |conn| {
        let timetable = access::working(conn, Task::Timetable)?;
        queries::done_counts(conn, &timetable, session)
    })
}

/// The enrolment of the person under which they read this note, and the note.
fn own_note(
    conn: &mut Conn<'_>,
    enrolments: &[EnrolmentId],
    id: MaterialId,
) -> Result<(OwnEnrolment, queries::Read)> {
    for enrolment in enrolments {
        let own = access::own_enrolment(conn, *enrolment)?;
        let found = conn.elevate(Task::Timetable, |conn| {
            let timetable = access::working(conn, Task::Timetable)?;
            queries::one_of(conn, &timetable, &own, id)
        });
        match found {
            Ok(note) => return Ok((own, note)),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::NotFound)
}

/// Marks a note as done with, or takes the mark back; saying it twice is saying it once. Returns the
/// note's session.
///
/// # Errors
/// [`Error::NotFound`] for a note of a session that they do not attend;
/// [`MaterialRefusal::NotReleased`].
pub fn mark(conn: &mut Conn<'_>, own: &Own, id: MaterialId, done: bool) -> Result<ClassId> {
    let enrolments = crate::teaching::queries::own_enrolments(conn, own)?;
    let (_, note) = own_note(conn, &enrolments, id)?;
    if !is_released(Some(note.released_at), db::now(conn)?) {
        return Err(MaterialRefusal::NotReleased.into());
    }
    if !done {
        sql_query("DELETE FROM note_marks WHERE note_id = $1 AND person_id = $2")
            .bind::<SqlUuid, _>(id)
            .bind::<SqlUuid, _>(own.person())
            .execute(conn.pg())?;
        return Ok(note.session_id);
    }
    let programme = conn.elevate(Task::Timetable, |conn| {
        let timetable = access::working(conn, Task::Timetable)?;
        queries::programme_of(conn, &timetable, id)
    })?;
    sql_query(
        "INSERT INTO note_marks (id, programme_id, note_id, person_id) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (note_id, person_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(MarkId::new())
    .bind::<SqlUuid, _>(programme)
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(own.person())
    .execute(conn.pg())?;
    Ok(note.session_id)
}
