//! Removing an assessment that has not been opened.

use crate::access::CohortStaff;
use crate::error::{Error, Result};
use crate::web::fields::{ConfirmSpec, Effect, confirm_page};
use crate::web::{Cx, Form, Reply};

use super::super::actions;
use super::super::queries::Assessment;
use super::{crumbs, home, one, pair};

fn question(
    cx: &mut Cx<'_, '_>,
    (staff, it): (&CohortStaff, &Assessment),
    (status, refusal): (u16, Option<String>),
) -> Result<Reply> {
    let lang = cx.lang();
    let effect = |heading: &str, line: &str, hard| Effect {
        heading: heading.to_owned(),
        lines: vec![line.to_owned()],
        hard,
    };
    let spec = ConfirmSpec {
        title: lang.asm_remove_ask(it.title(lang)),
        crumbs: crumbs(cx, staff, Some(it))?,
        effects: vec![
            effect(lang.cohorts_step_happens(), lang.asm_remove_does(), false),
            effect(lang.offers_not_undone(), lang.asm_remove_hard(), true),
        ],
        refusal,
        hidden: vec![pair("version", it.version.to_string())],
        action: format!("{}/remove", home(it)),
        submit: lang.asm_remove().to_owned(),
        danger: true,
        back: home(it),
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/assessments/{assessment}/remove`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let refusal = match actions::removable(&it) {
        Err(Error::Refused(refused)) => Some(refused.say(cx.lang())),
        other => other.map(|()| None)?,
    };
    question(cx, (&staff, &it), (200, refusal))
}

/// POST `…/assessments/{assessment}/remove`.
pub(super) fn act(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let version = form.number("version", 1, i32::MAX);
    form.done()?;
    match actions::remove(cx.conn, &staff, (it.id, version)) {
        Ok(()) => {
            let list = format!("/cohorts/{}/assessments", staff.cohort());
            Ok(Reply::see_other(list).flash("asm_removed"))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, (&staff, &it), (409, Some(text)))
        }
        Err(other) => Err(other),
    }
}
