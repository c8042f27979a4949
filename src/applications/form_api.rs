//! One's own application over the API: begin, fill in, put the document in, submit. The fields are
//! judged by what judges the form's pages.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, OwnApplication};
use crate::error::{Error, FieldError, Result};
use crate::files::rules::MAX_DOCUMENT;
use crate::ids::ApplicationId;
use crate::lang::{Lang, Say as _};
use crate::web::{Body, Cx, Method, Operation, Reply, Routes, Upload};

use super::form_actions::{self as actions, Desk};
use super::form_pages::{Read, download, listed};
use super::rules::Event;

mod change;

use change::{ApplicationChange, check_choices, merged};

/// A field that keeps a section from being complete.
#[derive(Serialize, ToSchema)]
struct SectionProblem {
    field: String,
    code: String,
    detail: String,
}

/// A section of the form and how far it is.
#[derive(Serialize, ToSchema)]
struct ApplicationSection {
    /// person, route, background, statement, document or declarations.
    section: String,
    /// `not_started`, `in_progress` or complete.
    status: String,
    problems: Vec<SectionProblem>,
}

/// One's own application.
#[derive(Serialize, ToSchema)]
struct OwnApplicationForm {
    id: Uuid,
    cohort: Uuid,
    reference: String,
    state: String,
    family_name: Option<String>,
    given_names: Option<String>,
    western_name: Option<String>,
    name_zh: Option<String>,
    display_name: String,
    email: String,
    phone: Option<String>,
    route: Option<String>,
    university: Option<Uuid>,
    employer: Option<Uuid>,
    employer_name: Option<String>,
    job_title: Option<String>,
    field_of_study: Option<String>,
    graduation_year: Option<i32>,
    statement: Option<String>,
    document: Option<String>,
    declares_true: bool,
    declares_eligible: bool,
    declares_available: bool,
    /// Version of the statement on personal data that was accepted.
    accepted_pics: Option<String>,
    /// Version in force: accept this one.
    pics_in_force: String,
    submitted_at: Option<DateTime<Utc>>,
    /// May it be changed now?
    editable: bool,
    sections: Vec<ApplicationSection>,
}

impl OwnApplicationForm {
    fn new(desk: Desk, lang: Lang) -> Self {
        let sections = desk
            .sections()
            .into_iter()
            .map(|it| ApplicationSection {
                section: it.key.as_str().to_owned(),
                status: it.status.as_str().to_owned(),
                problems: it.problems.iter().map(|one| problem(one, lang)).collect(),
            })
            .collect();
        let editable = desk.may(Event::Edit).is_ok();
        let mine = desk.mine;
        let declares = |word: &str| mine.declarations.iter().any(|it| it == word);
        Self {
            id: mine.id.0,
            cohort: mine.cohort_id.0,
            declares_true: declares("true"),
            declares_eligible: declares("eligible"),
            declares_available: declares("available"),
            reference: mine.reference,
            state: mine.state,
            family_name: mine.family_name,
            given_names: mine.given_names,
            western_name: mine.western_name,
            name_zh: mine.name_zh,
            display_name: mine.display_name,
            email: mine.email,
            phone: mine.phone,
            route: mine.route,
            university: mine.university_id.map(|id| id.0),
            employer: mine.employer_id.map(|id| id.0),
            employer_name: mine.employer_name,
            job_title: mine.job_title,
            field_of_study: mine.field_of_study,
            graduation_year: mine.graduation_year,
            statement: mine.statement,
            document: mine.document_id.and(mine.document_label),
            accepted_pics: mine.pics_version,
            pics_in_force: desk.pics.version,
            submitted_at: mine.submitted_at,
            editable,
            sections,
        }
    }
}

fn problem(it: &FieldError, lang: Lang) -> SectionProblem {
    SectionProblem {
        field: it.field.clone(),
        code: it.code.to_owned(),
        detail: it.say(lang),
    }
}

/// An application to begin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApplication {
    /// Code of the call.
    call: String,
}

/// The schemas of this file.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<SectionProblem>()
        .schema_from::<ApplicationSection>()
        .schema_from::<OwnApplicationForm>()
        .schema_from::<NewApplication>()
        .schema_from::<ApplicationChange>()
}

/// The operations of this file.
#[must_use]
pub fn routes() -> Routes {
    let all = "/api/v1/me/applications";
    let one = "/api/v1/me/applications/{application}";
    let write = Operation::write;
    Routes::new()
        .api(
            Method::Post,
            all,
            APPLICANT,
            begin,
            write(
                "beginApplication",
                "Begins an application to a call, or finds the one begun before.",
                Some("NewApplication"),
                (201, "OwnApplicationForm"),
            )
            .versioned(),
        )
        .api(
            Method::Get,
            one,
            APPLICANT,
            show,
            Operation::read(
                "getOwnApplication",
                "One's own application with what is missing.",
                "OwnApplicationForm",
            )
            .versioned(),
        )
        .api(
            Method::Patch,
            one,
            APPLICANT,
            change,
            write(
                "changeOwnApplication",
                "Saves what is given.",
                Some("ApplicationChange"),
                (200, "OwnApplicationForm"),
            )
            .versioned(),
        )
        .and(finishing_routes())
}

