//! Bulk actions on a cohort's applications: always a preview first, which says who is affected and
//! who is skipped and why; the act looks again, under lock, and reports what it did.

use std::collections::BTreeSet;

use askama::Template;

use crate::access::{self, CohortStaff, STAFF};
use crate::applications::desk_actions;
use crate::applications::desk_list::{Filter, current};
use crate::applications::desk_pages::{table, with_query};
use crate::applications::desk_queries::{self, Candidate};
use crate::applications::rules::{Decision, Event, State, next};
use crate::cohorts;
use crate::error::{Error, FieldError, Result};
use crate::ids::{ApplicationId, CohortId, PersonId};
use crate::lang::{Lang, Say as _};
use crate::offers::actions as decisions;
use crate::reviews::actions as reviews;
use crate::reviews::rules::allot::AssignRefusal;
use crate::web::exports::Kind;
use crate::web::forms::Mistakes;
use crate::web::{Cx, Reply, Routes, Shell};

/// The routes of bulk actions.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .post("/cohorts/{cohort}/applications/bulk", STAFF, preview)
        .post("/cohorts/{cohort}/applications/bulk/do", STAFF, carry_out)
}

/// Applications that one bulk action takes at most.
const MOST: i64 = 2_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Assign,
    StartReview,
    Decide(Decision),
    Undo,
    Export(Kind),
}

impl Act {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "assign" => Some(Self::Assign),
            "start_review" => Some(Self::StartReview),
            "undo" => Some(Self::Undo),
            word => Kind::parse(word)
                .map(Self::Export)
                .or_else(|| Decision::parse(word).map(Self::Decide)),
        }
    }

    fn title(self, lang: Lang) -> String {
        match self {
            Self::Assign => lang.desk_act_assign().to_owned(),
            Self::StartReview => lang.desk_act_start().to_owned(),
            Self::Decide(decision) => lang.desk_bulk_decide(decision.label(lang)),
            Self::Undo => lang.desk_act_undo().to_owned(),
            Self::Export(_) => lang.desk_act_csv().to_owned(),
        }
    }

    /// Must a reason be given?
    fn wants_reason(self) -> bool {
        matches!(self, Self::Decide(Decision::Reject | Decision::Ineligible))
    }
}

/// One application: what happens to it, or why nothing does.
struct Fate {
    id: ApplicationId,
    reference: String,
    name: String,
    happens: bool,
    words: String,
}

impl Fate {
    fn new(candidate: &Candidate, outcome: Result<String, String>) -> Self {
        Self {
            id: candidate.id,
            reference: candidate.reference.clone(),
            name: candidate.name_shown.clone(),
            happens: outcome.is_ok(),
            words: outcome.unwrap_or_else(|why| why),
        }
    }
}

/// A reviewer who can be chosen.
struct ReviewerChoice {
    id: PersonId,
    name: String,
    open: i64,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "desks/bulk.html")]
struct BulkPage {
    shell: Shell,
    cohort: CohortId,
    query: String,
    act: String,
    title: String,
    done: bool,
    affected: Vec<Fate>,
    skipped: Vec<Fate>,
    ids: Vec<ApplicationId>,
    assign: bool,
    reviewers: Vec<ReviewerChoice>,
    wanted: usize,
    reason_wanted: bool,
    decide: bool,
    reason: String,
    letters: i64,
    mistakes: Mistakes,
    button: String,
}

/// What a form asks for.
struct Wanted {
    act: Act,
    word: String,
    ids: Vec<ApplicationId>,
    too_many: bool,
    reviewers: Option<BTreeSet<PersonId>>,
    each: usize,
    reason: String,
}

