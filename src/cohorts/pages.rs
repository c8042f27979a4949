//! Pages of cohorts at the desk: list, form, steps, seats, rubric.

use crate::access::STAFF;
use crate::error::Result;
use crate::lang::{Lang, Say as _};
use crate::programmes::queries as programmes;
use crate::web::fields::History;
use crate::web::{Cx, Routes};

use super::queries::Cohort;
use super::rules::CohortState;
use super::rules::warnings::warnings;

mod form;
pub(super) mod list;
mod rubric;
mod seats;
mod state;

pub(super) use form::is_code;

/// Routes of the room.
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/cohorts", STAFF, list::page)
        .get_free("/cohorts.csv", STAFF, list::export_list)
        .get_free("/cohorts.xlsx", STAFF, list::export_list)
        .get("/cohorts/new", STAFF, form::new)
        .post("/cohorts/new", STAFF, form::create)
        .get("/cohorts/{cohort}/edit", STAFF, form::edit)
        .post("/cohorts/{cohort}/edit", STAFF, form::update)
        .get("/cohorts/{cohort}/state", STAFF, state::page)
        .post("/cohorts/{cohort}/state", STAFF, state::step)
        .get("/cohorts/{cohort}/seats", STAFF, seats::page)
        .get("/cohorts/{cohort}/seats.csv", STAFF, seats::file)
        .get("/cohorts/{cohort}/seats.xlsx", STAFF, seats::file)
        .get("/cohorts/{cohort}/seats/new", STAFF, seats::new)
        .post("/cohorts/{cohort}/seats/new", STAFF, seats::add)
        .get("/cohorts/{cohort}/seats/{pool}", STAFF, seats::edit)
        .post("/cohorts/{cohort}/seats/{pool}", STAFF, seats::change)
        .get(
            "/cohorts/{cohort}/seats/{pool}/release",
            STAFF,
            seats::ask_release,
        )
        .post(
            "/cohorts/{cohort}/seats/{pool}/release",
            STAFF,
            seats::release,
        )
        .get("/cohorts/{cohort}/rubric", STAFF, rubric::page)
        .post("/cohorts/{cohort}/rubric", STAFF, rubric::save)
}

/// Class of the tag that shows a state.
#[must_use]
pub fn tone(state: CohortState) -> &'static str {
    use CohortState as S;
    match state {
        S::Planned => "",
        S::Open | S::Offering | S::Running => "go",
        S::Reviewing => "wait",
        S::Completed => "ok",
        S::Archived => "end",
        S::Cancelled => "bad",
    }
}

/// The way from the list to a page of a cohort.
fn crumbs(lang: Lang, cohort: Option<&Cohort>) -> Vec<(String, String)> {
    let mut crumbs = vec![("/cohorts".to_owned(), lang.nav_cohorts().to_owned())];
    if let Some(cohort) = cohort {
        crumbs.push((
            format!("/cohorts/{}", cohort.id),
            cohort.name(lang).to_owned(),
        ));
    }
    crumbs
}

/// Doubts about a cohort's dates, in words.
fn date_warnings(
    cx: &mut Cx<'_, '_>,
    staff: &crate::access::CohortStaff,
    cohort: &Cohort,
) -> Result<Vec<String>> {
    let lang = cx.lang();
    let promised = programmes::targets(cx.conn, cohort.programme_id)?
        .iter()
        .find(|row| row.metric == FIRST_INTAKE)
        .map(programmes::TargetRow::period);
    let others = super::queries::other_starts(cx.conn, staff)?;
    let holidays = programmes::holidays(cx.conn)?
        .iter()
        .map(|row| row.observed_on)
        .collect();
    let dates = super::actions::Details::from(cohort).key_dates();
    let found = warnings(&dates, promised.as_ref(), &others, &holidays);
    Ok(found.iter().map(|doubt| doubt.say(lang)).collect())
}

/// The metric of the milestone that says when the first intake is promised.
const FIRST_INTAKE: &str = "first_intake";

/// The cohort's history, as its pages show it.
fn history(cx: &mut Cx<'_, '_>, cohort: &Cohort) -> Result<History> {
    let place = format!("/cohorts/{}/history", cohort.id);
    crate::audit::shown(cx.conn, cohort.id.0, cx.visit.lang, place)
}

/// The cohort of the address, with the proof that the visitor is its staff.
fn cohort(cx: &mut Cx<'_, '_>) -> Result<(crate::access::CohortStaff, Cohort)> {
    let id = cx.request().param("cohort")?;
    let staff = crate::access::cohort_staff(cx.conn, id)?;
    let cohort = super::queries::find(cx.conn, &staff)?;
    Ok((staff, cohort))
}
