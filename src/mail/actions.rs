//! What the office can do about a letter: send it again, put a dead one back into the queue.

use crate::db::sql_query;
use diesel::RunQueryDsl;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::Desk;
use crate::audit::{self, About};
use crate::db::{Actor, Conn, Db, Task};
use crate::error::Result;
use crate::ids::LetterId;
use crate::jobs::lease;
use crate::lang::refusals;

use super::outbox::LETTERS;
use super::queries::{self, Whole};

refusals! {
    /// Why nothing can be done about a letter.
    pub enum LetterRefusal {
        /// Only a dead letter is tried again.
        NotDead = "letter_not_dead" => letters_refuse_not_dead,
        /// A letter that still waits is not sent twice.
        Waiting = "letter_waiting" => letters_refuse_waiting,
    }
}

enum LetterEvent {
    SentAgain(LetterId),
    Retried,
}

impl audit::Event for LetterEvent {
    fn verb(&self) -> &'static str {
        match self {
            Self::SentAgain(_) => "letter.sent_again",
            Self::Retried => "letter.retried",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::SentAgain(copy) => json!({ "copy": copy.to_string() }),
            Self::Retried => Value::Null,
        }
    }

    fn confidential(&self) -> bool {
        true
    }
}

fn about(letter: &Whole) -> About {
    let mut about = About::new("letter", letter.id.0);
    about.person = letter.person_id;
    about.programme = letter.programme_id;
    about
}

/// Queues a copy of a letter, with a Message-ID of its own. Links in it keep their rows.
///
/// # Errors
/// [`LetterRefusal::Waiting`]; [`crate::error::Error::NotFound`].
pub fn send_again(conn: &mut Conn<'_>, desk: &Desk, letter: LetterId) -> Result<LetterId> {
    let whole = queries::whole(conn, desk, letter)?;
    if whole.state == "queued" {
        return Err(LetterRefusal::Waiting.into());
    }
    let copy = LetterId::new();
    sql_query(
        "INSERT INTO letters (id, kind, dedupe_key, person_id, programme_id, subject_id, to_address, to_name, lang, \
           subject, body_text, body_html, calendar_method, calendar_text, resent_from) \
         SELECT $1, kind, $2, person_id, programme_id, subject_id, to_address, to_name, lang, subject, body_text, \
           body_html, calendar_method, calendar_text, id FROM letters WHERE id = $3",
    )
    .bind::<SqlUuid, _>(copy)
    .bind::<Text, _>(format!("again:{letter}:{}", Uuid::now_v7()))
    .bind::<SqlUuid, _>(letter)
    .execute(conn.pg())?;
    conn.work_queued();
    audit::note(conn, about(&whole), &LetterEvent::SentAgain(copy))?;
    Ok(copy)
}

/// Puts a dead letter back into the queue, to be tried at once.
///
/// # Errors
/// [`LetterRefusal::NotDead`]; [`crate::error::Error::NotFound`].
pub fn retry(conn: &mut Conn<'_>, desk: &Desk, letter: LetterId) -> Result<()> {
    let whole = queries::whole(conn, desk, letter)?;
    let queued = sql_query(
        "UPDATE letters SET state = 'queued', attempts = 0, run_at = banyan_now(), lease_until = NULL \
         WHERE id = $1 AND state = 'dead'",
    )
    .bind::<SqlUuid, _>(letter)
    .execute(conn.pg())?;
    if queued == 0 {
        return Err(LetterRefusal::NotDead.into());
    }
    conn.work_queued();
    audit::note(conn, about(&whole), &LetterEvent::Retried)
}

/// Puts every dead letter back into the queue, of one kind or of all; returns how many. For the
/// operator, after a mail server that refused what it should not have.
///
/// # Errors
/// The database's.
pub fn redrive(db: &Db, kind: Option<&str>) -> Result<usize> {
    db.tx(&Actor::System(Task::DeliverMail), |conn| {
        let ids = lease::redrive(conn, LETTERS, kind)?;
        for id in &ids {
            audit::note(conn, About::new("letter", *id), &LetterEvent::Retried)?;
        }
        Ok(ids.len())
    })
}
