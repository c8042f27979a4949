//! Rates of the statutory minimum wage, on which a warning rests.

use crate::access::{self, ProgrammeStaff};
use crate::error::Result;
use crate::lang::format::date;
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, form_page};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions;
use super::super::queries::{self, Side};
use super::super::rules::content::{cents, money};
use super::{crumbs, staff, tabs, under};
use crate::web::listing::{self as table, Cell, Listing};

fn home(staff: &ProgrammeStaff) -> String {
    format!("{}/rates", under(&Side::Office(*staff)))
}

/// GET `/programmes/{programme}/placements/rates`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let side = Side::Office(staff);
    let path = home(&staff);
    let listing = Listing {
        title: lang.plc_rates().to_owned(),
        note: lang.plc_rates_note().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        acts: vec![(format!("{path}/new"), lang.plc_rate_new().to_owned(), true)],
        tabs: tabs(lang, &side, "rates"),
        button: Some((format!("{path}/usual"), lang.plc_rate_usual().to_owned())),
        heads: vec![
            Head::plain(lang.plc_rate_from()),
            Head::plain(lang.plc_rate()).numbers(),
            Head::plain(lang.plc_rate_source()),
        ],
        empty: lang.plc_rates_none(),
        empty_more: lang.plc_rates_none_more(),
        path,
        ..Listing::default()
    };
    let rows = queries::wage_rates(cx.conn)?.into_iter().map(|it| {
        vec![
            Cell::text(date(lang, it.starts_on)),
            Cell::number(&money(lang, "HKD", i64::from(it.cents_an_hour))),
            Cell::text(it.source),
        ]
    });
    let page = Page {
        rows: rows.collect(),
        next: None,
    };
    table::show(cx, &listing, page)
}

/// GET `…/rates.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    staff(cx)?;
    let header = [
        lang.plc_rate_from(),
        lang.plc_rate(),
        lang.plc_rate_source(),
    ];
    let rows = queries::wage_rates(cx.conn)?.into_iter().map(|it| {
        let money = money(lang, "HKD", i64::from(it.cents_an_hour));
        vec![it.starts_on.to_string(), money, it.source]
    });
    let rows = rows.collect();
    table::file(cx, "minimum-wage", &header, rows)
}

fn form(cx: &Cx<'_, '_>, staff: &ProgrammeStaff, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let list = home(staff);
    let spec = FormSpec {
        title: lang.plc_rate_new().to_owned(),
        crumbs: crumbs(
            lang,
            &Side::Office(*staff),
            vec![(list.clone(), lang.plc_rates().to_owned())],
        ),
        note: Some(lang.plc_rate_stays().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("starts_on", lang.plc_rate_from()).of("date"),
            Field::line("rate", lang.plc_rate()).width("w8"),
            Field::line("source", lang.plc_rate_source()).optional(),
        ])],
        hidden: Vec::new(),
        action: format!("{list}/new"),
        submit: lang.save().to_owned(),
        back: list,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/rates/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    form(cx, &staff, Pairs::none(), &Again::first())
}

/// Judges a rate's fields: its first day, cents, and where it is from.
pub(in crate::placements) fn read(form: &mut Form<'_>) -> (chrono::NaiveDate, i32, String) {
    let starts_on = form.date("starts_on");
    let wanted = |typed: &str| {
        let cents = i32::try_from(cents(typed)?).ok()?;
        (1..=100_000).contains(&cents).then_some(cents)
    };
    let typed = form.text("rate", 12);
    let rate = wanted(&typed);
    if rate.is_none() && !typed.is_empty() {
        form.error("rate", "amount", |lang| lang.plc_need_amount().to_owned());
    }
    let source = form.optional("source", 300).unwrap_or_default();
    (starts_on, rate.unwrap_or(1), source)
}

/// POST `…/rates/new`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let desk = access::desk(cx.conn)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let (starts_on, rate, source) = read(&mut read_form);
    let done = read_form
        .done()
        .and_then(|()| actions::add_wage_rate(cx.conn, &desk, (starts_on, rate), &source));
    match done {
        Ok(()) => Ok(Reply::see_other(home(&staff)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, &staff, typed, &again)
        }
    }
}

/// POST `…/rates/usual`.
pub(super) fn usual(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let desk = access::desk(cx.conn)?;
    actions::add_usual_rates(cx.conn, &desk)?;
    Ok(Reply::see_other(home(&staff)).flash("saved"))
}
