//! A trainee's pages: their interviews, when they cannot come, asking for another time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::access;
use crate::db;
use crate::error::Result;
use crate::ids::{InterviewId, RoundId};
use crate::lang::Lang;
use crate::lang::format::{date_long, hk_date, hkt};
use crate::teaching::mail::when;
use crate::web::exports::short;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::listing::Cell;
use crate::web::sheet::{Part, Sheet, fact, show};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::mail::place;
use super::super::queries::{self, Interview, OwnTime};
use super::super::rules::may_change;
use super::record::again_of;
use super::tone;

const HOME: &str = "/me/interviews";

fn way(lang: Lang, more: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut way = vec![("/me/placements".to_owned(), lang.plc_title_all().to_owned())];
    way.extend(more);
    way
}

fn home(lang: Lang) -> (String, String) {
    (HOME.to_owned(), lang.itv_me_title().to_owned())
}

/// GET `/me/interviews`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let mut rows = Vec::new();
    for it in queries::own_interviews(cx.conn, &own)? {
        let state = it.state()?;
        rows.push(vec![
            Cell::link(it.organisation(lang), format!("{HOME}/{}", it.id)).more(it.title(lang)),
            Cell::text(when(lang, &it.when())),
            Cell::text(place(&it.room, &it.link).replace('\n', " · ")),
            Cell::tag(state.label(lang), tone(state)),
        ]);
    }
    let heads = [
        lang.itv_institution(),
        lang.itv_time(),
        lang.itv_place(),
        lang.itv_status(),
    ];
    let links = match rows.is_empty() {
        true => Vec::new(),
        false => vec![
            (format!("{HOME}.csv"), "CSV".to_owned()),
            (format!("{HOME}.xlsx"), "Excel".to_owned()),
        ],
    };
    let mut parts = vec![Part {
        links,
        ..Part::table(lang.itv_timetable(), &heads, rows).or(lang.itv_me_none())
    }];
    let rounds = queries::own_rounds(cx.conn, &own)?;
    let open: Vec<_> = rounds.iter().filter(|it| it.open).collect();
    if !open.is_empty() {
        let links = open
            .iter()
            .map(|it| (format!("{HOME}/times/{}", it.id), it.name(lang).to_owned()));
        parts.insert(
            0,
            Part {
                note: lang.itv_me_times_note().to_owned(),
                links: links.collect(),
                ..Part::lines(lang.itv_me_times(), Vec::new())
            },
        );
    }
    let sheet = Sheet {
        title: lang.itv_me_title().to_owned(),
        crumbs: way(lang, Vec::new()),
        parts,
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

/// GET `/me/interviews.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let mut rows = Vec::new();
    for it in queries::own_interviews(cx.conn, &own)? {
        rows.push(vec![
            it.organisation(lang).to_owned(),
            it.title(lang).to_owned(),
            when(lang, &it.when()),
            it.room.clone(),
            it.link.clone(),
            it.state()?.label(lang).to_owned(),
        ]);
    }
    let header = [
        lang.itv_institution(),
        lang.itv_posting(),
        lang.itv_time(),
        lang.itv_room(),
        lang.itv_link(),
        lang.itv_status(),
    ];
    short(&cx.request().path, "interviews", &header, rows)
}

fn one(cx: &mut Cx<'_, '_>) -> Result<Interview> {
    let own = access::own(cx.conn)?;
    let id: InterviewId = cx.request().param("interview")?;
    queries::own_interview(cx.conn, &own, id)
}

