//! Exemptions at the desk: the list and its file, one request, the draft and the decision.

use askama::Template;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::error::{Error, Result};
use crate::files;
use crate::ids::{ExemptionId, FileId, ProgrammeId};
use crate::lang::format::{date, hk_date, moment};
use crate::lang::{Lang, Say as _};
use crate::web::exports::short;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, Group, Head, History, Input, Sort, confirm_page, fill,
};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply, ReplyBody, Shell};

use super::super::exemption_actions as actions;
use super::super::exemption_queries::{self as queries, Case, Exemption, SORTS, Wanted};
use super::super::queries::book;
use super::super::rules::exemption::{Decision, ExemptionEvent, ExemptionState, next};
use super::{crumbs, pair, staff};

/// A request as lists show it.
pub(super) struct Shown {
    pub it: Exemption,
    pub module: String,
    pub cohort: String,
    pub word: &'static str,
    pub tone: &'static str,
    pub asked: String,
    pub decided: Option<String>,
}

/// The shape of a state beside its word.
pub(super) fn shown(lang: Lang, it: Exemption) -> Result<Shown> {
    let state = it.state()?;
    Ok(Shown {
        module: it.module(lang),
        cohort: it.cohort(lang).to_owned(),
        word: state.label(lang),
        tone: match state {
            ExemptionState::Requested => "wait",
            ExemptionState::Withdrawn => "end",
            ExemptionState::Granted => "ok",
            ExemptionState::Refused => "bad",
        },
        asked: date(lang, hk_date(it.created_at)),
        decided: it.decided_at.map(|at| moment(lang, at)),
        it,
    })
}

#[derive(Template)]
#[template(path = "curriculum/exemptions.html")]
struct ListPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    rows: Vec<Shown>,
    heads: Vec<Head>,
    states: Vec<(&'static str, &'static str, bool)>,
    modules: Vec<(String, String, bool)>,
    sorts: Vec<(&'static str, &'static str, bool)>,
    text: String,
    filtered: bool,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// What the address asks for.
pub(in crate::curriculum) fn wanted(query: &Pairs, limit: i64) -> Wanted {
    let text = query.typed("q").trim();
    Wanted {
        state: query.get("state").and_then(ExemptionState::parse),
        module: query.typed("module").parse().ok(),
        text: (!text.is_empty()).then(|| text.to_owned()),
        sort: Sort::from_query(query, SORTS),
        after: Cursor::from_query(query),
        limit,
    }
}

/// The place of a row in the list.
pub(in crate::curriculum) fn cursor(it: &Exemption) -> Cursor {
    Cursor {
        key: it.sort_key.clone(),
        id: it.id.0,
    }
}

fn home(staff: &ProgrammeStaff) -> String {
    format!("/programmes/{}/exemptions", staff.programme())
}

