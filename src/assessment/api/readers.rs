//! Assessment over the API, for markers and for trainees.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, INSTRUCTOR, Own};
use crate::error::{Error, Result};
use crate::files::queries::NewFile;
use crate::files::rules::MAX_DOCUMENT;
use crate::ids::{CandidateId, ScriptId};
use crate::web::api::{Given, Instant, decoded, list};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes, Upload};

use super::super::actions;
use super::super::pages::{read_given, script_file};
use super::super::queries::{self, OwnLine, Reader};

/// A script in a marker's queue: a label, never a name when marking is anonymous.
#[derive(Serialize, ToSchema)]
struct QueuedScript {
    id: Uuid,
    label: String,
    module_code: String,
    title_en: String,
    title_zh: String,
    /// first or second.
    role: String,
    done: bool,
    /// One’s own mark, in hundredths of a per cent.
    mark: Option<i32>,
}

/// What a marker gives.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMark {
    /// For each criterion of the rubric, in its order.
    points: Vec<Option<i32>>,
    /// For each criterion.
    #[serde(default)]
    comments: Vec<String>,
    #[serde(default)]
    #[schema(max_length = 8000)]
    feedback: String,
    /// Nobody came: only where nothing is handed in.
    #[serde(default)]
    absent: bool,
    /// For good; otherwise it is kept as a draft.
    done: bool,
    /// Version of the draft that was seen, 0 for none.
    version: i32,
}

/// A mark as it was saved.
#[derive(Serialize, ToSchema)]
struct SavedMark {
    script: Uuid,
    /// Hundredths of a per cent; none before all points are given.
    mark: Option<i32>,
    done: bool,
    version: i32,
}

/// An assessment of one’s own.
#[derive(Serialize, ToSchema)]
struct OwnAssessment {
    /// Of the candidate: one’s own part in the assessment.
    id: Uuid,
    assessment: Uuid,
    enrolment: Uuid,
    module_code: String,
    title_en: String,
    title_zh: String,
    brief_en: String,
    brief_zh: String,
    /// One’s own due time.
    due_at: DateTime<Utc>,
    /// After this nothing is taken.
    hard_end: DateTime<Utc>,
    takes_files: bool,
    /// The try that counts: its number and when it came.
    #[serde(rename = "try")]
    number: Option<i32>,
    submitted_at: Option<DateTime<Utc>>,
    days_late: Option<i32>,
    /// Is the mark released?
    released: bool,
    /// Hundredths of a per cent.
    mark: Option<i32>,
    pass_mark: i32,
    feedback: Option<String>,
}

/// A file to hand in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWorkFile {
    #[schema(example = "case.pdf")]
    name: String,
    /// A PDF in base64, at most 10 MB before it.
    #[schema(
        example = "JVBERi0xLjcKMSAwIG9iaiA8PCAvVHlwZSAvQ2F0YWxvZyA+PiBlbmRvYmoKdHJhaWxlciA8PCA+PgolJUVPRgo="
    )]
    content: String,
}

/// Work to hand in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSubmission {
    files: Vec<NewWorkFile>,
}

/// A request for a later due time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExtensionRequest {
    #[schema(value_type = String, format = DateTime, example = "2027-03-15T10:00:00Z")]
    until_at: Instant,
    #[schema(max_length = 2000, example = "I am in hospital until Monday.")]
    reason: String,
}

/// An appeal to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAppeal {
    #[schema(max_length = 4000, example = "The second file was not read.")]
    grounds: String,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<QueuedScript>()
        .schema_from::<NewMark>()
        .schema_from::<SavedMark>()
        .schema_from::<OwnAssessment>()
        .schema_from::<NewWorkFile>()
        .schema_from::<NewSubmission>()
        .schema_from::<NewExtensionRequest>()
        .schema_from::<NewAppeal>()
}

