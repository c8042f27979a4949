//! Placement rounds: planned and led by the office; an institution sees those that collect or are past it.

use chrono::{DateTime, Utc};

use crate::access::ProgrammeStaff;
use crate::audit;
use crate::db;
use crate::error::{Error, Result};
use crate::ids::{CohortId, RoundId};
use crate::lang::format::{date, deadline, hkt};
use crate::lang::{Lang, Say as _};
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, Sort, form_page};
use crate::web::forms::pair;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, RoundDetails};
use super::super::queries::{self, ROUND_SORTS, Round, Side};
use super::super::rules::{self, RoundState, RoundStep};
use super::{Question, crumbs, question, settled, side, staff, tabs, under};
use crate::web::listing::{self as table, Cell, Fact, Listing, Panel, Select};

pub(in crate::placements) mod terms;

fn home(side: &Side) -> String {
    format!("{}/rounds", under(side))
}

fn tone(state: RoundState) -> &'static str {
    match state {
        RoundState::Planned => "",
        RoundState::Collecting => "wait",
        RoundState::Open | RoundState::Ranking => "go",
        RoundState::Matched => "ok",
        RoundState::Closed => "end",
    }
}

/// What the address asks for.
pub(in crate::placements) fn sought(query: &Pairs) -> (Option<RoundState>, Option<&str>) {
    (RoundState::parse(query.typed("state")), table::text(query))
}

/// A line of the list.
fn cells(lang: Lang, path: &str, it: &Round) -> Result<Vec<Cell>> {
    let state = it.state()?;
    Ok(vec![
        Cell::link(it.name(lang), format!("{path}/{}", it.id)),
        Cell::tag(state.label(lang), tone(state)),
        Cell::text(deadline(lang, it.opens_at)),
        Cell::text(deadline(lang, it.closes_at)),
        Cell::text(lang.plc_from_to(&date(lang, it.starts_on), &date(lang, it.ends_on))),
        Cell::number(&it.postings),
        Cell::number(&it.seats),
    ])
}

/// The filters and orders of the list.
fn selects(lang: Lang, query: &Pairs, sort: Sort) -> Vec<Select> {
    let states = RoundState::ALL.iter();
    let states = states.map(|it| pair(it.as_str(), it.label(lang)));
    let sorts: &[(&str, &str)] = &[
        ("opens", lang.plc_opens_at()),
        ("name", lang.plc_round()),
        ("state", lang.plc_status()),
    ];
    vec![
        Select::states(lang, query, states.collect()),
        Select::sorts(lang.sort_by(), sort, sorts),
    ]
}

/// GET `…/rounds`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, ROUND_SORTS);
    let rows = queries::rounds(cx.conn, &side, sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Round::cursor);
    let path = home(&side);
    let office = side.programme().is_some();
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let listing = Listing {
        title: lang.plc_rounds().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        acts: match office {
            true => vec![(format!("{path}/new"), lang.plc_round_new().to_owned(), true)],
            false => Vec::new(),
        },
        tabs: tabs(lang, &side, "rounds"),
        searches: true,
        selects: selects(lang, query, page.sort),
        heads: vec![
            head(lang.plc_round(), "name"),
            head(lang.plc_status(), "state"),
            head(lang.plc_opens_at(), "opens"),
            Head::plain(lang.plc_closes_at()),
            Head::plain(lang.plc_period()),
            Head::plain(lang.plc_postings()).numbers(),
            Head::plain(lang.plc_seats()).numbers(),
        ],
        empty: lang.plc_rounds_none(),
        empty_more: match office {
            true => lang.plc_rounds_none_more(),
            false => lang.plc_rounds_none_host(),
        },
        path: path.clone(),
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| cells(lang, &path, it));
    let rows = rows.collect::<Result<_>>()?;
    let next = found.next;
    table::show(cx, &listing, Page { rows, next })
}

