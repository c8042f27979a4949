//! Organisations at the desk: the list, one of them whole.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{Desk, Working};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{ContactId, OrganisationId, PartnershipId, PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::web::fields::{Column, Sort};
use crate::web::paging::Cursor;

use super::super::rules::Kind;

/// The orders of the list.
pub const SORTS: &[Column] = &[
    ("name", "lower(o.name_en)"),
    ("name_zh", "o.name_zh"),
    ("kind", "o.kind"),
];

/// An organisation, with how many partnerships and contacts it has.
#[derive(Clone, Debug, QueryableByName)]
pub struct Row {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: OrganisationId,
    /// Its kind, as its word.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
    /// Address on the web.
    #[diesel(sql_type = Nullable<Text>)]
    pub website: Option<String>,
    /// Archived then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub archived_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Partnerships that are current, in the desk's programmes.
    #[diesel(sql_type = BigInt)]
    pub partnerships: i64,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Row {
    /// Its name as the reader reads it.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_en, &self.name_zh)
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind).unwrap_or(Kind::Other)
    }
}

/// Which rows, and how many.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only names that contain this.
    pub text: Option<String>,
    /// Archived ones instead of those in use.
    pub archived: bool,
    /// In this order.
    pub sort: Sort,
    /// After this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: i64,
}

const ROW: &str = "o.id, o.kind, o.name_en, o.name_zh, o.website, o.archived_at, o.version, \
    (SELECT count(*) FROM partnerships p WHERE (p.university_id = o.id OR p.institution_id = o.id) \
       AND p.programme_id = ANY ($1) AND p.ended_at IS NULL AND (SELECT banyan_today()) BETWEEN p.starts_on AND p.ends_on) \
     AS partnerships";

/// Organisations whose English or Chinese name contains the text.
///
/// # Errors
/// The database's.
pub fn list(conn: &mut Conn<'_>, desk: &Desk, wanted: &Wanted) -> Result<Vec<Row>> {
    let (beyond, direction) = wanted.sort.direction();
    let key = wanted.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM (SELECT {ROW}, ({key}) COLLATE \"C\" AS sort_key FROM organisations o \
         WHERE ($2 IS NULL OR o.kind = $2) AND (o.archived_at IS NOT NULL) = $3 \
           AND ($4 IS NULL OR strpos(lower(o.name_en), lower($4)) > 0 OR strpos(lower(o.name_zh), lower($4)) > 0)) q \
         WHERE $5 IS NULL OR (sort_key, id) {beyond} ($5, $6) ORDER BY sort_key {direction}, id {direction} LIMIT $7"
    ))
    .bind::<Array<SqlUuid>, _>(desk.programmes())
    .bind::<Nullable<Text>, _>(wanted.kind.map(Kind::as_str))
    .bind::<Bool, _>(wanted.archived)
    .bind::<Nullable<Text>, _>(&wanted.text)
    .bind::<Nullable<Text>, _>(wanted.after.as_ref().map(|cursor| &cursor.key))
    .bind::<Nullable<SqlUuid>, _>(wanted.after.as_ref().map(|cursor| cursor.id))
    .bind::<BigInt, _>(wanted.limit)
    .load(conn.pg())?)
}

/// Locks these organisations until the end of the transaction, always in the order of their ids.
///
/// # Errors
/// The database's.
pub fn lock<const N: usize>(
    conn: &mut Conn<'_>,
    _desk: &Desk,
    ids: [OrganisationId; N],
) -> Result<()> {
    sql_query("SELECT id FROM organisations WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE")
        .bind::<Array<SqlUuid>, _>(ids.map(|id| id.0).to_vec())
        .execute(conn.pg())?;
    Ok(())
}

/// One organisation.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(conn: &mut Conn<'_>, desk: &Desk, id: OrganisationId) -> Result<Row> {
    sql_query(format!(
        "SELECT {ROW}, '' AS sort_key FROM organisations o WHERE o.id = $2"
    ))
    .bind::<Array<SqlUuid>, _>(desk.programmes())
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A contact person.
#[derive(Clone, Debug, QueryableByName)]
pub struct Contact {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ContactId,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Post.
    #[diesel(sql_type = Nullable<Text>)]
    pub post: Option<String>,
    /// E-mail address.
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    /// Telephone.
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
}

