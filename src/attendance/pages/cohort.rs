//! A cohort's attendance for its office: rates, registers, policy; and an instructor's own registers.

use askama::Template;
use chrono::Duration;

use crate::access::{self, CohortStaff};
use crate::cohorts::queries::Cohort;
use crate::db;
use crate::error::Result;
use crate::ids::{ClassId, CohortId};
use crate::lang::Lang;
use crate::teaching::mail::when;
use crate::teaching::rules::Slot;
use crate::web::exports::short;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, RatesWanted, RegisterRow, RegistersWanted};
use super::super::rules::{BasisPoints, ExcusedCount, Policy, RegisterState, rate};
use super::own::{Gauge, gauge};
use super::{clock, cohort, crumbs, hk_date, pair, register_tone};

struct Rate {
    name: String,
    number: String,
    absences: i64,
    gauge: Gauge,
}

#[derive(Template)]
#[template(path = "attendance/rates.html")]
struct RatesPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    cohort_name: String,
    threshold: String,
    whole: Gauge,
    missing: usize,
    under: bool,
    by_rate: bool,
    text: String,
    filtered: bool,
    query: String,
    rows: Vec<Rate>,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// What the address asks for.
pub(in crate::attendance) fn rates_wanted(query: &Pairs) -> RatesWanted {
    let text = query.typed("q").trim();
    RatesWanted {
        under: query.has("under", "yes"),
        by_rate: query.has("sort", "rate"),
        text: (!text.is_empty()).then(|| text.to_owned()),
    }
}

/// GET `/cohorts/{cohort}/attendance`.
pub(super) fn rates(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let query = &cx.visit.request.query;
    let wanted = rates_wanted(query);
    let after = Cursor::from_query(query);
    let (policy, _) = queries::policy(cx.conn, &staff)?;
    let page = queries::rates(cx.conn, &staff, &policy, &wanted, (after.as_ref(), PAGE))?;
    let whole = queries::whole(cx.conn, &staff)?;
    let now = db::now(cx.conn)?;
    let overdue = RegistersWanted {
        state: Some(RegisterState::Missing),
        text: None,
    };
    let missing = queries::registers(cx.conn, &staff, (&overdue, now), None, 500)?;
    let path = format!("/cohorts/{}/attendance", cohort.id);
    let to = |after: &str| format!("{path}?{}", query.with(&[("after", after)]));
    let (first, next) = (to(""), page.next.as_deref().map(to));
    cx.visit.page(&RatesPage {
        shell: cx.shell(lang.att_title()),
        crumbs: crumbs(lang, &cohort),
        cohort: cohort.id,
        cohort_name: cohort.name(lang).to_owned(),
        threshold: lang.att_threshold_told(&policy.threshold.shown()),
        whole: gauge(lang, lang.att_cohort_rate().to_owned(), &whole, &policy),
        missing: missing.rows.len(),
        under: wanted.under,
        by_rate: wanted.by_rate,
        filtered: wanted.under || wanted.text.is_some(),
        text: wanted.text.unwrap_or_default(),
        query: query.with(&[("after", "")]),
        rows: page
            .rows
            .iter()
            .map(|it| Rate {
                name: it.name_shown.clone(),
                number: it.trainee_number.clone(),
                absences: it.absences,
                gauge: gauge(lang, String::new(), &it.hours(), &policy),
            })
            .collect(),
        paged: after.is_some(),
        first,
        next,
    })
}

/// The rates of a cohort as the file that the address ends with, narrowed as the list is.
pub(in crate::attendance) fn rates_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let wanted = rates_wanted(&cx.visit.request.query);
    let (policy, _) = queries::policy(cx.conn, &staff)?;
    let mut lines = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let place = (after.as_ref(), 1_000);
        let page = queries::rates(cx.conn, &staff, &policy, &wanted, place)?;
        for it in &page.rows {
            let shown = rate(&it.hours(), policy.excused).map(BasisPoints::shown);
            lines.push(vec![
                it.name_shown.clone(),
                it.trainee_number.clone(),
                shown.unwrap_or_default(),
                it.held.to_string(),
                it.attended.to_string(),
                it.excused.to_string(),
                it.absences.to_string(),
            ]);
        }
        after = page.next.as_deref().and_then(Cursor::decode);
        if after.is_none() {
            break;
        }
    }
    let header = [
        lang.att_trainee(),
        lang.att_number(),
        lang.att_rate(),
        lang.att_held(),
        lang.att_attended(),
        lang.att_excused_minutes(),
        lang.att_absences(),
    ];
    let name = format!("{}-attendance", cohort.code);
    short(&cx.request().path, &name, &header, lines)
}

