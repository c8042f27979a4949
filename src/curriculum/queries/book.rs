//! The names that versions refer to: modules, competencies, references to frameworks.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    BigInt, Bool, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::Value;

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{CompetencyId, ModuleId, ProgrammeId, ReferenceId};
use crate::lang::Lang;
use crate::web::paging::Cursor;

use super::super::rules::{Basis, Holds, holds};
use super::parsed;

/// A module's code and name: of its published version or, before the first, its draft as far as the
/// reader may see it.
#[derive(Clone, Debug, QueryableByName)]
pub struct Named {
    /// The module.
    #[diesel(sql_type = SqlUuid)]
    pub id: ModuleId,
    /// Code.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Is it published?
    #[diesel(sql_type = Bool)]
    pub published: bool,
    /// Is it put away?
    #[diesel(sql_type = Bool)]
    pub archived: bool,
}

impl Named {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// May something new be based on it: published, and not put away?
    #[must_use]
    pub fn offered(&self) -> bool {
        self.published && !self.archived
    }
}

/// A competency.
#[derive(Clone, Debug, QueryableByName)]
pub struct Competency {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: CompetencyId,
    /// Code, such as `AI-RISK-1`.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// English description.
    #[diesel(sql_type = Text)]
    pub description_en: String,
    /// Chinese description.
    #[diesel(sql_type = Text)]
    pub description_zh: String,
    /// The frameworks that it answers to, as they are kept.
    #[diesel(sql_type = Jsonb)]
    basis: Value,
    /// Archived then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub archived_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Competency {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Its description as the reader reads it.
    #[must_use]
    pub fn description(&self, lang: Lang) -> &str {
        lang.pick(&self.description_en, &self.description_zh)
    }

    /// The frameworks that it answers to.
    ///
    /// # Errors
    /// [`Error::Internal`] when the row cannot be read.
    pub fn basis(&self) -> Result<Vec<Basis>> {
        parsed(self.basis.clone())
    }
}

/// A reference to a framework, a standard or a circular.
#[derive(Clone, Debug, QueryableByName)]
pub struct Reference {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ReferenceId,
    /// Whose it is, such as `NIST`.
    #[diesel(sql_type = Text)]
    pub framework: String,
    /// Edition, such as `1.0`; may be empty.
    #[diesel(sql_type = Text)]
    pub edition: String,
    /// Code, one for each reference of a programme.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English title.
    #[diesel(sql_type = Text)]
    pub title_en: String,
    /// Chinese title.
    #[diesel(sql_type = Text)]
    pub title_zh: String,
    /// Where it can be read.
    #[diesel(sql_type = Nullable<Text>)]
    pub url: Option<String>,
    /// First day in force.
    #[diesel(sql_type = Nullable<Date>)]
    pub valid_from: Option<NaiveDate>,
    /// Last day in force.
    #[diesel(sql_type = Nullable<Date>)]
    pub valid_to: Option<NaiveDate>,
    /// What has taken its place.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub superseded_by: Option<ReferenceId>,
    /// Code of what has taken its place.
    #[diesel(sql_type = Nullable<Text>)]
    pub successor: Option<String>,
    /// First day of what has taken its place.
    #[diesel(sql_type = Nullable<Date>)]
    pub successor_from: Option<NaiveDate>,
    /// Archived then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub archived_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

impl Reference {
    /// Its title as the reader reads it.
    #[must_use]
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_en, &self.title_zh)
    }

    /// How it stands on a day.
    #[must_use]
    pub fn holds(&self, today: NaiveDate) -> Holds {
        holds(self.valid_from, self.valid_to, self.successor_from, today)
    }
}

/// Everything that versions of a programme refer to.
#[derive(Clone, Debug)]
pub struct Book {
    /// Modules, in their places.
    pub modules: Vec<Named>,
    /// Competencies by code, archived ones too.
    pub competencies: Vec<Competency>,
    /// References by code, archived ones too.
    pub references: Vec<Reference>,
}

impl Book {
    /// A module.
    #[must_use]
    pub fn module(&self, id: ModuleId) -> Option<&Named> {
        self.modules.iter().find(|it| it.id == id)
    }

    /// A competency.
    #[must_use]
    pub fn competency(&self, id: CompetencyId) -> Option<&Competency> {
        self.competencies.iter().find(|it| it.id == id)
    }

