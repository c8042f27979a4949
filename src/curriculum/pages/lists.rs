//! Competencies and references to frameworks: lists, forms, archiving with a question.

use askama::Template;

use crate::access::ProgrammeStaff;
use crate::db::now;
use crate::error::{Error, Result};
use crate::ids::{CompetencyId, ProgrammeId, ReferenceId};
use crate::lang::format::{date, hk_date};
use crate::lang::{Lang, Say as _};
use crate::web::exports::short;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, confirm_page, form_page,
};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::facts::{self, Rests, validity};
use super::super::lists_actions::{self as actions, NewCompetency, NewReference};
use super::super::queries::{self, Book, Competency, Reference, Sought};
use super::super::rules::{CurriculumRefusal, Holds, Pair};
use super::forms::{basis_field, basis_lines, read_basis};
use super::{crumbs, pair, staff};

/// A line of either list.
struct Line {
    href: String,
    code: String,
    name: String,
    more: String,
    days: String,
    tone: &'static str,
    standing: String,
    /// The frameworks that a competency answers to.
    rests: Vec<Rests>,
}

#[derive(Template)]
#[template(path = "curriculum/lists.html")]
struct ListPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: ProgrammeId,
    /// References, or competencies?
    references: bool,
    path: String,
    rows: Vec<Line>,
    text: String,
    archived: bool,
    filtered: bool,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

/// What the address asks for.
pub(in crate::curriculum) fn sought(query: &Pairs, limit: i64) -> Sought {
    let text = query.typed("q").trim();
    Sought {
        text: (!text.is_empty()).then(|| text.to_owned()),
        archived: query.has("show", "archived"),
        after: Cursor::from_query(query),
        limit,
    }
}

fn place(staff: &ProgrammeStaff, list: &str) -> String {
    format!("/programmes/{}/{list}", staff.programme())
}

fn show(
    cx: &Cx<'_, '_>,
    staff: &ProgrammeStaff,
    references: bool,
    sought: Sought,
    page: Page<Line>,
) -> Result<Reply> {
    let lang = cx.lang();
    let query = &cx.visit.request.query;
    let (title, list) = if references {
        (lang.curriculum_tab_references(), "references")
    } else {
        (lang.curriculum_tab_competencies(), "competencies")
    };
    let path = place(staff, list);
    cx.visit.page(&ListPage {
        shell: cx.shell(title),
        crumbs: crumbs(lang, staff, Vec::new()),
        programme: staff.programme(),
        references,
        rows: page.rows,
        filtered: sought.text.is_some() || sought.archived,
        text: sought.text.unwrap_or_default(),
        archived: sought.archived,
        query: query.with(&[("after", "")]),
        paged: sought.after.is_some(),
        first: format!("{path}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{path}?{}", query.with(&[("after", &after)]))),
        path,
    })
}

fn cursor(line: &Line) -> Cursor {
    Cursor {
        key: line.code.clone(),
        id: uuid::Uuid::nil(),
    }
}

/// GET `/programmes/{programme}/competencies`.
pub(super) fn competencies(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let sought = sought(&cx.visit.request.query, PAGE + 1);
    let rows = queries::competencies(cx.conn, &staff, &sought)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let today = hk_date(now(cx.conn)?);
    let line = |it: Competency| -> Result<Line> {
        Ok(Line {
            rests: facts::basis(&it.basis()?, &book, lang, today),
            href: format!("{}/{}", place(&staff, "competencies"), it.id),
            name: it.name(lang).to_owned(),
            more: it.description(lang).to_owned(),
            code: it.code,
            days: String::new(),
            tone: "",
            standing: String::new(),
        })
    };
    let lines = rows.into_iter().map(line).collect::<Result<_>>()?;
    let page = Page::cut(lines, PAGE, cursor);
    show(cx, &staff, false, sought, page)
}