/// GET `…/rounds.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, ROUND_SORTS);
    let rows = table::every(page, Round::cursor, |page| {
        queries::rounds(cx.conn, &side, sought(query), page)
    })?;
    let header = [
        lang.plc_name_en(),
        lang.plc_name_zh(),
        lang.plc_status(),
        lang.plc_opens_at(),
        lang.plc_closes_at(),
        lang.plc_seat_deadline(),
        lang.plc_list_deadline(),
        lang.plc_starts_on(),
        lang.plc_ends_on(),
        lang.plc_postings(),
        lang.plc_seats(),
    ];
    let rows = rows.into_iter().map(|it| {
        Ok(vec![
            it.name_en.clone(),
            it.name_zh.clone(),
            it.state()?.label(lang).to_owned(),
            deadline(lang, it.opens_at),
            deadline(lang, it.closes_at),
            deadline(lang, it.seat_deadline),
            deadline(lang, it.list_deadline),
            it.starts_on.to_string(),
            it.ends_on.to_string(),
            it.postings.to_string(),
            it.seats.to_string(),
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::file(cx, "rounds", &header, rows)
}

/// The round of the address.
pub(in crate::placements) fn one(cx: &mut Cx<'_, '_>) -> Result<(Side, Round)> {
    let side = side(cx)?;
    let id: RoundId = cx.request().param("round")?;
    let row = queries::round(cx.conn, &side, id)?;
    Ok((side, row))
}

fn step_label(lang: Lang, step: RoundStep) -> &'static str {
    match step {
        RoundStep::Collect => lang.plc_step_collect(),
        RoundStep::Open => lang.plc_step_open(),
        RoundStep::Rank => lang.plc_step_rank(),
        RoundStep::Close => lang.plc_step_close(),
    }
}

fn acts(lang: Lang, side: &Side, row: &Round) -> Result<Vec<(String, String, bool)>> {
    let at = format!("{}/{}", home(side), row.id);
    let state = row.state()?;
    let mut acts = Vec::new();
    if side.programme().is_none() {
        if rules::takes_postings(state) {
            acts.push((
                format!("{at}/terms"),
                lang.plc_terms_edit().to_owned(),
                false,
            ));
        }
        return Ok(acts);
    }
    if let Some(step) = rules::next_step(state) {
        let place = format!("{at}/steps/{}", step.as_str());
        acts.push((place, step_label(lang, step).to_owned(), true));
    }
    if matches!(
        state,
        RoundState::Planned | RoundState::Collecting | RoundState::Open
    ) {
        acts.push((format!("{at}/edit"), lang.edit().to_owned(), false));
        acts.push((
            format!("{at}/steps/close"),
            lang.plc_step_close().to_owned(),
            false,
        ));
    }
    Ok(acts)
}

/// GET `…/rounds/{round}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let lang = cx.lang();
    let at = format!("{}/{}", home(&side), row.id);
    let state = row.state()?;
    let cohorts = queries::cohorts(cx.conn, row.programme_id)?;
    let names = cohorts
        .iter()
        .filter(|it| row.cohort_ids.contains(&it.id.0))
        .map(|it| lang.pick(&it.name_en, &it.name_zh).clone());
    let terms = queries::terms(cx.conn, &side, row.id)?;
    let said = terms.iter().map(|it| {
        let name = lang.pick(&it.organisation_en, &it.organisation_zh);
        let cap = it
            .seat_cap
            .map_or_else(|| lang.plc_no_cap().to_owned(), |cap| lang.plc_cap_is(cap));
        format!("{}{cap} · {}", lang.before(name), it.ranking().label(lang))
    });
    let postings = format!("{}/postings?round={}", under(&side), row.id);
    let record = table::Record {
        title: row.name(lang).to_owned(),
        tag: Some((state.label(lang), tone(state))),
        crumbs: crumbs(
            lang,
            &side,
            vec![(home(&side), lang.plc_rounds().to_owned())],
        ),
        acts: acts(lang, &side, &row)?,
        panels: vec![
            Panel::facts(
                lang.plc_deadlines(),
                vec![
                    Fact::new(lang.plc_opens_at(), deadline(lang, row.opens_at)),
                    Fact::new(lang.plc_closes_at(), deadline(lang, row.closes_at)),
                    Fact::new(lang.plc_seat_deadline(), deadline(lang, row.seat_deadline)),
                    Fact::new(lang.plc_list_deadline(), deadline(lang, row.list_deadline)),
                    Fact::new(
                        lang.plc_period(),
                        lang.plc_from_to(&date(lang, row.starts_on), &date(lang, row.ends_on)),
                    ),
                    Fact::link(lang.plc_postings(), row.postings.to_string(), postings),
                    Fact::new(lang.plc_seats(), row.seats.to_string()),
                ],
            ),
            Panel::lines(lang.plc_cohorts(), names.collect(), lang.plc_cohorts_none()),
            Panel::lines(lang.plc_terms(), said.collect(), lang.plc_terms_none()),
        ],
        history: match side.programme() {
            Some(_) => Some(audit::shown(
                cx.conn,
                row.id.0,
                lang,
                format!("{at}/history"),
            )?),
            None => None,
        },
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// GET `…/rounds/{round}/history.csv` and `.xlsx`.
pub(super) fn history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    audit::file(cx.visit, "round-history", row.id.0)
}

fn groups(lang: Lang, choices: Vec<(String, String)>) -> Vec<Group> {
    let time = |name: &str, label: &str| Field::line(name, label).of("datetime-local");
    vec![
        Group::two(
            lang.plc_round(),
            vec![
                Field::line("name_en", lang.plc_name_en()).written_in(Lang::En),
                Field::line("name_zh", lang.plc_name_zh()).written_in(Lang::Zh),
            ],
        ),
        Group::plain(vec![
            Field::line("cohorts", lang.plc_cohorts())
                .ticks(choices)
                .optional(),
        ]),
        Group::two(
            lang.plc_deadlines(),
            vec![
                time("opens_at", lang.plc_opens_at()),
                time("closes_at", lang.plc_closes_at()),
                time("seat_deadline", lang.plc_seat_deadline()).hint(lang.plc_seat_deadline_hint()),
                time("list_deadline", lang.plc_list_deadline()),
            ],
        ),
        Group::two(
            lang.plc_period(),
            vec![
                Field::line("starts_on", lang.plc_starts_on()).of("date"),
                Field::line("ends_on", lang.plc_ends_on()).of("date"),
            ],
        ),
    ]
}

fn form(
    cx: &mut Cx<'_, '_>,
    staff: &ProgrammeStaff,
    row: Option<&Round>,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let side = Side::Office(*staff);
    let list = home(&side);
    let cohorts = queries::cohorts(cx.conn, staff.programme())?;
    let choices = cohorts
        .iter()
        .map(|it| pair(it.id.to_string(), lang.pick(&it.name_en, &it.name_zh)))
        .collect();
    let at = row.map(|it| format!("{list}/{}", it.id));
    let spec = FormSpec {
        title: row.map_or(lang.plc_round_new().to_owned(), |it| {
            it.name(lang).to_owned()
        }),
        crumbs: crumbs(
            lang,
            &side,
            vec![(list.clone(), lang.plc_rounds().to_owned())],
        ),
        note: Some(lang.plc_hkt().to_owned()),
        groups: groups(lang, choices),
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

/// Judges a round's fields.
pub(in crate::placements) fn read(form: &mut Form<'_>, typed: &Pairs) -> RoundDetails {
    let parsed: Vec<Option<CohortId>> = typed.all("cohorts").map(|it| it.parse().ok()).collect();
    if parsed.iter().any(Option::is_none) {
        form.error("cohorts", "choice", |lang| lang.form_choice().to_owned());
    }
    RoundDetails {
        name_en: form.text("name_en", 200),
        name_zh: form.text("name_zh", 200),
        cohorts: parsed.into_iter().flatten().collect(),
        opens_at: form.instant("opens_at"),
        closes_at: form.instant("closes_at"),
        seat_deadline: form.instant("seat_deadline"),
        list_deadline: form.instant("list_deadline"),
        starts_on: form.date("starts_on"),
        ends_on: form.date("ends_on"),
    }
}

/// A time as its field holds it.
pub(in crate::placements) fn typed_time(at: DateTime<Utc>) -> String {
    at.with_timezone(&hkt())
        .format("%Y-%m-%dT%H:%M")
        .to_string()
}

/// A round's fields as they stand.
pub(in crate::placements) fn values(it: &Round) -> Pairs {
    let mut all = vec![
        pair("name_en", &it.name_en),
        pair("name_zh", &it.name_zh),
        pair("opens_at", typed_time(it.opens_at)),
        pair("closes_at", typed_time(it.closes_at)),
        pair("seat_deadline", typed_time(it.seat_deadline)),
        pair("list_deadline", typed_time(it.list_deadline)),
        pair("starts_on", it.starts_on.to_string()),
        pair("ends_on", it.ends_on.to_string()),
    ];
    all.extend(
        it.cohort_ids
            .iter()
            .map(|id| pair("cohorts", id.to_string())),
    );
    Pairs::new(all)
}

/// GET `…/rounds/new`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    form(cx, &staff, None, Pairs::none(), &Again::first())
}

/// POST `…/rounds/new`.
pub(super) fn create(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let details = read(&mut read_form, typed);
    let done = read_form
        .done()
        .and_then(|()| actions::plan_round(cx.conn, &staff, &details));
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

/// GET `…/rounds/{round}/edit`.
pub(super) fn edit(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    let staff = staff(cx)?;
    let values = values(&row);
    form(cx, &staff, Some(&row), &values, &Again::first())
}

/// POST `…/rounds/{round}/edit`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut read_form = Form::new(typed);
    let version = read_form.number("version", 1, i32::MAX);
    let details = read(&mut read_form, typed);
    let done = read_form
        .done()
        .and_then(|()| actions::change_round(cx.conn, &staff, (row.id, version), &details));
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{}/{}", home(&side), row.id)).flash("saved")),
        Err(error) => {
            let lang = cx.lang();
            let again = Again::from_error(error, lang)?.compare(&values(&row), typed, lang);
            form(cx, &staff, Some(&row), typed, &again)
        }
    }
}

fn step_of(cx: &Cx<'_, '_>) -> Result<RoundStep> {
    let word: String = cx.request().param("step")?;
    RoundStep::parse(&word).ok_or(Error::NotFound)
}

fn step_question(lang: Lang, side: &Side, row: &Round, step: RoundStep) -> Question {
    let at = format!("{}/{}", home(side), row.id);
    let does = match step {
        RoundStep::Collect => lang.plc_step_collect_does(),
        RoundStep::Open => lang.plc_step_open_does(),
        RoundStep::Rank => lang.plc_step_rank_does(),
        RoundStep::Close => lang.plc_step_close_does(),
    };
    Question {
        title: lang.plc_step_ask(step_label(lang, step), row.name(lang)),
        crumbs: crumbs(lang, side, vec![(at.clone(), row.name(lang).to_owned())]),
        does: vec![does.to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: None,
        action: format!("{at}/steps/{}", step.as_str()),
        submit: step_label(lang, step).to_owned(),
        danger: step == RoundStep::Close,
        back: at,
    }
}

/// GET `…/rounds/{round}/steps/{step}`.
pub(super) fn ask_step(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let step = step_of(cx)?;
    let now = db::now(cx.conn)?;
    let refusal = rules::round_step(&row.now()?, step, now).err();
    let refusal = refusal.map(|it| it.say(cx.lang()));
    question(cx, step_question(cx.lang(), &side, &row, step), refusal)
}

/// POST `…/rounds/{round}/steps/{step}`.
pub(super) fn step(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let staff = staff(cx)?;
    let step = step_of(cx)?;
    let done = actions::step_round(cx.conn, &staff, row.id, step);
    let at = format!("{}/{}", home(&side), row.id);
    settled(cx, (done.map(|_| "saved"), at), |lang| {
        Ok(step_question(lang, &side, &row, step))
    })
}
