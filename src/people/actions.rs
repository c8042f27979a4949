//! Verbs of an account: come in, go out, claim, change the password, make a token.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};

use crate::access::{Own, own, secret, working};
use crate::audit::{self, About};
use crate::db::{Acting, Actor, Conn, Role, Task, now};
use crate::error::{Error, FieldError, Result};
use crate::ids::{GrantId, LinkId, PersonId, SessionId, TokenId};
use crate::web::{Site, Visit};

use super::accounts::{self, OpenLink, Purpose};
use super::events::PeopleEvent;
use super::knocks::fresh_link;
use super::mail::{PeopleLetter, of_the_house, write};
use super::queries::{self, Door};
use super::rules::entry::{home, lifetime, onward_path};
use super::rules::{Email, Fault as _, Names, Phone, check_password, normalise_password};
use super::{sessions, throttle};

/// A person who has come in.
#[derive(Debug)]
pub struct Entered {
    /// Secret of the session, for the cookie.
    pub token: String,
    /// How long the cookie lasts, in seconds.
    pub seconds: i64,
    /// Where to go on.
    pub next: String,
}

/// The longest input that is looked at as a password; [`check_password`] never takes a longer one.
const LONGEST_INPUT: usize = 16 * 1024;

/// What was typed, as it is compared; an endless text is not looked at.
fn measured(typed: &str) -> String {
    if typed.len() > LONGEST_INPUT {
        String::new()
    } else {
        normalise_password(typed)
    }
}

/// Signs in with address and password. Known and unknown addresses cost the same work and get the
/// same answer.
///
/// # Errors
/// [`Error::TooMany`]; [`Error::Invalid`] on the field `password` when they do not fit.
pub fn sign_in(
    site: &Site,
    visit: &Visit,
    email: &Email,
    password: &str,
    next: Option<&str>,
) -> Result<Entered> {
    throttle::peer(&site.db, &site.keys, &visit.request.peer)?;
    throttle::password(&site.db, &site.keys, email.identity())?;
    let door = site.db.read(&Actor::Public(Task::SignIn), |conn| {
        let proof = working(conn, Task::SignIn)?;
        queries::door_by_address(conn, &proof, email.identity())
    })?;
    let stored = door.as_ref().and_then(|d| d.password_hash.as_deref());
    let typed = measured(password);
    let right = site.hasher.verify(&typed, stored).inspect_err(|_busy| {
        // The try was not made; if even this fails, it counts.
        let _ = throttle::give_back(&site.db, &site.keys, email.identity());
    })?;
    let (true, Some(door)) = (right, door.as_ref()) else {
        return Err(wrong());
    };
    let rehashed = match stored {
        Some(stored) if site.hasher.is_outdated(stored) => Some(site.hasher.hash(&typed)?),
        _ => None,
    };
    site.db
        .tx_for(&Actor::Public(Task::SignIn), visit.request.id, |conn| {
            if !is_still(conn, door.id, stored.unwrap_or_default())? {
                return Err(wrong());
            }
            if let Some(hash) = &rehashed {
                sql_query("UPDATE credentials SET password_hash = $2 WHERE person_id = $1")
                    .bind::<SqlUuid, _>(door.id)
                    .bind::<Text, _>(hash)
                    .execute(conn.pg())?;
            }
            let agent = visit.request.header("user-agent").unwrap_or_default();
            if sessions::is_new_device(conn, door.id, agent)? {
                let at = now(conn)?;
                let key = format!("new_device:{}", visit.request.id);
                write(conn, door.id, &of_the_house(), &key, |to| {
                    PeopleLetter::NewDevice {
                        name: to.name.clone(),
                        device: sessions::device(agent),
                        at,
                    }
                })?;
            }
            enter(conn, site, visit, door, next, "password")
        })
}

fn wrong() -> Error {
    Error::field("password", "wrong", |lang| {
        lang.people_sign_in_wrong().to_owned()
    })
}

/// Is this still the stored hash of an open account? Its row stays locked: while a password was being
/// compared it may have been changed, and the old one must not open the door after that, nor may its
/// new hash be written over.
fn is_still(conn: &mut Conn<'_>, person: PersonId, stored: &str) -> Result<bool> {
    let same = conn.elevate(Task::SignIn, |conn| {
        Ok(sql_query(
            "SELECT 1 FROM credentials c JOIN people p ON p.id = c.person_id AND p.disabled_at IS NULL \
             WHERE c.person_id = $1 AND c.password_hash = $2 FOR UPDATE OF c",
        )
        .bind::<SqlUuid, _>(person)
        .bind::<Text, _>(stored)
        .execute(conn.pg())?)
    })?;
    Ok(same == 1)
}

