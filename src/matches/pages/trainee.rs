//! A trainee's pages: their list in a round, and what became of it.

use crate::access;
use crate::error::Result;
use crate::ids::RoundId;
use crate::lang::Lang;
use crate::lang::format::deadline;
use crate::placements::rules::RoundState;
use crate::web::listing::Cell;
use crate::web::sheet::{Part, Sheet, show};
use crate::web::{Cx, Reply};

use super::super::queries::{self, Called, MatchRound, OwnResult, Owned};
use super::super::rules::market::{ResultLine, TAKEN_BACK};
use super::form::{self, Typed};
use super::{list_tone, lots, promises, show_list};

const HOME: &str = "/me/matches";

/// GET `/me/matches`.
pub(super) fn rounds(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let mut rows = Vec::new();
    for (place, round) in queries::own_rounds(cx.conn, &own)? {
        let list = queries::list(cx.conn, &queries::trainee_list(&place, &round), false)?;
        let state = queries::state_of(list.as_ref());
        rows.push(vec![
            Cell::link(round.name(lang), format!("{HOME}/{}", round.id)),
            Cell::text(round.state()?.label(lang)),
            Cell::text(deadline(lang, round.list_deadline)),
            Cell::tag(state.label(lang), list_tone(state)),
        ]);
    }
    let heads = [
        lang.mat_round(),
        lang.mat_status(),
        lang.mat_deadline(),
        lang.mat_your_list(),
    ];
    let empty = lang.mat_rounds_none_more();
    let sheet = Sheet {
        title: lang.mat_title().to_owned(),
        crumbs: crumbs(lang, false),
        parts: vec![Part::table(lang.mat_title(), &heads, rows).or(empty)],
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

fn crumbs(lang: Lang, below: bool) -> Vec<(String, String)> {
    let mut crumbs = vec![("/me/placements".to_owned(), lang.plc_title_all().to_owned())];
    if below {
        crumbs.push((HOME.to_owned(), lang.mat_title().to_owned()));
    }
    crumbs
}

fn mine(cx: &mut Cx<'_, '_>) -> Result<(MatchRound, Owned)> {
    let own = access::own(cx.conn)?;
    let id: RoundId = cx.request().param("round")?;
    let (place, round) = queries::own_round(cx.conn, &own, id)?;
    let owned = queries::trainee_list(&place, &round);
    Ok((round, owned))
}

/// GET `/me/matches/{round}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (round, owned) = mine(cx)?;
    sheet(cx, &round, &owned, &Typed::default())
}

/// Why a choice came out as it did.
fn why(lang: Lang, line: &ResultLine) -> &'static str {
    match line.reason.as_str() {
        "MATCHED" => lang.mat_why_matched(),
        "NOT_NEEDED" => lang.mat_why_not_needed(),
        "POSTING_WITHDRAWN" => lang.mat_why_withdrawn(),
        "NOT_ELIGIBLE" if line.detail == TAKEN_BACK => lang.mat_why_taken_back(),
        "NOT_ELIGIBLE" => lang.mat_why_not_eligible(),
        "NO_LIST" => lang.mat_why_no_list(),
        "NOT_RANKED" => lang.mat_why_not_ranked(),
        "BANK_CAP" => lang.mat_why_bank_cap(),
        "GROUP_CAP" => lang.mat_why_group_cap(),
        "RESERVE" => lang.mat_why_reserve(),
        _ => lang.mat_why_full(),
    }
}

/// The reason, and as much of the list as the round's policy tells.
fn told(lang: Lang, line: &ResultLine) -> String {
    let mut all = vec![why(lang, line).to_owned()];
    // The exact place says more than the quarter.
    match line.rank {
        Some(rank) => all.push(lang.mat_rank_exact(rank)),
        None => all.extend(line.band.map(|it| lang.mat_band(it))),
    }
    all.extend(line.cutoff.map(|it| lang.mat_cutoff(it)));
    all.join(lang.pick(" ", ""))
}

/// Is it a choice of which one may wonder whether another order would have helped?
fn wonders(line: &ResultLine) -> bool {
    !matches!(line.reason.as_str(), "MATCHED" | "NOT_NEEDED")
}

