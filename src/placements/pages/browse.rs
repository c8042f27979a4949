//! Postings as trainees browse them: found, weighed, saved, compared, and interest expressed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::access::{self, Own};
use crate::curriculum::queries::{self as curriculum, Book};
use crate::db::Task;
use crate::error::{Error, Result};
use crate::ids::{EnrolmentId, FocusAreaId, PostingId};
use crate::lang::Lang;
use crate::web::fields::Head;
use crate::web::forms::pair;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Pairs, Reply};

use super::super::queries::{self, Area, POSTING_SORTS, Posting};
use super::super::rules::content::{Answer, City, Pattern};
use super::super::rules::eligibility::{Facts, Language, Unmet, unmet};
use super::super::rules::suggest::{Interested, Offered, Why, points};
use super::posting::{allowance, area_names, sought, unmet_words};
use crate::web::listing::{self as table, Cell, Listing, Select};

pub(in crate::placements) mod record;

const PATH: &str = "/me/placements";

/// The most postings side by side.
const SIDE_BY_SIDE: usize = 4;

/// A posting as it stands for the reader.
pub(in crate::placements) struct Seen {
    pub it: Posting,
    pub unmet: Vec<Unmet>,
    pub points: Vec<(Why, u32)>,
    pub saved: bool,
    pub interested: Option<DateTime<Utc>>,
}

impl Seen {
    /// Points in all.
    pub fn sum(&self) -> u32 {
        self.points.iter().map(|it| it.1).sum()
    }
}

/// What is known of the reader, by which postings are weighed.
struct Reader {
    facts: BTreeMap<EnrolmentId, Facts>,
    interested: BTreeMap<EnrolmentId, Interested>,
    places: Vec<access::OwnEnrolment>,
    saved: BTreeSet<PostingId>,
    interests: queries::Interests,
}

fn reader(cx: &mut Cx<'_, '_>, own: &Own) -> Result<Reader> {
    let places = queries::own_places(cx.conn, own)?;
    let (mut facts, mut interested) = (BTreeMap::new(), BTreeMap::new());
    for place in &places {
        let known = queries::facts(cx.conn, place)?;
        let profile = queries::profile(cx.conn, place)?;
        let wants = Interested {
            areas: queries::area_ids(&profile),
            cities: profile.cities.iter().cloned().collect(),
            languages: known.languages.clone(),
            levels: known.levels.clone(),
        };
        facts.insert(place.enrolment(), known);
        interested.insert(place.enrolment(), wants);
    }
    Ok(Reader {
        facts,
        interested,
        places,
        saved: queries::saved(cx.conn, own)?,
        interests: queries::own_interests(cx.conn, own)?,
    })
}

/// A posting is weighed by the newest of the reader's enrolments in its programme.
fn seen(reader: &Reader, it: Posting) -> Result<Seen> {
    let place = reader
        .places
        .iter()
        .find(|place| place.programme() == it.programme_id);
    let place = place.ok_or(Error::NotFound)?.enrolment();
    let (wants, content) = (it.wants()?, it.content()?);
    let facts = reader.facts.get(&place).ok_or(Error::NotFound)?;
    let interested = reader.interested.get(&place).ok_or(Error::NotFound)?;
    let offered = Offered {
        areas: it.area_ids.iter().map(|it| FocusAreaId(*it)).collect(),
        city: content.get("city").to_owned(),
        languages: content
            .words("work_languages")
            .into_iter()
            .filter_map(Language::parse)
            .collect(),
        competencies: wants.competencies.clone(),
    };
    Ok(Seen {
        unmet: unmet(&wants, facts, it.organisation_id),
        points: points(interested, &offered),
        saved: reader.saved.contains(&it.id),
        interested: reader.interests.get(&it.id).map(|it| it.1),
        it,
    })
}

/// Everything that the address asks for, in its order.
pub(in crate::placements) fn all(cx: &mut Cx<'_, '_>) -> Result<Vec<Seen>> {
    let own = access::own(cx.conn)?;
    let reader = reader(cx, &own)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, POSTING_SORTS);
    let rows = cx.conn.elevate(Task::Placements, |conn| {
        let placements = access::working(conn, Task::Placements)?;
        let whose = (&reader.places[..], &reader.interests);
        queries::open_postings(conn, &placements, whose, &sought(query), &page)
    })?;
    let mut all = rows
        .into_iter()
        .map(|it| seen(&reader, it))
        .collect::<Result<Vec<_>>>()?;
    match query.typed("show") {
        "eligible" => all.retain(|it| it.unmet.is_empty()),
        "saved" => all.retain(|it| it.saved),
        "interested" => all.retain(|it| it.interested.is_some()),
        "suggested" => {
            all.retain(|it| it.unmet.is_empty() && it.sum() > 0);
            all.sort_by_key(|it| std::cmp::Reverse(it.sum()));
        }
        _ => {}
    }
    Ok(all)
}

