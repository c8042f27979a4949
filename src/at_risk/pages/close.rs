//! Writing to the trainee, and closing: both are shown before they happen.

use askama::Template;

use crate::access::ProgrammeStaff;
use crate::error::{Error, Result};
use crate::lang::Say as _;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::Case;
use super::super::rules::{CaseEvent, Outcome, may_tell, next, suggestion};
use super::{at, crumbs, home, one, pair};

fn way(cx: &Cx<'_, '_>, staff: &ProgrammeStaff, case: &Case) -> Vec<(String, String)> {
    let lang = cx.lang();
    crumbs(
        lang,
        staff,
        vec![
            (home(staff), lang.risk_title().to_owned()),
            (at(staff, case.id), case.name_shown.clone()),
        ],
    )
}

#[derive(Template)]
#[template(path = "at_risk/tell.html")]
struct Tell<'a> {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    here: String,
    reasons: Vec<(String, &'static str)>,
    words: String,
    version: i32,
    refusal: Option<String>,
    again: &'a Again,
}

fn show_tell(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    case: &Case,
    typed: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let reasons = if case.gone_at.is_some() {
        Vec::new()
    } else {
        case.reasons()?
    };
    let refusal = may_tell(case.state()?, case.told_at.is_some(), &reasons);
    let page = Tell {
        shell: cx.shell(lang.risk_tell_ask(&case.name_shown)),
        crumbs: way(cx, staff, case),
        here: at(staff, case.id),
        reasons: reasons
            .iter()
            .map(|it| (it.say(lang), suggestion(it.code(), lang)))
            .collect(),
        words: typed.typed("words").to_owned(),
        version: case.version,
        refusal: refusal.err().map(|it| it.say(lang)),
        again,
    };
    let status = if again.status >= 400 {
        again.status
    } else {
        200
    };
    cx.visit.page_with(status, &page)
}

/// GET `…/cases/{risk}/tell`.
pub(super) fn ask_tell(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    show_tell(cx, &staff, &case, Pairs::none(), &Again::first())
}

/// POST `…/cases/{risk}/tell`.
pub(super) fn tell(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 0, i32::MAX).unwrap_or(0);
    let words = form.optional("words", 2_000).unwrap_or_default();
    let done = form
        .done()
        .and_then(|()| actions::tell(cx.conn, &staff, case.id, seen, &words));
    match done {
        Ok(()) => Ok(Reply::see_other(at(&staff, case.id)).flash("risk_told")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_tell(cx, &staff, &case, typed, &again)
        }
    }
}

/// What the trainee's state suggests as the outcome.
fn suggested(case: &Case) -> Option<Outcome> {
    match case.enrolment_state.as_str() {
        "withdrawn" => Some(Outcome::Withdrew),
        "failed" => Some(Outcome::Failed),
        "deferred" => Some(Outcome::Deferred),
        "completed" => Some(Outcome::Recovered),
        _ if case.resting => Some(Outcome::Deferred),
        _ => case.gone_at.map(|_| Outcome::Recovered),
    }
}

fn show_close(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    case: &Case,
    typed: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let outcomes = Outcome::ALL.iter();
    let outcomes = outcomes.map(|it| pair(it.as_str(), it.label(lang)));
    let spec = FormSpec {
        title: lang.risk_close_ask(&case.name_shown),
        crumbs: way(cx, staff, case),
        note: Some(lang.risk_close_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("outcome", lang.risk_outcome()).choice(outcomes.collect()),
        ])],
        hidden: vec![pair("version", case.version.to_string())],
        action: format!("{}/close", at(staff, case.id)),
        submit: lang.risk_close().to_owned(),
        back: at(staff, case.id),
        history: History::default(),
    };
    let word = suggested(case).map(Outcome::as_str).unwrap_or_default();
    let first = Pairs::new(vec![pair("outcome", word)]);
    let values = if again.status >= 400 { typed } else { &first };
    form_page(cx, spec, values, again)
}

/// GET `…/cases/{risk}/close`.
pub(super) fn ask_close(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    if next(case.state()?, CaseEvent::Close).is_err() {
        return Ok(Reply::see_other(at(&staff, case.id)));
    }
    show_close(cx, &staff, &case, Pairs::none(), &Again::first())
}

/// POST `…/cases/{risk}/close`.
pub(super) fn close(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 0, i32::MAX).unwrap_or(0);
    let outcome = form.choice("outcome", Outcome::parse);
    let done = form.done().and_then(|()| {
        let outcome = outcome.ok_or(Error::NotFound)?;
        actions::close(cx.conn, &staff, case.id, seen, outcome)
    });
    match done {
        Ok(()) => Ok(Reply::see_other(at(&staff, case.id)).flash("risk_closed")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_close(cx, &staff, &case, typed, &again)
        }
    }
}

fn show_correct(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    case: &Case,
    typed: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let outcomes = Outcome::ALL.iter();
    let outcomes = outcomes.map(|it| pair(it.as_str(), it.label(lang)));
    let spec = FormSpec {
        title: lang.risk_correct_ask(&case.name_shown),
        crumbs: way(cx, staff, case),
        note: Some(lang.risk_correct_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("outcome", lang.risk_outcome()).choice(outcomes.collect()),
            Field::line("reason", lang.risk_correct_reason()).area(3),
        ])],
        hidden: vec![pair("version", case.version.to_string())],
        action: format!("{}/correct", at(staff, case.id)),
        submit: lang.risk_correct().to_owned(),
        back: at(staff, case.id),
        history: History::default(),
    };
    let word = case.outcome().map(Outcome::as_str).unwrap_or_default();
    let first = Pairs::new(vec![pair("outcome", word)]);
    let values = if again.status >= 400 { typed } else { &first };
    form_page(cx, spec, values, again)
}

/// GET `…/cases/{risk}/correct`.
pub(super) fn ask_correct(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    if next(case.state()?, CaseEvent::Correct).is_err() {
        return Ok(Reply::see_other(at(&staff, case.id)));
    }
    show_correct(cx, &staff, &case, Pairs::none(), &Again::first())
}

/// Judges a correction: the outcome and why.
pub(in crate::at_risk) fn read_correction(form: &mut Form<'_>) -> (Option<Outcome>, String) {
    let outcome = form.choice("outcome", Outcome::parse);
    (outcome, form.text("reason", 1_000))
}

/// POST `…/cases/{risk}/correct`.
pub(super) fn correct(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 0, i32::MAX).unwrap_or(0);
    let (outcome, reason) = read_correction(&mut form);
    let done = form.done().and_then(|()| {
        let outcome = outcome.ok_or(Error::NotFound)?;
        actions::correct(cx.conn, &staff, (case.id, seen), outcome, &reason)
    });
    match done {
        Ok(()) => Ok(Reply::see_other(at(&staff, case.id)).flash("risk_corrected")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_correct(cx, &staff, &case, typed, &again)
        }
    }
}
