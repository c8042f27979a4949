//! Pages of teaching: the office's timetable and storm days, the reader's own timetable and calendar.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::access::{self, APPLICANT, Access, CohortStaff, INSTRUCTOR, ProgrammeStaff, STAFF};
use crate::cohorts::queries::{self as cohorts, Cohort};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::PersonId;
use crate::lang::Lang;
use crate::lang::format::{date_long, hk_date, hk_instant, hkt};
use crate::web::fields::effect;
use crate::web::fields::{Effect, Field};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Routes};

use super::actions::Meeting;
use super::mail::when;
use super::queries::{self, ClassSession};
use super::rules::clashes::Clash;
use super::rules::{MINUTES, SessionState, Slot};

mod closed;
mod export;
mod feed;
mod grid;
mod offered;
mod offerings;
mod own;
mod plan;
mod session;
mod storm;
mod timetable;

pub(super) use export::{offerings_file, sessions_file};
pub(super) use plan::pattern_from as pattern_of;
pub(super) use timetable::filter as sessions_filter;

/// The routes of this room's pages.
#[must_use]
pub fn routes() -> Routes {
    office().and(sessions()).and(readers()).and(histories())
}

fn histories() -> Routes {
    let (offering, class, closed) = (
        [
            "/cohorts/{cohort}/offerings/{offering}/history.csv",
            "/cohorts/{cohort}/offerings/{offering}/history.xlsx",
        ],
        [
            "/cohorts/{cohort}/classes/{class}/history.csv",
            "/cohorts/{cohort}/classes/{class}/history.xlsx",
        ],
        [
            "/programme/closed/{closed}/history.csv",
            "/programme/closed/{closed}/history.xlsx",
        ],
    );
    Routes::new()
        .get(offering[0], STAFF, offerings::history_file)
        .get(offering[1], STAFF, offerings::history_file)
        .get(class[0], STAFF, session::history_file)
        .get(class[1], STAFF, session::history_file)
        .get(closed[0], STAFF, closed::history_file)
        .get(closed[1], STAFF, closed::history_file)
}

fn office() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/timetable", STAFF, timetable::page)
        .get("/cohorts/{cohort}/timetable.csv", STAFF, sessions_file)
        .get("/cohorts/{cohort}/timetable.xlsx", STAFF, sessions_file)
        .post("/cohorts/{cohort}/timetable/held", STAFF, timetable::held)
        .get("/cohorts/{cohort}/offerings", STAFF, offered::list)
        .get("/cohorts/{cohort}/offerings.csv", STAFF, offerings_file)
        .get("/cohorts/{cohort}/offerings.xlsx", STAFF, offerings_file)
        .get("/cohorts/{cohort}/offerings/new", STAFF, offerings::new)
        .post("/cohorts/{cohort}/offerings/new", STAFF, offerings::add)
        .get(
            "/cohorts/{cohort}/offerings/{offering}",
            STAFF,
            offerings::record,
        )
        .get(
            "/cohorts/{cohort}/offerings/{offering}/edit",
            STAFF,
            offerings::edit,
        )
        .post(
            "/cohorts/{cohort}/offerings/{offering}/edit",
            STAFF,
            offerings::save,
        )
        .get(
            "/cohorts/{cohort}/offerings/{offering}/publish",
            STAFF,
            offerings::ask_publish,
        )
        .post(
            "/cohorts/{cohort}/offerings/{offering}/publish",
            STAFF,
            offerings::publish,
        )
        .get(
            "/cohorts/{cohort}/offerings/{offering}/cancel",
            STAFF,
            offerings::ask_cancel,
        )
        .post(
            "/cohorts/{cohort}/offerings/{offering}/cancel",
            STAFF,
            offerings::cancel,
        )
        .post(
            "/cohorts/{cohort}/offerings/{offering}/places",
            STAFF,
            offerings::places,
        )
        .get(
            "/cohorts/{cohort}/offerings/{offering}/plan",
            STAFF,
            plan::form,
        )
        .post(
            "/cohorts/{cohort}/offerings/{offering}/plan",
            STAFF,
            plan::plan,
        )
}

