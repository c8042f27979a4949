//! How many trainees institutions can take: asked by the office, answered by the institution.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::error::Result;
use crate::ids::{CapacityId, OrganisationId};
use crate::lang::format::{date, moment};
use crate::lang::{Lang, Say as _};
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, Sort, form_page};
use crate::web::forms::pair;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, CapacityAnswer, NewCapacity};
use super::super::queries::{self, Area, CAPACITY_SORTS, Capacity, Side};
use super::super::rules::{CapacityState, PlacementRefusal};
use super::{Question, crumbs, member, question, settled, side, staff, tabs, under};
use crate::web::listing::{self as table, Cell, Fact, Listing, Panel, Select};

fn home(side: &Side) -> String {
    format!("{}/capacity", under(side))
}

fn tone(state: CapacityState) -> &'static str {
    match state {
        CapacityState::Asked => "wait",
        CapacityState::Answered => "ok",
        CapacityState::Withdrawn => "end",
    }
}

/// What the address asks for.
pub(in crate::placements) fn sought(query: &Pairs) -> (Option<CapacityState>, Option<&str>) {
    (
        CapacityState::parse(query.typed("state")),
        table::text(query),
    )
}

fn period(lang: Lang, it: &Capacity) -> String {
    lang.plc_from_to(&date(lang, it.starts_on), &date(lang, it.ends_on))
}

/// A line of the list.
fn cells(lang: Lang, path: &str, it: &Capacity) -> Result<Vec<Cell>> {
    let state = it.state()?;
    Ok(vec![
        Cell::link(it.organisation(lang), format!("{path}/{}", it.id)),
        Cell::text(period(lang, it)),
        Cell::text(date(lang, it.due_on)),
        Cell::tag(state.label(lang), tone(state)),
        Cell::number(&it.seats.map_or("–".to_owned(), |it| it.to_string())),
    ])
}

/// The filters and orders of the list.
fn selects(lang: Lang, query: &Pairs, sort: Sort) -> Vec<Select> {
    let states = CapacityState::ALL.iter();
    let states = states.map(|it| pair(it.as_str(), it.label(lang)));
    let sorts: &[(&str, &str)] = &[
        ("due", lang.plc_due_on()),
        ("organisation", lang.plc_institution()),
        ("state", lang.plc_status()),
        ("seats", lang.plc_seats()),
    ];
    vec![
        Select::states(lang, query, states.collect()),
        Select::sorts(lang.sort_by(), sort, sorts),
    ]
}

/// GET `…/capacity`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, CAPACITY_SORTS);
    let rows = queries::capacities(cx.conn, &side, sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Capacity::cursor);
    let path = home(&side);
    let office = side.programme().is_some();
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let listing = Listing {
        title: lang.plc_capacity().to_owned(),
        note: lang.plc_capacity_note().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        acts: match office {
            true => vec![(
                format!("{path}/new"),
                lang.plc_capacity_new().to_owned(),
                true,
            )],
            false => Vec::new(),
        },
        tabs: tabs(lang, &side, "capacity"),
        searches: true,
        selects: selects(lang, query, page.sort),
        heads: vec![
            head(lang.plc_institution(), "organisation"),
            Head::plain(lang.plc_period()),
            head(lang.plc_due_on(), "due"),
            head(lang.plc_status(), "state"),
            head(lang.plc_seats(), "seats").numbers(),
        ],
        empty: lang.plc_capacity_none(),
        empty_more: match office {
            true => lang.plc_capacity_none_more(),
            false => lang.plc_capacity_none_host(),
        },
        path: path.clone(),
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| cells(lang, &path, it));
    let rows = rows.collect::<Result<_>>()?;
    let next = found.next;
    table::show(cx, &listing, Page { rows, next })
}

