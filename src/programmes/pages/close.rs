//! Closing a programme, which first shows what it does, and opening it again.

use crate::error::Result;
use crate::lang::Say as _;
use crate::web::fields::{ConfirmSpec, Effect, confirm_page};
use crate::web::{Cx, Form, Reply};

use super::super::actions;
use super::super::queries;
use super::{chosen, crumbs, hidden, home};

/// GET `/programme/close`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let lang = cx.lang();
    let row = queries::programme(cx.conn, &staff)?;
    let refusal = actions::closing_refused(cx.conn, &staff, &row.status)?;
    let status = if refusal.is_some() { 409 } else { 200 };
    let spec = ConfirmSpec {
        title: lang.programmes_close_ask().to_owned(),
        crumbs: crumbs(lang, &staff),
        effects: vec![Effect {
            heading: lang.pick(&row.name_en, &row.name_zh).clone(),
            lines: vec![
                lang.programmes_close_cohorts().to_owned(),
                lang.programmes_close_stays().to_owned(),
                lang.programmes_close_back().to_owned(),
            ],
            hard: false,
        }],
        refusal: refusal.map(|no| no.say(lang)),
        hidden: vec![
            hidden(&staff),
            ("version".to_owned(), row.version.to_string()),
        ],
        action: "/programme/close".to_owned(),
        submit: lang.programmes_close().to_owned(),
        danger: true,
        back: home(&staff),
    };
    confirm_page(cx, status, &spec)
}

fn version(cx: &Cx<'_, '_>) -> Result<i32> {
    let mut form = Form::new(cx.request().form());
    let version = form.number("version", 1, i32::MAX);
    form.done()?;
    Ok(version)
}

/// POST `/programme/close`.
pub(super) fn close(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let version = version(cx)?;
    actions::close_programme(cx.conn, &staff, version)?;
    Ok(Reply::see_other(home(&staff)).flash("saved"))
}

/// POST `/programme/reopen`.
pub(super) fn reopen(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let version = version(cx)?;
    actions::reopen_programme(cx.conn, &staff, version)?;
    Ok(Reply::see_other(home(&staff)).flash("saved"))
}
