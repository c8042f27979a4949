//! The form of a cohort: names, call, dates.

use chrono::{DateTime, NaiveTime, Timelike, Utc};

use crate::access::{self, CohortStaff};
use crate::error::{Error, FieldError, Result};
use crate::ids::ProgrammeId;
use crate::lang::Lang;
use crate::lang::format::{hk_instant, hkt};
use crate::programmes;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, Details};
use super::super::queries::Cohort;
use super::super::rules::changes::{as_deadline, changeable};
use super::super::rules::seats::MAX_CAPACITY;
use super::{cohort, crumbs, date_warnings, history};

pub(in crate::cohorts) fn is_code(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    (2..=20).contains(&text.len())
        && text.starts_with(plain)
        && text.chars().all(|c| plain(c) || c == '-')
}

/// An instant from a date field and a time field.
pub(super) fn instant(form: &mut Form<'_>, date: &str, time: &str) -> DateTime<Utc> {
    let day = form.date(date);
    let typed = form.text(time, 8);
    let time_of_day = NaiveTime::parse_from_str(&typed, "%H:%M")
        .or_else(|_minutes| NaiveTime::parse_from_str(&typed, "%H:%M:%S"));
    match time_of_day {
        Ok(at) => hk_instant(day, at),
        Err(_neither) => {
            if !typed.is_empty() {
                form.error(time, "time", |lang| lang.cohorts_bad_time().to_owned());
            }
            hk_instant(day, NaiveTime::default())
        }
    }
}

fn read(form: &mut Form<'_>) -> Details {
    let code = form.text("code", 20).to_uppercase();
    if !code.is_empty() && !is_code(&code) {
        form.error("code", "code", |lang| lang.cohorts_code_form().to_owned());
    }
    Details {
        code,
        name_en: form.text("name_en", 120),
        name_zh: form.text("name_zh", 120),
        intro_en: form.optional("intro_en", 4000).unwrap_or_default(),
        intro_zh: form.optional("intro_zh", 4000).unwrap_or_default(),
        opens_at: instant(form, "opens_on", "opens_time"),
        closes_at: as_deadline(instant(form, "closes_on", "closes_time")),
        decisions_on: form.date("decisions_on"),
        reply_by: as_deadline(instant(form, "reply_on", "reply_time")),
        starts_on: form.date("starts_on"),
        ends_on: form.date("ends_on"),
        reply_days: form.number("reply_days", 1, 60),
    }
}

/// The rule speaks of instants; the form has a date and a time for each.
fn on_fields(error: Error) -> Error {
    match error {
        Error::Invalid(errors) => Error::Invalid(
            errors
                .into_iter()
                .map(|error| match error.field.as_str() {
                    "closes_at" => FieldError {
                        field: "closes_on".to_owned(),
                        ..error
                    },
                    _ => error,
                })
                .collect(),
        ),
        other => other,
    }
}

/// Date and time of an instant, as the fields hold them.
pub(super) fn date_and_time(at: DateTime<Utc>) -> (String, String) {
    let local = at.with_timezone(&hkt());
    (
        local.date_naive().to_string(),
        format!("{:02}:{:02}", local.hour(), local.minute()),
    )
}

fn values(cohort: &Cohort) -> Pairs {
    let (opens_on, opens_time) = date_and_time(cohort.opens_at);
    let (closes_on, closes_time) = date_and_time(cohort.closes_at);
    let (reply_on, reply_time) = date_and_time(cohort.reply_by);
    Pairs::new(vec![
        pair("code", &cohort.code),
        pair("name_en", &cohort.name_en),
        pair("name_zh", &cohort.name_zh),
        pair("intro_en", &cohort.intro_en),
        pair("intro_zh", &cohort.intro_zh),
        pair("opens_on", opens_on),
        pair("opens_time", opens_time),
        pair("closes_on", closes_on),
        pair("closes_time", closes_time),
        pair("decisions_on", cohort.decisions_on.to_string()),
        pair("reply_on", reply_on),
        pair("reply_time", reply_time),
        pair("starts_on", cohort.starts_on.to_string()),
        pair("ends_on", cohort.ends_on.to_string()),
        pair("reply_days", cohort.reply_days.to_string()),
    ])
}