fn read(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<Wanted> {
    let form = cx.request().form().clone();
    let word = form.typed("do").to_owned();
    let act = Act::parse(&word)
        .ok_or_else(|| Error::field("do", "choice", |lang| lang.form_choice().to_owned()))?;
    let ids = if form.typed("all") == "yes" {
        let query = cx.request().query.clone();
        let filter = Filter::read(|name| query.get(name));
        desk_queries::ids(cx.conn, staff, &filter, MOST + 1)?
    } else {
        let mut ids: Vec<ApplicationId> = form.all("id").filter_map(|id| id.parse().ok()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let too_many = i64::try_from(ids.len()).unwrap_or(i64::MAX) > MOST;
    let chosen = form.has("chosen", "yes").then(|| {
        form.all("reviewer")
            .filter_map(|it| it.parse().ok())
            .collect()
    });
    let each = form.typed("each").parse::<usize>().unwrap_or(2).clamp(1, 5);
    Ok(Wanted {
        act,
        word,
        ids: if too_many { Vec::new() } else { ids },
        too_many,
        reviewers: chosen,
        each,
        reason: form.typed("reason").trim().replace("\r\n", "\n"),
    })
}

/// What is wrong with the form as a whole.
fn mistakes(wanted: &Wanted) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if wanted.too_many {
        errors.push(FieldError::new("id", "too_many", |lang| {
            lang.desk_bulk_too_many(MOST)
        }));
    } else if wanted.ids.is_empty() {
        errors.push(FieldError::new("id", "required", |lang| {
            lang.desk_bulk_nobody().to_owned()
        }));
    }
    if wanted.act == Act::Assign && wanted.reviewers.as_ref().is_some_and(BTreeSet::is_empty) {
        errors.push(FieldError::new("reviewers", "required", |lang| {
            lang.desk_bulk_no_reviewer().to_owned()
        }));
    }
    if wanted.act.wants_reason() && wanted.reason.is_empty() {
        errors.push(FieldError::new("reason", "required", |lang| {
            lang.desk_reason_wanted().to_owned()
        }));
    }
    if wanted.reason.chars().count() > 1_000 {
        errors.push(FieldError::new("reason", "too_long", |lang| {
            lang.form_too_long(1_000)
        }));
    }
    errors
}

fn preview(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = access::cohort_staff(cx.conn, cx.request().param::<CohortId>("cohort")?)?;
    let wanted = read(cx, &staff)?;
    // Every id must be of this cohort: another's is not found.
    access::applications_staff(cx.conn, &staff, &wanted.ids)?;
    if let Act::Export(kind) = wanted.act {
        let query = cx.request().query.clone();
        let filter = Filter {
            only: Some(wanted.ids.iter().map(|id| id.0).collect()),
            ..Filter::read(|name| {
                if name == "sort" {
                    query.get(name)
                } else {
                    None
                }
            })
        };
        return table(cx, staff.cohort(), filter, kind);
    }
    let errors: Vec<FieldError> = mistakes(&wanted)
        .into_iter()
        // The reason is asked for on this very page.
        .filter(|it| it.field != "reason")
        .collect();
    page(cx, &staff, &wanted, &errors)
}

/// The page of what would happen.
fn page(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    wanted: &Wanted,
    errors: &[FieldError],
) -> Result<Reply> {
    let lang = cx.lang();
    let (fates, reviewers, letters) = if wanted.act == Act::Assign {
        foresee_assignment(cx, staff, wanted, false)?
    } else {
        let candidates = desk_queries::candidates(cx.conn, staff, &wanted.ids, false)?;
        let fates = candidates
            .iter()
            .map(|it| Fate::new(it, foresee(wanted.act, it, lang)))
            .collect();
        (fates, Vec::new(), 0)
    };
    let status = if errors.is_empty() { 200 } else { 422 };
    show(
        cx,
        staff,
        wanted,
        (fates, reviewers, letters),
        errors,
        status,
        false,
    )
}

type Foreseen = (Vec<Fate>, Vec<ReviewerChoice>, i64);

fn show(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    wanted: &Wanted,
    (fates, reviewers, letters): Foreseen,
    errors: &[FieldError],
    status: u16,
    done: bool,
) -> Result<Reply> {
    let lang = cx.lang();
    let (affected, skipped): (Vec<Fate>, Vec<Fate>) = fates.into_iter().partition(|it| it.happens);
    let many = i64::try_from(affected.len()).unwrap_or(i64::MAX);
    let title = wanted.act.title(lang);
    let shell = cx.shell(if done {
        lang.desk_bulk_done_title(&title)
    } else {
        title.clone()
    });
    cx.visit.page_with(
        status,
        &BulkPage {
            shell,
            cohort: staff.cohort(),
            query: cx.request().query.with(&[("after", "")]),
            act: wanted.word.clone(),
            button: lang.desk_bulk_button(&title, many),
            title,
            done,
            affected,
            skipped,
            ids: wanted.ids.clone(),
            assign: wanted.act == Act::Assign,
            reviewers,
            wanted: wanted.each,
            reason_wanted: wanted.act.wants_reason(),
            decide: matches!(wanted.act, Act::Decide(_)),
            reason: wanted.reason.clone(),
            letters,
            mistakes: Mistakes::new(errors, lang).labelled(&[
                ("each", lang.desk_bulk_each()),
                ("reason", lang.desk_reason()),
            ]),
        },
    )
}

fn event(act: Act) -> Option<Event> {
    match act {
        Act::StartReview => Some(Event::StartReview),
        Act::Decide(decision) => Some(Event::Decide(decision)),
        Act::Undo => Some(Event::UndoDecision),
        Act::Assign | Act::Export(_) => None,
    }
}

/// What the rule says of one application.
fn foresee(act: Act, candidate: &Candidate, lang: Lang) -> Result<String, String> {
    let released = candidate.released_at.is_some();
    let state =
        current(&candidate.state, candidate.decision.as_deref(), released).unwrap_or(State::Draft);
    let Some(event) = event(act) else {
        return Err(String::new());
    };
    match (next(state, event, false), state) {
        (Ok(after), before) if after == before => Err(lang.desk_bulk_already().to_owned()),
        (Ok(State::Decided(decision)), State::Decided(before)) => {
            Ok(lang.desk_bulk_instead(decision.label(lang), before.label(lang)))
        }
        (Ok(State::Decided(decision)), _) => Ok(lang.desk_pending(decision.label(lang))),
        (Ok(after), _) => Ok(after.label(lang).to_owned()),
        (Err(refusal), _) => Err(refusal.say(lang)),
    }
}

fn foresee_assignment(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    wanted: &Wanted,
    act: bool,
) -> Result<Foreseen> {
    let lang = cx.lang();
    let plan = reviews::plan(
        cx.conn,
        staff,
        &wanted.ids,
        wanted.reviewers.as_ref(),
        wanted.each,
        act,
    )?;
    if act {
        reviews::assign_all(cx.conn, staff, &plan)?;
    }
    let name = |person: &PersonId| {
        plan.reviewers
            .iter()
            .find(|it| it.id == *person)
            .map(|it| it.name.clone())
            .unwrap_or_default()
    };
    let mut told: BTreeSet<PersonId> = BTreeSet::new();
    let mut fates = Vec::new();
    for (candidate, allotment) in plan.candidates.iter().zip(&plan.allotments) {
        told.extend(&allotment.given);
        let given: Vec<String> = allotment.given.iter().map(name).collect();
        let mut words = vec![given.join(lang.desk_comma())];
        words.extend(allotment.short.map(|it| it.say(lang)));
        // An interest matters to the reader where it leaves an application with too few.
        if allotment.short == Some(AssignRefusal::NobodyLeft) {
            words.extend(
                allotment
                    .conflicts
                    .iter()
                    .map(|(person, why)| lang.desk_bulk_conflict(&name(person), &why.say(lang))),
            );
        }
        words.retain(|it| !it.is_empty());
        let words = words.join(" ");
        let outcome = if given.is_empty() {
            Err(words)
        } else {
            Ok(words)
        };
        fates.push(Fate::new(candidate, outcome));
    }
    let reviewers = plan
        .reviewers
        .iter()
        .map(|it| ReviewerChoice {
            id: it.id,
            name: it.name.clone(),
            open: plan.open.get(&it.id).copied().unwrap_or(0),
            chosen: wanted
                .reviewers
                .as_ref()
                .is_none_or(|chosen| chosen.contains(&it.id)),
        })
        .collect();
    Ok((fates, reviewers, i64::try_from(told.len()).unwrap_or(0)))
}

fn carry_out(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = access::cohort_staff(cx.conn, cx.request().param::<CohortId>("cohort")?)?;
    let wanted = read(cx, &staff)?;
    let proofs = access::applications_staff(cx.conn, &staff, &wanted.ids)?;
    let errors = mistakes(&wanted);
    if !errors.is_empty() {
        return page(cx, &staff, &wanted, &errors);
    }
    let foreseen = match wanted.act {
        Act::Export(_) => return Err(Error::NotFound),
        Act::Assign => foresee_assignment(cx, &staff, &wanted, true)?,
        act => {
            // The order of locks everywhere: cohort, then applications by id.
            cohorts::queries::lock(cx.conn, &staff)?;
            let candidates = desk_queries::candidates(cx.conn, &staff, &wanted.ids, true)?;
            let reason = (!wanted.reason.is_empty()).then_some(wanted.reason.as_str());
            let mut fates = Vec::new();
            for candidate in &candidates {
                let outcome = foresee(act, candidate, lang);
                let proof = proofs.iter().find(|it| it.application() == candidate.id);
                if let (Ok(_), Some(proof)) = (&outcome, proof) {
                    match act {
                        Act::StartReview => desk_actions::start_review(cx.conn, proof)?,
                        Act::Decide(decision) => {
                            decisions::decide(cx.conn, proof, decision, reason)?;
                        }
                        Act::Undo => decisions::undo_decision(cx.conn, proof)?,
                        Act::Assign | Act::Export(_) => {}
                    }
                }
                fates.push(Fate::new(candidate, outcome));
            }
            (fates, Vec::new(), 0)
        }
    };
    show(cx, &staff, &wanted, foreseen, &[], 200, true)
}

impl BulkPage {
    /// The list, with its filters.
    fn back(&self) -> String {
        with_query(
            format!("/cohorts/{}/applications", self.cohort),
            &self.query,
        )
    }
}
