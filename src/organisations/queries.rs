//! Rows of organisations that other rooms read.

use crate::db::sql_query;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::db::Conn;
use crate::error::Result;
use crate::ids::OrganisationId;
use crate::lang::Lang;

mod desk;
pub use desk::*;

/// An organisation's public face.
#[derive(Clone, Debug, QueryableByName)]
pub struct Listed {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: OrganisationId,
    /// `university`, `bank`, …
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

impl Listed {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Is it a university?
    #[must_use]
    pub fn is_university(&self) -> bool {
        self.kind == "university"
    }
}

/// Every organisation in use, by name: the choices of forms and the directory of imports.
///
/// # Errors
/// The database's.
pub fn listed(conn: &mut Conn<'_>) -> Result<Vec<Listed>> {
    Ok(sql_query("SELECT id, kind, name_en, name_zh FROM organisations WHERE archived_at IS NULL ORDER BY name_en, id")
        .load(conn.pg())?)
}
