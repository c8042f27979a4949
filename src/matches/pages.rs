//! Pages of matches: a trainee's below `/me/matches`, an institution's below `/organisation/matches`, the
//! office's below `/programmes/{programme}/placements/matches`.

use askama::Template;

use crate::access::{self, APPLICANT, Access, Member, ProgrammeStaff, STAFF};
use crate::db::Role;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::web::sheet::{Part, Sheet};
use crate::web::{Cx, Reply, Routes, Shell};

use super::queries::MatchRound;
use super::rules::{ListState, RunState};

mod after;
mod beforehand;
pub(super) mod desk;
mod form;
mod host;
pub(super) mod lists;
mod people;
mod refused;
mod repair;
pub(super) mod runs;
mod trainee;
pub(super) mod what_if;

/// Those who speak for an institution about its lists.
pub(super) const HOST: Access = Access::Only(&[Role::Representative]);

/// Routes of the room.
#[rustfmt::skip]
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/me/matches", APPLICANT, trainee::rounds)
        .get("/me/matches/{round}", APPLICANT, trainee::page)
        .post("/me/matches/{round}", APPLICANT, trainee::save)
        .post("/me/matches/{round}/certify", APPLICANT, trainee::certify)
        .get("/organisation/matches", HOST, host::rounds)
        .get("/organisation/matches/{round}", HOST, host::page)
        .get("/organisation/matches/{round}/lists/{subject}", HOST, host::list)
        .post("/organisation/matches/{round}/lists/{subject}", HOST, host::save)
        .post("/organisation/matches/{round}/lists/{subject}/certify", HOST, host::certify)
        .get("/organisation/matches/{round}/people", HOST, people::ask)
        .post("/organisation/matches/{round}/people", HOST, people::name)
        .get("/programmes/{programme}/placements/matches", STAFF, desk::rounds)
        .get("/programmes/{programme}/placements/matches/{round}", STAFF, desk::page)
        .get("/programmes/{programme}/placements/matches/{round}/lists", STAFF, lists::list)
        .get("/programmes/{programme}/placements/matches/{round}/lists.csv", STAFF, lists::file)
        .get("/programmes/{programme}/placements/matches/{round}/lists.xlsx", STAFF, lists::file)
        .get("/programmes/{programme}/placements/matches/{round}/commit", STAFF, desk::ask_commit)
        .post("/programmes/{programme}/placements/matches/{round}/commit", STAFF, desk::commit)
        .get("/programmes/{programme}/placements/matches/{round}/remind", STAFF, desk::ask_remind)
        .post("/programmes/{programme}/placements/matches/{round}/remind", STAFF, desk::remind)
        .get("/programmes/{programme}/placements/matches/{round}/dry-run", STAFF, runs::dry)
        .get("/programmes/{programme}/placements/matches/{round}/freeze", STAFF, runs::ask_freeze)
        .post("/programmes/{programme}/placements/matches/{round}/freeze", STAFF, runs::freeze)
        .get("/programmes/{programme}/placements/matches/{round}/runs/{run}", STAFF, runs::page)
        .get("/programmes/{programme}/placements/matches/{round}/runs/{run}/approve", STAFF, runs::ask_approve)
        .post("/programmes/{programme}/placements/matches/{round}/runs/{run}/approve", STAFF, runs::approve)
        .get("/programmes/{programme}/placements/matches/{round}/runs/{run}/void", STAFF, runs::ask_void)
        .post("/programmes/{programme}/placements/matches/{round}/runs/{run}/void", STAFF, runs::void)
        .get("/programmes/{programme}/placements/matches/{round}/runs/{run}/files/{file}", STAFF, runs::file)
        .get("/programmes/{programme}/placements/matches/{round}/results.csv", STAFF, runs::results_file)
        .get("/programmes/{programme}/placements/matches/{round}/results.xlsx", STAFF, runs::results_file)
        .and(beside())
}

