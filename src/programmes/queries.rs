//! Rows of programmes that other rooms read.

use crate::db::sql_query;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::Desk;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{PicsId, ProgrammeId};
use crate::lang::Lang;

mod desk;
pub use desk::*;

/// A programme's name in both languages.
#[derive(Clone, Debug, QueryableByName)]
pub struct Name {
    /// English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Traditional Chinese.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

impl Name {
    /// As the reader reads it.
    #[must_use]
    pub fn say(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Both halves, English first.
    #[must_use]
    pub fn pair(&self) -> (String, String) {
        (self.name_en.clone(), self.name_zh.clone())
    }
}

/// The name of a programme: public.
///
/// # Errors
/// [`Error::NotFound`].
pub fn name(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Name> {
    sql_query("SELECT name_en, name_zh FROM programmes WHERE id = $1")
        .bind::<SqlUuid, _>(programme)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = SqlUuid)]
    id: ProgrammeId,
    #[diesel(sql_type = Text)]
    name_en: String,
    #[diesel(sql_type = Text)]
    name_zh: String,
}

/// The programmes that a desk reaches, by name: the choices of its forms.
///
/// # Errors
/// The database's.
pub fn reached(conn: &mut Conn<'_>, desk: &Desk) -> Result<Vec<(ProgrammeId, Name)>> {
    let rows: Vec<Named> = sql_query(
        "SELECT id, name_en, name_zh FROM programmes WHERE id = ANY ($1) ORDER BY name_en, id",
    )
    .bind::<Array<SqlUuid>, _>(desk.programmes())
    .load(conn.pg())?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (name_en, name_zh) = (row.name_en, row.name_zh);
            (row.id, Name { name_en, name_zh })
        })
        .collect())
}

/// A version of the Personal Information Collection Statement.
#[derive(Clone, Debug, QueryableByName)]
pub struct Pics {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PicsId,
    /// Version, such as `2026-10`.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// English text; paragraphs are parted by blank lines.
    #[diesel(sql_type = Text)]
    pub text_en: String,
    /// Traditional Chinese text.
    #[diesel(sql_type = Text)]
    pub text_zh: String,
}

/// The statement in force now: public.
///
/// # Errors
/// [`Error::NotFound`] when the programme has none yet.
pub fn current_pics(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<Pics> {
    sql_query(
        "SELECT id, version, text_en, text_zh FROM pics WHERE programme_id = $1 AND effective_at <= (SELECT banyan_now()) \
         ORDER BY effective_at DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(programme)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

#[derive(QueryableByName)]
struct Coded {
    #[diesel(sql_type = SqlUuid)]
    id: ProgrammeId,
}

/// The programme with this code: public.
///
/// # Errors
/// [`Error::NotFound`].
pub fn with_code(conn: &mut Conn<'_>, code: &str) -> Result<ProgrammeId> {
    let row: Option<Coded> = sql_query("SELECT id FROM programmes WHERE code = $1")
        .bind::<Text, _>(code)
        .get_result(conn.pg())
        .optional()?;
    Ok(row.ok_or(Error::NotFound)?.id)
}