struct Line {
    class: ClassId,
    title: String,
    when: String,
    state: &'static str,
    tone: &'static str,
    came: i64,
    excused: i64,
    absent: i64,
}

fn line(lang: Lang, it: &RegisterRow, now: chrono::DateTime<chrono::Utc>) -> Line {
    let state = it.state(now);
    Line {
        class: it.id,
        title: it.title(lang),
        when: when(lang, &it.slot()),
        state: state.label(lang),
        tone: register_tone(state),
        came: it.came,
        excused: it.excused,
        absent: it.absent,
    }
}

#[derive(Template)]
#[template(path = "attendance/registers.html")]
struct RegistersPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    cohort_name: String,
    states: Vec<(&'static str, &'static str, bool)>,
    text: String,
    filtered: bool,
    query: String,
    rows: Vec<Line>,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// What the address asks for.
fn registers_wanted(query: &Pairs) -> RegistersWanted {
    let text = query.typed("q").trim();
    RegistersWanted {
        state: query.get("state").and_then(RegisterState::parse),
        text: (!text.is_empty()).then(|| text.to_owned()),
    }
}

/// GET `/cohorts/{cohort}/registers`.
pub(super) fn registers(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let query = &cx.visit.request.query;
    let wanted = registers_wanted(query);
    let after = Cursor::from_query(query);
    let now = db::now(cx.conn)?;
    let page = queries::registers(cx.conn, &staff, (&wanted, now), after.as_ref(), PAGE)?;
    let path = format!("/cohorts/{}/registers", cohort.id);
    let to = |after: &str| format!("{path}?{}", query.with(&[("after", after)]));
    let (first, next) = (to(""), page.next.as_deref().map(to));
    cx.visit.page(&RegistersPage {
        shell: cx.shell(lang.att_registers()),
        crumbs: crumbs(lang, &cohort),
        cohort: cohort.id,
        cohort_name: cohort.name(lang).to_owned(),
        states: RegisterState::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), wanted.state == Some(*it)))
            .collect(),
        filtered: wanted.state.is_some() || wanted.text.is_some(),
        text: wanted.text.unwrap_or_default(),
        query: query.with(&[("after", "")]),
        rows: page.rows.iter().map(|it| line(lang, it, now)).collect(),
        paged: after.is_some(),
        first,
        next,
    })
}

/// The registers of a cohort as the file that the address ends with, narrowed as the list is.
pub(in crate::attendance) fn registers_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let wanted = registers_wanted(&cx.visit.request.query);
    let now = db::now(cx.conn)?;
    let mut lines = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = queries::registers(cx.conn, &staff, (&wanted, now), after.as_ref(), 1_000)?;
        for it in &page.rows {
            let shown = line(lang, it, now);
            lines.push(vec![
                hk_date(it.starts_at).to_string(),
                clock(it.starts_at),
                clock(it.ends_at),
                shown.title,
                shown.state.to_owned(),
                shown.came.to_string(),
                shown.excused.to_string(),
                shown.absent.to_string(),
            ]);
        }
        after = page.next.as_deref().and_then(Cursor::decode);
        if after.is_none() {
            break;
        }
    }
    let header = [
        lang.tt_day(),
        lang.tt_starts(),
        lang.tt_ends(),
        lang.att_session(),
        lang.att_state(),
        lang.att_came(),
        lang.presence_excused(),
        lang.presence_absent(),
    ];
    let name = format!("{}-registers", cohort.code);
    short(&cx.request().path, &name, &header, lines)
}

#[derive(Template)]
#[template(path = "attendance/mine.html")]
struct MinePage {
    shell: Shell,
    rows: Vec<Mine>,
}

/// A session in an instructor's list.
struct Mine {
    class: ClassId,
    title: String,
    when: String,
    state: &'static str,
    tone: &'static str,
}

/// What waits for its instructor comes first: to be filled in, to be signed off, to come, done.
fn place(state: RegisterState) -> u8 {
    match state {
        RegisterState::Open => 0,
        RegisterState::Missing => 1,
        RegisterState::Coming => 2,
        RegisterState::SignedOff | RegisterState::Cancelled => 3,
    }
}

