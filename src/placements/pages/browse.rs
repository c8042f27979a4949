//! Postings as trainees browse them: found, weighed, saved, compared, and interest expressed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::access::{self, Own};
use crate::curriculum::queries::{self as curriculum, Book};
use crate::db::{self, Task};
use crate::error::{Error, Result};
use crate::ids::{EnrolmentId, FocusAreaId, InterestId, PostingId};
use crate::lang::Lang;
use crate::lang::format::{date, deadline, moment};
use crate::web::fields::{Again, Field, FormSpec, Group, Head, History, form_page};
use crate::web::forms::pair;
use crate::web::paging::{Cursor, PAGE, Page};
use crate::web::{Cx, Form, Pairs, Reply};

use super::super::actions::{self, NewInterest};
use super::super::queries::{self, Area, POSTING_SORTS, Posting};
use super::super::rules::content::{Answer, City, Pattern};
use super::super::rules::eligibility::{Facts, Language, Unmet, unmet};
use super::super::rules::suggest::{Interested, Offered, Why, points};
use super::super::rules::{Shares, may_be_interested};
use super::posting::{allowance, area_names, content_panels, sought, unmet_words};
use super::table::{self, Cell, Fact, Listing, Panel, Select};
use super::{Question, question};

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
    interests: BTreeMap<PostingId, (InterestId, DateTime<Utc>)>,
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
        queries::open_postings(conn, &placements, &reader.places, &sought(query), &page)
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

fn selects(cx: &mut Cx<'_, '_>, page: &queries::Page, all: &[Seen]) -> Result<Vec<Select>> {
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
        Cell::number(it.it.seats),
        eligible,
        Cell::number(it.sum()),
        Cell::tick(lang.plc_compare_pick(&title), it.it.id.to_string()),
    ])
}

