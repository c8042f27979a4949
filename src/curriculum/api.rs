//! The curriculum over the API: what is published for everybody; modules and their drafts for staff.
//! Lists and exemptions are in `lists` and `exemptions`. A document is judged by what judges the form
//! of its page.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{Access, ProgrammeStaff, STAFF};
use crate::db::now;
use crate::error::{Error, Result};
use crate::ids::ModuleId;
use crate::lang::format::hk_date;
use crate::web::api::{Day, as_named, given, list};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::actions;
use super::pages::forms::{read, read_code, values};
use super::pages::list::wanted;
use super::pages::{module, staff};
use super::queries::{self, Book, Line, Version};
use super::rules::{self, Assessment, Basis, Content, CurriculumRefusal};

mod document;
mod exemptions;
mod lists;
use document::{basis_text, fields, named};

/// A text in both languages.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BothLanguages {
    en: String,
    zh: String,
}

/// A part of the assessment plan.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssessmentPart {
    /// case, exercise, quiz, exam, report, reflection, `role_play`, oral, artefact, panel or rating.
    kind: String,
    title_en: String,
    title_zh: String,
    /// In per cent; all parts make 100.
    weight: i32,
    /// Must it be passed for itself?
    must_pass: bool,
}

/// A competency with the level reached.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CompetencyClaim {
    /// The competency's code.
    code: String,
    /// 1 aware, 2 assisted, 3 independent, 4 leads.
    level: i32,
}

/// A framework on which a module rests.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FrameworkBasis {
    /// The reference's code.
    code: String,
    /// Levels of that framework, such as 3–4; may be empty.
    levels: String,
}

/// A version of a module. Hours are whole hours.
#[derive(Serialize, ToSchema)]
struct ModuleVersion {
    module: Uuid,
    code: String,
    number: i32,
    /// draft, published or replaced.
    state: String,
    name_en: String,
    name_zh: String,
    summary_en: String,
    summary_zh: String,
    outcomes: Vec<BothLanguages>,
    contact_hours: i32,
    self_study_hours: i32,
    assessment_hours: i32,
    /// All hours together.
    notional_hours: i32,
    /// Ten notional hours are one credit; here in tenths.
    credit_tenths: i32,
    /// For planning: no level of the Qualifications Framework.
    indicative_level: i32,
    qr_registration: Option<String>,
    qr_valid_from: Option<NaiveDate>,
    qr_valid_to: Option<NaiveDate>,
    /// May it be called a module of that QF level, with QF credits, today?
    may_name_qf_level: bool,
    /// regulation, data, `cross_boundary`, talent or ethics.
    themes: Vec<String>,
    assessments: Vec<AssessmentPart>,
    /// Codes: every group must hold, any one module of a group does.
    prerequisites: Vec<Vec<String>>,
    competencies: Vec<CompetencyClaim>,
    references: Vec<FrameworkBasis>,
    effective_from: Option<NaiveDate>,
    published_at: Option<DateTime<Utc>>,
    /// Of a draft: which state of it this is.
    version: i32,
}

/// What a draft says; what is absent stays as it is.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"summary_en": "What it is about.", "contact_hours": 25}))]
struct ModuleContent {
    name_en: Option<String>,
    name_zh: Option<String>,
    summary_en: Option<String>,
    summary_zh: Option<String>,
    outcomes: Option<Vec<BothLanguages>>,
    contact_hours: Option<i32>,
    self_study_hours: Option<i32>,
    assessment_hours: Option<i32>,
    indicative_level: Option<i32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    qr_registration: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    qr_valid_from: Option<Option<Day>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    qr_valid_to: Option<Option<Day>>,
    themes: Option<Vec<String>>,
    assessments: Option<Vec<AssessmentPart>>,
    prerequisites: Option<Vec<Vec<String>>>,
    competencies: Option<Vec<CompetencyClaim>>,
    references: Option<Vec<FrameworkBasis>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Date)]
    effective_from: Option<Option<Day>>,
}