/// GET `…/capacity.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, CAPACITY_SORTS);
    let rows = table::every(page, Capacity::cursor, |page| {
        queries::capacities(cx.conn, &side, sought(query), page)
    })?;
    let mut lines = Vec::new();
    let mut known = BTreeMap::new();
    for it in rows {
        let areas = match known.entry(it.programme_id) {
            Entry::Occupied(areas) => areas.into_mut(),
            Entry::Vacant(none) => none.insert(queries::areas(cx.conn, it.programme_id)?),
        };
        lines.push(vec![
            it.organisation(lang).to_owned(),
            it.starts_on.to_string(),
            it.ends_on.to_string(),
            it.due_on.to_string(),
            it.state()?.label(lang).to_owned(),
            it.seats.map(|it| it.to_string()).unwrap_or_default(),
            by_area(lang, &it, areas)?.join("\n"),
            it.remark,
        ]);
    }
    let header = [
        lang.plc_institution(),
        lang.plc_starts_on(),
        lang.plc_ends_on(),
        lang.plc_due_on(),
        lang.plc_status(),
        lang.plc_seats(),
        lang.plc_by_area(),
        lang.plc_remark(),
    ];
    table::file(cx, "capacity", &header, lines)
}

fn by_area(lang: Lang, it: &Capacity, areas: &[Area]) -> Result<Vec<String>> {
    let line = |told: &queries::AreaSeats| {
        let area = areas.iter().find(|area| area.id == told.area)?;
        Some(format!("{}{}", lang.before(area.name(lang)), told.seats))
    };
    Ok(it.by_area()?.iter().filter_map(line).collect())
}

/// The question of the address.
pub(in crate::placements) fn one(cx: &mut Cx<'_, '_>) -> Result<(Side, Capacity)> {
    let side = side(cx)?;
    let id: CapacityId = cx.request().param("capacity")?;
    let row = queries::capacity(cx.conn, &side, id, false)?;
    Ok((side, row))
}

/// What was asked, and what was answered.
fn facts(lang: Lang, row: &Capacity, areas: &[Area]) -> Result<(Vec<Fact>, Vec<Fact>)> {
    let mut asked = vec![
        Fact::new(lang.plc_period(), period(lang, row)),
        Fact::new(lang.plc_due_on(), date(lang, row.due_on)),
    ];
    if !row.words.is_empty() {
        asked.push(Fact::new(lang.plc_words(), row.words.clone()));
    }
    let mut answer = Vec::new();
    if let Some(seats) = row.seats {
        answer.push(Fact::new(lang.plc_seats(), seats.to_string()));
        let told = by_area(lang, row, areas)?;
        if !told.is_empty() {
            answer.push(Fact::new(lang.plc_by_area(), told.join("\n")));
        }
        if !row.remark.is_empty() {
            answer.push(Fact::new(lang.plc_remark(), row.remark.clone()));
        }
        if let Some(on) = row.answered_at {
            answer.push(Fact::new(lang.plc_answered_at(), moment(lang, on)));
        }
    }
    Ok((asked, answer))
}