fn sessions() -> Routes {
    Routes::new()
        .get("/cohorts/{cohort}/classes/{class}", STAFF, session::record)
        .get(
            "/cohorts/{cohort}/classes/{class}/edit",
            STAFF,
            session::edit,
        )
        .post(
            "/cohorts/{cohort}/classes/{class}/edit",
            STAFF,
            session::change,
        )
        .get(
            "/cohorts/{cohort}/classes/{class}/cancel",
            STAFF,
            session::ask_cancel,
        )
        .post(
            "/cohorts/{cohort}/classes/{class}/cancel",
            STAFF,
            session::cancel,
        )
        .get(
            "/cohorts/{cohort}/classes/{class}/make-up",
            STAFF,
            session::ask_make_up,
        )
        .post(
            "/cohorts/{cohort}/classes/{class}/make-up",
            STAFF,
            session::make_up,
        )
        .get("/programme/closed", STAFF, closed::list)
        .post("/programme/closed", STAFF, closed::add)
        .get("/programme/closed/{closed}", STAFF, closed::edit)
        .post("/programme/closed/{closed}", STAFF, closed::save)
        .get("/programme/closed.csv", STAFF, closed::file)
        .get("/programme/closed.xlsx", STAFF, closed::file)
        .get(
            "/programme/closed/{closed}/remove",
            STAFF,
            closed::ask_remove,
        )
        .post("/programme/closed/{closed}/remove", STAFF, closed::remove)
        .get("/programme/storm", STAFF, storm::page)
        .post("/programme/storm", STAFF, storm::cancel)
        .get("/programme/storm/make-up", STAFF, storm::proposals)
        .post("/programme/storm/make-up", STAFF, storm::accept)
}

fn readers() -> Routes {
    Routes::new()
        .get("/me/timetable", APPLICANT, own::trainee)
        .get("/timetable", INSTRUCTOR, own::instructor)
        .get("/calendar", Access::SignedIn, feed::page)
        .post_free("/calendar/new", Access::SignedIn, feed::make)
        .post("/calendar/stop", Access::SignedIn, feed::stop)
        .get_free("/calendar/{token}.ics", Access::Public, feed::read)
}

/// The cohort of the address, with the proof that the visitor is its staff.
fn cohort(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Cohort)> {
    let staff = access::cohort_staff(cx.conn, cx.request().param("cohort")?)?;
    let cohort = cohorts::find(cx.conn, &staff)?;
    Ok((staff, cohort))
}

/// The way from the list of cohorts to a page of a cohort's teaching.
fn crumbs(lang: Lang, cohort: &Cohort) -> Vec<(String, String)> {
    vec![
        ("/cohorts".to_owned(), lang.nav_cohorts().to_owned()),
        (
            format!("/cohorts/{}", cohort.id),
            cohort.name(lang).to_owned(),
        ),
        (
            format!("/cohorts/{}/timetable", cohort.id),
            lang.tt_timetable().to_owned(),
        ),
    ]
}

/// A time of day in Hong Kong: `19:00`.
fn clock(at: DateTime<Utc>) -> String {
    at.with_timezone(&hkt()).format("%H:%M").to_string()
}

/// `19:00–22:00`.
fn hours(slot: &Slot) -> String {
    format!("{}–{}", clock(slot.starts_at), clock(slot.ends_at))
}

/// The shape of a session's state beside its word.
fn tag(state: SessionState) -> &'static str {
    match state {
        SessionState::Scheduled => "go",
        SessionState::Cancelled => "bad",
        SessionState::Held => "ok",
    }
}

/// Names of persons in a row.
fn named(lang: Lang, names: &BTreeMap<PersonId, String>, ids: &[PersonId]) -> String {
    let known: Vec<&str> = ids
        .iter()
        .filter_map(|id| names.get(id).map(String::as_str))
        .collect();
    known.join(lang.pick(", ", "、"))
}

/// The names of everybody who teaches one of these.
fn teachers(cx: &mut Cx<'_, '_>, sessions: &[ClassSession]) -> Result<BTreeMap<PersonId, String>> {
    let mut ids: Vec<PersonId> = sessions
        .iter()
        .flat_map(|it| it.instructor_ids.iter().copied())
        .collect();
    ids.sort();
    ids.dedup();
    queries::names(cx.conn, &ids)
}

/// What clashes, a sentence for each, naming both sides: at most forty, and how many more.
fn clash_lines(lang: Lang, clashes: &[Clash], names: &BTreeMap<PersonId, String>) -> Vec<String> {
    let mut lines: Vec<String> = clashes
        .iter()
        .take(40)
        .map(|clash| {
            let planned = when(lang, &clash.planned.2);
            let other = lang.pick(&clash.standing.1.0, &clash.standing.1.1);
            let at = hours(&clash.standing.2);
            let shared = if clash.place.is_empty() {
                let few: Vec<PersonId> = clash.people.iter().take(3).copied().collect();
                let mut shared = named(lang, names, &few);
                if clash.people.len() > few.len() {
                    let more = lang.tt_and_more(clash.people.len() - few.len());
                    shared.push_str(lang.pick(", ", "、"));
                    shared.push_str(&more);
                }
                shared
            } else {
                clash.place.clone()
            };
            let what = match shared.as_str() {
                "" => clash.kind.label(lang).to_owned(),
                shared => format!("{}{}", clash.kind.label(lang), lang.aside(shared)),
            };
            lang.tt_clash(&planned, other, &at, &what)
        })
        .collect();
    if clashes.len() > lines.len() {
        lines.push(lang.tt_and_more(clashes.len() - lines.len()));
    }
    lines
}