/// A module to add, with the draft of its first version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "NEW101", "content": {"name_en": "New", "name_zh": "新單元", "indicative_level": 5}}))]
struct NewModule {
    code: String,
    content: ModuleContent,
}

/// Which state of a draft is meant: the `version` that was read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftSeen {
    version: i32,
}

/// A module in the list of staff.
#[derive(Serialize, ToSchema)]
struct ModuleLine {
    id: Uuid,
    code: String,
    name_en: String,
    name_zh: String,
    notional_hours: i32,
    indicative_level: i32,
    /// Number of the published version.
    published: Option<i32>,
    effective_from: Option<NaiveDate>,
    /// Number of the draft.
    draft: Option<i32>,
    /// Since when it is put away.
    archived_at: Option<DateTime<Utc>>,
}

/// The place among the modules in use, from 1.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ModulePlace {
    #[schema(example = 1)]
    place: i32,
}

/// A module with every version, the newest first.
#[derive(Serialize, ToSchema)]
struct ModuleWhole {
    id: Uuid,
    code: String,
    versions: Vec<ModuleVersion>,
}

impl From<Line> for ModuleLine {
    fn from(it: Line) -> Self {
        Self {
            id: it.id.0,
            notional_hours: it.notional(),
            code: it.code,
            name_en: it.name_en,
            name_zh: it.name_zh,
            indicative_level: it.indicative_level,
            published: it.published,
            effective_from: it.effective_from,
            draft: it.draft,
            archived_at: it.archived_at,
        }
    }
}

/// The schemas of the room.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<BothLanguages>()
        .schema_from::<AssessmentPart>()
        .schema_from::<CompetencyClaim>()
        .schema_from::<FrameworkBasis>()
        .schema_from::<ModuleVersion>()
        .schema_from::<ModuleContent>()
        .schema_from::<NewModule>()
        .schema_from::<DraftSeen>()
        .schema_from::<ModulePlace>()
        .schema_from::<ModuleLine>()
        .schema_from::<ModuleWhole>();
    exemptions::schemas(lists::schemas(to))
}

const LIST: &[(&str, &str)] = &[
    ("q", "Part of a code or name."),
    ("level", "Only this indicative level."),
    (
        "state",
        "published, draft for those with a draft, or archived for those put away.",
    ),
    (
        "sort",
        "place (the default), code, name, level or hours; with - from the end.",
    ),
    ("after", "The `next` of the page before."),
];

/// The operations of the room.
#[must_use]
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let all = "/api/v1/programmes/{programme}/modules";
    let one = "/api/v1/programmes/{programme}/modules/{module}";
    let draft_at = "/api/v1/programmes/{programme}/modules/{module}/draft";
    let publish_at = "/api/v1/programmes/{programme}/modules/{module}/draft/publish";
    let discard_at = "/api/v1/programmes/{programme}/modules/{module}/draft/discard";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, "/api/v1/curricula/{code}", Access::Public, curriculum,
            read("getCurriculum", "The published modules of the programme with this code, in order.", "ModuleVersion[]"))
        .api(Method::Get, all, STAFF, modules,
            read("listModules", "Modules of a programme.", "ModuleLine[]").asking(LIST))
        .api(Method::Post, all, STAFF, create,
            write("addModule", "Adds a module with the draft of its first version.", Some("NewModule"), (201, "ModuleVersion")).versioned())
        .api(Method::Get, one, STAFF, whole,
            read("getModule", "A module with all its versions.", "ModuleWhole"))
        .api(Method::Get, draft_at, STAFF, show_draft,
            read("getModuleDraft", "The draft of a module’s next version.", "ModuleVersion").versioned())
        .api(Method::Post, draft_at, STAFF, begin,
            write("beginModuleDraft", "Begins a draft from the newest version.", Some("ModuleContent"), (201, "ModuleVersion")).versioned())
        .api(Method::Patch, draft_at, STAFF, change,
            write("changeModuleDraft", "Changes the draft.", Some("ModuleContent"), (200, "ModuleVersion")).versioned())
        .api(Method::Post, publish_at, STAFF, publish,
            write("publishModuleDraft", "Publishes the draft in the place of the version before it.", Some("DraftSeen"), (200, "ModuleVersion")))
        .api(Method::Post, discard_at, STAFF, discard,
            write("discardModuleDraft", "Throws the draft away.", Some("DraftSeen"), (204, "")))
        .api(Method::Post, "/api/v1/programmes/{programme}/modules/{module}/place", STAFF, place,
            write("placeModule", "Puts a module in a place of the list; the others make room.", Some("ModulePlace"), (204, "")))
        .api(Method::Post, "/api/v1/programmes/{programme}/modules/{module}/archive", STAFF, archive,
            write("archiveModule", "Puts a module away; refused while another asks for it.", None, (204, "")))
        .api(Method::Post, "/api/v1/programmes/{programme}/modules/{module}/restore", STAFF, restore,
            write("restoreModule", "Takes a module into use again.", None, (204, "")))
        .and(lists::routes())
        .and(exemptions::routes())
}

