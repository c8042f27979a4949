//! Browser sessions: begun with a fresh secret at every sign-in and change of role, ended at once.
//!
//! Table: `sessions`. The cookie carries the secret, the table its digest.

use crate::db::sql_query;
use chrono::{DateTime, Duration, Utc};
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{Own, secret};
use crate::db::{Conn, Role, Task, now};
use crate::error::{Error, Result};
use crate::ids::{GrantId, PersonId, SessionId};

use super::rules::entry::{is_own_place, lifetime};

#[derive(Debug, QueryableByName)]
struct GrantRow {
    #[diesel(sql_type = SqlUuid)]
    id: GrantId,
    #[diesel(sql_type = Text)]
    role: String,
}

/// The grants that hold today, the widest role first.
fn grants(conn: &mut Conn<'_>, person: PersonId) -> Result<Vec<(GrantId, Role)>> {
    let rows: Vec<GrantRow> = conn.elevate(Task::Session, |conn| {
        Ok(sql_query(
            "SELECT id, role FROM role_grants WHERE person_id = $1 AND revoked_at IS NULL \
               AND starts_on <= (SELECT banyan_today()) AND (ends_on IS NULL OR ends_on >= (SELECT banyan_today())) \
             ORDER BY id",
        )
        .bind::<SqlUuid, _>(person)
        .load(conn.pg())?)
    })?;
    let mut grants: Vec<(GrantId, Role)> = rows
        .iter()
        .filter_map(|row| Some((row.id, Role::parse(&row.role)?)))
        .collect();
    grants.sort_by_key(|(_, role)| *role);
    Ok(grants)
}

/// In which role a person begins who goes on to `next`: their first, or as themselves where that is
/// what the page is for.
///
/// # Errors
/// The database's.
pub fn first_grant(
    conn: &mut Conn<'_>,
    person: PersonId,
    next: Option<&str>,
) -> Result<Option<(GrantId, Role)>> {
    if next.is_some_and(is_own_place) {
        return Ok(None);
    }
    Ok(grants(conn, person)?.first().copied())
}

/// Begins a session and returns its secret for the cookie. The person has just proved who they are.
///
/// # Errors
/// The database's, or no randomness.
pub fn begin(
    conn: &mut Conn<'_>,
    person: PersonId,
    grant: Option<GrantId>,
    user_agent: &str,
) -> Result<String> {
    let proved_at = now(conn)?;
    let holds_role = !grants(conn, person)?.is_empty();
    let expires_at = proved_at + lifetime(holds_role);
    insert(conn, person, grant, user_agent, proved_at, expires_at)
}

