//! What other thresholds would change, and for whom: a question in the address, and nothing is saved.

use askama::Template;

use crate::access::CohortStaff;
use crate::curriculum::queries::{Book, book};
use crate::db;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::ids::CohortId;
use crate::lang::Lang;
use crate::lang::format::hk_date;
use crate::web::exports::short;
use crate::web::fields::{Again, Field, Group, Input, fill};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions;
use super::super::facts::judged;
use super::super::queries::{self, Rules};
use super::super::rules::content::{CompletionRules, problems};
use super::super::rules::verdict::evaluate;
use super::super::rules::what_if::{Change, change};
use super::super::rules::{Excused, ProgressRefusal, Standing};
use super::super::say;
use super::{at, cohort_of, crumbs, versions as forms};

/// A trainee whose standing would change.
pub(in crate::progress) struct Changed {
    pub(in crate::progress) id: String,
    pub(in crate::progress) name: String,
    pub(in crate::progress) number: String,
    pub(in crate::progress) from: Standing,
    pub(in crate::progress) to: Standing,
    pub(in crate::progress) change: Change,
}

/// Who changes if these rules took the place of those: the same facts, judged twice.
pub(in crate::progress) fn changes(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    now: &CompletionRules,
    then: &CompletionRules,
) -> Result<Vec<Changed>> {
    let today = hk_date(db::now(conn)?);
    // Weights of the modules of both: what is asked about may name others than what is followed.
    let mut both = now.clone();
    both.all_of.extend(then.modules());
    let mut all = Vec::new();
    for it in judged(conn, staff, &both, today)? {
        if !it.trainee.takes_part()? || it.trainee.completion_id.is_some() {
            continue;
        }
        let before = evaluate(now, &it.facts, today);
        let after = evaluate(then, &it.facts, today);
        if let Some(change) = change((now, &before), (then, &after)) {
            all.push(Changed {
                id: it.trainee.id.to_string(),
                name: it.trainee.name_shown,
                number: it.trainee.trainee_number,
                from: change.from,
                to: change.to,
                change,
            });
        }
    }
    Ok(all)
}

/// Those who change, as pages show them.
pub(super) struct Shown {
    pub href: String,
    pub name: String,
    pub number: String,
    pub from: (&'static str, &'static str),
    pub to: (&'static str, &'static str),
    pub lines: Vec<String>,
}

/// Words of a change. A line's place may be in either version; the one that has it names it.
pub(super) fn shown(
    it: &Changed,
    (now, then): (&CompletionRules, &CompletionRules),
    (book, lang, base): (&Book, Lang, &str),
) -> Shown {
    let word =
        |it: Option<Standing>| it.map_or(lang.progress_no_line(), |standing| standing.label(lang));
    let line = |(what, from, to): &(_, Option<Standing>, Option<Standing>)| {
        let rules = if to.is_some() { then } else { now };
        let moved = lang.progress_from_to(word(*from), word(*to));
        format!(
            "{}{moved}",
            lang.before(&say::what(*what, rules, book, lang))
        )
    };
    let overall = |it: Standing| (say::tone(it), it.label(lang));
    Shown {
        href: format!("{base}/trainees/{}", it.id),
        name: it.name.clone(),
        number: it.number.clone(),
        from: overall(it.from),
        to: overall(it.to),
        lines: it.change.lines.iter().map(line).collect(),
    }
}

/// The thresholds of the address in the place of those that are followed. What the address does not
/// name stays as it is.
pub(in crate::progress) fn overlaid(
    form: &mut Form<'_>,
    pairs: &Pairs,
    base: &CompletionRules,
) -> CompletionRules {
    let mut rules = base.clone();
    let asked = |name: &str| pairs.get(name).is_some();
    if asked("whole") {
        rules.attendance.whole = forms::share(form, pairs, "whole");
    }
    if asked("each") {
        rules.attendance.each = forms::share(form, pairs, "each");
    }
    if asked("excused") {
        let excused = form.choice("excused", Excused::parse);
        excused
            .unwrap_or(Excused::LeftOut)
            .as_str()
            .clone_into(&mut rules.attendance.excused);
    }
    if asked("mark") {
        rules.marks.each = forms::share(form, pairs, "mark");
    }
    if asked("average") {
        rules.marks.average = forms::share(form, pairs, "average");
    }
    for (n, choice) in (1..).zip(&mut rules.any_of) {
        let field = format!("any_{n}_n");
        if asked(&field) {
            let least = form.optional_number(&field, 1, 100);
            choice.n = u32::try_from(least.unwrap_or(0)).unwrap_or(0);
        }
    }
    form.extend(problems(&rules));
    rules
}

