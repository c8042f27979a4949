//! A marker's queue, and marking by the rubric. Nothing here names whose work it is.

use askama::Template;

use crate::access::{self, Instructor};
use crate::error::{Error, Result};
use crate::ids::ScriptId;
use crate::lang::Lang;
use crate::lang::format::deadline;
use crate::web::exports::short;
use crate::web::fields::{Again, Field, Group, Input, fill};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply, ReplyBody, Shell};

use super::super::actions::{self, Given};
use super::super::queries::{self, Assessment, Mark, Queued, Reader, Script, Work};
use super::super::rules::pdf::without_author;
use super::super::rules::rubric::Criterion;
use super::super::rules::{MarkRole, ScriptState};
use super::give::{self, GivenLine};
use super::{pair, shown_mark};

struct Row {
    href: String,
    label: String,
    title: String,
    module: String,
    role: &'static str,
    state: &'static str,
    mark: String,
}

#[derive(Template)]
#[template(path = "assessment/queue.html")]
struct QueuePage {
    shell: Shell,
    rows: Vec<Row>,
    query: String,
    /// Only what is to be done?
    open: bool,
    /// The list with what is done, or without.
    other: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

fn row(lang: Lang, it: &Queued) -> Row {
    Row {
        href: format!("/marking/{}", it.id),
        label: it.label.clone(),
        title: it.title(lang).to_owned(),
        module: it.module_code.clone(),
        role: MarkRole::parse(&it.role).map_or("–", |it| it.label(lang)),
        state: match (it.done, it.begun) {
            (true, _) => lang.asm_done(),
            (false, true) => lang.asm_begun(),
            (false, false) => lang.asm_waiting(),
        },
        mark: shown_mark(it.mark),
    }
}

fn place(it: &Queued) -> Cursor {
    Cursor {
        key: it.sort_key.clone(),
        id: it.id.0,
    }
}

/// GET `/marking.csv` and `.xlsx`, narrowed as the address says.
pub(super) fn queue_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let instructor = access::instructor(cx.conn)?;
    let query = &cx.request().query;
    let open = query.typed("all") != "yes";
    let of = query.typed("assessment").parse().ok();
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let found = queries::queue(cx.conn, &instructor, (open, of), after.as_ref(), PAGE + 1)?;
        let page = Page::cut(found, PAGE, place);
        lines.extend(page.rows.iter().map(|it| {
            let row = row(lang, it);
            vec![
                row.label,
                row.title,
                row.module,
                row.role.to_owned(),
                row.state.to_owned(),
                row.mark,
            ]
        }));
        after = page.next.as_deref().and_then(Cursor::decode);
        if after.is_none() {
            break;
        }
    }
    let header = [
        lang.asm_script(),
        lang.asm_one(),
        lang.asm_module(),
        lang.asm_role(),
        lang.asm_state(),
        lang.asm_mark(),
    ];
    short(&cx.request().path, "marking", &header, lines)
}

