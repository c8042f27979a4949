//! A placement's weeks, its hours against the contract, its evaluations and visits.

use askama::Template;
use chrono::NaiveDate;

use crate::db;
use crate::error::Result;
use crate::hosting::pages::{at, crumbs_of, one};
use crate::hosting::queries::{Placement, Seat};
use crate::lang::Lang;
use crate::lang::format::{date, hk_date, month_year};
use crate::matches::rules::PlacementState;
use crate::web::listing::Cell;
use crate::web::listing::file as export;
use crate::web::{Cx, Reply, Shell};

use super::super::actions::unfinished;
use super::super::queries::{self, Log};
use super::super::rules::form::{OF_TRAINEE, hundredths, mean};
use super::super::rules::hours::{Contract, Light, Month, continuous_from, months};
use super::super::rules::{
    Author, Chase, LogState, Point, chase, has_logs, minutes, monday, under_way, weeks,
};

/// Hours and minutes: `37:30`.
pub(super) fn clock(minutes: i32) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// Shape of a log's state.
pub(super) fn log_tone(state: LogState) -> &'static str {
    match state {
        LogState::Draft => "",
        LogState::Submitted => "wait",
        LogState::Approved => "ok",
        LogState::Returned => "warn",
    }
}

struct WeekLine {
    href: String,
    week: String,
    hours: String,
    state: Cell,
    late: bool,
}

struct MonthLine {
    month: String,
    words: String,
    percent: i64,
    tag: (&'static str, &'static str),
}

struct Line {
    href: Option<String>,
    title: String,
    more: String,
}

#[derive(Template)]
#[template(path = "supervision/logs.html")]
struct LogsPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    title: String,
    at: String,
    acts: Vec<(String, String)>,
    notes: Vec<String>,
    weeks: Vec<WeekLine>,
    months: Vec<MonthLine>,
    evaluations: Vec<Line>,
    visits: Vec<Line>,
    incidents: Vec<Line>,
}

fn light(lang: Lang, it: Light) -> (&'static str, &'static str) {
    match it {
        Light::Green => (lang.sup_light_green(), "ok"),
        Light::Amber => (lang.sup_light_amber(), "warn"),
        Light::Red => (lang.sup_light_red(), "bad"),
    }
}

fn month_line(lang: Lang, it: &Month) -> MonthLine {
    let share = i64::from(it.worked) * 100;
    MonthLine {
        month: month_year(lang, it.first),
        words: lang.fnd_of(&clock(it.worked), &clock(it.contracted)),
        percent: share
            .checked_div(i64::from(it.contracted))
            .unwrap_or(0)
            .clamp(0, 100),
        tag: light(lang, it.light()),
    }
}

fn week_lines(
    lang: Lang,
    (seat, place): (&Seat, &str),
    contract: &Contract,
    logs: &[Log],
    today: NaiveDate,
) -> Result<Vec<WeekLine>> {
    let mut all = Vec::new();
    let mut touched = weeks(contract.starts_on, contract.ends_on, today);
    touched.reverse();
    for week in touched {
        let log = logs.iter().find(|it| it.week == week);
        // The others see a log once it is handed in.
        if log.is_none() && !matches!(seat, Seat::Trainee(_)) && chase(week, today) == Chase::Wait {
            continue;
        }
        let state = match log {
            Some(it) => {
                let state = it.state()?;
                Cell::tag(state.label(lang), log_tone(state))
            }
            None if contract.rests(week) => Cell::tag(lang.sup_week_rests(), "end"),
            None => Cell::tag(lang.sup_week_missing(), ""),
        };
        let late = log.is_none() && chase(week, today) != Chase::Wait && !contract.rests(week);
        let hours = match log {
            Some(it) => clock(minutes(&it.days()?)),
            None => "–".to_owned(),
        };
        all.push(WeekLine {
            href: format!("{place}/logs/{week}"),
            week: lang.sup_week_of(&date(lang, week)),
            hours,
            state,
            late,
        });
    }
    Ok(all)
}