/// The contacts in use.
///
/// # Errors
/// The database's.
pub fn contacts(conn: &mut Conn<'_>, _desk: &Desk, id: OrganisationId) -> Result<Vec<Contact>> {
    Ok(sql_query(
        "SELECT id, name, post, email, phone FROM organisation_contacts \
         WHERE organisation_id = $1 AND archived_at IS NULL ORDER BY name, id",
    )
    .bind::<SqlUuid, _>(id)
    .load(conn.pg())?)
}

/// Somebody who holds a role for the organisation.
#[derive(Clone, Debug, QueryableByName)]
pub struct MemberRow {
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Role, as its word.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Until when, if it ends.
    #[diesel(sql_type = Nullable<Date>)]
    pub ends_on: Option<NaiveDate>,
}

/// Members in the desk's programmes.
///
/// # Errors
/// The database's.
pub fn members(conn: &mut Conn<'_>, desk: &Desk, id: OrganisationId) -> Result<Vec<MemberRow>> {
    Ok(sql_query(
        "SELECT g.person_id, p.display_name AS name, g.role, g.ends_on FROM role_grants g \
         JOIN people p ON p.id = g.person_id \
         WHERE g.organisation_id = $1 AND g.programme_id = ANY ($2) AND g.revoked_at IS NULL \
           AND (g.ends_on IS NULL OR g.ends_on >= (SELECT banyan_today())) ORDER BY p.display_name, g.id",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Array<SqlUuid>, _>(desk.programmes())
    .load(conn.pg())?)
}

/// A partnership of a university with an institution.
#[derive(Clone, Debug, QueryableByName)]
pub struct Partnership {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: PartnershipId,
    /// Its programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The university.
    #[diesel(sql_type = SqlUuid)]
    pub university_id: OrganisationId,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub institution_id: OrganisationId,
    /// The other side's name in English.
    #[diesel(sql_type = Text)]
    pub other_en: String,
    /// The other side's name in Chinese.
    #[diesel(sql_type = Text)]
    pub other_zh: String,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Ended early then.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ended_at: Option<DateTime<Utc>>,
}

/// The partnerships of an organisation in the desk's programmes, the newest first.
///
/// # Errors
/// The database's.
pub fn partnerships(
    conn: &mut Conn<'_>,
    desk: &Desk,
    id: OrganisationId,
) -> Result<Vec<Partnership>> {
    Ok(sql_query(
        "SELECT p.id, p.programme_id, p.university_id, p.institution_id, o.name_en AS other_en, o.name_zh AS other_zh, \
           p.starts_on, p.ends_on, p.ended_at \
         FROM partnerships p \
         JOIN organisations o ON o.id = CASE WHEN p.university_id = $1 THEN p.institution_id ELSE p.university_id END \
         WHERE (p.university_id = $1 OR p.institution_id = $1) AND p.programme_id = ANY ($2) \
         ORDER BY p.starts_on DESC, p.id",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Array<SqlUuid>, _>(desk.programmes())
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Bool)]
    held: bool,
}

/// Are seats of a cohort still held for it, in whatever programme? Organisations are the directory of
/// the whole house: an office that archives one must not take it from another whose seats it does not
/// see. It learns that some are held, not where. A cohort that the task does not see is planned.
///
/// # Errors
/// The database's.
pub fn holds_seats(conn: &mut Conn<'_>, _report: &Working, id: OrganisationId) -> Result<bool> {
    let row: Held = sql_query(
        "SELECT EXISTS (SELECT FROM seat_pools s LEFT JOIN cohorts c ON c.id = s.cohort_id \
           WHERE s.organisation_id = $1 AND s.released_at IS NULL AND s.capacity > 0 \
             AND coalesce(c.state, 'planned') NOT IN ('completed', 'archived', 'cancelled')) AS held",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())?;
    Ok(row.held)
}

/// A programme to choose.
#[derive(Clone, Debug, QueryableByName)]
pub struct ProgrammeChoice {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: ProgrammeId,
    /// English name.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese name.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

/// The programmes of the desk, for the choice in a partnership's form (the programmes room stands
/// below this one).
///
/// # Errors
/// The database's.
pub fn programmes(conn: &mut Conn<'_>, desk: &Desk) -> Result<Vec<ProgrammeChoice>> {
    Ok(sql_query(
        "SELECT id, name_en, name_zh FROM programmes WHERE id = ANY ($1) ORDER BY name_en, id",
    )
    .bind::<Array<SqlUuid>, _>(desk.programmes())
    .load(conn.pg())?)
}