fn reference_line(
    lang: Lang,
    staff: &ProgrammeStaff,
    today: chrono::NaiveDate,
    it: Reference,
) -> Line {
    let day = |day: Option<chrono::NaiveDate>| day.map(|it| date(lang, it)).unwrap_or_default();
    let days = match (it.valid_from, it.valid_to) {
        (None, None) => String::new(),
        // What is over says so itself.
        (None, Some(_)) if it.holds(today) == Holds::Over => String::new(),
        (from, to) => format!("{} – {}", day(from), day(to)),
    };
    let said = validity(&it, lang, today);
    let (tone, standing) = match it.holds(today) {
        Holds::Now if said.is_empty() => ("go", lang.curriculum_holds().to_owned()),
        Holds::Now => ("go", said),
        Holds::NotYet => ("", said),
        Holds::Over => ("end", said),
    };
    Line {
        href: format!("{}/{}", place(staff, "references"), it.id),
        name: it.title(lang).to_owned(),
        more: format!("{} {}", it.framework, it.edition).trim().to_owned(),
        code: it.code,
        days,
        tone,
        standing,
        rests: Vec::new(),
    }
}

/// GET `/programmes/{programme}/references`.
pub(super) fn references(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let sought = sought(&cx.visit.request.query, PAGE + 1);
    let today = hk_date(now(cx.conn)?);
    let rows = queries::references(cx.conn, &staff, &sought)?;
    let line = |it: Reference| reference_line(lang, &staff, today, it);
    let page = Page::cut(rows.into_iter().map(line).collect(), PAGE, cursor);
    show(cx, &staff, true, sought, page)
}

/// GET `/programmes/{programme}/competencies.csv` and `.xlsx`.
pub(in crate::curriculum) fn competencies_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let mut sought = sought(&cx.visit.request.query, 10_000);
    sought.after = None;
    let rows = queries::competencies(cx.conn, &staff, &sought)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let cells = |it: Competency| -> Result<Vec<String>> {
        let rests = basis_lines(&it.basis()?, &book);
        let texts = [
            it.code,
            it.name_en,
            it.name_zh,
            it.description_en,
            it.description_zh,
            rests.replace('\n', "; "),
        ];
        Ok(texts.into())
    };
    let header = [
        lang.curriculum_code(),
        lang.curriculum_name_en(),
        lang.curriculum_name_zh(),
        lang.curriculum_description_en(),
        lang.curriculum_description_zh(),
        lang.curriculum_rests_on(),
    ];
    let rows = rows.into_iter().map(cells).collect::<Result<_>>()?;
    short(&cx.request().path, "competencies", &header, rows)
}

/// GET `/programmes/{programme}/references.csv` and `.xlsx`.
pub(in crate::curriculum) fn references_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let mut sought = sought(&cx.visit.request.query, 10_000);
    sought.after = None;
    let rows = queries::references(cx.conn, &staff, &sought)?;
    let day = |day: Option<chrono::NaiveDate>| day.map(|it| it.to_string()).unwrap_or_default();
    let cells = |it: Reference| {
        let (from, to) = (day(it.valid_from), day(it.valid_to));
        let (url, by) = (it.url.unwrap_or_default(), it.successor.unwrap_or_default());
        vec![
            it.framework,
            it.edition,
            it.code,
            it.title_en,
            it.title_zh,
            url,
            from,
            to,
            by,
        ]
    };
    let header = [
        lang.curriculum_framework(),
        lang.curriculum_edition(),
        lang.curriculum_code(),
        lang.curriculum_title_en(),
        lang.curriculum_title_zh(),
        lang.curriculum_url(),
        lang.curriculum_valid_from(),
        lang.curriculum_valid_to(),
        lang.curriculum_superseded(),
    ];
    let rows = rows.into_iter().map(cells).collect();
    short(&cx.request().path, "references", &header, rows)
}

/// A form of one of the lists: its fields, its title, the row's version and history.
struct Ask<'a> {
    list: &'static str,
    title: &'a str,
    fields: Vec<Field>,
    /// Id and version of the row that is changed.
    row: Option<(String, i32)>,
}

