//! The two kinds of pages of which most rooms are made: a list and a record. A page says what stands in
//! them; the templates show all alike.

use askama::Template;

use crate::error::Result;
use crate::lang::Lang;

use super::exports::short;
use super::fields::{Column, Head, History, Sort};
use super::paging::{self, Cursor, PAGE, Window};
use super::{Cx, Pairs, Reply, Shell};

mod cell;

pub(crate) use cell::Cell;

/// A select of the filters: name, label, choices with their word, label and whether chosen.
pub(crate) struct Select {
    pub name: &'static str,
    pub label: &'static str,
    pub choices: Vec<(String, String, bool)>,
}

impl Select {
    /// Over these choices, before them one for all.
    pub(crate) fn new(
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

    /// The states of a list's rows.
    pub(crate) fn states(lang: Lang, query: &Pairs, states: Vec<(String, String)>) -> Self {
        let (label, all) = (lang.plc_status(), lang.all_of_them());
        Self::new(query, "state", label, all, states)
    }

    /// The orders of a list.
    pub(crate) fn sorts(label: &'static str, now: Sort, sorts: &[(&str, &str)]) -> Self {
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
pub(crate) struct Listing {
    pub title: String,
    pub note: String,
    pub path: String,
    pub crumbs: Vec<(String, String)>,
    pub acts: Vec<(String, String, bool)>,
    pub tabs: Vec<(String, &'static str, bool)>,
    pub button: Option<(String, String)>,
    pub searches: bool,
    pub compares: bool,
    pub selects: Vec<Select>,
    pub heads: Vec<Head>,
    pub empty: &'static str,
    pub empty_more: &'static str,
    /// Where what is ticked goes.
    pub bulk: Option<String>,
    /// What is done with it: word, label, and whether it is the one thing to do.
    pub verbs: Vec<(&'static str, &'static str, bool)>,
    /// Why nothing was done with what was ticked.
    pub refusal: Option<String>,
}

#[derive(Template)]
#[template(path = "web/list.html")]
struct ListPage<'a> {
    shell: Shell,
    it: &'a Listing,
    crumbs: &'a [(String, String)],
    heads: &'a [Head],
    rows: Vec<Vec<Cell>>,
    text: String,
    filtered: bool,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// Shows a page of a list.
pub(crate) fn show(
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
    let list = ListPage {
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
    };
    cx.visit.page_with(status, &list)
}

/// Part of a text that the address asks for.
pub(crate) fn text(query: &Pairs) -> Option<&str> {
    Some(query.typed("q").trim()).filter(|it| !it.is_empty())
}

/// A page of a list as the address asks for it.
pub(crate) fn page(query: &Pairs, sorts: &'static [Column]) -> Window {
    Window {
        sort: Sort::from_query(query, sorts),
        after: Cursor::from_query(query),
        limit: PAGE + 1,
    }
}

/// Every row of a list, read a thousand at a time.
pub(crate) fn every<T>(
    mut page: Window,
    cursor: impl Fn(&T) -> Cursor,
    mut read: impl FnMut(&Window) -> Result<Vec<T>>,
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

/// A list as the kind of file that the address ends with.
pub(crate) fn file(
    cx: &Cx<'_, '_>,
    name: &str,
    header: &[&str],
    rows: Vec<Vec<String>>,
) -> Result<Reply> {
    short(&cx.request().path, name, header, rows)
}

/// A label and its value.
pub(crate) struct Fact {
    pub label: String,
    pub value: String,
    pub lang: Option<&'static str>,
    pub href: Option<String>,
}

impl Fact {
    pub(crate) fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            lang: None,
            href: None,
        }
    }

    pub(crate) fn link(label: impl Into<String>, value: impl Into<String>, href: String) -> Self {
        Self {
            href: Some(href),
            ..Self::new(label, value)
        }
    }
}

/// A part of a record.
#[derive(Default)]
pub(crate) struct Panel {
    pub title: String,
    pub note: String,
    pub facts: Vec<Fact>,
    pub lines: Vec<String>,
    pub empty: String,
}

impl Panel {
    pub(crate) fn facts(title: impl Into<String>, facts: Vec<Fact>) -> Self {
        Self {
            title: title.into(),
            facts,
            ..Self::default()
        }
    }

    pub(crate) fn lines(
        title: impl Into<String>,
        lines: Vec<String>,
        empty: impl Into<String>,
    ) -> Self {
        Self {
            title: title.into(),
            lines,
            empty: empty.into(),
            ..Self::default()
        }
    }
}

/// A record's page.
#[derive(Default)]
pub(crate) struct Record {
    pub title: String,
    pub tag: Option<(&'static str, &'static str)>,
    pub note: String,
    pub crumbs: Vec<(String, String)>,
    /// Address, label, and whether it is the one thing to do.
    pub acts: Vec<(String, String, bool)>,
    /// What is done at once: address and label.
    pub buttons: Vec<(String, String)>,
    /// Tone, heading, text.
    pub notes: Vec<(&'static str, String, String)>,
    pub panels: Vec<Panel>,
    /// Do the parts stand side by side?
    pub beside: bool,
    pub history: Option<History>,
}

#[derive(Template)]
#[template(path = "web/record.html")]
struct RecordPage<'a> {
    shell: Shell,
    it: &'a Record,
    crumbs: &'a [(String, String)],
}

/// Shows a record.
pub(crate) fn record(cx: &Cx<'_, '_>, it: &Record) -> Result<Reply> {
    cx.visit.page(&RecordPage {
        shell: cx.shell(it.title.clone()),
        crumbs: &it.crumbs,
        it,
    })
}
