//! Accounts for many people at once: what [`super::accounts::ensure`] does for one, set by set.

use std::collections::HashMap;

use crate::db::sql_query;
use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use serde::Serialize;

use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{PersonId, ProgrammeId};

/// A person who had no account when the set was put together.
#[derive(Clone, Debug, Serialize)]
pub struct NewAccount<'a> {
    /// The id that the account gets, unless somebody else makes it first.
    pub id: PersonId,
    /// Address as written.
    pub email: &'a str,
    /// Its identity.
    pub identity: &'a str,
    /// Tag of the language of letters.
    pub lang: &'static str,
    /// Family name.
    pub family_name: Option<&'a str>,
    /// Given names.
    pub given_names: Option<&'a str>,
    /// Western name.
    pub western_name: Option<&'a str>,
    /// Chinese name.
    pub name_zh: Option<&'a str>,
    /// Name as shown.
    pub display_name: String,
    /// Telephone in E.164.
    pub phone: Option<&'a str>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: PersonId,
    #[diesel(sql_type = Text)]
    email_identity: String,
}

/// Makes these accounts, without passwords. Returns the account of each address: another one than
/// proposed when somebody signed up in the same moment.
///
/// # Errors
/// The database's.
pub fn ensure(
    conn: &mut Conn<'_>,
    accounts: &[NewAccount<'_>],
    programme: ProgrammeId,
) -> Result<HashMap<String, PersonId>> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = json(&accounts)?;
    let identities: Vec<&str> = accounts.iter().map(|account| account.identity).collect();
    conn.elevate(Task::Accounts, |conn| {
        let made = sql_query(
            "INSERT INTO people (id, email, email_identity, lang, family_name, given_names, western_name, name_zh, \
               display_name, phone, programme_ids) \
             SELECT r.id, r.email, r.identity, r.lang, r.family_name, r.given_names, r.western_name, r.name_zh, \
               r.display_name, r.phone, ARRAY[$2] \
             FROM json_to_recordset($1::json) AS r(id uuid, email text, identity text, lang text, family_name text, \
               given_names text, western_name text, name_zh text, display_name text, phone text) \
             ON CONFLICT DO NOTHING",
        )
        .bind::<Text, _>(&rows)
        .bind::<SqlUuid, _>(programme)
        .execute(conn.pg())?;
        if made == accounts.len() {
            return Ok(accounts
                .iter()
                .map(|account| (account.identity.to_owned(), account.id))
                .collect());
        }
        let found: Vec<Found> =
            sql_query("SELECT id, email_identity FROM people WHERE email_identity = ANY ($1)")
                .bind::<Array<Text>, _>(&identities)
                .load(conn.pg())?;
        let ids: Vec<PersonId> = found.iter().map(|found| found.id).collect();
        know(conn, &ids, programme)?;
        Ok(found
            .into_iter()
            .map(|found| (found.email_identity, found.id))
            .collect())
    })
}

/// From now on the staff of this programme may know these people.
///
/// # Errors
/// The database's.
pub fn introduce(conn: &mut Conn<'_>, people: &[PersonId], programme: ProgrammeId) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    conn.elevate(Task::Accounts, |conn| know(conn, people, programme))
}

fn know(conn: &mut Conn<'_>, people: &[PersonId], programme: ProgrammeId) -> Result<()> {
    sql_query(
        "UPDATE people SET programme_ids = array_append(programme_ids, $2) \
         WHERE id = ANY ($1) AND NOT ($2 = ANY (programme_ids))",
    )
    .bind::<Array<SqlUuid>, _>(people)
    .bind::<SqlUuid, _>(programme)
    .execute(conn.pg())?;
    Ok(())
}

/// Rows as one parameter: PostgreSQL takes them apart again with `json_to_recordset`.
pub(crate) fn json<T: Serialize>(rows: &T) -> Result<String> {
    serde_json::to_string(rows).map_err(|err| Error::Internal(format!("writing JSON: {err}")))
}
