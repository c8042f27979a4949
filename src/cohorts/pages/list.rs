//! The list of cohorts, and the same as a file.

use askama::Template;

use crate::access::{self, Desk};
use crate::error::{Error, Result};
use crate::ids::ProgrammeId;
use crate::lang::{Lang, format};
use crate::programmes;
use crate::web::exports::{Kind, export};
use crate::web::fields::{Head, Sort};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Shell, Site, Visit};

use super::super::queries::{self, Listing, SORTS, Wanted};
use super::super::rules::CohortState;
use super::tone;

const PATH: &str = "/cohorts";

/// A row as it is shown.
struct Row {
    href: String,
    code: String,
    name: String,
    tone: &'static str,
    state: String,
    closes: String,
    dates: String,
    seats: String,
    applications: String,
}

#[derive(Template)]
#[template(path = "cohorts/list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    heads: Vec<Head>,
    /// The programmes to choose from, where there are several.
    programmes: Vec<(String, String, bool)>,
    states: Vec<(&'static str, &'static str, bool)>,
    sorts: Vec<(&'static str, String, bool)>,
    filtered: bool,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

fn wanted(query: &Pairs) -> Wanted {
    Wanted {
        programme: query.get("programme").and_then(|id| id.parse().ok()),
        state: query.get("state").and_then(CohortState::parse),
        sort: Sort::from_query(query, SORTS),
        after: Cursor::from_query(query),
        limit: PAGE + 1,
    }
}

fn word(lang: Lang, state: &str) -> String {
    CohortState::parse(state).map_or_else(|| state.to_owned(), |s| s.label(lang).to_owned())
}

fn row(lang: Lang, row: &Listing) -> Row {
    Row {
        href: format!("/cohorts/{}", row.id),
        code: row.code.clone(),
        name: lang.pick(&row.name_en, &row.name_zh).clone(),
        tone: CohortState::parse(&row.state).map_or("", tone),
        state: word(lang, &row.state),
        closes: format::deadline(lang, row.closes_at),
        dates: format!(
            "{} – {}",
            format::date(lang, row.starts_on),
            format::date(lang, row.ends_on)
        ),
        seats: lang.cohorts_seats_of(row.taken, row.seats),
        applications: format::count(row.applications),
    }
}

/// The programmes to choose from, where the desk reaches several.
fn programmes_of(
    cx: &mut Cx<'_, '_>,
    desk: &Desk,
    chosen: Option<ProgrammeId>,
) -> Result<Vec<(String, String, bool)>> {
    if desk.programmes().len() < 2 {
        return Ok(Vec::new());
    }
    let lang = cx.lang();
    let reached = programmes::queries::reached(cx.conn, desk)?.into_iter();
    let choice = |(id, name): (ProgrammeId, programmes::queries::Name)| {
        let said = name.say(lang).to_owned();
        (id.to_string(), said, chosen == Some(id))
    };
    Ok(reached.map(choice).collect())
}

/// GET `/cohorts`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let visit = cx.visit;
    let query = &visit.request.query;
    let wanted = wanted(query);
    let desk = access::desk(cx.conn)?;
    let found = queries::list(cx.conn, &desk, &wanted)?;
    let page = Page::cut(found, PAGE, |row| Cursor {
        key: row.sort_key.clone(),
        id: row.id.0,
    });
    let programmes = programmes_of(cx, &desk, wanted.programme)?;
    let sort = wanted.sort;
    let head = |label: &str, word: &str| Head::sorting(label, word, sort, PATH, query);
    let heads = vec![
        head(lang.cohorts_code(), "code"),
        head(lang.cohorts_name(), "name"),
        head(lang.cohorts_state(), "state"),
        head(lang.cohorts_closes(), "closes"),
        head(lang.cohorts_starts(), "starts"),
        Head::plain(lang.cohorts_seats_taken()).numbers(),
        Head::plain(lang.cohorts_applications()).numbers(),
    ];
    let sorts = [
        ("starts", lang.cohorts_starts()),
        ("code", lang.cohorts_code()),
        ("name", lang.cohorts_name()),
        ("state", lang.cohorts_state()),
        ("closes", lang.cohorts_closes()),
    ];
    cx.visit.page(&ListPage {
        shell: cx.shell(lang.nav_cohorts()),
        rows: page.rows.iter().map(|listing| row(lang, listing)).collect(),
        heads,
        programmes,
        states: CohortState::ALL
            .iter()
            .map(|s| (s.as_str(), s.label(lang), wanted.state == Some(*s)))
            .collect(),
        sorts: sorts
            .into_iter()
            .map(|(word, label)| (word, label.to_owned(), word == sort.word))
            .collect(),
        filtered: wanted.state.is_some() || wanted.programme.is_some(),
        query: query.with(&[("after", "")]),
        paged: wanted.after.is_some(),
        first: format!("{PATH}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{PATH}?{}", query.with(&[("after", &after)]))),
    })
}

/// GET `/cohorts.csv` and `/cohorts.xlsx`: the whole list, with the filters of the address.
pub(in crate::cohorts) fn export_list(visit: &Visit, _site: &Site) -> Result<Reply> {
    let lang = visit.lang;
    let kind = visit
        .request
        .path
        .rsplit('.')
        .next()
        .and_then(Kind::parse)
        .ok_or(Error::NotFound)?;
    let header = [
        lang.cohorts_code(),
        lang.cohorts_name_en(),
        lang.cohorts_name_zh(),
        lang.cohorts_state(),
        lang.cohorts_closes(),
        lang.cohorts_starts(),
        lang.cohorts_ends(),
        lang.cohorts_seats(),
        lang.cohorts_seats_taken(),
        lang.cohorts_applications(),
    ];
    let header = header.iter().map(|h| (*h).to_owned()).collect();
    let actor = visit.actor.clone();
    let mut wanted = Wanted {
        after: None,
        limit: 500,
        ..wanted(&visit.request.query)
    };
    let source = move |site: &Site, write: &mut dyn FnMut(&[String]) -> Result<()>| loop {
        let rows = site.db.read(&actor, |conn| {
            let desk = access::desk(conn)?;
            queries::list(conn, &desk, &wanted)
        })?;
        for row in &rows {
            write(&[
                row.code.clone(),
                row.name_en.clone(),
                row.name_zh.clone(),
                word(lang, &row.state),
                row.closes_at.with_timezone(&format::hkt()).to_rfc3339(),
                row.starts_on.to_string(),
                row.ends_on.to_string(),
                row.seats.to_string(),
                row.taken.to_string(),
                row.applications.to_string(),
            ])?;
        }
        match rows.last() {
            Some(last) if rows.len() >= 500 => {
                wanted.after = Some(Cursor {
                    key: last.sort_key.clone(),
                    id: last.id.0,
                });
            }
            Some(_) | None => return Ok(()),
        }
    };
    Ok(export(kind, "cohorts", header, Box::new(source)))
}