/// What is said about clashes before anything is saved.
fn clash_effect(cx: &mut Cx<'_, '_>, clashes: &[Clash]) -> Result<Effect> {
    let lang = cx.lang();
    if clashes.is_empty() {
        let none = vec![lang.tt_no_clash().to_owned()];
        return Ok(effect(lang.tt_clashes(), none, false));
    }
    let people: Vec<PersonId> = clashes
        .iter()
        .flat_map(|it| it.people.iter().copied())
        .collect();
    let names = queries::names(cx.conn, &people)?;
    Ok(effect(
        lang.tt_clashes(),
        clash_lines(lang, clashes, &names),
        true,
    ))
}

/// Fields of time, place and instructors of a session.
fn meeting_fields(lang: Lang, instructors: &[(PersonId, String)]) -> Vec<Field> {
    let people = instructors
        .iter()
        .map(|(id, name)| pair(id.to_string(), name))
        .collect();
    vec![
        Field::line("day", lang.tt_day()).of("date"),
        Field::line("time", lang.tt_time()).of("time"),
        Field::line("minutes", lang.tt_minutes()).of("number"),
        Field::line("room", lang.tt_room()).optional(),
        Field::line("link", lang.tt_link()).of("url").optional(),
        Field::line("instructors", lang.tt_instructors())
            .ticks(people)
            .optional(),
    ]
}

/// A time of day from a field.
fn time_of(form: &mut Form<'_>, field: &str) -> NaiveTime {
    let typed = form.text(field, 8);
    let read = NaiveTime::parse_from_str(&typed, "%H:%M")
        .or_else(|_minutes| NaiveTime::parse_from_str(&typed, "%H:%M:%S"));
    if read.is_err() && !typed.is_empty() {
        form.error(field, "time", |lang| lang.cohorts_bad_time().to_owned());
    }
    read.unwrap_or_default()
}

/// Persons ticked in a field.
fn ticked(form: &mut Form<'_>, pairs: &crate::web::Pairs, field: &str) -> Vec<PersonId> {
    let mut people = Vec::new();
    for typed in pairs.all(field).filter(|it| !it.is_empty()) {
        match typed.parse() {
            Ok(id) => people.push(id),
            Err(_malformed) => {
                form.error(field, "choice", |lang| lang.form_choice().to_owned());
            }
        }
    }
    people.sort();
    people.dedup();
    people
}

/// Reads time, place and instructors of a session.
pub(super) fn read_meeting(form: &mut Form<'_>, pairs: &crate::web::Pairs) -> Meeting {
    let day: NaiveDate = form.date("day");
    let time = time_of(form, "time");
    let minutes = form.number("minutes", *MINUTES.start(), *MINUTES.end());
    let starts_at = hk_instant(day, time);
    Meeting {
        slot: Slot {
            starts_at,
            ends_at: starts_at + chrono::Duration::minutes(i64::from(minutes)),
        },
        room: form.optional("room", 120).unwrap_or_default(),
        link: form.optional("link", 400).unwrap_or_default(),
        instructors: ticked(form, pairs, "instructors"),
    }
}

/// A meeting as fields hold it.
pub(super) fn meeting_values(meeting: &Meeting) -> Vec<(String, String)> {
    let mut values = vec![
        pair("day", hk_date(meeting.slot.starts_at).to_string()),
        pair("time", clock(meeting.slot.starts_at)),
        pair("minutes", meeting.slot.minutes().to_string()),
        pair("room", &meeting.room),
        pair("link", &meeting.link),
    ];
    values.extend(
        meeting
            .instructors
            .iter()
            .map(|id| pair("instructors", id.to_string())),
    );
    values
}

/// A day as a heading.
fn day_label(lang: Lang, day: NaiveDate) -> String {
    date_long(lang, day)
}

/// Who may be chosen to teach: the programme's instructors, and those who stand there already even if
/// their role has ended.
fn choosable(
    conn: &mut Conn<'_>,
    staff: &ProgrammeStaff,
    standing: &[PersonId],
) -> Result<Vec<(PersonId, String)>> {
    let mut people = queries::instructors(conn, staff)?;
    for (id, name) in queries::names(conn, standing)? {
        if people.iter().all(|(known, _)| *known != id) {
            people.push((id, name));
        }
    }
    Ok(people)
}
