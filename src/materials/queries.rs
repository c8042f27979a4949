//! Rows of notes and done-marks.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{CohortStaff, Instructor, Own, OwnEnrolment, Working};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ClassId, CohortId, EnrolmentId, MaterialId, PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::teaching::queries::{self as teaching, ClassSession};
use crate::web::paging::{Cursor, Page};

use super::rules::{NoteDetails, Release};

/// Who keeps the notes of a session: the office, or whoever teaches it.
#[derive(Clone, Debug)]
pub enum Keeper {
    /// Staff of the cohort.
    Office(CohortStaff),
    /// An instructor, of the sessions that they teach.
    Teacher(Instructor),
}

impl Keeper {
    /// Who acts.
    #[must_use]
    pub fn person(&self) -> PersonId {
        match self {
            Self::Office(staff) => staff.person(),
            Self::Teacher(instructor) => instructor.person(),
        }
    }

    /// The session, if it is theirs to keep.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn session(&self, conn: &mut Conn<'_>, id: ClassId) -> Result<ClassSession> {
        match self {
            Self::Office(staff) => teaching::session(conn, staff, id),
            Self::Teacher(instructor) => teaching::taught(conn, instructor, id),
        }
    }
}

/// A note or link of a session.
#[derive(Clone, Debug, QueryableByName)]
pub struct Note {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: MaterialId,
    /// Its session.
    #[diesel(sql_type = SqlUuid)]
    pub session_id: ClassId,
    /// The session's cohort.
    #[diesel(sql_type = SqlUuid)]
    pub cohort_id: CohortId,
    /// The session's programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// English title; may be empty.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title; may be empty.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// The note; may be empty.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// The link; may be empty.
    #[diesel(sql_type = Text)]
    pub url: String,
    /// When it is released, as its word.
    #[diesel(sql_type = Text)]
    pub release: String,
    /// The time of a release of its own.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub release_at: Option<DateTime<Utc>>,
    /// Trainees who have done with it.
    #[diesel(sql_type = BigInt)]
    pub done: i64,
    /// Version, for `If-Match`.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

const NOTE: &str = "SELECT n.id, n.session_id, n.cohort_id, n.programme_id, n.title_en, n.title_zh, n.body, n.url, n.release, \
    n.release_at, 0::bigint AS done, n.version FROM class_notes n";

/// A title as the reader reads it: the other language's where theirs is empty, and which it is.
#[must_use]
pub fn title<'a>(lang: Lang, en: &'a str, zh: &'a str) -> (&'a str, Lang) {
    match lang.pick((en, Lang::En), (zh, Lang::Zh)) {
        ("", Lang::En) => (zh, Lang::Zh),
        ("", Lang::Zh) => (en, Lang::En),
        found => found,
    }
}

impl Note {
    /// When it is released.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn release(&self) -> Result<Release> {
        Release::parse(&self.release)
            .ok_or_else(|| Error::Internal(format!("release {}", self.release)))
    }

    /// What is written in it.
    ///
    /// # Errors
    /// As [`Note::release`].
    pub fn details(&self) -> Result<NoteDetails> {
        Ok(NoteDetails {
            title_en: self.title_en.clone(),
            title_zh: self.title_zh.clone(),
            body: self.body.clone(),
            url: self.url.clone(),
            release: self.release()?,
            release_at: self.release_at,
        })
    }
}

/// The notes of a session, in their order. `keeper` has shown that the session is theirs.
///
/// # Errors
/// [`Error::NotFound`] for a session that is not theirs.
pub fn notes(
    conn: &mut Conn<'_>,
    keeper: &Keeper,
    session: ClassId,
) -> Result<(ClassSession, Vec<Note>)> {
    let session = keeper.session(conn, session)?;
    let rows = sql_query(format!(
        "{NOTE} WHERE n.session_id = $1 ORDER BY n.position, n.id LIMIT 200"
    ))
    .bind::<SqlUuid, _>(session.id)
    .load(conn.pg())?;
    Ok((session, rows))
}

