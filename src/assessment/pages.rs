//! Pages of assessment: the office's below a cohort, a marker's queue, a trainee's own.

use chrono::{DateTime, Utc};

use crate::access::{self, APPLICANT, CohortStaff, INSTRUCTOR, STAFF};
use crate::cohorts::queries::{self as cohorts, Cohort};
use crate::error::Result;
use crate::ids::AssessmentId;
use crate::lang::Lang;
use crate::lang::format::hkt;
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Routes};

use super::queries::{self, Assessment};
use super::rules::{AssessmentState, percent, read_percent};

mod decide;
mod form;
mod give;
mod list;
mod marking;
mod own;
mod own_asks;
mod record;
mod remove;
mod reopen;
mod results;
mod steps;
mod taught;

pub(super) use form::{read_details, values};

pub(super) use list::{cursor, file as list_file, wanted};

pub(super) use marking::{read_given, script_file};

pub(super) use record::marks_file;

pub(super) use reopen::read_reopening;

pub(super) use results::file as results_file;

pub(super) use taught::{taught_cursor, taught_wanted};

/// Room for documents that are too large, so that their sender is told so on the page.
const UPLOAD_LIMIT: usize = 64 * 1024 * 1024;

/// Routes of the room's pages.
pub(super) fn routes() -> Routes {
    office().and(decisions()).and(readers())
}

#[rustfmt::skip]
fn office() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/assessments", STAFF, list::page)
        .get("/cohorts/{cohort}/assessments.csv", STAFF, list::file)
        .get("/cohorts/{cohort}/assessments.xlsx", STAFF, list::file)
        .get("/cohorts/{cohort}/module-results", STAFF, results::page)
        .get("/cohorts/{cohort}/module-results.csv", STAFF, results::file)
        .get("/cohorts/{cohort}/module-results.xlsx", STAFF, results::file)
        .get("/cohorts/{cohort}/assessments/new", STAFF, form::new)
        .post("/cohorts/{cohort}/assessments/new", STAFF, form::add)
        .get("/cohorts/{cohort}/assessments/{assessment}", STAFF, record::page)
        .get("/cohorts/{cohort}/assessments/{assessment}/history.csv", STAFF, record::history_file)
        .get("/cohorts/{cohort}/assessments/{assessment}/history.xlsx", STAFF, record::history_file)
        .get("/cohorts/{cohort}/assessments/{assessment}/marks.csv", STAFF, record::marks_file)
        .get("/cohorts/{cohort}/assessments/{assessment}/marks.xlsx", STAFF, record::marks_file)
        .get("/cohorts/{cohort}/assessments/{assessment}/edit", STAFF, form::edit)
        .post("/cohorts/{cohort}/assessments/{assessment}/edit", STAFF, form::save)
        .get("/cohorts/{cohort}/assessments/{assessment}/resit", STAFF, form::new_resit)
        .post("/cohorts/{cohort}/assessments/{assessment}/resit", STAFF, form::add_resit)
        .get("/cohorts/{cohort}/assessments/{assessment}/remove", STAFF, remove::ask)
        .post("/cohorts/{cohort}/assessments/{assessment}/remove", STAFF, remove::act)
        .get("/cohorts/{cohort}/assessments/{assessment}/open", STAFF, steps::ask)
        .post("/cohorts/{cohort}/assessments/{assessment}/open", STAFF, steps::act)
        .get("/cohorts/{cohort}/assessments/{assessment}/mark", STAFF, steps::ask)
        .post("/cohorts/{cohort}/assessments/{assessment}/mark", STAFF, steps::act)
        .get("/cohorts/{cohort}/assessments/{assessment}/moderate", STAFF, steps::ask)
        .post("/cohorts/{cohort}/assessments/{assessment}/moderate", STAFF, steps::act)
        .get("/cohorts/{cohort}/assessments/{assessment}/return", STAFF, steps::ask)
        .post("/cohorts/{cohort}/assessments/{assessment}/return", STAFF, steps::act)
        .get("/cohorts/{cohort}/assessments/{assessment}/release", STAFF, steps::ask)
        .post("/cohorts/{cohort}/assessments/{assessment}/release", STAFF, steps::act)
        .post("/cohorts/{cohort}/assessments/{assessment}/collect", STAFF, decide::collect)
        .post("/cohorts/{cohort}/assessments/{assessment}/admit", STAFF, decide::admit)
}

#[rustfmt::skip]
fn decisions() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/assessments/{assessment}/markers", STAFF, decide::ask_markers)
        .post("/cohorts/{cohort}/assessments/{assessment}/markers", STAFF, decide::markers)
        .get("/cohorts/{cohort}/assessments/{assessment}/second", STAFF, decide::ask_second)
        .post("/cohorts/{cohort}/assessments/{assessment}/second", STAFF, decide::second)
        .get("/cohorts/{cohort}/assessments/{assessment}/scripts/{script}", STAFF, decide::ask_script)
        .post("/cohorts/{cohort}/assessments/{assessment}/scripts/{script}", STAFF, decide::script)
        .get("/cohorts/{cohort}/assessments/{assessment}/scripts/{script}/reopen", STAFF, reopen::ask)
        .post("/cohorts/{cohort}/assessments/{assessment}/scripts/{script}/reopen", STAFF, reopen::act)
        .get("/cohorts/{cohort}/assessments/{assessment}/candidates/{candidate}/files/{n}", STAFF, reopen::file)
        .get("/cohorts/{cohort}/assessments/{assessment}/extensions/{extension}", STAFF, decide::ask_extension)
        .post("/cohorts/{cohort}/assessments/{assessment}/extensions/{extension}", STAFF, decide::extension)
        .get("/cohorts/{cohort}/assessments/{assessment}/candidates/{candidate}/extend", STAFF, decide::ask_extend)
        .post("/cohorts/{cohort}/assessments/{assessment}/candidates/{candidate}/extend", STAFF, decide::extend)
        .get("/cohorts/{cohort}/assessments/{assessment}/appeals/{appeal}", STAFF, decide::ask_appeal)
        .post("/cohorts/{cohort}/assessments/{assessment}/appeals/{appeal}", STAFF, decide::appeal)
}

