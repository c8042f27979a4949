//! A person's own page: each application in words, and the one next step.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::access;
use crate::applications::rules::State;
use crate::assessment::queries as assessment;
use crate::at_risk::queries as at_risk;
use crate::cohorts::rules::CohortState;
use crate::db::{self, Task};
use crate::desks::queries::me::{self as rows, Mine};
use crate::desks::queries::public;
use crate::desks::rules::{CallState, call_state};
use crate::enrolments::rules::EnrolmentState;
use crate::error::{Error, Result};
use crate::ids::EnrolmentId;
use crate::lang::Lang;
use crate::lang::format::{count, deadline};
use crate::offers::rules::OfferState;
use crate::web::{Cx, Reply, Shell};

use super::learning::{Item, Learning, latest_letters, learning};
use super::placed::{Placed, placed};
use super::public::as_public;
use super::public_parts::CallCard;

/// The one thing that the reader can do now.
struct Next {
    href: String,
    label: &'static str,
}

struct Affair {
    cohort: String,
    reference: String,
    href: String,
    tag: &'static str,
    state: String,
    told: String,
    /// Does it wait for the reader?
    now: bool,
    until: Option<String>,
    position: Option<String>,
    trainee_number: Option<String>,
    /// What one who takes part, or has completed, needs to know.
    learning: Option<Learning>,
    next: Option<Next>,
}

#[derive(Template)]
#[template(path = "desks/me.html")]
struct Me {
    shell: Shell,
    /// The latest letters to a trainee.
    letters: Vec<Item>,
    placed: Vec<Placed>,
    affairs: Vec<Affair>,
    calls: Vec<CallCard>,
    /// Has the office something to say about how the reader is doing?
    help: bool,
}

/// The home of an applicant or trainee.
pub(in crate::desks) fn home(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let mine = rows::applications(cx.conn, &own)?;
    let now = db::now(cx.conn)?;
    let learns = mine.iter().any(|it| takes_part(it).is_some());
    let (assessed, letters) = if learns {
        (
            assessment::own_all(cx.conn, &own)?,
            latest_letters(cx, &own)?,
        )
    } else {
        (Vec::new(), Vec::new())
    };
    let mut affairs = Vec::with_capacity(mine.len());
    for application in &mine {
        let position = match application.rank {
            Some(_) => Some(cx.conn.elevate(Task::Report, |conn| {
                let report = access::working(conn, Task::Report)?;
                rows::waitlist_position(conn, &report, &own, application.id)
            })?),
            None => None,
        };
        let mut affair = affair(application, position, now, lang)?;
        if let Some(enrolment) = takes_part(application) {
            affair.learning = Some(learning(cx, &own, (enrolment, &assessed), now)?);
        }
        affairs.push(affair);
    }
    // What waits for the reader comes first.
    affairs.sort_by_key(|affair| !affair.now);
    let calls = as_public(cx, public::calls)?;
    let calls = calls
        .iter()
        .filter(|cohort| !mine.iter().any(|m| m.cohort_id == cohort.id))
        .map(|cohort| CallCard::new(cohort, lang, now))
        .filter(|card| card.as_ref().map_or(true, |card| card.open))
        .collect::<Result<_>>()?;
    let page = Me {
        shell: cx.shell(if learns {
            lang.learning_more()
        } else {
            lang.apply_my_applications()
        }),
        help: learns && concerns(cx, &own)?,
        letters,
        placed: if learns {
            placed(cx, &own)?
        } else {
            Vec::new()
        },
        affairs,
        calls,
    };
    cx.visit.page(&page)
}

/// The enrolment of one who takes part, or has completed.
/// Does a case say something of the reader now?
fn concerns(cx: &mut Cx<'_, '_>, own: &access::Own) -> Result<bool> {
    let cases = at_risk::own(cx.conn, own)?;
    let says = |it: &at_risk::Own| it.reasons.as_array().is_some_and(|all| !all.is_empty());
    Ok(cases
        .iter()
        .any(|it| it.closed_at.is_none() && !it.resting && says(it)))
}

fn takes_part(mine: &Mine) -> Option<EnrolmentId> {
    let state = EnrolmentState::parse(mine.enrolment_state.as_deref()?)?;
    let takes_part = matches!(
        state,
        EnrolmentState::Enrolled
            | EnrolmentState::Active
            | EnrolmentState::Suspended
            | EnrolmentState::Completed
    );
    mine.enrolment_id.filter(|_| takes_part)
}

