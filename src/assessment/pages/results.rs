//! How the trainees of a cohort stand in its modules: only what was released.

use std::collections::BTreeSet;

use askama::Template;

use crate::error::Result;
use crate::ids::CohortId;
use crate::lang::Lang;
use crate::lang::format::date;
use crate::web::exports::short;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::queries::{self, NamedResult};
use super::super::rules::Standing;
use super::{cohort, crumbs, shown_mark};

struct Row {
    name: String,
    trainee_number: String,
    module: String,
    mark: String,
    standing: &'static str,
    tag: &'static str,
    decided_on: String,
}

fn row(lang: Lang, it: &NamedResult) -> Row {
    let result = &it.result;
    Row {
        name: it.name_shown.clone(),
        trainee_number: it.trainee_number.clone(),
        module: it.module_code.clone(),
        mark: shown_mark(result.mark.map(i32::from)),
        // Only an exemption passes without a mark.
        standing: if result.standing == Standing::Passed && result.mark.is_none() {
            lang.asm_exempted()
        } else {
            result.standing.label(lang)
        },
        tag: match result.standing {
            Standing::NotYet => "",
            Standing::Passed => "ok",
            Standing::Failed => "bad",
            Standing::Incomplete => "wait",
        },
        decided_on: result
            .decided_on
            .map_or_else(|| "–".to_owned(), |day| date(lang, day)),
    }
}

#[derive(Template)]
#[template(path = "assessment/results.html")]
struct ResultsPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    modules: Vec<(String, bool)>,
    standings: Vec<(&'static str, &'static str, bool)>,
    filtered: bool,
    query: String,
    rows: Vec<Row>,
    paged: bool,
    first: String,
    next: Option<String>,
}

fn wanted(query: &Pairs, it: &NamedResult) -> bool {
    let module = query.typed("module");
    let standing = Standing::parse(query.typed("standing"));
    (module.is_empty() || module == it.module_code)
        && standing.is_none_or(|wanted| wanted == it.result.standing)
}

/// GET `/cohorts/{cohort}/module-results`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let visit = cx.visit;
    let query = &visit.request.query;
    let after = Cursor::from_query(query);
    let mut found = queries::named_results(cx.conn, &staff)?;
    let codes: BTreeSet<String> = found.iter().map(|it| it.module_code.clone()).collect();
    found.retain(|it| {
        let beyond = after
            .as_ref()
            .is_none_or(|place| (&it.sort_key, it.result.enrolment.0) > (&place.key, place.id));
        beyond && wanted(query, it)
    });
    let page = Page::cut(found, PAGE, |it| Cursor {
        key: it.sort_key.clone(),
        id: it.result.enrolment.0,
    });
    let path = format!("/cohorts/{}/module-results", cohort.id);
    let standing = Standing::parse(query.typed("standing"));
    let page = ResultsPage {
        shell: cx.shell(lang.asm_results()),
        crumbs: crumbs(cx, &staff, None)?,
        cohort: cohort.id,
        filtered: standing.is_some() || !query.typed("module").is_empty(),
        modules: codes
            .into_iter()
            .map(|code| {
                let on = query.typed("module") == code;
                (code, on)
            })
            .collect(),
        standings: Standing::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), standing == Some(*it)))
            .collect(),
        query: query.with(&[("after", "")]),
        rows: page.rows.iter().map(|it| row(lang, it)).collect(),
        paged: after.is_some(),
        first: format!("{path}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{path}?{}", query.with(&[("after", &after)]))),
    };
    cx.visit.page(&page)
}

/// GET `/cohorts/{cohort}/module-results.csv` and `.xlsx`, with the filters of the address.
pub(in crate::assessment) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let visit = cx.visit;
    let query = &visit.request.query;
    let lines = queries::named_results(cx.conn, &staff)?
        .iter()
        .filter(|it| wanted(query, it))
        .map(|it| {
            let row = row(lang, it);
            vec![
                row.name,
                row.trainee_number,
                row.module,
                row.mark,
                row.standing.to_owned(),
                it.result
                    .decided_on
                    .map(|day| day.to_string())
                    .unwrap_or_default(),
            ]
        })
        .collect();
    let header = [
        lang.asm_trainee(),
        lang.asm_trainee_number(),
        lang.asm_module(),
        lang.asm_mark(),
        lang.asm_state(),
        lang.asm_decided_on(),
    ];
    let name = format!("{}-module-results", cohort.code);
    short(&cx.request().path, &name, &header, lines)
}
