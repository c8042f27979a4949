//! Pages of trainees at risk: the office's below `/programmes/{programme}/at-risk`, an instructor's view
//! of their own trainees, and what is said of a trainee to the trainee.

use crate::access::{self, APPLICANT, INSTRUCTOR, ProgrammeStaff, STAFF};
use crate::error::Result;
use crate::ids::{PersonId, RiskCaseId};
use crate::lang::format::{date, hk_date, moment};
use crate::lang::{Lang, Say as _};
use crate::web::forms::pair;
use crate::web::{Cx, Routes};

use super::queries::{self, Case};
use super::rules::CaseState;

pub(super) mod case;
pub(super) mod close;
pub(super) mod hits;
pub(super) mod queue;
pub(super) mod readers;
pub(super) mod thresholds;

/// Routes of the room.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/at-risk", STAFF, queue::page)
        .get("/programmes/{programme}/at-risk.csv", STAFF, queue::file)
        .get("/programmes/{programme}/at-risk.xlsx", STAFF, queue::file)
        .post("/programmes/{programme}/at-risk/assign", STAFF, queue::assign)
        .post("/programmes/{programme}/at-risk/look", STAFF, queue::look)
        .get("/programmes/{programme}/at-risk/rules", STAFF, thresholds::page)
        .post("/programmes/{programme}/at-risk/rules", STAFF, thresholds::save)
        .get("/programmes/{programme}/at-risk/hits", STAFF, hits::page)
        .get("/programmes/{programme}/at-risk/hits.csv", STAFF, hits::file)
        .get("/programmes/{programme}/at-risk/hits.xlsx", STAFF, hits::file)
        .get("/programmes/{programme}/at-risk/cases/{risk}", STAFF, case::page)
        .get("/programmes/{programme}/at-risk/cases/{risk}/history.csv", STAFF, case::history_file)
        .get("/programmes/{programme}/at-risk/cases/{risk}/history.xlsx", STAFF, case::history_file)
        .post("/programmes/{programme}/at-risk/cases/{risk}/assign", STAFF, case::assign)
        .post("/programmes/{programme}/at-risk/cases/{risk}/notes", STAFF, case::note)
        .get("/programmes/{programme}/at-risk/cases/{risk}/tell", STAFF, close::ask_tell)
        .post("/programmes/{programme}/at-risk/cases/{risk}/tell", STAFF, close::tell)
        .get("/programmes/{programme}/at-risk/cases/{risk}/close", STAFF, close::ask_close)
        .post("/programmes/{programme}/at-risk/cases/{risk}/close", STAFF, close::close)
        .get("/programmes/{programme}/at-risk/cases/{risk}/correct", STAFF, close::ask_correct)
        .post("/programmes/{programme}/at-risk/cases/{risk}/correct", STAFF, close::correct)
        .get("/teaching/at-risk", INSTRUCTOR, readers::taught)
        .get("/teaching/at-risk.csv", INSTRUCTOR, readers::taught_file)
        .get("/teaching/at-risk.xlsx", INSTRUCTOR, readers::taught_file)
        .get("/me/standing", APPLICANT, readers::own)
}

/// Staff of the programme of the address.
pub(super) fn staff(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    access::programme_staff(cx.conn, cx.request().param("programme")?)
}

/// Staff, and the case of the address.
pub(super) fn one(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, Case)> {
    let staff = staff(cx)?;
    let id: RiskCaseId = cx.request().param("risk")?;
    let case = queries::find(cx.conn, &staff, id)?;
    Ok((staff, case))
}

fn home(staff: &ProgrammeStaff) -> String {
    format!("/programmes/{}/at-risk", staff.programme())
}

fn at(staff: &ProgrammeStaff, case: RiskCaseId) -> String {
    format!("{}/cases/{case}", home(staff))
}

/// The way from the programme to a page of this room; `more` are the pages between.
fn crumbs(
    lang: Lang,
    staff: &ProgrammeStaff,
    more: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let mut crumbs = vec![(
        format!("/programme?programme={}", staff.programme()),
        lang.nav_programme().to_owned(),
    )];
    crumbs.extend(more);
    crumbs
}

/// A case as pages show it.
pub(super) struct Shown {
    pub it: Case,
    pub reasons: Vec<String>,
    pub cohort: String,
    pub word: &'static str,
    pub tone: &'static str,
    pub outcome: Option<&'static str>,
    pub gone: Option<String>,
    pub rests: Option<String>,
    pub due: Option<String>,
    pub opened: String,
    pub told: Option<String>,
    pub closed: Option<String>,
}

fn shown(lang: Lang, it: Case) -> Result<Shown> {
    let state = it.state()?;
    let on = |at| date(lang, hk_date(at));
    Ok(Shown {
        reasons: it.reasons()?.iter().map(|it| it.say(lang)).collect(),
        cohort: it.cohort(lang).to_owned(),
        word: state.label(lang),
        tone: match state {
            CaseState::Open => "warn",
            CaseState::InHand => "wait",
            CaseState::Closed => "end",
        },
        outcome: it.outcome().map(|it| it.label(lang)),
        gone: it.gone_at.filter(|_| !it.resting).map(on),
        rests: it.gone_at.filter(|_| it.resting).map(on),
        due: it.due_on.map(|day| date(lang, day)),
        opened: on(it.opened_at),
        told: it.told_at.map(|at| moment(lang, at)),
        closed: it.closed_at.map(|at| moment(lang, at)),
        it,
    })
}

/// The office's people as the choices of a field.
fn choices(owners: &[(PersonId, String)]) -> Vec<(String, String)> {
    owners
        .iter()
        .map(|(id, name)| pair(id.to_string(), name))
        .collect()
}
