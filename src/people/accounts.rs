//! Accounts as other rooms use them: make one for a person who is invited or imported, write to a
//! person, mail a link. Each works under the task that it needs, with the caller behind it.

use crate::db::sql_query;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{LinkId, PersonId, ProgrammeId};
use crate::lang::Lang;
use crate::mail::outbox::Recipient;

use super::rules::{Email, Names, Phone};

/// What is known of a person who may not have an account yet.
#[derive(Clone, Debug)]
pub struct NewPerson<'a> {
    /// Address; its identity finds an account that exists.
    pub email: &'a Email,
    /// Names.
    pub names: &'a Names,
    /// Telephone.
    pub phone: Option<&'a Phone>,
    /// Language, if stated; English otherwise.
    pub lang: Option<Lang>,
    /// The programme whose staff may know the person from now on.
    pub programme: Option<ProgrammeId>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: PersonId,
}

/// The account with this address, made if there is none. An account that exists keeps its names and
/// language: only its owner changes them. The new one has no password; its owner comes in by a link.
///
/// # Errors
/// The database's.
pub fn ensure(conn: &mut Conn<'_>, new: &NewPerson<'_>) -> Result<PersonId> {
    conn.elevate(Task::Accounts, |conn| {
        let find = |conn: &mut Conn<'_>| -> Result<Option<Found>> {
            Ok(sql_query("SELECT id FROM people WHERE email_identity = $1")
                .bind::<Text, _>(new.email.identity())
                .get_result(conn.pg())
                .optional()?)
        };
        if let Some(found) = find(conn)? {
            know(conn, found.id, new.programme)?;
            return Ok(found.id);
        }
        let programmes: Vec<ProgrammeId> = new.programme.into_iter().collect();
        let display = new.names.display(new.lang.unwrap_or_default());
        sql_query(
            "INSERT INTO people (id, email, email_identity, lang, family_name, given_names, western_name, name_zh, \
               display_name, phone, programme_ids) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        )
        .bind::<SqlUuid, _>(PersonId::new())
        .bind::<Text, _>(new.email.address())
        .bind::<Text, _>(new.email.identity())
        .bind::<Text, _>(new.lang.unwrap_or_default().tag())
        .bind::<Nullable<Text>, _>(new.names.family_name())
        .bind::<Nullable<Text>, _>(new.names.given_names())
        .bind::<Nullable<Text>, _>(new.names.western_name())
        .bind::<Nullable<Text>, _>(new.names.name_zh())
        .bind::<Text, _>(display)
        .bind::<Nullable<Text>, _>(new.phone.map(Phone::e164))
        .bind::<diesel::sql_types::Array<SqlUuid>, _>(&programmes)
        .execute(conn.pg())?;
        // Somebody else may have made it between the two statements; the address decides.
        let found = find(conn)?.ok_or(Error::NotFound)?;
        know(conn, found.id, new.programme)?;
        Ok(found.id)
    })
}

/// From now on the staff of this programme may know this person.
fn know(conn: &mut Conn<'_>, person: PersonId, programme: Option<ProgrammeId>) -> Result<()> {
    sql_query(
        "UPDATE people SET programme_ids = array_append(programme_ids, $2) \
         WHERE id = $1 AND $2 IS NOT NULL AND NOT ($2 = ANY (programme_ids))",
    )
    .bind::<SqlUuid, _>(person)
    .bind::<Nullable<SqlUuid>, _>(programme)
    .execute(conn.pg())?;
    Ok(())
}

/// From now on the staff of this programme may know this person: called when an application begins.
///
/// # Errors
/// The database's.
pub fn introduce(conn: &mut Conn<'_>, person: PersonId, programme: ProgrammeId) -> Result<()> {
    conn.elevate(Task::Accounts, |conn| know(conn, person, Some(programme)))
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = Text)]
    lang: String,
}

/// Where letters to this person go, and in which language.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub fn recipient(conn: &mut Conn<'_>, person: PersonId) -> Result<Recipient> {
    let row: Row = conn.elevate(Task::Accounts, |conn| {
        sql_query("SELECT email, display_name, lang FROM people WHERE id = $1")
            .bind::<SqlUuid, _>(person)
            .get_result(conn.pg())
            .optional()?
            .ok_or(Error::NotFound)
    })?;
    Ok(Recipient {
        person: Some(person),
        address: row.email,
        name: row.display_name,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
    })
}

#[derive(QueryableByName)]
struct Addressed {
    #[diesel(sql_type = SqlUuid)]
    id: PersonId,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = Text)]
    lang: String,
}