fn form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    ask: Ask<'_>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let list = place(staff, ask.list);
    let label = if ask.list == "references" {
        lang.curriculum_tab_references()
    } else {
        lang.curriculum_tab_competencies()
    };
    let action = match &ask.row {
        Some((id, _)) => format!("{list}/{id}"),
        None => format!("{list}/new"),
    };
    let history = match &ask.row {
        Some((id, _)) => crate::audit::shown(
            cx.conn,
            id.parse().unwrap_or_default(),
            lang,
            format!("{list}/{id}/history"),
        )?,
        None => crate::web::fields::History::default(),
    };
    let spec = FormSpec {
        title: ask.title.to_owned(),
        crumbs: crumbs(lang, staff, vec![(list.clone(), label.to_owned())]),
        note: None,
        groups: vec![Group::plain(ask.fields)],
        hidden: ask
            .row
            .iter()
            .map(|(_, version)| pair("version", version.to_string()))
            .collect(),
        action,
        submit: lang.save().to_owned(),
        back: list,
        history,
    };
    form_page(cx, spec, values, again)
}

fn competency_form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: Option<&Competency>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let book = queries::book(cx.conn, staff.programme())?;
    let fields = vec![
        Field::line("code", lang.curriculum_code()).width("w16"),
        Field::line("name_en", lang.curriculum_name_en()).written_in(Lang::En),
        Field::line("name_zh", lang.curriculum_name_zh()).written_in(Lang::Zh),
        Field::line("description_en", lang.curriculum_description_en())
            .area(3)
            .optional()
            .written_in(Lang::En),
        Field::line("description_zh", lang.curriculum_description_zh())
            .area(3)
            .optional()
            .written_in(Lang::Zh),
        basis_field(lang, &book, lang.curriculum_rests_on()),
    ];
    let ask = Ask {
        list: "competencies",
        title: row.map_or(lang.curriculum_new_competency(), |_| {
            lang.curriculum_edit_competency()
        }),
        fields,
        row: row.map(|it| (it.id.to_string(), it.version)),
    };
    form(cx, staff, ask, values, again)
}

/// A code of a competency or reference: letters, digits, hyphens and dots.
fn code(form: &mut Form<'_>) -> String {
    let code = form.text("code", 30);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if !code.chars().all(plain) {
        form.error("code", "form", |lang| {
            lang.curriculum_need_code().to_owned()
        });
    }
    code
}

/// Judges a competency's fields.
pub(in crate::curriculum) fn read_competency(form: &mut Form<'_>, book: &Book) -> NewCompetency {
    NewCompetency {
        code: code(form),
        name: Pair::new(form.text("name_en", 200), form.text("name_zh", 200)),
        description: Pair::new(
            form.optional("description_en", 1_000).unwrap_or_default(),
            form.optional("description_zh", 1_000).unwrap_or_default(),
        ),
        basis: read_basis(form, book),
    }
}

/// A competency's fields as they stand.
///
/// # Errors
/// [`Error::Internal`] when the row cannot be read.
pub(in crate::curriculum) fn competency_values(it: &Competency, book: &Book) -> Result<Pairs> {
    Ok(Pairs::new(vec![
        pair("basis", basis_lines(&it.basis()?, book)),
        pair("code", &it.code),
        pair("name_en", &it.name_en),
        pair("name_zh", &it.name_zh),
        pair("description_en", &it.description_en),
        pair("description_zh", &it.description_zh),
    ]))
}

/// GET `…/competencies/new`.
pub(super) fn new_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    competency_form(cx, &staff, None, Pairs::none(), &Again::first())
}

/// POST `…/competencies/new`.
pub(super) fn add_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let book = queries::book(cx.conn, staff.programme())?;
    let new = read_competency(&mut form, &book);
    let done = form
        .done()
        .and_then(|()| actions::add_competency(cx.conn, &staff, &new));
    match done {
        Ok(_) => Ok(Reply::see_other(place(&staff, "competencies")).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            competency_form(cx, &staff, None, typed, &again)
        }
    }
}

