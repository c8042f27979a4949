//! Breaks and deferrals over the API: deferral and return of an enrolment too.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, CohortStaff, OwnEnrolment, STAFF};
use crate::error::Result;
use crate::ids::{BreakId, CandidateId};
use crate::web::api::{Day, Given, Instant, list};
use crate::web::exports::XLSX;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::super::actions;
use super::super::pages::own::read as asked;
use super::super::pages::pauses::{file, read as answered};
use super::super::queries::{self, Pause};
use super::super::rules::breaks::BreakState;

/// A break in learning, or a deferral.
#[derive(Serialize, ToSchema)]
struct LearningBreak {
    id: Uuid,
    enrolment: Uuid,
    name: String,
    trainee_number: String,
    /// break or deferral.
    kind: String,
    #[schema(format = Date)]
    starts_on: NaiveDate,
    /// The last day as planned; once over, as it was.
    #[schema(format = Date)]
    ends_on: NaiveDate,
    reason: String,
    /// asked, withdrawn, granted, refused or ended.
    state: String,
    answer: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<Pause> for LearningBreak {
    fn from(it: Pause) -> Self {
        Self {
            id: it.id.0,
            enrolment: it.enrolment_id.0,
            name: it.name_shown,
            trainee_number: it.trainee_number,
            kind: it.kind,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            reason: it.reason,
            state: it.state,
            answer: it.answer,
            created_at: it.created_at,
        }
    }
}

/// A break to ask for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLearningBreak {
    /// break (the seat stays) or deferral (it goes back).
    #[schema(example = "break")]
    kind: String,
    #[schema(value_type = String, format = Date, example = "2027-03-01")]
    starts_on: Day,
    #[schema(value_type = String, format = Date, example = "2027-03-31")]
    ends_on: Day,
    #[schema(min_length = 1, max_length = 1000)]
    reason: String,
}

/// The answer to a request; the trainee reads it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BreakAnswer {
    #[schema(example = true)]
    grant: bool,
    #[schema(min_length = 1, max_length = 500)]
    answer: String,
}

/// A return.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BreakReturn {
    /// The first day on which the trainee takes part again.
    #[schema(value_type = String, format = Date, example = "2027-04-01")]
    on: Day,
}

/// A later due time that a break asks for.
#[derive(Serialize, ToSchema)]
struct ProposedExtension {
    /// The trainee’s part in the assessment.
    candidate: Uuid,
    assessment: Uuid,
    module_code: String,
    title_en: String,
    title_zh: String,
    due_at: DateTime<Utc>,
    until_at: DateTime<Utc>,
}

impl From<actions::Proposed> for ProposedExtension {
    fn from(it: actions::Proposed) -> Self {
        Self {
            candidate: it.missed.candidate_id.0,
            assessment: it.missed.assessment_id.0,
            module_code: it.missed.module_code,
            title_en: it.missed.title_en,
            title_zh: it.missed.title_zh,
            due_at: it.missed.due_at,
            until_at: it.until,
        }
    }
}

/// One of those that are proposed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SeenExtension {
    candidate: Uuid,
    #[schema(value_type = String, format = DateTime, example = "2027-04-12T10:00:00Z")]
    until_at: Instant,
}

/// All later due times that are proposed, in their order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GrantedExtensions {
    extensions: Vec<SeenExtension>,
    /// What the office says with them.
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
}

/// How many due times are later.
#[derive(Serialize, ToSchema)]
struct MovedDueTimes {
    extensions: usize,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<LearningBreak>()
        .schema_from::<NewLearningBreak>()
        .schema_from::<BreakAnswer>()
        .schema_from::<BreakReturn>()
        .schema_from::<ProposedExtension>()
        .schema_from::<SeenExtension>()
        .schema_from::<GrantedExtensions>()
        .schema_from::<MovedDueTimes>()
}

const LIST: &[(&str, &str)] = &[
    ("state", "Only requests in this state."),
    ("after", "The `next` of the page before."),
];

/// The operations of this file.
pub(super) fn routes() -> Routes {
    office()
        .and(entered_routes())
        .and(export_routes())
        .and(own_routes())
}

fn office() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/breaks",
            STAFF,
            all,
            read(
                "listBreaks",
                "Breaks and deferrals of a cohort.",
                "LearningBreak[]",
            )
            .asking(LIST),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/breaks/{break}",
            STAFF,
            one,
            read("getBreak", "One request.", "LearningBreak").versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/breaks/{break}/decide",
            STAFF,
            decide,
            write(
                "decideBreak",
                "Grants or refuses a request; a deferral gives the seat back.",
                Some("BreakAnswer"),
                (200, "LearningBreak"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/breaks/{break}/return",
            STAFF,
            come_back,
            write(
                "returnFromBreak",
                "The trainee takes part again; who was deferred takes a free seat.",
                Some("BreakReturn"),
                (200, "LearningBreak"),
            )
            .versioned(),
        )
}

fn entered_routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/enrolments/{enrolment}/breaks",
            STAFF,
            enter,
            write(
                "enterBreak",
                "Enters a break or a deferral for a trainee, granted at once, and tells them.",
                Some("NewLearningBreak"),
                (201, "LearningBreak"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/breaks/{break}/extensions",
            STAFF,
            extensions,
            read(
                "listBreakExtensions",
                "Later due times that a break asks for once it is over.",
                "ProposedExtension[]",
            ),
        )
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/breaks/{break}/extensions",
            STAFF,
            extend,
            write(
                "grantBreakExtensions",
                "Grants all of them and tells the trainee of each.",
                Some("GrantedExtensions"),
                (200, "MovedDueTimes"),
            ),
        )
}

