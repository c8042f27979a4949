//! One trainee: every line with its reason, forms, revoking, ending.

use askama::Template;

use crate::access::CohortStaff;
use crate::audit;
use crate::curriculum::queries::book;
use crate::db;
use crate::enrolments::rules::EnrolmentEvent;
use crate::error::{Error, Result};
use crate::ids::{CohortId, EnrolmentId};
use crate::lang::format::{date, hk_date};
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::facts;
use super::super::queries;
use super::super::rules::Place;
use super::super::rules::breaks::days_counted;
use super::super::rules::content::CompletionRules;
use super::super::say::{self, Said};
use super::own::{Ring, ring};
use super::{at, cohort_of, crumbs, pair};

/// A form, and since when it is in.
struct FormRow {
    key: String,
    name: String,
    since: Option<String>,
}

#[derive(Template)]
#[template(path = "progress/trainee.html")]
struct TraineePage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    enrolment: EnrolmentId,
    name: String,
    number: String,
    place: &'static str,
    tone: &'static str,
    rules: Option<String>,
    ring: Ring,
    lines: Vec<Said>,
    confirmed: Option<String>,
    changed: bool,
    frozen: bool,
    days: String,
    forms: Vec<FormRow>,
    today: String,
    ready: bool,
    can_fail: bool,
    can_reopen: bool,
    may_pause: bool,
    again: Again,
    history: History,
}

pub(super) fn whose(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, queries::Trainee)> {
    let (staff, _) = cohort_of(cx)?;
    let id: EnrolmentId = cx.request().param("enrolment")?;
    let it = queries::trainee(cx.conn, &staff, id)?;
    Ok((staff, it))
}

fn forms(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    id: EnrolmentId,
    rules: &CompletionRules,
) -> Result<Vec<FormRow>> {
    let lang = cx.lang();
    let is_in = queries::forms(cx.conn, staff, Some(id))?;
    let row = |form: &super::super::rules::content::NamedForm| {
        let found = is_in.iter().find(|it| it.form == form.key);
        FormRow {
            key: form.key.clone(),
            name: form.name.say(lang).to_owned(),
            since: found.map(|it| lang.progress_form_since(&date(lang, it.recorded_on))),
        }
    };
    Ok(rules.forms.iter().map(row).collect())
}

fn show(cx: &mut Cx<'_, '_>, again: Again) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, it) = whose(cx)?;
    let (_, cohort) = cohort_of(cx)?;
    let rules = queries::followed(cx.conn, &staff)?;
    let content = rules
        .as_ref()
        .map(|it| it.content.clone())
        .unwrap_or_default();
    let today = hk_date(db::now(cx.conn)?);
    let judged = facts::judged_one(cx.conn, &staff, &content, (it.id, today))?;
    let book = book(cx.conn, staff.programme())?;
    let forms = forms(cx, &staff, it.id, &content)?;
    let history = format!("/cohorts/{}/enrolments/{}/history", staff.cohort(), it.id);
    let history = audit::shown(cx.conn, it.id.0, lang, history)?;
    let kept = judged.by.as_ref().map(|(number, rules)| (*number, rules));
    let by = kept.or(rules.as_ref().map(|it| (it.number, &it.content)));
    let (place, verdict, it) = (say::place(&judged)?, &judged.verdict, &judged.trainee);
    let status = again.status;
    let page = TraineePage {
        shell: cx.shell(lang.progress_of_trainee(&it.name_shown)),
        crumbs: crumbs(lang, &staff, &cohort),
        cohort: staff.cohort(),
        enrolment: it.id,
        name: it.name_shown.clone(),
        number: it.trainee_number.clone(),
        place: if place == Place::Away {
            it.state()?.label(lang)
        } else {
            place.label(lang)
        },
        tone: say::place_tone(place),
        ring: ring(verdict.met(), verdict.lines.len()),
        rules: by.map(|(number, it)| lang.progress_by_rules(number, it.name.say(lang))),
        lines: verdict
            .lines
            .iter()
            .map(|line| say::line(line, judged.rules(&content), &book, lang))
            .collect(),
        confirmed: it
            .confirmed_at
            .map(|at| lang.progress_confirmed_note(&date(lang, hk_date(at)))),
        changed: judged.changed,
        frozen: verdict.frozen,
        days: lang.progress_days(days_counted(it.starts_on, today, &judged.facts.breaks)),
        forms,
        today: today.to_string(),
        ready: place == Place::Ready,
        can_reopen: it.completion_id.is_none()
            && crate::enrolments::rules::next(it.state()?, EnrolmentEvent::Reopen).is_ok(),
        can_fail: matches!(place, Place::Failed | Place::Open) && judged.can_fail(),
        may_pause: it.takes_part()?,
        again,
        history,
    };
    cx.visit.page_with(status, &page)
}

/// GET `…/completion/trainees/{enrolment}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    show(cx, Again::first())
}

pub(super) fn back(staff: &CohortStaff, id: EnrolmentId) -> String {
    format!("{}/trainees/{id}", at(staff))
}

