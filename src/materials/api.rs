//! Notes and links over the API.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, Access};
use crate::db::{Actor, Role};
use crate::error::Result;
use crate::ids::{ClassId, MaterialId};
use crate::teaching::queries as teaching;
use crate::web::api::{Given, Instant, list, no_choice};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions;
use super::pages::read::readable;
use super::queries::{self, Filter, Keeper, Note, Read};
use super::rules::{BODY_MOST, NoteDetails, Release, TITLE_MOST, URL_MOST, released_at};

/// The office and instructors.
const KEEPERS: Access = Access::Only(&[Role::Coordinator, Role::Administrator, Role::Instructor]);

/// A note or link of a session.
#[derive(Serialize, ToSchema)]
struct SessionNote {
    id: Uuid,
    session: Uuid,
    /// Empty when there is only a Chinese title.
    title_en: String,
    /// Empty when there is only an English title.
    title_zh: String,
    body: String,
    url: String,
    /// now, start, end or at.
    release: String,
    /// When trainees see it; none: at once.
    released_at: Option<DateTime<Utc>>,
    /// How many trainees have done with it.
    done: i64,
    /// Its ETag, without the quotes.
    version: i32,
}

/// What is written about a session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSessionNote {
    #[serde(default)]
    #[schema(max_length = 160, example = "Reading for this evening")]
    title_en: String,
    #[serde(default)]
    #[schema(max_length = 160)]
    title_zh: String,
    #[serde(default)]
    #[schema(max_length = 8000, example = "Pages 1 to 12.")]
    body: String,
    #[serde(default)]
    #[schema(max_length = 400)]
    url: String,
    /// now, start, end or at.
    #[schema(example = "start")]
    release: String,
    /// The time of a release `at` a time of its own.
    #[schema(value_type = Option<String>, format = DateTime)]
    release_at: Option<Instant>,
}

/// What changes about a note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SessionNoteChange {
    #[schema(max_length = 160)]
    title_en: Option<String>,
    #[schema(max_length = 160)]
    title_zh: Option<String>,
    #[schema(max_length = 8000)]
    body: Option<String>,
    #[schema(max_length = 400)]
    url: Option<String>,
    /// now, start, end or at.
    #[schema(example = "end")]
    release: Option<String>,
    /// The time of a release `at` a time of its own.
    #[schema(value_type = Option<String>, format = DateTime)]
    release_at: Option<Instant>,
}

/// A released note as its trainee reads it.
#[derive(Serialize, ToSchema)]
struct OwnNote {
    id: Uuid,
    session: Uuid,
    module_code: String,
    title_en: String,
    title_zh: String,
    body: String,
    url: String,
    released_at: DateTime<Utc>,
    done: bool,
}

impl From<Read> for OwnNote {
    fn from(it: Read) -> Self {
        Self {
            id: it.id.0,
            session: it.session_id.0,
            module_code: it.module_code,
            title_en: it.title_en,
            title_zh: it.title_zh,
            body: it.body,
            url: it.url,
            released_at: it.released_at,
            done: it.done,
        }
    }
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<SessionNote>()
        .schema_from::<NewSessionNote>()
        .schema_from::<SessionNoteChange>()
        .schema_from::<OwnNote>()
}

const OWN: &[(&str, &str)] = &[
    ("done", "yes or no: only those that are done with, or not."),
    ("q", "Part of a title, code or text."),
    ("after", "The `next` of the page before."),
];

/// The operations of the room.
#[must_use]
pub fn routes() -> Routes {
    keeping().and(changing()).and(reading())
}

