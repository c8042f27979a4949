//! Pages of interviews: a trainee's below `/me/interviews`, an institution's below `/organisation/interviews`,
//! the office's below `/programmes/{programme}/placements/interviews`.

use crate::access::{self, APPLICANT, Access, Member, ProgrammeStaff, STAFF};
use crate::db::Role;
use crate::error::{Error, Result};
use crate::ids::RoundId;
use crate::lang::Lang;
use crate::placements::queries::{Round, Side};
use crate::web::{Cx, Routes};

use super::queries;
use super::rules::InterviewState;

mod bounds;
mod candidates;
mod desk;
mod host;
mod plan;
mod record;

mod timetable;
mod trainee;

/// Those who speak for an institution about its interviews.
const HOST: Access = Access::Only(&[Role::Representative]);

/// Routes of the room.
pub(super) fn routes() -> Routes {
    own().and(host_routes()).and(office())
}

#[rustfmt::skip]
fn own() -> Routes {
    Routes::new()
        .get("/me/interviews", APPLICANT, trainee::list)
        .get("/me/interviews.csv", APPLICANT, trainee::file)
        .get("/me/interviews.xlsx", APPLICANT, trainee::file)
        .get("/me/interviews/times/{round}", APPLICANT, trainee::edit_times)
        .post("/me/interviews/times/{round}", APPLICANT, trainee::save_times)
        .get("/me/interviews/{interview}", APPLICANT, trainee::page)
        .get("/me/interviews/{interview}/ask", APPLICANT, trainee::edit_ask)
        .post("/me/interviews/{interview}/ask", APPLICANT, trainee::ask)
}

#[rustfmt::skip]
fn host_routes() -> Routes {
    Routes::new()
        .get("/organisation/interviews", HOST, host::rounds)
        .get("/organisation/interviews/{round}", HOST, host::page)
        .get("/organisation/interviews/{round}/candidates", HOST, candidates::list)
        .post("/organisation/interviews/{round}/candidates", HOST, candidates::change)
        .get("/organisation/interviews/{round}/candidates.csv", HOST, candidates::file)
        .get("/organisation/interviews/{round}/candidates.xlsx", HOST, candidates::file)
        .get("/organisation/interviews/{round}/candidates/{interest}", HOST, candidates::page)
        .post("/organisation/interviews/{round}/candidates/{interest}/list", HOST, candidates::list_one)
        .post("/organisation/interviews/{round}/candidates/{interest}/take-off", HOST, candidates::take_off)
        .get("/organisation/interviews/{round}/candidates/{interest}/note", HOST, candidates::edit_note)
        .post("/organisation/interviews/{round}/candidates/{interest}/note", HOST, candidates::save_note)
        .get("/organisation/interviews/{round}/panels/new", HOST, plan::new_panel)
        .post("/organisation/interviews/{round}/panels/new", HOST, plan::add_panel)
        .get("/organisation/interviews/{round}/panels/{panel}", HOST, plan::edit_panel)
        .post("/organisation/interviews/{round}/panels/{panel}", HOST, plan::save_panel)
        .get("/organisation/interviews/{round}/days/new", HOST, plan::days::new)
        .post("/organisation/interviews/{round}/days/new", HOST, plan::days::add)
        .get("/organisation/interviews/{round}/days/{day}", HOST, plan::days::edit)
        .post("/organisation/interviews/{round}/days/{day}", HOST, plan::days::save)
        .get("/organisation/interviews/{round}/days/{day}/remove", HOST, plan::days::ask_remove)
        .post("/organisation/interviews/{round}/days/{day}/remove", HOST, plan::days::remove)
        .get("/organisation/interviews/{round}/timetable", HOST, timetable::list)
        .get("/organisation/interviews/{round}/timetable.csv", HOST, timetable::file)
        .get("/organisation/interviews/{round}/timetable.xlsx", HOST, timetable::file)
        .get("/organisation/interviews/{round}/timetable/{interview}", HOST, record::page)
        .get("/organisation/interviews/{round}/timetable/{interview}/note", HOST, record::edit_note)
        .post("/organisation/interviews/{round}/timetable/{interview}/note", HOST, record::save_note)
        .post("/organisation/interviews/{round}/timetable/{interview}/held", HOST, record::held)
        .post("/organisation/interviews/{round}/timetable/{interview}/missed", HOST, record::missed)
        .get("/organisation/interviews/{round}/timetable/{interview}/move", HOST, record::edit_move)
        .post("/organisation/interviews/{round}/timetable/{interview}/move", HOST, record::save_move)
        .get("/organisation/interviews/{round}/timetable/{interview}/cancel", HOST, record::edit_cancel)
        .post("/organisation/interviews/{round}/timetable/{interview}/cancel", HOST, record::save_cancel)
}

