//! What is done to competencies and to references: added, changed, archived.

use chrono::NaiveDate;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Date, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel::{Connection as _, RunQueryDsl};

use crate::access::ProgrammeStaff;
use crate::audit::{self, About};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{CompetencyId, ReferenceId};

use super::actions::json;
use super::events::Noted;
use super::queries;
use super::rules::{Basis, CurriculumRefusal, Pair};

/// What a competency is called and means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCompetency {
    /// Code, one for each competency of a programme.
    pub code: String,
    /// Name.
    pub name: Pair,
    /// Description; may be empty.
    pub description: Pair,
    /// The frameworks that it answers to.
    pub basis: Vec<Basis>,
}

/// What a reference names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReference {
    /// Whose it is.
    pub framework: String,
    /// Edition; may be empty.
    pub edition: String,
    /// Code, one for each reference of a programme.
    pub code: String,
    /// Title.
    pub title: Pair,
    /// Where it can be read.
    pub url: Option<String>,
    /// First day in force.
    pub valid_from: Option<NaiveDate>,
    /// Last day in force.
    pub valid_to: Option<NaiveDate>,
    /// What has taken its place.
    pub superseded_by: Option<ReferenceId>,
}

fn unless_taken(
    conn: &mut Conn<'_>,
    run: impl FnOnce(&mut diesel::PgConnection) -> Result<usize, DieselError>,
) -> Result<usize> {
    match conn.pg().transaction(run) {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            Err(Error::field("code", "taken", |lang| {
                lang.curriculum_code_taken().to_owned()
            }))
        }
        done => Ok(done?),
    }
}