#[rustfmt::skip]
fn beside() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/placements/matches/{round}/beforehand", STAFF, beforehand::list)
        .get("/programmes/{programme}/placements/matches/{round}/beforehand.csv", STAFF, beforehand::file)
        .get("/programmes/{programme}/placements/matches/{round}/beforehand.xlsx", STAFF, beforehand::file)
        .post("/programmes/{programme}/placements/matches/{round}/beforehand", STAFF, beforehand::name)
        .get("/programmes/{programme}/placements/matches/{round}/beforehand/new", STAFF, beforehand::new)
        .get("/programmes/{programme}/placements/matches/{round}/beforehand/{place}", STAFF, beforehand::page)
        .get("/programmes/{programme}/placements/matches/{round}/beforehand/{place}/approve", STAFF, beforehand::ask_approve)
        .post("/programmes/{programme}/placements/matches/{round}/beforehand/{place}/approve", STAFF, beforehand::approve)
        .get("/programmes/{programme}/placements/matches/{round}/beforehand/{place}/cancel", STAFF, beforehand::ask_cancel)
        .post("/programmes/{programme}/placements/matches/{round}/beforehand/{place}/cancel", STAFF, beforehand::cancel)
        .get("/programmes/{programme}/placements/matches/{round}/tells", STAFF, beforehand::ask_tells)
        .post("/programmes/{programme}/placements/matches/{round}/tells", STAFF, beforehand::tells)
        .get("/programmes/{programme}/placements/matches/{round}/second", STAFF, after::ask_second)
        .post("/programmes/{programme}/placements/matches/{round}/second", STAFF, after::second)
        .get("/programmes/{programme}/placements/matches/{round}/call", STAFF, after::ask_call)
        .post("/programmes/{programme}/placements/matches/{round}/call", STAFF, after::call)
        .get("/programmes/{programme}/placements/matches/{round}/repairs/new", STAFF, repair::new)
        .post("/programmes/{programme}/placements/matches/{round}/repairs", STAFF, repair::begin)
        .get("/programmes/{programme}/placements/matches/{round}/repairs/{repair}", STAFF, repair::page)
        .get("/programmes/{programme}/placements/matches/{round}/repairs/{repair}/corrections/new", STAFF, repair::ask_correct)
        .post("/programmes/{programme}/placements/matches/{round}/repairs/{repair}/corrections", STAFF, repair::correct)
        .get("/programmes/{programme}/placements/matches/{round}/repairs/{repair}/undo", STAFF, repair::ask_undo)
        .post("/programmes/{programme}/placements/matches/{round}/repairs/{repair}/undo", STAFF, repair::undo)
        .get("/programmes/{programme}/placements/matches/{round}/repairs/{repair}/drop", STAFF, repair::ask_drop)
        .post("/programmes/{programme}/placements/matches/{round}/repairs/{repair}/drop", STAFF, repair::drop)
        .get("/programmes/{programme}/placements/matches/{round}/repairs/{repair}/choose/{way}", STAFF, repair::ask_choose)
        .post("/programmes/{programme}/placements/matches/{round}/repairs/{repair}/choose/{way}", STAFF, repair::choose)
}

/// Staff of the programme of the address.
pub(super) fn staff(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    access::programme_staff(cx.conn, cx.request().param("programme")?)
}

/// The representative who asks.
pub(super) fn member(cx: &Cx<'_, '_>) -> Result<Member> {
    if cx.visit.actor.role() == Some(Role::Representative) {
        access::member(cx.conn)
    } else {
        Err(Error::NotFound)
    }
}

/// A page with a form of this room above its parts.
#[derive(Template)]
#[template(path = "matches/sheet.html")]
struct FormSheet<'a> {
    shell: Shell,
    it: &'a Sheet,
    crumbs: &'a [(String, String)],
    form: Option<&'a form::ListForm>,
    what_if: Option<&'a what_if::WhatIfForm>,
}

/// Shows a page with a list to be ranked on it.
fn show_list(
    cx: &Cx<'_, '_>,
    status: u16,
    it: &Sheet,
    form: Option<&form::ListForm>,
) -> Result<Reply> {
    let page = FormSheet {
        shell: cx.shell(it.title.clone()),
        crumbs: &it.crumbs,
        it,
        form,
        what_if: None,
    };
    cx.visit.page_with(status, &page)
}

/// Shows a page with a question "what if" on it.
fn show_what_if(cx: &Cx<'_, '_>, it: &Sheet, form: &what_if::WhatIfForm) -> Result<Reply> {
    let page = FormSheet {
        shell: cx.shell(it.title.clone()),
        crumbs: &it.crumbs,
        it,
        form: None,
        what_if: Some(form),
    };
    cx.visit.page(&page)
}

fn list_tone(state: ListState) -> &'static str {
    match state {
        ListState::Missing => "",
        ListState::Saved => "wait",
        ListState::Certified => "ok",
        ListState::Changed => "warn",
    }
}

fn run_tone(state: RunState) -> &'static str {
    match state {
        RunState::Frozen => "wait",
        RunState::Published => "ok",
        RunState::Voided => "end",
    }
}

/// What is promised, and what is not: on the page of everybody who ranks.
fn promises(lang: Lang) -> [Part; 2] {
    let text = |it: &'static str| it.to_owned();
    [
        Part::lines(
            lang.mat_promise(),
            vec![
                text(lang.mat_promise_truth()),
                text(lang.mat_promise_stable()),
                text(lang.mat_promise_best()),
                text(lang.mat_promise_others()),
            ],
        ),
        Part::lines(
            lang.mat_promise_not(),
            vec![
                text(lang.mat_promise_not_all()),
                text(lang.mat_promise_not_banks()),
                text(lang.mat_promise_not_caps()),
            ],
        ),
    ]
}

/// The lots of a round, as everybody in it may see them.
fn lots(lang: Lang, round: &MatchRound) -> Part {
    let mut facts = Vec::new();
    if let Some(hash) = &round.seed_sha256 {
        facts.push((lang.mat_lots_hash().to_owned(), hash.clone()));
    }
    if let Some(seed) = &round.seed {
        facts.push((lang.mat_lots_seed().to_owned(), seed.clone()));
    }
    Part::facts(lang.mat_lots(), facts).or(lang.mat_lots_none())
}