/// GET `/programmes/{programme}/exemptions`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let wanted = wanted(query, PAGE + 1);
    let book = book(cx.conn, staff.programme())?;
    let found = queries::list(cx.conn, &staff, &wanted)?;
    let page = Page::cut(found, PAGE, cursor);
    let path = home(&staff);
    let sort = wanted.sort;
    let sorts = [
        ("asked", lang.exemption_asked_on()),
        ("name", lang.exemption_trainee()),
        ("module", lang.exemption_module()),
    ];
    let head = |label: &str, word: &str| Head::sorting(label, word, sort, &path, query);
    let modules = book.modules.iter().filter(|it| it.published).map(|it| {
        let label = format!("{} {}", it.code, it.name(lang));
        (it.id.to_string(), label, wanted.module == Some(it.id))
    });
    let states = ExemptionState::ALL
        .iter()
        .map(|it| (it.as_str(), it.label(lang), wanted.state == Some(*it)));
    cx.visit.page(&ListPage {
        shell: cx.shell(lang.exemption_list()),
        crumbs: crumbs(lang, &staff, Vec::new()),
        programme: staff.programme(),
        heads: vec![
            head(lang.exemption_trainee(), "name"),
            Head::plain(lang.exemption_number()),
            head(lang.exemption_module(), "module"),
            Head::plain(lang.exemption_cohort()),
            Head::plain(lang.curriculum_state()),
            head(lang.exemption_asked_on(), "asked"),
        ],
        states: states.collect(),
        modules: modules.collect(),
        sorts: sorts.map(|(w, l)| (w, l, w == sort.word)).into(),
        filtered: wanted.state.is_some() || wanted.module.is_some() || wanted.text.is_some(),
        text: wanted.text.unwrap_or_default(),
        query: query.with(&[("after", "")]),
        paged: wanted.after.is_some(),
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

/// GET `/programmes/{programme}/exemptions.csv` and `.xlsx`, with the filters of the address.
pub(in crate::curriculum) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let mut wanted = wanted(&cx.visit.request.query, 1_000);
    wanted.after = None;
    let mut lines = Vec::new();
    loop {
        let rows = queries::list(cx.conn, &staff, &wanted)?;
        let full = rows.len() >= 1_000;
        wanted.after = rows.last().map(cursor);
        for it in rows {
            let it = shown(lang, it)?;
            lines.push(vec![
                it.it.name_shown,
                it.it.trainee_number,
                it.it.code,
                it.cohort,
                it.word.to_owned(),
                it.asked,
                it.decided.unwrap_or_default(),
                it.it.reason.unwrap_or_default(),
            ]);
        }
        if !full {
            break;
        }
    }
    let header = [
        lang.exemption_trainee(),
        lang.exemption_number(),
        lang.exemption_module(),
        lang.exemption_cohort(),
        lang.curriculum_state(),
        lang.exemption_asked_on(),
        lang.exemption_decided_on(),
        lang.exemption_reason(),
    ];
    short(&cx.request().path, "exemptions", &header, lines)
}

#[derive(Template)]
#[template(path = "curriculum/exemption.html")]
struct RecordPage<'a> {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    row: Shown,
    evidence: String,
    open: bool,
    seen: i32,
    groups: Vec<Group>,
    again: &'a Again,
    history: History,
}

fn exemption(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, Exemption)> {
    let staff = staff(cx)?;
    let id: ExemptionId = cx.request().param("exemption")?;
    let it = queries::find(cx.conn, &staff, id)?;
    Ok((staff, it))
}

fn values(case: Option<&Case>) -> Pairs {
    Pairs::new(vec![
        pair("decision", case.map_or("", |it| &it.decision)),
        pair("reason", case.map_or("", |it| &it.reason)),
    ])
}

fn show(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    it: Exemption,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let case = queries::case(cx.conn, staff, it.id)?;
    let choices = Decision::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let mut groups = vec![Group::plain(vec![
        Field::line("decision", lang.exemption_decision()).choice(choices),
        Field::line("reason", lang.exemption_reason())
            .area(4)
            .hint(lang.exemption_reason_hint()),
    ])];
    let mut again = again.clone();
    fill(&mut groups, values, &mut again.mistakes);
    let title = lang.exemption_of(&it.code, &it.name_shown);
    let failed = again.status >= 400;
    let page = RecordPage {
        shell: cx.shell(if failed {
            lang.form_error_title(&title)
        } else {
            title
        }),
        crumbs: crumbs(
            lang,
            staff,
            vec![(home(staff), lang.exemption_list().to_owned())],
        ),
        programme: staff.programme(),
        evidence: format!("{}/{}/evidence", home(staff), it.id),
        open: next(it.state()?, ExemptionEvent::Grant).is_ok(),
        seen: case.map_or(0, |case| case.version),
        groups,
        again: &again,
        history: audit::shown(
            cx.conn,
            it.id.0,
            lang,
            format!(
                "/programmes/{}/exemptions/{}/history",
                staff.programme(),
                it.id
            ),
        )?,
        row: shown(lang, it)?,
    };
    cx.visit
        .page_with(if failed { again.status } else { 200 }, &page)
}

/// GET `/programmes/{programme}/exemptions/{exemption}`.
pub(super) fn record(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = exemption(cx)?;
    let case = queries::case(cx.conn, &staff, it.id)?;
    show(cx, &staff, it, &values(case.as_ref()), &Again::first())
}

/// Judges the fields of a draft decision.
pub(in crate::curriculum) fn read(form: &mut Form<'_>) -> (Option<Decision>, String) {
    let decision = form.choice("decision", Decision::parse);
    (decision, form.text("reason", 1_000))
}

