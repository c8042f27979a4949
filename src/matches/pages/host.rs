//! An institution's pages: its lists in a round, and whom it received.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::error::{Error, Result};
use crate::ids::RoundId;
use crate::lang::Lang;
use crate::lang::format::deadline;
use crate::placements::queries as placements;
use crate::placements::rules::RoundState;
use crate::web::listing::Cell;
use crate::web::sheet::{Part, Sheet, show};
use crate::web::{Cx, Reply};

use super::super::queries::{self, MatchRound, Owned, PlacementRow};
use super::super::rules::beside::holds_seat;
use super::form::{self, Typed};
use super::{list_tone, lots, member, people, promises, show_list};

pub(super) const HOME: &str = "/organisation/matches";

pub(super) fn crumbs(lang: Lang, round: Option<&MatchRound>) -> Vec<(String, String)> {
    let mut crumbs = vec![(
        "/organisation".to_owned(),
        lang.nav_organisation().to_owned(),
    )];
    crumbs.push((HOME.to_owned(), lang.mat_title().to_owned()));
    if let Some(round) = round {
        crumbs.push((format!("{HOME}/{}", round.id), round.name(lang).to_owned()));
    }
    crumbs
}

/// GET `/organisation/matches`.
pub(super) fn rounds(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = placements::Side::Host(member(cx)?);
    let mut rows = Vec::new();
    for it in placements::all_rounds(cx.conn, &side)? {
        let state = it.state()?;
        if matches!(state, RoundState::Planned | RoundState::Collecting) {
            continue;
        }
        rows.push(vec![
            Cell::link(it.name(lang), format!("{HOME}/{}", it.id)),
            Cell::text(state.label(lang)),
            Cell::text(deadline(lang, it.list_deadline)),
        ]);
    }
    let heads = [lang.mat_round(), lang.mat_status(), lang.mat_deadline()];
    let sheet = Sheet {
        title: lang.mat_title().to_owned(),
        crumbs: vec![(
            "/organisation".to_owned(),
            lang.nav_organisation().to_owned(),
        )],
        parts: vec![Part::table(lang.mat_title(), &heads, rows).or(lang.mat_rounds_none_more())],
        ..Sheet::default()
    };
    show(cx, 200, &sheet)
}

/// A posting's placed trainees and vacant seats.
fn placed(
    lang: Lang,
    it: &queries::HostPosting,
    here: &BTreeMap<Uuid, Vec<&PlacementRow>>,
) -> Result<Part> {
    let rows = here.get(&it.id).map(Vec::as_slice).unwrap_or_default();
    let line = |row: &&PlacementRow| {
        Ok(vec![
            Cell::text(&row.name_shown),
            Cell::text(&row.trainee_number),
            Cell::text(row.state()?.label(lang)),
        ])
    };
    let heads = [lang.mat_trainee(), lang.mat_number(), lang.mat_status()];
    let title = lang.pick(&it.title_en, &it.title_zh);
    let lines = rows.iter().map(line).collect::<Result<_>>()?;
    let states = rows.iter().map(|it| it.state());
    let states = states.collect::<Result<Vec<_>>>()?;
    let filled = states.iter().filter(|it| holds_seat(**it)).count();
    Ok(Part {
        note: lang.mat_seats_of(filled, it.seats),
        ..Part::table(title, &heads, lines).or(lang.mat_placed_nobody())
    })
}

