//! Import over the API: the file in the body, its counts and remarks in the answer.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, STAFF};
use crate::error::{Error, Result};
use crate::ids::ImportId;
use crate::web::api::{list, no_choice};
use crate::web::paging::{Cursor, Page};
use crate::web::{Body, Cx, Method, Operation, Reply, Routes};

use super::import::Report;
use super::import_actions::{self as actions, Outputs, Source};
use super::import_pages::{bad_rows_file, report_file};
use super::import_queries::{self as queries, RUNS, Run};

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

/// A file that was sent in.
#[derive(Serialize, ToSchema)]
struct ImportRun {
    id: Uuid,
    file_label: String,
    /// judged, running, committed or failed.
    state: String,
    rows: i64,
    new: i64,
    update: i64,
    unchanged: i64,
    duplicate: i64,
    error: i64,
    /// Rows written so far.
    progress: i32,
    /// Why the last commit failed, as a code.
    failure: Option<String>,
    /// Are there a report and the bad rows to fetch?
    has_files: bool,
    /// Who sent it in.
    by: Option<String>,
    created_at: DateTime<Utc>,
    committed_at: Option<DateTime<Utc>>,
}

impl From<Run> for ImportRun {
    fn from(it: Run) -> Self {
        let count = |name: &str| it.counts.get(name).and_then(Value::as_i64).unwrap_or(0);
        let state = if it.committed_at.is_some() {
            "committed"
        } else if it.failure.is_some() || it.silent {
            "failed"
        } else if it.running {
            "running"
        } else {
            "judged"
        };
        Self {
            id: it.id.0,
            state: state.to_owned(),
            rows: count("rows"),
            new: count("new"),
            update: count("update"),
            unchanged: count("unchanged"),
            duplicate: count("duplicate"),
            error: count("error"),
            has_files: it.report_id.is_some() && it.bad_rows_id.is_some(),
            file_label: it.file_label,
            progress: it.progress,
            failure: it.failure,
            by: it.by,
            created_at: it.created_at,
            committed_at: it.committed_at,
        }
    }
}

/// The schemas of this file.
#[must_use]
pub fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<ImportRemark>()
        .schema_from::<ImportResult>()
        .schema_from::<ImportRun>()
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
        .and(run_routes())
}

fn run_routes() -> Routes {
    const LIST: &[(&str, &str)] = &[("after", "The `next` of the page before.")];
    let read = Operation::read;
    Routes::new()
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/imports",
            STAFF,
            runs,
            read(
                "listImports",
                "Files that were sent in, the newest first.",
                "ImportRun[]",
            )
            .asking(LIST),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/imports/{import}",
            STAFF,
            run,
            read("getImport", "One file.", "ImportRun"),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/imports/{import}/report.csv",
            STAFF,
            report_file,
            read(
                "getImportReport",
                "What came of every row, as CSV.",
                "text/csv",
            ),
        )
        .api(
            Method::Get,
            "/api/v1/cohorts/{cohort}/imports/{import}/bad-rows.csv",
            STAFF,
            bad_rows_file,
            read(
                "getImportBadRows",
                "The rows to be mended and sent again, as CSV.",
                "text/csv",
            ),
        )
}

fn runs(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cx.visit.request.param("cohort")?)?;
    let before = Cursor::from_query(&cx.visit.request.query).map(|cursor| cursor.id);
    let rows = queries::runs(cx.conn, &staff, before)?;
    let page = Page::cut(rows, RUNS, |run| Cursor {
        key: String::new(),
        id: run.id.0,
    });
    list(page, ImportRun::from)
}

fn run(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cx.visit.request.param("cohort")?)?;
    let run = queries::run(cx.conn, &staff, cx.visit.request.param("import")?)?;
    Reply::json(200, &ImportRun::from(run))
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
    Reply::json(
        200,
        &result(findings.report(cx.lang()), commit.then_some(id)),
    )
}

fn result(report: &Report, id: Option<ImportId>) -> ImportResult {
    let counts = report.counts;
    ImportResult {
        id: id.map(|id| id.0),
        committed: id.is_some(),
        rows: counts.rows,
        new: counts.new,
        update: counts.update,
        unchanged: counts.unchanged,
        duplicate: counts.duplicate,
        error: counts.error,
        ignored_columns: report.ignored_columns.clone(),
        remarks: report.reasons.iter().map(remark).collect(),
        remarks_left_out: report.reasons_left_out,
    }
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