/// Takes a session's notes for this transaction: who counts and orders them sees those that were written
/// at the same time.
///
/// # Errors
/// The database's.
pub(super) fn lock_notes(conn: &mut Conn<'_>, session: ClassId) -> Result<()> {
    sql_query("SELECT pg_advisory_xact_lock(20270117, hashtext($1))")
        .bind::<Text, _>(session.to_string())
        .execute(conn.pg())?;
    Ok(())
}

/// A note of a session that is the keeper's.
///
/// # Errors
/// [`Error::NotFound`].
pub fn note(conn: &mut Conn<'_>, keeper: &Keeper, id: MaterialId) -> Result<(ClassSession, Note)> {
    let row: Note = sql_query(format!("{NOTE} WHERE n.id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)?;
    let session = keeper.session(conn, row.session_id)?;
    Ok((session, row))
}

/// The same, locked, in the version that its editor saw.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`].
pub(super) fn lock(
    conn: &mut Conn<'_>,
    keeper: &Keeper,
    (id, version): (MaterialId, i32),
) -> Result<(ClassSession, Note)> {
    let row: Note = sql_query(format!("{NOTE} WHERE n.id = $1 FOR UPDATE OF n"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)?;
    let session = keeper.session(conn, row.session_id)?;
    if row.version == version {
        Ok((session, row))
    } else {
        Err(Error::Stale)
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = SqlUuid)]
    id: MaterialId,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// How many have done with each note of a session; who they are is nobody's to know.
///
/// # Errors
/// The database's.
pub fn done_counts(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    session: ClassId,
) -> Result<Vec<(MaterialId, i64)>> {
    let rows: Vec<Count> = sql_query(
        "SELECT m.note_id AS id, count(*) AS n FROM note_marks m JOIN class_notes n ON n.id = m.note_id \
         WHERE n.session_id = $1 GROUP BY m.note_id",
    )
    .bind::<SqlUuid, _>(session)
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|row| (row.id, row.n)).collect())
}

/// A released note as its trainee reads it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Read {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: MaterialId,
    /// Its session.
    #[diesel(sql_type = SqlUuid)]
    pub session_id: ClassId,
    /// The module's code.
    #[diesel(sql_type = Text)]
    pub module_code: String,
    /// When the session begins.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// English title; may be empty.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title; may be empty.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// The note; may be empty.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// The link; may be empty.
    #[diesel(sql_type = Text)]
    pub url: String,
    /// Since when it can be read.
    #[diesel(sql_type = Timestamptz)]
    pub released_at: DateTime<Utc>,
    /// Have they done with it?
    #[diesel(sql_type = Bool)]
    pub done: bool,
}

/// Notes of the published sessions that a trainee attends. $1 cohorts, $2 enrolments, $3 person.
/// A note that is there at once counts from the moment it was written.
const READ: &str = "SELECT * FROM (SELECT n.id, n.session_id, m.code AS module_code, s.starts_at, n.title_en, n.title_zh, n.body, n.url, \
    CASE n.release WHEN 'start' THEN s.starts_at WHEN 'end' THEN s.ends_at WHEN 'at' THEN n.release_at ELSE n.created_at END AS released_at, \
    n.position, EXISTS (SELECT FROM note_marks d WHERE d.note_id = n.id AND d.person_id = $3) AS done \
    FROM class_notes n JOIN class_sessions s ON s.id = n.session_id JOIN modules m ON m.id = s.module_id \
    JOIN offerings o ON o.id = s.offering_id \
    WHERE n.cohort_id = ANY ($1) AND s.published AND s.state <> 'cancelled' \
      AND (o.whole_cohort OR EXISTS (SELECT FROM offering_places p WHERE p.offering_id = s.offering_id AND p.enrolment_id = ANY ($2)))) r";

/// What a trainee's list of notes is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those that are done with, or not.
    pub done: Option<bool>,
    /// Part of a title or text, in any case.
    pub text: Option<String>,
}

