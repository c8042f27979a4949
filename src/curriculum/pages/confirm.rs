//! Publishing and discarding a draft, each with a question that says what happens.

use crate::access::ProgrammeStaff;
use crate::error::{Error, Result};
use crate::ids::ModuleId;
use crate::lang::Say as _;
use crate::lang::format::date;
use crate::web::fields::{Again, ConfirmSpec, Effect, confirm_page};
use crate::web::{Cx, Reply};

use super::super::actions;
use super::super::facts;
use super::super::queries::{self, Version};
use super::super::rules::CurriculumRefusal;
use super::super::rules::changes::changes;
use super::forms::{beginning, show_draft};
use super::{at, crumbs, module, pair};

type Of<'a> = (&'a ProgrammeStaff, ModuleId, &'a [Version]);

/// What differs from the version before, a sentence for each fact; several lines become one.
fn what_changes(cx: &mut Cx<'_, '_>, (staff, _, versions): Of<'_>) -> Result<Vec<String>> {
    let lang = cx.lang();
    let book = queries::book(cx.conn, staff.programme())?;
    let told =
        |it: Option<&Version>| it.map_or_else(Vec::new, |it| facts::all(&it.content, &book, lang));
    let before = actions::published(versions);
    let found = changes(&told(before), &told(actions::draft(versions)));
    let flat = |text: &str| match text {
        "" => lang.curriculum_nothing().to_owned(),
        text => text.replace('\n', "; "),
    };
    let lines = found.iter().map(|it| {
        if before.is_some() {
            lang.curriculum_change(&it.label, &flat(&it.before), &flat(&it.after))
        } else {
            lang.curriculum_change_new(&it.label, &flat(&it.after))
        }
    });
    Ok(lines.collect())
}

fn ask(cx: &mut Cx<'_, '_>, of: Of<'_>, status: u16, refusal: Option<String>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, id, versions) = of;
    let draft = actions::draft(versions).ok_or(CurriculumRefusal::NoDraft)?;
    let day = draft.content.effective_from;
    let day = day.map_or_else(|| "–".to_owned(), |day| date(lang, day));
    let spec = ConfirmSpec {
        title: lang.curriculum_publish_ask(&draft.code, draft.number),
        crumbs: crumbs(lang, staff, vec![(at(staff, id), draft.code.clone())]),
        effects: vec![
            Effect {
                heading: lang.curriculum_what_changes().to_owned(),
                lines: what_changes(cx, of)?,
                hard: false,
            },
            Effect {
                heading: lang.cohorts_step_happens().to_owned(),
                lines: vec![
                    lang.curriculum_publish_does(&day),
                    lang.curriculum_publish_public().to_owned(),
                    lang.curriculum_told_nobody().to_owned(),
                ],
                hard: false,
            },
            Effect {
                heading: lang.offers_not_undone().to_owned(),
                lines: vec![lang.curriculum_publish_never().to_owned()],
                hard: true,
            },
        ],
        refusal,
        hidden: vec![pair("version", draft.version.to_string())],
        action: format!("{}/publish", at(staff, id)),
        submit: lang.curriculum_publish().to_owned(),
        danger: false,
        back: at(staff, id),
    };
    confirm_page(cx, status, &spec)
}

/// The draft's form with what it lacks beside its fields.
fn lacking(cx: &mut Cx<'_, '_>, of: Of<'_>, error: Error) -> Result<Reply> {
    let book = queries::book(cx.conn, of.0.programme())?;
    let again = Again::from_error(error, cx.lang())?;
    show_draft(cx, of, &book, &beginning(of.2, &book), &again)
}

/// GET `…/modules/{module}/publish`.
pub(super) fn ask_publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    if actions::draft(&versions).is_none() {
        return Err(CurriculumRefusal::NoDraft.into());
    }
    let problems = actions::lacking(cx.conn, &versions)?;
    let of = (&staff, id, versions.as_slice());
    if problems.is_empty() {
        ask(cx, of, 200, None)
    } else {
        lacking(cx, of, Error::Invalid(problems))
    }
}

/// POST `…/modules/{module}/publish`.
pub(super) fn publish(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    let typed = cx.request().form().typed("version").parse().unwrap_or(0);
    match actions::publish(cx.conn, &staff, id, typed) {
        Ok(()) => Ok(Reply::see_other(at(&staff, id)).flash("module_published")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            ask(cx, (&staff, id, &versions), 409, Some(text))
        }
        Err(error) => lacking(cx, (&staff, id, &versions), error),
    }
}

fn discard_question(
    cx: &Cx<'_, '_>,
    (staff, id, versions): Of<'_>,
    status: u16,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let draft = actions::draft(versions).ok_or(CurriculumRefusal::NoDraft)?;
    let first = (draft.number == 1).then_some(CurriculumRefusal::NoDraft);
    let spec = ConfirmSpec {
        title: lang.curriculum_discard_ask(&draft.code, draft.number),
        crumbs: crumbs(lang, staff, vec![(at(staff, id), draft.code.clone())]),
        effects: vec![Effect {
            heading: lang.cohorts_step_happens().to_owned(),
            lines: vec![
                lang.curriculum_discard_does().to_owned(),
                lang.curriculum_told_nobody().to_owned(),
            ],
            hard: true,
        }],
        refusal: refusal.or(first.map(|it| it.say(lang))),
        hidden: vec![pair("version", draft.version.to_string())],
        action: format!("{}/discard", at(staff, id)),
        submit: lang.curriculum_discard().to_owned(),
        danger: true,
        back: at(staff, id),
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/modules/{module}/discard`.
pub(super) fn ask_discard(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    discard_question(cx, (&staff, id, &versions), 200, None)
}

/// POST `…/modules/{module}/discard`.
pub(super) fn discard(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    let typed = cx.request().form().typed("version").parse().unwrap_or(0);
    match actions::discard(cx.conn, &staff, id, typed) {
        Ok(()) => Ok(Reply::see_other(at(&staff, id)).flash("draft_discarded")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            discard_question(cx, (&staff, id, &versions), 409, Some(text))
        }
        Err(Error::Stale) => lacking(cx, (&staff, id, &versions), Error::Stale),
        Err(other) => Err(other),
    }
}
