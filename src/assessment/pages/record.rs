//! An assessment at the desk: brief, trainees and their marks, requests, appeals, history.

use std::collections::BTreeMap;

use askama::Template;

use crate::access::CohortStaff;
use crate::audit;
use crate::error::Result;
use crate::ids::{CohortId, PersonId};
use crate::lang::Lang;
use crate::lang::format::{deadline, moment};
use crate::teaching;
use crate::teaching::rules::teachable;
use crate::web::exports::short;
use crate::web::fields::History;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Reply, Shell};

use super::super::queries::{self, Assessment, Line};
use super::super::rules::rubric::Criterion;
use super::super::rules::{
    AppealState, AssessmentState, ExtensionState, ScriptState, SecondRule, percent,
};
use super::{cohort, crumbs, home, late_rule, one, shown_mark, tag};

/// A trainee's line.
struct Row {
    name: String,
    trainee_number: String,
    number: i32,
    handed_in: String,
    files: Vec<(String, String)>,
    due: Option<String>,
    extend: Option<String>,
    state: &'static str,
    first: String,
    second: String,
    marks: String,
    penalty: String,
    mark: String,
    moderate: Option<String>,
    /// Where it is taken up again or given to another marker, and which of the two.
    reopen: Option<(String, &'static str)>,
}

fn names_of(names: &BTreeMap<PersonId, String>, id: Option<PersonId>) -> String {
    id.and_then(|id| names.get(&id).cloned())
        .unwrap_or_default()
}

fn final_mark(it: &Assessment, line: &Line) -> Option<i32> {
    if it.state == AssessmentState::Released.as_str() {
        line.released
    } else {
        super::super::rules::release::released(
            line.agreed.filter(|_| !line.absent),
            line.penalty,
            it.cap(),
        )
    }
}

fn row(lang: Lang, it: &Assessment, line: &Line, names: &BTreeMap<PersonId, String>) -> Row {
    let state = line.script_state.as_deref().and_then(ScriptState::parse);
    let late = (line.days_late > 0).then(|| lang.aside(&lang.asm_days_late(line.days_late)));
    let handed_in = match line.submitted_at {
        Some(at) => format!("{}{}", moment(lang, at), late.unwrap_or_default()),
        None if it.takes_files => lang.asm_not_handed_in().to_owned(),
        None => "–".to_owned(),
    };
    let given: Vec<String> = [line.first_mark, line.second_mark]
        .into_iter()
        .flatten()
        .map(|mark| shown_mark(Some(mark)))
        .collect();
    let open = matches!(it.state.as_str(), "open" | "marking");
    Row {
        name: line.name_shown.clone(),
        trainee_number: line.trainee_number.clone(),
        number: line.number,
        handed_in,
        files: (1..=line.file_ids.len())
            .map(|n| {
                let href = format!("{}/candidates/{}/files/{n}", home(it), line.id);
                (href, lang.asm_file_n(n))
            })
            .collect(),
        due: line.extended_to.map(|at| deadline(lang, at)),
        extend: (open && (line.script_id.is_none() || line.days_late > 0))
            .then(|| format!("{}/candidates/{}/extend", home(it), line.id)),
        state: if line.absent {
            lang.asm_did_not_come()
        } else {
            state.map_or("–", |it| it.label(lang))
        },
        first: names_of(names, line.first_id),
        second: names_of(names, line.second_id),
        marks: given.join(" / "),
        penalty: if line.penalty > 0 {
            percent(line.penalty)
        } else {
            String::new()
        },
        mark: shown_mark(final_mark(it, line)),
        moderate: line
            .script_id
            .filter(|_| state == Some(ScriptState::SecondMarked))
            .map(|script| format!("{}/scripts/{script}", home(it))),
        reopen: line
            .script_id
            .filter(|_| it.state == AssessmentState::Marking.as_str())
            .map(|script| {
                let begun = !matches!(state, Some(ScriptState::NotMarked | ScriptState::InMarking));
                let label = if begun {
                    lang.asm_reopen()
                } else {
                    lang.asm_hand_over()
                };
                (format!("{}/scripts/{script}/reopen", home(it)), label)
            }),
    }
}

/// A request or an appeal in a list.
struct Asked {
    href: Option<String>,
    name: String,
    text: String,
    until: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "assessment/record.html")]
