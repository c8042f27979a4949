//! Storm day: choose the day, see what it takes, cancel, make up.

use askama::Template;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::access::ProgrammeStaff;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::ClassId;
use crate::lang::format::{date_long, hk_date};
use crate::lang::{Lang, Say as _};
use crate::web::fields::{
    Again, ConfirmSpec, Field, FormSpec, Group, History, confirm_page, form_page,
};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::mail::when;
use super::super::rules::{CancelReason, TeachingRefusal};
use super::closed::chosen;
use super::plan::short;
use super::{effect, pair, time_of};

/// What the form asks.
struct Storm {
    day: NaiveDate,
    from: Option<NaiveTime>,
    reason: CancelReason,
}

fn read(pairs: &Pairs) -> Result<Storm> {
    let mut form = Form::new(pairs);
    let day = form.date("day");
    let from = if pairs.typed("from").trim().is_empty() {
        None
    } else {
        Some(time_of(&mut form, "from"))
    };
    let reason = form.choice("reason", |word| {
        CancelReason::parse(word).filter(|it| it.is_weather())
    });
    form.done()?;
    Ok(Storm {
        day,
        from,
        reason: reason.unwrap_or(CancelReason::Signal8),
    })
}

fn crumbs(lang: Lang, staff: &ProgrammeStaff) -> Vec<(String, String)> {
    vec![pair(
        format!("/programme?programme={}", staff.programme()),
        lang.nav_programme(),
    )]
}