/// [`recipient`] for many persons at once: a release writes to hundreds.
///
/// # Errors
/// The database's.
pub fn recipients(
    conn: &mut Conn<'_>,
    persons: &[PersonId],
) -> Result<BTreeMap<PersonId, Recipient>> {
    let rows: Vec<Addressed> = conn.elevate(Task::Accounts, |conn| {
        Ok(
            sql_query("SELECT id, email, display_name, lang FROM people WHERE id = ANY ($1)")
                .bind::<diesel::sql_types::Array<SqlUuid>, _>(persons)
                .load(conn.pg())?,
        )
    })?;
    let recipient = |row: Addressed| {
        let lang = Lang::parse(&row.lang).unwrap_or_default();
        let recipient = Recipient {
            person: Some(row.id),
            address: row.email,
            name: row.display_name,
            lang,
        };
        (row.id, recipient)
    };
    Ok(rows.into_iter().map(recipient).collect())
}

/// What a mailed link is for; the word stands in the address and in the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sign in once.
    SignIn,
    /// Confirm an address.
    Confirm,
    /// Choose a new password.
    Reset,
    /// Take up an invitation.
    Invite,
    /// Look at an offer and answer it.
    Offer,
    /// Answer the log of a week.
    Log,
    /// Evaluate a trainee.
    Evaluation,
}

impl Purpose {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Confirm => "confirm",
            Self::Reset => "reset",
            Self::Invite => "invite",
            Self::Offer => "offer",
            Self::Log => "log",
            Self::Evaluation => "evaluation",
        }
    }

    /// How long such a link opens, in minutes. An offer's lasts as long as the offer; this is its
    /// floor.
    #[must_use]
    pub fn minutes(self) -> i32 {
        match self {
            Self::SignIn => 30,
            Self::Reset => 60,
            Self::Confirm => 3 * 24 * 60,
            Self::Invite | Self::Offer | Self::Log => 14 * 24 * 60,
            Self::Evaluation => 30 * 24 * 60,
        }
    }
}

/// Makes a link for a letter: `Link::private(purpose.as_str(), id)`. Its secret is made when the
/// letter is sent.
///
/// # Errors
/// The database's.
pub fn new_link(
    conn: &mut Conn<'_>,
    purpose: Purpose,
    person: PersonId,
    subject: Option<Uuid>,
    next_path: Option<&str>,
    expires_at: DateTime<Utc>,
) -> Result<LinkId> {
    let id = LinkId::new();
    sql_query("INSERT INTO links (id, purpose, person_id, subject_id, next_path, expires_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(purpose.as_str())
        .bind::<SqlUuid, _>(person)
        .bind::<Nullable<SqlUuid>, _>(subject)
        .bind::<Nullable<Text>, _>(next_path)
        .bind::<Timestamptz, _>(expires_at)
        .execute(conn.pg())?;
    Ok(id)
}

/// A link that lives, as its row says.
#[derive(Clone, Debug, QueryableByName)]
pub struct OpenLink {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: LinkId,
    /// For whom.
    #[diesel(sql_type = SqlUuid)]
    pub person_id: PersonId,
    /// About which record.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub subject_id: Option<Uuid>,
    /// Where to go afterwards.
    #[diesel(sql_type = Nullable<Text>)]
    pub next_path: Option<String>,
}

/// The link of a token that `Keys::read_link` has accepted, if it is of this purpose, unused and in
/// time by the database's clock.
///
/// # Errors
/// [`Error::NotFound`] otherwise.
pub fn open_link(conn: &mut Conn<'_>, purpose: Purpose, id: LinkId) -> Result<OpenLink> {
    conn.elevate(Task::SignIn, |conn| {
        sql_query(
            "SELECT l.id, l.person_id, l.subject_id, l.next_path FROM links l \
             JOIN people p ON p.id = l.person_id AND p.disabled_at IS NULL \
             WHERE l.id = $1 AND l.purpose = $2 AND l.used_at IS NULL AND l.expires_at > (SELECT banyan_now())",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(purpose.as_str())
        .get_result(conn.pg())
        .optional()?
        .ok_or(Error::NotFound)
    })
}

/// Uses a link up. Exactly one caller succeeds.
///
/// # Errors
/// [`Error::NotFound`] when it has been used or has run out.
pub fn use_link(conn: &mut Conn<'_>, id: LinkId) -> Result<()> {
    let used = conn.elevate(Task::SignIn, |conn| {
        Ok(sql_query("UPDATE links SET used_at = banyan_now() WHERE id = $1 AND used_at IS NULL AND expires_at > banyan_now()")
            .bind::<SqlUuid, _>(id)
            .execute(conn.pg())?)
    })?;
    if used == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
