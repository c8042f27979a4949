//! A posting sent back with a comment, and copied into another round.

use crate::error::Result;
use crate::web::fields::{Again, Field, FormSpec, Group, History, form_page};
use crate::web::forms::pair;
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::super::actions;
use super::super::super::queries::{self, Posting, Side};
use super::super::super::rules::{PlacementRefusal, takes_postings};
use super::super::{crumbs, member, staff};
use super::{home, one};

fn return_form(
    cx: &Cx<'_, '_>,
    side: &Side,
    row: &Posting,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("{}/{}", home(side), row.id);
    let spec = FormSpec {
        title: lang.plc_return_ask(&row.title(lang)?),
        crumbs: crumbs(lang, side, vec![(at.clone(), row.title(lang)?)]),
        note: Some(lang.plc_return_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("comment", lang.plc_comment()).area(6),
        ])],
        hidden: vec![pair("version", row.version.to_string())],
        action: format!("{at}/return"),
        submit: lang.plc_return().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `…/postings/{posting}/return`.
pub(in crate::placements::pages) fn ask_return(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    return_form(cx, &side, &row, Pairs::none(), &Again::first())
}

/// POST `…/postings/{posting}/return`.
pub(in crate::placements::pages) fn send_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let staff = staff(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let version = form.number("version", 1, i32::MAX);
    let comment = form.optional("comment", 4_000).unwrap_or_default();
    let done = form
        .done()
        .and_then(|()| actions::return_posting(cx.conn, &staff, (row.id, version), &comment));
    match done {
        Ok(()) => {
            let at = format!("{}/{}", home(&side), row.id);
            Ok(Reply::see_other(at).flash("posting_returned"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            return_form(cx, &side, &row, typed, &again)
        }
    }
}

fn copy_form(
    cx: &mut Cx<'_, '_>,
    side: &Side,
    row: &Posting,
    values: &Pairs,
    again: &Again,
) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("{}/{}", home(side), row.id);
    let rounds = queries::all_rounds(cx.conn, side)?;
    let open = rounds
        .iter()
        .filter(|it| it.programme_id == row.programme_id && it.state().is_ok_and(takes_postings));
    let open = open
        .map(|it| pair(it.id.to_string(), it.name(lang)))
        .collect();
    let spec = FormSpec {
        title: lang.plc_copy_ask(&row.title(lang)?),
        crumbs: crumbs(lang, side, vec![(at.clone(), row.title(lang)?)]),
        note: Some(lang.plc_copy_note().to_owned()),
        groups: vec![Group::plain(vec![
            Field::line("round", lang.plc_round()).choice(open),
        ])],
        hidden: Vec::new(),
        action: format!("{at}/copy"),
        submit: lang.plc_copy().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/organisation/postings/{posting}/copy`.
pub(in crate::placements::pages) fn ask_copy(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let usual = Pairs::new(vec![pair("round", row.round_id.to_string())]);
    copy_form(cx, &side, &row, &usual, &Again::first())
}

/// POST `/organisation/postings/{posting}/copy`.
pub(in crate::placements::pages) fn copy(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (side, row) = one(cx)?;
    let member = member(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let round = form.choice("round", |word| word.parse().ok());
    let done = form.done().and_then(|()| {
        let round = round.ok_or(PlacementRefusal::RoundOver)?;
        actions::copy_posting(cx.conn, &member, row.id, round)
    });
    match done {
        Ok(id) => Ok(Reply::see_other(format!("{}/{id}", home(&side))).flash("posting_copied")),
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            copy_form(cx, &side, &row, typed, &again)
        }
    }
}
