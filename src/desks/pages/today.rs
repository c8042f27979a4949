//! The programme office's home: what needs a decision today, how the year stands, what is ahead.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::access;
use crate::cohorts::queries::Cohort;
use crate::cohorts::rules::CohortState;
use crate::db::Role;
use crate::desks::queries::{cohort as counted, today as rows};
use crate::desks::rules::{length, needs};
use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::{count, deadline, hk_date};
use crate::web::{Cx, Reply, Shell};

use super::cohort::{NeedLine, YearLine, need_line, tag, year_line};
use super::public_parts::{DateLine, dates};

/// Dates that stand on the page; the rest are on the cohorts' own.
const AHEAD: usize = 6;

struct Waiting {
    cohort: String,
    line: NeedLine,
}

struct CohortLine {
    href: String,
    name: String,
    tag: &'static str,
    state: &'static str,
    submitted: String,
    taken: String,
    offered: String,
    seats: String,
    taken_width: String,
    offered_width: String,
    offered_end: String,
    waiting: String,
    next: String,
}

/// What a new house still lacks, in the order in which to do it.
struct FirstStep {
    href: &'static str,
    label: &'static str,
    done: bool,
}

#[derive(Template)]
#[template(path = "desks/today.html")]
struct Today {
    shell: Shell,
    when: String,
    waiting: Vec<Waiting>,
    dead_letters: Option<String>,
    cohorts: Vec<CohortLine>,
    years: Vec<YearLine>,
    ahead: Vec<DateLine>,
    first: Vec<FirstStep>,
}

/// The desk.
pub(in crate::desks) fn home(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let desk = access::desk(cx.conn)?;
    let cohorts = rows::cohorts(cx.conn, &desk)?;
    let figures = counted::all_figures(cx.conn, &desk)?;
    let house = rows::house(cx.conn, &desk)?;
    let now = crate::db::now(cx.conn)?;
    let years = counted::running_years(cx.conn, &desk, hk_date(now))?;

    let (mut waiting, mut overview) = (Vec::new(), Vec::new());
    for cohort in &cohorts {
        let Some(f) = figures.iter().find(|f| f.cohort_id == cohort.id) else {
            continue;
        };
        for (need, n) in needs(&counted::when(cohort)?, &f.counts(), now) {
            waiting.push(Waiting {
                cohort: cohort.name(lang).to_owned(),
                line: need_line(need, n, cohort, lang),
            });
        }
        let state = cohort.state()?;
        overview.push(cohort_line(cohort, f, state, now, lang));
    }
    for it in rows::at_risk(cx.conn, &desk)? {
        waiting.push(at_risk_line(lang, &it));
    }
    for it in rows::placements(cx.conn, &desk)? {
        waiting.extend(placement_lines(lang, &it));
    }
    waiting.sort_by_key(|w| !w.line.urgent);
    let administrator = cx.visit.actor.role() == Some(Role::Administrator);
    let first = if cohorts.is_empty() {
        first_steps(&house, administrator && desk.programmes().is_empty(), lang)
    } else {
        Vec::new()
    };
    let page = Today {
        shell: cx.shell(lang.nav_today()),
        when: deadline(lang, now),
        waiting,
        dead_letters: (house.dead_letters > 0).then(|| lang.desk_dead_letters(house.dead_letters)),
        cohorts: overview,
        years: years
            .iter()
            .map(|year| year_line(year, 0, now, lang))
            .collect(),
        ahead: dates(&cohorts.iter().collect::<Vec<_>>(), lang, now)
            .into_iter()
            .take(AHEAD)
            .collect(),
        first,
    };
    cx.visit.page(&page)
}

/// The way to the queue of trainees at risk.
fn at_risk_line(lang: Lang, it: &rows::AtRisk) -> Waiting {
    Waiting {
        cohort: lang.pick(&it.name_en, &it.name_zh).clone(),
        line: NeedLine {
            text: lang.desk_need_at_risk(it.cases),
            href: format!("/programmes/{}/at-risk", it.programme),
            urgent: it.urgent > 0,
        },
    }
}

/// The ways to postings and changes of seats that wait.
fn placement_lines(lang: Lang, it: &rows::Placements) -> Vec<Waiting> {
    let line = |text: String, page: &str| Waiting {
        cohort: lang.pick(&it.name_en, &it.name_zh).clone(),
        line: NeedLine {
            text,
            href: format!("/programmes/{}/placements/{page}", it.programme),
            urgent: false,
        },
    };
    let mut lines = Vec::new();
    if it.postings > 0 {
        lines.push(line(
            lang.desk_need_postings(it.postings),
            "postings?state=submitted",
        ));
    }
    if it.changes > 0 {
        lines.push(line(
            lang.desk_need_changes(it.changes),
            "changes?sort=-asked",
        ));
    }
    lines
}

/// A cohort's line of the overview.
fn cohort_line(
    cohort: &Cohort,
    f: &counted::Figures,
    state: CohortState,
    now: DateTime<Utc>,
    lang: Lang,
) -> CohortLine {
    CohortLine {
        href: format!("/cohorts/{}", cohort.id),
        name: cohort.name(lang).to_owned(),
        tag: tag(state),
        state: state.label(lang),
        submitted: count(f.submitted),
        taken: count(f.taken),
        offered: count(f.on_offer),
        seats: count(f.seats),
        taken_width: length(f.taken, f.seats),
        offered_width: length(f.on_offer, f.seats),
        offered_end: length(f.taken + f.on_offer, f.seats),
        waiting: count(f.waiting),
        next: dates(&[cohort], lang, now)
            .into_iter()
            .next()
            .map(|line| lang.desk_next_date(line.what, &line.left))
            .unwrap_or_default(),
    }
}

fn first_steps(house: &rows::House, no_programme: bool, lang: Lang) -> Vec<FirstStep> {
    if no_programme {
        return vec![FirstStep {
            href: "/programmes/new",
            label: lang.desk_first_programme(),
            done: false,
        }];
    }
    vec![
        FirstStep {
            href: "/programme",
            label: lang.desk_first_targets(),
            done: house.targets > 0,
        },
        FirstStep {
            href: "/programme",
            label: lang.desk_first_statement(),
            done: house.statements > 0,
        },
        FirstStep {
            href: "/organisations",
            label: lang.desk_first_organisations(),
            done: house.organisations > 0,
        },
        FirstStep {
            href: "/cohorts/new",
            label: lang.desk_first_cohort(),
            done: false,
        },
    ]
}
