//! The log of a week: written by the trainee, read and answered by the others.

use askama::Template;
use chrono::{Duration, NaiveDate, NaiveTime};

use crate::curriculum::queries::book;
use crate::db;
use crate::error::{Error, Result};
use crate::hosting::pages::{at, crumbs_of, one};
use crate::hosting::queries::{Placement, Seat};
use crate::ids::CompetencyId;
use crate::lang::Lang;
use crate::lang::format::{date, date_long, hk_date};
use crate::web::fields::Again;
use crate::web::forms::{Mistakes, pair};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, NewLog, Verdict};
use super::super::queries::{self, Log};
use super::super::rules::{Day, DayFault, LogState, Place, may_write, minutes, weeks};
use super::logs::{clock, log_tone};

/// A day as it is read.
pub(super) struct Shown {
    pub(super) day: String,
    pub(super) times: String,
    pub(super) hours: String,
    pub(super) place: &'static str,
    pub(super) task: String,
    pub(super) competencies: String,
}

/// The days of a log as they are read.
pub(super) fn shown(lang: Lang, days: &[Day], names: &[(CompetencyId, String)]) -> Vec<Shown> {
    days.iter()
        .map(|it| Shown {
            day: date_long(lang, it.day),
            times: lang.sup_times(
                &it.from.format("%H:%M").to_string(),
                &it.to.format("%H:%M").to_string(),
                it.rest,
            ),
            hours: clock(it.minutes().unwrap_or(0)),
            place: Place::parse(&it.place).map_or("", |place| place.label(lang)),
            task: it.task.clone(),
            competencies: names
                .iter()
                .filter(|(id, _)| it.competencies.contains(id))
                .map(|(_, name)| name.as_str())
                .collect::<Vec<_>>()
                .join(lang.pick(", ", "、")),
        })
        .collect()
}

/// The competencies of a placement's programme, by id and name.
pub(super) fn competencies(
    cx: &mut Cx<'_, '_>,
    it: &Placement,
) -> Result<Vec<(CompetencyId, String)>> {
    let lang = cx.lang();
    let book = book(cx.conn, it.programme_id)?;
    Ok(book
        .competencies
        .iter()
        .map(|it| (it.id, lang.pick(&it.name_en, &it.name_zh).clone()))
        .collect())
}

/// A day as it is written: the names of its fields begin with its number.
struct Row {
    n: usize,
    label: String,
    from: String,
    to: String,
    rest: String,
    task: String,
    place: String,
    competencies: Vec<String>,
}

#[derive(Template)]
#[template(path = "supervision/week_form.html")]
struct FormPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    title: String,
    state: Option<(&'static str, &'static str)>,
    comment: String,
    version: i32,
    action: String,
    back: String,
    rows: Vec<Row>,
    places: Vec<(String, String)>,
    competencies: Vec<(String, String)>,
    remark: String,
    mistakes: Mistakes,
}

#[derive(Template)]
#[template(path = "supervision/week.html")]
struct WeekPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    title: String,
    state: (&'static str, &'static str),
    days: Vec<Shown>,
    sum: String,
    remark: String,
    comment: String,
    waits: Option<i32>,
    ask: Option<String>,
    action: String,
    typed: String,
    mistakes: Mistakes,
}

pub(in super::super) fn asked_week(cx: &Cx<'_, '_>) -> Result<NaiveDate> {
    cx.request().param("week")
}

/// The fields of a week as they stand.
fn values(week: NaiveDate, log: Option<&Log>) -> Result<Pairs> {
    let mut all = Vec::new();
    if let Some(log) = log {
        for it in log.days()? {
            let n = (it.day - week).num_days();
            all.push(pair(
                format!("from{n}"),
                it.from.format("%H:%M").to_string(),
            ));
            all.push(pair(format!("to{n}"), it.to.format("%H:%M").to_string()));
            all.push(pair(format!("rest{n}"), it.rest.to_string()));
            all.push(pair(format!("task{n}"), it.task));
            all.push(pair(format!("place{n}"), it.place));
            for id in it.competencies {
                all.push(pair(format!("skills{n}"), id.to_string()));
            }
        }
        all.push(pair("remark", &log.remark));
    }
    Ok(Pairs::new(all))
}

