//! What is done to modules: each function one verb in the caller's transaction.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Array, Date, Integer, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel::{Connection as _, RunQueryDsl};
use serde_json::Value;

use crate::access::ProgrammeStaff;
use crate::audit::{self, About};
use crate::db::{Boxed, Conn, now, sql_query};
use crate::error::{Error, FieldError, Result};
use crate::ids::{ModuleId, VersionId};
use crate::lang::format::hk_date;

use super::events::Noted;
use super::queries::{self, Book, Version};
use super::rules::{Content, CurriculumRefusal, VersionState, graph, lacks};

mod places;
pub use places::{archive, check_archive, move_to, restore};

fn about(staff: &ProgrammeStaff, module: ModuleId) -> About {
    About::new("module", module.0).within(staff.programme())
}

pub(super) fn json(list: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(list).map_err(|err| Error::Internal(format!("writing a list: {err}")))
}

/// The draft among the versions of a module, if there is one.
#[must_use]
pub fn draft(versions: &[Version]) -> Option<&Version> {
    let found = |it: &&Version| it.state == VersionState::Draft;
    versions.iter().find(found)
}

/// The published one among the versions of a module, if there is one.
#[must_use]
pub fn published(versions: &[Version]) -> Option<&Version> {
    let found = |it: &&Version| it.state == VersionState::Published;
    versions.iter().find(found)
}

/// Would these prerequisites lead in a circle, or name what is no module of the programme? Waits for
/// others who change prerequisites.
fn check_prerequisites(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    book: &Book,
    module: ModuleId,
    content: &Content,
) -> Result<()> {
    queries::lock_modules(conn, staff)?;
    let mut asks = queries::prerequisites(conn, staff)?;
    asks.insert(module, content.prerequisites.clone());
    let Some(circle) = graph::cycle(&asks) else {
        return Ok(());
    };
    // Round to where it began, so that it reads as the circle that it is.
    let codes: Vec<&str> = circle
        .iter()
        .chain(circle.first())
        .map(|id| book.module(*id).map_or("–", |it| it.code.as_str()))
        .collect();
    let way = codes.join(" → ");
    Err(Error::field("prerequisites", "circle", |lang| {
        lang.curriculum_circle(&way)
    }))
}

/// Can readers look up every module that a version asks for?
fn check_published(book: &Book, content: &Content) -> Result<()> {
    let asked = content.prerequisites.iter().flatten();
    let drafts: Vec<&str> = asked
        .filter_map(|id| book.module(*id))
        .filter(|it| !it.published)
        .map(|it| it.code.as_str())
        .collect();
    if drafts.is_empty() {
        return Ok(());
    }
    let codes = drafts.join(", ");
    Err(Error::field("prerequisites", "unpublished", |lang| {
        lang.curriculum_need_published(&codes)
    }))
}

/// Does a version refer only to what its programme has?
fn check_names(book: &Book, content: &Content) -> Result<()> {
    let stray = |field: &str| {
        Error::field(field, "unknown", |lang| {
            lang.curriculum_unknown_name().to_owned()
        })
    };
    if content
        .prerequisites
        .iter()
        .flatten()
        .any(|id| book.module(*id).is_none_or(|it| it.archived))
    {
        return Err(stray("prerequisites"));
    }
    if content
        .competencies
        .iter()
        .any(|it| book.competency(it.competency).is_none())
    {
        return Err(stray("competencies"));
    }
    if content
        .basis
        .iter()
        .any(|it| book.reference(it.reference).is_none())
    {
        return Err(stray("basis"));
    }
    Ok(())
}

/// Adds a module with the draft of its first version, in the last place; returns its id.
///
/// # Errors
/// [`Error::Invalid`] for a code in use, and as [`save_draft`].
pub fn create(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    code: &str,
    content: &Content,
) -> Result<ModuleId> {
    queries::lock_modules(conn, staff)?;
    let id = ModuleId::new();
    let made = conn.pg().transaction(|pg| {
        sql_query(
            "INSERT INTO modules (id, programme_id, code, position) \
             SELECT $1, $2, $3, coalesce(max(position), 0) + 1 FROM modules WHERE programme_id = $2",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<Text, _>(code)
        .execute(pg)
    });
    match made {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            return Err(Error::field("code", "taken", |lang| {
                lang.curriculum_code_taken().to_owned()
            }));
        }
        other => _ = other?,
    }
    let book = queries::book(conn, staff.programme())?;
    check_names(&book, content)?;
    check_prerequisites(conn, staff, &book, id, content)?;
    insert(conn, staff, id, 1, content)?;
    audit::note(conn, about(staff, id), &Noted::ModuleAdded { code })?;
    Ok(id)
}

