//! Pages of placements: the office's below `/programmes/{programme}/placements`, an institution's below
//! `/organisation`, a trainee's below `/me/placements`.

use crate::access::{self, APPLICANT, Access, Member, ProgrammeStaff, STAFF};
use crate::db::Role;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::web::fields::{ConfirmSpec, confirm_page, effect};
use crate::web::{Cx, Method, Reply, Routes};

use super::queries::Side;
use super::rules::{ChangeState, PostingState};

pub(crate) mod areas;
pub(super) mod browse;
pub(super) mod capacity;
pub(super) mod changes;
pub(super) mod documents;
pub(super) mod hosts;
pub(super) mod posting;
pub(super) mod posting_form;
pub(super) mod profile;
pub(super) mod rates;
pub(super) mod rounds;
pub(super) mod wanted;

/// Those who speak for an institution about its placements.
pub(super) const HOST: Access = Access::Only(&[Role::Representative]);

/// Routes of the room.
pub(super) fn routes() -> Routes {
    office_lists()
        .and(office_postings())
        .and(host())
        .and(trainee())
}

#[rustfmt::skip]
fn office_lists() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/placements/rounds", STAFF, rounds::list)
        .get("/programmes/{programme}/placements/rounds.csv", STAFF, rounds::file)
        .get("/programmes/{programme}/placements/rounds.xlsx", STAFF, rounds::file)
        .get("/programmes/{programme}/placements/rounds/new", STAFF, rounds::new)
        .post("/programmes/{programme}/placements/rounds/new", STAFF, rounds::create)
        .get("/programmes/{programme}/placements/rounds/{round}", STAFF, rounds::page)
        .get("/programmes/{programme}/placements/rounds/{round}/history.csv", STAFF, rounds::history)
        .get("/programmes/{programme}/placements/rounds/{round}/history.xlsx", STAFF, rounds::history)
        .get("/programmes/{programme}/placements/rounds/{round}/edit", STAFF, rounds::edit)
        .post("/programmes/{programme}/placements/rounds/{round}/edit", STAFF, rounds::save)
        .get("/programmes/{programme}/placements/rounds/{round}/steps/{step}", STAFF, rounds::ask_step)
        .post("/programmes/{programme}/placements/rounds/{round}/steps/{step}", STAFF, rounds::step)
        .get("/programmes/{programme}/placements/areas", STAFF, areas::list)
        .get("/programmes/{programme}/placements/areas.csv", STAFF, areas::file)
        .get("/programmes/{programme}/placements/areas.xlsx", STAFF, areas::file)
        .get("/programmes/{programme}/placements/areas/new", STAFF, areas::new)
        .post("/programmes/{programme}/placements/areas/new", STAFF, areas::add)
        .post("/programmes/{programme}/placements/areas/usual", STAFF, areas::usual)
        .get("/programmes/{programme}/placements/areas/{area}", STAFF, areas::edit)
        .post("/programmes/{programme}/placements/areas/{area}", STAFF, areas::save)
        .get("/programmes/{programme}/placements/areas/{area}/history.csv", STAFF, areas::history)
        .get("/programmes/{programme}/placements/areas/{area}/history.xlsx", STAFF, areas::history)
        .get("/programmes/{programme}/placements/areas/{area}/archive", STAFF, areas::ask_archive)
        .post("/programmes/{programme}/placements/areas/{area}/archive", STAFF, areas::archive)
        .post("/programmes/{programme}/placements/areas/{area}/restore", STAFF, areas::restore)
        .get("/programmes/{programme}/placements/partners", STAFF, hosts::list)
        .get("/programmes/{programme}/placements/partners.csv", STAFF, hosts::file)
        .get("/programmes/{programme}/placements/partners.xlsx", STAFF, hosts::file)
        .get("/programmes/{programme}/placements/partners/new", STAFF, hosts::new)
        .post("/programmes/{programme}/placements/partners/new", STAFF, hosts::add)
        .get("/programmes/{programme}/placements/partners/{host}", STAFF, hosts::page)
        .get("/programmes/{programme}/placements/partners/{host}/history.csv", STAFF, hosts::history)
        .get("/programmes/{programme}/placements/partners/{host}/history.xlsx", STAFF, hosts::history)
        .get("/programmes/{programme}/placements/partners/{host}/edit", STAFF, hosts::edit)
        .post("/programmes/{programme}/placements/partners/{host}/edit", STAFF, hosts::save)
        .get("/programmes/{programme}/placements/capacity", STAFF, capacity::list)
        .get("/programmes/{programme}/placements/capacity.csv", STAFF, capacity::file)
        .get("/programmes/{programme}/placements/capacity.xlsx", STAFF, capacity::file)
        .get("/programmes/{programme}/placements/capacity/new", STAFF, capacity::new)
        .post("/programmes/{programme}/placements/capacity/new", STAFF, capacity::ask)
        .get("/programmes/{programme}/placements/capacity/{capacity}", STAFF, capacity::page)
        .get("/programmes/{programme}/placements/capacity/{capacity}/history.csv", STAFF, capacity::history)
        .get("/programmes/{programme}/placements/capacity/{capacity}/history.xlsx", STAFF, capacity::history)
        .get("/programmes/{programme}/placements/capacity/{capacity}/withdraw", STAFF, capacity::ask_withdraw)
        .post("/programmes/{programme}/placements/capacity/{capacity}/withdraw", STAFF, capacity::withdraw)
        .get("/programmes/{programme}/placements/rates", STAFF, rates::list)
        .get("/programmes/{programme}/placements/rates.csv", STAFF, rates::file)
        .get("/programmes/{programme}/placements/rates.xlsx", STAFF, rates::file)
        .get("/programmes/{programme}/placements/rates/new", STAFF, rates::new)
        .post("/programmes/{programme}/placements/rates/new", STAFF, rates::add)
        .post("/programmes/{programme}/placements/rates/usual", STAFF, rates::usual)
}

