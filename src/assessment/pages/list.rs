//! The assessments of a cohort: list and file.

use askama::Template;

use crate::access::CohortStaff;
use crate::error::Result;
use crate::ids::CohortId;
use crate::lang::Lang;
use crate::lang::format::deadline;
use crate::teaching;
use crate::web::exports::short;
use crate::web::fields::{Head, Sort};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::queries::{self, Assessment, SORTS, Wanted};
use super::super::rules::AssessmentState;
use super::{cohort, crumbs, home, tag};

struct Row {
    href: String,
    title: String,
    module: String,
    kind: &'static str,
    weight: String,
    due: String,
    handed_in: String,
    agreed: String,
    state: &'static str,
    tag: &'static str,
}

fn row(lang: Lang, it: &Assessment) -> Result<Row> {
    let state = it.state()?;
    let mut title = it.title(lang).to_owned();
    if it.resit_of.is_some() {
        title.push_str(&lang.aside(lang.asm_resit()));
    }
    Ok(Row {
        href: home(it),
        title,
        module: it.module_code.clone(),
        kind: it.kind_label(lang),
        weight: lang.asm_weight_of(it.weight),
        due: deadline(lang, it.due_at),
        handed_in: if it.takes_files {
            lang.asm_of(it.handed_in, it.candidates)
        } else {
            "–".to_owned()
        },
        agreed: lang.asm_of(it.agreed, it.scripts),
        state: state.label(lang),
        tag: tag(state),
    })
}

#[derive(Template)]
#[template(path = "assessment/list.html")]
struct ListPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    rows: Vec<Row>,
    heads: Vec<Head>,
    states: Vec<(&'static str, &'static str, bool)>,
    offerings: Vec<(String, String, bool)>,
    text: String,
    filtered: bool,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// What the address asks for.
pub(in crate::assessment) fn wanted(query: &Pairs, limit: i64) -> Wanted {
    let text = query.typed("q").trim();
    Wanted {
        state: query.get("state").and_then(AssessmentState::parse),
        offering: query.typed("offering").parse().ok(),
        text: (!text.is_empty()).then(|| text.to_owned()),
        sort: Sort::from_query(query, SORTS),
        after: Cursor::from_query(query),
        limit,
    }
}

/// The place of a row in the list.
pub(in crate::assessment) fn cursor(it: &Assessment) -> Cursor {
    Cursor {
        key: it.sort_key.clone(),
        id: it.id.0,
    }
}

fn offerings(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    wanted: &Wanted,
) -> Result<Vec<(String, String, bool)>> {
    let lang = cx.lang();
    Ok(teaching::queries::offerings(cx.conn, staff)?
        .iter()
        .map(|it| {
            let label = format!("{} {}", it.module_code, it.name(lang));
            (it.id.to_string(), label, wanted.offering == Some(it.id))
        })
        .collect())
}

/// GET `/cohorts/{cohort}/assessments`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let visit = cx.visit;
    let query = &visit.request.query;
    let wanted = wanted(query, PAGE + 1);
    let found = queries::list(cx.conn, &staff, &wanted)?;
    let page = Page::cut(found, PAGE, cursor);
    let path = format!("/cohorts/{}/assessments", cohort.id);
    let head = |label: &str, word: &str| Head::sorting(label, word, wanted.sort, &path, query);
    let heads = vec![
        head(lang.asm_one(), "title"),
        head(lang.asm_module(), "module"),
        Head::plain(lang.asm_kind()),
        Head::plain(lang.asm_weight()).numbers(),
        head(lang.asm_due(), "due"),
        Head::plain(lang.asm_handed_in()).numbers(),
        Head::plain(lang.asm_agreed()).numbers(),
        Head::plain(lang.asm_state()),
    ];
    let page = ListPage {
        shell: cx.shell(lang.asm_title()),
        crumbs: crumbs(cx, &staff, None)?,
        cohort: cohort.id,
        heads,
        states: AssessmentState::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), wanted.state == Some(*it)))
            .collect(),
        offerings: offerings(cx, &staff, &wanted)?,
        filtered: wanted.state.is_some() || wanted.offering.is_some() || wanted.text.is_some(),
        text: wanted.text.clone().unwrap_or_default(),
        query: query.with(&[("after", "")]),
        paged: wanted.after.is_some(),
        first: format!("{path}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{path}?{}", query.with(&[("after", &after)]))),
        rows: page
            .rows
            .iter()
            .map(|it| row(lang, it))
            .collect::<Result<_>>()?,
    };
    cx.visit.page(&page)
}

/// GET `/cohorts/{cohort}/assessments.csv` and `.xlsx`, with the filters of the address.
pub(in crate::assessment) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let mut wanted = wanted(&cx.visit.request.query, 5_000);
    wanted.after = None;
    let mut lines = Vec::new();
    for it in queries::list(cx.conn, &staff, &wanted)? {
        let row = row(lang, &it)?;
        lines.push(vec![
            row.title,
            row.module,
            row.kind.to_owned(),
            row.weight,
            row.due,
            it.candidates.to_string(),
            it.handed_in.to_string(),
            it.agreed.to_string(),
            row.state.to_owned(),
        ]);
    }
    let header = [
        lang.asm_one(),
        lang.asm_module(),
        lang.asm_kind(),
        lang.asm_weight(),
        lang.asm_due(),
        lang.asm_trainees(),
        lang.asm_handed_in(),
        lang.asm_agreed(),
        lang.asm_state(),
    ];
    let name = format!("{}-assessments", cohort.code);
    short(&cx.request().path, &name, &header, lines)
}
