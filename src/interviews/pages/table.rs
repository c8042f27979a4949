//! A list of this room: filters, order, boxes to tick, pages, files.

use askama::Template;

use crate::error::Result;
use crate::placements::pages::Cell;
use crate::placements::queries::Page;
use crate::web::fields::{Column, Head, Sort};
use crate::web::paging::{self, Cursor, PAGE};
use crate::web::{Cx, Pairs, Reply, Shell};

/// A select of the filters: name, label, choices with their word, label and whether chosen.
pub(super) struct Select {
    pub name: &'static str,
    pub label: &'static str,
    pub choices: Vec<(String, String, bool)>,
}

impl Select {
    /// Over these choices, before them one for all.
    pub(super) fn new(
        query: &Pairs,
        name: &'static str,
        label: &'static str,
        all: &str,
        choices: Vec<(String, String)>,
    ) -> Self {
        let now = query.typed(name);
        let mut with = vec![(String::new(), all.to_owned(), now.is_empty())];
        with.extend(choices.into_iter().map(|(word, label)| {
            let on = word == now;
            (word, label, on)
        }));
        Self {
            name,
            label,
            choices: with,
        }
    }

    /// The orders of a list.
    pub(super) fn sorts(label: &'static str, now: Sort, sorts: &[(&str, &str)]) -> Self {
        let choice = |(word, label): &(&str, &str)| {
            let on = *word == now.word;
            ((*word).to_owned(), (*label).to_owned(), on)
        };
        Self {
            name: "sort",
            label,
            choices: sorts.iter().map(choice).collect(),
        }
    }
}

/// What a list is and can.
#[derive(Default)]
pub(super) struct Listing {
    pub title: String,
    pub note: String,
    pub path: String,
    pub crumbs: Vec<(String, String)>,
    pub tabs: Vec<(String, &'static str, bool)>,
    pub selects: Vec<Select>,
    pub heads: Vec<Head>,
    pub empty: &'static str,
    pub empty_more: &'static str,
    /// Where what is ticked goes.
    pub bulk: Option<String>,
    /// What is done with it: word, label, and whether it is the one thing to do.
    pub verbs: Vec<(&'static str, &'static str, bool)>,
    pub refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "interviews/list.html")]
struct ListPage<'a> {
    shell: Shell,
    it: &'a Listing,
    crumbs: &'a [(String, String)],
    heads: &'a [Head],
    rows: Vec<Vec<Cell>>,
    text: String,
    query: String,
    filtered: bool,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// Shows a page of a list.
pub(super) fn show(
    cx: &Cx<'_, '_>,
    it: &Listing,
    mut page: paging::Page<Vec<Cell>>,
) -> Result<Reply> {
    for row in &mut page.rows {
        for (cell, head) in row.iter_mut().zip(&it.heads) {
            head.label.clone_into(&mut cell.label);
        }
    }
    let query = &cx.visit.request.query;
    let text = query.typed("q").trim().to_owned();
    let chosen = |it: &Select| it.name != "sort" && !query.typed(it.name).is_empty();
    let status = if it.refusal.is_some() { 409 } else { 200 };
    cx.visit.page_with(
        status,
        &ListPage {
            shell: cx.shell(it.title.clone()),
            crumbs: &it.crumbs,
            heads: &it.heads,
            filtered: !text.is_empty() || it.selects.iter().any(chosen),
            text,
            query: query.with(&[("after", "")]),
            paged: Cursor::from_query(query).is_some(),
            first: format!("{}?{}", it.path, query.with(&[("after", "")])),
            next: page
                .next
                .map(|after| format!("{}?{}", it.path, query.with(&[("after", &after)]))),
            rows: page.rows,
            it,
        },
    )
}

/// Part of a text that the address asks for.
pub(super) fn text(query: &Pairs) -> Option<String> {
    Some(query.typed("q").trim().to_owned()).filter(|it| !it.is_empty())
}

/// A page of a list as the address asks for it.
pub(super) fn page(query: &Pairs, sorts: &'static [Column]) -> Page {
    Page {
        sort: Sort::from_query(query, sorts),
        after: Cursor::from_query(query),
        limit: PAGE + 1,
    }
}

/// Every row of a list, read a thousand at a time.
pub(super) fn every<T>(
    mut page: Page,
    cursor: impl Fn(&T) -> Cursor,
    mut read: impl FnMut(&Page) -> Result<Vec<T>>,
) -> Result<Vec<T>> {
    page.after = None;
    page.limit = 1_000;
    let mut all = Vec::new();
    loop {
        let rows = read(&page)?;
        let full = rows.len() >= 1_000;
        page.after = rows.last().map(&cursor);
        all.extend(rows);
        if !full {
            return Ok(all);
        }
    }
}
