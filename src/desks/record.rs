//! One application whole, for staff: what the applicant wrote, what reviewers say, notes, the
//! decision, what became of it, letters, history, and its neighbours in the list.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::access::{self, STAFF};
use crate::applications::desk_list::{Filter, disagrees};
use crate::applications::desk_pages::{self, Shown, points, source_label, with_query};
use crate::applications::desk_queries::{self, Note};
use crate::applications::desk_record::{self, Record, Sent};
use crate::applications::rules::{Decision, Event, State, next};
use crate::audit;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, PersonId, ReviewId};
use crate::lang::Lang;
use crate::lang::format::{deadline, moment};
use crate::offers::actions as decisions;
use crate::reviews::pages::tag as review_tag;
use crate::reviews::queries::{self as reviews, Criterion};
use crate::reviews::rules::ReviewState;
use crate::reviews::rules::allot::{readable, unsettled};
use crate::web::forms::Mistakes;
use crate::web::{Cx, Pairs, Reply, Routes, Shell};

/// The routes of the record.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
        .get("/applications/{application}", STAFF, show)
        .post("/applications/{application}/decision", STAFF, decide)
        .post("/applications/{application}/notes", STAFF, note)
}

/// A reviewer's card.
struct Card {
    id: ReviewId,
    reviewer: String,
    state: (&'static str, &'static str),
    total: Option<String>,
    scores: Vec<(String, Option<i32>)>,
    comment: String,
    reason: Option<String>,
    at: Option<String>,
    removable: bool,
    reopenable: bool,
}

impl Card {
    /// `open`: no released decision rests on what was handed in.
    fn new(row: reviews::Review, criteria: &[Criterion], open: bool, lang: Lang) -> Result<Self> {
        let state = row.state()?;
        let sheet = row.sheet();
        let handed_in = state == ReviewState::Submitted;
        Ok(Self {
            id: row.id,
            state: review_tag(state, lang),
            total: row.total_milli.filter(|_| handed_in).map(points),
            // What is not handed in is the reviewer's own draft.
            scores: if handed_in {
                criteria
                    .iter()
                    .map(|it| (it.name(lang).to_owned(), sheet.get(&it.id).copied()))
                    .collect()
            } else {
                Vec::new()
            },
            comment: if handed_in {
                row.comment
            } else {
                String::new()
            },
            reason: row.decline_reason,
            at: row.submitted_at.map(|at| moment(lang, at)),
            removable: match state {
                ReviewState::Assigned | ReviewState::Draft => true,
                ReviewState::Submitted => open,
                ReviewState::Declined | ReviewState::Removed => false,
            },
            reopenable: handed_in && open,
            reviewer: row.reviewer_name,
        })
    }
}

/// A line of the history.
struct Line {
    at: String,
    who: String,
    words: String,
}

/// What reviewers say, and who may still be asked.
struct Reading {
    cards: Vec<Card>,
    score: Option<String>,
    apart: Option<String>,
    assignable: Vec<(PersonId, String)>,
    can_assign: bool,
}

impl Reading {
    fn new(
        record: &Record,
        rows: Vec<reviews::Review>,
        criteria: &[Criterion],
        reviewers: Vec<reviews::Reviewer>,
        lang: Lang,
    ) -> Result<Self> {
        let standing = |it: &reviews::Review| it.state().is_ok_and(|it| it != ReviewState::Removed);
        let asked: Vec<PersonId> = rows
            .iter()
            .filter(|it| standing(it) || it.interest_declared)
            .map(|it| it.reviewer_id)
            .collect();
        let cards = rows
            .into_iter()
            .filter(standing)
            .map(|it| Card::new(it, criteria, unsettled(record.state).is_ok(), lang))
            .collect::<Result<Vec<_>>>()?;
        let spread = record.case.spread_milli;
        Ok(Self {
            cards,
            score: record.case.score_milli.map(points),
            apart: spread.filter(|_| disagrees(spread)).map(points),
            assignable: reviewers
                .into_iter()
                .filter(|it| !asked.contains(&it.id))
                .map(|it| (it.id, it.name))
                .collect(),
            can_assign: readable(record.state).is_ok(),
        })
    }
}