const QUEUE: &[(&str, &str)] = &[
    ("all", "yes: also what is done."),
    ("assessment", "Only scripts of this assessment."),
    ("after", "The `next` of the page before."),
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let (read, write) = (Operation::read, Operation::write);
    let room = usize::try_from(MAX_DOCUMENT).unwrap_or(usize::MAX) / 3 * 4 * 5 + 64 * 1024;
    Routes::new()
        .api(Method::Get, "/api/v1/marking", INSTRUCTOR, queue,
            read("listScriptsToMark", "Scripts that one marks, what is to be done first.", "QueuedScript[]").asking(QUEUE))
        .api(Method::Post, "/api/v1/marking/{script}", INSTRUCTOR, save,
            write("saveMark", "Saves points by the rubric: a draft, or for good.", Some("NewMark"), (200, "SavedMark")))
        .api(Method::Get, "/api/v1/marking/{script}/files/{n}", INSTRUCTOR, script_file,
            read("getScriptFile", "A file of a script, from 1.", "application/pdf"))
        .api(Method::Get, "/api/v1/me/assessments", APPLICANT, own_all,
            read("listOwnAssessments", "What one is assessed by, by due time.", "OwnAssessment[]"))
        .api(Method::Get, "/api/v1/me/assessments/{candidate}", APPLICANT, own_one,
            read("getOwnAssessment", "One of these.", "OwnAssessment"))
        .api(Method::Post, "/api/v1/me/assessments/{candidate}/submissions", APPLICANT, hand_in,
            write("handIn", "Hands work in; what was handed in before is kept and counts no more.", Some("NewSubmission"), (201, "OwnAssessment")))
        .limit(room)
        .api(Method::Post, "/api/v1/me/assessments/{candidate}/take-back", APPLICANT, take_back,
            write("takeBack", "Takes back what stands, before the due time.", None, (200, "OwnAssessment")))
        .api(Method::Post, "/api/v1/me/assessments/{candidate}/extension", APPLICANT, ask_extension,
            write("askExtension", "Asks for a later due time.", Some("NewExtensionRequest"), (200, "OwnAssessment")))
        .api(Method::Post, "/api/v1/me/assessments/{candidate}/appeal", APPLICANT, appeal,
            write("makeAppeal", "Makes an appeal against a released mark.", Some("NewAppeal"), (200, "OwnAssessment")))
}

fn queue(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let instructor = access::instructor(cx.conn)?;
    let query = &cx.visit.request.query;
    let after = Cursor::from_query(query);
    let open = query.typed("all") != "yes";
    let of = query.typed("assessment").parse().ok();
    let rows = queries::queue(cx.conn, &instructor, (open, of), after.as_ref(), PAGE + 1)?;
    let place = |it: &queries::Queued| Cursor {
        key: it.sort_key.clone(),
        id: it.id.0,
    };
    list(Page::cut(rows, PAGE, place), |it| QueuedScript {
        id: it.id.0,
        label: it.label,
        module_code: it.module_code,
        title_en: it.title_en,
        title_zh: it.title_zh,
        role: it.role,
        done: it.done,
        mark: it.mark,
    })
}

fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let instructor = access::instructor(cx.conn)?;
    let id: ScriptId = cx.request().param("script")?;
    let (script, it) = queries::script(cx.conn, &instructor, id)?;
    let said: NewMark = cx.json()?;
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (n, points) in (1..).zip(&said.points) {
        let typed = points.map(|it| it.to_string()).unwrap_or_default();
        pairs.push((format!("points_{n}"), typed));
    }
    for (n, comment) in (1..).zip(&said.comments) {
        pairs.push((format!("comment_{n}"), comment.clone()));
    }
    pairs.push(("feedback".to_owned(), said.feedback));
    let pairs = crate::web::Pairs::new(pairs);
    let mut form = Form::new(&pairs);
    let mut given = read_given(&mut form, &pairs, &it.rubric()?);
    form.done()?;
    (given.absent, given.done) = (said.absent, said.done);
    actions::save_mark(cx.conn, &instructor, id, &given, said.version)?;
    let role = script.role_of(instructor.person()).ok_or(Error::NotFound)?;
    let saved =
        queries::mark_of(cx.conn, Reader::Marker(&instructor), id, role)?.ok_or(Error::NotFound)?;
    let saved = SavedMark {
        script: id.0,
        mark: saved.mark,
        done: saved.done,
        version: saved.version,
    };
    Reply::json(200, &saved)
}

