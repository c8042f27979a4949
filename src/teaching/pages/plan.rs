//! Planning sessions by a pattern of the week: form, preview, act.

use chrono::{NaiveDate, NaiveTime, Weekday};

use crate::access::CohortStaff;
use crate::cohorts::queries::Cohort;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::lang::format::{date_long, duration, hk_date};
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, History, confirm_page, form_page,
};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, Planned};
use super::super::mail::when;
use super::super::queries::{self, Offering};
use super::super::rules::recurrence::{Beat, Pattern, Skipped, Wanted, Why};
use super::super::rules::{MINUTES, MOST_SESSIONS, TeachingRefusal};
use super::offerings::{home, offering, within};
use super::{clash_effect, effect, hours, pair, time_of};

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

fn groups(lang: Lang) -> Vec<Group> {
    let days = DAYS
        .iter()
        .zip(lang.tt_weekdays().split('|'))
        .map(|((word, _), label)| pair(*word, label))
        .collect();
    vec![
        Group::two(
            lang.tt_pattern(),
            vec![
                Field::line("weekdays", lang.tt_on_days()).ticks(days),
                Field::line("time", lang.tt_time()).of("time"),
                Field::line("minutes", lang.tt_minutes()).of("number"),
                Field::line("saturday", lang.tt_saturday())
                    .of("time")
                    .optional()
                    .hint(lang.tt_saturday_hint()),
            ],
        ),
        Group::two(
            lang.tt_how_much(),
            vec![
                Field::line("first_on", lang.tt_first_on()).of("date"),
                Field::line("until", lang.tt_until()).choice(vec![
                    pair("hours", lang.tt_until_hours()),
                    pair("sessions", lang.tt_until_sessions()),
                ]),
                Field::line("amount", lang.tt_amount())
                    .of("number")
                    .hint(lang.tt_amount_hint()),
            ],
        ),
    ]
}

/// Reads a pattern; the last day is the cohort's.
pub(in crate::teaching) fn pattern_from(
    form: &mut Form<'_>,
    pairs: &Pairs,
    (starts_on, ends_on): (NaiveDate, NaiveDate),
) -> Pattern {
    let time = time_of(form, "time");
    let saturday = if pairs.typed("saturday").trim().is_empty() {
        None
    } else {
        Some(time_of(form, "saturday"))
    };
    let beats: Vec<Beat> = DAYS
        .iter()
        .filter(|(word, _)| pairs.has("weekdays", word))
        .map(|(_, weekday)| Beat {
            weekday: *weekday,
            time: at(*weekday, time, saturday),
        })
        .collect();
    if beats.is_empty() {
        form.error("weekdays", "required", |lang| lang.tt_need_day().to_owned());
    }
    let minutes = form.number("minutes", *MINUTES.start(), *MINUTES.end());
    let first_on = form.date("first_on");
    if !form.failed() && !(starts_on..=ends_on).contains(&first_on) {
        form.error("first_on", "outside_cohort", |lang| {
            lang.teaching_outside(
                &crate::lang::format::date(lang, starts_on),
                &crate::lang::format::date(lang, ends_on),
            )
        });
    }
    let most = i32::try_from(MOST_SESSIONS).unwrap_or(i32::MAX);
    let amount = form.number("amount", 1, most);
    let wanted = form.choice("until", |word| match word {
        "hours" => Some(Wanted::Minutes(i64::from(amount) * 60)),
        "sessions" => Some(Wanted::Sessions(usize::try_from(amount).unwrap_or(1))),
        _ => None,
    });
    Pattern {
        beats,
        minutes: i64::from(minutes),
        first_on,
        last_on: ends_on,
        wanted: wanted.unwrap_or(Wanted::Sessions(0)),
    }
}

fn at(weekday: Weekday, usual: NaiveTime, saturday: Option<NaiveTime>) -> NaiveTime {
    match (weekday, saturday) {
        (Weekday::Sat, Some(time)) => time,
        _ => usual,
    }
}