/// GET `/registers`: the sessions that the instructor teaches, those that are not signed off first, in
/// each state the nearest first.
pub(super) fn mine(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let instructor = access::instructor(cx.conn)?;
    let now = db::now(cx.conn)?;
    let span = Slot {
        starts_at: now - Duration::days(60),
        ends_at: now + Duration::days(14),
    };
    let mut sessions = queries::taught_registers(cx.conn, &instructor, &span)?;
    sessions.sort_by_key(|it| {
        let far = (it.starts_at - now).num_seconds().abs();
        (place(it.register(now)), far)
    });
    let rows = sessions
        .iter()
        .map(|it| {
            let state = it.register(now);
            Mine {
                class: it.id,
                title: it.title(lang),
                when: when(lang, &it.slot()),
                state: state.label(lang),
                tone: register_tone(state),
            }
        })
        .collect();
    let page = MinePage {
        shell: cx.shell(lang.att_my_registers()),
        rows,
    };
    cx.visit.page(&page)
}

fn policy_values(policy: &Policy) -> Pairs {
    let threshold = policy.threshold.shown();
    Pairs::new(vec![
        pair("threshold", threshold.trim_end_matches('%')),
        pair("excused", policy.excused.as_str()),
        pair("late_after", policy.late_after.to_string()),
        pair("opens_before", policy.opens_before.to_string()),
        pair("closes_after", policy.closes_after.to_string()),
        pair("apology_grace", policy.apology_grace.to_string()),
        pair("correct_days", policy.correct_days.to_string()),
    ])
}

fn show_policy(
    cx: &mut Cx<'_, '_>,
    cohort: &Cohort,
    version: i32,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let excused = ExcusedCount::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let number = |name: &str, label: &str| Field::line(name, label).of("number");
    let spec = FormSpec {
        title: lang.att_policy().to_owned(),
        crumbs: crumbs(lang, cohort),
        note: Some(lang.att_policy_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("threshold", lang.att_threshold()).width("w8"),
            Field::line("excused", lang.att_excused_is()).choice(excused),
            number("late_after", lang.att_late_after()),
            number("opens_before", lang.att_opens_before()),
            number("closes_after", lang.att_closes_after()),
            number("apology_grace", lang.att_grace()),
            number("correct_days", lang.att_correct_days()),
        ])],
        hidden: vec![pair("version", version.to_string())],
        action: format!("/cohorts/{}/attendance/policy", cohort.id),
        submit: lang.att_save().to_owned(),
        back: format!("/cohorts/{}/attendance", cohort.id),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/cohorts/{cohort}/attendance/policy`.
pub(super) fn policy(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let (policy, version) = queries::policy(cx.conn, &staff)?;
    show_policy(
        cx,
        &cohort,
        version,
        &policy_values(&policy),
        &Again::first(),
    )
}

/// Percent as typed: `80`, `79.5`, `66.67`.
fn percent(typed: &str) -> Option<BasisPoints> {
    let typed = typed.trim().trim_end_matches('%');
    let (whole, rest) = typed.split_once('.').unwrap_or((typed, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || rest.len() > 2 || !digits(whole) || !digits(rest) {
        return None;
    }
    let points: u16 = format!("{whole}{rest:0<2}").parse().ok()?;
    (points <= 10_000).then_some(BasisPoints(points))
}

/// Reads a policy from a form.
pub(in crate::attendance) fn read_policy(form: &mut Form<'_>) -> Policy {
    Policy {
        threshold: form
            .choice("threshold", percent)
            .unwrap_or(BasisPoints(10_000)),
        excused: form
            .choice("excused", ExcusedCount::parse)
            .unwrap_or(ExcusedCount::Leaves),
        late_after: form.number("late_after", 0, 600),
        opens_before: form.number("opens_before", 0, 240),
        closes_after: form.number("closes_after", 1, 600),
        apology_grace: form.number("apology_grace", 0, 10_080),
        correct_days: form.number("correct_days", 0, 365),
    }
}

fn saved(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<(Pairs, i32)> {
    let (policy, version) = queries::policy(cx.conn, staff)?;
    Ok((policy_values(&policy), version))
}

/// POST `/cohorts/{cohort}/attendance/policy`.
pub(super) fn set_policy(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 0, i32::MAX);
    let policy = read_policy(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::set_policy(cx.conn, &staff, version, &policy));
    match done {
        Ok(()) => {
            let to = format!("/cohorts/{}/attendance", cohort.id);
            Ok(Reply::see_other(to).flash("attendance_policy"))
        }
        Err(error) => {
            let lang = cx.lang();
            let (now, version) = saved(cx, &staff)?;
            let again = Again::from_error(error, lang)?.compare(&now, typed, lang);
            show_policy(cx, &cohort, version, typed, &again)
        }
    }
}
