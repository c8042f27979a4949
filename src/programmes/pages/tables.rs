//! General holidays.

use askama::Template;
use chrono::NaiveDate;

use crate::access::{self, ProgrammeStaff};
use crate::audit;
use crate::error::Result;
use crate::lang::format::date_long;
use crate::web::exports::short;
use crate::web::fields::{Again, Field, FormSpec, Group, History, Input, fill};
use crate::web::{Cx, Form, Pairs, Reply, Shell};

use super::super::actions::{self, HOLIDAYS, Holiday};
use super::super::queries;
use super::{chosen, crumbs, hidden};

#[derive(Template)]
#[template(path = "programmes/holidays.html")]
struct HolidaysPage<'a> {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    programme: String,
    rows: Vec<(String, String, bool, String)>,
    spec: FormSpec,
    again: &'a Again,
    history: History,
}

fn address(staff: &ProgrammeStaff) -> String {
    format!("/programme/holidays?programme={}", staff.programme())
}

fn show(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let statuses = vec![
        (
            "derived".to_owned(),
            lang.programmes_holiday_derived().to_owned(),
        ),
        (
            "gazetted".to_owned(),
            lang.programmes_holiday_gazetted().to_owned(),
        ),
    ];
    let mut spec = FormSpec {
        title: lang.programmes_holidays_set().to_owned(),
        crumbs: Vec::new(),
        note: None,
        groups: vec![Group::plain(vec![
            Field::line("observed_on", lang.programmes_holiday_on()).of("date"),
            Field::line("name_en", lang.programmes_name_en()),
            Field::line("name_zh", lang.programmes_name_zh()),
            Field::line("status", lang.programmes_status()).choice(statuses),
        ])],
        hidden: vec![hidden(staff)],
        action: "/programme/holidays".to_owned(),
        submit: lang.save().to_owned(),
        back: String::new(),
        history: History::default(),
    };
    let mut again = again.clone();
    fill(&mut spec.groups, values, &mut again.mistakes);
    let rows = queries::holidays(cx.conn)?
        .into_iter()
        .map(|row| {
            let edit = format!("{}&on={}#observed_on", address(staff), row.observed_on);
            (
                date_long(lang, row.observed_on),
                lang.pick(row.name_en, row.name_zh),
                row.status == "gazetted",
                edit,
            )
        })
        .collect();
    let place = format!(
        "/programme/holidays/history?programme={}",
        staff.programme()
    );
    let history = audit::shown(cx.conn, HOLIDAYS, lang, place)?;
    let page = HolidaysPage {
        shell: cx.shell(lang.programmes_holidays()),
        crumbs: crumbs(lang, staff),
        programme: staff.programme().to_string(),
        rows,
        spec,
        again: &again,
        history,
    };
    cx.visit.page_with(again.status.max(200), &page)
}

/// GET `/programme/holidays`; with `?on=` the form is filled with that day.
pub(super) fn holidays(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let on = cx.request().query.get("on").map(str::parse::<NaiveDate>);
    let rows = queries::holidays(cx.conn)?;
    let found = rows.iter().find(|row| {
        on.as_ref()
            .is_some_and(|on| on.as_ref() == Ok(&row.observed_on))
    });
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let values = match found {
        Some(row) => Pairs::new(vec![
            pair("observed_on", &row.observed_on.to_string()),
            pair("name_en", &row.name_en),
            pair("name_zh", &row.name_zh),
            pair("status", &row.status),
        ]),
        None => Pairs::new(vec![pair("status", "derived")]),
    };
    show(cx, &staff, &values, &Again::first())
}

/// GET `/programme/holidays.csv` and `.xlsx`.
pub(super) fn holidays_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    chosen(cx)?;
    let lang = cx.lang();
    let header = [
        lang.programmes_holiday_on(),
        lang.programmes_name_en(),
        lang.programmes_name_zh(),
        lang.programmes_status(),
    ];
    let rows = queries::holidays(cx.conn)?
        .into_iter()
        .map(|row| {
            let status = if row.status == "gazetted" {
                lang.programmes_holiday_gazetted()
            } else {
                lang.programmes_holiday_derived()
            };
            let day = row.observed_on.to_string();
            vec![day, row.name_en, row.name_zh, status.to_owned()]
        })
        .collect();
    short(&cx.request().path, "holidays", &header, rows)
}

/// GET `/programme/history.csv` and `.xlsx`.
pub(super) fn history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    audit::file(cx.visit, "programme-history", staff.programme().0)
}

/// GET `/programme/holidays/history.csv` and `.xlsx`.
pub(super) fn holidays_history_file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    chosen(cx)?;
    audit::file(cx.visit, "holidays-history", HOLIDAYS)
}

/// Judges the fields of a holiday's form.
pub(in crate::programmes) fn read_holiday(form: &mut Form<'_>) -> Holiday {
    let gazetted = |word: &str| match word {
        "gazetted" => Some(true),
        "derived" => Some(false),
        _ => None,
    };
    Holiday {
        observed_on: form.date("observed_on"),
        name_en: form.text("name_en", 120),
        name_zh: form.text("name_zh", 120),
        gazetted: form.choice("status", gazetted).unwrap_or(false),
    }
}

/// POST `/programme/holidays`.
pub(super) fn set_holiday(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let holiday = read_holiday(&mut form);
    match form.done() {
        Ok(()) => {
            let desk = access::desk(cx.conn)?;
            actions::load_holidays(cx.conn, &desk, staff.programme(), &[holiday])?;
            Ok(Reply::see_other(address(&staff)).flash("saved"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            show(cx, &staff, typed, &again)
        }
    }
}

/// POST `/programme/holidays/load`: the shipped list.
pub(super) fn load(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = chosen(cx)?;
    let desk = access::desk(cx.conn)?;
    let shipped = actions::shipped_holidays();
    actions::load_holidays(cx.conn, &desk, staff.programme(), &shipped)?;
    Ok(Reply::see_other(address(&staff)).flash("saved"))
}
