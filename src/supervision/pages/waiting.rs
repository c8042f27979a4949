//! The logs that wait for an institution: approved one by one or many at once.

use crate::error::{Error, Result};
use crate::hosting::queries::Seat;
use crate::ids::LogId;
use crate::lang::Lang;
use crate::lang::format::{date, moment};
use crate::placements::pages::member;
use crate::placements::pages::{crumbs, tabs};
use crate::placements::queries::Side;
use crate::web::fields::Head;
use crate::web::listing::{self as table};
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Reply, Shell};

use askama::Template;

use super::super::actions::{self, Verdict};
use super::super::queries::{self, WAITING_SORTS, Waiting};
use super::super::rules::{Day, minutes};
use super::logs::clock;

struct Line {
    id: String,
    href: String,
    name: String,
    week: String,
    hours: String,
    tasks: String,
    since: String,
}

#[derive(Template)]
#[template(path = "supervision/waiting.html")]
struct WaitingPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    tabs: Vec<(String, &'static str, bool)>,
    path: &'static str,
    text: String,
    heads: Vec<Head>,
    lines: Vec<Line>,
    query: String,
    next: Option<String>,
}

const PATH: &str = "/organisation/logs";

fn tasks(lang: Lang, days: &[Day]) -> String {
    let mut all: Vec<&str> = days.iter().map(|it| it.task.as_str()).collect();
    all.dedup();
    all.join(lang.pick("; ", "；"))
}

fn line(lang: Lang, it: &Waiting) -> Result<Line> {
    let days = it.days()?;
    Ok(Line {
        id: it.id.to_string(),
        href: format!("/organisation/placed/{}/logs/{}", it.placement_id, it.week),
        name: it.name_shown.clone(),
        week: date(lang, it.week),
        hours: clock(minutes(&days)),
        tasks: tasks(lang, &days),
        since: moment(lang, it.submitted_at),
    })
}

/// GET `/organisation/logs`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let query = &cx.visit.request.query;
    let page = table::page(query, WAITING_SORTS);
    let rows = queries::waiting(cx.conn, &member, table::text(query), &page)?;
    let found = Page::cut(rows, PAGE, Waiting::cursor);
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, PATH, query);
    let page = WaitingPage {
        shell: cx.shell(lang.sup_waiting().to_owned()),
        crumbs: crumbs(lang, &side, Vec::new()),
        tabs: tabs(lang, &side, "logs"),
        path: PATH,
        text: query.typed("q").trim().to_owned(),
        heads: vec![
            head(lang.hst_trainee(), "trainee"),
            head(lang.sup_week(), "week"),
            Head::plain(lang.sup_hours()).numbers(),
            Head::plain(lang.sup_task()),
            Head::plain(lang.sup_since()),
        ],
        lines: found
            .rows
            .iter()
            .map(|it| line(lang, it))
            .collect::<Result<_>>()?,
        query: query.with(&[("after", "")]),
        next: found
            .next
            .map(|after| format!("{PATH}?{}", query.with(&[("after", &after)]))),
    };
    cx.visit.page(&page)
}

/// GET `/organisation/logs.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, WAITING_SORTS);
    let rows = table::every(page, Waiting::cursor, |page| {
        queries::waiting(cx.conn, &member, table::text(query), page)
    })?;
    let header = [
        lang.hst_trainee(),
        lang.sup_week(),
        lang.sup_hours(),
        lang.sup_task(),
        lang.sup_since(),
    ];
    let rows = rows.into_iter().map(|it| {
        let days = it.days()?;
        Ok(vec![
            it.name_shown.clone(),
            it.week.to_string(),
            clock(minutes(&days)),
            tasks(lang, &days),
            it.submitted_at.to_rfc3339(),
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::file(cx, "logs-waiting", &header, rows)
}

/// POST `/organisation/logs`: approves the chosen logs, those of them that still wait as they were seen.
pub(super) fn approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let visit = cx.visit;
    let chosen: Vec<LogId> = visit
        .request
        .form()
        .all("log")
        .filter_map(|it| it.parse().ok())
        .collect();
    let page = table::page(crate::web::Pairs::none(), WAITING_SORTS);
    let rows = table::every(page, Waiting::cursor, |page| {
        queries::waiting(cx.conn, &member, None, page)
    })?;
    let seat = Seat::Host(member);
    for it in rows.iter().filter(|it| chosen.contains(&it.id)) {
        let which = (it.placement_id, it.week, it.version);
        match actions::decide_log(cx.conn, &seat, which, &Verdict::Approve) {
            Ok(()) | Err(Error::Stale | Error::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(Reply::see_other(PATH).flash("log_answered"))
}
