//! Focus areas, kept by the office.

use crate::access::ProgrammeStaff;
use crate::error::Result;
use crate::ids::FocusAreaId;
use crate::lang::{Lang, Say as _};
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, form_page};
use crate::web::forms::pair;
use crate::web::paging::Page;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewArea};
use super::super::queries::{self, Area, Side};
use super::super::rules::PlacementRefusal;
use super::super::rules::content::Answer;
use super::{Question, crumbs, question, settled, staff, tabs, under};
use crate::web::listing::{self as table, Cell, Listing, Select};

fn home(staff: &ProgrammeStaff) -> String {
    format!("{}/areas", under(&Side::Office(*staff)))
}

/// The focus areas that the address asks for: there are few, so all stand on one page.
pub(in crate::placements) fn sought(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
) -> Result<Vec<Area>> {
    let query = &cx.visit.request.query;
    let archived = query.has("show", "archived");
    let text = table::text(query).unwrap_or_default().to_lowercase();
    let mut rows = queries::areas(cx.conn, staff.programme())?;
    rows.retain(|it| {
        let names = format!("{} {} {}", it.code, it.name_en, it.name_zh).to_lowercase();
        it.archived_at.is_some() == archived && names.contains(&text)
    });
    match query.typed("sort") {
        "name" => rows.sort_by_key(|it| it.name_en.to_lowercase()),
        "-name" => rows.sort_by_key(|it| std::cmp::Reverse(it.name_en.to_lowercase())),
        "-code" => rows.reverse(),
        _ => {}
    }
    Ok(rows)
}

/// A line of the list.
fn cells(lang: Lang, path: &str, it: Area) -> Vec<Cell> {
    let gba = if it.gba { Answer::Yes } else { Answer::No };
    vec![
        Cell::link(it.name_en, format!("{path}/{}", it.id)),
        Cell::text(it.name_zh),
        Cell::text(it.code),
        Cell::text(gba.label(lang)),
        match it.archived_at {
            None => Cell::link(
                lang.organisations_archive(),
                format!("{path}/{}/archive", it.id),
            ),
            Some(_) => Cell::default(),
        },
    ]
}

/// GET `/programmes/{programme}/placements/areas`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let side = Side::Office(staff);
    let rows = sought(cx, &staff)?;
    let query = &cx.visit.request.query;
    let path = home(&staff);
    let sorts: &[crate::web::fields::Column] = &[("code", ""), ("name", "")];
    let sort = crate::web::fields::Sort::from_query(query, sorts);
    let shown = vec![(
        "archived".to_owned(),
        lang.organisations_archived().to_owned(),
    )];
    let listing = Listing {
        title: lang.plc_areas().to_owned(),
        note: lang.plc_areas_note().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        acts: vec![(format!("{path}/new"), lang.plc_area_new().to_owned(), true)],
        tabs: tabs(lang, &side, "areas"),
        button: Some((format!("{path}/usual"), lang.plc_area_usual().to_owned())),
        searches: true,
        selects: vec![
            Select::new(
                query,
                "show",
                lang.organisations_show(),
                lang.organisations_in_use(),
                shown,
            ),
            Select::sorts(
                lang.sort_by(),
                sort,
                &[
                    ("code", lang.curriculum_code()),
                    ("name", lang.plc_name_en()),
                ],
            ),
        ],
        heads: vec![
            Head::sorting(lang.plc_name_en(), "name", sort, &path, query),
            Head::plain(lang.plc_name_zh()),
            Head::sorting(lang.curriculum_code(), "code", sort, &path, query),
            Head::plain(lang.plc_gba()),
            Head::plain(""),
        ],
        empty: lang.plc_areas_none(),
        empty_more: lang.plc_areas_none_more(),
        path: path.clone(),
        ..Listing::default()
    };
    let rows = rows.into_iter().map(|it| cells(lang, &path, it));
    table::show(
        cx,
        &listing,
        Page {
            rows: rows.collect(),
            next: None,
        },
    )
}

/// GET `…/areas.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let rows = sought(cx, &staff)?;
    let header = [
        lang.curriculum_code(),
        lang.plc_name_en(),
        lang.plc_name_zh(),
        lang.plc_gba(),
    ];
    let rows = rows.into_iter().map(|it| {
        let gba = if it.gba { Answer::Yes } else { Answer::No };
        vec![it.code, it.name_en, it.name_zh, gba.label(lang).to_owned()]
    });
    table::file(cx, "focus-areas", &header, rows.collect())
}

fn form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: Option<&Area>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let list = home(staff);
    let at = row.map(|it| format!("{list}/{}", it.id));
    let answers = Answer::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    let way = vec![(list.clone(), lang.plc_areas().to_owned())];
    let history = match (&at, row) {
        (Some(at), Some(it)) => {
            crate::audit::shown(cx.conn, it.id.0, lang, format!("{at}/history"))?
        }
        _ => History::default(),
    };
    let note = match (&at, row.map(|it| it.archived_at.is_some())) {
        (Some(_), Some(true)) => Some(lang.organisations_archived().to_owned()),
        _ => None,
    };
    let spec = FormSpec {
        title: row.map_or(lang.plc_area_new().to_owned(), |it| {
            it.name(lang).to_owned()
        }),
        crumbs: crumbs(lang, &Side::Office(*staff), way),
        note,
        groups: vec![Group::plain(vec![
            Field::line("code", lang.curriculum_code())
                .width("w16")
                .hint(lang.plc_need_area_code()),
            Field::line("name_en", lang.plc_name_en()).written_in(Lang::En),
            Field::line("name_zh", lang.plc_name_zh()).written_in(Lang::Zh),
            Field::line("gba", lang.plc_gba()).choice(answers),
        ])],
        hidden: row
            .map(|it| vec![pair("version", it.version.to_string())])
            .unwrap_or_default(),
        action: at.clone().unwrap_or_else(|| format!("{list}/new")),
        submit: lang.save().to_owned(),
        back: list,
        history,
    };
    form_page(cx, spec, values, again)
}