/// A page of what has been read: what comes after the row that the address names.
pub(in crate::placements) fn cut(query: &Pairs, mut all: Vec<Seen>) -> Page<Seen> {
    if let Some(after) = Cursor::from_query(query)
        && let Some(at) = all.iter().position(|it| it.it.id.0 == after.id)
    {
        all.drain(..=at);
    }
    Page::cut(all, PAGE, |it| Cursor {
        key: String::new(),
        id: it.it.id.0,
    })
}

fn selects(
    cx: &mut Cx<'_, '_>,
    page: &crate::web::paging::Window,
    all: &[Seen],
) -> Result<Vec<Select>> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let places = queries::own_places(cx.conn, &own)?;
    let areas = match places.first() {
        Some(place) => queries::areas(cx.conn, place.programme())?,
        None => Vec::new(),
    };
    let query = &cx.visit.request.query;
    let every = lang.all_of_them();
    let shows = vec![
        pair("eligible", lang.plc_show_eligible()),
        pair("suggested", lang.plc_show_suggested()),
        pair("saved", lang.plc_show_saved()),
        pair("interested", lang.plc_show_interested()),
    ];
    let mut institutions: Vec<(String, String)> = all
        .iter()
        .map(|it| pair(it.it.organisation_id.to_string(), it.it.organisation(lang)))
        .collect();
    institutions.sort_by(|a, b| a.1.cmp(&b.1));
    institutions.dedup();
    let areas = areas
        .iter()
        .map(|it| pair(it.id.to_string(), it.name(lang)));
    let cities = City::ALL.iter().map(|it| pair(it.as_str(), it.label(lang)));
    let patterns = Pattern::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let paid = Answer::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let sorts: &[(&str, &str)] = &[
        ("title", lang.plc_title()),
        ("organisation", lang.plc_institution()),
        ("seats", lang.plc_seats()),
        ("starts", lang.plc_starts_on()),
    ];
    Ok(vec![
        Select::new(query, "show", lang.plc_show(), every, shows),
        Select::new(query, "area", lang.plc_area(), every, areas.collect()),
        Select::new(query, "city", lang.plc_city(), every, cities.collect()),
        Select::new(
            query,
            "pattern",
            lang.plc_pattern(),
            every,
            patterns.collect(),
        ),
        Select::new(query, "paid", lang.plc_paid(), every, paid.collect()),
        Select::new(
            query,
            "institution",
            lang.plc_institution(),
            every,
            institutions,
        ),
        Select::sorts(lang.sort_by(), page.sort, sorts),
    ])
}

fn row(lang: Lang, it: &Seen, areas: &[Area]) -> Result<Vec<Cell>> {
    let content = it.it.content()?;
    let city = City::parse(content.get("city")).map_or("–", |it| it.label(lang));
    let title = it.it.title(lang)?;
    let standing = match (it.interested.is_some(), it.saved) {
        (true, _) => lang.plc_show_interested(),
        (false, true) => lang.plc_show_saved(),
        (false, false) => "",
    };
    let eligible = match it.unmet.is_empty() {
        true => Cell::tag(lang.plc_eligible(), "ok"),
        false => Cell::tag(lang.plc_not_eligible(), "bad"),
    };
    Ok(vec![
        Cell::link(title.clone(), format!("{PATH}/{}", it.it.id)).more(standing),
        Cell::text(it.it.organisation(lang)),
        Cell::text(area_names(lang, &it.it, areas)),
        Cell::text(city),
        Cell::text(allowance(lang, &it.it)?),
        Cell::number(&it.it.seats),
        eligible,
        Cell::number(&it.sum()),
        Cell::tick(lang.plc_compare_pick(&title), it.it.id.to_string()),
    ])
}

fn areas(cx: &mut Cx<'_, '_>, all: &[Seen]) -> Result<Vec<Area>> {
    match all.first() {
        Some(it) => queries::areas(cx.conn, it.it.programme_id),
        None => Ok(Vec::new()),
    }
}

