//! The office's timetable of a cohort.

use std::collections::BTreeMap;

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

use crate::access::CohortStaff;
use crate::cohorts::queries::Cohort;
use crate::db;
use crate::error::Result;
use crate::ids::{CohortId, OfferingId, PersonId};
use crate::lang::format::{hk_date, moment};
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Filter, whole_day};
use super::super::rules::{SessionState, Slot};
use super::grid::{Grid, Line, Liner, Reader, Span, View, day_of, grid};
use super::{cohort, crumbs, teachers};

#[derive(Template)]
#[template(path = "teaching/timetable.html")]
struct TimetablePage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    cohort_name: String,
    printed: String,
    /// The table of the list view; the other views have a grid.
    rows: Vec<Line>,
    grid: Grid,
    latest_first: bool,
    sort_href: String,
    offerings: Vec<(String, String, bool)>,
    states: Vec<(&'static str, &'static str, bool)>,
    people: Vec<(String, String, bool)>,
    from: String,
    to: String,
    text: String,
    filtered: bool,
    query: String,
    next: Option<String>,
    first: String,
    overdue: bool,
}

/// What the address narrows the timetable to.
pub(in crate::teaching) fn filter(query: &Pairs) -> Filter {
    let day = |name: &str| {
        query
            .get(name)
            .and_then(|text| text.parse::<NaiveDate>().ok())
            .filter(|day| (1990..=2190).contains(&chrono::Datelike::year(day)))
    };
    let text = query.typed("q").trim();
    Filter {
        from: day("from").map(|day| whole_day(day).starts_at),
        to: day("to").map(|day| whole_day(day).ends_at),
        offering: query.get("offering").and_then(|id| id.parse().ok()),
        state: query
            .get("state")
            .and_then(SessionState::parse)
            .map(|it| it.as_str().to_owned()),
        instructor: query.get("instructor").and_then(|id| id.parse().ok()),
        text: (!text.is_empty()).then(|| text.to_owned()),
        latest_first: query.typed("sort") == "-time",
    }
}

/// What closes the days of a span, by day.
pub(super) fn closed_days(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    span: &Span,
) -> Result<BTreeMap<NaiveDate, String>> {
    let lang = cx.lang();
    let mut days = BTreeMap::new();
    for closed in queries::closed_for(cx.conn, staff)? {
        let (from, to) = (closed.from.max(span.from), closed.to.min(span.to));
        for day in from.iter_days().take_while(|day| *day <= to) {
            let name = lang.pick(&closed.name.0, &closed.name.1).clone();
            days.entry(day).or_insert(name);
        }
    }
    Ok(days)
}

struct Choices {
    offerings: Vec<(OfferingId, String)>,
    people: Vec<(PersonId, String)>,
}

