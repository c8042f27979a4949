//! Closed periods of a programme.

use askama::Template;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::error::{Error, Result};
use crate::ids::{ClosedId, OrganisationId};
use crate::lang::Lang;
use crate::lang::format::date;
use crate::web::exports::short;
use crate::web::fields::{
    Again, ConfirmSpec, Effect, Field, FormSpec, Group, History, Input, confirm_page, fill,
};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, ClosedDetails};
use super::super::queries::{self, ClosedRow};
use super::super::rules::ClosedKind;
use super::pair;

/// The programme that the address or form names, or the first that the desk reaches.
pub(super) fn chosen(cx: &Cx<'_, '_>) -> Result<ProgrammeStaff> {
    let request = cx.request();
    let named = request
        .query
        .get("programme")
        .or_else(|| request.form().get("programme"));
    let wanted = match named.filter(|text| !text.is_empty()) {
        Some(text) => Some(text.parse().map_err(|_malformed| Error::NotFound)?),
        None => None,
    };
    access::working_programme(cx.conn, wanted)
}

struct Row {
    href: String,
    name: String,
    kind: &'static str,
    days: String,
    whose: String,
}

#[derive(Template)]
#[template(path = "teaching/closed.html")]
struct ClosedPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    rows: Vec<Row>,
    spec: FormSpec,
    again: Again,
    /// Where the period that is edited is removed.
    remove: Option<String>,
    programme: String,
    history: History,
}

fn row(lang: Lang, it: &ClosedRow) -> Row {
    let whose = match (&it.university_en, &it.university_zh) {
        (Some(en), Some(zh)) => lang.pick(en, zh).clone(),
        (None, _) | (_, None) => lang.tt_closed_everybody().to_owned(),
    };
    Row {
        href: format!("/programme/closed/{}", it.id),
        name: lang.pick(&it.name_en, &it.name_zh).clone(),
        kind: ClosedKind::parse(&it.kind).map_or("", |kind| kind.label(lang)),
        days: lang.tt_from_to(&date(lang, it.starts_on), &date(lang, it.ends_on)),
        whose,
    }
}

fn groups(cx: &mut Cx<'_, '_>) -> Result<Vec<Group>> {
    let lang = cx.lang();
    let kinds = ClosedKind::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let universities = queries::universities(cx.conn)?
        .into_iter()
        .map(|it| pair(it.id.to_string(), lang.pick(it.name_en, it.name_zh)))
        .collect();
    Ok(vec![Group::plain(vec![
        Field::line("kind", lang.tt_closed_kind()).choice(kinds),
        Field::line("starts_on", lang.tt_closed_from()).of("date"),
        Field::line("ends_on", lang.tt_closed_to()).of("date"),
        Field::line("name_en", lang.tt_closed_name_en()).written_in(Lang::En),
        Field::line("name_zh", lang.tt_closed_name_zh()).written_in(Lang::Zh),
        Field::line("university", lang.tt_closed_university())
            .choice(universities)
            .optional()
            .hint(lang.tt_closed_university_hint()),
    ])])
}

fn read(form: &mut Form<'_>, pairs: &Pairs) -> ClosedDetails {
    let kind = form.choice("kind", ClosedKind::parse);
    let university = if pairs.typed("university").trim().is_empty() {
        None
    } else {
        form.choice("university", |id| id.parse::<OrganisationId>().ok())
    };
    ClosedDetails {
        kind: kind.unwrap_or(ClosedKind::Break),
        university,
        starts_on: form.date("starts_on"),
        ends_on: form.date("ends_on"),
        name_en: form.text("name_en", 120),
        name_zh: form.text("name_zh", 120),
    }
}

fn values(it: &ClosedRow) -> Pairs {
    Pairs::new(vec![
        pair("kind", &it.kind),
        pair("starts_on", it.starts_on.to_string()),
        pair("ends_on", it.ends_on.to_string()),
        pair("name_en", &it.name_en),
        pair("name_zh", &it.name_zh),
        pair(
            "university",
            it.university_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
        ),
    ])
}