fn shown(version: &Version, book: &Book, today: NaiveDate) -> ModuleVersion {
    let it = &version.content;
    let entry = it.registration.as_ref();
    ModuleVersion {
        module: version.module.0,
        code: version.code.clone(),
        number: version.number,
        state: version.state.as_str().to_owned(),
        name_en: it.name.en.clone(),
        name_zh: it.name.zh.clone(),
        summary_en: it.summary.en.clone(),
        summary_zh: it.summary.zh.clone(),
        outcomes: it
            .outcomes
            .iter()
            .map(|it| BothLanguages {
                en: it.en.clone(),
                zh: it.zh.clone(),
            })
            .collect(),
        contact_hours: it.contact,
        self_study_hours: it.self_study,
        assessment_hours: it.assessment,
        notional_hours: it.notional(),
        credit_tenths: rules::credit_tenths(it.notional()),
        indicative_level: it.level,
        qr_registration: entry.map(|it| it.number.clone()),
        qr_valid_from: entry.map(|it| it.valid_from),
        qr_valid_to: entry.map(|it| it.valid_to),
        may_name_qf_level: rules::may_say_qf(entry, it.level, today),
        themes: it.themes.clone(),
        assessments: it.assessments.iter().map(part).collect(),
        prerequisites: it
            .prerequisites
            .iter()
            .map(|group| group.iter().map(|id| module_code(book, *id)).collect())
            .collect(),
        competencies: it
            .competencies
            .iter()
            .filter_map(|it| {
                let code = book.competency(it.competency)?.code.clone();
                let level = it.level;
                Some(CompetencyClaim { code, level })
            })
            .collect(),
        references: it.basis.iter().filter_map(|it| rests(it, book)).collect(),
        effective_from: it.effective_from,
        published_at: version.published_at,
        version: version.version,
    }
}

/// A framework as it is named over the API.
fn rests(it: &Basis, book: &Book) -> Option<FrameworkBasis> {
    Some(FrameworkBasis {
        code: book.reference(it.reference)?.code.clone(),
        levels: it.levels.clone(),
    })
}

fn module_code(book: &Book, id: ModuleId) -> String {
    book.module(id)
        .map_or_else(|| "–".to_owned(), |it| it.code.clone())
}

fn part(it: &Assessment) -> AssessmentPart {
    AssessmentPart {
        kind: it.kind.clone(),
        title_en: it.title.en.clone(),
        title_zh: it.title.zh.clone(),
        weight: it.weight,
        must_pass: it.must_pass,
    }
}

fn as_document(error: Error) -> Error {
    as_named(error, named)
}

fn judged(pairs: &Pairs, book: &Book, own: Option<ModuleId>) -> Result<Content> {
    let mut form = Form::new(pairs);
    let content = read(&mut form, pairs, book, own);
    form.done().map_err(as_document)?;
    Ok(content)
}

fn curriculum(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let code: String = cx.request().param("code")?;
    let programme = crate::programmes::queries::with_code(cx.conn, &code)?;
    let rows = queries::published(cx.conn, programme)?;
    let book = queries::book(cx.conn, programme)?;
    let today = hk_date(now(cx.conn)?);
    list(Page { rows, next: None }, |it| shown(&it, &book, today))
}

