//! Rows of roles and their holders, for the programme office.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::{Desk, PersonStaff};
use crate::db::{Conn, Role};
use crate::error::{Error, Result};
use crate::ids::{GrantId, OrganisationId, PersonId, ProgrammeId};
use crate::web::paging::Cursor;

use super::rules::roles::{Standing, standing};

/// Columns by which the list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// By the name shown.
    Name,
    /// By role.
    Role,
    /// By first day.
    Starts,
}

impl Sort {
    /// Column and direction from the address: `name`, `-starts`.
    #[must_use]
    pub fn parse(word: &str) -> (Self, bool) {
        let (word, descending) = word
            .strip_prefix('-')
            .map_or((word, false), |rest| (rest, true));
        let sort = match word {
            "role" => Self::Role,
            "starts" => Self::Starts,
            _ => Self::Name,
        };
        (sort, descending)
    }

    fn key(self) -> &'static str {
        match self {
            Self::Name => "lower(p.display_name)",
            Self::Role => "g.role",
            Self::Starts => "g.starts_on::text",
        }
    }
}

/// What the list is narrowed to.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Words that must all occur in a name or the address, in lower case.
    pub words: Vec<String>,
    /// One role.
    pub role: Option<Role>,
    /// One standing.
    pub standing: Option<Standing>,
    /// Order.
    pub sort: (Sort, bool),
}

/// A role and who holds it.
#[derive(Debug, QueryableByName)]
pub struct Held {
    /// The grant.
    #[diesel(sql_type = SqlUuid)]
    pub id: GrantId,
    /// Who.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// Their name.
    #[diesel(sql_type = Text)]
    pub display_name: String,
    /// Their Chinese name.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    /// Family and given names in Latin letters.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_latin: Option<String>,
    /// Their address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Have they come in at least once by a link sent to it?
    #[diesel(sql_type = Bool)]
    pub confirmed: bool,
    /// Is the account disabled?
    #[diesel(sql_type = Bool)]
    pub disabled: bool,
    /// The role.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Programme.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub programme_id: Option<ProgrammeId>,
    /// Its names.
    #[diesel(sql_type = Nullable<Text>)]
    pub programme_en: Option<String>,
    /// Its names.
    #[diesel(sql_type = Nullable<Text>)]
    pub programme_zh: Option<String>,
    /// Organisation's names.
    #[diesel(sql_type = Nullable<Text>)]
    pub organisation_en: Option<String>,
    /// Organisation's names.
    #[diesel(sql_type = Nullable<Text>)]
    pub organisation_zh: Option<String>,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Nullable<Date>)]
    pub ends_on: Option<NaiveDate>,
    /// Ended before its last day?
    #[diesel(sql_type = Bool)]
    pub revoked: bool,
    /// Today.
    #[diesel(sql_type = Date)]
    pub today: NaiveDate,
    /// Sort key.
    #[diesel(sql_type = Text)]
    pub key: String,
}

impl Held {
    /// How it stands today.
    #[must_use]
    pub fn standing(&self) -> Standing {
        standing(self.starts_on, self.ends_on, self.revoked, self.today)
    }
}

const COLUMNS: &str = "g.id, g.person_id, p.display_name, p.name_zh, \
    NULLIF(btrim(concat_ws(' ', p.family_name, p.given_names)), '') AS name_latin, p.email, p.email_confirmed_at IS NOT NULL AS confirmed, \
    p.disabled_at IS NOT NULL AS disabled, g.role, g.programme_id, m.name_en AS programme_en, m.name_zh AS programme_zh, \
    o.name_en AS organisation_en, o.name_zh AS organisation_zh, g.starts_on, g.ends_on, \
    g.revoked_at IS NOT NULL AS revoked, t.today";
const FROM: &str = "FROM (SELECT banyan_today() AS today) t CROSS JOIN role_grants g JOIN people p ON p.id = g.person_id \
    LEFT JOIN programmes m ON m.id = g.programme_id LEFT JOIN organisations o ON o.id = g.organisation_id";