fn finishing_routes() -> Routes {
    let submit_at = "/api/v1/me/applications/{application}/submit";
    let reopen_at = "/api/v1/me/applications/{application}/reopen";
    let write = Operation::write;
    Routes::new()
        .api(
            Method::Post,
            submit_at,
            APPLICANT,
            submit,
            write(
                "submitApplication",
                "Hands the application in.",
                None,
                (200, "OwnApplicationForm"),
            )
            .versioned(),
        )
        .api(
            Method::Post,
            reopen_at,
            APPLICANT,
            reopen,
            write(
                "reopenApplication",
                "Takes a withdrawn application up again, as a draft.",
                None,
                (200, "OwnApplicationForm"),
            )
            .versioned(),
        )
        .and(document_routes())
}

fn document_routes() -> Routes {
    let document = "/api/v1/me/applications/{application}/document";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(
            Method::Get,
            document,
            APPLICANT,
            download,
            read(
                "getDocument",
                "The document that was put in.",
                "application/pdf",
            ),
        )
        .api(
            Method::Delete,
            document,
            APPLICANT,
            remove_document,
            write(
                "removeDocument",
                "Takes the document away; what is handed in keeps one.",
                None,
                (200, "OwnApplicationForm"),
            )
            .versioned(),
        )
        .api(
            Method::Put,
            document,
            APPLICANT,
            put_document,
            write(
                "putDocument",
                "Puts the curriculum vitae in, as PDF.",
                Some("application/pdf"),
                (200, "OwnApplicationForm"),
            )
            .versioned(),
        )
        .limit(usize::try_from(MAX_DOCUMENT).unwrap_or(usize::MAX) + 1024)
}

fn own(cx: &mut Cx<'_, '_>) -> Result<OwnApplication> {
    let id: ApplicationId = cx.request().param("application")?;
    access::own_application(cx.conn, id)
}

fn shown(cx: &mut Cx<'_, '_>, own: &OwnApplication, status: u16) -> Result<Reply> {
    let desk = actions::open(cx.conn, own)?;
    let version = desk.mine.version;
    Ok(Reply::json(status, &OwnApplicationForm::new(desk, cx.lang()))?.with_version(version))
}

fn begin(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let new: NewApplication = cx.json()?;
    let me = access::own(cx.conn)?;
    let id = actions::begin(cx.conn, &me, &new.call)?;
    let own = access::own_application(cx.conn, id)?;
    Ok(shown(cx, &own, 201)?.with("location", format!("/api/v1/me/applications/{id}")))
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    shown(cx, &own, 200)
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let desk = actions::open(cx.conn, &own)?;
    let version = desk.mine.version;
    cx.if_match(version)?;
    let sections = cx.json::<ApplicationChange>()?.sections();
    let mut reads = Vec::with_capacity(sections.len());
    let mut first = None;
    for (key, fields) in &sections {
        let known = listed(cx.conn, *key)?;
        let pairs = merged(&desk, *key, fields);
        check_choices(&pairs, &known, &desk)?;
        reads.push(Read::of(&pairs, *key, &known)?);
        first = first.or(Some(*key));
    }
    if let Some(key) = first {
        actions::save(cx.conn, &own, version, key.as_str(), false, |mine, pics| {
            for read in reads {
                read.into(mine, pics);
            }
        })?;
    }
    shown(cx, &own, 200)
}

fn put_document(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    // Locked before it is compared: of two who saw the same version the second is told.
    let desk = actions::take(cx.conn, &own)?;
    cx.if_match(desk.mine.version)?;
    desk.may(Event::Edit)?;
    let request = &cx.visit.request;
    let bytes = match &request.body {
        Body::Other(media, bytes) if media == "application/pdf" => bytes,
        Body::Empty => return Err(Error::BadRequest("a PDF is wanted in the body".to_owned())),
        Body::Other(..) | Body::Json(_) | Body::Form(..) => return Err(Error::UnsupportedMedia),
    };
    let store = &cx.site.files;
    let sent = Upload::of(store, String::new(), bytes)?;
    sent.judge_pdf(MAX_DOCUMENT)?;
    let label = format!("{}.pdf", desk.mine.reference);
    let whose = (own.person(), Some(own.programme()));
    store.keeping(&[&sent], |keys| {
        let key = keys.first().ok_or(Error::NotFound)?;
        actions::put_document(cx.conn, &own, &sent.as_pdf(whose, key, &label))
    })?;
    shown(cx, &own, 200)
}

fn submit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    actions::submit(cx.conn, &own)?;
    shown(cx, &own, 200)
}

fn remove_document(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let version = actions::take(cx.conn, &own)?.mine.version;
    cx.if_match(version)?;
    actions::remove_document(cx.conn, &own)?;
    shown(cx, &own, 200)
}

fn reopen(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    actions::reopen(cx.conn, &own)?;
    shown(cx, &own, 200)
}
