//! The documents that a trainee keeps for placements, to be chosen when they express interest.

use askama::Template;

use crate::access::{self, OwnEnrolment};
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::files::queries as files;
use crate::files::rules::MAX_DOCUMENT;
use crate::ids::PlacementDocumentId;
use crate::lang::format::moment;
use crate::lang::{Lang, Say as _};
use crate::web::forms::{Mistakes, pair};
use crate::web::{Cx, Form, Pairs, Reply, ReplyBody, Shell, Site, Upload, Visit};

use super::super::actions;
use super::super::queries::{self, Document as Row};
use super::super::rules::content::Document;
use super::{Question, profile, question};

const PATH: &str = "/me/placements/documents";

/// A line of the list.
struct Line {
    href: String,
    remove: String,
    label: String,
    kind: &'static str,
    since: String,
}

#[derive(Template)]
#[template(path = "placements/documents.html")]
struct DocumentsPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    lines: Vec<Line>,
    full: bool,
    kinds: Vec<(String, String)>,
    typed: Pairs,
    mistakes: Mistakes,
}

/// What a document is, in words.
pub(in crate::placements) fn kind(lang: Lang, word: &str) -> &'static str {
    Document::parse(word).map_or("", |it| it.label(lang))
}

fn build(
    conn: &mut Conn<'_>,
    (visit, site): (&Visit, &Site),
    place: &OwnEnrolment,
    typed: Pairs,
    errors: &[FieldError],
) -> Result<DocumentsPage> {
    let lang = visit.lang;
    let rows = queries::documents(conn, place)?;
    let mut title = lang.plc_documents_mine().to_owned();
    if !errors.is_empty() {
        title = lang.form_error_title(&title);
    }
    Ok(DocumentsPage {
        shell: Shell::new(visit, site, title),
        crumbs: vec![("/me/placements".to_owned(), lang.plc_title_all().to_owned())],
        full: rows.len() >= actions::MOST_DOCUMENTS,
        lines: rows
            .into_iter()
            .map(|it| Line {
                href: format!("{PATH}/{}", it.id),
                remove: format!("{PATH}/{}/remove", it.id),
                kind: kind(lang, &it.kind),
                since: moment(lang, it.created_at),
                label: it.label,
            })
            .collect(),
        kinds: Document::ALL
            .iter()
            .map(|it| pair(it.as_str(), it.label(lang)))
            .collect(),
        typed,
        mistakes: Mistakes::new(errors, lang).labelled(&[
            ("kind", lang.plc_document_kind()),
            ("file", lang.plc_document_file()),
        ]),
    })
}

/// GET `/me/placements/documents`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let place = profile::place(cx.conn)?;
    let page = build(cx.conn, (cx.visit, cx.site), &place, Pairs::default(), &[])?;
    cx.visit.page(&page)
}

/// POST `/me/placements/documents`: the file is judged by its bytes, stored, then recorded.
pub(super) fn send(visit: &Visit, site: &Site) -> Result<Reply> {
    let request = visit.request.id;
    // Whose it is, before the disk is touched.
    let place = site.db.read_for(&visit.actor, request, profile::place)?;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let kind = form.choice("kind", Document::parse);
    let sent = |it: &&Upload| it.field == "file" && it.size > 0;
    let file = visit.request.uploads().iter().find(sent);
    match file.map(|it| it.judge_pdf(MAX_DOCUMENT)) {
        None => form.error("file", "required", |lang| lang.plc_need_file().to_owned()),
        Some(Err(refusal)) => form.error("file", "document", |lang| refusal.say(lang)),
        Some(Ok(())) => {}
    }
    let problems = match (form.done(), kind, file) {
        (Ok(()), Some(kind), Some(file)) => match store(visit, site, &place, (kind, file)) {
            Ok(()) => return Ok(Reply::see_other(PATH).flash("saved")),
            Err(Error::Refused(refused)) => {
                vec![FieldError::new("file", "refused", |lang| refused.say(lang))]
            }
            Err(other) => return Err(other),
        },
        (Err(Error::Invalid(problems)), _, _) => problems,
        (Err(other), _, _) => return Err(other),
        (Ok(()), _, _) => return Err(Error::NotFound),
    };
    let page = site.db.read_for(&visit.actor, request, |conn| {
        build(conn, (visit, site), &place, typed.clone(), &problems)
    })?;
    visit.page_with(422, &page)
}

fn store(
    visit: &Visit,
    site: &Site,
    place: &OwnEnrolment,
    (kind, file): (Document, &Upload),
) -> Result<()> {
    site.files.keeping(&[file], |keys| {
        let key = keys.first().ok_or(Error::NotFound)?;
        site.db.tx_for(&visit.actor, visit.request.id, |conn| {
            let own = access::own(conn)?;
            let label = file.pdf_label();
            let new = file.as_pdf((own.person(), Some(place.programme())), key, &label);
            actions::add_document(conn, &own, place, (kind, &new)).map(|_| ())
        })
    })
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(OwnEnrolment, Row)> {
    let place = profile::place(cx.conn)?;
    let id: PlacementDocumentId = cx.request().param("document")?;
    let found = queries::documents(cx.conn, &place)?
        .into_iter()
        .find(|it| it.id == id);
    Ok((place, found.ok_or(Error::NotFound)?))
}

/// GET `/me/placements/documents/{document}`: the file.
pub(super) fn open(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    let own = access::own(cx.conn)?;
    let file = files::find(cx.conn, &own, row.file_id)?;
    let key = file.storage_key;
    let body = ReplyBody::Stream(Box::new(move |site, out| site.files.copy_to(&key, out)));
    Ok(Reply::download(&file.media_type, &file.label, body))
}

/// GET `/me/placements/documents/{document}/remove`.
pub(super) fn ask_remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    let lang = cx.lang();
    let asked = Question {
        title: lang.plc_document_remove_ask(&row.label),
        crumbs: vec![(PATH.to_owned(), lang.plc_documents_mine().to_owned())],
        does: vec![lang.plc_document_remove_does().to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: None,
        action: format!("{PATH}/{}/remove", row.id),
        submit: lang.plc_document_remove().to_owned(),
        danger: false,
        back: PATH.to_owned(),
    };
    question(cx, asked, None)
}

/// POST `/me/placements/documents/{document}/remove`.
pub(super) fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (place, row) = one(cx)?;
    actions::remove_document(cx.conn, &place, row.id)?;
    Ok(Reply::see_other(PATH).flash("saved"))
}
