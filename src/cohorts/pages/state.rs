//! The steps of a cohort: what the next one does, who is told, and the confirmation.

use askama::Template;

use crate::access::CohortStaff;
use crate::db::now;
use crate::error::{Error, Result};
use crate::lang::Lang;
use crate::lang::format::{date, deadline, hk_date};
use crate::web::fields::{ConfirmSpec, Effect, History, confirm_page};
use crate::web::{Cx, Form, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Cohort};
use super::super::rules::{self, CohortEvent, CohortState};
use super::{cohort, crumbs, date_warnings, history, tone};

/// A state on the way, as the strip of steps shows it.
struct Stage {
    label: &'static str,
    done: bool,
    now: bool,
}

#[derive(Template)]
#[template(path = "cohorts/state.html")]
struct StatePage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: Cohort,
    tab: &'static str,
    tone: &'static str,
    state: &'static str,
    stages: Vec<Stage>,
    next: Option<(String, String)>,
    effects: Vec<Effect>,
    refusal: Option<String>,
    cancel: Option<String>,
    history: History,
}

/// The states of a cohort that is not cancelled, in their order.
const WAY: [CohortState; 7] = [
    CohortState::Planned,
    CohortState::Open,
    CohortState::Reviewing,
    CohortState::Offering,
    CohortState::Running,
    CohortState::Completed,
    CohortState::Archived,
];

fn stages(lang: Lang, state: CohortState) -> Vec<Stage> {
    let here = WAY.iter().position(|s| *s == state);
    WAY.iter()
        .enumerate()
        .map(|(at, stage)| Stage {
            label: stage.label(lang),
            done: here.is_some_and(|here| at < here),
            now: here == Some(at),
        })
        .collect()
}

/// The step forward that this state allows, if there is one.
fn forward(state: CohortState) -> Option<CohortEvent> {
    CohortEvent::ALL
        .iter()
        .copied()
        .find(|event| *event != CohortEvent::Cancel && rules::next(state, *event).is_ok())
}

/// What a step does, who is told, what cannot be undone.
fn effects(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    cohort: &Cohort,
    event: CohortEvent,
) -> Result<Vec<Effect>> {
    let lang = cx.lang();
    let mut told = vec![lang.cohorts_told_nobody().to_owned()];
    let mut hard = vec![lang.cohorts_no_way_back().to_owned()];
    let does = match event {
        CohortEvent::Open => {
            hard.push(lang.cohorts_open_hard().to_owned());
            let pools = queries::pools(cx.conn, staff)?;
            let seats = pools.iter().map(|pool| i64::from(pool.capacity)).sum();
            let mut lines = vec![
                lang.cohorts_open_does().to_owned(),
                lang.cohorts_open_seats_now(seats),
            ];
            lines.extend(date_warnings(cx, staff, cohort)?);
            lines
        }
        CohortEvent::CloseCall => {
            let waiting = queries::applicants_alive(cx.conn, staff, Some("submitted"))?;
            let mut lines = vec![
                lang.cohorts_close_does().to_owned(),
                lang.cohorts_close_waiting(waiting),
            ];
            if now(cx.conn)? < cohort.closes_at {
                lines.push(lang.cohorts_step_early(&deadline(lang, cohort.closes_at)));
            }
            lines
        }
        CohortEvent::BeginOffers => vec![lang.cohorts_offer_does().to_owned()],
        CohortEvent::Start => vec![lang.cohorts_start_does().to_owned()],
        CohortEvent::Complete => {
            let mut lines = vec![lang.cohorts_complete_does().to_owned()];
            let (_, last) = queries::class_days(cx.conn, staff)?;
            let today = hk_date(now(cx.conn)?);
            if let Some(last) = last.filter(|it| *it >= today) {
                lines.push(lang.cohorts_complete_ahead(&date(lang, last)));
            }
            lines
        }
        CohortEvent::Archive => vec![lang.cohorts_archive_does().to_owned()],
        CohortEvent::Cancel => {
            let alive = queries::applicants_alive(cx.conn, staff, None)?;
            told = vec![lang.cohorts_told_cancel(alive)];
            hard = vec![lang.cohorts_cancel_hard().to_owned()];
            vec![lang.cohorts_cancel_does().to_owned()]
        }
    };
    let effect = |heading: &str, lines: Vec<String>, hard: bool| Effect {
        heading: heading.to_owned(),
        lines,
        hard,
    };
    Ok(vec![
        effect(lang.cohorts_step_happens(), does, false),
        effect(lang.cohorts_step_told(), told, false),
        effect(lang.cohorts_step_hard(), hard, true),
    ])
}

