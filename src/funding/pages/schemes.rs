//! The list of schemes and the form of one.

use crate::access::ProgrammeStaff;
use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::date;
use crate::placements::pages::{staff, tabs};
use crate::placements::queries::Side;
use crate::placements::rules::content::{cents, money, typed_cents};
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, form_page};
use crate::web::forms::pair;
use crate::web::listing::{self as table, Cell, Listing, Select};
use crate::web::paging::Page;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, Meter, SchemeDetails};
use super::super::queries::{self, Scheme};
use super::super::rules::{ClaimState, Period, Terms, claim_until};
use super::{asked, at, crumbs, home};

/// Money of a scheme: they are Hong Kong's.
pub(super) fn dollars(lang: Lang, cents: i64) -> String {
    money(lang, "HKD", cents)
}

/// Every scheme that the address asks for, with what it stands at.
fn meters(cx: &mut Cx<'_, '_>, staff: &ProgrammeStaff) -> Result<Vec<Meter>> {
    let archived = cx.visit.request.query.has("show", "archived");
    let all = queries::schemes(cx.conn, staff, archived)?;
    all.into_iter()
        .map(|it| actions::meter(cx.conn, staff, it.id, false))
        .collect()
}

/// Claimed so far, of the budget if there is one.
pub(super) fn claimed(lang: Lang, it: &Meter) -> String {
    let sum = it.cents(ClaimState::ALL);
    match it.terms.budget_cents {
        Some(all) => lang.fnd_of(&dollars(lang, sum), &dollars(lang, all)),
        None => dollars(lang, sum),
    }
}

/// The next last day on which something that may be claimed today is lost.
pub(super) fn next_until(it: &Meter) -> Option<chrono::NaiveDate> {
    it.claimable()
        .map(|(due, _)| claim_until(&it.terms, due.month.first))
        .min()
}

/// GET `/programmes/{programme}/placements/funding`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let query = &cx.visit.request.query;
    let path = home(&staff);
    let archived = vec![(
        "archived".to_owned(),
        lang.organisations_archived().to_owned(),
    )];
    let listing = Listing {
        title: lang.fnd_title().to_owned(),
        note: lang.fnd_note().to_owned(),
        crumbs: crate::placements::pages::crumbs(lang, &Side::Office(staff), Vec::new()),
        acts: vec![(format!("{path}/new"), lang.fnd_new().to_owned(), true)],
        tabs: tabs(lang, &Side::Office(staff), "funding"),
        selects: vec![Select::new(
            query,
            "show",
            lang.organisations_show(),
            lang.organisations_in_use(),
            archived,
        )],
        heads: vec![
            Head::plain(lang.fnd_scheme()),
            Head::plain(lang.fnd_valid()),
            Head::plain(lang.fnd_claimed()).numbers(),
            Head::plain(lang.fnd_to_claim()).numbers(),
            Head::plain(lang.fnd_next_until()),
        ],
        empty: lang.fnd_none(),
        empty_more: lang.fnd_none_more(),
        path: path.clone(),
        ..Listing::default()
    };
    let rows = meters(cx, &staff)?.into_iter().map(|it| {
        let open: i64 = it.claimable().map(|(_, amount)| amount).sum();
        vec![
            Cell::link(it.scheme.name(lang), at(&staff, it.scheme.id)),
            Cell::text(lang.fnd_from_to(
                &date(lang, it.terms.valid_from),
                &date(lang, it.terms.valid_to),
            )),
            Cell::number(&claimed(lang, &it)),
            Cell::number(&dollars(lang, open)),
            Cell::text(next_until(&it).map_or("–".to_owned(), |day| date(lang, day))),
        ]
    });
    let page = Page {
        rows: rows.collect(),
        next: None,
    };
    table::show(cx, &listing, page)
}

