//! Delivers letters: claim → send → finish.
//!
//! The courier sends one letter at a time over one connection and notes those that the server has
//! taken in groups: a durable commit for each letter would cost more than sending it. Letters that
//! are taken but not yet noted, and the one on the wire, are at most [`SLOTS`]: as many twins can a
//! kill make, no more.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, RunQueryDsl};
use uuid::Uuid;

use crate::access::secret::Keys;
use crate::config::Config;
use crate::db::{Actor, Conn, Db, Task, sql_query};
use crate::error::{Error, Result};
use crate::ids::LetterId;
use crate::jobs::lease::{self, Claim};
use crate::lang::Lang;

use super::letter::fill_links;
use super::message::{Message, Outgoing, compose};
use super::outbox::LETTERS;
use super::transport::{Outcome, Transport};

/// How long a claim holds; longer than a claim may age before it is renewed (`FRESH`) and one send
/// may take together.
pub const LEASE: Duration = Duration::from_secs(30);
/// Letters that may be with the server without being noted as sent: taken and waiting for the next
/// note, or on the wire.
pub const SLOTS: usize = 16;
/// What was taken longer ago than this is noted before the next letter is sent.
const UNNOTED: Duration = Duration::from_millis(20);
/// A letter is sent only under a claim made or renewed less than this ago.
const FRESH: Duration = Duration::from_secs(3);
/// Letters claimed at once.
const BATCH: i64 = 100;
/// Tries before a letter is laid aside as dead.
const TRIES: i32 = 15;

const SYSTEM: Actor = Actor::System(Task::DeliverMail);

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
    #[diesel(sql_type = Nullable<Text>)]
    calendar_method: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    calendar_text: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

/// A letter in hand.
struct Ready {
    claim: Claim,
    message: Message,
    /// What lands in the local mailbox where there is no mail server.
    landing: Option<Landing>,
}

struct Landing {
    to_address: String,
    subject: String,
    text: String,
    html: String,
}