fn keeping() -> Routes {
    let all = "/api/v1/classes/{class}/notes";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            all,
            KEEPERS,
            notes,
            read(
                "listSessionNotes",
                "Notes and links of a session, in their order.",
                "SessionNote[]",
            ),
        )
        .api(
            Method::Post,
            all,
            KEEPERS,
            add,
            write(
                "addSessionNote",
                "Writes a note or link for a session.",
                Some("NewSessionNote"),
                (201, "SessionNote"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            "/api/v1/notes/{note}",
            KEEPERS,
            get,
            read("getSessionNote", "One note.", "SessionNote").versioned(),
        )
}

fn changing() -> Routes {
    let write = Operation::write;
    Routes::new()
        .api(
            Method::Patch,
            "/api/v1/notes/{note}",
            KEEPERS,
            change,
            write(
                "changeSessionNote",
                "Changes a note.",
                Some("SessionNoteChange"),
                (200, "SessionNote"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/notes/{note}/remove",
            KEEPERS,
            remove,
            write(
                "removeSessionNote",
                "Removes a note and its done-marks.",
                None,
                (204, ""),
            )
            .versioned(),
        )
}

fn reading() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/me/notes",
            APPLICANT,
            own_notes,
            read(
                "listOwnNotes",
                "Released notes of the sessions that the trainee attends, the newest first.",
                "OwnNote[]",
            )
            .asking(OWN),
        )
        .api(
            Method::Post,
            "/api/v1/me/notes/{note}/done",
            APPLICANT,
            done_with,
            write(
                "markNoteDone",
                "Marks a note as done with.",
                None,
                (204, ""),
            ),
        )
        .api(
            Method::Post,
            "/api/v1/me/notes/{note}/undone",
            APPLICANT,
            not_done,
            write("unmarkNoteDone", "Takes a done-mark back.", None, (204, "")),
        )
}

/// Who keeps the notes of this session: an instructor their own, the office those of its cohorts.
fn keeper(cx: &mut Cx<'_, '_>, class: ClassId) -> Result<Keeper> {
    if matches!(cx.conn.actor(), Actor::Person(acting) if acting.role == Role::Instructor) {
        return Ok(Keeper::Teacher(access::instructor(cx.conn)?));
    }
    let own = access::own(cx.conn)?;
    let cohort = queries::cohort_of_session(cx.conn, &own, class)?;
    Ok(Keeper::Office(access::cohort_staff(cx.conn, cohort)?))
}

fn shown(session: &teaching::ClassSession, it: Note, done: i64) -> Result<SessionNote> {
    let at = released_at(it.release()?, it.release_at, &session.slot());
    Ok(SessionNote {
        id: it.id.0,
        session: it.session_id.0,
        title_en: it.title_en,
        title_zh: it.title_zh,
        body: it.body,
        url: it.url,
        release: it.release,
        released_at: at,
        done,
        version: it.version,
    })
}

fn notes(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let class: ClassId = cx.request().param("class")?;
    let keeper = keeper(cx, class)?;
    let (session, notes) = queries::notes(cx.conn, &keeper, class)?;
    let counts = actions::counts(cx.conn, class)?;
    let rows = notes
        .into_iter()
        .map(|it| {
            let done = counts.iter().find(|count| count.0 == it.id);
            shown(&session, it, done.map_or(0, |count| count.1))
        })
        .collect::<Result<Vec<_>>>()?;
    list(Page { rows, next: None }, |it| it)
}

/// A note judged as the form's page does.
fn judged(new: NewSessionNote) -> Result<NoteDetails> {
    let release = Release::parse(&new.release).ok_or_else(|| no_choice("release"))?;
    let pairs = Given::new()
        .set("title_en", Some(new.title_en))
        .set("title_zh", Some(new.title_zh))
        .set("body", Some(new.body))
        .set("url", Some(new.url))
        .alone();
    let mut form = Form::new(&pairs);
    let details = NoteDetails {
        title_en: form.optional("title_en", TITLE_MOST).unwrap_or_default(),
        title_zh: form.optional("title_zh", TITLE_MOST).unwrap_or_default(),
        body: form.optional("body", BODY_MOST).unwrap_or_default(),
        url: form.optional("url", URL_MOST).unwrap_or_default(),
        release,
        release_at: new
            .release_at
            .map(|it| it.0)
            .filter(|_| release == Release::At),
    };
    form.done()?;
    Ok(details)
}

/// The note of the address with its keeper.
fn one(cx: &mut Cx<'_, '_>) -> Result<(Keeper, teaching::ClassSession, Note)> {
    let id: MaterialId = cx.request().param("note")?;
    let own = access::own(cx.conn)?;
    let class = queries::session_of_note(cx.conn, &own, id)?;
    let keeper = keeper(cx, class)?;
    let (session, note) = queries::note(cx.conn, &keeper, id)?;
    Ok((keeper, session, note))
}

fn answer(cx: &mut Cx<'_, '_>, keeper: &Keeper, id: MaterialId, status: u16) -> Result<Reply> {
    let (session, note) = queries::note(cx.conn, keeper, id)?;
    let counts = actions::counts(cx.conn, session.id)?;
    let done = counts.iter().find(|it| it.0 == id).map_or(0, |it| it.1);
    let version = note.version;
    Ok(Reply::json(status, &shown(&session, note, done)?)?.with_version(version))
}

fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let class: ClassId = cx.request().param("class")?;
    let keeper = keeper(cx, class)?;
    let details = judged(cx.json()?)?;
    let id = actions::add(cx.conn, &keeper, class, &details)?;
    let at = format!("/api/v1/notes/{id}");
    Ok(answer(cx, &keeper, id, 201)?.with("location", at))
}

fn get(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, _, note) = one(cx)?;
    answer(cx, &keeper, note.id, 200)
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, _, note) = one(cx)?;
    cx.if_match(note.version)?;
    let wanted: SessionNoteChange = cx.json()?;
    let was = note.details()?;
    let details = judged(NewSessionNote {
        title_en: wanted.title_en.unwrap_or(was.title_en),
        title_zh: wanted.title_zh.unwrap_or(was.title_zh),
        body: wanted.body.unwrap_or(was.body),
        url: wanted.url.unwrap_or(was.url),
        release: wanted.release.unwrap_or(note.release),
        release_at: wanted.release_at.or(was.release_at.map(Instant)),
    })?;
    actions::change(cx.conn, &keeper, (note.id, note.version), &details)?;
    answer(cx, &keeper, note.id, 200)
}

fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (keeper, _, note) = one(cx)?;
    cx.if_match(note.version)?;
    actions::remove(cx.conn, &keeper, (note.id, note.version))?;
    Ok(Reply::no_content())
}

fn own_notes(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let query = &cx.visit.request.query;
    let done = match query.typed("done") {
        "" => None,
        "yes" => Some(true),
        "no" => Some(false),
        _ => return Err(no_choice("done")),
    };
    let filter = Filter {
        done,
        text: query.get("q").map(str::to_owned),
    };
    let after = Cursor::from_query(query);
    let own = access::own(cx.conn)?;
    let page = readable(cx, &own, &filter, after.as_ref(), PAGE)?;
    list(page, OwnNote::from)
}

fn set(cx: &mut Cx<'_, '_>, done: bool) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: MaterialId = cx.request().param("note")?;
    actions::mark(cx.conn, &own, id, done)?;
    Ok(Reply::no_content())
}

fn done_with(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    set(cx, true)
}

fn not_done(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    set(cx, false)
}
