//! Applications over the API, for staff: the list with the page's filters, one whole, notes, the
//! step to review.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, ApplicationStaff, STAFF};
use crate::error::Result;
use crate::ids::ApplicationId;
use crate::mail::api::LetterSent;
use crate::web::api::list;
use crate::web::exports;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::desk_actions as actions;
use super::desk_list::Filter;
use super::desk_pages::{csv, document, xlsx};
use super::desk_queries::{self as queries, Row};
use super::desk_record::{self, Record};

/// An application in the list.
#[derive(Serialize, ToSchema)]
struct ApplicationInList {
    id: Uuid,
    reference: String,
    name: String,
    name_zh: Option<String>,
    route: Option<String>,
    university: Option<String>,
    employer: Option<String>,
    /// What the applicant may see.
    state: String,
    /// The decision that no release has shown yet.
    pending_decision: Option<String>,
    /// Mean score in thousandths of a point.
    score_milli: Option<i32>,
    /// Highest less lowest review, in thousandths.
    spread_milli: Option<i32>,
    reviews_done: i32,
    reviews_asked: i32,
    submitted_at: Option<DateTime<Utc>>,
}

impl From<Row> for ApplicationInList {
    fn from(it: Row) -> Self {
        Self {
            id: it.id.0,
            reference: it.reference,
            name: it.name_shown,
            name_zh: it.name_zh,
            route: it.route,
            university: it.university_en,
            employer: it.employer_en,
            state: it.state,
            pending_decision: it.decision,
            score_milli: it.score_milli,
            spread_milli: it.spread_milli,
            reviews_done: it.reviews_done,
            reviews_asked: it.reviews_asked,
            submitted_at: it.submitted_at,
        }
    }
}

/// An application whole, as staff read it.
#[derive(Serialize, ToSchema)]
struct Application {
    id: Uuid,
    cohort: Uuid,
    person: Uuid,
    reference: String,
    state: String,
    name: String,
    name_zh: Option<String>,
    email: String,
    phone: Option<String>,
    lang: String,
    route: Option<String>,
    university: Option<String>,
    employer: Option<String>,
    job_title: Option<String>,
    field_of_study: Option<String>,
    graduation_year: Option<i32>,
    statement: Option<String>,
    has_document: bool,
    declarations: Vec<String>,
    pics_version: Option<String>,
    /// web, import or api.
    source: String,
    submitted_at: Option<DateTime<Utc>>,
    score_milli: Option<i32>,
    spread_milli: Option<i32>,
    decision: Option<String>,
    decision_reason: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    released_at: Option<DateTime<Utc>>,
    offer_state: Option<String>,
    waitlist_rank: Option<i32>,
    trainee_number: Option<String>,
}

impl From<Record> for Application {
    fn from(record: Record) -> Self {
        let (it, case) = (record.answers, record.case);
        Self {
            id: it.id.0,
            cohort: it.cohort_id.0,
            person: it.person_id.0,
            reference: it.reference,
            state: it.state,
            name: it.name_shown,
            name_zh: it.name_zh,
            email: it.email,
            phone: it.phone,
            lang: it.lang,
            route: it.route,
            university: it.university_en,
            employer: it.employer_en,
            job_title: it.job_title,
            field_of_study: it.field_of_study,
            graduation_year: it.graduation_year,
            statement: it.statement,
            has_document: it.document_id.is_some(),
            declarations: it.declarations,
            pics_version: it.pics_version,
            source: it.source,
            submitted_at: it.submitted_at,
            score_milli: case.score_milli,
            spread_milli: case.spread_milli,
            decision: case.decision,
            decision_reason: case.decision_reason,
            decided_at: case.decided_at,
            released_at: case.released_at,
            offer_state: case.offer_state,
            waitlist_rank: case.waitlist_rank,
            trainee_number: case.trainee_number,
        }
    }
}

/// A note of staff.
#[derive(Serialize, ToSchema)]
struct Note {
    id: Uuid,
    author: String,
    body: String,
    created_at: DateTime<Utc>,
}

impl From<queries::Note> for Note {
    fn from(it: queries::Note) -> Self {
        Self {
            id: it.id.0,
            author: it.author_name,
            body: it.body,
            created_at: it.created_at,
        }
    }
}

/// A note to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNote {
    #[schema(min_length = 1, max_length = 4000)]
    body: String,
}

/// The schemas of this file.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<ApplicationInList>()
        .schema_from::<Application>()
        .schema_from::<Note>()
        .schema_from::<NewNote>()
}

