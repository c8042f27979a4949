//! The record of a placement: what it is, what can be done now, its checklist, what is missing, its history.

use askama::Template;

use crate::audit;
use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::{date, deadline, moment};
use crate::matches::rules::{PlacementState, PlacementStep, placement_step};
use crate::web::fields::History;
use crate::web::listing::Cell;
use crate::web::listing::Fact;
use crate::web::{Cx, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Agreement, Placement, PlacementTask, Seat, WorkStanding};
use super::super::rules::{AgreementState, Missing, Standing, TaskState, takes_agreement};
use super::{at, crumbs, name, one, tone};

/// A line of the checklist.
struct Line {
    name: String,
    href: Option<String>,
    owner: &'static str,
    due: String,
    late: bool,
    needed: bool,
    state: Cell,
    more: String,
}

#[derive(Template)]
#[template(path = "hosting/record.html")]
struct RecordPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    title: String,
    state: (&'static str, &'static str),
    note: String,
    acts: Vec<(String, String, bool)>,
    notice: Option<(String, String)>,
    missing: Vec<&'static str>,
    facts: Vec<Fact>,
    agreement: Vec<Fact>,
    standing: Vec<Fact>,
    lines: Vec<Line>,
    history: History,
}

fn day(lang: Lang, it: Option<chrono::NaiveDate>) -> String {
    it.map_or("–".to_owned(), |day| date(lang, day))
}

fn facts(lang: Lang, seat: &Seat, it: &Placement) -> Result<Vec<Fact>> {
    let mut all = vec![
        Fact::new(lang.hst_institution(), it.organisation(lang)),
        Fact::new(lang.hst_posting(), it.title(lang)?),
        Fact::new(
            lang.hst_period(),
            lang.hst_from_to(&day(lang, it.starts_on), &day(lang, it.ends_on)),
        ),
    ];
    if let Some(hours) = it.hours_week {
        all.push(Fact::new(lang.hst_hours_week(), hours.to_string()));
    }
    if !it.supervisor_name.is_empty() {
        let supervisor = match seat {
            Seat::Trainee(_) => it.supervisor_name.clone(),
            Seat::Office(_) | Seat::Host(_) => {
                format!("{}\n{}", it.supervisor_name, it.supervisor_email)
            }
        };
        all.push(Fact::new(lang.hst_supervisor(), supervisor));
    }
    if let (PlacementState::Offered, Some(until)) = (it.state()?, it.answer_by) {
        all.push(Fact::new(lang.hst_answer_by(), deadline(lang, until)));
    }
    if !it.reason.is_empty() {
        let reason = match it.reason.as_str() {
            "lapsed" => lang.hst_reason_lapsed().to_owned(),
            other => other.to_owned(),
        };
        all.push(Fact::new(lang.hst_reason(), reason));
    }
    Ok(all)
}

/// What the reader can do now: address, label, whether it is the one thing to do.
fn acts(
    lang: Lang,
    seat: &Seat,
    it: &Placement,
    (ready, open): (bool, Option<&Agreement>),
) -> Result<Vec<(String, String, bool)>> {
    let state = it.state()?;
    let at = at(seat, it.id);
    let mut all = Vec::new();
    let mut act = |place: &str, label: &str, first: bool| {
        all.push((format!("{at}/{place}"), label.to_owned(), first));
    };
    if crate::hosting::rules::has_begun(state) {
        act("logs", lang.sup_title(), open.is_none());
    }
    if open.is_some() {
        act("agreement", lang.hst_read_and_sign(), true);
    }
    match seat {
        Seat::Trainee(_) => {
            if state == PlacementState::Offered {
                act("steps/accept", lang.hst_accept(), true);
            }
            if placement_step(state, PlacementStep::TraineeWithdraws).is_ok() {
                act("steps/decline", lang.hst_decline(), false);
            }
        }
        Seat::Host(_) | Seat::Office(_) => {
            if state == PlacementState::Onboarding {
                act("steps/report", lang.hst_report(), ready);
            }
            if placement_step(state, PlacementStep::HostWithdraws).is_ok() {
                act("steps/withdraw", lang.hst_withdraw(), false);
            }
            act("supervisor", lang.hst_change_supervisor(), false);
        }
    }
    if let Seat::Office(_) = seat {
        if takes_agreement(state) {
            act(
                "terms",
                lang.hst_prepare(),
                state == PlacementState::Accepted && open.is_none(),
            );
            act("standing", lang.hst_decide_standing(), false);
        }
        if state == PlacementState::WithdrawnByTrainee {
            act("steps/offer-again", lang.hst_offer_again(), false);
        }
    }
    Ok(all)
}