/// Binds what a version says to `$3` and on.
fn bound<'a>(statement: Boxed<'a>, content: &'a Content) -> Result<Boxed<'a>> {
    let registration = content.registration.as_ref();
    Ok(statement
        .bind::<Text, _>(&content.name.en)
        .bind::<Text, _>(&content.name.zh)
        .bind::<Text, _>(&content.summary.en)
        .bind::<Text, _>(&content.summary.zh)
        .bind::<Jsonb, _>(json(&content.outcomes)?)
        .bind::<Integer, _>(content.contact)
        .bind::<Integer, _>(content.self_study)
        .bind::<Integer, _>(content.assessment)
        .bind::<Integer, _>(content.level)
        .bind::<Nullable<Text>, _>(registration.map(|it| it.number.as_str()))
        .bind::<Nullable<Date>, _>(registration.map(|it| it.valid_from))
        .bind::<Nullable<Date>, _>(registration.map(|it| it.valid_to))
        .bind::<Array<Text>, _>(&content.themes)
        .bind::<Jsonb, _>(json(&content.assessments)?)
        .bind::<Jsonb, _>(json(&content.prerequisites)?)
        .bind::<Jsonb, _>(json(&content.competencies)?)
        .bind::<Jsonb, _>(json(&content.basis)?)
        .bind::<Nullable<Date>, _>(content.effective_from))
}

fn insert(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    module: ModuleId,
    number: i32,
    content: &Content,
) -> Result<()> {
    let statement = sql_query(
        "INSERT INTO module_versions (id, module_id, name_en, name_zh, summary_en, summary_zh, outcomes, contact_hours, \
           self_study_hours, assessment_hours, indicative_level, qr_registration, qr_valid_from, qr_valid_to, themes, \
           assessments, prerequisites, competencies, basis, effective_from, programme_id, number) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
    )
    .into_boxed()
    .bind::<SqlUuid, _>(VersionId::new())
    .bind::<SqlUuid, _>(module);
    bound(statement, content)?
        .bind::<SqlUuid, _>(staff.programme())
        .bind::<Integer, _>(number)
        .execute(conn.pg())?;
    Ok(())
}

/// Saves the draft of a module's next version; begins it when there is none. `seen` is the version of
/// the draft that the editor saw, none when the editor saw none.
///
/// # Errors
/// [`Error::Stale`] when another draft stands there; [`Error::Invalid`] for prerequisites in a circle
/// and names that are not the programme's; [`CurriculumRefusal::Archived`]; [`Error::NotFound`].
pub fn save_draft(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    module: ModuleId,
    seen: Option<i32>,
    content: &Content,
) -> Result<()> {
    let book = queries::book(conn, staff.programme())?;
    places::check_in_use(&book, module)?;
    check_names(&book, content)?;
    check_prerequisites(conn, staff, &book, module, content)?;
    let versions = queries::of_module(conn, staff, module)?;
    let Some(standing) = draft(&versions) else {
        if seen.is_some() {
            return Err(Error::Stale);
        }
        let number = versions
            .first()
            .map_or(1, |newest| newest.number.saturating_add(1));
        insert(conn, staff, module, number, content)?;
        let event = Noted::DraftBegun { number };
        return audit::note(conn, about(staff, module), &event);
    };
    if seen != Some(standing.version) {
        return Err(Error::Stale);
    }
    let statement = sql_query(
        "UPDATE module_versions SET name_en = $3, name_zh = $4, summary_en = $5, summary_zh = $6, outcomes = $7, \
           contact_hours = $8, self_study_hours = $9, assessment_hours = $10, indicative_level = $11, \
           qr_registration = $12, qr_valid_from = $13, qr_valid_to = $14, themes = $15, assessments = $16, \
           prerequisites = $17, competencies = $18, basis = $19, effective_from = $20, version = version + 1 \
         WHERE id = $1 AND version = $2 AND state = 'draft'",
    )
    .into_boxed()
    .bind::<SqlUuid, _>(standing.id)
    .bind::<Integer, _>(standing.version);
    let saved = bound(statement, content)?.execute(conn.pg())?;
    if saved == 0 {
        return Err(Error::Stale);
    }
    let number = standing.number;
    audit::note(conn, about(staff, module), &Noted::DraftChanged { number })
}

