//! Forms of a panel's hours on a day.

use crate::audit;
use crate::error::{Error, Result};
use crate::ids::{InterviewDayId, PanelId};
use crate::lang::format::date_long;
use crate::placements::queries::{Round, Side};
use crate::web::fields::{
    Again, ConfirmSpec, Field, FormSpec, Group, History, confirm_page, effect, form_page,
};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::super::actions::{self, NewDay};
use super::super::super::queries::{self, DayRow};
use super::super::super::rules::{Hours, parse_minute, show_minute};
use super::super::record::again_of;
use super::super::{crumbs, member, round_of};

fn day_form(
    cx: &mut Cx<'_, '_>,
    (side, round, at): (&Side, &Round, &str),
    day: Option<&DayRow>,
    (values, again): (&Pairs, &Again),
) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let panels = queries::panels(cx.conn, &member, round.id)?;
    let panels = panels
        .iter()
        .map(|it| pair(it.id.to_string(), &it.name))
        .collect();
    let (bounds, _) =
        queries::at_task(cx.conn, |conn, task| queries::bounds(conn, task, round.id))?;
    let (from, to) = (show_minute(bounds.earliest), show_minute(bounds.latest));
    let history = match day {
        Some(it) => History::here_only(audit::lines(cx.conn, it.id.0, lang)?),
        None => History::default(),
    };
    let spec = FormSpec {
        title: match day {
            Some(_) => lang.itv_day_edit().to_owned(),
            None => lang.itv_day_new().to_owned(),
        },
        crumbs: crumbs(lang, side, Some(round)),
        note: Some(lang.itv_hours_allowed(&from, &to)),
        groups: vec![
            Group::plain(vec![
                Field::line("panel", lang.itv_panel()).choice(panels),
                Field::line("held_on", lang.itv_day()).of("date"),
            ]),
            Group::two(
                lang.itv_hours(),
                vec![
                    Field::line("starts", lang.itv_from()).of("time"),
                    Field::line("ends", lang.itv_to()).of("time"),
                    Field::line("length", lang.itv_length()).of("number"),
                    Field::line("pause", lang.itv_break()).of("number"),
                ],
            ),
            Group::plain(vec![
                Field::line("room", lang.itv_room())
                    .hint(lang.itv_room_hint())
                    .optional(),
                Field::line("link", lang.itv_link()).of("url").optional(),
            ]),
        ],
        hidden: day
            .map(|it| {
                let seen = values.get("version").filter(|_| !again.stale);
                let now = it.version.to_string();
                ("version".to_owned(), seen.map_or(now, str::to_owned))
            })
            .into_iter()
            .collect(),
        action: match day {
            Some(it) => format!("{at}/days/{}", it.id),
            None => format!("{at}/days/new"),
        },
        submit: lang.save().to_owned(),
        back: at.to_owned(),
        history,
    };
    form_page(cx, spec, values, again)
}

/// A time of day of a form, in minutes after midnight.
pub(in crate::interviews::pages) fn minute(form: &mut Form<'_>, typed: &Pairs, field: &str) -> i32 {
    parse_minute(typed.typed(field)).unwrap_or_else(|| {
        form.error(field, "time", |lang| lang.itv_need_time().to_owned());
        0
    })
}

fn read(form: &mut Form<'_>, typed: &Pairs) -> NewDay {
    let panel = form.choice("panel", |word| word.parse::<PanelId>().ok());
    let hours = Hours {
        date: form.date("held_on"),
        from: minute(form, typed, "starts"),
        to: minute(form, typed, "ends"),
        length: form.number("length", 5, 480),
        pause: form.number("pause", 0, 480),
    };
    let room = form.optional("room", 300).unwrap_or_default();
    let link = form.optional("link", 1_000).unwrap_or_default();
    if !link.is_empty() && (!link.starts_with("https://") || link.chars().any(char::is_whitespace))
    {
        form.error("link", "link", |lang| lang.itv_need_link().to_owned());
    }
    NewDay {
        panel: panel.unwrap_or_default(),
        hours,
        room,
        link,
    }
}