/// GET `….csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let header = [
        lang.fnd_scheme(),
        lang.fnd_valid_from(),
        lang.fnd_valid_to(),
        lang.fnd_claimed(),
        lang.fnd_paid_so_far(),
        lang.fnd_budget(),
        lang.fnd_to_claim(),
        lang.fnd_persons(),
    ];
    let rows = meters(cx, &staff)?.into_iter().map(|it| {
        let open: i64 = it.claimable().map(|(_, amount)| amount).sum();
        vec![
            it.scheme.name(lang).to_owned(),
            it.terms.valid_from.to_string(),
            it.terms.valid_to.to_string(),
            typed_cents(it.cents(ClaimState::ALL)),
            typed_cents(it.cents(&[ClaimState::Paid])),
            it.terms.budget_cents.map(typed_cents).unwrap_or_default(),
            typed_cents(open),
            it.persons().to_string(),
        ]
    });
    table::file(cx, "funding", &header, rows.collect())
}

/// Basis points as people type them: `80`, `12.5`.
fn typed_per_cent(bp: i32) -> String {
    typed_cents(i64::from(bp))
}

fn fields(lang: Lang) -> Vec<Group> {
    let periods = Period::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    vec![
        Group::plain(vec![
            Field::line("name_en", lang.plc_name_en()).written_in(Lang::En),
            Field::line("name_zh", lang.plc_name_zh()).written_in(Lang::Zh),
            Field::line("source", lang.fnd_source()).optional(),
        ]),
        Group::two(
            lang.fnd_dates(),
            vec![
                Field::line("valid_from", lang.fnd_valid_from()).of("date"),
                Field::line("valid_to", lang.fnd_valid_to()).of("date"),
                Field::line("claim_days", lang.fnd_claim_days()).width("w8"),
                Field::line("claim_by", lang.fnd_claim_by())
                    .of("date")
                    .optional(),
            ],
        ),
        Group::two(
            lang.fnd_amounts(),
            vec![
                Field::line("share", lang.fnd_share()).width("w8"),
                Field::line("month_cap", lang.fnd_month_cap()).width("w8"),
                Field::line("least_hours", lang.fnd_least_hours()).width("w8"),
                Field::line("budget", lang.fnd_budget())
                    .width("w8")
                    .optional(),
            ],
        ),
        Group::two(
            lang.fnd_caps(),
            vec![
                Field::line("months_most", lang.fnd_months_most())
                    .width("w8")
                    .optional(),
                Field::line("period", lang.fnd_period()).choice(periods),
                Field::line("persons_most", lang.fnd_persons_most())
                    .width("w8")
                    .optional(),
            ],
        ),
    ]
}