fn modules(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = queries::list(cx.conn, &staff, &wanted(&cx.visit.request.query))?;
    let page = Page::cut(rows, PAGE, |row| Cursor {
        key: row.sort_key.clone(),
        id: row.id.0,
    });
    list(page, ModuleLine::from)
}

/// The draft of a module, or the published version when there is none.
fn answer(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff, id: ModuleId, status: u16) -> Result<Reply> {
    let versions = queries::of_module(cx.conn, staff, id)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let today = hk_date(now(cx.conn)?);
    let it = actions::draft(&versions)
        .or(actions::published(&versions))
        .ok_or(Error::NotFound)?;
    Ok(Reply::json(status, &shown(it, &book, today))?.with_version(it.version))
}

fn create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: NewModule = cx.json()?;
    let book = queries::book(cx.conn, staff.programme())?;
    let base = Pairs::new(vec![("code".to_owned(), new.code)]);
    let pairs = fields(new.content, &base, &book)?;
    let mut form = Form::new(&pairs);
    let code = read_code(&mut form);
    let content = read(&mut form, &pairs, &book, None);
    form.done().map_err(as_document)?;
    let id = actions::create(cx.conn, &staff, &code, &content).map_err(as_document)?;
    let place = format!("/api/v1/programmes/{}/modules/{id}", staff.programme());
    Ok(answer(cx, &staff, id, 201)?.with("location", place))
}

fn whole(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let today = hk_date(now(cx.conn)?);
    let code = versions.first().map(|it| it.code.clone());
    let whole = ModuleWhole {
        id: id.0,
        code: code.unwrap_or_default(),
        versions: versions.iter().map(|it| shown(it, &book, today)).collect(),
    };
    Reply::json(200, &whole)
}

fn show_draft(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    if actions::draft(&versions).is_none() {
        return Err(Error::NotFound);
    }
    answer(cx, &staff, id, 200)
}

fn begin(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    let change: ModuleContent = cx.json()?;
    let book = queries::book(cx.conn, staff.programme())?;
    let newest = versions.first().ok_or(Error::NotFound)?;
    let pairs = fields(change, &values(&newest.content, &book), &book)?;
    let content = judged(&pairs, &book, Some(id))?;
    actions::save_draft(cx.conn, &staff, id, None, &content).map_err(as_document)?;
    answer(cx, &staff, id, 201)
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    let draft = actions::draft(&versions).ok_or(Error::NotFound)?;
    cx.if_match(draft.version)?;
    let change: ModuleContent = cx.json()?;
    let book = queries::book(cx.conn, staff.programme())?;
    let pairs = fields(change, &values(&draft.content, &book), &book)?;
    let content = judged(&pairs, &book, Some(id))?;
    actions::save_draft(cx.conn, &staff, id, Some(draft.version), &content).map_err(as_document)?;
    answer(cx, &staff, id, 200)
}

fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, _) = module(cx)?;
    let seen: DraftSeen = cx.json()?;
    actions::publish(cx.conn, &staff, id, seen.version).map_err(as_document)?;
    answer(cx, &staff, id, 200)
}

fn discard(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    let seen: DraftSeen = cx.json()?;
    if actions::draft(&versions).is_none() {
        return Err(CurriculumRefusal::NoDraft.into());
    }
    actions::discard(cx.conn, &staff, id, seen.version)?;
    Ok(Reply::no_content())
}

fn place(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, _) = module(cx)?;
    let wanted: ModulePlace = cx.json()?;
    actions::move_to(cx.conn, &staff, id, wanted.place)?;
    Ok(Reply::no_content())
}

fn archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, _) = module(cx)?;
    actions::archive(cx.conn, &staff, id)?;
    Ok(Reply::no_content())
}

fn restore(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, _) = module(cx)?;
    actions::restore(cx.conn, &staff, id)?;
    Ok(Reply::no_content())
}
