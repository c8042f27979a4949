//! What an instructor sees of their own trainees, and a trainee of what is said of them.

use askama::Template;

use crate::access;
use crate::error::Result;
use crate::lang::format::{date, hk_date, moment};
use crate::lang::{Lang, Say as _};
use crate::web::exports::short;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Reply, Shell};

use super::super::queries::{self, Taught, reasons_of};
use super::super::rules::suggestion;

struct TaughtLine {
    name: String,
    number: String,
    reasons: Vec<String>,
    opened: String,
}

#[derive(Template)]
#[template(path = "at_risk/taught.html")]
struct TaughtPage {
    shell: Shell,
    rows: Vec<TaughtLine>,
    paged: bool,
    first: String,
    next: Option<String>,
}

fn line(lang: Lang, it: Taught) -> Result<TaughtLine> {
    let reasons = reasons_of(it.reasons)?;
    Ok(TaughtLine {
        name: it.name_shown,
        number: it.trainee_number,
        reasons: reasons.iter().map(|it| it.say(lang)).collect(),
        opened: date(lang, hk_date(it.opened_at)),
    })
}

pub(in crate::at_risk) fn cursor(it: &Taught) -> Cursor {
    Cursor {
        key: it.sort_key.clone(),
        id: it.id.0,
    }
}

/// GET `/teaching/at-risk`.
pub(super) fn taught(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let instructor = access::instructor(cx.conn)?;
    let query = &cx.visit.request.query;
    let after = Cursor::from_query(query);
    let rows = queries::taught(cx.conn, &instructor, after.as_ref(), PAGE + 1)?;
    let page = Page::cut(rows, PAGE, cursor);
    let path = "/teaching/at-risk";
    let view = TaughtPage {
        shell: cx.shell(lang.risk_taught()),
        paged: after.is_some(),
        first: path.to_owned(),
        next: page
            .next
            .map(|after| format!("{path}?{}", query.with(&[("after", &after)]))),
        rows: page
            .rows
            .into_iter()
            .map(|it| line(lang, it))
            .collect::<Result<_>>()?,
    };
    cx.visit.page(&view)
}

/// GET `/teaching/at-risk.csv` and `.xlsx`.
pub(super) fn taught_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let instructor = access::instructor(cx.conn)?;
    let rows = queries::taught(cx.conn, &instructor, None, 10_000)?;
    let rows = rows.into_iter().map(|it| {
        let it = line(lang, it)?;
        Ok(vec![it.name, it.number, it.reasons.join("\n"), it.opened])
    });
    let header = [
        lang.risk_trainee(),
        lang.risk_number(),
        lang.risk_reasons(),
        lang.risk_opened(),
    ];
    short(
        &cx.request().path,
        "at-risk",
        &header,
        rows.collect::<Result<_>>()?,
    )
}

struct OwnNote {
    author: String,
    at: String,
    body: String,
}

struct OwnCase {
    programme: String,
    reasons: Vec<(String, &'static str)>,
    owner: String,
    contact: String,
    since: String,
    looked: String,
    ended: Option<String>,
    resting: bool,
    notes: Vec<OwnNote>,
}

#[derive(Template)]
#[template(path = "at_risk/own.html")]
struct OwnPage {
    shell: Shell,
    cases: Vec<OwnCase>,
}

/// GET `/me/standing`.
pub(super) fn own(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let notes = queries::own_notes(cx.conn, &own)?;
    let mut cases = Vec::new();
    for it in queries::own(cx.conn, &own)? {
        let of_it = notes.iter().filter(|note| note.case_id == it.case_id);
        let reasons = reasons_of(it.reasons.clone())?;
        cases.push(OwnCase {
            programme: it.programme(lang).to_owned(),
            reasons: reasons
                .iter()
                .map(|it| (it.say(lang), suggestion(it.code(), lang)))
                .collect(),
            contact: it.contact_email,
            owner: it.owner_name,
            since: date(lang, hk_date(it.opened_at)),
            looked: moment(lang, it.looked_at),
            ended: it.closed_at.map(|at| date(lang, hk_date(at))),
            resting: it.resting,
            notes: of_it
                .map(|note| OwnNote {
                    author: note.author_name.clone(),
                    at: moment(lang, note.created_at),
                    body: note.body.clone(),
                })
                .collect(),
        });
    }
    cx.visit.page(&OwnPage {
        shell: cx.shell(lang.risk_own_title()),
        cases,
    })
}