/// Delivers letters: one for each worker.
pub struct Courier {
    db: Db,
    keys: Keys,
    from: String,
    public_url: String,
    transport: Transport,
    /// Taken by the server, not yet noted, and since when.
    taken: Vec<Claim>,
    since: Instant,
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
            taken: Vec::new(),
            since: Instant::now(),
        })
    }

    /// Delivers one batch of due letters; returns how many were taken up, 0 also when the server is in
    /// trouble and the worker had better pause.
    ///
    /// # Errors
    /// The database's. A letter's own failure is noted on its row.
    pub fn deliver_due(&mut self) -> Result<usize> {
        // What could not be noted when the database went away, before anything else.
        self.note()?;
        // The letters come with their claims: under load every question to the database is a wait.
        let (claims, rows) = self.db.tx(&SYSTEM, |conn| {
            if held(conn)? {
                return Ok((Vec::new(), Vec::new()));
            }
            let claims = lease::claim(conn, LETTERS, BATCH, LEASE)?;
            let rows = rows(conn, &claims)?;
            Ok((claims, rows))
        })?;
        let began = Instant::now();
        let mut ready = Vec::with_capacity(claims.len());
        for claim in &claims {
            let Some(row) = rows.iter().find(|row| row.id == claim.id) else {
                return Err(Error::Stale);
            };
            ready.extend(self.ready(claim, row)?);
        }
        let well = self.send_all(&ready, began)?;
        self.note()?;
        Ok(if well { claims.len() } else { 0 })
    }

    /// Sends letters in their order, each under a claim that outlasts its sending. False: the server
    /// is in trouble, and the rest was given back.
    fn send_all(&mut self, letters: &[Ready], mut renewed: Instant) -> Result<bool> {
        let mut held: Option<Vec<Uuid>> = None;
        for (place, letter) in letters.iter().enumerate() {
            let (rest, after) = (
                letters.get(place..).unwrap_or_default(),
                letters.get(place + 1..).unwrap_or_default(),
            );
            if renewed.elapsed() >= FRESH {
                self.note()?;
                let claims = claims(rest);
                held = Some(
                    self.db
                        .tx(&SYSTEM, |conn| lease::extend(conn, LETTERS, &claims, LEASE))?,
                );
                renewed = Instant::now();
            }
            let ours = held
                .as_ref()
                .is_none_or(|held| held.contains(&letter.claim.id));
            if ours && self.deliver(letter, after.first())? {
                let claims = claims(after);
                self.db
                    .tx(&SYSTEM, |conn| lease::give_back(conn, LETTERS, &claims))?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Delivers one letter, telling the server of the next. True: the server itself is in trouble.
    fn deliver(&mut self, letter: &Ready, next: Option<&Ready>) -> Result<bool> {
        let next = next.map(|next| &next.message);
        let outcome = self.transport.send_and_announce(&letter.message, next);
        if matches!(outcome, Outcome::Sent { .. }) && letter.landing.is_none() {
            if self.taken.is_empty() {
                self.since = Instant::now();
            }
            self.taken.push(letter.claim.clone());
            if self.taken.len() >= SLOTS || self.since.elapsed() >= UNNOTED {
                self.note()?;
            }
            return Ok(false);
        }
        self.note()?;
        self.settle(letter, &outcome)?;
        Ok(matches!(&outcome, Outcome::Temporary(reason) if reason.concerns_server()))
    }

    /// Notes durably what the server has taken, in one round trip; whatever that meets, the long way
    /// follows.
    fn note(&mut self) -> Result<()> {
        if self.taken.is_empty() {
            return Ok(());
        }
        let sql = lease::finishing(LETTERS, &self.taken);
        if self.db.at_once(&SYSTEM, &sql).is_err() {
            self.db.tx(&SYSTEM, |conn| {
                for claim in &self.taken {
                    lease::finish(conn, LETTERS, claim)?;
                }
                Ok(())
            })?;
        }
        self.taken.clear();
        Ok(())
    }

    /// Notes what became of a letter that was not simply taken.
    fn settle(&self, letter: &Ready, outcome: &Outcome) -> Result<()> {
        let claim = &letter.claim;
        self.db.tx(&SYSTEM, |conn| match outcome {
            Outcome::Sent { .. } => {
                if let Some(landing) = &letter.landing {
                    land(conn, claim, landing)?;
                }
                lease::finish(conn, LETTERS, claim).map(|_| ())
            }
            Outcome::Permanent(reason) => {
                lease::bury(conn, LETTERS, claim, &reason.to_string()).map(|_| ())
            }
            // No letter dies of a server that is away, however long it is away.
            Outcome::Temporary(reason) if reason.before_any_letter() => {
                lease::wait(conn, LETTERS, claim, &reason.to_string()).map(|_| ())
            }
            Outcome::Temporary(reason) if claim.attempts >= TRIES => {
                lease::bury(conn, LETTERS, claim, &reason.to_string()).map(|_| ())
            }
            Outcome::Temporary(reason) => {
                let pause = lease::pause(claim);
                lease::retry(conn, LETTERS, claim, pause, &reason.to_string()).map(|_| ())
            }
        })
    }

    /// The letter as it travels. One that cannot be made is laid aside; it stops no other.
    fn ready(&self, claim: &Claim, row: &Row) -> Result<Option<Ready>> {
        let made = std::panic::catch_unwind(AssertUnwindSafe(|| self.made(claim, row)))
            .unwrap_or_else(|_panic| Err("the letter could not be made: a panic".to_owned()));
        match made {
            Ok(ready) => Ok(Some(ready)),
            Err(reason) => {
                self.db
                    .tx(&SYSTEM, |conn| lease::bury(conn, LETTERS, claim, &reason))?;
                Ok(None)
            }
        }
    }

    fn made(&self, claim: &Claim, row: &Row) -> Result<Ready, String> {
        let (text, html) = (
            self.fill(row, &row.body_text),
            self.fill(row, &row.body_html),
        );
        let message = compose(&Outgoing {
            id: LetterId(claim.id),
            from: &self.from,
            to_name: &row.to_name,
            to_address: &row.to_address,
            subject: &row.subject,
            text: &text,
            html: &html,
            calendar: row
                .calendar_method
                .as_deref()
                .zip(row.calendar_text.as_deref()),
            lang: Lang::parse(&row.lang).unwrap_or_default(),
            date: row.created_at,
            unsubscribe: None,
        })
        .map_err(|error| error.to_string())?;
        let landing = matches!(self.transport, Transport::Local).then(|| Landing {
            to_address: row.to_address.clone(),
            subject: row.subject.clone(),
            text,
            html,
        });
        Ok(Ready {
            claim: claim.clone(),
            message,
            landing,
        })
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

fn claims(letters: &[Ready]) -> Vec<Claim> {
    letters.iter().map(|letter| letter.claim.clone()).collect()
}

/// The letters of these claims, in no order.
fn rows(conn: &mut Conn<'_>, claims: &[Claim]) -> Result<Vec<Row>> {
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = claims.iter().map(|claim| claim.id).collect();
    Ok(sql_query(
        "SELECT id, to_address, to_name, lang, subject, body_text, body_html, calendar_method, calendar_text, \
           created_at FROM letters WHERE id = ANY ($1)",
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
pub(super) fn held(conn: &mut Conn<'_>) -> Result<bool> {
    let row: Held =
        sql_query("SELECT letters_held_at IS NOT NULL AS held FROM house").get_result(conn.pg())?;
    Ok(row.held)
}

fn land(conn: &mut Conn<'_>, claim: &Claim, landing: &Landing) -> Result<()> {
    sql_query(
        "INSERT INTO mailbox (letter_id, to_address, subject, body_text, body_html) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(claim.id)
    .bind::<Text, _>(&landing.to_address)
    .bind::<Text, _>(&landing.subject)
    .bind::<Text, _>(&landing.text)
    .bind::<Text, _>(&landing.html)
    .execute(conn.pg())?;
    Ok(())
}
