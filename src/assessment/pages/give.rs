//! Giving a mark for good: shown as a whole first, and to its marker ever after.

use crate::access::Instructor;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::web::fields::{Again, ConfirmSpec, confirm_page, effect};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Reply};

use super::super::actions::{self, Given};
use super::super::queries::{self, Assessment, Mark, Reader, Script};
use super::super::rules::percent;
use super::super::rules::rubric::mark;
use super::marking::{read_given, show};
use super::shown_mark;

/// A criterion with what was given for it.
pub(super) struct GivenLine {
    /// Its name.
    pub name: String,
    /// Points of its most.
    pub points: String,
    /// What was said.
    pub comment: String,
}

/// What a marker gave, criterion by criterion.
pub(super) fn lines(lang: Lang, it: &Assessment, own: &Mark) -> Result<Vec<GivenLine>> {
    let (points, comments) = (own.points()?, own.comments()?);
    let lines = it.rubric()?.into_iter().enumerate().map(|(n, criterion)| {
        let given = points.get(n).copied().flatten();
        GivenLine {
            name: criterion.name.say(lang).to_owned(),
            points: given.map_or_else(
                || "–".to_owned(),
                |given| lang.asm_points_of(&given.to_string(), criterion.points),
            ),
            comment: comments.get(n).cloned().unwrap_or_default(),
        }
    });
    Ok(lines.collect())
}

/// The sentences of the question: each criterion, the whole, what lateness takes off.
fn what(lang: Lang, (script, it): (&Script, &Assessment), given: &Given) -> Result<Vec<String>> {
    if given.absent {
        return Ok(vec![lang.asm_did_not_come().to_owned()]);
    }
    let rubric = it.rubric()?;
    let points: Vec<i32> = given
        .points
        .iter()
        .map(|it| it.unwrap_or_default())
        .collect();
    let mut lines: Vec<String> = rubric
        .iter()
        .zip(&points)
        .map(|(criterion, given)| {
            let points = lang.asm_points_of(&given.to_string(), criterion.points);
            format!(
                "{}{}{points}",
                criterion.name.say(lang),
                lang.pick(": ", "：")
            )
        })
        .collect();
    let whole = mark(&rubric, &points);
    lines.push(lang.asm_give_whole(&shown_mark(Some(whole))));
    if script.penalty > 0 {
        let days = lang.asm_days_late(script.days_late);
        lines.push(lang.asm_give_late(&days, &percent(script.penalty)));
    }
    if given.feedback.is_empty() {
        lines.push(lang.asm_give_silent().to_owned());
    }
    Ok(lines)
}

/// POST `/marking/{script}` with `do=ask`: keeps what was typed as a draft, and asks.
pub(super) fn ask(
    cx: &mut Cx<'_, '_>,
    (instructor, script, it): (&Instructor, &Script, &Assessment),
) -> Result<Reply> {
    let lang = cx.lang();
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 0, i32::MAX).unwrap_or(0);
    let mut given = read_given(&mut form, typed, &it.rubric()?);
    given.done = true;
    let kept = form
        .done()
        .and_then(|()| actions::whole_mark(it, &given))
        .and_then(|()| {
            given.done = false;
            actions::save_mark(cx.conn, instructor, script.id, &given, seen)
        });
    if let Err(error) = kept {
        let again = Again::from_error(error, lang)?;
        return show(cx, (instructor, script, it), Some(typed), &again);
    }
    let role = script.role_of(instructor.person()).ok_or(Error::NotFound)?;
    let own = queries::mark_of(cx.conn, Reader::Marker(instructor), script.id, role)?;
    let version = own.as_ref().map_or(0, |it| it.version);
    let mut hidden: Vec<(String, String)> = typed
        .iter()
        .filter(|(name, _)| !["version", "do", "_key"].contains(name))
        .map(|(name, value)| pair(name, value))
        .collect();
    hidden.push(pair("version", version.to_string()));
    hidden.push(pair("do", "give"));
    let here = format!("/marking/{}", script.id);
    let label = actions::label(lang, it, &script.label);
    let spec = ConfirmSpec {
        title: lang.asm_give_ask(&label),
        crumbs: vec![
            pair("/marking", lang.asm_queue()),
            pair(here.clone(), label.clone()),
        ],
        effects: vec![
            effect(lang.asm_give_is(), what(lang, (script, it), &given)?, false),
            effect(
                lang.offers_not_undone(),
                vec![lang.asm_give_note().to_owned()],
                true,
            ),
        ],
        refusal: None,
        hidden,
        action: here.clone(),
        submit: lang.asm_give().to_owned(),
        danger: false,
        back: here,
    };
    confirm_page(cx, 200, &spec)
}