/// GET `…/capacity/{capacity}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let lang = cx.lang();
    let at = format!("{}/{}", home(&side), row.id);
    let state = row.state()?;
    let areas = queries::areas(cx.conn, row.programme_id)?;
    let acts = match (&side, state) {
        (Side::Host(_), CapacityState::Asked) => {
            vec![(
                format!("{at}/answer"),
                lang.plc_capacity_answer().to_owned(),
                true,
            )]
        }
        (Side::Host(_), CapacityState::Answered) => {
            vec![(
                format!("{at}/answer"),
                lang.plc_capacity_again().to_owned(),
                false,
            )]
        }
        (Side::Office(_), CapacityState::Asked) => vec![(
            format!("{at}/withdraw"),
            lang.plc_capacity_take_back().to_owned(),
            false,
        )],
        _ => Vec::new(),
    };
    let (asked, answer) = facts(lang, &row, &areas)?;
    let record = table::Record {
        title: lang.plc_capacity_of(row.organisation(lang)),
        tag: Some((state.label(lang), tone(state))),
        crumbs: crumbs(
            lang,
            &side,
            vec![(home(&side), lang.plc_capacity().to_owned())],
        ),
        acts,
        panels: vec![
            Panel::facts(lang.plc_capacity_question(), asked),
            Panel {
                empty: lang.plc_capacity_no_answer().to_owned(),
                ..Panel::facts(lang.plc_capacity_answer_heading(), answer)
            },
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

/// GET `…/capacity/{capacity}/history.csv` and `.xlsx`.
pub(super) fn history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    audit::file(cx.visit, "capacity-history", row.id.0)
}

fn ask_form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let side = Side::Office(*staff);
    let list = home(&side);
    let all = queries::institutions(cx.conn, &side)?;
    let choices = all
        .iter()
        .map(|it| pair(it.id.to_string(), lang.pick(&it.name_en, &it.name_zh)))
        .collect();
    let spec = FormSpec {
        title: lang.plc_capacity_new().to_owned(),
        crumbs: crumbs(
            lang,
            &side,
            vec![(list.clone(), lang.plc_capacity().to_owned())],
        ),
        note: Some(lang.plc_capacity_ask_note().to_owned()),
        groups: vec![
            Group::two(
                lang.plc_period(),
                vec![
                    Field::line("starts_on", lang.plc_starts_on()).of("date"),
                    Field::line("ends_on", lang.plc_ends_on()).of("date"),
                ],
            ),
            Group::plain(vec![
                Field::line("due_on", lang.plc_due_on()).of("date"),
                Field::line("words", lang.plc_words()).area(4).optional(),
                Field::line("organisations", lang.plc_institutions()).ticks(choices),
            ]),
        ],
        hidden: Vec::new(),
        action: format!("{list}/new"),
        submit: lang.plc_capacity_new().to_owned(),
        back: list,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/capacity/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    ask_form(cx, &staff, Pairs::none(), &Again::first())
}

/// Judges a question's fields: whom, and what.
pub(in crate::placements) fn read_ask(
    form: &mut Form<'_>,
    typed: &Pairs,
) -> (Vec<OrganisationId>, NewCapacity) {
    let parsed: Vec<Option<OrganisationId>> = typed
        .all("organisations")
        .map(|it| it.parse().ok())
        .collect();
    if parsed.iter().any(Option::is_none) {
        form.error("organisations", "choice", |lang| {
            lang.form_choice().to_owned()
        });
    }
    let new = NewCapacity {
        starts_on: form.date("starts_on"),
        ends_on: form.date("ends_on"),
        due_on: form.date("due_on"),
        words: form.optional("words", 2_000).unwrap_or_default(),
    };
    (parsed.into_iter().flatten().collect(), new)
}

/// POST `…/capacity/new`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let (whom, new) = read_ask(&mut read_form, typed);
    let done = read_form
        .done()
        .and_then(|()| actions::ask_capacity(cx.conn, &staff, &whom, &new));
    match done {
        Ok(_) => Ok(Reply::see_other(home(&Side::Office(staff))).flash("capacity_asked")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            ask_form(cx, &staff, typed, &again)
        }
    }
}

fn withdraw_question(lang: Lang, side: &Side, row: &Capacity) -> Question {
    let at = format!("{}/{}", home(side), row.id);
    Question {
        title: lang.plc_capacity_take_back_ask(row.organisation(lang)),
        crumbs: crumbs(
            lang,
            side,
            vec![(home(side), lang.plc_capacity().to_owned())],
        ),
        does: vec![lang.plc_capacity_take_back_does().to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: None,
        action: format!("{at}/withdraw"),
        submit: lang.plc_capacity_take_back().to_owned(),
        danger: true,
        back: at,
    }
}

/// GET `…/capacity/{capacity}/withdraw`.
pub(super) fn ask_withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let refusal =
        (row.state()? != CapacityState::Asked).then(|| PlacementRefusal::Over.say(cx.lang()));
    question(cx, withdraw_question(cx.lang(), &side, &row), refusal)
}