fn areas(cx: &mut Cx<'_, '_>, all: &[Seen]) -> Result<Vec<Area>> {
    match all.first() {
        Some(it) => queries::areas(cx.conn, it.it.programme_id),
        None => Ok(Vec::new()),
    }
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
        acts: vec![(
            format!("{PATH}/profile"),
            lang.plc_profile().to_owned(),
            false,
        )],
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

/// GET `/me/placements/compare`: up to four side by side.
pub(super) fn compare(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let lang = cx.lang();
    let own = access::own(cx.conn)?;
    let reader = reader(cx, &own)?;
    let query = &cx.visit.request.query;
    let wanted: Vec<PostingId> = query
        .all("posting")
        .filter_map(|it| it.parse().ok())
        .take(SIDE_BY_SIDE)
        .collect();
    let mut picked = Vec::new();
    for id in wanted {
        let (_, posting) = queries::open_posting(cx.conn, &own, id)?;
        picked.push(seen(&reader, posting)?);
    }
    let areas = areas(cx, &picked)?;
    let book = book(cx, &picked)?;
    let mut panels = Vec::new();
    for it in &picked {
        let content = it.it.content()?;
        let day =
            |day: Option<chrono::NaiveDate>| day.map_or("–".to_owned(), |it| date(lang, it));
        let word = |name: &str| {
            let spec = super::super::rules::content::field(name);
            spec.map_or(String::new(), |spec| spec.say(lang, content.get(name)))
        };
        let facts = vec![
            Fact::link(
                lang.plc_posting(),
                it.it.title(lang)?,
                format!("{PATH}/{}", it.it.id),
            ),
            Fact::new(lang.plc_institution(), it.it.organisation(lang)),
            Fact::new(lang.plc_areas(), area_names(lang, &it.it, &areas)),
            Fact::new(lang.plc_summary(), content.pick(lang, "summary")),
            Fact::new(lang.plc_city(), word("city")),
            Fact::new(lang.plc_mode(), word("mode")),
            Fact::new(lang.plc_pattern(), word("pattern")),
            Fact::new(lang.plc_hours_week(), word("hours_week")),
            Fact::new(lang.plc_work_languages(), word("work_languages")),
            Fact::new(lang.plc_starts_on(), day(it.it.starts_on)),
            Fact::new(lang.plc_ends_on(), day(it.it.ends_on)),
            Fact::new(lang.plc_seats(), it.it.seats.to_string()),
            Fact::new(lang.plc_allowance(), allowance(lang, &it.it)?),
            Fact::new(lang.plc_eligibility(), told_unmet(lang, it, &book)),
            Fact::new(lang.plc_points(), it.sum().to_string()),
        ];
        panels.push(Panel::facts(it.it.title(lang)?, facts));
    }
    if panels.is_empty() {
        panels.push(Panel {
            note: lang.plc_compare_none_more().to_owned(),
            ..Panel::facts(lang.plc_compare_none(), Vec::new())
        });
    }
    let record = table::Record {
        title: lang.plc_compare().to_owned(),
        crumbs: vec![(PATH.to_owned(), lang.plc_title_all().to_owned())],
        beside: picked.len() > 1,
        panels,
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// The posting of the address, as it stands for the reader.
pub(in crate::placements) fn one(cx: &mut Cx<'_, '_>) -> Result<(Own, Seen)> {
    let own = access::own(cx.conn)?;
    let id: PostingId = cx.request().param("posting")?;
    let (_, posting) = queries::open_posting(cx.conn, &own, id)?;
    let reader = reader(cx, &own)?;
    Ok((own, seen(&reader, posting)?))
}

/// GET `/me/placements/{posting}`.
pub(super) fn page(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    let lang = cx.lang();
    let at = format!("{PATH}/{}", it.it.id);
    let now = db::now(cx.conn)?;
    let open = may_be_interested(it.it.state()?, now, it.it.list_deadline).is_ok();
    let eligible = it.unmet.is_empty();
    let act = |word: &str, label: &str, first| (format!("{at}/{word}"), label.to_owned(), first);
    let acts = match it.interested {
        Some(_) => vec![act("take-back", lang.plc_interest_back(), false)],
        None if open && eligible => vec![act("interest", lang.plc_interest(), true)],
        None => Vec::new(),
    };
    let keep = match it.saved {
        true => (format!("{at}/forget"), lang.plc_forget().to_owned()),
        false => (format!("{at}/save"), lang.plc_keep().to_owned()),
    };
    let book = curriculum::book(cx.conn, it.it.programme_id)?;
    let lines: Vec<String> = it
        .unmet
        .iter()
        .map(|it| unmet_words(lang, it, &book))
        .collect();
    let mut notes = Vec::new();
    if !eligible {
        notes.push(("warn", lang.plc_not_eligible().to_owned(), lines.join("\n")));
    }
    if let Some(at) = it.interested {
        notes.push((
            "ok",
            lang.plc_interest_since(&moment(lang, at)),
            String::new(),
        ));
    }
    let mut panels = content_panels(cx, &it.it, false)?;
    if !it.points.is_empty() {
        let told = told_points(lang, &it);
        panels.push(Panel {
            note: lang.plc_suggested_note().to_owned(),
            ..Panel::lines(
                lang.plc_suggested_because(),
                told.lines().map(str::to_owned).collect(),
                "",
            )
        });
    }
    let state = it.it.state()?;
    let record = table::Record {
        title: it.it.title(lang)?,
        tag: Some((state.label(lang), super::posting_tone(state))),
        note: format!(
            "{} · {} · {}{}",
            it.it.number,
            it.it.organisation(lang),
            lang.before(lang.plc_list_deadline()),
            deadline(lang, it.it.list_deadline)
        ),
        crumbs: vec![(PATH.to_owned(), lang.plc_title_all().to_owned())],
        acts,
        buttons: vec![keep],
        notes,
        panels,
        ..table::Record::default()
    };
    table::record(cx, &record)
}

/// POST `/me/placements/{posting}/save`.
pub(super) fn keep(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    kept(cx, true)
}

/// POST `/me/placements/{posting}/forget`.
pub(super) fn forget(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    kept(cx, false)
}

fn kept(cx: &mut Cx<'_, '_>, kept: bool) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: PostingId = cx.request().param("posting")?;
    actions::keep(cx.conn, &own, id, kept)?;
    Ok(Reply::see_other(format!("{PATH}/{id}")).flash("saved"))
}

fn interest_form(cx: &Cx<'_, '_>, it: &Seen, values: &Pairs, again: &Again) -> Result<Reply> {
    let lang = cx.lang();
    let at = format!("{PATH}/{}", it.it.id);
    let shares = Shares::ALL
        .iter()
        .map(|it| pair(it.as_str(), it.label(lang)));
    let spec = FormSpec {
        title: lang.plc_interest_ask(&it.it.title(lang)?),
        crumbs: vec![(at.clone(), it.it.title(lang)?)],
        note: Some(lang.plc_interest_words(it.it.organisation(lang))),
        groups: vec![Group::plain(vec![
            Field::line("note", lang.plc_interest_note())
                .area(4)
                .optional(),
            Field::line("shares", lang.plc_interest_shares())
                .ticks(shares.collect())
                .optional(),
        ])],
        hidden: Vec::new(),
        action: format!("{at}/interest"),
        submit: lang.plc_interest().to_owned(),
        back: at,
        history: History::default(),
    };
    form_page(cx, spec, values, again)
}

/// GET `/me/placements/{posting}/interest`.
pub(super) fn ask_interest(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    interest_form(cx, &it, Pairs::none(), &Again::first())
}

/// Judges the fields of an interest.
pub(in crate::placements) fn read_interest(form: &mut Form<'_>, typed: &Pairs) -> NewInterest {
    let mut shares = Vec::new();
    for word in typed.all("shares").filter(|it| !it.is_empty()) {
        match Shares::parse(word) {
            Some(it) => shares.push(it),
            None => form.error("shares", "choice", |lang| lang.form_choice().to_owned()),
        }
    }
    NewInterest {
        note: form.optional("note", 1_000).unwrap_or_default(),
        shares,
    }
}

/// POST `/me/placements/{posting}/interest`.
pub(super) fn express(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (own, it) = one(cx)?;
    let visit = cx.visit;
    let typed = visit.request.form();
    let mut form = Form::new(typed);
    let new = read_interest(&mut form, typed);
    let done = form
        .done()
        .and_then(|()| actions::express(cx.conn, &own, it.it.id, &new));
    match done {
        Ok(_) => {
            let at = format!("{PATH}/{}", it.it.id);
            Ok(Reply::see_other(at).flash("interest_expressed"))
        }
        Err(error) => {
            let again = Again::from_error(error, cx.lang())?;
            interest_form(cx, &it, typed, &again)
        }
    }
}

/// GET `/me/placements/{posting}/take-back`.
pub(super) fn ask_take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let (_, it) = one(cx)?;
    let lang = cx.lang();
    if it.interested.is_none() {
        return Err(Error::NotFound);
    }
    let at = format!("{PATH}/{}", it.it.id);
    let asked = Question {
        title: lang.plc_interest_back_ask(&it.it.title(lang)?),
        crumbs: vec![(at.clone(), it.it.title(lang)?)],
        does: vec![lang.plc_interest_back_does().to_owned()],
        told: lang.plc_told_nobody().to_owned(),
        version: None,
        action: format!("{at}/take-back"),
        submit: lang.plc_interest_back().to_owned(),
        danger: false,
        back: at,
    };
    question(cx, asked, None)
}

/// POST `/me/placements/{posting}/take-back`.
pub(super) fn take_back(cx: &mut Cx<'_, '_>) -> Result<Reply> {
    let own = access::own(cx.conn)?;
    let id: PostingId = cx.request().param("posting")?;
    actions::take_back(cx.conn, &own, id)?;
    Ok(Reply::see_other(format!("{PATH}/{id}")).flash("interest_taken_back"))
}
