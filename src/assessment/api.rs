//! Assessment over the API: the office's operations here, those of markers and trainees in a file of
//! their own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, CohortStaff, STAFF};
use crate::curriculum::rules::Pair;
use crate::error::{Error, Result};
use crate::ids::{CandidateId, OfferingId, PersonId};
use crate::web::api::{Given, Instant, list, no_choice};
use crate::web::exports::XLSX;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::actions::{self, Which};
use super::pages::{cursor, list_file, marks_file, one, read_details, values, wanted};
use super::queries;
use super::rules::late::LateRule;
use super::rules::rubric::Criterion;
use super::rules::{AssessmentEvent, SecondRule, Standing};

mod decisions;
mod readers;
mod taught;

/// A part of a module's assessment plan, set for an offering. Marks are hundredths of a per cent.
#[derive(Serialize, ToSchema)]
struct Assessment {
    id: Uuid,
    cohort: Uuid,
    offering: Uuid,
    module: Uuid,
    module_code: String,
    /// Place in the plan with which the cohort began, from 1.
    part: i32,
    /// Its share of the module, in per cent.
    weight: i32,
    must_pass: bool,
    kind: String,
    title_en: String,
    title_zh: String,
    brief_en: String,
    brief_zh: String,
    opens_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    late_hours: i32,
    /// What a day begun costs, in hundredths of a per cent.
    late_per_day: i32,
    /// The most that lateness costs.
    late_cap: i32,
    takes_files: bool,
    max_files: i32,
    /// Each file at most so large.
    max_megabytes: i32,
    anonymous: bool,
    pass_mark: i32,
    /// none, sample or all.
    second: String,
    /// Share of a sample, in per cent.
    second_share: i32,
    borderline: i32,
    tolerance: i32,
    appeal_days: i32,
    resit_capped: bool,
    rubric: Vec<MarkingCriterion>,
    /// The assessment that it is a resit of.
    resit_of: Option<Uuid>,
    /// planned, open, marking, moderated or released.
    state: String,
    candidates: i64,
    handed_in: i64,
    agreed: i64,
    /// Its ETag, without the quotes.
    version: i32,
}

impl Assessment {
    fn of(it: queries::Assessment) -> Result<Self> {
        let rubric = it.rubric()?.into_iter().map(MarkingCriterion::from);
        Ok(Self {
            rubric: rubric.collect(),
            id: it.id.0,
            cohort: it.cohort_id.0,
            offering: it.offering_id.0,
            module: it.module_id.0,
            module_code: it.module_code,
            part: it.part,
            weight: it.weight,
            must_pass: it.must_pass,
            kind: it.kind,
            title_en: it.title_en,
            title_zh: it.title_zh,
            brief_en: it.brief_en,
            brief_zh: it.brief_zh,
            opens_at: it.opens_at,
            due_at: it.due_at,
            late_hours: it.late_hours,
            late_per_day: it.late_per_day,
            late_cap: it.late_cap,
            takes_files: it.takes_files,
            max_files: it.max_files,
            max_megabytes: it.max_bytes / actions::MEGABYTE,
            anonymous: it.anonymous,
            pass_mark: it.pass_mark,
            second: it.second_rule,
            second_share: it.second_share,
            borderline: it.borderline,
            tolerance: it.tolerance,
            appeal_days: it.appeal_days,
            resit_capped: it.resit_capped,
            resit_of: it.resit_of.map(|id| id.0),
            state: it.state,
            candidates: it.candidates,
            handed_in: it.handed_in,
            agreed: it.agreed,
            version: it.version,
        })
    }
}

/// What work at a level of a criterion looks like.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MarkingLevel {
    #[schema(example = "All risks are named and weighed.")]
    en: String,
    #[schema(example = "指出並衡量所有風險。")]
    zh: String,
}

/// A criterion of a rubric.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MarkingCriterion {
    #[schema(max_length = 200, example = "Risks found")]
    name_en: String,
    #[schema(max_length = 200, example = "找出風險")]
    name_zh: String,
    #[schema(minimum = 1, maximum = 100, example = 10)]
    points: i32,
    /// The best first.
    #[serde(default)]
    levels: Vec<MarkingLevel>,
}