#[rustfmt::skip]
fn office_postings() -> Routes {
    Routes::new()
        .get("/programmes/{programme}/placements/postings", STAFF, posting::list)
        .get("/programmes/{programme}/placements/postings.csv", STAFF, posting::file)
        .get("/programmes/{programme}/placements/postings.xlsx", STAFF, posting::file)
        .get("/programmes/{programme}/placements/postings/{posting}", STAFF, posting::page)
        .get("/programmes/{programme}/placements/postings/{posting}/history.csv", STAFF, posting::history)
        .get("/programmes/{programme}/placements/postings/{posting}/history.xlsx", STAFF, posting::history)
        .get("/programmes/{programme}/placements/postings/{posting}/approve", STAFF, posting::ask_approve)
        .post("/programmes/{programme}/placements/postings/{posting}/approve", STAFF, posting::approve)
        .get("/programmes/{programme}/placements/postings/{posting}/return", STAFF, posting::moves::ask_return)
        .post("/programmes/{programme}/placements/postings/{posting}/return", STAFF, posting::moves::send_back)
        .get("/programmes/{programme}/placements/changes", STAFF, changes::list)
        .get("/programmes/{programme}/placements/changes.csv", STAFF, changes::file)
        .get("/programmes/{programme}/placements/changes.xlsx", STAFF, changes::file)
        .get("/programmes/{programme}/placements/changes/{change}", STAFF, changes::page)
        .get("/programmes/{programme}/placements/changes/{change}/history.csv", STAFF, changes::history)
        .get("/programmes/{programme}/placements/changes/{change}/history.xlsx", STAFF, changes::history)
        .get("/programmes/{programme}/placements/changes/{change}/approve", STAFF, changes::ask_approve)
        .post("/programmes/{programme}/placements/changes/{change}/approve", STAFF, changes::approve)
        .get("/programmes/{programme}/placements/changes/{change}/refuse", STAFF, changes::ask_refuse)
        .post("/programmes/{programme}/placements/changes/{change}/refuse", STAFF, changes::refuse)
}