fn form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: Option<&Scheme>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let there = row.map(|it| at(staff, it.id));
    let spec = FormSpec {
        title: row.map_or(lang.fnd_new().to_owned(), |it| it.name(lang).to_owned()),
        crumbs: crumbs(lang, staff, Vec::new()),
        note: Some(lang.fnd_form_note().to_owned()),
        groups: fields(lang),
        hidden: row
            .map(|it| vec![pair("version", it.version.to_string())])
            .unwrap_or_default(),
        action: there
            .as_ref()
            .map_or_else(|| format!("{}/new", home(staff)), |at| format!("{at}/edit")),
        submit: lang.save().to_owned(),
        back: there.unwrap_or_else(|| home(staff)),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// A scheme's fields as they stand.
fn values(it: &Scheme) -> Result<Pairs> {
    let terms = it.terms()?;
    let number = |n: Option<i32>| n.map(|it| it.to_string()).unwrap_or_default();
    Ok(Pairs::new(vec![
        pair("name_en", &it.name_en),
        pair("name_zh", &it.name_zh),
        pair("source", &it.source),
        pair("valid_from", terms.valid_from.to_string()),
        pair("valid_to", terms.valid_to.to_string()),
        pair("claim_days", terms.claim_days.to_string()),
        pair(
            "claim_by",
            terms
                .claim_by
                .map(|day| day.to_string())
                .unwrap_or_default(),
        ),
        pair("share", typed_per_cent(terms.share_bp)),
        pair("month_cap", typed_cents(terms.month_cap_cents)),
        pair("least_hours", typed_per_cent(terms.least_hours_bp)),
        pair(
            "budget",
            terms.budget_cents.map(typed_cents).unwrap_or_default(),
        ),
        pair("months_most", number(terms.months_most)),
        pair("period", terms.period.as_str()),
        pair("persons_most", number(terms.persons_most)),
    ]))
}

/// An amount between 0 exclusive and `most` cents.
pub(super) fn amount(form: &mut Form<'_>, name: &'static str, typed: &str, most: i64) -> i64 {
    match cents(typed).filter(|it| (1..=most).contains(it)) {
        Some(cents) => cents,
        None => {
            if !typed.is_empty() {
                form.error(name, "amount", |lang| lang.plc_need_amount().to_owned());
            }
            1
        }
    }
}

/// A share in basis points, typed as per cent.
fn per_cent(form: &mut Form<'_>, name: &'static str, least: i64) -> i32 {
    let typed = form.text(name, 8);
    let bp = cents(typed.trim_end_matches('%')).filter(|it| (least..=10_000).contains(it));
    if bp.is_none() && !typed.is_empty() {
        form.error(name, "per_cent", |lang| lang.fnd_need_per_cent().to_owned());
    }
    bp.and_then(|it| i32::try_from(it).ok()).unwrap_or(1)
}

/// Judges a scheme's fields.
fn read(form: &mut Form<'_>) -> SchemeDetails {
    let cap = form.text("month_cap", 12);
    let budget = form.optional("budget", 15);
    SchemeDetails {
        name_en: form.text("name_en", 200),
        name_zh: form.text("name_zh", 200),
        source: form.optional("source", 300).unwrap_or_default(),
        terms: Terms {
            valid_from: form.date("valid_from"),
            valid_to: form.date("valid_to"),
            claim_days: form.number("claim_days", 0, 730),
            claim_by: form.optional_date("claim_by"),
            share_bp: per_cent(form, "share", 1),
            month_cap_cents: amount(form, "month_cap", &cap, 100_000_000),
            least_hours_bp: per_cent(form, "least_hours", 0),
            months_most: form.optional_number("months_most", 1, 120),
            period: form
                .choice("period", Period::parse)
                .unwrap_or(Period::Whole),
            persons_most: form.optional_number("persons_most", 1, 100_000),
            budget_cents: budget.map(|typed| amount(form, "budget", &typed, 100_000_000_000)),
        },
    }
}

/// GET `…/new`: the terms of the schemes found most often stand there at first.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let usual = Pairs::new(vec![
        pair("claim_days", "90"),
        pair("share", "80"),
        pair("least_hours", "80"),
        pair("months_most", "3"),
        pair("period", Period::FinancialYear.as_str()),
    ]);
    form(cx, &staff, None, &usual, &Again::first())
}

/// POST `…/new`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let details = read(&mut read_form);
    let done = read_form
        .done()
        .and_then(|()| actions::save_scheme(cx.conn, &staff, None, &details));
    match done {
        Ok(id) => Ok(Reply::see_other(at(&staff, id)).flash("saved")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, &staff, None, typed, &again)
        }
    }
}

/// GET `…/{scheme}/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let row = queries::scheme(cx.conn, &staff, id, false)?;
    let values = values(&row)?;
    form(cx, &staff, Some(&row), &values, &Again::first())
}

/// POST `…/{scheme}/edit`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, id) = asked(cx)?;
    let row = queries::scheme(cx.conn, &staff, id, false)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let version = read_form.number("version", 1, i32::MAX);
    let details = read(&mut read_form);
    let done = read_form
        .done()
        .and_then(|()| actions::save_scheme(cx.conn, &staff, Some((id, version)), &details));
    match done {
        Ok(_) => Ok(Reply::see_other(at(&staff, id)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&row)?, typed, lang);
            form(cx, &staff, Some(&row), typed, &again)
        }
    }
}
