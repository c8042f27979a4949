//! Requests at the public forms: sign-up, sign-in link, reset.
//!
//! A form puts the same one row into the queue for every address, and answers. Only the worker looks
//! whether the address is known and writes the letter that fits, so neither the answer nor its time
//! tells a stranger who has an account. What the row carried is wiped when the letter is written.

use crate::db::sql_query;
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Actor, Conn, Db, Task, now};
use crate::error::{Error, Result};
use crate::ids::PersonId;
use crate::jobs;
use crate::lang::Lang;

use super::accounts::{self, NewPerson, Purpose};
use super::mail::{PeopleLetter, of_the_house, write};
use super::rules::{Email, Names};

/// The kind of these jobs.
pub const KNOCK: &str = "knock";

/// What a stranger asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum Wish {
    /// An account.
    SignUp {
        /// Family name.
        family: String,
        /// Given names.
        given: String,
        /// Western name.
        western: String,
        /// Chinese name.
        zh: String,
        /// Language.
        lang: Lang,
    },
    /// A link to sign in.
    SignIn,
    /// A link to choose a new password.
    Reset,
}

#[derive(Serialize, Deserialize)]
struct Knock {
    email: String,
    next: Option<String>,
    #[serde(flatten)]
    wish: Wish,
}

/// Puts a request into the queue.
///
/// # Errors
/// The database's.
pub fn knock(conn: &mut Conn<'_>, email: &Email, next: Option<&str>, wish: Wish) -> Result<()> {
    let knock = Knock {
        email: email.address().to_owned(),
        next: next.map(str::to_owned),
        wish,
    };
    let payload = serde_json::to_value(&knock).map_err(|err| Error::Internal(err.to_string()))?;
    let id = Uuid::now_v7();
    let at = now(conn)?;
    jobs::later_with(
        conn,
        KNOCK,
        Some(id),
        &payload,
        &format!("{KNOCK}:{id}"),
        at,
    )
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = SqlUuid)]
    id: PersonId,
    #[diesel(sql_type = Bool)]
    confirmed: bool,
    #[diesel(sql_type = Bool)]
    disabled: bool,
}

/// Answers a request: the runner of these jobs.
///
/// # Errors
/// The database's.
pub fn answer(db: &Db, subject: Option<Uuid>, payload: &Value) -> Result<()> {
    // Wiped already: the letter was written by a run whose end was not noted.
    let Ok(knock) = serde_json::from_value::<Knock>(payload.clone()) else {
        return Ok(());
    };
    db.tx(&Actor::System(Task::Accounts), |conn| {
        answer_one(conn, &knock)?;
        conn.elevate(Task::RunJobs, |conn| {
            sql_query("UPDATE jobs SET payload = '{}' WHERE kind = 'knock' AND subject_id = $1")
                .bind::<Nullable<SqlUuid>, _>(subject)
                .execute(conn.pg())?;
            Ok(())
        })
    })
}

fn answer_one(conn: &mut Conn<'_>, knock: &Knock) -> Result<()> {
    let Ok(email) = Email::parse(&knock.email) else {
        return Ok(());
    };
    let known: Option<Known> = sql_query(
        "SELECT id, email_confirmed_at IS NOT NULL AS confirmed, disabled_at IS NOT NULL AS disabled \
         FROM people WHERE email_identity = $1",
    )
    .bind::<Text, _>(email.identity())
    .get_result(conn.pg())
    .optional()?;
    let next = knock.next.as_deref();
    match (&knock.wish, known) {
        (_, Some(known)) if known.disabled => Ok(()),
        (Wish::SignUp { .. }, Some(known)) if known.confirmed => {
            send(conn, known.id, Purpose::SignIn, next, true)
        }
        // Begun but never confirmed, or made by an import: claimed through the link.
        (Wish::SignUp { .. }, Some(known)) => send(conn, known.id, Purpose::Confirm, next, false),
        (
            Wish::SignUp {
                family,
                given,
                western,
                zh,
                lang,
            },
            None,
        ) => {
            let Ok(names) = Names::new(family, given, western, zh) else {
                return Ok(());
            };
            let person = accounts::ensure(
                conn,
                &NewPerson {
                    email: &email,
                    names: &names,
                    phone: None,
                    lang: Some(*lang),
                    programme: None,
                },
            )?;
            send(conn, person, Purpose::Confirm, next, false)
        }
        (Wish::SignIn, Some(known)) => send(conn, known.id, Purpose::SignIn, next, false),
        (Wish::Reset, Some(known)) => send(conn, known.id, Purpose::Reset, next, false),
        (Wish::SignIn | Wish::Reset, None) => Ok(()),
    }
}

#[derive(QueryableByName)]
struct Until {
    #[diesel(sql_type = Timestamptz)]
    expires_at: chrono::DateTime<chrono::Utc>,
}

/// Makes a link that lives as long as its purpose, from now.
///
/// # Errors
/// The database's.
pub fn fresh_link(
    conn: &mut Conn<'_>,
    purpose: Purpose,
    person: PersonId,
    next: Option<&str>,
) -> Result<(crate::ids::LinkId, chrono::DateTime<chrono::Utc>)> {
    let at: Until = sql_query("SELECT banyan_now() + make_interval(mins => $1) AS expires_at")
        .bind::<diesel::sql_types::Integer, _>(purpose.minutes())
        .get_result(conn.pg())?;
    let link = accounts::new_link(conn, purpose, person, None, next, at.expires_at)?;
    Ok((link, at.expires_at))
}

fn send(
    conn: &mut Conn<'_>,
    person: PersonId,
    purpose: Purpose,
    next: Option<&str>,
    signed_up: bool,
) -> Result<()> {
    let (link, until) = fresh_link(conn, purpose, person, next)?;
    write(
        conn,
        person,
        &of_the_house(),
        &format!("knock:{link}"),
        |to| {
            let name = to.name.clone();
            match purpose {
                Purpose::SignIn if signed_up => PeopleLetter::AlreadyKnown { name, link },
                Purpose::Reset => PeopleLetter::Reset { name, link, until },
                Purpose::Confirm | Purpose::Invite => PeopleLetter::Confirm { name, link },
                Purpose::SignIn | Purpose::Offer | Purpose::Log | Purpose::Evaluation => {
                    PeopleLetter::SignInLink { name, link, until }
                }
            }
        },
    )
}
