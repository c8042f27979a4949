//! What the house has written to the reader: their own letters.

use askama::Template;

use crate::access::{Access, own};
use crate::error::Result;
use crate::ids::LetterId;
use crate::lang::format;
use crate::web::exports::short;
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Reply, Routes, Shell};

use super::mask_links;
use super::pages::opened;
use super::queries::{self, Line};

/// The routes of one's own letters.
#[must_use]
pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/me/letters", Access::SignedIn, list)
        .get("/me/letters.csv", Access::SignedIn, file)
        .get("/me/letters.xlsx", Access::SignedIn, file)
        .get("/me/letters/{letter}", Access::SignedIn, letter)
        .get("/me/letters/{letter}/body", Access::SignedIn, body)
}

struct Row {
    id: LetterId,
    subject: String,
    lang: String,
    sent: String,
}

#[derive(Template)]
#[template(path = "mail_pages/own.html")]
struct OwnPage {
    shell: Shell,
    q: String,
    rows: Vec<Row>,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// Words searched for, if there are any.
fn words(cx: &Cx<'_, '_>) -> Option<String> {
    let typed = cx.request().query.get("q").map(str::trim)?;
    (!typed.is_empty()).then(|| typed.chars().take(100).collect())
}

fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = own(cx.conn)?;
    let words = words(cx);
    let visit = cx.visit;
    let query = &visit.request.query;
    let after = Cursor::from_query(query);
    let page = queries::own_letters(cx.conn, &own, words.as_deref(), after.as_ref(), PAGE)?;
    let row = |it: &Line| Row {
        id: it.id,
        subject: it.subject.clone(),
        lang: it.lang.clone(),
        sent: it
            .sent_at
            .map(|at| format::moment(lang, at))
            .unwrap_or_default(),
    };
    let here = |after: &str| format!("/me/letters?{}", query.with(&[("after", after)]));
    cx.visit.page(&OwnPage {
        shell: cx.shell(lang.letters_own()),
        q: words.unwrap_or_default(),
        rows: page.rows.iter().map(row).collect(),
        query: query.with(&[("after", "")]),
        paged: after.is_some(),
        first: here(""),
        next: page.next.map(|next| here(&next)),
    })
}

/// The list as a file: at most 5,000.
fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = own(cx.conn)?;
    let words = words(cx);
    let page = queries::own_letters(cx.conn, &own, words.as_deref(), None, 5_000)?;
    let rows = page
        .rows
        .iter()
        .map(|it| {
            let sent = it.sent_at.map(|at| format::moment(lang, at));
            vec![
                sent.unwrap_or_default(),
                lang.letter_kind(&it.kind),
                it.subject.clone(),
                it.to_address.clone(),
            ]
        })
        .collect();
    let header = [
        lang.letters_sent(),
        lang.letters_kind(),
        lang.letters_subject(),
        lang.letters_to(),
    ];
    short(&cx.request().path, "letters", &header, rows)
}

#[derive(Template)]
#[template(path = "mail_pages/own_letter.html")]
struct LetterPage {
    shell: Shell,
    letter: queries::Whole,
    sent: String,
    text: String,
}

fn one(cx: &mut Cx<'_, '_>) -> Result<queries::Whole> {
    let own = own(cx.conn)?;
    let id: LetterId = cx.request().param("letter")?;
    queries::own_letter(cx.conn, &own, id)
}

/// Where the house stands: what the reader copies out of a letter works anywhere.
fn base<'a>(cx: &Cx<'a, '_>) -> &'a str {
    &cx.site.config.public_url
}

fn letter(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let letter = one(cx)?;
    let sent = letter.sent_at.map(|at| format::moment(lang, at));
    cx.visit.page(&LetterPage {
        shell: cx.shell(letter.subject.clone()),
        sent: sent.unwrap_or_default(),
        text: mask_links(&letter.body_text, lang, base(cx)),
        letter,
    })
}

fn body(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let letter = one(cx)?;
    let html = mask_links(&letter.body_html, cx.lang(), base(cx));
    Ok(opened(&html))
}
