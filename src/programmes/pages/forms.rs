//! Forms of a programme: itself, targets, sources, the statement.

use crate::access::ProgrammeStaff;
use crate::error::{Error, Result};
use crate::ids::{SourceId, TargetId};
use crate::lang::Lang;
use crate::lang::format::date;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, History, confirm_page, form_page,
};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewSource, NewTarget, ProgrammeDetails};
use super::super::queries::{self, Programme, TargetRow};
use super::super::rules::{Metric, Operator};
use super::{chosen, crumbs, hidden, home};

/// A form of this room's: below the programme's page, which it goes back to.
fn form_spec(
    lang: Lang,
    staff: &ProgrammeStaff,
    title: &str,
    fields: Vec<Field>,
    action: String,
) -> FormSpec {
    FormSpec {
        title: title.to_owned(),
        crumbs: crumbs(lang, staff),
        note: None,
        groups: vec![Group::plain(fields)],
        hidden: vec![hidden(staff)],
        action,
        submit: lang.save().to_owned(),
        back: home(staff),
        history: History::default(),
    }
}

fn saved(staff: &ProgrammeStaff) -> Reply {
    Reply::see_other(home(staff)).flash("saved")
}

/// The fields of a programme's form as they stand.
pub(in crate::programmes) fn programme_values(row: &Programme) -> Pairs {
    Pairs::new(vec![
        pair("name_en", &row.name_en),
        pair("name_zh", &row.name_zh),
        pair("summary_en", &row.summary_en),
        pair("summary_zh", &row.summary_zh),
        pair("status", &row.status),
        pair("contact_email", &row.contact_email),
    ])
}

fn show_programme(
    cx: &Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: &Programme,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let statuses = actions::STATUSES
        .iter()
        .map(|word| pair(*word, lang.programme_status(word)))
        .collect();
    let mut fields = vec![
        Field::line("name_en", lang.programmes_name_en()).written_in(Lang::En),
        Field::line("name_zh", lang.programmes_name_zh()).written_in(Lang::Zh),
        Field::line("summary_en", lang.programmes_summary_en())
            .area(5)
            .optional()
            .written_in(Lang::En),
        Field::line("summary_zh", lang.programmes_summary_zh())
            .area(5)
            .optional()
            .written_in(Lang::Zh),
        Field::line("contact_email", lang.programmes_contact()).of("email"),
    ];
    // A closed one stays so until it is opened again.
    if row.status != "closed" {
        fields.push(Field::line("status", lang.programmes_status()).choice(statuses));
    }
    let action = "/programme/edit".to_owned();
    let mut spec = form_spec(lang, staff, lang.programmes_edit(), fields, action);
    spec.hidden.push(pair("version", row.version.to_string()));
    form_page(cx, spec, values, again)
}

/// GET `/programme/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let row = queries::programme(cx.conn, &staff)?;
    show_programme(cx, &staff, &row, &programme_values(&row), &Again::first())
}

/// Judges the fields of a programme's form.
pub(in crate::programmes) fn read_programme(form: &mut Form<'_>, now: &str) -> ProgrammeDetails {
    let status = |word: &str| actions::STATUSES.contains(&word).then(|| word.to_owned());
    ProgrammeDetails {
        name_en: form.text("name_en", 120),
        name_zh: form.text("name_zh", 120),
        summary_en: form.optional("summary_en", 2000).unwrap_or_default(),
        summary_zh: form.optional("summary_zh", 2000).unwrap_or_default(),
        status: if now == "closed" {
            now.to_owned()
        } else {
            form.choice("status", status).unwrap_or_default()
        },
        contact_email: super::contact(form),
    }
}

/// POST `/programme/edit`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let row = queries::programme(cx.conn, &staff)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let details = read_programme(&mut form, &row.status);
    let done = form
        .done()
        .and_then(|()| actions::edit_programme(cx.conn, &staff, version, &details));
    match done {
        Ok(()) => Ok(saved(&staff)),
        Err(error) => {
            let lang = cx.lang();
            let again =
                Again::from_error(error, lang)?.compare(&programme_values(&row), typed, lang);
            show_programme(cx, &staff, &row, typed, &again)
        }
    }
}

