//! Breaks and deferrals at the desk: the list, a request, its answer, the return.

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

use crate::access::CohortStaff;
use crate::audit;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::{BreakId, CandidateId, CohortId};
use crate::lang::Lang;
use crate::lang::format::{date, deadline, hk_date};
use crate::web::exports::short;
use crate::web::fields::{Again, Field, Group, History, Input, fill};
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Pause};
use super::super::rules::breaks::{BreakEvent, BreakKind, BreakState, day_after, next};
use super::{cohort_of, crumbs, pair};

/// A request as pages show it.
pub(super) struct Shown {
    pub it: Pause,
    pub kind: &'static str,
    pub word: &'static str,
    pub tone: &'static str,
    pub days: String,
    pub asked: String,
}

pub(super) fn shown(lang: Lang, it: Pause) -> Result<Shown> {
    let state = it.state()?;
    Ok(Shown {
        kind: it.kind()?.label(lang),
        word: state.label(lang),
        tone: match state {
            BreakState::Asked => "wait",
            BreakState::Granted => "ok",
            BreakState::Refused => "bad",
            BreakState::Withdrawn | BreakState::Ended => "end",
        },
        days: lang.progress_days_from_to(&date(lang, it.starts_on), &date(lang, it.ends_on)),
        asked: date(lang, hk_date(it.created_at)),
        it,
    })
}

#[derive(Template)]
#[template(path = "progress/breaks.html")]
struct ListPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    rows: Vec<Shown>,
    states: Vec<(&'static str, &'static str, bool)>,
    filtered: bool,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

fn home(staff: &CohortStaff) -> String {
    format!("/cohorts/{}/breaks", staff.cohort())
}

/// GET `/cohorts/{cohort}/breaks`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort_of(cx)?;
    let query = &cx.visit.request.query;
    let state = query.get("state").and_then(BreakState::parse);
    let after = Cursor::from_query(query);
    let page = queries::pauses(cx.conn, &staff, (state, after.as_ref()), PAGE)?;
    let path = home(&staff);
    cx.visit.page(&ListPage {
        shell: cx.shell(lang.progress_breaks()),
        crumbs: crumbs(lang, &staff, &cohort),
        cohort: staff.cohort(),
        states: BreakState::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), state == Some(*it)))
            .collect(),
        filtered: state.is_some(),
        query: query.with(&[("after", "")]),
        paged: after.is_some(),
        first: format!("{path}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{path}?{}", query.with(&[("after", &after)]))),
        rows: page
            .rows
            .into_iter()
            .map(|it| shown(lang, it))
            .collect::<Result<_>>()?,
    })
}

/// GET `/cohorts/{cohort}/breaks.csv` and `.xlsx`.
pub(in crate::progress) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort_of(cx)?;
    let state = cx.request().query.get("state").and_then(BreakState::parse);
    let mut lines = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = queries::pauses(cx.conn, &staff, (state, after.as_ref()), 1_000)?;
        for it in page.rows {
            let it = shown(lang, it)?;
            lines.push(vec![
                it.it.name_shown,
                it.it.trainee_number,
                it.kind.to_owned(),
                it.days,
                it.word.to_owned(),
                it.asked,
                it.it.reason,
                it.it.answer.unwrap_or_default(),
            ]);
        }
        after = page.next.as_deref().and_then(Cursor::decode);
        if after.is_none() {
            break;
        }
    }
    let header = [
        lang.progress_trainee(),
        lang.progress_number(),
        lang.progress_break_kind(),
        lang.progress_break_days(),
        lang.progress_break_state(),
        lang.progress_break_asked_on(),
        lang.progress_break_why(),
        lang.progress_break_answer(),
    ];
    let name = format!("{}-breaks", cohort.code);
    short(&cx.request().path, &name, &header, lines)
}

#[derive(Template)]
#[template(path = "progress/break.html")]
struct RecordPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    row: Shown,
    trainee: String,
    /// Where the form goes that can be sent now, with its fields and button.
    act: Option<(String, Vec<Group>, &'static str, &'static str)>,
    /// What was due in it, until when it is proposed to be, and what the form sends back.
    moves: Vec<Move>,
    /// What goes with the letters about these.
    say: Vec<Group>,
    again: Again,
    history: History,
}

struct Move {
    what: String,
    due: String,
    until: String,
    sent: String,
}

fn moves(cx: &mut Cx<'_, '_>, staff: &CohortStaff, it: &Pause) -> Result<Vec<Move>> {
    let lang = cx.lang();
    let all = actions::proposed(cx.conn, staff, it)?;
    Ok(all
        .into_iter()
        .map(|it| Move {
            what: format!("{} {}", it.missed.module_code, it.missed.title(lang)),
            due: deadline(lang, it.missed.due_at),
            until: deadline(lang, it.until),
            sent: format!("{} {}", it.missed.candidate_id, it.until.timestamp_micros()),
        })
        .collect())
}

fn pause(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Pause)> {
    let (staff, _) = cohort_of(cx)?;
    let id: BreakId = cx.request().param("break")?;
    let it = queries::pause(cx.conn, &staff, id)?;
    Ok((staff, it))
}

