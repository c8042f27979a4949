//! The outbox: a letter is a row, written in the transaction of the event that causes it.
//!
//! Table: `letters`, and `mailbox` where letters land without a mail server. Promise: every
//! committed event is mailed, nothing uncommitted is; a duplicate only after a crash between sending
//! and noting it, and always with the same Message-ID.

use std::time::{Duration, Instant};

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::secret::Keys;
use crate::config::Config;
use crate::db::{Actor, Conn, Db, Task};
use crate::error::{Error, Result};
use crate::ids::{LetterId, PersonId, ProgrammeId};
use crate::jobs::lease::{self, Claim, Queue};
use crate::lang::Lang;

use super::letter::{Letter, fill_links};
use super::message::{Outgoing, compose};
use super::render::render;
use super::transport::{Outcome, Transport};

/// The queue of letters.
pub const LETTERS: Queue = Queue {
    table: "letters",
    done: "sent",
    finished_at: "sent_at",
};

/// How long a claim holds; longer than one send may take.
const LEASE: Duration = Duration::from_secs(30);
/// Letters claimed at once.
const BATCH: i64 = 20;
/// Tries before a letter is laid aside as dead.
const TRIES: i32 = 15;

/// Who gets a letter.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The person, for their own view and the delivery log.
    pub person: Option<PersonId>,
    /// Address.
    pub address: String,
    /// Name as on an envelope.
    pub name: String,
    /// The language in which they read.
    pub lang: Lang,
}

/// What a letter is about.
#[derive(Clone, Debug, Default)]
pub struct Occasion {
    /// The record: an application, an offer.
    pub subject: Option<Uuid>,
    /// The programme whose staff see it in the delivery log.
    pub programme: Option<ProgrammeId>,
    /// The programme's name in the footer, in both languages; empty for letters of the house.
    pub programme_name: (String, String),
}