fn target_fields(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff) -> Result<Vec<Field>> {
    let lang = cx.lang();
    let metrics = actions::METRICS
        .iter()
        .map(|word| {
            let label = Metric::parse(word)
                .map_or_else(|| lang.programmes_first_intake(), |m| m.label(lang));
            pair(*word, label)
        })
        .collect();
    let operators = Operator::ALL
        .iter()
        .map(|op| pair(op.as_str(), op.label(lang)))
        .collect();
    let sources = queries::sources(cx.conn, staff.programme())?
        .into_iter()
        .map(|row| {
            let title = lang.pick(&row.title_en, &row.title_zh);
            let of = [row.publisher.clone(), date(lang, row.published_on)];
            let label = title.clone() + &lang.aside(&of.join(lang.pick(", ", "，")));
            (row.id.to_string(), label)
        })
        .collect();
    Ok(vec![
        Field::line("metric", lang.programmes_metric()).choice(metrics),
        Field::line("operator", lang.programmes_operator()).choice(operators),
        Field::line("value", lang.programmes_value())
            .of("number")
            .hint(lang.programmes_value_hint()),
        Field::line("starts_on", lang.programmes_starts_on()).of("date"),
        Field::line("ends_on", lang.programmes_ends_on()).of("date"),
        Field::line("wording_en", lang.programmes_wording_en())
            .area(2)
            .written_in(Lang::En),
        Field::line("wording_zh", lang.programmes_wording_zh())
            .area(2)
            .written_in(Lang::Zh),
        Field::line("source", lang.programmes_source())
            .choice(sources)
            .optional(),
    ])
}

/// Judges the fields of a target's form.
pub(in crate::programmes) fn read_target(form: &mut Form<'_>, typed: &Pairs) -> NewTarget {
    let metric = |word: &str| actions::METRICS.contains(&word).then(|| word.to_owned());
    let source = if typed.typed("source").is_empty() {
        None
    } else {
        form.choice("source", |id| id.parse::<SourceId>().ok())
    };
    NewTarget {
        metric: form.choice("metric", metric).unwrap_or_default(),
        operator: form
            .choice("operator", Operator::parse)
            .unwrap_or(Operator::MoreThan),
        value: form.number("value", 0, 1_000_000),
        starts_on: form.date("starts_on"),
        ends_on: form.date("ends_on"),
        wording_en: form.text("wording_en", 400),
        wording_zh: form.text("wording_zh", 400),
        source,
    }
}

fn show_target(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: Option<&TargetRow>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let fields = target_fields(cx, staff)?;
    let (title, action) = match row {
        Some(row) => (
            lang.programmes_target_edit(),
            format!("/programme/targets/{}", row.id),
        ),
        None => (
            lang.programmes_target_add(),
            "/programme/targets/new".to_owned(),
        ),
    };
    let mut spec = form_spec(lang, staff, title, fields, action);
    if let Some(row) = row {
        spec.hidden.push(pair("version", row.version.to_string()));
    }
    form_page(cx, spec, values, again)
}

/// GET `/programme/targets/new`.
pub(super) fn new_target(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let values = Pairs::new(vec![pair("metric", "trained"), pair("operator", ">")]);
    show_target(cx, &staff, None, &values, &Again::first())
}

/// POST `/programme/targets/new`.
pub(super) fn add_target(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let target = read_target(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::add_target(cx.conn, &staff, &target));
    match done {
        Ok(_) => Ok(saved(&staff)),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_target(cx, &staff, None, typed, &again)
        }
    }
}

/// The target of the address, within the programme chosen.
fn target(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff) -> Result<TargetRow> {
    let id: TargetId = cx.request().param("target")?;
    queries::targets(cx.conn, staff.programme())?
        .into_iter()
        .find(|row| row.id == id)
        .ok_or(Error::NotFound)
}

/// The fields of a target's form as they stand.
pub(in crate::programmes) fn target_values(row: &TargetRow) -> Pairs {
    Pairs::new(vec![
        pair("metric", &row.metric),
        pair("operator", &row.operator),
        pair("value", row.value.to_string()),
        pair("starts_on", row.starts_on.to_string()),
        pair("ends_on", row.ends_on.to_string()),
        pair("wording_en", &row.wording_en),
        pair("wording_zh", &row.wording_zh),
        pair(
            "source",
            row.source_id.map(|id| id.to_string()).unwrap_or_default(),
        ),
    ])
}

/// GET `/programme/targets/{target}`.
pub(super) fn edit_target(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let row = target(cx, &staff)?;
    show_target(
        cx,
        &staff,
        Some(&row),
        &target_values(&row),
        &Again::first(),
    )
}

/// POST `/programme/targets/{target}`.
pub(super) fn save_target(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let row = target(cx, &staff)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let changed = read_target(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::edit_target(cx.conn, &staff, row.id, version, &changed));
    match done {
        Ok(()) => Ok(saved(&staff)),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&target_values(&row), typed, lang);
            show_target(cx, &staff, Some(&row), typed, &again)
        }
    }
}

