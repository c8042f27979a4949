//! Rows of modules and their versions. What is published, everybody may read; drafts and what came
//! before are for the programme's staff, whose proof the queries take.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ModuleId, ProgrammeId, VersionId};
use crate::lang::Lang;
use crate::web::fields::{Column, Sort};
use crate::web::paging::Cursor;

use super::rules::graph::Groups;
use super::rules::{Content, Pair, Registration, VersionState};

mod book;
pub use book::*;

/// The orders of the list of modules; keys are texts that sort as their values do.
pub const SORTS: &[Column] = &[
    ("place", "to_char(m.position, 'FM00000')"),
    ("code", "m.code"),
    ("name", "lower(v.name_en)"),
    ("level", "v.indicative_level::text"),
    (
        "hours",
        "to_char(v.contact_hours + v.self_study_hours + v.assessment_hours, 'FM00000')",
    ),
];

/// A module in the list: its published version or, before the first, its draft.
#[derive(Clone, Debug, QueryableByName)]
pub struct Line {
    /// The module.
    #[diesel(sql_type = SqlUuid)]
    pub id: ModuleId,
    /// Code, such as `AIR501`.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Hours in class.
    #[diesel(sql_type = Integer)]
    pub contact_hours: i32,
    /// Hours of guided self-study.
    #[diesel(sql_type = Integer)]
    pub self_study_hours: i32,
    /// Hours of assessment.
    #[diesel(sql_type = Integer)]
    pub assessment_hours: i32,
    /// Indicative level.
    #[diesel(sql_type = Integer)]
    pub indicative_level: i32,
    /// Number of the published version, if there is one.
    #[diesel(sql_type = Nullable<Integer>)]
    pub published: Option<i32>,
    /// Its first day.
    #[diesel(sql_type = Nullable<Date>)]
    pub effective_from: Option<NaiveDate>,
    /// Number of the draft, if there is one.
    #[diesel(sql_type = Nullable<Integer>)]
    pub draft: Option<i32>,
    /// Put away then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub archived_at: Option<DateTime<Utc>>,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Line {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Notional learning hours.
    #[must_use]
    pub fn notional(&self) -> i32 {
        super::rules::notional(
            self.contact_hours,
            self.self_study_hours,
            self.assessment_hours,
        )
    }
}

/// Which modules, and how many.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only codes and names that contain this.
    pub text: Option<String>,
    /// Only this indicative level.
    pub level: Option<i32>,
    /// Only `published` ones, those with a `draft`, or those `archived`, which no other list shows.
    pub state: Option<String>,
    /// In this order.
    pub sort: Sort,
    /// After this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

/// The modules of a programme.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn<'_>, staff: &ProgrammeStaff, wanted: &Wanted) -> Result<Vec<Line>> {
    let (beyond, direction) = wanted.sort.direction();
    let key = wanted.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT m.id, m.code, v.name_en, v.name_zh, v.contact_hours, v.self_study_hours, v.assessment_hours, \
             v.indicative_level, CASE WHEN v.state = 'published' THEN v.number END AS published, \
             CASE WHEN v.state = 'published' THEN v.effective_from END AS effective_from, d.number AS draft, m.archived_at, \
             ({key}) COLLATE \"C\" AS sort_key \
           FROM modules m JOIN module_versions v ON v.module_id = m.id AND (v.state = 'published' \
             OR v.state = 'draft' AND v.number = 1) LEFT JOIN module_versions d ON d.module_id = m.id AND d.state = 'draft' \
           WHERE m.programme_id = $1 AND ($2 IS NULL OR v.indicative_level = $2) \
             AND ($3 IS NULL OR strpos(lower(m.code || ' ' || v.name_en || ' ' || v.name_zh), lower($3)) > 0) \
             AND (m.archived_at IS NOT NULL) = ($4 IS NOT DISTINCT FROM 'archived') \
             AND ($4 IS NULL OR $4 = 'archived' OR v.state = $4 OR d.state = $4)) q \
         WHERE $5 IS NULL OR (sort_key, id) {beyond} ($5, $6) ORDER BY sort_key {direction}, id {direction} LIMIT $7"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Nullable<Integer>, _>(wanted.level)
    .bind::<Nullable<Text>, _>(&wanted.text)
    .bind::<Nullable<Text>, _>(&wanted.state)
    .bind::<Nullable<Text>, _>(wanted.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(wanted.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(wanted.limit)
    .load(conn.pg())?)
}