impl From<Criterion> for MarkingCriterion {
    fn from(it: Criterion) -> Self {
        let level = |it: Pair| MarkingLevel {
            en: it.en,
            zh: it.zh,
        };
        Self {
            name_en: it.name.en,
            name_zh: it.name.zh,
            points: it.points,
            levels: it.levels.into_iter().map(level).collect(),
        }
    }
}

/// A part of a plan to set, or a resit. What is left out is as the form begins.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssessment {
    /// Needed unless it is a resit.
    offering: Option<Uuid>,
    /// Place in the plan, from 1; needed unless it is a resit.
    part: Option<i32>,
    /// The assessment that it is a resit of.
    resit_of: Option<Uuid>,
    /// Empty: what the plan calls it.
    #[serde(default)]
    #[schema(max_length = 200)]
    title_en: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    title_zh: String,
    #[serde(default)]
    #[schema(max_length = 8000)]
    brief_en: String,
    #[serde(default)]
    #[schema(max_length = 8000)]
    brief_zh: String,
    #[schema(value_type = String, format = DateTime, example = "2027-03-01T01:00:00Z")]
    opens_at: Instant,
    #[schema(value_type = String, format = DateTime, example = "2027-03-12T10:00:00Z")]
    due_at: Instant,
    #[schema(minimum = 0, maximum = 1440)]
    late_hours: Option<i32>,
    /// What a day begun costs, in hundredths of a per cent.
    #[schema(minimum = 0, maximum = 10000)]
    late_per_day: Option<i32>,
    /// The most that lateness costs.
    #[schema(minimum = 0, maximum = 10000)]
    late_cap: Option<i32>,
    #[schema(minimum = 1, maximum = 5)]
    max_files: Option<i32>,
    #[schema(minimum = 1, maximum = 10)]
    max_megabytes: Option<i32>,
    anonymous: Option<bool>,
    /// Hundredths of a per cent.
    #[schema(minimum = 1, maximum = 10000)]
    pass_mark: Option<i32>,
    /// none, sample or all.
    second: Option<String>,
    /// Share of a sample, in per cent.
    #[schema(minimum = 0, maximum = 100)]
    second_share: Option<i32>,
    #[schema(minimum = 0, maximum = 10000)]
    borderline: Option<i32>,
    #[schema(minimum = 0, maximum = 10000)]
    tolerance: Option<i32>,
    #[schema(minimum = 0, maximum = 90)]
    appeal_days: Option<i32>,
    resit_capped: Option<bool>,
    rubric: Vec<MarkingCriterion>,
}

/// A step of an assessment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssessmentStep {
    /// open, mark, moderate, return or release.
    #[schema(example = "open")]
    step: String,
    /// Of the preview that is released.
    fingerprint: Option<String>,
}

/// Who marks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Markers {
    markers: Vec<Uuid>,
    /// Also scripts that are assigned already and not begun.
    #[serde(default)]
    again: bool,
}

/// How many scripts were concerned.
#[derive(Serialize, ToSchema)]
struct Scripts {
    scripts: usize,
}

/// A trainee of an assessment.
#[derive(Serialize, ToSchema)]
struct AssessmentCandidate {
    id: Uuid,
    enrolment: Uuid,
    name: String,
    trainee_number: String,
    number: i32,
    extended_to: Option<DateTime<Utc>>,
    submitted_at: Option<DateTime<Utc>>,
    days_late: i32,
    script: Option<Uuid>,
    /// State of the script.
    state: Option<String>,
    absent: bool,
    agreed: Option<i32>,
    penalty: i32,
    /// The mark that was released.
    released: Option<i32>,
}

/// A later due time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExtension {
    #[schema(value_type = String, format = DateTime, example = "2027-03-15T10:00:00Z")]
    until_at: Instant,
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
}

/// What a release would give.
#[derive(Serialize, ToSchema)]
struct MarksPreview {
    candidates: usize,
    passed: usize,
    failed: usize,
    missing: usize,
    late: usize,
    /// Marks in each tenth, from the lowest.
    tenths: Vec<usize>,
    fingerprint: String,
}