fn insert(
    conn: &mut Conn<'_>,
    person: PersonId,
    grant: Option<GrantId>,
    user_agent: &str,
    proved_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<String> {
    let token = secret::fresh()?;
    let agent: String = user_agent.chars().take(300).collect();
    conn.elevate(Task::SignIn, |conn| {
        sql_query(
            "INSERT INTO sessions (id, token_hash, person_id, grant_id, user_agent, proved_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind::<SqlUuid, _>(SessionId::new())
        .bind::<diesel::sql_types::Binary, _>(secret::digest(&token))
        .bind::<SqlUuid, _>(person)
        .bind::<Nullable<SqlUuid>, _>(grant)
        .bind::<Text, _>(agent)
        .bind::<Timestamptz, _>(proved_at)
        .bind::<Timestamptz, _>(expires_at)
        .execute(conn.pg())?;
        Ok(())
    })?;
    Ok(token)
}

#[derive(QueryableByName)]
struct Current {
    #[diesel(sql_type = Timestamptz)]
    proved_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    user_agent: String,
}

/// Changes the role acted in: a new session with a new secret takes the old one's place. Returns
/// the secret, the seconds that it lasts and the role.
///
/// # Errors
/// [`Error::NotFound`] for a grant that is not one's own or does not hold today, and when the
/// session has ended; [`Error::SignIn`] when the last proof of identity is too old for the role.
pub fn switch(
    conn: &mut Conn<'_>,
    own: &Own,
    session: SessionId,
    wanted: Option<GrantId>,
) -> Result<(String, i64, Role)> {
    let held = grants(conn, own.person())?;
    let role = match wanted {
        None => Role::Applicant,
        Some(grant) => held
            .iter()
            .find(|(id, _)| *id == grant)
            .map(|(_, role)| *role)
            .ok_or(Error::NotFound)?,
    };
    let current: Current =
        sql_query("SELECT proved_at, user_agent FROM sessions WHERE id = $1 AND person_id = $2")
            .bind::<SqlUuid, _>(session)
            .bind::<SqlUuid, _>(own.person())
            .get_result(conn.pg())
            .optional()?
            .ok_or(Error::NotFound)?;
    let expires_at = current.proved_at + lifetime(!held.is_empty());
    let left: Duration = expires_at - now(conn)?;
    if left <= Duration::zero() {
        return Err(Error::SignIn);
    }
    end(conn, own, session)?;
    let token = insert(
        conn,
        own.person(),
        wanted,
        &current.user_agent,
        current.proved_at,
        expires_at,
    )?;
    Ok((token, left.num_seconds().max(1), role))
}

/// Ends one of one's own sessions.
///
/// # Errors
/// [`Error::NotFound`] when there is no such session of one's own.
pub fn end(conn: &mut Conn<'_>, own: &Own, session: SessionId) -> Result<()> {
    let ended = sql_query("DELETE FROM sessions WHERE id = $1 AND person_id = $2")
        .bind::<SqlUuid, _>(session)
        .bind::<SqlUuid, _>(own.person())
        .execute(conn.pg())?;
    if ended == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Ends every session of a person but the one named.
///
/// # Errors
/// The database's.
pub fn end_all(conn: &mut Conn<'_>, person: PersonId, but: Option<SessionId>) -> Result<()> {
    conn.elevate(Task::SignIn, |conn| {
        sql_query("DELETE FROM sessions WHERE person_id = $1 AND id IS DISTINCT FROM $2")
            .bind::<SqlUuid, _>(person)
            .bind::<Nullable<SqlUuid>, _>(but)
            .execute(conn.pg())?;
        Ok(())
    })
}

/// Uses up every mailed link that would let a person in. An offer's link lets nobody in.
///
/// # Errors
/// The database's.
pub fn spend_links(conn: &mut Conn<'_>, person: PersonId) -> Result<()> {
    conn.elevate(Task::SignIn, |conn| {
        sql_query(
            "UPDATE links SET used_at = banyan_now() WHERE person_id = $1 AND purpose <> 'offer' AND used_at IS NULL",
        )
        .bind::<SqlUuid, _>(person)
        .execute(conn.pg())?;
        Ok(())
    })
}

/// Ends every session, API token and mailed link of a person.
///
/// # Errors
/// The database's.
pub fn end_every_way_in(conn: &mut Conn<'_>, person: PersonId) -> Result<()> {
    end_all(conn, person, None)?;
    spend_links(conn, person)?;
    conn.elevate(Task::Session, |conn| {
        sql_query("UPDATE api_tokens SET revoked_at = banyan_now() WHERE person_id = $1 AND revoked_at IS NULL")
            .bind::<SqlUuid, _>(person)
            .execute(conn.pg())?;
        Ok(())
    })
}

/// A session as its owner sees it.
#[derive(Debug, QueryableByName)]
pub struct Listed {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: SessionId,
    /// The browser, in its own words.
    #[diesel(sql_type = Text)]
    pub user_agent: String,
    /// When it began.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was last used, to ten minutes.
    #[diesel(sql_type = Timestamptz)]
    pub seen_at: DateTime<Utc>,
}

/// One's own living sessions, the last used first.
///
/// # Errors
/// The database's.
pub fn listed(conn: &mut Conn<'_>, own: &Own) -> Result<Vec<Listed>> {
    Ok(sql_query(
        "SELECT id, user_agent, created_at, seen_at FROM sessions \
         WHERE person_id = $1 AND expires_at > (SELECT banyan_now()) ORDER BY seen_at DESC, id DESC LIMIT 100",
    )
    .bind::<SqlUuid, _>(own.person())
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    any: bool,
    #[diesel(sql_type = Bool)]
    same: bool,
}

/// Has the person sessions, but none of a browser like this? Then it is a new device to them.
///
/// # Errors
/// The database's.
pub fn is_new_device(conn: &mut Conn<'_>, person: PersonId, user_agent: &str) -> Result<bool> {
    let agent: String = user_agent.chars().take(300).collect();
    let known: Known = conn.elevate(Task::SignIn, |conn| {
        Ok(sql_query(
            "SELECT count(*) > 0 AS any, coalesce(bool_or(user_agent = $2), false) AS same FROM sessions WHERE person_id = $1",
        )
        .bind::<SqlUuid, _>(person)
        .bind::<Text, _>(agent)
        .get_result(conn.pg())?)
    })?;
    Ok(known.any && !known.same)
}

/// The browser of a session in a few words: `Firefox, Linux`.
#[must_use]
pub fn device(user_agent: &str) -> String {
    let pick = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = pick(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = pick(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    let words: Vec<&str> = browser.into_iter().chain(system).collect();
    if words.is_empty() {
        "–".to_owned()
    } else {
        words.join(", ")
    }
}
