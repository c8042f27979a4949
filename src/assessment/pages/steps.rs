//! The steps of an assessment, each with what it does before it is confirmed.

use crate::access::CohortStaff;
use crate::db;
use crate::error::{Error, Result};
use crate::lang::format::deadline;
use crate::lang::{Lang, Say as _};
use crate::web::fields::{ConfirmSpec, Effect, confirm_page, effect};
use crate::web::{Cx, Reply};

use super::super::actions::{self, Preview};
use super::super::queries::{self, Assessment};
use super::super::rules::{AssessmentEvent, next};
use super::{crumbs, home, one, pair, shown_mark};

/// The step that the address names.
fn event(cx: &Cx<'_, '_>) -> Result<AssessmentEvent> {
    let word = cx.request().path.rsplit('/').next().unwrap_or_default();
    AssessmentEvent::parse(word).ok_or(Error::NotFound)
}

fn words(lang: Lang, it: &Assessment, event: AssessmentEvent) -> (String, Vec<Effect>) {
    let title = it.title(lang);
    let (happens, told, hard) = (
        lang.cohorts_step_happens(),
        lang.cohorts_step_told(),
        lang.offers_not_undone(),
    );
    let one = |text: &str| vec![text.to_owned()];
    match event {
        AssessmentEvent::Open => (
            lang.asm_open_ask(title),
            vec![
                effect(happens, one(lang.asm_open_does()), false),
                effect(told, one(lang.asm_open_told()), false),
                effect(hard, one(lang.asm_open_hard()), true),
            ],
        ),
        AssessmentEvent::Mark => (
            lang.asm_mark_ask(title),
            vec![
                effect(happens, one(lang.asm_mark_does()), false),
                effect(hard, one(lang.asm_mark_hard()), true),
            ],
        ),
        AssessmentEvent::Moderate => (
            lang.asm_moderate_ask(title),
            vec![effect(happens, one(lang.asm_moderate_does()), false)],
        ),
        AssessmentEvent::Return => (
            lang.asm_return_ask(title),
            vec![effect(happens, one(lang.asm_return_does()), false)],
        ),
        AssessmentEvent::Release => (
            lang.asm_release_ask(title),
            vec![
                effect(told, one(lang.asm_release_told()), false),
                effect(hard, one(lang.asm_release_hard()), true),
            ],
        ),
    }
}

fn preview_effects(lang: Lang, plan: &Preview) -> Vec<Effect> {
    let sum = &plan.summary;
    let mut lines =
        vec![lang.asm_release_figures(sum.candidates, sum.passed, sum.failed, sum.missing)];
    if sum.late > 0 {
        lines.push(lang.asm_release_late(sum.late));
    }
    let tenths = (0_i32..)
        .zip(sum.tenths)
        .filter(|(_, n)| *n > 0)
        .map(|(at, n)| lang.asm_tenth(at * 10, at * 10 + 10, n))
        .collect();
    let each = plan
        .lines
        .iter()
        .map(|(line, given)| {
            let mark = match given.mark {
                None => lang.asm_not_handed_in().to_owned(),
                Some(_) => shown_mark(given.mark),
            };
            let late = if given.penalty > 0 && given.raw.is_some() {
                lang.aside(&format!(
                    "{} {}",
                    shown_mark(given.raw),
                    lang.asm_days_late(line.days_late)
                ))
            } else {
                String::new()
            };
            format!(
                "{} {}{}{mark}{late}",
                line.name_shown,
                line.trainee_number,
                lang.pick(": ", "："),
            )
        })
        .collect();
    vec![
        effect(lang.cohorts_step_happens(), lines, false),
        effect(lang.asm_release_tenths(), tenths, false),
        effect(lang.asm_release_each(), each, false),
    ]
}

fn question(
    cx: &mut Cx<'_, '_>,
    (staff, it): (&CohortStaff, &Assessment),
    event: AssessmentEvent,
    (status, refusal): (u16, Option<String>),
) -> Result<Reply> {
    let lang = cx.lang();
    let (title, mut effects) = words(lang, it, event);
    let mut hidden = Vec::new();
    if event == AssessmentEvent::Mark && db::now(cx.conn)? < it.due_at {
        let line = lang.asm_mark_early(&deadline(lang, it.due_at));
        effects.push(effect(lang.asm_due(), vec![line], true));
    }
    if event == AssessmentEvent::Release && refusal.is_none() {
        let plan = actions::preview(cx.conn, staff, it)?;
        let mut all = preview_effects(lang, &plan);
        all.append(&mut effects);
        effects = all;
        if status == 409 {
            // What was confirmed is not what would happen now.
            let why = lang.asm_refuse_changed().to_owned();
            effects.insert(0, effect(lang.asm_preview_new(), vec![why], true));
        }
        hidden.push(pair("fingerprint", plan.fingerprint));
    }
    let spec = ConfirmSpec {
        title,
        crumbs: crumbs(cx, staff, Some(it))?,
        effects,
        refusal,
        hidden,
        action: format!("{}/{}", home(it), event.as_str()),
        submit: event.label(lang).to_owned(),
        danger: event == AssessmentEvent::Release,
        back: home(it),
    };
    confirm_page(cx, status, &spec)
}

/// GET of a step.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let event = event(cx)?;
    let refused = next(it.state()?, event).err();
    let refusal = refused.map(|it| it.say(cx.lang()));
    question(cx, (&staff, &it), event, (200, refusal))
}

/// POST of a step.
pub(super) fn act(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let event = event(cx)?;
    let seen = cx.request().form().typed("fingerprint").to_owned();
    let (done, flash) = match event {
        AssessmentEvent::Open => (
            actions::open(cx.conn, &staff, it.id).map(|_| ()),
            "asm_opened",
        ),
        AssessmentEvent::Mark => (
            actions::begin_marking(cx.conn, &staff, it.id).map(|_| ()),
            "asm_marking",
        ),
        AssessmentEvent::Moderate => (
            actions::finish_moderation(cx.conn, &staff, it.id),
            "asm_moderated",
        ),
        AssessmentEvent::Return => (
            actions::return_to_marking(cx.conn, &staff, it.id),
            "asm_marking",
        ),
        AssessmentEvent::Release => (
            actions::release(cx.conn, &staff, it.id, &seen).map(|_| ()),
            "asm_released",
        ),
    };
    match done {
        Ok(()) => Ok(Reply::see_other(home(&it)).flash(flash)),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            let it = queries::find(cx.conn, &staff, it.id)?;
            if refused.code() == "release_changed" && next(it.state()?, event).is_ok() {
                // The new preview, to be looked at and confirmed.
                return question(cx, (&staff, &it), event, (409, None));
            }
            question(cx, (&staff, &it), event, (409, Some(text)))
        }
        Err(other) => Err(other),
    }
}
