//! Import over the API: the file in the body, its counts and remarks in the answer.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, STAFF};
use crate::error::{Error, Result};
use crate::ids::ImportId;
use crate::web::api::no_choice;
use crate::web::{Body, Cx, Method, Operation, Reply, Routes};

use super::import_actions::{self as actions, Outputs, Source};

/// A remark on a row of the file.
#[derive(Serialize, ToSchema)]
struct ImportRemark {
    /// Line of the file.
    line: u64,
    /// Row of the spreadsheet.
    row: u64,
    /// new, update, unchanged, duplicate or error.
    outcome: String,
    /// error, duplicate or warning.
    severity: String,
    field: Option<String>,
    code: String,
    reason: String,
}

/// What an import does, or did.
#[derive(Serialize, ToSchema)]
struct ImportResult {
    /// Its id, when it was written.
    id: Option<Uuid>,
    /// Was it written?
    committed: bool,
    rows: u64,
    new: u64,
    update: u64,
    unchanged: u64,
    duplicate: u64,
    error: u64,
    ignored_columns: Vec<String>,
    remarks: Vec<ImportRemark>,
    /// Remarks that are not listed.
    remarks_left_out: u64,
}

/// The schemas of this file.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<ImportRemark>()
        .schema_from::<ImportResult>()
}

/// The operations of this file.
#[must_use]
pub fn routes() -> Routes {
    const HOW: &[(&str, &str)] = &[
        ("mode", "dry_run (the default) judges; commit writes."),
        ("notify", "yes: new applicants are told by mail."),
    ];
    Routes::new()
        .api(
            Method::Post,
            "/api/v1/cohorts/{cohort}/imports",
            STAFF,
            import,
            Operation::write(
                "importApplicants",
                "Takes applicants from a CSV file: judges it, or writes what it says.",
                Some("text/csv"),
                (200, "ImportResult"),
            )
            .asking(HOW),
        )
        .limit(16 * 1024 * 1024)
}

fn import(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cx.visit.request.param("cohort")?)?;
    let request = &cx.visit.request;
    let commit = match request.query.typed("mode") {
        "" | "dry_run" => false,
        "commit" => true,
        _ => return Err(no_choice("mode")),
    };
    let bytes = match &request.body {
        Body::Other(media, bytes) if media == "text/csv" => bytes,
        Body::Empty => {
            return Err(Error::BadRequest(
                "a CSV file is wanted in the body".to_owned(),
            ));
        }
        Body::Other(..) | Body::Json(_) | Body::Form(..) => return Err(Error::UnsupportedMedia),
    };
    let call = actions::for_staff(cx.conn, &staff)?;
    let outputs = Outputs {
        lang: cx.lang(),
        ..Outputs::default()
    };
    let id = ImportId::new();
    let findings = if commit {
        let source = Source {
            id,
            label: "api.csv".to_owned(),
            sha256: Sha256::digest(bytes).to_vec(),
            recorded: false,
            notify: request.query.has("notify", "yes"),
        };
        actions::commit(
            cx.conn,
            &call,
            &source,
            bytes.as_slice(),
            &outputs,
            &mut |_| {},
        )?
    } else {
        actions::dry_run(cx.conn, &call, bytes.as_slice(), &outputs)?
    };
    let report = findings.report(cx.lang());
    let counts = report.counts;
    Reply::json(
        200,
        &ImportResult {
            id: commit.then_some(id.0),
            committed: commit,
            rows: counts.rows,
            new: counts.new,
            update: counts.update,
            unchanged: counts.unchanged,
            duplicate: counts.duplicate,
            error: counts.error,
            ignored_columns: report.ignored_columns.clone(),
            remarks: report.reasons.iter().map(remark).collect(),
            remarks_left_out: report.reasons_left_out,
        },
    )
}

fn remark(it: &super::import::Note) -> ImportRemark {
    ImportRemark {
        line: it.line,
        row: it.row,
        outcome: it.outcome.to_owned(),
        severity: it.severity.to_owned(),
        field: it.field.map(str::to_owned),
        code: it.code.to_owned(),
        reason: it.reason.clone(),
    }
}
