//! The order of the modules, and putting one away.

use crate::access::ProgrammeStaff;
use crate::error::{Error, Result};
use crate::ids::ModuleId;
use crate::web::fields::{ConfirmSpec, Effect, confirm_page};
use crate::web::{Cx, Form, Reply};

use super::super::actions;
use super::super::queries::{self, Version};
use super::{at, crumbs, home, module};

/// POST `…/modules/{module}/place`: back to the list, which shows the new order.
pub(super) fn place(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, _) = module(cx)?;
    let mut form = Form::new(cx.visit.request.form());
    let place = form.number("place", 1, i32::MAX);
    form.done()?;
    actions::move_to(cx.conn, &staff, id, place)?;
    Ok(Reply::see_other(home(&staff)).flash("module_moved"))
}

fn question(
    cx: &mut Cx<'_, '_>,
    (staff, id, versions): (&ProgrammeStaff, ModuleId, &[Version]),
    status: u16,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let code = versions.first().map_or("–", |it| it.code.as_str());
    let asked_by = queries::asked_by(cx.conn, staff, id)?;
    let mut lines = vec![
        lang.curriculum_module_archive_does().to_owned(),
        lang.curriculum_module_archive_undo().to_owned(),
        lang.curriculum_told_nobody().to_owned(),
    ];
    if !asked_by.is_empty() {
        let codes = asked_by.join(lang.curriculum_comma());
        lines.push(lang.curriculum_module_asked_by(&codes));
    }
    let spec = ConfirmSpec {
        title: lang.curriculum_archive_ask(code),
        crumbs: crumbs(lang, staff, vec![(at(staff, id), code.to_owned())]),
        effects: vec![Effect {
            heading: lang.cohorts_step_happens().to_owned(),
            lines,
            hard: false,
        }],
        refusal,
        hidden: Vec::new(),
        action: format!("{}/archive", at(staff, id)),
        submit: lang.curriculum_archive().to_owned(),
        danger: true,
        back: at(staff, id),
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/modules/{module}/archive`.
pub(super) fn ask_archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    let refusal = match actions::check_archive(cx.conn, &staff, id) {
        Ok(()) => None,
        Err(Error::Refused(refused)) => Some(refused.say(cx.lang())),
        Err(other) => return Err(other),
    };
    question(cx, (&staff, id, &versions), 200, refusal)
}

/// POST `…/modules/{module}/archive`.
pub(super) fn archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, versions) = module(cx)?;
    match actions::archive(cx.conn, &staff, id) {
        Ok(()) => Ok(Reply::see_other(at(&staff, id)).flash("module_archived")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, (&staff, id, &versions), 409, Some(text))
        }
        Err(other) => Err(other),
    }
}

/// POST `…/modules/{module}/restore`.
pub(super) fn restore(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id, _) = module(cx)?;
    actions::restore(cx.conn, &staff, id)?;
    Ok(Reply::see_other(at(&staff, id)).flash("module_restored"))
}
