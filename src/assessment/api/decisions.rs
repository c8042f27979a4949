//! Assessment over the API: what the office changes and decides.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::STAFF;
use crate::error::{Error, Result};
use crate::ids::{AppealId, ExtensionId, ScriptId};
use crate::web::api::{Given, Instant, list, no_choice};
use crate::web::exports::XLSX;
use crate::web::paging::Page;
use crate::web::{Cx, Form, Method, Operation, Pairs, Reply, Routes};

use super::super::actions::{self, Details};
use super::super::pages::{one, read_details, read_given, read_reopening, results_file, values};
use super::super::queries;
use super::super::rules::{MarkRole, percent};
use super::{MarkingCriterion, criteria, shown};

/// A change of an assessment: what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssessmentChange {
    #[schema(max_length = 200)]
    title_en: Option<String>,
    #[schema(max_length = 200)]
    title_zh: Option<String>,
    #[schema(max_length = 8000)]
    brief_en: Option<String>,
    #[schema(max_length = 8000)]
    brief_zh: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    opens_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Instant>,
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
    /// In place of the criteria that stand.
    rubric: Option<Vec<MarkingCriterion>>,
}

/// A request for a later due time.
#[derive(Serialize, ToSchema)]
struct ExtensionRequest {
    id: Uuid,
    candidate: Uuid,
    name: String,
    reason: String,
    until_at: DateTime<Utc>,
    /// requested, granted, refused or withdrawn.
    state: String,
    note: String,
    version: i32,
}

/// An answer to a request for a later due time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExtensionDecision {
    grant: bool,
    /// Until when it is granted; left out, as was asked for.
    #[schema(value_type = Option<String>, format = DateTime)]
    until_at: Option<Instant>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    note: String,
    /// Version of the request that was seen.
    version: i32,
}

/// An appeal against a released mark.
#[derive(Serialize, ToSchema)]
struct MarkAppeal {
    id: Uuid,
    candidate: Uuid,
    name: String,
    grounds: String,
    /// lodged, upheld, dismissed or withdrawn.
    state: String,
    reason: String,
    /// Hundredths of a per cent.
    mark_before: Option<i32>,
    mark_after: Option<i32>,
    version: i32,
}

/// A decision about an appeal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AppealDecision {
    /// The mark from now on, in hundredths of a per cent; left out, the appeal is dismissed.
    #[schema(minimum = 0, maximum = 10000)]
    mark: Option<i32>,
    #[schema(max_length = 2000, example = "The second file was not read.")]
    reason: String,
    /// Version of the appeal that was seen.
    version: i32,
}

/// What the moderator gives.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ModeratedMark {
    /// For each criterion of the rubric, in its order.
    points: Vec<Option<i32>>,
    #[serde(default)]
    comments: Vec<String>,
    #[serde(default)]
    #[schema(max_length = 8000)]
    feedback: String,
    /// Nobody came: only where nothing is handed in.
    #[serde(default)]
    absent: bool,
}

/// A script to be marked again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScriptReopening {
    /// first, second or moderator: from whose mark on.
    #[schema(example = "first")]
    from: String,
    /// Another marker; left out, who has it keeps it.
    marker: Option<Uuid>,
    #[schema(max_length = 1000, example = "The marker has left.")]
    reason: String,
    /// Version of the script that was seen.
    version: i32,
}

/// A script as the office sees it.
#[derive(Serialize, ToSchema)]
struct ScriptStanding {
    id: Uuid,
    label: String,
    /// `not_marked`, `in_marking`, marked, `second_marked` or agreed.
    state: String,
    absent: bool,
    first_marker: Option<Uuid>,
    second_marker: Option<Uuid>,
    days_late: i32,
    penalty: i32,
    agreed: Option<i32>,
    version: i32,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<AssessmentChange>()
        .schema_from::<ExtensionRequest>()
        .schema_from::<ExtensionDecision>()
        .schema_from::<MarkAppeal>()
        .schema_from::<AppealDecision>()
        .schema_from::<ModeratedMark>()
        .schema_from::<ScriptReopening>()
        .schema_from::<ScriptStanding>()
}

