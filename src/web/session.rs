//! Who is behind a request: browser sessions and API tokens.
//!
//! A session is a random secret in a cookie; the database keeps its digest, the person and the role
//! in which they act. It is looked up in every request, inside the request's own transaction, so
//! that signing out, disabling an account or ending a role works from the next request on.

use crate::db::sql_query;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, Binary, Bool, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};

use crate::access::secret;
use crate::config::Config;
use crate::db::{Acting, Actor, Conn, Role, Task};
use crate::error::Result;
use crate::ids::{GrantId, OrganisationId, PersonId, ProgrammeId, SessionId};
use crate::lang::Lang;

use super::request::Request;

/// A role that the signed-in person may act in.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The role.
    pub role: Role,
    /// The organisation for which it is held, in both languages.
    pub organisation: Option<(String, String)>,
    /// The programme for which it is held: its code, and its name in both languages.
    pub programme: Option<(String, (String, String))>,
    /// The last day on which it is held, if it ends.
    pub ends_on: Option<NaiveDate>,
}

/// The person who has signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who.
    pub person: PersonId,
    /// Name as shown to themselves.
    pub name: String,
    /// Address of the account.
    pub email: String,
    /// Language of the account.
    pub lang: Lang,
    /// The browser session; none for an API token.
    pub session: Option<SessionId>,
    /// Scopes of an API token; none for a browser session.
    pub scopes: Option<Vec<String>>,
    /// Roles to switch to.
    pub grants: Vec<Grant>,
    /// The grant acted in.
    pub grant: Option<GrantId>,
    /// Does the person take part in a cohort, or did they complete one?
    pub learns: bool,
    /// When the person last proved who they are.
    pub proved_at: DateTime<Utc>,
    /// Has the session not been seen for a while? Then the request notes that it was.
    pub stale: bool,
}

/// Name of the session cookie. `__Host-` binds it to this host and to https; browsers grant that to
/// https and to localhost only.
#[must_use]
pub fn cookie_name(config: &Config) -> &'static str {
    if config.secure_cookies() {
        "__Host-session"
    } else {
        "session"
    }
}

/// `Set-Cookie` that begins a session.
#[must_use]
pub fn begin_cookie(config: &Config, token: &str, seconds: i64) -> String {
    let secure = if config.secure_cookies() {
        "; Secure"
    } else {
        ""
    };
    format!(
        "{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}",
        cookie_name(config)
    )
}

/// `Set-Cookie` that ends a session.
#[must_use]
pub fn end_cookie(config: &Config) -> String {
    begin_cookie(config, "", 0)
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    session_id: Option<SessionId>,
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    acting_grant: Option<GrantId>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    scopes: Option<Vec<String>>,
    #[diesel(sql_type = Timestamptz)]
    proved_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    stale: bool,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    lang: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    grant_id: Option<GrantId>,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    organisation_id: Option<OrganisationId>,
    #[diesel(sql_type = Nullable<Text>)]
    organisation_en: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    organisation_zh: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    programme_code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    programme_en: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    programme_zh: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    ends_on: Option<NaiveDate>,
    #[diesel(sql_type = Array<SqlUuid>)]
    programmes: Vec<ProgrammeId>,
    #[diesel(sql_type = Bool)]
    learns: bool,
}

macro_rules! lookup {
    ($from:literal, $columns:literal) => {
        concat!(
            "SELECT ", $columns, ", p.id AS person_id, p.display_name, p.email, p.lang, g.id AS grant_id, g.role, \
             g.organisation_id, o.name_en AS organisation_en, o.name_zh AS organisation_zh, \
             r.code AS programme_code, r.name_en AS programme_en, r.name_zh AS programme_zh, g.ends_on, \
             CASE WHEN g.role = 'administrator' AND g.programme_id IS NULL \
               THEN (SELECT coalesce(array_agg(id), '{}') FROM programmes) \
               ELSE array_remove(ARRAY[g.programme_id], NULL) END AS programmes, \
             EXISTS (SELECT FROM enrolments e WHERE e.person_id = p.id \
               AND e.state IN ('enrolled', 'active', 'suspended', 'completed')) AS learns \
             FROM ", $from, " JOIN people p ON p.id = s.person_id AND p.disabled_at IS NULL \
             LEFT JOIN role_grants g ON g.person_id = p.id AND g.revoked_at IS NULL \
               AND g.starts_on <= (SELECT banyan_today()) AND (g.ends_on IS NULL OR g.ends_on >= (SELECT banyan_today())) \
             LEFT JOIN organisations o ON o.id = g.organisation_id \
             LEFT JOIN programmes r ON r.id = g.programme_id \
             WHERE s.token_hash = $1 AND s.expires_at > (SELECT banyan_now())"
        )
    };
}