/// One page of roles within the desk's reach, and one row more if there are more.
///
/// # Errors
/// The database's.
pub fn held(
    conn: &mut Conn<'_>,
    desk: &Desk,
    filter: &Filter,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Held>> {
    let (sort, descending) = filter.sort;
    let key = sort.key();
    let (order, beyond) = if descending {
        ("DESC", "<")
    } else {
        ("ASC", ">")
    };
    let programmes: Vec<Uuid> = desk.programmes().iter().map(|id| id.0).collect();
    Ok(sql_query(format!(
        "SELECT {COLUMNS}, {key} AS key {FROM} \
         WHERE (g.programme_id = ANY ($1) OR ($2 AND g.programme_id IS NULL)) \
           AND ($3 IS NULL OR g.role = $3) \
           AND ($4 IS NULL OR $4 = CASE WHEN g.revoked_at IS NOT NULL OR g.ends_on < t.today THEN 'ended' \
             WHEN g.starts_on > t.today THEN 'upcoming' ELSE 'active' END) \
           AND NOT EXISTS (SELECT FROM unnest($5) AS w(word) WHERE position(w.word IN lower(concat_ws(' ', \
             p.display_name, p.family_name, p.given_names, p.western_name, p.name_zh, p.email))) = 0) \
           AND ($6 IS NULL OR ({key}, g.id) {beyond} ($6, $7)) \
         ORDER BY {key} {order}, g.id {order} LIMIT $8"
    ))
    .bind::<Array<SqlUuid>, _>(programmes)
    .bind::<Bool, _>(desk.administrator())
    .bind::<Nullable<Text>, _>(filter.role.map(Role::as_str))
    .bind::<Nullable<Text>, _>(filter.standing.map(Standing::as_str))
    .bind::<Array<Text>, _>(&filter.words)
    .bind::<Nullable<Text>, _>(after.map(|a| a.key.as_str()))
    .bind::<Nullable<SqlUuid>, _>(after.map(|a| a.id))
    .bind::<BigInt, _>(limit)
    .load(conn.pg())?)
}

/// The roles of one person within the desk's reach, the newest first.
///
/// # Errors
/// The database's.
pub fn held_by(conn: &mut Conn<'_>, staff: &PersonStaff) -> Result<Vec<Held>> {
    Ok(sql_query(format!(
        "SELECT {COLUMNS}, '' AS key {FROM} WHERE g.person_id = $1 ORDER BY g.id DESC LIMIT 200"
    ))
    .bind::<SqlUuid, _>(staff.subject())
    .load(conn.pg())?)
}

/// One role of one person.
///
/// # Errors
/// [`Error::NotFound`] when it is not within the desk's reach, or another's.
pub fn one_held(conn: &mut Conn<'_>, staff: &PersonStaff, grant: GrantId) -> Result<Held> {
    sql_query(format!(
        "SELECT {COLUMNS}, '' AS key {FROM} WHERE g.person_id = $1 AND g.id = $2"
    ))
    .bind::<SqlUuid, _>(staff.subject())
    .bind::<SqlUuid, _>(grant)
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A person as the office sees them.
#[derive(Debug, QueryableByName)]
pub struct Known {
    /// Name.
    #[diesel(sql_type = Text)]
    pub display_name: String,
    /// Chinese name.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Telephone.
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
    /// Language.
    #[diesel(sql_type = Text)]
    pub lang: String,
    /// Has the address been confirmed?
    #[diesel(sql_type = Bool)]
    pub confirmed: bool,
    /// Is the account disabled?
    #[diesel(sql_type = Bool)]
    pub disabled: bool,
}

/// This person.
///
/// # Errors
/// [`Error::NotFound`].
pub fn known(conn: &mut Conn<'_>, staff: &PersonStaff) -> Result<Known> {
    sql_query(
        "SELECT display_name, name_zh, email, phone, lang, email_confirmed_at IS NOT NULL AS confirmed, \
           disabled_at IS NOT NULL AS disabled FROM people WHERE id = $1",
    )
    .bind::<SqlUuid, _>(staff.subject())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A letter to a person, as a line of their delivery log.
#[derive(Debug, QueryableByName)]
pub struct Sent {
    /// Its row.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// State.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// When it was written.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// Letters to this person that the office may see (those of its programmes), newest first.
///
/// # Errors
/// The database's.
pub fn letters_to(conn: &mut Conn<'_>, staff: &PersonStaff) -> Result<Vec<Sent>> {
    Ok(sql_query("SELECT id, subject, state, created_at FROM letters WHERE person_id = $1 ORDER BY id DESC LIMIT 50")
        .bind::<SqlUuid, _>(staff.subject())
        .load(conn.pg())?)
}

/// A choice of a form: id and both names.
#[derive(Clone, Debug, QueryableByName)]
pub struct Choice {
    /// Id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// English.
    #[diesel(sql_type = Text)]
    pub name_en: String,
    /// Chinese.
    #[diesel(sql_type = Text)]
    pub name_zh: String,
}

/// The desk's programmes.
///
/// # Errors
/// The database's.
pub fn programmes(conn: &mut Conn<'_>, desk: &Desk) -> Result<Vec<Choice>> {
    let ids: Vec<Uuid> = desk.programmes().iter().map(|id| id.0).collect();
    Ok(
        sql_query("SELECT id, name_en, name_zh FROM programmes WHERE id = ANY ($1) ORDER BY code")
            .bind::<Array<SqlUuid>, _>(ids)
            .load(conn.pg())?,
    )
}

/// Organisations in use.
///
/// # Errors
/// The database's.
pub fn organisations(conn: &mut Conn<'_>, _: &Desk) -> Result<Vec<Choice>> {
    Ok(sql_query("SELECT id, name_en, name_zh FROM organisations WHERE archived_at IS NULL ORDER BY name_en, id")
        .load(conn.pg())?)
}

/// Both names of an organisation.
///
/// # Errors
/// [`Error::NotFound`].
pub fn organisation_name(
    conn: &mut Conn<'_>,
    organisation: OrganisationId,
) -> Result<(String, String)> {
    name_of(
        conn,
        "SELECT id, name_en, name_zh FROM organisations WHERE id = $1 AND archived_at IS NULL",
        organisation.0,
    )
}

/// Both names of a programme.
///
/// # Errors
/// [`Error::NotFound`].
pub fn programme_name(conn: &mut Conn<'_>, programme: ProgrammeId) -> Result<(String, String)> {
    name_of(
        conn,
        "SELECT id, name_en, name_zh FROM programmes WHERE id = $1",
        programme.0,
    )
}

fn name_of(conn: &mut Conn<'_>, sql: &str, id: Uuid) -> Result<(String, String)> {
    let row: Option<Choice> = sql_query(sql)
        .bind::<SqlUuid, _>(id)
        .get_result(conn.pg())
        .optional()?;
    row.map(|row| (row.name_en, row.name_zh))
        .ok_or(Error::NotFound)
}
