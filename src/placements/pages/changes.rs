//! Changes of seats and withdrawals: asked by the institution, approved or refused by the office.

use crate::audit;
use crate::error::Result;
use crate::ids::SeatChangeId;
use crate::lang::format::moment;
use crate::lang::{Lang, Say as _};
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, form_page};
use crate::web::forms::pair;
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewChange};
use super::super::queries::{self, CHANGE_SORTS, Change, Posting, Side};
use super::super::rules::seats;
use super::super::rules::{ChangeKind, ChangeState};
use super::{
    Question, change_tone, crumbs, member, question, seen, settled, side, staff, tabs, under,
};
use crate::web::listing::{self as table, Cell, Fact, Listing, Panel, Select};

fn home(side: &Side) -> String {
    format!("{}/changes", under(side))
}

/// What the address asks for.
pub(in crate::placements) fn sought(
    query: &Pairs,
) -> (Option<ChangeState>, Option<crate::ids::PostingId>) {
    (
        ChangeState::parse(query.typed("state")),
        query.typed("posting").parse().ok(),
    )
}

fn what(lang: Lang, it: &Change) -> Result<String> {
    Ok(match it.kind()? {
        ChangeKind::Seats => lang.plc_change_from_to(it.seats_before, it.seats_after),
        ChangeKind::Withdraw => lang.plc_change_withdraw().to_owned(),
    })
}