/// GET `/programme/targets/{target}/remove`.
pub(super) fn ask_remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let row = target(cx, &staff)?;
    let lang = cx.lang();
    let spec = ConfirmSpec {
        title: lang.programmes_target_remove_ask().to_owned(),
        crumbs: crumbs(lang, &staff),
        effects: vec![Effect {
            heading: lang.pick(&row.wording_en, &row.wording_zh).clone(),
            lines: vec![lang.programmes_target_remove_does().to_owned()],
            hard: true,
        }],
        refusal: None,
        hidden: vec![hidden(&staff)],
        action: format!("/programme/targets/{}/remove", row.id),
        submit: lang.programmes_target_remove().to_owned(),
        danger: true,
        back: home(&staff),
    };
    confirm_page(cx, 200, &spec)
}

/// POST `/programme/targets/{target}/remove`.
pub(super) fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let row = target(cx, &staff)?;
    actions::remove_target(cx.conn, &staff, &row)?;
    Ok(saved(&staff))
}

fn show_source(
    cx: &Cx<'_, '_>,
    staff: &ProgrammeStaff,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let fields = vec![
        Field::line("title_en", lang.programmes_title_en()).written_in(Lang::En),
        Field::line("title_zh", lang.programmes_title_zh()).written_in(Lang::Zh),
        Field::line("publisher", lang.programmes_publisher()),
        Field::line("published_on", lang.programmes_published_on()).of("date"),
        Field::line("url", lang.programmes_url())
            .of("url")
            .optional(),
    ];
    let action = "/programme/sources/new".to_owned();
    let spec = form_spec(lang, staff, lang.programmes_source_add(), fields, action);
    form_page(cx, spec, values, again)
}

/// GET `/programme/sources/new`.
pub(super) fn new_source(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    show_source(cx, &staff, Pairs::none(), &Again::first())
}

/// Judges the fields of a source's form.
pub(in crate::programmes) fn read_source(form: &mut Form<'_>) -> NewSource {
    let source = NewSource {
        title_en: form.text("title_en", 300),
        title_zh: form.text("title_zh", 300),
        publisher: form.text("publisher", 200),
        published_on: form.date("published_on"),
        url: form.optional("url", 500),
    };
    if let Some(url) = &source.url
        && !(url.starts_with("https://") || url.starts_with("http://"))
    {
        form.error("url", "url", |lang| lang.programmes_url_form().to_owned());
    }
    source
}

/// POST `/programme/sources/new`.
pub(super) fn add_source(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let source = read_source(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::add_source(cx.conn, &staff, &source));
    match done {
        Ok(_) => Ok(saved(&staff)),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_source(cx, &staff, typed, &again)
        }
    }
}

fn show_pics(
    cx: &Cx<'_, '_>,
    staff: &ProgrammeStaff,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let fields = vec![
        Field::line("version", lang.programmes_pics_version())
            .width("w16")
            .hint(lang.programmes_pics_version_hint()),
        Field::line("text_en", lang.programmes_pics_text_en())
            .area(14)
            .written_in(Lang::En),
        Field::line("text_zh", lang.programmes_pics_text_zh())
            .area(14)
            .written_in(Lang::Zh),
    ];
    let action = "/programme/pics/new".to_owned();
    let mut spec = form_spec(lang, staff, lang.programmes_pics_new(), fields, action);
    spec.note = Some(lang.programmes_pics_note().to_owned());
    lang.programmes_pics_publish().clone_into(&mut spec.submit);
    form_page(cx, spec, values, again)
}

/// GET `/programme/pics/new`: the version in force is the beginning of the next.
pub(super) fn new_pics(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let versions = queries::pics_versions(cx.conn, staff.programme())?;
    let values = versions.first().map_or_else(Pairs::default, |row| {
        Pairs::new(vec![
            pair("text_en", &row.text_en),
            pair("text_zh", &row.text_zh),
        ])
    });
    show_pics(cx, &staff, &values, &Again::first())
}

/// Judges the fields of a statement's form: version, English and Chinese text.
pub(in crate::programmes) fn read_pics(form: &mut Form<'_>) -> (String, String, String) {
    (
        form.text("version", 20),
        form.text("text_en", 20_000),
        form.text("text_zh", 20_000),
    )
}

/// POST `/programme/pics/new`.
pub(super) fn publish_pics(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let (version, text_en, text_zh) = read_pics(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::publish_pics(cx.conn, &staff, &version, &text_en, &text_zh));
    match done {
        Ok(_) => Ok(saved(&staff)),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show_pics(cx, &staff, typed, &again)
        }
    }
}