/// The sums over the published versions of a programme, in hours.
#[derive(Clone, Debug, QueryableByName)]
pub struct Totals {
    /// Modules that are published.
    #[diesel(sql_type = BigInt)]
    pub modules: i64,
    /// Hours in class.
    #[diesel(sql_type = BigInt)]
    pub contact: i64,
    /// Hours of guided self-study.
    #[diesel(sql_type = BigInt)]
    pub self_study: i64,
    /// Hours of assessment.
    #[diesel(sql_type = BigInt)]
    pub assessment: i64,
}

/// The sums over the published versions.
///
/// # Errors
/// The database's.
pub fn totals(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Totals> {
    Ok(sql_query(
        "SELECT count(*) AS modules, coalesce(sum(contact_hours), 0) AS contact, \
           coalesce(sum(self_study_hours), 0) AS self_study, coalesce(sum(assessment_hours), 0) AS assessment \
         FROM module_versions v JOIN modules m ON m.id = v.module_id AND m.archived_at IS NULL \
         WHERE v.programme_id = $1 AND v.state = 'published'",
    )
    .bind::<SqlUuid, _>(programme)
    .get_result(conn.pg())?)
}

/// A version of a module, as its row.
#[derive(Clone, Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: VersionId,
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
    #[diesel(sql_type = Text)]
    summary_en: String,
    #[diesel(sql_type = Text)]
    summary_zh: String,
    #[diesel(sql_type = Jsonb)]
    outcomes: Value,
    #[diesel(sql_type = Integer)]
    contact_hours: i32,
    #[diesel(sql_type = Integer)]
    self_study_hours: i32,
    #[diesel(sql_type = Integer)]
    assessment_hours: i32,
    #[diesel(sql_type = Integer)]
    indicative_level: i32,
    #[diesel(sql_type = Nullable<Text>)]
    qr_registration: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    qr_valid_from: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    qr_valid_to: Option<NaiveDate>,
    #[diesel(sql_type = Array<Text>)]
    themes: Vec<String>,
    #[diesel(sql_type = Jsonb)]
    assessments: Value,
    #[diesel(sql_type = Jsonb)]
    prerequisites: Value,
    #[diesel(sql_type = Jsonb)]
    competencies: Value,
    #[diesel(sql_type = Jsonb)]
    basis: Value,
    #[diesel(sql_type = Nullable<Date>)]
    effective_from: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    published_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Integer)]
    version: i32,
}

const VERSION: &str = "SELECT v.id, v.module_id, m.code, v.number, v.state, v.name_en, v.name_zh, v.summary_en, v.summary_zh, \
    v.outcomes, v.contact_hours, v.self_study_hours, v.assessment_hours, v.indicative_level, v.qr_registration, \
    v.qr_valid_from, v.qr_valid_to, v.themes, v.assessments, v.prerequisites, v.competencies, v.basis, v.effective_from, \
    v.published_at, v.version FROM module_versions v JOIN modules m ON m.id = v.module_id";

/// A version of a module.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// Its module.
    pub module: ModuleId,
    /// The module's code.
    pub code: String,
    /// Its number, from 1.
    pub number: i32,
    /// Where it stands.
    pub state: VersionState,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// For edits: which state of the draft the editor saw.
    pub version: i32,
    /// What it says.
    pub content: Content,
}

impl Version {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        self.content.name.say(lang)
    }
}

fn parsed<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value)
        .map_err(|err| Error::Internal(format!("a list of a module's version: {err}")))
}

impl TryFrom<Row> for Version {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let registration = match (row.qr_registration, row.qr_valid_from, row.qr_valid_to) {
            (Some(number), Some(valid_from), Some(valid_to)) => Some(Registration {
                number,
                valid_from,
                valid_to,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            module: row.module_id,
            code: row.code,
            number: row.number,
            state: VersionState::parse(&row.state)
                .ok_or_else(|| Error::Internal(format!("version state {}", row.state)))?,
            published_at: row.published_at,
            version: row.version,
            content: Content {
                name: Pair::new(row.name_en, row.name_zh),
                summary: Pair::new(row.summary_en, row.summary_zh),
                outcomes: parsed(row.outcomes)?,
                contact: row.contact_hours,
                self_study: row.self_study_hours,
                assessment: row.assessment_hours,
                level: row.indicative_level,
                registration,
                themes: row.themes,
                assessments: parsed(row.assessments)?,
                prerequisites: parsed(row.prerequisites)?,
                competencies: parsed(row.competencies)?,
                basis: parsed(row.basis)?,
                effective_from: row.effective_from,
            },
        })
    }
}

fn versions(rows: Vec<Row>) -> Result<Vec<Version>> {
    rows.into_iter().map(Version::try_from).collect()
}

