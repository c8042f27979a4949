//! The list of a cohort's offerings: filtered, sorted, and the same for the file.

use askama::Template;

use crate::access::CohortStaff;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{CohortId, ProgrammeId};
use crate::lang::Lang;
use crate::web::fields::{Column, Head, Sort};
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::queries::{self, Offering};
use super::super::rules::OfferingState;
use super::{cohort, crumbs, named};

/// The shape of an offering's state.
pub(super) fn tag(state: OfferingState) -> &'static str {
    match state {
        OfferingState::Planned => "",
        OfferingState::Published => "go",
        OfferingState::Cancelled => "bad",
    }
}

/// An offering in the list and on its record.
pub(super) struct Row {
    pub href: String,
    pub code: String,
    pub name: String,
    pub instructors: String,
    pub room: String,
    pub link: String,
    pub attends: String,
    pub hours: String,
    pub sessions: i64,
    pub state: &'static str,
    pub tag: &'static str,
}

#[derive(Template)]
#[template(path = "teaching/offerings.html")]
struct ListPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    programme: ProgrammeId,
    cohort_name: String,
    rows: Vec<Row>,
    text: String,
    states: Vec<(&'static str, &'static str, bool)>,
    sorts: Vec<(&'static str, &'static str, bool)>,
    heads: Vec<Head>,
    filtered: bool,
    query: String,
}

/// The orders of the list; it is short, so it is sorted here.
const SORTS: &[Column] = &[
    ("module", ""),
    ("name", ""),
    ("sessions", ""),
    ("hours", ""),
    ("state", ""),
];

/// The offerings that the address asks for, in its order.
pub(super) fn wanted(
    conn: &mut Conn<'_>,
    staff: &CohortStaff,
    query: &Pairs,
    lang: Lang,
) -> Result<Vec<Offering>> {
    let text = query.typed("q").trim().to_lowercase();
    let state = query.get("state").and_then(OfferingState::parse);
    let mut all = queries::offerings(conn, staff)?;
    all.retain(|it| {
        let words = format!(
            "{} {} {} {}",
            it.module_code, it.name_en, it.name_zh, it.room
        );
        state.is_none_or(|state| it.state == state.as_str()) && words.to_lowercase().contains(&text)
    });
    let sort = Sort::from_query(query, SORTS);
    match sort.word {
        "name" => all.sort_by_key(|it| it.name(lang).to_lowercase()),
        "sessions" => all.sort_by_key(|it| it.sessions),
        "hours" => all.sort_by_key(|it| it.minutes),
        "state" => all.sort_by_key(|it| {
            let place = |state: &OfferingState| it.state == state.as_str();
            OfferingState::ALL.iter().position(place)
        }),
        _ => {}
    }
    if sort.descending {
        all.reverse();
    }
    Ok(all)
}

/// Hours with at most one decimal: `7.5`.
fn hours(minutes: i64) -> String {
    let (whole, rest) = (minutes / 60, minutes % 60);
    if rest == 0 {
        whole.to_string()
    } else {
        format!("{whole}:{rest:02}")
    }
}

/// An offering as pages show it.
pub(super) fn row(
    lang: Lang,
    it: &Offering,
    names: &std::collections::BTreeMap<crate::ids::PersonId, String>,
) -> Result<Row> {
    let state = it.state()?;
    Ok(Row {
        href: format!("/cohorts/{}/offerings/{}", it.cohort_id, it.id),
        code: it.module_code.clone(),
        name: it.name(lang).to_owned(),
        instructors: named(lang, names, &it.instructor_ids),
        room: it.room.clone(),
        link: it.link.clone(),
        attends: if it.whole_cohort {
            lang.tt_whole_cohort().to_owned()
        } else {
            lang.tt_places_of(it.places, it.capacity)
        },
        hours: lang.tt_hours_of(&hours(it.minutes), it.contact_hours),
        sessions: it.sessions,
        state: state.label(lang),
        tag: tag(state),
    })
}

/// GET `/cohorts/{cohort}/offerings`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (staff, cohort) = cohort(cx)?;
    let lang = cx.lang();
    let query = &cx.visit.request.query;
    let text = query.typed("q").trim().to_owned();
    let state = query.get("state").and_then(OfferingState::parse);
    let all = wanted(cx.conn, &staff, query, lang)?;
    let sort = Sort::from_query(query, SORTS);
    let path = format!("/cohorts/{}/offerings", cohort.id);
    let head = |label: &str, word: &str| Head::sorting(label, word, sort, &path, query);
    let sorts = [
        ("module", lang.tt_module()),
        ("name", lang.tt_title()),
        ("sessions", lang.tt_sessions()),
        ("hours", lang.tt_hours()),
        ("state", lang.tt_state()),
    ];
    let ids: Vec<_> = all
        .iter()
        .flat_map(|it| it.instructor_ids.iter().copied())
        .collect();
    let names = queries::names(cx.conn, &ids)?;
    let page = ListPage {
        shell: cx.shell(lang.tt_offerings()),
        crumbs: crumbs(lang, &cohort),
        cohort: cohort.id,
        programme: staff.programme(),
        cohort_name: cohort.name(lang).to_owned(),
        rows: all
            .iter()
            .map(|it| row(lang, it, &names))
            .collect::<Result<_>>()?,
        states: OfferingState::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), state == Some(*it)))
            .collect(),
        sorts: sorts.map(|(w, l)| (w, l, w == sort.word)).into(),
        heads: vec![
            head(lang.tt_module(), "module"),
            Head::plain(lang.tt_instructors()),
            Head::plain(lang.tt_place()),
            Head::plain(lang.tt_attends()),
            head(lang.tt_sessions(), "sessions").numbers(),
            head(lang.tt_hours(), "hours").numbers(),
            head(lang.tt_state(), "state"),
        ],
        filtered: state.is_some() || !text.is_empty(),
        query: query.with(&[]),
        text,
    };
    cx.visit.page(&page)
}
