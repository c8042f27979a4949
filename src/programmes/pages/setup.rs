//! The first page of an empty house, the list of programmes, and the form that makes one.

use askama::Template;

use crate::access;
use crate::db::Role;
use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::hk_date;
use crate::web::exports::short;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, FirstStatement, NewProgramme, NewTarget, ProgrammeDetails};
use super::super::queries;
use super::super::rules::{MAX_CODE, Metric, Operator, gaps, is_code};

/// A line of the list.
struct Line {
    href: String,
    name: String,
    code: String,
    tone: &'static str,
    status: &'static str,
    cohorts: i64,
    contact: String,
}

#[derive(Template)]
#[template(path = "programmes/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Line>,
    may_make: bool,
}

fn tone(status: &str) -> &'static str {
    match status {
        "recruiting" => "go",
        "running" => "ok",
        "closed" => "end",
        _ => "",
    }
}

/// GET `/programmes`: those that the desk reaches.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let desk = access::desk(cx.conn)?;
    let rows = queries::summaries(cx.conn, &desk)?;
    let page = ListPage {
        shell: cx.shell(lang.programmes_switch()),
        rows: rows
            .into_iter()
            .map(|row| Line {
                href: format!("/programme?programme={}", row.id),
                name: lang.pick(row.name_en, row.name_zh),
                code: row.code,
                tone: tone(&row.status),
                status: lang.programme_status(&row.status),
                cohorts: row.cohorts,
                contact: row.contact_email,
            })
            .collect(),
        may_make: cx.visit.actor.role() == Some(Role::Administrator),
    };
    cx.visit.page(&page)
}

/// GET `/programmes.csv` and `/programmes.xlsx`.
pub(super) fn list_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let desk = access::desk(cx.conn)?;
    let header = [
        lang.programmes_code(),
        lang.programmes_name_en(),
        lang.programmes_name_zh(),
        lang.programmes_status(),
        lang.nav_cohorts(),
        lang.programmes_contact(),
    ];
    let rows = queries::summaries(cx.conn, &desk)?
        .into_iter()
        .map(|row| {
            vec![
                row.code,
                row.name_en,
                row.name_zh,
                lang.programme_status(&row.status).to_owned(),
                row.cohorts.to_string(),
                row.contact_email,
            ]
        })
        .collect();
    short(&cx.request().path, "programmes", &header, rows)
}

fn named(lang: Lang) -> Vec<Field> {
    vec![
        Field::line("name_en", lang.programmes_name_en()).written_in(Lang::En),
        Field::line("name_zh", lang.programmes_name_zh()).written_in(Lang::Zh),
        Field::line("code", lang.programmes_code())
            .width("w16")
            .hint(lang.programmes_code_hint()),
        Field::line("summary_en", lang.programmes_summary_en())
            .area(4)
            .optional()
            .written_in(Lang::En),
        Field::line("summary_zh", lang.programmes_summary_zh())
            .area(4)
            .optional()
            .written_in(Lang::Zh),
        Field::line("contact_email", lang.programmes_contact())
            .of("email")
            .hint(lang.programmes_contact_hint()),
    ]
}

fn promised(lang: Lang) -> Vec<Field> {
    let metrics = Metric::ALL
        .iter()
        .map(|metric| pair(metric.as_str(), metric.label(lang)))
        .collect();
    let operators = Operator::ALL
        .iter()
        .map(|op| pair(op.as_str(), op.label(lang)))
        .collect();
    vec![
        Field::line("metric", lang.programmes_metric())
            .choice(metrics)
            .optional(),
        Field::line("operator", lang.programmes_operator())
            .choice(operators)
            .optional(),
        Field::line("value", lang.programmes_value())
            .of("number")
            .optional()
            .hint(lang.programmes_first_target_hint()),
        Field::line("starts_on", lang.programmes_starts_on())
            .of("date")
            .optional(),
        Field::line("ends_on", lang.programmes_ends_on())
            .of("date")
            .optional(),
        Field::line("wording_en", lang.programmes_wording_en())
            .area(2)
            .optional()
            .written_in(Lang::En),
        Field::line("wording_zh", lang.programmes_wording_zh())
            .area(2)
            .optional()
            .written_in(Lang::Zh),
    ]
}

fn stated(lang: Lang) -> Vec<Field> {
    let choices = vec![
        pair("publish", lang.programmes_pics_confirm()),
        pair("later", lang.programmes_pics_later()),
    ];
    vec![
        Field::line("pics", lang.programmes_pics_when())
            .choice(choices)
            .hint(lang.programmes_pics_when_hint()),
        Field::line("version", lang.programmes_pics_version())
            .width("w16")
            .optional()
            .hint(lang.programmes_pics_version_hint()),
        Field::line("text_en", lang.programmes_pics_text_en())
            .area(14)
            .optional()
            .written_in(Lang::En),
        Field::line("text_zh", lang.programmes_pics_text_zh())
            .area(14)
            .optional()
            .written_in(Lang::Zh),
    ]
}

