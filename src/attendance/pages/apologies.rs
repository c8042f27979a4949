//! Apologies at the desk: the list and its file, one apology, the decision.

use askama::Template;

use crate::access::CohortStaff;
use crate::audit;
use crate::cohorts::queries::Cohort;
use crate::error::{Error, Result};
use crate::ids::{ApologyId, CohortId};
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::teaching::mail::when;
use crate::web::exports::short;
use crate::web::fields::{Again, Field, Group, History, Input, fill};
use crate::web::paging::{Cursor, PAGE};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Apology, Wanted};
use super::super::rules::{ApologyState, Verdict};
use super::own::{apology_tone, give};
use super::{cohort, crumbs, pair};

struct Line {
    href: String,
    name: String,
    number: String,
    session: String,
    when: String,
    state: &'static str,
    tone: &'static str,
    sent: String,
}

fn line(lang: Lang, cohort: CohortId, it: &Apology) -> Result<Line> {
    let state = it.state()?;
    Ok(Line {
        href: format!("/cohorts/{cohort}/apologies/{}", it.id),
        name: it.name_shown.clone(),
        number: it.trainee_number.clone(),
        session: it.title(lang),
        when: when(lang, &it.slot()),
        state: state.label(lang),
        tone: apology_tone(state),
        sent: moment(lang, it.created_at),
    })
}

#[derive(Template)]
#[template(path = "attendance/apologies.html")]
struct ListPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
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
pub(in crate::attendance) fn wanted(query: &Pairs) -> Wanted {
    let text = query.typed("q").trim();
    Wanted {
        state: query.get("state").and_then(ApologyState::parse),
        text: (!text.is_empty()).then(|| text.to_owned()),
    }
}

/// GET `/cohorts/{cohort}/apologies`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let query = &cx.visit.request.query;
    let wanted = wanted(query);
    let after = Cursor::from_query(query);
    let page = queries::apologies(cx.conn, &staff, &wanted, after.as_ref(), PAGE)?;
    let path = format!("/cohorts/{}/apologies", cohort.id);
    let to = |after: &str| format!("{path}?{}", query.with(&[("after", after)]));
    let (first, next) = (to(""), page.next.as_deref().map(to));
    cx.visit.page(&ListPage {
        shell: cx.shell(lang.att_apologies()),
        crumbs: crumbs(lang, &cohort),
        cohort: cohort.id,
        states: ApologyState::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), wanted.state == Some(*it)))
            .collect(),
        filtered: wanted.state.is_some() || wanted.text.is_some(),
        text: wanted.text.unwrap_or_default(),
        query: query.with(&[("after", "")]),
        rows: page
            .rows
            .iter()
            .map(|it| line(lang, cohort.id, it))
            .collect::<Result<_>>()?,
        paged: after.is_some(),
        first,
        next,
    })
}

/// GET `/cohorts/{cohort}/apologies.csv` and `.xlsx`, with the filters of the address.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort(cx)?;
    let wanted = wanted(&cx.visit.request.query);
    let mut lines = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let page = queries::apologies(cx.conn, &staff, &wanted, after.as_ref(), 1_000)?;
        for it in &page.rows {
            let shown = line(lang, cohort.id, it)?;
            lines.push(vec![
                shown.name,
                shown.number,
                shown.session,
                shown.when,
                shown.state.to_owned(),
                shown.sent,
                it.reason.clone(),
                it.decision_reason.clone().unwrap_or_default(),
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
        lang.att_session(),
        lang.tt_time(),
        lang.att_state(),
        lang.att_sent_at(),
        lang.att_words(),
        lang.att_reason(),
    ];
    let name = format!("{}-apologies", cohort.code);
    short(&cx.request().path, &name, &header, lines)
}

#[derive(Template)]
#[template(path = "attendance/apology.html")]
struct RecordPage<'a> {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    here: String,
    row: Line,
    reason: String,
    evidence: bool,
    answer: Option<String>,
    open: bool,
    version: i32,
    groups: Vec<Group>,
    again: &'a Again,
    history: History,
}

fn apology(cx: &mut Cx<'_, '_>) -> Result<(CohortStaff, Cohort, Apology)> {
    let (staff, cohort) = cohort(cx)?;
    let id: ApologyId = cx.request().param("apology")?;
    let it = queries::apology(cx.conn, &staff, id)?;
    Ok((staff, cohort, it))
}

fn show(
    cx: &mut Cx<'_, '_>,
    cohort: &Cohort,
    it: &Apology,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let choices = Verdict::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let mut groups = vec![Group::plain(vec![
        Field::line("verdict", lang.att_decide()).choice(choices),
        Field::line("reason", lang.att_reason())
            .area(3)
            .hint(lang.att_decide_hint()),
    ])];
    let mut again = again.clone();
    fill(&mut groups, values, &mut again.mistakes);
    let failed = again.status >= 400;
    let title = lang.att_apology_of(&it.name_shown);
    let row = line(lang, cohort.id, it)?;
    let mut crumbs = crumbs(lang, cohort);
    crumbs.push((
        format!("/cohorts/{}/apologies", cohort.id),
        lang.att_apologies().to_owned(),
    ));
    let page = RecordPage {
        shell: cx.shell(if failed {
            lang.form_error_title(&title)
        } else {
            title
        }),
        crumbs,
        reason: it.reason.clone(),
        evidence: it.evidence_id.is_some(),
        answer: it.decision_reason.clone(),
        open: it.state()? == ApologyState::Sent,
        version: it.version,
        groups,
        again: &again,
        history: audit::shown(cx.conn, it.id.0, lang, format!("{}/history", row.href))?,
        here: row.href.clone(),
        row,
    };
    cx.visit
        .page_with(if failed { again.status } else { 200 }, &page)
}

/// GET `/cohorts/{cohort}/apologies/{apology}`.
pub(super) fn record(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, cohort, it) = apology(cx)?;
    show(cx, &cohort, &it, Pairs::none(), &Again::first())
}

/// Judges the words of an apology.
pub(in crate::attendance) fn read_reason(form: &mut Form<'_>) -> String {
    form.text("reason", 1_000)
}

/// Judges the fields of a decision.
pub(in crate::attendance) fn read_decision(form: &mut Form<'_>) -> (Option<Verdict>, String) {
    let verdict = form.choice("verdict", Verdict::parse);
    (verdict, form.text("reason", 1_000))
}

/// POST `/cohorts/{cohort}/apologies/{apology}`.
pub(super) fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort, it) = apology(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let (verdict, reason) = read_decision(&mut form);
    let done = form.done().and_then(|()| {
        let verdict = verdict.ok_or(Error::NotFound)?;
        actions::decide(cx.conn, &staff, (it.id, version), verdict, &reason)
    });
    match done {
        Ok(()) => {
            let at = format!("/cohorts/{}/apologies/{}", cohort.id, it.id);
            Ok(Reply::see_other(at).flash("apology_decided"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, &cohort, &it, typed, &again)
        }
    }
}

/// GET `/cohorts/{cohort}/apologies/{apology}/evidence`.
pub(super) fn evidence(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, _, it) = apology(cx)?;
    give(cx, &it)
}

/// GET `/cohorts/{cohort}/apologies/{apology}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, _, it) = apology(cx)?;
    audit::file(cx.visit, "apology-history", it.id.0)
}
