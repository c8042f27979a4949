//! Rows of institutions' partnerships with a programme and of what they say about capacity.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{
    Array, BigInt, Date, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::db::{Conn, sql_query};
use crate::error::{Error, Result};
use crate::ids::{CapacityId, FocusAreaId, HostId, OrganisationId, ProgrammeId};
use crate::lang::Lang;
use crate::web::fields::Column;

use super::super::rules::{CapacityState, HostStatus};
use super::Side;
use crate::web::paging::Window;

/// An institution's partnership with a programme.
#[derive(Clone, Debug, QueryableByName)]
pub struct HostRow {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: HostId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// Its English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// Its Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// How it stands, as its word.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// When the memorandum was signed.
    #[diesel(sql_type = Nullable<Date>)]
    pub signed_on: Option<NaiveDate>,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Remark of the office.
    #[diesel(sql_type = Text)]
    pub remark: String,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl HostRow {
    /// The institution as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }

    /// How it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn status(&self) -> Result<HostStatus> {
        HostStatus::parse(&self.status)
            .ok_or_else(|| Error::Internal(format!("partnership status {}", self.status)))
    }
}

/// The orders of the list of partnerships.
pub const HOST_SORTS: &[Column] = &[
    ("organisation", "lower(o.name_en)"),
    ("status", "h.status"),
    ("ends", "h.ends_on::text"),
];

const HOST: &str = "SELECT h.id, h.programme_id, h.organisation_id, o.name_en AS organisation_en, o.name_zh AS organisation_zh, h.status, \
    h.signed_on, h.starts_on, h.ends_on, h.remark, h.version";
const HOSTS: &str =
    "FROM placement_partnerships h JOIN organisations o ON o.id = h.organisation_id";