/// Why the step cannot be taken now, in words.
fn refusal(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    state: CohortState,
    event: CohortEvent,
) -> Result<Option<String>> {
    let checked = match rules::next(state, event) {
        Err(refused) => Err(Error::from(refused)),
        Ok(_) if event == CohortEvent::Open => actions::ready_to_open(cx.conn, staff),
        Ok(_) => Ok(()),
    };
    match checked {
        Ok(()) => Ok(None),
        Err(Error::Refused(refused)) => Ok(Some(refused.say(cx.lang()))),
        Err(other) => Err(other),
    }
}

/// GET `/cohorts/{cohort}/state`; with `?step=` the confirmation of that step.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let lang = cx.lang();
    let asked = cx.request().query.get("step").map(str::to_owned);
    if let Some(asked) = asked {
        let event = CohortEvent::parse(&asked).ok_or(Error::NotFound)?;
        return confirm(cx, &staff, &cohort, event, 200, None);
    }
    let state = cohort.state()?;
    let step = forward(state);
    let (effects, refusal) = match step {
        Some(event) => (
            effects(cx, &staff, &cohort, event)?,
            refusal(cx, &staff, state, event)?,
        ),
        None => (Vec::new(), None),
    };
    let link = |event: CohortEvent| format!("/cohorts/{}/state?step={}", cohort.id, event.as_str());
    let cancel = rules::next(state, CohortEvent::Cancel)
        .is_ok()
        .then(|| link(CohortEvent::Cancel));
    let history = history(cx, &cohort)?;
    let title = format!("{} – {}", lang.cohorts_steps(), cohort.name(lang));
    cx.visit.page(&StatePage {
        shell: cx.shell(title),
        crumbs: crumbs(lang, Some(&cohort)),
        tab: "state",
        tone: tone(state),
        state: state.label(lang),
        stages: stages(lang, state),
        next: step.map(|event| (link(event), event.label(lang).to_owned())),
        effects,
        refusal,
        cancel,
        history,
        cohort,
    })
}

fn confirm(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    cohort: &Cohort,
    event: CohortEvent,
    status: u16,
    refused: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let refusal = match refused {
        Some(text) => Some(text),
        None => refusal(cx, staff, cohort.state()?, event)?,
    };
    let spec = ConfirmSpec {
        title: lang.cohorts_step_confirm(event.label(lang), cohort.name(lang)),
        crumbs: crumbs(lang, Some(cohort)),
        effects: effects(cx, staff, cohort, event)?,
        refusal,
        hidden: vec![("step".to_owned(), event.as_str().to_owned())],
        action: format!("/cohorts/{}/state", cohort.id),
        submit: event.label(lang).to_owned(),
        danger: event == CohortEvent::Cancel,
        back: format!("/cohorts/{}/state", cohort.id),
    };
    confirm_page(cx, status, &spec)
}

/// POST `/cohorts/{cohort}/state`.
pub(super) fn step(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let event = form.choice("step", CohortEvent::parse);
    form.done()?;
    let event = event.ok_or(Error::NotFound)?;
    match actions::step(cx.conn, &staff, event) {
        Ok(_) => Ok(Reply::see_other(format!("/cohorts/{}/state", cohort.id)).flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            confirm(cx, &staff, &cohort, event, 409, Some(text))
        }
        Err(other) => Err(other),
    }
}