/// The days of a week that lie within the placement, as they are written.
fn rows(lang: Lang, it: &Placement, week: NaiveDate, values: &Pairs) -> Vec<Row> {
    let mut rows = Vec::new();
    for n in 0..7_usize {
        let day = week + Duration::days(i64::try_from(n).unwrap_or(0));
        let within = it.starts_on.is_none_or(|first| first <= day)
            && it.ends_on.is_none_or(|last| day <= last);
        if !within {
            continue;
        }
        let value = |name: &str| values.typed(&format!("{name}{n}")).to_owned();
        rows.push(Row {
            n,
            label: date_long(lang, day),
            from: value("from"),
            to: value("to"),
            rest: value("rest"),
            task: value("task"),
            place: value("place"),
            competencies: values
                .all(&format!("skills{n}"))
                .map(str::to_owned)
                .collect(),
        });
    }
    rows
}

fn form(
    cx: &mut Cx<'_, '_>,
    (seat, it, week): (&Seat, &Placement, NaiveDate),
    log: Option<&Log>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let known = competencies(cx, it)?;
    let rows = rows(lang, it, week, values);
    let failed = again.status >= 400;
    let title = lang.sup_week_of(&date(lang, week));
    let shell_title = match failed {
        true => lang.form_error_title(&title),
        false => title.clone(),
    };
    let state = match log {
        Some(it) => {
            let state = it.state()?;
            Some((state.label(lang), log_tone(state)))
        }
        None => None,
    };
    let page = FormPage {
        shell: cx.shell(shell_title),
        crumbs: crumbs_of(lang, seat, it),
        title,
        state,
        comment: log.map_or(String::new(), |it| it.comment.clone()),
        version: log.map_or(0, |it| it.version),
        action: format!("{place}/logs/{week}"),
        back: format!("{place}/logs"),
        rows,
        places: Place::ALL
            .iter()
            .map(|it| pair(it.as_str(), it.label(lang)))
            .collect(),
        competencies: known
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect(),
        remark: values.typed("remark").to_owned(),
        mistakes: again.mistakes.clone(),
    };
    cx.visit
        .page_with(if failed { again.status } else { 200 }, &page)
}

/// The days that can be; a mistake beside each of the others.
fn possible(form: &mut Form<'_>, mut days: Vec<Day>, week: NaiveDate) -> Vec<Day> {
    days.retain(|it| {
        let n = (it.day - week).num_days();
        match it.minutes() {
            Ok(_) => return true,
            Err(DayFault::Order) => form.error(&format!("to{n}"), "order", |lang| {
                lang.sup_need_later().to_owned()
            }),
            Err(DayFault::Rest) => form.error(&format!("rest{n}"), "rest", |lang| {
                lang.sup_need_rest().to_owned()
            }),
        }
        false
    });
    days
}

/// Judges the fields of a week; a day without times and task is no day of work.
pub(in super::super) fn read(
    form: &mut Form<'_>,
    typed: &Pairs,
    it: &Placement,
    week: NaiveDate,
) -> NewLog {
    let mut days = Vec::new();
    for n in 0..7_i64 {
        let day = week + Duration::days(n);
        let name = |field: &str| format!("{field}{n}");
        let written = ["from", "to", "task"]
            .iter()
            .any(|field| !typed.typed(&name(field)).trim().is_empty());
        if !written {
            continue;
        }
        let within = it.starts_on.is_none_or(|first| first <= day)
            && it.ends_on.is_none_or(|last| day <= last);
        if !within {
            form.error(&name("from"), "outside", |lang| {
                lang.sup_need_within().to_owned()
            });
            continue;
        }
        let mut time = |field: &str| {
            let text = form.text(&name(field), 8);
            let time = NaiveTime::parse_from_str(&text, "%H:%M").ok();
            if time.is_none() && !text.is_empty() {
                form.error(&name(field), "time", |lang| lang.sup_need_time().to_owned());
            }
            time
        };
        let (from, to) = (time("from"), time("to"));
        let rest = form.optional_number(&name("rest"), 0, 600).unwrap_or(0);
        let task = form.text(&name("task"), 500);
        let place = Place::parse(typed.typed(&name("place"))).unwrap_or(Place::Office);
        let competencies = typed
            .all(&name("skills"))
            .filter_map(|it| it.parse().ok())
            .collect();
        let (Some(from), Some(to)) = (from, to) else {
            continue;
        };
        days.push(Day {
            day,
            from,
            to,
            rest,
            task,
            place: place.as_str().to_owned(),
            competencies,
        });
    }
    let days = possible(form, days, week);
    NewLog {
        days,
        remark: form.optional("remark", 2_000).unwrap_or_default(),
    }
}

