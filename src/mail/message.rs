//! A letter as the bytes that travel: headers and the two parts.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use super::letter::clean_line;
use crate::ids::LetterId;
use crate::lang::Lang;

/// All that a message is made of.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// Row of the outbox: the same for every attempt, and so is the `Message-ID` made from it.
    pub id: LetterId,
    /// Sender, such as `Banyan <no-reply@example.org>` ([`crate::config::Config::mail_from`]).
    pub from: &'a str,
    /// The reader's name, empty when unknown.
    pub to_name: &'a str,
    /// The reader's address.
    pub to_address: &'a str,
    /// Subject.
    pub subject: &'a str,
    /// Plain text part, its links filled.
    pub text: &'a str,
    /// HTML part, its links filled.
    pub html: &'a str,
    /// Method and text of the part that a calendar takes in, if there is one.
    pub calendar: Option<(&'a str, &'a str)>,
    /// Language of both.
    pub lang: Lang,
    /// When the letter was written.
    pub date: DateTime<Utc>,
    /// Address that stops such letters by one POST (RFC 8058), for those that people can stop.
    pub unsubscribe: Option<&'a str>,
}

/// A message ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Envelope sender.
    pub from: String,
    /// The one envelope recipient.
    pub to: String,
    /// `<id@host>`, as in the header.
    pub message_id: String,
    /// Headers and body, lines ending in CRLF: what an `.eml` file holds.
    pub eml: Vec<u8>,
}

/// Why a message cannot be made. Trying again does not help.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MessageError {
    /// The configured sender is not an address.
    #[error("the sender is not an e-mail address")]
    Sender,
    /// The reader's address is none.
    #[error("the recipient is not an e-mail address")]
    Recipient,
    /// The unsubscribe address is not a plain https or http address.
    #[error("the unsubscribe address is not usable")]
    Unsubscribe,
    /// The parts could not be put together.
    #[error("message: {0}")]
    Build(String),
}

/// Host of the address in `from`, for `Message-ID`; `banyan.invalid` when there is none.
#[must_use]
pub fn host_of(from: &str) -> String {
    from.parse::<Mailbox>().map_or_else(
        |_| "banyan.invalid".to_owned(),
        |m| m.email.domain().to_owned(),
    )
}

/// `<id@host>`: the same for every attempt at one letter.
#[must_use]
pub fn message_id(id: LetterId, host: &str) -> String {
    let host: String = host
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        .collect();
    format!("<{id}@{host}>")
}

/// Makes the message.
///
/// # Errors
/// A sender, recipient or unsubscribe address that is not one.
pub fn compose(letter: &Outgoing<'_>) -> Result<Message, MessageError> {
    let from: Mailbox = letter.from.parse().map_err(|_err| MessageError::Sender)?;
    let address: Address = letter
        .to_address
        .parse()
        .map_err(|_err| MessageError::Recipient)?;
    let name = Some(clean_line(letter.to_name)).filter(|n| !n.is_empty());
    let id = message_id(letter.id, from.email.domain());
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, address.clone()))
        .subject(clean_line(letter.subject))
        .date(SystemTime::from(letter.date))
        .message_id(Some(id.clone()))
        .raw_header(plain("Auto-Submitted", "auto-generated"))
        .raw_header(plain("Content-Language", letter.lang.tag()));
    if let Some(url) = letter.unsubscribe {
        builder = builder
            .raw_header(plain(
                "List-Unsubscribe",
                &format!("<{}>", unsubscribe(url)?),
            ))
            .raw_header(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    // The boundary is made from the id, so that every attempt has the same bytes. Nobody knows the
    // id while writing what the letter quotes.
    let mut parts = MultiPart::alternative()
        .boundary(format!("banyan-{}", letter.id.0.simple()))
        .singlepart(SinglePart::plain(letter.text.to_owned()))
        .singlepart(SinglePart::html(letter.html.to_owned()));
    if let Some((method, text)) = letter.calendar {
        // The last alternative is the one that programs prefer which know what to do with it.
        let media = format!("text/calendar; method={method}; charset=utf-8");
        let media =
            ContentType::parse(&media).map_err(|err| MessageError::Build(err.to_string()))?;
        let part = SinglePart::builder().header(media).body(text.to_owned());
        parts = parts.singlepart(part);
    }
    let mut message = builder
        .multipart(parts)
        .map_err(|err| MessageError::Build(err.to_string()))?;
    if let Some(name) = name {
        message.headers_mut().insert_raw(to(&name, &address));
    }
    Ok(Message {
        from: from.email.to_string(),
        to: address.to_string(),
        message_id: id,
        eml: message.formatted(),
    })
}

/// A header whose value is ours: plain ASCII without breaks.
fn plain(name: &'static str, value: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned())
}

/// `To:` with a name. lettre would put the address behind the last encoded word, on a line longer
/// than the 76 characters that RFC 2047 section 2 allows; here it has a line of its own.
fn to(name: &str, address: &Address) -> HeaderValue {
    let simple = |c: char| c.is_ascii_graphic() || c == ' ';
    // A name that looks like an encoded word must not become one.
    let words = if name.len() <= 60 && name.chars().all(simple) && !name.contains("=?") {
        let escaped = name.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\"")
    } else {
        encoded_words(name).join("\r\n ")
    };
    let value = format!("{words}\r\n <{address}>");
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str("To"),
        name.to_owned(),
        value,
    )
}

/// Encoded words of RFC 2047, each of whole characters and at most 72 characters long.
fn encoded_words(text: &str) -> Vec<String> {
    let mut chunks = vec![String::new()];
    for c in text.chars() {
        match chunks.last_mut() {
            Some(chunk) if chunk.len() + c.len_utf8() <= 45 => chunk.push(c),
            _ => chunks.push(c.to_string()),
        }
    }
    let word = |chunk: &String| format!("=?utf-8?b?{}?=", BASE64.encode(chunk));
    chunks.iter().map(word).collect()
}

fn unsubscribe(url: &str) -> Result<&str, MessageError> {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | ',');
    let known = url.starts_with("https://") || url.starts_with("http://");
    // RFC 5322 2.1.1: no line over 998 characters, and an address cannot be folded.
    if known && url.chars().all(plain) && url.len() < 900 {
        Ok(url)
    } else {
        Err(MessageError::Unsubscribe)
    }
}
