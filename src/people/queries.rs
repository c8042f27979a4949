//! Rows of accounts: for signing in, and for the person themselves.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{Own, Working};
use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{PersonId, TokenId};

/// What signing in needs to know of an account.
#[derive(Debug, QueryableByName)]
pub struct Door {
    /// Whose it is.
    #[diesel(sql_type = SqlUuid)]
    pub id: PersonId,
    /// Their name.
    #[diesel(sql_type = Text)]
    pub display_name: String,
    /// Address as written.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Address as identity.
    #[diesel(sql_type = Text)]
    pub email_identity: String,
    /// The stored hash, if a password is set.
    #[diesel(sql_type = Nullable<Text>)]
    pub password_hash: Option<String>,
}

/// The enabled account with this address.
///
/// # Errors
/// The database's.
pub fn door_by_address(conn: &mut Conn<'_>, _: &Working, identity: &str) -> Result<Option<Door>> {
    Ok(sql_query(
        "SELECT p.id, p.display_name, p.email, p.email_identity, c.password_hash FROM people p \
         LEFT JOIN credentials c ON c.person_id = p.id WHERE p.email_identity = $1 AND p.disabled_at IS NULL",
    )
    .bind::<Text, _>(identity)
    .get_result(conn.pg())
    .optional()?)
}

/// The enabled account of this person: the one behind a link that has been opened, or oneself.
///
/// # Errors
/// [`Error::NotFound`].
pub fn door_of(conn: &mut Conn<'_>, person: PersonId) -> Result<Door> {
    conn.elevate(Task::SignIn, |conn| {
        sql_query(
            "SELECT p.id, p.display_name, p.email, p.email_identity, c.password_hash FROM people p \
             LEFT JOIN credentials c ON c.person_id = p.id WHERE p.id = $1 AND p.disabled_at IS NULL",
        )
        .bind::<SqlUuid, _>(person)
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
    })
}

/// One's own account.
#[derive(Debug, QueryableByName)]
pub struct Account {
    /// Address.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Has the address been confirmed?
    #[diesel(sql_type = Bool)]
    pub confirmed: bool,
    /// Family name.
    #[diesel(sql_type = Nullable<Text>)]
    pub family_name: Option<String>,
    /// Given names.
    #[diesel(sql_type = Nullable<Text>)]
    pub given_names: Option<String>,
    /// Western name.
    #[diesel(sql_type = Nullable<Text>)]
    pub western_name: Option<String>,
    /// Chinese name.
    #[diesel(sql_type = Nullable<Text>)]
    pub name_zh: Option<String>,
    /// As shown.
    #[diesel(sql_type = Text)]
    pub display_name: String,
    /// Telephone in E.164.
    #[diesel(sql_type = Nullable<Text>)]
    pub phone: Option<String>,
    /// Version of the row.
    #[diesel(sql_type = Integer)]
    pub version: i32,
    /// Is a password set?
    #[diesel(sql_type = Bool)]
    pub has_password: bool,
}

/// One's own account.
///
/// # Errors
/// [`Error::NotFound`], which cannot happen to a signed-in person.
pub fn account(conn: &mut Conn<'_>, own: &Own) -> Result<Account> {
    sql_query(
        "SELECT p.email, p.email_confirmed_at IS NOT NULL AS confirmed, p.family_name, p.given_names, p.western_name, \
           p.name_zh, p.display_name, p.phone, p.version, c.person_id IS NOT NULL AS has_password \
         FROM people p LEFT JOIN credentials c ON c.person_id = p.id WHERE p.id = $1",
    )
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)
}

/// A role that the person holds, held or will hold.
#[derive(Debug, QueryableByName)]
pub struct OwnGrant {
    /// The role.
    #[diesel(sql_type = Text)]
    pub role: String,
    /// Programme, English.
    #[diesel(sql_type = Nullable<Text>)]
    pub programme_en: Option<String>,
    /// Programme, Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub programme_zh: Option<String>,
    /// Organisation, English.
    #[diesel(sql_type = Nullable<Text>)]
    pub organisation_en: Option<String>,
    /// Organisation, Chinese.
    #[diesel(sql_type = Nullable<Text>)]
    pub organisation_zh: Option<String>,
    /// First day.
    #[diesel(sql_type = Date)]
    pub starts_on: NaiveDate,
    /// Last day.
    #[diesel(sql_type = Nullable<Date>)]
    pub ends_on: Option<NaiveDate>,
    /// Was it ended before?
    #[diesel(sql_type = Bool)]
    pub revoked: bool,
    /// Today, by the database's clock.
    #[diesel(sql_type = Date)]
    pub today: NaiveDate,
}

/// One's own roles.
///
/// # Errors
/// The database's.
pub fn own_grants(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<OwnGrant>> {
    Ok(sql_query(
        "SELECT g.role, p.name_en AS programme_en, p.name_zh AS programme_zh, o.name_en AS organisation_en, \
           o.name_zh AS organisation_zh, g.starts_on, g.ends_on, g.revoked_at IS NOT NULL AS revoked, \
           banyan_today() AS today \
         FROM role_grants g LEFT JOIN programmes p ON p.id = g.programme_id \
         LEFT JOIN organisations o ON o.id = g.organisation_id WHERE g.person_id = $1 ORDER BY g.starts_on, g.id LIMIT 100",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// A consent given or withheld.
#[derive(Debug, QueryableByName)]
pub struct Consent {
    /// About what.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Which version of the text.
    #[diesel(sql_type = Text)]
    pub version: String,
    /// Given?
    #[diesel(sql_type = Bool)]
    pub given: bool,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// One's own consents, newest first.
///
/// # Errors
/// The database's.
pub fn own_consents(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<Consent>> {
    Ok(sql_query(
        "SELECT kind, version, given, created_at FROM consents WHERE person_id = $1 ORDER BY created_at DESC, id LIMIT 100",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

/// An API token, without its secret, which nobody has but its owner.
#[derive(Debug, QueryableByName)]
pub struct Token {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: TokenId,
    /// What it is for.
    #[diesel(sql_type = Text)]
    pub label: String,
    /// What it may do.
    #[diesel(sql_type = Array<Text>)]
    pub scopes: Vec<String>,
    /// The role in which it acts; none for oneself.
    #[diesel(sql_type = Nullable<Text>)]
    pub role: Option<String>,
    /// Last use, to ten minutes.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub used_at: Option<DateTime<Utc>>,
    /// Its end.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// One's own living tokens.
///
/// # Errors
/// The database's.
pub fn own_tokens(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<Token>> {
    Ok(sql_query(
        "SELECT t.id, t.label, t.scopes, g.role, t.used_at, t.expires_at FROM api_tokens t \
         LEFT JOIN role_grants g ON g.id = t.grant_id \
         WHERE t.person_id = $1 AND t.revoked_at IS NULL AND t.expires_at > (SELECT banyan_now()) ORDER BY t.id DESC LIMIT 100",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}
