//! Assessment over the API: what an instructor teaches.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ComponentsBuilder;
use uuid::Uuid;

use crate::access::{self, INSTRUCTOR};
use crate::error::Result;
use crate::web::api::list;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Method, Operation, Reply, Routes};

use super::super::pages::{taught_cursor, taught_wanted};
use super::super::queries::{self, Taught};

/// An assessment of a module that one teaches or marks for.
#[derive(Serialize, ToSchema)]
struct TaughtAssessment {
    id: Uuid,
    cohort: Uuid,
    cohort_code: String,
    module_code: String,
    title_en: String,
    title_zh: String,
    resit: bool,
    due_at: DateTime<Utc>,
    takes_files: bool,
    /// planned, open, marking, moderated or released.
    state: String,
    candidates: i64,
    handed_in: i64,
    /// Scripts that wait for one’s own mark.
    to_mark: i64,
    /// Scripts that have it.
    marked: i64,
}

/// The schemas of this file.
pub(super) fn schemas(to: ComponentsBuilder) -> ComponentsBuilder {
    to.schema_from::<TaughtAssessment>()
}

const LIST: &[(&str, &str)] = &[
    ("state", "Only assessments in this state."),
    ("cohort", "Only assessments of this cohort."),
    (
        "sort",
        "work (the default: what waits for one’s mark first), due, title, module or cohort; with - from the end.",
    ),
    ("after", "The `next` of the page before."),
];

/// The operations of this file.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    Routes::new()
        .api(Method::Get, "/api/v1/teaching/assessments", INSTRUCTOR, taught,
            Operation::read("listTaughtAssessments", "Assessments of the modules that one teaches, over all cohorts.", "TaughtAssessment[]").asking(LIST))
}

fn shown(it: Taught) -> TaughtAssessment {
    TaughtAssessment {
        id: it.id.0,
        cohort: it.cohort_id.0,
        cohort_code: it.cohort_code,
        module_code: it.module_code,
        title_en: it.title_en,
        title_zh: it.title_zh,
        resit: it.resit,
        due_at: it.due_at,
        takes_files: it.takes_files,
        state: it.state,
        candidates: it.candidates,
        handed_in: it.handed_in,
        to_mark: it.to_mark,
        marked: it.marked,
    }
}

fn taught(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let instructor = access::instructor(cx.conn)?;
    let wanted = taught_wanted(&cx.visit.request.query, PAGE + 1);
    let rows = queries::taught(cx.conn, &instructor, &wanted)?;
    list(Page::cut(rows, PAGE, taught_cursor), shown)
}
