//! The order of the modules, and those that are put away.

use diesel::RunQueryDsl;
use diesel::sql_types::{Array, Uuid as SqlUuid};

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::ModuleId;

use super::super::events::Noted;
use super::super::queries::{self, Book};
use super::super::rules::CurriculumRefusal;
use super::super::rules::order::moved;
use super::about;

/// Nothing new is written about what is put away.
pub(super) fn check_in_use(book: &Book, module: ModuleId) -> Result<()> {
    match book.module(module) {
        Some(it) if it.archived => Err(CurriculumRefusal::Archived.into()),
        Some(_) | None => Ok(()),
    }
}

/// Puts a module in a place among those in use, from 1; the others make room.
///
/// # Errors
/// [`Error::Invalid`] for a place that there is not; [`CurriculumRefusal::Archived`];
/// [`Error::NotFound`].
pub fn move_to(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    module: ModuleId,
    place: i32,
) -> Result<()> {
    queries::lock_modules(conn, staff)?;
    let all = queries::standings(conn, staff)?;
    let (used, away): (Vec<_>, Vec<_>) = all.iter().partition(|it| it.archived_at.is_none());
    if away.iter().any(|it| it.id == module) {
        return Err(CurriculumRefusal::Archived.into());
    }
    let used: Vec<ModuleId> = used.into_iter().map(|it| it.id).collect();
    let from = used.iter().position(|id| *id == module);
    let from = from.ok_or(Error::NotFound)?;
    let last = i32::try_from(used.len()).unwrap_or(i32::MAX);
    if !(1..=last).contains(&place) {
        return Err(Error::field("place", "range", |lang| {
            lang.form_number(1, last)
        }));
    }
    let to = usize::try_from(place.saturating_sub(1)).unwrap_or(0);
    if from == to {
        return Ok(());
    }
    let mut order = moved(&used, from, to);
    order.extend(away.into_iter().map(|it| it.id));
    sql_query(
        "UPDATE modules m SET position = o.place FROM unnest($1) WITH ORDINALITY AS o (id, place) \
         WHERE m.id = o.id AND m.position <> o.place",
    )
    .bind::<Array<SqlUuid>, _>(order)
    .execute(conn.pg())?;
    audit::note(conn, about(staff, module), &Noted::Moved { place })
}

/// May the module be put away? Not while another in use asks for it.
///
/// # Errors
/// [`CurriculumRefusal::Archived`] when it is already; [`CurriculumRefusal::AskedFor`];
/// [`Error::NotFound`].
pub fn check_archive(conn: &mut Conn<'_>, staff: &ProgrammeStaff, module: ModuleId) -> Result<()> {
    let all = queries::standings(conn, staff)?;
    let it = all.iter().find(|it| it.id == module);
    if it.ok_or(Error::NotFound)?.archived_at.is_some() {
        return Err(CurriculumRefusal::Archived.into());
    }
    if queries::asked_by(conn, staff, module)?.is_empty() {
        return Ok(());
    }
    Err(CurriculumRefusal::AskedFor.into())
}

/// Puts a module away: no cohort can be offered it anew, no new draft can ask for it, and the public
/// pages leave it out. What was taught stays.
///
/// # Errors
/// As [`check_archive`].
pub fn archive(conn: &mut Conn<'_>, staff: &ProgrammeStaff, module: ModuleId) -> Result<()> {
    queries::lock_modules(conn, staff)?;
    check_archive(conn, staff, module)?;
    sql_query("UPDATE modules SET archived_at = banyan_now() WHERE id = $1")
        .bind::<SqlUuid, _>(module)
        .execute(conn.pg())?;
    audit::note(conn, about(staff, module), &Noted::PutAway)
}

/// Takes a module out again, into its old place.
///
/// # Errors
/// [`CurriculumRefusal::InUse`]; [`Error::NotFound`].
pub fn restore(conn: &mut Conn<'_>, staff: &ProgrammeStaff, module: ModuleId) -> Result<()> {
    queries::lock_modules(conn, staff)?;
    let all = queries::standings(conn, staff)?;
    let it = all.iter().find(|it| it.id == module);
    if it.ok_or(Error::NotFound)?.archived_at.is_none() {
        return Err(CurriculumRefusal::InUse.into());
    }
    sql_query("UPDATE modules SET archived_at = NULL WHERE id = $1")
        .bind::<SqlUuid, _>(module)
        .execute(conn.pg())?;
    audit::note(conn, about(staff, module), &Noted::TakenOut)
}
