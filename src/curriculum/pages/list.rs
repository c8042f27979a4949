//! The list of modules with its totals, and the same as a file.

use askama::Template;

use crate::error::Result;
use crate::ids::ProgrammeId;
use crate::lang::Lang;
use crate::lang::format::{count, date};
use crate::web::exports::short;
use crate::web::fields::{Head, Sort};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::queries::{self, Line, SORTS, Totals, Wanted};
use super::{crumbs, home, staff};

/// A module as the page shows it.
struct Shown {
    it: Line,
    name: String,
    version: Option<String>,
    effective: Option<String>,
    draft: Option<String>,
}

#[derive(Template)]
#[template(path = "curriculum/list.html")]
struct ListPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    rows: Vec<Shown>,
    heads: Vec<Head>,
    sorts: Vec<(&'static str, &'static str, bool)>,
    states: Vec<(&'static str, &'static str, bool)>,
    levels: Vec<(i32, bool)>,
    text: String,
    totals: Totals,
    total: String,
    notional: String,
    filtered: bool,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// What the address asks for.
pub(in crate::curriculum) fn wanted(query: &Pairs) -> Wanted {
    let text = query.typed("q").trim();
    let state = query.typed("state");
    Wanted {
        text: (!text.is_empty()).then(|| text.to_owned()),
        level: query
            .typed("level")
            .parse()
            .ok()
            .filter(|it| (1..=7).contains(it)),
        state: ["published", "draft", "archived"]
            .contains(&state)
            .then(|| state.to_owned()),
        sort: Sort::from_query(query, SORTS),
        after: Cursor::from_query(query),
        limit: PAGE + 1,
    }
}

fn shown(lang: Lang, it: Line) -> Shown {
    Shown {
        name: it.name(lang).to_owned(),
        version: it.published.map(|n| lang.curriculum_version(n)),
        effective: it
            .effective_from
            .map(|day| lang.curriculum_versions_since(&date(lang, day))),
        draft: it.draft.map(|n| lang.curriculum_state_draft(n)),
        it,
    }
}

fn heads(lang: Lang, sort: Sort, path: &str, query: &Pairs) -> Vec<Head> {
    let head = |label: &str, word: &str| Head::sorting(label, word, sort, path, query);
    vec![
        head(lang.curriculum_code(), "code"),
        head(lang.curriculum_module(), "name"),
        Head::plain(lang.curriculum_contact()).numbers(),
        Head::plain(lang.curriculum_self_study()).numbers(),
        Head::plain(lang.curriculum_assessed()).numbers(),
        head(lang.curriculum_notional(), "hours").numbers(),
        head(lang.curriculum_level(), "level").numbers(),
        Head::plain(lang.curriculum_state()),
    ]
}

/// GET `/programmes/{programme}/curriculum`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let wanted = wanted(query);
    let found = queries::list(cx.conn, &staff, &wanted)?;
    let totals = queries::totals(cx.conn, staff.programme())?;
    let page = Page::cut(found, PAGE, |row| Cursor {
        key: row.sort_key.clone(),
        id: row.id.0,
    });
    let path = home(&staff);
    let sort = wanted.sort;
    let sorts = [
        ("place", lang.curriculum_title()),
        ("code", lang.curriculum_code()),
        ("name", lang.curriculum_module()),
        ("hours", lang.curriculum_notional()),
        ("level", lang.curriculum_level()),
    ];
    let states = [
        ("published", lang.curriculum_published()),
        ("draft", lang.curriculum_draft()),
        ("archived", lang.curriculum_archived()),
    ];
    let chosen = wanted.state.as_deref();
    cx.visit.page(&ListPage {
        shell: cx.shell(lang.curriculum_title()),
        crumbs: crumbs(lang, &staff, Vec::new())
            .into_iter()
            .take(1)
            .collect(),
        programme: staff.programme(),
        heads: heads(lang, sort, &path, query),
        sorts: sorts.map(|(w, l)| (w, l, w == sort.word)).into(),
        states: states.map(|(w, l)| (w, l, chosen == Some(w))).into(),
        levels: (1..=7).map(|n| (n, wanted.level == Some(n))).collect(),
        notional: count(totals.contact + totals.self_study + totals.assessment),
        total: lang.curriculum_total(totals.modules),
        totals,
        filtered: wanted.text.is_some() || wanted.level.is_some() || wanted.state.is_some(),
        text: wanted.text.unwrap_or_default(),
        query: query.with(&[("after", "")]),
        paged: wanted.after.is_some(),
        first: format!("{path}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{path}?{}", query.with(&[("after", &after)]))),
        rows: page.rows.into_iter().map(|it| shown(lang, it)).collect(),
    })
}

/// GET `/programmes/{programme}/curriculum.csv` and `.xlsx`, with the filters of the address.
pub(in crate::curriculum) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let mut wanted = Wanted {
        after: None,
        limit: 500,
        ..wanted(&cx.visit.request.query)
    };
    let mut lines = Vec::new();
    loop {
        let rows = queries::list(cx.conn, &staff, &wanted)?;
        lines.extend(rows.iter().map(|it| cells(lang, it)));
        match rows.last() {
            Some(last) if rows.len() >= 500 => {
                wanted.after = Some(Cursor {
                    key: last.sort_key.clone(),
                    id: last.id.0,
                });
            }
            Some(_) | None => break,
        }
    }
    let header = [
        lang.curriculum_code(),
        lang.curriculum_name_en(),
        lang.curriculum_name_zh(),
        lang.curriculum_contact(),
        lang.curriculum_self_study(),
        lang.curriculum_assessed(),
        lang.curriculum_notional(),
        lang.curriculum_level(),
        lang.curriculum_published(),
        lang.curriculum_effective(),
        lang.curriculum_draft(),
    ];
    short(&cx.request().path, "curriculum", &header, lines)
}

fn cells(lang: Lang, it: &Line) -> Vec<String> {
    let number = |n: Option<i32>| n.map(|n| n.to_string()).unwrap_or_default();
    vec![
        it.code.clone(),
        it.name_en.clone(),
        it.name_zh.clone(),
        it.contact_hours.to_string(),
        it.self_study_hours.to_string(),
        it.assessment_hours.to_string(),
        it.notional().to_string(),
        it.indicative_level.to_string(),
        number(it.published),
        it.effective_from
            .map(|day| date(lang, day))
            .unwrap_or_default(),
        number(it.draft),
    ]
}
