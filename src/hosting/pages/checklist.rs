//! The checklist of a programme, kept by its office.

use crate::access::ProgrammeStaff;
use crate::error::{Error, Result};
use crate::ids::ChecklistItemId;
use crate::lang::Lang;
use crate::placements::pages::{Question, crumbs, question, staff, tabs, under};
use crate::placements::queries::Side;
use crate::placements::rules::content::Answer;
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, form_page};
use crate::web::forms::pair;
use crate::web::listing::{self as table, Cell, Listing, Select};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewItem};
use super::super::queries::{self, Item};
use super::super::rules::{Evidence, Owner};

fn home(staff: &ProgrammeStaff) -> String {
    format!("{}/checklist", under(&Side::Office(*staff)))
}

fn sought(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff) -> Result<Vec<Item>> {
    let archived = cx.visit.request.query.has("show", "archived");
    let mut rows = queries::items(cx.conn, staff.programme())?;
    rows.retain(|it| it.archived_at.is_some() == archived);
    Ok(rows)
}

fn due(lang: Lang, days: i32) -> String {
    match days {
        0 => lang.hst_due_first_day().to_owned(),
        days if days > 0 => lang.hst_due_before(days),
        days => lang.hst_due_after(-days),
    }
}

/// GET `…/placements/checklist`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let side = Side::Office(staff);
    let rows = sought(cx, &staff)?;
    let path = home(&staff);
    let archived = vec![pair("archived", lang.organisations_archived())];
    let listing = Listing {
        title: lang.hst_checklist().to_owned(),
        note: lang.hst_checklist_note().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        acts: vec![
            (format!("{path}/new"), lang.hst_item_new().to_owned(), true),
            (
                format!("{}/wording", under(&side)),
                lang.hst_wording().to_owned(),
                false,
            ),
        ],
        tabs: tabs(lang, &side, "checklist"),
        button: Some((format!("{path}/usual"), lang.hst_items_usual().to_owned())),
        selects: vec![Select::new(
            &cx.visit.request.query,
            "show",
            lang.organisations_show(),
            lang.organisations_in_use(),
            archived,
        )],
        heads: vec![
            Head::plain(lang.hst_item()),
            Head::plain(lang.hst_owner()),
            Head::plain(lang.hst_due()),
            Head::plain(lang.hst_evidence()),
            Head::plain(lang.hst_needed()),
            Head::plain(""),
        ],
        empty: lang.hst_checklist_none(),
        empty_more: lang.hst_checklist_none_more(),
        path: path.clone(),
        ..Listing::default()
    };
    let rows = rows.iter().map(|it| {
        Ok(vec![
            Cell::link(it.name(lang), format!("{path}/{}", it.id)),
            Cell::text(it.owner()?.label(lang)),
            Cell::text(due(lang, it.due_days)),
            Cell::text(it.evidence()?.label(lang)),
            Cell::text(if it.needed { lang.yes() } else { lang.no() }),
            match it.archived_at {
                None => Cell::link(
                    lang.organisations_archive(),
                    format!("{path}/{}/archive", it.id),
                ),
                Some(_) => Cell::default(),
            },
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::show(cx, &listing, Page { rows, next: None })
}

/// GET `…/checklist.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let rows = sought(cx, &staff)?;
    let header = [
        lang.curriculum_code(),
        lang.plc_name_en(),
        lang.plc_name_zh(),
        lang.hst_owner(),
        lang.hst_due(),
        lang.hst_evidence(),
        lang.hst_needed(),
    ];
    let rows = rows.into_iter().map(|it| {
        let (owner, evidence) = (it.owner()?.label(lang), it.evidence()?.label(lang));
        Ok(vec![
            it.code,
            it.name_en,
            it.name_zh,
            owner.to_owned(),
            it.due_days.to_string(),
            evidence.to_owned(),
            if it.needed { lang.yes() } else { lang.no() }.to_owned(),
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::file(cx, "checklist", &header, rows)
}

fn form(
    cx: &Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: Option<&Item>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let list = home(staff);
    let owners = Owner::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let kinds = Evidence::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let answers = Answer::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let spec = FormSpec {
        title: row.map_or(lang.hst_item_new().to_owned(), |it| {
            it.name(lang).to_owned()
        }),
        crumbs: crumbs(
            lang,
            &Side::Office(*staff),
            vec![(list.clone(), lang.hst_checklist().to_owned())],
        ),
        note: Some(lang.hst_item_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("code", lang.curriculum_code())
                .width("w16")
                .hint(lang.plc_need_area_code()),
            Field::line("name_en", lang.plc_name_en()).written_in(Lang::En),
            Field::line("name_zh", lang.plc_name_zh()).written_in(Lang::Zh),
            Field::line("owner", lang.hst_owner()).choice(owners.collect()),
            Field::line("due_days", lang.hst_due_days())
                .width("w8")
                .hint(lang.hst_due_days_hint()),
            Field::line("evidence", lang.hst_evidence()).choice(kinds.collect()),
            Field::line("needed", lang.hst_needed()).choice(answers.collect()),
            Field::line("position", lang.hst_position()).width("w8"),
        ])],
        hidden: row
            .map(|it| vec![pair("version", it.version.to_string())])
            .unwrap_or_default(),
        action: row.map_or_else(|| format!("{list}/new"), |it| format!("{list}/{}", it.id)),
        submit: lang.save().to_owned(),
        back: list,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

fn read(form: &mut Form<'_>) -> NewItem {
    let area = crate::placements::pages::areas::read_code(form);
    NewItem {
        code: area,
        name_en: form.text("name_en", 300),
        name_zh: form.text("name_zh", 300),
        owner: form.choice("owner", Owner::parse).unwrap_or(Owner::Office),
        due_days: form.number("due_days", -365, 365),
        evidence: form
            .choice("evidence", Evidence::parse)
            .unwrap_or(Evidence::Nothing),
        needed: form.choice("needed", Answer::parse) == Some(Answer::Yes),
        position: form.number("position", 1, 1_000),
    }
}

fn values(it: &Item) -> Result<Pairs> {
    let needed = if it.needed { Answer::Yes } else { Answer::No };
    Ok(Pairs::new(vec![
        pair("code", &it.code),
        pair("name_en", &it.name_en),
        pair("name_zh", &it.name_zh),
        pair("owner", it.owner()?.as_str()),
        pair("due_days", it.due_days.to_string()),
        pair("evidence", it.evidence()?.as_str()),
        pair("needed", needed.as_str()),
        pair("position", it.position.to_string()),
    ]))
}

/// GET `…/checklist/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let next = queries::items(cx.conn, staff.programme())?
        .iter()
        .map(|it| it.position)
        .max()
        .unwrap_or(0)
        .saturating_add(1);
    let usual = Pairs::new(vec![
        pair("position", next.to_string()),
        pair("needed", Answer::No.as_str()),
        pair("evidence", Evidence::Nothing.as_str()),
    ]);
    form(cx, &staff, None, &usual, &Again::first())
}

/// POST `…/checklist/new`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let new = read(&mut read_form);
    let done = read_form
        .done()
        .and_then(|()| actions::save_item(cx.conn, &staff, None, &new));
    match done {
        Ok(()) => Ok(Reply::see_other(home(&staff)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, &staff, None, typed, &again)
        }
    }
}

/// POST `…/checklist/usual`.
pub(super) fn usual(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    actions::add_usual_items(cx.conn, &staff)?;
    Ok(Reply::see_other(home(&staff)).flash("saved"))
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(ProgrammeStaff, Item)> {
    let staff = staff(cx)?;
    let id: ChecklistItemId = cx.request().param("item")?;
    let found = queries::items(cx.conn, staff.programme())?
        .into_iter()
        .find(|it| it.id == id);
    Ok((staff, found.ok_or(Error::NotFound)?))
}

/// GET `…/checklist/{item}`: its form, or what stands when it is archived.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    let lang = cx.lang();
    let place = format!("{}/{}", home(&staff), row.id);
    if row.archived_at.is_none() {
        let values = values(&row)?;
        return form(cx, &staff, Some(&row), &values, &Again::first());
    }
    let record = table::Record {
        title: row.name(lang).to_owned(),
        tag: Some((lang.organisations_archived(), "end")),
        crumbs: crumbs(
            lang,
            &Side::Office(staff),
            vec![(home(&staff), lang.hst_checklist().to_owned())],
        ),
        buttons: vec![(
            format!("{place}/restore"),
            lang.hst_item_restore().to_owned(),
        )],
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// POST `…/checklist/{item}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let version = read_form.number("version", 1, i32::MAX);
    let new = read(&mut read_form);
    let done = read_form
        .done()
        .and_then(|()| actions::save_item(cx.conn, &staff, Some((row.id, version)), &new));
    match done {
        Ok(()) => Ok(Reply::see_other(home(&staff)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&row)?, typed, lang);
            form(cx, &staff, Some(&row), typed, &again)
        }
    }
}

/// GET `…/checklist/{item}/archive`.
pub(super) fn ask_archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    let lang = cx.lang();
    let list = home(&staff);
    let asked = Question {
        title: lang.hst_item_archive_ask(row.name(lang)),
        crumbs: crumbs(
            lang,
            &Side::Office(staff),
            vec![(list.clone(), lang.hst_checklist().to_owned())],
        ),
        does: vec![lang.hst_item_archive_does().to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: None,
        action: format!("{list}/{}/archive", row.id),
        submit: lang.organisations_archive().to_owned(),
        danger: false,
        back: list,
    };
    question(cx, asked, None)
}

/// POST `…/checklist/{item}/archive`.
pub(super) fn archive(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    actions::put_away_item(cx.conn, &staff, row.id, true)?;
    Ok(Reply::see_other(home(&staff)).flash("saved"))
}

/// POST `…/checklist/{item}/restore`.
pub(super) fn restore(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, row) = one(cx)?;
    actions::put_away_item(cx.conn, &staff, row.id, false)?;
    Ok(Reply::see_other(home(&staff)).flash("saved"))
}