/// GET `/marking`: own work first, what is to be done first.
pub(super) fn queue(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let instructor = access::instructor(cx.conn)?;
    let query = &cx.visit.request.query;
    let open = query.typed("all") != "yes";
    let after = Cursor::from_query(query);
    let of = query.typed("assessment").parse().ok();
    let found = queries::queue(cx.conn, &instructor, (open, of), after.as_ref(), PAGE + 1)?;
    let page = Page::cut(found, PAGE, place);
    let page = QueuePage {
        shell: cx.shell(lang.asm_queue()),
        rows: page.rows.iter().map(|it| row(lang, it)).collect(),
        query: query.with(&[("after", "")]),
        open,
        other: format!(
            "/marking?{}",
            query.with(&[("all", if open { "yes" } else { "" }), ("after", "")])
        ),
        paged: after.is_some(),
        first: format!("/marking?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("/marking?{}", query.with(&[("after", &after)]))),
    };
    cx.visit.page(&page)
}

/// The fields by which a script is marked; `absent` where nobody may have come.
pub(super) fn mark_fields(lang: Lang, rubric: &[Criterion], absent: bool) -> Vec<Group> {
    let mut groups: Vec<Group> = rubric
        .iter()
        .enumerate()
        .map(|(n, criterion)| {
            let levels: Vec<&str> = criterion.levels.iter().map(|it| it.say(lang)).collect();
            let mut points =
                Field::line(format!("points_{}", n + 1), lang.asm_points()).of("number");
            let most = lang.asm_points_up_to(criterion.points);
            points = points.hint(if levels.is_empty() {
                most
            } else {
                format!(
                    "{most}{}{}",
                    lang.pick(". ", "。"),
                    levels.join(lang.pick(" · ", "・"))
                )
            });
            Group::two(
                criterion.name.say(lang),
                vec![
                    points,
                    Field::line(format!("comment_{}", n + 1), lang.asm_comment())
                        .area(2)
                        .optional(),
                ],
            )
        })
        .collect();
    let mut last = vec![
        Field::line("feedback", lang.asm_feedback())
            .area(5)
            .optional()
            .hint(lang.asm_feedback_hint()),
    ];
    if absent {
        last.push(
            Field::line("absent", lang.asm_absent())
                .ticks(vec![pair("yes", lang.asm_absent())])
                .optional(),
        );
    }
    groups.push(Group::plain(last));
    groups
}

/// Reads what a marker gives by a rubric.
pub(in crate::assessment) fn read_given(
    form: &mut Form<'_>,
    pairs: &Pairs,
    rubric: &[Criterion],
) -> Given {
    Given {
        points: (1..)
            .zip(rubric)
            .map(|(n, it)| form.optional_number(&format!("points_{n}"), 0, it.points))
            .collect(),
        comments: (1..=rubric.len())
            .map(|n| {
                form.optional(&format!("comment_{n}"), 2_000)
                    .unwrap_or_default()
            })
            .collect(),
        feedback: form.optional("feedback", 8_000).unwrap_or_default(),
        absent: pairs.has("absent", "yes"),
        done: pairs.typed("do") == "give",
    }
}

fn values(mark: Option<&Mark>) -> Result<Pairs> {
    let mut all = Vec::new();
    if let Some(mark) = mark {
        for (n, points) in (1..).zip(mark.points()?) {
            let typed = points.map(|it| it.to_string()).unwrap_or_default();
            all.push(pair(format!("points_{n}"), typed));
        }
        for (n, comment) in (1..).zip(mark.comments()?) {
            all.push(pair(format!("comment_{n}"), comment));
        }
        all.push(pair("feedback", &mark.feedback));
    }
    Ok(Pairs::new(all))
}

#[derive(Template)]
#[template(path = "assessment/script.html")]
struct ScriptPage<'a> {
    shell: Shell,
    here: String,
    label: String,
    state: &'static str,
    role: &'static str,
    title: String,
    module: String,
    brief: String,
    due: String,
    late: Option<String>,
    files: Vec<(String, String)>,
    blind: bool,
    /// What the two gave, once one's own mark is given.
    given: Vec<String>,
    /// One's own, criterion by criterion, once it is given.
    own: Vec<GivenLine>,
    feedback: String,
    open: bool,
    seen: i32,
    groups: Vec<Group>,
    again: &'a Again,
}

fn script(cx: &mut Cx<'_, '_>) -> Result<(Instructor, Script, Assessment)> {
    let instructor = access::instructor(cx.conn)?;
    let id: ScriptId = cx.request().param("script")?;
    let (script, it) = queries::script(cx.conn, &instructor, id)?;
    Ok((instructor, script, it))
}

/// A finished mark; without one nobody came.
pub(super) fn given_mark(lang: Lang, mark: Option<i32>) -> String {
    match mark {
        None => lang.asm_did_not_come().to_owned(),
        Some(_) => shown_mark(mark),
    }
}

/// What both markers gave, once one's own mark stands: then the other is no secret any more.
fn both(cx: &mut Cx<'_, '_>, instructor: &Instructor, script: &Script) -> Result<Vec<String>> {
    let lang = cx.lang();
    let mut given = Vec::new();
    for mark in queries::marks_of(cx.conn, Reader::Marker(instructor), &[script.id])? {
        let role = MarkRole::parse(&mark.role).map_or("–", |it| it.label(lang));
        if mark.done {
            given.push(lang.asm_other_mark(role, &given_mark(lang, mark.mark)));
        }
    }
    Ok(given)
}

