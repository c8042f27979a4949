//! Competencies and references to frameworks over the API.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{ProgrammeStaff, STAFF};
use crate::error::Result;
use crate::ids::{CompetencyId, ReferenceId};
use crate::web::api::{Day, Given, as_named, given, list};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::super::lists_actions::{self as actions, NewCompetency, NewReference};
use super::super::pages::lists::{
    competency_values, read_competency, read_reference, reference_values, sought,
};
use super::super::pages::staff;
use super::super::queries::{self, Book};
use super::{FrameworkBasis, basis_text, rests};

/// A competency that modules build.
#[derive(Serialize, ToSchema)]
struct Competency {
    id: Uuid,
    code: String,
    name_en: String,
    name_zh: String,
    description_en: String,
    description_zh: String,
    /// The frameworks that it answers to.
    references: Vec<FrameworkBasis>,
    archived_at: Option<DateTime<Utc>>,
}

impl Competency {
    fn new(it: queries::Competency, book: &Book) -> Result<Self> {
        Ok(Self {
            references: it
                .basis()?
                .iter()
                .filter_map(|it| rests(it, book))
                .collect(),
            id: it.id.0,
            code: it.code,
            name_en: it.name_en,
            name_zh: it.name_zh,
            description_en: it.description_en,
            description_zh: it.description_zh,
            archived_at: it.archived_at,
        })
    }
}

/// A competency to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCompetency)]
struct CompetencyToAdd {
    #[schema(example = "C-9")]
    code: String,
    name_en: String,
    name_zh: String,
    description_en: Option<String>,
    description_zh: Option<String>,
    #[schema(example = json!([]))]
    references: Option<Vec<FrameworkBasis>>,
}

/// What changes about a competency; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompetencyChange {
    #[schema(example = "C-8")]
    code: Option<String>,
    name_en: Option<String>,
    name_zh: Option<String>,
    description_en: Option<String>,
    description_zh: Option<String>,
    #[schema(example = json!([]))]
    references: Option<Vec<FrameworkBasis>>,
}

/// A reference to a framework, standard or circular.
#[derive(Serialize, ToSchema)]
struct FrameworkReference {
    id: Uuid,
    framework: String,
    edition: String,
    code: String,
    title_en: String,
    title_zh: String,
    url: Option<String>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    /// What has taken its place.
    superseded_by: Option<Uuid>,
    archived_at: Option<DateTime<Utc>>,
}

impl From<queries::Reference> for FrameworkReference {
    fn from(it: queries::Reference) -> Self {
        Self {
            id: it.id.0,
            framework: it.framework,
            edition: it.edition,
            code: it.code,
            title_en: it.title_en,
            title_zh: it.title_zh,
            url: it.url,
            valid_from: it.valid_from,
            valid_to: it.valid_to,
            superseded_by: it.superseded_by.map(|it| it.0),
            archived_at: it.archived_at,
        }
    }
}

/// What a reference says; for a new one framework, code and titles are wanted, in a change what is
/// absent stays and null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"framework": "Frame", "code": "F-9", "title_en": "Title", "title_zh": "標題", "valid_from": "2026-01-01"}))]
struct ReferenceContent {
    framework: Option<String>,
    edition: Option<String>,
    code: Option<String>,
    title_en: Option<String>,
    title_zh: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    url: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    valid_from: Option<Option<Day>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    valid_to: Option<Option<Day>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Uuid)]
    superseded_by: Option<Option<Uuid>>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Competency>()
        .schema_from::<CompetencyToAdd>()
        .schema_from::<CompetencyChange>()
        .schema_from::<FrameworkReference>()
        .schema_from::<ReferenceContent>()
}

const LIST: &[(&str, &str)] = &[
    ("q", "Part of a code or name."),
    (
        "show",
        "archived: those that are archived instead of those in use.",
    ),
    ("after", "The `next` of the page before."),
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let all = "/api/v1/programmes/{programme}/competencies";
    let one = "/api/v1/programmes/{programme}/competencies/{competency}";
    let archive_at = "/api/v1/programmes/{programme}/competencies/{competency}/archive";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, all, STAFF, competencies,
            read("listCompetencies", "Competencies, by code.", "Competency[]").asking(LIST))
        .api(Method::Post, all, STAFF, add_competency,
            write("addCompetency", "Adds a competency.", Some("NewCompetency"), (201, "Competency")).versioned())
        .api(Method::Get, one, STAFF, show_competency,
            read("getCompetency", "One competency.", "Competency").versioned())
        .api(Method::Patch, one, STAFF, change_competency,
            write("changeCompetency", "Changes a competency.", Some("CompetencyChange"), (200, "Competency")).versioned())
        .api(Method::Post, archive_at, STAFF, archive_competency,
            write("archiveCompetency", "Archives a competency: no new draft may name it.", None, (200, "Competency")).versioned())
        .and(reference_routes())
}

#[rustfmt::skip]
fn reference_routes() -> Routes {
    let all = "/api/v1/programmes/{programme}/references";
    let one = "/api/v1/programmes/{programme}/references/{reference}";
    let archive_at = "/api/v1/programmes/{programme}/references/{reference}/archive";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, all, STAFF, references,
            read("listReferences", "References to frameworks, by code.", "FrameworkReference[]").asking(LIST))
        .api(Method::Post, all, STAFF, add_reference,
            write("addReference", "Adds a reference.", Some("ReferenceContent"), (201, "FrameworkReference")).versioned())
        .api(Method::Get, one, STAFF, show_reference,
            read("getReference", "One reference.", "FrameworkReference").versioned())
        .api(Method::Patch, one, STAFF, change_reference,
            write("changeReference", "Changes a reference.", Some("ReferenceContent"), (200, "FrameworkReference")).versioned())
        .api(Method::Post, archive_at, STAFF, archive_reference,
            write("archiveReference", "Archives a reference: no new draft may name it.", None, (200, "FrameworkReference")).versioned())
}