#[rustfmt::skip]
fn office() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/placements/interviews", STAFF, desk::rounds)
        .get("/programmes/{programme}/placements/interviews/{round}", STAFF, desk::page)
        .get("/programmes/{programme}/placements/interviews/{round}/progress.csv", STAFF, desk::file)
        .get("/programmes/{programme}/placements/interviews/{round}/progress.xlsx", STAFF, desk::file)
        .get("/programmes/{programme}/placements/interviews/{round}/rules", STAFF, bounds::edit)
        .post("/programmes/{programme}/placements/interviews/{round}/rules", STAFF, bounds::save)
        .get("/programmes/{programme}/placements/interviews/{round}/blackouts/new", STAFF, bounds::new_blackout)
        .post("/programmes/{programme}/placements/interviews/{round}/blackouts/new", STAFF, bounds::add_blackout)
        .get("/programmes/{programme}/placements/interviews/{round}/blackouts/{blackout}", STAFF, bounds::edit_blackout)
        .post("/programmes/{programme}/placements/interviews/{round}/blackouts/{blackout}", STAFF, bounds::save_blackout)
        .get("/programmes/{programme}/placements/interviews/{round}/blackouts/{blackout}/remove", STAFF, bounds::ask_remove)
        .post("/programmes/{programme}/placements/interviews/{round}/blackouts/{blackout}/remove", STAFF, bounds::remove)
        .get("/programmes/{programme}/placements/interviews/{round}/compute", STAFF, desk::edit_compute)
        .post("/programmes/{programme}/placements/interviews/{round}/compute", STAFF, desk::compute)
        .get("/programmes/{programme}/placements/interviews/{round}/publish", STAFF, desk::ask_publish)
        .post("/programmes/{programme}/placements/interviews/{round}/publish", STAFF, desk::publish)
        .get("/programmes/{programme}/placements/interviews/{round}/timetable", STAFF, timetable::list)
        .get("/programmes/{programme}/placements/interviews/{round}/timetable.csv", STAFF, timetable::file)
        .get("/programmes/{programme}/placements/interviews/{round}/timetable.xlsx", STAFF, timetable::file)
        .get("/programmes/{programme}/placements/interviews/{round}/timetable/{interview}", STAFF, record::page)
        .get("/programmes/{programme}/placements/interviews/{round}/timetable/{interview}/move", STAFF, record::edit_move)
        .post("/programmes/{programme}/placements/interviews/{round}/timetable/{interview}/move", STAFF, record::save_move)
        .get("/programmes/{programme}/placements/interviews/{round}/timetable/{interview}/cancel", STAFF, record::edit_cancel)
        .post("/programmes/{programme}/placements/interviews/{round}/timetable/{interview}/cancel", STAFF, record::save_cancel)
}

/// Staff of the programme of the address.
fn staff(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    access::programme_staff(cx.conn, cx.request().param("programme")?)
}

/// The representative who asks.
fn member(cx: &Cx<'_, '_>) -> Result<Member> {
    if cx.visit.actor.role() == Some(Role::Representative) {
        access::member(cx.conn)
    } else {
        Err(Error::NotFound)
    }
}

/// Who asks: a representative below `/organisation`, else the office of the programme of the address.
fn side(cx: &Cx<'_, '_>) -> Result<Side> {
    if cx.request().path.starts_with("/organisation/") {
        Ok(Side::Host(member(cx)?))
    } else {
        Ok(Side::Office(staff(cx)?))
    }
}

/// Where a side's pages of this room stand.
fn home(side: &Side) -> String {
    match side.programme() {
        Some(programme) => format!("/programmes/{programme}/placements/interviews"),
        None => "/organisation/interviews".to_owned(),
    }
}

/// The round of the address, as a side sees it, and where its pages stand.
fn round_of(cx: &mut Cx<'_, '_>, side: &Side) -> Result<(Round, String)> {
    let id: RoundId = cx.request().param("round")?;
    let round = queries::round(cx.conn, side, id)?;
    let at = format!("{}/{}", home(side), round.id);
    Ok((round, at))
}

/// The way to a side's page; the round is on it below its own page.
fn crumbs(lang: Lang, side: &Side, round: Option<&Round>) -> Vec<(String, String)> {
    let mut crumbs = match side.programme() {
        Some(programme) => vec![(
            format!("/programmes/{programme}/placements/postings"),
            lang.plc_title_all().to_owned(),
        )],
        None => vec![(
            "/organisation".to_owned(),
            lang.nav_organisation().to_owned(),
        )],
    };
    crumbs.push((home(side), lang.itv_title().to_owned()));
    if let Some(round) = round {
        crumbs.push((
            format!("{}/{}", home(side), round.id),
            round.name(lang).to_owned(),
        ));
    }
    crumbs
}

/// The tabs of a round.
fn tabs(lang: Lang, side: &Side, at: &str, here: &str) -> Vec<(String, &'static str, bool)> {
    let mut tabs = vec![(at.to_owned(), lang.itv_overview(), here.is_empty())];
    let mut more = |word: &str, label: &'static str| {
        tabs.push((format!("{at}/{word}"), label, word == here));
    };
    if side.programme().is_none() {
        more("candidates", lang.itv_shortlist());
    }
    more("timetable", lang.itv_timetable());
    tabs
}

fn tone(state: InterviewState) -> &'static str {
    match state {
        InterviewState::Scheduled => "go",
        InterviewState::Held => "ok",
        InterviewState::Missed => "bad",
        InterviewState::Cancelled => "end",
    }
}
