//! What staff do with an application: send it to review, note something about it.

use crate::db::sql_query;
use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, RunQueryDsl};
use serde_json::{Value, json};

use crate::access::ApplicationStaff;
use crate::audit::{self, About};
use crate::db::{Conn, Task};
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, NoteId, PersonId};

use super::desk_list::current;
use super::rules::{Event, State, next};

/// What staff did, for the history.
#[derive(Clone, Debug)]
pub enum DeskEvent {
    /// The application went to review; the applicant may know.
    ReviewStarted,
    /// A note was added; its text stays in the note.
    NoteAdded(NoteId),
}

impl audit::Event for DeskEvent {
    fn verb(&self) -> &'static str {
        match self {
            Self::ReviewStarted => "application.review_started",
            Self::NoteAdded(_) => "application.note_added",
        }
    }

    fn details(&self) -> Value {
        match self {
            Self::ReviewStarted => Value::Null,
            Self::NoteAdded(note) => json!({ "note": note }),
        }
    }

    fn confidential(&self) -> bool {
        match self {
            Self::ReviewStarted => false,
            Self::NoteAdded(_) => true,
        }
    }
}

/// An application held until the end of the transaction.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// The applicant.
    pub person: PersonId,
    /// The full state, with the pending decision.
    pub state: State,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    person_id: PersonId,
    #[diesel(sql_type = Text)]
    state: String,
}

#[derive(QueryableByName)]
struct CaseRow {
    #[diesel(sql_type = Nullable<Text>)]
    decision: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    released_at: Option<DateTime<Utc>>,
}

/// Locks the application, then its case if there is one, and tells the state.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Internal`] for a state that no rule knows.
pub fn hold(conn: &mut Conn<'_>, staff: &ApplicationStaff) -> Result<Held> {
    let row: Row = sql_query(
        "SELECT person_id, state FROM applications WHERE id = $1 AND programme_id = $2 FOR UPDATE",
    )
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?
    .ok_or(Error::NotFound)?;
    let case: Option<CaseRow> = sql_query(
        "SELECT decision, released_at FROM application_cases WHERE application_id = $1 AND programme_id = $2 FOR UPDATE",
    )
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.programme())
    .get_result(conn.pg())
    .optional()?;
    let decision = case.as_ref().and_then(|it| it.decision.as_deref());
    let released = case.as_ref().is_some_and(|it| it.released_at.is_some());
    let state = current(&row.state, decision, released)
        .ok_or_else(|| Error::Internal(format!("application state {}", row.state)))?;
    Ok(Held {
        person: row.person_id,
        state,
    })
}

/// What an event about this application is about.
#[must_use]
pub fn about(staff: &ApplicationStaff, applicant: PersonId) -> About {
    About::new("application", staff.application().0)
        .of(applicant)
        .within(staff.programme())
}

/// Sends a submitted application to review: from here on the applicant cannot change it.
///
/// # Errors
/// The rule's refusal; [`Error::NotFound`].
pub fn start_review(conn: &mut Conn<'_>, staff: &ApplicationStaff) -> Result<()> {
    let held = hold(conn, staff)?;
    next(held.state, Event::StartReview, false)?;
    let changed = sql_query(
        "UPDATE applications SET state = 'under_review', version = version + 1, updated_at = banyan_now() \
         WHERE id = $1 AND programme_id = $2 AND state = 'submitted'",
    )
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.programme())
    .execute(conn.pg())?;
    if changed == 0 {
        return Err(Error::Stale);
    }
    audit::note(conn, about(staff, held.person), &DeskEvent::ReviewStarted)
}

/// Longest note, in characters.
pub const NOTE_MAX_CHARS: usize = 4_000;

/// Adds a note, which only staff of the programme read. `author` is shown beside it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] on `body` when it is empty or too long.
pub fn add_note(
    conn: &mut Conn<'_>,
    staff: &ApplicationStaff,
    author: &str,
    body: &str,
) -> Result<NoteId> {
    let body = body.trim();
    if body.is_empty() {
        return Err(Error::field("body", "required", |lang| {
            lang.form_required().to_owned()
        }));
    }
    if body.chars().count() > NOTE_MAX_CHARS {
        return Err(Error::field("body", "too_long", |lang| {
            lang.form_too_long(NOTE_MAX_CHARS)
        }));
    }
    let held = hold(conn, staff)?;
    let id = NoteId::new();
    sql_query(
        "INSERT INTO application_notes (id, application_id, programme_id, author_id, author_name, body) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(staff.application())
    .bind::<SqlUuid, _>(staff.programme())
    .bind::<SqlUuid, _>(staff.person())
    .bind::<Text, _>(author)
    .bind::<Text, _>(body)
    .execute(conn.pg())?;
    audit::note(conn, about(staff, held.person), &DeskEvent::NoteAdded(id))?;
    Ok(id)
}

/// Lets exactly the assigned reviewers read the present documents of these applications: called
/// when an assignment changes, and to be called when an applicant replaces a document.
///
/// # Errors
/// The database's.
pub fn share_documents(conn: &mut Conn<'_>, applications: &[ApplicationId]) -> Result<()> {
    conn.elevate(Task::AssignReview, |conn| {
        sql_query(
            "UPDATE files f SET reader_ids = a.reviewer_ids FROM applications a \
             WHERE a.id = ANY ($1) AND f.id = a.document_id AND f.reader_ids <> a.reviewer_ids",
        )
        .bind::<Array<SqlUuid>, _>(applications)
        .execute(conn.pg())?;
        Ok(())
    })
}