const RESULTS: &[(&str, &str)] = &[
    ("module", "Only this module’s code."),
    ("standing", "Only this standing."),
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    let one = "/api/v1/cohorts/{cohort}/assessments/{assessment}";
    Routes::new()
        .api(Method::Patch, one, STAFF, change,
            write("changeAssessment", "Changes an assessment, as far as its state allows.", Some("AssessmentChange"), (200, "Assessment")).versioned())
        .api(Method::Delete, one, STAFF, remove,
            write("removeAssessment", "Removes an assessment that has not been opened.", None, (204, "")).versioned())
        .api(Method::Get, "/api/v1/cohorts/{cohort}/assessments/{assessment}/extensions", STAFF, extensions,
            read("listExtensionRequests", "Requests for a later due time, those that are open first.", "ExtensionRequest[]"))
        .api(Method::Post, "/api/v1/cohorts/{cohort}/assessments/{assessment}/extensions/{extension}", STAFF, extension,
            write("decideExtension", "Grants a later due time or refuses it, and tells the trainee.", Some("ExtensionDecision"), (200, "ExtensionRequest")))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/assessments/{assessment}/appeals", STAFF, appeals,
            read("listMarkAppeals", "Appeals against released marks, those that are open first.", "MarkAppeal[]"))
        .api(Method::Post, "/api/v1/cohorts/{cohort}/assessments/{assessment}/appeals/{appeal}", STAFF, appeal,
            write("decideAppeal", "Upholds an appeal with another mark or dismisses it, and tells the trainee.", Some("AppealDecision"), (200, "MarkAppeal")))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/assessments/{assessment}/scripts/{script}", STAFF, script,
            read("getScript", "A script as the office sees it.", "ScriptStanding"))
        .api(Method::Post, "/api/v1/cohorts/{cohort}/assessments/{assessment}/scripts/{script}", STAFF, moderate,
            write("moderateScript", "Decides where two markers are too far apart.", Some("ModeratedMark"), (200, "ScriptStanding")))
        .api(Method::Post, "/api/v1/cohorts/{cohort}/assessments/{assessment}/scripts/{script}/reopen", STAFF, reopen,
            write("reopenScript", "Has a script marked again before the release, by its marker or another.", Some("ScriptReopening"), (200, "ScriptStanding")))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/module-results.csv", STAFF, results_file,
            read("exportModuleResultsCsv", "Module results as CSV.", "text/csv").asking(RESULTS))
        .api(Method::Get, "/api/v1/cohorts/{cohort}/module-results.xlsx", STAFF, results_file,
            read("exportModuleResultsXlsx", "Module results as a spreadsheet.", XLSX).asking(RESULTS))
}

fn change(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    cx.if_match(it.version)?;
    let said: AssessmentChange = cx.json()?;
    let mut begun = Details::of(&it)?;
    begun.rubric = said.rubric.map_or(begun.rubric, criteria);
    let word = |yes: bool| if yes { "yes" } else { "no" };
    let pairs = Given::new()
        .set("title_en", said.title_en)
        .set("title_zh", said.title_zh)
        .set("brief_en", said.brief_en)
        .set("brief_zh", said.brief_zh)
        .set("late_hours", said.late_hours)
        .set("late_per_day", said.late_per_day.map(percent))
        .set("late_cap", said.late_cap.map(percent))
        .set("max_files", said.max_files)
        .set("max_megabytes", said.max_megabytes)
        .set("anonymous", said.anonymous.map(word))
        .set("pass_mark", said.pass_mark.map(percent))
        .set("second", said.second)
        .set("second_share", said.second_share)
        .set("borderline", said.borderline.map(percent))
        .set("tolerance", said.tolerance.map(percent))
        .set("appeal_days", said.appeal_days)
        .set("resit_capped", said.resit_capped.map(word))
        .over(&values(&begun));
    // Judged as the form's fields are.
    let mut form = Form::new(&pairs);
    let mut details = read_details(&mut form, &pairs);
    form.done()?;
    details.opens_at = said.opens_at.map_or(it.opens_at, |at| at.0);
    details.due_at = said.due_at.map_or(it.due_at, |at| at.0);
    actions::change(cx.conn, &staff, it.id, it.version, &details)?;
    shown(cx, &staff, it.id, 200)
}

fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    cx.if_match(it.version)?;
    actions::remove(cx.conn, &staff, (it.id, it.version))?;
    Ok(Reply::no_content())
}

fn request(it: queries::Extension) -> ExtensionRequest {
    ExtensionRequest {
        id: it.id.0,
        candidate: it.candidate_id.0,
        name: it.name_shown,
        reason: it.reason,
        until_at: it.until_at,
        state: it.state,
        note: it.note,
        version: it.version,
    }
}

