//! Closed periods.

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use diesel::sql_types::{Date, Nullable, Text, Uuid as SqlUuid};

use crate::access::ProgrammeStaff;
use crate::audit::{self, About};
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{ClosedId, OrganisationId};

use super::super::events::Noted;
use super::super::queries;
use super::super::rules::ClosedKind;

/// A span of days without classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedDetails {
    /// Kind.
    pub kind: ClosedKind,
    /// The university whose trainees it is for; none for everybody.
    pub university: Option<OrganisationId>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
}

fn check(conn: &mut Conn<'_>, details: &ClosedDetails) -> Result<()> {
    if details.starts_on > details.ends_on {
        return Err(Error::field("ends_on", "order", |lang| {
            lang.tt_closed_order().to_owned()
        }));
    }
    let Some(university) = details.university else {
        return Ok(());
    };
    if queries::universities(conn)?
        .iter()
        .any(|it| it.id == university)
    {
        Ok(())
    } else {
        Err(Error::field("university", "choice", |lang| {
            lang.form_choice().to_owned()
        }))
    }
}

fn about(staff: &ProgrammeStaff, id: ClosedId) -> About {
    About::new("closed_period", id.0).within(staff.programme())
}

/// Closes days for sessions that are planned from now on; sessions that stand stay.
///
/// # Errors
/// [`Error::Invalid`] when it ends before it begins.
pub fn add_closed(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    details: &ClosedDetails,
) -> Result<ClosedId> {
    check(conn, details)?;
    let id = ClosedId::new();
    sql_query(
        "INSERT INTO closed_periods (id, programme_id, university_id, kind, starts_on, ends_on, name_en, name_zh) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Nullable<SqlUuid>, _>(details.university)
    .bind::<Text, _>(details.kind.as_str())
    .bind::<Date, _>(details.starts_on)
    .bind::<Date, _>(details.ends_on)
    .bind::<Text, _>(&details.name_en)
    .bind::<Text, _>(&details.name_zh)
    .execute(conn.pg())?;
    let name = (details.name_en.as_str(), details.name_zh.as_str());
    audit::note(conn, about(staff, id), &Noted::ClosedAdded { name })?;
    Ok(id)
}

/// Changes a closed period.
///
/// # Errors
/// [`Error::Stale`]; as [`add_closed`].
pub fn change_closed(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    (id, version): (ClosedId, i32),
    details: &ClosedDetails,
) -> Result<()> {
    check(conn, details)?;
    queries::lock_closed(conn, staff, id, version)?;
    sql_query(
        "UPDATE closed_periods SET university_id = $3, kind = $4, starts_on = $5, ends_on = $6, name_en = $7, name_zh = $8, \
           version = version + 1 WHERE id = $1 AND programme_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Nullable<SqlUuid>, _>(details.university)
    .bind::<Text, _>(details.kind.as_str())
    .bind::<Date, _>(details.starts_on)
    .bind::<Date, _>(details.ends_on)
    .bind::<Text, _>(&details.name_en)
    .bind::<Text, _>(&details.name_zh)
    .execute(conn.pg())?;
    let name = (details.name_en.as_str(), details.name_zh.as_str());
    audit::note(conn, about(staff, id), &Noted::ClosedChanged { name })
}

/// Removes a closed period; its history stays.
///
/// # Errors
/// [`Error::NotFound`].
pub fn remove_closed(conn: &mut Conn<'_>, staff: &ProgrammeStaff, id: ClosedId) -> Result<()> {
    let row = queries::closed_period(conn, staff, id)?;
    sql_query("DELETE FROM closed_periods WHERE id = $1 AND programme_id = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(staff.programme())
        .execute(conn.pg())?;
    let name = (row.name_en.as_str(), row.name_zh.as_str());
    audit::note(conn, about(staff, id), &Noted::ClosedRemoved { name })
}