/// GET `/organisation/matches/{round}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let member = member(cx)?;
    let id: RoundId = cx.request().param("round")?;
    let round = queries::host_round(cx.conn, &member, id)?;
    let state = round.state()?;
    let mut page = Sheet {
        title: round.name(lang).to_owned(),
        tag: Some((state.label(lang), "go")),
        note: format!(
            "{}{}",
            lang.before(lang.mat_deadline()),
            deadline(lang, round.list_deadline)
        ),
        crumbs: crumbs(lang, None),
        ..Sheet::default()
    };
    if matches!(state, RoundState::Matched | RoundState::Closed) {
        let rows = queries::host_placements(cx.conn, &member, round.root())?;
        let mut here: BTreeMap<Uuid, Vec<&PlacementRow>> = BTreeMap::new();
        for row in &rows {
            here.entry(row.posting_id).or_default().push(row);
        }
        for it in queries::host_postings(cx.conn, &member, round.root())? {
            page.parts.push(placed(lang, &it, &here)?);
        }
    }
    let mut rows = Vec::new();
    for owned in queries::host_lists(cx.conn, &member, &round)? {
        let row = queries::list(cx.conn, &owned, false)?;
        let state = queries::state_of(row.as_ref());
        rows.push(vec![
            Cell::link(
                owned.name(lang),
                format!("{HOME}/{id}/lists/{}", owned.subject()),
            ),
            Cell::text(owned.kind().label(lang)),
            Cell::tag(state.label(lang), list_tone(state)),
        ]);
    }
    let heads = [lang.mat_list(), lang.mat_kind(), lang.mat_status()];
    page.parts
        .push(Part::table(lang.mat_lists(), &heads, rows).or(lang.mat_nothing_to_rank_host()));
    page.parts.push(people::part(cx, &member, &round)?);
    page.parts.extend(promises(lang));
    page.parts.push(lots(lang, &round));
    show(cx, 200, &page)
}

fn one(cx: &mut Cx<'_, '_>) -> Result<(MatchRound, Owned)> {
    let member = member(cx)?;
    let id: RoundId = cx.request().param("round")?;
    let subject: Uuid = cx.request().param("subject")?;
    let round = queries::host_round(cx.conn, &member, id)?;
    let lists = queries::host_lists(cx.conn, &member, &round)?;
    let owned = lists.into_iter().find(|it| it.subject() == subject);
    Ok((round, owned.ok_or(Error::NotFound)?))
}

fn sheet(
    cx: &mut Cx<'_, '_>,
    round: &MatchRound,
    owned: &Owned,
    typed: &Typed<'_>,
) -> Result<Reply> {
    let lang = cx.lang();
    let action = format!("{HOME}/{}/lists/{}", round.id, owned.subject());
    let (form, standing) = form::form(cx, round, owned, action, typed)?;
    let mut page = Sheet {
        title: form.title.clone(),
        note: format!(
            "{}{}",
            lang.before(lang.mat_deadline()),
            deadline(lang, round.list_deadline)
        ),
        crumbs: crumbs(lang, Some(round)),
        notes: vec![standing],
        ..Sheet::default()
    };
    if !owned.edits() {
        let text = lang.mat_not_editor_note().to_owned();
        page.notes.push(("", text, String::new()));
    } else if !owned.certifies() {
        let text = lang.mat_delegate_note().to_owned();
        page.notes.push(("", text, String::new()));
    }
    page.parts.extend(promises(lang));
    page.parts.push(lots(lang, round));
    show_list(cx, typed.again.status.max(200), &page, Some(&form))
}

/// GET `/organisation/matches/{round}/lists/{subject}`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (round, owned) = one(cx)?;
    sheet(cx, &round, &owned, &Typed::default())
}

/// POST `/organisation/matches/{round}/lists/{subject}`.
pub(super) fn save(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (round, owned) = one(cx)?;
    let done = form::save(cx, &owned);
    after(cx, &round, &owned, done, "list_saved")
}

/// POST `/organisation/matches/{round}/lists/{subject}/certify`.
pub(super) fn certify(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (round, owned) = one(cx)?;
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
        Ok(()) => {
            let at = format!("{HOME}/{}/lists/{}", round.id, owned.subject());
            Ok(Reply::see_other(at).flash(flash))
        }
        Err(error) => {
            let visit = cx.visit;
            let again = form::again(error, cx.lang())?;
            let fields = Some(visit.request.form()).filter(|_| flash == "list_saved");
            sheet(cx, round, owned, &Typed { fields, again })
        }
    }
}