fn show(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let reasons = CancelReason::WEATHER
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let spec = FormSpec {
        title: lang.tt_storm().to_owned(),
        crumbs: crumbs(lang, staff),
        note: Some(lang.tt_storm_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("day", lang.tt_day()).of("date"),
            Field::line("from", lang.tt_storm_from())
                .of("time")
                .optional()
                .hint(lang.tt_storm_from_hint()),
            Field::line("reason", lang.tt_reason()).choice(reasons),
        ])],
        hidden: vec![
            pair("programme", staff.programme().to_string()),
            pair("step", "preview"),
        ],
        action: "/programme/storm".to_owned(),
        submit: lang.tt_storm_preview().to_owned(),
        back: format!("/programme?programme={}", staff.programme()),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/programme/storm`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let today = hk_date(db::now(cx.conn)?);
    let query = cx.request().query.clone();
    let values = if query.get("day").is_some() {
        query
    } else {
        Pairs::new(vec![pair("day", today.to_string())])
    };
    show(cx, &staff, &values, &Again::first())
}

fn preview(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    storm: &Storm,
    changed: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let taken = actions::storm_day(cx.conn, staff, storm.day, storm.from)?;
    let quiet = taken.sessions.is_empty();
    let lines: Vec<String> = taken
        .sessions
        .iter()
        .map(|it| format!("{} · {}", it.cohort_code, short(lang, it)))
        .collect();
    let rule = TeachingRefusal::QuietDay;
    let refusal = quiet.then(|| rule.say(lang));
    let status = if quiet || changed.is_some() { 409 } else { 200 };
    let mut hidden = vec![
        pair("programme", staff.programme().to_string()),
        pair("day", storm.day.to_string()),
        pair("reason", storm.reason.as_str()),
    ];
    if let Some(from) = storm.from {
        hidden.push(pair("from", from.format("%H:%M").to_string()));
    }
    let mut back = form_urlencoded::Serializer::new(String::new());
    back.extend_pairs(hidden.iter());
    let back = format!("/programme/storm?{}", back.finish());
    hidden.push(pair("step", "act"));
    hidden.push(pair("seen", &taken.fingerprint));
    let mut effects = Vec::new();
    // What was confirmed is not what there is now; what there is now can be confirmed.
    if let Some(text) = changed.filter(|_| !quiet) {
        effects.push(effect(lang.tt_preview_anew(), vec![text], true));
    }
    let told = lang.tt_storm_told(taken.people.len(), taken.letters);
    effects.extend([
        effect(&lang.tt_storm_sessions(lines.len()), lines, false),
        effect(lang.cohorts_step_told(), vec![told], false),
        effect(
            lang.cohorts_step_hard(),
            vec![lang.tt_storm_hard().to_owned()],
            true,
        ),
    ]);
    let spec = ConfirmSpec {
        title: lang.tt_storm_of(&date_long(lang, storm.day), storm.reason.label(lang)),
        crumbs: crumbs(lang, staff),
        effects,
        refusal,
        hidden,
        action: "/programme/storm".to_owned(),
        submit: lang.tt_storm_now(taken.sessions.len()),
        danger: true,
        back,
    };
    confirm_page(cx, status, &spec)
}

/// POST `/programme/storm`: the first time the preview, then the act.
pub(super) fn cancel(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let storm = match read(typed) {
        Ok(storm) => storm,
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            return show(cx, &staff, typed, &again);
        }
    };
    if typed.typed("step") != "act" {
        let taken = actions::storm_day(cx.conn, &staff, storm.day, storm.from)?;
        if taken.sessions.is_empty() {
            let none = Error::field("day", "quiet", |lang| TeachingRefusal::QuietDay.say(lang));
            let again = Again::from_error(none, cx.lang())?;
            return show(cx, &staff, typed, &again);
        }
        return preview(cx, &staff, &storm, None);
    }
    let how = (storm.reason, typed.typed("seen"));
    match actions::cancel_day(cx.conn, &staff, (storm.day, storm.from), how) {
        Ok(_) => Ok(make_up_page(&staff, storm.day).flash("storm_cancelled")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            preview(cx, &staff, &storm, Some(text))
        }
        Err(other) => Err(other),
    }
}

fn make_up_page(staff: &ProgrammeStaff, day: NaiveDate) -> Reply {
    Reply::see_other(format!(
        "/programme/storm/make-up?programme={}&day={day}",
        staff.programme()
    ))
}

struct Row {
    id: ClassId,
    was: String,
    cohort: String,
    code: String,
    name: String,
    proposed: Option<String>,
    /// The time as the form carries it.
    value: String,
    by_hand: String,
}

#[derive(Template)]
#[template(path = "teaching/make_up.html")]
struct ProposalsPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: String,
    day: String,
    day_shown: String,
    rows: Vec<Row>,
    refusal: Option<String>,
    possible: bool,
}

fn show_proposals(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    day: NaiveDate,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let found = actions::proposals(cx.conn, staff, day)?;
    let rows: Vec<Row> = found
        .into_iter()
        .map(|(it, slot)| Row {
            id: it.id,
            was: when(lang, &it.slot()),
            cohort: it.cohort_code.clone(),
            code: it.module_code.clone(),
            name: it.name(lang).to_owned(),
            proposed: slot.map(|slot| when(lang, &slot)),
            value: slot
                .map(|slot| format!("{}/{}", it.id, slot.starts_at.to_rfc3339()))
                .unwrap_or_default(),
            by_hand: format!("/cohorts/{}/classes/{}/make-up", it.cohort_id, it.id),
        })
        .collect();
    let status = if refusal.is_some() { 409 } else { 200 };
    let mut way = crumbs(lang, staff);
    way.push(pair(
        format!("/programme/storm?programme={}", staff.programme()),
        lang.tt_storm(),
    ));
    let page = ProposalsPage {
        shell: cx.shell(lang.tt_make_ups()),
        crumbs: way,
        programme: staff.programme().to_string(),
        day: day.to_string(),
        day_shown: date_long(lang, day),
        possible: rows.iter().any(|row| row.proposed.is_some()),
        rows,
        refusal,
    };
    cx.visit.page_with(status, &page)
}

fn day(pairs: &Pairs) -> Result<NaiveDate> {
    let mut form = Form::new(pairs);
    let day = form.date("day");
    form.done().map(|()| day).map_err(|_unread| Error::NotFound)
}

/// GET `/programme/storm/make-up`.
pub(super) fn proposals(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let day = day(&cx.visit.request.query)?;
    show_proposals(cx, &staff, day, None)
}

/// POST `/programme/storm/make-up`: the times that were ticked.
pub(super) fn accept(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let day = day(typed)?;
    let mut wanted: Vec<(ClassId, DateTime<Utc>)> = Vec::new();
    for value in typed.all("accept") {
        let read = value.split_once('/').and_then(|(id, at)| {
            let at = at.parse::<DateTime<Utc>>().ok()?;
            Some((id.parse::<ClassId>().ok()?, at))
        });
        wanted.push(read.ok_or(Error::NotFound)?);
    }
    if wanted.is_empty() {
        let text = cx.lang().tt_choose_one().to_owned();
        return show_proposals(cx, &staff, day, Some(text));
    }
    match actions::accept(cx.conn, &staff, day, &wanted) {
        Ok(_) => Ok(make_up_page(&staff, day).flash("session_saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            show_proposals(cx, &staff, day, Some(text))
        }
        Err(other) => Err(other),
    }
}