/// Queues a letter in this transaction. `dedupe_key` names the event and its recipient: the same
/// event never writes twice to the same person.
///
/// # Errors
/// The letter cannot be rendered, or the database's.
pub fn put(
    conn: &mut Conn<'_>,
    to: &Recipient,
    letter: &dyn Letter,
    occasion: &Occasion,
    dedupe_key: &str,
) -> Result<()> {
    let programme = to
        .lang
        .pick(&occasion.programme_name.0, &occasion.programme_name.1);
    let rendered = render(letter, to.lang, programme)?;
    // No conflict target: naming one would ask for the right to read letters.
    sql_query(
        "INSERT INTO letters (id, kind, dedupe_key, person_id, programme_id, subject_id, to_address, to_name, lang, \
           subject, body_text, body_html) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(LetterId::new())
    .bind::<Text, _>(letter.kind())
    .bind::<Text, _>(dedupe_key)
    .bind::<Nullable<SqlUuid>, _>(to.person)
    .bind::<Nullable<SqlUuid>, _>(occasion.programme)
    .bind::<Nullable<SqlUuid>, _>(occasion.subject)
    .bind::<Text, _>(&to.address)
    .bind::<Text, _>(&to.name)
    .bind::<Text, _>(to.lang.tag())
    .bind::<Text, _>(rendered.subject)
    .bind::<Text, _>(rendered.text)
    .bind::<Text, _>(rendered.html)
    .execute(conn.pg())?;
    Ok(())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    to_address: String,
    #[diesel(sql_type = Text)]
    to_name: String,
    #[diesel(sql_type = Text)]
    lang: String,
    #[diesel(sql_type = Text)]
    subject: String,
    #[diesel(sql_type = Text)]
    body_text: String,
    #[diesel(sql_type = Text)]
    body_html: String,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

/// Delivers letters: one for each worker.
pub struct Courier {
    db: Db,
    keys: Keys,
    from: String,
    public_url: String,
    transport: Transport,
}

impl Courier {
    /// A courier for this house.
    ///
    /// # Errors
    /// The mail server's settings cannot be used.
    pub fn new(db: Db, keys: Keys, config: &Config) -> Result<Self> {
        Ok(Self {
            db,
            keys,
            from: config.mail_from.clone(),
            public_url: config.public_url.clone(),
            transport: Transport::new(config.smtp.as_ref(), super::smtp::Limits::default())?,
        })
    }

    /// Delivers one batch of due letters; returns how many were taken up.
    ///
    /// # Errors
    /// The database's. A letter's own failure is noted on its row.
    pub fn deliver_due(&mut self) -> Result<usize> {
        let system = Actor::System(Task::DeliverMail);
        // The letters come with their claims: under load every question to the database is a wait.
        let (claims, rows) = self.db.tx(&system, |conn| {
            if held(conn)? {
                return Ok((Vec::new(), Vec::new()));
            }
            let claims = lease::claim(conn, LETTERS, BATCH, LEASE)?;
            let rows = rows(conn, &claims)?;
            Ok((claims, rows))
        })?;
        let began = Instant::now();
        let mut stopped = false;
        for claim in &claims {
            // A batch that drags on holds its claims only as long as they last.
            let fresh = began.elapsed() < Duration::from_secs(3)
                || self
                    .db
                    .tx(&system, |conn| lease::extend(conn, LETTERS, claim, LEASE))?;
            if stopped || !fresh {
                self.db
                    .tx(&system, |conn| lease::give_back(conn, LETTERS, claim))?;
                continue;
            }
            let Some(row) = rows.iter().find(|row| row.id == claim.id) else {
                return Err(Error::Stale);
            };
            stopped = self.deliver(claim, row)?;
        }
        Ok(if stopped { 0 } else { claims.len() })
    }

    /// Delivers one letter. True: the server itself is in trouble, so pause.
    fn deliver(&mut self, claim: &Claim, row: &Row) -> Result<bool> {
        let system = Actor::System(Task::DeliverMail);
        let (text, html) = (
            self.fill(row, &row.body_text),
            self.fill(row, &row.body_html),
        );
        let outgoing = Outgoing {
            id: LetterId(claim.id),
            from: &self.from,
            to_name: &row.to_name,
            to_address: &row.to_address,
            subject: &row.subject,
            text: &text,
            html: &html,
            lang: Lang::parse(&row.lang).unwrap_or_default(),
            date: row.created_at,
            unsubscribe: None,
        };
        let message = match compose(&outgoing) {
            Ok(message) => message,
            Err(error) => {
                self.db.tx(&system, |conn| {
                    lease::bury(conn, LETTERS, claim, &error.to_string())
                })?;
                return Ok(false);
            }
        };
        let local = matches!(self.transport, Transport::Local);
        let outcome = self.transport.send(&message);
        // The usual end, in one round trip; whatever it meets, the long way follows.
        let noted = matches!(outcome, Outcome::Sent { .. })
            && !local
            && self
                .db
                .at_once(&system, &lease::finishing(LETTERS, claim))
                .is_ok();
        if noted {
            return Ok(false);
        }
        self.db.tx(&system, |conn| match &outcome {
            Outcome::Sent { .. } => {
                if local {
                    land(conn, claim, row, &text, &html)?;
                }
                lease::finish(conn, LETTERS, claim).map(|_| ())
            }
            Outcome::Permanent(reason) => {
                lease::bury(conn, LETTERS, claim, &reason.to_string()).map(|_| ())
            }
            Outcome::Temporary(reason) if claim.attempts >= TRIES => {
                lease::bury(conn, LETTERS, claim, &reason.to_string()).map(|_| ())
            }
            Outcome::Temporary(reason) => lease::retry(
                conn,
                LETTERS,
                claim,
                lease::pause(claim),
                &reason.to_string(),
            )
            .map(|_| ()),
        })?;
        Ok(matches!(&outcome, Outcome::Temporary(reason) if reason.concerns_server()))
    }

    /// Signs the private links of a letter, at the moment of sending: no secret rests in the
    /// database. How long a link lives is in its own row.
    fn fill(&self, row: &Row, body: &str) -> String {
        let expires = row.created_at + chrono::Duration::days(400);
        fill_links(body, &self.public_url, |purpose, id| {
            self.keys
                .sign_link(purpose, id, expires)
                .unwrap_or_default()
        })
    }
}

/// The letters of these claims, in no order.
fn rows(conn: &mut Conn<'_>, claims: &[Claim]) -> Result<Vec<Row>> {
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = claims.iter().map(|claim| claim.id).collect();
    Ok(sql_query(
        "SELECT id, to_address, to_name, lang, subject, body_text, body_html, created_at FROM letters WHERE id = ANY ($1)",
    )
    .bind::<Array<SqlUuid>, _>(&ids)
    .load(conn.pg())?)
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    held: bool,
}

/// After a restore from backup the queue is held until an operator lets it go.
fn held(conn: &mut Conn<'_>) -> Result<bool> {
    let row: Held =
        sql_query("SELECT letters_held_at IS NOT NULL AS held FROM house").get_result(conn.pg())?;
    Ok(row.held)
}

fn land(conn: &mut Conn<'_>, claim: &Claim, row: &Row, text: &str, html: &str) -> Result<()> {
    sql_query(
        "INSERT INTO mailbox (letter_id, to_address, subject, body_text, body_html) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(claim.id)
    .bind::<Text, _>(&row.to_address)
    .bind::<Text, _>(&row.subject)
    .bind::<Text, _>(text)
    .bind::<Text, _>(html)
    .execute(conn.pg())?;
    Ok(())
}
