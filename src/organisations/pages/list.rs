//! The list of organisations, and the same as a file.

use askama::Template;

use crate::access;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::web::exports::{Kind as FileKind, export};
use crate::web::fields::{Head, Sort};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Shell, Site, Visit};

use super::super::queries::{self, Row, SORTS, Wanted};
use super::super::rules::Kind;

const PATH: &str = "/organisations";

#[derive(Template)]
#[template(path = "organisations/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    heads: Vec<Head>,
    kinds: Vec<(&'static str, &'static str, bool)>,
    sorts: Vec<(&'static str, &'static str, bool)>,
    text: String,
    archived: bool,
    filtered: bool,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// What the address asks for.
pub(in crate::organisations) fn wanted(query: &Pairs) -> Wanted {
    let text = query.typed("q").trim();
    Wanted {
        kind: query.get("kind").and_then(Kind::parse),
        text: (!text.is_empty()).then(|| text.to_owned()),
        archived: query.has("show", "archived"),
        sort: Sort::from_query(query, SORTS),
        after: Cursor::from_query(query),
        limit: PAGE + 1,
    }
}

/// GET `/organisations`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let visit = cx.visit;
    let query = &visit.request.query;
    let wanted = wanted(query);
    let desk = access::desk(cx.conn)?;
    let found = queries::list(cx.conn, &desk, &wanted)?;
    let page = Page::cut(found, PAGE, |row| Cursor {
        key: row.sort_key.clone(),
        id: row.id.0,
    });
    let sort = wanted.sort;
    let head = |label: &str, word: &str| Head::sorting(label, word, sort, PATH, query);
    let sorts = [
        ("name", lang.organisations_name_en()),
        ("name_zh", lang.organisations_name_zh()),
        ("kind", lang.organisations_kind()),
    ];
    cx.visit.page(&ListPage {
        shell: cx.shell(lang.nav_organisations()),
        rows: page.rows,
        heads: vec![
            head(lang.organisations_name_en(), "name"),
            head(lang.organisations_name_zh(), "name_zh"),
            head(lang.organisations_kind(), "kind"),
            Head::plain(lang.organisations_partnerships_now()).numbers(),
        ],
        kinds: Kind::ALL
            .iter()
            .map(|k| (k.as_str(), k.label(lang), wanted.kind == Some(*k)))
            .collect(),
        sorts: sorts
            .map(|(word, label)| (word, label, word == sort.word))
            .into(),
        filtered: wanted.kind.is_some() || wanted.text.is_some() || wanted.archived,
        text: wanted.text.unwrap_or_default(),
        archived: wanted.archived,
        query: query.with(&[("after", "")]),
        paged: wanted.after.is_some(),
        first: format!("{PATH}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{PATH}?{}", query.with(&[("after", &after)]))),
    })
}

fn cells(lang: Lang, row: &Row) -> [String; 5] {
    [
        row.name_en.clone(),
        row.name_zh.clone(),
        row.kind().label(lang).to_owned(),
        row.website.clone().unwrap_or_default(),
        row.partnerships.to_string(),
    ]
}

/// GET `/organisations.csv` and `/organisations.xlsx`, with the filters of the address.
pub(in crate::organisations) fn export_list(visit: &Visit, _site: &Site) -> Result<Reply> {
    let lang = visit.lang;
    let end = visit.request.path.rsplit('.').next();
    let kind = end.and_then(FileKind::parse).ok_or(Error::NotFound)?;
    let header = [
        lang.organisations_name_en(),
        lang.organisations_name_zh(),
        lang.organisations_kind(),
        lang.organisations_website(),
        lang.organisations_partnerships_now(),
    ];
    let header = header.iter().map(|h| (*h).to_owned()).collect();
    let actor = visit.actor.clone();
    let mut wanted = Wanted {
        after: None,
        limit: 500,
        ..wanted(&visit.request.query)
    };
    let source = move |site: &Site, write: &mut dyn FnMut(&[String]) -> Result<()>| loop {
        let rows = site.db.read(&actor, |conn| {
            let desk = access::desk(conn)?;
            queries::list(conn, &desk, &wanted)
        })?;
        for row in &rows {
            write(&cells(lang, row))?;
        }
        match rows.last() {
            Some(last) if rows.len() >= 500 => {
                wanted.after = Some(Cursor {
                    key: last.sort_key.clone(),
                    id: last.id.0,
                });
            }
            Some(_) | None => return Ok(()),
        }
    };
    Ok(export(kind, "organisations", header, Box::new(source)))
}