fn read_page(
    cx: &mut Cx<'_, '_>,
    (seat, it, log): (&Seat, &Placement, &Log),
    (typed, again): (&str, &Again),
) -> Result<Reply> {
    let lang = cx.lang();
    let place = at(seat, it.id);
    let names = competencies(cx, it)?;
    let days = log.days()?;
    let state = log.state()?;
    let waits = state == LogState::Submitted && !matches!(seat, Seat::Trainee(_));
    let failed = again.status >= 400;
    let title = lang.sup_week_of(&date(lang, log.week));
    let page = WeekPage {
        shell: cx.shell(match failed {
            true => lang.form_error_title(&title),
            false => title.clone(),
        }),
        crumbs: crumbs_of(lang, seat, it),
        title,
        state: (state.label(lang), log_tone(state)),
        days: shown(lang, &days, &names),
        sum: clock(minutes(&days)),
        remark: log.remark.clone(),
        comment: log.comment.clone(),
        waits: waits.then_some(log.version),
        ask: (waits && matches!(seat, Seat::Office(_)))
            .then(|| format!("{place}/logs/{}/ask", log.week)),
        action: format!("{place}/logs/{}", log.week),
        typed: typed.to_owned(),
        mistakes: again.mistakes.clone(),
    };
    cx.visit
        .page_with(if failed { again.status } else { 200 }, &page)
}

/// GET `…/logs/{week}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let week = asked_week(cx)?;
    let log = queries::log(cx.conn, &it, week, false)?;
    let today = hk_date(db::now(cx.conn)?);
    if let Seat::Trainee(_) = seat {
        let (Some(from), Some(to)) = (it.starts_on, it.ends_on) else {
            return Err(Error::NotFound);
        };
        if !weeks(from, to, today).contains(&week) {
            return Err(Error::NotFound);
        }
        let writes = match &log {
            Some(log) => may_write(log.state()?).is_ok(),
            None => true,
        };
        if writes && super::super::rules::under_way(it.state()?) {
            // A first log begins as the last week was.
            let model = match &log {
                Some(_) => None,
                None => queries::logs(cx.conn, &it)?
                    .into_iter()
                    .find(|it| it.week < week),
            };
            let from = model.as_ref().map_or(week, |it| it.week);
            let values = values(from, log.as_ref().or(model.as_ref()))?;
            return form(
                cx,
                (&seat, &it, week),
                log.as_ref(),
                &values,
                &Again::first(),
            );
        }
    }
    let log = log.ok_or(Error::NotFound)?;
    read_page(cx, (&seat, &it, &log), ("", &Again::first()))
}

/// POST `/me/placed/{placement}/logs/{week}`: saved, and handed in where the button says so.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let week = asked_week(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut reading = Form::new(typed);
    let version = reading.number("version", 0, i32::MAX);
    let new = read(&mut reading, typed, &it, week);
    let hands_in = typed.typed("do") == "hand_in";
    let done = reading.done().and_then(|()| {
        actions::save_log(cx.conn, &seat, (it.id, week, version), &new)?;
        match hands_in {
            true => actions::hand_in(cx.conn, &seat, (it.id, week)),
            false => Ok(()),
        }
    });
    match done {
        Ok(()) if hands_in => {
            let place = format!("{}/logs", at(&seat, it.id));
            Ok(Reply::see_other(place).flash("log_handed_in"))
        }
        Ok(()) => {
            let place = format!("{}/logs/{week}", at(&seat, it.id));
            Ok(Reply::see_other(place).flash("saved"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let log = queries::log(cx.conn, &it, week, false)?;
            form(cx, (&seat, &it, week), log.as_ref(), typed, &again)
        }
    }
}

/// Judges a supervisor's answer.
pub(in super::super) fn read_verdict(form: &mut Form<'_>, typed: &Pairs) -> Verdict {
    match typed.typed("do") {
        "return" => Verdict::Return(form.text("comment", 2_000)),
        _ => Verdict::Approve,
    }
}

/// POST `…/logs/{week}`: the institution, or the office, answers.
pub(super) fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let week = asked_week(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut reading = Form::new(typed);
    let version = reading.number("version", 1, i32::MAX);
    let verdict = read_verdict(&mut reading, typed);
    let done = reading
        .done()
        .and_then(|()| actions::decide_log(cx.conn, &seat, (it.id, week, version), &verdict));
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{}/logs", at(&seat, it.id))).flash("log_answered")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let log = queries::log(cx.conn, &it, week, false)?.ok_or(Error::NotFound)?;
            read_page(cx, (&seat, &it, &log), (typed.typed("comment"), &again))
        }
    }
}

/// POST `…/logs/{week}/ask`: the supervisor is asked again.
pub(super) fn ask_again(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let week = asked_week(cx)?;
    actions::ask_again(cx.conn, &seat, (it.id, week))?;
    let place = format!("{}/logs/{week}", at(&seat, it.id));
    Ok(Reply::see_other(place).flash("supervisor_asked"))
}