/// The decision: what it is, what can be done about it or why nothing can, what became of it.
struct Panel {
    pending: Option<&'static str>,
    /// What was decided, why, by whom and when, and when it was released: label and value.
    decided: Vec<(&'static str, String)>,
    /// Why it cannot be decided now.
    closed: &'static str,
    /// Is an offer out that can still be withdrawn?
    offered: bool,
    can_decide: bool,
    can_undo: bool,
    can_start: bool,
    decisions: Vec<(&'static str, &'static str, bool)>,
    reason: String,
    offer: Option<(String, String)>,
}

impl Panel {
    /// What was typed stands in the form, otherwise what was stored.
    fn new(record: &Record, typed: &Pairs, lang: Lang) -> Self {
        let case = &record.case;
        let may = |event| next(record.state, event, false).is_ok();
        let chosen = typed.get("decision").or(case.decision.as_deref());
        let pending = match record.state {
            State::Decided(decision) => Some(decision.label(lang)),
            _ => None,
        };
        Self {
            pending,
            can_decide: may(Event::Decide(Decision::Accept)),
            can_undo: may(Event::UndoDecision),
            can_start: may(Event::StartReview),
            decisions: Decision::ALL
                .iter()
                .map(|it| {
                    let on = chosen == Some(it.as_str());
                    (it.as_str(), it.label(lang), on)
                })
                .collect(),
            reason: typed
                .get("reason")
                .or(case.decision_reason.as_deref())
                .unwrap_or_default()
                .to_owned(),
            decided: decided(record, lang),
            closed: if case.released_at.is_some() {
                lang.desk_released_why()
            } else {
                lang.desk_not_now()
            },
            offered: case.released_at.is_some() && case.offer_state.as_deref() == Some("open"),
            offer: offer(record, lang),
        }
    }
}

/// What was decided, as label and value.
fn decided(record: &Record, lang: Lang) -> Vec<(&'static str, String)> {
    let case = &record.case;
    let Some(decision) = case.decision.as_deref().and_then(Decision::parse) else {
        return Vec::new();
    };
    let at = |at: Option<DateTime<Utc>>| at.map(|at| moment(lang, at));
    let decision = decision.label(lang).to_owned();
    let facts = [
        (lang.desk_decided(), Some(decision)),
        (lang.desk_reason(), case.decision_reason.clone()),
        // The name of somebody whom the reader may not know stays away.
        (lang.desk_decided_who(), case.decided_by.clone()),
        (lang.desk_decided_when(), at(case.decided_at)),
        (lang.desk_released(), at(case.released_at)),
    ];
    let told = facts.into_iter();
    told.filter_map(|(label, value)| Some((label, value?)))
        .collect()
}

/// A letter with its moment, and word and tone of its state.
type SentLine = (Sent, String, (&'static str, &'static str));

#[derive(Template)]
#[template(path = "applications/desk_record.html")]
struct RecordPage {
    shell: Shell,
    record: Record,
    zh: Option<String>,
    state: (&'static str, &'static str),
    list: String,
    list_href: String,
    before: Vec<Shown>,
    after: Vec<Shown>,
    cohort: String,
    facts: Vec<(&'static str, String)>,
    source: &'static str,
    submitted: Option<String>,
    reading: Reading,
    panel: Panel,
    notes: Vec<(Note, String)>,
    letters: Vec<SentLine>,
    history: Vec<Line>,
    body: String,
    mistakes: Mistakes,
    stale: bool,
}

fn show(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let list = cx.request().query.clone();
    page(cx, 200, &list, Pairs::none(), Mistakes::default(), false)
}

fn letter_state(state: &str, lang: Lang) -> (&'static str, &'static str) {
    match state {
        "sent" => (lang.desk_letter_sent(), "ok"),
        "dead" => (lang.desk_letter_dead(), "bad"),
        "cancelled" => (lang.desk_letter_cancelled(), "bad"),
        _ => (lang.desk_letter_queued(), "wait"),
    }
}

fn offer(record: &Record, lang: Lang) -> Option<(String, String)> {
    use crate::offers::rules::OfferState;
    let case = &record.case;
    if let Some(number) = &case.trainee_number {
        return Some((lang.desk_trainee().to_owned(), number.clone()));
    }
    if let Some(rank) = case.waitlist_rank {
        return Some((lang.desk_waitlist_place().to_owned(), rank.to_string()));
    }
    let state = OfferState::parse(case.offer_state.as_deref()?)?;
    let words = match (state, case.offer_expires_at) {
        (OfferState::Open, Some(at)) => {
            lang.desk_offer_until(state.label(lang), &deadline(lang, at))
        }
        _ => state.label(lang).to_owned(),
    };
    Some((lang.desk_offer().to_owned(), words))
}

/// Rows of the list beside the record, before and after it.
const BESIDE: i64 = 6;

fn note_lines(notes: Vec<Note>, lang: Lang) -> Vec<(Note, String)> {
    notes
        .into_iter()
        .map(|it| {
            let at = moment(lang, it.created_at);
            (it, at)
        })
        .collect()
}

fn letter_lines(letters: Vec<Sent>, lang: Lang) -> Vec<SentLine> {
    letters
        .into_iter()
        .map(|it| {
            let (at, state) = (moment(lang, it.created_at), letter_state(&it.state, lang));
            (it, at, state)
        })
        .collect()
}

fn history_lines(history: Vec<audit::Entry>, lang: Lang) -> Vec<Line> {
    history
        .into_iter()
        .map(|it| Line {
            at: moment(lang, it.occurred_at),
            who: it
                .actor_name
                .unwrap_or_else(|| lang.history_system().to_owned()),
            words: lang.history(&it.verb, &it.details.unwrap_or_default()),
        })
        .collect()
}

/// The record, with what was typed when it is shown again.
fn page(
    cx: &mut Cx<'_, '_>,
    status: u16,
    list: &Pairs,
    typed: &Pairs,
    mistakes: Mistakes,
    stale: bool,
) -> Result<Reply> {
    let lang = cx.lang();
    let application = cx.request().param::<ApplicationId>("application")?;
    let staff = access::application_staff(cx.conn, application)?;
    let record = desk_record::record(cx.conn, &staff)?;
    let filter = Filter::read(|name| list.get(name));
    let place = record.cursor(filter.sort);
    let kept = list.with(&[("after", "")]);
    let (before, after) =
        desk_queries::around(cx.conn, &staff.cohort_staff(), &filter, &place, BESIDE)?;
    let beside = |rows: Vec<desk_queries::Row>| {
        rows.iter()
            .map(|it| Shown::new(it, lang, &kept))
            .collect::<Vec<_>>()
    };
    let (before, after) = (beside(before), beside(after));
    let criteria = reviews::criteria(cx.conn, staff.cohort())?;
    let rows = reviews::of_application(cx.conn, &staff)?;
    let reviewers = reviews::reviewers(cx.conn, &staff.cohort_staff())?;
    let notes = desk_queries::notes(cx.conn, &staff)?;
    let letters = desk_record::letters(cx.conn, &staff)?;
    let history = audit::history(cx.conn, application.0)?;
    let answers = &record.answers;
    let title = format!("{} – {}", answers.name_shown, answers.reference);
    let page = RecordPage {
        shell: cx.shell(if mistakes.is_empty() {
            title
        } else {
            lang.desk_error_title(&title)
        }),
        zh: answers
            .name_zh
            .clone()
            .filter(|zh| *zh != answers.name_shown),
        state: desk_pages::tag(record.state.visible(), lang),
        list_href: with_query(format!("/cohorts/{}/applications", staff.cohort()), &kept),
        list: kept,
        before,
        after,
        cohort: answers.cohort(lang).to_owned(),
        facts: answers.facts(lang, true),
        source: source_label(&answers.source, lang),
        submitted: answers.submitted_at.map(|at| deadline(lang, at)),
        reading: Reading::new(&record, rows, &criteria, reviewers, lang)?,
        panel: Panel::new(&record, typed, lang),
        notes: note_lines(notes, lang),
        letters: letter_lines(letters, lang),
        history: history_lines(history, lang),
        body: typed.typed("body").to_owned(),
        mistakes,
        stale,
        record,
    };
    cx.visit.page_with(status, &page)
}

/// Sets the pending decision, takes it back, or sends the application to review. The form carries
/// the version of the case that its reader saw.
fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let application = cx.request().param::<ApplicationId>("application")?;
    let staff = access::application_staff(cx.conn, application)?;
    let form = cx.request().form().clone();
    let list = Pairs::parse(form.typed("list").as_bytes());
    // The order of locks everywhere: cohort, then application.
    crate::cohorts::queries::lock(cx.conn, &staff.cohort_staff())?;
    crate::applications::desk_actions::hold(cx.conn, &staff)?;
    let version = desk_record::record(cx.conn, &staff)?.case.version;
    if form
        .typed("version")
        .parse::<i32>()
        .is_ok_and(|seen| seen != version)
    {
        return page(cx, 412, &list, &form, Mistakes::default(), true);
    }
    let done = match form.typed("do") {
        "undo" => decisions::undo_decision(cx.conn, &staff).map(|()| "decision_undone"),
        "start" => crate::applications::desk_actions::start_review(cx.conn, &staff)
            .map(|()| "review_started"),
        _ => set(cx, &staff, &form).map(|()| "decision_set"),
    };
    match done {
        Ok(flash) => {
            let to = with_query(format!("/applications/{application}"), form.typed("list"));
            Ok(Reply::see_other(to).flash(flash))
        }
        Err(Error::Invalid(errors)) => {
            let mistakes = Mistakes::new(&errors, cx.lang()).labelled(&[
                ("reviewer", cx.lang().desk_ask()),
                ("body", cx.lang().desk_note_new()),
                ("reason", cx.lang().desk_reason()),
            ]);
            page(cx, 422, &list, &form, mistakes, false)
        }
        Err(error) => Err(error),
    }
}

fn set(cx: &mut Cx<'_, '_>, staff: &access::ApplicationStaff, form: &Pairs) -> Result<()> {
    let decision = Decision::parse(form.typed("decision")).ok_or_else(|| {
        Error::field("decision", "required", |lang| lang.form_choice().to_owned())
    })?;
    let reason = form.typed("reason").trim().replace("\r\n", "\n");
    if reason.is_empty() && matches!(decision, Decision::Reject | Decision::Ineligible) {
        return Err(Error::field("reason", "required", |lang| {
            lang.desk_reason_wanted().to_owned()
        }));
    }
    if reason.chars().count() > 1_000 {
        return Err(Error::field("reason", "too_long", |lang| {
            lang.form_too_long(1_000)
        }));
    }
    let reason = (!reason.is_empty()).then_some(reason.as_str());
    decisions::decide(cx.conn, staff, decision, reason)
}

fn note(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let application = cx.request().param::<ApplicationId>("application")?;
    let staff = access::application_staff(cx.conn, application)?;
    let form = cx.request().form().clone();
    let author = cx
        .visit
        .visitor
        .as_ref()
        .map(|it| it.name.clone())
        .unwrap_or_default();
    let body = form.typed("body").replace("\r\n", "\n");
    match crate::applications::desk_actions::add_note(cx.conn, &staff, &author, &body) {
        Ok(_) => {
            let to = with_query(format!("/applications/{application}"), form.typed("list"));
            Ok(Reply::see_other(format!("{to}#notes")).flash("note_added"))
        }
        Err(Error::Invalid(errors)) => {
            let list = Pairs::parse(form.typed("list").as_bytes());
            let mistakes = Mistakes::new(&errors, cx.lang()).labelled(&[
                ("reviewer", cx.lang().desk_ask()),
                ("body", cx.lang().desk_note_new()),
                ("reason", cx.lang().desk_reason()),
            ]);
            page(cx, 422, &list, &form, mistakes, false)
        }
        Err(error) => Err(error),
    }
}
