//! A cohort's standing: a row for each trainee, a column for each kind of line.

use askama::Template;

use crate::access::CohortStaff;
use crate::curriculum::queries::{Book, book};
use crate::db;
use crate::error::Result;
use crate::ids::CohortId;
use crate::lang::Lang;
use crate::lang::format::hk_date;
use crate::web::exports::short;
use crate::web::fields::{Column, Head, Sort};
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply, Shell};

use super::super::facts::{Judged, judged};
use super::super::queries::{self, Rules};
use super::super::rules::content::CompletionRules;
use super::super::rules::{Place, Topic};
use super::super::say;
use super::{at, cohort_of, out_of_reach, pair};

/// The orders of the list; the rows are judged, not read, so their keys are made here.
const SORTS: &[Column] = &[("name", ""), ("number", ""), ("met", ""), ("place", "")];

/// What a list is narrowed to.
pub(in crate::progress) struct Narrowed {
    place: Option<Place>,
    text: String,
    sort: Sort,
}

pub(in crate::progress) fn narrowed(query: &Pairs) -> Narrowed {
    Narrowed {
        place: query.get("place").and_then(Place::parse),
        text: query.typed("q").trim().to_lowercase(),
        sort: Sort::from_query(query, SORTS),
    }
}

fn key(it: &Judged, sort: Sort) -> Result<String> {
    Ok(match sort.word {
        "number" => it.trainee.trainee_number.clone(),
        "met" => format!("{:05}", it.verdict.met()),
        "place" => {
            let place = say::place(it)?;
            let at = Place::ALL.iter().position(|it| *it == place);
            format!("{:02}", at.unwrap_or(0))
        }
        _ => it.trainee.name_sort.clone(),
    })
}

/// The trainees that the address asks for, in its order, from its cursor on.
pub(in crate::progress) fn sought(
    all: Vec<Judged>,
    wanted: &Narrowed,
    after: Option<&Cursor>,
) -> Result<Vec<(Cursor, Judged)>> {
    let mut rows = Vec::new();
    for it in all {
        let who = &it.trainee;
        let zh = who.name_zh.as_deref().unwrap_or_default();
        let text = format!("{} {} {zh}", who.name_shown, who.trainee_number);
        let fits = wanted
            .place
            .is_none_or(|place| say::place(&it).ok() == Some(place));
        if fits && text.to_lowercase().contains(&wanted.text) {
            let key = key(&it, wanted.sort)?;
            rows.push((
                Cursor {
                    key,
                    id: it.trainee.id.0,
                },
                it,
            ));
        }
    }
    let place = |it: &Cursor| (it.key.clone(), it.id);
    rows.sort_by_key(|(cursor, _)| place(cursor));
    if wanted.sort.descending {
        rows.reverse();
    }
    if let Some(after) = after {
        let seen = |it: &Cursor| {
            if wanted.sort.descending {
                place(it) >= place(after)
            } else {
                place(it) <= place(after)
            }
        };
        rows.retain(|(cursor, _)| !seen(cursor));
    }
    Ok(rows)
}

/// A kind of line of one trainee.
struct Cell {
    label: &'static str,
    tone: &'static str,
    text: String,
}

struct Row {
    id: String,
    href: String,
    name: String,
    number: String,
    place: &'static str,
    tone: &'static str,
    ready: bool,
    met: String,
    cells: Vec<Cell>,
}

/// The kinds of line that these rules have.
fn topics(rules: &CompletionRules) -> Vec<Topic> {
    let has = |topic: &Topic| match topic {
        Topic::Attendance => rules.attendance.whole.is_some() || rules.attendance.each.is_some(),
        Topic::Modules => !rules.all_of.is_empty(),
        Topic::Options => !rules.any_of.is_empty(),
        Topic::Marks => rules.marks.average.is_some() || rules.marks.each.is_some(),
        Topic::Forms => !rules.forms.is_empty(),
        Topic::Practice => rules.practice.is_some(),
    };
    Topic::ALL.iter().copied().filter(has).collect()
}

