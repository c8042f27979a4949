//! Pages of placements from the offer to the first day. The office's stand below
//! `/programmes/{programme}/placements/placed`, an institution's below `/organisation/placed`, a trainee's
//! below `/me/placed`: the same pages, each with what its reader may do.

use crate::access::{self, APPLICANT, Access, STAFF};
use crate::db::Role;
use crate::error::{Error, Result};
use crate::ids::PlacementId;
use crate::lang::Lang;
use crate::matches::rules::PlacementState;
use crate::placements::pages::{crumbs as placement_crumbs, member, staff, under};
use crate::placements::queries::Side;
use crate::web::{Cx, Routes};

use super::queries::{self, Placement, Seat};

pub(super) mod agreement;
mod checklist;
pub(super) mod list;
mod record;
mod standing;
mod steps;
pub(super) mod tasks;

/// Those who speak for an institution about its placements.
pub(super) const HOST: Access = Access::Only(&[Role::Representative]);

/// Routes of the room.
pub(super) fn routes() -> Routes {
    office().and(host()).and(trainee())
}

#[rustfmt::skip]
fn office() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/placements/placed", STAFF, list::list)
        .get("/programmes/{programme}/placements/placed.csv", STAFF, list::file)
        .get("/programmes/{programme}/placements/placed.xlsx", STAFF, list::file)
        .get("/programmes/{programme}/placements/placed/{placement}", STAFF, record::page)
        .get("/programmes/{programme}/placements/placed/{placement}/history.csv", STAFF, record::history)
        .get("/programmes/{programme}/placements/placed/{placement}/history.xlsx", STAFF, record::history)
        .get("/programmes/{programme}/placements/placed/{placement}/steps/{step}", STAFF, steps::ask)
        .post("/programmes/{programme}/placements/placed/{placement}/steps/{step}", STAFF, steps::take)
        .get("/programmes/{programme}/placements/placed/{placement}/terms", STAFF, agreement::terms)
        .post("/programmes/{programme}/placements/placed/{placement}/terms", STAFF, agreement::prepare)
        .get("/programmes/{programme}/placements/placed/{placement}/agreement", STAFF, agreement::page)
        .post("/programmes/{programme}/placements/placed/{placement}/agreement", STAFF, agreement::sign)
        .get("/programmes/{programme}/placements/placed/{placement}/supervisor", STAFF, steps::supervisor)
        .post("/programmes/{programme}/placements/placed/{placement}/supervisor", STAFF, steps::set_supervisor)
        .get("/programmes/{programme}/placements/placed/{placement}/standing", STAFF, standing::edit)
        .post("/programmes/{programme}/placements/placed/{placement}/standing", STAFF, standing::decide)
        .get("/programmes/{programme}/placements/placed/{placement}/tasks/{task}", STAFF, tasks::edit)
        .post("/programmes/{programme}/placements/placed/{placement}/tasks/{task}", STAFF, tasks::save)
        .get("/programmes/{programme}/placements/checklist", STAFF, checklist::list)
        .get("/programmes/{programme}/placements/checklist.csv", STAFF, checklist::file)
        .get("/programmes/{programme}/placements/checklist.xlsx", STAFF, checklist::file)
        .get("/programmes/{programme}/placements/checklist/new", STAFF, checklist::new)
        .post("/programmes/{programme}/placements/checklist/new", STAFF, checklist::add)
        .post("/programmes/{programme}/placements/checklist/usual", STAFF, checklist::usual)
        .get("/programmes/{programme}/placements/checklist/{item}", STAFF, checklist::edit)
        .post("/programmes/{programme}/placements/checklist/{item}", STAFF, checklist::save)
        .get("/programmes/{programme}/placements/checklist/{item}/archive", STAFF, checklist::ask_archive)
        .post("/programmes/{programme}/placements/checklist/{item}/archive", STAFF, checklist::archive)
        .post("/programmes/{programme}/placements/checklist/{item}/restore", STAFF, checklist::restore)
        .get("/programmes/{programme}/placements/wording", STAFF, agreement::wording)
        .post("/programmes/{programme}/placements/wording", STAFF, agreement::publish)
}

#[rustfmt::skip]
fn host() -> Routes {
    Routes::new()
        .get("/organisation/placed", HOST, list::list)
        .get("/organisation/placed.csv", HOST, list::file)
        .get("/organisation/placed.xlsx", HOST, list::file)
        .get("/organisation/placed/{placement}", HOST, record::page)
        .get("/organisation/placed/{placement}/history.csv", HOST, record::history)
        .get("/organisation/placed/{placement}/history.xlsx", HOST, record::history)
        .get("/organisation/placed/{placement}/steps/{step}", HOST, steps::ask)
        .post("/organisation/placed/{placement}/steps/{step}", HOST, steps::take)
        .get("/organisation/placed/{placement}/agreement", HOST, agreement::page)
        .post("/organisation/placed/{placement}/agreement", HOST, agreement::sign)
        .get("/organisation/placed/{placement}/supervisor", HOST, steps::supervisor)
        .post("/organisation/placed/{placement}/supervisor", HOST, steps::set_supervisor)
        .get("/organisation/placed/{placement}/tasks/{task}", HOST, tasks::edit)
        .post("/organisation/placed/{placement}/tasks/{task}", HOST, tasks::save)
}