/// What can be done with it now: where that goes, its fields, what is said of it, its button.
type Act = (&'static str, Vec<Field>, &'static str, &'static str);

fn act(lang: Lang, it: &Pause, today: NaiveDate) -> Result<Option<Act>> {
    let state = it.state()?;
    if next(state, BreakEvent::Grant).is_ok() {
        let choices = vec![
            pair("grant", lang.progress_break_grant()),
            pair("refuse", lang.progress_break_refuse()),
        ];
        let fields = vec![
            Field::line("decision", lang.progress_break_decision()).choice(choices),
            Field::line("answer", lang.progress_break_answer())
                .area(3)
                .hint(lang.progress_reason_read()),
        ];
        let note = lang.progress_break_decide_note();
        return Ok(Some(("decide", fields, note, lang.progress_break_decide())));
    }
    // A break ends by itself: once it is over there is no return to record.
    let open = it.kind()? == BreakKind::Deferral || today <= it.ends_on;
    if next(state, BreakEvent::Return).is_err() || !open {
        return Ok(None);
    }
    let fields = vec![Field::line("on", lang.progress_break_back_on()).of("date")];
    let note = lang.progress_break_back_note();
    Ok(Some(("return", fields, note, lang.progress_break_back())))
}

fn show(cx: &mut Cx<'_, '_>, typed: &Pairs, mut again: Again) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, it) = pause(cx)?;
    let (_, cohort) = cohort_of(cx)?;
    let here = format!("{}/{}", home(&staff), it.id);
    let (kind, today) = (it.kind()?, hk_date(db::now(cx.conn)?));
    let on = today.min(day_after(&it.span()));
    let on = if kind == BreakKind::Break { on } else { today };
    let begun = Pairs::new(vec![pair("on", on.to_string())]);
    let values = if typed.iter().next().is_some() {
        typed
    } else {
        &begun
    };
    let act = act(lang, &it, today)?.map(|(step, fields, note, submit)| {
        let mut groups = vec![Group::plain(fields)];
        fill(&mut groups, values, &mut again.mistakes);
        (format!("{here}/{step}"), groups, note, submit)
    });
    let say = Field::line("note", lang.progress_moves_say());
    let mut say = vec![Group::plain(vec![say.area(2).optional()])];
    fill(&mut say, values, &mut again.mistakes);
    let mut way = crumbs(lang, &staff, &cohort);
    way.push(pair(home(&staff), lang.progress_breaks()));
    let status = again.status;
    let page = RecordPage {
        shell: cx.shell(lang.progress_break_of(kind.label(lang), &it.name_shown)),
        crumbs: way,
        trainee: format!("{}/trainees/{}", super::at(&staff), it.enrolment_id),
        history: audit::shown(cx.conn, it.id.0, lang, format!("{here}/history"))?,
        moves: moves(cx, &staff, &it)?,
        row: shown(lang, it)?,
        act,
        say,
        again,
    };
    cx.visit.page_with(status, &page)
}

/// GET `/cohorts/{cohort}/breaks/{break}`.
pub(super) fn record(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    show(cx, Pairs::none(), Again::first())
}

/// Judges an answer.
pub(in crate::progress) fn read(form: &mut Form<'_>) -> (bool, String) {
    let grant = form.choice("decision", |word| match word {
        "grant" => Some(true),
        "refuse" => Some(false),
        _ => None,
    });
    (grant.unwrap_or(false), form.text("answer", 500))
}

fn answered(
    cx: &mut Cx<'_, '_>,
    done: Result<()>,
    (staff, id): (&CohortStaff, BreakId),
    flash: &str,
) -> Result<Reply> {
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{}/{id}", home(staff))).flash(flash)),
        Err(error @ (Error::Invalid(_) | Error::Refused(_) | Error::Stale)) => {
            let visit = cx.visit;
            let again = Again::from_error(error, visit.lang)?;
            show(cx, visit.request.form(), again)
        }
        Err(other) => Err(other),
    }
}

/// POST `…/breaks/{break}/decide`.
pub(super) fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = pause(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let seen = form.number("version", 1, i32::MAX);
    let (grant, answer) = read(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::decide(cx.conn, &staff, (it.id, seen), grant, &answer));
    answered(cx, done, (&staff, it.id), "break_decided")
}

/// POST `…/breaks/{break}/return`.
pub(super) fn come_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = pause(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let seen = form.number("version", 1, i32::MAX);
    let on = form.date("on");
    let done = form
        .done()
        .and_then(|()| actions::come_back(cx.conn, &staff, (it.id, seen), on));
    answered(cx, done, (&staff, it.id), "break_returned")
}

/// A proposal as the page sends it back.
fn proposal(sent: &str) -> Option<(CandidateId, DateTime<Utc>)> {
    let (candidate, until) = sent.split_once(' ')?;
    let until = DateTime::from_timestamp_micros(until.parse().ok()?)?;
    Some((candidate.parse().ok()?, until))
}

/// POST `…/breaks/{break}/extensions`: the later due times that the page proposes.
pub(super) fn extend(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = pause(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let seen: Vec<_> = typed.all("move").filter_map(proposal).collect();
    let mut form = Form::new(typed);
    let note = form.optional("note", 1_000).unwrap_or_default();
    let done = form
        .done()
        .and_then(|()| actions::move_due(cx.conn, &staff, it.id, &seen, &note));
    answered(cx, done.map(|_| ()), (&staff, it.id), "break_due_moved")
}

/// GET `…/breaks/{break}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = pause(cx)?;
    audit::file(cx.visit, "break-history", it.id.0)
}