fn choices(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<Choices> {
    let lang = cx.lang();
    let offerings = queries::offerings(cx.conn, staff)?
        .into_iter()
        .map(|it| (it.id, format!("{} {}", it.module_code, it.name(lang))))
        .collect();
    let people = queries::instructors(cx.conn, &staff.programme_staff())?;
    Ok(Choices { offerings, people })
}

/// What the page shows of the sessions.
struct Shown {
    rows: Vec<Line>,
    grid: Grid,
    next: Option<String>,
    /// Are there sessions that are over and not recorded as held?
    overdue: bool,
}

fn shown(
    cx: &mut Cx<'_, '_>,
    (staff, cohort): (&CohortStaff, &Cohort),
    now: DateTime<Utc>,
) -> Result<Shown> {
    let lang = cx.lang();
    let visit = cx.visit;
    let query = &visit.request.query;
    let today = hk_date(now);
    let view = View::parse(query.typed("view"), View::List);
    let usual = today.clamp(cohort.starts_on, cohort.ends_on);
    let span = Span::around(view, day_of(query, usual));
    let mut filter = filter(query);
    let list = view == View::List;
    if !list {
        let Slot { starts_at, ends_at } = span.slot();
        filter.from = Some(starts_at);
        filter.to = Some(ends_at);
        filter.latest_first = false;
    }
    let after = Cursor::from_query(query).filter(|_| list);
    let size = if list { PAGE } else { 2_000 };
    let page = queries::of_cohort(cx.conn, staff, &filter, after.as_ref(), size)?;
    let names = teachers(cx, &page.rows)?;
    let liner = Liner {
        lang,
        names: &names,
        reader: Reader::Office,
    };
    let lines: Vec<(NaiveDate, Line)> = page
        .rows
        .iter()
        .map(|it| Ok((hk_date(it.starts_at), liner.line(it)?)))
        .collect::<Result<_>>()?;
    let path = format!("/cohorts/{}/timetable", cohort.id);
    let (rows, gridded) = if list {
        (
            lines.into_iter().map(|(_, line)| line).collect(),
            Vec::new(),
        )
    } else {
        (Vec::new(), lines)
    };
    let closed = closed_days(cx, staff, &span)?;
    let scheduled = SessionState::Scheduled.as_str();
    Ok(Shown {
        rows,
        grid: grid(lang, &span, today, (&path, query), &closed, gridded),
        next: page
            .next
            .map(|after| format!("{path}?{}", query.with(&[("after", &after)]))),
        overdue: page
            .rows
            .iter()
            .any(|it| it.published && it.ends_at <= now && it.state == scheduled),
    })
}

/// GET `/cohorts/{cohort}/timetable`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let lang = cx.lang();
    let visit = cx.visit;
    let query = &visit.request.query;
    let now = db::now(cx.conn)?;
    let shown = shown(cx, (&staff, &cohort), now)?;
    let filter = filter(query);
    let choices = choices(cx, &staff)?;
    let path = format!("/cohorts/{}/timetable", cohort.id);
    let turned = if filter.latest_first { "" } else { "-time" };
    let narrowing = ["from", "to", "offering", "state", "instructor", "q"];
    let page = TimetablePage {
        shell: cx.shell(lang.tt_timetable()),
        crumbs: crumbs(lang, &cohort).into_iter().take(2).collect(),
        cohort: cohort.id,
        cohort_name: cohort.name(lang).to_owned(),
        printed: moment(lang, now),
        rows: shown.rows,
        grid: shown.grid,
        latest_first: filter.latest_first,
        sort_href: format!("{path}?{}", query.with(&[("sort", turned), ("after", "")])),
        offerings: chosen(choices.offerings, filter.offering.as_ref()),
        states: SessionState::ALL
            .iter()
            .map(|it| {
                let on = filter.state.as_deref() == Some(it.as_str());
                (it.as_str(), it.label(lang), on)
            })
            .collect(),
        people: chosen(choices.people, filter.instructor.as_ref()),
        from: query.typed("from").to_owned(),
        to: query.typed("to").to_owned(),
        filtered: narrowing.iter().any(|it| !query.typed(it).is_empty()),
        text: filter.text.unwrap_or_default(),
        query: query.with(&[("after", ""), ("on", ""), ("view", "")]),
        next: shown.next,
        first: format!("{path}?{}", query.with(&[("after", "")])),
        overdue: shown.overdue,
    };
    cx.visit.page(&page)
}

/// Options of a choice, with the one that is chosen.
fn chosen<I: std::fmt::Display + PartialEq>(
    options: Vec<(I, String)>,
    now: Option<&I>,
) -> Vec<(String, String, bool)> {
    options
        .into_iter()
        .map(|(id, label)| {
            let on = now == Some(&id);
            (id.to_string(), label, on)
        })
        .collect()
}

/// POST `/cohorts/{cohort}/timetable/held`.
pub(super) fn held(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    actions::record_held(cx.conn, &staff)?;
    Ok(Reply::see_other(format!("/cohorts/{}/timetable", cohort.id)).flash("saved"))
}