/// Where a trainee goes from here.
fn acts(lang: Lang) -> Vec<(String, String, bool)> {
    vec![
        (
            "/me/interviews".to_owned(),
            lang.itv_me_title().to_owned(),
            false,
        ),
        (
            "/me/matches".to_owned(),
            lang.mat_your_list().to_owned(),
            false,
        ),
        (
            "/me/placed".to_owned(),
            lang.desk_me_placement().to_owned(),
            false,
        ),
        (
            format!("{PATH}/documents"),
            lang.plc_documents_mine().to_owned(),
            false,
        ),
        (
            format!("{PATH}/profile"),
            lang.plc_profile().to_owned(),
            false,
        ),
    ]
}

/// GET `/me/placements`.
pub(super) fn list(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let found = all(cx)?;
    let areas = areas(cx, &found)?;
    let query = &cx.visit.request.query;
    let page = table::page(query, POSTING_SORTS);
    let selects = selects(cx, &page, &found)?;
    let head = |label: &str, word: &str| Head::sorting(label, word, page.sort, PATH, query);
    let listing = Listing {
        title: lang.plc_title_all().to_owned(),
        note: match query.typed("show") {
            "suggested" => lang.plc_suggested_note().to_owned(),
            _ => lang.plc_me_note().to_owned(),
        },
        crumbs: vec![("/me".to_owned(), lang.nav_me().to_owned())],
        acts: acts(lang),
        searches: true,
        compares: true,
        selects,
        heads: vec![
            head(lang.plc_title(), "title"),
            head(lang.plc_institution(), "organisation"),
            Head::plain(lang.plc_areas()),
            Head::plain(lang.plc_city()),
            Head::plain(lang.plc_allowance()),
            head(lang.plc_seats(), "seats").numbers(),
            Head::plain(lang.plc_eligibility()),
            Head::plain(lang.plc_points()).numbers(),
            Head::plain(lang.plc_compare()),
        ],
        empty: lang.plc_me_none(),
        empty_more: lang.plc_me_none_more(),
        path: PATH.to_owned(),
        ..Listing::default()
    };
    let page = cut(query, found);
    let rows = page.rows.iter().map(|it| row(lang, it, &areas));
    let rows = rows.collect::<Result<_>>()?;
    let next = page.next;
    table::show(cx, &listing, Page { rows, next })
}

/// GET `/me/placements.csv` and `.xlsx`.
pub(super) fn file(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let found = all(cx)?;
    let areas = areas(cx, &found)?;
    let book = book(cx, &found)?;
    let header = [
        lang.plc_title(),
        lang.plc_number(),
        lang.plc_institution(),
        lang.plc_areas(),
        lang.plc_city(),
        lang.plc_allowance(),
        lang.plc_seats(),
        lang.plc_starts_on(),
        lang.plc_ends_on(),
        lang.plc_eligibility(),
        lang.plc_points(),
    ];
    let day = |day: Option<chrono::NaiveDate>| day.map(|it| it.to_string()).unwrap_or_default();
    let rows = found.iter().map(|it| {
        let content = it.it.content()?;
        let city = City::parse(content.get("city")).map_or("–", |it| it.label(lang));
        Ok(vec![
            it.it.title(lang)?,
            it.it.number.clone(),
            it.it.organisation(lang).to_owned(),
            area_names(lang, &it.it, &areas),
            city.to_owned(),
            allowance(lang, &it.it)?,
            it.it.seats.to_string(),
            day(it.it.starts_on),
            day(it.it.ends_on),
            told_unmet(lang, it, &book),
            it.sum().to_string(),
        ])
    });
    let rows = rows.collect::<Result<_>>()?;
    table::file(cx, "placements", &header, rows)
}

fn book(cx: &mut Cx<'_, '_>, all: &[Seen]) -> Result<Book> {
    match all.first() {
        Some(it) => curriculum::book(cx.conn, it.it.programme_id),
        None => Ok(Book {
            modules: Vec::new(),
            competencies: Vec::new(),
            references: Vec::new(),
        }),
    }
}

fn told_unmet(lang: Lang, it: &Seen, book: &Book) -> String {
    if it.unmet.is_empty() {
        return lang.plc_eligible().to_owned();
    }
    let lines = it.unmet.iter().map(|it| unmet_words(lang, it, book));
    lines.collect::<Vec<_>>().join("\n")
}

fn told_points(lang: Lang, it: &Seen) -> String {
    let lines = it
        .points
        .iter()
        .map(|(why, points)| lang.plc_points_of(why.label(lang), *points, why.weight()));
    lines.collect::<Vec<_>>().join("\n")
}