/// How a trainee stands in a module.
#[derive(Serialize, ToSchema)]
struct ModuleStanding {
    enrolment: Uuid,
    module: Uuid,
    /// Hundredths of a per cent.
    mark: Option<u16>,
    /// `not_yet`, passed, failed or incomplete.
    standing: String,
    decided_on: Option<chrono::NaiveDate>,
}

/// The schemas of the room.
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    let to = to
        .schema_from::<Assessment>()
        .schema_from::<MarkingLevel>()
        .schema_from::<MarkingCriterion>()
        .schema_from::<NewAssessment>()
        .schema_from::<AssessmentStep>()
        .schema_from::<Markers>()
        .schema_from::<Scripts>()
        .schema_from::<AssessmentCandidate>()
        .schema_from::<NewExtension>()
        .schema_from::<MarksPreview>()
        .schema_from::<ModuleStanding>();
    taught::schemas(readers::schemas(decisions::schemas(to)))
}

const LIST: &[(&str, &str)] = &[
    ("state", "Only assessments in this state."),
    ("offering", "Only assessments of this offering."),
    ("q", "Part of a title or a module’s code."),
    (
        "sort",
        "due (the default), module or title; with - from the end.",
    ),
    ("after", "The `next` of the page before."),
];
const AFTER: &[(&str, &str)] = &[("after", "The `next` of the page before.")];

/// The operations of the room.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let all = "/api/v1/cohorts/{cohort}/assessments";
    let one = "/api/v1/cohorts/{cohort}/assessments/{assessment}";
    let (read, write) = (Operation::read, Operation::write);
    Routes::new()
        .api(Method::Get, all, STAFF, assessments,
            read("listAssessments", "Assessments of a cohort.", "Assessment[]").asking(LIST))
        .api(Method::Post, all, STAFF, add,
            write("addAssessment", "Sets a part of a plan, or a resit.", Some("NewAssessment"), (201, "Assessment")))
        .api(Method::Get, one, STAFF, get,
            read("getAssessment", "One assessment.", "Assessment").versioned())
        .api(Method::Post, "/api/v1/cohorts/{cohort}/assessments/{assessment}/steps", STAFF, step,
            write("stepAssessment", "Opens it, begins marking, finishes moderation, returns to marking, or releases the marks.", Some("AssessmentStep"), (200, "Assessment")))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/assessments/{assessment}/release", STAFF, preview,
            read("previewMarks", "What a release of the marks would give.", "MarksPreview"))
        .api(Method::Post, "/api/v1/cohorts/{cohort}/assessments/{assessment}/collect", STAFF, collect,
            write("collectWork", "Puts work that came since before the markers.", None, (200, "Scripts")))
        .api(Method::Post, "/api/v1/cohorts/{cohort}/assessments/{assessment}/markers", STAFF, markers,
            write("assignMarkers", "Shares scripts among markers.", Some("Markers"), (200, "Scripts")))
        .api(Method::Post, "/api/v1/cohorts/{cohort}/assessments/{assessment}/second", STAFF, second,
            write("drawSecondMarking", "Draws what is marked a second time.", Some("Markers"), (200, "Scripts")))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/assessments/{assessment}/candidates", STAFF, candidates,
            read("listAssessmentCandidates", "Trainees of an assessment with work and marks.", "AssessmentCandidate[]").asking(AFTER))
        .api(Method::Post, "/api/v1/cohorts/{cohort}/assessments/{assessment}/candidates/{candidate}/extend", STAFF, extend,
            write("extendDueTime", "Gives a trainee a later due time.", Some("NewExtension"), (200, "AssessmentCandidate")))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/module-results", STAFF, results,
            read("listModuleResults", "How each trainee stands in each module: only what was released.", "ModuleStanding[]"))
        .and(exports())
        .and(decisions::routes())
        .and(readers::routes())
        .and(taught::routes())
}

