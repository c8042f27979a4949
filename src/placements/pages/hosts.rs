//! Institutions' partnerships with the programme: kept by the office, read by the institution.

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::error::Result;
use crate::ids::{HostId, OrganisationId};
use crate::lang::Lang;
use crate::lang::format::date;
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, Sort, form_page};
use crate::web::forms::pair;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, HostDetails};
use super::super::queries::{self, HOST_SORTS, HostRow, Side};
use super::super::rules::HostStatus;
use super::{crumbs, side, staff, tabs, under};
use crate::web::listing::{self as table, Cell, Fact, Listing, Panel, Select};

fn home(side: &Side) -> String {
    format!("{}/partners", under(side))
}

fn tone(status: HostStatus) -> &'static str {
    match status {
        HostStatus::Prepared => "wait",
        HostStatus::Active => "go",
        HostStatus::Paused => "warn",
        HostStatus::Ended => "end",
    }
}

/// What the address asks for.
pub(in crate::placements) fn sought(query: &Pairs) -> (Option<HostStatus>, Option<&str>) {
    (HostStatus::parse(query.typed("state")), table::text(query))
}

/// A line of the list.
fn cells(lang: Lang, path: &str, it: &HostRow) -> Result<Vec<Cell>> {
    let status = it.status()?;
    Ok(vec![
        Cell::link(it.organisation(lang), format!("{path}/{}", it.id)),
        Cell::tag(status.label(lang), tone(status)),
        Cell::text(it.signed_on.map_or("–".to_owned(), |day| date(lang, day))),
        Cell::text(date(lang, it.starts_on)),
        Cell::text(date(lang, it.ends_on)),
    ])
}

/// The filters and orders of the list.
fn selects(lang: Lang, query: &Pairs, sort: Sort) -> Vec<Select> {
    let states = HostStatus::ALL.iter();
    let states = states.map(|it| pair(it.as_str(), it.label(lang)));
    let sorts: &[(&str, &str)] = &[
        ("organisation", lang.plc_institution()),
        ("status", lang.plc_status()),
        ("ends", lang.plc_ends_on()),
    ];
    vec![
        Select::states(lang, query, states.collect()),
        Select::sorts(lang.sort_by(), sort, sorts),
    ]
}

/// GET `…/partners`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, HOST_SORTS);
    let rows = queries::hosts(cx.conn, &side, sought(query), &page)?;
    let found = Page::cut(rows, PAGE, HostRow::cursor);
    let path = home(&side);
    let office = side.programme().is_some();
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let listing = Listing {
        title: lang.plc_partners().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        acts: match office {
            true => vec![(
                format!("{path}/new"),
                lang.plc_partner_new().to_owned(),
                true,
            )],
            false => Vec::new(),
        },
        tabs: tabs(lang, &side, "partners"),
        searches: true,
        selects: selects(lang, query, page.sort),
        heads: vec![
            head(lang.plc_institution(), "organisation"),
            head(lang.plc_status(), "status"),
            Head::plain(lang.plc_signed_on()),
            Head::plain(lang.plc_starts_on()),
            head(lang.plc_ends_on(), "ends"),
        ],
        empty: lang.plc_partners_none(),
        empty_more: match office {
            true => lang.plc_partners_none_more(),
            false => lang.plc_partners_none_host(),
        },
        path: path.clone(),
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| cells(lang, &path, it));
    let rows = rows.collect::<Result<_>>()?;
    table::show(
        cx,
        &listing,
        Page {
            rows,
            next: found.next,
        },
    )
}

