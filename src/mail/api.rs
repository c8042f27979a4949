//! The delivery log over the API: the list with its page's filters, one letter, sending again. Links
//! are masked as on the page: their secrets are their readers'.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, STAFF};
use crate::error::Result;
use crate::ids::LetterId;
use crate::web::api::list;
use crate::web::exports::{self, Kind};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::pages::{filter, log_file};
use super::queries::{self, Line, Whole};
use super::{actions, host_of, mask_links, message_id};

/// A letter in the delivery log.
#[derive(Serialize, ToSchema)]
struct LetterInList {
    id: Uuid,
    kind: String,
    to_name: String,
    to_address: String,
    lang: String,
    subject: String,
    /// queued, sent, dead or cancelled.
    state: String,
    attempts: i32,
    /// Why the last try failed.
    last_error: Option<String>,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
}

impl From<Line> for LetterInList {
    fn from(it: Line) -> Self {
        Self {
            id: it.id.0,
            kind: it.kind,
            to_name: it.to_name,
            to_address: it.to_address,
            lang: it.lang,
            subject: it.subject,
            state: it.state,
            attempts: it.attempts,
            last_error: it.last_error,
            created_at: it.created_at,
            sent_at: it.sent_at,
        }
    }
}

/// A letter, whole. Its private links are masked.
#[derive(Serialize, ToSchema)]
struct LetterWhole {
    id: Uuid,
    kind: String,
    person: Option<Uuid>,
    programme: Option<Uuid>,
    to_name: String,
    to_address: String,
    lang: String,
    subject: String,
    body_text: String,
    message_id: String,
    /// queued, sent, dead or cancelled.
    state: String,
    attempts: i32,
    last_error: Option<String>,
    /// The letter of which it is a copy.
    resent_from: Option<Uuid>,
    created_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
}

/// A letter in the log of a person or an application.
#[derive(Serialize, ToSchema)]
pub struct LetterSent {
    /// Its id.
    pub id: Uuid,
    /// Subject line.
    pub subject: String,
    /// queued, sent, dead or cancelled.
    pub state: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<LetterInList>()
        .schema_from::<LetterWhole>()
        .schema_from::<LetterSent>()
}

const LIST: &[(&str, &str)] = &[
    ("q", "Words that all occur in name, address or subject."),
    ("state", "queued, sent, dead or cancelled."),
    ("kind", "Only this kind."),
    (
        "cohort",
        "Only letters about this cohort, its applications and its offers.",
    ),
    (
        "sort",
        "written, to or state; with - from the end; by default -written.",
    ),
    ("after", "The `next` of the page before."),
];

/// The operations of the room.
pub(super) fn routes() -> Routes {
    let one = "/api/v1/letters/{letter}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/letters",
            STAFF,
            letters,
            read("listLetters", "The delivery log.", "LetterInList[]").asking(LIST),
        )
        .api(
            Method::Get,
            one,
            STAFF,
            letter,
            read("getLetter", "One letter.", "LetterWhole"),
        )
        .api(
            Method::Post,
            "/api/v1/letters/{letter}/again",
            STAFF,
            again,
            write(
                "sendLetterAgain",
                "Queues a copy under a Message-ID of its own; answers with the copy.",
                None,
                (201, "LetterWhole"),
            ),
        )
        .api(
            Method::Post,
            "/api/v1/letters/{letter}/retry",
            STAFF,
            retry,
            write(
                "retryLetter",
                "Puts a dead letter back into the queue.",
                None,
                (200, "LetterWhole"),
            ),
        )
        .and(export_routes())
}

fn export_routes() -> Routes {
    let read = Operation::read;
    Routes::new()
        .api_free(
            Method::Get,
            "/api/v1/letters.csv",
            STAFF,
            |visit, _| Ok(log_file(visit, Kind::Csv)),
            read("exportLettersCsv", "The log as CSV.", "text/csv").asking(LIST),
        )
        .api_free(
            Method::Get,
            "/api/v1/letters.xlsx",
            STAFF,
            |visit, _| Ok(log_file(visit, Kind::Xlsx)),
            read(
                "exportLettersXlsx",
                "The log as a spreadsheet.",
                exports::XLSX,
            )
            .asking(LIST),
        )
}

fn letters(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let query = &cx.visit.request.query;
    let after = Cursor::from_query(query);
    let rows = queries::log(cx.conn, &desk, &filter(query), after.as_ref(), PAGE + 1)?;
    let page = Page::cut(rows, PAGE, |row| Cursor {
        key: row.key.clone(),
        id: row.id.0,
    });
    list(page, LetterInList::from)
}

fn shown(cx: &mut Cx<'_, '_>, id: LetterId, status: u16) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let it: Whole = queries::whole(cx.conn, &desk, id)?;
    let host = host_of(&cx.site.config.mail_from);
    let letter = LetterWhole {
        message_id: message_id(it.id, &host),
        id: it.id.0,
        kind: it.kind,
        person: it.person_id.map(|id| id.0),
        programme: it.programme_id.map(|id| id.0),
        to_name: it.to_name,
        to_address: it.to_address,
        lang: it.lang,
        subject: it.subject,
        body_text: mask_links(&it.body_text, cx.lang(), &cx.site.config.public_url),
        state: it.state,
        attempts: it.attempts,
        last_error: it.last_error,
        resent_from: it.resent_from.map(|id| id.0),
        created_at: it.created_at,
        sent_at: it.sent_at,
    };
    Reply::json(status, &letter)
}

fn letter(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id = cx.request().param("letter")?;
    shown(cx, id, 200)
}

fn again(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let id: LetterId = cx.request().param("letter")?;
    let copy = actions::send_again(cx.conn, &desk, id)?;
    Ok(shown(cx, copy, 201)?.with("location", format!("/api/v1/letters/{copy}")))
}

fn retry(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let desk = access::desk(cx.conn)?;
    let id: LetterId = cx.request().param("letter")?;
    actions::retry(cx.conn, &desk, id)?;
    shown(cx, id, 200)
}