fn evaluation_lines(
    cx: &mut Cx<'_, '_>,
    (seat, it, place): (&Seat, &Placement, &str),
) -> Result<Vec<Line>> {
    let lang = cx.lang();
    let found = queries::evaluations(cx.conn, it)?;
    let mut all = Vec::new();
    for point in Point::ALL {
        let mut more = Vec::new();
        for one in &found {
            if one.point()? != *point {
                continue;
            }
            let answers = one.answers()?;
            let means = OF_TRAINEE.iter().filter_map(|block| {
                let mean = hundredths(mean(block, &answers)?);
                Some(format!("{}{mean}", lang.before((block.0)(lang))))
            });
            let author = one.author()?;
            let own = author == Author::Own && matches!(seat, Seat::Host(_));
            if !own {
                more.push(format!(
                    "{}{}",
                    lang.before(author.label(lang)),
                    means.collect::<Vec<_>>().join(lang.pick("; ", "；"))
                ));
            }
        }
        let open = match seat {
            Seat::Office(_) => !more.is_empty(),
            Seat::Host(_) | Seat::Trainee(_) => has_logs(it.state()?),
        };
        all.push(Line {
            href: open.then(|| format!("{place}/evaluations/{}", point.as_str())),
            title: point.label(lang).to_owned(),
            more: match more.is_empty() {
                true => lang.sup_evaluation_none().to_owned(),
                false => more.join("\n"),
            },
        });
    }
    if let Seat::Trainee(_) = seat {
        let done = queries::host_review(cx.conn, it)?.is_some();
        all.push(Line {
            href: (!done).then(|| format!("{place}/review")),
            title: lang.sup_review_title().to_owned(),
            more: if done {
                lang.sup_review_done()
            } else {
                lang.sup_review_private()
            }
            .to_owned(),
        });
    }
    Ok(all)
}

fn visit_lines(
    cx: &mut Cx<'_, '_>,
    (seat, it, place): (&Seat, &Placement, &str),
) -> Result<Vec<Line>> {
    let lang = cx.lang();
    let visits = queries::visits(cx.conn, it)?;
    visits
        .into_iter()
        .map(|one| {
            let mut more = vec![one.state()?.label(lang).to_owned()];
            if !one.actions.is_empty() {
                more.push(one.actions.clone());
            }
            more.extend(
                one.actions_due
                    .map(|day| lang.sup_actions_due(&date(lang, day))),
            );
            let mode = one.mode()?.label(lang);
            Ok(Line {
                href: matches!(seat, Seat::Office(_)).then(|| format!("{place}/visits/{}", one.id)),
                title: lang.letter_visit(mode, &date(lang, one.planned_on)),
                more: more.join(" · "),
            })
        })
        .collect()
}

fn incident_lines(cx: &mut Cx<'_, '_>, (seat, it): (&Seat, &Placement)) -> Result<Vec<Line>> {
    let lang = cx.lang();
    let found = queries::incidents_of(cx.conn, it)?;
    found
        .into_iter()
        .map(|one| {
            let title = format!(
                "{} · {}",
                date(lang, one.happened_on),
                one.severity()?.label(lang)
            );
            Ok(Line {
                href: matches!(seat, Seat::Office(_)).then(|| {
                    format!(
                        "/programmes/{}/placements/incidents/{}",
                        it.programme_id, one.id
                    )
                }),
                title,
                more: format!("{} · {}", one.state()?.label(lang), one.words),
            })
        })
        .collect()
}