#[rustfmt::skip]
fn readers() -> Routes {
    Routes::new()
        .get("/teaching/assessments", INSTRUCTOR, taught::page)
        .get("/teaching/assessments.csv", INSTRUCTOR, taught::file)
        .get("/teaching/assessments.xlsx", INSTRUCTOR, taught::file)
        .get("/marking", INSTRUCTOR, marking::queue)
        .get("/marking.csv", INSTRUCTOR, marking::queue_file)
        .get("/marking.xlsx", INSTRUCTOR, marking::queue_file)
        .get("/marking/{script}", INSTRUCTOR, marking::page)
        .post("/marking/{script}", INSTRUCTOR, marking::save)
        .get("/marking/{script}/files/{n}", INSTRUCTOR, marking::script_file)
        .get("/me/assessments", APPLICANT, own::list)
        .get("/me/assessments/{candidate}", APPLICANT, own::page)
        .post_free("/me/assessments/{candidate}", APPLICANT, own::hand_in)
        .limit(UPLOAD_LIMIT)
        .get("/me/assessments/{candidate}/files/{submission}/{n}", APPLICANT, own::file)
        .get("/me/assessments/{candidate}/take-back", APPLICANT, own::ask_take_back)
        .post("/me/assessments/{candidate}/take-back", APPLICANT, own::take_back)
        .get("/me/assessments/{candidate}/extension", APPLICANT, own_asks::ask_extension)
        .post("/me/assessments/{candidate}/extension", APPLICANT, own_asks::extension)
        .get("/me/assessments/{candidate}/extensions/{extension}/withdraw", APPLICANT, own_asks::ask_withdraw_extension)
        .post("/me/assessments/{candidate}/extensions/{extension}/withdraw", APPLICANT, own_asks::withdraw_extension)
        .get("/me/assessments/{candidate}/appeal", APPLICANT, own_asks::ask_appeal)
        .post("/me/assessments/{candidate}/appeal", APPLICANT, own_asks::appeal)
        .get("/me/assessments/{candidate}/appeals/{appeal}/withdraw", APPLICANT, own_asks::ask_withdraw_appeal)
        .post("/me/assessments/{candidate}/appeals/{appeal}/withdraw", APPLICANT, own_asks::withdraw_appeal)
}

/// The cohort of the address, with the proof that the visitor is its staff.
fn cohort(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Cohort)> {
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    Ok((staff, cohort))
}

/// The assessment of the address.
pub(super) fn one(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Assessment)> {
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let id: AssessmentId = cx.request().param("assessment")?;
    let it = queries::find(cx.conn, &staff, id)?;
    Ok((staff, it))
}

/// The address of an assessment.
fn home(it: &Assessment) -> String {
    format!("/cohorts/{}/assessments/{}", it.cohort_id, it.id)
}

/// The way from the list of cohorts to the assessments of one; `more` is the assessment, if there is one.
fn crumbs(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    more: Option<&Assessment>,
) -> Result<Vec<(String, String)>> {
    let lang = cx.lang();
    let cohort = cohorts::find(cx.conn, staff)?;
    let at = format!("/cohorts/{}", cohort.id);
    let mut way = vec![
        ("/cohorts".to_owned(), lang.nav_cohorts().to_owned()),
        (at.clone(), cohort.name(lang).to_owned()),
        (format!("{at}/assessments"), lang.asm_title().to_owned()),
    ];
    way.extend(more.map(|it| (home(it), it.title(lang).to_owned())));
    Ok(way)
}

/// The shape of a state beside its word.
fn tag(state: AssessmentState) -> &'static str {
    match state {
        AssessmentState::Planned => "",
        AssessmentState::Open => "go",
        AssessmentState::Marking | AssessmentState::Moderated => "wait",
        AssessmentState::Released => "ok",
    }
}

/// A mark as people read it: `72.5%`.
fn shown_mark(mark: Option<i32>) -> String {
    mark.map_or_else(|| "–".to_owned(), |it| format!("{}%", percent(it)))
}

/// A time as a date-and-time field holds it.
fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&hkt())
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}

/// A percentage from a field, in hundredths.
fn percent_of(form: &mut Form<'_>, pairs: &Pairs, field: &str) -> i32 {
    let read = read_percent(pairs.typed(field));
    if read.is_none() {
        form.error(field, "percent", |lang| lang.asm_need_percent().to_owned());
    }
    read.unwrap_or_default()
}

/// How lateness counts, in a sentence.
fn late_rule(lang: Lang, it: &Assessment) -> String {
    if it.late_hours == 0 {
        lang.asm_late_none().to_owned()
    } else {
        lang.asm_late_rule(
            it.late_hours,
            &percent(it.late_per_day),
            &percent(it.late_cap),
        )
    }
}