fn cursor(code: &str) -> Cursor {
    Cursor {
        key: code.to_owned(),
        id: Uuid::nil(),
    }
}

fn competencies(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let sought = sought(&cx.visit.request.query, PAGE + 1);
    let rows = queries::competencies(cx.conn, &staff, &sought)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let page = Page::cut(rows, PAGE, |it| cursor(&it.code));
    let rows: Result<Vec<Competency>> = page
        .rows
        .into_iter()
        .map(|it| Competency::new(it, &book))
        .collect();
    list(
        Page {
            rows: rows?,
            next: page.next,
        },
        |it| it,
    )
}

fn competency_answer(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    id: CompetencyId,
    status: u16,
) -> Result<Reply> {
    let row = queries::competency(cx.conn, staff, id)?;
    let version = row.version;
    let book = queries::book(cx.conn, staff.programme())?;
    Ok(Reply::json(status, &Competency::new(row, &book)?)?.with_version(version))
}

fn judged_competency(pairs: &Pairs, book: &Book) -> Result<NewCompetency> {
    let mut form = Form::new(pairs);
    let new = read_competency(&mut form, book);
    form.done()
        .map_err(|err| as_named(err, |field| (field == "basis").then_some("references")))?;
    Ok(new)
}

fn add_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: CompetencyToAdd = cx.json()?;
    let pairs = Given::new()
        .set("code", Some(new.code))
        .set("name_en", Some(new.name_en))
        .set("name_zh", Some(new.name_zh))
        .set("description_en", new.description_en)
        .set("description_zh", new.description_zh)
        .set("basis", new.references.as_deref().map(basis_text))
        .alone();
    let book = queries::book(cx.conn, staff.programme())?;
    let new = judged_competency(&pairs, &book)?;
    let id = actions::add_competency(cx.conn, &staff, &new)?;
    let place = format!("/api/v1/programmes/{}/competencies/{id}", staff.programme());
    Ok(competency_answer(cx, &staff, id, 201)?.with("location", place))
}

fn show_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("competency")?;
    competency_answer(cx, &staff, id, 200)
}

fn change_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("competency")?;
    let row = queries::competency(cx.conn, &staff, id)?;
    cx.if_match(row.version)?;
    let change: CompetencyChange = cx.json()?;
    let book = queries::book(cx.conn, staff.programme())?;
    let pairs = Given::new()
        .set("code", change.code)
        .set("name_en", change.name_en)
        .set("name_zh", change.name_zh)
        .set("description_en", change.description_en)
        .set("description_zh", change.description_zh)
        .set("basis", change.references.as_deref().map(basis_text))
        .over(&competency_values(&row, &book)?);
    let new = judged_competency(&pairs, &book)?;
    actions::change_competency(cx.conn, &staff, id, row.version, &new)?;
    competency_answer(cx, &staff, id, 200)
}

fn archive_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("competency")?;
    actions::archive_competency(cx.conn, &staff, id)?;
    competency_answer(cx, &staff, id, 200)
}

fn references(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let sought = sought(&cx.visit.request.query, PAGE + 1);
    let rows = queries::references(cx.conn, &staff, &sought)?;
    let page = Page::cut(rows, PAGE, |it| cursor(&it.code));
    list(page, FrameworkReference::from)
}

fn reference_answer(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    id: ReferenceId,
    status: u16,
) -> Result<Reply> {
    let row = queries::reference(cx.conn, staff, id)?;
    let version = row.version;
    Ok(Reply::json(status, &FrameworkReference::from(row))?.with_version(version))
}

fn judged_reference(content: ReferenceContent, base: &Pairs) -> Result<NewReference> {
    let pairs = Given::new()
        .set("framework", content.framework)
        .set("edition", content.edition)
        .set("code", content.code)
        .set("title_en", content.title_en)
        .set("title_zh", content.title_zh)
        .set_or_empty("url", content.url)
        .set_or_empty("valid_from", content.valid_from)
        .set_or_empty("valid_to", content.valid_to)
        .set_or_empty("superseded_by", content.superseded_by)
        .over(base);
    let mut form = Form::new(&pairs);
    let new = read_reference(&mut form, &pairs);
    form.done()?;
    Ok(new)
}

fn add_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new = judged_reference(cx.json()?, Pairs::none())?;
    let id = actions::add_reference(cx.conn, &staff, &new)?;
    let place = format!("/api/v1/programmes/{}/references/{id}", staff.programme());
    Ok(reference_answer(cx, &staff, id, 201)?.with("location", place))
}

fn show_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("reference")?;
    reference_answer(cx, &staff, id, 200)
}

fn change_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("reference")?;
    let row = queries::reference(cx.conn, &staff, id)?;
    cx.if_match(row.version)?;
    let new = judged_reference(cx.json()?, &reference_values(&row))?;
    actions::change_reference(cx.conn, &staff, id, row.version, &new)?;
    reference_answer(cx, &staff, id, 200)
}

fn archive_reference(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let id = cx.request().param("reference")?;
    actions::archive_reference(cx.conn, &staff, id)?;
    reference_answer(cx, &staff, id, 200)
}