const BY_SESSION: &str = lookup!(
    "sessions s",
    "s.id AS session_id, s.grant_id AS acting_grant, NULL::text[] AS scopes, s.proved_at, \
     s.seen_at < (SELECT banyan_now()) - interval '10 minutes' AS stale"
);
const BY_TOKEN: &str = lookup!(
    "api_tokens s",
    "NULL::uuid AS session_id, s.grant_id AS acting_grant, s.scopes, s.created_at AS proved_at, \
     coalesce(s.used_at < (SELECT banyan_now()) - interval '10 minutes', true) AS stale"
);

/// The secret that a request carries, and whether it is an API token.
#[must_use]
pub fn credential(config: &Config, request: &Request) -> Option<(String, bool)> {
    if let Some(token) = request
        .header("authorization")
        .and_then(|h| h.strip_prefix("Bearer "))
    {
        return Some((token.trim().to_owned(), true));
    }
    // A browser's cookie never opens the API to another site's form; but our own pages may use it.
    request
        .cookies
        .get(cookie_name(config))
        .filter(|c| !c.is_empty())
        .map(|c| (c.clone(), false))
}

/// Finds the person behind a request and declares them for the rest of the transaction. Without a
/// living session nobody is declared but the public site.
///
/// # Errors
/// The database's.
pub fn identify(
    conn: &mut Conn<'_>,
    config: &Config,
    request: &Request,
) -> Result<Option<Visitor>> {
    let Some((secret, is_token)) = credential(config, request) else {
        conn.become_actor(Actor::Public(Task::PublicSite))?;
        return Ok(None);
    };
    let sql = if is_token { BY_TOKEN } else { BY_SESSION };
    let sql = if is_token {
        format!("{sql} AND s.revoked_at IS NULL")
    } else {
        sql.to_owned()
    };
    let rows: Vec<Row> = sql_query(sql)
        .bind::<Binary, _>(secret::digest(&secret))
        .load(conn.pg())?;
    let Some((actor, visitor)) = visitor(&rows) else {
        conn.become_actor(Actor::Public(Task::PublicSite))?;
        return Ok(None);
    };
    conn.become_actor(actor)?;
    Ok(Some(visitor))
}

fn visitor(rows: &[Row]) -> Option<(Actor, Visitor)> {
    let first = rows.first()?;
    // A session or token bound to a role that has ended acts as the person alone.
    let acting = rows
        .iter()
        .find(|row| row.grant_id.is_some() && row.grant_id == first.acting_grant);
    let role = acting
        .and_then(|row| row.role.as_deref())
        .and_then(Role::parse)
        .unwrap_or(Role::Applicant);
    let actor = Actor::Person(Acting {
        person: first.person_id,
        role,
        grant: acting.and_then(|row| row.grant_id),
        organisations: acting
            .and_then(|row| row.organisation_id)
            .into_iter()
            .collect(),
        programmes: acting.map(|row| row.programmes.clone()).unwrap_or_default(),
    });
    let grants = rows
        .iter()
        .filter_map(|row| {
            Some(Grant {
                id: row.grant_id?,
                role: Role::parse(row.role.as_deref()?)?,
                organisation: row.organisation_en.clone().zip(row.organisation_zh.clone()),
                programme: row
                    .programme_code
                    .clone()
                    .zip(row.programme_en.clone().zip(row.programme_zh.clone())),
                ends_on: row.ends_on,
            })
        })
        .collect();
    let visitor = Visitor {
        person: first.person_id,
        name: first.display_name.clone(),
        email: first.email.clone(),
        lang: Lang::parse(&first.lang).unwrap_or_default(),
        session: first.session_id,
        scopes: first.scopes.clone(),
        grants,
        grant: acting.and_then(|row| row.grant_id),
        learns: first.learns,
        proved_at: first.proved_at,
        stale: first.stale,
    };
    Some((actor, visitor))
}

/// Notes that a session or token was used. Best effort: a failure costs only precision.
pub(super) fn touch(conn: &mut Conn<'_>, secret: &str, is_token: bool) -> Result<()> {
    let sql = if is_token {
        "UPDATE api_tokens SET used_at = banyan_now() WHERE token_hash = $1"
    } else {
        "UPDATE sessions SET seen_at = banyan_now() WHERE token_hash = $1"
    };
    sql_query(sql)
        .bind::<Binary, _>(secret::digest(secret))
        .execute(conn.pg())?;
    Ok(())
}