#[rustfmt::skip]
fn host() -> Routes {
    Routes::new()
        .get("/organisation/postings", HOST, posting::list)
        .get("/organisation/postings.csv", HOST, posting::file)
        .get("/organisation/postings.xlsx", HOST, posting::file)
        .get("/organisation/postings/new", HOST, posting_form::new)
        .post("/organisation/postings/new", HOST, posting_form::begin)
        .get("/organisation/postings/{posting}", HOST, posting::page)
        .get("/organisation/postings/{posting}/history.csv", HOST, posting::history)
        .get("/organisation/postings/{posting}/history.xlsx", HOST, posting::history)
        .get("/organisation/postings/{posting}/edit", HOST, posting_form::edit)
        .post("/organisation/postings/{posting}/edit", HOST, posting_form::save)
        .get("/organisation/postings/{posting}/copy", HOST, posting::moves::ask_copy)
        .post("/organisation/postings/{posting}/copy", HOST, posting::moves::copy)
        .get("/organisation/postings/{posting}/submit", HOST, posting::ask_submit)
        .post("/organisation/postings/{posting}/submit", HOST, posting::submit)
        .get("/organisation/postings/{posting}/withdraw", HOST, posting::ask_withdraw)
        .post("/organisation/postings/{posting}/withdraw", HOST, posting::withdraw)
        .get("/organisation/postings/{posting}/change", HOST, changes::new)
        .post("/organisation/postings/{posting}/change", HOST, changes::ask)
        .get("/organisation/changes", HOST, changes::list)
        .get("/organisation/changes.csv", HOST, changes::file)
        .get("/organisation/changes.xlsx", HOST, changes::file)
        .get("/organisation/changes/{change}", HOST, changes::page)
        .get("/organisation/changes/{change}/history.csv", HOST, changes::history)
        .get("/organisation/changes/{change}/history.xlsx", HOST, changes::history)
        .get("/organisation/changes/{change}/take-back", HOST, changes::ask_take_back)
        .post("/organisation/changes/{change}/take-back", HOST, changes::take_back)
        .get("/organisation/capacity", HOST, capacity::list)
        .get("/organisation/capacity.csv", HOST, capacity::file)
        .get("/organisation/capacity.xlsx", HOST, capacity::file)
        .get("/organisation/capacity/{capacity}", HOST, capacity::page)
        .get("/organisation/capacity/{capacity}/history.csv", HOST, capacity::history)
        .get("/organisation/capacity/{capacity}/history.xlsx", HOST, capacity::history)
        .get("/organisation/capacity/{capacity}/answer", HOST, capacity::edit_answer)
        .post("/organisation/capacity/{capacity}/answer", HOST, capacity::answer)
        .get("/organisation/rounds", HOST, rounds::list)
        .get("/organisation/rounds.csv", HOST, rounds::file)
        .get("/organisation/rounds.xlsx", HOST, rounds::file)
        .get("/organisation/rounds/{round}", HOST, rounds::page)
        .get("/organisation/rounds/{round}/terms", HOST, rounds::terms::edit_terms)
        .post("/organisation/rounds/{round}/terms", HOST, rounds::terms::save_terms)
        .get("/organisation/partners", HOST, hosts::list)
        .get("/organisation/partners.csv", HOST, hosts::file)
        .get("/organisation/partners.xlsx", HOST, hosts::file)
        .get("/organisation/partners/{host}", HOST, hosts::page)
        .get("/organisation/partners/{host}/history.csv", HOST, hosts::history)
        .get("/organisation/partners/{host}/history.xlsx", HOST, hosts::history)
        .get("/organisation/interests", HOST, wanted::list)
        .get("/organisation/interests.csv", HOST, wanted::file)
        .get("/organisation/interests.xlsx", HOST, wanted::file)
        .get("/organisation/interests/{interest}", HOST, wanted::page)
        .get("/organisation/interests/{interest}/document", HOST, wanted::document)
        .get("/organisation/interests/{interest}/papers/{document}", HOST, wanted::paper)
}