    /// A reference.
    #[must_use]
    pub fn reference(&self, id: ReferenceId) -> Option<&Reference> {
        self.references.iter().find(|it| it.id == id)
    }
}

const COMPETENCY: &str = "SELECT c.id, c.code, c.name_en, c.name_zh, c.description_en, c.description_zh, c.basis, c.archived_at, c.version \
    FROM competencies c";

const REFERENCE: &str = "SELECT r.id, r.framework, r.edition, r.code, r.title_en, r.title_zh, r.url, r.valid_from, r.valid_to, \
    r.superseded_by, s.code AS successor, s.valid_from AS successor_from, r.archived_at, r.version \
    FROM framework_references r LEFT JOIN framework_references s ON s.id = r.superseded_by";

/// The names that versions of this programme refer to: public, save modules that are only drafted.
///
/// # Errors
/// The database's.
pub fn book(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Book> {
    let modules = sql_query(
        "SELECT m.id, m.code, v.name_en, v.name_zh, v.state = 'published' AS published, m.archived_at IS NOT NULL AS archived FROM modules m \
         JOIN module_versions v ON v.module_id = m.id AND (v.state = 'published' OR v.state = 'draft' AND v.number = 1) \
         WHERE m.programme_id = $1 ORDER BY m.position, m.code",
    )
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?;
    let competencies = sql_query(format!(
        "{COMPETENCY} WHERE c.programme_id = $1 ORDER BY c.code"
    ))
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?;
    let references = sql_query(format!(
        "{REFERENCE} WHERE r.programme_id = $1 ORDER BY r.code"
    ))
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?;
    Ok(Book {
        modules,
        competencies,
        references,
    })
}

/// Which competencies or references, and how many; they come by code.
#[derive(Clone, Debug)]
pub struct Sought {
    /// Only those that contain this.
    pub text: Option<String>,
    /// Archived ones instead of those in use.
    pub archived: bool,
    /// After this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// Competencies, by code.
///
/// # Errors
/// The database's.
pub fn competencies(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    sought: &Sought,
) -> Result<Vec<Competency>> {
    Ok(sql_query(format!(
        "{COMPETENCY} WHERE c.programme_id = $1 AND (c.archived_at IS NOT NULL) = $2 \
           AND ($3 IS NULL OR strpos(lower(c.code || ' ' || c.name_en || ' ' || c.name_zh), lower($3)) > 0) \
           AND ($4 IS NULL OR c.code COLLATE \"C\" > $4) ORDER BY c.code COLLATE \"C\" LIMIT $5"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Bool, _>(sought.archived)
    .bind::<Nullable<Text>, _>(&sought.text)
    .bind::<Nullable<Text>, _>(sought.after.as_ref().map(|it| it.key.as_str()))
    .bind::<BigInt, _>(sought.limit)
    .load(conn.pg())?)
}

/// References, by code.
///
/// # Errors
/// The database's.
pub fn references(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    sought: &Sought,
) -> Result<Vec<Reference>> {
    Ok(sql_query(format!(
        "{REFERENCE} WHERE r.programme_id = $1 AND (r.archived_at IS NOT NULL) = $2 \
           AND ($3 IS NULL OR strpos(lower(r.code || ' ' || r.framework || ' ' || r.title_en || ' ' || r.title_zh), lower($3)) > 0) \
           AND ($4 IS NULL OR r.code COLLATE \"C\" > $4) ORDER BY r.code COLLATE \"C\" LIMIT $5"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Bool, _>(sought.archived)
    .bind::<Nullable<Text>, _>(&sought.text)
    .bind::<Nullable<Text>, _>(sought.after.as_ref().map(|it| it.key.as_str()))
    .bind::<BigInt, _>(sought.limit)
    .load(conn.pg())?)
}

/// One competency.
///
/// # Errors
/// [`Error::NotFound`].
pub fn competency(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: CompetencyId,
) -> Result<Competency> {
    sql_query(format!(
        "{COMPETENCY} WHERE c.id = $1 AND c.programme_id = $2"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// One reference.
///
/// # Errors
/// [`Error::NotFound`].
pub fn reference(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: ReferenceId,
) -> Result<Reference> {
    sql_query(format!(
        "{REFERENCE} WHERE r.id = $1 AND r.programme_id = $2"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}
