//! Exemptions over the API: a trainee's own, and a programme's for its staff.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, APPLICANT, OwnEnrolment, ProgrammeStaff, STAFF};
use crate::error::{Error, Result};
use crate::files::rules::MAX_DOCUMENT;
use crate::ids::ExemptionId;
use crate::web::api::{Given, decoded, list};
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Method, Operation, Reply, Routes};

use super::super::exemption_actions as actions;
use super::super::exemption_queries as queries;
use super::super::pages::exemptions::{cursor, evidence, read, wanted};
use super::super::pages::own::{evidence as own_evidence, read as read_request};
use super::super::pages::staff;
use super::super::rules::exemption::effect;

/// A request for exemption from a module.
#[derive(Serialize, ToSchema)]
struct Exemption {
    id: Uuid,
    enrolment: Uuid,
    module: Uuid,
    module_code: String,
    trainee: String,
    trainee_number: String,
    statement: String,
    /// requested, withdrawn, granted or refused.
    state: String,
    /// Why, once decided.
    reason: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// Does the module count as passed by it? It never carries a mark.
    counts_as_passed: bool,
}

fn shown(it: queries::Exemption) -> Exemption {
    Exemption {
        counts_as_passed: it.state().is_ok_and(|state| effect(state).counts_as_passed),
        id: it.id.0,
        enrolment: it.enrolment_id.0,
        module: it.module_id.0,
        module_code: it.code,
        trainee: it.name_shown,
        trainee_number: it.trainee_number,
        statement: it.statement,
        state: it.state,
        reason: it.reason,
        decided_at: it.decided_at,
        created_at: it.created_at,
    }
}

/// The office's draft of a decision.
#[derive(Serialize, ToSchema)]
struct ExemptionDraft {
    /// grant or refuse.
    decision: String,
    /// The trainee reads it when it is decided.
    reason: String,
    /// Which state of the draft this is.
    version: i32,
}

/// A decision to draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExemptionDecision {
    /// grant or refuse.
    #[schema(example = "grant")]
    decision: String,
    reason: String,
    /// The draft's version that was read; 0 when there is none.
    #[schema(example = 0)]
    version: i32,
}

/// The draft to decide by.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExemptionConfirmed {
    version: i32,
}

/// A request to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExemption {
    module: Uuid,
    statement: String,
    /// A PDF in base64, at most 10 MB before it.
    #[schema(
        example = "JVBERi0xLjcKMSAwIG9iaiA8PCAvVHlwZSAvQ2F0YWxvZyA+PiBlbmRvYmoKdHJhaWxlciA8PCA+PgolJUVPRgo="
    )]
    evidence: String,
    /// A name for the file.
    #[schema(example = "certificate.pdf")]
    file_name: Option<String>,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<Exemption>()
        .schema_from::<ExemptionDraft>()
        .schema_from::<ExemptionDecision>()
        .schema_from::<ExemptionConfirmed>()
        .schema_from::<NewExemption>()
}

const LIST: &[(&str, &str)] = &[
    ("state", "Only requests in this state."),
    ("module", "Only requests for this module."),
    ("q", "Part of a trainee’s name or number."),
    (
        "sort",
        "asked (the default), name or module; with - from the end.",
    ),
    ("after", "The `next` of the page before."),
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    let all = "/api/v1/programmes/{programme}/exemptions";
    let one = "/api/v1/programmes/{programme}/exemptions/{exemption}";
    let draft_at = "/api/v1/programmes/{programme}/exemptions/{exemption}/draft";
    let decide_at = "/api/v1/programmes/{programme}/exemptions/{exemption}/decide";
    let evidence_at = "/api/v1/programmes/{programme}/exemptions/{exemption}/evidence";
    let mine = "/api/v1/me/enrolments/{enrolment}/exemptions";
    let withdraw_at = "/api/v1/me/enrolments/{enrolment}/exemptions/{exemption}/withdraw";
    let own_evidence_at = "/api/v1/me/enrolments/{enrolment}/exemptions/{exemption}/evidence";
    let (read, write) = (Operation::read, Operation::write);
    let room = usize::try_from(MAX_DOCUMENT).unwrap_or(usize::MAX) / 3 * 4 + 64 * 1024;
    Routes::new()
        .api(Method::Get, all, STAFF, exemptions,
            read("listExemptions", "Requests for exemption.", "Exemption[]").asking(LIST))
        .api(Method::Get, one, STAFF, show,
            read("getExemption", "One request.", "Exemption"))
        .api(Method::Post, draft_at, STAFF, draft,
            write("draftExemption", "Drafts the decision; only the programme office sees it.", Some("ExemptionDecision"), (200, "ExemptionDraft")))
        .api(Method::Post, decide_at, STAFF, decide,
            write("decideExemption", "Makes the drafted decision; the trainee is written to.", Some("ExemptionConfirmed"), (200, "Exemption")))
        .api(Method::Get, evidence_at, STAFF, evidence,
            read("getExemptionEvidence", "The evidence of a request.", "application/pdf"))
        .api(Method::Get, mine, APPLICANT, own_all,
            read("listOwnExemptions", "One’s own requests, the newest first.", "Exemption[]"))
        .api(Method::Post, mine, APPLICANT, ask,
            write("askExemption", "Asks for exemption from a module.", Some("NewExemption"), (201, "Exemption")))
        .limit(room)
        .api(Method::Post, withdraw_at, APPLICANT, withdraw,
            write("withdrawExemption", "Takes a request back.", None, (200, "Exemption")))
        .api(Method::Get, own_evidence_at, APPLICANT, own_evidence,
            read("getOwnExemptionEvidence", "The evidence that was sent.", "application/pdf"))
}