/// Begins a session for a person who has just proved who they are, in place of the one that this
/// browser had.
fn enter(
    conn: &mut Conn<'_>,
    site: &Site,
    visit: &Visit,
    door: &Door,
    next: Option<&str>,
    how: &'static str,
) -> Result<Entered> {
    throttle::clear(conn, &site.keys, &door.email_identity)?;
    if let Some(session) = visit.visitor.as_ref().and_then(|v| v.session) {
        conn.elevate(Task::SignIn, |conn| {
            sql_query("DELETE FROM sessions WHERE id = $1")
                .bind::<SqlUuid, _>(session)
                .execute(conn.pg())?;
            Ok(())
        })?;
    }
    become_person(conn, door.id)?;
    let next = next.and_then(onward_path);
    let grant = sessions::first_grant(conn, door.id, next)?;
    let agent = visit.request.header("user-agent").unwrap_or_default();
    let token = sessions::begin(conn, door.id, grant.map(|(id, _)| id), agent)?;
    audit::note(conn, about(door.id), &PeopleEvent::SignedIn(how))?;
    let role = grant.map_or(Role::Applicant, |(_, role)| role);
    Ok(Entered {
        token,
        seconds: lifetime(grant.is_some()).num_seconds(),
        next: next.unwrap_or(home(role)).to_owned(),
    })
}

/// From here to the end of the transaction the person acts, for themselves.
fn become_person(conn: &mut Conn<'_>, person: PersonId) -> Result<()> {
    conn.become_actor(Actor::Person(Acting {
        person,
        role: Role::Applicant,
        grant: None,
        organisations: Vec::new(),
        programmes: Vec::new(),
    }))
}

fn about(person: PersonId) -> About {
    About::new("person", person.0).of(person)
}

/// Is this text good enough for this person's password? Says so on the field `password`.
///
/// # Errors
/// [`Error::Invalid`].
pub fn judge_password(door: &Door, names: &[&str], password: &str) -> Result<()> {
    let mut own = vec![door.display_name.as_str(), door.email.as_str()];
    own.extend(names);
    check_password(password, &own).map_err(|fault| Error::Invalid(vec![fault.on("password")]))
}

/// Uses a mailed link up and lets its person in. A password given with it is set; a link that was
/// mailed to an address confirms the address.
///
/// # Errors
/// [`Error::NotFound`] for a link that does not open; [`Error::Invalid`] for a password that is too
/// weak, or missing where a new one was asked for.
pub fn use_link(
    site: &Site,
    visit: &Visit,
    purpose: Purpose,
    token: &str,
    password: &str,
) -> Result<Entered> {
    let id = site.keys.read_link(purpose.as_str(), token)?;
    let anyone = Actor::Public(Task::SignIn);
    let door = site.db.read(&anyone, |conn| {
        let link = accounts::open_link(conn, purpose, id)?;
        queries::door_of(conn, link.person_id)
    })?;
    let sets = match purpose {
        Purpose::Reset => true,
        Purpose::Confirm | Purpose::Invite => door.password_hash.is_none() && !password.is_empty(),
        Purpose::SignIn | Purpose::Offer | Purpose::Log | Purpose::Evaluation => false,
    };
    let hash = if sets {
        judge_password(&door, &[], password)?;
        Some(site.hasher.hash(&normalise_password(password))?)
    } else {
        None
    };
    site.db.tx_for(&anyone, visit.request.id, |conn| {
        let link: OpenLink = accounts::open_link(conn, purpose, id)?;
        accounts::use_link(conn, id)?;
        become_person(conn, link.person_id)?;
        confirm_address(conn, link.person_id)?;
        if let Some(hash) = &hash {
            store_password(conn, link.person_id, hash)?;
        }
        enter(
            conn,
            site,
            visit,
            &door,
            link.next_path.as_deref(),
            purpose.as_str(),
        )
    })
}