fn shown(it: OwnLine) -> OwnAssessment {
    let times = it.assessment.times(it.extended_to);
    let standing = it.standing().cloned();
    OwnAssessment {
        id: it.id.0,
        assessment: it.assessment.id.0,
        enrolment: it.enrolment_id.0,
        module_code: it.assessment.module_code,
        title_en: it.assessment.title_en,
        title_zh: it.assessment.title_zh,
        brief_en: it.assessment.brief_en,
        brief_zh: it.assessment.brief_zh,
        due_at: times.due_at,
        hard_end: times.hard_end(),
        takes_files: it.assessment.takes_files,
        number: standing.as_ref().map(|it| it.number),
        submitted_at: standing.as_ref().map(|it| it.submitted_at),
        days_late: standing.as_ref().map(|it| it.days_late),
        released: it.released.is_some(),
        mark: it.released.as_ref().and_then(|it| it.mark),
        pass_mark: it.assessment.pass_mark,
        feedback: it.released.map(|it| it.feedback),
    }
}

fn own_all(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let rows = queries::own_all(cx.conn, &own)?;
    list(Page { rows, next: None }, shown)
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(Own, OwnLine)> {
    let own = access::own(cx.conn)?;
    let id: CandidateId = cx.request().param("candidate")?;
    let it = queries::own_one(cx.conn, &own, id)?;
    Ok((own, it))
}

fn own_one(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    Reply::json(200, &shown(it))
}

fn hand_in(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let new: NewSubmission = cx.json()?;
    actions::may_hand_in(cx.conn, &it)?;
    let store = &cx.site.files;
    let file = |it: NewWorkFile| decoded(store, "content", (it.name, &it.content));
    let sent: Vec<Upload> = new.files.into_iter().map(file).collect::<Result<_>>()?;
    let most = u64::try_from(it.assessment.max_bytes).unwrap_or_default();
    for file in &sent {
        file.judge_pdf(most)?;
    }
    let labels: Vec<String> = sent.iter().map(Upload::pdf_label).collect();
    let whose = (own.person(), Some(it.programme_id));
    store.keeping(&sent, |keys| {
        let files: Vec<NewFile<'_>> = (sent.iter().zip(keys).zip(&labels))
            .map(|((file, key), label)| file.as_pdf(whose, key, label))
            .collect();
        actions::hand_in(cx.conn, &own, it.id, &files)
    })?;
    Reply::json(201, &shown(queries::own_one(cx.conn, &own, it.id)?))
}

fn take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    actions::take_back(cx.conn, &own, it.id)?;
    Reply::json(200, &shown(queries::own_one(cx.conn, &own, it.id)?))
}

fn ask_extension(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let said: NewExtensionRequest = cx.json()?;
    let pairs = Given::new().set("reason", Some(said.reason)).alone();
    let mut form = Form::new(&pairs);
    let reason = form.text("reason", 2_000);
    form.done()?;
    actions::ask_extension(cx.conn, &own, it.id, said.until_at.0, &reason)?;
    Reply::json(200, &shown(queries::own_one(cx.conn, &own, it.id)?))
}

fn appeal(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let said: NewAppeal = cx.json()?;
    let pairs = Given::new().set("grounds", Some(said.grounds)).alone();
    let mut form = Form::new(&pairs);
    let grounds = form.text("grounds", 4_000);
    form.done()?;
    actions::lodge_appeal(cx.conn, &own, it.id, &grounds)?;
    Reply::json(200, &shown(queries::own_one(cx.conn, &own, it.id)?))
}