/// The partnerships of a side.
///
/// # Errors
/// The database's.
pub fn hosts(
    conn: &mut Conn<'_>,
    side: &Side,
    (status, text): (Option<HostStatus>, Option<&str>),
    page: &Window,
) -> Result<Vec<HostRow>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM ({HOST}, ({key}) COLLATE \"C\" AS sort_key {HOSTS} WHERE (h.programme_id = $1 OR h.organisation_id = ANY ($2)) \
           AND ($3 IS NULL OR h.status = $3) AND ($4 IS NULL OR strpos(lower(o.name_en || ' ' || o.name_zh), lower($4)) > 0)) q \
         WHERE $5 IS NULL OR (sort_key, id) {beyond} ($5, $6) ORDER BY sort_key {direction}, id {direction} LIMIT $7"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<Nullable<Text>, _>(status.map(HostStatus::as_str))
    .bind::<Nullable<Text>, _>(text)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// One partnership of a side.
///
/// # Errors
/// [`Error::NotFound`].
pub fn host(conn: &mut Conn<'_>, side: &Side, id: HostId) -> Result<HostRow> {
    sql_query(format!(
        "{HOST}, '' AS sort_key {HOSTS} WHERE h.id = $3 AND (h.programme_id = $1 OR h.organisation_id = ANY ($2))"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// Is a partnership of the institution in force on a day, as far as the side may see it?
///
/// # Errors
/// The database's.
pub fn in_force(
    conn: &mut Conn<'_>,
    _side: &Side,
    (programme, organisation): (ProgrammeId, OrganisationId),
    today: NaiveDate,
) -> Result<bool> {
    let found = sql_query(
        "SELECT id FROM placement_partnerships WHERE programme_id = $1 AND organisation_id = $2 AND status = 'active' \
           AND $3 BETWEEN starts_on AND ends_on",
    )
    .bind::<SqlUuid, _>(programme)
    .bind::<SqlUuid, _>(organisation)
    .bind::<Date, _>(today)
    .execute(conn.pg())?;
    Ok(found > 0)
}

/// A contact of an institution.
#[derive(Clone, Debug, QueryableByName)]
pub struct HostContact {
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

/// The contacts of the institution of a partnership that the side has been shown.
///
/// # Errors
/// The database's.
pub fn host_contacts(conn: &mut Conn<'_>, host: &HostRow) -> Result<Vec<HostContact>> {
    Ok(sql_query(
        "SELECT name, post, email, phone FROM organisation_contacts WHERE organisation_id = $1 AND archived_at IS NULL ORDER BY name, id",
    )
    .bind::<SqlUuid, _>(host.organisation_id)
    .load(conn.pg())?)
}

/// Seats that an institution tells for a focus area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaSeats {
    /// The focus area.
    pub area: FocusAreaId,
    /// How many.
    pub seats: i32,
}

/// A question about capacity, with its answer.
#[derive(Clone, Debug, QueryableByName)]
pub struct Capacity {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: CapacityId,
    /// The programme.
    #[diesel(sql_type = SqlUuid)]
    pub programme_id: ProgrammeId,
    /// The institution.
    #[diesel(sql_type = SqlUuid)]
    pub organisation_id: OrganisationId,
    /// Its English name.
    #[diesel(sql_type = Text)]
    pub organisation_en: String,
    /// Its Chinese name.
    #[diesel(sql_type = Text)]
    pub organisation_zh: String,
    /// First day of the period.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day of the period.
    #[diesel(sql_type = Date)]
    pub ends_on: NaiveDate,
    /// Until when an answer is asked for.
    #[diesel(sql_type = Date)]
    pub due_on: NaiveDate,
    /// What the office says.
    #[diesel(sql_type = Text)]
    pub words: String,
    /// Where it stands, as its word.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Seats in all.
    #[diesel(sql_type = Nullable<Integer>)]
    pub seats: Option<i32>,
    #[diesel(sql_type = Jsonb)]
    by_area: Value,
    /// What the institution says.
    #[diesel(sql_type = Text)]
    pub remark: String,
    /// When it answered.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub answered_at: Option<DateTime<Utc>>,
    /// Version, for edits.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Where the next page begins.
    #[diesel(sql_type = Text)]
    pub sort_key: String,
}

impl Capacity {
    /// The institution as the reader reads it.
    #[must_use]
    pub fn organisation(&self, lang: Lang) -> &str {
        lang.pick(&self.organisation_en, &self.organisation_zh)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// A word that no rule knows: a mistake of ours.
    pub fn state(&self) -> Result<CapacityState> {
        CapacityState::parse(&self.state)
            .ok_or_else(|| Error::Internal(format!("capacity state {}", self.state)))
    }

    /// Seats by focus area.
    ///
    /// # Errors
    /// A row that cannot be read: a mistake of ours.
    pub fn by_area(&self) -> Result<Vec<AreaSeats>> {
        serde_json::from_value(self.by_area.clone())
            .map_err(|err| Error::Internal(format!("a capacity's row: {err}")))
    }
}

/// The orders of the list of capacities.
pub const CAPACITY_SORTS: &[Column] = &[
    ("due", "c.due_on::text"),
    ("organisation", "lower(o.name_en)"),
    ("state", "c.state"),
    ("seats", "lpad(coalesce(c.seats, 0)::text, 6, '0')"),
];

const CAPACITY: &str = "SELECT c.id, c.programme_id, c.organisation_id, o.name_en AS organisation_en, o.name_zh AS organisation_zh, \
    c.starts_on, c.ends_on, c.due_on, c.words, c.state, c.seats, c.by_area, c.remark, c.answered_at, c.version";
const CAPACITIES: &str = "FROM capacity_asks c JOIN organisations o ON o.id = c.organisation_id";

/// The questions about capacity of a side.
///
/// # Errors
/// The database's.
pub fn capacities(
    conn: &mut Conn<'_>,
    side: &Side,
    (state, text): (Option<CapacityState>, Option<&str>),
    page: &Window,
) -> Result<Vec<Capacity>> {
    let (beyond, direction) = page.sort.direction();
    let key = page.sort.sql;
    Ok(sql_query(format!(
        "SELECT * FROM ({CAPACITY}, ({key}) COLLATE \"C\" AS sort_key {CAPACITIES} WHERE (c.programme_id = $1 OR c.organisation_id = ANY ($2)) \
           AND ($3 IS NULL OR c.state = $3) AND ($4 IS NULL OR strpos(lower(o.name_en || ' ' || o.name_zh), lower($4)) > 0)) q \
         WHERE $5 IS NULL OR (sort_key, id) {beyond} ($5, $6) ORDER BY sort_key {direction}, id {direction} LIMIT $7"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<Nullable<Text>, _>(state.map(CapacityState::as_str))
    .bind::<Nullable<Text>, _>(text)
    .bind::<Nullable<Text>, _>(page.after.as_ref().map(|it| it.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(page.after.as_ref().map(|it| it.id))
    .bind::<BigInt, _>(page.limit)
    .load(conn.pg())?)
}

/// One question about capacity of a side; `lock` keeps it until the end of the transaction.
///
/// # Errors
/// [`Error::NotFound`].
pub fn capacity(conn: &mut Conn<'_>, side: &Side, id: CapacityId, lock: bool) -> Result<Capacity> {
    if lock {
        sql_query("SELECT id FROM capacity_asks WHERE id = $1 FOR NO KEY UPDATE")
            .bind::<SqlUuid, _>(id)
            .execute(conn.pg())?;
    }
    sql_query(format!(
        "{CAPACITY}, '' AS sort_key {CAPACITIES} WHERE c.id = $3 AND (c.programme_id = $1 OR c.organisation_id = ANY ($2))"
    ))
    .bind::<Nullable<SqlUuid>, _>(side.programme())
    .bind::<Array<SqlUuid>, _>(side.organisations())
    .bind::<SqlUuid, _>(id)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}