fn groups(lang: Lang) -> Vec<Group> {
    let names = vec![
        Field::line("code", lang.cohorts_code())
            .width("w16")
            .hint(lang.cohorts_code_hint()),
        Field::line("name_en", lang.cohorts_name_en()).written_in(Lang::En),
        Field::line("name_zh", lang.cohorts_name_zh()).written_in(Lang::Zh),
        Field::line("intro_en", lang.cohorts_intro_en())
            .area(6)
            .optional()
            .hint(lang.cohorts_intro_hint())
            .written_in(Lang::En),
        Field::line("intro_zh", lang.cohorts_intro_zh())
            .area(6)
            .optional()
            .written_in(Lang::Zh),
    ];
    let dates = vec![
        Field::line("opens_on", lang.cohorts_opens_on()).of("date"),
        Field::line("opens_time", lang.cohorts_opens_time()).of("time"),
        Field::line("closes_on", lang.cohorts_closes_on()).of("date"),
        Field::line("closes_time", lang.cohorts_closes_time()).of("time"),
        Field::line("reply_on", lang.cohorts_reply_on())
            .of("date")
            .hint(lang.cohorts_reply_hint()),
        Field::line("reply_time", lang.cohorts_reply_time()).of("time"),
        Field::line("decisions_on", lang.cohorts_decisions_on()).of("date"),
        Field::line("reply_days", lang.cohorts_reply_days()).of("number"),
        Field::line("starts_on", lang.cohorts_starts_on()).of("date"),
        Field::line("ends_on", lang.cohorts_ends_on()).of("date"),
    ];
    vec![
        Group {
            legend: Some(lang.cohorts_names().to_owned()),
            two: false,
            fields: names,
        },
        Group::two(lang.cohorts_dates(), dates),
    ]
}

fn show_new(cx: &mut Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let desk = access::desk(cx.conn)?;
    let mut groups = groups(lang);
    let reached = programmes::queries::reached(cx.conn, &desk)?;
    if reached.len() > 1 {
        let options = reached
            .iter()
            .map(|(id, name)| (id.to_string(), name.say(lang).to_owned()))
            .collect();
        let choice = Field::line("programme", lang.cohorts_programme()).choice(options);
        groups.insert(0, Group::plain(vec![choice]));
    }
    groups.push(Group {
        legend: Some(lang.cohorts_seats().to_owned()),
        two: false,
        fields: vec![
            Field::line("open_seats", lang.cohorts_open_seats())
                .of("number")
                .hint(lang.cohorts_open_seats_hint()),
        ],
    });
    let spec = FormSpec {
        title: lang.cohorts_new().to_owned(),
        crumbs: crumbs(lang, None),
        note: None,
        groups,
        hidden: Vec::new(),
        action: "/cohorts/new".to_owned(),
        submit: lang.cohorts_plan().to_owned(),
        back: "/cohorts".to_owned(),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/cohorts/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    // A cohort belongs to a programme: without one, that comes first.
    if access::desk(cx.conn)?.programmes().is_empty() {
        return Ok(Reply::see_other("/programmes"));
    }
    let programme = cx.request().query.typed("programme").to_owned();
    let values = Pairs::new(vec![
        pair("programme", programme),
        pair("opens_time", "09:00"),
        pair("closes_time", "23:59"),
        pair("reply_time", "23:59"),
        pair("reply_days", "7"),
    ]);
    show_new(cx, &values, &Again::first())
}

/// POST `/cohorts/new`.
pub(super) fn create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    match try_create(cx).map_err(on_fields) {
        Ok(reply) => Ok(reply),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let typed = cx.request().form().clone();
            show_new(cx, &typed, &again)
        }
    }
}

fn try_create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let several = access::desk(cx.conn)?.programmes().len() > 1;
    let chosen = if several {
        form.choice("programme", |id| id.parse::<ProgrammeId>().ok())
    } else {
        None
    };
    let details = read(&mut form);
    let seats = form.number("open_seats", 0, MAX_CAPACITY);
    form.done()?;
    let staff = access::working_programme(cx.conn, chosen)?;
    let id = actions::create(cx.conn, &staff, &details, seats)?;
    Ok(Reply::see_other(format!("/cohorts/{id}/seats")).flash("saved"))
}

fn show_edit(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    cohort: &Cohort,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let state = cohort.state()?;
    let mut note = vec![state.label(lang).to_owned()];
    if changeable(state).is_ok() {
        note.extend(date_warnings(cx, staff, cohort)?);
    }
    let spec = FormSpec {
        title: lang.cohorts_edit().to_owned(),
        crumbs: crumbs(lang, Some(cohort)),
        note: Some(note.join(" · ")),
        groups: groups(lang),
        hidden: vec![pair("version", cohort.version.to_string())],
        action: format!("/cohorts/{}/edit", cohort.id),
        submit: lang.save().to_owned(),
        back: format!("/cohorts/{}", cohort.id),
        history: history(cx, cohort)?,
    };
    form_page(cx, spec, values, again)
}

/// GET `/cohorts/{cohort}/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    show_edit(cx, &staff, &cohort, &values(&cohort), &Again::first())
}

/// POST `/cohorts/{cohort}/edit`.
pub(super) fn update(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let details = read(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::update(cx.conn, &staff, version, &details));
    match done.map_err(on_fields) {
        Ok(()) => Ok(Reply::see_other(format!("/cohorts/{}/edit", cohort.id)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&cohort), typed, lang);
            show_edit(cx, &staff, &cohort, typed, &again)
        }
    }
}