fn show(
    cx: &mut Cx<'_, '_>,
    (cohort, offering): (&Cohort, &Offering),
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let spec = FormSpec {
        title: lang.tt_plan_of(offering.name(lang)),
        crumbs: within(lang, cohort, offering),
        note: Some(lang.tt_plan_note().to_owned()),
        groups: groups(lang),
        hidden: vec![pair("step", "preview")],
        action: format!("{}/plan", home(offering)),
        submit: lang.tt_preview().to_owned(),
        back: home(offering),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/plan`; what was typed before a preview comes back by the address.
pub(super) fn form(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, cohort, offering) = offering(cx)?;
    let typed = cx.request().query.clone();
    let values = if typed.get("time").is_some() {
        typed
    } else {
        let left = (i64::from(offering.contact_hours) * 60 - offering.minutes).max(60) / 60;
        Pairs::new(vec![
            pair("time", "19:00"),
            pair("minutes", "180"),
            pair("first_on", cohort.starts_on.to_string()),
            pair("until", "hours"),
            pair("amount", left.to_string()),
        ])
    };
    show(cx, (&cohort, &offering), &values, &Again::first())
}

/// What was typed, without the steps of the way.
fn kept(typed: &Pairs) -> Vec<(String, String)> {
    typed
        .iter()
        .filter(|(name, _)| !matches!(*name, "_key" | "step" | "seen" | "accept"))
        .map(|(name, value)| pair(name, value))
        .collect()
}

pub(super) fn skipped_line(lang: Lang, it: &Skipped) -> String {
    let name = lang.pick(&it.by.name.0, &it.by.name.1);
    let day = date_long(lang, it.on);
    match it.by.why {
        Why::Holiday => format!("{}{name}", lang.before(&day)),
        Why::Period(kind) => {
            let what = format!("{name}{}", lang.aside(kind.label(lang)));
            format!("{}{what}", lang.before(&day))
        }
    }
}

/// What is said when more is planned than the module has hours.
fn more_than_hours(lang: Lang, offering: &Offering, minutes: i64) -> Option<Effect> {
    let whole = offering.minutes.saturating_add(minutes);
    if whole <= i64::from(offering.contact_hours) * 60 {
        return None;
    }
    let span = duration(u32::try_from(whole).unwrap_or(0), lang);
    let line = lang.tt_more_than_hours(&span, offering.contact_hours);
    Some(effect(lang.tt_hours(), vec![line], true))
}

fn preview(
    cx: &mut Cx<'_, '_>,
    (cohort, offering): (&Cohort, &Offering),
    planned: &Planned,
    refusal: Option<&str>,
) -> Result<Reply> {
    let lang = cx.lang();
    let plan = &planned.plan;
    let mut dates: Vec<String> = plan.slots.iter().map(|it| when(lang, it)).collect();
    dates.insert(0, lang.tt_plan_sum(plan.slots.len(), plan.minutes() / 60));
    let mut skipped: Vec<String> = plan
        .skipped
        .iter()
        .map(|it| skipped_line(lang, it))
        .collect();
    if skipped.is_empty() {
        skipped.push(lang.tt_no_skipped().to_owned());
    }
    let told = if planned.told == 0 {
        lang.tt_told_later().to_owned()
    } else {
        lang.tt_told_people(planned.told)
    };
    let mut effects = vec![
        effect(lang.tt_sessions(), dates, false),
        effect(lang.tt_skipped(), skipped, false),
        clash_effect(cx, &planned.clashes)?,
        effect(lang.cohorts_step_told(), vec![told], false),
    ];
    if let Some(more) = more_than_hours(lang, offering, plan.minutes()) {
        effects.insert(1, more);
    }
    if plan.left > 0 {
        let day = date_long(lang, cohort.ends_on);
        let line = lang.tt_does_not_fit(&day);
        effects.insert(1, effect(lang.tt_left(), vec![line], true));
    }
    let typed = kept(cx.visit.request.form());
    let mut back = form_urlencoded::Serializer::new(String::new());
    back.extend_pairs(typed.iter());
    let back = format!("{}/plan?{}", home(offering), back.finish());
    let mut hidden = typed;
    hidden.push(pair("step", "save"));
    hidden.push(pair("seen", &planned.fingerprint));
    if !planned.clashes.is_empty() {
        hidden.push(pair("accept", "yes"));
    }
    let spec = ConfirmSpec {
        title: lang.tt_plan_of(offering.name(lang)),
        crumbs: within(lang, cohort, offering),
        effects,
        refusal: refusal.map(str::to_owned),
        hidden,
        action: format!("{}/plan", home(offering)),
        submit: if planned.clashes.is_empty() {
            lang.tt_plan_now(plan.slots.len())
        } else {
            lang.tt_plan_anyway(plan.slots.len(), planned.clashes.len())
        },
        danger: !planned.clashes.is_empty(),
        back,
    };
    confirm_page(cx, if refusal.is_some() { 409 } else { 200 }, &spec)
}

/// POST `…/plan`: the first time the preview, then the act.
pub(super) fn plan(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, offering) = offering(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let pattern = pattern_from(&mut form, typed, (cohort.starts_on, cohort.ends_on));
    if let Err(error) = form.done() {
        let again = Again::from_error(error, cx.lang())?;
        return show(cx, (&cohort, &offering), typed, &again);
    }
    if typed.typed("step") != "save" {
        return previewed(cx, (&staff, &cohort, &offering), &pattern, None);
    }
    let seen = (typed.typed("seen"), typed.has("accept", "yes"));
    match actions::plan_sessions(cx.conn, &staff, offering.id, &pattern, seen) {
        Ok(_) => Ok(Reply::see_other(home(&offering)).flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            // What has changed is shown as it is now, and can be agreed to.
            let again = refused.code() == "preview_out_of_date";
            let said = (!again).then_some(text);
            previewed(cx, (&staff, &cohort, &offering), &pattern, said)
        }
        Err(other) => Err(other),
    }
}

fn previewed(
    cx: &mut Cx<'_, '_>,
    (staff, cohort, offering): (&CohortStaff, &Cohort, &Offering),
    pattern: &Pattern,
    refusal: Option<String>,
) -> Result<Reply> {
    use crate::lang::Say as _;
    let planned = actions::preview_plan(cx.conn, staff, offering.id, pattern)?;
    let refusal = refusal.or_else(|| {
        let nothing = planned.plan.slots.is_empty();
        nothing.then(|| TeachingRefusal::Nothing.say(cx.lang()))
    });
    preview(cx, (cohort, offering), &planned, refusal.as_deref())
}

/// A session's day and hours in a short line: for lists of few words.
pub(super) fn short(lang: Lang, it: &queries::ClassSession) -> String {
    format!(
        "{} {} {} {}",
        date_long(lang, hk_date(it.starts_at)),
        hours(&it.slot()),
        it.module_code,
        it.name(lang)
    )
}
