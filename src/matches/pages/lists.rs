//! The office's list of lists: whose, and how each stands.

use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::moment;
use crate::web::fields::Head;
use crate::web::forms::pair;
use crate::web::listing::{self as table, Cell, Listing, Select};
use crate::web::paging::{PAGE, Page};
use crate::web::{Cx, Pairs, Reply};

use super::super::queries::{self, DeskList, LIST_SORTS, Sought};
use super::super::rules::ListState;
use super::desk::{crumbs, home, one};
use super::list_tone;

fn line(lang: Lang, it: &DeskList) -> [String; 5] {
    [
        it.name(lang).to_owned(),
        it.more(lang).to_owned(),
        it.kind().label(lang).to_owned(),
        it.state().label(lang).to_owned(),
        it.certified_at
            .map(|it| moment(lang, it))
            .unwrap_or_default(),
    ]
}

/// What the address asks for.
pub(in crate::matches) fn sought(query: &Pairs) -> Sought<'_> {
    Sought {
        state: ListState::parse(query.typed("state")),
        trainees: match query.typed("whose") {
            "trainees" => Some(true),
            "hosts" => Some(false),
            _ => None,
        },
        text: table::text(query),
    }
}

/// GET `…/matches/{round}/lists`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let path = format!("{}/{}/lists", home(&staff), round.id);
    let query = &cx.visit.request.query;
    let page = table::page(query, LIST_SORTS);
    let rows = queries::lists_page(cx.conn, &staff, &round, sought(query), &page)?;
    let found = Page::cut(rows, PAGE, DeskList::cursor);
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, &path, query);
    let states = ListState::ALL.iter();
    let states = states.map(|it| pair(it.as_str(), it.label(lang)));
    let whose = vec![
        pair("trainees", lang.mat_of_trainees()),
        pair("hosts", lang.mat_of_hosts()),
    ];
    let sorts: &[(&str, &str)] = &[
        ("kind", lang.mat_kind()),
        ("name", lang.mat_whose()),
        ("state", lang.mat_status()),
        ("certified", lang.mat_certified_at()),
    ];
    let listing = Listing {
        title: lang.mat_lists().to_owned(),
        crumbs: crumbs(lang, &staff, Some(&round)),
        searches: true,
        selects: vec![
            Select::states(lang, query, states.collect()),
            Select::new(query, "whose", lang.mat_whose(), lang.all_of_them(), whose),
            Select::sorts(lang.sort_by(), page.sort, sorts),
        ],
        heads: vec![
            head(lang.mat_whose(), "name"),
            head(lang.mat_kind(), "kind"),
            head(lang.mat_status(), "state"),
            head(lang.mat_certified_at(), "certified"),
        ],
        empty: lang.mat_lists_empty(),
        empty_more: lang.mat_lists_empty_more(),
        path: path.clone(),
        ..Listing::default()
    };
    let rows = found.rows.iter().map(|it| {
        let [name, more, kind, state, when] = line(lang, it);
        vec![
            Cell::text(name).more(more),
            Cell::text(kind),
            Cell::tag(&state, list_tone(it.state())),
            Cell::text(when),
        ]
    });
    let rows = rows.collect();
    let next = found.next;
    table::show(cx, &listing, Page { rows, next })
}

/// GET `…/matches/{round}/lists.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, round) = one(cx)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, LIST_SORTS);
    let rows = table::every(page, DeskList::cursor, |page| {
        queries::lists_page(cx.conn, &staff, &round, sought(query), page)
    })?;
    let rows = rows.iter().map(|it| line(lang, it).to_vec()).collect();
    let header = [
        lang.mat_whose(),
        lang.mat_number(),
        lang.mat_kind(),
        lang.mat_status(),
        lang.mat_certified_at(),
    ];
    table::file(cx, "lists", &header, rows)
}
