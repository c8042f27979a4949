//! What a trainee asks for: a later due time, another look at a mark.

use crate::error::{Error, Result};
use crate::ids::{AppealId, ExtensionId};
use crate::lang::format::deadline;
use crate::web::fields::{
    Again, ConfirmSpec, Field, FormSpec, Group, History, confirm_page, effect, form_page,
};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, OwnLine};
use super::own::{after, one, way};

fn extension_form(cx: &Cx<'_, '_>, it: &OwnLine, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("/me/assessments/{}", it.id);
    let due = it.assessment.times(it.extended_to).due_at;
    let spec = FormSpec {
        title: lang.asm_extension_ask().to_owned(),
        crumbs: way(lang, it),
        note: Some(format!(
            "{}{}",
            lang.before(lang.asm_your_due()),
            deadline(lang, due)
        )),
        groups: vec![Group::plain(vec![
            Field::line("until_at", lang.asm_extension_until()).of("datetime-local"),
            Field::line("reason", lang.asm_extension_reason())
                .area(6)
                .hint(lang.asm_extension_reason_hint()),
        ])],
        hidden: Vec::new(),
        action: format!("{at}/extension"),
        submit: lang.asm_extension_send().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/extension`.
pub(super) fn ask_extension(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    extension_form(cx, &it, Pairs::none(), &Again::first())
}

/// POST `…/extension`.
pub(super) fn extension(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let until = form.instant("until_at");
    let reason = form.text("reason", 2_000);
    let done = form
        .done()
        .and_then(|()| actions::ask_extension(cx.conn, &own, it.id, until, &reason));
    match done {
        Ok(_) => Ok(Reply::see_other(format!("/me/assessments/{}", it.id)).flash("asm_asked")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            extension_form(cx, &it, typed, &again)
        }
    }
}

/// The question before a request is taken back.
fn ask_back(cx: &Cx<'_, '_>, it: &OwnLine, title: &str, below: String) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("/me/assessments/{}", it.id);
    let spec = ConfirmSpec {
        title: lang.asm_back_ask(title),
        crumbs: way(lang, it),
        effects: vec![effect(
            lang.cohorts_step_happens(),
            vec![lang.asm_back_does().to_owned()],
            false,
        )],
        refusal: None,
        hidden: Vec::new(),
        action: format!("{at}/{below}"),
        submit: title.to_owned(),
        danger: true,
        back: at,
    };
    confirm_page(cx, 200, &spec)
}

/// GET `…/extensions/{extension}/withdraw`.
pub(super) fn ask_withdraw_extension(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let id: ExtensionId = cx.request().param("extension")?;
    let all = queries::own_extensions(cx.conn, &own, it.id)?;
    if all.iter().all(|other| other.id != id) {
        return Err(Error::NotFound);
    }
    let title = cx.lang().asm_extension_withdraw();
    ask_back(cx, &it, title, format!("extensions/{id}/withdraw"))
}

/// GET `…/appeals/{appeal}/withdraw`.
pub(super) fn ask_withdraw_appeal(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let id: AppealId = cx.request().param("appeal")?;
    let all = queries::own_appeals(cx.conn, &own, it.assessment.id)?;
    if all
        .iter()
        .all(|other| other.id != id || other.candidate_id != it.id)
    {
        return Err(Error::NotFound);
    }
    let title = cx.lang().asm_appeal_withdraw();
    ask_back(cx, &it, title, format!("appeals/{id}/withdraw"))
}

/// POST `…/extensions/{extension}/withdraw`.
pub(super) fn withdraw_extension(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let id: ExtensionId = cx.request().param("extension")?;
    let done = actions::withdraw_extension(cx.conn, &own, it.id, id);
    let title = cx.lang().asm_extension_withdraw();
    after(cx, &it, done, (title, format!("extensions/{id}/withdraw")))
}

fn appeal_form(cx: &Cx<'_, '_>, it: &OwnLine, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("/me/assessments/{}", it.id);
    let until = it.released.as_ref().and_then(|it| it.appeal_until);
    let spec = FormSpec {
        title: lang.asm_appeal_make().to_owned(),
        crumbs: way(lang, it),
        note: until.map(|at| lang.asm_appeal_until(&deadline(lang, at))),
        groups: vec![Group::plain(vec![
            Field::line("grounds", lang.asm_appeal_grounds()).area(8),
        ])],
        hidden: Vec::new(),
        action: format!("{at}/appeal"),
        submit: lang.asm_appeal_make().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/appeal`.
pub(super) fn ask_appeal(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    appeal_form(cx, &it, Pairs::none(), &Again::first())
}

/// POST `…/appeal`.
pub(super) fn appeal(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let grounds = form.text("grounds", 4_000);
    let done = form
        .done()
        .and_then(|()| actions::lodge_appeal(cx.conn, &own, it.id, &grounds));
    match done {
        Ok(_) => Ok(Reply::see_other(format!("/me/assessments/{}", it.id)).flash("asm_appealed")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            appeal_form(cx, &it, typed, &again)
        }
    }
}

/// POST `…/appeals/{appeal}/withdraw`.
pub(super) fn withdraw_appeal(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let id: AppealId = cx.request().param("appeal")?;
    let done = actions::withdraw_appeal(cx.conn, &own, it.id, id);
    let title = cx.lang().asm_appeal_withdraw();
    after(cx, &it, done, (title, format!("appeals/{id}/withdraw")))
}