/// The state of the column, as the rules know it.
fn state(mine: &Mine) -> Result<State> {
    State::parse(&mine.state, None)
        .or_else(|| State::parse("released", Some(&mine.state)))
        .ok_or_else(|| Error::Internal(format!("application state {}", mine.state)))
}

/// Shape of a state's tag.
pub(super) fn tag(word: &str) -> &'static str {
    match word {
        "submitted" | "under_review" | "offered" | "deferred" => "wait",
        "enrolled" => "ok",
        "rejected" | "ineligible" | "withdrawn" | "declined" | "lapsed" => "bad",
        _ => "",
    }
}

fn affair(mine: &Mine, position: Option<i64>, now: DateTime<Utc>, lang: Lang) -> Result<Affair> {
    let state = state(mine)?;
    let mut affair = Affair {
        cohort: lang.pick(&mine.cohort_en, &mine.cohort_zh).clone(),
        reference: mine.reference.clone(),
        href: format!("/me/applications/{}", mine.id),
        tag: tag(&mine.state),
        state: state.label(lang).to_owned(),
        told: state.what_comes_next(lang).to_owned(),
        now: false,
        until: None,
        position: position.map(count),
        trainee_number: mine.trainee_number.clone(),
        learning: None,
        next: None,
    };
    let offer = mine.offer_state.as_deref().and_then(OfferState::parse);
    match (mine.enrolment_id, offer, mine.offer_id) {
        (Some(enrolment), _, _) => enrolled(&mut affair, mine, enrolment, lang),
        (None, Some(OfferState::Open), Some(id)) => {
            let in_time = mine.expires_at.is_some_and(|at| now < at);
            affair.until = mine.expires_at.map(|at| deadline(lang, at));
            if in_time {
                affair.now = true;
                affair.next = next(format!("/me/offers/{id}"), lang.desk_me_answer());
            } else {
                lang.desk_me_too_late().clone_into(&mut affair.told);
            }
        }
        (None, Some(OfferState::Accepted), Some(id)) => {
            affair.now = true;
            lang.desk_me_accepted().clone_into(&mut affair.told);
            affair.next = next(format!("/me/enrol/{id}"), lang.desk_me_enrol());
        }
        (None, _, _) if state == State::Draft => draft(&mut affair, mine, now, lang)?,
        (None, _, _) => {}
    }
    Ok(affair)
}

fn next(href: String, label: &'static str) -> Option<Next> {
    Some(Next { href, label })
}

fn enrolled(affair: &mut Affair, mine: &Mine, enrolment: EnrolmentId, lang: Lang) {
    let state = mine
        .enrolment_state
        .as_deref()
        .and_then(EnrolmentState::parse);
    if let Some(state) = state {
        affair.state = state.label(lang).to_owned();
        affair.tag = match state {
            EnrolmentState::Enrolled | EnrolmentState::Completed => "ok",
            EnrolmentState::Active => "go",
            EnrolmentState::Deferred | EnrolmentState::Suspended => "wait",
            EnrolmentState::Withdrawn | EnrolmentState::Failed => "bad",
        };
        if !matches!(state, EnrolmentState::Enrolled | EnrolmentState::Active) {
            affair.told = String::new();
        }
    }
    affair.next = next(
        format!("/me/enrolments/{enrolment}"),
        lang.desk_me_trainee_page(),
    );
}

fn draft(affair: &mut Affair, mine: &Mine, now: DateTime<Utc>, lang: Lang) -> Result<()> {
    let cohort = CohortState::parse(&mine.cohort_state)
        .ok_or_else(|| Error::Internal(format!("cohort state {}", mine.cohort_state)))?;
    affair.until = Some(deadline(lang, mine.closes_at));
    match call_state(cohort, mine.opens_at, mine.closes_at, now) {
        CallState::Open => {
            affair.now = true;
            affair.next = next(affair.href.clone(), lang.desk_me_continue());
        }
        CallState::NotYetOpen | CallState::Closed => {
            lang.desk_me_draft_closed().clone_into(&mut affair.told);
        }
        CallState::Cancelled => {
            affair.until = None;
            lang.site_call_told_cancelled().clone_into(&mut affair.told);
        }
    }
    Ok(())
}