#[rustfmt::skip]
fn exports() -> Routes {
    let read = Operation::read;
    Routes::new()
        .api(Method::Get, "/api/v1/cohorts/{cohort}/assessments.csv", STAFF, list_file,
            read("exportAssessmentsCsv", "The list as CSV.", "text/csv").asking(LIST))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/assessments.xlsx", STAFF, list_file,
            read("exportAssessmentsXlsx", "The list as a spreadsheet.", XLSX).asking(LIST))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/assessments/{assessment}/marks.csv", STAFF, marks_file,
            read("exportMarksCsv", "Trainees, work and marks as CSV.", "text/csv"))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/assessments/{assessment}/marks.xlsx", STAFF, marks_file,
            read("exportMarksXlsx", "Trainees, work and marks as a spreadsheet.", XLSX))
}

fn staff(cx: &mut Cx<'_, '_>) -> Result<CohortStaff> {
    access::cohort_staff(cx.conn, cx.request().param("cohort")?)
}

fn assessments(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let wanted = wanted(&cx.visit.request.query, PAGE + 1);
    let rows = queries::list(cx.conn, &staff, &wanted)?;
    let Page { rows, next } = Page::cut(rows, PAGE, cursor);
    let rows: Vec<Assessment> = rows
        .into_iter()
        .map(Assessment::of)
        .collect::<Result<_>>()?;
    list(Page { rows, next }, |it| it)
}

fn shown(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    id: crate::ids::AssessmentId,
    status: u16,
) -> Result<Reply> {
    let it = queries::find(cx.conn, staff, id)?;
    let version = it.version;
    Ok(Reply::json(status, &Assessment::of(it)?)?.with_version(version))
}

fn get(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    shown(cx, &staff, it.id, 200)
}

fn criteria(all: Vec<MarkingCriterion>) -> Vec<Criterion> {
    all.into_iter()
        .map(|it| Criterion {
            name: Pair::new(it.name_en, it.name_zh),
            points: it.points,
            levels: it
                .levels
                .into_iter()
                .map(|it| Pair::new(it.en, it.zh))
                .collect(),
        })
        .collect()
}

fn details(new: NewAssessment) -> Result<actions::Details> {
    let second = new.second.as_deref().map_or(Ok(SecondRule::None), |word| {
        SecondRule::parse(word).ok_or_else(|| no_choice("second"))
    })?;
    let begun = actions::Details {
        title_en: new.title_en,
        title_zh: new.title_zh,
        brief_en: new.brief_en,
        brief_zh: new.brief_zh,
        opens_at: new.opens_at.0,
        due_at: new.due_at.0,
        late: LateRule {
            hours: new.late_hours.unwrap_or_default(),
            per_day: new.late_per_day.unwrap_or(500),
            cap: new.late_cap.unwrap_or(10_000),
        },
        max_files: new.max_files.unwrap_or(1),
        max_megabytes: new.max_megabytes.unwrap_or(10),
        anonymous: new.anonymous.unwrap_or(true),
        pass_mark: new.pass_mark.unwrap_or(5_000),
        second,
        second_share: new.second_share.unwrap_or(10),
        borderline: new.borderline.unwrap_or(300),
        tolerance: new.tolerance.unwrap_or(500),
        appeal_days: new.appeal_days.unwrap_or(10),
        resit_capped: new.resit_capped.unwrap_or(true),
        rubric: criteria(new.rubric),
    };
    // Judged as the form's fields are.
    let pairs = values(&begun);
    let mut form = Form::new(&pairs);
    let mut read = read_details(&mut form, &pairs);
    form.done()?;
    (read.opens_at, read.due_at) = (begun.opens_at, begun.due_at);
    Ok(read)
}

fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let new: NewAssessment = cx.json()?;
    let which = match (new.resit_of, new.offering, new.part) {
        (Some(of), None, None) => Which::Resit(crate::ids::AssessmentId(of)),
        (None, Some(offering), Some(part)) => Which::Part(OfferingId(offering), part),
        _ => return Err(no_choice("part")),
    };
    let details = details(new)?;
    let id = actions::add(cx.conn, &staff, which, &details)?;
    let at = format!("/api/v1/cohorts/{}/assessments/{id}", staff.cohort());
    Ok(shown(cx, &staff, id, 201)?.with("location", at))
}