fn show(cx: &Cx<'_, '_>, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let group = |legend: &str, fields: Vec<Field>| Group {
        legend: Some(legend.to_owned()),
        two: false,
        fields,
    };
    let spec = FormSpec {
        title: lang.programmes_new().to_owned(),
        crumbs: vec![pair("/programmes", lang.programmes_switch())],
        note: Some(lang.programmes_new_note().to_owned()),
        groups: vec![
            group(lang.programmes_new_names(), named(lang)),
            group(lang.programmes_new_target(), promised(lang)),
            group(lang.programmes_pics(), stated(lang)),
        ],
        hidden: Vec::new(),
        action: "/programmes/new".to_owned(),
        submit: lang.programmes_make().to_owned(),
        back: "/programmes".to_owned(),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/programmes/new`: the statement begins as a draft, to be read, filled in and confirmed.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let today = hk_date(crate::db::now(cx.conn)?);
    let values = Pairs::new(vec![
        pair("metric", Metric::Trained.as_str()),
        pair("operator", Operator::MoreThan.as_str()),
        pair("version", today.format("%Y-%m").to_string()),
        pair("text_en", Lang::En.programmes_pics_draft()),
        pair("text_zh", Lang::Zh.programmes_pics_draft()),
    ]);
    show(cx, &values, &Again::first())
}

/// The first target, if a figure or one of its companions is given; then all of them are wanted.
fn read_target(form: &mut Form<'_>, typed: &Pairs) -> Option<NewTarget> {
    let asked = ["value", "starts_on", "ends_on", "wording_en", "wording_zh"]
        .iter()
        .any(|name| !typed.typed(name).trim().is_empty());
    asked.then(|| NewTarget {
        metric: form
            .choice("metric", Metric::parse)
            .map_or_else(String::new, |metric| metric.as_str().to_owned()),
        operator: form
            .choice("operator", Operator::parse)
            .unwrap_or(Operator::MoreThan),
        value: form.number("value", 0, 1_000_000),
        starts_on: form.date("starts_on"),
        ends_on: form.date("ends_on"),
        wording_en: form.text("wording_en", 400),
        wording_zh: form.text("wording_zh", 400),
        source: None,
    })
}

/// A text of the statement without gaps in square brackets.
fn whole(form: &mut Form<'_>, name: &str) -> String {
    let text = form.text(name, 20_000);
    if let Some(gap) = gaps(&text).first() {
        form.error(name, "gap", |lang| lang.programmes_pics_gap(gap));
    }
    text
}

fn read_statement(form: &mut Form<'_>) -> Option<FirstStatement> {
    let publish = form.choice("pics", |word| match word {
        "publish" => Some(true),
        "later" => Some(false),
        _ => None,
    })?;
    publish.then(|| FirstStatement {
        version: form.text("version", 20),
        text_en: whole(form, "text_en"),
        text_zh: whole(form, "text_zh"),
    })
}

/// Judges the fields of a new programme.
///
/// # Errors
/// [`crate::error::Error::Invalid`].
pub(in crate::programmes) fn read_new(typed: &Pairs) -> Result<NewProgramme> {
    let mut form = Form::new(typed);
    let code = form.text("code", MAX_CODE);
    if !code.is_empty() && !is_code(&code) {
        form.error("code", "format", |lang| {
            lang.programmes_code_format().to_owned()
        });
    }
    let new = NewProgramme {
        code,
        details: ProgrammeDetails {
            name_en: form.text("name_en", 120),
            name_zh: form.text("name_zh", 120),
            summary_en: form.optional("summary_en", 2000).unwrap_or_default(),
            summary_zh: form.optional("summary_zh", 2000).unwrap_or_default(),
            status: "planned".to_owned(),
            contact_email: super::contact(&mut form),
        },
        target: read_target(&mut form, typed),
        statement: read_statement(&mut form),
    };
    form.done()?;
    Ok(new)
}

/// POST `/programmes/new`.
pub(super) fn create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let visit = cx.visit;
    let typed = visit.request.form();
    let made = read_new(typed).and_then(|new| {
        let desk = access::desk(cx.conn)?;
        actions::set_up(cx.conn, &desk, &new)
    });
    match made {
        Ok(id) => Ok(Reply::see_other(format!("/programme?programme={id}")).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, typed, &again)
        }
    }
}
