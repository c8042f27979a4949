//! The document of an application: taken, removed, given out.

use crate::access;
use crate::error::{Error, FieldError, Result};
use crate::files;
use crate::files::rules::MAX_DOCUMENT;
use crate::ids::ApplicationId;
use crate::lang::{Lang, Say as _};
use crate::web::{Cx, Pairs, Reply, ReplyBody, Site, Visit};

use super::super::form_actions as actions;
use super::super::rules::Event;
use super::super::rules::form::SectionKey;
use super::{address, own, section_page};

/// Takes a document: judged by its bytes, stored, then recorded.
pub(super) fn upload(visit: &Visit, site: &Site) -> Result<Reply> {
    let id: ApplicationId = visit.request.param("application")?;
    let request = visit.request.id;
    // Whose it is, before the disk is touched.
    site.db.read_for(&visit.actor, request, |conn| {
        let own = access::own_application(conn, id)?;
        actions::open(conn, &own)?.may(Event::Edit).map(|_| ())
    })?;
    let Some(file) = visit
        .request
        .uploads()
        .iter()
        .find(|it| it.field == "document" && it.size > 0)
    else {
        return document_refused(visit, site, id, |lang| {
            lang.apply_document_none().to_owned()
        });
    };
    if let Err(refusal) = file.judge_pdf(MAX_DOCUMENT) {
        return document_refused(visit, site, id, |lang| refusal.say(lang));
    }
    site.files.keeping(&[file], |keys| {
        let key = keys.first().ok_or(Error::NotFound)?;
        site.db.tx_for(&visit.actor, request, |conn| {
            let own = access::own_application(conn, id)?;
            let whose = (own.person(), Some(own.programme()));
            let label = file.pdf_label();
            actions::put_document(conn, &own, &file.as_pdf(whose, key, &label))
        })
    })?;
    Ok(Reply::see_other(format!("/me/applications/{id}/document")).flash("document_saved"))
}

fn document_refused(
    visit: &Visit,
    site: &Site,
    id: ApplicationId,
    why: impl Fn(Lang) -> String,
) -> Result<Reply> {
    let problem = [FieldError::new("document", "document", why)];
    let key = SectionKey::Document;
    let page = site.db.read_for(&visit.actor, visit.request.id, |conn| {
        let own = access::own_application(conn, id)?;
        let desk = actions::open(conn, &own)?;
        section_page(
            conn,
            visit,
            site,
            &desk,
            &own,
            key,
            Pairs::default(),
            &problem,
            false,
        )
    })?;
    visit.page_with(422, &page)
}

pub(super) fn remove_document(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let problem = match actions::remove_document(cx.conn, &own) {
        Ok(()) => {
            let to = format!("{}/document", address(&own));
            return Ok(Reply::see_other(to).flash("document_removed"));
        }
        Err(Error::Invalid(problem)) => problem,
        Err(other) => return Err(other),
    };
    let desk = actions::open(cx.conn, &own)?;
    let key = SectionKey::Document;
    let page = section_page(
        cx.conn,
        cx.visit,
        cx.site,
        &desk,
        &own,
        key,
        Pairs::default(),
        &problem,
        false,
    )?;
    cx.visit.page_with(422, &page)
}

/// Gives the document out, after looking again whose it is; as an attachment, never shown.
pub(in crate::applications) fn download(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = own(cx)?;
    let desk = actions::open(cx.conn, &own)?;
    let id = desk.mine.document_id.ok_or(Error::NotFound)?;
    let whose = access::own(cx.conn)?;
    let file = files::queries::find(cx.conn, &whose, id)?;
    let key = file.storage_key;
    let body = ReplyBody::Stream(Box::new(move |site, out| site.files.copy_to(&key, out)));
    Ok(Reply::download(&file.media_type, &file.label, body))
}
