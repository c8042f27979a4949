//! The interviews of a round in a list: an institution's own, or the office's.

use crate::error::Result;
use crate::lang::Lang;
use crate::teaching::mail::when;
use crate::web::exports::short;
use crate::web::fields::Head;
use crate::web::forms::pair;
use crate::web::listing::Cell;
use crate::web::listing::{self as table, Listing, Select};
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Pairs, Reply};

use super::super::queries::{self, LINE_SORTS, Line, LineSought};
use super::super::rules::InterviewState;
use super::super::rules::timetable::Unplaced;
use super::{crumbs, round_of, side, tabs, tone};

fn sought(query: &Pairs) -> LineSought {
    let state = query.typed("state");
    LineSought {
        state: Some(state.to_owned()).filter(|it| !it.is_empty()),
        organisation: query.typed("organisation").parse().ok(),
        text: table::text(query).map(str::to_owned),
    }
}

fn state(lang: Lang, it: &Line) -> (&'static str, &'static str) {
    match (InterviewState::parse(&it.state), it.state.as_str()) {
        (Some(state), _) => (state.label(lang), tone(state)),
        (None, "draft") => (lang.itv_state_draft(), "wait"),
        (None, _) => (lang.itv_state_unplaced(), "warn"),
    }
}

/// What is said beside the state: why there is no time, or that another is asked for.
fn remark(lang: Lang, it: &Line) -> &'static str {
    match (Unplaced::parse(&it.reason), it.asked) {
        (Some(why), _) => why.label(lang),
        (None, true) => lang.itv_asks(),
        (None, false) => "",
    }
}

fn time(lang: Lang, it: &Line) -> String {
    it.when().map(|it| when(lang, &it)).unwrap_or_default()
}

fn states(lang: Lang) -> Vec<(String, String)> {
    let mut states: Vec<(String, String)> = InterviewState::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)))
        .collect();
    states.push(pair("draft", lang.itv_state_draft()));
    states.push(pair("unplaced", lang.itv_state_unplaced()));
    states
}

fn cells(lang: Lang, (path, office): (&str, bool), it: &Line) -> Vec<Cell> {
    let name = match InterviewState::parse(&it.state) {
        Some(_) => Cell::link(it.name_shown.clone(), format!("{path}/{}", it.id)),
        None => Cell::text(it.name_shown.clone()),
    };
    let (label, shape) = state(lang, it);
    let posting = Cell::text(it.title(lang));
    let place = super::super::mail::place(&it.room, &it.link);
    vec![
        name.more(it.trainee_number.clone()),
        Cell::text(time(lang, it)),
        Cell::text(place.replace('\n', " · ")),
        match office {
            true => posting.more(it.organisation(lang)),
            false => posting,
        },
        Cell::tag(label, shape).more(remark(lang, it)),
    ]
}

/// GET `…/timetable`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let (round, at) = round_of(cx, &side)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, LINE_SORTS);
    let rows = queries::lines(cx.conn, &side, round.id, &sought(query), &page)?;
    let found = Page::cut(rows, PAGE, Line::cursor);
    let path = format!("{at}/timetable");
    let states = states(lang);
    let sorts: &[(&str, &str)] = &[
        ("time", lang.itv_time()),
        ("name", lang.itv_trainee()),
        ("posting", lang.itv_posting()),
        ("state", lang.itv_status()),
    ];
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let listing = Listing {
        title: lang.itv_timetable().to_owned(),
        crumbs: crumbs(lang, &side, Some(&round)),
        tabs: tabs(lang, &side, &at, "timetable"),
        selects: vec![
            Select::new(
                query,
                "state",
                lang.itv_status(),
                lang.all_of_them(),
                states,
            ),
            Select::sorts(lang.sort_by(), page.sort, sorts),
        ],
        heads: vec![
            head(lang.itv_trainee(), "name"),
            head(lang.itv_time(), "time"),
            Head::plain(lang.itv_place()),
            head(lang.itv_posting(), "posting"),
            head(lang.itv_status(), "state"),
        ],
        empty: lang.itv_lines_none(),
        empty_more: lang.itv_lines_none_more(),
        path: path.clone(),
        searches: true,
        ..Listing::default()
    };
    let office = side.programme().is_some();
    let rows = found.rows.iter().map(|it| cells(lang, (&path, office), it));
    let rows = rows.collect();
    let next = found.next;
    table::show(cx, &listing, Page { rows, next })
}

/// GET `…/timetable.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let side = side(cx)?;
    let (round, _) = round_of(cx, &side)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, LINE_SORTS);
    let rows = table::every(page, Line::cursor, |page| {
        queries::lines(cx.conn, &side, round.id, &sought(query), page)
    })?;
    let header = [
        lang.itv_trainee(),
        lang.itv_number(),
        lang.itv_institution(),
        lang.itv_posting(),
        lang.itv_time(),
        lang.itv_room(),
        lang.itv_link(),
        lang.itv_status(),
        lang.itv_reason(),
    ];
    let rows = rows.into_iter().map(|it| {
        vec![
            it.name_shown.clone(),
            it.trainee_number.clone(),
            it.organisation(lang).to_owned(),
            it.title(lang).to_owned(),
            time(lang, &it),
            it.room.clone(),
            it.link.clone(),
            state(lang, &it).0.to_owned(),
            remark(lang, &it).to_owned(),
        ]
    });
    short(&cx.request().path, "interviews", &header, rows.collect())
}