/// GET `…/changes`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, CHANGE_SORTS);
    let rows = queries::changes(cx.conn, &side, sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Change::cursor);
    let path = home(&side);
    let states = ChangeState::ALL.iter();
    let states = states.map(|it| pair(it.as_str(), it.label(lang)));
    let sorts: &[(&str, &str)] = &[
        ("asked", lang.plc_asked_at()),
        ("organisation", lang.plc_institution()),
        ("state", lang.plc_status()),
    ];
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let listing = Listing {
        title: lang.plc_changes().to_owned(),
        note: lang.plc_changes_note().to_owned(),
        crumbs: crumbs(lang, &side, Vec::new()),
        tabs: tabs(lang, &side, "changes"),
        selects: vec![
            Select::states(lang, query, states.collect()),
            Select::sorts(lang.sort_by(), page.sort, sorts),
        ],
        heads: vec![
            Head::plain(lang.plc_title()),
            head(lang.plc_institution(), "organisation"),
            Head::plain(lang.plc_change()),
            head(lang.plc_status(), "state"),
            head(lang.plc_asked_at(), "asked"),
        ],
        empty: lang.plc_changes_none(),
        empty_more: lang.plc_changes_none_more(),
        path: path.clone(),
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| {
        let state = it.state()?;
        Ok(vec![
            Cell::link(it.title(lang), format!("{path}/{}", it.id)).more(it.number.clone()),
            Cell::text(it.organisation(lang)),
            Cell::text(what(lang, it)?),
            Cell::tag(state.label(lang), change_tone(state)),
            Cell::text(moment(lang, it.created_at)),
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    let next = found.next;
    table::show(cx, &listing, Page { rows, next })
}

/// GET `…/changes.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, CHANGE_SORTS);
    let rows = table::every(page, Change::cursor, |page| {
        queries::changes(cx.conn, &side, sought(query), page)
    })?;
    let header = [
        lang.plc_number(),
        lang.plc_title(),
        lang.plc_institution(),
        lang.plc_change(),
        lang.plc_reason(),
        lang.plc_status(),
        lang.plc_asked_at(),
        lang.plc_answer(),
    ];
    let rows = rows.into_iter().map(|it| {
        Ok(vec![
            it.number.clone(),
            it.title(lang).to_owned(),
            it.organisation(lang).to_owned(),
            what(lang, &it)?,
            it.reason.clone(),
            it.state()?.label(lang).to_owned(),
            moment(lang, it.created_at),
            it.answer,
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::file(cx, "seat-changes", &header, rows)
}

/// The change of the address.
pub(in crate::placements) fn one(cx: &mut Cx<'_, '_>) -> Result<(Side, Change)> {
    let side = side(cx)?;
    let id: SeatChangeId = cx.request().param("change")?;
    let row = queries::change(cx.conn, &side, id)?;
    Ok((side, row))
}

/// GET `…/changes/{change}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let lang = cx.lang();
    let at = format!("{}/{}", home(&side), row.id);
    let state = row.state()?;
    let act = |word: &str, label: &str, first| (format!("{at}/{word}"), label.to_owned(), first);
    let acts = match (seats::waits(state), &side) {
        (Ok(()), Side::Office(_)) => vec![
            act("approve", lang.plc_approve(), true),
            act("refuse", lang.plc_refuse(), false),
        ],
        (Ok(()), Side::Host(_)) => vec![act("take-back", lang.plc_take_back(), false)],
        (Err(_), _) => Vec::new(),
    };
    let posting = format!("{}/postings/{}", under(&side), row.posting_id);
    let mut facts = vec![
        Fact::link(lang.plc_title(), row.title(lang), posting),
        Fact::new(lang.plc_institution(), row.organisation(lang)),
        Fact::new(lang.plc_change(), what(lang, &row)?),
        Fact::new(lang.plc_asked_at(), moment(lang, row.created_at)),
        Fact::new(lang.plc_approvals(), row.needs.to_string()),
    ];
    if !row.reason.is_empty() {
        facts.push(Fact::new(lang.plc_reason(), row.reason.clone()));
    }
    if let Some(on) = row.decided_at {
        facts.push(Fact::new(lang.plc_decided_at(), moment(lang, on)));
    }
    if !row.answer.is_empty() {
        facts.push(Fact::new(lang.plc_answer(), row.answer.clone()));
    }
    let record = table::Record {
        title: lang.plc_change_of(row.title(lang)),
        tag: Some((state.label(lang), change_tone(state))),
        crumbs: crumbs(
            lang,
            &side,
            vec![(home(&side), lang.plc_changes().to_owned())],
        ),
        acts,
        panels: vec![Panel::facts(lang.plc_change(), facts)],
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

/// GET `…/changes/{change}/history.csv` and `.xlsx`.
pub(super) fn history(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, row) = one(cx)?;
    audit::file(cx.visit, "seat-change-history", row.id.0)
}

fn ask_form(
    cx: &mut Cx<'_, '_>,
    side: &Side,
    row: &Posting,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("{}/postings/{}", under(side), row.id);
    let round = queries::round(cx.conn, side, row.round_id)?;
    let kinds = ChangeKind::ALL.iter();
    let spec = FormSpec {
        title: lang.plc_change_of(&row.title(lang)?),
        crumbs: crumbs(lang, side, vec![(at.clone(), row.title(lang)?)]),
        note: Some(lang.plc_change_rule(&crate::lang::format::deadline(lang, round.seat_deadline))),
        groups: vec![Group::plain(vec![
            Field::line("kind", lang.plc_change())
                .choice(kinds.map(|it| pair(it.as_str(), it.label(lang))).collect()),
            Field::line("seats", lang.plc_seats_after())
                .of("number")
                .optional()
                .hint(lang.plc_seats_now(row.seats)),
            Field::line("reason", lang.plc_reason()).area(3).optional(),
        ])],
        hidden: vec![pair("version", row.version.to_string())],
        action: format!("{at}/change"),
        submit: lang.plc_change_ask().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// Judges the fields of a change.
pub(in crate::placements) fn read(form: &mut Form<'_>) -> NewChange {
    let kind = form.choice("kind", ChangeKind::parse);
    let seats = match kind {
        Some(ChangeKind::Seats) => form.number("seats", 0, 1_000),
        Some(ChangeKind::Withdraw) | None => 0,
    };
    NewChange {
        kind: kind.unwrap_or(ChangeKind::Seats),
        seats,
        reason: form.optional("reason", 2_000).unwrap_or_default(),
    }
}

/// GET `/organisation/postings/{posting}/change`.
pub(super) fn new(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = super::posting::one(cx)?;
    let usual = Pairs::new(vec![
        pair("kind", ChangeKind::Seats.as_str()),
        pair("seats", row.seats.to_string()),
    ]);
    ask_form(cx, &side, &row, &usual, &Again::first())
}

/// POST `/organisation/postings/{posting}/change`.
pub(super) fn ask(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = super::posting::one(cx)?;
    let member = member(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let new = read(&mut form);
    let done = form
        .done()
        .and_then(|()| actions::ask_change(cx.conn, &member, (row.id, version), &new));
    match done {
        Ok(id) => Ok(Reply::see_other(format!("{}/{id}", home(&side))).flash("change_asked")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            ask_form(cx, &side, &row, typed, &again)
        }
    }
}

fn approve_question(lang: Lang, side: &Side, row: &Change) -> Result<Question> {
    let at = format!("{}/{}", home(side), row.id);
    let second = row.needs > 1 && row.state()? == ChangeState::Asked;
    Ok(Question {
        title: lang.plc_change_approve_ask(row.title(lang)),
        crumbs: crumbs(
            lang,
            side,
            vec![(at.clone(), lang.plc_changes().to_owned())],
        ),
        does: vec![
            what(lang, row)?,
            match second {
                true => lang.plc_change_first_does().to_owned(),
                false => lang.plc_change_approve_does().to_owned(),
            },
        ],
        told: lang.plc_told_institution().to_owned(),
        version: Some(row.version),
        action: format!("{at}/approve"),
        submit: lang.plc_approve().to_owned(),
        danger: false,
        back: at,
    })
}

/// GET `…/changes/{change}/approve`.
pub(super) fn ask_approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let people = (row.asked_by, row.first_by);
    let refusal = seats::approve(row.state()?, row.needs, people, side.person()).err();
    let asked = approve_question(cx.lang(), &side, &row)?;
    question(cx, asked, refusal.map(|it| it.say(cx.lang())))
}

/// POST `…/changes/{change}/approve`.
pub(super) fn approve(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let staff = staff(cx)?;
    let version = seen(cx)?;
    let done = actions::approve_change(cx.conn, &staff, (row.id, version));
    let done = done.map(|state| match state {
        ChangeState::Seconded => "change_seconded",
        _ => "change_approved",
    });
    let at = format!("{}/{}", home(&side), row.id);
    settled(cx, (done, at), |lang| approve_question(lang, &side, &row))
}

fn refuse_form(
    cx: &Cx<'_, '_>,
    side: &Side,
    row: &Change,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("{}/{}", home(side), row.id);
    let spec = FormSpec {
        title: lang.plc_change_refuse_ask(row.title(lang)),
        crumbs: crumbs(
            lang,
            side,
            vec![(at.clone(), lang.plc_changes().to_owned())],
        ),
        note: Some(what(lang, row)?),
        groups: vec![Group::plain(vec![
            Field::line("answer", lang.plc_answer()).area(4),
        ])],
        hidden: vec![pair("version", row.version.to_string())],
        action: format!("{at}/refuse"),
        submit: lang.plc_refuse().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/changes/{change}/refuse`.
pub(super) fn ask_refuse(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    refuse_form(cx, &side, &row, Pairs::none(), &Again::first())
}

/// POST `…/changes/{change}/refuse`.
pub(super) fn refuse(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let answer = form.optional("answer", 2_000).unwrap_or_default();
    let done = form
        .done()
        .and_then(|()| actions::refuse_change(cx.conn, &staff, (row.id, version), &answer));
    match done {
        Ok(()) => {
            let at = format!("{}/{}", home(&side), row.id);
            Ok(Reply::see_other(at).flash("change_refused"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            refuse_form(cx, &side, &row, typed, &again)
        }
    }
}

fn take_back_question(lang: Lang, side: &Side, row: &Change) -> Result<Question> {
    let at = format!("{}/{}", home(side), row.id);
    Ok(Question {
        title: lang.plc_take_back_ask(row.title(lang)),
        crumbs: crumbs(
            lang,
            side,
            vec![(at.clone(), lang.plc_changes().to_owned())],
        ),
        does: vec![what(lang, row)?, lang.plc_take_back_does().to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: Some(row.version),
        action: format!("{at}/take-back"),
        submit: lang.plc_take_back().to_owned(),
        danger: false,
        back: at,
    })
}

/// GET `/organisation/changes/{change}/take-back`.
pub(super) fn ask_take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let refusal = seats::waits(row.state()?).err();
    let asked = take_back_question(cx.lang(), &side, &row)?;
    question(cx, asked, refusal.map(|it| it.say(cx.lang())))
}

/// POST `/organisation/changes/{change}/take-back`.
pub(super) fn take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let member = member(cx)?;
    let version = seen(cx)?;
    let done = actions::take_back_change(cx.conn, &member, (row.id, version));
    let at = format!("{}/{}", home(&side), row.id);
    settled(cx, (done.map(|()| "saved"), at), |lang| {
        take_back_question(lang, &side, &row)
    })
}