fn extensions(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let rows = queries::extensions(cx.conn, &staff, it.id)?;
    list(Page { rows, next: None }, request)
}

fn extension(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let id: ExtensionId = cx.request().param("extension")?;
    let asked = queries::extension(cx.conn, &staff, it.id, id)?;
    let said: ExtensionDecision = cx.json()?;
    let pairs = Given::new().set("note", Some(said.note)).alone();
    let mut form = Form::new(&pairs);
    let note = form.optional("note", 1_000).unwrap_or_default();
    form.done()?;
    let until = said.until_at.map_or(asked.until_at, |at| at.0);
    let grant = said.grant.then_some(until);
    actions::decide_extension(cx.conn, &staff, (it.id, id, said.version), grant, &note)?;
    Reply::json(
        200,
        &request(queries::extension(cx.conn, &staff, it.id, id)?),
    )
}

fn appealed(it: queries::Appeal) -> MarkAppeal {
    MarkAppeal {
        id: it.id.0,
        candidate: it.candidate_id.0,
        name: it.name_shown,
        grounds: it.grounds,
        state: it.state,
        reason: it.reason,
        mark_before: it.mark_before,
        mark_after: it.mark_after,
        version: it.version,
    }
}

fn appeals(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let rows = queries::appeals(cx.conn, &staff, it.id)?;
    list(Page { rows, next: None }, appealed)
}

fn appeal(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let id: AppealId = cx.request().param("appeal")?;
    queries::appeal(cx.conn, &staff, it.id, id)?;
    let said: AppealDecision = cx.json()?;
    if said.mark.is_some_and(|it| !(0..=10_000).contains(&it)) {
        return Err(Error::field("mark", "percent", |lang| {
            lang.asm_need_percent().to_owned()
        }));
    }
    let pairs = Given::new().set("reason", Some(said.reason)).alone();
    let mut form = Form::new(&pairs);
    let reason = form.text("reason", 2_000);
    form.done()?;
    actions::decide_appeal(
        cx.conn,
        &staff,
        (it.id, id, said.version),
        said.mark,
        &reason,
    )?;
    Reply::json(200, &appealed(queries::appeal(cx.conn, &staff, it.id, id)?))
}

fn standing(it: queries::Script) -> ScriptStanding {
    ScriptStanding {
        id: it.id.0,
        label: it.label,
        state: it.state,
        absent: it.absent,
        first_marker: it.first_id.map(|id| id.0),
        second_marker: it.second_id.map(|id| id.0),
        days_late: it.days_late,
        penalty: it.penalty,
        agreed: it.agreed,
        version: it.version,
    }
}

fn script(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let id: ScriptId = cx.request().param("script")?;
    let script = queries::script_of(cx.conn, &staff, it.id, id)?;
    Reply::json(200, &standing(script))
}

fn moderate(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let id: ScriptId = cx.request().param("script")?;
    queries::script_of(cx.conn, &staff, it.id, id)?;
    let said: ModeratedMark = cx.json()?;
    let mut pairs: Vec<(String, String)> = vec![("feedback".to_owned(), said.feedback)];
    for (n, points) in (1..).zip(&said.points) {
        let typed = points.map(|it| it.to_string()).unwrap_or_default();
        pairs.push((format!("points_{n}"), typed));
    }
    for (n, comment) in (1..).zip(said.comments) {
        pairs.push((format!("comment_{n}"), comment));
    }
    let pairs = Pairs::new(pairs);
    let mut form = Form::new(&pairs);
    let mut given = read_given(&mut form, &pairs, &it.rubric()?);
    form.done()?;
    (given.absent, given.done) = (said.absent, true);
    actions::moderate(cx.conn, &staff, (it.id, id), &given)?;
    script(cx)
}

fn reopen(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let id: ScriptId = cx.request().param("script")?;
    queries::script_of(cx.conn, &staff, it.id, id)?;
    let said: ScriptReopening = cx.json()?;
    if MarkRole::parse(&said.from).is_none() {
        return Err(no_choice("from"));
    }
    let marker = said.marker.map_or("keep".to_owned(), |id| id.to_string());
    let pairs = Given::new()
        .set("from", Some(said.from))
        .set("marker", Some(marker))
        .set("reason", Some(said.reason))
        .set("version", Some(said.version))
        .alone();
    let mut form = Form::new(&pairs);
    let how = read_reopening(&mut form);
    form.done()?;
    actions::reopen(cx.conn, &staff, (it.id, id), &how)?;
    script(cx)
}
