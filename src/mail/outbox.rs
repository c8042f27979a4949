//! The outbox: a letter is a row, written in the transaction of the event that causes it.
//!
//! Table: `letters`, and `mailbox` where letters land without a mail server. Promise: every
//! committed event is mailed, nothing uncommitted is; a duplicate only after a crash between sending
//! and noting it, at most [`SLOTS`] for each crash, and always with the same Message-ID.

use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::{Conn, sql_query};
use crate::error::Result;
use crate::ids::{LetterId, PersonId, ProgrammeId};
use crate::jobs::lease::Queue;
use crate::lang::Lang;

use super::letter::Letter;
use super::render::render;

pub use super::courier::{Courier, LEASE, SLOTS};

/// The queue of letters.
pub const LETTERS: Queue = Queue {
    table: "letters",
    done: "sent",
    finished_at: "sent_at",
    counts_claims: false,
};

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

/// A letter to be queued.
pub struct Queued<'a> {
    /// Who gets it.
    pub to: &'a Recipient,
    /// What it says.
    pub letter: &'a dyn Letter,
    /// What it is about.
    pub occasion: &'a Occasion,
    /// Names the event and its recipient, as in [`put`].
    pub dedupe_key: String,
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
    let dedupe_key = dedupe_key.to_owned();
    put_all(
        conn,
        &[Queued {
            to,
            letter,
            occasion,
            dedupe_key,
        }],
    )
}

fn row(it: &Queued<'_>) -> Result<Value> {
    let (to, occasion) = (it.to, it.occasion);
    let names = &occasion.programme_name;
    let rendered = render(it.letter, to.lang, to.lang.pick(&names.0, &names.1))?;
    let calendar = it.letter.calendar(to.lang);
    Ok(json!({
        "id": LetterId::new(), "kind": it.letter.kind(), "dedupe_key": it.dedupe_key, "person_id": to.person,
        "programme_id": occasion.programme, "subject_id": occasion.subject, "to_address": to.address,
        "to_name": to.name, "lang": to.lang.tag(), "subject": rendered.subject, "body_text": rendered.text,
        "body_html": rendered.html, "calendar_method": calendar.as_ref().map(|part| part.method),
        "calendar_text": calendar.as_ref().map(|part| part.text.as_str()),
    }))
}

/// [`put`] of many letters in one statement: a release writes to hundreds.
///
/// # Errors
/// As [`put`].
pub fn put_all(conn: &mut Conn<'_>, letters: &[Queued<'_>]) -> Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = letters.iter().map(row).collect::<Result<_>>()?;
    // No conflict target: naming one would ask for the right to read letters.
    sql_query(
        "INSERT INTO letters (id, kind, dedupe_key, person_id, programme_id, subject_id, to_address, to_name, lang, \
           subject, body_text, body_html, calendar_method, calendar_text) \
         SELECT * FROM json_to_recordset($1::json) AS l(id uuid, kind text, dedupe_key text, person_id uuid, programme_id uuid, \
           subject_id uuid, to_address text, to_name text, lang text, subject text, body_text text, body_html text, \
           calendar_method text, calendar_text text) ON CONFLICT DO NOTHING",
    )
    .bind::<Text, _>(Value::Array(rows).to_string())
    .execute(conn.pg())?;
    conn.work_queued();
    Ok(())
}