const FILTERS: &[(&str, &str)] = &[
    (
        "q",
        "Words that begin a name, address, reference or number.",
    ),
    ("state", "What the applicant may see."),
    ("route", "The route."),
    ("university", "Id of the university."),
    ("employer", "Id of the employer."),
    ("decision", "The pending decision, or any, or none."),
    (
        "reading",
        "unassigned, waiting, scored, unscored or disagree.",
    ),
    ("source", "web, import or api."),
    (
        "sort",
        "name, reference, state, score or submitted; with - from the end.",
    ),
    ("after", "The `next` of the page before."),
];

/// The operations of this file.
#[must_use]
pub fn routes() -> Routes {
    let all = "/api/v1/cohorts/{cohort}/applications";
    let one = "/api/v1/applications/{application}";
    let read = Operation::read;
    Routes::new()
        .api(
            Method::Get,
            all,
            STAFF,
            applications,
            read(
                "listApplications",
                "Applications of a cohort, with the filters of its page.",
                "ApplicationInList[]",
            )
            .asking(FILTERS),
        )
        .api(
            Method::Get,
            one,
            STAFF,
            application,
            read("getApplication", "One application whole.", "Application"),
        )
        .and(note_routes())
        .and(file_routes())
}

fn file_routes() -> Routes {
    let read = Operation::read;
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/applications.csv",
            STAFF,
            csv,
            read("exportApplicationsCsv", "The list as CSV.", "text/csv").asking(FILTERS),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/applications.xlsx",
            STAFF,
            xlsx,
            read(
                "exportApplicationsXlsx",
                "The list as a spreadsheet.",
                exports::XLSX,
            )
            .asking(FILTERS),
        )
        .api_free(
            Method::Get,
            "/api/v1/applications/{application}/document",
            STAFF,
            document,
            read(
                "getApplicationDocument",
                "The applicant's document.",
                "application/pdf",
            ),
        )
        .api(
            Method::Get,
            "/api/v1/applications/{application}/letters",
            STAFF,
            letters,
            read(
                "listLettersAboutApplication",
                "Letters about the application and its offers, the newest first.",
                "LetterSent[]",
            ),
        )
}

fn note_routes() -> Routes {
    let notes = "/api/v1/applications/{application}/notes";
    let review = "/api/v1/applications/{application}/review";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            notes,
            STAFF,
            list_notes,
            read("listNotes", "The staff's notes, newest first.", "Note[]"),
        )
        .api(
            Method::Post,
            notes,
            STAFF,
            add_note,
            write("addNote", "Adds a note.", Some("NewNote"), (201, "Note")),
        )
        .api(
            Method::Post,
            review,
            STAFF,
            start_review,
            write(
                "startReview",
                "Sends a submitted application to review.",
                None,
                (200, "Application"),
            ),
        )
}

fn staff(cx: &mut Cx<'_, '_>) -> Result<ApplicationStaff> {
    let id: ApplicationId = cx.request().param("application")?;
    access::application_staff(cx.conn, id)
}

fn applications(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cx.visit.request.param("cohort")?)?;
    let query = &cx.visit.request.query;
    let filter = Filter::read(|name| query.get(name));
    let after = Cursor::from_query(query);
    let page = queries::page(cx.conn, &staff, &filter, after.as_ref(), PAGE)?;
    list(page, ApplicationInList::from)
}

fn application(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let record = desk_record::record(cx.conn, &staff)?;
    Reply::json(200, &Application::from(record))
}

fn letters(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = desk_record::letters(cx.conn, &staff)?;
    list(Page { rows, next: None }, |it: desk_record::Sent| {
        LetterSent {
            id: it.id.0,
            subject: it.subject,
            state: it.state,
            created_at: it.created_at,
        }
    })
}

fn list_notes(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = queries::notes(cx.conn, &staff)?;
    list(Page { rows, next: None }, Note::from)
}

fn add_note(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: NewNote = cx.json()?;
    let author = cx.visit.visitor.as_ref().map(|it| it.name.clone());
    let id = actions::add_note(cx.conn, &staff, &author.unwrap_or_default(), &new.body)?;
    let note = queries::notes(cx.conn, &staff)?
        .into_iter()
        .find(|note| note.id == id)
        .ok_or(crate::error::Error::NotFound)?;
    Reply::json(201, &Note::from(note))
}

fn start_review(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    actions::start_review(cx.conn, &staff)?;
    let record = desk_record::record(cx.conn, &staff)?;
    Reply::json(200, &Application::from(record))
}
