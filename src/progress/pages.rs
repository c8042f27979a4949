//! Pages of completion: the rules of a programme, a cohort's standing, what would be if, a trainee's
//! own progress, and pauses in learning.

use crate::access::{self, APPLICANT, CohortStaff, STAFF};
use crate::cohorts::queries::{self as cohorts, Cohort};
use crate::curriculum::queries::Book;
use crate::error::Result;
use crate::lang::Lang;
use crate::web::forms::pair;
use crate::web::{Cx, Routes};

use super::queries;
use super::rules::content::CompletionRules;

mod choose;
pub(super) mod cohort;
mod confirm;
mod enter;
mod gained;
pub(super) mod own;
pub(super) mod pauses;
pub(super) mod versions;
mod trainee;
pub(super) mod what_if;

pub use gained::{Gained, gained};
pub use own::{Ring, ring};

/// Routes of the room.
pub(super) fn routes() -> Routes {
    programme_routes()
        .and(cohort_routes())
        .and(pause_routes())
        .and(own_routes())
}

#[rustfmt::skip]
fn programme_routes() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/completion", STAFF, versions::list)
        .get("/programmes/{programme}/completion.csv", STAFF, versions::file)
        .get("/programmes/{programme}/completion.xlsx", STAFF, versions::file)
        .get("/programmes/{programme}/completion/draft", STAFF, versions::edit)
        .post("/programmes/{programme}/completion/draft", STAFF, versions::save)
        .get("/programmes/{programme}/completion/publish", STAFF, versions::ask_publish)
        .post("/programmes/{programme}/completion/publish", STAFF, versions::publish)
        .get("/programmes/{programme}/completion/discard", STAFF, versions::ask_discard)
        .post("/programmes/{programme}/completion/discard", STAFF, versions::discard)
        .get("/programmes/{programme}/completion/versions/{rules}", STAFF, versions::record)
        .get("/programmes/{programme}/completion/versions/{rules}/history.csv", STAFF, versions::history_file)
        .get("/programmes/{programme}/completion/versions/{rules}/history.xlsx", STAFF, versions::history_file)
}

#[rustfmt::skip]
fn cohort_routes() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/completion", STAFF, cohort::page)
        .get("/cohorts/{cohort}/completion.csv", STAFF, cohort::file)
        .get("/cohorts/{cohort}/completion.xlsx", STAFF, cohort::file)
        .get("/cohorts/{cohort}/completion/rules", STAFF, choose::page)
        .post("/cohorts/{cohort}/completion/rules", STAFF, choose::follow)
        .get("/cohorts/{cohort}/completion/confirm", STAFF, confirm::ask)
        .post("/cohorts/{cohort}/completion/confirm", STAFF, confirm::confirm)
        .get("/cohorts/{cohort}/completion/what-if", STAFF, what_if::page)
        .post("/cohorts/{cohort}/completion/what-if", STAFF, what_if::keep)
        .get("/cohorts/{cohort}/completion/what-if.csv", STAFF, what_if::file)
        .get("/cohorts/{cohort}/completion/what-if.xlsx", STAFF, what_if::file)
        .get("/cohorts/{cohort}/completion/trainees/{enrolment}", STAFF, trainee::page)
        .post("/cohorts/{cohort}/completion/trainees/{enrolment}/forms", STAFF, trainee::form)
        .get("/cohorts/{cohort}/completion/trainees/{enrolment}/break", STAFF, enter::ask)
        .post("/cohorts/{cohort}/completion/trainees/{enrolment}/break", STAFF, enter::enter)
        .get("/cohorts/{cohort}/completion/trainees/{enrolment}/revoke", STAFF, trainee::ask_revoke)
        .post("/cohorts/{cohort}/completion/trainees/{enrolment}/revoke", STAFF, trainee::revoke)
        .get("/cohorts/{cohort}/completion/trainees/{enrolment}/reopen", STAFF, trainee::ask_reopen)
        .post("/cohorts/{cohort}/completion/trainees/{enrolment}/reopen", STAFF, trainee::reopen)
        .get("/cohorts/{cohort}/completion/trainees/{enrolment}/fail", STAFF, trainee::ask_fail)
        .post("/cohorts/{cohort}/completion/trainees/{enrolment}/fail", STAFF, trainee::fail)
}

#[rustfmt::skip]
fn pause_routes() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/breaks", STAFF, pauses::list)
        .get("/cohorts/{cohort}/breaks.csv", STAFF, pauses::file)
        .get("/cohorts/{cohort}/breaks.xlsx", STAFF, pauses::file)
        .get("/cohorts/{cohort}/breaks/{break}", STAFF, pauses::record)
        .post("/cohorts/{cohort}/breaks/{break}/decide", STAFF, pauses::decide)
        .post("/cohorts/{cohort}/breaks/{break}/return", STAFF, pauses::come_back)
        .post("/cohorts/{cohort}/breaks/{break}/extensions", STAFF, pauses::extend)
        .get("/cohorts/{cohort}/breaks/{break}/history.csv", STAFF, pauses::history_file)
        .get("/cohorts/{cohort}/breaks/{break}/history.xlsx", STAFF, pauses::history_file)
}

#[rustfmt::skip]
fn own_routes() -> Routes {
    Routes::new()
        .get("/me/progress", APPLICANT, own::page)
        .get("/me/enrolments/{enrolment}/breaks", APPLICANT, own::breaks)
        .post("/me/enrolments/{enrolment}/breaks", APPLICANT, own::ask)
        .post("/me/enrolments/{enrolment}/breaks/{break}/withdraw", APPLICANT, own::withdraw)
}

/// The cohort of the address, for its staff.
pub(super) fn cohort_of(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Cohort)> {
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    Ok((staff, cohort))
}

/// Where a cohort's completion stands.
pub(super) fn at(staff: &CohortStaff) -> String {
    format!("/cohorts/{}/completion", staff.cohort())
}

/// The way to a page below a cohort's completion.
pub(super) fn crumbs(lang: Lang, staff: &CohortStaff, cohort: &Cohort) -> Vec<(String, String)> {
    vec![
        pair("/cohorts", lang.nav_cohorts()),
        pair(format!("/cohorts/{}", staff.cohort()), cohort.name(lang)),
        pair(at(staff), lang.progress_title()),
    ]
}

/// A warning that nobody can complete by these rules, with the modules that the cohort is not offered.
pub(super) fn out_of_reach(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    (rules, book): (&CompletionRules, &Book),
) -> Result<Option<String>> {
    let lang = cx.lang();
    let missing = rules.out_of_reach(&queries::offered(cx.conn, staff)?);
    let named = missing.iter().filter_map(|it| book.module(*it));
    let codes: Vec<&str> = named.map(|it| it.code.as_str()).collect();
    let listed = codes.join(lang.pick(", ", "、"));
    Ok((!codes.is_empty()).then(|| lang.progress_out_of_reach(&listed)))
}