/// The address that a link was mailed to is the reader's: noted once.
fn confirm_address(conn: &mut Conn<'_>, person: PersonId) -> Result<()> {
    let confirmed = sql_query(
        "UPDATE people SET email_confirmed_at = banyan_now() WHERE id = $1 AND email_confirmed_at IS NULL",
    )
    .bind::<SqlUuid, _>(person)
    .execute(conn.pg())?;
    if confirmed == 1 {
        audit::note(conn, about(person), &PeopleEvent::Confirmed)?;
    }
    Ok(())
}

/// Stores a password, ends every other way in and tells the owner. The caller is the owner: whoever
/// knew the old password may have opened sessions, made tokens, asked for links.
fn store_password(conn: &mut Conn<'_>, person: PersonId, hash: &str) -> Result<()> {
    sql_query(
        "INSERT INTO credentials (person_id, password_hash) VALUES ($1, $2) \
         ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = banyan_now()",
    )
    .bind::<SqlUuid, _>(person)
    .bind::<Text, _>(hash)
    .execute(conn.pg())?;
    sessions::end_every_way_in(conn, person)?;
    audit::note(conn, about(person), &PeopleEvent::PasswordChanged)?;
    let at = now(conn)?;
    let key = format!("password_changed:{}:{}", person, conn.request());
    write(conn, person, &of_the_house(), &key, |to| {
        PeopleLetter::PasswordChanged {
            name: to.name.clone(),
            at,
        }
    })
}

/// Sets or changes one's own password: all sessions, tokens and mailed links end, and this browser gets
/// a new session in the same role.
///
/// # Errors
/// [`Error::Invalid`] on `current` or `password`; [`Error::TooMany`] after many wrong tries.
pub fn change_password(
    site: &Site,
    visit: &Visit,
    current: &str,
    password: &str,
) -> Result<Entered> {
    let person = visit.actor.person().ok_or(Error::SignIn)?;
    let grant = visit.visitor.as_ref().and_then(|v| v.grant);
    let (door, account) = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        let own = own(conn)?;
        Ok((
            queries::door_of(conn, person)?,
            queries::account(conn, &own)?,
        ))
    })?;
    if let Some(stored) = &door.password_hash {
        throttle::password(&site.db, &site.keys, &door.email_identity)?;
        let typed = measured(current);
        let right = site.hasher.verify(&typed, Some(stored));
        if !right.inspect_err(|_busy| {
            let _ = throttle::give_back(&site.db, &site.keys, &door.email_identity);
        })? {
            return Err(wrong_current());
        }
    }
    let names: Vec<&str> = [
        &account.family_name,
        &account.given_names,
        &account.western_name,
        &account.name_zh,
    ]
    .into_iter()
    .filter_map(|name| name.as_deref())
    .collect();
    judge_password(&door, &names, password)?;
    let hash = site.hasher.hash(&normalise_password(password))?;
    let agent = visit.request.header("user-agent").unwrap_or_default();
    site.db.tx_for(&visit.actor, visit.request.id, |conn| {
        if let Some(stored) = &door.password_hash
            && !is_still(conn, person, stored)?
        {
            return Err(wrong_current());
        }
        throttle::clear(conn, &site.keys, &door.email_identity)?;
        store_password(conn, person, &hash)?;
        let token = sessions::begin(conn, person, grant, agent)?;
        Ok(Entered {
            token,
            seconds: lifetime(grant.is_some()).num_seconds(),
            next: "/account".to_owned(),
        })
    })
}

fn wrong_current() -> Error {
    Error::field("current", "wrong", |lang| {
        lang.people_account_password_wrong().to_owned()
    })
}

/// Changes one's own names and telephone number.
///
/// # Errors
/// [`Error::Stale`] when the row is newer than `version`.
pub fn change_profile(
    conn: &mut Conn<'_>,
    own: &Own,
    names: &Names,
    phone: Option<&Phone>,
    display_name: &str,
    version: i32,
) -> Result<()> {
    let changed = sql_query(
        "UPDATE people SET family_name = $2, given_names = $3, western_name = $4, name_zh = $5, display_name = $6, \
           phone = $7, version = version + 1 WHERE id = $1 AND version = $8",
    )
    .bind::<SqlUuid, _>(own.person())
    .bind::<Nullable<Text>, _>(names.family_name())
    .bind::<Nullable<Text>, _>(names.given_names())
    .bind::<Nullable<Text>, _>(names.western_name())
    .bind::<Nullable<Text>, _>(names.name_zh())
    .bind::<Text, _>(display_name)
    .bind::<Nullable<Text>, _>(phone.map(Phone::e164))
    .bind::<Integer, _>(version)
    .execute(conn.pg())?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    audit::note(conn, about(own.person()), &PeopleEvent::ProfileChanged)
}