/// GET `/me/interviews/{interview}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let it = one(cx)?;
    let now = db::now(cx.conn)?;
    let state = it.state()?;
    let mut acts = Vec::new();
    if it.asked_why.is_empty() && may_change(state, it.starts_at, now).is_ok() {
        acts.push((
            format!("{HOME}/{}/ask", it.id),
            lang.itv_ask().to_owned(),
            false,
        ));
    }
    let notes = match it.asked_why.as_str() {
        "" => Vec::new(),
        words => vec![("warn", lang.itv_me_asked().to_owned(), words.to_owned())],
    };
    let sheet = Sheet {
        title: lang.itv_interview_at(it.organisation(lang)),
        tag: Some((state.label(lang), tone(state))),
        crumbs: way(lang, vec![home(lang)]),
        acts,
        notes,
        parts: vec![Part::facts(
            lang.itv_timetable(),
            vec![
                fact(lang.itv_time(), when(lang, &it.when())),
                fact(lang.itv_place(), place(&it.room, &it.link)),
                fact(lang.itv_posting(), it.title(lang)),
                fact(lang.itv_institution(), it.organisation(lang)),
            ],
        )],
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

fn ask_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let it = one(cx)?;
    let here = format!("{HOME}/{}", it.id);
    let name = lang.itv_interview_at(it.organisation(lang));
    let spec = FormSpec {
        title: lang.itv_ask().to_owned(),
        crumbs: way(lang, vec![home(lang), (here.clone(), name)]),
        note: Some(lang.itv_ask_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("words", lang.itv_ask_words()).area(5),
        ])],
        hidden: Vec::new(),
        action: format!("{here}/ask"),
        submit: lang.itv_ask().to_owned(),
        back: here,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/me/interviews/{interview}/ask`.
pub(super) fn edit_ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    ask_form(cx, Pairs::none(), &Again::first())
}

/// POST `/me/interviews/{interview}/ask`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let it = one(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let words = form.text("words", 1_000);
    let done = form
        .done()
        .and_then(|()| actions::ask(cx.conn, &own, it.id, &words));
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{HOME}/{}", it.id)).flash("itv_asked")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            ask_form(cx, visit.request.form(), &again)
        }
    }
}

/// The value of a time's box.
fn word(it: &OwnTime) -> String {
    let (from, to) = (it.when.starts_at, it.when.ends_at);
    format!("{}-{}", from.timestamp(), to.timestamp())
}

fn read_word(word: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let (from, to) = word.split_once('-')?;
    let at = |it: &str| DateTime::from_timestamp(it.parse().ok()?, 0);
    Some((at(from)?, at(to)?))
}

fn label(lang: Lang, it: &OwnTime) -> String {
    let at = |time: DateTime<Utc>| time.with_timezone(&hkt()).format("%H:%M").to_string();
    let time = format!("{}–{}", at(it.when.starts_at), at(it.when.ends_at));
    match it.class {
        true => format!("{time}{}", lang.aside(lang.itv_me_class())),
        false => time,
    }
}

fn field_of(it: &OwnTime) -> String {
    format!("cannot_{}", hk_date(it.when.starts_at).format("%Y%m%d"))
}

fn times_form(cx: &mut Cx<'_, '_>, typed: Option<&Pairs>, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let id: RoundId = cx.request().param("round")?;
    let (place, round) = queries::own_round(cx.conn, &own, id)?;
    let now = db::now(cx.conn)?;
    let times = queries::own_times(cx.conn, &place, id, now)?;
    let mut days: BTreeMap<String, (String, Vec<(String, String)>)> = BTreeMap::new();
    let mut values = Vec::new();
    for it in &times {
        let day = date_long(lang, hk_date(it.when.starts_at));
        let boxes = days.entry(field_of(it)).or_insert((day, Vec::new()));
        boxes.1.push((word(it), label(lang, it)));
        if it.absent {
            values.push((field_of(it), word(it)));
        }
    }
    let fields = days
        .into_iter()
        .map(|(name, (day, boxes))| Field::line(name, day).ticks(boxes))
        .collect();
    let note = match times.is_empty() {
        true => lang.itv_me_times_none().to_owned(),
        false => format!(
            "{}{}{}",
            lang.itv_me_times_note(),
            lang.pick(" ", ""),
            lang.itv_me_times_published()
        ),
    };
    let spec = FormSpec {
        title: lang.itv_me_times().to_owned(),
        crumbs: way(lang, vec![home(lang)]),
        note: Some(format!("{} · {note}", round.name(lang))),
        groups: vec![Group::plain(fields)],
        hidden: Vec::new(),
        action: format!("{HOME}/times/{id}"),
        submit: lang.save().to_owned(),
        back: HOME.to_owned(),
        history: History::default(),
    };
    let saved = Pairs::new(values);
    form_page(cx, spec, typed.unwrap_or(&saved), again)
}

/// GET `/me/interviews/times/{round}`.
pub(super) fn edit_times(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    times_form(cx, None, &Again::first())
}

/// POST `/me/interviews/times/{round}`.
pub(super) fn save_times(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: RoundId = cx.request().param("round")?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let cannot: BTreeSet<(DateTime<Utc>, DateTime<Utc>)> = typed
        .iter()
        .filter(|(name, _)| name.starts_with("cannot_"))
        .filter_map(|(_, value)| read_word(value))
        .collect();
    match actions::set_absences(cx.conn, &own, id, &cannot) {
        Ok(()) => Ok(Reply::see_other(HOME).flash("itv_times")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            times_form(cx, Some(typed), &again)
        }
    }
}
