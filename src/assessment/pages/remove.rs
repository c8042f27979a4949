//! An assessment that nobody has seen yet, taken away after a page that says so.

use crate::access::CohortStaff;
use crate::error::{Error, Result};
use crate::lang::Say as _;
use crate::web::fields::{ConfirmSpec, Effect, confirm_page};
use crate::web::{Cx, Form, Reply};

use super::super::actions;
use super::super::queries::Assessment;
use super::super::rules::{AssessmentRefusal, AssessmentState};
use super::{crumbs, home, one, pair};

fn question(
    cx: &mut Cx<'_, '_>,
    (staff, it): (&CohortStaff, &Assessment),
    (status, refusal): (u16, Option<String>),
) -> Result<Reply> {
    let lang = cx.lang();
    let spec = ConfirmSpec {
        title: lang.asm_remove_ask(it.title(lang)),
        crumbs: crumbs(cx, staff, Some(it))?,
        effects: vec![Effect {
            heading: lang.cohorts_step_happens().to_owned(),
            lines: vec![lang.asm_remove_does().to_owned()],
            hard: false,
        }],
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
    let refusal = (it.state()? != AssessmentState::Planned)
        .then(|| AssessmentRefusal::NotPlanned.say(cx.lang()));
    question(cx, (&staff, &it), (200, refusal))
}

/// POST `…/assessments/{assessment}/remove`.
pub(super) fn act(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = one(cx)?;
    let mut form = Form::new(cx.request().form());
    let version = form.number("version", 1, i32::MAX);
    form.done()?;
    match actions::remove(cx.conn, &staff, it.id, version) {
        Ok(()) => {
            let list = format!("/cohorts/{}/assessments", it.cohort_id);
            Ok(Reply::see_other(list).flash("asm_removed"))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, (&staff, &it), (409, Some(text)))
        }
        Err(other) => Err(other),
    }
}
