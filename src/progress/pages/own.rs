//! A trainee's own progress, in words and a picture, and their own breaks.

use askama::Template;

use crate::access::{self, OwnEnrolment};
use crate::cohorts::queries as cohorts;
use crate::curriculum::queries::book;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::{BreakId, EnrolmentId};
use crate::lang::Lang;
use crate::lang::format::{date, hk_date};
use crate::web::fields::{Again, Field, Group, Input, fill};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, Asked};
use super::super::facts;
use super::super::queries;
use super::super::rules::breaks::{BreakEvent, BreakKind, Span, days_counted, next};
use super::super::say::{self, Said};
use super::gained::{Gained, gained};
use super::pair;
use super::pauses::{Shown, shown};

/// The picture of how much is done: an arc of a circle with a circumference of 100.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Length of the arc, in hundredths of the circle.
    pub arc: usize,
    /// Lines that are met.
    pub met: usize,
    /// All lines.
    pub all: usize,
}

/// The picture of so many lines met.
#[must_use]
pub fn ring(met: usize, all: usize) -> Ring {
    Ring {
        arc: met.saturating_mul(100).checked_div(all).unwrap_or(0),
        met,
        all,
    }
}

/// One enrolment's progress.
struct Mine {
    enrolment: EnrolmentId,
    cohort: String,
    ring: Ring,
    rules: bool,
    lines: Vec<Said>,
    confirmed: Option<String>,
    frozen: bool,
    days: String,
    gained: Gained,
}

#[derive(Template)]
#[template(path = "progress/own.html")]
struct OwnPage {
    shell: Shell,
    all: Vec<Mine>,
}

fn mine(cx: &mut Cx<'_, '_>, own: &OwnEnrolment) -> Result<Mine> {
    let lang = cx.lang();
    let cohort = cohorts::published(cx.conn, own.cohort())?;
    let rules = queries::followed_own(cx.conn, own)?;
    let content = rules
        .as_ref()
        .map(|it| it.content.clone())
        .unwrap_or_default();
    let today = hk_date(db::now(cx.conn)?);
    let judged = facts::judged_own(cx.conn, own, &content, today)?;
    let (verdict, facts, trainee) = (&judged.verdict, &judged.facts, &judged.trainee);
    let book = book(cx.conn, own.programme())?;
    let (met, all) = (verdict.met(), verdict.lines.len());
    Ok(Mine {
        enrolment: own.enrolment(),
        cohort: cohort.name(lang).to_owned(),
        ring: ring(met, all),
        rules: rules.is_some() || judged.by.is_some(),
        lines: verdict
            .lines
            .iter()
            .map(|line| say::line(line, judged.rules(&content), &book, lang))
            .collect(),
        confirmed: trainee
            .confirmed_at
            .map(|at| lang.progress_confirmed_note(&date(lang, hk_date(at)))),
        frozen: verdict.frozen,
        days: lang.progress_days(days_counted(trainee.starts_on, today, &facts.breaks)),
        gained: gained(cx, facts, trainee, &book)?,
    })
}

/// GET `/me/progress`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let mut all = Vec::new();
    for enrolment in queries::enrolments_own(cx.conn, &own)? {
        let own = access::own_enrolment(cx.conn, enrolment)?;
        all.push(mine(cx, &own)?);
    }
    cx.visit.page(&OwnPage {
        shell: cx.shell(lang.progress_mine()),
        all,
    })
}

#[derive(Template)]
#[template(path = "progress/own_breaks.html")]
struct BreaksPage {
    shell: Shell,
    enrolment: EnrolmentId,
    rows: Vec<(Shown, bool)>,
    may_ask: Option<String>,
    groups: Vec<Group>,
    again: Again,
}

fn whose(cx: &mut Cx<'_, '_>) -> Result<OwnEnrolment> {
    access::own_enrolment(cx.conn, cx.request().param("enrolment")?)
}

fn show(cx: &mut Cx<'_, '_>, typed: &Pairs, mut again: Again) -> Result<Reply> {
    let lang = cx.lang();
    let own = whose(cx)?;
    let may_ask = match actions::may_ask(cx.conn, &own) {
        Ok(()) => None,
        Err(Error::Refused(refused)) => Some(refused.say(lang)),
        Err(other) => return Err(other),
    };
    let mut rows = Vec::new();
    for it in queries::pauses_own(cx.conn, &own)? {
        let open = next(it.state()?, BreakEvent::Withdraw).is_ok();
        rows.push((shown(lang, it)?, open));
    }
    let mut groups = vec![Group::plain(fields(lang))];
    fill(&mut groups, typed, &mut again.mistakes);
    let status = again.status;
    let page = BreaksPage {
        shell: cx.shell(lang.progress_my_breaks()),
        enrolment: own.enrolment(),
        rows,
        may_ask,
        groups,
        again,
    };
    cx.visit.page_with(status, &page)
}

/// GET `/me/enrolments/{enrolment}/breaks`.
pub(super) fn breaks(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    show(cx, Pairs::none(), Again::first())
}

/// The fields of a pause.
pub(super) fn fields(lang: Lang) -> Vec<Field> {
    let kinds = BreakKind::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    vec![
        Field::line("kind", lang.progress_break_kind()).choice(kinds),
        Field::line("starts_on", lang.progress_from()).of("date"),
        Field::line("ends_on", lang.progress_to()).of("date"),
        Field::line("reason", lang.progress_break_why()).area(3),
    ]
}

/// Judges what is asked for.
pub(in crate::progress) fn read(form: &mut Form<'_>) -> Asked {
    let kind = form.choice("kind", BreakKind::parse);
    Asked {
        kind: kind.unwrap_or(BreakKind::Break),
        span: Span {
            from: form.date("starts_on"),
            to: form.date("ends_on"),
        },
        reason: form.text("reason", 1_000),
    }
}

/// POST `/me/enrolments/{enrolment}/breaks`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = whose(cx)?;
    let visit = cx.visit;
    let mut form = Form::new(visit.request.form());
    let asked = read(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::ask(cx.conn, &own, &asked));
    match done {
        Ok(_) => Ok(
            Reply::see_other(format!("/me/enrolments/{}/breaks", own.enrolment()))
                .flash("break_asked"),
        ),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, visit.request.form(), again)
        }
    }
}

/// POST `/me/enrolments/{enrolment}/breaks/{break}/withdraw`.
pub(super) fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = whose(cx)?;
    let id: BreakId = cx.request().param("break")?;
    actions::withdraw(cx.conn, &own, id)?;
    Ok(
        Reply::see_other(format!("/me/enrolments/{}/breaks", own.enrolment()))
            .flash("break_withdrawn"),
    )
}