/// Throws the draft away. A module that was never published keeps its only draft.
///
/// # Errors
/// [`CurriculumRefusal::NoDraft`]; [`Error::Stale`].
pub fn discard(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    module: ModuleId,
    seen: i32,
) -> Result<()> {
    let versions = queries::of_module(conn, staff, module)?;
    let standing = draft(&versions).ok_or(CurriculumRefusal::NoDraft)?;
    if standing.number == 1 {
        return Err(CurriculumRefusal::NoDraft.into());
    }
    let gone =
        sql_query("DELETE FROM module_versions WHERE id = $1 AND version = $2 AND state = 'draft'")
            .bind::<SqlUuid, _>(standing.id)
            .bind::<Integer, _>(seen)
            .execute(conn.pg())?;
    if gone == 0 {
        return Err(Error::Stale);
    }
    let number = standing.number;
    audit::note(
        conn,
        about(staff, module),
        &Noted::DraftDiscarded { number },
    )
}

/// What a draft lacks before it can be published.
///
/// # Errors
/// The database's.
pub fn lacking(conn: &mut Conn<'_>, versions: &[Version]) -> Result<Vec<FieldError>> {
    let today = hk_date(now(conn)?);
    let follows = published(versions).is_some();
    Ok(draft(versions).map_or_else(Vec::new, |it| lacks(&it.content, follows, today)))
}

/// Publishes the draft in the place of the version before it, both at once. Cohorts that have begun
/// keep the one that they began with.
///
/// # Errors
/// [`CurriculumRefusal`] without a draft or with one that changes nothing; [`Error::Invalid`] with what
/// it lacks, or when its prerequisites lead in a circle by now; [`Error::Stale`].
pub fn publish(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    module: ModuleId,
    seen: i32,
) -> Result<()> {
    queries::lock_modules(conn, staff)?;
    let versions = queries::of_module(conn, staff, module)?;
    let standing = draft(&versions).ok_or(CurriculumRefusal::NoDraft)?;
    if standing.version != seen {
        return Err(Error::Stale);
    }
    let before = published(&versions);
    if before.is_some_and(|it| same_but_for_day(&it.content, &standing.content)) {
        return Err(CurriculumRefusal::Nothing.into());
    }
    let missing = lacking(conn, &versions)?;
    if !missing.is_empty() {
        return Err(Error::Invalid(missing));
    }
    let book = queries::book(conn, staff.programme())?;
    places::check_in_use(&book, module)?;
    check_published(&book, &standing.content)?;
    check_prerequisites(conn, staff, &book, module, &standing.content)?;
    if let Some(before) = before {
        let replaced = sql_query(
            "UPDATE module_versions SET state = 'replaced' WHERE id = $1 AND state = 'published'",
        )
        .bind::<SqlUuid, _>(before.id)
        .execute(conn.pg())?;
        if replaced == 0 {
            return Err(Error::Stale);
        }
    }
    let done = sql_query(
        "UPDATE module_versions SET state = 'published', published_at = banyan_now(), version = version + 1 \
         WHERE id = $1 AND version = $2 AND state = 'draft'",
    )
    .bind::<SqlUuid, _>(standing.id)
    .bind::<Integer, _>(seen)
    .execute(conn.pg())?;
    if done == 0 {
        return Err(Error::Stale);
    }
    let event = Noted::Published {
        number: standing.number,
        replaces: before.map(|it| it.number),
    };
    audit::note(conn, about(staff, module), &event)
}

fn same_but_for_day(a: &Content, b: &Content) -> bool {
    let undated = |it: &Content| Content {
        effective_from: None,
        ..it.clone()
    };
    undated(a) == undated(b)
}