fn competency(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, Competency)> {
    let staff = staff(cx)?;
    let id: CompetencyId = cx.request().param("competency")?;
    let row = queries::competency(cx.conn, &staff, id)?;
    Ok((staff, row))
}

/// GET `…/competencies/{competency}`.
pub(super) fn edit_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = competency(cx)?;
    let book = queries::book(cx.conn, staff.programme())?;
    let values = competency_values(&row, &book)?;
    competency_form(cx, &staff, Some(&row), &values, &Again::first())
}

/// POST `…/competencies/{competency}`.
pub(super) fn change_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = competency(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let seen = form.number("version", 1, i32::MAX);
    let book = queries::book(cx.conn, staff.programme())?;
    let new = read_competency(&mut form, &book);
    let done = form
        .done()
        .and_then(|()| actions::change_competency(cx.conn, &staff, row.id, seen, &new));
    match done {
        Ok(()) => Ok(Reply::see_other(place(&staff, "competencies")).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let saved = competency_values(&row, &book)?;
            let again = Again::from_error(error, lang)?.compare(&saved, typed, lang);
            competency_form(cx, &staff, Some(&row), typed, &again)
        }
    }
}

/// The question before archiving what has this code, below this list.
fn question(
    cx: &Cx<'_, '_>,
    staff: &ProgrammeStaff,
    (list, id, code): (&str, String, &str),
    status: u16,
    refusal: Option<String>,
) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("{}/{id}", place(staff, list));
    let spec = ConfirmSpec {
        title: lang.curriculum_archive_ask(code),
        crumbs: crumbs(lang, staff, vec![(at.clone(), code.to_owned())]),
        effects: vec![Effect {
            heading: lang.cohorts_step_happens().to_owned(),
            lines: vec![
                lang.curriculum_archive_does().to_owned(),
                lang.curriculum_told_nobody().to_owned(),
            ],
            hard: true,
        }],
        refusal,
        hidden: Vec::new(),
        action: format!("{at}/archive"),
        submit: lang.curriculum_archive().to_owned(),
        danger: true,
        back: at,
    };
    confirm_page(cx, status, &spec)
}

fn archived(lang: Lang, at: Option<chrono::DateTime<chrono::Utc>>) -> Option<String> {
    at.map(|_| CurriculumRefusal::Archived.say(lang))
}

/// GET `…/competencies/{competency}/archive`.
pub(super) fn ask_archive_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = competency(cx)?;
    let refusal = archived(cx.lang(), row.archived_at);
    let what = ("competencies", row.id.to_string(), row.code.as_str());
    question(cx, &staff, what, 200, refusal)
}

/// POST `…/competencies/{competency}/archive`.
pub(super) fn archive_competency(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = competency(cx)?;
    match actions::archive_competency(cx.conn, &staff, row.id) {
        Ok(()) => Ok(Reply::see_other(place(&staff, "competencies")).flash("saved")),
        Err(Error::Refused(refused)) => {
            let text = refused.say(cx.lang());
            let what = ("competencies", row.id.to_string(), row.code.as_str());
            question(cx, &staff, what, 409, Some(text))
        }
        Err(other) => Err(other),
    }
}

mod reference;
pub(super) use reference::{
    add_reference, archive_reference, ask_archive_reference, change_reference, edit_reference,
    new_reference,
};
pub(in crate::curriculum) use reference::{read_reference, reference_values};

/// GET `…/competencies/{competency}/history.csv` and `.xlsx`.
pub(super) fn competency_history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = competency(cx)?;
    crate::audit::file(cx.visit, "competency-history", it.id.0)
}

/// GET `…/references/{reference}/history.csv` and `.xlsx`.
pub(super) fn reference_history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let it = queries::reference(cx.conn, &staff, cx.request().param("reference")?)?;
    crate::audit::file(cx.visit, "reference-history", it.id.0)
}
