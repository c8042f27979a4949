//! One's own application over the API: begin, fill in, put the document in, submit. The fields are
//! judged by what judges the form's pages.

use std::io::{Cursor, Write as _};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, OwnApplication};
use crate::error::{Error, FieldError, Result};
use crate::files::queries::NewFile;
use crate::files::rules::{MAX_DOCUMENT, judge_pdf};
use crate::ids::{ApplicationId, OrganisationId};
use crate::lang::{Lang, Say as _};
use crate::web::api::{given, no_choice};
use crate::web::{Body, Cx, Method, Operation, Pairs, Reply, Routes};

use super::Route;
use super::form_actions::{self as actions, Desk};
use super::form_pages::{Read, listed, typed};
use super::rules::Event;
use super::rules::form::SectionKey;

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

/// What changes in one's own application: what is absent stays, null empties.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct ApplicationChange {
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    family_name: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    given_names: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    western_name: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    name_zh: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    /// `university_student`, `in_service_nominee`, `recent_graduate` or open.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    route: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    university: Option<Option<Uuid>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    employer: Option<Option<Uuid>>,
    /// The employer's name, when it is not on the list.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    employer_name: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    job_title: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    field_of_study: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<i32>)]
    graduation_year: Option<Option<i32>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    statement: Option<Option<String>>,
    declares_true: Option<bool>,
    declares_eligible: Option<bool>,
    declares_available: Option<bool>,
    /// The version in force, as accepted.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    accepted_pics: Option<Option<String>>,
}

/// Fields of a form by name: to be set, or emptied.
type Fields = Vec<(&'static str, Option<String>)>;

impl ApplicationChange {
    /// What changes, by section.
    fn sections(self) -> Vec<(SectionKey, Fields)> {
        fn text(name: &'static str, to: &mut Fields, value: Option<Option<String>>) {
            to.extend(value.map(|value| (name, value)));
        }
        let tick = |yes: bool| yes.then(|| "yes".to_owned());
        let (mut person, mut route, mut background) = (Vec::new(), Vec::new(), Vec::new());
        let (mut statement, mut declarations) = (Vec::new(), Vec::new());
        text("family_name", &mut person, self.family_name);
        text("given_names", &mut person, self.given_names);
        text("western_name", &mut person, self.western_name);
        text("name_zh", &mut person, self.name_zh);
        text("phone", &mut person, self.phone);
        text("route", &mut route, self.route);
        let id = |it: Option<Option<Uuid>>| it.map(|id| id.map(|id| id.to_string()));
        text("university", &mut background, id(self.university));
        text("employer", &mut background, id(self.employer));
        text("employer_name", &mut background, self.employer_name);
        text("job_title", &mut background, self.job_title);
        text("field_of_study", &mut background, self.field_of_study);
        let year = self.graduation_year;
        let year = year.map(|year| year.map(|year| year.to_string()));
        text("graduation_year", &mut background, year);
        text("statement", &mut statement, self.statement);
        text(
            "declares_true",
            &mut declarations,
            self.declares_true.map(tick),
        );
        text(
            "declares_eligible",
            &mut declarations,
            self.declares_eligible.map(tick),
        );
        text(
            "declares_available",
            &mut declarations,
            self.declares_available.map(tick),
        );
        if let Some(accepted) = self.accepted_pics {
            declarations.push(("accepted_pics", tick(accepted.is_some())));
            declarations.push(("pics_version", accepted));
        }
        [
            (SectionKey::Person, person),
            (SectionKey::Route, route),
            (SectionKey::Background, background),
            (SectionKey::Statement, statement),
            (SectionKey::Declarations, declarations),
        ]
        .into_iter()
        .filter(|(_, fields)| !fields.is_empty())
        .collect()
    }
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
    let document = "/api/v1/me/applications/{application}/document";
    let submit_at = "/api/v1/me/applications/{application}/submit";
    let write = Operation::write;
    Routes::new()
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

/// The section's fields as they stand, with those given in their place.
fn merged(desk: &Desk, key: SectionKey, given: &Fields) -> Pairs {
    let now = typed(&desk.mine, key, &desk.pics);
    let mut pairs: Vec<(String, String)> = now
        .iter()
        .filter(|(name, _)| !given.iter().any(|(other, _)| other == name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if pairs.iter().any(|(name, _)| name == "accepted_pics") {
        // It stands there only when it is the version in force.
        pairs.push(("pics_version".to_owned(), desk.pics.version.clone()));
    }
    let set = |(name, value): &(&str, Option<String>)| {
        value
            .as_ref()
            .map(|value| ((*name).to_owned(), value.clone()))
    };
    pairs.extend(given.iter().filter_map(set));
    Pairs::new(pairs)
}

/// Words of lists are judged here: a form offers nothing else, so its reading passes over them.
fn check_choices(pairs: &Pairs, known: &[OrganisationId], desk: &Desk) -> Result<()> {
    let route = pairs.typed("route");
    if !route.is_empty() && Route::parse(route).is_none() {
        return Err(no_choice("route"));
    }
    for field in ["university", "employer"] {
        let typed = pairs.typed(field);
        let listed = typed.parse().is_ok_and(|id| known.contains(&id));
        if !typed.is_empty() && !listed {
            return Err(no_choice(field));
        }
    }
    let pics = pairs.typed("pics_version");
    if !pics.is_empty() && pics != desk.pics.version {
        return Err(Error::field("accepted_pics", "outdated", |lang| {
            lang.pics_changed().to_owned()
        }));
    }
    Ok(())
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
    let desk = actions::open(cx.conn, &own)?;
    desk.may(Event::Edit)?;
    cx.if_match(desk.mine.version)?;
    let request = &cx.visit.request;
    let bytes = match &request.body {
        Body::Other(media, bytes) if media == "application/pdf" => bytes,
        Body::Empty => return Err(Error::BadRequest("a PDF is wanted in the body".to_owned())),
        Body::Other(..) | Body::Json(_) | Body::Form(..) => return Err(Error::UnsupportedMedia),
    };
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    judge_pdf(Cursor::new(bytes), size)?;
    let path = cx
        .site
        .files
        .incoming()?
        .join(Uuid::now_v7().simple().to_string());
    let taken = std::fs::File::create_new(&path)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(Error::from)
        .and_then(|()| cx.site.files.take(&path));
    // Taken or not, nothing waits any more.
    let _ = std::fs::remove_file(&path);
    let key = taken?;
    let sha256 = Sha256::digest(bytes).to_vec();
    let label = format!("{}.pdf", desk.mine.reference);
    let new = NewFile {
        owner: own.person(),
        programme: Some(own.programme()),
        storage_key: &key,
        label: &label,
        media_type: "application/pdf",
        size,
        sha256: &sha256,
    };
    if let Err(error) = actions::put_document(cx.conn, &own, &new) {
        // No row names these bytes.
        let _ = cx.site.files.remove(&key);
        return Err(error);
    }
    shown(cx, &own, 200)
}

fn submit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    actions::submit(cx.conn, &own)?;
    shown(cx, &own, 200)
}