#[rustfmt::skip]
fn trainee() -> Routes {
    Routes::new()
        .get("/me/placements", APPLICANT, browse::list)
        .get("/me/placements.csv", APPLICANT, browse::file)
        .get("/me/placements.xlsx", APPLICANT, browse::file)
        .get("/me/placements/compare", APPLICANT, browse::record::compare)
        .get("/me/placements/profile", APPLICANT, profile::edit)
        .post("/me/placements/profile", APPLICANT, profile::save)
        .get("/me/placements/documents", APPLICANT, documents::list)
        .post_free("/me/placements/documents", APPLICANT, documents::send)
        .get("/me/placements/documents/{document}", APPLICANT, documents::open)
        .get("/me/placements/documents/{document}/remove", APPLICANT, documents::ask_remove)
        .post("/me/placements/documents/{document}/remove", APPLICANT, documents::remove)
        .get("/me/placements/{posting}", APPLICANT, browse::record::page)
        .post("/me/placements/{posting}/save", APPLICANT, browse::record::keep)
        .post("/me/placements/{posting}/forget", APPLICANT, browse::record::forget)
        .get("/me/placements/{posting}/interest", APPLICANT, browse::record::ask_interest)
        .post("/me/placements/{posting}/interest", APPLICANT, browse::record::express)
        .get("/me/placements/{posting}/take-back", APPLICANT, browse::record::ask_take_back)
        .post("/me/placements/{posting}/take-back", APPLICANT, browse::record::take_back)
}

/// Staff of the programme of the address.
pub(crate) fn staff(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    access::programme_staff(cx.conn, cx.request().param("programme")?)
}

/// The representative who asks. Others who speak for an organisation have nothing to do with placements.
pub(crate) fn member(cx: &Cx<'_, '_>) -> Result<Member> {
    if cx.visit.actor.role() == Some(Role::Representative) {
        access::member(cx.conn)
    } else {
        Err(Error::NotFound)
    }
}

/// Who asks: a representative below `/organisation`, else the office of the programme of the address.
pub(super) fn side(cx: &Cx<'_, '_>) -> Result<Side> {
    let path = cx.request().path.as_str();
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    if path.starts_with("/organisation/") || path.starts_with("/organisation.") {
        Ok(Side::Host(member(cx)?))
    } else {
        Ok(Side::Office(staff(cx)?))
    }
}

/// Where a side's pages stand.
pub(crate) fn under(side: &Side) -> String {
    match side.programme() {
        Some(programme) => format!("/programmes/{programme}/placements"),
        None => "/organisation".to_owned(),
    }
}

/// The way to a side's page; `more` are the pages between.
pub(crate) fn crumbs(
    lang: Lang,
    side: &Side,
    more: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let mut crumbs = match side.programme() {
        Some(programme) => vec![
            (
                format!("/programme?programme={programme}"),
                lang.nav_programme().to_owned(),
            ),
            (
                format!("{}/postings", under(side)),
                lang.plc_title_all().to_owned(),
            ),
        ],
        None => vec![(
            "/organisation".to_owned(),
            lang.nav_organisation().to_owned(),
        )],
    };
    crumbs.extend(more);
    crumbs
}

