//! The office's desk of placements under way, exceptions first; and the hours of every month as a file.

use crate::error::Result;
use crate::lang::Lang;
use crate::placements::pages::{crumbs, staff, tabs, under};
use crate::placements::queries::Side;
use crate::web::fields::Head;
use crate::web::forms::pair;
use crate::web::listing::{self as table, Cell, Listing, Select};
use crate::web::paging::Page;
use crate::web::{Cx, Pairs, Reply};

use super::super::queries::{self, Attention};
use super::super::rules::hours::{Light, Month};
use super::logs::clock;

/// What a line is narrowed to.
const WANTS: [&str; 6] = [
    "missing",
    "waiting",
    "red",
    "visit",
    "evaluation",
    "incident",
];

fn wanted(it: &Attention, query: &Pairs) -> bool {
    let text = query.typed("q").trim().to_lowercase();
    let named = text.is_empty() || it.it.name_shown.to_lowercase().contains(&text);
    named
        && match query.typed("wants") {
            "missing" => it.missing > 0,
            "waiting" => it.waiting > 0,
            "red" => it.is_red(),
            "visit" => it.visit,
            "evaluation" => it.evaluations > 0,
            "incident" => it.it.incidents > 0,
            _ => true,
        }
}

fn wants_label(lang: Lang, word: &str) -> &'static str {
    match word {
        "missing" => lang.sup_wants_missing(),
        "waiting" => lang.sup_wants_waiting(),
        "red" => lang.sup_wants_red(),
        "visit" => lang.sup_wants_visit(),
        "evaluation" => lang.sup_wants_evaluation(),
        _ => lang.sup_wants_incident(),
    }
}

fn month_cell(lang: Lang, it: Option<&Month>) -> Cell {
    let Some(it) = it else {
        return Cell::text("–");
    };
    let words = lang.fnd_of(&clock(it.worked), &clock(it.contracted));
    match it.light() {
        Light::Green => Cell::text(words),
        Light::Amber => Cell::tag(lang.sup_light_amber(), "warn").more(words),
        Light::Red => Cell::tag(lang.sup_light_red(), "bad").more(words),
    }
}

/// A line of the desk.
fn cells(lang: Lang, base: &str, it: &Attention) -> Vec<Cell> {
    vec![
        Cell::link(
            it.it.name_shown.clone(),
            format!("{base}/placed/{}/logs", it.it.id),
        ),
        Cell::number(&it.missing),
        Cell::number(&it.waiting),
        month_cell(lang, it.month.as_ref()),
        Cell::number(&it.evaluations),
        if it.visit {
            Cell::tag(lang.sup_visit_due(), "warn")
        } else {
            Cell::text("–")
        },
        Cell::number(&it.it.incidents),
    ]
}

/// GET `…/placements/supervision`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let side = Side::Office(staff);
    let rows = queries::attention(cx.conn, &staff)?;
    let query = &cx.visit.request.query;
    let base = under(&side);
    let wants = WANTS
        .iter()
        .map(|it| pair(*it, wants_label(lang, it)))
        .collect();
    let listing = Listing {
        title: lang.sup_desk().to_owned(),
        note: lang.sup_desk_note().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        acts: vec![
            (
                format!("{base}/hours.csv"),
                lang.sup_hours_file().to_owned(),
                false,
            ),
            (
                format!("{base}/incidents"),
                lang.sup_incidents().to_owned(),
                false,
            ),
        ],
        tabs: tabs(lang, &side, "supervision"),
        searches: true,
        selects: vec![Select::new(
            query,
            "wants",
            lang.hst_wants(),
            lang.all_of_them(),
            wants,
        )],
        heads: vec![
            Head::plain(lang.hst_trainee()),
            Head::plain(lang.sup_wants_missing()).numbers(),
            Head::plain(lang.sup_wants_waiting()).numbers(),
            Head::plain(lang.sup_month()),
            Head::plain(lang.sup_wants_evaluation()).numbers(),
            Head::plain(lang.sup_wants_visit()),
            Head::plain(lang.sup_wants_incident()).numbers(),
        ],
        empty: lang.sup_desk_none(),
        empty_more: lang.sup_desk_none_more(),
        path: format!("{base}/supervision"),
        ..Listing::default()
    };
    let rows = rows.iter().filter(|it| wanted(it, query));
    let rows = rows.map(|it| cells(lang, &base, it));
    let page = Page {
        rows: rows.collect(),
        next: None,
    };
    table::show(cx, &listing, page)
}

/// GET `…/supervision.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let rows = queries::attention(cx.conn, &staff)?;
    let query = &cx.visit.request.query;
    let header = [
        lang.hst_trainee(),
        lang.sup_wants_missing(),
        lang.sup_wants_waiting(),
        lang.sup_month(),
        lang.fnd_worked(),
        lang.fnd_contracted(),
        lang.sup_wants_evaluation(),
        lang.sup_wants_visit(),
        lang.sup_wants_incident(),
    ];
    let rows = rows.iter().filter(|it| wanted(it, query)).map(|it| {
        let month = |part: fn(&Month) -> String| it.month.as_ref().map(part).unwrap_or_default();
        vec![
            it.it.name_shown.clone(),
            it.missing.to_string(),
            it.waiting.to_string(),
            month(|it| it.first.format("%Y-%m").to_string()),
            month(|it| clock(it.worked)),
            month(|it| clock(it.contracted)),
            it.evaluations.to_string(),
            if it.visit { lang.yes() } else { lang.no() }.to_owned(),
            it.it.incidents.to_string(),
        ]
    });
    let rows = rows.collect();
    table::file(cx, "supervision", &header, rows)
}

/// GET `…/placements/hours.csv` and `.xlsx`: each month of each placement against its contract, as funders ask
/// for it.
pub(super) fn hours(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let staff = staff(cx)?;
    let all = queries::all_months(cx.conn, &staff)?;
    let header = [
        lang.hst_trainee(),
        lang.fnd_number(),
        lang.hst_institution(),
        lang.sup_month(),
        lang.fnd_worked(),
        lang.fnd_contracted(),
        lang.sup_share(),
        lang.plc_status(),
    ];
    let rows = all.into_iter().map(|(it, month)| {
        let share = (i64::from(month.worked) * 100)
            .checked_div(i64::from(month.contracted))
            .map(|it| format!("{it}%"))
            .unwrap_or_default();
        let light = match month.light() {
            Light::Green => lang.sup_light_green(),
            Light::Amber => lang.sup_light_amber(),
            Light::Red => lang.sup_light_red(),
        };
        vec![
            it.name_shown.clone(),
            it.trainee_number.clone(),
            it.organisation(lang).to_owned(),
            month.first.format("%Y-%m").to_string(),
            clock(month.worked),
            clock(month.contracted),
            share,
            light.to_owned(),
        ]
    });
    let rows = rows.collect();
    table::file(cx, "hours", &header, rows)
}
