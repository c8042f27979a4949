//! A module as everybody reads it: its published version, never a draft, whoever reads.

use askama::Template;

use crate::db::now;
use crate::error::Result;
use crate::lang::format::hk_date;
use crate::programmes;
use crate::web::{Cx, Reply, Shell};

use super::super::queries;
use super::record::Shown;

#[derive(Template)]
#[template(path = "curriculum/public.html")]
struct PublicPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: String,
    code: String,
    version: String,
    it: Shown,
}

/// GET `/curriculum/{programme_code}/{code}`.
pub(super) fn module(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let programme: String = cx.request().param("programme_code")?;
    let code: String = cx.request().param("code")?;
    let id = programmes::queries::with_code(cx.conn, &programme)?;
    let version = queries::published_one(cx.conn, id, &code)?;
    let name = programmes::queries::name(cx.conn, id)?;
    let book = queries::book(cx.conn, id)?;
    let today = hk_date(now(cx.conn)?);
    cx.visit.page(&PublicPage {
        shell: cx.shell(format!("{} {}", version.code, version.name(lang))),
        crumbs: vec![("/curriculum".to_owned(), lang.nav_curriculum().to_owned())],
        programme: name.say(lang).to_owned(),
        code: version.code.clone(),
        version: lang.curriculum_version(version.number),
        it: Shown::new(&version, &book, lang, today),
    })
}
