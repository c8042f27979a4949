//! The outbox: a letter is a row, written in the transaction of the event that causes it.
//!
//! Table: `letters`, and `mailbox` where letters land without a mail server. Promise: every
//! committed event is mailed, nothing uncommitted is; a duplicate only after a crash between sending
//! and noting it, at most [`SLOTS`] for each crash, and always with the same Message-ID.

use diesel::RunQueryDsl;
use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
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
    let calendar = letter.calendar(to.lang);
    // No conflict target: naming one would ask for the right to read letters.
    sql_query(
        "INSERT INTO letters (id, kind, dedupe_key, person_id, programme_id, subject_id, to_address, to_name, lang, \
           subject, body_text, body_html, calendar_method, calendar_text) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING",
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
    .bind::<Nullable<Text>, _>(calendar.as_ref().map(|part| part.method))
    .bind::<Nullable<Text>, _>(calendar.as_ref().map(|part| part.text.as_str()))
    .execute(conn.pg())?;
    conn.work_queued();
    Ok(())
}