/// GET `…/days/new`.
pub(in crate::interviews::pages) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let side = Side::Host(member(cx)?);
    let (round, at) = round_of(cx, &side)?;
    let values = Pairs::new(vec![pair("length", "20"), pair("pause", "10")]);
    day_form(cx, (&side, &round, &at), None, (&values, &Again::first()))
}

/// POST `…/days/new`.
pub(in crate::interviews::pages) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (round, at) = round_of(cx, &side)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let new = read(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::add_day(cx.conn, &member, round.id, &new));
    match done {
        Ok(_) => Ok(Reply::see_other(at).flash("saved")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            day_form(cx, (&side, &round, &at), None, (typed, &again))
        }
    }
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(Side, Round, String, DayRow)> {
    let member = member(cx)?;
    let side = Side::Host(member.clone());
    let (round, at) = round_of(cx, &side)?;
    let id: InterviewDayId = cx.request().param("day")?;
    let it = queries::day(cx.conn, &member, (round.id, id))?;
    Ok((side, round, at, it))
}

/// GET `…/days/{day}`.
pub(in crate::interviews::pages) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, round, at, it) = one(cx)?;
    let values = Pairs::new(vec![
        pair("panel", it.panel_id.to_string()),
        pair("held_on", it.held_on.to_string()),
        pair("starts", show_minute(it.starts_minute)),
        pair("ends", show_minute(it.ends_minute)),
        pair("length", it.length_minutes.to_string()),
        pair("pause", it.break_minutes.to_string()),
        pair("room", &it.room),
        pair("link", &it.link),
    ]);
    let place = (&side, &round, at.as_str());
    day_form(cx, place, Some(&it), (&values, &Again::first()))
}

/// POST `…/days/{day}`.
pub(in crate::interviews::pages) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, round, at, it) = one(cx)?;
    let member = member(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let new = read(&mut form, typed);
    let version = form.number("version", 1, i32::MAX);
    let done = form
        .done()
        .and_then(|()| actions::change_day(cx.conn, &member, (round.id, it.id, version), &new));
    match done {
        Ok(()) => Ok(Reply::see_other(at).flash("saved")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            let place = (&side, &round, at.as_str());
            day_form(cx, place, Some(&it), (typed, &again))
        }
    }
}

fn question(cx: &mut Cx<'_, '_>, refusal: Option<String>) -> Result<Reply> {
    let (side, round, at, it) = one(cx)?;
    let lang = cx.lang();
    let status = match refusal.is_some() && cx.request().method != crate::web::Method::Get {
        true => 409,
        false => 200,
    };
    let spec = ConfirmSpec {
        title: lang.itv_day_remove_ask(&date_long(lang, it.held_on)),
        crumbs: crumbs(lang, &side, Some(&round)),
        effects: vec![
            effect(
                lang.cohorts_step_happens(),
                vec![lang.itv_day_remove_does().to_owned()],
                true,
            ),
            effect(
                lang.cohorts_step_told(),
                vec![lang.plc_told_nobody().to_owned()],
                false,
            ),
        ],
        refusal,
        hidden: Vec::new(),
        action: format!("{at}/days/{}/remove", it.id),
        submit: lang.itv_day_remove().to_owned(),
        danger: true,
        back: at,
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/days/{day}/remove`.
pub(in crate::interviews::pages) fn ask_remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    question(cx, None)
}

/// POST `…/days/{day}/remove`.
pub(in crate::interviews::pages) fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, round, at, it) = one(cx)?;
    let member = member(cx)?;
    match actions::remove_day(cx.conn, &member, (round.id, it.id)) {
        Ok(()) => Ok(Reply::see_other(at).flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, Some(text))
        }
        Err(other) => Err(other),
    }
}
