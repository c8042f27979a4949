//! Search over people and records.

use askama::Template;

use crate::access;
use crate::applications::rules::State;
use crate::desks::queries::search::{self as rows, Found, MOST};
use crate::error::Result;
use crate::lang::Lang;
use crate::lang::format::count;
use crate::people::rules::search_terms;
use crate::web::{Cx, Reply, Shell};

use super::me::tag;

/// Most words of a question; what comes after them is not looked at.
pub(in crate::desks) const MOST_TERMS: usize = 8;

struct Person {
    href: String,
    name: String,
    name_zh: String,
    detail: String,
    cohort: String,
    tag: &'static str,
    state: String,
}

struct Place {
    href: String,
    name: String,
    other: String,
}

#[derive(Template)]
#[template(path = "desks/search.html")]
struct Search {
    shell: Shell,
    q: String,
    asked: bool,
    people: Vec<Person>,
    people_count: String,
    places: Vec<Place>,
    places_count: String,
    /// More were found than are shown.
    cut: bool,
}

/// `/search?q=`.
pub(in crate::desks) fn search(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let q = cx.request().query.typed("q").trim().to_owned();
    let mut terms = search_terms(&q);
    terms.truncate(MOST_TERMS);
    let desk = access::desk(cx.conn)?;
    let mut found = rows::people(cx.conn, &desk, &terms)?;
    if let Some(it) = rows::by_number(cx.conn, &desk, &q)? {
        found.retain(|other| other.id != it.id);
        found.insert(0, it);
    }
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let cut = found.len() > most;
    found.truncate(most);
    let places = rows::organisations(cx.conn, &desk, &terms)?;
    let page = Search {
        shell: cx.shell(if q.is_empty() {
            lang.search().to_owned()
        } else {
            lang.desk_search_title(&q)
        }),
        asked: !terms.is_empty(),
        people_count: size(found.len()),
        places_count: size(places.len()),
        people: found.iter().map(|f| person(f, lang)).collect(),
        places: places
            .into_iter()
            .map(|o| {
                let (name, other) = lang.pick(
                    (o.name_en.clone(), o.name_zh.clone()),
                    (o.name_zh, o.name_en),
                );
                Place {
                    href: format!("/organisations/{}", o.id),
                    name,
                    other,
                }
            })
            .collect(),
        cut,
        q,
    };
    cx.visit.page(&page)
}

fn size(n: usize) -> String {
    count(i64::try_from(n).unwrap_or(i64::MAX))
}

fn person(found: &Found, lang: Lang) -> Person {
    let state =
        State::parse(&found.state, None).or_else(|| State::parse("released", Some(&found.state)));
    let mut detail = format!("{} · {}", found.reference, found.email);
    if let Some(number) = &found.trainee_number {
        detail = format!("{number} · {detail}");
    }
    Person {
        href: format!("/applications/{}", found.id),
        name: if found.name_shown.is_empty() {
            found.email.clone()
        } else {
            found.name_shown.clone()
        },
        name_zh: found.name_zh.clone().unwrap_or_default(),
        detail,
        cohort: lang.pick(&found.cohort_en, &found.cohort_zh).clone(),
        tag: tag(&found.state),
        state: state.map_or_else(String::new, |state| state.label(lang).to_owned()),
    }
}