#[rustfmt::skip]
fn trainee() -> Routes {
    Routes::new()
        .get("/me/placed", APPLICANT, list::list)
        .get("/me/placed.csv", APPLICANT, list::file)
        .get("/me/placed.xlsx", APPLICANT, list::file)
        .get("/me/placed/{placement}", APPLICANT, record::page)
        .get("/me/placed/{placement}/history.csv", APPLICANT, record::history)
        .get("/me/placed/{placement}/history.xlsx", APPLICANT, record::history)
        .get("/me/placed/{placement}/steps/{step}", APPLICANT, steps::ask)
        .post("/me/placed/{placement}/steps/{step}", APPLICANT, steps::take)
        .get("/me/placed/{placement}/agreement", APPLICANT, agreement::page)
        .post("/me/placed/{placement}/agreement", APPLICANT, agreement::sign)
        .get("/me/placed/{placement}/declaration", APPLICANT, standing::declaration)
        .post("/me/placed/{placement}/declaration", APPLICANT, standing::declare)
        .get("/me/placed/{placement}/tasks/{task}", APPLICANT, tasks::edit)
        .post("/me/placed/{placement}/tasks/{task}", APPLICANT, tasks::save)
}

/// Who asks, by where they ask.
pub(crate) fn seat(cx: &Cx<'_, '_>) -> Result<Seat> {
    let path = cx.request().path.as_str();
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    if path.starts_with("/organisation/") {
        Ok(Seat::Host(member(cx)?))
    } else if path.starts_with("/me/") {
        Ok(Seat::Trainee(access::own(cx.conn)?))
    } else {
        Ok(Seat::Office(staff(cx)?))
    }
}

/// Where a reader's list of placements stands.
pub(crate) fn home(seat: &Seat) -> String {
    match seat {
        Seat::Office(staff) => format!("{}/placed", under(&Side::Office(*staff))),
        Seat::Host(_) => "/organisation/placed".to_owned(),
        Seat::Trainee(_) => "/me/placed".to_owned(),
    }
}

/// Where a placement stands for a reader.
pub(crate) fn at(seat: &Seat, id: PlacementId) -> String {
    format!("{}/{id}", home(seat))
}

/// The way to a reader's page; `more` are the pages between.
pub(crate) fn crumbs(
    lang: Lang,
    seat: &Seat,
    more: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let mut way = vec![(home(seat), lang.hst_title().to_owned())];
    way.extend(more);
    match seat {
        Seat::Office(staff) => placement_crumbs(lang, &Side::Office(*staff), way),
        Seat::Host(member) => placement_crumbs(lang, &Side::Host(member.clone()), way),
        Seat::Trainee(_) => {
            let mut all = vec![("/me".to_owned(), lang.nav_me().to_owned())];
            all.extend(way);
            all
        }
    }
}

/// The way to a page of a placement.
pub(crate) fn crumbs_of(lang: Lang, seat: &Seat, it: &Placement) -> Vec<(String, String)> {
    crumbs(lang, seat, vec![(at(seat, it.id), name(lang, seat, it))])
}

/// What a placement is called for a reader: trainees see the institution, everybody else the trainee.
pub(crate) fn name(lang: Lang, seat: &Seat, it: &Placement) -> String {
    match seat {
        Seat::Trainee(_) => it.organisation(lang).to_owned(),
        Seat::Office(_) | Seat::Host(_) => it.name_shown.clone(),
    }
}

/// The placement of the address.
pub(crate) fn one(cx: &mut Cx<'_, '_>) -> Result<(Seat, Placement)> {
    let seat = seat(cx)?;
    let id: PlacementId = cx.request().param("placement")?;
    let it = queries::placement(cx.conn, &seat, id, false)?;
    Ok((seat, it))
}

/// The programme's staff at a page of theirs alone.
pub(super) fn office_only(seat: &Seat) -> Result<access::ProgrammeStaff> {
    match seat {
        Seat::Office(staff) => Ok(*staff),
        Seat::Host(_) | Seat::Trainee(_) => Err(Error::NotFound),
    }
}

/// Shape of a placement's state.
pub(crate) fn tone(state: PlacementState) -> &'static str {
    match state {
        PlacementState::Offered => "wait",
        PlacementState::Accepted | PlacementState::AgreementSigned | PlacementState::Onboarding => {
            "go"
        }
        PlacementState::ReportedForDuty
        | PlacementState::Active
        | PlacementState::MidReview
        | PlacementState::Completed => "ok",
        PlacementState::EndedEarly => "warn",
        PlacementState::WithdrawnByTrainee | PlacementState::WithdrawnByHost => "bad",
    }
}
