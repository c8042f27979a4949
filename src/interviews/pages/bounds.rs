//! Forms of what the office sets for a round: hours, gap, how many a day, blackouts.

use chrono::{DateTime, Utc};

use crate::error::{Error, Result};
use crate::ids::BlackoutId;
use crate::lang::Lang;
use crate::lang::format::hkt;
use crate::placements::queries::{Round, Side};
use crate::web::fields::{
    Again, ConfirmSpec, Field, FormSpec, Group, History, confirm_page, effect, form_page,
};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewBlackout};
use super::super::queries::{self, BlackoutRow};
use super::super::rules::{Bounds, show_minute};
use super::plan::days::minute;
use super::record::again_of;
use super::{crumbs, round_of, staff};

fn place(cx: &mut Cx<'_, '_>) -> Result<(Side, Round, String)> {
    let side = Side::Office(staff(cx)?);
    let (round, at) = round_of(cx, &side)?;
    Ok((side, round, at))
}

fn bounds_form(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let (side, round, at) = place(cx)?;
    let lang = cx.lang();
    let (_, version) =
        queries::at_task(cx.conn, |conn, task| queries::bounds(conn, task, round.id))?;
    let seen = values.get("version").filter(|_| !again.stale);
    let spec = FormSpec {
        title: lang.itv_rules().to_owned(),
        crumbs: crumbs(lang, &side, Some(&round)),
        note: None,
        groups: vec![Group::plain(vec![
            Field::line("earliest", lang.itv_earliest()).of("time"),
            Field::line("latest", lang.itv_latest()).of("time"),
            Field::line("gap", lang.itv_gap()).of("number"),
            Field::line("most_a_day", lang.itv_most_a_day()).of("number"),
        ])],
        hidden: vec![(
            "version".to_owned(),
            seen.map_or(version.to_string(), str::to_owned),
        )],
        action: format!("{at}/rules"),
        submit: lang.save().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/interviews/{round}/rules`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, round, _) = place(cx)?;
    let (it, _) = queries::at_task(cx.conn, |conn, task| queries::bounds(conn, task, round.id))?;
    let values = Pairs::new(vec![
        pair("earliest", show_minute(it.earliest)),
        pair("latest", show_minute(it.latest)),
        pair("gap", it.gap.to_string()),
        pair("most_a_day", it.most_a_day.to_string()),
    ]);
    bounds_form(cx, &values, &Again::first())
}

/// POST `…/interviews/{round}/rules`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, round, at) = place(cx)?;
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let new = Bounds {
        earliest: minute(&mut form, typed, "earliest"),
        latest: minute(&mut form, typed, "latest"),
        gap: form.number("gap", 0, 480),
        most_a_day: form.number("most_a_day", 1, 50),
    };
    if !form.failed() && new.latest <= new.earliest {
        form.error("latest", "order", |lang| lang.itv_need_order().to_owned());
    }
    let version = form.number("version", 0, i32::MAX);
    let done = form
        .done()
        .and_then(|()| actions::set_bounds(cx.conn, &staff, round.id, version, &new));
    match done {
        Ok(()) => Ok(Reply::see_other(at).flash("saved")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            bounds_form(cx, typed, &again)
        }
    }
}

fn blackout_form(
    cx: &mut Cx<'_, '_>,
    row: Option<&BlackoutRow>,
    (values, again): (&Pairs, &Again),
) -> Result<Reply> {
    let (side, round, at) = place(cx)?;
    let lang = cx.lang();
    let spec = FormSpec {
        title: match row {
            Some(_) => lang.itv_blackout_edit().to_owned(),
            None => lang.itv_blackout_new().to_owned(),
        },
        crumbs: crumbs(lang, &side, Some(&round)),
        note: Some(lang.itv_blackouts_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("name_en", lang.itv_name_en()).written_in(Lang::En),
            Field::line("name_zh", lang.itv_name_zh()).written_in(Lang::Zh),
            Field::line("starts_at", lang.itv_from()).of("datetime-local"),
            Field::line("ends_at", lang.itv_to()).of("datetime-local"),
        ])],
        hidden: row
            .map(|it| {
                let seen = values.get("version").filter(|_| !again.stale);
                let now = it.version.to_string();
                ("version".to_owned(), seen.map_or(now, str::to_owned))
            })
            .into_iter()
            .collect(),
        action: match row {
            Some(it) => format!("{at}/blackouts/{}", it.id),
            None => format!("{at}/blackouts/new"),
        },
        submit: lang.save().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

fn read(form: &mut Form<'_>) -> NewBlackout {
    NewBlackout {
        name_en: form.text("name_en", 200),
        name_zh: form.text("name_zh", 200),
        starts_at: form.instant("starts_at"),
        ends_at: form.instant("ends_at"),
    }
}

/// GET `…/blackouts/new`.
pub(super) fn new_blackout(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    blackout_form(cx, None, (Pairs::none(), &Again::first()))
}

/// POST `…/blackouts/new`.
pub(super) fn add_blackout(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, round, at) = place(cx)?;
    let staff = staff(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let new = read(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::add_blackout(cx.conn, &staff, round.id, &new));
    match done {
        Ok(_) => Ok(Reply::see_other(at).flash("saved")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            blackout_form(cx, None, (visit.request.form(), &again))
        }
    }
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(Side, Round, String, BlackoutRow)> {
    let (side, round, at) = place(cx)?;
    let id: BlackoutId = cx.request().param("blackout")?;
    let all = queries::at_task(cx.conn, |conn, task| {
        queries::blackouts(conn, task, round.id)
    })?;
    let it = all.into_iter().find(|it| it.id == id);
    Ok((side, round, at, it.ok_or(Error::NotFound)?))
}

fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&hkt())
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}

/// GET `…/blackouts/{blackout}`.
pub(super) fn edit_blackout(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, _, _, it) = one(cx)?;
    let values = Pairs::new(vec![
        pair("name_en", &it.name_en),
        pair("name_zh", &it.name_zh),
        pair("starts_at", local(it.starts_at)),
        pair("ends_at", local(it.ends_at)),
    ]);
    blackout_form(cx, Some(&it), (&values, &Again::first()))
}

/// POST `…/blackouts/{blackout}`.
pub(super) fn save_blackout(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, round, at, it) = one(cx)?;
    let staff = staff(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let new = read(&mut form);
    let version = form.number("version", 1, i32::MAX);
    let done = form
        .done()
        .and_then(|()| actions::change_blackout(cx.conn, &staff, (round.id, it.id, version), &new));
    match done {
        Ok(()) => Ok(Reply::see_other(at).flash("saved")),
        Err(error) => {
            let again = again_of(error, cx.lang())?;
            blackout_form(cx, Some(&it), (visit.request.form(), &again))
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
        title: format!(
            "{}{}",
            lang.before(lang.itv_blackout_remove()),
            it.name(lang)
        ),
        crumbs: crumbs(lang, &side, Some(&round)),
        effects: vec![
            effect(
                lang.cohorts_step_happens(),
                vec![lang.itv_blackout_remove_does().to_owned()],
                false,
            ),
            effect(
                lang.cohorts_step_told(),
                vec![lang.plc_told_nobody().to_owned()],
                false,
            ),
        ],
        refusal,
        hidden: Vec::new(),
        action: format!("{at}/blackouts/{}/remove", it.id),
        submit: lang.itv_blackout_remove().to_owned(),
        danger: true,
        back: at,
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/blackouts/{blackout}/remove`.
pub(super) fn ask_remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    question(cx, None)
}

/// POST `…/blackouts/{blackout}/remove`.
pub(super) fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, round, at, it) = one(cx)?;
    let staff = staff(cx)?;
    match actions::remove_blackout(cx.conn, &staff, (round.id, it.id)) {
        Ok(()) => Ok(Reply::see_other(at).flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            question(cx, Some(text))
        }
        Err(other) => Err(other),
    }
}