/// GET `…/partners.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, HOST_SORTS);
    let rows = table::every(page, HostRow::cursor, |page| {
        queries::hosts(cx.conn, &side, sought(query), page)
    })?;
    let header = [
        lang.plc_institution(),
        lang.plc_status(),
        lang.plc_signed_on(),
        lang.plc_starts_on(),
        lang.plc_ends_on(),
        lang.plc_remark(),
    ];
    let rows = rows.into_iter().map(|it| {
        Ok(vec![
            it.organisation(lang).to_owned(),
            it.status()?.label(lang).to_owned(),
            it.signed_on.map(|day| day.to_string()).unwrap_or_default(),
            it.starts_on.to_string(),
            it.ends_on.to_string(),
            it.remark,
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::file(cx, "partnerships", &header, rows)
}

/// The partnership of the address.
pub(in crate::placements) fn one(cx: &mut Cx<'_, '_>) -> Result<(Side, HostRow)> {
    let side = side(cx)?;
    let id: HostId = cx.request().param("host")?;
    let row = queries::host(cx.conn, &side, id)?;
    Ok((side, row))
}

/// GET `…/partners/{host}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let lang = cx.lang();
    let at = format!("{}/{}", home(&side), row.id);
    let status = row.status()?;
    let office = side.programme().is_some();
    let contacts = queries::host_contacts(cx.conn, &row)?;
    let lines = contacts.into_iter().map(|it| {
        let parts = [Some(it.name), it.post, it.email, it.phone];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    let mut facts = vec![
        Fact::new(
            lang.plc_signed_on(),
            row.signed_on.map_or("–".to_owned(), |day| date(lang, day)),
        ),
        Fact::new(lang.plc_starts_on(), date(lang, row.starts_on)),
        Fact::new(lang.plc_ends_on(), date(lang, row.ends_on)),
    ];
    if !row.remark.is_empty() {
        facts.push(Fact::new(lang.plc_remark(), row.remark.clone()));
    }
    if office {
        let place = format!("/organisations/{}", row.organisation_id);
        facts.push(Fact::link(
            lang.plc_institution(),
            row.organisation(lang),
            place,
        ));
    }
    let record = table::Record {
        title: row.organisation(lang).to_owned(),
        tag: Some((status.label(lang), tone(status))),
        crumbs: crumbs(
            lang,
            &side,
            vec![(home(&side), lang.plc_partners().to_owned())],
        ),
        acts: match office && status != HostStatus::Ended {
            true => vec![(format!("{at}/edit"), lang.edit().to_owned(), false)],
            false => Vec::new(),
        },
        panels: vec![
            Panel::facts(lang.plc_partnership(), facts),
            Panel::lines(
                lang.organisations_contacts(),
                lines.collect(),
                lang.organisations_contacts_empty(),
            ),
        ],
        history: Some(audit::shown(
            cx.conn,
            row.id.0,
            lang,
            format!("{at}/history"),
        )?),
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// GET `…/partners/{host}/history.csv` and `.xlsx`.
pub(super) fn history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    audit::file(cx.visit, "partnership-history", row.id.0)
}

fn fields(lang: Lang) -> Vec<Field> {
    let states = HostStatus::ALL.iter();
    vec![
        Field::line("status", lang.plc_status())
            .choice(states.map(|it| pair(it.as_str(), it.label(lang))).collect()),
        Field::line("signed_on", lang.plc_signed_on())
            .of("date")
            .optional(),
        Field::line("starts_on", lang.plc_starts_on()).of("date"),
        Field::line("ends_on", lang.plc_ends_on()).of("date"),
        Field::line("remark", lang.plc_remark())
            .area(4)
            .optional()
            .hint(lang.plc_remark_host()),
    ]
}

fn form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: Option<&HostRow>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let side = Side::Office(*staff);
    let list = home(&side);
    let mut all = fields(lang);
    if row.is_none() {
        let institutions = queries::institutions(cx.conn, &side)?;
        let choices = institutions
            .iter()
            .map(|it| pair(it.id.to_string(), lang.pick(&it.name_en, &it.name_zh)))
            .collect();
        all.insert(
            0,
            Field::line("organisation", lang.plc_institution()).choice(choices),
        );
    }
    let at = row.map(|it| format!("{list}/{}", it.id));
    let spec = FormSpec {
        title: row.map_or(lang.plc_partner_new().to_owned(), |it| {
            it.organisation(lang).to_owned()
        }),
        crumbs: crumbs(
            lang,
            &side,
            vec![(list.clone(), lang.plc_partners().to_owned())],
        ),
        note: None,
        groups: vec![Group::plain(all)],
        hidden: row
            .map(|it| vec![pair("version", it.version.to_string())])
            .unwrap_or_default(),
        action: at
            .as_ref()
            .map_or_else(|| format!("{list}/new"), |at| format!("{at}/edit")),
        submit: lang.save().to_owned(),
        back: at.unwrap_or(list),
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// Judges a partnership's fields.
pub(in crate::placements) fn read(form: &mut Form<'_>) -> HostDetails {
    HostDetails {
        status: form
            .choice("status", HostStatus::parse)
            .unwrap_or(HostStatus::Prepared),
        signed_on: form.optional_date("signed_on"),
        starts_on: form.date("starts_on"),
        ends_on: form.date("ends_on"),
        remark: form.optional("remark", 2_000).unwrap_or_default(),
    }
}

/// A partnership's fields as they stand.
pub(in crate::placements) fn values(it: &HostRow) -> Pairs {
    Pairs::new(vec![
        pair("status", &it.status),
        pair(
            "signed_on",
            it.signed_on.map(|day| day.to_string()).unwrap_or_default(),
        ),
        pair("starts_on", it.starts_on.to_string()),
        pair("ends_on", it.ends_on.to_string()),
        pair("remark", &it.remark),
    ])
}

/// GET `…/partners/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    form(cx, &staff, None, Pairs::none(), &Again::first())
}

/// POST `…/partners/new`.
pub(super) fn add(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let organisation = read_form.choice("organisation", |word| word.parse::<OrganisationId>().ok());
    let details = read(&mut read_form);
    let done = read_form.done().and_then(|()| {
        let organisation = organisation.unwrap_or_default();
        actions::add_host(cx.conn, &staff, organisation, &details)
    });
    match done {
        Ok(id) => {
            let at = format!("{}/{id}", home(&Side::Office(staff)));
            Ok(Reply::see_other(at).flash("saved"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            form(cx, &staff, None, typed, &again)
        }
    }
}

/// GET `…/partners/{host}/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    let staff = staff(cx)?;
    let values = values(&row);
    form(cx, &staff, Some(&row), &values, &Again::first())
}

/// POST `…/partners/{host}/edit`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let version = read_form.number("version", 1, i32::MAX);
    let details = read(&mut read_form);
    let done = read_form
        .done()
        .and_then(|()| actions::change_host(cx.conn, &staff, (row.id, version), &details));
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{}/{}", home(&side), row.id)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&row), typed, lang);
            form(cx, &staff, Some(&row), typed, &again)
        }
    }
}