fn followed(cx: &mut Cx<'_, '_>, staff: &CohortStaff) -> Result<Rules> {
    Ok(queries::followed(cx.conn, staff)?.ok_or(ProgressRefusal::NoRules)?)
}

#[derive(Template)]
#[template(path = "progress/what_if.html")]
struct WhatIfPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    rules: String,
    groups: Vec<Group>,
    again: Again,
    asked: bool,
    same: bool,
    rows: Vec<Shown>,
    hidden: Vec<(String, String)>,
    draft: bool,
    query: String,
}

fn show(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    (pairs, error): (&Pairs, Option<Error>),
) -> Result<Reply> {
    let lang = cx.lang();
    let (_, cohort) = cohort_of(cx)?;
    let now = followed(cx, staff)?;
    let mut form = Form::new(pairs);
    let then = overlaid(&mut form, pairs, &now.content);
    let judged = form.done();
    let book = book(cx.conn, staff.programme())?;
    let base = at(staff);
    let mut rows = Vec::new();
    let mut again = match (error, judged) {
        (Some(error), _) | (None, Err(error)) => Again::from_error(error, lang)?,
        (None, Ok(())) => {
            let all = changes(cx.conn, staff, &now.content, &then)?;
            let words = (&book, lang, base.as_str());
            rows.extend(all.iter().map(|it| shown(it, (&now.content, &then), words)));
            Again::first()
        }
    };
    let standing = forms::values(&now.content);
    let typed: Vec<(String, String)> = standing
        .iter()
        .map(|(name, value)| {
            let value = pairs.get(name).unwrap_or(value);
            (name.to_owned(), value.to_owned())
        })
        .collect();
    let fields: Vec<Field> = forms::thresholds(lang, now.content.any_of.len());
    let mut groups = vec![Group::plain(fields)];
    let typed = Pairs::new(typed);
    fill(&mut groups, &typed, &mut again.mistakes);
    let names = groups.iter().flat_map(|it| &it.fields);
    let mut hidden: Vec<(String, String)> = names
        .map(|it| (it.name.clone(), it.value.clone()))
        .collect();
    let versions = queries::versions(cx.conn, &staff.programme_staff())?;
    let draft = actions::draft(&versions);
    hidden.extend(draft.map(|it| ("version".to_owned(), it.version.to_string())));
    let status = again.status;
    let page = WhatIfPage {
        shell: cx.shell(lang.progress_what_if()),
        crumbs: crumbs(lang, staff, &cohort),
        cohort: staff.cohort(),
        rules: lang.progress_by_rules(now.number, now.content.name.say(lang)),
        asked: pairs.iter().next().is_some() && status == 200,
        same: then == now.content,
        groups,
        again,
        rows,
        hidden,
        draft: draft.is_some(),
        query: pairs.with(&[]),
    };
    cx.visit.page_with(status, &page)
}

/// GET `…/completion/what-if`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _) = cohort_of(cx)?;
    let visit = cx.visit;
    show(cx, &staff, (&visit.request.query, None))
}

/// GET `…/completion/what-if.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort_of(cx)?;
    let now = followed(cx, &staff)?;
    let pairs = &cx.visit.request.query;
    let mut form = Form::new(pairs);
    let then = overlaid(&mut form, pairs, &now.content);
    form.done()?;
    let book = book(cx.conn, staff.programme())?;
    let all = changes(cx.conn, &staff, &now.content, &then)?;
    let header = [
        lang.progress_trainee(),
        lang.progress_number(),
        lang.progress_now(),
        lang.progress_then(),
        lang.progress_changed_lines(),
    ];
    let row = |it: &Changed| {
        let it = shown(it, (&now.content, &then), (&book, lang, ""));
        vec![
            it.name,
            it.number,
            it.from.1.to_owned(),
            it.to.1.to_owned(),
            it.lines.join("\n"),
        ]
    };
    short(
        &cx.request().path,
        &format!("{}-what-if", cohort.code),
        &header,
        all.iter().map(row).collect(),
    )
}

/// POST `…/completion/what-if`: these rules become the draft of the programme's next version.
pub(super) fn keep(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, _) = cohort_of(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let now = followed(cx, &staff)?;
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 1, i32::MAX);
    let then = overlaid(&mut form, typed, &now.content);
    let programme = staff.programme_staff();
    let saved = form
        .done()
        .and_then(|()| actions::save_draft(cx.conn, &programme, seen, &then));
    match saved {
        Ok(()) => {
            let to = format!("/programmes/{}/completion/draft", staff.programme());
            Ok(Reply::see_other(to).flash("rules_saved"))
        }
        Err(error) => show(cx, &staff, (typed, Some(error))),
    }
}
