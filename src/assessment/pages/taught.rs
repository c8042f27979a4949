//! An instructor's assessments over all cohorts: list and file.

use askama::Template;

use crate::access;
use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::deadline;
use crate::web::exports::short;
use crate::web::fields::{Head, Sort};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::queries::{self, TAUGHT_SORTS, Taught, TaughtWanted};
use super::super::rules::AssessmentState;
use super::tag;

const PATH: &str = "/teaching/assessments";

struct Row {
    /// Where one's own scripts of it are, if there are any.
    href: Option<String>,
    title: String,
    cohort: String,
    module: String,
    due: String,
    handed_in: String,
    to_mark: i64,
    marked: i64,
    state: &'static str,
    tag: &'static str,
}

fn row(lang: Lang, it: &Taught) -> Result<Row> {
    let state = it.state()?;
    let mut title = it.title(lang).to_owned();
    if it.resit {
        title.push_str(&lang.aside(lang.asm_resit()));
    }
    Ok(Row {
        href: (it.to_mark + it.marked > 0)
            .then(|| format!("/marking?all=yes&assessment={}", it.id)),
        title,
        cohort: it.cohort(lang).to_owned(),
        module: it.module_code.clone(),
        due: deadline(lang, it.due_at),
        handed_in: if it.takes_files {
            lang.asm_of(it.handed_in, it.candidates)
        } else {
            "–".to_owned()
        },
        to_mark: it.to_mark,
        marked: it.marked,
        state: state.label(lang),
        tag: tag(state),
    })
}

#[derive(Template)]
#[template(path = "assessment/taught.html")]
struct TaughtPage {
    shell: Shell,
    rows: Vec<Row>,
    heads: Vec<Head>,
    states: Vec<(&'static str, &'static str, bool)>,
    cohorts: Vec<(String, String, bool)>,
    filtered: bool,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// What the address asks for.
pub(in crate::assessment) fn taught_wanted(query: &Pairs, limit: i64) -> TaughtWanted {
    TaughtWanted {
        state: query.get("state").and_then(AssessmentState::parse),
        cohort: query.typed("cohort").parse().ok(),
        sort: Sort::from_query(query, TAUGHT_SORTS),
        after: Cursor::from_query(query),
        limit,
    }
}

/// The place of a row in the list.
pub(in crate::assessment) fn taught_cursor(it: &Taught) -> Cursor {
    Cursor {
        key: it.sort_key.clone(),
        id: it.id.0,
    }
}

/// GET `/teaching/assessments`: what is to be marked first.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let instructor = access::instructor(cx.conn)?;
    let visit = cx.visit;
    let query = &visit.request.query;
    let wanted = taught_wanted(query, PAGE + 1);
    let found = queries::taught(cx.conn, &instructor, &wanted)?;
    let page = Page::cut(found, PAGE, taught_cursor);
    let cohorts = queries::taught_cohorts(cx.conn, &instructor)?;
    let head = |label: &str, word: &str| Head::sorting(label, word, wanted.sort, PATH, query);
    let view = TaughtPage {
        shell: cx.shell(lang.asm_taught()),
        heads: vec![
            head(lang.asm_one(), "title"),
            head(lang.asm_cohort(), "cohort"),
            head(lang.asm_module(), "module"),
            head(lang.asm_due(), "due"),
            Head::plain(lang.asm_state()),
            Head::plain(lang.asm_handed_in()).numbers(),
            head(lang.asm_to_mark(), "work").numbers(),
            Head::plain(lang.asm_marked_own()).numbers(),
        ],
        states: AssessmentState::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), wanted.state == Some(*it)))
            .collect(),
        cohorts: cohorts
            .iter()
            .map(|it| {
                let name = lang.pick(&it.name_en, &it.name_zh).clone();
                (it.id.to_string(), name, wanted.cohort == Some(it.id))
            })
            .collect(),
        filtered: wanted.state.is_some() || wanted.cohort.is_some(),
        query: query.with(&[("after", "")]),
        paged: wanted.after.is_some(),
        first: format!("{PATH}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{PATH}?{}", query.with(&[("after", &after)]))),
        rows: page
            .rows
            .iter()
            .map(|it| row(lang, it))
            .collect::<Result<_>>()?,
    };
    cx.visit.page(&view)
}

/// GET `/teaching/assessments.csv` and `.xlsx`, with the filters of the address.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let instructor = access::instructor(cx.conn)?;
    let mut wanted = taught_wanted(&cx.visit.request.query, 10_000);
    wanted.after = None;
    let mut lines = Vec::new();
    for it in queries::taught(cx.conn, &instructor, &wanted)? {
        let row = row(lang, &it)?;
        lines.push(vec![
            row.title,
            row.cohort,
            row.module,
            row.due,
            row.state.to_owned(),
            it.candidates.to_string(),
            it.handed_in.to_string(),
            it.to_mark.to_string(),
            it.marked.to_string(),
        ]);
    }
    let header = [
        lang.asm_one(),
        lang.asm_cohort(),
        lang.asm_module(),
        lang.asm_due(),
        lang.asm_state(),
        lang.asm_trainees(),
        lang.asm_handed_in(),
        lang.asm_to_mark(),
        lang.asm_marked_own(),
    ];
    short(&cx.request().path, "assessments", &header, lines)
}
