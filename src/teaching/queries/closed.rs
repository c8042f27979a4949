//! Rows of closed periods.

use chrono::NaiveDate;
use diesel::sql_types::{Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::ProgrammeStaff;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ClosedId, OrganisationId};

/// A span of days without classes.
#[derive(Clone, Debug, QueryableByName)]
pub struct ClosedRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ClosedId,
    /// The university whose trainees it is for; none for everybody.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub university_id: Option<OrganisationId>,
    /// The university's name in English.
    #[diesel(sql_type = Nullable<Text>)]
    pub university_en: Option<String>,
    /// The university's name in Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub university_zh: Option<String>,
    /// Kind, as its word.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Version, for `If-Match`.
    #[diesel(sql_type = Integer)]
    pub version: i32,
}

pub(super) const CLOSED: &str = "SELECT p.id, p.university_id, u.name_en AS university_en, u.name_zh AS university_zh, p.kind, \
    p.starts_on, p.ends_on, p.name_en, p.name_zh, p.version \
    FROM closed_periods p LEFT JOIN organisations u ON u.id = p.university_id";

/// The closed periods of a programme, by day.
///
/// # Errors
/// The database's.
pub fn closed_periods(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<Vec<ClosedRow>> {
    Ok(sql_query(format!(
        "{CLOSED} WHERE p.programme_id = $1 ORDER BY p.starts_on, p.id LIMIT 1000"
    ))
    .bind::<SqlUuid, _>(staff.programme())
    .load(conn.pg())?)
}

/// A closed period of the programme.
///
/// # Errors
/// [`Error::NotFound`].
pub fn closed_period(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: ClosedId,
) -> Result<ClosedRow> {
    sql_query(format!("{CLOSED} WHERE p.id = $1 AND p.programme_id = $2"))
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
}

/// The same, locked, in the version that its editor saw.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`].
pub fn lock_closed(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    id: ClosedId,
    version: i32,
) -> Result<ClosedRow> {
    let row: ClosedRow = sql_query(format!(
        "{CLOSED} WHERE p.id = $1 AND p.programme_id = $2 FOR UPDATE OF p"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)?;
    if row.version == version {
        Ok(row)
    } else {
        Err(Error::Stale)
    }
}

#[derive(QueryableByName)]
struct OfProgramme {
    #[diesel(sql_type = SqlUuid)]
    programme_id: crate::ids::ProgrammeId,
}

/// The programme of a closed period, as far as the desk sees it.
///
/// # Errors
/// [`Error::NotFound`].
pub fn programme_of_closed(conn: &mut Conn<'_>, id: ClosedId) -> Result<crate::ids::ProgrammeId> {
    let row: Option<OfProgramme> =
        sql_query("SELECT programme_id FROM closed_periods WHERE id = $1")
            .bind::<SqlUuid, _>(id)
            .get_result(conn.pg())
            .optional()?;
    Ok(row.ok_or(Error::NotFound)?.programme_id)
}

/// A university.
#[derive(Clone, Debug, QueryableByName)]
pub struct University {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: OrganisationId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

/// Every university of the directory, by name.
///
/// # Errors
/// The database's.
pub fn universities(conn: &mut Conn<'_>) -> Result<Vec<University>> {
    Ok(sql_query(
        "SELECT id, name_en, name_zh FROM organisations WHERE kind = 'university' ORDER BY name_en, id LIMIT 500",
    )
    .load(conn.pg())?)
}