/// POST `…/trainees/{enrolment}/forms`: a form is in, or was recorded by mistake.
pub(super) fn form(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = whose(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let key = typed.typed("form");
    let done = if typed.has("do", "unrecord") {
        actions::unrecord_form(cx.conn, &staff, it.id, key).map(|()| "form_unrecorded")
    } else {
        let mut form = Form::new(typed);
        let on = form.date("recorded_on");
        form.done()
            .and_then(|()| actions::record_form(cx.conn, &staff, it.id, (key, on)))
            .map(|()| "form_recorded")
    };
    match done {
        Ok(flash) => Ok(Reply::see_other(back(&staff, it.id)).flash(flash)),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, again)
        }
    }
}

/// A form that asks for the reason of a step.
fn reason_form(
    cx: &mut Cx<'_, '_>,
    (step, title, note): (&str, String, &str),
    submit: &str,
    (typed, again): (&Pairs, &Again),
) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, it) = whose(cx)?;
    let (_, cohort) = cohort_of(cx)?;
    let mut way = crumbs(lang, &staff, &cohort);
    way.push(pair(back(&staff, it.id), &it.name_shown));
    let spec = FormSpec {
        title,
        crumbs: way,
        note: Some(note.to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("reason", lang.progress_reason())
                .area(3)
                .hint(lang.progress_reason_read()),
        ])],
        hidden: Vec::new(),
        action: format!("{}/{step}", back(&staff, it.id)),
        submit: submit.to_owned(),
        back: back(&staff, it.id),
        history: History::default(),
    };
    form_page(cx, spec, typed, again)
}

fn revoke_form(cx: &mut Cx<'_, '_>, typed: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (_, it) = whose(cx)?;
    let title = lang.progress_revoke_of(&it.name_shown);
    let step = ("revoke", title, lang.progress_revoke_note());
    reason_form(cx, step, lang.progress_revoke(), (typed, again))
}

fn fail_form(cx: &mut Cx<'_, '_>, typed: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (_, it) = whose(cx)?;
    let title = lang.progress_fail_of(&it.name_shown);
    let step = ("fail", title, lang.progress_fail_note());
    reason_form(cx, step, lang.progress_fail(), (typed, again))
}

fn reopen_form(cx: &mut Cx<'_, '_>, typed: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let (_, it) = whose(cx)?;
    let title = lang.progress_reopen_of(&it.name_shown);
    let step = ("reopen", title, lang.progress_reopen_note());
    reason_form(cx, step, lang.progress_reopen(), (typed, again))
}

/// GET `…/trainees/{enrolment}/reopen`.
pub(super) fn ask_reopen(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    reopen_form(cx, Pairs::none(), &Again::first())
}

/// POST `…/trainees/{enrolment}/reopen`.
pub(super) fn reopen(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = whose(cx)?;
    let said = reason(cx);
    match said.and_then(|reason| actions::reopen(cx.conn, &staff, it.id, &reason)) {
        Ok(()) => Ok(Reply::see_other(back(&staff, it.id)).flash("enrolment_reopened")),
        Err(error @ (Error::Invalid(_) | Error::Refused(_))) => {
            let visit = cx.visit;
            let again = Again::from_error(error, visit.lang)?;
            reopen_form(cx, visit.request.form(), &again)
        }
        Err(other) => Err(other),
    }
}

/// GET `…/trainees/{enrolment}/revoke`.
pub(super) fn ask_revoke(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    revoke_form(cx, Pairs::none(), &Again::first())
}

/// GET `…/trainees/{enrolment}/fail`.
pub(super) fn ask_fail(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    fail_form(cx, Pairs::none(), &Again::first())
}

fn reason(cx: &Cx<'_, '_>) -> Result<String> {
    let mut form = Form::new(cx.request().form());
    let reason = form.text("reason", 500);
    form.done()?;
    Ok(reason)
}

/// POST `…/trainees/{enrolment}/revoke`.
pub(super) fn revoke(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = whose(cx)?;
    let said = reason(cx);
    match said.and_then(|reason| actions::revoke(cx.conn, &staff, it.id, &reason)) {
        Ok(()) => Ok(Reply::see_other(back(&staff, it.id)).flash("completion_revoked")),
        Err(error @ (Error::Invalid(_) | Error::Refused(_))) => {
            let visit = cx.visit;
            let again = Again::from_error(error, visit.lang)?;
            revoke_form(cx, visit.request.form(), &again)
        }
        Err(other) => Err(other),
    }
}

/// POST `…/trainees/{enrolment}/fail`.
pub(super) fn fail(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = whose(cx)?;
    let said = reason(cx);
    match said.and_then(|reason| actions::fail(cx.conn, &staff, it.id, &reason)) {
        Ok(()) => Ok(Reply::see_other(back(&staff, it.id)).flash("completion_failed")),
        Err(error @ (Error::Invalid(_) | Error::Refused(_))) => {
            let visit = cx.visit;
            let again = Again::from_error(error, visit.lang)?;
            fail_form(cx, visit.request.form(), &again)
        }
        Err(other) => Err(other),
    }
}