fn step(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let said: AssessmentStep = cx.json()?;
    let event = AssessmentEvent::parse(&said.step).ok_or_else(|| no_choice("step"))?;
    match event {
        AssessmentEvent::Open => _ = actions::open(cx.conn, &staff, it.id)?,
        AssessmentEvent::Mark => _ = actions::begin_marking(cx.conn, &staff, it.id)?,
        AssessmentEvent::Moderate => actions::finish_moderation(cx.conn, &staff, it.id)?,
        AssessmentEvent::Return => actions::return_to_marking(cx.conn, &staff, it.id)?,
        AssessmentEvent::Release => {
            let seen = said.fingerprint.ok_or_else(|| {
                Error::field("fingerprint", "required", |lang| {
                    lang.form_required().to_owned()
                })
            })?;
            actions::release(cx.conn, &staff, it.id, &seen)?;
        }
    }
    shown(cx, &staff, it.id, 200)
}

fn preview(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let plan = actions::preview(cx.conn, &staff, &it)?;
    Reply::json(
        200,
        &MarksPreview {
            candidates: plan.summary.candidates,
            passed: plan.summary.passed,
            failed: plan.summary.failed,
            missing: plan.summary.missing,
            late: plan.summary.late,
            tenths: plan.summary.tenths.to_vec(),
            fingerprint: plan.fingerprint,
        },
    )
}

fn collect(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let scripts = actions::collect(cx.conn, &staff, it.id)?;
    Reply::json(200, &Scripts { scripts })
}

fn people(ids: Vec<Uuid>) -> Vec<PersonId> {
    ids.into_iter().map(PersonId).collect()
}

fn markers(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let said: Markers = cx.json()?;
    let scripts = actions::assign(cx.conn, &staff, it.id, &people(said.markers), said.again)?;
    Reply::json(200, &Scripts { scripts })
}

fn second(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let said: Markers = cx.json()?;
    let scripts = actions::draw(cx.conn, &staff, it.id, &people(said.markers))?;
    Reply::json(200, &Scripts { scripts })
}

fn candidate(line: queries::Line) -> AssessmentCandidate {
    AssessmentCandidate {
        id: line.id.0,
        enrolment: line.enrolment_id.0,
        name: line.name_shown,
        trainee_number: line.trainee_number,
        number: line.number,
        extended_to: line.extended_to,
        submitted_at: line.submitted_at,
        days_late: line.days_late,
        script: line.script_id.map(|id| id.0),
        state: line.script_state,
        absent: line.absent,
        agreed: line.agreed,
        penalty: line.penalty,
        released: line.released,
    }
}

fn candidates(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let after = Cursor::from_query(&cx.visit.request.query);
    let rows = queries::lines(cx.conn, &staff, it.id, after.as_ref(), PAGE + 1)?;
    let place = |line: &queries::Line| Cursor {
        key: line.sort_key.clone(),
        id: line.id.0,
    };
    list(Page::cut(rows, PAGE, place), candidate)
}

fn extend(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let id: CandidateId = cx.request().param("candidate")?;
    queries::line(cx.conn, &staff, it.id, id)?;
    let said: NewExtension = cx.json()?;
    let pairs = Given::new().set("note", Some(said.note)).alone();
    let mut form = Form::new(&pairs);
    let note = form.optional("note", 1_000).unwrap_or_default();
    form.done()?;
    actions::give_extension(cx.conn, &staff, it.id, id, (said.until_at.0, &note))?;
    Reply::json(200, &candidate(queries::line(cx.conn, &staff, it.id, id)?))
}

fn results(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let rows = queries::results(cx.conn, &staff, None)?;
    list(Page { rows, next: None }, |it| ModuleStanding {
        enrolment: it.enrolment.0,
        module: it.module.0,
        mark: it.mark,
        standing: Standing::as_str(it.standing).to_owned(),
        decided_on: it.decided_on,
    })
}