fn row(lang: Lang, base: &str, topics: &[Topic], it: &Judged) -> Result<Row> {
    let place = say::place(it)?;
    let state = it.trainee.state()?;
    let cells = topics.iter().map(|topic| {
        let (tone, text) = match it.verdict.topic(*topic) {
            Some((standing, met, all)) => {
                let text = format!("{} {}", standing.label(lang), lang.progress_of(met, all));
                (say::tone(standing), text)
            }
            None => ("end", "–".to_owned()),
        };
        Cell {
            label: topic.label(lang),
            tone,
            text,
        }
    });
    Ok(Row {
        id: it.trainee.id.to_string(),
        href: format!("{base}/trainees/{}", it.trainee.id),
        name: it.trainee.name_shown.clone(),
        number: it.trainee.trainee_number.clone(),
        place: if place == Place::Away {
            state.label(lang)
        } else {
            place.label(lang)
        },
        tone: say::place_tone(place),
        ready: place == Place::Ready,
        met: lang.progress_of(it.verdict.met(), it.verdict.lines.len()),
        cells: cells.collect(),
    })
}

#[derive(Template)]
#[template(path = "progress/cohort.html")]
struct CohortPage {
    shell: Shell,
    crumbs: Vec<(String, String)>,
    cohort: CohortId,
    cohort_name: String,
    /// The version that is followed; none: nothing can be judged.
    rules: Option<String>,
    rows: Vec<Row>,
    heads: Vec<Head>,
    places: Vec<(&'static str, &'static str, bool)>,
    sorts: Vec<(&'static str, &'static str, bool)>,
    text: String,
    filtered: bool,
    ready: bool,
    /// Why nobody can complete as things are.
    unreachable: Option<String>,
    /// Requests for a break that wait.
    waiting: Option<String>,
    query: String,
    paged: bool,
    first: String,
    next: Option<String>,
}

fn heads(lang: Lang, sort: Sort, path: &str, query: &Pairs, topics: &[Topic]) -> Vec<Head> {
    let head = |label: &str, word: &str| Head::sorting(label, word, sort, path, query);
    let mut heads = vec![
        head(lang.progress_trainee(), "name"),
        head(lang.progress_number(), "number"),
        head(lang.progress_standing(), "place"),
        head(lang.progress_lines_met(), "met"),
    ];
    heads.extend(topics.iter().map(|it| Head::plain(it.label(lang))));
    heads
}

/// The rules of the cohort, and everybody judged by them.
fn all(cx: &mut Cx<'_, '_>, rules: Option<&Rules>) -> Result<Vec<Judged>> {
    let (staff, _) = cohort_of(cx)?;
    let today = hk_date(db::now(cx.conn)?);
    match rules {
        Some(rules) => judged(cx.conn, &staff, &rules.content, today),
        None => Ok(Vec::new()),
    }
}

/// The orders that can be chosen on a phone.
fn sorts(lang: Lang) -> [(&'static str, &'static str); 4] {
    [
        ("name", lang.progress_trainee()),
        ("number", lang.progress_number()),
        ("place", lang.progress_standing()),
        ("met", lang.progress_lines_met()),
    ]
}

/// Why nobody can complete by the rules that are followed.
fn unreachable(
    cx: &mut Cx<'_, '_>,
    staff: &CohortStaff,
    rules: Option<&Rules>,
) -> Result<Option<String>> {
    let Some(rules) = rules else {
        return Ok(None);
    };
    let book = book(cx.conn, staff.programme())?;
    out_of_reach(cx, staff, (&rules.content, &book))
}