/// POST `…/capacity/{capacity}/withdraw`.
pub(super) fn withdraw(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let staff = staff(cx)?;
    let done = actions::withdraw_capacity(cx.conn, &staff, row.id);
    settled(cx, (done.map(|()| "saved"), home(&side)), |lang| {
        Ok(withdraw_question(lang, &side, &row))
    })
}

/// The field of a focus area's seats.
fn area_field(area: &Area) -> String {
    format!("seats_{}", area.code)
}

fn answer_form(
    cx: &mut Cx<'_, '_>,
    (side, row): (&Side, &Capacity),
    areas: &[Area],
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("{}/{}", home(side), row.id);
    let by_area = areas
        .iter()
        .map(|area| {
            Field::line(area_field(area), area.name(lang))
                .of("number")
                .optional()
        })
        .collect();
    let spec = FormSpec {
        title: lang.plc_capacity_of(row.organisation(lang)),
        crumbs: crumbs(
            lang,
            side,
            vec![(at.clone(), lang.plc_capacity().to_owned())],
        ),
        note: Some(lang.plc_capacity_for(&period(lang, row), &date(lang, row.due_on))),
        groups: vec![
            Group::plain(vec![
                Field::line("seats", lang.plc_seats_in_all()).of("number"),
            ]),
            Group::two(lang.plc_by_area_optional(), by_area),
            Group::plain(vec![
                Field::line("remark", lang.plc_remark()).area(4).optional(),
            ]),
        ],
        hidden: vec![pair("version", row.version.to_string())],
        action: format!("{at}/answer"),
        submit: lang.plc_capacity_answer().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

fn in_use(cx: &mut Cx<'_, '_>, row: &Capacity) -> Result<Vec<Area>> {
    let mut areas = queries::areas(cx.conn, row.programme_id)?;
    areas.retain(|it| it.archived_at.is_none());
    Ok(areas)
}

fn values(row: &Capacity, areas: &[Area]) -> Result<Pairs> {
    let mut all = vec![
        pair(
            "seats",
            row.seats.map(|it| it.to_string()).unwrap_or_default(),
        ),
        pair("remark", &row.remark),
    ];
    for told in row.by_area()? {
        if let Some(area) = areas.iter().find(|it| it.id == told.area) {
            all.push(pair(area_field(area), told.seats.to_string()));
        }
    }
    Ok(Pairs::new(all))
}

/// GET `/organisation/capacity/{capacity}/answer`.
pub(super) fn edit_answer(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let areas = in_use(cx, &row)?;
    let values = values(&row, &areas)?;
    answer_form(cx, (&side, &row), &areas, &values, &Again::first())
}

/// POST `/organisation/capacity/{capacity}/answer`.
pub(super) fn answer(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let member = member(cx)?;
    let areas = in_use(cx, &row)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let answer = CapacityAnswer {
        seats: form.number("seats", 0, 10_000),
        by_area: areas
            .iter()
            .filter_map(|it| {
                let seats = form.optional_number(&area_field(it), 0, 10_000);
                Some((it.id, seats.filter(|seats| *seats > 0)?))
            })
            .collect(),
        remark: form.optional("remark", 2_000).unwrap_or_default(),
    };
    let done = form
        .done()
        .and_then(|()| actions::answer_capacity(cx.conn, &member, (row.id, version), &answer));
    match done {
        Ok(()) => {
            let at = format!("{}/{}", home(&side), row.id);
            Ok(Reply::see_other(at).flash("capacity_answered"))
        }
        Err(error) => {
            let lang = cx.lang();
            let saved = values(&row, &areas)?;
            let again = Again::from_error(error, lang)?.compare(&saved, typed, lang);
            answer_form(cx, (&side, &row), &areas, typed, &again)
        }
    }
}