/// The tabs of a side, with the one where the reader is.
pub(crate) fn tabs(lang: Lang, side: &Side, here: &str) -> Vec<(String, &'static str, bool)> {
    let office: &[(&str, &'static str)] = &[
        ("desk", lang.pdesk_title()),
        ("postings", lang.plc_postings()),
        ("changes", lang.plc_changes()),
        ("capacity", lang.plc_capacity()),
        ("partners", lang.plc_partners()),
        ("rounds", lang.plc_rounds()),
        ("areas", lang.plc_areas()),
        ("rates", lang.plc_rates()),
        ("interviews", lang.itv_title()),
        ("matches", lang.mat_title()),
        ("placed", lang.hst_title()),
        ("supervision", lang.sup_desk()),
        ("incidents", lang.sup_incidents()),
        ("checklist", lang.hst_checklist()),
        ("funding", lang.fnd_title()),
    ];
    let host: &[(&str, &'static str)] = &[
        ("postings", lang.plc_postings()),
        ("interests", lang.plc_interests()),
        ("changes", lang.plc_changes()),
        ("capacity", lang.plc_capacity()),
        ("rounds", lang.plc_rounds()),
        ("partners", lang.plc_partners()),
        ("interviews", lang.itv_title()),
        ("matches", lang.mat_title()),
        ("placed", lang.hst_title()),
        ("logs", lang.sup_waiting()),
    ];
    let tabs = match side {
        Side::Office(_) => office,
        Side::Host(_) => host,
    };
    tabs.iter()
        .map(|(word, label)| (format!("{}/{word}", under(side)), *label, *word == here))
        .collect()
}

/// Shape of a posting's state.
pub(super) fn posting_tone(state: PostingState) -> &'static str {
    match state {
        PostingState::Draft => "",
        PostingState::Submitted => "wait",
        PostingState::Returned => "warn",
        PostingState::Approved | PostingState::Matched => "ok",
        PostingState::Open | PostingState::Ranking => "go",
        PostingState::Closed => "end",
        PostingState::Withdrawn => "bad",
    }
}

/// Shape of the state of a change.
fn change_tone(state: ChangeState) -> &'static str {
    match state {
        ChangeState::Asked | ChangeState::Seconded => "wait",
        ChangeState::Approved => "ok",
        ChangeState::Refused => "bad",
        ChangeState::TakenBack => "end",
    }
}

/// A question before a step.
pub(crate) struct Question {
    pub title: String,
    pub crumbs: Vec<(String, String)>,
    pub does: Vec<String>,
    pub told: String,
    /// The version that the asker saw, if the step wants one.
    pub version: Option<i32>,
    pub action: String,
    pub submit: String,
    pub danger: bool,
    pub back: String,
}

/// Asks; a refusal stands in the place of the button.
pub(crate) fn question(cx: &Cx<'_, '_>, it: Question, refusal: Option<String>) -> Result<Reply> {
    let lang = cx.lang();
    let status = if refusal.is_some() && cx.request().method != Method::Get {
        409
    } else {
        200
    };
    let spec = ConfirmSpec {
        title: it.title,
        crumbs: it.crumbs,
        effects: vec![
            effect(lang.cohorts_step_happens(), it.does, it.danger),
            effect(lang.cohorts_step_told(), vec![it.told], false),
        ],
        refusal,
        hidden: it
            .version
            .map(|version| vec![("version".to_owned(), version.to_string())])
            .unwrap_or_default(),
        action: it.action,
        submit: it.submit,
        danger: it.danger,
        back: it.back,
    };
    confirm_page(cx, status, &spec)
}

/// Goes on to `at` when a step is done; a refusal is shown in the place of its button.
pub(crate) fn settled(
    cx: &Cx<'_, '_>,
    (done, at): (Result<&'static str>, String),
    asked: impl FnOnce(Lang) -> Result<Question>,
) -> Result<Reply> {
    match done {
        Ok(flash) => Ok(Reply::see_other(at).flash(flash)),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, asked(cx.lang())?, Some(text))
        }
        Err(other) => Err(other),
    }
}

/// The version that a confirmation carries.
pub(crate) fn seen(cx: &Cx<'_, '_>) -> Result<i32> {
    let mut form = crate::web::Form::new(cx.visit.request.form());
    let version = form.number("version", 1, i32::MAX);
    form.done()?;
    Ok(version)
}