struct RecordPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    here: String,
    title: String,
    state: &'static str,
    tag: &'static str,
    /// The step that comes next: its address and label.
    step: Option<(String, &'static str)>,
    may_edit: bool,
    may_remove: bool,
    open: bool,
    marking: bool,
    twice: bool,
    released: bool,
    may_resit: bool,
    may_return: bool,
    facts: Vec<(&'static str, String)>,
    brief: String,
    rubric: Vec<(String, i32)>,
    rows: Vec<Row>,
    extensions: Vec<Asked>,
    appeals: Vec<Asked>,
    paged: bool,
    first: String,
    next: Option<String>,
    history: History,
}

fn facts(lang: Lang, it: &Assessment) -> Result<Vec<(&'static str, String)>> {
    let second = it.second()?;
    let mut weight = lang.asm_weight_of(it.weight);
    if it.must_pass {
        weight.push_str(&lang.aside(lang.asm_must_pass()));
    }
    let twice = match second.rule {
        SecondRule::Sample => format!(
            "{}{}",
            second.rule.label(lang),
            lang.aside(&format!("{}%", second.share))
        ),
        SecondRule::None | SecondRule::All => second.rule.label(lang).to_owned(),
    };
    let mut facts = vec![
        (lang.asm_module(), it.module(lang)),
        (lang.asm_kind(), it.kind_label(lang).to_owned()),
        (lang.asm_weight(), weight),
        (lang.asm_opens(), deadline(lang, it.opens_at)),
        (
            if it.takes_files {
                lang.asm_due()
            } else {
                lang.asm_happens()
            },
            deadline(lang, it.due_at),
        ),
        (lang.asm_pass_mark(), percent(it.pass_mark)),
        (lang.asm_second(), twice),
        (
            lang.asm_anonymous(),
            if it.anonymous {
                lang.asm_anonymous().to_owned()
            } else {
                lang.asm_named().to_owned()
            },
        ),
    ];
    if it.takes_files {
        facts.push((lang.asm_late(), late_rule(lang, it)));
        let size = it.max_bytes / (1024 * 1024);
        facts.push((lang.asm_files(), lang.asm_files_hint(it.max_files, size)));
    }
    Ok(facts)
}

fn next_step(
    lang: Lang,
    it: &Assessment,
    state: AssessmentState,
) -> Option<(String, &'static str)> {
    let (step, label) = match state {
        AssessmentState::Planned => ("open", lang.asm_event_open()),
        AssessmentState::Open => ("mark", lang.asm_event_mark()),
        AssessmentState::Marking => ("moderate", lang.asm_event_moderate()),
        AssessmentState::Moderated => ("release", lang.asm_event_release()),
        AssessmentState::Released => return None,
    };
    Some((format!("{}/{step}", home(it)), label))
}

fn asked(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    it: &Assessment,
) -> Result<(Vec<Asked>, Vec<Asked>)> {
    let lang = cx.lang();
    let mut extensions = Vec::new();
    for row in queries::extensions(cx.conn, staff, it.id)? {
        let state = row.state()?;
        extensions.push(Asked {
            href: (state == ExtensionState::Requested)
                .then(|| format!("{}/extensions/{}", home(it), row.id)),
            name: row.name_shown,
            text: row.reason,
            until: deadline(lang, row.until_at),
            state: state.label(lang),
        });
    }
    let mut appeals = Vec::new();
    for row in queries::appeals(cx.conn, staff, it.id)? {
        let state = row.state()?;
        appeals.push(Asked {
            href: (state == AppealState::Lodged)
                .then(|| format!("{}/appeals/{}", home(it), row.id)),
            name: row.name_shown,
            text: row.grounds,
            until: match row.mark_after {
                Some(after) => format!(
                    "{} → {}",
                    shown_mark(row.mark_before),
                    shown_mark(Some(after))
                ),
                None => shown_mark(row.mark_before),
            },
            state: state.label(lang),
        });
    }
    Ok((extensions, appeals))
}

fn markers(cx: &mut Cx<'_, '_>, lines: &[Line]) -> Result<BTreeMap<PersonId, String>> {
    let mut ids: Vec<PersonId> = lines
        .iter()
        .flat_map(|it| [it.first_id, it.second_id])
        .flatten()
        .collect();
    ids.sort();
    ids.dedup();
    teaching::queries::names(cx.conn, &ids)
}

/// GET `…/assessments/{assessment}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, it) = one(cx)?;
    let (_, about) = cohort(cx)?;
    let after = Cursor::from_query(&cx.visit.request.query);
    let found = queries::lines(cx.conn, &staff, it.id, after.as_ref(), PAGE + 1)?;
    let page = Page::cut(found, PAGE, |line| Cursor {
        key: line.sort_key.clone(),
        id: line.id.0,
    });
    let names = markers(cx, &page.rows)?;
    let (extensions, appeals) = asked(cx, &staff, &it)?;
    let state = it.state()?;
    let rubric: Vec<Criterion> = it.rubric()?;
    let mut title = it.title(lang).to_owned();
    if it.resit_of.is_some() {
        title.push_str(&lang.aside(lang.asm_resit()));
    }
    let page = RecordPage {
        shell: cx.shell(title.clone()),
        crumbs: crumbs(cx, &staff, None)?,
        cohort: it.cohort_id,
        here: home(&it),
        title,
        state: state.label(lang),
        tag: tag(state),
        step: next_step(lang, &it, state),
        may_edit: matches!(
            state,
            AssessmentState::Planned | AssessmentState::Open | AssessmentState::Marking
        ),
        may_remove: state == AssessmentState::Planned,
        open: matches!(state, AssessmentState::Open | AssessmentState::Marking),
        marking: state == AssessmentState::Marking,
        twice: it.second()?.rule != SecondRule::None,
        released: state == AssessmentState::Released,
        may_resit: state == AssessmentState::Released && teachable(about.state()?).is_ok(),
        may_return: state == AssessmentState::Moderated,
        facts: facts(lang, &it)?,
        brief: it.brief(lang).to_owned(),
        rubric: rubric
            .iter()
            .map(|c| (c.name.say(lang).to_owned(), c.points))
            .collect(),
        rows: page
            .rows
            .iter()
            .map(|line| row(lang, &it, line, &names))
            .collect(),
        extensions,
        appeals,
        paged: after.is_some(),
        first: home(&it),
        next: page
            .next
            .map(|after| format!("{}?after={after}", home(&it))),
        history: audit::shown(cx.conn, it.id.0, lang, format!("{}/history", home(&it)))?,
    };
    cx.visit.page(&page)
}

/// GET `…/assessments/{assessment}/marks.csv` and `.xlsx`: all trainees.
pub(in crate::assessment) fn marks_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, it) = one(cx)?;
    let lines = queries::lines(cx.conn, &staff, it.id, None, 100_000)?;
    let names = markers(cx, &lines)?;
    let rows = lines
        .iter()
        .map(|line| {
            let row = row(lang, &it, line, &names);
            vec![
                row.name,
                row.trainee_number,
                row.number.to_string(),
                row.handed_in,
                row.state.to_owned(),
                row.first,
                row.second,
                row.marks,
                row.penalty,
                row.mark,
            ]
        })
        .collect();
    let header = [
        lang.asm_trainee(),
        lang.asm_trainee_number(),
        lang.asm_candidate_number(),
        lang.asm_handed_in(),
        lang.asm_state(),
        lang.mark_first(),
        lang.mark_second(),
        lang.asm_marks(),
        lang.asm_penalty(),
        lang.asm_mark(),
    ];
    let name = format!("{}-marks", it.module_code);
    short(&cx.request().path, &name, &header, rows)
}

/// GET `…/assessments/{assessment}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    audit::file(cx.visit, "assessment-history", it.id.0)
}