/// A code: lower-case letters, digits and `_`, a letter first.
pub(crate) fn read_code(form: &mut Form<'_>) -> String {
    let code = form.text("code", 40);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let begins = code.chars().next().is_none_or(|c| c.is_ascii_lowercase());
    if !code.is_empty() && (!code.chars().all(plain) || !begins || code.len() < 2) {
        form.error("code", "form", |lang| lang.plc_need_area_code().to_owned());
    }
    code
}

/// Judges a focus area's fields.
pub(in crate::placements) fn read(form: &mut Form<'_>) -> NewArea {
    let code = read_code(form);
    NewArea {
        code,
        name_en: form.text("name_en", 200),
        name_zh: form.text("name_zh", 200),
        gba: form.choice("gba", Answer::parse) == Some(Answer::Yes),
    }
}

/// A focus area's fields as they stand.
pub(in crate::placements) fn values(it: &Area) -> Pairs {
    let gba = if it.gba { Answer::Yes } else { Answer::No };
    Pairs::new(vec![
        pair("code", &it.code),
        pair("name_en", &it.name_en),
        pair("name_zh", &it.name_zh),
        pair("gba", gba.as_str()),
    ])
}

/// GET `…/areas/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let usual = Pairs::new(vec![pair("gba", Answer::No.as_str())]);
    form(cx, &staff, None, &usual, &Again::first())
}

/// POST `…/areas/new`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let new = read(&mut read_form);
    let done = read_form
        .done()
        .and_then(|()| actions::add_area(cx.conn, &staff, &new));
    match done {
        Ok(_) => Ok(Reply::see_other(home(&staff)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, &staff, None, typed, &again)
        }
    }
}

/// POST `…/areas/usual`.
pub(super) fn usual(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    actions::add_usual_areas(cx.conn, &staff)?;
    Ok(Reply::see_other(home(&staff)).flash("saved"))
}

/// The focus area of the address.
pub(in crate::placements) fn one(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, Area)> {
    let staff = staff(cx)?;
    let id: FocusAreaId = cx.request().param("area")?;
    let row = queries::area(cx.conn, &staff, id)?;
    Ok((staff, row))
}

/// GET `…/areas/{area}`: its form, or what stands when it is archived.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    let lang = cx.lang();
    let at = format!("{}/{}", home(&staff), row.id);
    if row.archived_at.is_none() {
        let values = values(&row);
        return form(cx, &staff, Some(&row), &values, &Again::first());
    }
    let way = vec![(home(&staff), lang.plc_areas().to_owned())];
    let record = table::Record {
        title: row.name(lang).to_owned(),
        tag: Some((lang.organisations_archived(), "end")),
        note: row.code.clone(),
        crumbs: crumbs(lang, &Side::Office(staff), way),
        acts: vec![(home(&staff), lang.plc_areas().to_owned(), false)],
        buttons: vec![(format!("{at}/restore"), lang.plc_area_restore().to_owned())],
        history: Some(crate::audit::shown(
            cx.conn,
            row.id.0,
            lang,
            format!("{at}/history"),
        )?),
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// POST `…/areas/{area}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let version = read_form.number("version", 1, i32::MAX);
    let new = read(&mut read_form);
    let done = read_form
        .done()
        .and_then(|()| actions::change_area(cx.conn, &staff, (row.id, version), &new));
    match done {
        Ok(()) => Ok(Reply::see_other(home(&staff)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&row), typed, lang);
            form(cx, &staff, Some(&row), typed, &again)
        }
    }
}

/// GET `…/areas/{area}/history.csv` and `.xlsx`.
pub(super) fn history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    crate::audit::file(cx.visit, "focus-area-history", row.id.0)
}

fn archive_question(lang: Lang, staff: &ProgrammeStaff, row: &Area) -> Question {
    let at = format!("{}/{}", home(staff), row.id);
    Question {
        title: lang.plc_area_archive_ask(row.name(lang)),
        crumbs: crumbs(
            lang,
            &Side::Office(*staff),
            vec![(home(staff), lang.plc_areas().to_owned())],
        ),
        does: vec![lang.plc_area_archive_does().to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: None,
        action: format!("{at}/archive"),
        submit: lang.organisations_archive().to_owned(),
        danger: false,
        back: at,
    }
}

/// GET `…/areas/{area}/archive`.
pub(super) fn ask_archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    let refusal = row
        .archived_at
        .map(|_| PlacementRefusal::Archived.say(cx.lang()));
    question(cx, archive_question(cx.lang(), &staff, &row), refusal)
}

/// POST `…/areas/{area}/archive`.
pub(super) fn archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    let done = actions::put_away_area(cx.conn, &staff, row.id, true);
    settled(cx, (done.map(|()| "saved"), home(&staff)), |lang| {
        Ok(archive_question(lang, &staff, &row))
    })
}

/// POST `…/areas/{area}/restore`.
pub(super) fn restore(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    actions::put_away_area(cx.conn, &staff, row.id, false)?;
    Ok(Reply::see_other(home(&staff)).flash("saved"))
}