/// GET `/cohorts/{cohort}/completion`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort_of(cx)?;
    let rules = queries::followed(cx.conn, &staff)?;
    let query = &cx.visit.request.query;
    let wanted = narrowed(query);
    let after = Cursor::from_query(query);
    let waiting = queries::pauses_asked(cx.conn, &staff)?;
    let unreachable = unreachable(cx, &staff, rules.as_ref())?;
    let all = all(cx, rules.as_ref())?;
    let ready = all
        .iter()
        .any(|it| say::place(it).ok() == Some(Place::Ready));
    let mut found = sought(all, &wanted, after.as_ref())?;
    found.truncate(usize::try_from(PAGE).unwrap_or(0).saturating_add(1));
    let page = Page::cut(found, PAGE, |(cursor, _)| cursor.clone());
    let base = at(&staff);
    let topics = rules
        .as_ref()
        .map(|it| topics(&it.content))
        .unwrap_or_default();
    let sort = wanted.sort;
    let sorts = sorts(lang);
    cx.visit.page(&CohortPage {
        shell: cx.shell(lang.progress_title()),
        crumbs: vec![
            pair("/cohorts", lang.nav_cohorts()),
            pair(format!("/cohorts/{}", staff.cohort()), cohort.name(lang)),
        ],
        cohort: staff.cohort(),
        cohort_name: cohort.name(lang).to_owned(),
        rules: rules
            .as_ref()
            .map(|it| lang.progress_by_rules(it.number, it.content.name.say(lang))),
        heads: heads(lang, sort, &base, query, &topics),
        rows: page
            .rows
            .iter()
            .map(|(_, it)| row(lang, &base, &topics, it))
            .collect::<Result<_>>()?,
        places: Place::ALL
            .iter()
            .map(|it| (it.as_str(), it.label(lang), wanted.place == Some(*it)))
            .collect(),
        sorts: sorts.map(|(w, l)| (w, l, w == sort.word)).into(),
        text: query.typed("q").to_owned(),
        filtered: wanted.place.is_some() || !wanted.text.is_empty(),
        ready,
        unreachable,
        waiting: (waiting > 0).then(|| lang.progress_breaks_waiting(waiting)),
        query: query.with(&[("after", "")]),
        paged: after.is_some(),
        first: format!("{base}?{}", query.with(&[("after", "")])),
        next: page
            .next
            .map(|after| format!("{base}?{}", query.with(&[("after", &after)]))),
    })
}

/// Each line of a trainee by its name.
fn cells(it: &Judged, rules: &CompletionRules, book: &Book, lang: Lang) -> Vec<(String, String)> {
    let line = |line| {
        let said = say::line(line, it.rules(rules), book, lang);
        let text = format!(
            "{} ({} / {}) {}",
            said.standing, said.have, said.need, said.reason
        );
        (said.what, text)
    };
    it.verdict.lines.iter().map(line).collect()
}

/// GET `/cohorts/{cohort}/completion.csv` and `.xlsx`: every line with its reason, narrowed as the page.
pub(in crate::progress) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let (staff, cohort) = cohort_of(cx)?;
    let rules = queries::followed(cx.conn, &staff)?;
    let content = rules
        .as_ref()
        .map(|it| it.content.clone())
        .unwrap_or_default();
    let book = book(cx.conn, staff.programme())?;
    let all = all(cx, rules.as_ref())?;
    let found = sought(all, &narrowed(&cx.visit.request.query), None)?;
    let mut header = vec![
        lang.progress_trainee().to_owned(),
        lang.progress_number().to_owned(),
        lang.progress_standing().to_owned(),
    ];
    // The lines of the rules; who was confirmed by others adds those that these do not have.
    let mut columns: Vec<String> = Vec::new();
    let mut all = Vec::new();
    for (_, it) in &found {
        let cells = cells(it, &content, &book, lang);
        for (what, _) in &cells {
            if !columns.contains(what) {
                columns.push(what.clone());
            }
        }
        all.push((row(lang, "", &[], it)?, cells));
    }
    let mut rows = Vec::new();
    for (shown, cells) in all {
        let mut line = vec![shown.name, shown.number, shown.place.to_owned()];
        let cell = |what: &String| {
            let found = cells.iter().find(|(name, _)| name == what);
            found.map_or_else(String::new, |(_, text)| text.clone())
        };
        line.extend(columns.iter().map(cell));
        rows.push(line);
    }
    header.extend(columns);
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    short(
        &cx.request().path,
        &format!("{}-completion", cohort.code),
        &header,
        rows,
    )
}