fn note(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (kind, id): (&'static str, uuid::Uuid),
    event: &Noted<'_>,
) -> Result<()> {
    let about = About::new(kind, id).within(staff.programme());
    audit::note(conn, about, event)
}

/// Adds a competency; returns its id.
///
/// # Errors
/// [`Error::Invalid`] for a code in use.
pub fn add_competency(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    new: &NewCompetency,
) -> Result<CompetencyId> {
    let id = CompetencyId::new();
    let basis = json(&new.basis)?;
    unless_taken(conn, |pg| {
        sql_query(
            "INSERT INTO competencies (id, programme_id, code, name_en, name_zh, description_en, description_zh, basis) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<Text, _>(&new.code)
        .bind::<Text, _>(&new.name.en)
        .bind::<Text, _>(&new.name.zh)
        .bind::<Text, _>(&new.description.en)
        .bind::<Text, _>(&new.description.zh)
        .bind::<Jsonb, _>(basis)
        .execute(pg)
    })?;
    let event = Noted::Added {
        what: "competency",
        code: &new.code,
    };
    note(conn, staff, ("competency", id.0), &event)?;
    Ok(id)
}

/// Changes a competency; its code too, since versions name it by its id.
///
/// # Errors
/// [`Error::Stale`]; [`Error::Invalid`] for a code in use; [`CurriculumRefusal::Archived`].
pub fn change_competency(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: CompetencyId,
    seen: i32,
    new: &NewCompetency,
) -> Result<()> {
    let before = queries::competency(conn, staff, id)?;
    let basis = json(&new.basis)?;
    let written = unless_taken(conn, |pg| {
        sql_query(
            "UPDATE competencies SET code = $3, name_en = $4, name_zh = $5, description_en = $6, description_zh = $7, basis = $8, \
               version = version + 1 WHERE id = $1 AND version = $2 AND archived_at IS NULL",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(seen)
        .bind::<Text, _>(&new.code)
        .bind::<Text, _>(&new.name.en)
        .bind::<Text, _>(&new.name.zh)
        .bind::<Text, _>(&new.description.en)
        .bind::<Text, _>(&new.description.zh)
        .bind::<Jsonb, _>(basis)
        .execute(pg)
    })?;
    changed(written, before.archived_at.is_some())?;
    let event = Noted::Changed {
        what: "competency",
        code: &before.code,
    };
    note(conn, staff, ("competency", id.0), &event)
}

fn changed(written: usize, archived: bool) -> Result<()> {
    match (written, archived) {
        (0, true) => Err(CurriculumRefusal::Archived.into()),
        (0, false) => Err(Error::Stale),
        (_, _) => Ok(()),
    }
}

/// Archives a competency: no new draft may name it; versions that do keep it.
///
/// # Errors
/// [`CurriculumRefusal::Archived`]; [`Error::NotFound`].
pub fn archive_competency(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: CompetencyId,
) -> Result<()> {
    let before = queries::competency(conn, staff, id)?;
    let written = sql_query(
        "UPDATE competencies SET archived_at = banyan_now(), version = version + 1 WHERE id = $1 AND archived_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    changed(written, true)?;
    let event = Noted::Archived {
        what: "competency",
        code: &before.code,
    };
    note(conn, staff, ("competency", id.0), &event)
}

/// May this take the place of the reference? Not itself, not one of another programme, and not one
/// whose own successors lead back here.
fn check_successor(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: Option<ReferenceId>,
    successor: Option<ReferenceId>,
) -> Result<()> {
    let Some(successor) = successor else {
        return Ok(());
    };
    let book = queries::book(conn, staff.programme())?;
    let wrong = || {
        Error::field("superseded_by", "circle", |lang| {
            lang.curriculum_need_successor().to_owned()
        })
    };
    let mut at = Some(successor);
    for _ in 0..=book.references.len() {
        let Some(here) = at else { return Ok(()) };
        if Some(here) == id {
            return Err(wrong());
        }
        at = book.reference(here).ok_or_else(wrong)?.superseded_by;
    }
    Err(wrong())
}

/// Adds a reference; returns its id.
///
/// # Errors
/// [`Error::Invalid`] for a code in use or a successor that is none of the programme's.
pub fn add_reference(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    new: &NewReference,
) -> Result<ReferenceId> {
    check_successor(conn, staff, None, new.superseded_by)?;
    let id = ReferenceId::new();
    unless_taken(conn, |pg| {
        sql_query(
            "INSERT INTO framework_references (id, programme_id, framework, edition, code, title_en, title_zh, url, \
               valid_from, valid_to, superseded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<Text, _>(&new.framework)
        .bind::<Text, _>(&new.edition)
        .bind::<Text, _>(&new.code)
        .bind::<Text, _>(&new.title.en)
        .bind::<Text, _>(&new.title.zh)
        .bind::<Nullable<Text>, _>(&new.url)
        .bind::<Nullable<Date>, _>(new.valid_from)
        .bind::<Nullable<Date>, _>(new.valid_to)
        .bind::<Nullable<SqlUuid>, _>(new.superseded_by)
        .execute(pg)
    })?;
    let event = Noted::Added {
        what: "reference",
        code: &new.code,
    };
    note(conn, staff, ("reference", id.0), &event)?;
    Ok(id)
}

/// Changes a reference.
///
/// # Errors
/// As [`add_reference`]; [`Error::Stale`]; [`CurriculumRefusal::Archived`].
pub fn change_reference(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: ReferenceId,
    seen: i32,
    new: &NewReference,
) -> Result<()> {
    let before = queries::reference(conn, staff, id)?;
    check_successor(conn, staff, Some(id), new.superseded_by)?;
    let written = unless_taken(conn, |pg| {
        sql_query(
            "UPDATE framework_references SET framework = $3, edition = $4, code = $5, title_en = $6, title_zh = $7, \
               url = $8, valid_from = $9, valid_to = $10, superseded_by = $11, version = version + 1 \
             WHERE id = $1 AND version = $2 AND archived_at IS NULL",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(seen)
        .bind::<Text, _>(&new.framework)
        .bind::<Text, _>(&new.edition)
        .bind::<Text, _>(&new.code)
        .bind::<Text, _>(&new.title.en)
        .bind::<Text, _>(&new.title.zh)
        .bind::<Nullable<Text>, _>(&new.url)
        .bind::<Nullable<Date>, _>(new.valid_from)
        .bind::<Nullable<Date>, _>(new.valid_to)
        .bind::<Nullable<SqlUuid>, _>(new.superseded_by)
        .execute(pg)
    })?;
    changed(written, before.archived_at.is_some())?;
    let event = Noted::Changed {
        what: "reference",
        code: &before.code,
    };
    note(conn, staff, ("reference", id.0), &event)
}

/// Archives a reference: no new draft may name it; versions that do keep it.
///
/// # Errors
/// [`CurriculumRefusal::Archived`]; [`Error::NotFound`].
pub fn archive_reference(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: ReferenceId,
) -> Result<()> {
    let before = queries::reference(conn, staff, id)?;
    let written = sql_query(
        "UPDATE framework_references SET archived_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND archived_at IS NULL",
    )
    .bind::<SqlUuid, _>(id)
    .execute(conn.pg())?;
    changed(written, true)?;
    let event = Noted::Archived {
        what: "reference",
        code: &before.code,
    };
    note(conn, staff, ("reference", id.0), &event)
}
