//! A programme's beginning and end: set up whole in one transaction, closed, opened again.

use crate::db::sql_query;
use diesel::sql_types::{BigInt, Integer, Text, Uuid as SqlUuid};
use diesel::{OptionalExtension as _, QueryableByName, RunQueryDsl as _};

use crate::access::{self, Desk, ProgrammeStaff};
use crate::audit;
use crate::db::{Actor, Conn};
use crate::error::{Error, Result};
use crate::ids::{GrantId, ProgrammeId};

use super::super::events::Noted;
use super::super::queries;
use super::super::rules::ProgrammeRefusal;
use super::{
    NewTarget, ProgrammeDetails, about, add_target, create_programme, load_holidays, publish_pics,
    shipped_holidays,
};

/// The first version of the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstStatement {
    /// Version, such as `2026-10`.
    pub version: String,
    /// English text.
    pub text_en: String,
    /// Chinese text.
    pub text_zh: String,
}

/// A programme as its form sets it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProgramme {
    /// Code: capital letters, digits and hyphens.
    pub code: String,
    /// What it says of itself.
    pub details: ProgrammeDetails,
    /// The first target, if there is one yet.
    pub target: Option<NewTarget>,
    /// The statement on personal data, if it is to be in force at once.
    pub statement: Option<FirstStatement>,
}

#[derive(QueryableByName)]
struct Scoped {
    #[diesel(sql_type = SqlUuid)]
    #[expect(dead_code, reason = "its being there is the answer")]
    id: GrantId,
}

/// Only who administers the whole house makes programmes: an administrator of one programme would
/// not reach the new one.
fn whole_house(conn: &mut Conn<'_>) -> Result<()> {
    let grant = match conn.actor() {
        Actor::Person(acting) => acting.grant,
        Actor::Public(_) | Actor::System(_) => None,
    };
    let Some(grant) = grant else {
        return Ok(());
    };
    let scoped: Option<Scoped> =
        sql_query("SELECT id FROM role_grants WHERE id = $1 AND programme_id IS NOT NULL")
            .bind::<SqlUuid, _>(grant)
            .get_result(conn.pg())
            .optional()?;
    match scoped {
        Some(_) => Err(ProgrammeRefusal::OneProgrammeOnly.into()),
        None => Ok(()),
    }
}

/// Reaches the programme just made, to the end of the transaction: who administers the whole house
/// reaches every programme, and from the next request on by their role alone.
fn reach(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<ProgrammeStaff> {
    let mut actor = conn.actor().clone();
    if let Actor::Person(acting) = &mut actor {
        acting.programmes.push(programme);
    }
    conn.become_actor(actor)?;
    access::programme_staff(conn, programme)
}

/// Sets up a programme with its first target and statement, all or nothing.
///
/// # Errors
/// As [`create_programme`], [`add_target`] and [`publish_pics`]; a refusal for an administrator of
/// one programme only.
pub fn set_up(conn: &mut Conn<'_>, desk: &Desk, new: &NewProgramme) -> Result<ProgrammeId> {
    if !desk.administrator() {
        return Err(Error::NotFound);
    }
    whole_house(conn)?;
    let id = create_programme(conn, desk, &new.code, &new.details)?;
    let staff = reach(conn, id)?;
    if let Some(target) = &new.target {
        add_target(conn, &staff, target)?;
    }
    if let Some(first) = &new.statement {
        publish_pics(conn, &staff, &first.version, &first.text_en, &first.text_zh)?;
    }
    // A house without a calendar begins with the one that is shipped, to be checked on its page.
    if queries::holidays(conn)?.is_empty() {
        load_holidays(conn, desk, id, &shipped_holidays())?;
    }
    Ok(id)
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Text)]
    status: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Locks the programme's row and tells its status.
fn locked(conn: &mut Conn<'_>, staff: &ProgrammeStaff, sql: &'static str) -> Result<String> {
    let row: Option<Locked> = sql_query(sql)
        .bind::<SqlUuid, _>(staff.programme())
        .get_result(conn.pg())
        .optional()?;
    Ok(row.ok_or(Error::NotFound)?.status)
}

/// May a cohort be planned in this programme? Holds its row until the end of the transaction, so that
/// it is not closed meanwhile.
///
/// # Errors
/// [`ProgrammeRefusal::Closed`].
pub fn takes_cohorts(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<()> {
    let status = locked(
        conn,
        staff,
        "SELECT status FROM programmes WHERE id = $1 FOR SHARE",
    )?;
    if status == "closed" {
        return Err(ProgrammeRefusal::Closed.into());
    }
    Ok(())
}

/// Cohorts of the programme that are not over yet.
///
/// # Errors
/// The database's.
pub fn going_cohorts(conn: &mut Conn<'_>, staff: &ProgrammeStaff) -> Result<i64> {
    let count: Count = sql_query(
        "SELECT count(*) AS n FROM cohorts WHERE programme_id = $1 \
           AND state NOT IN ('completed', 'archived', 'cancelled')",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())?;
    Ok(count.n)
}

/// Why the programme cannot be closed now, if it cannot.
///
/// # Errors
/// The database's.
pub fn closing_refused(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    status: &str,
) -> Result<Option<ProgrammeRefusal>> {
    if status == "closed" {
        return Ok(Some(ProgrammeRefusal::Closed));
    }
    Ok(match going_cohorts(conn, staff)? {
        0 => None,
        n => Some(ProgrammeRefusal::CohortsGoing(n)),
    })
}

fn set_status(conn: &mut Conn<'_>, staff: &ProgrammeStaff, version: i32, to: &str) -> Result<()> {
    let written = sql_query(
        "UPDATE programmes SET status = $3, version = version + 1 WHERE id = $1 AND version = $2",
    )
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<Integer, _>(version)
    .bind::<Text, _>(to)
    .execute(conn.pg())?;
    if written == 0 {
        return Err(Error::Stale);
    }
    Ok(())
}

const FOR_UPDATE: &str = "SELECT status FROM programmes WHERE id = $1 FOR UPDATE";

/// Closes a programme: no cohort can be planned in it any more; everything stays to be read.
///
/// # Errors
/// A [`ProgrammeRefusal`] while cohorts are going on or when it is closed already; [`Error::Stale`].
pub fn close_programme(conn: &mut Conn<'_>, staff: &ProgrammeStaff, version: i32) -> Result<()> {
    let status = locked(conn, staff, FOR_UPDATE)?;
    if let Some(refusal) = closing_refused(conn, staff, &status)? {
        return Err(refusal.into());
    }
    set_status(conn, staff, version, "closed")?;
    audit::note(conn, about(staff.programme()), &Noted::Closed)
}

/// Opens a closed programme again, as one that is planned.
///
/// # Errors
/// [`ProgrammeRefusal::NotClosed`]; [`Error::Stale`].
pub fn reopen_programme(conn: &mut Conn<'_>, staff: &ProgrammeStaff, version: i32) -> Result<()> {
    if locked(conn, staff, FOR_UPDATE)? != "closed" {
        return Err(ProgrammeRefusal::NotClosed.into());
    }
    set_status(conn, staff, version, "planned")?;
    audit::note(conn, about(staff.programme()), &Noted::Reopened)
}