fn reasons(lang: Lang, result: &OwnResult, called: &[Called]) -> Result<Part> {
    let lines = result.lines()?;
    let rows = lines.iter().enumerate().map(|(before, line)| {
        let name = called.iter().find(|it| it.id == line.posting);
        let cell = Cell::text(told(lang, line));
        vec![
            Cell::text(name.map(|it| it.whole(lang)).unwrap_or_default()),
            Cell::text(before.saturating_add(1).to_string()),
            match wonders(line) {
                true => cell.more(lang.mat_no_higher()),
                false => cell,
            },
        ]
    });
    let heads = [lang.mat_posting(), lang.mat_choice(), lang.mat_reason()];
    let part = Part::table(lang.mat_reasons(), &heads, rows.collect()).or(lang.mat_no_list());
    Ok(Part {
        note: match result.bare && !lines.is_empty() {
            true => lang.mat_reasons_of_first().to_owned(),
            false => String::new(),
        },
        ..part
    })
}

fn sheet(
    cx: &mut Cx<'_, '_>,
    round: &MatchRound,
    owned: &Owned,
    typed: &Typed<'_>,
) -> Result<Reply> {
    let lang = cx.lang();
    let state = round.state()?;
    let mut page = Sheet {
        title: round.name(lang).to_owned(),
        tag: Some((state.label(lang), "go")),
        note: format!(
            "{}{}",
            lang.before(lang.mat_deadline()),
            deadline(lang, round.list_deadline)
        ),
        crumbs: crumbs(lang, true),
        ..Sheet::default()
    };
    let mut ranked = None;
    let own = access::own(cx.conn)?;
    let (place, _) = queries::own_round(cx.conn, &own, round.id)?;
    let given = queries::own_place(cx.conn, &place, round.id)?;
    if let Some(result) = queries::own_result(cx.conn, &place, round.id)? {
        let called = queries::called(cx.conn, &result)?;
        let at = called.iter().find(|it| Some(it.id) == result.posting_id);
        page.notes.push(match at {
            Some(it) => ("ok", lang.mat_placed_at(&it.whole(lang)), String::new()),
            None => (
                "",
                lang.mat_placed_nowhere().to_owned(),
                lang.mat_placed_nowhere_more().to_owned(),
            ),
        });
        if given.is_some() {
            let text = lang.mat_place_given_note().to_owned();
            page.notes.push(("", text, String::new()));
        } else {
            page.parts.push(reasons(lang, &result, &called)?);
        }
    } else if let Some(posting) = given {
        let called = queries::names_of(cx.conn, vec![posting])?;
        let name = called.first().map(|it| it.whole(lang)).unwrap_or_default();
        page.notes.push((
            "ok",
            format!("{}{name}", lang.before(lang.mat_place_given_note())),
            lang.mat_place_given_more().to_owned(),
        ));
    } else if matches!(state, RoundState::Open | RoundState::Ranking) {
        let action = format!("{HOME}/{}", round.id);
        let (form, standing) = form::form(cx, round, owned, action, typed)?;
        if round.second() {
            let text = lang.mat_second_of().to_owned();
            page.notes.push(("", text, String::new()));
        }
        page.notes.push(standing);
        ranked = Some(form);
    } else {
        page.notes
            .push(("", lang.mat_later().to_owned(), String::new()));
    }
    page.parts.extend(promises(lang));
    page.parts.push(lots(lang, round));
    let status = typed.again.status.max(200);
    show_list(cx, status, &page, ranked.as_ref())
}

/// POST `/me/matches/{round}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (round, owned) = mine(cx)?;
    let done = form::save(cx, &owned);
    after(cx, &round, &owned, done, "list_saved")
}

/// POST `/me/matches/{round}/certify`.
pub(super) fn certify(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (round, owned) = mine(cx)?;
    let done = form::certify(cx, &owned);
    after(cx, &round, &owned, done, "list_certified")
}

fn after(
    cx: &mut Cx<'_, '_>,
    round: &MatchRound,
    owned: &Owned,
    done: Result<()>,
    flash: &'static str,
) -> Result<Reply> {
    match done {
        Ok(()) => Ok(Reply::see_other(format!("{HOME}/{}", round.id)).flash(flash)),
        Err(error) => {
            let visit = cx.visit;
            let again = form::again(error, cx.lang())?;
            let fields = Some(visit.request.form()).filter(|_| flash == "list_saved");
            sheet(cx, round, owned, &Typed { fields, again })
        }
    }
}