fn export_routes() -> Routes {
    let read = Operation::read;
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/breaks.csv",
            STAFF,
            file,
            read("exportBreaksCsv", "The list as CSV.", "text/csv").asking(LIST),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/breaks.xlsx",
            STAFF,
            file,
            read("exportBreaksXlsx", "The list as a spreadsheet.", XLSX).asking(LIST),
        )
}

fn own_routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/me/enrolments/{enrolment}/breaks",
            APPLICANT,
            own_all,
            read(
                "listOwnBreaks",
                "One's own breaks and deferrals.",
                "LearningBreak[]",
            ),
        )
        .api(
            Method::Post,
            "/api/v1/me/enrolments/{enrolment}/breaks",
            APPLICANT,
            ask,
            write(
                "askForBreak",
                "Asks for a break or a deferral.",
                Some("NewLearningBreak"),
                (201, "LearningBreak"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            "/api/v1/me/enrolments/{enrolment}/breaks/{break}/withdraw",
            APPLICANT,
            withdraw,
            write(
                "withdrawBreak",
                "Takes a request back.",
                None,
                (200, "LearningBreak"),
            )
            .versioned(),
        )
}

fn staff(cx: &mut Cx<'_, '_>) -> Result<CohortStaff> {
    access::cohort_staff(cx.conn, cx.request().param("cohort")?)
}

fn whole(it: Pause, status: u16) -> Result<Reply> {
    let version = it.version;
    Ok(Reply::json(status, &LearningBreak::from(it))?.with_version(version))
}

fn all(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let state = query.get("state").and_then(BreakState::parse);
    let after = Cursor::from_query(query);
    let page = queries::pauses(cx.conn, &staff, (state, after.as_ref()), PAGE)?;
    list(page, LearningBreak::from)
}

fn pause(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Pause)> {
    let staff = staff(cx)?;
    let id: BreakId = cx.request().param("break")?;
    let it = queries::pause(cx.conn, &staff, id)?;
    Ok((staff, it))
}

fn one(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = pause(cx)?;
    whole(it, 200)
}

/// The version of the request that the client saw, or the one that stands where it names none.
fn seen(cx: &Cx<'_, '_>, it: &Pause) -> Result<i32> {
    if cx.request().header("if-match").is_some() {
        cx.if_match(it.version)?;
    }
    Ok(it.version)
}

fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = pause(cx)?;
    let seen = seen(cx, &it)?;
    let said: BreakAnswer = cx.json()?;
    let decision = if said.grant { "grant" } else { "refuse" };
    let pairs = Given::new()
        .set("decision", Some(decision))
        .set("answer", Some(said.answer))
        .alone();
    let mut form = Form::new(&pairs);
    let (grant, answer) = answered(&mut form);
    form.done()?;
    actions::decide(cx.conn, &staff, (it.id, seen), grant, &answer)?;
    let it = queries::pause(cx.conn, &staff, it.id)?;
    whole(it, 200)
}

fn come_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = pause(cx)?;
    let seen = seen(cx, &it)?;
    let said: BreakReturn = cx.json()?;
    actions::come_back(cx.conn, &staff, (it.id, seen), said.on.0)?;
    let it = queries::pause(cx.conn, &staff, it.id)?;
    whole(it, 200)
}

fn own(cx: &mut Cx<'_, '_>) -> Result<OwnEnrolment> {
    access::own_enrolment(cx.conn, cx.request().param("enrolment")?)
}

fn own_all(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let rows = queries::pauses_own(cx.conn, &own)?;
    list(Page { rows, next: None }, LearningBreak::from)
}

fn wanted(cx: &Cx<'_, '_>) -> Result<actions::Asked> {
    let new: NewLearningBreak = cx.json()?;
    let pairs = Given::new()
        .set("kind", Some(new.kind))
        .set("starts_on", Some(new.starts_on))
        .set("ends_on", Some(new.ends_on))
        .set("reason", Some(new.reason))
        .alone();
    let mut form = Form::new(&pairs);
    let wanted = asked(&mut form);
    form.done()?;
    Ok(wanted)
}

fn enter(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let enrolment = cx.request().param("enrolment")?;
    let id = actions::enter(cx.conn, &staff, enrolment, &wanted(cx)?)?;
    let it = queries::pause(cx.conn, &staff, id)?;
    whole(it, 201)
}

fn extensions(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = pause(cx)?;
    let rows = actions::proposed(cx.conn, &staff, &it)?;
    list(Page { rows, next: None }, ProposedExtension::from)
}

fn extend(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = pause(cx)?;
    let said: GrantedExtensions = cx.json()?;
    let pairs = Given::new().set("note", Some(said.note)).alone();
    let mut form = Form::new(&pairs);
    let note = form.optional("note", 1_000).unwrap_or_default();
    form.done()?;
    let seen: Vec<_> = said
        .extensions
        .into_iter()
        .map(|it| (CandidateId(it.candidate), it.until_at.0))
        .collect();
    let extensions = actions::move_due(cx.conn, &staff, it.id, &seen, &note)?;
    Reply::json(200, &MovedDueTimes { extensions })
}

fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let wanted = wanted(cx)?;
    let id = actions::ask(cx.conn, &own, &wanted)?;
    let it = queries::pause_own(cx.conn, &own, id)?;
    whole(it, 201)
}

fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let id: BreakId = cx.request().param("break")?;
    actions::withdraw(cx.conn, &own, id)?;
    let it = queries::pause_own(cx.conn, &own, id)?;
    whole(it, 200)
}