pub(super) fn show(
    cx: &mut Cx<'_, '_>,
    (instructor, script, it): (&Instructor, &Script, &Assessment),
    typed: Option<&Pairs>,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let role = script.role_of(instructor.person()).ok_or(Error::NotFound)?;
    let own = queries::mark_of(cx.conn, Reader::Marker(instructor), script.id, role)?;
    let done = own.as_ref().is_some_and(|it| it.done);
    let state = script.state()?;
    let open = !done && it.state == "marking" && state != ScriptState::Agreed;
    let mut groups = mark_fields(lang, &it.rubric()?, !it.takes_files);
    let saved = values(own.as_ref())?;
    let mut again = again.clone();
    fill(&mut groups, typed.unwrap_or(&saved), &mut again.mistakes);
    let given = if done {
        both(cx, instructor, script)?
    } else {
        Vec::new()
    };
    let feedback = own.as_ref().map(|it| it.feedback.clone());
    let lines = match &own {
        Some(own) if done => give::lines(lang, it, own)?,
        Some(_) | None => Vec::new(),
    };
    let label = actions::label(lang, it, &script.label);
    let failed = again.status >= 400;
    let page = ScriptPage {
        shell: cx.shell(if failed {
            lang.form_error_title(&label)
        } else {
            label.clone()
        }),
        here: format!("/marking/{}", script.id),
        label,
        state: state.label(lang),
        role: role.label(lang),
        title: it.title(lang).to_owned(),
        module: it.module(lang),
        brief: it.brief(lang).to_owned(),
        due: deadline(lang, it.due_at),
        late: (script.days_late > 0).then(|| lang.asm_days_late(script.days_late)),
        files: (1..=script.file_ids.len())
            .map(|n| {
                (
                    format!("/marking/{}/files/{n}", script.id),
                    lang.asm_file_n(n),
                )
            })
            .collect(),
        blind: role == MarkRole::Second && !done,
        given,
        own: lines,
        feedback: feedback.unwrap_or_default(),
        open,
        seen: own.as_ref().map_or(0, |it| it.version),
        groups,
        again: &again,
    };
    cx.visit
        .page_with(if failed { again.status } else { 200 }, &page)
}

/// GET `/marking/{script}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (instructor, script, it) = script(cx)?;
    show(cx, (&instructor, &script, &it), None, &Again::first())
}

/// POST `/marking/{script}`: keeps a draft, asks whether to give the mark, or gives it.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (instructor, script, it) = script(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    if typed.has("do", "ask") {
        return give::ask(cx, (&instructor, &script, &it));
    }
    let mut form = Form::new(typed);
    let seen = form.optional_number("version", 0, i32::MAX).unwrap_or(0);
    let given = read_given(&mut form, typed, &it.rubric()?);
    let done = form
        .done()
        .and_then(|()| actions::save_mark(cx.conn, &instructor, script.id, &given, seen));
    match done {
        Ok(()) if given.done => Ok(Reply::see_other("/marking").flash("asm_given")),
        Ok(()) => Ok(Reply::see_other(format!("/marking/{}", script.id)).flash("asm_draft")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, (&instructor, &script, &it), Some(typed), &again)
        }
    }
}

/// GET `/marking/{script}/files/{n}`: under the script's label, never the sender's own name for it,
/// and without what it says of its author.
pub(in crate::assessment) fn script_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (instructor, script, it) = script(cx)?;
    let place: usize = cx.request().param("n")?;
    let work = Work::Script(&instructor, &script);
    let file = queries::file_of(cx.conn, work, place)?;
    let name = if it.anonymous {
        format!("candidate-{}-{place}.pdf", script.label)
    } else {
        file.label
    };
    let (key, anonymous) = (file.storage_key, it.anonymous);
    let body = ReplyBody::Stream(Box::new(move |site, out| {
        if !anonymous {
            return site.files.copy_to(&key, out);
        }
        // At most as large as an upload may be.
        let mut bytes = Vec::new();
        site.files.copy_to(&key, &mut bytes)?;
        without_author(&mut bytes);
        Ok(out.write_all(&bytes)?)
    }));
    Ok(Reply::download(&file.media_type, &name, body))
}