fn line(
    lang: Lang,
    seat: &Seat,
    it: &Placement,
    (task, today): (&PlacementTask, chrono::NaiveDate),
) -> Result<Line> {
    let state = task.state()?;
    let owner = task.owner()?;
    let mine = owner == seat.owner() || matches!(seat, Seat::Office(_));
    let tone = match state {
        TaskState::Open => "wait",
        TaskState::Done => "ok",
        TaskState::Waived => "end",
    };
    let mut more: Vec<String> = Vec::new();
    more.extend(task.held_on.map(|day| date(lang, day)));
    more.extend(Some(task.note.clone()).filter(|it| !it.is_empty()));
    Ok(Line {
        name: task.name(lang).to_owned(),
        href: mine.then(|| format!("{}/tasks/{}", at(seat, it.id), task.id)),
        owner: owner.label(lang),
        due: date(lang, task.due_on),
        late: state == TaskState::Open && task.due_on < today,
        needed: task.needed,
        state: Cell::tag(state.label(lang), tone),
        more: more.join(" · "),
    })
}

fn agreement_facts(lang: Lang, at: &str, all: &[Agreement]) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for it in all {
        let state = it.state()?;
        let label = lang.hst_agreement_number(it.number);
        let words = match it.signed_at {
            Some(when) => lang.hst_signed_on(&moment(lang, when)),
            None => state.label(lang).to_owned(),
        };
        facts.push(match state {
            AgreementState::Void => Fact::new(label, words),
            AgreementState::Signing | AgreementState::Signed => {
                Fact::link(label, words, format!("{at}/agreement"))
            }
        });
    }
    Ok(facts)
}

fn standing_facts(
    lang: Lang,
    seat: &Seat,
    at: &str,
    it: Option<&WorkStanding>,
) -> Result<Vec<Fact>> {
    let Some(it) = it else {
        return Ok(Vec::new());
    };
    let kind = it.kind()?;
    let mut facts = vec![Fact::new(lang.hst_standing(), kind.label(lang))];
    if kind == Standing::WorkExperience {
        let words = match it.declared_at {
            Some(when) => lang.hst_declared_by(&it.declared_name, &moment(lang, when)),
            None => lang.hst_declaration_waits().to_owned(),
        };
        facts.push(match seat {
            Seat::Trainee(_) => Fact::link(
                lang.hst_declaration_title(),
                words,
                format!("{at}/declaration"),
            ),
            Seat::Office(_) | Seat::Host(_) => Fact::new(lang.hst_declaration_title(), words),
        });
    }
    Ok(facts)
}

/// GET the record.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (seat, it) = one(cx)?;
    let lang = cx.lang();
    let state = it.state()?;
    let place = at(&seat, it.id);
    let before = takes_agreement(state)
        && !matches!(
            state,
            PlacementState::ReportedForDuty | PlacementState::Active | PlacementState::MidReview
        );
    let missing: Vec<Missing> = match before {
        true => actions::gate(cx.conn, &it)?,
        false => Vec::new(),
    };
    let agreements = queries::agreements(cx.conn, &it)?;
    let unsigned = queries::to_sign(cx.conn, &seat, &agreements)?;
    let standing = queries::standing(cx.conn, &it)?;
    let today = crate::lang::format::hk_date(crate::db::now(cx.conn)?);
    let tasks = queries::tasks(cx.conn, &it)?;
    let lines = tasks
        .iter()
        .map(|task| line(lang, &seat, &it, (task, today)))
        .collect::<Result<_>>()?;
    let title = name(lang, &seat, &it);
    let notice = match (&seat, state) {
        (Seat::Trainee(_), PlacementState::Offered) => Some((
            lang.hst_you_are_placed().to_owned(),
            lang.hst_you_are_placed_more().to_owned(),
        )),
        _ => None,
    };
    let page = RecordPage {
        shell: cx.shell(title.clone()),
        crumbs: crumbs(lang, &seat, Vec::new()),
        title,
        state: (state.label(lang), tone(state)),
        note: it.trainee_number.clone(),
        acts: acts(lang, &seat, &it, (missing.is_empty(), unsigned))?,
        notice,
        missing: missing.iter().map(|it| it.label(lang)).collect(),
        facts: facts(lang, &seat, &it)?,
        agreement: agreement_facts(lang, &place, &agreements)?,
        standing: standing_facts(lang, &seat, &place, standing.as_ref())?,
        lines,
        history: audit::shown(cx.conn, it.id.0, lang, format!("{place}/history"))?,
    };
    cx.visit.page(&page)
}

/// GET the history as a file.
pub(super) fn history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    audit::file(cx.visit, "placement-history", it.id.0)
}