/// Every version of one module, the newest first, its draft too.
///
/// # Errors
/// [`Error::NotFound`] when there is none: no such module in this programme.
pub fn of_module(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    module: ModuleId,
) -> Result<Vec<Version>> {
    let rows: Vec<Row> = sql_query(format!(
        "{VERSION} WHERE v.module_id = $1 AND v.programme_id = $2 ORDER BY v.number DESC"
    ))
    .bind::<SqlUuid, _>(module)
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    if rows.is_empty() {
        return Err(Error::NotFound);
    }
    versions(rows)
}

/// The published version of every module of a programme that is not put away, in their places: public.
///
/// # Errors
/// The database's.
pub fn published(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Vec<Version>> {
    let rows: Vec<Row> = sql_query(format!(
        "{VERSION} WHERE v.programme_id = $1 AND v.state = 'published' AND m.archived_at IS NULL ORDER BY m.position, m.code"
    ))
    .bind::<SqlUuid, _>(programme)
    .load(conn.pg())?;
    versions(rows)
}

/// The published version of the module with this code: public.
///
/// # Errors
/// [`Error::NotFound`].
pub fn published_one(conn: &mut Conn<'_>, programme: ProgrammeId, code: &str) -> Result<Version> {
    let row: Row = sql_query(format!(
        "{VERSION} WHERE v.programme_id = $1 AND v.state = 'published' AND m.code = $2"
    ))
    .bind::<SqlUuid, _>(programme)
    .bind::<Text, _>(code)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)?;
    Version::try_from(row)
}

/// The versions of modules that cohorts beginning on this day are taught: public, since they were
/// published.
///
/// # Errors
/// The database's.
pub fn versions_on(
    conn: &mut Conn<'_>,
    modules: &[ModuleId],
    on: NaiveDate,
) -> Result<BTreeMap<ModuleId, Version>> {
    let rows: Vec<Row> = sql_query(format!(
        "{VERSION} WHERE v.module_id = ANY ($1) AND v.state <> 'draft' AND v.effective_from <= $2 ORDER BY v.number"
    ))
    .bind::<Array<SqlUuid>, _>(modules)
    .bind::<Date, _>(on)
    .load(conn.pg())?;
    // The last of each stands.
    rows.into_iter()
        .map(|row| Version::try_from(row).map(|it| (it.module, it)))
        .collect()
}

#[derive(QueryableByName)]
struct Asks {
    #[diesel(sql_type = SqlUuid)]
    module_id: ModuleId,
    #[diesel(sql_type = Jsonb)]
    prerequisites: Value,
}

/// What each module of a programme asks for: its published version or, before the first, its draft.
///
/// # Errors
/// The database's.
pub fn prerequisites(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
) -> Result<BTreeMap<ModuleId, Groups<ModuleId>>> {
    let rows: Vec<Asks> = sql_query(
        "SELECT module_id, prerequisites FROM module_versions \
         WHERE programme_id = $1 AND (state = 'published' OR state = 'draft' AND number = 1)",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?;
    rows.into_iter()
        .map(|row| Ok((row.module_id, parsed(row.prerequisites)?)))
        .collect()
}

/// Where a module stands among those of its programme that are not put away, and whether it is itself.
#[derive(Clone, Debug, QueryableByName)]
pub struct Standing {
    /// The module.
    #[diesel(sql_type = SqlUuid)]
    pub id: ModuleId,
    /// Put away then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub archived_at: Option<DateTime<Utc>>,
}

/// The modules of a programme in their places, those put away too.
///
/// # Errors
/// The database's.
pub fn standings(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<Standing>> {
    Ok(sql_query(
        "SELECT id, archived_at FROM modules WHERE programme_id = $1 ORDER BY position, code",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// Codes of the modules in use that ask for this one, in their published version or their draft.
///
/// # Errors
/// The database's.
pub fn asked_by(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    module: ModuleId,
) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Code {
        #[diesel(sql_type = Text)]
        code: String,
    }
    let rows: Vec<Code> = sql_query(
        "SELECT DISTINCT m.code FROM modules m JOIN module_versions v ON v.module_id = m.id AND v.state <> 'replaced', \
           jsonb_array_elements(v.prerequisites) asked \
         WHERE m.programme_id = $1 AND m.archived_at IS NULL AND m.id <> $2 AND asked @> to_jsonb($2::text) ORDER BY m.code",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(module)
    .load(conn.pg())?;
    Ok(rows.into_iter().map(|it| it.code).collect())
}

/// Locks the modules of a programme: whoever changes prerequisites waits here, so that two changes
/// cannot make a circle together.
///
/// # Errors
/// The database's.
pub fn lock_modules(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<()> {
    sql_query("SELECT id FROM modules WHERE programme_id = $1 ORDER BY id FOR NO KEY UPDATE")
        .bind::<SqlUuid, _>(staff.programme())
        .execute(conn.pg())?;
    Ok(())
}