/// POST `/programmes/{programme}/exemptions/{exemption}`: drafts the decision.
pub(super) fn draft(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = exemption(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 0, i32::MAX).unwrap_or(0);
    let (decision, reason) = read(&mut form);
    let done = form.done().and_then(|()| {
        let decision = decision.ok_or(Error::NotFound)?;
        actions::draft(cx.conn, &staff, it.id, seen, (decision, &reason))
    });
    match done {
        Ok(()) => Ok(Reply::see_other(format!(
            "{}/{}/decide",
            home(&staff),
            it.id
        ))),
        Err(error) => {
            let lang = cx.lang();
            let case = queries::case(cx.conn, &staff, it.id)?;
            let saved = values(case.as_ref());
            let again = Again::from_error(error, lang)?.compare(&saved, typed, lang);
            show(cx, &staff, it, typed, &again)
        }
    }
}

fn question(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    it: &Exemption,
    status: u16,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("{}/{}", home(staff), it.id);
    let Some(case) = queries::case(cx.conn, staff, it.id)? else {
        return Ok(Reply::see_other(at));
    };
    let decision = case.decision()?;
    let over = next(it.state()?, ExemptionEvent::Grant).err();
    let does = match decision {
        Decision::Grant => lang.exemption_decide_grant(),
        Decision::Refuse => lang.exemption_decide_refuse(),
    };
    let effect = |heading: &str, lines: Vec<String>, hard| Effect {
        heading: heading.to_owned(),
        lines,
        hard,
    };
    let spec = ConfirmSpec {
        title: lang.exemption_decide_ask(decision.label(lang), &it.code),
        crumbs: crumbs(
            lang,
            staff,
            vec![
                (home(staff), lang.exemption_list().to_owned()),
                (at.clone(), it.name_shown.clone()),
            ],
        ),
        effects: vec![
            effect(
                lang.cohorts_step_happens(),
                vec![does.to_owned(), lang.exemption_decide_reason(&case.reason)],
                false,
            ),
            effect(
                lang.cohorts_step_told(),
                vec![lang.exemption_decide_told(&it.name_shown)],
                false,
            ),
            effect(
                lang.offers_not_undone(),
                vec![lang.exemption_decide_final().to_owned()],
                true,
            ),
        ],
        refusal: refusal.or(over.map(|it| it.say(lang))),
        hidden: vec![pair("version", case.version.to_string())],
        action: format!("{at}/decide"),
        submit: decision.label(lang).to_owned(),
        danger: decision == Decision::Refuse,
        back: at,
    };
    confirm_page(cx, status, &spec)
}

/// GET `…/exemptions/{exemption}/decide`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = exemption(cx)?;
    question(cx, &staff, &it, 200, None)
}

/// POST `…/exemptions/{exemption}/decide`.
pub(super) fn decide(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = exemption(cx)?;
    let seen = cx.request().form().typed("version").parse().unwrap_or(0);
    match actions::decide(cx.conn, &staff, it.id, seen) {
        Ok(_) => {
            let at = format!("{}/{}", home(&staff), it.id);
            Ok(Reply::see_other(at).flash("exemption_decided"))
        }
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            let again = Again {
                status: 409,
                refusal: Some(text),
                ..Again::default()
            };
            let case = queries::case(cx.conn, &staff, it.id)?;
            show(cx, &staff, it, &values(case.as_ref()), &again)
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            let case = queries::case(cx.conn, &staff, it.id)?;
            show(cx, &staff, it, &values(case.as_ref()), &again)
        }
    }
}

/// Gives a file out, after looking again whether the reader may have it; as an attachment.
pub(in crate::curriculum) fn give(cx: &mut Cx<'_, '_>, id: FileId) -> Result<Reply> {
    let whose = access::own(cx.conn)?;
    let file = files::queries::find(cx.conn, &whose, id)?;
    let key = file.storage_key;
    let body = ReplyBody::Stream(Box::new(move |site, out| site.files.copy_to(&key, out)));
    Ok(Reply::download(&file.media_type, &file.label, body))
}

/// GET `…/exemptions/{exemption}/evidence`.
pub(in crate::curriculum) fn evidence(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = exemption(cx)?;
    give(cx, it.evidence_id)
}

/// GET `…/exemptions/{exemption}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = exemption(cx)?;
    audit::file(cx.visit, "exemption-history", it.id.0)
}
