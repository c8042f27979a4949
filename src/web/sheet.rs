//! A page made of parts: facts, lines, a table, each under a heading.

use askama::Template;

use crate::error::Result;

use super::fields::History;
use super::listing::Cell;
use super::{Cx, Reply, Shell};

/// A part of a page.
#[derive(Default)]
pub(crate) struct Part {
    pub title: String,
    pub note: String,
    pub links: Vec<(String, String)>,
    pub facts: Vec<(String, String)>,
    pub lines: Vec<String>,
    pub heads: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
    /// What is said if there is nothing of all these.
    pub empty: String,
}

impl Part {
    pub(crate) fn facts(title: impl Into<String>, facts: Vec<(String, String)>) -> Self {
        Self {
            title: title.into(),
            facts,
            ..Self::default()
        }
    }

    pub(crate) fn lines(title: impl Into<String>, lines: Vec<String>) -> Self {
        Self {
            title: title.into(),
            lines,
            ..Self::default()
        }
    }

    pub(crate) fn table(title: impl Into<String>, heads: &[&str], rows: Vec<Vec<Cell>>) -> Self {
        Self {
            title: title.into(),
            heads: heads.iter().map(|it| (*it).to_owned()).collect(),
            rows,
            ..Self::default()
        }
    }

    pub(crate) fn or(mut self, empty: impl Into<String>) -> Self {
        self.empty = empty.into();
        self
    }
}

/// A label and its value.
pub(crate) fn fact(label: &str, value: impl Into<String>) -> (String, String) {
    (label.to_owned(), value.into())
}

/// A page of parts.
#[derive(Default)]
pub(crate) struct Sheet {
    pub title: String,
    pub tag: Option<(&'static str, &'static str)>,
    pub note: String,
    pub crumbs: Vec<(String, String)>,
    pub tabs: Vec<(String, &'static str, bool)>,
    /// Address, label, and whether it is the one thing to do.
    pub acts: Vec<(String, String, bool)>,
    /// What is done at once: address and label.
    pub buttons: Vec<(String, String)>,
    /// Tone, heading, text.
    pub notes: Vec<(&'static str, String, String)>,
    pub parts: Vec<Part>,
    pub history: Option<History>,
}

#[derive(Template)]
#[template(path = "web/sheet.html")]
struct SheetPage<'a> {
    shell: Shell,
    it: &'a Sheet,
    crumbs: &'a [(String, String)],
}

/// Shows a page of parts.
pub(crate) fn show(cx: &Cx<'_, '_>, status: u16, it: &Sheet) -> Result<Reply> {
    let page = SheetPage {
        shell: cx.shell(it.title.clone()),
        crumbs: &it.crumbs,
        it,
    };
    cx.visit.page_with(status, &page)
}
