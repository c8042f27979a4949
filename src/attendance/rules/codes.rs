//! Codes that change every few seconds, and the ticket of a scan. Both are HMAC-SHA-256 under a key
//! that is derived for one session: a code of one session opens no other, and nothing is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// How long one code is shown, in seconds. It is taken for as long again.
pub const STEP: i64 = 10;
/// Characters of the short code.
pub const LENGTH: usize = 6;
/// How long a scan stays good while its owner signs in, in minutes.
pub const TICKET_MINUTES: i64 = 2;
/// Letters and digits that nobody takes for one another, read aloud or from the back of a hall.
pub const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The key of a session's codes.
pub type Key = [u8; 32];

/// The step in which a moment lies.
#[must_use]
pub fn step_of(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(STEP)
}

/// Seconds until the next step begins: 1 to [`STEP`].
#[must_use]
pub fn seconds_left(at: DateTime<Utc>) -> i64 {
    STEP - at.timestamp().rem_euclid(STEP)
}

fn mac(key: &Key, purpose: &str, session: Uuid, rest: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length, so this cannot fail.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mut mac| {
            mac.update(purpose.as_bytes());
            mac.update(&[0]);
            mac.update(session.as_bytes());
            mac.update(rest);
            mac.finalize().into_bytes().into()
        })
        .unwrap_or_default()
}

/// The short code of a step.
#[must_use]
pub fn short_code(key: &Key, session: Uuid, step: i64) -> String {
    let digest = mac(key, "code", session, &step.to_be_bytes());
    digest
        .iter()
        .take(LENGTH)
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect()
}

/// What the QR code's address carries in a step: 128 bits.
#[must_use]
pub fn token(key: &Key, session: Uuid, step: i64) -> String {
    let digest = mac(key, "scan", session, &step.to_be_bytes());
    URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or(&digest))
}

/// A typed code as it is compared: capitals, without spaces and dashes.
#[must_use]
pub fn tidy(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// Is this the short code of the step of this moment, or of the one before?
#[must_use]
pub fn code_fits(key: &Key, session: Uuid, typed: &str, at: DateTime<Utc>) -> bool {
    let typed = tidy(typed);
    let step = step_of(at);
    let fits = |step| same(&short_code(key, session, step), &typed);
    // Both are compared, whichever fits.
    fits(step) | fits(step - 1)
}

/// Is this the token of the step of this moment, or of the one before?
#[must_use]
pub fn token_fits(key: &Key, session: Uuid, sent: &str, at: DateTime<Utc>) -> bool {
    let step = step_of(at);
    let fits = |step| same(&token(key, session, step), sent);
    fits(step) | fits(step - 1)
}

/// To whom a scan belongs: what it is sealed for, and nobody else can use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder(String);

impl Holder {
    /// The person who had signed in when it was made.
    #[must_use]
    pub fn person(id: Uuid) -> Self {
        Self(format!("person {id}"))
    }

    /// The browser in which nobody had, by the secret that it keeps in a cookie of its own.
    #[must_use]
    pub fn browser(secret: &str) -> Self {
        let digest = Sha256::digest(secret.as_bytes());
        Self(format!("browser {}", URL_SAFE_NO_PAD.encode(digest)))
    }
}

/// The scan of a code that was current: kept in the browser until its owner has signed in, for a few
/// minutes, for one use and for one holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// When the code was scanned.
    pub scanned_at: DateTime<Utc>,
    /// A random number of its own.
    pub nonce: String,
}

fn seal(key: &Key, session: Uuid, ticket: &Ticket, holder: &Holder) -> String {
    let at = ticket.scanned_at.timestamp();
    let text = format!("{at}.{}.{}", ticket.nonce, holder.0);
    URL_SAFE_NO_PAD.encode(mac(key, "ticket", session, text.as_bytes()))
}

impl Ticket {
    /// As the browser keeps it. Who the holder is cannot be read from it.
    #[must_use]
    pub fn sealed(&self, key: &Key, session: Uuid, holder: &Holder) -> String {
        let seal = seal(key, session, self, holder);
        format!("{}.{}.{seal}", self.scanned_at.timestamp(), self.nonce)
    }

    /// Reads what a browser has kept; none when we did not seal it for this session and for one of
    /// those who ask, or when it is too old.
    #[must_use]
    pub fn read(
        key: &Key,
        session: Uuid,
        (kept, holders): (&str, &[Holder]),
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let mut parts = kept.split('.');
        let (at, nonce, sent) = (parts.next()?, parts.next()?, parts.next()?);
        let ticket = Self {
            scanned_at: DateTime::from_timestamp(at.parse().ok()?, 0)?,
            nonce: nonce.to_owned(),
        };
        let fits = |holder| same(&seal(key, session, &ticket, holder), sent);
        if parts.next().is_some() || !holders.iter().any(fits) {
            return None;
        }
        let age = now - ticket.scanned_at;
        let fresh = age >= Duration::seconds(-STEP) && age <= Duration::minutes(TICKET_MINUTES);
        fresh.then_some(ticket)
    }
}