/// Keeps one's own language.
///
/// # Errors
/// The database's.
pub fn change_language(conn: &mut Conn<'_>, own: &Own, lang: crate::lang::Lang) -> Result<()> {
    sql_query("UPDATE people SET lang = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(own.person())
        .bind::<Text, _>(lang.tag())
        .execute(conn.pg())?;
    Ok(())
}

/// Ends every other session of one's own, and the mailed links that would begin one.
///
/// # Errors
/// The database's.
pub fn sign_out_everywhere(conn: &mut Conn<'_>, own: &Own, but: Option<SessionId>) -> Result<()> {
    sessions::end_all(conn, own.person(), but)?;
    sessions::spend_links(conn, own.person())?;
    audit::note(conn, about(own.person()), &PeopleEvent::SignedOutEverywhere)
}

/// Living tokens that one person may have.
const MOST_TOKENS: i64 = 20;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// Makes an API token that acts in the present role; returns its secret, which nobody sees again.
///
/// # Errors
/// [`Error::Invalid`] when there are too many.
pub fn make_token(
    conn: &mut Conn<'_>,
    own: &Own,
    grant: Option<GrantId>,
    label: &str,
    scopes: &[String],
    days: i32,
) -> Result<String> {
    let living: Count = sql_query(
        "SELECT count(*) AS n FROM api_tokens WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > (SELECT banyan_now())",
    )
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())?;
    if living.n >= MOST_TOKENS {
        return Err(Error::Invalid(vec![FieldError::new(
            "label",
            "too_many",
            |lang| lang.people_tokens_many().to_owned(),
        )]));
    }
    let token = secret::fresh()?;
    let expires_at: DateTime<Utc> = now(conn)? + chrono::Duration::days(i64::from(days));
    sql_query(
        "INSERT INTO api_tokens (id, token_hash, person_id, grant_id, label, scopes, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(TokenId::new())
    .bind::<diesel::sql_types::Binary, _>(secret::digest(&token))
    .bind::<SqlUuid, _>(own.person())
    .bind::<Nullable<SqlUuid>, _>(grant)
    .bind::<Text, _>(label)
    .bind::<Array<Text>, _>(scopes)
    .bind::<Timestamptz, _>(expires_at)
    .execute(conn.pg())?;
    let event = PeopleEvent::TokenMade(label.to_owned());
    audit::note(conn, about(own.person()), &event)?;
    Ok(token)
}

#[derive(QueryableByName)]
struct Label {
    #[diesel(sql_type = Text)]
    label: String,
}

/// Revokes one of one's own tokens.
///
/// # Errors
/// [`Error::NotFound`].
pub fn revoke_token(conn: &mut Conn<'_>, own: &Own, token: TokenId) -> Result<()> {
    let label: Option<Label> = sql_query(
        "UPDATE api_tokens SET revoked_at = banyan_now() WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL \
         RETURNING label",
    )
    .bind::<SqlUuid, _>(token)
    .bind::<SqlUuid, _>(own.person())
    .get_result(conn.pg())
    .optional()?;
    let label = label.ok_or(Error::NotFound)?.label;
    audit::note(conn, about(own.person()), &PeopleEvent::TokenRevoked(label))
}

/// The address of a link, for the command line; letters get theirs when they are sent.
///
/// # Errors
/// Signing fails.
pub fn link_url(
    site: &Site,
    purpose: Purpose,
    link: LinkId,
    until: DateTime<Utc>,
) -> Result<String> {
    let token = site.keys.sign_link(purpose.as_str(), link, until)?;
    Ok(format!(
        "{}/link/{}/{token}",
        site.config.public_url,
        purpose.as_str()
    ))
}

/// A fresh address that signs this person in once, for whoever runs the house and may print it.
///
/// # Errors
/// The database's.
pub fn sign_in_url(site: &Site, person: PersonId) -> Result<String> {
    let (link, until) = site.db.tx(&Actor::System(Task::SignIn), |conn| {
        fresh_link(conn, Purpose::SignIn, person, None)
    })?;
    link_url(site, Purpose::SignIn, link, until)
}
