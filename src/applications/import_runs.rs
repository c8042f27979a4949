//! The list of files that were sent in, and the history of one, as files.

use crate::access::{self, STAFF};
use crate::audit;
use crate::cohorts;
use crate::error::Result;
use crate::ids::{CohortId, ImportId};
use crate::lang::format;
use crate::web::exports::short;
use crate::web::{Cx, Reply, Routes};

use super::import_pages::{counts, state};
use super::import_queries::{self as queries, RUNS};

/// GET `/cohorts/{cohort}/import.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param::<CohortId>("cohort")?)?;
    let cohort = cohorts::queries::find(cx.conn, &staff)?;
    let mut header = vec![
        lang.import_file(),
        lang.import_state(),
        lang.import_when(),
        lang.import_by(),
    ];
    let mut rows = Vec::new();
    let mut before = None;
    loop {
        let page = queries::runs(cx.conn, &staff, before)?;
        let full = usize::try_from(RUNS).is_ok_and(|n| page.len() > n);
        for run in &page {
            let counted = counts(run, lang);
            if rows.is_empty() {
                header.extend(counted.iter().map(|count| count.label));
            }
            let by = run.by.clone();
            let mut row = vec![
                run.file_label.clone(),
                state(run, lang).1.to_owned(),
                format::moment(lang, run.created_at),
                by.unwrap_or_else(|| lang.import_by_system().to_owned()),
            ];
            row.extend(counted.into_iter().map(|count| count.n));
            rows.push(row);
        }
        match page.last() {
            Some(last) if full => before = Some(last.id.0),
            Some(_) | None => break,
        }
    }
    let name = format!("{}-imports", cohort.code);
    short(&cx.request().path, &name, &header, rows)
}

/// The routes of one import's history.
pub(super) fn history_routes() -> Routes {
    let (csv, xlsx) = (
        "/cohorts/{cohort}/import/{import}/history.csv",
        "/cohorts/{cohort}/import/{import}/history.xlsx",
    );
    Routes::new()
        .get(csv, STAFF, history_file)
        .get(xlsx, STAFF, history_file)
}

/// GET `/cohorts/{cohort}/import/{import}/history.csv` and `.xlsx`.
fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let id: ImportId = cx.request().param("import")?;
    let staff = access::cohort_staff(cx.conn, cx.request().param::<CohortId>("cohort")?)?;
    queries::run(cx.conn, &staff, id)?;
    audit::file(cx.visit, "import-history", id.0)
}