fn exemptions(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let wanted = wanted(&cx.visit.request.query, PAGE + 1);
    let rows = queries::list(cx.conn, &staff, &wanted)?;
    list(Page::cut(rows, PAGE, cursor), shown)
}

/// Staff and the request of the address.
fn one(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, ExemptionId)> {
    let staff = staff(cx)?;
    let id: ExemptionId = cx.request().param("exemption")?;
    queries::find(cx.conn, &staff, id)?;
    Ok((staff, id))
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = one(cx)?;
    Reply::json(200, &shown(queries::find(cx.conn, &staff, id)?))
}

fn draft(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = one(cx)?;
    let said: ExemptionDecision = cx.json()?;
    let pairs = Given::new()
        .set("decision", Some(said.decision))
        .set("reason", Some(said.reason))
        .alone();
    let mut form = Form::new(&pairs);
    let (decision, reason) = read(&mut form);
    form.done()?;
    let decision = decision.ok_or(Error::NotFound)?;
    actions::draft(cx.conn, &staff, id, said.version, (decision, &reason))?;
    let case = queries::case(cx.conn, &staff, id)?.ok_or(Error::NotFound)?;
    let draft = ExemptionDraft {
        decision: case.decision,
        reason: case.reason,
        version: case.version,
    };
    Reply::json(200, &draft)
}

fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = one(cx)?;
    let said: ExemptionConfirmed = cx.json()?;
    actions::decide(cx.conn, &staff, id, said.version)?;
    Reply::json(200, &shown(queries::find(cx.conn, &staff, id)?))
}

fn own(cx: &mut Cx<'_, '_>) -> Result<OwnEnrolment> {
    access::own_enrolment(cx.conn, cx.request().param("enrolment")?)
}

fn own_all(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let rows = queries::own_all(cx.conn, &own)?;
    list(Page { rows, next: None }, shown)
}

fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let new: NewExemption = cx.json()?;
    let pairs = Given::new()
        .set("module", Some(new.module))
        .set("statement", Some(new.statement))
        .alone();
    let mut form = Form::new(&pairs);
    let (module, statement) = read_request(&mut form);
    form.done()?;
    let module = module.ok_or(Error::NotFound)?;
    let name = new.file_name.unwrap_or_default();
    let store = &cx.site.files;
    let sent = decoded(store, "evidence", (name, &new.evidence))?;
    sent.judge_pdf(MAX_DOCUMENT)?;
    let (label, whose) = (sent.pdf_label(), (own.person(), Some(own.programme())));
    let id = store.keeping(&[&sent], |keys| {
        let key = keys.first().ok_or(Error::NotFound)?;
        let file = sent.as_pdf(whose, key, &label);
        actions::ask(cx.conn, &own, module, &statement, &file)
    })?;
    Reply::json(201, &shown(queries::own_one(cx.conn, &own, id)?))
}

fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let id: ExemptionId = cx.request().param("exemption")?;
    actions::withdraw(cx.conn, &own, id)?;
    Reply::json(200, &shown(queries::own_one(cx.conn, &own, id)?))
}