/// The notes that a person may read now by any of these enrolments of theirs, the newest first.
///
/// # Errors
/// The database's.
pub fn readable(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    (own, enrolments): (&Own, &[OwnEnrolment]),
    filter: &Filter,
    after: Option<&Cursor>,
    size: i64,
) -> Result<Page<Read>> {
    let cohorts: Vec<CohortId> = enrolments.iter().map(OwnEnrolment::cohort).collect();
    let ids: Vec<EnrolmentId> = enrolments.iter().map(OwnEnrolment::enrolment).collect();
    let after_at = after.and_then(|it| it.key.parse::<DateTime<Utc>>().ok());
    let rows: Vec<Read> = sql_query(format!(
        "{READ} WHERE r.released_at <= banyan_now() AND ($4 IS NULL OR r.done = $4) \
           AND ($5 IS NULL OR position(lower($5) IN lower(concat_ws(' ', r.module_code, r.title_en, r.title_zh, r.body))) > 0) \
           AND ($6 IS NULL OR (r.released_at, r.id) < ($6, $7)) \
         ORDER BY r.released_at DESC, r.id DESC LIMIT $8"
    ))
    .bind::<Array<SqlUuid>, _>(&cohorts)
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<SqlUuid, _>(own.person())
    .bind::<Nullable<Bool>, _>(filter.done)
    .bind::<Nullable<Text>, _>(&filter.text)
    .bind::<Nullable<Timestamptz>, _>(after_at)
    .bind::<Nullable<SqlUuid>, _>(after.map(|it| it.id))
    .bind::<BigInt, _>(size.saturating_add(1))
    .load(conn.pg())?;
    Ok(Page::cut(rows, size, |row| Cursor {
        key: row
            .released_at
            .to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        id: row.id.0,
    }))
}

/// The notes of one session that a trainee attends, in their order, those too that are still to come:
/// what they hold is not to be shown then.
///
/// # Errors
/// The database's.
pub fn of_session(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    own: &OwnEnrolment,
    session: ClassId,
) -> Result<Vec<Read>> {
    Ok(sql_query(format!(
        "{READ} WHERE r.session_id = $4 ORDER BY r.position, r.id LIMIT 200"
    ))
    .bind::<Array<SqlUuid>, _>(&[own.cohort()][..])
    .bind::<Array<SqlUuid>, _>(&[own.enrolment()][..])
    .bind::<SqlUuid, _>(own.person())
    .bind::<SqlUuid, _>(session)
    .load(conn.pg())?)
}

/// A note of a session that a trainee attends.
///
/// # Errors
/// [`Error::NotFound`].
pub fn one_of(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    own: &OwnEnrolment,
    id: MaterialId,
) -> Result<Read> {
    sql_query(format!("{READ} WHERE r.id = $4"))
        .bind::<Array<SqlUuid>, _>(&[own.cohort()][..])
        .bind::<Array<SqlUuid>, _>(&[own.enrolment()][..])
        .bind::<SqlUuid, _>(own.person())
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct InProgramme {
    #[diesel(sql_type = SqlUuid)]
    programme_id: ProgrammeId,
}

/// The programme of a note that a trainee attends.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) fn programme_of(
    conn: &mut Conn<'_>,
    _timetable: &Working,
    id: MaterialId,
) -> Result<ProgrammeId> {
    let row: Option<InProgramme> = sql_query("SELECT programme_id FROM class_notes WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?;
    Ok(row.ok_or(Error::NotFound)?.programme_id)
}

#[derive(QueryableByName)]
struct InCohort {
    #[diesel(sql_type = SqlUuid)]
    cohort_id: CohortId,
}

/// The cohort of a session, as far as the office sees it.
///
/// # Errors
/// [`Error::NotFound`].
pub fn cohort_of_session(conn: &mut Conn<'_>, _own: &Own, id: ClassId) -> Result<CohortId> {
    let row: Option<InCohort> = sql_query("SELECT cohort_id FROM class_sessions WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?;
    Ok(row.ok_or(Error::NotFound)?.cohort_id)
}

/// The session of a note, as far as the reader keeps it.
///
/// # Errors
/// [`Error::NotFound`].
pub fn session_of_note(conn: &mut Conn<'_>, _own: &Own, id: MaterialId) -> Result<ClassId> {
    #[derive(QueryableByName)]
    struct OfSession {
        #[diesel(sql_type = SqlUuid)]
        session_id: ClassId,
    }
    let row: Option<OfSession> = sql_query("SELECT session_id FROM class_notes WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?;
    Ok(row.ok_or(Error::NotFound)?.session_id)
}
