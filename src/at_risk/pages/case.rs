//! One case: the reasons in words, who looks after it, notes, history.

use askama::Template;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::error::{Error, Result};
use crate::lang::format::moment;
use crate::web::fields::{Again, Field, Group, History, Input, fill};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::queries::{self, Case};
use super::super::rules::{CaseState, may_tell};
use super::queue::read;
use super::{Shown, at, choices, crumbs, home, one, pair, shown};

struct NoteLine {
    author: String,
    at: String,
    body: String,
    shown: bool,
}

#[derive(Template)]
#[template(path = "at_risk/case.html")]
struct Record<'a> {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    here: String,
    row: Shown,
    enrolment: String,
    before: Option<String>,
    open: bool,
    may_tell: bool,
    groups: Vec<Group>,
    note_groups: Vec<Group>,
    notes: Vec<NoteLine>,
    again: &'a Again,
    history: History,
}

/// Most characters of a note.
const NOTE_MOST: usize = 4_000;

fn values(case: &Case) -> Pairs {
    Pairs::new(vec![
        pair(
            "owner",
            case.owner_id.map(|id| id.to_string()).unwrap_or_default(),
        ),
        pair(
            "due_on",
            case.due_on.map(|day| day.to_string()).unwrap_or_default(),
        ),
    ])
}

/// The two forms: owner and day, and a note.
fn forms(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    case: &Case,
    typed: &Pairs,
    again: &mut Again,
) -> Result<(Vec<Group>, Vec<Group>)> {
    let lang = cx.lang();
    let owners = queries::owners(cx.conn, staff)?;
    let mut groups = vec![Group::plain(vec![
        Field::line("owner", lang.risk_owner()).choice(choices(&owners)),
        Field::line("due_on", lang.risk_due()).of("date"),
    ])];
    fill(&mut groups, &values(case), &mut again.mistakes);
    fill(&mut groups, typed, &mut again.mistakes);
    let mut note_groups = vec![Group::plain(vec![
        Field::line("internal", lang.risk_note_internal())
            .area(4)
            .optional()
            .hint(lang.risk_note_internal_hint()),
        Field::line("shown", lang.risk_note_shown())
            .area(4)
            .optional()
            .hint(lang.risk_note_shown_hint()),
    ])];
    fill(&mut note_groups, typed, &mut again.mistakes);
    Ok((groups, note_groups))
}

/// The case's page; `typed` stands in its forms.
pub(super) fn show(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    case: Case,
    typed: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let mut again = again.clone();
    let (groups, note_groups) = forms(cx, staff, &case, typed, &mut again)?;
    let notes = queries::notes(cx.conn, staff, case.id)?;
    let notes = notes.into_iter().map(|it| NoteLine {
        author: it.author_name,
        at: moment(lang, it.created_at),
        body: it.body,
        shown: it.shown,
    });
    let title = lang.risk_of(&case.name_shown);
    let failed = again.status >= 400;
    let here = at(staff, case.id);
    let standing = if case.gone_at.is_some() {
        Vec::new()
    } else {
        case.reasons()?
    };
    let page = Record {
        shell: cx.shell(if failed {
            lang.form_error_title(&title)
        } else {
            title
        }),
        crumbs: crumbs(
            lang,
            staff,
            vec![(home(staff), lang.risk_title().to_owned())],
        ),
        enrolment: format!(
            "/cohorts/{}/enrolments/{}",
            case.cohort_id, case.enrolment_id
        ),
        before: case.follows_id.map(|id| at(staff, id)),
        open: case.state()? != CaseState::Closed,
        may_tell: may_tell(case.state()?, case.told_at.is_some(), &standing).is_ok(),
        groups,
        note_groups,
        notes: notes.collect(),
        again: &again,
        history: audit::shown(cx.conn, case.id.0, lang, format!("{here}/history"))?,
        here,
        row: shown(lang, case)?,
    };
    cx.visit
        .page_with(if failed { again.status } else { 200 }, &page)
}

/// GET `/programmes/{programme}/at-risk/cases/{risk}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    show(cx, &staff, case, Pairs::none(), &Again::first())
}

/// POST `…/cases/{risk}/assign`.
pub(super) fn assign(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 0, i32::MAX).unwrap_or(0);
    let (owner, due_on) = read(&mut form);
    let done = form.done().and_then(|()| {
        let owner = owner.ok_or(Error::NotFound)?;
        actions::assign(cx.conn, &staff, &[(case.id, Some(seen))], owner, due_on)
    });
    match done {
        Ok(_) => Ok(Reply::see_other(at(&staff, case.id)).flash("risk_assigned")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&case), typed, lang);
            show(cx, &staff, case, typed, &again)
        }
    }
}

/// Judges the two fields of a note: at least one of them says something.
pub(in crate::at_risk) fn read_note(form: &mut Form<'_>) -> (Option<String>, Option<String>) {
    let before = form.failed();
    let internal = form.optional("internal", NOTE_MOST);
    let shown = form.optional("shown", NOTE_MOST);
    if internal.is_none() && shown.is_none() && form.failed() == before {
        form.error("internal", "required", |lang| {
            lang.risk_need_note().to_owned()
        });
    }
    (internal, shown)
}

/// POST `…/cases/{risk}/notes`.
pub(super) fn note(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, case) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let (internal, shown) = read_note(&mut form);
    let done = form.done().and_then(|()| {
        let (internal, shown) = (internal.as_deref(), shown.as_deref());
        actions::note(cx.conn, &staff, case.id, internal, shown)
    });
    match done {
        Ok(()) => Ok(Reply::see_other(at(&staff, case.id)).flash("risk_noted")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, &staff, case, typed, &again)
        }
    }
}

/// GET `…/cases/{risk}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, case) = one(cx)?;
    audit::file(cx.visit, "at-risk-history", case.id.0)
}