fn show(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    editing: Option<&ClosedRow>,
    typed: &Pairs,
    mut again: Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let all = queries::closed_periods(cx.conn, staff)?;
    let mut hidden = vec![pair("programme", staff.programme().to_string())];
    let mut spec = FormSpec {
        title: lang.tt_closed_add().to_owned(),
        crumbs: Vec::new(),
        note: None,
        groups: groups(cx)?,
        hidden: Vec::new(),
        action: "/programme/closed".to_owned(),
        submit: lang.tt_closed_add().to_owned(),
        back: "/programme".to_owned(),
        history: History::default(),
    };
    if let Some(it) = editing {
        hidden.push(pair("version", it.version.to_string()));
        spec.title = lang.tt_closed_edit(lang.pick(&it.name_en, &it.name_zh));
        spec.action = format!("/programme/closed/{}", it.id);
        lang.save().clone_into(&mut spec.submit);
    }
    spec.hidden = hidden;
    fill(&mut spec.groups, typed, &mut again.mistakes);
    let subject = editing.map_or(staff.programme().0, |it| it.id.0);
    let history = if editing.is_some() {
        let place = format!("/programme/closed/{subject}/history");
        audit::shown(cx.conn, subject, lang, place)?
    } else {
        History::default()
    };
    let status = again.status;
    let page = ClosedPage {
        shell: cx.shell(lang.tt_closed()),
        crumbs: vec![pair(
            format!("/programme?programme={}", staff.programme()),
            lang.nav_programme(),
        )],
        rows: all.iter().map(|it| row(lang, it)).collect(),
        spec,
        again,
        remove: editing.map(|it| format!("/programme/closed/{}/remove", it.id)),
        programme: staff.programme().to_string(),
        history,
    };
    cx.visit.page_with(status, &page)
}

/// GET `/programme/closed`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    show(cx, &staff, None, Pairs::none(), Again::first())
}

/// POST `/programme/closed`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let details = read(&mut form, typed);
    let added = form
        .done()
        .and_then(|()| actions::add_closed(cx.conn, &staff, &details));
    match added {
        Ok(_) => Ok(back(&staff)),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, &staff, None, typed, again)
        }
    }
}

fn back(staff: &ProgrammeStaff) -> Reply {
    Reply::see_other(format!("/programme/closed?programme={}", staff.programme())).flash("saved")
}

/// The period of the address and the proof for its programme.
fn period(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, ClosedRow)> {
    let id: ClosedId = cx.request().param("closed")?;
    let programme = queries::programme_of_closed(cx.conn, id)?;
    let staff = access::programme_staff(cx.conn, programme)?;
    let row = queries::closed_period(cx.conn, &staff, id)?;
    Ok((staff, row))
}

/// GET `/programme/closed/{closed}`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = period(cx)?;
    show(cx, &staff, Some(&it), &values(&it), Again::first())
}

/// POST `/programme/closed/{closed}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = period(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let details = read(&mut form, typed);
    let saved = form
        .done()
        .and_then(|()| actions::change_closed(cx.conn, &staff, (it.id, version), &details));
    match saved {
        Ok(()) => Ok(back(&staff)),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&it), typed, lang);
            show(cx, &staff, Some(&it), typed, again)
        }
    }
}

/// GET `/programme/closed/{closed}/remove`: what it does, before it is done.
pub(super) fn ask_remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = period(cx)?;
    let lang = cx.lang();
    let at = format!("/programme/closed/{}", it.id);
    let shown = row(lang, &it);
    let spec = ConfirmSpec {
        title: lang.tt_closed_remove_ask(&shown.name),
        crumbs: vec![
            pair(
                format!("/programme?programme={}", staff.programme()),
                lang.nav_programme(),
            ),
            pair(
                format!("/programme/closed?programme={}", staff.programme()),
                lang.tt_closed(),
            ),
        ],
        effects: vec![Effect {
            heading: lang.cohorts_step_happens().to_owned(),
            lines: vec![
                lang.tt_closed_remove_days(&shown.days, &shown.whose),
                lang.tt_closed_remove_does().to_owned(),
            ],
            hard: true,
        }],
        refusal: None,
        hidden: Vec::new(),
        action: format!("{at}/remove"),
        submit: lang.tt_closed_remove().to_owned(),
        danger: true,
        back: at,
    };
    confirm_page(cx, 200, &spec)
}

/// GET `/programme/closed.csv` and `.xlsx`.
pub(in crate::teaching) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = chosen(cx)?;
    let all = queries::closed_periods(cx.conn, &staff)?;
    let header = [
        lang.tt_closed_name_en(),
        lang.tt_closed_name_zh(),
        lang.tt_closed_kind(),
        lang.tt_closed_from(),
        lang.tt_closed_to(),
        lang.tt_closed_university(),
    ];
    let cells = |it: &ClosedRow| {
        let shown = row(lang, it);
        vec![
            it.name_en.clone(),
            it.name_zh.clone(),
            shown.kind.to_owned(),
            it.starts_on.to_string(),
            it.ends_on.to_string(),
            shown.whose,
        ]
    };
    let rows = all.iter().map(cells).collect();
    short(&cx.request().path, "closed-periods", &header, rows)
}

/// POST `/programme/closed/{closed}/remove`.
pub(super) fn remove(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, it) = period(cx)?;
    actions::remove_closed(cx.conn, &staff, it.id)?;
    Ok(back(&staff))
}

/// GET `/programme/closed/{closed}/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = period(cx)?;
    audit::file(cx.visit, "closed-period-history", it.id.0)
}