fn acts(lang: Lang, seat: &Seat, it: &Placement, place: &str) -> Result<Vec<(String, String)>> {
    let state = it.state()?;
    let mut all = Vec::new();
    let mut act = |to: &str, label: &str| all.push((format!("{place}/{to}"), label.to_owned()));
    match seat {
        Seat::Trainee(_) | Seat::Host(_) => act("incident", lang.sup_report_incident()),
        Seat::Office(_) => {
            if has_logs(state) {
                act("matters/visit", lang.sup_plan_visit());
                act("matters/break", lang.sup_add_break());
            }
            if matches!(state, PlacementState::Active | PlacementState::MidReview) {
                act("matters/complete", lang.sup_complete());
            }
            if under_way(state) {
                act("matters/end", lang.sup_end_early());
            }
            if matches!(
                state,
                PlacementState::EndedEarly | PlacementState::WithdrawnByHost
            ) {
                act("matters/replace", lang.sup_replace());
            }
        }
    }
    Ok(all)
}

/// GET `…/logs`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let lang = cx.lang();
    let place = at(&seat, it.id);
    let today = hk_date(db::now(cx.conn)?);
    let contract = queries::contract(cx.conn, &it)?;
    let logs = queries::logs(cx.conn, &it)?;
    let approved = queries::approved(cx.conn, &it)?;
    let mut notes = Vec::new();
    if let Some(first) = continuous_from(&approved)
        && !matches!(seat, Seat::Trainee(_))
    {
        notes.push(lang.sup_continuous(&date(lang, first)));
    }
    let employed = it
        .starts_on
        .is_some_and(|first| (today - first).num_days() >= 60);
    if employed && under_way(it.state()?) && !matches!(seat, Seat::Trainee(_)) {
        notes.push(lang.sup_mpf().to_owned());
    }
    if let (Seat::Office(_), true) = (&seat, it.ends_on.is_some_and(|last| last <= today)) {
        let (open, unevaluated) = unfinished(cx.conn, &it)?;
        if under_way(it.state()?) && (!open.is_empty() || unevaluated) {
            let n = i64::try_from(open.len()).unwrap_or(i64::MAX);
            notes.push(lang.sup_unfinished(n));
        }
    }
    let (week_lines, month_lines) = match &contract {
        Some(contract) => (
            week_lines(lang, (&seat, &place), contract, &logs, today)?,
            months(contract, &approved, today)
                .iter()
                .map(|it| month_line(lang, it))
                .collect(),
        ),
        None => (Vec::new(), Vec::new()),
    };
    let page = LogsPage {
        shell: cx.shell(lang.sup_title().to_owned()),
        crumbs: crumbs_of(lang, &seat, &it),
        title: lang.sup_title().to_owned(),
        acts: acts(lang, &seat, &it, &place)?,
        notes,
        weeks: week_lines,
        months: month_lines,
        evaluations: evaluation_lines(cx, (&seat, &it, &place))?,
        visits: visit_lines(cx, (&seat, &it, &place))?,
        incidents: incident_lines(cx, (&seat, &it))?,
        at: place,
    };
    cx.visit.page(&page)
}

/// GET `…/logs.csv` and `.xlsx`: day by day.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    let lang = cx.lang();
    let header = [
        lang.sup_week(),
        lang.sup_day(),
        lang.sup_from(),
        lang.sup_to(),
        lang.sup_rest(),
        lang.sup_hours(),
        lang.sup_place(),
        lang.sup_task(),
        lang.plc_status(),
    ];
    let mut rows = Vec::new();
    for log in queries::logs(cx.conn, &it)? {
        let state = log.state()?.label(lang).to_owned();
        for day in log.days()? {
            let place = super::super::rules::Place::parse(&day.place);
            rows.push(vec![
                monday(day.day).to_string(),
                day.day.to_string(),
                day.from.format("%H:%M").to_string(),
                day.to.format("%H:%M").to_string(),
                day.rest.to_string(),
                clock(day.minutes().unwrap_or(0)),
                place.map_or("", |it| it.label(lang)).to_owned(),
                day.task.clone(),
                state.clone(),
            ]);
        }
    }
    export(cx, "weekly-logs", &header, rows)
}
